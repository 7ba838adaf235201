//! Wrong conversions, connections, data and options.

use sockspec_subject::{Action, Outcome, Target, Value};

use crate::change::{bytes, flipped, is, replace, text, with_item, with_items};
use crate::wrong::{Change, args};
use Change::{After, Before, Class, Swallow};

pub(crate) const FAULTS: &[(&str, Change)] = &[
    (
        "ntohl-and-htonl-swap-or-keep",
        After(|call, value| {
            if is(call, "ntohl") {
                match value.as_i64() {
                    Some(number) if number > 0x7fff_ffff => Value::int(number - 0x1_0000_0000),
                    _ => value,
                }
            } else {
                value
            }
        }),
    ),
    (
        "ntohs-and-htons-swap-or-keep",
        After(|call, value| if is(call, "htons") { flipped(value) } else { value }),
    ),
    ("ntohl-undoes-htonl", After(|call, value| if is(call, "htonl") { flipped(value) } else { value })),
    ("ntohs-undoes-htons", After(|call, value| if is(call, "ntohs") { flipped(value) } else { value })),
    ("ntohs-and-htons-overflow", Swallow(&["ntohs", "htons"])),
    ("byte-order-takes-numbers", Swallow(&["ntohl", "htonl", "ntohs", "htons"])),
    (
        "inet-aton-packs",
        After(
            |call, value| if is(call, "inet_aton") { bytes(value, |bytes| bytes.reverse()) } else { value },
        ),
    ),
    (
        "inet-aton-written-forms",
        After(|call, value| {
            let hex =
                is(call, "inet_aton") && args(call)[0].as_bytes().is_some_and(|text| text.contains(&b'X'));
            if hex { bytes(value, |bytes| bytes[3] ^= 1) } else { value }
        }),
    ),
    ("inet-aton-refuses-invalid-text", Swallow(&["inet_aton"])),
    ("inet-aton-of-any-text", Swallow(&["inet_aton"])),
    ("inet-aton-takes-text", Class("inet_aton", "error")),
    (
        "inet-ntoa-writes-dotted-quads",
        After(
            |call, value| {
                if is(call, "inet_ntoa") { text(value, |quad| quad.replace(".7", ".07")) } else { value }
            },
        ),
    ),
    ("inet-ntoa-refuses-other-lengths", Swallow(&["inet_ntoa"])),
    (
        "inet-ntoa-undoes-inet-aton",
        After(|call, value| if is(call, "inet_ntoa") { text(value, |quad| quad + " ") } else { value }),
    ),
    (
        "inet-aton-undoes-inet-ntoa",
        After(
            |call, value| if is(call, "inet_aton") { bytes(value, |bytes| bytes.reverse()) } else { value },
        ),
    ),
    (
        "accept-tells-the-clients-own-address",
        After(|call, value| {
            if is(call, "accept") {
                with_item(value, 1, |address| with_item(address, 1, flipped))
            } else {
                value
            }
        }),
    ),
    (
        "connect-reaches-what-was-asked-for",
        After(|call, value| if is(call, "getpeername") { with_item(value, 1, flipped) } else { value }),
    ),
    (
        "connect-ex-returns-what-connect-raises",
        After(
            |call, value| {
                if is(call, "connect_ex") && value != Value::int(0) { Value::int(22) } else { value }
            },
        ),
    ),
    ("closed-sockets-do-nothing-more", Swallow(&["shutdown", "listen"])),
    ("unconnected-sockets-have-no-peer", Class("getpeername", "gaierror")),
    (
        "half-closing-loses-nothing",
        Before(|call, _| {
            if is(call, "shutdown") {
                replace(call, 0, |_| Value::int(2));
            }
        }),
    ),
    (
        "descriptors-are-integers-of-their-own",
        After(|call, value| if is(call, "fileno") { Value::int(3) } else { value }),
    ),
    (
        "sendall-delivers-everything-in-order",
        Before(|call, _| {
            if is(call, "sendall") {
                replace(call, 0, |data| {
                    bytes(data, |bytes| {
                        if bytes.len() > 65_536 {
                            bytes.remove(65_536);
                        }
                    })
                });
            }
        }),
    ),
    (
        "send-says-how-much-it-sent",
        After(|call, value| {
            if is(call, "send") {
                match value.as_i64() {
                    Some(count) if count > 100 => Value::int(count - 1),
                    _ => value,
                }
            } else {
                value
            }
        }),
    ),
    (
        "recv-gives-everything-in-order",
        After(|call, value| {
            if is(call, "recv") {
                bytes(value, |bytes| {
                    if bytes.len() > 40 {
                        bytes.swap(39, 40);
                    }
                })
            } else {
                value
            }
        }),
    ),
    (
        "peeking-takes-nothing",
        Before(|call, _| {
            if is(call, "recv")
                && let Action::Invoke { args, .. } = &mut call.action
            {
                args.truncate(1);
            }
        }),
    ),
    (
        "connections-do-not-mix",
        Before(|call, _| {
            if is(call, "sendall") {
                replace(call, 0, |data| {
                    bytes(data, |bytes| {
                        if bytes.len() == 3 {
                            bytes.push(0);
                        }
                    })
                });
            }
        }),
    ),
    (
        "files-read-what-sockets-receive",
        After(|call, value| if is(call, "read") { bytes(value, |bytes| bytes.truncate(50)) } else { value }),
    ),
    (
        "sendto-keeps-datagrams-apart",
        After(|call, value| if is(call, "sendto") && value == Value::int(0) { Value::None } else { value }),
    ),
    (
        "recvfrom-keeps-datagrams-apart",
        After(|call, value| {
            if is(call, "recvfrom") {
                with_item(value, 1, |address| with_items(address, |items| items.truncate(2)))
            } else {
                value
            }
        }),
    ),
    (
        "receives-give-at-most-what-is-asked-for",
        Before(|call, _| {
            if is(call, "recv") {
                replace(call, 0, flipped);
            }
        }),
    ),
    (
        "unix-datagrams-tell-their-senders-path",
        After(|call, value| if is(call, "recvfrom") { with_item(value, 1, |_| "".into()) } else { value }),
    ),
    (
        "datagrams-reach-the-socket-they-name",
        After(|call, value| if is(call, "recv") { bytes(value, |bytes| bytes.truncate(5)) } else { value }),
    ),
    (
        "options-keep-what-was-set",
        Before(|call, before| {
            // Only the first change counts.
            let changed = before.iter().filter(|earlier| is(earlier, "setsockopt")).count() > 1;
            if is(call, "setsockopt") && changed {
                replace(call, 2, |_| Value::int(1));
            }
        }),
    ),
    (
        "options-as-bytes-are-the-integer",
        After(|call, value| if is(call, "getsockopt") { bytes(value, |bytes| bytes.push(0)) } else { value }),
    ),
    (
        "options-belong-to-one-socket",
        Change::Outcome(|call, outcome, before| {
            let leaks = is(call, "getsockopt")
                && before.iter().any(|earlier| {
                    is(earlier, "setsockopt")
                        && args(earlier)[1] == args(call)[1]
                        && earlier.target != Target::Module
                });
            if leaks { Outcome::Returned(Value::int(1)) } else { outcome }
        }),
    ),
    (
        "sockets-are-of-their-type",
        After(
            |call, value| {
                if is(call, "getsockopt") && value == Value::int(2) { Value::int(3) } else { value }
            },
        ),
    ),
    ("non-blocking-receives-raise-at-once", Class("recv", "timeout")),
    (
        "fromfd-makes-the-same-socket",
        After(|call, value| if is(call, "getsockopt") { Value::int(0) } else { value }),
    ),
    ("options-are-numbers", Swallow(&["getsockopt", "setsockopt"])),
];
