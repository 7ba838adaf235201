//! What rules see: a call as it was made, and what it led to.

use std::collections::BTreeMap;

use sockspec_cases::{Asked, Facts, Step, StepAction, StepTarget, Template};
use sockspec_engine::{Answer, Greeting, Ran, RunFacts};
use sockspec_subject::{Action, Edition, Outcome, Raised, Unsupported, Value};

use crate::canon::fault_name;

/// What a socket was made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Made {
    /// Its family's number.
    pub family: i64,
    /// Its type's number.
    pub socktype: i64,
}

/// What a call led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told<'s> {
    /// A value.
    Returned(&'s Value),
    /// An exception.
    Raised(&'s Raised),
    /// Nothing: the subject lacks it.
    Lacks,
    /// Nothing: `crash`, `hang` or `protocol`.
    Fault(&'static str),
}

/// A call of one subject and what it led to.
#[derive(Debug, Clone)]
pub struct Seen<'s> {
    /// The function or method.
    pub name: &'s str,
    /// Whether it is a method.
    pub method: bool,
    /// The arguments, constants as their numbers.
    pub args: Vec<Value>,
    /// Whether arguments were given by name.
    pub named: bool,
    /// What the socket was made as that the call is made on, where that is known.
    pub made: Option<Made>,
    /// The edition that is judged by.
    pub edition: Edition,
    /// Whether that socket was closed before.
    pub closed: bool,
    /// Whether an earlier step asked for no bytes, which may leave what waits where it is.
    pub asked_nothing: bool,
    /// What it led to.
    pub told: Told<'s>,
    /// The subject's constants and error numbers.
    pub constants: &'s BTreeMap<String, i64>,
}

impl<'s> Seen<'s> {
    /// The step at that place of a script, as a subject with that greeting ran it. `None` where it was not asked.
    pub fn at(
        script: &'s [Step],
        place: usize,
        greeting: &'s Greeting,
        ran: &'s Ran,
        edition: Edition,
    ) -> Option<Self> {
        let step = script.get(place)?;
        let told = match ran.get(place)? {
            Answer::Outcome(Outcome::Returned(value)) => Told::Returned(value),
            Answer::Outcome(Outcome::Raised(raised)) => Told::Raised(raised),
            Answer::Outcome(Outcome::Unsupported(Unsupported::Lacks(_))) => Told::Lacks,
            Answer::Fault(fault) => Told::Fault(fault_name(fault)),
            Answer::Outcome(Outcome::Unsupported(Unsupported::Inexpressible(_))) | Answer::Unasked(_) => {
                return None;
            }
        };
        let constants = &greeting.description.constants;
        let mut facts = RunFacts::new(&greeting.description, greeting.scratch.as_str());
        for (earlier, answer) in script.iter().zip(ran).take(place) {
            if let Answer::Outcome(outcome) = answer {
                earlier.bind(outcome.clone(), &mut facts);
            }
        }
        let Asked { call, .. } = step.ask(&facts).ok()?;
        let (args, named) = match call.action {
            Action::Get | Action::Forget => (Vec::new(), false),
            Action::Invoke { args, named } => {
                (args.iter().map(|arg| resolved(arg, &facts)).collect(), !named.is_empty())
            }
        };
        let target = match &step.target {
            StepTarget::Variable(name) => Some(name.as_str()),
            StepTarget::Module | StepTarget::Peer => None,
        };
        let before = &script[..place];
        Some(Self {
            name: &step.name,
            method: target.is_some(),
            args,
            named,
            made: target.and_then(|target| made(before, target, &facts)),
            edition,
            closed: target.is_some_and(|target| closed(before, ran, target)),
            asked_nothing: before.iter().any(asks_nothing),
            told,
            constants,
        })
    }

    /// The class that the document speaks of, where an exception was raised.
    pub fn class(&self) -> Option<&str> {
        match self.told {
            Told::Raised(raised) => Some(raised.documented_class()),
            _ => None,
        }
    }

    /// Whether an exception of one of the document's own classes was raised.
    pub fn raised_own(&self) -> bool {
        matches!(self.class(), Some("error" | "herror" | "gaierror" | "timeout"))
    }

    /// Whether an ordinary exception was raised.
    pub fn raised_ordinary(&self) -> bool {
        self.class().is_some() && !self.raised_own()
    }

    /// The number in the exception's pair.
    pub fn number(&self) -> Option<i64> {
        match self.told {
            Told::Raised(raised) => raised.args.first().and_then(Value::as_i64),
            _ => None,
        }
    }

    /// Whether that number has this name.
    pub fn is_number(&self, name: &str) -> bool {
        self.number().is_some_and(|number| self.constant(name) == Some(number))
    }

    /// A constant's or error number's value.
    pub fn constant(&self, name: &str) -> Option<i64> {
        RunFacts::default().constant(name).or_else(|| self.constants.get(name).copied())
    }

    /// The value that was returned.
    pub fn value(&self) -> Option<&'s Value> {
        match self.told {
            Told::Returned(value) => Some(value),
            _ => None,
        }
    }

    /// The argument at that place.
    pub fn arg(&self, at: usize) -> Option<&Value> {
        self.args.get(at)
    }

    /// The argument at that place as text, where it is text in UTF-8.
    pub fn text(&self, at: usize) -> Option<&str> {
        match self.arg(at)? {
            Value::Str(text) => text.to_str(),
            _ => None,
        }
    }

    /// The argument at that place as an integer; a truth value counts as one.
    pub fn int(&self, at: usize) -> Option<i64> {
        match self.arg(at)? {
            Value::Bool(flag) => Some(i64::from(*flag)),
            other => other.as_i64(),
        }
    }

    /// What happened, in a few words.
    pub fn shown(&self) -> String {
        match self.told {
            Told::Returned(value) => format!("it returned {value}"),
            Told::Raised(raised) => format!("it raised {raised}"),
            Told::Lacks => "it lacks this".to_owned(),
            Told::Fault(how) => format!("it did not answer ({how})"),
        }
    }
}

/// Constants become their numbers, as far as anybody knows them.
fn resolved(value: &Value, facts: &dyn Facts) -> Value {
    match value {
        Value::Constant(names) => names
            .split('|')
            .try_fold(0, |bits, name| Some(bits | facts.constant(name)?))
            .map_or_else(|| value.clone(), |number: i64| Value::int(number)),
        Value::Tuple(items) => Value::Tuple(items.iter().map(|item| resolved(item, facts)).collect()),
        Value::List(items) => Value::List(items.iter().map(|item| resolved(item, facts)).collect()),
        other => other.clone(),
    }
}

fn made(before: &[Step], target: &str, facts: &dyn Facts) -> Option<Made> {
    let step = before.iter().rev().find(|step| step.bind.iter().any(|name| name == target))?;
    match (&step.target, step.name.as_str(), &step.action) {
        (StepTarget::Module, "socket", StepAction::Call { args, .. }) => {
            let number = |at: usize| resolved(&args.get(at)?.render(facts).ok()?, facts).as_i64();
            Some(Made { family: number(0)?, socktype: number(1)? })
        }
        (StepTarget::Variable(listener), "accept", _) => made(before, listener, facts),
        _ => None,
    }
}

fn asks_nothing(step: &Step) -> bool {
    let StepAction::Call { args, .. } = &step.action else { return false };
    matches!(step.name.as_str(), "recv" | "recvfrom")
        && matches!(args.first(), Some(Template::Value(size)) if size.as_i64() == Some(0))
}

fn closed(before: &[Step], ran: &Ran, target: &str) -> bool {
    before.iter().zip(ran).any(|(step, answer)| {
        step.target == StepTarget::Variable(target.to_owned())
            && step.name == "close"
            && matches!(answer, Answer::Outcome(Outcome::Returned(_)))
    })
}
