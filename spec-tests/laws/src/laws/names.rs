//! Laws of names and addresses: `gethostbyname`, `gethostbyname_ex`, `gethostbyaddr`, `getfqdn`, `gethostname`.

use std::net::IpAddr;

use proptest::prelude::*;
use sockspec_cases::Pattern;
use sockspec_subject::Value;

use crate::args;
use crate::generate::{arguments, inet, names};
use crate::law::{Form, law};
use crate::say::{any as any_of, call, exact, pair_of, raising, raising_with, returning};
use crate::{Host, Known, Property};

pub(super) const LAWS: &[&dyn Property] = &[
    &UNCHANGED,
    &AMONG,
    &ONLY_IPV4,
    &HOSTS_BY_NAME,
    &HOSTS_BY_ADDRESS,
    &EITHER_WAY,
    &UNKNOWN,
    &NO_NAME,
    &FQDN,
    &FQDN_OF_UNKNOWN,
];

law! {
    /// It is returned unchanged, and nothing is looked up.
    UNCHANGED: (String, [u8; 4]), "gethostbyname-keeps-addresses",
    "gethostbyname gives back an IPv4 address as it was given.",
    Nothing, 200, ["gethostbyname.numeric-unchanged"];
    inet::dotted;
    Form::Calls {
        steps: |(text, _)| vec![call("gethostbyname", args![text])],
        judge: |(text, _), seen| seen.demand(0, returning(exact(text))),
    }
}

law! {
    /// Two interfaces to one translation: the simple one gives one address of those that the other lists.
    AMONG: String, "gethostbyname-is-among-gethostbyname-ex",
    "What gethostbyname answers is among the addresses of gethostbyname_ex, and one answers where the other does.",
    Lab, 60, ["gethostbyname.result", "gethostbyname.extended-form", "gethostbyname_ex.addresses"];
    names::name;
    Form::Calls {
        steps: |name| vec![call("gethostbyname_ex", args![name]), call("gethostbyname", args![name])],
        judge: |_, seen| {
            let Some(addresses) = seen.returned(0).and_then(|value| value.items()?.get(2)?.items()) else {
                return match seen.raised(0) {
                    Some(_) => seen.demand(1, raising(&["error", "gaierror", "herror"])),
                    None => Ok(()),
                };
            };
            seen.demand(1, returning(Pattern::OneOf(addresses.iter().map(exact).collect())))
        },
    }
}

/// A dotted quad in its standard form.
fn is_dotted(value: &Value) -> bool {
    let text = value.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

law! {
    /// A triple of a name, other names and IPv4 addresses; never one of IPv6, also for names that have both.
    ONLY_IPV4: String, "gethostbyname-ex-lists-ipv4-alone",
    "gethostbyname_ex returns a name, a list of names and a list of IPv4 addresses, or raises herror.",
    Lab, 60, ["gethostbyname_ex.result", "gethostbyname_ex.no-ipv6", "gethostbyname_ex.addresses", "errors.herror-gethostbyname-ex"];
    names::name;
    Form::Calls {
        steps: |name| vec![call("gethostbyname_ex", args![name])],
        judge: |_, seen| {
            let Some(value) = seen.returned(0) else { return seen.demand(0, raising(&["herror"])) };
            let addresses = value.items().and_then(|items| items.get(2)?.items()).unwrap_or_default();
            let items = |kind: Pattern| Pattern::OneOf(vec![Pattern::List(Vec::new()), Pattern::Each(Box::new(kind))]);
            let dotted = if addresses.iter().all(is_dotted) { any_of("str") } else {
                Pattern::Regex(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+".to_owned())
            };
            seen.demand(0, returning(Pattern::Tuple(vec![any_of("str"), items(any_of("str")), Pattern::Each(Box::new(dotted))])))
        },
    }
}

/// The triple of a hosts line.
fn triple(host: &Host) -> Pattern {
    let aliases = Pattern::Unordered(host.aliases.iter().map(exact).collect());
    Pattern::Tuple(vec![exact(&host.primary), aliases, Pattern::List(vec![exact(&host.address.to_string())])])
}

/// A line whose every name and address stand in it alone, its family aside.
fn plain_host() -> BoxedStrategy<Host> {
    names::host()
        .prop_filter("of one line", |host| {
            let lines = Known::lab().hosts.iter().filter(|other| other.address == host.address).count();
            super::lines_of_family(host) == 1 && lines == 1 && !host.address.is_loopback()
        })
        .boxed()
}

law! {
    /// The file's line is the answer: the first name is the primary one, the rest are the others, whichever was asked.
    HOSTS_BY_NAME: (Host, usize), "gethostbyname-ex-gives-the-hosts-line",
    "By whichever of its names a host of the hosts file is asked for, its primary name, all others and its address come.",
    Lab, 60, ["gethostbyname_ex.primary-name", "gethostbyname_ex.aliases", "gethostbyname_ex.addresses"];
    || (plain_host().prop_filter("IPv4", |host| host.address.is_ipv4()), any::<usize>()).boxed();
    Form::Calls {
        steps: |(host, at)| {
            let names: Vec<&str> = host.names().collect();
            vec![call("gethostbyname_ex", args![names[at % names.len()]])]
        },
        judge: |(host, _), seen| seen.demand(0, returning(triple(host))),
    }
}

law! {
    /// The same by address, of both families.
    HOSTS_BY_ADDRESS: Host, "gethostbyaddr-gives-the-hosts-line",
    "By its address of either family, a host's primary name, all others and that address come.",
    Lab, 60, ["gethostbyaddr.primary-name", "gethostbyaddr.aliases", "gethostbyaddr.addresses", "gethostbyaddr.ipv4", "gethostbyaddr.ipv6"];
    plain_host;
    Form::Calls {
        steps: |host| vec![call("gethostbyaddr", args![&host.address.to_string()])],
        judge: |host, seen| seen.demand(0, returning(triple(host))),
    }
}

law! {
    /// Whatever is known of an address: a name, names, and addresses with the one that was asked for among them.
    EITHER_WAY: IpAddr, "gethostbyaddr-lists-the-address",
    "gethostbyaddr returns names and a list with the address that it was given, or raises herror with a number and its text.",
    Lab, 60, ["gethostbyaddr.result", "gethostbyaddr.addresses", "errors.herror", "errors.herror-pair", "errors.herror-gethostbyaddr"];
    names::address;
    Form::Calls {
        steps: |address| vec![call("gethostbyaddr", args![&address.to_string()])],
        judge: |address, seen| {
            if seen.raised(0).is_some() {
                return seen.demand(0, raising_with(&["herror"], Some(pair_of(&["HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY", "NO_DATA"]))));
            }
            let has = Pattern::Contains(vec![exact(&address.to_string())]);
            seen.demand(0, returning(Pattern::Tuple(vec![any_of("str"), any_of("list"), has])))
        },
    }
}

law! {
    /// A name that nobody has: each function fails with the class that the document gives to it.
    UNKNOWN: String, "unknown-names-fail-with-their-class",
    "A name that leads nowhere raises herror in gethostbyname_ex and gethostbyaddr, and gaierror in getaddrinfo.",
    Lab, 40, ["errors.herror-gethostbyname-ex", "errors.herror-gethostbyaddr", "errors.gaierror-getaddrinfo", "errors.herror-pair"];
    names::unknown_name;
    Form::Calls {
        steps: |name| vec![
            call("gethostbyname_ex", args![name]),
            call("gethostbyaddr", args![name]),
            call("getaddrinfo", args![name, 80_i64]),
        ],
        judge: |_, seen| {
            let pair = || Some(Pattern::Tuple(vec![any_of("int"), any_of("str")]));
            seen.demand(0, raising_with(&["herror"], pair()))?;
            // Where the address of a name is looked up first, that is an address failure of another kind.
            seen.demand(1, raising_with(&["herror", "gaierror"], pair()))?;
            seen.demand(2, raising_with(&["gaierror"], pair()))
        },
    }
}

law! {
    /// A wrong argument type raises the ordinary exception for that.
    NO_NAME: (&'static str, Value), "lookups-take-text",
    "What is no text raises TypeError in gethostbyname, gethostbyname_ex and gethostbyaddr.",
    Nothing, 100, ["errors.argument-type"];
    || {
        let functions = ["gethostbyname", "gethostbyname_ex", "gethostbyaddr"];
        (proptest::sample::select(functions.to_vec()), arguments::no_text()).boxed()
    };
    Form::Calls {
        steps: |(name, value)| vec![call(name, args![value])],
        judge: |_, seen| seen.demand(0, raising(&["TypeError"])),
    }
}

law! {
    /// The primary name first, then the aliases; the first with a period. Without any, a host name that has none.
    FQDN: Host, "getfqdn-is-the-first-name-with-a-period",
    "getfqdn of an address is the first name with a period of those that gethostbyaddr lists, else a name without.",
    Lab, 60, ["getfqdn.primary-first", "getfqdn.aliases-next", "getfqdn.first-with-period", "getfqdn.fallback"];
    names::host;
    Form::Calls {
        steps: |host| {
            let address = host.address.to_string();
            vec![call("gethostbyaddr", args![&address]), call("getfqdn", args![&address])]
        },
        judge: |host, seen| {
            let Some([primary, aliases, _]) = seen.returned(0).and_then(Value::items) else { return Ok(()) };
            let names: Vec<&Value> =
                std::iter::once(primary).chain(aliases.items().unwrap_or_default()).collect();
            let dotted = |name: &&Value| name.as_bytes().is_some_and(|bytes| bytes.contains(&b'.'));
            match names.iter().copied().find(dotted) {
                Some(name) => seen.demand(1, returning(exact(name))),
                // The words fit the primary name and the one given alike.
                None => seen.demand(1, returning(Pattern::OneOf(vec![exact(primary), exact(&host.address.to_string())]))),
            }
        },
    }
}

law! {
    /// There is no name to be had, so the one given is the host name that comes back.
    FQDN_OF_UNKNOWN: String, "getfqdn-of-an-unknown-name-is-that-name",
    "getfqdn gives back a name that leads nowhere.",
    Lab, 40, ["getfqdn.result", "getfqdn.fallback"];
    names::unknown_name;
    Form::Calls {
        steps: |name| vec![call("getfqdn", args![name])],
        judge: |name, seen| seen.demand(0, returning(exact(name))),
    }
}
