//! The file of inputs that broke a law once: written by one run, tried first by the next.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use serde_json::Value;

use common::{Said, bare};

/// A law, a wrong subject that breaks it, and how many inputs it is checked for.
const LAW: &str = "laws/inet-aton-packs";
const WRONG: &str = "faulty:aton-some-wrong";

/// Runs that law on a subject, and gives its result beside what was said.
fn run(subject: &str, seed: &str, folder: &Path) -> (Said, Value) {
    let report = folder.join("report.json");
    let said: Said = bare()
        .args(["run", subject, "--case", LAW, "--seed", seed, "--regressions"])
        .arg(folder.join("regressions"))
        .arg("--json")
        .arg(&report)
        .output()
        .unwrap()
        .into();
    let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let result = report["cases"][0].clone();
    assert_eq!(result["id"], LAW, "{said:?}");
    (said, result["property"].clone())
}

#[test]
fn what_broke_a_law_is_tried_first_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regressions");
    // Nothing is written where nothing was found.
    let (said, held) = run("reference", "1", folder.path());
    assert_eq!((said.status, path.exists()), (Some(0), false), "{said:?}");
    // What breaks it is added with its seed.
    let (said, broken) = run(WRONG, "1", folder.path());
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(broken["evaluations"].as_u64() > Some(1), "found too soon to tell anything: {broken}");
    let text = fs::read_to_string(&path).unwrap();
    let line = format!("{LAW} {}", broken["seed"].as_str().unwrap());
    assert_eq!(text.matches(&line).count(), 1, "{text}");
    // Another run with other inputs finds the same at once, and keeps it once.
    let (said, again) = run(WRONG, "2", folder.path());
    assert_eq!(said.status, Some(1), "{said:?}");
    // The first input is the one that the seed given leads to by itself.
    assert!(again["evaluations"].as_u64() <= Some(2), "{again}");
    assert_eq!(fs::read_to_string(&path).unwrap().matches(&line).count(), 1);
    // A subject that is mended passes, with that input and all others tried.
    let (said, mended) = run("reference", "1", folder.path());
    assert_eq!(said.status, Some(0), "{said:?}");
    assert_eq!(mended["evaluations"].as_u64(), held["evaluations"].as_u64().map(|count| count + 1));
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "it stays for the next time");
}
