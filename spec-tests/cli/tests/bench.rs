//! Benchmarks, from the command line to the status. Figures are not looked at: a test's machine is busy.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{Said, bare};
use rstest::rstest;
use serde_json::Value;

/// Whether this machine can enter a lab; the doctor says so in its own tests.
fn has_lab() -> bool {
    sockspec_lab::probe().lab().is_ok()
}

fn bench(args: &[&str]) -> Said {
    bare().arg("bench").args(args).output().unwrap().into()
}

/// One short turn at one scenario.
const SHORT: [&str; 4] = ["--rounds", "1", "--turn", "0.0001"];
const LOOKUP: [&str; 3] = ["resolver", "--scenario", "resolver/numeric-ipv4"];
const ECHO: [&str; 3] = ["echo", "--scenario", "echo/server/unix/64"];

fn keep(path: &Path) -> Said {
    bench(&[&LOOKUP[..], &SHORT, &["--save", path.to_str().unwrap()]].concat())
}

#[test]
fn the_list_names_every_scenario() {
    let said = bench(&["all", "--list"]);
    assert_eq!(said.status, Some(0), "{said:?}");
    insta::assert_snapshot!("bench-list", said.stdout);
}

#[test]
fn help() {
    insta::assert_snapshot!("help-bench", bench(&["--help"]).stdout);
}

#[rstest]
#[case::scenario(&["resolver", "--scenario", "resolver/numeric-ipv5"], 2, "resolver/numeric-ipv4")]
#[case::rate_of_lookups(&["resolver", "--rate", "10"], 2, "--rate goes with `bench echo`")]
#[case::threshold_alone(&["echo", "--threshold", "5"], 2, "--against")]
#[case::no_file(&["echo", "--against", "/nowhere/base.json"], 2, "/nowhere/base.json")]
#[case::subject(&["echo", "no-such-subject"], 2, "no-such-subject")]
fn what_cannot_be_done_is_said(#[case] args: &[&str], #[case] status: i32, #[case] words: &str) {
    let said = bench(args);
    assert_eq!(said.status, Some(status), "{said:?}");
    assert!(said.stderr.contains(words), "{said:?}");
}

#[test]
fn a_file_that_holds_no_results_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.json");
    for (text, words) in [("{}", "these are no results of `sockspec bench --save`"), ("", "no results")] {
        fs::write(&path, text).unwrap();
        let said = bench(&["echo", "--against", path.to_str().unwrap()]);
        assert_eq!(said.status, Some(2), "{said:?}");
        assert!(said.stderr.contains(words), "{said:?}");
    }
}

/// What is kept is set faster or slower than it was; the next run is compared with that.
#[rstest]
#[case::as_fast(1e-6, &[], 0, "nobody is slower by more than 10 %\n")]
#[case::slower(1e6, &[], 1, "slower: reference at resolver/numeric-ipv4: ")]
#[case::within_the_threshold(1e-6, &["--threshold", "90"], 0, "nobody is slower by more than 90 %\n")]
fn a_gate_compares_with_what_was_kept(
    #[case] factor: f64,
    #[case] more: &[&str],
    #[case] status: i32,
    #[case] words: &str,
) {
    if !has_lab() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.json");
    assert_eq!(keep(&path).status, Some(0));
    let mut kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let reference = &mut kept["scenarios"][0]["measurements"][1];
    assert_eq!(reference["label"], "reference");
    reference["of_floor"] = (reference["of_floor"].as_f64().unwrap() * factor).into();
    fs::write(&path, kept.to_string()).unwrap();
    let said = bench(&[&LOOKUP[..], &SHORT, &["--against", path.to_str().unwrap()], more].concat());
    assert_eq!(said.status, Some(status), "{said:?}");
    assert!(said.stdout.contains(words), "{said:?}");
}

#[test]
fn what_has_nothing_in_common_is_not_compared() {
    if !has_lab() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.json");
    assert_eq!(keep(&path).status, Some(0));
    let said = bench(&[&ECHO[..], &SHORT, &["--against", path.to_str().unwrap()]].concat());
    assert_eq!(said.status, Some(2), "{said:?}");
    assert!(said.stderr.contains("no subject took a turn at the same scenario in both"), "{said:?}");
}

#[test]
fn the_results_keep_to_their_schema() {
    if !has_lab() {
        return;
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas/bench.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let lookups = ["--scenario", "resolver/numeric-ipv4", "--scenario", "resolver/dns-missing"];
    let echoes = ["--scenario", "echo/server/tcp4/4096", "--scenario", "echo/both/unix/64"];
    for more in [&[][..], &["--apart"]] {
        let said = bench(&[&["all", "--json"][..], &lookups, &echoes, &SHORT, more].concat());
        assert_eq!(said.status, Some(0), "{said:?}");
        let results: Value = serde_json::from_str(&said.stdout).unwrap();
        let errors: Vec<String> =
            schema.iter_errors(&results).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{}", said.stdout);
        assert_eq!(results["scenarios"].as_array().unwrap().len(), 4);
    }
}

#[test]
fn a_driver_that_ends_in_the_middle_is_red_and_the_others_have_their_figures() {
    if !has_lab() {
        return;
    }
    // The reference's driver, whose input ends after hello and a few calls.
    let program = env!("CARGO_BIN_EXE_sockspec");
    let few = "n=0; while [ $n -lt 4 ] && read -r line; do printf '%s\\n' \"$line\"; n=$((n + 1)); done";
    let driver = format!("{few} | '{program}' drive reference");
    let said = bench(&[&ECHO[..], &SHORT, &["--", "sh", "-c", &driver]].concat());
    assert_eq!(said.status, Some(1), "{said:?}");
    let lines: Vec<&str> = said.stdout.lines().collect();
    let at = lines.iter().position(|line| *line == "echo server, AF_UNIX streams, 64 B").unwrap();
    assert!(lines[at + 1].starts_with("  floor ") && lines[at + 1].contains(" ns "), "{}", said.stdout);
    assert!(lines[at + 2].starts_with("  reference "), "{}", said.stdout);
    assert!(lines[at + 3].starts_with("  sh -c "), "{}", said.stdout);
    assert!(lines[at + 3].ends_with("… the subject ended: exit status 0"), "{}", said.stdout);
}

#[test]
fn what_a_driver_lacks_is_told_by_name_and_is_no_failure() {
    if !has_lab() {
        return;
    }
    // A driver with a hello and nothing else.
    let hello = r#"{"id":ID,"hello":{"protocol":1,"name":"none","version":"0","edition":"2.2","strings":"one","constants":{}}}"#;
    let script = format!(
        "while read -r line; do id=${{line#*:}}; id=${{id%%,*}}; case $line in \
         *hello*) echo '{hello}' | sed s/ID/$id/;; \
         *reset*) echo \"{{\\\"id\\\":$id,\\\"reset\\\":true}}\";; \
         *) echo \"{{\\\"id\\\":$id,\\\"unsupported\\\":\\\"there is nothing\\\"}}\";; esac; done"
    );
    let said = bench(&[&LOOKUP[..], &SHORT, &["--", "sh", "-c", &script]].concat());
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains(" unsupported: there is nothing\n"), "{}", said.stdout);
}
