//! What holds in a lab, seen from inside.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use hickory_proto::rr::RecordType;
use sockspec_lab::Lab;

use crate::{labs, query};

/// A check, run in a process of its own that has entered the lab.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) lab: &'static str,
    run: fn(&Lab),
}

macro_rules! checks {
    ($($lab:literal: $($name:ident),*;)*) => {
        pub(crate) const CHECKS: &[Check] = &[$($(Check { name: stringify!($name), lab: $lab, run: $name }),*),*];
    };
}

checks! {
    "default": complete, interfaces, scopes, routes, host_name, etc_files, system_etc, scratch, environment,
        first_process, names_of_files, names_of_dns, names_that_fail, raw_replies, reverse_replies, truncation,
        silence, unexpected_queries, broken_queries, many_connections;
    "no-dns": complete, etc_files, no_server;
    "bare": complete, etc_files, host_name, host_name_is_unknown;
}

pub(crate) fn run(lab: &Lab, name: &str, check: &str) {
    let found = CHECKS.iter().find(|candidate| candidate.lab == name && candidate.name == check);
    (found.unwrap().run)(lab);
}

fn complete(lab: &Lab) {
    assert_eq!(lab.notes(), [""; 0]);
    assert_eq!(lab.take_server_errors(), [""; 0]);
    assert_eq!(lab.dns_address().is_some(), lab.name() != "no-dns");
}

/// Each address is there and usable at once, and there is no other.
fn interfaces(_: &Lab) {
    let set = labs();
    let mut wanted = BTreeSet::from(["1 lo ::1".to_owned()]);
    for (index, interface) in (2..).zip(set.get("default").unwrap().interfaces()) {
        for address in &interface.addresses {
            match address.address {
                IpAddr::V4(_) => drop(UdpSocket::bind((address.address, 0)).unwrap()),
                IpAddr::V6(v6) => drop(wanted.insert(format!("{index} {} {v6}", interface.name))),
            }
        }
    }
    let mut found = BTreeSet::new();
    for line in fs::read_to_string("/proc/net/if_inet6").unwrap().lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [address, index, _, _, flags, name] = fields.as_slice() else { panic!("{line}") };
        let address = std::net::Ipv6Addr::from(u128::from_str_radix(address, 16).unwrap());
        let tentative = u32::from_str_radix(flags, 16).unwrap() & 0x40;
        assert_eq!(tentative, 0, "{line}");
        found.insert(format!("{} {name} {address}", u32::from_str_radix(index, 16).unwrap()));
    }
    assert_eq!(found, wanted);
}

fn scopes(_: &Lab) {
    let bind = |address: &str, scope: u32| {
        let address = std::net::SocketAddrV6::new(address.parse().unwrap(), 0, 0, scope);
        UdpSocket::bind(address).map(|socket| socket.local_addr().unwrap())
    };
    assert!(matches!(bind("fe80::1", 2).unwrap(), SocketAddr::V6(v6) if v6.scope_id() == 2));
    assert!(bind("fe80::2", 3).is_ok());
    assert_eq!(bind("fe80::1", 0).unwrap_err().raw_os_error(), Some(libc::EINVAL));
    assert_eq!(bind("fe80::1", 3).unwrap_err().raw_os_error(), Some(libc::EADDRNOTAVAIL));
}

/// No route leads out of the lab, and one leads from each interface to itself.
fn routes(_: &Lab) {
    for far in ["203.0.113.9:9", "[2001:db8:f::9]:9"] {
        let error = TcpStream::connect(far).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENETUNREACH), "{far}");
    }
    for near in ["192.0.2.1", "2001:db8:1::1", "198.51.100.1", "2001:db8:2::1", "127.0.0.1", "::1"] {
        let listener = std::net::TcpListener::bind((near, 0)).unwrap();
        TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    }
}

fn host_name(lab: &Lab) {
    let set = labs();
    let system = rustix::system::uname();
    assert_eq!(system.nodename().to_str(), Ok(set.get(lab.name()).unwrap().hostname()));
    assert_eq!(system.domainname().to_str(), Ok("(none)"));
}

fn etc_files(lab: &Lab) {
    let set = labs();
    let spec = set.get(lab.name()).unwrap();
    let names: BTreeSet<&str> = spec.etc().map(|(name, _)| name).collect();
    let wanted = [
        "gai.conf",
        "host.conf",
        "hosts",
        "networks",
        "nsswitch.conf",
        "protocols",
        "resolv.conf",
        "services",
    ];
    assert_eq!(names, BTreeSet::from(wanted));
    for (name, bytes) in spec.etc() {
        assert_eq!(fs::read(format!("/etc/{name}")).unwrap(), bytes, "{name}");
    }
    assert_eq!(fs::read_to_string("/etc/hostname").unwrap(), format!("{}\n", spec.hostname()));
}

/// What the lab does not bring is the system's own.
fn system_etc(_: &Lab) {
    let hidden = ["hostname", "scratch", ".host"];
    let set = labs();
    for entry in fs::read_dir("/etc/.host").unwrap() {
        let name = entry.unwrap().file_name();
        let name = name.to_str().unwrap();
        if hidden.contains(&name) || set.get("default").unwrap().etc().any(|(own, _)| own == name) {
            continue;
        }
        let inner = fs::metadata(format!("/etc/{name}")).map(|data| (data.is_dir(), data.len())).ok();
        let outer = fs::metadata(format!("/etc/.host/{name}")).map(|data| (data.is_dir(), data.len())).ok();
        let relative = fs::read_link(format!("/etc/.host/{name}")).is_ok_and(|target| target.is_relative());
        assert!(inner == outer || (relative && inner.is_some()), "{name}: {inner:?} {outer:?}");
    }
    assert!(fs::read_to_string("/etc/passwd").unwrap().contains("root"));
}

fn scratch(lab: &Lab) {
    assert!(lab.scratch().is_absolute() && lab.scratch().as_os_str().len() < 20);
    let socket = lab.scratch().join("socket");
    let _listener = UnixListener::bind(&socket).unwrap();
    fs::create_dir_all(lab.scratch().join("deep/er")).unwrap();
    fs::write(lab.scratch().join("deep/er/file"), "text").unwrap();
    lab.clear_scratch().unwrap();
    assert_eq!(fs::read_dir(lab.scratch()).unwrap().count(), 0);
    UnixListener::bind(&socket).unwrap();
}

fn environment(_: &Lab) {
    for gone in ["RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES", "LC_CTYPE"] {
        assert_eq!(std::env::var_os(gone), None, "{gone}");
    }
    for locale in ["LANG", "LC_ALL", "LANGUAGE"] {
        assert_eq!(std::env::var(locale).as_deref(), Ok("C"), "{locale}");
    }
}

fn first_process(_: &Lab) {
    assert_eq!(std::process::id(), 1);
}

/// The addresses that the C library finds, in no order.
fn lookup(name: &str) -> io::Result<BTreeSet<String>> {
    Ok((name, 80).to_socket_addrs()?.map(|address| address.ip().to_string()).collect())
}

fn found<const N: usize>(name: &str, addresses: [&str; N]) {
    assert_eq!(lookup(name).unwrap(), addresses.map(str::to_owned).into(), "{name}");
}

fn names_of_files(lab: &Lab) {
    found("alpha", ["192.0.2.1", "2001:db8:1::1"]);
    found("dual.example", ["192.0.2.10", "2001:db8:1::10"]);
    found("v6only.example", ["2001:db8:1::11"]);
    found("many.example", ["192.0.2.31", "192.0.2.32", "192.0.2.33"]);
    found("mixedalias", ["192.0.2.41"]);
    assert_eq!(lab.take_queries(), [""; 0]);
}

fn names_of_dns(lab: &Lab) {
    found("a.dns.example", ["192.0.2.60"]);
    found("aaaa.dns.example", ["2001:db8:1::60"]);
    found("both.dns.example", ["192.0.2.61", "2001:db8:1::61"]);
    found("BOTH.DNS.example", ["192.0.2.61", "2001:db8:1::61"]);
    found("chain.dns.example", ["192.0.2.62", "2001:db8:1::62"]);
    found("single", ["192.0.2.63"]);
    assert_eq!(lookup("many.dns.example").unwrap().len(), 12);
    // Truncated over UDP: the C library asks again over TCP.
    assert_eq!(lookup("truncated.dns.example").unwrap().len(), 40);
    let queries = lab.take_queries();
    assert!(queries.contains(&"A a.dns.example".to_owned()) && queries.contains(&"AAAA single".to_owned()));
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
    assert_eq!(lab.take_queries(), [""; 0]);
}

fn names_that_fail(lab: &Lab) {
    for name in ["nx", "x.nx", "servfail", "refused", "nodata", "dangling", "loop-one"] {
        assert!(lookup(&format!("{name}.dns.example")).is_err(), "{name}");
    }
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
    assert_eq!(lab.take_server_errors(), [""; 0]);
}

fn raw_replies(lab: &Lab) {
    for (name, kind, wanted) in [
        ("a.dns.example", RecordType::A, "No Error; A 192.0.2.60"),
        ("A.dns.EXAMPLE", RecordType::A, "No Error; A 192.0.2.60"),
        ("a.dns.example", RecordType::AAAA, "No Error"),
        ("a.dns.example", RecordType::MX, "No Error"),
        ("aaaa.dns.example", RecordType::AAAA, "No Error; AAAA 2001:db8:1::60"),
        ("both.dns.example", RecordType::ANY, "No Error; A 192.0.2.61; AAAA 2001:db8:1::61"),
        ("chain.dns.example", RecordType::CNAME, "No Error; CNAME middle.dns.example."),
        (
            "chain.dns.example",
            RecordType::A,
            "No Error; CNAME middle.dns.example.; CNAME end.dns.example.; A 192.0.2.62",
        ),
        ("dangling.dns.example", RecordType::A, "Non-Existent Domain; CNAME nx.dns.example."),
        (
            "loop-one.dns.example",
            RecordType::A,
            "No Error; CNAME loop-two.dns.example.; CNAME loop-one.dns.example.",
        ),
        ("nodata.dns.example", RecordType::A, "No Error"),
        ("nx.dns.example", RecordType::A, "Non-Existent Domain"),
        ("any.thing.invalid", RecordType::A, "Non-Existent Domain"),
        ("servfail.dns.example", RecordType::A, "Server Failure"),
        ("refused.dns.example", RecordType::A, "Query Refused"),
    ] {
        assert_eq!(query::line(&query::udp(name, kind)), wanted, "{kind} {name} over UDP");
        assert_eq!(query::line(&query::tcp(name, kind)), wanted, "{kind} {name} over TCP");
    }
    assert_eq!(lab.take_queries().len(), 30);
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
}

fn reverse_replies(lab: &Lab) {
    let six = |last: &str| {
        let middle = "0.0.0.0.".repeat(4);
        format!("{last}.{middle}1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
    };
    for (name, wanted) in [
        ("70.2.0.192.in-addr.arpa".to_owned(), "No Error; PTR ptr.dns.example."),
        (six("0.7.0.0"), "No Error; PTR ptr.dns.example."),
        (
            "71.2.0.192.in-addr.arpa".to_owned(),
            "No Error; PTR ptr-one.dns.example.; PTR ptr-two.dns.example.",
        ),
        (
            "73.2.0.192.in-addr.arpa".to_owned(),
            "No Error; CNAME 73.block.2.0.192.in-addr.arpa.; PTR classless.dns.example.",
        ),
        ("99.2.0.192.in-addr.arpa".to_owned(), "Non-Existent Domain"),
        (six("9.9.0.0"), "Non-Existent Domain"),
        ("75.2.0.192.in-addr.arpa".to_owned(), "No Error"),
        (six("7.7.0.0"), "Query Refused"),
    ] {
        assert_eq!(query::line(&query::udp(&name, RecordType::PTR)), wanted, "{name}");
    }
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
}

fn truncation(_: &Lab) {
    let cut = query::udp("truncated.dns.example", RecordType::A);
    assert_eq!(query::line(&cut), "No Error truncated");
    let whole = query::tcp("truncated.dns.example", RecordType::A);
    assert!(!whole.metadata.truncation && whole.answers.len() == 40);
}

fn silence(lab: &Lab) {
    assert!(query::is_silent("silent.dns.example", RecordType::A));
    assert_eq!(lab.take_queries(), ["A silent.dns.example"; 2]);
}

fn unexpected_queries(lab: &Lab) {
    assert!(lookup("Odd.example").is_err());
    let reply = query::udp("1.0.0.10.in-addr.arpa", RecordType::PTR);
    assert_eq!(query::line(&reply), "Non-Existent Domain");
    let unexpected: BTreeSet<String> = lab.take_unexpected_queries().into_iter().collect();
    let wanted = ["A odd.example", "AAAA odd.example", "PTR 1.0.0.10.in-addr.arpa"];
    assert_eq!(unexpected, wanted.map(str::to_owned).into());
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
}

/// What is no query is noted, and the next one is answered all the same.
fn broken_queries(lab: &Lab) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"", query::SERVER).unwrap();
    socket.send_to(b"no DNS message", query::SERVER).unwrap();
    let mut two_questions = query::message("a.dns.example", RecordType::A);
    two_questions[5] = 2;
    two_questions.extend_from_within(12..);
    let reply = query::udp_bytes(&two_questions, Duration::from_secs(10)).unwrap();
    assert_eq!(query::line(&reply), "Form Error");
    let mut update = query::message("a.dns.example", RecordType::A);
    update[2] |= 4 << 3; // NOTIFY
    let reply = query::udp_bytes(&update, Duration::from_secs(10)).unwrap();
    assert_eq!(query::line(&reply), "Not Implemented");
    found("a.dns.example", ["192.0.2.60"]);
    let errors = lab.take_server_errors();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].starts_with("0 bytes") && errors[1].starts_with("14 bytes"), "{errors:?}");
}

/// A connection that says nothing keeps nobody else from an answer.
fn many_connections(_: &Lab) {
    let _idle: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(query::SERVER).unwrap()).collect();
    assert_eq!(query::line(&query::tcp("a.dns.example", RecordType::A)), "No Error; A 192.0.2.60");
}

/// A query is refused at once, and hosts still answers.
fn no_server(lab: &Lab) {
    assert!(lookup("a.dns.example").is_err());
    found("dual.example", ["192.0.2.10", "2001:db8:1::10"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.2:53").unwrap();
    socket.send(b"query").unwrap();
    assert_eq!(socket.recv(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(lab.take_queries(), [""; 0]);
}

fn host_name_is_unknown(lab: &Lab) {
    assert!(lookup("solitary").is_err());
    found("both.dns.example", ["192.0.2.61", "2001:db8:1::61"]);
    assert_eq!(lab.take_unexpected_queries(), [""; 0]);
}
