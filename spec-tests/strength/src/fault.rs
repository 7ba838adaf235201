//! Faults: one documented behaviour that is wrong, and the subject that has it.

use std::collections::BTreeMap;

use sockspec_subject::{Action, Call, Description, Edition, Outcome, Raised, Subject, Target, Value};

use crate::values::{error_text, items};

/// One wrong behaviour.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its id, such as `accept-pair-swapped`.
    pub id: &'static str,
    /// The clauses that it breaks; not empty.
    pub clauses: &'static [&'static str],
    /// What is wrong, in one sentence.
    pub what: &'static str,
    /// The edition that the subject with this fault is judged by.
    pub today: bool,
    /// Whether no case is expected to find it out: it shows for few of many inputs, or over a sequence of calls, and is for
    /// laws and the model to find.
    pub beyond: bool,
    /// Whether laws and the model judge it beside the cases in every measurement.
    pub by_all: bool,
    /// Why no case can tell this fault from the sound subject here, where that is so.
    pub equivalent: Option<&'static str>,
    /// Makes it.
    pub wrong: fn() -> Box<dyn Wrong>,
}

impl Fault {
    /// A fault of the subject that is judged by edition 2.2.
    pub(crate) const fn new(
        id: &'static str,
        clauses: &'static [&'static str],
        what: &'static str,
        wrong: fn() -> Box<dyn Wrong>,
    ) -> Self {
        Self { id, clauses, what, today: false, beyond: false, by_all: false, equivalent: None, wrong }
    }

    /// The same in what today's document says.
    pub(crate) const fn today(mut self) -> Self {
        self.today = true;
        self
    }

    /// The same, which no case is expected to find out.
    pub(crate) const fn beyond(mut self) -> Self {
        self.beyond = true;
        self.by_all()
    }

    /// The same, which laws and the model judge, too.
    pub(crate) const fn by_all(mut self) -> Self {
        self.by_all = true;
        self
    }

    /// The same, of which nothing can be seen here.
    pub(crate) const fn equivalent(mut self, why: &'static str) -> Self {
        self.equivalent = Some(why);
        self
    }

    /// The edition that the subject with this fault is judged by.
    pub fn edition(&self) -> Edition {
        if self.today { Edition::V3 } else { Edition::V2_2 }
    }
}

/// What there is no answer for.
pub type NoAnswer = sockspec_subject::Fault;

/// A behaviour that differs from the sound subject's.
pub trait Wrong: Send {
    /// Answers in the sound subject's place, or makes other calls first; `None` leaves the call to it. The call may
    /// be changed.
    ///
    /// # Errors
    /// When the sound subject does not answer.
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        let _ = (desk, call);
        Ok(None)
    }

    /// Changes what the sound subject answered.
    ///
    /// # Errors
    /// When the sound subject does not answer.
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        let _ = (desk, call);
        Ok(outcome)
    }

    /// Changes the constants that the subject has.
    fn constants(&self, table: &mut BTreeMap<String, i64>) {
        let _ = table;
    }

    /// Forgets what it kept of the objects.
    fn reset(&mut self) {}
}

/// What a socket was made as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Its family's number.
    pub family: i64,
    /// Its type's number.
    pub socktype: i64,
}

/// What a fault works with: the sound subject, and what is known of its sockets.
pub struct Desk<'d> {
    inner: &'d mut dyn Subject,
    constants: &'d BTreeMap<String, i64>,
    sockets: &'d BTreeMap<u64, Made>,
}

impl Desk<'_> {
    /// Asks the sound subject.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn ask(&mut self, call: &Call) -> Result<Outcome, NoAnswer> {
        self.inner.call(call)
    }

    /// Asks a function of the module.
    ///
    /// # Errors
    /// When the sound subject does not answer.
    pub fn function(&mut self, name: &str, args: Vec<Value>) -> Result<Outcome, NoAnswer> {
        self.inner.call(&Call::function(name, args))
    }

    /// Asks another method of the object that the call is made on; `None` where it is made on none.
    ///
    /// # Errors
    /// When the sound subject does not answer.
    pub fn method(&mut self, call: &Call, name: &str, args: Vec<Value>) -> Result<Outcome, NoAnswer> {
        let action = Action::Invoke { args, named: Vec::new() };
        self.inner.call(&Call { target: call.target.clone(), name: name.to_owned(), action })
    }

    /// Asks another method; its value, where it returned one.
    ///
    /// # Errors
    /// When the sound subject does not answer.
    pub fn value(&mut self, call: &Call, name: &str, args: Vec<Value>) -> Result<Option<Value>, NoAnswer> {
        Ok(match self.method(call, name, args)? {
            Outcome::Returned(value) => Some(value),
            _ => None,
        })
    }

    /// What the socket was made as that the call is made on; zeros where it is none.
    pub fn made(&self, call: &Call) -> Made {
        call.target.object().and_then(|id| self.sockets.get(&id.0)).copied().unwrap_or_default()
    }

    /// The family of the socket that the call is made on; 0 where it is none.
    pub fn family(&self, call: &Call) -> i64 {
        self.made(call).family
    }

    /// A constant's or error number's value; 0 where there is none.
    pub fn number(&self, name: &str) -> i64 {
        self.constants.get(name).copied().unwrap_or_default()
    }

    /// An `error` with that error number.
    pub fn error(&self, name: &str) -> Outcome {
        let number = self.number(name);
        let mut raised = Raised::new("error", vec![Value::int(number), Value::str(error_text(number))], name);
        raised.classes.push("Exception".to_owned());
        Outcome::Raised(raised)
    }
}

/// A subject with one fault.
pub struct Faulty {
    inner: Box<dyn Subject>,
    wrong: Box<dyn Wrong>,
    /// The constants as the fault shows them.
    shown: BTreeMap<String, i64>,
    /// The constants as they are.
    constants: BTreeMap<String, i64>,
    sockets: BTreeMap<u64, Made>,
}

impl Faulty {
    /// The sound subject with that fault.
    pub fn new(fault: &Fault, mut inner: Box<dyn Subject>) -> Self {
        let constants = inner.describe().map(|description| description.constants).unwrap_or_default();
        let wrong = (fault.wrong)();
        let mut shown = constants.clone();
        wrong.constants(&mut shown);
        Self { inner, wrong, shown, constants, sockets: BTreeMap::new() }
    }

    /// Constants by name become the numbers that this subject takes them for.
    fn resolved(&self, value: &Value) -> Value {
        match value {
            Value::Constant(names) => {
                let numbers: Option<Vec<i64>> =
                    names.split('|').map(|name| self.shown.get(name).copied()).collect();
                numbers.map_or_else(
                    || value.clone(),
                    |numbers| Value::int(numbers.into_iter().reduce(|a, b| a | b).unwrap_or_default()),
                )
            }
            Value::Tuple(members) => {
                Value::Tuple(members.iter().map(|member| self.resolved(member)).collect())
            }
            Value::List(members) => Value::List(members.iter().map(|member| self.resolved(member)).collect()),
            other => other.clone(),
        }
    }

    /// Remembers what sockets were made as.
    fn note(&mut self, call: &Call, outcome: &Outcome) {
        let Outcome::Returned(value) = outcome else { return };
        let made = match (call.name.as_str(), &call.action) {
            ("socket", Action::Invoke { args, .. }) => arguments(args, 0),
            ("fromfd", Action::Invoke { args, .. }) => arguments(args, 1),
            ("accept", _) => {
                call.target.object().and_then(|id| self.sockets.get(&id.0)).copied().unwrap_or_default()
            }
            _ => return,
        };
        let object = match value {
            Value::Object(object) => Some(object),
            other => items(other).iter().find_map(|item| match item {
                Value::Object(object) => Some(object),
                _ => None,
            }),
        };
        if let Some(object) = object {
            self.sockets.insert(object.id.0, made);
        }
    }
}

fn arguments(args: &[Value], first: usize) -> Made {
    let number = |at: usize| args.get(at).and_then(Value::as_i64);
    // Today's defaults; where they do not hold there is no socket either.
    Made { family: number(first).unwrap_or(2), socktype: number(first + 1).unwrap_or(1) }
}

impl Subject for Faulty {
    fn describe(&mut self) -> Result<Description, NoAnswer> {
        Ok(Description { constants: self.shown.clone(), ..self.inner.describe()? })
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, NoAnswer> {
        let mut call = call.clone();
        if let Action::Invoke { args, named } = &mut call.action {
            *args = args.iter().map(|arg| self.resolved(arg)).collect();
            *named = named.iter().map(|(name, arg)| (name.clone(), self.resolved(arg))).collect();
        }
        if (&call.target, &call.action) == (&Target::Module, &Action::Get)
            && self.shown.get(&call.name) != self.constants.get(&call.name)
        {
            return Ok(match self.shown.get(&call.name) {
                Some(number) => Outcome::Returned(Value::int(*number)),
                None => crate::values::ordinary("AttributeError", "module has no such attribute"),
            });
        }
        let mut desk = Desk { inner: &mut *self.inner, constants: &self.constants, sockets: &self.sockets };
        let outcome = match self.wrong.before(&mut desk, &mut call)? {
            Some(outcome) => outcome,
            None => desk.ask(&call)?,
        };
        let outcome = self.wrong.after(&mut desk, &call, outcome)?;
        self.note(&call, &outcome);
        Ok(outcome)
    }

    fn reset(&mut self) -> Result<(), NoAnswer> {
        self.wrong.reset();
        self.sockets.clear();
        self.inner.reset()
    }
}
