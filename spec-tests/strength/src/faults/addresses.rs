//! Faults in the forms of addresses.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::tools::{
    GIVE_ADDRESS, TAKE_ADDRESS, address_in, address_out, args, args_mut, instead, refuse_address, rewrite,
};
use crate::values::{
    at, digits, first, is_ipv4, is_ipv6, is_name, items, number, other_sequence, other_string, string, swap,
    text, with, without,
};

const UNIX: i64 = 1;
const INET: i64 = 2;
const INET6: i64 = 10;

fn host(address: &Value) -> &Value {
    items(address).first().unwrap_or(&Value::None)
}

fn host_is(address: Value, special: &str, meaning: &str) -> Value {
    at(address, 0, |host| {
        if matches!(&host, Value::Str(t) if t.as_bytes() == special.as_bytes()) {
            Value::str(meaning)
        } else {
            host
        }
    })
}

fn with_port(address: Value, change: fn(i64) -> i64) -> Value {
    at(address, 1, |port| number(port, change))
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "unix-path-in-tuple",
        &["addresses.unix-string", "addresses.format-taken", "bind.address-format", "connect.address-format"],
        "A path has to stand in a tuple.",
        || refuse_address(TAKE_ADDRESS, UNIX, |address| !matches!(address, Value::Tuple(_))),
    ),
    Fault::new(
        "unix-path-cut",
        &["addresses.unix-string", "bind.binds"],
        "The last byte of a path is lost on the way in.",
        || {
            address_in(TAKE_ADDRESS, UNIX, |path| {
                string(path, |bytes| {
                    bytes.pop();
                })
            })
        },
    ),
    Fault::new(
        "unix-returned-in-tuple",
        &["addresses.unix-string-returned", "addresses.format-returned", "getsockname.address-format"],
        "A path comes back in a tuple.",
        || address_out(GIVE_ADDRESS, UNIX, |path| Value::Tuple(vec![path])),
    ),
    Fault::new(
        "unix-returned-empty",
        &["addresses.unix-string-returned", "getsockname.result"],
        "A path comes back empty.",
        || address_out(GIVE_ADDRESS, UNIX, |path| string(path, Vec::clear)),
    ),
    Fault::new("unix-bytes-refused", &["addresses.unix-bytes"], "A path as bytes is refused.", || {
        refuse_address(TAKE_ADDRESS, UNIX, |address| matches!(address, Value::Bytes(_)))
    })
    .today(),
    Fault::new(
        "unix-abstract-text",
        &["addresses.unix-abstract"],
        "An abstract name comes back as text.",
        || {
            address_out(GIVE_ADDRESS, UNIX, |path| {
                if matches!(path, Value::Bytes(_)) { other_string(path) } else { path }
            })
        },
    )
    .today(),
    Fault::new(
        "unix-abstract-cut",
        &["addresses.unix-abstract"],
        "An abstract name comes back without its leading NUL.",
        || {
            address_out(GIVE_ADDRESS, UNIX, |path| {
                string(path, |bytes| {
                    if bytes.first() == Some(&0) {
                        bytes.remove(0);
                    }
                })
            })
        },
    )
    .today(),
    Fault::new(
        "inet-pair-swapped-in",
        &["addresses.inet-pair", "bind.address-format", "connect.address-format"],
        "An IPv4 pair is taken as port, host.",
        || address_in(TAKE_ADDRESS, INET, |pair| swap(pair, 0, 1)),
    ),
    Fault::new(
        "inet-list-accepted",
        &["addresses.inet-pair", "errors.argument-type"],
        "A list is taken for an address.",
        || {
            address_in(TAKE_ADDRESS, 0, |address| match address {
                Value::List(_) => other_sequence(address),
                other => other,
            })
        },
    ),
    Fault::new(
        "inet-pair-swapped-out",
        &["addresses.inet-pair-returned", "addresses.format-returned"],
        "An IPv4 address comes back as port, host.",
        || address_out(GIVE_ADDRESS, INET, |pair| swap(pair, 0, 1)),
    ),
    Fault::new(
        "inet-list-returned",
        &["addresses.inet-pair-returned"],
        "An IPv4 address comes back as a list.",
        || address_out(GIVE_ADDRESS, INET, other_sequence),
    ),
    Fault::new(
        "inet-four-tuple-returned",
        &["addresses.inet-pair-returned", "getpeername.address-format", "recvfrom.address-format"],
        "An IPv4 address comes back with two zeros behind it.",
        || address_out(GIVE_ADDRESS, INET, |pair| with(with(pair, 0), 0)),
    ),
    Fault::new(
        "inet-name-refused",
        &["addresses.inet-host-name"],
        "A name in an IPv4 pair is not resolved.",
        || {
            instead(TAKE_ADDRESS, |desk, call| {
                let such = desk.family(call) == INET && args(call).last().is_some_and(|a| is_name(host(a)));
                Ok(such.then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "inet-dotted-refused",
        &["addresses.inet-host-numeric"],
        "A dotted address in an IPv4 pair is looked up as a name, and not found.",
        || {
            address_in(TAKE_ADDRESS, INET, |pair| {
                at(pair, 0, |host| if is_ipv4(&host) { Value::str("nowhere.example") } else { host })
            })
        },
    ),
    Fault::new(
        "inet-last-byte-lost",
        &["addresses.inet-host-numeric", "addresses.numeric-deterministic"],
        "The last of the four numbers of a dotted address becomes 1.",
        || {
            address_in(TAKE_ADDRESS, INET, |pair| {
                at(pair, 0, |host| match text(&host).rsplit_once('.') {
                    Some((start, _)) if is_ipv4(&host) => Value::str(format!("{start}.1")),
                    _ => host,
                })
            })
        },
    ),
    Fault::new(
        "port-as-text",
        &["addresses.inet-port-integer", "errors.argument-type"],
        "A port as text is accepted.",
        || {
            address_in(TAKE_ADDRESS, 0, |address| {
                at(address, 1, |port| text(&port).parse().map_or(port, |number: i64| Value::int(number)))
            })
        },
    ),
    Fault::new(
        "port-returned-as-text",
        &["addresses.inet-port-integer", "addresses.inet-pair-returned", "getsockname.inet-port"],
        "The port of an address that comes back is text.",
        || address_out(GIVE_ADDRESS, INET, |pair| at(pair, 1, digits)),
    ),
    Fault::new(
        "port-swapped",
        &["addresses.inet-port-integer", "connect.connects", "sendto.sends"],
        "The bytes of a port are not put into network order on the way in.",
        || {
            address_in(TAKE_ADDRESS, 0, |address| {
                with_port(address, |port| u16::try_from(port).map_or(port, |port| port.swap_bytes().into()))
            })
        },
    ),
    Fault::new(
        "port-wraps",
        &["addresses.inet-port-integer"],
        "A port beyond 16 bits is taken by its last 16 bits.",
        || address_in(TAKE_ADDRESS, 0, |address| with_port(address, |port| port & 0xffff)),
    ),
    Fault::new(
        "port-off-by-one",
        &["addresses.inet-port-integer", "bind.binds", "getsockname.inet-port", "getsockname.inet6-port"],
        "The port of the own address is one too high.",
        || {
            instead(&["getsockname"], |desk, call| {
                Ok(desk
                    .value(call, "getsockname", Vec::new())?
                    .map(|address| Outcome::Returned(with_port(address, |port| port + 1))))
            })
        },
    ),
    Fault::new(
        "inet6-four-tuple-refused",
        &["addresses.inet6-four-tuple", "bind.address-format", "sendto.address-format"],
        "The full form of an IPv6 address is refused.",
        || refuse_address(TAKE_ADDRESS, INET6, |address| items(address).len() == 4),
    ),
    Fault::new(
        "inet6-flow-scope-swapped-in",
        &["addresses.inet6-four-tuple", "addresses.inet6-flowinfo", "addresses.inet6-scope-id"],
        "Flow information and scope id are taken for each other.",
        || address_in(TAKE_ADDRESS, INET6, |address| swap(address, 2, 3)),
    ),
    Fault::new(
        "inet6-flow-scope-swapped-out",
        &["addresses.inet6-four-tuple-returned", "addresses.inet6-flowinfo", "addresses.inet6-scope-id"],
        "Flow information and scope id come back in each other's place.",
        || address_out(GIVE_ADDRESS, INET6, |address| swap(address, 2, 3)),
    ),
    Fault::new(
        "inet6-pair-returned",
        &["addresses.inet6-four-tuple-returned", "addresses.format-returned", "getpeername.address-format"],
        "An IPv6 address without flow information and scope comes back as a pair.",
        || {
            address_out(GIVE_ADDRESS, INET6, |address| {
                if items(&address).iter().skip(2).all(|item| item.as_i64() == Some(0)) {
                    first(address, 2)
                } else {
                    address
                }
            })
        },
    ),
    Fault::new(
        "inet6-scope-dropped",
        &["addresses.inet6-four-tuple-returned"],
        "An IPv6 address comes back without its fourth item.",
        || address_out(GIVE_ADDRESS, INET6, |address| without(address, 3)),
    ),
    Fault::new(
        "inet6-name-refused",
        &["addresses.inet6-host-name"],
        "A name in an IPv6 address is not resolved.",
        || {
            instead(TAKE_ADDRESS, |desk, call| {
                let such = desk.family(call) == INET6 && args(call).last().is_some_and(|a| is_name(host(a)));
                Ok(such.then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "inet6-numeric-refused",
        &["addresses.inet6-host-numeric"],
        "IPv6 text is looked up as a name, and not found.",
        || {
            address_in(TAKE_ADDRESS, INET6, |address| {
                at(address, 0, |host| if is_ipv6(&host) { Value::str("nowhere.example") } else { host })
            })
        },
    ),
    Fault::new(
        "inet6-dotted-tail-refused",
        &["addresses.inet6-host-numeric"],
        "IPv6 text that ends in a dotted address is refused.",
        || {
            instead(TAKE_ADDRESS, |desk, call| {
                let such = args(call).last().is_some_and(|a| is_ipv6(host(a)) && text(host(a)).contains('.'));
                Ok(such.then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "inet6-flowinfo-lost",
        &["addresses.inet6-flowinfo"],
        "The flow information of an address is not passed on.",
        || address_in(TAKE_ADDRESS, INET6, |address| at(address, 2, |flow| number(flow, |_| 0))),
    ),
    Fault::new(
        "inet6-flowinfo-not-returned",
        &["addresses.inet6-flowinfo"],
        "The flow information of an address that comes back is zero.",
        || address_out(GIVE_ADDRESS, INET6, |address| at(address, 2, |_| Value::int(0))),
    ),
    Fault::new(
        "inet6-flowinfo-order",
        &["addresses.inet6-flowinfo"],
        "The bytes of the flow information come back in the other order.",
        || {
            address_out(GIVE_ADDRESS, INET6, |address| {
                at(address, 2, |flow| {
                    number(flow, |flow| u32::try_from(flow).map_or(flow, |flow| flow.swap_bytes().into()))
                })
            })
        },
    ),
    Fault::new(
        "inet6-scope-lost",
        &["addresses.inet6-scope-id"],
        "The scope id of an address is not passed on.",
        || address_in(TAKE_ADDRESS, INET6, |address| at(address, 3, |scope| number(scope, |_| 0))),
    ),
    Fault::new(
        "inet6-scope-not-returned",
        &["addresses.inet6-scope-id"],
        "The scope id of an address that comes back is zero.",
        || address_out(GIVE_ADDRESS, INET6, |address| at(address, 3, |_| Value::int(0))),
    ),
    Fault::new(
        "inet6-three-tuple-refused",
        &["addresses.inet6-without-scope-id"],
        "An IPv6 address without scope id is refused.",
        || refuse_address(TAKE_ADDRESS, INET6, |address| items(address).len() == 3),
    ),
    Fault::new(
        "inet6-third-is-scope",
        &["addresses.inet6-without-scope-id"],
        "The third of three items is taken for the scope id.",
        || {
            address_in(TAKE_ADDRESS, INET6, |address| {
                if items(&address).len() == 3 { swap(with(address, 0), 2, 3) } else { address }
            })
        },
    ),
    Fault::new(
        "inet6-two-tuple-refused",
        &["addresses.inet6-without-flowinfo", "addresses.format-taken"],
        "An IPv6 address of host and port alone is refused.",
        || refuse_address(TAKE_ADDRESS, INET6, |address| items(address).len() == 2),
    ),
    Fault::new(
        "other-family-accepted",
        &["addresses.families"],
        "A socket of another family is made as one of AF_INET.",
        || {
            rewrite(&["socket"], |_, args| {
                if let Some(family) = args.first_mut()
                    && !matches!(family.as_i64(), Some(UNIX | INET | INET6) | None)
                {
                    *family = Value::int(INET);
                }
            })
        },
    ),
    Fault::new(
        "inet-takes-four-tuple",
        &["addresses.format-taken", "bind.address-format", "connect.address-format", "sendto.address-format"],
        "An IPv4 socket takes an IPv6 address's four items, and forgets two.",
        || address_in(TAKE_ADDRESS, INET, |address| first(address, 2)),
    ),
    Fault::new(
        "unix-takes-pair",
        &["addresses.format-taken", "bind.address-format", "connect.address-format"],
        "An AF_UNIX socket takes a pair, and uses its first item.",
        || {
            address_in(TAKE_ADDRESS, UNIX, |address| {
                let path = host(&address).clone();
                if path == Value::None { address } else { path }
            })
        },
    ),
    Fault::new(
        "inet-takes-text",
        &["addresses.format-taken", "bind.address-format", "connect.address-format"],
        "An IPv4 socket takes one text, and uses port 0 with it.",
        || {
            address_in(TAKE_ADDRESS, INET, |address| match address {
                Value::Str(_) => Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(0)]),
                other => other,
            })
        },
    ),
    Fault::new(
        "mapped-returned-as-pair",
        &["addresses.format-returned", "accept.peer-address"],
        "An IPv6 socket gives a v4-mapped address back as an IPv4 pair.",
        || {
            address_out(GIVE_ADDRESS, INET6, |address| {
                match text(host(&address)).strip_prefix("::ffff:").map(str::to_owned) {
                    Some(inner) => at(first(address, 2), 0, |_| Value::str(inner)),
                    None => address,
                }
            })
        },
    ),
    Fault::new(
        "empty-host-refused",
        &["addresses.inet-empty-host"],
        "An empty host is refused for IPv4.",
        || {
            refuse_address(
                TAKE_ADDRESS,
                INET,
                |a| matches!(host(a), Value::Str(t) if t.as_bytes().is_empty()),
            )
        },
    ),
    Fault::new(
        "empty-host-loopback",
        &["addresses.inet-empty-host"],
        "An empty host means the loopback address for IPv4.",
        || address_in(TAKE_ADDRESS, INET, |address| host_is(address, "", "127.0.0.1")),
    ),
    Fault::new(
        "broadcast-refused",
        &["addresses.inet-broadcast-host"],
        "<broadcast> is looked up as a name.",
        || address_in(TAKE_ADDRESS, INET, |address| host_is(address, "<broadcast>", "nowhere.example")),
    ),
    Fault::new(
        "broadcast-other",
        &["addresses.inet-broadcast-host"],
        "<broadcast> means the wildcard address.",
        || address_in(TAKE_ADDRESS, INET, |address| host_is(address, "<broadcast>", "0.0.0.0")),
    ),
    Fault::new(
        "inet6-empty-host-accepted",
        &["addresses.inet6-no-empty-host"],
        "An empty host means the wildcard address for IPv6, too.",
        || address_in(TAKE_ADDRESS, INET6, |address| host_is(address, "", "::")),
    ),
    Fault::new(
        "inet6-broadcast-accepted",
        &["addresses.inet6-no-broadcast-host"],
        "<broadcast> means an address for IPv6, too.",
        || address_in(TAKE_ADDRESS, INET6, |address| host_is(address, "<broadcast>", "::1")),
    ),
    Fault::new(
        "name-last-result",
        &["addresses.name-first-result"],
        "Of a name's addresses the last one is used.",
        || {
            instead(TAKE_ADDRESS, |desk, call| {
                let Some(address) = args(call).last().cloned() else { return Ok(None) };
                if !is_name(host(&address)) {
                    return Ok(None);
                }
                let made = desk.made(call);
                let wanted = vec![
                    host(&address).clone(),
                    Value::None,
                    Value::int(made.family),
                    Value::int(made.socktype),
                ];
                if let Outcome::Returned(found) = desk.function("getaddrinfo", wanted)?
                    && let Some(last) = items(&found).last().and_then(|entry| items(entry).get(4))
                    && let Some(args) = args_mut(call)
                    && let Some(place) = args.last_mut()
                {
                    let last = host(last).clone();
                    *place = at(address, 0, |_| last);
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "numeric-host-resolved",
        &["addresses.numeric-deterministic"],
        "A numeric host has to be known to the resolver.",
        || {
            instead(TAKE_ADDRESS, |desk, call| {
                let Some(host) = args(call).last().map(host).filter(|host| is_ipv4(host) || is_ipv6(host))
                else {
                    return Ok(None);
                };
                Ok(match desk.function("gethostbyaddr", vec![host.clone()])? {
                    raised @ Outcome::Raised(_) => Some(raised),
                    _ => None,
                })
            })
        },
    ),
];
