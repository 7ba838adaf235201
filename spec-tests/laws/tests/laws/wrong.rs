//! The reference with one thing wrong.

use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Action, Call, Description, Fault, Outcome, Raised, Subject, Value};

/// What is wrong.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    /// Another call is made than was asked for; what came before since the last reset is there to be seen.
    Before(fn(&mut Call, &[Call])),
    /// Another value comes back.
    After(fn(&Call, Value) -> Value),
    /// Another outcome comes back.
    Outcome(fn(&Call, Outcome, &[Call]) -> Outcome),
    /// What these functions and methods raise is not raised.
    Swallow(&'static [&'static str]),
    /// What this function or method raises is of that class.
    Class(&'static str, &'static str),
}

/// The reference with one thing wrong.
pub(crate) struct Wrong {
    inner: ReferenceSubject,
    change: Change,
    before: Vec<Call>,
}

impl Wrong {
    pub(crate) fn new(change: Change) -> Self {
        Self { inner: ReferenceSubject::new(), change, before: Vec::new() }
    }
}

/// The positional arguments.
pub(crate) fn args(call: &Call) -> &[Value] {
    match &call.action {
        Action::Invoke { args, .. } => args,
        Action::Get | Action::Forget => &[],
    }
}

/// The same, to be changed.
pub(crate) fn args_mut(call: &mut Call) -> &mut [Value] {
    match &mut call.action {
        Action::Invoke { args, .. } => args,
        Action::Get | Action::Forget => &mut [],
    }
}

impl Subject for Wrong {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.inner.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let mut made = call.clone();
        if let Change::Before(change) = self.change {
            change(&mut made, &self.before);
        }
        let outcome = self.inner.call(&made)?;
        let outcome = match (self.change, outcome) {
            (Change::After(change), Outcome::Returned(value)) => Outcome::Returned(change(call, value)),
            (Change::Outcome(change), outcome) => change(call, outcome, &self.before),
            (Change::Swallow(names), Outcome::Raised(_)) if names.contains(&call.name.as_str()) => {
                Outcome::Returned(Value::None)
            }
            (Change::Class(name, class), Outcome::Raised(raised)) if call.name == name => {
                Outcome::Raised(Raised { classes: vec![class.to_owned()], ..raised })
            }
            (_, outcome) => outcome,
        };
        self.before.push(call.clone());
        Ok(outcome)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.before.clear();
        self.inner.reset()
    }
}
