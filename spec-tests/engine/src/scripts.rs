//! Scripts: steps without expectations, run for what they lead to. What a worker does with them.

use serde::{Deserialize, Serialize};
use sockspec_cases::{Asked, Bindings, Side, Step, StepTarget};
use sockspec_subject::{Call, Description, Fault, Outcome, Subject};

use crate::facts::RunFacts;
use crate::peer::Peer;

/// Steps, run in order whatever each leads to; nothing is expected of them.
pub type Script = Vec<Step>;

/// What a worker says once its subject is ready: everything that judging outcomes elsewhere takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Greeting {
    /// What the subject says of itself.
    pub description: Description,
    /// The worker's scratch folder, an absolute path.
    pub scratch: String,
}

/// What one step led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// An outcome.
    Outcome(Outcome),
    /// The step stands for no call: an earlier one did not bind what it needs.
    Unasked(String),
    /// The subject did not answer. The script ends here.
    Fault(Fault),
}

/// What the steps of a script led to, in order; fewer than steps where the subject did not answer.
pub type Ran = Vec<Answer>;

/// How many calls a driver is asked at once.
const PIPELINED: usize = 128;

/// What a worker runs scripts on.
pub(crate) struct Floor<'f> {
    pub(crate) subject: &'f mut dyn Subject,
    pub(crate) peer: &'f mut Peer,
    pub(crate) facts: &'f mut RunFacts,
    /// Empties the scratch folder.
    pub(crate) tidy: &'f mut dyn FnMut(),
    /// Told as each call starts, where the calls are watched from here.
    pub(crate) before: Option<&'f dyn Fn()>,
}

impl Floor<'_> {
    /// Runs the scripts. Each starts afresh; those of one call of the module share a reset, and a driver is asked many
    /// of them at once.
    pub(crate) fn run(&mut self, scripts: &[Script]) -> Vec<Ran> {
        let mut ran = Vec::with_capacity(scripts.len());
        while ran.len() < scripts.len() {
            let rest = &scripts[ran.len()..];
            let alone = rest.iter().take(PIPELINED).take_while(|script| is_single(script)).count();
            if alone > 0 {
                ran.extend(self.singles(&rest[..alone]));
            } else {
                ran.push(self.sequence(&rest[0]));
            }
        }
        ran
    }

    /// Scripts of one call each.
    fn singles(&mut self, scripts: &[Script]) -> Vec<Ran> {
        self.facts.clear();
        let asked: Vec<Result<Call, String>> = scripts
            .iter()
            .map(|script| script[0].ask(self.facts).map(|asked| asked.call).map_err(|why| why.to_string()))
            .collect();
        let calls: Vec<Call> = asked.iter().flatten().cloned().collect();
        let outcomes = match self.before {
            // Watched call by call.
            Some(_) => Vec::new(),
            None => self.subject.call_all(&calls).unwrap_or_default(),
        };
        let whole = outcomes.len() == calls.len();
        let mut outcomes = outcomes.into_iter();
        let ran = asked
            .iter()
            .map(|asked| {
                vec![match asked {
                    Err(why) => Answer::Unasked(why.clone()),
                    // Where one of many is not answered, nobody knows which: they are asked one by one.
                    Ok(call) => match outcomes.next() {
                        Some(outcome) if whole => Answer::Outcome(outcome),
                        _ => self.call(call),
                    },
                }]
            })
            .collect();
        self.reset();
        ran
    }

    fn call(&mut self, call: &Call) -> Answer {
        if let Some(before) = self.before {
            before();
        }
        match self.subject.call(call) {
            Ok(outcome) => Answer::Outcome(outcome),
            Err(fault) => Answer::Fault(fault),
        }
    }

    fn sequence(&mut self, script: &Script) -> Ran {
        self.facts.clear();
        let mut ran = Ran::with_capacity(script.len());
        for step in script {
            let answer = match step.ask(self.facts) {
                Err(why) => Answer::Unasked(why.to_string()),
                Ok(Asked { call, side: Side::Peer }) => Answer::Outcome(self.peer.call(&call)),
                Ok(Asked { call, side: Side::Subject }) => self.call(&call),
            };
            if let Answer::Outcome(outcome) = &answer {
                step.bind(outcome.clone(), self.facts);
            }
            let ends = matches!(answer, Answer::Fault(_));
            ran.push(answer);
            if ends {
                break;
            }
        }
        self.reset();
        ran
    }

    fn reset(&mut self) {
        self.peer.reset();
        if let Some(before) = self.before {
            before();
        }
        // A subject that does not answer to this is started afresh with the next call, and shows there what it is.
        let _ = self.subject.reset();
        (self.tidy)();
    }
}

fn is_single(script: &Script) -> bool {
    matches!(script.as_slice(), [step] if step.target == StepTarget::Module)
}
