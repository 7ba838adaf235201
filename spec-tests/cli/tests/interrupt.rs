//! Ctrl-C: what ran is reported, and nothing is left.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use common::sockspec;
use rstest::rstest;
use rustix::fs::Mode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

#[rstest]
#[case("reference", Signal::INT)]
#[case("reference", Signal::TERM)]
#[case("reference-wire", Signal::INT)]
fn an_interrupted_run_reports_and_leaves_nothing(#[case] subject: &str, #[case] signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    // Whatever descends from the run holds this open: it ends when the last of them is gone.
    let (mut held, holder) = rustix::pipe::pipe().map(|(a, b)| (fs::File::from(a), b)).unwrap();
    let mut child = sockspec(["run", subject, "--laws", "0", "--timeout", "600", "--json"])
        .arg(&report)
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(holder);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // One case waits for ever. The others are reported before it, in order.
    let shown = lines.by_ref().find(|line| line.contains("judged by edition"));
    assert!(shown.is_some());
    kill_process(Pid::from_child(&child), signal).unwrap();
    let rest: Vec<String> = lines.collect();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:#?} {stderr}");
    assert!(rest.last().unwrap().contains("of 6 cases, cut short (interrupted): "), "{rest:#?}");
    assert_eq!(stderr, "sockspec: interrupted; once more ends at once\n");
    let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(report["cut_short"], "interrupted");
    assert_eq!(held.read_to_end(&mut Vec::new()).unwrap(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the report is left");
}

/// A driver that says so when it runs, and neither speaks nor ends.
const STUBBORN: &str = "trap '' TERM; echo up >\"$0\"; while :; do cat >/dev/null; done";

/// Starts a command on the stubborn driver, interrupts it once the driver runs, and gives its standard output.
fn interrupt_stubborn(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
        .unwrap();
    let (mut held, holder) = rustix::pipe::pipe().map(|(a, b)| (fs::File::from(a), b)).unwrap();
    let mut child = sockspec(args)
        .args(["--", "sh", "-c", STUBBORN])
        .arg(&fifo)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(holder);
    // Blocks until the driver has opened its end.
    assert_eq!(fs::read_to_string(&fifo).unwrap(), "up\n");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{stdout}");
    assert_eq!(held.read_to_end(&mut Vec::new()).unwrap(), 0);
    stdout
}

#[test]
fn a_driver_that_never_says_hello_can_be_interrupted() {
    let stdout = interrupt_stubborn(&["run", "--laws", "0", "--jobs", "1"]);
    // Edition 3's case needs no driver to have its verdict.
    assert!(stdout.contains("sockspec: 1 of 6 cases, cut short (interrupted): "), "{stdout}");
}

#[test]
fn smoke_can_be_interrupted() {
    assert_eq!(interrupt_stubborn(&["smoke"]), "");
}
