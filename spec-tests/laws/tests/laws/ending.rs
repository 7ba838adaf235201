//! Subjects that hang or take their process along, and what is told of the input that they did it at.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use libtest_mimic::Failed;
use sockspec_events::{CaseResult, StepVerdict, Verdict};
use sockspec_laws::{Budget, Property, Seed};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Value};

use crate::run_with;
use crate::wrong::args;

/// How long one call may take here.
const SHORT: Duration = Duration::from_secs(2);

/// A law, the function that is fatal where a seven is among what it is given, and whether it is what is closed afterwards
/// that is fatal.
type Fatal = (&'static str, &'static str, bool);

/// A law of calls that do not depend on each other, one of sessions, and the end of one.
const FATAL: [Fatal; 3] = [
    ("laws/inet-aton-packs", "inet_aton", false),
    ("laws/inet-ntoa-undoes-inet-aton", "inet_ntoa", false),
    ("laws/inet-aton-undoes-inet-ntoa", "inet_aton", true),
];

/// `hangs-0` does not come back in the first of [`FATAL`], `aborts-1` ends its process in the second, `aborts-late` does so
/// at the fiftieth call, whatever it is.
pub(crate) fn make(name: &str) -> Option<Box<dyn Subject>> {
    let (how, at) = name.split_once('-')?;
    let fatal = at.parse().ok().and_then(|at: usize| FATAL.get(at)).copied();
    (matches!(how, "hangs" | "aborts") && (fatal.is_some() || at == "late")).then(|| {
        let inner = ReferenceSubject::new();
        Box::new(Ending { inner, hangs: how == "hangs", fatal, calls: 0, armed: false }) as Box<dyn Subject>
    })
}

struct Ending {
    inner: ReferenceSubject,
    hangs: bool,
    fatal: Option<Fatal>,
    calls: u32,
    /// Whether closing is fatal.
    armed: bool,
}

impl Ending {
    fn end(&self) -> ! {
        if !self.hangs {
            std::process::abort();
        }
        let never = Mutex::new(());
        let mut held = never.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = Condvar::new();
        loop {
            held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn has_a_seven(value: &Value) -> bool {
    match value {
        Value::Bytes(bytes) => bytes.contains(&7),
        Value::Str(text) => text.as_bytes().contains(&b'7'),
        _ => false,
    }
}

impl Subject for Ending {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.inner.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.calls += 1;
        match self.fatal {
            Some((_, function, at_reset)) if call.name == function && args(call).iter().any(has_a_seven) => {
                if !at_reset {
                    self.end();
                }
                self.armed = true;
            }
            None if self.calls == 50 => self.end(),
            _ => {}
        }
        self.inner.call(call)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        if self.armed {
            self.end();
        }
        self.inner.reset()
    }
}

fn result(subject: &str, law: &str, budget: Budget) -> Result<CaseResult, Failed> {
    let laws = sockspec_laws::all();
    let law = laws.into_iter().find(|known| known.about().id == law).ok_or("the law is gone")?;
    let property: &'static dyn Property = law;
    let results = run_with(subject, &[(property, budget)], SHORT)?;
    results.into_iter().next().ok_or_else(|| "no result".into())
}

fn budget(evaluations: u32, first: Vec<Seed>) -> Budget {
    Budget { evaluations, shrinks: 100, seed: Seed(5), first, patience: None }
}

/// A hang and an abort are told with the input's seed, which leads to the same again, with how many inputs went before,
/// and with the steps until then as a case.
pub(crate) fn the_input_is_told() -> Result<(), Failed> {
    for (at, (law, function, at_reset)) in FATAL.into_iter().enumerate() {
        for (how, verdict) in [("hangs", Verdict::Hang), ("aborts", Verdict::Crash)] {
            let name = format!("{how}-{at}");
            let found = result(&name, law, budget(300, Vec::new()))?;
            let (seed, before) = told(&found, verdict, function, at_reset)?;
            if before < 2 {
                return Err(format!("no input went before, so that nothing is tested: {found:#?}").into());
            }
            let again = result(&name, law, budget(0, vec![seed]))?;
            let (same, before) = told(&again, verdict, function, at_reset)?;
            let case = |result: &CaseResult| result.property.as_ref().and_then(|run| run.case.clone());
            if (same, before) != (seed, 1) || case(&again) != case(&found) {
                return Err(format!("{found:#?}\nand by its seed alone {again:#?}").into());
            }
        }
    }
    Ok(())
}

/// Checks what a result says of the input. Gives its seed, and the number of inputs with it.
fn told(
    result: &CaseResult,
    verdict: Verdict,
    function: &str,
    at_reset: bool,
) -> Result<(Seed, u32), Failed> {
    let wrong = |what: &str| -> Failed { format!("{what}: {result:#?}").into() };
    if result.verdict != verdict {
        return Err(wrong("another verdict"));
    }
    let property = result.property.as_ref().ok_or_else(|| wrong("nothing of the input"))?;
    let seed = property.seed.parse().map_err(|_| wrong("no seed"))?;
    if !property.case.as_ref().is_some_and(|case| case.contains(function)) {
        return Err(wrong("no case of the input"));
    }
    let last = result.steps.last().ok_or_else(|| wrong("no steps"))?;
    let unanswered = last.verdict == StepVerdict::NoOutcome;
    let closing = result.reason.as_ref().is_some_and(|reason| reason.contains("sockets were closed"));
    let right = if at_reset { closing && !unanswered } else { unanswered && last.step.contains(function) };
    if right { Ok((seed, property.evaluations)) } else { Err(wrong("another last step")) }
}

/// Where the input is not to blame, the report does not blame it.
pub(crate) fn an_innocent_input_is_not_blamed() -> Result<(), Failed> {
    let found = result("aborts-late", "laws/inet-aton-packs", budget(300, Vec::new()))?;
    let reason = found.reason.clone().unwrap_or_default();
    let property = found.property.clone().unwrap_or_default();
    let right = found.verdict == Verdict::Crash
        && reason.contains("the same input did not")
        && property.evaluations == 50
        && property.case.is_some()
        && found.steps.is_empty();
    if right { Ok(()) } else { Err(format!("{found:#?}").into()) }
}
