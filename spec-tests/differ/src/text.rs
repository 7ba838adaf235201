//! The report for people.

use std::fmt::Write as _;

use sockspec_report::layout::{Entry, counted, paragraph, value};
use sockspec_report::style::{BAD, DIM, GOOD, ODD, STRONG, paint};

use crate::judge::{Finding, Judgement};
use crate::report::{Group, Report};

/// Columns of a label with the space behind it.
const LABEL: usize = 9;

/// The report as text of so many columns. `script` gives the command that shows a group alone.
pub fn text(report: &Report, width: usize, script: &dyn Fn(&Group) -> Option<String>) -> String {
    let mut text = String::new();
    for group in &report.groups {
        one(group, report, width, script(group), &mut text);
    }
    let tallies = report.tallies();
    let words = [("a", 0), ("b", 1)].map(|(word, at)| (word, format!("{} departs", label(report, at))));
    let kinds = words.into_iter().chain([
        ("both", "both depart".to_owned()),
        ("platform", "left to the platform, for a reason with a name".to_owned()),
        ("silent", "neither a clause nor a reason speaks of it".to_owned()),
    ]);
    for (word, shown) in kinds {
        if let Some(tally) = tallies.get(word) {
            let _ = writeln!(
                text,
                "{:>5} {:<7}{:>8} {:<7}{shown}",
                tally.groups,
                if tally.groups == 1 { "group" } else { "groups" },
                tally.inputs,
                if tally.inputs == 1 { "input" } else { "inputs" },
            );
        }
    }
    text.push_str(&last(report, width));
    text
}

fn label(report: &Report, at: usize) -> &str {
    &report.subjects[at].label
}

fn last(report: &Report, width: usize) -> String {
    let seconds = std::time::Duration::from_micros(report.microseconds).as_secs_f64();
    let unexplained = report.unexplained();
    let verdict = match (report.groups.len(), unexplained) {
        (0, _) => paint(GOOD, "no difference"),
        (groups, 0) => format!("{}, {}", counted(groups, "group"), paint(GOOD, "all explained")),
        (groups, some) => {
            format!("{}, {}", counted(groups, "group"), paint(BAD, &format!("{some} unexplained")))
        }
    };
    let mut line = format!(
        "sockspec: {} and {}, {} calls, seed {}: {verdict} ({seconds:.1} s)",
        label(report, 0),
        label(report, 1),
        report.calls,
        report.seed
    );
    if let Some(why) = &report.cut_short {
        line = format!("sockspec: {why} after {} calls, seed {} ({seconds:.1} s)", report.calls, report.seed);
    }
    paragraph(0, &line, width)
}

fn one(group: &Group, report: &Report, width: usize, script: Option<String>, text: &mut String) {
    let verdict = match &group.judgement {
        Judgement::Silent => paint(BAD, "SILENT"),
        Judgement::Platform(_) => paint(ODD, "PLATFORM"),
        Judgement::Departs { .. } => paint(BAD, "DEPARTS"),
    };
    let _ = writeln!(text, "{verdict} {}", paint(STRONG, &group.id));
    let entry = |label: &str, shown: &str, text: &mut String| {
        let entry = Entry { indent: 2, label, label_width: LABEL, text: shown, break_words: true };
        text.push_str(&entry.render(width));
    };
    for (at, step) in group.steps.iter().enumerate() {
        entry(if at == 0 { "call" } else { "" }, &value(step), text);
    }
    // Labels of subjects may be long: they stand in front of what the subject did.
    for (at, did) in [&group.a, &group.b].into_iter().enumerate() {
        entry(["first", "second"][at], &format!("{}: {}", label(report, at), value(did)), text);
    }
    match &group.judgement {
        Judgement::Departs { a, b } => {
            for (at, findings) in [a, b].into_iter().enumerate() {
                for Finding { clause, .. } in findings {
                    entry("departs", &format!("{}, by {clause}", label(report, at)), text);
                    let words = report.clauses.get(clause).map_or("", String::as_str);
                    entry("", words, text);
                }
            }
        }
        Judgement::Platform(reason) => {
            let words = report.reasons.get(reason).map_or("", String::as_str);
            entry("reason", &format!("{reason}: {words}"), text);
        }
        Judgement::Silent => entry("clause", "none speaks of it, and no reason covers it", text),
    }
    let inputs = format!("{}, the first of them number {}", counted_inputs(group.inputs), group.number);
    entry("inputs", &inputs, text);
    if !group.alone {
        entry("note", "by itself it does not show: earlier calls have to do with it", text);
    }
    match &group.case {
        Ok(case) => {
            let _ = writeln!(text, "  {}", paint(DIM, "case"));
            for line in case.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        Err(why) => entry("case", &format!("none: {why}"), text),
    }
    if let Some(command) = script {
        // As it is, whatever its length: it is for pasting.
        let _ = writeln!(text, "  {}{command}", paint(DIM, &format!("{:<LABEL$}", "script")));
    }
    text.push('\n');
}

fn counted_inputs(inputs: u64) -> String {
    counted(usize::try_from(inputs).unwrap_or(usize::MAX), "input")
}
