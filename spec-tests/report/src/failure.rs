//! A departure, so that a reader can judge it without looking anything up.

use std::collections::BTreeSet;
use std::fmt::Write;

use sockspec_events::{CaseResult, PropertyRun, RunStarted, StepResult, StepVerdict};

use crate::WIDTH_MAX;
use crate::layout::{Entry, counted, one_line, value};
use crate::style::{self, DIM, STRONG, paint};

/// Where a rerun command does not end with the case's id, this stands for it.
const CASE: &str = "{case}";
const INDENT: usize = 2;
/// Columns of a label with the space behind it.
const LABEL: usize = 8;
/// Columns of a step's mark with the space behind it.
const MARK: usize = 10;
/// Lines of the subject's standard error that are shown.
const STDERR_LINES: usize = 12;

/// The departures that are shown in full: all when they are few; else the first of each clause, then others until
/// there are `limit`, in their order.
pub(crate) fn chosen<'a>(all: &[&'a CaseResult], limit: usize) -> Vec<&'a CaseResult> {
    if all.len() <= limit {
        return all.to_vec();
    }
    let mut clauses = BTreeSet::new();
    let first: Vec<bool> = all.iter().map(|case| clauses.insert(case.clauses.first())).collect();
    let mut picked: Vec<usize> = (0..all.len()).filter(|at| first[*at]).take(limit).collect();
    let further = (0..all.len()).filter(|at| !first[*at]);
    picked.extend(further.take(limit - picked.len()));
    picked.sort_unstable();
    picked.into_iter().map(|at| all[at]).collect()
}

/// The whole of a departure.
pub(crate) fn render(case: &CaseResult, started: &RunStarted, width: usize) -> String {
    let verdict = paint(style::of(case.verdict), &case.verdict.name().to_uppercase());
    let mut text = format!("{verdict} {}\n", paint(STRONG, &case.id));
    let mut add = |label: &str, content: &str, break_words: bool| {
        let entry = Entry { indent: INDENT, label, label_width: LABEL, text: content, break_words };
        text.push_str(&entry.render(width));
    };
    add("at", &format!("{}:{} ({})", case.file, case.line, case.basis), false);
    for clause in &case.clauses {
        add("clause", clause, false);
        if let Some(words) = started.clauses.get(clause) {
            add("", &one_line(words), false);
        }
    }
    if let Some(note) = &case.note {
        add("note", &one_line(note), false);
    }
    if let Some(reason) = &case.reason {
        add("reason", &value(reason), true);
    }
    if let Some(property) = &case.property {
        add("found", &found(property), false);
    }
    text.push_str(&steps(case, width));
    let mut add = |label: &str, content: &str| {
        let entry = Entry { indent: INDENT, label, label_width: LABEL, text: content, break_words: true };
        text.push_str(&entry.render(width));
    };
    for note in &case.notes {
        add("also", &value(note));
    }
    for finding in &case.findings {
        let what = finding.what.strip_prefix(&format!("{}: ", case.id)).unwrap_or(&finding.what);
        // Which file, where the help does not say: a line alone is none to go to.
        let place = finding.place.as_ref().filter(|place| !finding.help.contains(&place.file));
        let place = place.map(|place| format!(" {place}")).unwrap_or_default();
        add("gate", &value(&format!("{}{place}: {what}", finding.kind)));
        finding.help.lines().for_each(|line| add("", &value(line)));
    }
    let lines: Vec<&str> = case.stderr.lines().collect();
    for (number, line) in lines[lines.len().saturating_sub(STDERR_LINES)..].iter().enumerate() {
        add(if number == 0 { "stderr" } else { "" }, &format!("| {}", value(line)));
    }
    // As they are, whatever their length: they are for pasting.
    if let Some(written) = case.property.as_ref().and_then(|property| property.case.as_deref()) {
        for (number, line) in written.lines().enumerate() {
            let label = paint(DIM, &format!("{:<LABEL$}", if number == 0 { "paste" } else { "" }));
            let _ = writeln!(text, "{}{label}{}", " ".repeat(INDENT), one_line(line));
        }
    }
    let alone = paint(DIM, &format!("{:<LABEL$}", "alone"));
    let _ = writeln!(text, "{}{alone}{}", " ".repeat(INDENT), one_line(&rerun(started, case)));
    if let Some(command) = started.repro_of(case) {
        let script = paint(DIM, &format!("{:<LABEL$}", "script"));
        let _ = writeln!(text, "{}{script}{command}", " ".repeat(INDENT));
    }
    text
}

/// The whole of a departure, without colours, for a reader that wraps by itself.
pub(crate) fn bare(case: &CaseResult, started: &RunStarted) -> String {
    anstream::adapter::strip_str(&render(case, started, WIDTH_MAX)).to_string()
}

/// A departure for a line of its own.
pub(crate) fn in_a_line(case: &CaseResult) -> String {
    let decisive = case.steps.iter().find(|step| step.verdict == StepVerdict::Departs);
    let what = match (decisive, &case.reason) {
        _ if !case.verdict.is_departure() && !case.findings.is_empty() => {
            case.findings.iter().map(|finding| finding.kind.name()).collect::<Vec<_>>().join(", ")
        }
        (Some(step), _) if !step.difference.is_empty() => one_line(&step.difference),
        (Some(step), _) => {
            format!(
                "got {}, expected {}",
                one_line(step.got.as_deref().unwrap_or("nothing")),
                one_line(&step.expected)
            )
        }
        (None, Some(reason)) => one_line(reason),
        (None, None) => String::new(),
    };
    format!("{}  {what}", case.id).trim_end().to_owned()
}

/// How a law or model was broken.
fn found(property: &PropertyRun) -> String {
    if property.evaluations == 0 {
        return format!("before the first input, seed {}", property.seed);
    }
    let inputs = counted(usize::try_from(property.evaluations).unwrap_or(usize::MAX), "input");
    let smaller = counted(usize::try_from(property.shrinks).unwrap_or(usize::MAX), "smaller one");
    let steps = match property.steps {
        0 => String::new(),
        count => format!(" in {}", counted(usize::try_from(count).unwrap_or(usize::MAX), "step")),
    };
    format!("by the last of {inputs}{steps}, seed {}; then {smaller} tried", property.seed)
}

/// The command that runs it alone; a law or model needs the seed of its input.
pub(crate) fn rerun(started: &RunStarted, case: &CaseResult) -> String {
    let id = match &case.property {
        Some(property) => format!("{} --seed {}", case.id, property.seed),
        None => case.id.clone(),
    };
    if started.rerun.contains(CASE) {
        started.rerun.replace(CASE, &id)
    } else {
        format!("{} {id}", started.rerun)
    }
}

fn steps(case: &CaseResult, width: usize) -> String {
    let mut text = String::new();
    let is_reached = |step: &StepResult| step.verdict != StepVerdict::NotReached;
    // What comes before a step that was reached was made, whether or not anybody kept how it went.
    let made = case.steps.iter().rposition(is_reached).map_or(0, |last| last + 1);
    for (number, step) in case.steps[..made].iter().enumerate() {
        let label = paint(DIM, &format!("{:<LABEL$}", if number == 0 { "steps" } else { "" }));
        let mark = paint(style::of_step(step.verdict), &format!("{:<MARK$}", mark(step.verdict)));
        let shown = value(&step.step);
        let indent = INDENT + LABEL + MARK;
        let wrapped =
            Entry { indent, label: "", label_width: 0, text: &shown, break_words: true }.render(width);
        let _ = write!(text, "{}{label}{mark}{}", " ".repeat(INDENT), wrapped.trim_start());
        text.push_str(&outcome(step, width));
    }
    let missed = case.steps.len() - made;
    if missed > 0 {
        let (label, noun) = if made == 0 { ("steps", "step") } else { ("", "further step") };
        let line = format!("{} not reached", counted(missed, noun));
        let entry = Entry { indent: INDENT, label, label_width: LABEL, text: &line, break_words: false };
        text.push_str(&entry.render(width));
    }
    text
}

fn mark(verdict: StepVerdict) -> &'static str {
    match verdict {
        StepVerdict::Ok => "ok",
        StepVerdict::Allowed => "allowed",
        StepVerdict::Observed => "observed",
        StepVerdict::Departs => "departs",
        StepVerdict::NoOutcome => "no answer",
        StepVerdict::NotReached => "made",
    }
}

/// What was expected of a step and what came, where the two are not the same.
fn outcome(step: &StepResult, width: usize) -> String {
    let mut text = String::new();
    let mut add = |label: &str, content: &str| {
        let entry = Entry {
            indent: 2 * INDENT + LABEL,
            label,
            label_width: MARK,
            text: &value(content),
            break_words: true,
        };
        text.push_str(&entry.render(width));
    };
    if matches!(step.verdict, StepVerdict::Ok | StepVerdict::NotReached) {
        return text;
    }
    if !step.call.is_empty() && !step.step.ends_with(&step.call) {
        add("call", &step.call);
    }
    add("expected", &step.expected);
    if let Some(got) = &step.got {
        add("got", got);
    }
    if !step.difference.is_empty() {
        add("parts at", &step.difference);
    }
    text
}
