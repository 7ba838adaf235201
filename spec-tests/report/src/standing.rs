//! How a case stands for readers that know only passed, skipped, and failed.

use sockspec_events::{CaseResult, Verdict};

/// What a case is to a test runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It passed.
    Good,
    /// It was not judged, with the reason.
    Skipped(String),
    /// It departs as an expectation says, or is flaky and tolerated, with the reason.
    Known(String),
    /// It makes the run red.
    Bad {
        /// The finding's or the verdict's name.
        kind: String,
        /// What there is to say in a line.
        message: String,
    },
}

pub(crate) fn standing(case: &CaseResult) -> Standing {
    if case.is_red() {
        let kinds: Vec<&str> = case.findings.iter().map(|finding| finding.kind.name()).collect();
        let kind = if kinds.is_empty() { case.verdict.name().to_owned() } else { kinds.join(", ") };
        return Standing::Bad { kind, message: crate::failure::in_a_line(case) };
    }
    let why = || case.reason.clone().unwrap_or_else(|| "no reason given".to_owned());
    if case.flaky.is_some() {
        return Standing::Known(format!("flaky, and tolerated: {} at worst", case.verdict));
    }
    match (&case.expected, case.verdict) {
        (Some(expected), verdict) if case.is_known() => {
            let link = expected.link.as_ref().map(|link| format!(" ({link})")).unwrap_or_default();
            let reason = if expected.reason.is_empty() { "no reason given" } else { &expected.reason };
            Standing::Known(format!("{verdict}, as expected: {reason}{link}"))
        }
        (_, Verdict::Unsupported | Verdict::NotApplicable | Verdict::NotRun) => {
            Standing::Skipped(format!("{}: {}", case.verdict, why()))
        }
        _ => Standing::Good,
    }
}
