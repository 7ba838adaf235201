//! Faults in files made from sockets.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_subject::{Call, Outcome, Target, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, args, args_mut, instead, keeping, object, outcome, refuse, result, rewrite};
use crate::values::{items, returned, string};

/// Which file was made from which socket.
#[derive(Default)]
struct Files(BTreeMap<u64, Target>);

impl Files {
    fn note(&mut self, call: &Call, outcome: &Outcome) {
        if let ("makefile", Outcome::Returned(Value::Object(file))) = (call.name.as_str(), outcome) {
            self.0.insert(file.id.0, call.target.clone());
        }
    }

    /// The same method of the socket that a file was made from.
    fn socket(&self, call: &Call) -> Option<Call> {
        let target = self.0.get(&object(call))?.clone();
        Some(Call { target, name: call.name.clone(), action: call.action.clone() })
    }
}

/// A file that closes its socket when it is closed.
#[derive(Default)]
struct FileCloses(Files);

impl Keep for FileCloses {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.0.note(call, &outcome);
        if let Some(close) = self.0.socket(call).filter(|_| call.name == "close") {
            desk.ask(&close)?;
        }
        Ok(outcome)
    }
}

/// Files that are of no use once their socket is closed.
#[derive(Default)]
struct FileNeedsSocket(Files, BTreeSet<u64>);

impl Keep for FileNeedsSocket {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        if call.name == "close" && !self.0.0.contains_key(&object(call)) {
            self.1.insert(object(call));
        }
        let gone = self.0.0.get(&object(call)).is_some_and(|socket| match socket {
            Target::Object(socket) => self.1.contains(&socket.id.0),
            Target::Module => false,
        });
        Ok((gone && call.name != "close").then(|| desk.error("EBADF")))
    }

    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.0.note(call, &outcome);
        Ok(outcome)
    }
}

/// Files that send only when they are closed.
#[derive(Default)]
struct NeverFlushed(BTreeMap<u64, Vec<u8>>);

impl Keep for NeverFlushed {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        match call.name.as_str() {
            "write" => {
                let data = args(call).first().and_then(Value::as_bytes).unwrap_or_default();
                self.0.entry(object(call)).or_default().extend(data);
                Ok(Some(returned(Value::None)))
            }
            "flush" => Ok(Some(returned(Value::None))),
            "close" => {
                if let Some(kept) = self.0.remove(&object(call)) {
                    desk.method(call, "write", vec![Value::Bytes(kept)])?;
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

fn mode(call: &mut Call, change: fn(&str) -> &'static str) {
    if let Some(args) = args_mut(call) {
        let asked = args.first().map(|mode| crate::values::text(mode).to_owned()).unwrap_or_default();
        let mode = Value::str(change(&asked));
        if args.is_empty() { args.push(mode) } else { args[0] = mode }
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("makefile-socket", &["makefile.file-object"], "makefile gives the socket itself.", || {
        instead(&["makefile"], |_, call| {
            Ok(match &call.target {
                Target::Object(socket) => Some(returned(Value::Object(socket.clone()))),
                Target::Module => None,
            })
        })
    }),
    Fault::new("makefile-number", &["makefile.file-object"], "makefile gives a number.", || {
        result(&["makefile"], |_, _| Value::int(4))
    }),
    Fault::new(
        "makefile-read-only",
        &["makefile.file-object", "makefile.mode"],
        "Files cannot be written to.",
        || instead(&["write"], |desk, _| Ok(Some(desk.error("EBADF")))),
    ),
    Fault::new("makefile-missing", &["makefile.unix-only"], "Sockets have no makefile.", || {
        crate::tools::gone(&["makefile"])
    }),
    Fault::new(
        "makefile-closes-socket",
        &["makefile.file-closed-first", "makefile.collected-apart", "makefile.duplicate"],
        "Closing the file closes the socket.",
        keeping::<FileCloses>,
    ),
    Fault::new(
        "makefile-needs-socket",
        &["makefile.socket-closed-first", "makefile.collected-apart", "makefile.duplicate"],
        "The file is of no use once the socket is closed.",
        keeping::<FileNeedsSocket>,
    ),
    Fault::new(
        "makefile-mode-required",
        &["makefile.optional-arguments"],
        "The mode has to be given.",
        || refuse(&["makefile"], <[Value]>::is_empty),
    ),
    Fault::new(
        "makefile-size-required",
        &["makefile.optional-arguments"],
        "The buffer size has to be given with the mode.",
        || refuse(&["makefile"], |args| args.len() == 1),
    ),
    Fault::new(
        "makefile-mode-ignored",
        &["makefile.mode"],
        "Every file can be read and not written, whatever its mode.",
        || {
            instead(&["makefile"], |_, call| {
                mode(call, |_| "r");
                Ok(None)
            })
        },
    ),
    Fault::new(
        "makefile-mode-all",
        &["makefile.mode"],
        "Every file can be read and written, whatever its mode.",
        || {
            instead(&["makefile"], |_, call| {
                mode(call, |_| "r+");
                Ok(None)
            })
        },
    ),
    Fault::new(
        "makefile-default-write",
        &["makefile.mode", "makefile.optional-arguments"],
        "Without a mode a file is for writing.",
        || {
            instead(&["makefile"], |_, call| {
                if args(call).is_empty() {
                    mode(call, |_| "w");
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "makefile-unbuffered",
        &["makefile.buffer-size"],
        "Files have no buffer, whatever was said.",
        || {
            instead(&["makefile"], |_, call| {
                if let Some(args) = args_mut(call) {
                    if args.is_empty() {
                        args.push(Value::str("r"));
                    }
                    args.truncate(1);
                    args.push(Value::int(0));
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "makefile-never-unbuffered",
        &["makefile.buffer-size"],
        "Files keep everything until they are closed.",
        keeping::<NeverFlushed>,
    ),
    Fault::new("makefile-size-ignored", &["makefile.buffer-size"], "The buffer size is ignored.", || {
        rewrite(&["makefile"], |_, args| args.truncate(1))
    }),
    Fault::new("file-read-one-line", &["makefile.file-object"], "read stops at a newline.", || {
        instead(&["read"], |desk, call| desk.method(call, "readline", args(call).to_vec()).map(Some))
    }),
    Fault::new("file-line-stripped", &["makefile.file-object"], "readline strips the newline.", || {
        result(&["readline"], |_, value| string(value, |line| line.retain(|byte| *byte != b'\n')))
    }),
    Fault::new(
        "accepted-nonblocking",
        &["setblocking.initially-blocking", "accept.connected"],
        "The socket of accept starts in non-blocking mode.",
        || {
            outcome(&["accept"], |desk, _, outcome| {
                if let Outcome::Returned(value) = &outcome
                    && let Some(Value::Object(made)) = items(value).first()
                {
                    desk.ask(&Call::method(made, "setblocking", vec![Value::int(0)]))?;
                }
                Ok(outcome)
            })
        },
    ),
];
