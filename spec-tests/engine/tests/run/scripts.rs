//! Scripts: what their steps lead to, and subjects that do not survive them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use sockspec_cases::{Expectation, Step, StepAction, StepTarget};
use sockspec_engine::{Answer, Cancel, Runner, Script, SubjectSpec, Twin};
use sockspec_subject::{Fault, Outcome, Value};

use crate::harness::{SHORT, labs};
use crate::hostile::HOSTILE;

pub(crate) const TESTS: [(&str, fn()); 2] = [
    ("only_the_script_that_ends_its_worker_has_a_fault", only_the_script_at_fault),
    ("steps_go_on_after_one_that_stands_for_no_call", steps_go_on),
];

fn twin(timeout: Duration) -> Twin {
    Twin {
        subject: SubjectSpec::InProcess { name: HOSTILE.to_owned() },
        label: "the label".to_owned(),
        lab: "bare".to_owned(),
        labs: labs(),
        timeout,
    }
}

fn step(target: StepTarget, name: &str) -> Step {
    Step {
        target,
        name: name.to_owned(),
        action: StepAction::Call { args: Vec::new(), named: Vec::new() },
        bind: Vec::new(),
        destructure: false,
        expect: Expectation::Anything,
        allow: Vec::new(),
        line: 0,
    }
}

fn scripts(names: &[&str]) -> Vec<Script> {
    names.iter().map(|name| vec![step(StepTarget::Module, name)]).collect()
}

/// Whether this machine has labs at all.
fn lab() -> bool {
    sockspec_lab::probe().lab().is_ok()
}

fn only_the_script_at_fault() {
    if !lab() {
        return;
    }
    let cancel = Cancel::new().unwrap();
    let mut runner = Runner::start(&twin(SHORT), &cancel).unwrap();
    let names = ["f", "panic", "abort", "hang", "f", "fault"];
    let ran = runner.run(&scripts(&names)).unwrap();
    let kinds: Vec<&str> = ran
        .iter()
        .map(|answers| match answers.as_slice() {
            [Answer::Outcome(Outcome::Returned(_))] => "returned",
            [Answer::Fault(Fault::Crash { .. })] => "crash",
            [Answer::Fault(Fault::Hang { .. })] => "hang",
            [Answer::Fault(Fault::Protocol { .. })] => "protocol",
            _ => panic!("{answers:?}"),
        })
        .collect();
    assert_eq!(kinds, ["returned", "crash", "crash", "hang", "returned", "protocol"]);
    runner.leave();
}

fn steps_go_on() {
    if !lab() {
        return;
    }
    let cancel = Cancel::new().unwrap();
    let mut runner = Runner::start(&twin(SHORT), &cancel).unwrap();
    let script = vec![step(StepTarget::Variable("nobody".to_owned()), "g"), step(StepTarget::Module, "f")];
    let ran = runner.run(&[script]).unwrap();
    let [Answer::Unasked(_), Answer::Outcome(outcome)] = ran[0].as_slice() else { panic!("{ran:?}") };
    assert_eq!(outcome, &Outcome::Returned(Value::int(1)));
    assert_eq!(runner.greeting().description.name, "Hostile");
    runner.leave();
}
