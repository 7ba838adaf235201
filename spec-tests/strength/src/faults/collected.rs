//! Faults in what becomes of objects that nobody refers to any longer.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_subject::{Action, Call, Outcome, Target, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, keeping, object};
use crate::values::{items, returned};

type Before = Result<Option<Outcome>, NoAnswer>;

/// The objects of one kind, and which of them are files.
#[derive(Default)]
struct Kinds {
    /// Files, each with the socket that it was made from.
    files: BTreeMap<u64, Target>,
    /// What accept made.
    accepted: BTreeSet<u64>,
}

impl Kinds {
    fn note(&mut self, call: &Call, outcome: &Outcome) {
        match (call.name.as_str(), outcome) {
            ("makefile", Outcome::Returned(Value::Object(file))) => {
                self.files.insert(file.id.0, call.target.clone());
            }
            ("accept", Outcome::Returned(value)) => {
                if let Some(Value::Object(made)) = items(value).first() {
                    self.accepted.insert(made.id.0);
                }
            }
            _ => {}
        }
    }
}

/// What happens to an object that is to be forgotten.
trait Forgetting: Default + Send {
    fn forgotten(kinds: &Kinds, desk: &mut Desk<'_>, call: &Call) -> Before;
}

#[derive(Default)]
struct On<F>(Kinds, F);

impl<F: Forgetting> Keep for On<F> {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Before {
        if call.action == Action::Forget { F::forgotten(&self.0, desk, call) } else { Ok(None) }
    }

    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.0.note(call, &outcome);
        Ok(outcome)
    }
}

/// It stays as it is, where that is so.
#[allow(clippy::unnecessary_wraps, reason = "what `forgotten` returns")]
fn kept(stays: bool) -> Before {
    Ok(stays.then(|| returned(Value::None)))
}

#[derive(Default)]
struct SocketsStay;

impl Forgetting for SocketsStay {
    fn forgotten(kinds: &Kinds, _: &mut Desk<'_>, call: &Call) -> Before {
        kept(!kinds.files.contains_key(&object(call)))
    }
}

#[derive(Default)]
struct AcceptedStay;

impl Forgetting for AcceptedStay {
    fn forgotten(kinds: &Kinds, _: &mut Desk<'_>, call: &Call) -> Before {
        kept(kinds.accepted.contains(&object(call)))
    }
}

#[derive(Default)]
struct FilesStay;

impl Forgetting for FilesStay {
    fn forgotten(kinds: &Kinds, _: &mut Desk<'_>, call: &Call) -> Before {
        kept(kinds.files.contains_key(&object(call)))
    }
}

/// A linger of zero turns the close into a reset: `SOL_SOCKET` and `SO_LINGER` are 1 and 13.
#[derive(Default)]
struct Resets;

impl Forgetting for Resets {
    fn forgotten(kinds: &Kinds, desk: &mut Desk<'_>, call: &Call) -> Before {
        if !kinds.files.contains_key(&object(call)) {
            let linger = Value::bytes([1, 0, 0, 0, 0, 0, 0, 0]);
            desk.method(call, "setsockopt", vec![Value::int(1), Value::int(13), linger])?;
        }
        Ok(None)
    }
}

#[derive(Default)]
struct SocketTakesFiles;

impl Forgetting for SocketTakesFiles {
    fn forgotten(kinds: &Kinds, desk: &mut Desk<'_>, call: &Call) -> Before {
        if kinds.files.values().any(|socket| *socket == call.target) {
            desk.method(call, "shutdown", vec![Value::int(2)])?;
        }
        Ok(None)
    }
}

#[derive(Default)]
struct FileTakesSocket;

impl Forgetting for FileTakesSocket {
    fn forgotten(kinds: &Kinds, desk: &mut Desk<'_>, call: &Call) -> Before {
        if let Some(Target::Object(socket)) = kinds.files.get(&object(call)) {
            desk.ask(&Call::method(socket, "close", Vec::new()))?;
        }
        Ok(None)
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "collected-socket-stays-open",
        &["close.garbage-collected"],
        "A socket that nobody refers to any longer stays open.",
        keeping::<On<SocketsStay>>,
    ),
    Fault::new(
        "collected-accepted-stays-open",
        &["close.garbage-collected"],
        "A socket of accept that nobody refers to any longer stays open.",
        keeping::<On<AcceptedStay>>,
    ),
    Fault::new(
        "collected-file-stays-open",
        &["close.garbage-collected"],
        "A file that nobody refers to any longer keeps the connection open.",
        keeping::<On<FilesStay>>,
    ),
    Fault::new(
        "collected-socket-resets",
        &["close.garbage-collected", "close.queued-data-flushed"],
        "A socket that nobody refers to any longer resets its connection.",
        keeping::<On<Resets>>,
    ),
    Fault::new(
        "collected-socket-takes-files",
        &["makefile.collected-apart"],
        "A socket that is collected ends the connection that a file still has.",
        keeping::<On<SocketTakesFiles>>,
    ),
    Fault::new(
        "collected-file-takes-socket",
        &["makefile.collected-apart"],
        "A file that is collected closes the socket that it was made from.",
        keeping::<On<FileTakesSocket>>,
    ),
];
