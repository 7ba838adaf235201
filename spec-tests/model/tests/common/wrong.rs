//! What wrong subjects are made of here, and a guard against their waiting.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses a part; helpers of tests fail by panicking"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use super::common::{budget, check, shown};
use sockspec_laws::{Broken, Verdict};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_strength::{Desk, Fault, Faulty, NoAnswer, Wrong};
use sockspec_subject::{Action, Call, Description, ObjectRef, Outcome, Subject, Target, Value};

/// The sound subject, but for a limit on how long its sockets wait, so that what a fault loses is missed soon.
pub struct Impatient(ReferenceSubject);

impl Impatient {
    pub fn new() -> Self {
        Self(ReferenceSubject::new())
    }

    fn hurry(&mut self, object: &ObjectRef) {
        // 100 ms as a struct timeval; SO_RCVTIMEO and SO_SNDTIMEO of Linux.
        let wait: Vec<u8> = [0_i64, 100_000].iter().flat_map(|part| part.to_ne_bytes()).collect();
        for option in [20, 21] {
            let args =
                vec![Value::Constant("SOL_SOCKET".into()), Value::int(option), Value::bytes(wait.clone())];
            self.0.call(&Call::method(object, "setsockopt", args)).unwrap();
        }
        // What is sent goes at once; other sockets than those of TCP refuse it.
        let args = vec![Value::Constant("IPPROTO_TCP".into()), Value::int(1), Value::int(1)];
        self.0.call(&Call::method(object, "setsockopt", args)).unwrap();
    }
}

impl Subject for Impatient {
    fn describe(&mut self) -> Result<Description, NoAnswer> {
        self.0.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, NoAnswer> {
        let outcome = self.0.call(call)?;
        if let (Outcome::Returned(value), "socket" | "accept") = (&outcome, call.name.as_str())
            && let Some(object) = socket_in(value)
        {
            self.hurry(&object);
        }
        Ok(outcome)
    }

    fn reset(&mut self) -> Result<(), NoAnswer> {
        self.0.reset()
    }
}

/// The wrong subject of that fault.
pub fn wrong(fault: &Fault) -> Faulty {
    Faulty::new(fault, Box::new(Impatient::new()))
}

/// Longer than the wrong subjects wait.
pub const IMPATIENT: Duration = Duration::from_millis(150);

/// The first property that the fault breaks, within the default budget.
pub fn found(fault: &Fault, seed: u64) -> Option<(&'static str, Broken)> {
    sockspec_model::properties().into_iter().find_map(|property| {
        match check(property, &mut wrong(fault), IMPATIENT, &budget(property, 1, seed)) {
            Verdict::Broken(broken) => Some((property.about().id, broken)),
            Verdict::Held(_) => None,
            other => unreachable!("{}: {}", fault.id, shown(&other)),
        }
    })
}

/// The fault of that id.
pub fn named(id: &str) -> &'static Fault {
    super::faults::FAULTS.iter().find(|fault| fault.id == id).or_else(|| sockspec_strength::find(id)).unwrap()
}

pub fn socket_in(value: &Value) -> Option<ObjectRef> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Tuple(items) => items.first().and_then(socket_in),
        _ => None,
    }
}

pub fn target(call: &Call) -> u64 {
    match &call.target {
        Target::Object(object) => object.id.0,
        Target::Module => 0,
    }
}

pub fn args(call: &mut Call) -> &mut Vec<Value> {
    match &mut call.action {
        Action::Invoke { args, .. } => args,
        Action::Get | Action::Forget => unreachable!("the model calls methods"),
    }
}

pub fn flags(call: &Call) -> i64 {
    match &call.action {
        Action::Invoke { args, .. } => args.get(1).and_then(Value::as_i64).unwrap_or(0),
        Action::Get | Action::Forget => 0,
    }
}

pub const PEEK: i64 = 2;
pub const DONTWAIT: i64 = 0x40;

pub fn peeks(call: &Call) -> bool {
    flags(call) & PEEK != 0
}

/// Changes the data that a receiving call gave.
pub fn bytes(outcome: Outcome, change: impl FnOnce(&mut Vec<u8>)) -> Outcome {
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

pub fn data(outcome: &Outcome) -> Option<Vec<u8>> {
    match outcome {
        Outcome::Returned(Value::Bytes(data)) => Some(data.clone()),
        Outcome::Returned(Value::Tuple(items)) => items.first().and_then(Value::as_bytes).map(<[u8]>::to_vec),
        _ => None,
    }
}

pub fn is_recv(call: &Call) -> bool {
    matches!(call.name.as_str(), "recv" | "recvfrom")
}

pub type Before = fn(&mut Notes, &mut Desk<'_>, &mut Call) -> Result<Option<Outcome>, NoAnswer>;
pub type After = fn(&mut Notes, &mut Desk<'_>, &Call, Outcome) -> Result<Outcome, NoAnswer>;

/// What a fault remembers of the calls before.
#[derive(Default)]
pub struct Notes {
    pub counts: BTreeMap<u64, u64>,
    pub values: BTreeMap<u64, Value>,
    pub one: Option<Value>,
    pub calls: u64,
    pub order: Vec<ObjectRef>,
}

pub struct Made {
    pub notes: Notes,
    pub before: Before,
    pub after: After,
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

pub fn before(change: Before) -> Box<dyn Wrong> {
    Box::new(Made { notes: Notes::default(), before: change, after: |_, _, _, outcome| Ok(outcome) })
}

pub fn after(change: After) -> Box<dyn Wrong> {
    Box::new(Made { notes: Notes::default(), before: |_, _, _| Ok(None), after: change })
}

pub const fn fault(id: &'static str, what: &'static str, wrong: fn() -> Box<dyn Wrong>) -> Fault {
    Fault { id, clauses: &["recv.data"], what, today: false, equivalent: None, wrong }
}
