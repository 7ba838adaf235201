//! `sockspec doctor`: what this machine can run.

use std::ffi::OsStr;
use std::fmt::Write;
use std::process::ExitCode;
use std::thread;

use sockspec_report::layout::{Entry, one_line};
use sockspec_report::style::{BAD, GOOD, STRONG, paint};

use crate::exit::Failure;
use crate::{interpreters, output};

const INDENT: usize = 2;
const LABEL: usize = 19;

/// Tries what a run may need, and says what came of it. Never fails for what is missing.
pub(crate) fn doctor() -> Result<ExitCode, Failure> {
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
    let _ = writeln!(text, "\n{}", paint(STRONG, "Subjects"));
    text.push_str(&line(
        "reference",
        true,
        "in this program; reference-wire: the same behind the wire",
        width,
    ));
    text.push_str(&found(width));
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn line(name: &str, ok: bool, detail: &str, width: usize) -> String {
    let answer = if ok { "yes" } else { "no" };
    let text = if detail.is_empty() { answer.to_owned() } else { format!("{answer}: {}", one_line(detail)) };
    let entry = Entry { indent: INDENT, label: name, label_width: LABEL, text: &text, break_words: false };
    entry.render(width).replacen(answer, &paint(if ok { GOOD } else { BAD }, answer), 1)
}

/// The interpreters, asked at the same time: some take seconds.
fn found(width: usize) -> String {
    let asked: Vec<_> = interpreters::all()
        .into_iter()
        .map(|(name, path)| {
            let answer = path.clone().map(|path| thread::spawn(move || interpreters::ask(OsStr::new(&path))));
            (name, path, answer)
        })
        .collect();
    let mut text = String::new();
    for (name, path, answer) in asked {
        let (ok, detail) = match answer.map(thread::JoinHandle::join) {
            None => (false, "not on PATH".to_owned()),
            Some(Ok(Ok(version))) => (true, format!("{version} ({})", path.unwrap_or_default().display())),
            Some(Ok(Err(why))) => (false, why),
            Some(Err(_)) => (false, "it could not be asked".to_owned()),
        };
        text.push_str(&line(&name, ok, &detail, width));
    }
    text
}
