//! Markdown for the summary of a job.

use std::fmt::Write;
use std::io;
use std::path::Path;

use sockspec_events::{CaseResult, Event, Verdict};

use crate::collected::Collected;
use crate::layout::{counted, one_line, value};
use crate::target::{Target, TargetError};
use crate::{Reporter, failure, gate, summary};

/// Departures that are shown in full, and in a line each after that: a summary has room for a mebibyte.
const IN_FULL: usize = 20;
const IN_LINES: usize = 200;

/// Writes the summary when the run ends.
#[derive(Debug)]
pub struct Markdown {
    target: Target,
    collected: Collected,
}

impl Markdown {
    /// Reports to that file, or to the standard output for `-`.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there.
    pub fn new(path: &Path) -> Result<Self, TargetError> {
        Ok(Self { target: Target::new(path)?, collected: Collected::default() })
    }

    fn text(&self) -> String {
        let collected = &self.collected;
        let subject = &collected.started.subject;
        let name = if subject.name.is_empty() { &subject.label } else { &subject.name };
        let mark = if collected.is_good() { "✅" } else { "❌" };
        let mut text = format!("## {mark} {} {}\n\n", plain(name), plain(&subject.version));
        let _ = writeln!(
            text,
            "{}, judged by edition {}.\n",
            plain(&subject.platform),
            plain(&collected.started.edition)
        );
        let line = summary::last_line(&collected.started, &collected.finished);
        let _ = writeln!(text, "{}\n", plain(&line));
        let held = collected.started.gate.is_some() || gate::findings(collected).next().is_some();
        if held {
            let _ = writeln!(text, "{}\n", plain(&gate::verdict(collected).1));
        }
        for finding in &collected.finished.findings {
            let place = finding.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
            let _ = writeln!(text, "- **{}** {}", finding.kind, plain(&format!("{place}{}", finding.what)));
            let _ = writeln!(text, "  {}", plain(&finding.help.replace('\n', "; ")));
        }
        text.push('\n');
        self.red(&mut text);
        self.table(&mut text);
        text
    }

    fn red(&self, text: &mut String) {
        let all: Vec<&CaseResult> = self.collected.red().collect();
        let full = failure::chosen(&all, IN_FULL);
        for case in &full {
            let gist = html(&value(&failure::in_a_line(case)));
            let verdict = case.verdict.name().to_uppercase();
            let _ = writeln!(text, "<details><summary><b>{verdict}</b> {gist}</summary>\n");
            fenced(text, &failure::bare(case, &self.collected.started));
            let _ = writeln!(text, "</details>\n");
        }
        let rest: Vec<_> = all.iter().filter(|case| !full.iter().any(|shown| shown.id == case.id)).collect();
        for case in rest.iter().take(IN_LINES) {
            let _ = writeln!(text, "- **{}** {}", case.verdict, plain(&value(&failure::in_a_line(case))));
            if let Some(command) = self.collected.started.repro_of(case) {
                let _ = writeln!(text, "  {}", plain(&command));
            }
        }
        if rest.len() > IN_LINES {
            let _ = writeln!(text, "- and {}", counted(rest.len() - IN_LINES, "more departure"));
        }
        text.push('\n');
    }

    fn table(&self, text: &mut String) {
        let cases = &self.collected.cases;
        if cases.is_empty() {
            return;
        }
        let all = Collected::summary_of(cases);
        let verdicts: Vec<Verdict> =
            Verdict::ALL.into_iter().filter(|verdict| all.get(*verdict) > 0).collect();
        let heads: Vec<&str> = verdicts.iter().map(|verdict| verdict.name()).collect();
        let _ = writeln!(text, "| section | cases | {} |", heads.join(" | "));
        let _ = writeln!(text, "|---|{}", "---:|".repeat(verdicts.len() + 1));
        let mut row = |name: &str, counts: &sockspec_events::Summary| {
            let cells: Vec<String> =
                verdicts.iter().map(|verdict| counts.get(*verdict).to_string()).collect();
            let _ = writeln!(text, "| {name} | {} | {} |", counts.total(), cells.join(" | "));
        };
        for section in summary::sections(cases) {
            row(&plain(section), &Collected::summary_of(cases.iter().filter(|case| case.section == section)));
        }
        row("**all**", &all);
    }
}

/// A text on one line that is no markup, also in a table.
fn plain(text: &str) -> String {
    let mut shown = String::new();
    for character in one_line(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // Nobody is to be called by a report, and no issue to be linked.
            '@' => shown.push_str("&#64;"),
            '#' => shown.push_str("&#35;"),
            ':' => shown.push_str("&#58;"),
            character if character.is_ascii_punctuation() && !",;'\"%/?".contains(character) => {
                shown.extend(['\\', character]);
            }
            character => shown.push(character),
        }
    }
    shown
}

fn html(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}

/// Text as it is, between fences that are longer than any in it.
fn fenced(text: &mut String, content: &str) {
    let longest = content.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "{fence}text\n{}\n{fence}\n", content.trim_end());
}

impl Reporter for Markdown {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.collected.take(event) { self.target.write(&self.text()) } else { Ok(()) }
    }
}
