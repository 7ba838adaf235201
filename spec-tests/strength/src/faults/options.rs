//! Faults in options, modes and shutdown.

use std::collections::BTreeMap;

use sockspec_subject::{Call, Outcome, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{
    Keep, args, args_mut, constants, instead, int, keeping, object, outcome, refuse, result, rewrite,
};
use crate::values::{digits, number, other_string, returned, string};

const GET: &[&str] = &["getsockopt"];
const SET: &[&str] = &["setsockopt"];
const HOW: &[&str] = &["shutdown"];

/// What the options were when they were asked for first.
#[derive(Default)]
struct StaleOptions(BTreeMap<(u64, i64, i64), Value>);

impl Keep for StaleOptions {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        Ok(match outcome {
            Outcome::Returned(value) if call.name == "getsockopt" && args(call).len() == 2 => {
                let key = (object(call), int(call, 0), int(call, 1));
                Outcome::Returned(self.0.entry(key).or_insert(value).clone())
            }
            other => other,
        })
    }
}

fn is_again(desk: &Desk<'_>, outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Raised(raised) if raised.args.first().and_then(Value::as_i64) == Some(desk.number("EAGAIN")))
}

fn how(args: &mut [Value], change: impl Fn(i64) -> i64) {
    if let Some(how) = args.first_mut() {
        *how = number(std::mem::replace(how, Value::None), change);
    }
}

/// Takes every call with one `how` for no call at all.
fn ignored(call: &Call, which: i64) -> Option<Outcome> {
    (args(call).first().and_then(Value::as_i64) == Some(which)).then(|| returned(Value::None))
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("getsockopt-zero", &["getsockopt.value"], "Every option is zero.", || {
        result(GET, |_, value| number(value, |_| 0))
    }),
    Fault::new(
        "getsockopt-stale",
        &["getsockopt.value"],
        "An option is what it was when it was asked for first.",
        keeping::<StaleOptions>,
    ),
    Fault::new("getsockopt-swapped", &["getsockopt.value"], "The option comes before the level.", || {
        rewrite(GET, |_, args| {
            if args.len() >= 2 {
                args.swap(0, 1);
            }
        })
    }),
    Fault::new(
        "getsockopt-raw",
        &["getsockopt.integer"],
        "Without a buffer length the option comes back raw.",
        || {
            rewrite(GET, |_, args| {
                if args.len() == 2 {
                    args.push(Value::int(4));
                }
            })
        },
    ),
    Fault::new("getsockopt-text", &["getsockopt.integer"], "The integer comes back as text.", || {
        result(GET, |_, value| digits(value))
    }),
    Fault::new(
        "getsockopt-length-ignored",
        &["getsockopt.buffer-string"],
        "With a buffer length an integer comes back, too.",
        || rewrite(GET, |_, args| args.truncate(2)),
    ),
    Fault::new("getsockopt-raw-text", &["getsockopt.buffer-bytes"], "The raw form is text.", || {
        result(GET, |_, value| other_string(value))
    })
    .today(),
    Fault::new(
        "getsockopt-raw-list",
        &["getsockopt.buffer-string"],
        "The raw form is a list of numbers.",
        || {
            result(GET, |_, value| match value {
                Value::Bytes(bytes) => Value::List(bytes.into_iter().map(Value::int).collect()),
                other => other,
            })
        },
    ),
    Fault::new(
        "getsockopt-raw-reversed",
        &["getsockopt.buffer-string", "getsockopt.value"],
        "The raw form has its bytes in the other order.",
        || result(GET, |_, value| string(value, |bytes| bytes.reverse())),
    ),
    Fault::new(
        "getsockopt-padded",
        &["getsockopt.buffer-maximum"],
        "The raw form is filled up beyond the buffer length.",
        || result(GET, |_, value| string(value, |bytes| bytes.resize(bytes.len() + 1, 0))),
    ),
    Fault::new(
        "getsockopt-whole",
        &["getsockopt.buffer-maximum"],
        "The raw form is as long as the option, whatever the buffer length.",
        || {
            rewrite(GET, |_, args| {
                if let Some(length) = args.get_mut(2) {
                    *length = number(length.clone(), |n| if (1..64).contains(&n) { 64 } else { n });
                }
            })
        },
    ),
    Fault::new(
        "getsockopt-names-text",
        &["getsockopt.names", "setsockopt.names"],
        "The names of options lead to none of the system's numbers.",
        || {
            constants(|table| {
                table
                    .iter_mut()
                    .filter(|(name, _)| name.starts_with("SO_"))
                    .for_each(|(_, value)| *value += 500);
            })
        },
    ),
    Fault::new("setsockopt-ignored", &["setsockopt.sets"], "setsockopt does nothing.", || {
        instead(SET, |_, _| Ok(Some(returned(Value::None))))
    }),
    Fault::new("setsockopt-swapped", &["setsockopt.sets"], "The option comes before the level.", || {
        rewrite(SET, |_, args| {
            if args.len() >= 2 {
                args.swap(0, 1);
            }
        })
    }),
    Fault::new(
        "setsockopt-level-ignored",
        &["setsockopt.sets"],
        "Every option is one of SOL_SOCKET.",
        || {
            rewrite(SET, |_, args| {
                if let Some(level) = args.first_mut() {
                    *level = number(level.clone(), |_| 1);
                }
            })
        },
    ),
    Fault::new("setsockopt-integer-refused", &["setsockopt.integer"], "An integer is refused.", || {
        refuse(SET, |args| matches!(args.get(2), Some(Value::Int(_))))
    }),
    Fault::new(
        "setsockopt-one",
        &["setsockopt.integer", "setsockopt.sets"],
        "Any integer but zero counts as one.",
        || {
            rewrite(SET, |_, args| {
                if let Some(value) = args.get_mut(2) {
                    *value = number(value.clone(), |n| i64::from(n != 0));
                }
            })
        },
    ),
    Fault::new("setsockopt-raw-refused", &["setsockopt.buffer-string"], "The raw form is refused.", || {
        refuse(SET, |args| matches!(args.get(2), Some(Value::Bytes(_) | Value::Str(_))))
    }),
    Fault::new(
        "setsockopt-raw-zeros",
        &["setsockopt.buffer-string"],
        "The raw form is taken for zeros.",
        || {
            rewrite(SET, |_, args| {
                if let Some(value) = args.get_mut(2) {
                    *value = string(value.clone(), |bytes| bytes.fill(0));
                }
            })
        },
    ),
    Fault::new(
        "setsockopt-raw-refused-today",
        &["setsockopt.buffer-bytes"],
        "The raw form is refused.",
        || refuse(SET, |args| matches!(args.get(2), Some(Value::Bytes(_)))),
    )
    .today(),
    Fault::new(
        "setblocking-zero-ignored",
        &["setblocking.zero", "module.non-blocking"],
        "setblocking with zero does nothing.",
        || instead(&["setblocking"], |_, call| Ok(ignored(call, 0))),
    ),
    Fault::new(
        "setblocking-nonzero-ignored",
        &["setblocking.nonzero"],
        "setblocking with anything but zero does nothing.",
        || {
            instead(&["setblocking"], |_, call| {
                let zero = args(call).first().and_then(Value::as_i64) == Some(0);
                Ok((!zero && args(call).len() == 1).then(|| returned(Value::None)))
            })
        },
    ),
    Fault::new(
        "setblocking-only-one",
        &["setblocking.nonzero"],
        "setblocking takes only 1 for blocking.",
        || {
            rewrite(&["setblocking"], |_, args| {
                if let Some(flag) = args.first_mut() {
                    *flag = number(flag.clone(), |n| i64::from(n == 1));
                }
            })
        },
    ),
    Fault::new(
        "setblocking-inverted",
        &["setblocking.zero", "setblocking.nonzero", "setblocking.recv-waits"],
        "setblocking means the contrary.",
        || {
            rewrite(&["setblocking"], |_, args| {
                if let Some(flag) = args.first_mut() {
                    *flag = number(flag.clone(), |n| i64::from(n == 0));
                }
            })
        },
    ),
    Fault::new(
        "initially-nonblocking",
        &["setblocking.initially-blocking", "setblocking.recv-waits"],
        "A socket starts in non-blocking mode.",
        || {
            outcome(&["socket"], |desk, _, outcome| {
                if let Outcome::Returned(Value::Object(made)) = &outcome {
                    desk.ask(&Call::method(made, "setblocking", vec![Value::int(0)]))?;
                }
                Ok(outcome)
            })
        },
    ),
    Fault::new(
        "nonblocking-recv-empty",
        &["setblocking.recv-raises"],
        "In non-blocking mode recv gives nothing instead of raising.",
        || {
            outcome(&["recv"], |desk, _, outcome| {
                Ok(if is_again(desk, &outcome) { returned(Value::bytes(*b"")) } else { outcome })
            })
        },
    ),
    Fault::new(
        "nonblocking-recv-class",
        &["setblocking.recv-raises"],
        "In non-blocking mode recv raises RuntimeError.",
        || {
            crate::tools::raising(&["recv"], |raised| {
                if raised.args.first().and_then(Value::as_i64) == Some(11) {
                    crate::values::renamed(raised, "RuntimeError");
                }
            })
        },
    ),
    Fault::new(
        "nonblocking-send-zero",
        &["setblocking.send-raises"],
        "In non-blocking mode send gives zero instead of raising.",
        || {
            outcome(&["send"], |desk, _, outcome| {
                Ok(if is_again(desk, &outcome) { returned(Value::int(0)) } else { outcome })
            })
        },
    ),
    Fault::new("blocking-recv-impatient", &["setblocking.recv-waits"], "recv never waits.", || {
        instead(&["recv"], |_, call| {
            if let Some(args) = args_mut(call).filter(|args| !args.is_empty()) {
                args.resize(2, Value::int(0));
                args[1] = number(args[1].clone(), |flags| flags | 0x40);
            }
            Ok(None)
        })
    }),
    Fault::new(
        "blocking-send-impatient",
        &["setblocking.send-waits", "sendall.all"],
        "send never waits.",
        || {
            instead(&["send", "sendall"], |_, call| {
                if let Some(args) = args_mut(call).filter(|args| args.len() == 1) {
                    args.push(Value::int(0x40));
                }
                Ok(None)
            })
        },
    ),
    Fault::new("shutdown-0-ignored", &["shutdown.receives"], "shutdown with 0 does nothing.", || {
        instead(HOW, |_, call| Ok(ignored(call, 0)))
    }),
    Fault::new("shutdown-1-ignored", &["shutdown.sends"], "shutdown with 1 does nothing.", || {
        instead(HOW, |_, call| Ok(ignored(call, 1)))
    }),
    Fault::new(
        "shutdown-2-ignored",
        &["shutdown.both-receives", "shutdown.both-sends"],
        "shutdown with 2 does nothing.",
        || instead(HOW, |_, call| Ok(ignored(call, 2))),
    ),
    Fault::new(
        "shutdown-2-sends-only",
        &["shutdown.both-receives"],
        "shutdown with 2 ends sending alone.",
        || rewrite(HOW, |_, args| how(args, |n| if n == 2 { 1 } else { n })),
    ),
    Fault::new(
        "shutdown-2-receives-only",
        &["shutdown.both-sends"],
        "shutdown with 2 ends receiving alone.",
        || rewrite(HOW, |_, args| how(args, |n| if n == 2 { 0 } else { n })),
    ),
    Fault::new(
        "shutdown-swapped",
        &["shutdown.receives", "shutdown.sends"],
        "shutdown with 0 and with 1 mean each other.",
        || rewrite(HOW, |_, args| how(args, |n| if n == 2 { 2 } else { 1 - n })),
    ),
    Fault::new("shutdown-always-both", &["shutdown.other-half"], "shutdown always ends both halves.", || {
        rewrite(HOW, |_, args| how(args, |n| if (0..2).contains(&n) { 2 } else { n }))
    }),
    Fault::new("shut-names-missing", &["shutdown.names"], "The three names are missing.", || {
        constants(|table| table.retain(|name, _| !name.starts_with("SHUT_")))
    })
    .today(),
    Fault::new("shut-names-from-one", &["shutdown.names"], "The three names count from one.", || {
        constants(|table| {
            table.iter_mut().filter(|(name, _)| name.starts_with("SHUT_")).for_each(|(_, value)| *value += 1);
        })
    })
    .today(),
];
