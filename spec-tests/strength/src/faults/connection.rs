//! Faults in connecting and closing, and in what sockets tell of themselves.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_subject::{Call, Outcome, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, args, args_mut, instead, keeping, object, outcome, result};
use crate::values::{at, number, other_sequence, returned};

const INET: i64 = 2;
const INET6: i64 = 10;

type Before = Result<Option<Outcome>, NoAnswer>;

/// What the own address was when it was asked for first.
#[derive(Default)]
struct StaleName(BTreeMap<u64, Value>);

impl Keep for StaleName {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        if call.name == "connect" || call.name == "bind" {
            if let Some(name) = self.0.get(&object(call)).cloned() {
                // It was asked for before, and stays what it was.
                self.0.insert(object(call), name);
            }
        } else if call.name == "getsockname" {
            let _ = desk;
            if let Outcome::Returned(value) = outcome {
                return Ok(Outcome::Returned(self.0.entry(object(call)).or_insert(value).clone()));
            }
        }
        Ok(outcome)
    }
}

/// Closed as far as the object goes, while something else keeps the connection.
#[derive(Default)]
struct HalfClosed;

impl Keep for HalfClosed {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Before {
        if call.name == "close" && desk.family(call) != 0 {
            let made = desk.made(call);
            if let Some(number) = desk.value(call, "fileno", Vec::new())? {
                desk.function("fromfd", vec![number, Value::int(made.family), Value::int(made.socktype)])?;
            }
        }
        Ok(None)
    }
}

/// Sockets on which an operation failed; closing them does nothing.
#[derive(Default)]
struct FailedStayOpen(BTreeSet<u64>);

impl FailedStayOpen {
    fn note(&mut self, call: &Call, outcome: &Outcome, names: &[&str]) {
        if names.contains(&call.name.as_str()) && matches!(outcome, Outcome::Raised(_)) {
            self.0.insert(object(call));
        }
    }
}

impl Keep for FailedStayOpen {
    fn before(&mut self, _: &mut Desk<'_>, call: &mut Call) -> Before {
        Ok((call.name == "close" && self.0.contains(&object(call))).then(|| returned(Value::None)))
    }

    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.note(call, &outcome, &["bind", "listen", "connect", "connect_ex"]);
        Ok(outcome)
    }
}

/// What is closed, for those who answer for it all the same.
#[derive(Default)]
struct Undead(BTreeMap<u64, Value>);

impl Keep for Undead {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Before {
        if call.name == "close" && desk.family(call) != 0 {
            if let Some(name) = desk.value(call, "getsockname", Vec::new())? {
                self.0.insert(object(call), name);
            }
            return Ok(None);
        }
        Ok(if call.name == "getsockname" {
            self.0.get(&object(call)).cloned().map(Outcome::Returned)
        } else {
            None
        })
    }
}

/// The file made from a socket goes when the socket goes.
#[derive(Default)]
struct FilesGoAlong(BTreeMap<u64, Vec<Value>>);

impl Keep for FilesGoAlong {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        match (call.name.as_str(), &outcome) {
            ("makefile", Outcome::Returned(file)) => {
                self.0.entry(object(call)).or_default().push(file.clone());
            }
            ("close", _) => {
                for file in self.0.remove(&object(call)).unwrap_or_default() {
                    if let Value::Object(file) = file {
                        desk.ask(&Call::method(&file, "close", Vec::new()))?;
                    }
                }
            }
            _ => {}
        }
        Ok(outcome)
    }
}

/// Two arguments become one tuple.
fn joined(call: &mut Call) {
    if let Some(args) = args_mut(call).filter(|args| args.len() == 2) {
        *args = vec![Value::Tuple(std::mem::take(args))];
    }
}

fn zero_port(desk: &mut Desk<'_>, call: &Call, outcome: Outcome, family: i64) -> Outcome {
    match outcome {
        Outcome::Returned(value) if desk.family(call) == family => {
            Outcome::Returned(at(value, 1, |_| Value::int(0)))
        }
        other => other,
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("connect-ignored", &["connect.connects"], "connect does nothing.", || {
        instead(&["connect"], |_, _| Ok(Some(returned(Value::None))))
    }),
    Fault::new(
        "connect-two-arguments",
        &["connect.one-argument"],
        "connect takes host and port as two arguments.",
        || {
            instead(&["connect"], |_, call| {
                joined(call);
                Ok(None)
            })
        },
    ),
    Fault::new(
        "connect-ex-ignored",
        &["connect_ex.like-connect"],
        "connect_ex does nothing, and gives zero.",
        || instead(&["connect_ex"], |_, _| Ok(Some(returned(Value::int(0))))),
    ),
    Fault::new(
        "connect-ex-two-arguments",
        &["connect_ex.like-connect"],
        "connect_ex takes host and port as two arguments.",
        || {
            instead(&["connect_ex"], |_, call| {
                joined(call);
                Ok(None)
            })
        },
    ),
    Fault::new(
        "connect-ex-raises",
        &["connect_ex.no-exception"],
        "connect_ex raises as connect does.",
        || {
            instead(&["connect_ex"], |desk, call| {
                let all = args(call).to_vec();
                let outcome = desk.method(call, "connect", all)?;
                Ok(Some(match outcome {
                    Outcome::Returned(_) => returned(Value::int(0)),
                    other => other,
                }))
            })
        },
    ),
    Fault::new("connect-ex-none", &["connect_ex.zero"], "Success of connect_ex is None.", || {
        result(&["connect_ex"], |_, value| if value.as_i64() == Some(0) { Value::None } else { value })
    }),
    Fault::new("connect-ex-true", &["connect_ex.zero"], "Success of connect_ex is True.", || {
        result(&["connect_ex"], |_, value| if value.as_i64() == Some(0) { Value::Bool(true) } else { value })
    }),
    Fault::new("connect-ex-minus-one", &["connect_ex.errno"], "Failure of connect_ex is always -1.", || {
        result(&["connect_ex"], |_, value| number(value, |n| if n == 0 { 0 } else { -1 }))
    }),
    Fault::new(
        "connect-ex-negative",
        &["connect_ex.errno"],
        "Failure of connect_ex is the negative number.",
        || result(&["connect_ex"], |_, value| number(value, |n| -n)),
    ),
    Fault::new(
        "connect-ex-always-refused",
        &["connect_ex.errno"],
        "Failure of connect_ex is always ECONNREFUSED.",
        || {
            outcome(&["connect_ex"], |desk, _, outcome| {
                let refused = desk.number("ECONNREFUSED");
                Ok(match outcome {
                    Outcome::Returned(value) => {
                        Outcome::Returned(number(value, |n| if n == 0 { 0 } else { refused }))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "connect-ex-success-for-unknown",
        &["connect_ex.other-problems"],
        "For a host that is not known connect_ex gives zero.",
        || {
            outcome(&["connect_ex"], |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("gaierror") || raised.is("herror") => {
                        returned(Value::int(0))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "close-ignored",
        &["close.later-operations-fail", "close.no-more-data"],
        "close does nothing.",
        || instead(&["close"], |desk, call| Ok((desk.family(call) != 0).then(|| returned(Value::None)))),
    ),
    Fault::new(
        "close-keeps-name",
        &["close.later-operations-fail"],
        "A closed socket still tells its address.",
        keeping::<Undead>,
    ),
    Fault::new(
        "close-later-value-error",
        &["close.later-operations-fail"],
        "What is tried on a closed socket gives None.",
        || {
            outcome(&[], |desk, _, outcome| {
                let number = desk.number("EBADF");
                Ok(match outcome {
                    Outcome::Raised(raised)
                        if raised.args.first().and_then(Value::as_i64) == Some(number) =>
                    {
                        returned(Value::None)
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "close-keeps-connection",
        &["close.no-more-data"],
        "close leaves the connection open.",
        keeping::<HalfClosed>,
    ),
    Fault::new(
        "close-resets",
        &["close.queued-data-flushed"],
        "close throws away what was waiting to go out.",
        || {
            instead(&["close"], |desk, call| {
                if desk.family(call) != 0 {
                    let linger = [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat();
                    desk.method(
                        call,
                        "setsockopt",
                        vec![Value::int(1), Value::int(13), Value::Bytes(linger)],
                    )?;
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "close-takes-files-along",
        &["close.after-files", "makefile.socket-closed-first"],
        "close closes the files made from the socket, too.",
        keeping::<FilesGoAlong>,
    )
    .today(),
    Fault::new(
        "close-after-failure-ignored",
        &["examples.server-failure-closed", "examples.client-failure-closed"],
        "close does nothing on a socket on which something failed.",
        keeping::<FailedStayOpen>,
    ),
    Fault::new("fileno-text", &["fileno.integer"], "fileno gives text.", || {
        result(&["fileno"], |_, value| crate::values::digits(value))
    }),
    Fault::new(
        "fileno-large",
        &["fileno.integer", "fileno.select"],
        "fileno gives a number that no descriptor has.",
        || result(&["fileno"], |_, value| number(value, |n| n + 1_000_000)),
    ),
    Fault::new(
        "fileno-other",
        &["fileno.descriptor"],
        "fileno gives the number after the descriptor's.",
        || result(&["fileno"], |_, value| number(value, |n| n + 1)),
    ),
    Fault::new("fileno-fixed", &["fileno.descriptor"], "fileno gives the number of standard output.", || {
        result(&["fileno"], |_, _| Value::int(1))
    }),
    Fault::new("fileno-negative", &["fileno.select"], "fileno gives a negative number.", || {
        result(&["fileno"], |_, value| number(value, |n| -n))
    }),
    Fault::new("fileno-closed-raises", &["fileno.closed"], "fileno raises on a closed socket.", || {
        outcome(&["fileno"], |desk, _, outcome| {
            Ok(if outcome == returned(Value::int(-1)) { desk.error("EBADF") } else { outcome })
        })
    })
    .today(),
    Fault::new("peername-own", &["getpeername.result"], "getpeername gives the own address.", || {
        instead(&["getpeername"], |desk, call| desk.method(call, "getsockname", Vec::new()).map(Some))
    }),
    Fault::new("peername-port-zero", &["getpeername.inet-port"], "The peer's port is zero for IPv4.", || {
        outcome(&["getpeername"], |desk, call, outcome| Ok(zero_port(desk, call, outcome, INET)))
    }),
    Fault::new(
        "peername-port6-zero",
        &["getpeername.inet6-port"],
        "The peer's port is zero for IPv6.",
        || outcome(&["getpeername"], |desk, call, outcome| Ok(zero_port(desk, call, outcome, INET6))),
    ),
    Fault::new(
        "peername-unconnected-none",
        &["getpeername.result", "errors.raised"],
        "getpeername of a socket without peer gives None.",
        || {
            outcome(&["getpeername"], |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => returned(Value::None),
                    other => other,
                })
            })
        },
    ),
    Fault::new("peername-list", &["getpeername.address-format"], "getpeername gives a list.", || {
        result(&["getpeername"], |_, value| other_sequence(value))
    }),
    Fault::new(
        "sockname-peer",
        &["getsockname.result"],
        "getsockname gives the peer's address where there is a peer.",
        || {
            instead(&["getsockname"], |desk, call| {
                Ok(desk.value(call, "getpeername", Vec::new())?.map(Outcome::Returned))
            })
        },
    ),
    Fault::new(
        "sockname-stale",
        &["getsockname.result", "getsockname.inet-port"],
        "getsockname repeats what it said first.",
        keeping::<StaleName>,
    ),
    Fault::new("sockname-port-zero", &["getsockname.inet-port"], "The own port is zero for IPv4.", || {
        outcome(&["getsockname"], |desk, call, outcome| Ok(zero_port(desk, call, outcome, INET)))
    }),
    Fault::new("sockname-port6-zero", &["getsockname.inet6-port"], "The own port is zero for IPv6.", || {
        outcome(&["getsockname"], |desk, call, outcome| Ok(zero_port(desk, call, outcome, INET6)))
    }),
    Fault::new("sockname-list", &["getsockname.address-format"], "getsockname gives a list.", || {
        result(&["getsockname"], |_, value| other_sequence(value))
    }),
];
