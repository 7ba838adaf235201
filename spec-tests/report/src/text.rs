//! The report for people, as one text.

use std::fmt::Write;

use sockspec_events::RunStarted;

use crate::collected::Collected;
use crate::layout::{counted, cut, one_line, paragraph};
use crate::style::{BAD, STRONG, paint};
use crate::{Options, failure, gate, skipped, summary};

/// Who is judged, by what, and what this machine lacks for it.
pub(crate) fn header(started: &RunStarted, width: usize) -> String {
    let subject = &started.subject;
    // One that was never heard of itself has only the name it was asked for by.
    let named = !subject.name.is_empty();
    let mut who = one_line(if named { &subject.name } else { &subject.label });
    for (before, text) in [(" ", &subject.version), (" on ", &subject.platform)] {
        if !text.is_empty() {
            let _ = write!(who, "{before}{}", one_line(text));
        }
    }
    if named && !subject.label.is_empty() {
        let _ = write!(who, " ({})", one_line(&subject.label));
    }
    let mut text = paint(STRONG, paragraph(0, &who, width).trim_end());
    text.push('\n');
    let mut how = format!("judged by edition {}", started.edition);
    if !subject.edition.is_empty() && subject.edition != started.edition {
        let _ = write!(how, ", claims edition {}", one_line(&subject.edition));
    }
    let _ = match started.total {
        total if total == started.known => write!(how, "; {}", counted(total, "case")),
        total => write!(how, "; {total} of {}", counted(started.known, "case")),
    };
    if started.properties > 0 {
        let laws = counted(started.properties, "law");
        let _ = write!(how, ", {laws} and models among them, seed {}", one_line(&started.seed));
    }
    let _ = write!(how, ", {}", counted(started.jobs, "worker"));
    text.push_str(&paragraph(0, &how, width));
    for probe in started.environment.iter().filter(|probe| !probe.available) {
        text.push_str(&paragraph(
            0,
            &format!("missing: {}: {}", one_line(&probe.name), one_line(&probe.detail)),
            width,
        ));
    }
    text
}

/// The table, the departures, what was allowed and what was not judged, warnings, and the last line.
pub(crate) fn report(collected: &Collected, options: &Options) -> String {
    let width = options.columns();
    let mut parts = vec![summary::table(collected, width)];
    parts.extend(departures(collected, options));
    parts.push(skipped::render(collected, width));
    let mut warnings = String::new();
    for warning in &collected.warnings {
        warnings.push_str(&paragraph(0, &format!("warning: {}", one_line(warning)), width));
    }
    parts.push(warnings);
    parts.push(gate::render(collected, width));
    let mut text = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        text.push_str(part);
        text.push('\n');
    }
    text.push_str(&summary::painted_last_line(collected));
    text.push('\n');
    text
}

fn departures(collected: &Collected, options: &Options) -> Vec<String> {
    let width = options.columns();
    let all: Vec<_> = collected.red().collect();
    let full = failure::chosen(&all, options.in_full.unwrap_or(usize::MAX));
    let mut parts: Vec<String> =
        full.iter().map(|case| failure::render(case, &collected.started, width)).collect();
    let rest: Vec<_> = all.iter().filter(|case| !full.iter().any(|shown| shown.id == case.id)).collect();
    if !rest.is_empty() {
        let more = format!(
            "and {}, a line each (--all-failures shows them in full):",
            counted(rest.len(), "more departure")
        );
        let mut lines = paint(STRONG, paragraph(0, &more, width).trim_end());
        lines.push('\n');
        for case in rest {
            let line = cut(&failure::in_a_line(case), width.saturating_sub(10).max(case.id.len() + 2));
            let _ = writeln!(lines, "{}{line}", paint(BAD, &format!("{:<10}", case.verdict)));
        }
        parts.push(lines);
    }
    parts
}
