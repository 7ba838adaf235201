//! `sockspec show`: a case in full.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use sockspec_cases::{Case, Step, Suite};
use sockspec_report::layout::Entry;
use sockspec_report::style::{STRONG, paint};

use crate::args::Show;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{output, select};

const INDENT: usize = 2;
const LABEL: usize = 10;

/// Shows each of the cases.
pub(crate) fn show(args: &Show, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let ids: Vec<&str> = loaded.everything().map(|case| case.id.as_str()).collect();
    let ids = select::chosen("case", &args.cases, &ids)?;
    let width = output::width();
    let cases = loaded.everything().filter(|case| ids.contains(&case.id.as_str()));
    let shown: Vec<String> = cases.map(|case| render(case, &loaded.suite, width)).collect();
    output::print(&shown.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn render(case: &Case, suite: &Suite, width: usize) -> String {
    let mut text = paint(STRONG, &case.id);
    text.push('\n');
    let mut add = |label: &str, content: &str| text.push_str(&entry(INDENT, label, content).render(width));
    add("at", &format!("{}:{}", case.file, case.line));
    add("basis", &case.basis.to_string());
    let editions: Vec<String> = case.editions.iter().map(ToString::to_string).collect();
    add("editions", &editions.join(", "));
    add("lab", &case.lab.to_string());
    for id in &case.clauses {
        add("clause", id);
        if let Some(clause) = suite.catalogue.get(id) {
            add("", &clause.text);
        }
    }
    if let Some(note) = &case.note {
        add("note", note);
    }
    for (number, step) in case.steps.iter().enumerate() {
        text.push_str(
            &entry(INDENT, if number == 0 { "steps" } else { "" }, &step.to_string()).render(width),
        );
        text.push_str(&expectations(step, suite, width));
    }
    text
}

fn expectations(step: &Step, suite: &Suite, width: usize) -> String {
    let mut text = String::new();
    let indent = INDENT + LABEL + INDENT;
    let _ = write!(text, "{}", entry(indent, "expected", &step.expect.to_string()).render(width));
    for allowance in &step.allow {
        let reason = suite
            .reasons
            .get(&allowance.reason)
            .map(|reason| format!(": {}", reason.text))
            .unwrap_or_default();
        let line = format!("{} ({}{reason})", allowance.outcome, allowance.reason);
        text.push_str(&entry(indent, "allowed", &line).render(width));
    }
    text
}

fn entry<'a>(indent: usize, label: &'a str, text: &'a str) -> Entry<'a> {
    Entry { indent, label, label_width: LABEL, text, break_words: false }
}
