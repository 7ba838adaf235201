//! Scripts of what laws, models and differential runs find: a wrong subject's departures show in them too.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Said, bare, scripts_can_run};
use rstest::rstest;
use sockspec_wire::Limits;
use sockspec_wire::json::{Body, parse_reply};

/// A module that ends every dotted text with a zero, and loses the last byte of what is received.
const WRONG: &str = "\
from socket import *
import socket as plain


def inet_ntoa(packed):
    return plain.inet_ntoa(packed)[:-1] + '0'


class socket(plain.socket):
    def recv(self, size, *flags):
        data = plain.socket.recv(self, size, *flags)
        return data[:-1] if len(data) > 3 else data
";

/// The command on the wrong module, in its folder.
fn sockspec(folder: &Path) -> Command {
    let mut command = bare();
    command.current_dir(folder).env("PYTHONPATH", folder);
    command
}

fn say(mut command: Command) -> Said {
    command.output().unwrap().into()
}

/// What the report's line names as the command that writes a script, run as a shell would; gives the script.
fn written(report: &str, folder: &Path) -> Vec<String> {
    let commands = report.lines().filter_map(|line| line.strip_prefix("  script  "));
    commands
        .map(|command| {
            let (command, file) = command.trim().split_once(" > ").unwrap();
            let (program, rest) = command.split_once(' ').unwrap();
            assert!(program.ends_with("sockspec"), "{command}");
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("\"$SOCKSPEC\" {rest} > {file}")]);
            shell.env("SOCKSPEC", env!("CARGO_BIN_EXE_sockspec")).env("PYTHONPATH", folder);
            let said = say({
                shell.current_dir(folder).stdin(Stdio::null());
                shell
            });
            assert_eq!(said.status, Some(0), "{command}: {}", said.stderr);
            fs::read_to_string(folder.join(file)).unwrap()
        })
        .collect()
}

/// Runs a Python script in the lab: its status, and what it printed.
fn in_lab(script: &str, folder: &Path) -> (Option<i32>, String) {
    fs::write(folder.join("alone.py"), script).unwrap();
    let mut command = sockspec(folder);
    command.args(["lab", "--", "python3", "alone.py"]);
    let said = say(command);
    (said.status, said.stdout)
}

#[rstest]
#[case::a_law("laws/inet-ntoa-undoes-inet-aton")]
#[case::a_model("model/streams-inet")]
fn a_script_shows_what_breaks(#[case] id: &str) {
    if !scripts_can_run() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("wrongsocket.py"), WRONG).unwrap();
    let mut run = sockspec(folder);
    run.args(["run", "python3", "--module", "wrongsocket", "--law", id, "--seed", "1", "--json", "r.json"]);
    let report = say(run);
    assert_eq!(report.status, Some(1), "{}", report.stdout);
    let scripts = written(&report.stdout, folder);
    let [script] = scripts.as_slice() else { panic!("{}", report.stdout) };
    let (status, said) = in_lab(script, folder);
    assert_eq!((status, said.lines().last()), (Some(1), Some("departs")), "{script}\n{said}");
    let got = report.stdout.lines().find_map(|line| line.trim().strip_prefix("got       ")).unwrap();
    assert!(said.contains(got), "{got}\n{said}");
    // The report holds the same, without asking anybody again.
    let mut from = sockspec(folder);
    from.args(["repro", "--from", "r.json", id, "--module", "wrongsocket"]);
    assert_eq!(say(from).stdout, *script);
    // A sound module is shown to be sound.
    let (status, said) = in_lab(&script.replace("import wrongsocket as socket", "import socket"), folder);
    assert_eq!((status, said.lines().last()), (Some(0), Some("as the document says")), "{said}");
}

#[test]
fn requests_lead_a_driver_to_what_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let driver = [env!("CARGO_BIN_EXE_sockspec"), "drive", "faulty:ntoa-last-lost"];
    let mut run = sockspec(folder);
    run.args(["run", "--law", "laws/inet-ntoa-writes-dotted-quads", "--seed", "1", "--"]).args(driver);
    let report = say(run);
    assert_eq!(report.status, Some(1), "{}", report.stdout);
    let scripts = written(&report.stdout, folder);
    let [requests] = scripts.as_slice() else { panic!("{}", report.stdout) };
    fs::write(folder.join("repro.jsonl"), requests).unwrap();
    let mut drive = bare();
    drive.args(&driver[1..]).stdin(fs::File::open(folder.join("repro.jsonl")).unwrap());
    let replies = say(drive);
    let last = replies.stdout.lines().last().unwrap().to_owned();
    let Body::Outcome(outcome) = parse_reply(last.as_bytes(), &Limits::default()).unwrap().body else {
        panic!("{last}")
    };
    let got = report.stdout.lines().find_map(|line| line.trim().strip_prefix("got       ")).unwrap();
    assert_eq!(outcome.to_string(), got);
}

#[test]
fn a_script_shows_a_difference() {
    if !scripts_can_run() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut diff = sockspec(folder);
    let args = ["--only", "inet_ntoa", "--seed", "1", "--budget", "600", "--json", "d.json"];
    diff.args(["diff", "faulty:ntoa-last-lost", "python3"]).args(args);
    let report = say(diff);
    let group = report.stdout.lines().find_map(|line| line.strip_prefix("DEPARTS ")).unwrap_or_else(|| {
        panic!("{}{}", report.stdout, report.stderr);
    });
    let commands = report.stdout.lines().filter(|line| line.starts_with("  script ")).count();
    let scripts = written(&report.stdout, folder);
    assert_eq!(scripts.len(), commands);
    // What the one does right, the other's script passes.
    let (status, said) = in_lab(&scripts[0], folder);
    assert_eq!((status, said.lines().last()), (Some(0), Some("as the document says")), "{said}");
    let form = |args: &[&str]| {
        let mut command = sockspec(folder);
        command.args(args);
        say(command)
    };
    let kept = form(&["repro", "--from", "d.json", group]);
    assert_eq!(kept.stdout, scripts[0], "{}", kept.stderr);
    let rust =
        form(&["repro", "--from", "d.json", group, "--as", "rust", "--subject", "faulty:ntoa-last-lost"]);
    assert!(rust.stdout.contains("sockspec_strength::subject(\"faulty:ntoa-last-lost\")"), "{}", rust.stderr);
}

#[rstest]
#[case(&["laws/inet-ntoa-undoes-inet-aton", "--seed", "2"], "pass on reference with seed 0000000000000002")]
#[case(&["laws/inet-ntoa-undoes-inet-atom", "--seed", "2"], "is no law or model")]
#[case(&["--from", "tests/data/nothing.json"], "the report tests/data/nothing.json cannot be read")]
#[case(&["--from", "Cargo.toml"], "this is no report of `sockspec run --json`")]
fn what_cannot_be_shown_is_said(#[case] args: &[&str], #[case] words: &str) {
    let mut command = bare();
    command.arg("repro").args(args);
    let said = say(command);
    assert_eq!(said.status, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains(words), "{}", said.stderr);
}
