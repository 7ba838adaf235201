//! Runs that end before their last case.
#![allow(clippy::panic, reason = "tests fail by panicking")]

use std::time::Instant;

use sockspec_engine::{EngineError, LabPolicy};
use sockspec_events::{Event, Verdict};

use crate::harness::{
    GENEROUS, calling, children, departing, is_gone, labs, left_behind, plan, refused, told, told_with,
};

pub(crate) const TESTS: [(&str, fn()); 6] = [
    ("a_cancelled_run_reports_what_ran", a_cancelled_run_reports_what_ran),
    ("a_run_cancelled_at_once_has_an_end", a_run_cancelled_at_once_has_an_end),
    ("fail_fast_cuts_at_the_first_departure", fail_fast_cuts_at_the_first_departure),
    ("fail_fast_cuts_in_the_order_of_the_suite", fail_fast_cuts_in_the_order_of_the_suite),
    ("fail_fast_without_a_departure_cuts_nothing", fail_fast_without_a_departure),
    ("labs_that_are_not_sound_are_refused", labs_that_are_not_sound),
];

fn a_cancelled_run_reports_what_ran() {
    // The second case never ends by itself within the test's patience.
    let text = calling("one", &["f"])
        + &calling("two", &["leave_child_apart", "hang"])
        + &calling("three", &["hang"])
        + &calling("four", &["f"]);
    for (jobs, in_lab) in [(1, false), (2, false), (1, true)] {
        let mut plan = plan(&text);
        plan.jobs = jobs;
        plan.timeout = GENEROUS * 4;
        if in_lab {
            plan.labs = labs();
            plan.lab_policy = LabPolicy::WhereAvailable;
        }
        let start = Instant::now();
        let told = told_with(&plan, |event, cancel| {
            if matches!(event, Event::CaseFinished(_)) {
                cancel.cancel();
            }
        });
        assert!(start.elapsed() < GENEROUS, "it took {:?}", start.elapsed());
        assert_eq!(told.finished.cut_short.as_deref(), Some("interrupted"));
        // Where another worker was as quick, its case is reported too.
        assert_eq!(told.verdicts()[0], ("one", Verdict::Pass));
        assert!(told.results.iter().all(|result| result.verdict == Verdict::Pass), "{told:?}");
        assert!(left_behind().into_iter().all(is_gone), "{:?}", left_behind());
        assert_eq!(children(), [0; 0]);
    }
}

fn a_run_cancelled_at_once_has_an_end() {
    let plan = plan(&calling("one", &["hang"]));
    let told = told_with(&plan, |event, cancel| {
        if matches!(event, Event::RunStarted(_)) {
            cancel.cancel();
        }
    });
    assert_eq!(told.finished.cut_short.as_deref(), Some("interrupted"));
    assert!(told.results.is_empty());
    assert_eq!(children(), [0; 0]);
}

fn fail_fast_cuts_at_the_first_departure() {
    let text = calling("one", &["f"])
        + &calling("lacks", &["lacks"])
        + &departing("two")
        + &calling("three", &["f"])
        + &departing("four");
    let mut plan = plan(&text);
    plan.fail_fast = true;
    let told = told(&plan);
    let verdicts = [("one", Verdict::Pass), ("lacks", Verdict::Unsupported), ("two", Verdict::Fail)];
    assert_eq!(told.verdicts(), verdicts);
    assert_eq!(told.finished.cut_short.as_deref(), Some("--fail-fast: t/two is the first departure"));
    assert_eq!(children(), [0; 0]);
}

fn fail_fast_cuts_in_the_order_of_the_suite() {
    // The last one is judged first when there are several workers, and is still not the first departure.
    let mut text = calling("long", &["f"; 200]);
    text += &calling("panics", &["panic"]);
    text += &departing("departs");
    text += &departing("departs-again");
    let mut plan = plan(&text);
    plan.fail_fast = true;
    for jobs in [1, 2, 4] {
        plan.jobs = jobs;
        let told = told(&plan);
        assert_eq!(told.verdicts(), [("long", Verdict::Pass), ("panics", Verdict::Crash)], "{jobs} jobs");
        assert_eq!(told.finished.cut_short.as_deref(), Some("--fail-fast: t/panics is the first departure"));
    }
    assert_eq!(children(), [0; 0]);
}

fn fail_fast_without_a_departure() {
    let mut plan = plan(&(calling("one", &["lacks"]) + &calling("two", &["f"])));
    plan.fail_fast = true;
    let told = told(&plan);
    assert_eq!(told.results.len(), 2);
    assert_eq!(told.finished.cut_short, None);
}

fn labs_that_are_not_sound() {
    let mut plan = plan(&calling("one", &["f"]));
    plan.labs = vec![sockspec_engine::LabFile {
        path: "labs/default/lab.toml".to_owned(),
        text: "hostname = ".to_owned(),
    }];
    match refused(&plan) {
        EngineError::Labs(what) => assert!(what.contains("lab.toml"), "{what}"),
        other => panic!("{other}"),
    }
}
