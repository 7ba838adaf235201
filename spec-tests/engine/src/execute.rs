//! One case, step by step.

use std::time::Instant;

use sockspec_cases::{
    AskError, Asked, Basis, Bindings, Case, Expectation, Judgement, Mismatch, RenderError, Side, Step, check,
};
use sockspec_events::{CaseResult, StepResult, StepVerdict, Verdict};
use sockspec_subject::{Fault, Outcome, Subject, Unsupported};

use crate::peer::Peer;

/// How a case ended, before its basis is weighed.
struct End {
    verdict: Verdict,
    reason: Option<String>,
    stderr: String,
}

impl End {
    fn new(verdict: Verdict, reason: impl Into<Option<String>>) -> Self {
        Self { verdict, reason: reason.into(), stderr: String::new() }
    }
}

/// A result in which nothing has happened yet.
pub(crate) fn blank(case: &Case, verdict: Verdict, reason: Option<String>) -> CaseResult {
    CaseResult {
        id: case.id.clone(),
        section: case.section.clone(),
        clauses: case.clauses.clone(),
        basis: case.basis.to_string(),
        file: case.file.clone(),
        line: case.line,
        note: case.note.clone(),
        verdict,
        reason,
        steps: case.steps.iter().map(not_reached).collect(),
        notes: Vec::new(),
        stderr: String::new(),
        microseconds: 0,
        expected: None,
        flaky: None,
        findings: Vec::new(),
        property: None,
    }
}

fn not_reached(step: &Step) -> StepResult {
    StepResult {
        line: step.line,
        step: step.to_string(),
        call: String::new(),
        expected: step.expect.to_string(),
        got: None,
        verdict: StepVerdict::NotReached,
        difference: String::new(),
    }
}

/// Runs a case's steps. Does not reset the subject or the peer afterwards; `facts` are cleared first.
///
/// `before` is told each step's place as it starts, with the steps as they went so far, for whoever watches the clock.
pub fn run_case(
    case: &Case,
    subject: &mut dyn Subject,
    peer: &mut Peer,
    facts: &mut dyn Bindings,
    before: &mut dyn FnMut(usize, &[StepResult]),
) -> CaseResult {
    let start = Instant::now();
    facts.clear();
    let mut result = blank(case, Verdict::Pass, None);
    let mut end = End::new(Verdict::Pass, None);
    for (at, step) in case.steps.iter().enumerate() {
        before(at, &result.steps);
        match run_step(step, case.basis, subject, peer, facts, &mut result.steps[at]) {
            Next::Go => {}
            Next::GoAllowed(reason) => {
                // The first reason names the verdict; the steps keep the others.
                if end.verdict == Verdict::Pass {
                    end = End::new(Verdict::Allowed, reason);
                }
            }
            Next::Stop(last) => {
                end = last;
                break;
            }
        }
    }
    result.verdict = end.verdict;
    result.reason = end.reason;
    result.stderr = end.stderr;
    result.microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    result
}

enum Next {
    Go,
    GoAllowed(String),
    Stop(End),
}

fn run_step(
    step: &Step,
    basis: Basis,
    subject: &mut dyn Subject,
    peer: &mut Peer,
    facts: &mut dyn Bindings,
    shown: &mut StepResult,
) -> Next {
    let (call, to_peer) = match step.ask(facts) {
        Ok(Asked { call, side }) => (call, side == Side::Peer),
        Err(problem) => {
            shown.verdict = StepVerdict::NoOutcome;
            shown.got = Some(problem.to_string());
            return Next::Stop(match problem {
                // The scratch folder is this machine's matter, not the subject's.
                AskError::Render(RenderError::Path { .. }) => End::new(Verdict::NotRun, problem.to_string()),
                // What is only observed never fails, whatever an earlier step left unbound.
                _ if basis == Basis::Observed => End::new(Verdict::Allowed, "observed".to_owned()),
                _ => End::new(Verdict::Fail, problem.to_string()),
            });
        }
    };
    shown.call = call.to_string();
    let outcome = if to_peer { Ok(peer.call(&call)) } else { subject.call(&call) };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(fault) => {
            shown.verdict = StepVerdict::NoOutcome;
            shown.got = Some(fault.to_string());
            return Next::Stop(fault_end(&fault));
        }
    };
    shown.got = Some(outcome.to_string());
    if let (Outcome::Unsupported(why), true) = (&outcome, to_peer) {
        // The peer lacks nothing: the case asks it something wrong, or hands on what the subject made wrong.
        shown.verdict = StepVerdict::NoOutcome;
        return Next::Stop(End::new(Verdict::Fail, why.to_string()));
    }
    if let Outcome::Unsupported(why) = &outcome
        && !matches!(step.expect, Expectation::Anything)
    {
        shown.verdict = StepVerdict::NoOutcome;
        let verdict = match why {
            Unsupported::Lacks(_) => Verdict::Unsupported,
            Unsupported::Inexpressible(_) => Verdict::NotApplicable,
        };
        return Next::Stop(End::new(verdict, why.to_string()));
    }
    let judgement = match check(&step.expect, &step.allow, &outcome, facts) {
        // What ends the case binds nothing.
        Judgement::Pass | Judgement::Allowed { ends: false, .. } if step.takes_apart_badly(&outcome) => {
            Judgement::Fail(Mismatch {
                at: "as".to_owned(),
                expected: format!("{} members to take apart", step.bind.len()),
                got: outcome.to_string(),
            })
        }
        judgement => judgement,
    };
    match judgement {
        Judgement::Pass => {
            shown.verdict = StepVerdict::Ok;
            step.bind(outcome, facts);
            Next::Go
        }
        Judgement::Allowed { reason, ends } => {
            shown.verdict = StepVerdict::Allowed;
            step.bind(outcome, facts);
            if ends { Next::Stop(End::new(Verdict::Allowed, reason)) } else { Next::GoAllowed(reason) }
        }
        Judgement::Fail(mismatch) => {
            shown.difference = difference(&mismatch);
            if basis != Basis::Observed {
                shown.verdict = StepVerdict::Departs;
                return Next::Stop(End::new(Verdict::Fail, None));
            }
            shown.verdict = StepVerdict::Observed;
            // What follows cannot go on without what this step should have bound.
            if step.bind.is_empty() {
                Next::GoAllowed("observed".to_owned())
            } else {
                Next::Stop(End::new(Verdict::Allowed, "observed".to_owned()))
            }
        }
    }
}

/// What the two part in, where that is not the whole of them.
fn difference(mismatch: &Mismatch) -> String {
    if mismatch.at.is_empty() || mismatch.at == "class" {
        return String::new();
    }
    format!("{}: expected {}, got {}", mismatch.at, mismatch.expected, mismatch.got)
}

pub(crate) fn fault_verdict(fault: &Fault) -> Verdict {
    match fault {
        Fault::Hang { .. } => Verdict::Hang,
        Fault::Start { .. } | Fault::Crash { .. } => Verdict::Crash,
        Fault::Protocol { .. } => Verdict::Protocol,
    }
}

fn fault_end(fault: &Fault) -> End {
    End { verdict: fault_verdict(fault), reason: Some(fault.to_string()), stderr: fault.stderr().to_owned() }
}
