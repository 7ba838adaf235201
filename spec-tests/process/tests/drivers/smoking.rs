//! The test of drivers, tested: on a good one, and on some that are wrong in one respect.

use libtest_mimic::Trial;
use sockspec_process::{SmokeReport, Standing, smoke};
use sockspec_wire::Limits;

use crate::scene::{SHORT, Scene, ample};

/// Behaviour, the checks that fail, and what one of them says.
const TABLE: &[(&str, &[&str], &str)] = &[
    ("good", &[], ""),
    ("exits-at-start", &["hello"], "it ended before it said hello: exit status 3"),
    ("remembers", &["objects", "reset"], "expected object 1 after a reset; came object"),
    ("dies-of-bytes", &["value-bytes"], "the subject ended: exit status 9"),
    ("prints", &["objects"], "it wrote something that is no reply: reset done"),
    ("leaves-with-4", &["leaves-at-end-of-input"], "expected exit status 0; came exit status 4"),
    ("stays", &["leaves-at-end-of-input"], "it left at SIGTERM"),
    ("says-goodbye", &["stdout-is-the-wire"], "expected nothing but replies; came goodbye"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = TABLE
        .iter()
        .map(|(behaviour, fail, says)| {
            Trial::test(format!("smoke/{behaviour}"), move || {
                one(behaviour, fail, says);
                Ok(())
            })
        })
        .collect();
    trials.push(Trial::test("smoke/calls-tuples-lists", || {
        tuples_and_lists();
        Ok(())
    }));
    trials
}

/// A wrong driver is good when it is started again, as after a check that broke it down: it fails one check only.
fn smoked(behaviour: &str) -> SmokeReport {
    let scene = Scene::new();
    let leave = if behaviour == "stays" { SHORT } else { ample().leave };
    let report = smoke(&scene.command(behaviour), &Limits { line: 4 << 20, leave, ..ample() });
    scene.nothing_is_left();
    report
}

fn failed(report: &SmokeReport) -> Vec<&str> {
    report
        .checks
        .iter()
        .filter(|check| check.standing == Standing::Fail)
        .map(|check| check.name.as_str())
        .collect()
}

fn one(behaviour: &str, fail: &[&str], says: &str) {
    let report = smoked(behaviour);
    let failed = failed(&report);
    if behaviour == "remembers" {
        assert_eq!(failed.last(), fail.last(), "{report:#?}");
    } else {
        assert_eq!(failed, fail, "{report:#?}");
    }
    let message = |check: &&sockspec_process::Check| check.message.contains(says);
    assert!(report.checks.iter().any(|check| message(&check)), "{report:#?}");
    assert_eq!(report.passed(), fail.is_empty());
    assert_eq!(report.count(Standing::Skipped), 0, "{report:#?}");
    if behaviour != "exits-at-start" {
        assert_eq!(report.description.as_ref().map(|it| it.name.as_str()), Some("toy"));
        assert!(report.checks.len() > 30);
    }
}

fn tuples_and_lists() {
    let report = smoked("calls-tuples-lists");
    let failed = failed(&report);
    for check in ["value-tuple", "value-tuple-is-no-list", "value-nested-deep"] {
        assert!(failed.contains(&check), "{report:#?}");
    }
    for check in ["value-list", "ping", "objects", "leaves-at-end-of-input"] {
        assert!(!failed.contains(&check), "{report:#?}");
    }
}
