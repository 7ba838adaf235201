//! `sockspec smoke`: judges a driver.

use std::fmt::Write;
use std::process::ExitCode;

use sockspec_process::{Check, SmokeReport, Standing};
use sockspec_report::layout::{Entry, counted, one_line, value};
use sockspec_report::style::{BAD, DIM, GOOD, STRONG, paint};
use sockspec_wire::Limits;

use crate::args::Smoke;
use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::output;
use crate::signals::Watch;
use crate::subjects::Driver;

/// Columns of a check's standing with the space behind it.
const STANDING: usize = 9;
/// Lines of a broken driver's standard error that are shown.
const STDERR_LINES: usize = 12;

/// Runs every check on the driver.
pub(crate) fn smoke(args: &Smoke) -> Result<ExitCode, Failure> {
    let driver = Driver::from(&args.command)?;
    let leftover = driver.folder.as_ref().map(|folder| folder.path().to_owned());
    let watch = Watch::start(None, leftover)?;
    let limits = Limits { reply: args.timeout, ..Limits::default() };
    let report = sockspec_process::smoke(&driver.command, &limits);
    if watch.is_ending() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    output::print(&render(&report, output::width()))?;
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(NOT_CONFORMING) })
}

fn render(report: &SmokeReport, width: usize) -> String {
    let who = report.description.as_ref().map(|description| {
        format!(": {} {}, edition {}", description.name, description.version, description.edition)
    });
    let title = format!("{}{}", report.label, who.unwrap_or_default());
    let mut text = format!("{}\n\n", paint(STRONG, &one_line(&title)));
    report.checks.iter().for_each(|check| text.push_str(&line(check, width)));
    let count = |standing| report.count(standing);
    let (pass, fail, skipped) = (count(Standing::Pass), count(Standing::Fail), count(Standing::Skipped));
    let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    let last =
        format!("sockspec: {}: {pass} pass, {fail} fail{skipped}", counted(report.checks.len(), "check"));
    let _ = writeln!(text, "\n{}", paint(if report.passed() { GOOD } else { BAD }, &last));
    text
}

fn line(check: &Check, width: usize) -> String {
    let style = match check.standing {
        Standing::Pass => GOOD,
        Standing::Fail => BAD,
        Standing::Skipped => DIM,
    };
    let mark = paint(style, &format!("{:<STANDING$}", check.standing.to_string()));
    let mut text = format!("{mark}{}\n", check.name);
    // What passed needs no words.
    if check.standing != Standing::Pass && !check.message.is_empty() {
        text.push_str(&entry("", &value(&check.message)).render(width));
    }
    let lines: Vec<&str> = check.stderr.lines().collect();
    for line in &lines[lines.len().saturating_sub(STDERR_LINES)..] {
        text.push_str(&entry("", &format!("| {}", value(line))).render(width));
    }
    text
}

fn entry<'a>(label: &'a str, text: &'a str) -> Entry<'a> {
    Entry { indent: STANDING, label, label_width: 0, text, break_words: true }
}
