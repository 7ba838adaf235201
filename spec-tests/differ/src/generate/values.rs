//! Arguments: hosts, ports, hints and the like, weighted towards their edges, some of a wrong type.

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_subject::{Int, Value};

/// A text among these.
fn texts(all: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(all).prop_map(Value::str).boxed()
}

/// A constant among these, by name.
pub(super) fn constants(all: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(all).prop_map(|name| Value::Constant(name.to_owned())).boxed()
}

/// Flags: none, one, or several or-ed.
fn flags(all: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop_oneof![
        2 => Just(Value::int(0)),
        4 => constants(all),
        3 => proptest::collection::vec(select(all), 2..4).prop_map(|names| {
            let mut names: Vec<&str> = names;
            names.sort_unstable();
            names.dedup();
            Value::Constant(names.join("|"))
        }),
    ]
    .boxed()
}

const IPV4: &[&str] = &[
    "127.0.0.1",
    "127.0.0.2",
    "0.0.0.0",
    "255.255.255.255",
    "192.0.2.1",
    "192.0.2.10",
    "198.51.100.1",
    "203.0.113.9",
    "192.0.2.12",
    "192.0.2.40",
    "192.0.2.70",
    "192.0.2.71",
    "192.0.2.72",
    "192.0.2.73",
    "192.0.2.75",
    "192.0.2.76",
    "192.0.2.99",
    "1.2.3.4",
    "224.0.0.1",
    "169.254.1.1",
    "10.0.0.1",
];
const IPV4_ODD: &[&str] = &[
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "010.010.010.010",
    "0",
    "1",
    "1.2.3.4.5",
    "256.0.0.1",
    "192.0.2.256",
    "1.2.3",
    "1..2.3",
    ".1.2.3",
    "1.2.3.",
    "1.2.3.4.",
    " 1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.4x",
    "-1.2.3.4",
    "+1.2.3.4",
    "4294967295",
    "4294967296",
    "0x",
    "08.8.8.8",
    "192.0.2.x",
    "1.2.65535",
    "1.16777215",
    "1.16777216",
    "00000000000127.0.0.1",
    "1.2.3.4\n",
    "0xffffffff",
];
const IPV6: &[&str] = &[
    "::1",
    "::",
    "2001:db8:1::1",
    "2001:db8:1::10",
    "2001:db8:2::1",
    "2001:DB8:1::1",
    "2001:db8:f::9",
    "fe80::1",
    "::ffff:192.0.2.1",
    "::192.0.2.1",
    "2001:db8:1:0:0:0:0:1",
    "ff02::1",
    "2001:db8:1::70",
    "2001:db8:1::75",
    "2001:db8:1::99",
    "1:2:3:4:5:6:7:8",
];
const IPV6_ODD: &[&str] = &[
    "fe80::1%lab0",
    "fe80::1%lab1",
    "fe80::1%2",
    "fe80::1%nowhere",
    "::1%lab0",
    "fe80::1%",
    "::%0",
    ":::",
    "1:2:3",
    "2001:db8::1::1",
    "::1.2.3",
    "[::1]",
    "::fffff",
    "1:2:3:4:5:6:7:8:9",
    "::1 ",
    "ff02::1%lab0",
];
const NAMES: &[&str] = &[
    "localhost",
    "alpha",
    "alpha.example",
    "beta.example",
    "dual.example",
    "v4only.example",
    "v6only.example",
    "primary.example",
    "one.example",
    "two",
    "gamma",
    "g",
    "gamma.example",
    "gamma6",
    "delta",
    "d",
    "epsilon",
    "many.example",
    "first.example",
    "second.example",
    "Mixed.Case.Example",
    "mixed.case.example",
    "MixedAlias",
    "xn--bcher-kva.example",
    "far.example",
    "ip6-localhost",
    "LOCALHOST",
    "localhost.",
];
const DNS_NAMES: &[&str] = &[
    "a.dns.example",
    "aaaa.dns.example",
    "both.dns.example",
    "self.dns.example",
    "loop.dns.example",
    "many.dns.example",
    "chain.dns.example",
    "middle.dns.example",
    "dangling.dns.example",
    "ptr.dns.example",
    "single",
    "truncated.dns.example",
    "nodata.dns.example",
    "servfail.dns.example",
    "refused.dns.example",
    "nx.dns.example",
    "nowhere.example",
    "nowhere",
    "x.invalid",
];
const SPECIAL: &[&str] =
    &["", "<broadcast>", "<any>", "*", ".", "..", "a..b", "-", "_", "a b", "host\0name", "%"];
const NOT_ASCII: &[&str] = &["bücher.example", "ä", "\u{feff}", "１２７.0.0.1", "\u{65e5}\u{672c}.example"];

/// Text that names a host, or does not.
pub(super) fn host_text() -> BoxedStrategy<Value> {
    prop_oneof![
        8 => texts(IPV4),
        4 => texts(IPV4_ODD),
        5 => texts(IPV6),
        2 => texts(IPV6_ODD),
        8 => texts(NAMES),
        4 => texts(DNS_NAMES),
        4 => texts(SPECIAL),
        1 => texts(NOT_ASCII),
        2 => any::<[u8; 4]>().prop_map(|b| Value::str(format!("{}.{}.{}.{}", b[0], b[1], b[2], b[3]))),
        1 => long_text(),
    ]
    .boxed()
}

/// Numeric hosts alone, of both families.
pub(super) fn numeric_host() -> BoxedStrategy<Value> {
    prop_oneof![3 => texts(IPV4), 3 => texts(IPV6)].boxed()
}

/// Hosts of this machine.
pub(super) fn own_host(ipv6: bool) -> BoxedStrategy<Value> {
    const OWN4: &[&str] = &["127.0.0.1", "", "0.0.0.0", "localhost", "192.0.2.1", "alpha", "198.51.100.1"];
    const OWN6: &[&str] = &["::1", "::", "localhost", "2001:db8:1::1", "alpha", "2001:db8:2::1"];
    texts(if ipv6 { OWN6 } else { OWN4 })
}

fn long_text() -> BoxedStrategy<Value> {
    (select(&["a", "a.", "1", ":"][..]), select(&[63_usize, 64, 128, 255, 256, 1025][..]))
        .prop_map(|(unit, times)| Value::str(unit.repeat(times)))
        .boxed()
}

/// A value that no argument is meant to be, of many types.
pub(super) fn ill_typed() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::None),
        Just(Value::Bool(true)),
        Just(Value::int(7)),
        Just(Value::Float(1.5)),
        Just(Value::str("7")),
        Just(Value::str("")),
        Just(Value::bytes(*b"7")),
        Just(Value::Tuple(Vec::new())),
        Just(Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(80)])),
        Just(Value::List(vec![Value::int(1)])),
        Just(Value::Int("18446744073709551616".parse().unwrap_or_else(|_| Int::from(i64::MAX)))),
    ]
    .boxed()
}

/// The host argument of the functions that resolve.
pub(super) fn host() -> BoxedStrategy<Value> {
    prop_oneof![24 => host_text(), 2 => Just(Value::None), 1 => ill_typed()].boxed()
}

/// A port as an integer, at the edges of every range.
pub(super) fn port_number() -> BoxedStrategy<Value> {
    prop_oneof![
        6 => select(&[0_i64, 1, 7, 13, 22, 25, 53, 80, 443, 512, 513, 514, 7001, 7003, 7005, 7006, 7007, 65535][..])
            .prop_map(Value::int),
        2 => (0_i64..65536).prop_map(Value::int),
        1 => integer_edge(),
    ]
    .boxed()
}

/// Integers around powers of two.
pub(super) fn integer_edge() -> BoxedStrategy<Value> {
    const BEYOND: &[&str] = &[
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "340282366920938463463374607431768211456",
    ];
    prop_oneof![
        (select(&[7_u32, 8, 15, 16, 24, 31, 32, 48, 62][..]), -1_i64..2, any::<bool>()).prop_map(
            |(power, by, below)| {
                let value = (1_i64 << power) + by;
                Value::int(if below { -value } else { value })
            }
        ),
        Just(Value::int(-1)),
        Just(Value::int(i64::MAX)),
        Just(Value::int(i64::MIN)),
        select(BEYOND).prop_map(|text| text.parse().map_or(Value::int(i64::MAX), Value::Int)),
    ]
    .boxed()
}

const SERVICES: &[&str] = &[
    "http",
    "www",
    "echo",
    "domain",
    "smtp",
    "mail",
    "ssh",
    "exec",
    "biff",
    "login",
    "who",
    "shell",
    "syslog",
    "split",
    "streamonly",
    "dgramonly",
    "nicknamed",
    "nick-two",
    "stream-seven",
    "dgram-seven",
    "MixedCase",
    "mixedcase",
    "lowest",
    "highest",
    "7up",
    "nosuchservice",
    "HTTP",
    "tftp",
];
const DIGITS: &[&str] =
    &["80", "0", "65535", "65536", "-1", "080", "0x50", " 80", "80 ", "99999999999", "+80", "8_0", "٣"];

/// The port argument of `getaddrinfo`.
pub(super) fn port() -> BoxedStrategy<Value> {
    prop_oneof![
        8 => port_number(),
        6 => texts(SERVICES),
        3 => texts(DIGITS),
        2 => Just(Value::str("")),
        3 => Just(Value::None),
        1 => ill_typed(),
        1 => texts(SERVICES).prop_map(|text| Value::bytes(text.as_bytes().unwrap_or_default())),
    ]
    .boxed()
}

pub(super) const TYPES: &[&str] = &["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_SEQPACKET", "SOCK_RDM"];
const PROTOCOLS: &[&str] = &["IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMP"];
const AI: &[&str] = &[
    "AI_PASSIVE",
    "AI_CANONNAME",
    "AI_NUMERICHOST",
    "AI_ADDRCONFIG",
    "AI_V4MAPPED",
    "AI_ALL",
    "AI_NUMERICSERV",
];
const NI: &[&str] = &["NI_NUMERICHOST", "NI_NUMERICSERV", "NI_NAMEREQD", "NI_DGRAM", "NI_NOFQDN"];

pub(super) fn family() -> BoxedStrategy<Value> {
    hint(&["AF_UNSPEC", "AF_INET", "AF_INET6", "AF_UNIX"])
}

pub(super) fn socktype() -> BoxedStrategy<Value> {
    hint(TYPES)
}

pub(super) fn protocol() -> BoxedStrategy<Value> {
    hint(PROTOCOLS)
}

fn hint(names: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop_oneof![
        8 => constants(names),
        4 => Just(Value::int(0)),
        1 => select(&[-1_i64, 3, 99, 255, 256, 1 << 31, 1 << 32][..]).prop_map(Value::int),
        1 => ill_typed(),
    ]
    .boxed()
}

pub(super) fn ai_flags() -> BoxedStrategy<Value> {
    prop_oneof![12 => flags(AI), 1 => integer_edge(), 1 => ill_typed()].boxed()
}

pub(super) fn ni_flags() -> BoxedStrategy<Value> {
    prop_oneof![12 => flags(NI), 1 => integer_edge(), 1 => ill_typed()].boxed()
}

/// A socket address for `getnameinfo` or a socket: pairs, triples, four-tuples, and what is none.
pub(super) fn address(host: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let scope = prop_oneof![
        6 => (0_i64..4).prop_map(Value::int),
        1 => integer_edge(),
        1 => ill_typed(),
    ];
    let flow = prop_oneof![
        6 => select(&[0_i64, 1, 0xf_ffff, 0x10_0000][..]).prop_map(Value::int),
        1 => integer_edge(),
        1 => ill_typed(),
    ];
    prop_oneof![
        10 => (host.clone(), port_number()).prop_map(|(host, port)| Value::Tuple(vec![host, port])),
        2 => (host.clone(), port_number(), flow.clone())
            .prop_map(|(host, port, flow)| Value::Tuple(vec![host, port, flow])),
        4 => (host.clone(), port_number(), flow, scope)
            .prop_map(|(host, port, flow, scope)| Value::Tuple(vec![host, port, flow, scope])),
        1 => host.clone().prop_map(|host| Value::Tuple(vec![host])),
        1 => (host.clone(), port()).prop_map(|(host, port)| Value::Tuple(vec![host, port])),
        1 => (host, port_number()).prop_map(|(host, port)| Value::List(vec![host, port])),
        1 => ill_typed(),
    ]
    .boxed()
}

/// Packed addresses, of the right length and others.
pub(super) fn packed() -> BoxedStrategy<Value> {
    prop_oneof![
        8 => any::<[u8; 4]>().prop_map(Value::bytes),
        2 => proptest::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
        1 => any::<[u8; 16]>().prop_map(Value::bytes),
        1 => Just(Value::str("abcd")),
        1 => ill_typed(),
    ]
    .boxed()
}

/// Integers for the functions that swap bytes.
pub(super) fn number() -> BoxedStrategy<Value> {
    prop_oneof![
        3 => any::<u16>().prop_map(Value::int),
        3 => any::<u32>().prop_map(Value::int),
        4 => integer_edge(),
        1 => any::<i64>().prop_map(Value::int),
        1 => ill_typed(),
    ]
    .boxed()
}

pub(super) fn service() -> BoxedStrategy<Value> {
    prop_oneof![12 => texts(SERVICES), 2 => texts(DIGITS), 1 => texts(SPECIAL), 1 => ill_typed()].boxed()
}

pub(super) fn service_protocol() -> BoxedStrategy<Value> {
    prop_oneof![
        12 => texts(&["tcp", "udp"]),
        2 => texts(&["", "icmp", "TCP", "sctp", "tcp\0", "6"]),
        1 => ill_typed(),
    ]
    .boxed()
}

pub(super) fn protocol_name() -> BoxedStrategy<Value> {
    const NAMES: &[&str] = &[
        "tcp",
        "udp",
        "icmp",
        "ip",
        "IP",
        "ipv6",
        "IP-ENCAP",
        "ipv4",
        "lab-test",
        "nosuchprotocol",
        "TCP",
        "Tcp",
        "6",
        "",
        "sctp",
        "tcp ",
        "udplite",
    ];
    prop_oneof![12 => texts(NAMES), 1 => ill_typed()].boxed()
}
