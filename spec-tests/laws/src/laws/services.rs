//! Laws of `getservbyname`, `getprotobyname` and `getnameinfo`.

use std::net::{IpAddr, Ipv6Addr};

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Pattern, Template};
use sockspec_subject::Value;

use crate::args;
use crate::generate::{arguments, inet, inet6, names, numbers};
use crate::law::{Form, law};
use crate::say::{
    Arg, StepExt, any as any_of, bound, call, constant, exact, raising, raising_with, returning, tuple,
};
use crate::{Host, Known, Property, Service};

pub(super) const LAWS: &[&dyn Property] = &[
    &PORT_OF,
    &NO_SERVICE,
    &PROTOCOL_OF,
    &NUMERIC,
    &NUMERIC6,
    &UNDOES,
    &SERVICE_OF,
    &HOST_OF,
    &PAIRS,
    &FLAGS_ARE_NUMBERS,
];

law! {
    /// A service's port goes by its name and its protocol, and an alias is a name too.
    PORT_OF: (Service, String), "getservbyname-finds-every-service",
    "getservbyname gives the port of each service of the services file, by each of its names, with its protocol.",
    Lab, 60, ["getservbyname.result", "getservbyname.tcp", "getservbyname.udp", "getservbyname.by-protocol"];
    names::service_name;
    Form::Calls {
        steps: |(service, name)| vec![call("getservbyname", args![name, &service.protocol])],
        judge: |(service, _), seen| seen.demand(0, returning(exact(service.number))),
    }
}

law! {
    /// What is in no line of the file is no service.
    NO_SERVICE: (String, &'static str), "getservbyname-refuses-unknown-names",
    "getservbyname raises `error` for a name that no service has.",
    Lab, 40, ["getservbyname.result", "errors.error"];
    || (names::no_service(), select(&["tcp", "udp"][..])).boxed();
    Form::Calls {
        steps: |(name, protocol)| vec![call("getservbyname", args![name, *protocol])],
        judge: |_, seen| seen.demand(0, raising(&["error"])),
    }
}

law! {
    /// The number that `socket` takes as its third argument.
    PROTOCOL_OF: (Service, String), "getprotobyname-finds-every-protocol",
    "getprotobyname gives the number of each protocol of the protocols file, by each of its names.",
    Lab, 40, ["getprotobyname.result"];
    names::protocol_name;
    Form::Calls {
        steps: |(_, name)| vec![call("getprotobyname", args![name])],
        judge: |(protocol, _), seen| seen.demand(0, returning(exact(protocol.number))),
    }
}

const BOTH_NUMERIC: &str = "NI_NUMERICHOST|NI_NUMERICSERV";

law! {
    /// Both as numbers: the address and the port that were given, as text.
    NUMERIC: ((String, [u8; 4]), u16, bool), "getnameinfo-writes-ipv4-numbers",
    "With both numeric flags, getnameinfo gives an IPv4 address and port back as text.",
    Nothing, 250, ["getnameinfo.host-numeric", "getnameinfo.port-numeric", "getnameinfo.inet", "getnameinfo.pair",
        "getnameinfo.host-string", "getnameinfo.port-string"];
    || (inet::dotted(), numbers::port(), any::<bool>()).boxed();
    Form::Calls {
        steps: |((text, _), port, datagram)| {
            let flags = if *datagram { "NI_NUMERICHOST|NI_NUMERICSERV|NI_DGRAM" } else { BOTH_NUMERIC };
            vec![call("getnameinfo", args![tuple(args![text, *port]), constant(flags)])]
        },
        judge: |((text, _), port, _), seen| {
            seen.demand(0, returning(Pattern::Tuple(vec![exact(text), exact(&port.to_string())])))
        },
    }
}

law! {
    /// The same for IPv6, where flow information and scope id may be left out and are no part of the text.
    NUMERIC6: ((String, Ipv6Addr), u16, (usize, u32)), "getnameinfo-writes-ipv6-numbers",
    "With both numeric flags, getnameinfo gives an IPv6 address and port back as text, whatever the flow information.",
    Nothing, 250, ["getnameinfo.host-numeric", "getnameinfo.port-numeric", "getnameinfo.inet6", "addresses.inet6-flowinfo",
        "addresses.inet6-without-scope-id", "addresses.inet6-without-flowinfo"];
    || (inet6::written_global(), numbers::port(), (2_usize..=4, 0_u32..0x10_0000)).boxed();
    Form::Calls {
        steps: |((text, _), port, (arity, flow))| {
            let mut address: Vec<Template> = args![text, *port, *flow, 0_i64];
            address.truncate(*arity);
            vec![call("getnameinfo", args![tuple(address), constant(BOTH_NUMERIC)])]
        },
        judge: |((_, address), port, _), seen| {
            seen.demand(0, returning(Pattern::Tuple(vec![super::spelled(*address), exact(&port.to_string())])))
        },
    }
}

law! {
    /// One writes what the other reads.
    UNDOES: (IpAddr, u16), "getnameinfo-undoes-getaddrinfo",
    "Numeric getnameinfo of an entry's address gives back the host and port that getaddrinfo was given.",
    Nothing, 60, ["getaddrinfo.sockaddr-accepted", "getnameinfo.host-numeric", "getnameinfo.port-numeric", "getaddrinfo.port-number"];
    || {
        let address = prop_oneof![inet::quad().prop_map(IpAddr::from), inet6::global().prop_map(IpAddr::from)];
        (address, numbers::port()).boxed()
    };
    Form::Session(|(address, port), session| {
        let text = address.to_string();
        session.run(call("getaddrinfo", args![&text, *port, 0_i64, constant("SOCK_STREAM")]).binds("entries"))?;
        let sockaddr = Template::Ref { name: "entries".to_owned(), at: vec![0, 4] };
        let host = match address {
            IpAddr::V4(_) => exact(&text),
            IpAddr::V6(address) => super::spelled(*address),
        };
        session.run(call("getnameinfo", args![sockaddr, constant(BOTH_NUMERIC)]).binds("pair")
            .returns(Pattern::Tuple(vec![host, exact(&port.to_string())])))?;
        let (host, service) = (crate::say::member("pair", 0), crate::say::member("pair", 1));
        session.run(call("getaddrinfo", args![host, service, 0_i64, constant("SOCK_STREAM")])
            .expects(returning(exact(bound("entries")))))?;
        Ok(())
    })
}

law! {
    /// The name of a port goes by TCP, and by UDP with `NI_DGRAM`; a port without one is digits.
    SERVICE_OF: (u16, bool), "getnameinfo-names-services",
    "getnameinfo names a port as the services file does for TCP, or for UDP with NI_DGRAM; else it gives its digits.",
    Lab, 100, ["getnameinfo.port-service", "getnameinfo.port-string", "getnameinfo.port-numeric"];
    || {
        let known = names::service().prop_map(|service| service.number);
        (prop_oneof![3 => known, 1 => numbers::nonzero_port()], any::<bool>()).boxed()
    };
    Form::Calls {
        steps: |(port, datagram)| {
            let flags = if *datagram { "NI_NUMERICHOST|NI_DGRAM" } else { "NI_NUMERICHOST" };
            vec![call("getnameinfo", args![tuple(args!["127.0.0.1", *port]), constant(flags)])]
        },
        judge: |(port, datagram), seen| {
            let protocol = if *datagram { "udp" } else { "tcp" };
            let service = Known::lab().service_at(*port, protocol).map_or_else(|| port.to_string(), str::to_owned);
            seen.demand(0, returning(Pattern::Tuple(vec![exact("127.0.0.1"), exact(&service)])))
        },
    }
}

law! {
    /// The name of an address is its line's primary name.
    HOST_OF: (Host, u16), "getnameinfo-names-hosts",
    "getnameinfo without NI_NUMERICHOST gives the primary name of an address of either family.",
    Lab, 60, ["getnameinfo.host-name", "getnameinfo.inet", "getnameinfo.inet6"];
    || (names::host(), numbers::port()).boxed();
    Form::Calls {
        steps: |(host, port)| {
            let text = host.address.to_string();
            let address: Vec<Template> =
                if host.address.is_ipv4() { args![&text, *port] } else { args![&text, *port, 0_i64, 0_i64] };
            vec![call("getnameinfo", args![tuple(address), constant("NI_NUMERICSERV")])]
        },
        judge: |(host, port), seen| {
            let first = Known::lab().line_at(host.address).map_or(host.primary.as_str(), |line| &line.primary);
            seen.demand(0, returning(Pattern::Tuple(vec![exact(first), exact(&port.to_string())])))
        },
    }
}

law! {
    /// Any flags together: a pair of texts, or this function's own class.
    PAIRS: (IpAddr, u16, Value), "getnameinfo-gives-pairs-of-text",
    "Whatever flags are set, getnameinfo returns a pair of texts or raises gaierror with a number and a text.",
    Lab, 100, ["getnameinfo.pair", "getnameinfo.host-string", "getnameinfo.port-string", "errors.gaierror-getnameinfo",
        "errors.gaierror-pair"];
    || (names::address(), numbers::port(), arguments::flags(arguments::NAME_FLAGS)).boxed();
    Form::Calls {
        steps: |(address, port, flags)| {
            vec![call("getnameinfo", args![tuple(args![&address.to_string(), *port]), flags])]
        },
        judge: |_, seen| match seen.raised(0) {
            Some(_) => {
                let pair = Pattern::Tuple(vec![any_of("int"), any_of("str")]);
                seen.demand(0, raising_with(&["gaierror"], Some(pair)))
            }
            None => seen.demand(0, returning(Pattern::Tuple(vec![any_of("str"), any_of("str")]))),
        },
    }
}

law! {
    /// A wrong argument type raises the ordinary exception for that, in either place.
    FLAGS_ARE_NUMBERS: (Value, bool), "getnameinfo-takes-a-tuple-and-a-number",
    "A socket address that is no tuple, or flags that are no number, raise TypeError in getnameinfo.",
    Nothing, 100, ["errors.argument-type", "getnameinfo.required-arguments"];
    || prop_oneof![
        (arguments::no_address(), Just(true)),
        (arguments::no_number(), Just(false)),
    ]
    .boxed();
    Form::Calls {
        steps: |(value, first)| {
            let arguments: Vec<Template> = if *first {
                args![value, 0_i64]
            } else {
                vec![tuple(args!["127.0.0.1", 80_i64]), value.arg()]
            };
            vec![call("getnameinfo", arguments)]
        },
        judge: |_, seen| seen.demand(0, raising(&["TypeError"])),
    }
}
