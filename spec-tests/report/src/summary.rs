//! The table by section, and the line that sums a run up.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use sockspec_events::{CaseResult, RunFinished, RunStarted, Summary, Verdict};

use crate::collected::Collected;
use crate::layout::one_line;
use crate::style::{BAD, GOOD, STRONG, paint};

/// Always there; the others only when a case has them.
const ALWAYS: [Verdict; 3] = [Verdict::Pass, Verdict::Allowed, Verdict::Fail];

/// How many cases of each section have each verdict. Empty when there is no case.
pub(crate) fn table(collected: &Collected, width: usize) -> String {
    if collected.cases.is_empty() {
        return String::new();
    }
    let all = Collected::summary_of(&collected.cases);
    let verdicts: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| ALWAYS.contains(verdict) || all.get(*verdict) > 0)
        .collect();
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    let titles = verdicts.iter().map(|verdict| title(*verdict));
    table.set_header(["section", "cases"].into_iter().chain(titles));
    for section in sections(&collected.cases) {
        let cases = collected.cases.iter().filter(|case| case.section == section);
        table.add_row(row(section, &Collected::summary_of(cases), &verdicts));
    }
    table.add_row(row("all", &all, &verdicts));
    for (number, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if number > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let line = line.trim_end();
        let strong = number == 0 || number + 1 == lines.len();
        text.push_str(&if strong { paint(STRONG, line) } else { line.to_owned() });
        text.push('\n');
    }
    text
}

fn row(name: &str, summary: &Summary, verdicts: &[Verdict]) -> Vec<String> {
    let count = |count: usize| if count == 0 { "-".to_owned() } else { count.to_string() };
    let mut cells = vec![name.to_owned(), summary.total().to_string()];
    cells.extend(verdicts.iter().map(|verdict| count(summary.get(*verdict))));
    cells
}

/// The sections, in the order of their first case.
pub(crate) fn sections(cases: &[CaseResult]) -> Vec<&str> {
    let mut sections: Vec<&str> = Vec::new();
    for case in cases {
        if !sections.contains(&case.section.as_str()) {
            sections.push(&case.section);
        }
    }
    sections
}

/// A verdict over a column: in words that may stand below one another.
fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "n/a",
        Verdict::NotRun => "not run",
        Verdict::Unsupported => "unsup.",
        other => other.name(),
    }
}

/// The last line of a report, which is the same wherever it is written:
/// `sockspec: 412 cases: 400 pass, 8 allowed, 4 fail (0.73 s)`.
///
/// `pass` and `fail` are always there, other verdicts when a case has them.
pub fn last_line(started: &RunStarted, finished: &RunFinished) -> String {
    let summary = &finished.summary;
    let total = summary.total();
    let of = if finished.cut_short.is_some() { format!(" of {}", started.total) } else { String::new() };
    let noun = if total == 1 && of.is_empty() { "case" } else { "cases" };
    let cut =
        finished.cut_short.as_ref().map(|why| format!(", cut short ({})", one_line(why))).unwrap_or_default();
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail) || summary.get(*verdict) > 0)
        .map(|verdict| format!("{} {verdict}", summary.get(verdict)))
        .collect();
    let centiseconds = (finished.microseconds + 5_000) / 10_000;
    let seconds = format!("{}.{:02} s", centiseconds / 100, centiseconds % 100);
    format!("sockspec: {total}{of} {noun}{cut}: {} ({seconds})", counts.join(", "))
}

pub(crate) fn painted_last_line(collected: &Collected) -> String {
    let line = last_line(&collected.started, &collected.finished);
    paint(if collected.is_good() { GOOD } else { BAD }, &line)
}
