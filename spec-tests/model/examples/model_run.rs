//! Checks the model on the reference, or on a driver command, outside of any lab: `model_run TIMES SEED [CMD ARG…]`.
//! Prints each property's verdict with its smallest sequence, and the calls a second.
#![allow(clippy::unwrap_used, reason = "a tool for whoever works on the model")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use common::{budget, check, shown};
use sockspec_process::{DriverCommand, ProcessSubject};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject};
use sockspec_wire::Limits;

/// Counts the calls.
struct Counting {
    inner: Box<dyn Subject>,
    calls: u64,
    /// How many of them took longer than 20 ms.
    slow: u64,
}

impl Subject for Counting {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.inner.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.calls += 1;
        let start = Instant::now();
        let outcome = self.inner.call(call);
        self.slow += u64::from(start.elapsed() > Duration::from_millis(20));
        outcome
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.inner.reset()
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let times: u32 = args.next().map_or(1, |text| text.parse().unwrap());
    let seed: u64 = args.next().map_or(1, |text| text.parse().unwrap());
    let command: Vec<String> = args.collect();
    let inner: Box<dyn Subject> = if command.is_empty() {
        Box::new(ReferenceSubject::new())
    } else {
        Box::new(ProcessSubject::new(DriverCommand::new(command), Limits::default()))
    };
    let mut subject = Counting { inner, calls: 0, slow: 0 };
    subject.describe().unwrap();
    let (whole, mut calls) = (Instant::now(), 0);
    for property in sockspec_model::properties() {
        let start = Instant::now();
        (subject.calls, subject.slow) = (0, 0);
        let verdict = check(property, &mut subject, Duration::from_secs(2), &budget(property, times, seed));
        calls += subject.calls;
        println!(
            "{:24} {:6} calls, {} slow, {:7.1} ms  {}",
            property.about().id,
            subject.calls,
            subject.slow,
            start.elapsed().as_secs_f64() * 1e3,
            shown(&verdict)
        );
    }
    let took = whole.elapsed().as_secs_f64();
    println!(
        "all {calls} calls {:.1} ms, {:.0} a second",
        took * 1e3,
        f64::from(u32::try_from(calls).unwrap()) / took
    );
}
