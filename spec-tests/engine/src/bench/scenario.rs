//! What is measured.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use sockspec_subject::{Function, Value};

/// The lab whose hosts file is large: the default one otherwise.
pub const LARGE_HOSTS_LAB: &str = "large-hosts";
/// Lines of that file.
const LARGE_HOSTS_LINES: usize = 10_000;
/// The name on the last of them.
const LAST: &str = "last.large.example";
/// What the document's echo server asks for at once.
pub const DOCUMENTED_BUFFER: u32 = 1024;
/// Bytes of the largest UDP datagram over IPv4: 65,535 less both headers.
const LARGEST_DATAGRAM: u32 = 65_507;
/// The lab that everything else runs in.
const DEFAULT_LAB: &str = "default";

/// One thing to do, which every subject does in its own way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its permanent id, such as `resolver/numeric-ipv4`.
    pub id: String,
    /// What is done, in words.
    pub title: String,
    /// The lab that it is done in.
    pub lab: String,
    /// What a turn at it is.
    pub shape: Shape,
}

/// What a turn at a scenario is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A function, called over and over.
    Call {
        /// What is called.
        function: Function,
        /// Whether it raises, as it should where there is nothing to be found.
        raises: bool,
    },
    /// Messages that come back.
    Echo(Echo),
}

/// Messages that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Which end the subject is.
    pub side: Side,
    /// What the messages go over.
    pub transport: Transport,
    /// Bytes of a message.
    pub message: u32,
    /// Bytes that the server asks for at once.
    pub buffer: u32,
    /// How many connections there are at once.
    pub connections: u32,
    /// Whether the server sets `TCP_NODELAY`: the document's does not.
    #[serde(default)]
    pub nodelay: bool,
}

impl Echo {
    /// Whether the document's server, which asks for 1,024 bytes at once, has to read a message piece by piece.
    pub fn is_in_pieces(&self) -> bool {
        self.message > self.buffer
    }
}

/// Which end of a connection is the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The one that sends back what comes.
    Server,
    /// The one that sends and waits.
    Client,
    /// Both: the subject twice, one asking the other.
    Both,
}

/// What messages go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TCP over 127.0.0.1.
    Tcp4,
    /// TCP over `::1`.
    Tcp6,
    /// UDP over 127.0.0.1.
    Udp4,
    /// Streams of `AF_UNIX`.
    Unix,
}

impl Transport {
    /// The transports, in the order of the scenarios.
    pub const ALL: [Self; 4] = [Self::Tcp4, Self::Tcp6, Self::Udp4, Self::Unix];

    /// Whether it is TCP, which may wait before it sends a short piece.
    pub fn is_tcp(self) -> bool {
        matches!(self, Self::Tcp4 | Self::Tcp6)
    }

    /// Whether each message stays by itself.
    pub fn is_datagram(self) -> bool {
        self == Self::Udp4
    }

    /// Its part of an id.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tcp4 => "tcp4",
            Self::Tcp6 => "tcp6",
            Self::Udp4 => "udp4",
            Self::Unix => "unix",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp4 => "TCP over IPv4",
            Self::Tcp6 => "TCP over IPv6",
            Self::Udp4 => "UDP over IPv4",
            Self::Unix => "AF_UNIX streams",
        })
    }
}

/// The scenarios of lookups.
pub fn resolver() -> Vec<Scenario> {
    let text = |text: &str| Value::str(text);
    let constant = |name: &str| Value::Constant(name.to_owned());
    let streams = |host: Value, port: Value| vec![host, port, constant("AF_UNSPEC"), constant("SOCK_STREAM")];
    let numeric = || constant("NI_NUMERICHOST|NI_NUMERICSERV");
    let address = |host: &str, more: &[i64]| {
        let mut members = vec![Value::str(host), Value::int(80)];
        members.extend(more.iter().map(|number| Value::int(*number)));
        Value::Tuple(members)
    };
    let passive = {
        let mut args = streams(Value::None, Value::int(80));
        args.extend([Value::int(0), constant("AI_PASSIVE")]);
        args
    };
    let dns_address =
        |family: &str| vec![text("a.dns.example"), Value::int(80), constant(family), constant("SOCK_STREAM")];
    let table: Vec<(&str, &str, &str, Vec<Value>)> = vec![
        ("numeric-ipv4", "getaddrinfo", "127.0.0.1", streams(text("127.0.0.1"), Value::int(80))),
        ("numeric-ipv6", "getaddrinfo", "::1", streams(text("::1"), Value::int(80))),
        ("passive", "getaddrinfo", "no host, AI_PASSIVE", passive),
        (
            "service",
            "getaddrinfo",
            "127.0.0.1 and a service by name",
            streams(text("127.0.0.1"), text("http")),
        ),
        ("hosts", "getaddrinfo", "a name in hosts", streams(text("dual.example"), Value::int(80))),
        (
            "large-hosts",
            "getaddrinfo",
            "the last of 10,000 lines of hosts",
            streams(text(LAST), Value::int(80)),
        ),
        ("dns-ipv4", "getaddrinfo", "a name in DNS, AF_INET", dns_address("AF_INET")),
        (
            "dns-both",
            "getaddrinfo",
            "a name in DNS, both families",
            streams(text("both.dns.example"), Value::int(80)),
        ),
        (
            "dns-missing",
            "getaddrinfo",
            "a name that DNS does not have",
            streams(text("nx.dns.example"), Value::int(80)),
        ),
        ("getnameinfo-ipv4", "getnameinfo", "192.0.2.1 as text", vec![address("192.0.2.1", &[]), numeric()]),
        (
            "getnameinfo-ipv6",
            "getnameinfo",
            "2001:db8:1::1 as text",
            vec![address("2001:db8:1::1", &[0, 0]), numeric()],
        ),
        (
            "getnameinfo-hosts",
            "getnameinfo",
            "the name in hosts of 192.0.2.10",
            vec![address("192.0.2.10", &[]), constant("NI_NUMERICSERV")],
        ),
        (
            "getnameinfo-dns",
            "getnameinfo",
            "the name in DNS of 192.0.2.70",
            vec![address("192.0.2.70", &[]), constant("NI_NUMERICSERV")],
        ),
        (
            "getnameinfo-missing",
            "getnameinfo",
            "an address without a name, NI_NAMEREQD",
            vec![address("192.0.2.99", &[]), constant("NI_NAMEREQD|NI_NUMERICSERV")],
        ),
        ("gethostbyname-numeric", "gethostbyname", "127.0.0.1", vec![text("127.0.0.1")]),
        ("gethostbyname-hosts", "gethostbyname", "a name in hosts", vec![text("dual.example")]),
        ("gethostbyname-large-hosts", "gethostbyname", "the last of 10,000 lines of hosts", vec![text(LAST)]),
        ("gethostbyname-dns", "gethostbyname", "a name in DNS", vec![text("a.dns.example")]),
        (
            "gethostbyname-missing",
            "gethostbyname",
            "a name that DNS does not have",
            vec![text("nx.dns.example")],
        ),
        (
            "gethostbyname-ex-hosts",
            "gethostbyname_ex",
            "a name with aliases in hosts",
            vec![text("primary.example")],
        ),
        ("gethostbyaddr-hosts", "gethostbyaddr", "an address in hosts", vec![text("192.0.2.12")]),
        ("gethostbyaddr-dns", "gethostbyaddr", "an address that DNS names", vec![text("192.0.2.70")]),
        ("gethostbyaddr-missing", "gethostbyaddr", "an address without a name", vec![text("192.0.2.99")]),
    ];
    table
        .into_iter()
        .map(|(id, function, what, args)| Scenario {
            id: format!("resolver/{id}"),
            title: format!("{function}: {what}"),
            lab: if id.ends_with("large-hosts") { LARGE_HOSTS_LAB } else { DEFAULT_LAB }.to_owned(),
            shape: Shape::Call {
                function: Function { name: function.to_owned(), args },
                raises: id.ends_with("-missing"),
            },
        })
        .collect()
}

/// The scenarios of echoes: the document's server and client over each transport, messages of each size, one connection
/// and several. Beside the document's server, where it takes a message to pieces: one that asks for the whole at once, and
/// one that sets `TCP_NODELAY`.
pub fn echo() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for side in [Side::Server, Side::Client, Side::Both] {
        for transport in Transport::ALL {
            for message in [1, 64, 1024, 4096, 65_536] {
                let message = if transport.is_datagram() { LARGEST_DATAGRAM.min(message) } else { message };
                let one = Echo {
                    side,
                    transport,
                    message,
                    buffer: DOCUMENTED_BUFFER,
                    connections: 1,
                    nodelay: false,
                };
                let whole = Echo { buffer: message.max(DOCUMENTED_BUFFER), ..one };
                // A datagram that is taken to pieces is lost; how the harness's own server reads is its affair.
                if one.is_in_pieces() && side == Side::Server && !transport.is_datagram() {
                    scenarios.push(one);
                    if transport.is_tcp() {
                        scenarios.push(Echo { nodelay: true, ..one });
                    }
                }
                scenarios.push(whole);
                // The harness's own server of datagrams has one client.
                let many = match side {
                    Side::Server => true,
                    Side::Client => !transport.is_datagram(),
                    Side::Both => false,
                };
                if message == 64 && many {
                    scenarios.extend([8, 64].map(|connections| Echo { connections, ..whole }));
                }
            }
        }
    }
    scenarios.into_iter().map(of_echo).collect()
}

fn of_echo(echo: Echo) -> Scenario {
    let Echo { side, transport, message, buffer, connections, nodelay } = echo;
    let (word, what) = match side {
        Side::Server => ("server", "echo server"),
        Side::Client => ("client", "echo client"),
        Side::Both => ("both", "both ends"),
    };
    let mut id = format!("echo/{word}/{}/{message}", transport.word());
    let mut title = format!("{what}, {transport}, {message} B");
    // Writing to a String cannot fail.
    if echo.is_in_pieces() {
        let _ = write!(title, ", read by {buffer}");
    } else if message > DOCUMENTED_BUFFER {
        id.push_str("/whole");
        title.push_str(", read at once");
    }
    if nodelay {
        id.push_str("/nodelay");
        title.push_str(", TCP_NODELAY");
    }
    if connections > 1 {
        let _ = write!(id, "/{connections}");
        let _ = write!(title, ", {connections} connections");
    }
    Scenario { id, title, lab: DEFAULT_LAB.to_owned(), shape: Shape::Echo(echo) }
}

/// The files of [`LARGE_HOSTS_LAB`], by their paths below `fixtures/`: the default lab with a hosts file of 10,000 lines,
/// each an address and two names; the name that is looked up stands on the last.
pub fn large_hosts_lab() -> Vec<(String, String)> {
    let mut hosts = String::new();
    for line in 1..LARGE_HOSTS_LINES {
        let (high, low) = (line / 256, line % 256);
        let _ = writeln!(hosts, "10.1.{high}.{low} host{line}.large.example host{line}");
    }
    let _ = writeln!(hosts, "192.0.2.98 {LAST}");
    let lab = "format = 1\nbase = \"default\"\ndescription = \"The default lab with a large hosts file\"\n";
    vec![
        (format!("labs/{LARGE_HOSTS_LAB}/lab.toml"), lab.to_owned()),
        (format!("labs/{LARGE_HOSTS_LAB}/etc/hosts"), hosts),
    ]
}
