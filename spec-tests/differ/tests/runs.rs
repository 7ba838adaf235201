//! Whole runs: the reference beside itself and beside wrong subjects.
//!
//! A worker is this program once more, so `main` is its own: [`sockspec_engine::worker_entry`] comes first.
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use sockspec_differ::{Group, Plan, Report, run, text};
use sockspec_engine::{Cancel, LabFile, SubjectSpec, Twin};
use sockspec_fixtures::Fixtures;
use sockspec_laws::Seed;
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Edition, Subject};

fn make(name: &str) -> Option<Box<dyn Subject>> {
    match name {
        "reference" => Some(Box::new(ReferenceSubject::new())),
        name => sockspec_strength::subject(name),
    }
}

const TESTS: [(&str, fn()); 4] = [
    ("a_subject_does_not_differ_from_itself", a_subject_does_not_differ_from_itself),
    ("a_fault_is_found_shrunk_and_judged", a_fault_is_found_shrunk_and_judged),
    ("a_run_that_goes_on_ends_as_one_that_was_not_interrupted", resumed),
    ("another_run_does_not_go_on_from_a_state", another_run),
];

fn main() -> ExitCode {
    if let Some(code) = sockspec_engine::worker_entry(&make, &Vec::new) {
        return code;
    }
    // Where no lab can be had there is nothing to compare.
    let lab = sockspec_lab::probe().lab().is_ok();
    let trials = TESTS.iter().map(|&(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(!lab)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

struct Scene {
    b: &'static str,
    seed: u64,
    budget: u64,
    input: Option<u64>,
    state: Option<PathBuf>,
}

fn differ(scene: &Scene) -> Result<Report, sockspec_differ::DiffError> {
    let fixtures = Fixtures::embedded();
    let suite = fixtures.suite().expect("the fixtures are sound");
    let labs: Vec<LabFile> = fixtures
        .lab_texts()
        .map(|(path, text)| LabFile { path: path.to_owned(), text: text.to_owned() })
        .collect();
    let twin = |name: &str| Twin {
        subject: SubjectSpec::InProcess { name: name.to_owned() },
        label: name.to_owned(),
        lab: "default".to_owned(),
        labs: labs.clone(),
        timeout: Duration::from_secs(10),
    };
    let plan = Plan {
        suite: &suite,
        twins: [twin("reference"), twin(scene.b)],
        seed: Seed(scene.seed),
        input: scene.input,
        budget: scene.budget,
        edition: Edition::V2_2,
        only: None,
        state: scene.state.clone(),
    };
    let cancel = Cancel::new().expect("there are descriptors");
    run(&plan, &cancel, &mut |_| {})
}

fn groups(scene: &Scene) -> Vec<Group> {
    differ(scene).unwrap_or_else(|error| panic!("{error}")).groups
}

fn a_subject_does_not_differ_from_itself() {
    let found = groups(&Scene { b: "reference", seed: 3, budget: 1500, input: None, state: None });
    assert!(found.is_empty(), "{found:#?}");
}

/// A subject whose `inet_ntoa` loses the last number.
const FAULT: &str = "faulty:ntoa-last-lost";

fn a_fault_is_found_shrunk_and_judged() {
    let report = differ(&Scene { b: FAULT, seed: 3, budget: 1500, input: None, state: None })
        .unwrap_or_else(|error| panic!("{error}"));
    let group = report
        .groups
        .iter()
        .find(|group| group.name == "inet_ntoa")
        .unwrap_or_else(|| panic!("{:#?}", report.groups));
    assert_eq!(group.judgement.word(), "b", "{group:#?}");
    assert_eq!(group.steps.len(), 1, "{group:#?}");
    assert!(group.case.as_ref().is_ok_and(|case| case.contains("basis = \"documented\"")), "{group:#?}");
    let shown = text(&report, 80, &|_| None);
    assert!(shown.contains("departs  ") && shown.contains("inet_ntoa"), "{shown}");
    let wide = |line: &&str| line.chars().count() > 80 && !line.starts_with("    ");
    assert_eq!(shown.lines().find(wide), None);
}

fn resumed() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = Some(folder.path().join("state"));
    let whole = groups(&Scene { b: FAULT, seed: 5, budget: 3000, input: None, state: None });
    groups(&Scene { b: FAULT, seed: 5, budget: 1000, input: None, state: state.clone() });
    let on = groups(&Scene { b: FAULT, seed: 5, budget: 3000, input: None, state });
    assert_eq!(on, whole);
}

fn another_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = Some(folder.path().join("state"));
    groups(&Scene { b: "reference", seed: 5, budget: 10, input: None, state: state.clone() });
    let refused = differ(&Scene { b: "reference", seed: 6, budget: 10, input: None, state });
    assert!(refused.is_err_and(|error| error.to_string().contains("another run")));
}
