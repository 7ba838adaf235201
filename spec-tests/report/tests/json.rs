//! The report file.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{case, full_run, gated_run, run, tell};
use serde_json::Value;
use sockspec_events::{Event, Verdict};
use sockspec_report::{JsonReport, Report, Reporter};

fn report(events: &[Event]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    tell(&mut JsonReport::new(&path, "0.1.0").unwrap(), events);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with("}\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the report");
    serde_json::from_str(&text).unwrap()
}

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas/report.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn it_keeps_to_its_schema() {
    let schema = schema();
    for report in [report(&full_run()), report(&gated_run()), report(&run(vec![], Some("interrupted")))] {
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn it_says_how_to_get_a_script() {
    assert_eq!(report(&full_run())["repro"], "sockspec repro {case} --as python > repro.py");
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let schema = schema();
    let good = report(&full_run());
    for (pointer, wrong) in [
        ("/format", Value::from(2)),
        ("/summary/pass", Value::from(-1)),
        ("/cases/0/verdict", Value::from("passed")),
        ("/cases/0/steps/0/verdict", Value::from("fine")),
        ("/cases/0/basis", Value::from("hearsay")),
        ("/environment/0/available", Value::Null),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&bad), "{pointer}");
    }
}

#[test]
fn it_counts_every_verdict() {
    let report = report(&full_run());
    let counts: Vec<(String, u64)> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict.to_string(), report["summary"][verdict.name()].as_u64().unwrap()))
        .collect();
    assert_eq!(counts.len(), 9);
    assert_eq!(report["summary"]["fail"], 2);
    assert_eq!(report["summary"]["not-run"], 2);
    assert_eq!(report["cases"].as_array().unwrap().len(), 12);
    assert_eq!(report["cut_short"], Value::Null);
}

#[test]
fn a_run_cut_short_says_so() {
    let report = report(&run(vec![case("bind/twice", Verdict::Pass, None)], Some("interrupted")));
    assert_eq!(report["cut_short"], "interrupted");
    assert_eq!((&report["selected"], &report["known"]), (&Value::from(4), &Value::from(412)));
}

#[test]
fn an_older_report_stands_until_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, "older").unwrap();
    let mut reporter = JsonReport::new(&path, "0.1.0").unwrap();
    let events = full_run();
    let (last, before) = events.split_last().unwrap();
    tell(&mut reporter, before);
    assert_eq!(fs::read_to_string(&path).unwrap(), "older");
    reporter.event(last).unwrap();
    assert!(fs::read_to_string(&path).unwrap().starts_with('{'));
}

#[test]
fn a_link_is_followed_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("report.json"), folder.path().join("link.json"));
    fs::write(&path, "older").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    tell(&mut JsonReport::new(&link, "0.1.0").unwrap(), &full_run());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&path).unwrap().starts_with('{'));
}

#[test]
fn a_place_that_cannot_be_written_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("absent/report.json"), folder.path().to_owned()] {
        let error = JsonReport::new(&path, "0.1.0").unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("the report cannot be written to {}: ", path.display())),
            "{error}"
        );
    }
}

#[test]
fn a_report_can_be_read_back_and_told_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (folder.path().join("report.json"), folder.path().join("again.json"));
    for events in [full_run(), gated_run()] {
        tell(&mut JsonReport::new(&path, "0.1.0").unwrap(), &events);
        tell(&mut JsonReport::new(&again, "0.1.0").unwrap(), &Report::read(&path).unwrap().into_events());
        assert_eq!(fs::read_to_string(&again).unwrap(), fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn what_is_no_report_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let error = Report::read(&path).unwrap_err().to_string();
    assert!(error.starts_with("the report ") && error.contains("No such file"), "{error}");
    tell(&mut JsonReport::new(&path, "0.1.0").unwrap(), &full_run());
    let good = fs::read_to_string(&path).unwrap();
    for (bad, message) in [
        ("{", "EOF while parsing"),
        ("{}", "missing field `format`"),
        (&good.replace("\"format\": 1", "\"format\": 9"), "its form is 9, and this version reads 1"),
        (&good.replace("\"verdict\": \"crash\"", "\"verdict\": \"crashed\""), "unknown variant `crashed`"),
    ] {
        fs::write(&path, bad).unwrap();
        let error = Report::read(&path).unwrap_err().to_string();
        assert!(
            error.contains("this is no report of `sockspec run --json`") && error.contains(message),
            "{error}"
        );
    }
}
