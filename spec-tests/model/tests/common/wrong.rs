//! What wrong subjects are made of here, and a guard against their waiting.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses a part; helpers of tests fail by panicking"
)]

use std::time::Duration;

use super::common::{budget, check, shown};
use sockspec_laws::{Broken, Verdict};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_strength::{Fault, Faulty, NoAnswer};
use sockspec_subject::{Call, Description, ObjectRef, Outcome, Subject, Value};

/// The sound subject, but for a limit on how long its sockets wait, so that what a fault loses is missed soon.
pub struct Impatient(ReferenceSubject);

impl Impatient {
    pub fn new() -> Self {
        Self(ReferenceSubject::new())
    }

    fn hurry(&mut self, object: &ObjectRef) {
        // 500 ms as a struct timeval; SO_RCVTIMEO and SO_SNDTIMEO of Linux.
        let wait: Vec<u8> = [0_i64, 500_000].iter().flat_map(|part| part.to_ne_bytes()).collect();
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
pub const IMPATIENT: Duration = Duration::from_millis(1500);

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
    sockspec_strength::find(id).unwrap()
}

fn socket_in(value: &Value) -> Option<ObjectRef> {
    match value {
        Value::Object(object) => Some(object.clone()),
        Value::Tuple(items) => items.first().and_then(socket_in),
        _ => None,
    }
}
