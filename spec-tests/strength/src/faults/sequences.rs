//! Faults that show only over several calls, or only among several sockets: state that is lost, goes stale, or leaks.

use sockspec_subject::{Action, Call, Outcome, Target, Value};

use crate::Fault;
use crate::notes::{
    DONTWAIT, Made, Notes, PEEK, after, argument, before, bytes, data, flags, is_recv, peeks, replace,
    socket_in, target,
};
use crate::values::string;

/// Faults that no single call shows.
pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "byte-lost-after-64k",
        &["recv.data", "send.sends"],
        "One byte is lost after 64 KiB over one socket, where they came in three calls or more.",
        || {
            after(|notes, _, call, outcome| {
                if !is_recv(call) || peeks(call) {
                    return Ok(outcome);
                }
                let got = data(&outcome).map_or(0, |data| data.len() as u64);
                let so_far = notes.counts.entry(target(call)).or_default();
                let crosses = *so_far < 65_536 && *so_far + got >= 65_536;
                *so_far += got;
let calls = notes.more.entry(target(call)).or_default();
*calls += 1;
Ok(if crosses && *calls >= 3 { bytes(outcome, |data| data.truncate(data.len() - 1)) } else { outcome })
            })
        },
    )
    .beyond(),
    Fault::new("peek-consumes", &["recv.flags"], "MSG_PEEK takes the data away.", || {
        before(|_, _, call| {
            if is_recv(call) && peeks(call) {
                let without = flags(call) & !PEEK;
                replace(call, 1, |_| Value::int(without));
            }
            Ok(None)
        })
    })
    .by_all(),
    Fault::new("peek-remembered", &["recv.flags"], "A second peek shows what the first did.", || {
        after(|notes, _, call, outcome| {
            if !is_recv(call) || !peeks(call) {
                return Ok(outcome);
            }
            let Some(seen) = data(&outcome) else { return Ok(outcome) };
            let first = notes.values.entry(target(call)).or_insert(Value::Bytes(seen.clone())).clone();
            Ok(bytes(outcome, |data| *data = first.as_bytes().unwrap_or_default().to_vec()))
        })
    })
    .by_all(),
    Fault::new(
        "sender-of-another",
        &["recvfrom.sender"],
        "recvfrom gives the sender that any socket heard before.",
        || {
            after(|notes, _, call, outcome| {
                if call.name != "recvfrom" {
                    return Ok(outcome);
                }
                let Outcome::Returned(Value::Tuple(mut items)) = outcome else { return Ok(outcome) };
                let other = notes.one.replace(items[1].clone());
                items[1] = other.unwrap_or_else(|| items[1].clone());
                Ok(Outcome::Returned(Value::Tuple(items)))
            })
        },
    )
    .by_all(),
    Fault::new("peer-name-stale", &["getpeername.result"], "getpeername keeps its first answer.", || {
        after(|notes, _, call, outcome| match outcome {
            Outcome::Returned(value) if call.name == "getpeername" => {
                Ok(Outcome::Returned(notes.values.entry(target(call)).or_insert(value).clone()))
            }
            other => Ok(other),
        })
    })
    .beyond(),
    Fault::new(
        "peer-name-leaks",
        &["getpeername.result", "socket.new"],
        "A socket that was closed leaves its peer's name to the next.",
        || {
            Box::new(Made {
                notes: Notes::default(),
                before: |notes, desk, call| {
                    if call.name == "close"
                        && let Some(name) = desk.value(call, "getpeername", Vec::new())?
                    {
                        notes.one = Some(name);
                    }
                    Ok(None)
                },
                after: |notes, _, call, outcome| {
                    if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                        && let (Some(object), Some(name)) = (socket_in(value), notes.one.take())
                    {
                        notes.values.insert(object.id.0, name);
                    }
                    let stale = notes.values.get(&target(call)).cloned();
                    Ok(match (call.name.as_str(), outcome) {
                        ("getpeername", Outcome::Raised(raised)) => {
                            stale.map_or(Outcome::Raised(raised), Outcome::Returned)
                        }
                        (_, outcome) => outcome,
                    })
                },
            })
        },
    )
    .beyond(),
    Fault::new(
        "option-leaks",
        &["setsockopt.sets", "socket.new"],
        "An option outlives its socket and is the next one's.",
        || {
            Box::new(Made {
                notes: Notes::default(),
                before: |notes, _, call| {
                    if call.name == "setsockopt" {
                        let (option, value) = (argument(call, 1), argument(call, 2));
                        if option.as_i64() == Some(9) && value.as_i64() == Some(1) {
                            notes.values.insert(target(call), Value::int(1));
                        }
                    }
                    if call.name == "close" && notes.values.remove(&target(call)).is_some() {
                        notes.one = Some(Value::int(1));
                    }
                    Ok(None)
                },
                after: |notes, _, call, outcome| {
                    if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                        && let (Some(object), Some(_)) = (socket_in(value), notes.one.take())
                    {
                        notes.counts.insert(object.id.0, 1);
                    }
                    if call.name == "getsockopt"
                        && notes.counts.contains_key(&target(call))
                        && argument(call, 1).as_i64() == Some(9)
                    {
                        return Ok(Outcome::Returned(Value::int(1)));
                    }
                    Ok(outcome)
                },
            })
        },
    )
    .beyond(),
    Fault::new("datagrams-joined", &["recv.data"], "Two datagrams that wait come as one.", || {
        after(|_, desk, call, outcome| {
            if call.name != "recv" || peeks(call) || desk.made(call).socktype != 2 {
                return Ok(outcome);
            }
            let more = desk.method(call, "recv", vec![Value::int(65_536), Value::int(DONTWAIT)])?;
            let more = data(&more).unwrap_or_default();
            Ok(bytes(outcome, |data| data.extend(more)))
        })
    })
    .by_all(),
    Fault::new("datagram-rest-kept", &["recv.data"], "What did not fit of a datagram comes next.", || {
        Box::new(Made {
            notes: Notes::default(),
            before: |notes, desk, call| {
                if call.name != "recv" || flags(call) != 0 || desk.made(call).socktype != 2 {
                    return Ok(None);
                }
                let size = usize::try_from(argument(call, 0).as_i64().unwrap_or(0)).unwrap_or(0);
                let mut whole = match notes.values.remove(&target(call)) {
                    Some(rest) => rest.as_bytes().unwrap_or_default().to_vec(),
                    None => match desk.method(call, "recv", vec![Value::int(65_536)])? {
                        Outcome::Returned(value) => value.as_bytes().unwrap_or_default().to_vec(),
                        other => return Ok(Some(other)),
                    },
                };
                let rest = whole.split_off(size.min(whole.len()));
                if !rest.is_empty() {
                    notes.values.insert(target(call), Value::Bytes(rest));
                }
                Ok(Some(Outcome::Returned(Value::Bytes(whole))))
            },
            after: |_, _, _, outcome| Ok(outcome),
        })
    })
    .by_all(),
    Fault::new("backlog-ignored", &["listen.backlog-limit"], "listen takes every backlog for 128.", || {
        before(|_, _, call| {
            if call.name == "listen" {
                replace(call, 0, |_| Value::int(128));
            }
            Ok(None)
        })
    })
    .by_all(),
    Fault::new("backlog-always-one", &["listen.backlog-limit"], "listen takes every backlog for 1.", || {
        before(|_, _, call| {
            if call.name == "listen" {
                replace(call, 0, |_| Value::int(0));
            }
            Ok(None)
        })
    })
    .by_all(),
    Fault::new(
        "close-closes-the-neighbour",
        &["close.later-operations-fail", "socket.new"],
        "close closes the socket that was made before, too.",
        || {
            after(|notes, desk, call, outcome| {
                if call.name == "close" {
                    let at = notes.order.iter().position(|object| object.id.0 == target(call));
                    if let Some(other) = at.and_then(|at| at.checked_sub(1)).map(|at| notes.order[at].clone())
                    {
                        desk.ask(&Call::method(&other, "close", Vec::new()))?;
                    }
                }
                Ok(outcome)
            })
        },
    )
    .by_all(),
    Fault::new(
        "mode-handed-on",
        &["setblocking.initially-blocking"],
        "A socket made after one that does not wait does not wait either.",
        || {
            Box::new(Made {
                notes: Notes::default(),
                before: |notes, _, call| {
                    if call.name == "setblocking" {
                        notes.one = (argument(call, 0).as_i64() == Some(0)).then_some(Value::None);
                    }
                    Ok(None)
                },
                after: |notes, desk, call, outcome| {
                    if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                        && let (Some(object), Some(_)) = (socket_in(value), &notes.one)
                    {
                        desk.ask(&Call::method(&object, "setblocking", vec![Value::int(0)]))?;
                    }
                    Ok(outcome)
                },
            })
        },
    )
    .by_all(),
    Fault::new(
        "mode-of-the-accepted",
        &["setblocking.initially-blocking", "accept.new-socket"],
        "What a listener accepts never waits.",
        || {
            after(|_, desk, call, outcome| {
                if let ("accept", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                    && let Some(object) = socket_in(value)
                {
                    desk.ask(&Call::method(&object, "setblocking", vec![Value::int(0)]))?;
                }
                Ok(outcome)
            })
        },
    )
    .by_all(),
    Fault::new(
        "accepted-crossed",
        &["accept.new-socket", "accept.connected"],
        "Of two sockets that a listener accepted each reads the other's data.",
        || {
            Box::new(Made {
                notes: Notes::default(),
                before: |notes, _, call| {
                    let id = target(call);
                    if is_recv(call)
                        && let Some(Value::Object(other)) = notes.values.get(&id)
                    {
                        call.target = Target::Object(other.clone());
                    }
                    Ok(None)
                },
                after: |notes, _, call, outcome| {
                    if let ("accept", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                        && let Some(object) = socket_in(value)
                    {
                        match notes.one.take() {
                            Some(Value::Object(first)) => {
                                notes.values.insert(first.id.0, Value::Object(object.clone()));
                                notes.values.insert(object.id.0, Value::Object(first));
                            }
                            _ => notes.one = Some(Value::Object(object)),
                        }
                    }
                    Ok(outcome)
                },
            })
        },
    )
    .by_all(),
    Fault::new(
        "end-told-once",
        &["recv.end-of-data"],
        "The end of the data is told once; then there is nothing yet.",
        || {
            after(|notes, desk, call, outcome| {
                let ended = is_recv(call)
                    && desk.made(call).socktype == 1
                    && data(&outcome).is_some_and(|data| data.is_empty())
                    && !matches!(&call.action, Action::Invoke { args, .. } if args[0].as_i64() == Some(0));
                if !ended {
                    return Ok(outcome);
                }
                let count = notes.counts.entry(target(call)).or_default();
                *count += 1;
                Ok(if *count > 1 { desk.error("EAGAIN") } else { outcome })
            })
        },
    )
    .by_all(),
    Fault::new(
        "sendall-stops-early",
        &["sendall.all"],
        "sendall sends the first 16 KiB and no more.",
        || {
            before(|_, _, call| {
                if call.name == "sendall" {
                    replace(call, 0, |data| string(data, |data| data.truncate(16_384)));
                }
                Ok(None)
            })
        },
    )
    .by_all(),
    Fault::new(
        "large-sends-swapped",
        &["send.sends", "sendall.all"],
        "Of what is sent in more than 4 KiB the halves change places.",
        || {
            before(|_, _, call| {
                if matches!(call.name.as_str(), "send" | "sendall") {
                    replace(call, 0, |data| {
                        string(data, |data| {
                            if data.len() > 4096 {
                                let half = data.len() / 2;
                                data.rotate_left(half);
                            }
                        })
                    });
                }
                Ok(None)
            })
        },
    )
    .by_all(),
    Fault::new(
        "every-fifth-send-twice",
        &["sendall.all", "send.sends"],
        "Every fifth sendall goes out twice.",
        || {
            after(|notes, desk, call, outcome| {
                if call.name == "sendall" && matches!(outcome, Outcome::Returned(_)) {
                    let count = notes.counts.entry(0).or_default();
                    *count += 1;
                    if *count % 5 == 0 {
                        desk.ask(call)?;
                    }
                }
                Ok(outcome)
            })
        },
    )
    .beyond(),
    Fault::new(
        "nothing-yet-eats",
        &["recv.data", "setblocking.recv-raises"],
        "After an EAGAIN the next byte is lost.",
        || {
            after(|notes, desk, call, outcome| {
                if !is_recv(call) || desk.made(call).socktype != 1 {
                    return Ok(outcome);
                }
                let waits = matches!(&outcome, Outcome::Raised(raised) if raised.args.first().and_then(Value::as_i64) == Some(desk.number("EAGAIN")));
                if waits {
                    notes.counts.insert(target(call), 1);
                } else if notes.counts.remove(&target(call)).is_some() {
                    return Ok(bytes(outcome, |data| drop(data.drain(..data.len().min(1)))));
                }
                Ok(outcome)
            })
        },
    )
    .by_all(),
    Fault::new(
        "connect-ex-stale",
        &["connect_ex.errno"],
        "connect_ex returns the number of the failure before.",
        || {
            after(|notes, _, call, outcome| match outcome {
                Outcome::Returned(value) if call.name == "connect_ex" => {
                    let other = notes.one.replace(value.clone());
                    Ok(Outcome::Returned(other.filter(|other| other.as_i64() != Some(0)).unwrap_or(value)))
                }
                other => Ok(other),
            })
        },
    )
    .beyond(),
    Fault::new(
        "so-error-stale",
        &["getsockopt.value"],
        "SO_ERROR tells of failures that raised already.",
        || {
            after(|notes, _, call, outcome| {
                if let Outcome::Raised(raised) = &outcome
                    && let Some(number) = raised.args.first()
                {
                    notes.values.insert(target(call), number.clone());
                }
                let asks = call.name == "getsockopt" && argument(call, 1).as_i64() == Some(4);
                Ok(match notes.values.get(&target(call)) {
                    Some(number) if asks => Outcome::Returned(number.clone()),
                    _ => outcome,
                })
            })
        },
    )
    .by_all(),
    Fault::new(
        "failed-bind-keeps",
        &["bind.binds"],
        "A bind that failed makes the next one do nothing.",
        || {
            Box::new(Made {
                notes: Notes::default(),
                before: |notes, _, call| {
                    let failed = call.name == "bind" && notes.counts.contains_key(&target(call));
                    Ok(failed.then_some(Outcome::Returned(Value::None)))
                },
                after: |notes, _, call, outcome| {
                    if call.name == "bind" && matches!(outcome, Outcome::Raised(_)) {
                        notes.counts.insert(target(call), 1);
                    }
                    Ok(outcome)
                },
            })
        },
    )
    .by_all(),
    Fault::new(
        "third-socket-is-the-first",
        &["accept.peer-address"],
        "The third accepted socket has the first one's name.",
        || {
            after(|notes, _, call, outcome| {
                let Outcome::Returned(value) = outcome else { return Ok(outcome) };
                if call.name == "accept"
                    && let Value::Tuple(mut items) = value
                {
                    let count = notes.counts.entry(0).or_default();
                    *count += 1;
                    if *count == 1 {
                        notes.one = Some(items[1].clone());
                    } else if *count == 3 {
                        items[1] = notes.one.clone().unwrap_or(Value::None);
                    }
                    return Ok(Outcome::Returned(Value::Tuple(items)));
                }
                Ok(Outcome::Returned(value))
            })
        },
    )
    .beyond(),
    Fault::new(
        "accepts-last-first",
        &["accept.connected"],
        "Of two that wait the later is accepted first.",
        || {
            before(|notes, desk, call| {
                if call.name != "accept" {
                    return Ok(None);
                }
                if let Some(kept) = notes.values.remove(&target(call)) {
                    return Ok(Some(Outcome::Returned(kept)));
                }
                let first = desk.ask(call)?;
                let Outcome::Returned(first) = first else { return Ok(Some(first)) };
                // Only where a second one waits too: without one the accept would wait.
                desk.method(call, "setblocking", vec![Value::int(0)])?;
                let second = desk.ask(call)?;
                desk.method(call, "setblocking", vec![Value::int(1)])?;
                Ok(Some(Outcome::Returned(match second {
                    Outcome::Returned(second) => {
                        notes.values.insert(target(call), first);
                        second
                    }
                    _ => first,
                })))
            })
        },
    )
    .by_all(),
    Fault::new("empty-datagram-skipped", &["recv.data"], "A datagram without data is passed over.", || {
        after(|_, desk, call, outcome| {
            let empty = is_recv(call)
                && !peeks(call)
                && desk.made(call).socktype == 2
                && data(&outcome).is_some_and(|data| data.is_empty());
            if empty { desk.ask(call) } else { Ok(outcome) }
        })
    })
    .by_all(),
    Fault::new(
        "descriptor-changes",
        &["fileno.descriptor"],
        "fileno gives a new descriptor's number after a connect.",
        || {
            after(|notes, _, call, outcome| {
                if call.name == "connect" {
                    notes.counts.insert(target(call), 1);
                }
                Ok(match outcome {
                    Outcome::Returned(value)
                        if call.name == "fileno" && notes.counts.contains_key(&target(call)) =>
                    {
                        Outcome::Returned(Value::int(value.as_i64().unwrap_or(0) + 1))
                    }
                    other => other,
                })
            })
        },
    )
    .by_all(),
    Fault::new(
        "reconnect-ignored",
        &["connect.connects"],
        "Of a datagram socket's connects the first counts.",
        || {
            before(|notes, desk, call| {
                if call.name != "connect" || desk.made(call).socktype != 2 {
                    return Ok(None);
                }
                let count = notes.counts.entry(target(call)).or_default();
                *count += 1;
                Ok((*count > 1).then_some(Outcome::Returned(Value::None)))
            })
        },
    )
    .by_all(),
];
