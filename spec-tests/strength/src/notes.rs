//! What faults over several calls are made of: notes on the calls before, kept till the reset.

use std::collections::BTreeMap;

use sockspec_subject::{Call, ObjectRef, Outcome, Value};

use crate::fault::{Desk, NoAnswer, Wrong};
use crate::tools::args_mut;

pub(crate) fn socket_in(value: &Value) -> Option<ObjectRef> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Tuple(items) => items.first().and_then(socket_in),
        _ => None,
    }
}

/// The id of the object that a call is made on; 0 for the module.
pub(crate) fn target(call: &Call) -> u64 {
    crate::tools::object(call)
}

/// An argument; None where there is no such one.
pub(crate) fn argument(call: &Call, place: usize) -> Value {
    crate::tools::args(call).get(place).cloned().unwrap_or(Value::None)
}

/// Changes an argument, where there is such a one.
pub(crate) fn replace(call: &mut Call, place: usize, change: impl FnOnce(Value) -> Value) {
    if let Some(argument) = args_mut(call).and_then(|args| args.get_mut(place)) {
        *argument = change(std::mem::replace(argument, Value::None));
    }
}

/// The flags of a receiving call, which stand second.
pub(crate) fn flags(call: &Call) -> i64 {
    crate::tools::int(call, 1)
}

pub(crate) const PEEK: i64 = 2;
pub(crate) const DONTWAIT: i64 = 0x40;

pub(crate) fn peeks(call: &Call) -> bool {
    flags(call) & PEEK != 0
}

/// Changes the data that a receiving call gave.
pub(crate) fn bytes(outcome: Outcome, change: impl FnOnce(&mut Vec<u8>)) -> Outcome {
    match outcome {
        Outcome::Returned(Value::Bytes(mut data)) => {
            change(&mut data);
            Outcome::Returned(Value::Bytes(data))
        }
        Outcome::Returned(Value::Tuple(mut items)) => {
            if let Some(Value::Bytes(data)) = items.first_mut() {
                change(data);
            }
            Outcome::Returned(Value::Tuple(items))
        }
        other => other,
    }
}

pub(crate) fn data(outcome: &Outcome) -> Option<Vec<u8>> {
    match outcome {
        Outcome::Returned(Value::Bytes(data)) => Some(data.clone()),
        Outcome::Returned(Value::Tuple(items)) => items.first().and_then(Value::as_bytes).map(<[u8]>::to_vec),
        _ => None,
    }
}

pub(crate) fn is_recv(call: &Call) -> bool {
    matches!(call.name.as_str(), "recv" | "recvfrom")
}

pub(crate) type Before = fn(&mut Notes, &mut Desk<'_>, &mut Call) -> Result<Option<Outcome>, NoAnswer>;
pub(crate) type After = fn(&mut Notes, &mut Desk<'_>, &Call, Outcome) -> Result<Outcome, NoAnswer>;

/// What a fault remembers of the calls before.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) counts: BTreeMap<u64, u64>,
    pub(crate) more: BTreeMap<u64, u64>,
    pub(crate) values: BTreeMap<u64, Value>,
    pub(crate) one: Option<Value>,
    pub(crate) calls: u64,
    pub(crate) order: Vec<ObjectRef>,
}

impl Notes {
    /// The socket that was made before the one that a call is made on.
    pub(crate) fn older(&self, call: &Call) -> Option<ObjectRef> {
        let at = self.order.iter().position(|object| object.id.0 == target(call))?;
        self.order.get(at.checked_sub(1)?).cloned()
    }
}

pub(crate) struct Made {
    pub(crate) notes: Notes,
    pub(crate) before: Before,
    pub(crate) after: After,
}

impl Wrong for Made {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        (self.before)(&mut self.notes, desk, call)
    }

    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.notes.calls += 1;
        let outcome = (self.after)(&mut self.notes, desk, call, outcome)?;
        if let (Outcome::Returned(value), "socket" | "accept") = (&outcome, call.name.as_str())
            && let Some(object) = socket_in(value)
        {
            self.notes.order.push(object);
        }
        Ok(outcome)
    }

    fn reset(&mut self) {
        self.notes = Notes::default();
    }
}

pub(crate) fn before(change: Before) -> Box<dyn Wrong> {
    Box::new(Made { notes: Notes::default(), before: change, after: |_, _, _, outcome| Ok(outcome) })
}

pub(crate) fn after(change: After) -> Box<dyn Wrong> {
    Box::new(Made { notes: Notes::default(), before: |_, _, _| Ok(None), after: change })
}
