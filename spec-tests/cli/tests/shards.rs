//! Shards and what is made of their reports: a merged run is the whole run.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{Said, say};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

/// The report of a run of the quick cases, and how the run ended.
fn run(folder: &TempDir, name: &str, more: &[&str]) -> (String, Said) {
    let path = folder.path().join(name).display().to_string();
    let args = ["run", "--section", "module", "--jobs", "1", "--json", &path];
    let said = say(args.iter().chain(more));
    (path, said)
}

fn shards(folder: &TempDir, of: usize, more: &[&str]) -> Vec<String> {
    let one = |index: usize| {
        let spec = format!("{index}/{of}");
        let mut args = vec!["--shard", &spec];
        args.extend(more);
        run(folder, &format!("shard-{index}.json"), &args).0
    };
    (1..=of).map(one).collect()
}

fn merge(shards: &[String], more: &[&str]) -> Said {
    say(["merge"].into_iter().chain(shards.iter().map(String::as_str)).chain(more.iter().copied()))
}

/// A report without what time and chance decide.
fn timeless(path: &str) -> Value {
    let mut report: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    report["microseconds"] = 0.into();
    for case in report["cases"].as_array_mut().unwrap() {
        case["microseconds"] = 0.into();
    }
    report
}

fn without_times(text: &str) -> String {
    let line = |line: &str| {
        line.rsplit_once(" (")
            .filter(|(_, end)| end.ends_with(" s)"))
            .map_or(line.to_owned(), |(start, _)| start.to_owned())
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case(1, &[])]
#[case(3, &[])]
#[case(10, &[])]
#[case(10, &["--expect"])]
#[case(10, &["--edition", "3"])]
fn a_merged_run_is_the_whole_run(#[case] of: usize, #[case] more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (whole, said) = run(&folder, "whole.json", more);
    let shards = shards(&folder, of, more);
    let merged = folder.path().join("merged.json").display().to_string();
    let again = merge(&shards, &["-o", &merged]);
    assert_eq!(again.status, said.status, "{again:?}");
    assert_eq!(timeless(&merged), timeless(&whole));
    assert_eq!(without_times(&again.stdout), without_times(&said.stdout));
}

#[test]
fn a_shard_says_which_part_it_is_by_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = run(&folder, "shard.json", &["--shard", "2/3"]);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas/report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let report: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report));
    assert_eq!((&report["shard"]["index"], &report["shard"]["of"]), (&2.into(), &3.into()));
    assert_eq!(report["shard"]["selected"], 5);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = shards(&folder, 3, &[]);
    let refused = |reports: &[String], message: &str| {
        let said = merge(reports, &[]);
        assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.stderr.contains(message), "{message:?} in {}", said.stderr);
    };
    refused(&good[..2], "the report of shard 3/3 is missing");
    refused(&[good[0].clone(), good[1].clone(), good[1].clone(), good[2].clone()], "are both shard 2/3");
    let (whole, _) = run(&folder, "whole.json", &[]);
    refused(std::slice::from_ref(&whole), "is the report of no shard");
    for (more, message) in [
        (["--shard", "2/3", "--edition", "3"].as_slice(), "they differ in edition"),
        (&["--shard", "2/4"], "they differ in number of shards"),
        (&["--shard", "2/3", "--costs", &whole], "they differ in selection or costs"),
        (&["--shard", "2/3", "--skip-budget", "3"], "they differ in gate"),
        (&["--shard", "2/3", "reference-wire"], "they differ in subject"),
        (&["--shard", "2/3", "--case", "module/short"], "they differ in selection or costs"),
    ] {
        // A cost of any kind changes the digest only where it changes the parts.
        if message.contains("costs") && more.contains(&"--costs") {
            make_slow(&whole);
        }
        let (other, _) = run(&folder, "other.json", more);
        refused(&[good[0].clone(), other, good[2].clone()], message);
    }
    let mut cut: Value = serde_json::from_str(&fs::read_to_string(&good[1]).unwrap()).unwrap();
    cut["cut_short"] = "interrupted".into();
    fs::write(&good[1], cut.to_string()).unwrap();
    refused(&good, "was cut short (interrupted): run that shard again");
}

/// Two cases that take far longer than all others: they go to parts of their own.
fn make_slow(path: &str) {
    let mut report: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (at, case) in report["cases"].as_array_mut().unwrap().iter_mut().enumerate() {
        case["microseconds"] = (at as u64 * 10_000_000).into();
    }
    fs::write(path, report.to_string()).unwrap();
}

#[test]
fn the_budget_of_a_merged_run_is_for_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let report = |index: usize| folder.path().join(format!("{index}.json")).display().to_string();
    for index in 1..=2 {
        let spec = format!("{index}/2");
        let args = [
            "run",
            "--no-lab",
            "--section",
            "gethostbyaddr",
            "--shard",
            &spec,
            "--skip-budget",
            "60",
            "--json",
            &report(index),
        ];
        assert_eq!(
            common::bare().args(args).output().unwrap().status.code(),
            Some(0),
            "each has fewer than the budget"
        );
    }
    let said: Said = common::bare().args(["merge", &report(1), &report(2)]).output().unwrap().into();
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(said.stdout.contains("gate: red: 1 skip budget"), "{}", said.stdout);
}

#[test]
fn a_comparison_says_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (old, _) = run(&folder, "old.json", &[]);
    let said = say(["compare", &old, &old]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(0), "sockspec: 5 cases: nothing changed\n"));
    let mut report: Value = serde_json::from_str(&fs::read_to_string(&old).unwrap()).unwrap();
    let cases = report["cases"].as_array_mut().unwrap();
    for (id, verdict) in [
        ("module/packed/loopback", "crash"),
        ("module/wrong-on-purpose", "pass"),
        ("module/today-only", "not-run"),
    ] {
        cases.iter_mut().find(|case| case["id"] == id).unwrap()["verdict"] = verdict.into();
    }
    cases.iter_mut().find(|case| case["id"] == "module/packed/zero").unwrap()["id"] =
        "module/packed/nought".into();
    let new = folder.path().join("new.json");
    fs::write(&new, report.to_string()).unwrap();
    let said = say(["compare", &old, new.to_str().unwrap()]);
    assert_eq!(said.status, Some(1));
    insta::assert_snapshot!(said.stdout);
    let said = say(["compare", new.to_str().unwrap(), &old]);
    assert_eq!(said.status, Some(1), "what passed fails");
}

/// A run draws its ports and makes its folders anew; what the case itself names is no such number.
#[rstest]
#[case("('127.0.0.1', 40000)", "('127.0.0.1', 40001)", "1..65535", true)]
#[case("('127.0.0.1', 40000)", "('127.0.0.2', 40000)", "1..65535", false)]
#[case("('127.0.0.1', 40000)", "('127.0.0.1', 80)", "1..65535", false)]
#[case("('127.0.0.1', 40000)", "('127.0.0.1', 40001)", "('127.0.0.1', 40000)", false)]
#[case("(<socket 2>, 40000)", "(<socket 2>, 40001)", "", false)]
#[case("raised error('[::1]:40000 refused')", "raised error('[::1]:51234 refused')", "", true)]
#[case("raised error('no /tmp/sockspec-aB3dEf/x')", "raised error('no /tmp/sockspec-Zz9yXw/x')", "", true)]
#[case("raised error('channel sock55f763966850')", "raised error('channel sock5611dfcc5450')", "", true)]
#[case("raised error('channel sock55f763966850')", "raised error('channel file5611dfcc5450')", "", false)]
#[case("<file at 0x7f455d030a50, fd=3>", "<file at 0x7fc71e672a50, fd=4>", "", true)]
#[case("b'abc'… (219264 bytes)", "b'abc'… (401984 bytes)", "filler(500000 bytes)", true)]
#[case("b'abc'… (219264 bytes)", "b'abd'… (219264 bytes)", "filler(500000 bytes)", false)]
fn what_each_run_makes_anew_is_no_difference(
    #[case] was: &str,
    #[case] is: &str,
    #[case] expected: &str,
    #[case] alike: bool,
) {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = run(&folder, "run.json", &[]);
    let report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let written = |name: &str, got: &str| {
        let mut report = report.clone();
        let cases = report["cases"].as_array_mut().unwrap();
        let case = cases.iter_mut().find(|case| case["id"] == "module/wrong-on-purpose").unwrap();
        let steps = case["steps"].as_array_mut().unwrap();
        let step = steps.iter_mut().find(|step| step["verdict"] == "departs").unwrap();
        (step["got"], step["expected"]) = (got.into(), expected.into());
        let path = folder.path().join(name);
        fs::write(&path, report.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let said = say(["compare", &written("was.json", was), &written("is.json", is)]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(said.stdout.ends_with(": nothing changed\n"), alike, "{}", said.stdout);
}

#[rstest]
#[case(&["completions", "bash"], "complete -F _sockspec")]
#[case(&["completions", "zsh"], "#compdef sockspec")]
#[case(&["completions", "fish"], "complete -c sockspec")]
#[case(&["man"], ".TH sockspec 1")]
#[case(&["--version"], ", fixtures 0.1.0 (")]
fn what_a_package_installs(#[case] args: &[&str], #[case] words: &str) {
    let said = say(args);
    assert_eq!((said.status, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.contains(words), "{}", said.stdout);
}
