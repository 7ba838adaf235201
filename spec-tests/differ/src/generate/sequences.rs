//! Sequences: sockets made, named, connected and used, without a step that would wait for what a later one provides.

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Step, StepTarget, Template};
use sockspec_engine::Script;
use sockspec_laws::step;
use sockspec_subject::Value;
use sockspec_subject::names::SOCKET_METHODS;

use super::{call, plain, values};

/// A kind of sequence: its weight, the names that it is about, and its scripts.
type Kind = (u32, &'static [&'static str], BoxedStrategy<Script>);

/// Every kind.
pub(super) fn all() -> Vec<Kind> {
    vec![
        (4, &["bind", "getsockname"], names()),
        (3, &["connect", "connect_ex"], connecting()),
        (3, &["sendto", "recvfrom"], datagrams()),
        (5, &["send", "recv", "shutdown", "sendall", "getpeername"], streams()),
        (3, &["listen", "accept"], accepting()),
        (3, &["getsockopt", "setsockopt"], options()),
        (3, SOCKET_METHODS, ill_typed_methods()),
        (2, SOCKET_METHODS, closed()),
        (2, &["bind", "connect"], local()),
    ]
}

fn on(name: &str, method: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Variable(name.to_owned()), method, args)
}

fn peer(function: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Peer, function, args)
}

fn named(mut step: Step, name: &str) -> Step {
    step.bind = vec![name.to_owned()];
    step
}

fn apart(mut step: Step, names: &[&str]) -> Step {
    step.bind = names.iter().map(|name| (*name).to_owned()).collect();
    step.destructure = true;
    step
}

fn constant(name: &str) -> Template {
    Template::Value(Value::Constant(name.to_owned()))
}

fn int(value: i64) -> Template {
    Template::Value(Value::int(value))
}

fn refer(name: &str) -> Template {
    Template::Ref { name: name.to_owned(), at: Vec::new() }
}

fn socket(family: &str, kind: &str, name: &str) -> Step {
    named(call("socket", vec![constant(family), constant(kind)]), name)
}

fn peer_socket(family: &str, kind: &str, name: &str) -> Step {
    named(peer("socket", vec![constant(family), constant(kind)]), name)
}

fn any_port(host: &str) -> Template {
    Template::Value(Value::Tuple(vec![Value::str(host), Value::int(0)]))
}

fn inet() -> impl Strategy<Value = &'static str> {
    select(&["AF_INET", "AF_INET", "AF_INET6"][..])
}

fn kinds() -> impl Strategy<Value = &'static str> {
    select(&["SOCK_STREAM", "SOCK_DGRAM"][..])
}

fn loopback(family: &str) -> &'static str {
    if family == "AF_INET6" { "::1" } else { "127.0.0.1" }
}

/// Hosts that mostly are this machine's.
fn hosts(ipv6: bool) -> BoxedStrategy<Value> {
    prop_oneof![6 => values::own_host(ipv6), 3 => values::host_text(), 1 => values::ill_typed()].boxed()
}

/// A socket is bound to something, and says where it is.
fn names() -> BoxedStrategy<Script> {
    (inet(), kinds())
        .prop_flat_map(|(family, kind)| {
            let address = values::address(hosts(family == "AF_INET6"));
            (Just(family), Just(kind), address, any::<bool>()).prop_map(|(family, kind, address, any)| {
                let address = if any { without_port(address) } else { address };
                vec![
                    socket(family, kind, "s"),
                    on("s", "getsockname", Vec::new()),
                    on("s", "bind", plain(vec![address])),
                    on("s", "getsockname", Vec::new()),
                    on("s", "getpeername", Vec::new()),
                ]
            })
        })
        .boxed()
}

fn without_port(address: Value) -> Value {
    match address {
        Value::Tuple(mut items) if items.len() >= 2 => {
            items[1] = Value::int(0);
            Value::Tuple(items)
        }
        other => other,
    }
}

/// A socket that does not wait is connected to something.
fn connecting() -> BoxedStrategy<Script> {
    (inet(), kinds(), select(&["connect", "connect_ex"][..]))
        .prop_flat_map(|(family, kind, method)| {
            values::address(hosts(family == "AF_INET6")).prop_map(move |address| {
                vec![
                    socket(family, kind, "s"),
                    on("s", "setblocking", vec![int(0)]),
                    on("s", method, plain(vec![address])),
                ]
            })
        })
        .boxed()
}

fn size() -> BoxedStrategy<i64> {
    select(&[0_i64, 1, 2, 7, 8, 100, 4096][..]).boxed()
}

/// Datagrams from one socket to another, none awaited that was not sent.
fn datagrams() -> BoxedStrategy<Script> {
    (inet(), proptest::collection::vec((size(), size(), 0_u8..5), 1..5))
        .prop_map(|(family, messages)| {
            let mut script = vec![
                socket(family, "SOCK_DGRAM", "s"),
                on("s", "bind", vec![any_port(loopback(family))]),
                named(on("s", "getsockname", Vec::new()), "a"),
                on("s", "setblocking", vec![int(0)]),
                socket(family, "SOCK_DGRAM", "t"),
                on("t", "bind", vec![any_port(loopback(family))]),
            ];
            for (length, wanted, how) in messages {
                let data = Template::Filler(usize::try_from(length).unwrap_or(0));
                script.push(match how {
                    0 => on("t", "sendto", vec![data, int(0), refer("a")]),
                    _ => on("t", "sendto", vec![data, refer("a")]),
                });
                script.push(match how {
                    1 => on("s", "recvfrom", vec![int(wanted), constant("MSG_PEEK")]),
                    2 => on("s", "recv", vec![int(wanted)]),
                    3 => on("s", "recv", vec![int(wanted), int(0)]),
                    _ => on("s", "recvfrom", vec![int(wanted)]),
                });
            }
            script
        })
        .boxed()
}

/// One connection to the harness, with data both ways. Only what is known to be there is waited for.
fn streams() -> BoxedStrategy<Script> {
    (inet(), proptest::collection::vec((size(), size(), 0_u8..12), 1..8))
        .prop_map(|(family, acts)| {
            let mut script = vec![
                peer_socket(family, "SOCK_STREAM", "l"),
                on("l", "bind", vec![any_port(loopback(family))]),
                on("l", "listen", vec![int(1)]),
                named(on("l", "getsockname", Vec::new()), "a"),
                socket(family, "SOCK_STREAM", "s"),
                on("s", "connect", vec![refer("a")]),
                apart(on("l", "accept", Vec::new()), &["p", "_"]),
            ];
            let mut waiting = 0;
            let (mut sends, mut hears) = (true, true);
            for (length, wanted, act) in acts {
                let filler = Template::Filler(usize::try_from(length).unwrap_or(0));
                match act {
                    0..=2 if hears => {
                        script.push(on("p", "send", vec![filler]));
                        waiting += length;
                    }
                    3 | 4 if waiting > 0 && hears => {
                        script.push(on("s", "recv", vec![int(wanted)]));
                        waiting -= wanted.min(waiting);
                    }
                    5 if waiting > 0 && hears => {
                        script.push(on("s", "recv", vec![int(wanted), constant("MSG_PEEK")]));
                    }
                    6 if sends => {
                        script.push(on("s", "send", vec![filler]));
                        script.push(on("p", "recv_exactly", vec![int(length)]));
                    }
                    7 if sends => {
                        script.push(on("s", "sendall", vec![filler]));
                        script.push(on("p", "recv_exactly", vec![int(length)]));
                    }
                    8 => script.push(on("s", "getpeername", Vec::new())),
                    9 if waiting == 0 => {
                        script.push(on("s", "setblocking", vec![int(0)]));
                        script.push(on("s", "recv", vec![int(wanted)]));
                        script.push(on("s", "setblocking", vec![int(1)]));
                    }
                    10 => {
                        let how = wanted % 4;
                        script.push(on("s", "shutdown", vec![int(how)]));
                        hears &= how == 1 || how == 3;
                        sends &= how == 0 || how == 3;
                    }
                    _ => {
                        // Sent after its own end, the data has nowhere to go; nothing waits for it.
                        script.push(on("s", "getsockname", Vec::new()));
                    }
                }
            }
            script
        })
        .boxed()
}

/// A socket listens; the harness connects, and then it accepts.
fn accepting() -> BoxedStrategy<Script> {
    let backlog = prop_oneof![
        4 => (0_i64..4).prop_map(|backlog| plain(vec![Value::int(backlog)])),
        1 => values::integer_edge().prop_map(|backlog| plain(vec![backlog])),
        1 => values::ill_typed().prop_map(|backlog| plain(vec![backlog])),
        1 => Just(Vec::new()),
    ];
    (inet(), backlog, any::<bool>())
        .prop_map(|(family, backlog, connects)| {
            let mut script = vec![
                socket(family, "SOCK_STREAM", "s"),
                on("s", "bind", vec![any_port(loopback(family))]),
                named(on("s", "getsockname", Vec::new()), "a"),
                on("s", "listen", backlog),
                on("s", "setblocking", vec![int(0)]),
            ];
            if connects {
                script
                    .extend([peer_socket(family, "SOCK_STREAM", "p"), on("p", "connect", vec![refer("a")])]);
            }
            script.extend([
                apart(on("s", "accept", Vec::new()), &["c", "n"]),
                on("c", "getpeername", Vec::new()),
                on("c", "getsockname", Vec::new()),
                on("c", "send", vec![Template::Filler(3)]),
            ]);
            script
        })
        .boxed()
}

const LEVELS: &[&str] = &["SOL_SOCKET", "IPPROTO_TCP", "IPPROTO_IP", "IPPROTO_IPV6"];
const OPTIONS: &[&str] = &[
    "SO_REUSEADDR",
    "SO_KEEPALIVE",
    "SO_BROADCAST",
    "SO_TYPE",
    "SO_ERROR",
    "SO_LINGER",
    "SO_SNDBUF",
    "SO_RCVLOWAT",
    "SO_OOBINLINE",
    "SO_RCVTIMEO",
];

/// Options, set and read.
fn options() -> BoxedStrategy<Script> {
    let value = prop_oneof![
        6 => select(&[0_i64, 1, 2, 4096][..]).prop_map(Value::int),
        2 => proptest::collection::vec(any::<u8>(), 0..12).prop_map(Value::Bytes),
        1 => Just(Value::bytes([1, 0, 0, 0])),
        1 => values::integer_edge(),
        1 => values::ill_typed(),
    ];
    let length = prop_oneof![
        4 => Just(None),
        4 => select(&[0_i64, 1, 3, 4, 8, 16, 1024, 1025, -1][..]).prop_map(|length| Some(Value::int(length))),
        1 => values::integer_edge().prop_map(Some),
        1 => values::ill_typed().prop_map(Some),
    ];
    let level = prop_oneof![8 => values::constants(LEVELS), 1 => values::number()];
    let option = prop_oneof![8 => values::constants(OPTIONS), 1 => values::number()];
    (inet(), kinds(), level, option, value, length)
        .prop_map(|(family, kind, level, option, value, length)| {
            let mut read = vec![level.clone(), option.clone()];
            read.extend(length);
            vec![
                socket(family, kind, "s"),
                on("s", "setsockopt", plain(vec![level, option, value])),
                on("s", "getsockopt", plain(read)),
            ]
        })
        .boxed()
}

/// Any method of a fresh socket that does not wait, with anything at all.
fn ill_typed_methods() -> BoxedStrategy<Script> {
    let arg = prop_oneof![
        3 => values::ill_typed(),
        2 => values::number(),
        1 => values::host_text(),
        1 => values::packed(),
        1 => values::address(values::numeric_host()),
    ];
    (inet(), kinds(), select(SOCKET_METHODS), proptest::collection::vec(arg, 0..4))
        .prop_map(|(family, kind, method, args)| {
            // A large size would have a buffer made of it.
            let args = args.into_iter().map(bounded).collect();
            vec![
                socket(family, kind, "s"),
                on("s", "setblocking", vec![int(0)]),
                on("s", method, plain(args)),
            ]
        })
        .boxed()
}

/// Sizes that a subject can make a buffer of.
fn bounded(value: Value) -> Value {
    match value.as_i64() {
        Some(number) if (1 << 20..i64::MAX).contains(&number) => Value::int(number % (1 << 20)),
        _ => value,
    }
}

/// A closed socket is asked something.
fn closed() -> BoxedStrategy<Script> {
    (inet(), kinds(), select(SOCKET_METHODS))
        .prop_map(|(family, kind, method)| {
            let address = any_port(loopback(family));
            let args = match method {
                "bind" | "connect" | "connect_ex" => vec![address],
                "getsockopt" => vec![constant("SOL_SOCKET"), constant("SO_TYPE")],
                "setsockopt" => vec![constant("SOL_SOCKET"), constant("SO_KEEPALIVE"), int(1)],
                "listen" | "recv" | "recvfrom" | "setblocking" | "shutdown" => vec![int(1)],
                "send" | "sendall" => vec![Template::Filler(1)],
                "sendto" => vec![Template::Filler(1), address],
                _ => Vec::new(),
            };
            vec![
                socket(family, kind, "s"),
                on("s", "setblocking", vec![int(0)]),
                on("s", "close", Vec::new()),
                on("s", method, args),
            ]
        })
        .boxed()
}

/// Sockets of `AF_UNIX`.
fn local() -> BoxedStrategy<Script> {
    let length =
        prop_oneof![4 => Just(None), 1 => select(&[100_usize, 107, 108, 109, 200][..]).prop_map(Some)];
    let address = prop_oneof![
        6 => length.prop_map(|length| Template::Path { name: "p".to_owned(), length }),
        1 => Just(Template::Value(Value::str("\0sockspec"))),
        1 => Just(Template::Value(Value::str(""))),
        // A relative path would be made wherever the subject stands.
        1 => values::ill_typed()
            .prop_map(|value| if value.as_bytes().is_some() { Value::int(7) } else { value })
            .prop_map(Template::Value),
        1 => Just(any_port("127.0.0.1")),
    ];
    (kinds(), address, any::<bool>())
        .prop_map(|(kind, address, connects)| {
            let mut script = vec![
                socket("AF_UNIX", kind, "s"),
                on("s", "getsockname", Vec::new()),
                on("s", "bind", vec![address.clone()]),
                on("s", "getsockname", Vec::new()),
            ];
            if connects {
                script.extend([
                    socket("AF_UNIX", kind, "t"),
                    on("t", "setblocking", vec![int(0)]),
                    on("t", "connect_ex", vec![address]),
                    on("t", "getpeername", Vec::new()),
                ]);
            }
            script
        })
        .boxed()
}
