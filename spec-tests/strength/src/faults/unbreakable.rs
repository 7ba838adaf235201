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
    none("makefile.blocking-required", "it binds the caller: what happens otherwise is left open"),
    none("examples.server-failure-message", "it speaks of a program's own words, not of the module"),
    none("examples.server-failure-status", "it speaks of a program's own status, not of the module"),
    none("examples.client-failure-message", "it speaks of a program's own words, not of the module"),
    none("examples.client-failure-status", "it speaks of a program's own status, not of the module"),
];
