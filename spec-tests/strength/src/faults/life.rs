//! Faults in the life of sockets: socket, fromfd, bind, listen, accept, connect, close, and what they tell of themselves.

use std::collections::BTreeMap;

use sockspec_subject::{Action, Call, Outcome, Target, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{
    Keep, args, args_mut, gone, instead, int, keeping, object, outcome, refuse, result, rewrite,
};
use crate::values::{at, items, number, returned};

const INET: i64 = 2;
const INET6: i64 = 10;

type Before = Result<Option<Outcome>, NoAnswer>;

/// The same socket each time.
#[derive(Default)]
struct OneSocket(Option<Value>);

impl Keep for OneSocket {
    fn before(&mut self, _: &mut Desk<'_>, call: &mut Call) -> Before {
        Ok(if call.name == "socket" && args(call).len() >= 2 {
            self.0.clone().map(Outcome::Returned)
        } else {
            None
        })
    }

    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome) {
            self.0 = Some(value.clone());
        }
        Ok(outcome)
    }
}

/// Objects made from a descriptor's number, each with the object that had it, whose descriptor they share.
#[derive(Default)]
struct SharedDescriptor {
    numbers: BTreeMap<i64, Target>,
    sharing: BTreeMap<u64, Target>,
}

impl Keep for SharedDescriptor {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        match (call.name.as_str(), &outcome) {
            ("fileno", Outcome::Returned(Value::Int(number))) => {
                self.numbers.insert(number.to_i64().unwrap_or(-1), call.target.clone());
            }
            ("fromfd", Outcome::Returned(Value::Object(made))) => {
                if let Some(owner) = self.numbers.get(&int(call, 0)) {
                    self.sharing.insert(made.id.0, owner.clone());
                    self.sharing.insert(crate::tools::target_id(owner), Target::Object(made.clone()));
                }
            }
            ("close", _) => {
                if let Some(target) = self.sharing.remove(&object(call)) {
                    desk.ask(&Call { target, name: call.name.clone(), action: call.action.clone() })?;
                }
            }
            _ => {}
        }
        Ok(outcome)
    }
}

fn refuse_made(place: usize, wanted: i64, call: &Call) -> bool {
    args(call).get(place).and_then(Value::as_i64) == Some(wanted)
}

/// Two arguments become one tuple.
fn joined(call: &mut Call) {
    if let Some(args) = args_mut(call).filter(|args| args.len() == 2) {
        *args = vec![Value::Tuple(std::mem::take(args))];
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "socket-always-same",
        &["socket.new"],
        "socket gives the same object every time.",
        keeping::<OneSocket>,
    ),
    Fault::new(
        "socket-type-first",
        &["socket.argument-order", "constants.families-for-socket"],
        "socket takes the type before the family.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.len() >= 2 {
                    args.swap(0, 1);
                }
            })
        },
    ),
    Fault::new(
        "socket-protocol-second",
        &["socket.argument-order"],
        "socket takes the protocol before the type.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.len() == 3 {
                    args.swap(1, 2);
                }
            })
        },
    ),
    Fault::new("socket-type-optional", &["socket.required-arguments"], "The type may be left out.", || {
        rewrite(&["socket"], |_, args| {
            if args.len() == 1 {
                args.push(Value::int(1));
            }
        })
    }),
    Fault::new(
        "socket-all-optional",
        &["socket.required-arguments"],
        "Without arguments socket makes one of IPv4 streams.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.is_empty() {
                    args.extend([Value::int(INET), Value::int(1)]);
                }
            })
        },
    ),
    Fault::new("socket-no-inet", &["socket.family-inet"], "No socket can be made for AF_INET.", || {
        instead(&["socket"], |desk, call| Ok(refuse_made(0, INET, call).then(|| desk.error("EAFNOSUPPORT"))))
    }),
    Fault::new(
        "socket-no-inet6",
        &["socket.family-inet6", "examples.dual-stack"],
        "No socket can be made for AF_INET6.",
        || {
            instead(&["socket"], |desk, call| {
                Ok(refuse_made(0, INET6, call).then(|| desk.error("EAFNOSUPPORT")))
            })
        },
    ),
    Fault::new(
        "socket-inet6-is-inet",
        &["socket.family-inet6"],
        "A socket for AF_INET6 is one for AF_INET.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.first().and_then(Value::as_i64) == Some(INET6) {
                    args[0] = Value::int(INET);
                }
            })
        },
    ),
    Fault::new("socket-no-unix", &["socket.family-unix"], "No socket can be made for AF_UNIX.", || {
        instead(&["socket"], |desk, call| Ok(refuse_made(0, 1, call).then(|| desk.error("EAFNOSUPPORT"))))
    }),
    Fault::new(
        "socket-stream-is-dgram",
        &["socket.type-stream"],
        "A stream socket is one for datagrams.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.get(1).and_then(Value::as_i64) == Some(1) {
                    args[1] = Value::int(2);
                }
            })
        },
    ),
    Fault::new(
        "socket-dgram-is-stream",
        &["socket.type-dgram"],
        "A datagram socket is one for streams.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.get(1).and_then(Value::as_i64) == Some(2) {
                    args[1] = Value::int(1);
                }
            })
        },
    ),
    Fault::new(
        "socket-no-seqpacket",
        &["socket.type-other"],
        "No socket can be made of SOCK_SEQPACKET or SOCK_RAW.",
        || {
            instead(&["socket"], |desk, call| {
                let other = args(call).get(1).and_then(Value::as_i64).is_some_and(|kind| kind > 2);
                Ok(other.then(|| desk.error("ESOCKTNOSUPPORT")))
            })
        },
    ),
    Fault::new(
        "socket-zero-protocol-one",
        &["socket.protocol-zero"],
        "Zero as protocol means number 1.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.get(2).and_then(Value::as_i64) == Some(0) {
                    args[2] = Value::int(1);
                }
            })
        },
    ),
    Fault::new(
        "socket-protocol-required",
        &["socket.protocol-omitted"],
        "The protocol has to be given.",
        || refuse(&["socket"], |args| args.len() == 2),
    ),
    Fault::new("socket-family-needed", &["socket.default-family"], "The family has to be given.", || {
        refuse(&["socket"], <[Value]>::is_empty)
    })
    .today(),
    Fault::new(
        "socket-default-unix",
        &["socket.default-family"],
        "Without a family the socket is of AF_UNIX.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.is_empty() {
                    args.push(Value::int(1));
                }
            })
        },
    )
    .today(),
    Fault::new(
        "socket-keyword-lost",
        &["socket.default-family"],
        "socket makes nothing of the argument named type.",
        || {
            instead(&["socket"], |_, call| {
                if let Action::Invoke { named, .. } = &mut call.action {
                    named.retain(|(name, _)| name != "type");
                }
                Ok(None)
            })
        },
    )
    .today(),
    Fault::new("socket-type-needed", &["socket.default-type"], "The type has to be given.", || {
        refuse(&["socket"], |args| args.len() < 2)
    })
    .today(),
    Fault::new(
        "socket-default-dgram",
        &["socket.default-type"],
        "Without a type the socket is of SOCK_DGRAM.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.is_empty() {
                    args.push(Value::int(INET));
                }
                if args.len() == 1 {
                    args.push(Value::int(2));
                }
            })
        },
    )
    .today(),
    Fault::new("fromfd-number", &["fromfd.result"], "fromfd gives the number back.", || {
        result(&["fromfd"], |call, _| args(call).first().cloned().unwrap_or(Value::None))
    }),
    Fault::new(
        "fromfd-family-ignored",
        &["fromfd.arguments"],
        "fromfd takes every descriptor for an IPv4 stream.",
        || {
            rewrite(&["fromfd"], |_, args| {
                if args.len() >= 3 {
                    args[1] = Value::int(INET);
                    args[2] = Value::int(1);
                }
            })
        },
    ),
    Fault::new(
        "fromfd-type-first",
        &["fromfd.arguments"],
        "fromfd takes the type before the family.",
        || {
            rewrite(&["fromfd"], |_, args| {
                if args.len() >= 3 {
                    args.swap(1, 2);
                }
            })
        },
    ),
    Fault::new(
        "fromfd-protocol-required",
        &["fromfd.arguments"],
        "fromfd has to be given a protocol.",
        || refuse(&["fromfd"], |args| args.len() == 3),
    ),
    Fault::new(
        "fromfd-missing",
        &["fromfd.unix-only"],
        "The module has no fromfd, though this is Unix.",
        || gone(&["fromfd"]),
    ),
    Fault::new(
        "fromfd-nothing-duplicated",
        &["fromfd.duplicate"],
        "A descriptor that is open nowhere makes a new socket.",
        || {
            instead(&["fromfd"], |desk, call| {
                if int(call, 0) >= 0 {
                    return Ok(None);
                }
                let made = args(call).iter().skip(1).cloned().collect();
                desk.function("socket", made).map(Some)
            })
        },
    )
    .today(),
    Fault::new(
        "fromfd-shared",
        &["fromfd.duplicate"],
        "The object uses the descriptor that was given.",
        keeping::<SharedDescriptor>,
    )
    .today(),
    Fault::new(
        "fromfd-checks",
        &["fromfd.unchecked"],
        "fromfd refuses a descriptor that is no socket.",
        || {
            outcome(&["fromfd"], |desk, call, outcome| {
                let Outcome::Returned(Value::Object(made)) = &outcome else { return Ok(outcome) };
                let _ = call;
                let option = vec![Value::int(1), Value::int(3)];
                Ok(match desk.ask(&Call::method(made, "getsockopt", option))? {
                    raised @ Outcome::Raised(_) => raised,
                    _ => outcome,
                })
            })
        },
    ),
    Fault::new(
        "fromfd-never-fails",
        &["fromfd.fails-later"],
        "What is tried on a descriptor that is no socket gives None.",
        || {
            outcome(&[], |desk, _, outcome| {
                let number = desk.number("ENOTSOCK");
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
    )
    .equivalent("the document says that it may fail: not failing is allowed"),
    Fault::new("bind-ignored", &["bind.binds"], "bind does nothing.", || {
        instead(&["bind"], |_, _| Ok(Some(returned(Value::None))))
    }),
    Fault::new("bind-wildcard", &["bind.binds"], "bind ignores the host of an IPv4 address.", || {
        crate::tools::address_in(&["bind"], INET, |address| at(address, 0, |_| Value::str("0.0.0.0")))
    }),
    Fault::new("bind-other-port", &["bind.binds"], "bind ignores the port.", || {
        crate::tools::address_in(&["bind"], 0, |address| at(address, 1, |port| number(port, |_| 0)))
    }),
    Fault::new("bind-twice", &["bind.not-bound-before"], "A second bind is ignored.", || {
        instead(&["bind"], |desk, call| {
            let name = desk.value(call, "getsockname", Vec::new())?;
            let bound = name
                .is_some_and(|name| items(&name).get(1).and_then(Value::as_i64).is_some_and(|port| port > 0));
            Ok(bound.then(|| returned(Value::None)))
        })
    }),
    Fault::new(
        "bind-two-arguments",
        &["bind.one-argument"],
        "bind takes host and port as two arguments.",
        || {
            instead(&["bind"], |_, call| {
                joined(call);
                Ok(None)
            })
        },
    ),
    Fault::new("listen-ignored", &["listen.listens"], "listen does nothing.", || {
        instead(&["listen"], |_, _| Ok(Some(returned(Value::None))))
    }),
    Fault::new(
        "listen-backlog-optional",
        &["listen.backlog-required"],
        "The backlog may be left out.",
        || {
            rewrite(&["listen"], |_, args| {
                if args.is_empty() {
                    args.push(Value::int(5));
                }
            })
        },
    ),
    Fault::new(
        "listen-backlog-ignored",
        &["listen.backlog-limit"],
        "The backlog is 128 whatever was said.",
        || {
            rewrite(&["listen"], |_, args| {
                if let Some(backlog) = args.first_mut() {
                    *backlog = number(backlog.clone(), |_| 128);
                }
            })
        },
    ),
    Fault::new(
        "listen-backlog-one-refused",
        &["listen.backlog-minimum"],
        "A backlog of 1 is refused.",
        || {
            instead(&["listen"], |desk, call| {
                Ok((args(call).first().and_then(Value::as_i64) == Some(1)).then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new("listen-backlog-needed", &["listen.backlog-optional"], "The backlog has to be given.", || {
        refuse(&["listen"], <[Value]>::is_empty)
    })
    .today(),
    Fault::new(
        "listen-negative-refused",
        &["listen.backlog-negative"],
        "A negative backlog is refused.",
        || {
            instead(&["listen"], |desk, call| {
                Ok(args(call)
                    .first()
                    .and_then(Value::as_i64)
                    .is_some_and(|n| n < 0)
                    .then(|| desk.error("EINVAL")))
            })
        },
    )
    .today(),
    Fault::new(
        "listen-negative-is-largest",
        &["listen.backlog-negative"],
        "A negative backlog is the largest one.",
        || {
            rewrite(&["listen"], |_, args| {
                if args.first().and_then(Value::as_i64).is_some_and(|n| n < 0) {
                    args[0] = Value::int(128);
                }
            })
        },
    )
    .today(),
];
