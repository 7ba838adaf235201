//! The objects that a driver handed out and did not forget.

use std::collections::BTreeSet;

use sockspec_subject::{Action, Call, ObjectId, Outcome, Target, Value, Work};

/// The objects handed out since the last reset, so that a request which names another can be refused.
#[derive(Debug, Default)]
pub(crate) struct Objects(BTreeSet<ObjectId>);

impl Objects {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes note that a call took an object back.
    pub(crate) fn forget(&mut self, call: &Call, outcome: &Outcome) {
        if let (Action::Forget, Target::Object(object), Outcome::Returned(_)) =
            (&call.action, &call.target, outcome)
        {
            self.0.remove(&object.id);
        }
    }

    /// Takes note of what an outcome hands out.
    pub(crate) fn note(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Returned(value) => self.note_value(value),
            Outcome::Raised(raised) => raised.args.iter().for_each(|arg| self.note_value(arg)),
            Outcome::Unsupported(_) => {}
        }
    }

    fn note_value(&mut self, value: &Value) {
        match value {
            Value::Object(object) => {
                self.0.insert(object.id);
            }
            Value::Tuple(items) | Value::List(items) => items.iter().for_each(|item| self.note_value(item)),
            _ => {}
        }
    }

    /// An object in the call that was never handed out.
    pub(crate) fn unknown_in_call(&self, call: &Call) -> Option<ObjectId> {
        match (&call.target, &call.action) {
            (Target::Object(object), _) if !self.0.contains(&object.id) => Some(object.id),
            (_, Action::Get | Action::Forget) => None,
            (_, Action::Invoke { args, named }) => args
                .iter()
                .chain(named.iter().map(|(_, value)| value))
                .find_map(|value| self.unknown_in(value)),
        }
    }

    /// An object in some work that was never handed out.
    pub(crate) fn unknown_in_work(&self, work: &Work) -> Option<ObjectId> {
        let unknown = |id: ObjectId| (!self.0.contains(&id)).then_some(id);
        match work {
            Work::Repeat { function, .. } => {
                function.iter().flat_map(|function| &function.args).find_map(|value| self.unknown_in(value))
            }
            Work::Serve { socket, .. } => unknown(socket.id),
            Work::Ask { sockets, .. } => sockets.iter().find_map(|socket| unknown(socket.id)),
        }
    }

    /// An object in the value that was never handed out.
    pub(crate) fn unknown_in(&self, value: &Value) -> Option<ObjectId> {
        match value {
            Value::Object(object) if !self.0.contains(&object.id) => Some(object.id),
            Value::Tuple(items) | Value::List(items) => items.iter().find_map(|item| self.unknown_in(item)),
            _ => None,
        }
    }
}
