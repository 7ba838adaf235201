//! `sockspec doctor`: what this machine can run.

use std::fmt::Write;
use std::process::ExitCode;

use sockspec_report::layout::{Entry, one_line};
use sockspec_report::style::{BAD, GOOD, STRONG, paint};

use crate::args::Doctor;
use crate::exit::Failure;
use crate::{output, registry, roster};

const INDENT: usize = 2;
const LABEL: usize = 19;

/// Tries what a run may need, and says what came of it. Never fails for what is missing.
pub(crate) fn doctor(args: &Doctor) -> Result<ExitCode, Failure> {
    let width = output::width();
    let mut text = format!("sockspec {}\n\n{}\n", env!("CARGO_PKG_VERSION"), paint(STRONG, "Lab"));
    let probe = sockspec_lab::probe();
    for check in &probe.checks {
        text.push_str(&line(check.name, check.ok, &check.reason, width));
    }
    let (ok, verdict) = match probe.lab() {
        Ok(()) => (true, "every case can run".to_owned()),
        Err(why) => (false, format!("{why}; what needs no lab still runs, the rest is not-run")),
    };
    text.push_str(&line("in all", ok, &verdict, width));
    if !args.lab {
        let _ = writeln!(text, "\n{}", paint(STRONG, "Subjects"));
        for asked in roster::ask(registry::all()?)? {
            text.push_str(&roster::lines(&asked, width));
        }
    }
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn line(name: &str, ok: bool, detail: &str, width: usize) -> String {
    let answer = if ok { "yes" } else { "no" };
    let text = if detail.is_empty() { answer.to_owned() } else { format!("{answer}: {}", one_line(detail)) };
    let entry = Entry { indent: INDENT, label: name, label_width: LABEL, text: &text, break_words: false };
    entry.render(width).replacen(answer, &paint(if ok { GOOD } else { BAD }, answer), 1)
}
