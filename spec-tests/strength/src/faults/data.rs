//! Faults in sending and receiving, and in files made from sockets.

use std::collections::BTreeMap;

use sockspec_subject::{Call, Outcome, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, args, args_mut, instead, int, keeping, object, outcome, refuse, result, rewrite};
use crate::values::{at, number, only, other_sequence, other_string, renamed, returned, string, swap};

const PEEK: i64 = 2;
const DONTWAIT: i64 = 0x40;
const INET: i64 = 2;

/// The flags, which stand second.
fn flags(args: &mut [Value], change: impl Fn(i64) -> i64) {
    if let Some(flags) = args.get_mut(1) {
        *flags = number(std::mem::replace(flags, Value::None), change);
    }
}

fn data(args: &mut [Value], change: impl FnOnce(&mut Vec<u8>)) {
    if let Some(data) = args.first_mut() {
        *data = string(std::mem::replace(data, Value::None), change);
    }
}

/// The sender of the first datagram, for each later one, too.
#[derive(Default)]
struct StaleSender(BTreeMap<u64, Value>);

impl Keep for StaleSender {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        Ok(match outcome {
            Outcome::Returned(value) if call.name == "recvfrom" => {
                let from = self.0.entry(object(call)).or_insert_with(|| only(value.clone(), 1)).clone();
                Outcome::Returned(at(value, 1, |_| from))
            }
            other => other,
        })
    }
}

fn succeed(outcome: Outcome, value: Value) -> Outcome {
    match outcome {
        Outcome::Raised(raised) if raised.is("error") => returned(value),
        other => other,
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("recv-first-byte-lost", &["recv.data", "send.sends"], "recv loses the first byte.", || {
        result(&["recv"], |_, value| string(value, |data| drop(data.drain(..data.len().min(1)))))
    }),
    Fault::new(
        "recv-newlines",
        &["recv.data"],
        "recv gives a newline for carriage return and newline.",
        || result(&["recv"], |_, value| string(value, |data| data.retain(|byte| *byte != b'\r'))),
    ),
    Fault::new("recv-ends-at-nul", &["recv.data"], "recv's data ends before the first NUL.", || {
        result(&["recv"], |_, value| {
            string(value, |data| data.truncate(data.iter().position(|b| *b == 0).unwrap_or(data.len())))
        })
    }),
    Fault::new("recv-seven-bits", &["recv.data"], "recv clears the highest bit of each byte.", || {
        result(&["recv"], |_, value| string(value, |data| data.iter_mut().for_each(|byte| *byte &= 0x7f)))
    }),
    Fault::new(
        "recv-padded",
        &["recv.data", "recv.at-most-bufsize"],
        "recv fills the data with NULs up to the size.",
        || {
            result(&["recv"], |call, value| {
                let size = usize::try_from(int(call, 0)).unwrap_or_default().min(1 << 20);
                string(value, |data| data.resize(size.max(data.len()), 0))
            })
        },
    ),
    Fault::new(
        "recv-one-more",
        &["recv.at-most-bufsize"],
        "recv gives one byte more than was asked for.",
        || {
            rewrite(&["recv"], |_, args| {
                if let Some(size) = args.first_mut() {
                    *size = number(size.clone(), |n| if (0..1 << 20).contains(&n) { n + 1 } else { n });
                }
            })
        },
    ),
    Fault::new("recv-size-ignored", &["recv.at-most-bufsize"], "recv gives whatever is there.", || {
        rewrite(&["recv"], |_, args| {
            if let Some(size) = args.first_mut() {
                *size = number(size.clone(), |n| if n > 0 { 65_536 } else { n });
            }
        })
    }),
    Fault::new(
        "recv-flags-ignored",
        &["recv.flags"],
        "recv ignores its flags; what is looked at is gone.",
        || rewrite(&["recv"], |_, args| flags(args, |flags| flags & DONTWAIT)),
    ),
    Fault::new("recv-dontwait-ignored", &["recv.flags"], "recv ignores MSG_DONTWAIT.", || {
        rewrite(&["recv"], |_, args| flags(args, |flags| flags & !DONTWAIT))
    }),
    Fault::new("recv-waitall-ignored", &["recv.flags"], "recv ignores MSG_WAITALL.", || {
        rewrite(&["recv"], |_, args| flags(args, |flags| flags & !0x100))
    }),
    Fault::new("recv-trunc-ignored", &["recv.flags"], "recv ignores MSG_OOB.", || {
        rewrite(&["recv"], |_, args| flags(args, |flags| flags & !1))
    }),
    Fault::new(
        "recv-omitted-peeks",
        &["recv.flags-omitted", "read-write.recv-instead"],
        "Without flags recv leaves the data where it is.",
        || {
            rewrite(&["recv"], |_, args| {
                if args.len() == 1 {
                    args.push(Value::int(PEEK));
                }
            })
        },
    ),
    Fault::new(
        "recv-end-raises",
        &["recv.end-of-data", "examples.server-until-end"],
        "At the end of the data recv raises error.",
        || {
            outcome(&["recv"], |desk, call, outcome| {
                let empty = matches!(&outcome, Outcome::Returned(value) if value.as_bytes().is_some_and(<[u8]>::is_empty));
                Ok(if empty && int(call, 0) > 0 { desk.error("ECONNRESET") } else { outcome })
            })
        },
    ),
    Fault::new(
        "recv-end-none",
        &["recv.end-of-data", "examples.server-until-end"],
        "At the end of the data recv gives None.",
        || {
            result(&["recv"], |_, value| {
                if value.as_bytes().is_some_and(<[u8]>::is_empty) { Value::None } else { value }
            })
        },
    ),
    Fault::new("recvfrom-swapped", &["recvfrom.pair"], "recvfrom gives the address before the data.", || {
        result(&["recvfrom"], |_, value| swap(value, 0, 1))
    }),
    Fault::new("recvfrom-list", &["recvfrom.pair"], "recvfrom gives a list.", || {
        result(&["recvfrom"], |_, value| other_sequence(value))
    }),
    Fault::new("recvfrom-data-alone", &["recvfrom.pair"], "recvfrom gives the data alone.", || {
        result(&["recvfrom"], |_, value| only(value, 0))
    }),
    Fault::new(
        "recvfrom-text",
        &["recvfrom.data-string", "recvfrom.data-bytes"],
        "recvfrom gives the data as text.",
        || result(&["recvfrom"], |_, value| at(value, 0, other_string)),
    ),
    Fault::new("recvfrom-text-today", &["recvfrom.data-bytes"], "recvfrom gives the data as text.", || {
        result(&["recvfrom"], |_, value| at(value, 0, other_string))
    })
    .today(),
    Fault::new("recv-text-today", &["recv.result-bytes"], "recv gives text.", || {
        result(&["recv"], |_, value| other_string(value))
    })
    .today(),
    Fault::new(
        "recvfrom-one-more",
        &["recvfrom.at-most-bufsize"],
        "recvfrom gives one byte more than was asked for.",
        || {
            rewrite(&["recvfrom"], |_, args| {
                if let Some(size) = args.first_mut() {
                    *size = number(size.clone(), |n| if (0..1 << 20).contains(&n) { n + 1 } else { n });
                }
            })
        },
    ),
    Fault::new(
        "recvfrom-own-address",
        &["recvfrom.sender"],
        "The address of recvfrom is the own one.",
        || {
            outcome(&["recvfrom"], |desk, call, outcome| {
                let own = desk.value(call, "getsockname", Vec::new())?.unwrap_or(Value::None);
                Ok(match outcome {
                    Outcome::Returned(value) => Outcome::Returned(at(value, 1, |_| own)),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "recvfrom-stale-sender",
        &["recvfrom.sender"],
        "The address of recvfrom is that of the first sender.",
        keeping::<StaleSender>,
    ),
    Fault::new(
        "recvfrom-port-zero",
        &["recvfrom.sender"],
        "The port in the address of recvfrom is zero.",
        || result(&["recvfrom"], |_, value| at(value, 1, |from| at(from, 1, |_| Value::int(0)))),
    ),
    Fault::new(
        "recvfrom-address-text",
        &["recvfrom.address-format"],
        "The address of recvfrom is the host alone.",
        || result(&["recvfrom"], |_, value| at(value, 1, |from| only(from, 0))),
    ),
    Fault::new("recvfrom-flags-ignored", &["recvfrom.flags"], "recvfrom ignores its flags.", || {
        rewrite(&["recvfrom"], |_, args| flags(args, |flags| flags & DONTWAIT))
    }),
    Fault::new("recvfrom-dontwait-ignored", &["recvfrom.flags"], "recvfrom ignores MSG_DONTWAIT.", || {
        rewrite(&["recvfrom"], |_, args| flags(args, |flags| flags & !DONTWAIT))
    }),
    Fault::new(
        "recvfrom-needs-flags",
        &["recvfrom.flags-omitted"],
        "recvfrom refuses to go without flags.",
        || refuse(&["recvfrom"], |args| args.len() < 2),
    ),
    Fault::new(
        "recvfrom-omitted-peeks",
        &["recvfrom.flags-omitted"],
        "Without flags recvfrom leaves the data where it is.",
        || {
            rewrite(&["recvfrom"], |_, args| {
                if args.len() == 1 {
                    args.push(Value::int(PEEK));
                }
            })
        },
    ),
    Fault::new("send-last-byte-altered", &["send.sends"], "send changes the last byte.", || {
        rewrite(&["send"], |_, args| {
            data(args, |data| {
                if let Some(last) = data.last_mut() {
                    *last ^= 1;
                }
            });
        })
    }),
    Fault::new("send-newline-added", &["send.sends", "examples.echo"], "send appends a newline.", || {
        rewrite(&["send"], |_, args| data(args, |data| data.push(b'\n')))
    }),
    Fault::new("send-ends-at-nul", &["send.sends"], "send stops before the first NUL.", || {
        rewrite(&["send"], |_, args| {
            data(args, |data| data.truncate(data.iter().position(|b| *b == 0).unwrap_or(data.len())));
        })
    }),
    Fault::new(
        "send-bytes-refused",
        &["send.data-string", "send.data-bytes"],
        "send does not take bytes.",
        || refuse(&["send"], |args| matches!(args.first(), Some(Value::Bytes(_)))),
    ),
    Fault::new("send-bytes-refused-today", &["send.data-bytes"], "send does not take bytes.", || {
        refuse(&["send", "sendall", "sendto"], |args| matches!(args.first(), Some(Value::Bytes(_))))
    })
    .today(),
    Fault::new(
        "send-takes-text-today",
        &["send.data-bytes"],
        "send takes text, and sends it as UTF-8.",
        || {
            rewrite(&["send", "sendall", "sendto"], |_, args| {
                if let Some(data) = args.first_mut().filter(|data| matches!(data, Value::Str(_))) {
                    *data = other_string(data.clone());
                }
            })
        },
    )
    .today(),
    Fault::new(
        "send-unconnected-silent",
        &["send.needs-connected"],
        "send of a socket without peer gives zero.",
        || outcome(&["send"], |_, _, outcome| Ok(succeed(outcome, Value::int(0)))),
    ),
    Fault::new("send-none", &["send.count"], "send gives None.", || result(&["send"], |_, _| Value::None)),
    Fault::new("send-count-off-by-one", &["send.count"], "send gives one less than went out.", || {
        result(&["send"], |_, value| number(value, |n| n - 1))
    }),
    Fault::new("send-count-zero", &["send.count"], "send gives zero where all went out.", || {
        result(&["send"], |call, value| {
            let all = args(call).first().and_then(Value::as_bytes).map(<[u8]>::len);
            number(value, |n| if usize::try_from(n).ok() == all { 0 } else { n })
        })
    }),
    Fault::new(
        "send-claims-all",
        &["send.partial", "send.count"],
        "send always claims that all went out.",
        || {
            result(&["send"], |call, value| {
                let all = args(call).first().and_then(Value::as_bytes).map_or(0, <[u8]>::len);
                number(value, |_| i64::try_from(all).unwrap_or_default())
            })
        },
    ),
    Fault::new("send-flags-ignored", &["send.flags"], "send ignores its flags, MSG_DONTWAIT apart.", || {
        rewrite(&["send"], |_, args| flags(args, |flags| flags & DONTWAIT))
    }),
    Fault::new("send-dontwait-ignored", &["send.flags"], "send ignores MSG_DONTWAIT.", || {
        rewrite(&["send"], |_, args| flags(args, |flags| flags & !DONTWAIT))
    }),
    Fault::new(
        "send-omitted-oob",
        &["read-write.send-instead", "send.sends"],
        "Without flags send sends out of band.",
        || {
            instead(&["send"], |desk, call| {
                let stream = desk.made(call).socktype == 1 && desk.family(call) != 1;
                if let Some(args) = args_mut(call).filter(|args| args.len() == 1 && stream) {
                    args.push(Value::int(1));
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "sendall-half",
        &["sendall.all", "examples.client-round"],
        "sendall sends the first half.",
        || rewrite(&["sendall"], |_, args| data(args, |data| data.truncate(data.len().div_ceil(2)))),
    ),
    Fault::new("sendall-once", &["sendall.all"], "sendall sends 32 kB at most.", || {
        rewrite(&["sendall"], |_, args| data(args, |data| data.truncate(32_768)))
    }),
    Fault::new("sendall-count", &["sendall.none"], "sendall gives the number of bytes.", || {
        result(&["sendall"], |call, _| {
            let all = args(call).first().and_then(Value::as_bytes).map_or(0, <[u8]>::len);
            Value::int(i64::try_from(all).unwrap_or_default())
        })
    }),
    Fault::new(
        "sendall-silent",
        &["sendall.error", "sendall.needs-connected"],
        "sendall hides errors.",
        || outcome(&["sendall"], |_, _, outcome| Ok(succeed(outcome, Value::None))),
    ),
    Fault::new("sendall-error-class", &["sendall.error"], "An error of sendall is a ValueError.", || {
        crate::tools::raising(&["sendall"], |raised| {
            if raised.is("error") {
                renamed(raised, "ValueError");
            }
        })
    }),
    Fault::new(
        "sendall-unconnected-silent",
        &["sendall.needs-connected"],
        "sendall of a socket without peer gives None.",
        || {
            outcome(&["sendall"], |desk, call, outcome| {
                let peer = desk.value(call, "getpeername", Vec::new())?;
                Ok(if peer.is_none() { succeed(outcome, Value::None) } else { outcome })
            })
        },
    ),
    Fault::new("sendall-flags-ignored", &["sendall.flags"], "sendall ignores its flags.", || {
        rewrite(&["sendall"], |_, args| flags(args, |_| 0))
    }),
    Fault::new("sendall-flags-refused", &["sendall.flags"], "sendall takes no flags.", || {
        refuse(&["sendall"], |args| args.len() > 1)
    }),
    Fault::new("sendto-altered", &["sendto.sends"], "sendto changes the first byte.", || {
        rewrite(&["sendto"], |_, args| {
            data(args, |data| {
                if let Some(first) = data.first_mut() {
                    *first ^= 1;
                }
            });
        })
    }),
    Fault::new("sendto-lost", &["sendto.sends"], "sendto sends to another port than was said.", || {
        crate::tools::address_in(&["sendto"], 0, |address| {
            at(address, 1, |port| number(port, |port| (port ^ 1).max(1)))
        })
    }),
    Fault::new(
        "sendto-flags-required",
        &["sendto.flags-omitted"],
        "sendto refuses to go without flags.",
        || refuse(&["sendto"], |args| args.len() == 2),
    ),
    Fault::new("sendto-flags-last", &["sendto.flags"], "sendto takes the flags behind the address.", || {
        rewrite(&["sendto"], |_, args| {
            if args.len() == 3 {
                args.swap(1, 2);
            }
        })
    }),
    Fault::new("sendto-flags-refused", &["sendto.flags"], "sendto takes no flags.", || {
        refuse(&["sendto"], |args| args.len() == 3)
    }),
    Fault::new("sendto-flags-ignored", &["sendto.flags"], "sendto ignores its flags.", || {
        rewrite(&["sendto"], |_, args| {
            if args.len() == 3 {
                flags(args, |_| 0);
            }
        })
    }),
    Fault::new(
        "sendto-address-last-resort",
        &["sendto.address-format"],
        "sendto of an IPv4 socket takes host and port as two arguments.",
        || {
            instead(&["sendto"], |desk, call| {
                let inet = desk.family(call) == INET;
                if let Some(args) = args_mut(call).filter(|args| args.len() == 3 && inet)
                    && let (Value::Str(_), Some(_)) = (&args[1], args[2].as_i64())
                {
                    let address = Value::Tuple(args.drain(1..).collect());
                    args.push(address);
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "sendto-connects",
        &["sendto.unconnected"],
        "sendto connects the socket to the address.",
        || {
            instead(&["sendto"], |desk, call| {
                if desk.made(call).socktype == 2
                    && let Some(address) = args(call).last().cloned()
                {
                    desk.method(call, "connect", vec![address])?;
                }
                Ok(None)
            })
        },
    ),
    Fault::new("sendto-none", &["sendto.count"], "sendto gives None.", || {
        result(&["sendto"], |_, _| Value::None)
    }),
    Fault::new("sendto-count-off-by-one", &["sendto.count"], "sendto gives one more than went out.", || {
        result(&["sendto"], |_, value| number(value, |n| n + 1))
    }),
];
