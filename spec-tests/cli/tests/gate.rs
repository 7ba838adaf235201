//! Gates, from the command line to the status: each rule red once, and green where it should be.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Said, say, sockspec};
use rstest::rstest;
use tempfile::TempDir;

/// The one case that fails on the reference, expected and explained.
const KNOWN: &str = "format = 1\nsubject = \"sockspec reference\"\n\n[[expect]]\ncase = \"module/wrong-on-purpose\"\nverdict = \"fail\"\nreason = \"It is wrong on purpose.\"\n";

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reference.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// Runs the quick cases, held to a file.
fn gate(text: &str, more: &[&str]) -> Said {
    let (_folder, path) = file(text);
    let args = ["run", "--section", "module", "--expect", path.to_str().unwrap()];
    let mut said = say(args.iter().chain(more));
    let place = path.display().to_string();
    said.stdout = said.stdout.replace(&place, "FILE");
    said.stderr = said.stderr.replace(&place, "FILE");
    said
}

#[test]
fn what_is_known_is_green() {
    let said = gate(KNOWN, &[]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("\nexpected: 1 case: It is wrong on purpose.\n"), "{}", said.stdout);
    assert!(
        said.stdout.contains("\ngate: green, 1 departure as expected (held to FILE)\n"),
        "{}",
        said.stdout
    );
    assert!(!said.stdout.contains("  alone "), "what is known is not shown in full");
}

#[rstest]
#[case::unexpected_failure(
    "format = 1\nsubject = \"sockspec reference\"\n",
    &["gate    unexpected departure: fail, and no entry says so\n          add to FILE, with the reason:\n          [[expect]]\n          case = \"module/wrong-on-purpose\"", "gate: red: 1 unexpected departure (held to FILE)"]
)]
#[case::unexpected_pass(
    &format!("{KNOWN}\n[[expect]]\ncase = \"module/packed/zero\"\nverdict = \"fail\"\nreason = \"r\"\n"),
    &["PASS module/packed/zero\n", "unexpected pass FILE:10: pass", "take out the entry that starts in line 9", "gate: red: 1 unexpected pass (held to FILE)"]
)]
#[case::other_verdict(&KNOWN.replace("\"fail\"", "\"hang\""), &["other verdict FILE:6: fail", "write `verdict = \"fail\"` in line 6", "gate: red: 1 other verdict"])]
#[case::stale_entry(
    &format!("{KNOWN}\n[[expect]]\ncase = \"module/shrot\"\nverdict = \"fail\"\nreason = \"r\"\n"),
    &["stale entry FILE:10: there is no case \"module/shrot\"\n  the nearest is \"module/short\"; take it out", "gate: red: 1 stale entry"]
)]
#[case::missing_reason(&KNOWN.replace("It is wrong on purpose.", ""), &["missing reason FILE:7: an entry without a reason\n  say what departs", "gate: red: 1 missing reason"])]
#[case::other_subject(&KNOWN.replace("sockspec reference", "CPython"), &["other subject FILE:2: ", "gate: red: 1 other subject"])]
fn each_rule_is_red_once(#[case] text: &str, #[case] said_to_be: &[&str]) {
    let said = gate(text, &[]);
    assert_eq!(said.status, Some(1), "{said:?}");
    for words in said_to_be {
        assert!(said.stdout.contains(words), "{words:?} in {}", said.stdout);
    }
}

#[test]
fn a_budget_for_what_is_not_run() {
    // The cases that ship: those that need a lab are not run without one.
    let say = |budget: &str| -> Said {
        let args =
            ["run", "--no-lab", "--case", "gethostbyaddr/hosts-file/no-alias", "--skip-budget", budget];
        common::bare().args(args).output().unwrap().into()
    };
    let said = say("0");
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(said.stdout.contains("skip budget 1 case was not run, and 0 may be"), "{}", said.stdout);
    assert!(said.stdout.contains("1: labs are switched off for this run"), "{}", said.stdout);
    let said = say("1");
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("\ngate: green\n"), "{}", said.stdout);
}

#[rstest]
#[case("format = 1\n[[expect]]\ncase = \"x\"\n", "FILE:1: `subject` is missing")]
#[case(
    "format = 1\nsubject = \"x\"\n[[expect]]\ncase = \"x\"\nverdit = \"fail\"\n",
    "FILE:5: unknown key `verdit`\n    help: did you mean `verdict`?"
)]
fn a_file_that_is_not_sound_runs_nothing(#[case] text: &str, #[case] message: &str) {
    let said = gate(text, &[]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""));
    assert!(
        said.stderr.starts_with("sockspec: the expectations are not sound\n")
            && said.stderr.contains(message),
        "{}",
        said.stderr
    );
}

#[test]
fn the_file_of_a_subject_is_found_by_its_name() {
    let said = say(["run", "--section", "module", "--expect"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("tests/data/expectations/reference.toml)"), "{}", said.stdout);
    let said = say(["run", "--section", "module", "reference-broken", "--expect"]);
    assert_ne!(said.status, Some(0), "there is no such subject");
}

#[test]
fn a_subject_without_a_file_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = common::bare()
        .current_dir(folder.path())
        .args(["run", "--case", "module/*", "--expect"])
        .output()
        .unwrap();
    let said: Said = output.into();
    assert_eq!(said.status, Some(2), "{said:?}");
    assert!(
        said.stderr.contains("the fixtures hold neither reference.toml nor sockspec-reference.toml"),
        "{}",
        said.stderr
    );
}

/// A driver that answers one case well and badly in turn: its memory is a file.
fn flaky() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let reference = env!("CARGO_BIN_EXE_sockspec");
    let script = format!(
        "if rm {0} 2>/dev/null; then exec {reference} drive reference; fi; : >{0}; exec {reference} drive faulty:aton-five-bytes",
        mark.display()
    );
    (folder, ["sh".to_owned(), "-c".to_owned(), script].to_vec())
}

#[rstest]
#[case(&[], 1, "gate: red: 1 flaky case")]
#[case(&["--allow-flaky"], 0, "gate: green, 1 flaky case tolerated")]
fn a_flaky_case_is_named(#[case] more: &[&str], #[case] status: i32, #[case] verdict: &str) {
    let (_folder, command) = flaky();
    let mut args =
        vec!["run", "--no-lab", "--jobs", "1", "--case", "module/packed/loopback", "--repeat", "4"];
    args.extend(more);
    args.push("--");
    args.extend(command.iter().map(String::as_str));
    let said = say(&args);
    assert_eq!(said.status, Some(status), "{said:?}");
    assert!(said.stdout.contains(verdict), "{}", said.stdout);
    assert!(said.stdout.contains("fail 2×"), "{}", said.stdout);
}

#[test]
fn cases_that_are_always_the_same_are_not_flaky() {
    let said =
        say(["run", "--section", "module", "--repeat", "3", "--edition", "3", "--case", "module/packed"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("\nsockspec: 2 cases: 2 pass, 0 fail"), "{}", said.stdout);
}

#[test]
fn expectations_are_written_kept_and_pruned() {
    let (_folder, path) = file("");
    let name = path.to_str().unwrap();
    let expect = |more: &[&str]| {
        let args = ["expect", "--section", "module", "--file", name];
        let output = sockspec(args.iter().chain(more)).output().unwrap();
        let said: Said = output.into();
        assert_eq!(said.status, Some(0), "{said:?}");
        said.stdout.replace(name, "FILE")
    };
    let said = expect(&[]);
    assert_eq!(
        said,
        "added: module/wrong-on-purpose (fail)\na reason is missing: module/wrong-on-purpose\n\
         sockspec: FILE is written; 1 reason to be written\n"
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("subject = \"sockspec reference\"\n") && text.contains("\nreason = \"\"\n"),
        "{text}"
    );
    let explained = text.replace("reason = \"\"", "reason = \"On purpose.\"")
        + "\n[[expect]]\ncase = \"module/gone\"\nverdict = \"fail\"\nreason = \"r\"\n";
    fs::write(&path, &explained).unwrap();
    let said = expect(&[]);
    assert!(
        said.contains("names no case: kept; --prune takes it out") && said.contains("FILE is as it was"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), explained);
    let said = expect(&["--prune"]);
    assert!(said.contains("names no case: taken out") && said.contains("FILE is written"), "{said}");
    let args = ["run", "--section", "module", "--expect", name];
    assert_eq!(say(args).status, Some(0));
}

#[test]
fn expectations_can_come_from_a_report() {
    let (folder, path) = file("");
    let report = folder.path().join("report.json");
    let (name, report) = (path.to_str().unwrap(), report.to_str().unwrap());
    say(["run", "--section", "module", "--json", report]);
    let said = say(["expect", "--from", report, "--file", name]);
    assert!(said.stdout.contains("added: module/wrong-on-purpose (fail)"), "{said:?}");
    let said = say(["expect", "--from", name, "--file", name]);
    assert_eq!(said.status, Some(2));
    assert!(said.stderr.contains("this is no report of `sockspec run --json`"), "{}", said.stderr);
}
