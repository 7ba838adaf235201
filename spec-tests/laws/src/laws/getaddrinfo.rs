//! Laws of `getaddrinfo`: hosts and ports of every form, hints as filters, entries that fit their family.

use std::net::{IpAddr, Ipv6Addr};

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Expectation, Pattern, Step, Template};
use sockspec_subject::{Int, Value};

use crate::args;
use crate::generate::{arguments, inet, inet6, names, numbers};
use crate::law::{Form, law};
use crate::say::{
    Arg, any as any_of, call, constant, exact, number_of, pair_of, raising, raising_with, returning,
};
use crate::{Demand, Property, Seen};

pub(super) const LAWS: &[&dyn Property] = &[
    &NUMERIC,
    &PORTS,
    &ENTRIES,
    &FAMILY,
    &TYPE,
    &PROTOCOL,
    &NULL_HOST,
    &NULL_PORT,
    &PASSIVE,
    &CANONICAL,
    &NOT_CANONICAL,
    &NUMERIC_ONLY,
    &FAILURES,
    &HINTS_ARE_NUMBERS,
    &INVALID_HOSTS,
    &SERVICES,
];

/// A numeric host in any written form, with its address.
fn numeric() -> BoxedStrategy<(String, IpAddr)> {
    prop_oneof![
        inet::dotted().prop_map(|(text, bytes)| (text, IpAddr::from(bytes))),
        inet6::written_global().prop_map(|(text, address)| (text, IpAddr::from(address))),
    ]
    .boxed()
}

/// A host of any kind that resolves.
fn host() -> BoxedStrategy<String> {
    prop_oneof![2 => numeric().prop_map(|(text, _)| text), 3 => names::host_name(), 1 => names::dns_name()]
        .boxed()
}

/// The socket address of that address and port as the document writes it. How an IPv6 address is spelled is the
/// library's matter, so its text is held to a few.
fn sockaddr(address: IpAddr, port: u16) -> Pattern {
    match address {
        IpAddr::V4(address) => Pattern::Tuple(vec![exact(&address.to_string()), exact(port)]),
        IpAddr::V6(address) => {
            Pattern::Tuple(vec![super::spelled(address), exact(port), exact(0_i64), exact(0_i64)])
        }
    }
}

/// That every entry has this family and socket address.
fn each(address: IpAddr, port: u16) -> Expectation {
    let family = number_of(if address.is_ipv4() { "AF_INET" } else { "AF_INET6" });
    let entry = vec![family, any_of("int"), any_of("int"), any_of("str"), sockaddr(address, port)];
    returning(Pattern::Each(Box::new(Pattern::Tuple(entry))))
}

law! {
    /// The text is an address already, so it is the one that stands in each entry, in the form of its family.
    NUMERIC: ((String, IpAddr), u16), "getaddrinfo-of-a-numeric-host",
    "Each entry of a numeric host, however it is written, holds that address and port in the form of its family.",
    Nothing, 250, ["getaddrinfo.host-ipv4", "getaddrinfo.host-ipv6", "getaddrinfo.sockaddr-inet", "getaddrinfo.sockaddr-inet6",
        "getaddrinfo.five-tuple", "addresses.inet6-four-tuple-returned", "addresses.inet-pair-returned"];
    || (numeric(), numbers::port()).boxed();
    Form::Calls {
        steps: |((text, _), port)| vec![call("getaddrinfo", args![text, *port, 0_i64, constant("SOCK_STREAM")])],
        judge: |((_, address), port), seen| seen.demand(0, each(*address, *port)),
    }
}

law! {
    /// A port is a number or digits of it, and either way it is the same port.
    PORTS: ((String, IpAddr), u16), "getaddrinfo-port-as-number-and-digits",
    "A port given as digits leads to the same entries as the number.",
    Nothing, 150, ["getaddrinfo.port-number", "getaddrinfo.port-service"];
    || (numeric(), numbers::port()).boxed();
    Form::Calls {
        steps: |((text, _), port)| vec![
            call("getaddrinfo", args![text, *port, 0_i64, constant("SOCK_DGRAM")]),
            call("getaddrinfo", args![text, &port.to_string(), 0_i64, constant("SOCK_DGRAM")]),
        ],
        judge: |((_, address), port), seen| {
            seen.demand(0, each(*address, *port))?;
            // Whether digits name a service as well is the library's matter.
            match seen.raised(1) {
                Some(_) => seen.demand(1, raising(&["gaierror"])),
                None => seen.demand(1, each(*address, *port)),
            }
        },
    }
}

/// An entry that is one of either family.
fn any_entry(port: u16) -> Pattern {
    let entry = |family, address| {
        Pattern::Tuple(vec![
            number_of(family),
            any_of("int"),
            any_of("int"),
            any_of("str"),
            Pattern::Tuple(address),
        ])
    };
    Pattern::OneOf(vec![
        entry("AF_INET", vec![any_of("str"), exact(port)]),
        entry("AF_INET6", vec![any_of("str"), exact(port), any_of("int"), any_of("int")]),
    ])
}

law! {
    /// Whatever is asked, an entry is a tuple of five whose address has its family's form.
    ENTRIES: (String, u16, Value), "getaddrinfo-entries-fit-their-family",
    "The result is a list of five-tuples, each with an address in the form of its own family and the port asked for.",
    Lab, 60, ["getaddrinfo.list", "getaddrinfo.five-tuple", "getaddrinfo.entry-order", "getaddrinfo.entry-integers",
        "getaddrinfo.canonname-string", "getaddrinfo.sockaddr-tuple", "getaddrinfo.sockaddr-inet", "getaddrinfo.sockaddr-inet6"];
    || (host(), numbers::port(), arguments::flags(&["AI_PASSIVE", "AI_CANONNAME"])).boxed();
    Form::Calls {
        steps: |(host, port, flags)| vec![
            call("getaddrinfo", args![host, *port, 0_i64, constant("SOCK_STREAM"), 0_i64, flags]),
        ],
        judge: |(_, port, _), seen| seen.demand(0, returning(Pattern::Each(Box::new(any_entry(*port))))),
    }
}

/// Demands of the second call what a filter leaves of the first's entries; where it leaves none, a `gaierror`.
fn filtered(seen: &Seen<'_>, at: usize, wanted: &str) -> Result<(), Demand> {
    let Some(entries) = seen.returned(0).and_then(Value::items) else { return Ok(()) };
    let number = seen.facts().constant(wanted);
    let left: Vec<Pattern> = entries
        .iter()
        .filter(|entry| entry.items().and_then(|items| items.get(at)).and_then(Value::as_i64) == number)
        .map(exact)
        .collect();
    if left.is_empty() {
        seen.demand(1, raising(&["gaierror"]))
    } else {
        seen.demand(1, returning(Pattern::Unordered(left)))
    }
}

law! {
    /// A hint limits the entries; it brings none and changes none. The order is the library's.
    FAMILY: (String, u16, &'static str), "getaddrinfo-family-is-a-filter",
    "With a family, the entries are those of the query without one that have that family; where there are none, it fails.",
    Lab, 60, ["getaddrinfo.family-hint", "getaddrinfo.argument-order"];
    || {
        // Loopback's names and IPv4-mapped addresses are left out: libraries map one family to the other there.
        let host = host().prop_filter("mapped", |host| {
            let host = host.to_ascii_lowercase();
            let mapped = host.parse::<Ipv6Addr>().is_ok_and(|address| address.to_ipv4_mapped().is_some());
            !mapped && !host.starts_with("localhost") && !host.starts_with("ip6-") && host != "loop.dns.example"
        });
        (host, numbers::port(), select(&["AF_INET", "AF_INET6"][..])).boxed()
    };
    Form::Calls {
        steps: |(host, port, family)| vec![
            call("getaddrinfo", args![host, *port, 0_i64, constant("SOCK_STREAM")]),
            call("getaddrinfo", args![host, *port, constant(family), constant("SOCK_STREAM")]),
        ],
        judge: |(_, _, family), seen| filtered(seen, 0, family),
    }
}

law! {
    /// The same for types; without a port, so that raw sockets, which have none, are listed like the others.
    TYPE: ((String, IpAddr), &'static str), "getaddrinfo-type-is-a-filter",
    "With a type, the entries are those of the query without one that have that type.",
    Nothing, 150, ["getaddrinfo.type-hint"];
    || (numeric(), select(&["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"][..])).boxed();
    Form::Calls {
        steps: |((host, _), kind)| vec![
            call("getaddrinfo", args![host, Value::None]),
            call("getaddrinfo", args![host, Value::None, 0_i64, constant(kind)]),
        ],
        judge: |(_, kind), seen| filtered(seen, 1, kind),
    }
}

law! {
    /// The same for the two protocols that have one type each.
    PROTOCOL: ((String, IpAddr), u16, &'static str), "getaddrinfo-protocol-is-a-filter",
    "With TCP or UDP as protocol, the entries are those of the query without one that have that protocol.",
    Nothing, 150, ["getaddrinfo.protocol-hint"];
    || (numeric(), numbers::port(), select(&["IPPROTO_TCP", "IPPROTO_UDP"][..])).boxed();
    Form::Calls {
        steps: |((host, _), port, protocol)| vec![
            call("getaddrinfo", args![host, *port]),
            call("getaddrinfo", args![host, *port, 0_i64, 0_i64, constant(protocol)]),
        ],
        judge: |(_, _, protocol), seen| filtered(seen, 2, protocol),
    }
}

/// Demands of the second call what came of the first.
fn same(seen: &Seen<'_>) -> Result<(), Demand> {
    match (seen.returned(0), seen.raised(0)) {
        (Some(value), _) => seen.demand(1, returning(exact(value))),
        (_, Some(raised)) => seen.demand(1, raising(&[raised.documented_class()])),
        _ => Ok(()),
    }
}

/// The hints of a query for streams or datagrams of either family or any.
fn hints() -> BoxedStrategy<(Value, Value, Value)> {
    let constants = |names: &[&str]| {
        let mut values: Vec<Value> = names.iter().map(|name| Value::Constant((*name).to_owned())).collect();
        values.insert(0, Value::int(0));
        select(values)
    };
    let family = constants(&["AF_INET", "AF_INET6"]);
    (family, constants(&["SOCK_STREAM", "SOCK_DGRAM"]), constants(&["AI_PASSIVE"])).boxed()
}

law! {
    /// Both pass a null pointer, so nothing can tell them apart. Today's document speaks of None alone.
    NULL_HOST: (u16, (Value, Value, Value)), "getaddrinfo-empty-host-is-none",
    "An empty text as host leads to what None leads to.",
    Nothing, 100, ["getaddrinfo.null-host-empty", "getaddrinfo.null-host-none"], only V2_2;
    || (numbers::port(), hints()).boxed();
    Form::Calls {
        steps: |(port, (family, kind, flags))| vec![
            call("getaddrinfo", args![Value::None, *port, family, kind, 0_i64, flags]),
            call("getaddrinfo", args!["", *port, family, kind, 0_i64, flags]),
        ],
        judge: |_, seen| same(seen),
    }
}

law! {
    /// The same for the port.
    NULL_PORT: ((String, IpAddr), (Value, Value, Value)), "getaddrinfo-empty-port-is-none",
    "An empty text as port leads to what None leads to.",
    Nothing, 100, ["getaddrinfo.null-port-empty", "getaddrinfo.null-port-none"], only V2_2;
    || (numeric(), hints()).boxed();
    Form::Calls {
        steps: |((host, _), (family, kind, flags))| vec![
            call("getaddrinfo", args![host, Value::None, family, kind, 0_i64, flags]),
            call("getaddrinfo", args![host, "", family, kind, 0_i64, flags]),
        ],
        judge: |_, seen| same(seen),
    }
}

law! {
    /// Where a server is to listen on any address, the wildcards are what it binds; a client reaches the loopback.
    PASSIVE: (u16, &'static str, bool), "getaddrinfo-passive-gives-wildcards",
    "Without a host the entries are the wildcard addresses with AI_PASSIVE, and the loopback addresses without.",
    Nothing, 100, ["getaddrinfo.passive", "getaddrinfo.host-none", "getaddrinfo.null-host-none"];
    || (numbers::port(), select(&["AF_INET", "AF_INET6"][..]), any::<bool>()).boxed();
    Form::Calls {
        steps: |(port, family, passive)| {
            let flags = if *passive { constant("AI_PASSIVE") } else { 0_i64.arg() };
            vec![call("getaddrinfo", args![Value::None, *port, constant(family), constant("SOCK_STREAM"), 0_i64, flags])]
        },
        judge: |(port, family, passive), seen| {
            let address: IpAddr = match (*family, *passive) {
                ("AF_INET", true) => [0, 0, 0, 0].into(),
                ("AF_INET", false) => [127, 0, 0, 1].into(),
                (_, true) => [0_u16; 8].into(),
                (_, false) => [0, 0, 0, 0, 0, 0, 0, 1].into(),
            };
            seen.demand(0, each(address, *port))
        },
    }
}

law! {
    /// The name is the one of the hosts file's line, whichever of its names was asked for.
    CANONICAL: (crate::Host, usize, u16), "getaddrinfo-canonical-name",
    "With AI_CANONNAME an entry holds the primary name of the host, by whichever of its names it was asked for.",
    Lab, 40, ["getaddrinfo.canonname", "getaddrinfo.flags-hint", "getaddrinfo.canonname-string"];
    || {
        // Where two lines give a name, libraries differ over which is meant.
        let host = names::host().prop_filter("of one line", |host| super::lines_of_family(host) == 1);
        (host, any::<usize>(), numbers::port()).boxed()
    };
    Form::Calls {
        steps: |(host, at, port)| {
            let names: Vec<&str> = host.names().collect();
            let family = constant(if host.address.is_ipv4() { "AF_INET" } else { "AF_INET6" });
            let kind = constant("SOCK_STREAM");
            vec![call("getaddrinfo", args![names[at % names.len()], *port, family, kind, 0_i64, constant("AI_CANONNAME")])]
        },
        judge: |(host, _, port), seen| {
            let family = number_of(if host.address.is_ipv4() { "AF_INET" } else { "AF_INET6" });
            let entry = vec![family, any_of("int"), any_of("int"), exact(&host.primary), sockaddr(host.address, *port)];
            seen.demand(0, returning(Pattern::Contains(vec![Pattern::Tuple(entry)])))
        },
    }
}

law! {
    /// Today's document says so in so many words.
    NOT_CANONICAL: (String, u16), "getaddrinfo-canonical-name-only-where-asked",
    "Without AI_CANONNAME the fourth item of every entry is empty.",
    Lab, 40, ["getaddrinfo.canonname-empty"], only V3;
    || (host(), numbers::port()).boxed();
    Form::Calls {
        steps: |(host, port)| vec![call("getaddrinfo", args![host, *port, 0_i64, constant("SOCK_STREAM")])],
        judge: |_, seen| {
            let entry = vec![any_of("int"), any_of("int"), any_of("int"), exact(""), any_of("tuple")];
            seen.demand(0, returning(Pattern::Each(Box::new(Pattern::Tuple(entry)))))
        },
    }
}

law! {
    /// The flag reaches the C call, which then looks nothing up.
    NUMERIC_ONLY: (String, u16), "getaddrinfo-numeric-host-only",
    "With AI_NUMERICHOST a name is no host: EAI_NONAME, also for a name that exists.",
    Nothing, 100, ["getaddrinfo.flags-hint", "errors.gaierror-getaddrinfo", "errors.gaierror-getaddrinfo-number", "errors.gaierror-getaddrinfo-text"];
    || (names::name(), numbers::port()).boxed();
    Form::Calls {
        steps: |(host, port)| vec![
            call("getaddrinfo", args![host, *port, 0_i64, constant("SOCK_STREAM"), 0_i64, constant("AI_NUMERICHOST")]),
        ],
        judge: |_, seen| seen.demand(0, raising_with(&["gaierror"], Some(pair_of(&["EAI_NONAME"])))),
    }
}

/// The codes that the call has for what was asked wrongly or cannot be had.
const CODES: [&str; 9] = [
    "EAI_NONAME",
    "EAI_SERVICE",
    "EAI_FAMILY",
    "EAI_SOCKTYPE",
    "EAI_BADFLAGS",
    "EAI_AGAIN",
    "EAI_FAIL",
    "EAI_NODATA",
    "EAI_ADDRFAMILY",
];

law! {
    /// Every failure of this function is its own class, with one of the library's codes and that code's text.
    FAILURES: ((String, u16), (Value, Value, Value, Value)), "getaddrinfo-fails-with-gaierror",
    "Whatever family, type, protocol and flags are given, it returns a list or raises gaierror with a code and its own text.",
    Nothing, 250, ["errors.gaierror", "errors.gaierror-pair", "errors.gaierror-getaddrinfo", "errors.gaierror-getaddrinfo-number",
        "errors.gaierror-getaddrinfo-text"];
    || {
        let host = prop_oneof![numeric().prop_map(|(text, _)| text), inet6::invalid(), names::name()];
        let flags = arguments::flags(arguments::ADDRESS_FLAGS).prop_map(|flags| match flags {
            // Names are not to be looked up here.
            Value::Constant(flags) => Value::Constant(format!("{flags}|AI_NUMERICHOST")),
            _ => Value::Constant("AI_NUMERICHOST".to_owned()),
        });
        ((host, numbers::port()), (arguments::family(), arguments::socket_type(), arguments::protocol(), flags)).boxed()
    };
    Form::Calls {
        steps: |((host, port), (family, kind, protocol, flags))| vec![
            call("getaddrinfo", args![host, *port, family, kind, protocol, flags]),
        ],
        judge: |_, seen| match seen.raised(0) {
            Some(_) => seen.demand(0, raising_with(&["gaierror"], Some(pair_of(&CODES)))),
            None => seen.demand(0, returning(any_of("list"))),
        },
    }
}

law! {
    /// They must be numeric if specified.
    HINTS_ARE_NUMBERS: ((String, IpAddr), usize, Value), "getaddrinfo-hints-are-numbers",
    "A family, type, protocol or flags argument that is no number raises TypeError.",
    Nothing, 150, ["getaddrinfo.optional-numeric", "errors.argument-type"];
    || (numeric(), 0_usize..4, arguments::no_number()).boxed();
    Form::Calls {
        steps: |((host, _), at, value)| -> Vec<Step> {
            let mut arguments: Vec<Template> = args![host, 80_i64];
            arguments.resize(2 + at, 0_i64.arg());
            arguments.push(value.arg());
            vec![call("getaddrinfo", arguments)]
        },
        judge: |_, seen| seen.demand(0, raising(&["TypeError"])),
    }
}

law! {
    /// Neither address nor name: the class is the function's own.
    INVALID_HOSTS: (String, Int), "getaddrinfo-refuses-invalid-text",
    "Text that is no address raises gaierror where only addresses are taken.",
    Nothing, 150, ["errors.gaierror-getaddrinfo", "getaddrinfo.host-ipv6", "getaddrinfo.host-ipv4"];
    || (inet6::invalid(), Just(Int::from(80))).boxed();
    Form::Calls {
        steps: |(host, port)| vec![
            call("getaddrinfo", args![host, Value::Int(port.clone()), 0_i64, constant("SOCK_STREAM"), 0_i64, constant("AI_NUMERICHOST")]),
        ],
        judge: |_, seen| seen.demand(0, raising(&["gaierror"])),
    }
}

law! {
    /// A service's name is a port, the one of the type that is asked for.
    SERVICES: ((crate::Service, String), (String, IpAddr)), "getaddrinfo-service-is-its-port",
    "The name of a service as port leads to the port that it has with that type's protocol.",
    Lab, 60, ["getaddrinfo.port-service", "getaddrinfo.type-hint"];
    || (names::service_name(), numeric()).boxed();
    Form::Calls {
        steps: |((service, name), (host, _))| {
            let kind = constant(if service.protocol == "udp" { "SOCK_DGRAM" } else { "SOCK_STREAM" });
            vec![call("getaddrinfo", args![host, name, 0_i64, kind])]
        },
        judge: |((service, _), (_, address)), seen| seen.demand(0, each(*address, service.number)),
    }
}
