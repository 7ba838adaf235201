//! Clauses that no fault breaks, and why.

/// A clause that no subject can be caught breaking here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unbreakable {
    /// Its id.
    pub clause: &'static str,
    /// Why there is no fault.
    pub why: &'static str,
}

const fn none(clause: &'static str, why: &'static str) -> Unbreakable {
    Unbreakable { clause, why }
}

/// Clauses that no fault breaks, in the order of the document.
pub(crate) const UNBREAKABLE: &[Unbreakable] = &[
    none(
        "constants.af-unix-missing",
        "it speaks of platforms without AF_UNIX, and cases run where it is there",
    ),
    none("errors.timeout-is-timeouterror", "nothing that the suite calls raises timeout"),
    none("fromfd.unix-only", "it speaks of other systems, and cases run on Unix"),
    none("makefile.blocking-required", "it binds the caller: what happens otherwise is left open"),
    none(
        "setsockopt.null-value",
        "the reference has no way to pass a null pointer, so there is nothing to get wrong",
    ),
    none("examples.server-failure-message", "it speaks of a program's own words, not of the module"),
    none("examples.server-failure-status", "it speaks of a program's own status, not of the module"),
    none("examples.client-failure-message", "it speaks of a program's own words, not of the module"),
    none("examples.client-failure-status", "it speaks of a program's own status, not of the module"),
];
