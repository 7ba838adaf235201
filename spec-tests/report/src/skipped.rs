//! What neither passed nor departed: a line for each reason, with how many cases it concerns.

use std::collections::BTreeMap;

use sockspec_events::{CaseResult, StepVerdict, Verdict};

use crate::collected::Collected;
use crate::layout::{counted, one_line, paragraph};
use crate::style::{self, paint};

/// Allowed departures, then what was not judged, then what was recorded only and what else was seen.
pub(crate) fn render(collected: &Collected, width: usize) -> String {
    let mut text = known(collected, width);
    for verdict in [Verdict::Allowed, Verdict::Unsupported, Verdict::NotApplicable, Verdict::NotRun] {
        for (reason, count) in reasons(&collected.cases, verdict) {
            let meaning = match collected.started.reasons.get(reason) {
                Some(meaning) => format!(": {}", one_line(meaning)),
                None => String::new(),
            };
            let reason = if reason.is_empty() { "no reason given".to_owned() } else { one_line(reason) };
            let line = format!("{verdict}: {}: {reason}{meaning}", counted(count, "case"));
            let wrapped = paragraph(0, &line, width);
            text.push_str(&wrapped.replacen(verdict.name(), &paint(style::of(verdict), verdict.name()), 1));
        }
    }
    let observed = collected.cases.iter().filter(|case| is_observed(case)).count();
    if observed > 0 {
        let line = format!(
            "observed: {}: otherwise than on record, which is no departure",
            counted(observed, "case")
        );
        text.push_str(&paragraph(0, &line, width));
    }
    for case in collected.cases.iter().filter(|case| !case.is_red()) {
        for note in &case.notes {
            text.push_str(&paragraph(0, &format!("seen in {}: {}", case.id, one_line(note)), width));
        }
    }
    text
}

/// Departures that expectations name, a line for each reason.
fn known(collected: &Collected, width: usize) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in collected.cases.iter().filter(|case| case.is_known() && !case.is_red()) {
        if let Some(expected) = &case.expected {
            let link = expected.link.as_deref().unwrap_or_default();
            *counts.entry((expected.reason.as_str(), link)).or_default() += 1;
        }
    }
    let mut text = String::new();
    for ((reason, link), count) in counts {
        let reason = if reason.is_empty() { "no reason given".to_owned() } else { one_line(reason) };
        let link = if link.is_empty() { String::new() } else { format!(" ({})", one_line(link)) };
        text.push_str(&paragraph(0, &format!("expected: {}: {reason}{link}", counted(count, "case")), width));
    }
    text
}

fn is_observed(case: &CaseResult) -> bool {
    case.steps.iter().any(|step| step.verdict == StepVerdict::Observed)
}

/// The distinct reasons of a verdict, most frequent first.
fn reasons(cases: &[CaseResult], verdict: Verdict) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.verdict == verdict) {
        *counts.entry(case.reason.as_deref().unwrap_or_default()).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
