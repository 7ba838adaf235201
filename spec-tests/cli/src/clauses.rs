//! `sockspec clauses`: what the document demands, and which cases check it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use sockspec_cases::{Case, Clause, Demands, Kind};
use sockspec_report::layout::{Entry, counted, paragraph};
use sockspec_report::style::{BAD, DIM, GOOD, STRONG, paint};

use crate::args::Clauses;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{output, select};

const INDENT: usize = 4;

/// How far a clause is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coverage {
    Covered,
    Uncovered,
    /// No case can check it.
    Descriptive,
}

/// Lists the clauses with their cases.
pub(crate) fn clauses(args: &Clauses, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let suite = &loaded.suite;
    let checked = checked_by(loaded.everything());
    let ids: Vec<&str> = suite.catalogue.clauses().iter().map(|clause| clause.id.as_str()).collect();
    let ids = select::chosen("clause", &args.ids, &ids)?;
    let names: Vec<&str> = suite.catalogue.sections().iter().map(|section| section.name.as_str()).collect();
    let sections = select::chosen("section", &args.sections, &names)?;
    let width = output::width();
    let mut text = String::new();
    let mut counts = [0; 3];
    let mut checking: BTreeSet<&str> = BTreeSet::new();
    for section in
        suite.catalogue.sections().iter().filter(|section| sections.contains(&section.name.as_str()))
    {
        let mut body = String::new();
        for clause in suite.catalogue.clauses().iter().filter(|clause| clause.section == section.name) {
            if !ids.contains(&clause.id.as_str())
                || args.edition.is_some_and(|edition| !clause.editions.contains(&edition))
            {
                continue;
            }
            let cases = checked.get(clause.id.as_str()).map(Vec::as_slice).unwrap_or_default();
            let coverage = coverage(clause, cases);
            counts[coverage as usize] += 1;
            checking.extend(cases);
            if !args.uncovered || coverage == Coverage::Uncovered {
                body.push_str(&render(clause, cases, coverage, width));
            }
        }
        if !body.is_empty() {
            let title = paint(STRONG, &format!("{} ({})", section.title, section.place));
            let _ = writeln!(text, "{title}\n{body}");
        }
    }
    let [covered, uncovered, descriptive] = counts;
    let total = counted(covered + uncovered + descriptive, "clause");
    let _ = writeln!(
        text,
        "sockspec: {total}: {covered} checked by {}, {uncovered} by none yet, {descriptive} descriptive",
        counted(checking.len(), "case")
    );
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The cases, laws and models that check each clause.
fn checked_by<'l>(cases: impl Iterator<Item = &'l Case>) -> BTreeMap<&'l str, Vec<&'l str>> {
    let mut checked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in cases {
        for clause in &case.clauses {
            checked.entry(clause).or_default().push(&case.id);
        }
    }
    checked
}

fn coverage(clause: &Clause, cases: &[&str]) -> Coverage {
    match clause.kind {
        _ if !cases.is_empty() => Coverage::Covered,
        Kind::Descriptive => Coverage::Descriptive,
        Kind::Testable | Kind::Environment => Coverage::Uncovered,
    }
}

fn render(clause: &Clause, cases: &[&str], coverage: Coverage, width: usize) -> String {
    let editions: Vec<String> = clause.editions.iter().map(ToString::to_string).collect();
    let whom = match clause.demands {
        Demands::Subject => "of the subject",
        Demands::Platform => "of the platform",
        Demands::Caller => "of the caller",
        Demands::Nobody => "of nobody",
    };
    let head =
        format!("{}  {}", clause.id, paint(DIM, &format!("{whom}, edition {}", editions.join(" and "))));
    let mut text = format!("  {head}\n{}", paragraph(INDENT, &clause.text, width));
    if let Some(changed) = &clause.changed {
        text.push_str(&paragraph(INDENT, &format!("Edition 3: {changed}"), width));
    }
    match coverage {
        Coverage::Covered => {
            let label = "checked by ";
            let list = cases.join(", ");
            let entry =
                Entry { indent: INDENT, label, label_width: label.len(), text: &list, break_words: false };
            text.push_str(&entry.render(width).replacen(label.trim(), &paint(GOOD, label.trim()), 1));
        }
        Coverage::Uncovered => {
            let _ = writeln!(text, "    {}", paint(BAD, "no case checks it yet"));
        }
        Coverage::Descriptive => {
            let _ = writeln!(text, "    {}", paint(DIM, "descriptive: there is nothing to check"));
        }
    }
    text
}
