//! Subjects that take their process along, and what they leave behind.
#![allow(clippy::panic, reason = "tests fail by panicking")]

use sockspec_engine::{EngineError, LabPolicy, SubjectSpec};
use sockspec_events::{StepVerdict, Verdict};

use crate::harness::{SHORT, Told, calling, children, is_gone, labs, left_behind, plan, refused, told};
use crate::support::case;

pub(crate) const TESTS: [(&str, fn()); 9] = [
    ("each_fault_costs_its_own_case", each_fault_costs_its_own_case),
    ("the_same_in_a_lab", the_same_in_a_lab),
    ("the_same_with_more_workers", the_same_with_more_workers),
    ("what_a_subject_prints_and_reads_is_its_own", what_a_subject_prints_and_reads_is_its_own),
    ("what_a_subject_leaves_behind_is_killed", what_a_subject_leaves_behind_is_killed),
    ("what_it_leaves_behind_in_a_lab_is_killed", what_it_leaves_behind_in_a_lab_is_killed),
    ("a_crash_starts_a_new_worker_and_a_failure_does_not", a_crash_starts_a_new_worker),
    ("a_driver_that_does_not_exist", a_driver_that_does_not_exist),
    ("a_subject_that_fails_at_its_start", a_subject_that_fails_at_its_start),
];

/// Faults, each between two cases that pass; whether some hang, which takes as long as a call may.
fn faults(hangs: bool) -> (String, Vec<(&'static str, Verdict)>) {
    let bad = [
        ("panic", Verdict::Crash),
        ("abort", Verdict::Crash),
        ("hang", Verdict::Hang),
        ("exit", Verdict::Crash),
        ("fault", Verdict::Protocol),
        ("lacks", Verdict::Unsupported),
    ];
    let names = ["after-panic", "after-abort", "after-hang", "after-exit", "after-fault", "after-lacks"];
    let mut text = calling("first", &["f"]);
    let mut verdicts = vec![("first", Verdict::Pass)];
    for ((name, verdict), after) in bad.into_iter().zip(names) {
        if verdict == Verdict::Hang && !hangs {
            continue;
        }
        text += &calling(name, &["f", name, "f"]);
        text += &calling(after, &["f"]);
        verdicts.extend([(name, verdict), (after, Verdict::Pass)]);
    }
    let at_reset = [
        ("reset-panics", "panic", Verdict::Crash),
        ("reset-aborts", "abort", Verdict::Crash),
        ("reset-hangs", "hang", Verdict::Hang),
        ("reset-exits", "exit", Verdict::Crash),
        ("reset-faults", "fault", Verdict::Protocol),
    ];
    for (name, how, verdict) in at_reset {
        if verdict == Verdict::Hang && !hangs {
            continue;
        }
        text += &case(name, "", &format!("{{ call = \"at_reset\", args = [\"{how}\"] }}"));
        verdicts.push((name, verdict));
    }
    text += &calling("last", &["f"]);
    verdicts.push(("last", Verdict::Pass));
    (text, verdicts)
}

fn each_fault_costs_its_own_case() {
    let (text, verdicts) = faults(true);
    let mut plan = plan(&text);
    plan.timeout = SHORT;
    let told = told(&plan);
    assert_eq!(told.verdicts(), verdicts);
    assert!(told.warnings.is_empty(), "{:?}", told.warnings);
    assert_eq!(told.finished.cut_short, None);
    assert_eq!(children(), [0; 0]);
    each_fault_names_its_step_and_its_cause(&told);
}

fn the_same_with_more_workers() {
    let (text, verdicts) = faults(false);
    let mut plan = plan(&text);
    plan.jobs = 4;
    let told = told(&plan);
    assert_eq!(told.verdicts(), verdicts);
    assert_eq!(told.started.jobs, 4);
    assert_eq!(children(), [0; 0]);
}

fn the_same_in_a_lab() {
    // Where there are no namespaces this is the first test once more.
    let (text, verdicts) = faults(false);
    let mut plan = plan(&text);
    plan.jobs = 2;
    plan.labs = labs();
    plan.lab_policy = LabPolicy::WhereAvailable;
    assert_eq!(told(&plan).verdicts(), verdicts);
    assert_eq!(children(), [0; 0]);
}

fn each_fault_names_its_step_and_its_cause(told: &Told) {
    let reason = |name: &str| told.result(name).reason.clone().unwrap_or_default();
    assert_eq!(reason("panic"), "the subject ended: it panicked: told to panic");
    assert_eq!(reason("abort"), "the subject took its process along: it ended by signal 6");
    assert_eq!(reason("exit"), "the subject took its process along: it ended with status 3");
    assert_eq!(reason("hang"), format!("no answer within {SHORT:?}; the worker was ended"));
    assert_eq!(reason("fault"), "the subject broke the protocol: told to break it");
    assert_eq!(told.result("fault").stderr, "its words\n");
    assert_eq!(reason("lacks"), "told to lack it");
    let at_reset = "while its sockets were closed after the last step: ";
    assert_eq!(reason("reset-faults"), format!("{at_reset}the subject broke the protocol: told to break it"));
    assert_eq!(reason("reset-panics"), format!("{at_reset}the subject ended: it panicked: told to panic"));
    for name in ["panic", "fault", "lacks"] {
        let steps: Vec<StepVerdict> = told.result(name).steps.iter().map(|step| step.verdict).collect();
        assert_eq!(steps, [StepVerdict::Ok, StepVerdict::NoOutcome, StepVerdict::NotReached], "{name}");
    }
    // Whoever hangs is told by the clock, which knows the step as well.
    let hung = &told.result("hang").steps[1];
    assert_eq!(hung.verdict, StepVerdict::NoOutcome);
    assert_eq!(hung.got, Some(format!("no answer within {SHORT:?}")));
}

fn what_a_subject_prints_and_reads_is_its_own() {
    let text = calling("print", &["print"])
        + &case("read", "", "{ call = \"read_input\", returns = 0 }")
        + &calling("print-and-abort", &["print", "abort"])
        + &calling("last", &["f"]);
    let told = told(&plan(&text));
    let verdicts: Vec<Verdict> = told.results.iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::Crash, Verdict::Pass], "{told:?}");
    let stderr = &told.result("print-and-abort").stderr;
    assert!(stderr.contains("noise") && stderr.contains("said on standard error"), "{stderr}");
}

fn what_a_subject_leaves_behind_is_killed() {
    let text = calling("child", &["leave_child"])
        + &calling("child-apart", &["leave_child_apart"])
        + &calling("child-then-abort", &["leave_child", "abort"])
        + &calling("apart-then-abort", &["leave_child_apart", "abort"])
        + &calling("apart-then-hang", &["leave_child_apart", "hang"])
        + &calling("worker", &["worker"]);
    let mut plan = plan(&text);
    plan.timeout = SHORT;
    let told = told(&plan);
    let verdicts: Vec<Verdict> = told.results.iter().map(|result| result.verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::Pass, Verdict::Pass, Verdict::Crash, Verdict::Crash, Verdict::Hang, Verdict::Pass]
    );
    // Crashes lose what the steps before them returned, so those processes are looked for by name.
    for name in ["child", "child-apart", "worker"] {
        assert!(is_gone(told.number(name)), "{name} is there still");
    }
    assert!(left_behind().into_iter().all(is_gone), "{:?}", left_behind());
    assert_eq!(children(), [0; 0]);
}

fn what_it_leaves_behind_in_a_lab_is_killed() {
    let text = calling("child", &["leave_child"])
        + &calling("child-apart", &["leave_child_apart"])
        + &calling("apart-then-abort", &["leave_child_apart", "abort"])
        + &calling("last", &["f"]);
    let mut plan = plan(&text);
    plan.labs = labs();
    plan.lab_policy = LabPolicy::WhereAvailable;
    assert_eq!(told(&plan).results.len(), 4);
    assert!(left_behind().into_iter().all(is_gone), "{:?}", left_behind());
    assert_eq!(children(), [0; 0]);
}

fn a_crash_starts_a_new_worker() {
    let text = calling("one", &["worker"])
        + &case("fails", "", "{ call = \"f\", returns = 2 }")
        + &calling("two", &["worker"])
        + &calling("panic", &["panic"])
        + &calling("three", &["worker"])
        + &calling("fault", &["fault"])
        + &calling("four", &["worker"]);
    let told = told(&plan(&text));
    assert_eq!(told.number("one"), told.number("two"), "a failure keeps the worker");
    assert_ne!(told.number("two"), told.number("three"), "nobody knows the state of what panicked");
    assert_eq!(told.number("three"), told.number("four"), "a subject starts afresh after its own fault");
}

fn a_driver_that_does_not_exist() {
    let mut plan = plan(&calling("one", &["f"]));
    plan.subject = SubjectSpec::Process {
        argv: vec!["/nowhere/no-such-driver".into(), "argument".into()],
        env: Vec::new(),
        label: "no-such-driver".to_owned(),
        hello: None,
    };
    for jobs in [1, 3] {
        plan.jobs = jobs;
        match refused(&plan) {
            EngineError::SubjectStart { what, .. } => assert!(what.contains("no-such-driver"), "{what}"),
            other => panic!("{other}"),
        }
        assert_eq!(children(), [0; 0]);
    }
}

fn a_subject_that_fails_at_its_start() {
    let mut plan = plan(&calling("one", &["f"]));
    for (name, words) in [
        ("panics-at-start", "it panicked: told to panic"),
        ("faults-at-start", "told to break it"),
        ("no-such-subject", "this program has no subject of the name \"no-such-subject\""),
    ] {
        plan.subject = SubjectSpec::InProcess { name: name.to_owned() };
        match refused(&plan) {
            EngineError::SubjectStart { what, .. } => assert!(what.contains(words), "{what}"),
            other => panic!("{name}: {other}"),
        }
    }
    plan.subject = SubjectSpec::InProcess { name: "exits-at-start".to_owned() };
    let error = refused(&plan).to_string();
    assert!(error.contains("it ended with status 3"), "{error}");
    assert_eq!(children(), [0; 0]);
}
