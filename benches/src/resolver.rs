//! Names, numbers and addresses as text.
//!
//! Every contender answers the same question, as far as it can be asked it: `std` and `tokio` take a host and the number
//! of a port and want entries for streams, `hickory-resolver` knows hosts only. It reads the hosts file once, when it is
//! made, where the others read it for each lookup; its cache of answers is off, as the C library has none.

use std::convert::Infallible;
use std::ffi::CStr;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolveHosts};
use socket_reference::{
    AddrInfoFlags, Family, Hints, NameInfoFlags, Port, Protocol, SockType, floor, getaddrinfo, gethostbyname,
    getnameinfo, inet_aton, inet_ntoa,
};
use socket2::SockAddr;

use crate::case::{Case, Contender, FLOOR, REFERENCE, Reason};
use crate::runtime;
use crate::world::{Hosts, LARGE_HOSTS_LINES, LAST_HOST};

const STREAMS: Hints = Hints {
    family: Family::UNSPEC,
    socktype: SockType::STREAM,
    protocol: Protocol::DEFAULT,
    flags: AddrInfoFlags::NONE,
};
const NUMERIC: NameInfoFlags = NameInfoFlags(NameInfoFlags::NUMERICHOST.0 | NameInfoFlags::NUMERICSERV.0);
const PORT: u16 = 80;

/// Every case, in the order in which they are to be run.
pub fn cases() -> Vec<Case> {
    vec![
        Case::new("getaddrinfo 127.0.0.1", |_| numeric("127.0.0.1", c"127.0.0.1")),
        Case::new("getaddrinfo ::1", |_| numeric("::1", c"::1")),
        Case::new("getaddrinfo 2001:db8:1::1", |_| numeric("2001:db8:1::1", c"2001:db8:1::1")),
        Case::new("getaddrinfo fe80::1%lo", |_| scoped()),
        Case::new("getaddrinfo without host, passive", |_| Ok(passive())),
        Case::new("getaddrinfo service by name", |world| {
            world.show(Hosts::Usual)?;
            Ok(service())
        }),
        Case::new("getaddrinfo name in hosts", |world| {
            world.show(Hosts::Usual)?;
            name("dual.example", c"dual.example")
        }),
        Case::new("getaddrinfo name in DNS, both families", |world| {
            world.show(Hosts::Usual)?;
            name("both.dns.example", c"both.dns.example")
        }),
        Case::new("getaddrinfo name in DNS, AF_INET", |world| {
            world.show(Hosts::Usual)?;
            ipv4_name("a.dns.example", c"a.dns.example")
        }),
        Case::new(format!("getaddrinfo name in hosts of {LARGE_HOSTS_LINES} lines"), |world| {
            world.show(Hosts::Large)?;
            name(LAST_HOST, c"last.large.example")
        }),
        Case::new("getnameinfo 192.0.2.1, numeric", |_| Ok(text(Ipv4Addr::new(192, 0, 2, 1).into()))),
        Case::new("getnameinfo 2001:db8:1::1, numeric", |_| {
            Ok(text(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1).into()))
        }),
        Case::new("inet_aton 192.0.2.1", |_| Ok(packed())),
        Case::new("inet_ntoa 192.0.2.1", |_| Ok(unpacked())),
        Case::new("gethostbyname 127.0.0.1", |_| Ok(host_by_name("127.0.0.1", c"127.0.0.1"))),
        Case::new("gethostbyname name in hosts", |world| {
            world.show(Hosts::Usual)?;
            Ok(host_by_name("dual.example", c"dual.example"))
        }),
    ]
}

/// `getaddrinfo` of the C library.
fn c_getaddrinfo(host: Option<&'static CStr>, service: &'static CStr, hints: Hints) -> Contender {
    Contender::new(FLOOR, move || {
        floor::getaddrinfo_only(black_box(host), black_box(Some(service)), &black_box(hints))
    })
}

/// That of the reference.
fn reference_getaddrinfo(host: Option<&'static str>, port: Port<'static>, hints: Hints) -> Contender {
    Contender::new(REFERENCE, move || {
        getaddrinfo(black_box(host).map(str::as_bytes), black_box(port), black_box(hints))
    })
}

/// That of std. It parses numeric hosts itself and asks the C library for the others.
fn std_lookup(host: &'static str) -> Contender {
    Contender::new("std::net", move || black_box((host, PORT)).to_socket_addrs())
}

/// That of tokio. As std, with a thread of its own for the C library.
fn tokio_lookup(host: &'static str) -> Result<Contender, Reason> {
    let runtime = runtime::current_thread()?;
    Ok(runtime::contender("tokio", runtime, async move || {
        tokio::net::lookup_host(black_box((host, PORT))).await.map(Iterator::count)
    }))
}

fn hickory_lookup(host: &'static str, families: LookupIpStrategy) -> Result<Contender, Reason> {
    let runtime = runtime::current_thread()?;
    let resolver = runtime
        .block_on(async {
            let mut builder = TokioResolver::builder_tokio()?;
            let options = builder.options_mut();
            options.cache_size = 0;
            options.ip_strategy = families;
            options.use_hosts_file = ResolveHosts::Always;
            builder.build()
        })
        .map_err(Reason::when("hickory-resolver"))?;
    Ok(runtime::contender("hickory-resolver", runtime, async move || {
        resolver.lookup_ip(black_box(host)).await
    }))
}

fn numeric(host: &'static str, c_host: &'static CStr) -> Result<Vec<Contender>, Reason> {
    let mut contenders = vec![
        c_getaddrinfo(Some(c_host), c"80", STREAMS),
        reference_getaddrinfo(Some(host), Port::Number(PORT.into()), STREAMS),
        std_lookup(host),
        tokio_lookup(host)?,
    ];
    // It wants a configuration of the system, which a machine without a lab may lack.
    contenders.extend(hickory_lookup(host, LookupIpStrategy::Ipv4AndIpv6).ok());
    Ok(contenders)
}

fn scoped() -> Result<Vec<Contender>, Reason> {
    let host = "fe80::1%lo";
    Ok(vec![
        c_getaddrinfo(Some(c"fe80::1%lo"), c"80", STREAMS),
        reference_getaddrinfo(Some(host), Port::Number(PORT.into()), STREAMS),
        std_lookup(host),
        tokio_lookup(host)?,
    ])
}

fn passive() -> Vec<Contender> {
    let hints = Hints { flags: AddrInfoFlags::PASSIVE, ..STREAMS };
    vec![c_getaddrinfo(None, c"80", hints), reference_getaddrinfo(None, Port::Number(PORT.into()), hints)]
}

fn service() -> Vec<Contender> {
    vec![
        c_getaddrinfo(Some(c"127.0.0.1"), c"http", STREAMS),
        reference_getaddrinfo(Some("127.0.0.1"), Port::Name(b"http"), STREAMS),
    ]
}

fn name(host: &'static str, c_host: &'static CStr) -> Result<Vec<Contender>, Reason> {
    Ok(vec![
        c_getaddrinfo(Some(c_host), c"80", STREAMS),
        reference_getaddrinfo(Some(host), Port::Number(PORT.into()), STREAMS),
        std_lookup(host),
        tokio_lookup(host)?,
        hickory_lookup(host, LookupIpStrategy::Ipv4AndIpv6)?,
    ])
}

/// One query instead of two; std and tokio cannot be asked for it.
fn ipv4_name(host: &'static str, c_host: &'static CStr) -> Result<Vec<Contender>, Reason> {
    let hints = Hints { family: Family::INET, ..STREAMS };
    Ok(vec![
        c_getaddrinfo(Some(c_host), c"80", hints),
        reference_getaddrinfo(Some(host), Port::Number(PORT.into()), hints),
        hickory_lookup(host, LookupIpStrategy::Ipv4Only)?,
    ])
}

fn text(ip: IpAddr) -> Vec<Contender> {
    let address = SocketAddr::new(ip, PORT);
    let structure = SockAddr::from(address);
    let (mut host, mut service) = ([0_u8; 64], [0_u8; 32]);
    vec![
        Contender::new(FLOOR, move || {
            match floor::getnameinfo_only(black_box(&structure), NUMERIC.0, &mut host, &mut service) {
                0 => Ok(black_box((&host, &service)).0[0]),
                code => Err(code),
            }
        }),
        Contender::new(REFERENCE, move || getnameinfo(black_box(address), black_box(NUMERIC))),
        Contender::new("std::net", move || {
            let address = black_box(address);
            Ok::<_, Infallible>((address.ip().to_string(), address.port().to_string()))
        }),
    ]
}

fn packed() -> Vec<Contender> {
    vec![
        Contender::new(FLOOR, || floor::inet_aton(black_box(c"192.0.2.1")).ok_or("not an address")),
        Contender::new(REFERENCE, || inet_aton(black_box("192.0.2.1"))),
        Contender::new("std::net", || black_box("192.0.2.1").parse::<Ipv4Addr>().map(|ip| ip.octets())),
    ]
}

fn unpacked() -> Vec<Contender> {
    let octets = [192, 0, 2, 1];
    vec![
        Contender::new(FLOOR, move || Ok::<_, Infallible>(floor::inet_ntoa_only(black_box(octets)))),
        Contender::new(REFERENCE, move || inet_ntoa(black_box(octets))),
        Contender::new("std::net", move || {
            Ok::<_, Infallible>(Ipv4Addr::from(black_box(octets)).to_string())
        }),
    ]
}

/// The floor is the C library's function of that name. The reference follows the document, which resolves a host here as
/// in an address; the C call that does that is listed too.
fn host_by_name(host: &'static str, c_host: &'static CStr) -> Vec<Contender> {
    let hints = Hints { family: Family::INET, socktype: SockType::DGRAM, ..STREAMS };
    let mut buffer = vec![0_u8; 1024];
    vec![
        Contender::new(FLOOR, move || {
            floor::gethostbyname_only(black_box(c_host), &mut buffer).then_some(()).ok_or("unknown host")
        }),
        Contender::new(REFERENCE, move || gethostbyname(black_box(host))),
        Contender::new(C_GETADDRINFO, move || {
            floor::getaddrinfo_only(black_box(Some(c_host)), None, &black_box(hints))
        }),
    ]
}

/// The C library's `getaddrinfo` where the floor is another function.
pub const C_GETADDRINFO: &str = "C getaddrinfo";
