//! How strong the suite is: built-in wrong subjects, and which cases find each of them out.
//!
//! A [`Fault`] is the reference with one documented behaviour wrong. The faults are written from the clauses, not from
//! the cases. [`measure`] runs the cases on every fault and compares their verdicts with those on the sound subject:
//! a case that departs on the fault and does not on the sound subject *kills* the fault.
//!
//! Faults in what only today's document says stand on [`Today`], the reference with today's changes.
//!
//! ```
//! use sockspec_subject::{Call, Outcome, Subject, Value};
//!
//! // `inet_ntoa`'s last number is always zero.
//! let mut wrong = sockspec_strength::subject("faulty:ntoa-last-lost").ok_or("there is no such fault")?;
//! let outcome = wrong.call(&Call::function("inet_ntoa", [Value::bytes([127_u8, 0, 0, 1])]))?;
//! assert_eq!(outcome, Outcome::Returned(Value::str("127.0.0.0")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fault;
mod faults;
mod judge;
mod measure;
mod notes;
mod report;
mod today;
mod tools;
mod values;

pub use fault::{Desk, Fault, Faulty, Made, NoAnswer, Wrong};
pub use faults::{all, find, unbreakable};
pub use measure::{Progress, Reach, Setup, StrengthError, measure};
pub use report::{ClauseKills, Found, Idle, Judges, Kills, Report, Score, Survivor};
pub use today::Today;

use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Edition, Subject};

/// The name of the sound subject of today's edition.
pub const TODAY: &str = "today";
/// What the name of a wrong subject starts with; the fault's id follows.
pub const PREFIX: &str = "faulty:";

/// The in-process subjects of this crate: `today`, and `faulty:` with a fault's id. `None` for any other name.
pub fn subject(name: &str) -> Option<Box<dyn Subject>> {
    if name == TODAY {
        return Some(sound(Edition::V3));
    }
    let fault = find(name.strip_prefix(PREFIX)?)?;
    Some(Box::new(Faulty::new(fault, sound(fault.edition()))))
}

/// The subject that a fault of this edition is built on.
fn sound(edition: Edition) -> Box<dyn Subject> {
    match edition {
        Edition::V2_2 => Box::new(ReferenceSubject::new()),
        Edition::V3 => Box::new(Today::new(ReferenceSubject::new())),
    }
}
