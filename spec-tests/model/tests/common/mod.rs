//! What the tests share: a stage outside of any lab, and budgets.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses a part; helpers of tests fail by panicking"
)]

use std::time::Duration;

use sockspec_engine::RunFacts;
use sockspec_laws::{Budget, Peer, Property, Seed, Stage, Verdict};
use sockspec_subject::{Call, Outcome, Subject};

struct Ends(sockspec_engine::Peer);

impl Peer for Ends {
    fn call(&mut self, call: &Call) -> Outcome {
        self.0.call(call)
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

/// Checks a property on a subject, with a scratch folder of its own.
pub fn check(property: &dyn Property, subject: &mut dyn Subject, wait: Duration, budget: &Budget) -> Verdict {
    let scratch = tempfile::tempdir().unwrap();
    let facts = &mut RunFacts::new(&subject.describe().unwrap(), scratch.path().to_str().unwrap());
    let mut tidy = || {
        for entry in std::fs::read_dir(scratch.path()).unwrap().flatten() {
            std::fs::remove_file(entry.path()).unwrap();
        }
    };
    let mut peer = Ends(sockspec_engine::Peer::new(wait));
    let mut stage = Stage { subject, peer: &mut peer, facts, tidy: &mut tidy, trail: &mut () };
    property.check(&mut stage, budget)
}

/// The budget of a run: so many times the default.
pub fn budget(property: &dyn Property, times: u32, seed: u64) -> Budget {
    Budget {
        evaluations: property.about().evaluations * times,
        shrinks: 600,
        seed: Seed(seed),
        first: Vec::new(),
        patience: None,
    }
}

/// A verdict as a person reads it.
pub fn shown(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Held(held) => format!("held for {} sequences", held.evaluations),
        Verdict::Unsupported(why) => format!("unsupported: {why}"),
        Verdict::Broken(broken) => {
            let mut text = format!("broken by {} after {} tries", broken.seed, broken.shrinks);
            for step in &broken.case.steps {
                text.push_str(&format!("\n  {step}"));
            }
            if let Some(last) = broken.case.steps.last() {
                text.push_str(&format!("\n    expected {}", last.expect));
            }
            text
        }
        Verdict::Fault { fault, case, seed, .. } => {
            let mut text = format!("{seed}: {fault}");
            for step in &case.steps {
                text.push_str(&format!("\n  {step}"));
            }
            text
        }
    }
}
