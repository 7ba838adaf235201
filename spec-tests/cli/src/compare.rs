//! `sockspec compare`: what changed between two reports, case by case.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use sockspec_events::{CaseResult, Verdict};
use sockspec_report::Report;
use sockspec_report::layout::{Entry, counted, one_line, value};
use sockspec_report::style::{BAD, DIM, GOOD, STRONG, paint};

use crate::answers::{alike, answer};
use crate::args::Compare;
use crate::exit::{Failure, NOT_CONFORMING};
use crate::output;

/// What became of a case, in the order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Worse,
    Better,
    /// Neither better nor worse, such as a case that was not run.
    Otherwise,
    /// The same verdict, and another answer.
    Answer,
    New,
    Gone,
}

impl Change {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Worse, "worse"),
        (Self::Better, "better"),
        (Self::Otherwise, "judged otherwise"),
        (Self::Answer, "departs in another way"),
        (Self::New, "new"),
        (Self::Gone, "gone"),
    ];
}

/// How bad a verdict is; `None` where nothing was judged.
fn severity(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Pass | Verdict::Allowed => Some(0),
        Verdict::Unsupported => Some(1),
        Verdict::Fail => Some(2),
        Verdict::Hang | Verdict::Crash | Verdict::Protocol => Some(3),
        Verdict::NotApplicable | Verdict::NotRun => None,
    }
}

/// Compares, and ends with 1 when something got worse.
pub(crate) fn compare(args: &Compare) -> Result<ExitCode, Failure> {
    let (old, new) = (Report::read(&args.old)?, Report::read(&args.new)?);
    let width = output::width();
    let mut text = String::new();
    heads(&old, &new, &mut text);
    let changes = changes(&old.cases, &new.cases);
    let mut counts: Vec<String> = Vec::new();
    let mut worse = 0;
    for (change, name) in Change::ALL {
        let of_it: Vec<_> = changes.iter().filter(|(own, ..)| *own == change).collect();
        if of_it.is_empty() {
            continue;
        }
        if change == Change::Worse {
            worse = of_it.len();
        }
        counts.push(format!("{} {name}", of_it.len()));
        let style = match change {
            Change::Worse => BAD,
            Change::Better => GOOD,
            _ => STRONG,
        };
        let _ = writeln!(text, "{}", paint(style, name));
        for (_, old, new) in of_it {
            case(*old, *new, width, &mut text);
        }
        text.push('\n');
    }
    let counts = if counts.is_empty() { "nothing changed".to_owned() } else { counts.join(", ") };
    let all = old.cases.len().max(new.cases.len());
    let line = format!("sockspec: {}: {counts}", counted(all, "case"));
    let _ = writeln!(text, "{}", paint(if worse > 0 { BAD } else { GOOD }, &line));
    output::print(&text)?;
    Ok(ExitCode::from(if worse > 0 { NOT_CONFORMING } else { 0 }))
}

/// In which way the two runs are not the same.
fn heads(old: &Report, new: &Report, text: &mut String) {
    let who = |report: &Report| format!("{} {}", report.subject.name, report.subject.version);
    for (what, before, after) in [
        ("subject", who(old), who(new)),
        ("platform", old.subject.platform.clone(), new.subject.platform.clone()),
        ("edition", old.edition.clone(), new.edition.clone()),
        ("fixtures", old.fixtures.clone(), new.fixtures.clone()),
        ("cut short", old.cut_short.clone().unwrap_or_default(), new.cut_short.clone().unwrap_or_default()),
    ] {
        if before != after {
            let none = |text: String| if text.is_empty() { "(not)".to_owned() } else { one_line(&text) };
            let _ = writeln!(text, "{what}: {} -> {}", none(before), none(after));
        }
    }
}

type Changed<'r> = (Change, Option<&'r CaseResult>, Option<&'r CaseResult>);

fn changes<'r>(old: &'r [CaseResult], new: &'r [CaseResult]) -> Vec<Changed<'r>> {
    let before: BTreeMap<&str, &CaseResult> = old.iter().map(|case| (case.id.as_str(), case)).collect();
    let after: BTreeMap<&str, &CaseResult> = new.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut changes: Vec<Changed<'r>> = Vec::new();
    for case in new {
        match before.get(case.id.as_str()) {
            None => changes.push((Change::New, None, Some(case))),
            Some(was) => changes.extend(change(was, case).map(|change| (change, Some(*was), Some(case)))),
        }
    }
    let gone = old.iter().filter(|case| !after.contains_key(case.id.as_str()));
    changes.extend(gone.map(|case| (Change::Gone, Some(case), None)));
    changes
}

fn change(was: &CaseResult, is: &CaseResult) -> Option<Change> {
    match (severity(was.verdict), severity(is.verdict)) {
        (Some(before), Some(after)) if after > before => Some(Change::Worse),
        (Some(before), Some(after)) if after < before => Some(Change::Better),
        _ if was.verdict != is.verdict => Some(Change::Otherwise),
        _ if is.verdict == Verdict::Fail && !alike(was, is) => Some(Change::Answer),
        _ => None,
    }
}

fn case(old: Option<&CaseResult>, new: Option<&CaseResult>, width: usize, text: &mut String) {
    let Some(case) = new.or(old) else { return };
    let verdict = |case: Option<&CaseResult>| case.map_or("-", |case| case.verdict.name());
    let _ = writeln!(text, "  {}  {}", case.id, paint(DIM, &format!("{} -> {}", verdict(old), verdict(new))));
    for (label, side) in [("was", old), ("is", new)] {
        let Some(side) = side else { continue };
        let words = answer(side).or(side.reason.as_deref()).filter(|words| !words.is_empty());
        if let Some(words) = words {
            let entry = Entry { indent: 4, label, label_width: 5, text: &value(words), break_words: true };
            text.push_str(&entry.render(width));
        }
    }
}
