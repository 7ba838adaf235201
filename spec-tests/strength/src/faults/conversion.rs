//! Faults in byte order, `inet_aton` and `inet_ntoa`.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::tools::{args, instead, int, outcome, refuse, result, rewrite};
use crate::values::{is_ipv6, number, other_string, returned, string, text};

const ATON: &[&str] = &["inet_aton"];
const NTOA: &[&str] = &["inet_ntoa"];

fn unswapped(call: &sockspec_subject::Call) -> Value {
    args(call).first().cloned().unwrap_or(Value::None)
}

/// As a signed integer of 32 bits.
fn signed(value: i64) -> i64 {
    if value >= 1 << 31 { value - (1 << 32) } else { value }
}

macro_rules! order {
    ($name:literal) => {
        &[concat!("byte-order.", $name, "-swap"), concat!("byte-order.", $name, "-identity")]
    };
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "ntohl-unswapped",
        order!("ntohl"),
        "ntohl does the contrary of what the machine's order needs.",
        || result(&["ntohl"], |call, _| unswapped(call)),
    ),
    Fault::new(
        "ntohl-signed",
        order!("ntohl"),
        "ntohl gives a negative number where the highest bit is set.",
        || result(&["ntohl"], |_, value| number(value, signed)),
    ),
    Fault::new(
        "ntohl-halves",
        &["byte-order.ntohl-swap", "byte-order.round-trip-32"],
        "ntohl swaps the halves, and not the bytes in them.",
        || {
            result(&["ntohl"], |_, value| {
                number(value, |n| ((n & 0xff00_ff00) >> 8) | ((n & 0x00ff_00ff) << 8))
            })
        },
    ),
    Fault::new(
        "ntohs-unswapped",
        order!("ntohs"),
        "ntohs does the contrary of what the machine's order needs.",
        || result(&["ntohs"], |call, _| unswapped(call)),
    ),
    Fault::new(
        "ntohs-signed",
        &["byte-order.ntohs-swap"],
        "ntohs gives a negative number where the highest bit is set.",
        || result(&["ntohs"], |_, value| number(value, |n| if n >= 1 << 15 { n - (1 << 16) } else { n })),
    ),
    Fault::new(
        "htonl-unswapped",
        order!("htonl"),
        "htonl does the contrary of what the machine's order needs.",
        || result(&["htonl"], |call, _| unswapped(call)),
    ),
    Fault::new(
        "htonl-signed",
        &["byte-order.htonl-swap"],
        "htonl gives a negative number where the highest bit is set.",
        || result(&["htonl"], |_, value| number(value, signed)),
    ),
    Fault::new(
        "htonl-seven-bits",
        &["byte-order.htonl-swap", "byte-order.round-trip-32"],
        "htonl loses the highest bit.",
        || {
            rewrite(&["htonl"], |_, args| {
                if let Some(n) =
                    args.first_mut().filter(|n| n.as_i64().is_some_and(|n| (0..=0xffff_ffff).contains(&n)))
                {
                    *n = Value::int(n.as_i64().unwrap_or_default() & 0x7fff_ffff);
                }
            })
        },
    ),
    Fault::new(
        "htons-unswapped",
        order!("htons"),
        "htons does the contrary of what the machine's order needs.",
        || result(&["htons"], |call, _| unswapped(call)),
    ),
    Fault::new(
        "htons-as-long",
        &["byte-order.htons-swap", "byte-order.round-trip-16"],
        "htons swaps as many bytes as htonl.",
        || result(&["htons"], |_, value| number(value, |n| n << 16)),
    ),
    Fault::new(
        "order-as-text",
        &["byte-order.ntohl-swap", "byte-order.ntohs-swap", "byte-order.htonl-swap", "byte-order.htons-swap"],
        "The four functions give text.",
        || result(&["ntohl", "ntohs", "htonl", "htons"], |_, value| crate::values::digits(value)),
    ),
    Fault::new(
        "round-trip-32-broken",
        &["byte-order.round-trip-32"],
        "htonl and ntohl together lose the lowest bit.",
        || result(&["ntohl"], |_, value| number(value, |n| n & !1)),
    ),
    Fault::new(
        "round-trip-16-broken",
        &["byte-order.round-trip-16"],
        "htons and ntohs together lose the lowest bit.",
        || result(&["ntohs"], |_, value| number(value, |n| n & !1)),
    ),
    Fault::new(
        "ntohs-wraps",
        &["byte-order.ntohs-overflow"],
        "ntohs takes the last 16 bits of what is too large.",
        || {
            rewrite(&["ntohs"], |_, args| {
                args.iter_mut().for_each(|n| *n = number(n.clone(), |n| n & 0xffff));
            })
        },
    )
    .today(),
    Fault::new(
        "htons-wraps",
        &["byte-order.htons-overflow"],
        "htons takes the last 16 bits of what is too large.",
        || {
            rewrite(&["htons"], |_, args| {
                args.iter_mut().for_each(|n| *n = number(n.clone(), |n| n & 0xffff));
            })
        },
    )
    .today(),
    Fault::new(
        "aton-reversed",
        &["inet_aton.packed", "inet_aton.in-addr"],
        "inet_aton gives the bytes in the other order.",
        || result(ATON, |_, value| string(value, |bytes| bytes.reverse())),
    ),
    Fault::new("aton-last-zero", &["inet_aton.packed"], "inet_aton loses the last number.", || {
        result(ATON, |_, value| {
            string(value, |bytes| {
                if let Some(last) = bytes.last_mut() {
                    *last = 0;
                }
            })
        })
    }),
    Fault::new("aton-five-bytes", &["inet_aton.four-bytes"], "inet_aton appends a NUL.", || {
        result(ATON, |_, value| string(value, |bytes| bytes.push(0)))
    }),
    Fault::new(
        "aton-cut-at-nul",
        &["inet_aton.four-bytes"],
        "inet_aton's result ends before the first NUL.",
        || {
            result(ATON, |_, value| {
                string(value, |bytes| bytes.truncate(bytes.iter().position(|b| *b == 0).unwrap_or(4)))
            })
        },
    ),
    Fault::new(
        "aton-integer",
        &["inet_aton.result-string", "inet_aton.packed"],
        "inet_aton gives an integer.",
        || {
            result(ATON, |_, value| {
                Value::int(
                    value.as_bytes().unwrap_or_default().iter().fold(0i64, |n, b| (n << 8) | i64::from(*b)),
                )
            })
        },
    ),
    Fault::new("aton-text", &["inet_aton.result-bytes"], "inet_aton gives text.", || {
        result(ATON, |_, value| other_string(value))
    })
    .today(),
    Fault::new(
        "aton-invalid-broadcast",
        &["inet_aton.invalid"],
        "For text that is no address inet_aton gives four bytes of ones.",
        || {
            outcome(ATON, |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => {
                        returned(Value::bytes(*b"\xff\xff\xff\xff"))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "aton-invalid-value-error",
        &["inet_aton.invalid"],
        "For text that is no address inet_aton raises ValueError.",
        || {
            crate::tools::raising(ATON, |raised| {
                if raised.is("error") {
                    crate::values::renamed(raised, "ValueError");
                }
            })
        },
    ),
    Fault::new(
        "aton-broadcast-refused",
        &["inet_aton.packed"],
        "inet_aton takes 255.255.255.255 for a failure.",
        || {
            instead(ATON, |desk, call| {
                Ok((text(&unswapped(call)) == "255.255.255.255").then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "aton-tail-ignored",
        &["inet_aton.valid-by-platform", "inet_aton.invalid"],
        "inet_aton ignores what follows four numbers.",
        || {
            rewrite(ATON, |_, args| {
                if let Some(host) = args.first_mut() {
                    let start: Vec<&str> = text(host).splitn(5, '.').take(4).collect();
                    let last =
                        start.last().map(|last| last.trim_end_matches(|c: char| !c.is_ascii_digit()).len());
                    if start.len() == 4
                        && let Some(last) = last
                    {
                        let kept = start[..3].join(".").len() + 1 + last;
                        *host = Value::str(&text(host)[..kept]);
                    }
                }
            })
        },
    ),
    Fault::new(
        "aton-octal-ignored",
        &["inet_aton.valid-by-platform"],
        "inet_aton reads numbers with a leading zero as decimal ones.",
        || {
            rewrite(ATON, |_, args| {
                if let Some(host) = args.first_mut() {
                    let parts: Option<Vec<String>> = text(host)
                        .split('.')
                        .map(|part| part.parse::<u64>().ok().map(|number| number.to_string()))
                        .collect();
                    if let Some(parts) = parts {
                        *host = Value::str(parts.join("."));
                    }
                }
            })
        },
    )
    .equivalent("what a leading zero means is the C library's to say"),
    Fault::new("aton-short-refused", &["inet_aton.short-forms"], "inet_aton wants all three dots.", || {
        instead(ATON, |desk, call| {
            Ok((text(&unswapped(call)).matches('.').count() < 3).then(|| desk.error("EINVAL")))
        })
    })
    .today(),
    Fault::new(
        "aton-short-padded",
        &["inet_aton.short-forms"],
        "inet_aton fills missing numbers with zeros at the end.",
        || {
            rewrite(ATON, |_, args| {
                if let Some(host) = args.first_mut() {
                    let dots = text(host).matches('.').count();
                    if dots < 3 {
                        *host = Value::str(format!("{}{}", text(host), ".0".repeat(3 - dots)));
                    }
                }
            })
        },
    )
    .today(),
    Fault::new(
        "aton-ipv6",
        &["inet_aton.no-ipv6"],
        "inet_aton takes IPv6 text, and gives sixteen bytes.",
        || instead(ATON, |_, call| Ok(is_ipv6(&unswapped(call)).then(|| returned(Value::bytes([0u8; 16]))))),
    ),
    Fault::new(
        "ntoa-reversed",
        &["inet_ntoa.dotted", "inet_ntoa.in-addr"],
        "inet_ntoa reads the bytes in the other order.",
        || {
            rewrite(NTOA, |_, args| {
                if let Some(packed) = args.first_mut() {
                    *packed = string(packed.clone(), |bytes| bytes.reverse());
                }
            })
        },
    ),
    Fault::new("ntoa-last-lost", &["inet_ntoa.dotted"], "inet_ntoa's last number is always zero.", || {
        rewrite(NTOA, |_, args| {
            if let Some(Value::Bytes(packed)) = args.first_mut()
                && packed.len() == 4
            {
                packed[3] = 0;
            }
        })
    }),
    Fault::new(
        "ntoa-leading-zeros",
        &["inet_ntoa.standard-form"],
        "inet_ntoa writes three digits for each number.",
        || {
            result(NTOA, |_, value| {
                let all: Vec<String> = text(&value).split('.').map(|n| format!("{n:0>3}")).collect();
                Value::str(all.join("."))
            })
        },
    ),
    Fault::new("ntoa-hex", &["inet_ntoa.standard-form"], "inet_ntoa writes hexadecimal numbers.", || {
        result(NTOA, |_, value| {
            let all: Vec<String> = text(&value)
                .split('.')
                .map(|n| format!("{:x}", n.parse::<u8>().unwrap_or_default()))
                .collect();
            Value::str(all.join("."))
        })
    }),
    Fault::new("ntoa-bytes", &["inet_ntoa.dotted"], "inet_ntoa gives bytes.", || {
        result(NTOA, |_, value| other_string(value))
    }),
    Fault::new(
        "ntoa-argument-refused",
        &["inet_ntoa.argument-string", "inet_ntoa.argument-bytes"],
        "inet_ntoa wants the address as an integer.",
        || refuse(NTOA, |args| matches!(args.first(), Some(Value::Bytes(_) | Value::Str(_)))),
    ),
    Fault::new(
        "ntoa-argument-bytes-refused",
        &["inet_ntoa.argument-bytes"],
        "inet_ntoa does not take bytes.",
        || refuse(NTOA, |args| matches!(args.first(), Some(Value::Bytes(_)))),
    )
    .today(),
    Fault::new(
        "ntoa-short-padded",
        &["inet_ntoa.wrong-length"],
        "inet_ntoa fills what is too short with zeros.",
        || {
            rewrite(NTOA, |_, args| {
                if let Some(Value::Bytes(packed)) = args.first_mut() {
                    packed.resize(packed.len().max(4), 0);
                }
            })
        },
    ),
    Fault::new(
        "ntoa-long-cut",
        &["inet_ntoa.wrong-length", "inet_ntoa.no-ipv6"],
        "inet_ntoa ignores what follows the first four bytes.",
        || {
            rewrite(NTOA, |_, args| {
                if let Some(Value::Bytes(packed)) = args.first_mut() {
                    packed.truncate(4);
                }
            })
        },
    ),
    Fault::new(
        "ntoa-wrong-length-value-error",
        &["inet_ntoa.wrong-length"],
        "inet_ntoa raises ValueError for a wrong length.",
        || {
            crate::tools::raising(NTOA, |raised| {
                if raised.is("error") {
                    crate::values::renamed(raised, "ValueError");
                }
            })
        },
    ),
    Fault::new(
        "ntoa-ipv6",
        &["inet_ntoa.no-ipv6"],
        "inet_ntoa takes sixteen bytes, and gives IPv6 text.",
        || {
            instead(NTOA, |_, call| {
                let long =
                    args(call).first().and_then(Value::as_bytes).is_some_and(|packed| packed.len() == 16);
                Ok(long.then(|| returned("::1")))
            })
        },
    ),
    Fault::new("ntohl-masks", &["byte-order.ntohl-swap"], "ntohl looks at the low 16 bits only.", || {
        instead(&["ntohl"], |desk, call| {
            let low = int(call, 0) & 0xffff;
            if args(call).first().and_then(Value::as_i64).is_none() {
                return Ok(None);
            }
            desk.function("ntohl", vec![Value::int(low)]).map(Some)
        })
    }),
];
