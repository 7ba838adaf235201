//! Checking a law or model in a worker: its calls are watched, what breaks it is run once more as a case.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use sockspec_cases::{Basis, Case, LabNeed};
use sockspec_events::{CaseResult, PropertyRun, Verdict};
use sockspec_laws::{self as laws, Broken, Property, Stage, Trail};
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Unsupported};

use crate::execute::{blank, fault_verdict, run_case};
use crate::facts::RunFacts;
use crate::order::{CheckOrder, Word};
use crate::peer::Peer;
use crate::trail::{Follower, Mark, Way, pasteable, stuck};
use crate::watchdog::Watchdog;
use crate::worker::{Current, Mouth, UnderWay};

/// How often a worker says that it goes on.
const ALIVE: Duration = Duration::from_secs(1);
/// How much is told of what was seen beside the outcomes.
const NOTES: usize = 5;

/// What a worker checks laws and models on.
pub(crate) struct CheckFloor<'f> {
    pub(crate) subject: &'f mut dyn Subject,
    pub(crate) peer: &'f mut Peer,
    pub(crate) facts: &'f mut RunFacts,
    /// Empties the scratch folder, and tells what was seen.
    pub(crate) tidy: &'f mut dyn FnMut() -> Vec<String>,
    pub(crate) watch: Watch<'f>,
    /// Where the harness looks for the input should the worker be gone.
    pub(crate) mark: Option<&'f Mark>,
}

/// Whoever watches the calls.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'w> {
    /// Of an in-process subject.
    pub(crate) watchdog: Option<&'w Watchdog>,
    pub(crate) current: &'w Current,
    pub(crate) mouth: &'w Mouth,
}

impl CheckFloor<'_> {
    pub(crate) fn run(
        &mut self,
        index: usize,
        order: &CheckOrder,
        property: Option<&'static dyn Property>,
    ) -> CaseResult {
        let start = Instant::now();
        let Some(property) = property else { return unknown(&order.id) };
        let budget = order.budget();
        let about = property.about();
        let mut result = blank(&about.case(Vec::new()), Verdict::Pass, None);
        let mut info = PropertyRun { seed: budget.seed.to_string(), ..PropertyRun::default() };
        if self.watch.watchdog.is_some() {
            let hung = CaseResult {
                verdict: Verdict::Hang,
                property: Some(Box::new(info.clone())),
                ..result.clone()
            };
            *self.watch.current.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(UnderWay { index, result: hung, way: Some(Way::new(about)) });
        }
        let mut notes = BTreeSet::new();
        let mut tidy = || notes.extend((self.tidy)());
        let mut watched = Watched { inner: self.subject, watch: self.watch, index, spoke: Instant::now() };
        let told = order.careful.then(|| Way::new(about));
        let mut follower = Follower { watch: self.watch, index, mark: self.mark, told };
        let mut stage = Stage {
            subject: &mut watched,
            peer: self.peer,
            facts: self.facts,
            tidy: &mut tidy,
            trail: &mut follower,
        };
        match property.check(&mut stage, &budget) {
            laws::Verdict::Held(held) => {
                info.evaluations = held.evaluations;
                if held.cut_short {
                    let time = budget.time(about).as_secs();
                    notes.insert(format!(
                        "{time} s were over after {} of {} inputs",
                        held.evaluations, budget.evaluations
                    ));
                }
                if held.evaluations == 0 {
                    result.verdict = Verdict::NotRun;
                    result.reason = Some("no input got as far as what it speaks of".to_owned());
                }
            }
            laws::Verdict::Unsupported(why) => {
                result.verdict = match why {
                    Unsupported::Lacks(_) => Verdict::Unsupported,
                    Unsupported::Inexpressible(_) => Verdict::NotApplicable,
                };
                result.reason = Some(why.to_string());
            }
            laws::Verdict::Broken(Broken { evaluations, shrinks, steps, seed, case, why }) => {
                info = PropertyRun {
                    evaluations,
                    shrinks,
                    steps: u32::try_from(steps).unwrap_or(u32::MAX),
                    seed: seed.to_string(),
                    case: pasteable(&case),
                };
                follower.anew();
                let mut before = |step: usize, _: &[_]| follower.step(&case.steps[step]);
                let again = run_case(&case, &mut watched, self.peer, self.facts, &mut before);
                self.peer.reset();
                result.verdict = Verdict::Fail;
                result.reason = why;
                if !again.verdict.is_departure() {
                    let remark = "the same steps went well when they were run once more";
                    let why =
                        result.reason.map_or_else(|| remark.to_owned(), |why| format!("{why}; {remark}"));
                    result.reason = Some(why);
                }
                (result.steps, result.basis) = (again.steps, again.basis);
                follower.closing();
                if let Err(fault) = watched.reset() {
                    fault.stderr().clone_into(&mut result.stderr);
                }
            }
            laws::Verdict::Fault { fault, case, seed, evaluations } => {
                info = PropertyRun {
                    evaluations,
                    seed: seed.to_string(),
                    case: pasteable(&case),
                    ..PropertyRun::default()
                };
                result = faulted(&case, &fault);
            }
        }
        if let Some(watchdog) = self.watch.watchdog {
            watchdog.idle();
        }
        notes.extend((self.tidy)());
        result.notes = notes.into_iter().take(NOTES).collect();
        result.property = Some(Box::new(info));
        result.microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        result
    }
}

/// The steps until the subject gave no answer.
fn faulted(case: &Case, fault: &Fault) -> CaseResult {
    let mut result = stuck(case, fault_verdict(fault), Some(&fault.to_string()));
    fault.stderr().clone_into(&mut result.stderr);
    result
}

/// Stands for a law or model that this program does not have.
fn unknown(id: &str) -> CaseResult {
    let case = Case {
        id: id.to_owned(),
        clauses: Vec::new(),
        basis: Basis::Documented,
        editions: Vec::new(),
        lab: LabNeed::None,
        note: None,
        steps: Vec::new(),
        section: id.split('/').next().unwrap_or_default().to_owned(),
        file: String::new(),
        line: 1,
    };
    blank(&case, Verdict::NotRun, Some("this program's workers do not know it".to_owned()))
}

/// A subject whose every call is watched.
struct Watched<'w> {
    inner: &'w mut dyn Subject,
    watch: Watch<'w>,
    index: usize,
    /// When the harness last heard of it.
    spoke: Instant,
}

impl Watched<'_> {
    fn begins(&mut self) {
        if self.spoke.elapsed() > ALIVE {
            self.spoke = Instant::now();
            // A harness that is gone shows when the result is told.
            let _ = self.watch.mouth.say(&Word::Alive);
        }
        if let Some(watchdog) = self.watch.watchdog {
            watchdog.step(self.index, 0);
        }
    }
}

impl Subject for Watched<'_> {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.inner.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.begins();
        self.inner.call(call)
    }

    fn call_all(&mut self, calls: &[Call]) -> Result<Vec<Outcome>, Fault> {
        if self.watch.watchdog.is_none() {
            self.begins();
            return self.inner.call_all(calls);
        }
        calls.iter().map(|call| self.call(call)).collect()
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.begins();
        self.inner.reset()
    }
}
