//! What a gate found, and whether it is green.

use std::collections::BTreeMap;

use sockspec_events::{Finding, FindingKind};

use crate::collected::Collected;
use crate::layout::{Entry, counted, one_line, value};
use crate::style::{BAD, GOOD, STRONG, paint};

/// Everything that was found, of cases and of the run as a whole.
pub(crate) fn findings(collected: &Collected) -> impl Iterator<Item = &Finding> {
    let of_cases = collected.cases.iter().filter(|case| case.is_red()).flat_map(|case| &case.findings);
    of_cases.chain(&collected.finished.findings)
}

/// Each finding that concerns no single case in full, then what there is in all. Empty for a run that is held to
/// nothing.
pub(crate) fn render(collected: &Collected, width: usize) -> String {
    if collected.started.gate.is_none() && findings(collected).next().is_none() {
        return String::new();
    }
    let mut text = String::new();
    for finding in &collected.finished.findings {
        let place = finding.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let head = paint(BAD, &finding.kind.to_string());
        text.push_str(&format!("{head} {}\n", paint(STRONG, &value(&format!("{place}{}", finding.what)))));
        for line in finding.help.lines() {
            let entry =
                Entry { indent: 2, label: "", label_width: 0, text: &value(line), break_words: false };
            text.push_str(&entry.render(width));
        }
    }
    let (good, line) = verdict(collected);
    let entry = Entry { indent: 0, label: "", label_width: 0, text: &line, break_words: false };
    text.push_str(&paint(if good { GOOD } else { BAD }, entry.render(width).trim_end()));
    text.push('\n');
    text
}

/// Whether the gate is green, and why in one line.
pub(crate) fn verdict(collected: &Collected) -> (bool, String) {
    let mut counts: BTreeMap<FindingKind, usize> = BTreeMap::new();
    for finding in findings(collected) {
        *counts.entry(finding.kind).or_default() += 1;
    }
    let unexplained =
        collected.red().filter(|case| case.findings.is_empty() && case.verdict.is_departure()).count();
    let mut words: Vec<String> = Vec::new();
    if unexplained > 0 {
        words.push(counted(unexplained, "departure"));
    }
    words.extend(FindingKind::ALL.iter().filter_map(|kind| Some(several(*kind, *counts.get(kind)?))));
    let against = match collected.started.gate.as_ref().and_then(|gate| gate.expectations.as_ref()) {
        Some(file) => format!(" (held to {})", one_line(file)),
        None => String::new(),
    };
    if words.is_empty() {
        let known = collected.cases.iter().filter(|case| case.is_known()).count();
        let tolerated = collected.cases.iter().filter(|case| case.flaky.is_some()).count();
        let mut green =
            if known > 0 { format!(", {} as expected", counted(known, "departure")) } else { String::new() };
        if tolerated > 0 {
            green.push_str(&format!(", {} tolerated", counted(tolerated, "flaky case")));
        }
        return (true, format!("gate: green{green}{against}"));
    }
    (false, format!("gate: red: {}{against}", words.join(", ")))
}

fn several(kind: FindingKind, count: usize) -> String {
    match kind {
        _ if count == 1 => format!("1 {kind}"),
        FindingKind::UnexpectedPass => format!("{count} unexpected passes"),
        FindingKind::StaleEntry | FindingKind::DoubledEntry => {
            format!("{count} {}", kind.name().replace("entry", "entries"))
        }
        _ => format!("{count} {kind}s"),
    }
}
