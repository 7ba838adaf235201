//! Runs, from the command line to the report and the status.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{Said, bare, say, sockspec};
use rstest::rstest;
use serde_json::Value;

/// Cases that take no time.
const QUICK: [&str; 2] = ["--section", "module"];

fn run(args: &[&str]) -> Said {
    say(["run", "--laws", "0"].iter().chain(&QUICK).chain(args))
}

fn last_line(said: &Said) -> &str {
    let line = said.stdout.lines().last().unwrap_or_default();
    // All but the time it took.
    line.split(" (").next().unwrap_or_default()
}

#[rstest]
#[case(&[], 1, "sockspec: 5 cases: 2 pass, 1 allowed, 1 fail, 1 not-applicable")]
#[case(&["--no-lab", "--jobs", "1"], 1, "sockspec: 5 cases: 2 pass, 1 allowed, 1 fail, 1 not-applicable")]
#[case(&["reference-wire"], 1, "sockspec: 5 cases: 2 pass, 1 allowed, 1 fail, 1 not-applicable")]
#[case(&["--edition", "3", "--case", "module/packed"], 0, "sockspec: 2 cases: 2 pass, 0 fail")]
#[case(&["--basis", "platform"], 0, "sockspec: 1 case: 0 pass, 1 allowed, 0 fail")]
fn runs(#[case] args: &[&str], #[case] status: i32, #[case] line: &str) {
    let said = run(args);
    assert_eq!((said.status, last_line(&said)), (Some(status), line), "{said:?}");
    assert_eq!(said.stderr, "");
}

#[test]
fn a_failure_can_be_run_again_by_what_the_report_says() {
    let said = run(&["--edition", "3", "--timeout", "7.5"]);
    let alone = said.stdout.lines().find_map(|line| line.strip_prefix("  alone   ")).unwrap();
    assert!(alone.ends_with(" --edition 3 --timeout 7.5 --case module/wrong-on-purpose"), "{alone}");
    let again = std::process::Command::new("sh")
        .args(["-c", alone])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let again: Said = again.into();
    assert_eq!((again.status, last_line(&again)), (Some(1), "sockspec: 1 case: 0 pass, 1 fail"), "{again:?}");
}

#[test]
fn the_first_departure_can_end_a_run() {
    let said = run(&["--fail-fast"]);
    assert_eq!(said.status, Some(1));
    assert!(
        said.stdout.contains("cut short (--fail-fast: module/wrong-on-purpose is the first departure)"),
        "{}",
        said.stdout
    );
}

#[test]
fn the_json_report_keeps_to_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let said = run(&["--json", path.to_str().unwrap()]);
    assert_eq!(said.status, Some(1));
    let report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas/report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!((&report["summary"]["pass"], &report["summary"]["fail"]), (&2.into(), &1.into()));
    assert_eq!(report["subject"]["label"], "reference");
    assert_eq!((&report["known"], &report["selected"]), (&6.into(), &5.into()));
}

#[rstest]
#[case(&["/absent/driver"], "there is no file /absent/driver")]
#[case(&["sockspec-absent-driver"], "there is no program sockspec-absent-driver on PATH")]
#[case(&["/etc/passwd"], "/etc/passwd is not executable")]
#[case(&["false"], "it ended before it said hello: exit status 1")]
#[case(&["sh", "-c", "echo broken beyond repair >&2; exit 7"], "broken beyond repair")]
#[case(&["sh", "-c", "echo garbage; cat >/dev/null"], "no hello")]
#[case(&["sh", "-c", "exec >&-; cat >/dev/null"], "hello")]
#[case(&["yes"], "no hello")]
#[case(&["sh", "-c", "cat /dev/zero"], "no hello")]
fn a_driver_that_does_not_start(#[case] command: &[&str], #[case] message: &str) {
    let mut args = vec!["--timeout", "5", "--"];
    args.extend(command);
    let said = run(&args);
    assert_eq!((said.status, said.stdout.as_str()), (Some(3), ""), "{said:?}");
    assert!(said.stderr.starts_with("sockspec: ") && said.stderr.contains(message), "{}", said.stderr);
}

#[test]
fn an_interpreter_that_is_not_there() {
    let output = sockspec(["run", "python9.99"]).env("PATH", "/absent").output().unwrap();
    let said: Said = output.into();
    assert_eq!((said.status, said.stdout.as_str()), (Some(3), ""), "{said:?}");
    assert!(said.stderr.contains("there is no python9.99 on PATH"), "{}", said.stderr);
}

/// Laws know the lab that the program carries: with the same one they run, with another those that ask it are left out.
#[rstest]
#[case("../../fixtures", 1, false)]
#[case("tests/data", 0, true)]
fn laws_of_the_lab_go_by_its_files(#[case] fixtures: &str, #[case] ran: usize, #[case] remark: bool) {
    let laws = ["laws/getservbyname-finds-every-service", "laws/inet-aton-packs"];
    let args = ["run", "reference", "--case", laws[0], "--case", laws[1], "--fixtures", fixtures];
    let said: Said = bare().args(args).output().unwrap().into();
    assert!(last_line(&said).contains(&format!("{} case", ran + 1)), "{said:?}");
    assert_eq!(said.stderr.contains("are left out"), remark, "{said:?}");
}

#[test]
fn a_hang_costs_one_case() {
    let said = say(["run", "--laws", "0", "--timeout", "0.2", "--no-lab"]);
    assert_eq!(said.status, Some(1));
    let line = "sockspec: 6 cases: 2 pass, 1 allowed, 1 fail, 1 not-applicable, 1 hang";
    assert_eq!(last_line(&said), line, "{}", said.stdout);
}

#[test]
fn a_reader_that_leaves_early_changes_no_verdict() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = sockspec(["run", "--case", "module"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(1), ""));
}

#[test]
fn reports_of_every_kind_are_written_beside_what_people_read() {
    let folder = tempfile::tempdir().unwrap();
    let kinds = ["json", "junit", "tap", "events", "github", "markdown"];
    let specs: Vec<String> =
        kinds.iter().map(|kind| format!("{kind}={}", folder.path().join(kind).display())).collect();
    let said = run(&specs.iter().flat_map(|spec| ["--report", spec]).collect::<Vec<_>>());
    assert_eq!(
        (said.status, last_line(&said).starts_with("sockspec: 5 cases: ")),
        (Some(1), true),
        "{said:?}"
    );
    for (kind, start) in kinds.iter().zip([
        "{\n",
        "<?xml",
        "TAP version 14\n",
        "{\"event\":\"run-started\"",
        "::error title=FAIL",
        "## ❌ ",
    ]) {
        let text = fs::read_to_string(folder.path().join(kind)).unwrap();
        assert!(text.starts_with(start), "{kind}: {text}");
    }
}

#[test]
fn a_report_on_the_standard_output_has_it_for_itself() {
    let said = run(&["--report", "tap=-"]);
    assert!(
        said.stdout.starts_with("TAP version 14\n") && said.stdout.ends_with("\n1..5\n"),
        "{}",
        said.stdout
    );
    assert!(said.stderr.contains("\nsockspec: 5 cases: "), "{}", said.stderr);
    // A runner picks annotations out of what people read.
    let said = run(&["--report", "github=-"]);
    assert!(
        said.stdout.contains("\nsockspec: 5 cases: ") && said.stdout.contains("\n::error title=FAIL "),
        "{said:?}"
    );
}
