//! Turns at benchmarks, by subjects that do it right, wrong, or not at all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::process::Command;

use rstest::rstest;
use sockspec_engine::bench::{
    Echo, LARGE_HOSTS_LAB, Load, Measured, Other, Refused, Round, Scenario, Shape, Side, Transport, echo,
    large_hosts_lab, load_entry, resolver, run,
};
use sockspec_rust_subjects::StdNet;
use sockspec_subject::typed::{
    Address, AddressRef, Answer, Conversion, NameResolution, Refusal, SocketModule, Sockets, Typed, utf8,
};
use sockspec_subject::{Description, Fault, Function, Outcome, Subject, Text, Value, Work, Worked};

/// What a subject does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// The last byte of what it sends back.
    Byte,
    /// It sends back one byte less of a datagram.
    Short,
    /// It ends after a few messages.
    Ends,
    /// It raises after a few messages.
    Raises,
    /// It asks for less than it says.
    Lazy,
}

/// The module of std and socket2, and what it does wrong.
struct Module {
    std: StdNet,
    wrong: Wrong,
    /// Messages that were received.
    received: u32,
}

fn subject(wrong: Wrong) -> Typed<Module> {
    Typed::new(Module { std: StdNet, wrong, received: 0 })
}

impl Module {
    /// What goes wrong with one more message.
    fn receives(&mut self) -> Wrong {
        self.received += 1;
        if self.received > 5 { self.wrong } else { Wrong::Nothing }
    }
}

impl SocketModule for Module {
    fn describe(&self) -> Description {
        self.std.describe()
    }
}

impl Conversion for Module {}

impl NameResolution for Module {
    fn gethostbyname(&mut self, host: &[u8]) -> Answer<Text> {
        match utf8(host)? {
            "there.example" => Ok("192.0.2.1".into()),
            _ => Err(Refusal::message("no such host")),
        }
    }
}

type Socket = <StdNet as Sockets>::Socket;

/// The loops of a benchmark are the trait's own, which go through these.
impl Sockets for Module {
    type Socket = Socket;
    type File = Infallible;

    fn socket(&mut self, family: i32, socktype: i32, protocol: i32) -> Answer<Socket> {
        self.std.socket(family, socktype, protocol)
    }

    fn bind(&mut self, socket: &mut Socket, address: AddressRef<'_>) -> Answer<()> {
        self.std.bind(socket, address)
    }

    fn listen(&mut self, socket: &mut Socket, backlog: Option<i32>) -> Answer<()> {
        self.std.listen(socket, backlog)
    }

    fn setsockopt(&mut self, socket: &mut Socket, level: i32, option: i32, value: i32) -> Answer<()> {
        self.std.setsockopt(socket, level, option, value)
    }

    fn getsockname(&mut self, socket: &mut Socket) -> Answer<Address> {
        self.std.getsockname(socket)
    }

    fn accept(&mut self, socket: &mut Socket) -> Answer<(Socket, Address)> {
        self.std.accept(socket)
    }

    fn connect(&mut self, socket: &mut Socket, address: AddressRef<'_>) -> Answer<()> {
        self.std.connect(socket, address)
    }

    fn close(&mut self, socket: &mut Socket) -> Answer<()> {
        self.std.close(socket)
    }

    fn recv(&mut self, socket: &mut Socket, size: usize, flags: i32) -> Answer<Vec<u8>> {
        match self.receives() {
            Wrong::Ends => Ok(Vec::new()),
            Wrong::Raises => Err(Refusal::message("enough")),
            _ => self.std.recv(socket, size, flags),
        }
    }

    fn recvfrom(
        &mut self,
        socket: &mut Socket,
        size: usize,
        flags: i32,
    ) -> Answer<(Vec<u8>, Option<Address>)> {
        if self.receives() == Wrong::Ends {
            return Ok((Vec::new(), Some(self.std.getsockname(socket)?)));
        }
        self.std.recvfrom(socket, size, flags)
    }

    fn send(&mut self, socket: &mut Socket, data: &[u8], flags: i32) -> Answer<usize> {
        let mut data = data.to_vec();
        if let (Wrong::Byte, Some(last)) = (self.wrong, data.last_mut()) {
            *last = last.wrapping_add(1);
        }
        self.std.sendall(socket, &data, flags)?;
        Ok(data.len())
    }

    fn sendto(
        &mut self,
        socket: &mut Socket,
        data: &[u8],
        flags: i32,
        address: AddressRef<'_>,
    ) -> Answer<usize> {
        let data = if self.wrong == Wrong::Short { &data[1..] } else { data };
        self.std.sendto(socket, data, flags, address)
    }

    fn sendall(&mut self, socket: &mut Socket, data: &[u8], flags: i32) -> Answer<()> {
        self.std.sendall(socket, data, flags)
    }

    fn ask(&mut self, connected: &mut [Socket], size: usize, times: u64) -> Answer<Vec<u64>> {
        match self.wrong {
            // As many times as it was asked for, and nothing sent.
            Wrong::Lazy => Ok(vec![1; usize::try_from(times).unwrap()]),
            Wrong::Short => Ok(vec![1]),
            _ => self.std.ask(connected, size, times),
        }
    }
}

fn turn(subject: &mut dyn Subject, other: Wrong, shape: Shape) -> Result<Measured, Refused> {
    let folder = tempfile::tempdir().unwrap();
    let round = Round { shape, times: 20, warm: 3, load_core: None, interval: None };
    let make = move || Box::new(self::subject(other)) as Box<dyn Subject>;
    let mut load = Load::new(&this_program);
    run(subject, &mut Other::new(&make), &mut load, &round, folder.path().to_str().unwrap())
}

/// The harness's end is these tests once more, which run the one below alone.
fn this_program() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_harness_end_is_a_process_of_its_own", "--nocapture", "--test-threads=1"]);
    command
}

#[test]
fn the_harness_end_is_a_process_of_its_own() {
    if load_entry().is_some() {
        return;
    }
    // Its parent ends each of these; here it is asked for one job after the other.
    let make = || Box::new(subject(Wrong::Nothing)) as Box<dyn Subject>;
    let (mut other, folder) = (Other::new(&make), tempfile::tempdir().unwrap());
    let started = Cell::new(0);
    let make_load = || {
        started.set(started.get() + 1);
        this_program()
    };
    let mut load = Load::new(&make_load);
    let mut turn = |wrong: Wrong, side: Side| {
        let shape = Shape::Echo(Echo { side, ..ONE });
        let round = Round { shape, times: 20, warm: 3, load_core: None, interval: None };
        run(&mut subject(wrong), &mut other, &mut load, &round, folder.path().to_str().unwrap())
    };
    for _ in 0..2 {
        assert!(turn(Wrong::Nothing, Side::Server).is_ok());
        assert!(turn(Wrong::Nothing, Side::Client).is_ok());
        assert!(turn(Wrong::Raises, Side::Server).is_err());
    }
    assert_eq!(started.get(), 1, "what goes wrong with an echo does not end the load");
}

const ONE: Echo = Echo {
    side: Side::Server,
    transport: Transport::Tcp4,
    message: 64,
    buffer: 1024,
    connections: 1,
    nodelay: false,
};

#[rstest]
#[case::one(ONE)]
#[case::ipv6(Echo { transport: Transport::Tcp6, ..ONE })]
#[case::unix(Echo { transport: Transport::Unix, ..ONE })]
#[case::udp(Echo { transport: Transport::Udp4, ..ONE })]
#[case::udp_many(Echo { transport: Transport::Udp4, connections: 4, ..ONE })]
#[case::many(Echo { connections: 8, ..ONE })]
#[case::pieces(Echo { message: 4096, nodelay: true, ..ONE })]
fn each_round_trip_that_counts_has_its_time(
    #[case] echo: Echo,
    #[values(Side::Server, Side::Client, Side::Both)] side: Side,
) {
    if side != Side::Server && echo.transport.is_datagram() && echo.connections > 1 {
        return;
    }
    let shape = Shape::Echo(Echo { side, ..echo });
    let measured = turn(&mut subject(Wrong::Nothing), Wrong::Nothing, shape).unwrap();
    assert_eq!(measured.nanoseconds.len(), 20, "those before are not told");
}

#[rstest]
#[case::byte(ONE, Wrong::Byte, "of a message of 64 bytes, byte 63 came back as 0x40 instead of 0x3f")]
#[case::datagram(
    Echo { transport: Transport::Udp4, ..ONE },
    Wrong::Short,
    "a datagram of 64 bytes came back as one of 63"
)]
#[case::ends(ONE, Wrong::Ends, "the server ended before all was back")]
#[case::datagrams_end(
    Echo { transport: Transport::Udp4, ..ONE },
    Wrong::Ends,
    "the server ended before all was back"
)]
#[case::raises(ONE, Wrong::Raises, "raised error('enough')")]
#[case::lazy(Echo { side: Side::Client, ..ONE }, Wrong::Lazy, "it sent 0 bytes, and 1472 were due")]
#[case::few(Echo { side: Side::Client, ..ONE }, Wrong::Short, "it told 1 times instead of 23")]
fn what_is_wrong_is_no_figure(#[case] echo: Echo, #[case] wrong: Wrong, #[case] why: &str) {
    let refused = turn(&mut subject(wrong), Wrong::Nothing, Shape::Echo(echo)).unwrap_err();
    assert_eq!(refused, Refused::Wrong(why.to_owned()));
}

#[rstest]
#[case(Transport::Tcp4)]
#[case(Transport::Udp4)]
fn where_one_of_both_ends_fails_the_other_does_not_wait(#[case] transport: Transport) {
    let shape = Shape::Echo(Echo { side: Side::Both, transport, ..ONE });
    let refused = turn(&mut subject(Wrong::Nothing), Wrong::Short, shape).unwrap_err();
    assert_eq!(refused, Refused::Wrong("it told 1 times instead of 23".to_owned()));
}

#[rstest]
#[case::found("there.example", false, None)]
#[case::missing("nowhere.example", true, None)]
#[case::not_found(
    "nowhere.example",
    false,
    Some(Refused::Wrong("gethostbyname('nowhere.example'): raised error('no such host')".to_owned()))
)]
#[case::found_all_the_same(
    "there.example",
    true,
    Some(Refused::Wrong("gethostbyname('there.example') should find nothing: '192.0.2.1'".to_owned()))
)]
fn a_call_does_what_its_scenario_is_about(
    #[case] host: &str,
    #[case] raises: bool,
    #[case] refused: Option<Refused>,
) {
    let function = Function { name: "gethostbyname".to_owned(), args: vec![Value::str(host)] };
    let came = turn(&mut subject(Wrong::Nothing), Wrong::Nothing, Shape::Call { function, raises });
    assert_eq!(came.as_ref().err(), refused.as_ref());
    assert!(came.is_err() || came.is_ok_and(|measured| measured.nanoseconds.len() == 1));
}

#[test]
fn what_it_lacks_is_told_as_that() {
    let function = Function { name: "getnameinfo".to_owned(), args: vec![] };
    let shape = Shape::Call { function, raises: false };
    let refused = turn(&mut subject(Wrong::Nothing), Wrong::Nothing, shape).unwrap_err();
    assert!(matches!(refused, Refused::Lacks(_)), "{refused:?}");
}

/// A subject whose process is gone as soon as it works.
struct Dying(Typed<Module>);

impl Subject for Dying {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.0.describe()
    }

    fn call(&mut self, call: &sockspec_subject::Call) -> Result<Outcome, Fault> {
        self.0.call(call)
    }

    fn work(&mut self, _work: &Work) -> Result<Worked, Fault> {
        self.0.reset()?;
        Err(Fault::Crash { what: "it was killed by signal 9".to_owned(), stderr: String::new() })
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.0.reset()
    }
}

#[rstest]
#[case(Side::Server, Transport::Tcp4)]
#[case(Side::Client, Transport::Tcp4)]
#[case(Side::Both, Transport::Tcp4)]
#[case(Side::Server, Transport::Udp4)]
#[case(Side::Client, Transport::Udp4)]
#[case(Side::Server, Transport::Unix)]
fn one_that_dies_in_the_middle_is_a_fault(#[case] side: Side, #[case] transport: Transport) {
    let mut dying = Dying(subject(Wrong::Nothing));
    let shape = Shape::Echo(Echo { side, transport, ..ONE });
    let refused = turn(&mut dying, Wrong::Nothing, shape).unwrap_err();
    assert!(matches!(refused, Refused::Fault(Fault::Crash { .. })), "{refused:?}");
}

#[test]
fn scenarios_have_ids_of_their_own_and_cover_what_they_should() {
    let all: Vec<Scenario> = [resolver(), echo()].concat();
    let ids: BTreeSet<&str> = all.iter().map(|scenario| scenario.id.as_str()).collect();
    let titles: BTreeSet<&str> = all.iter().map(|scenario| scenario.title.as_str()).collect();
    assert_eq!((ids.len(), titles.len()), (all.len(), all.len()), "each is named once");
    for wanted in [
        "resolver/numeric-ipv4",
        "resolver/numeric-ipv6",
        "resolver/passive",
        "resolver/service",
        "resolver/hosts",
        "resolver/large-hosts",
        "resolver/dns-ipv4",
        "resolver/dns-both",
        "resolver/dns-missing",
        "resolver/getnameinfo-missing",
        "resolver/gethostbyname-missing",
        "resolver/gethostbyname-ex-hosts",
        "resolver/gethostbyaddr-dns",
        "echo/server/tcp4/4096",
        "echo/server/tcp4/4096/nodelay",
        "echo/server/tcp4/4096/whole",
        "echo/server/udp4/65507/whole",
        "echo/server/udp4/64/64",
        "echo/client/unix/64/64",
        "echo/both/tcp6/65536/whole",
    ] {
        assert!(ids.contains(wanted), "{wanted} is not among {ids:#?}");
    }
    for side in ["server", "client", "both"] {
        for transport in Transport::ALL.map(Transport::word) {
            for size in [1, 64, 1024] {
                assert!(
                    ids.contains(format!("echo/{side}/{transport}/{size}").as_str()),
                    "{side} {transport} {size}"
                );
            }
        }
    }
}

#[test]
fn the_large_file_of_hosts_is_as_long_as_it_says_and_ends_with_who_is_looked_up() {
    let files = large_hosts_lab();
    let (_, hosts) = files.iter().find(|(path, _)| path.ends_with("etc/hosts")).unwrap();
    assert_eq!(hosts.lines().count(), 10_000);
    let last = hosts.lines().last().unwrap().split_whitespace().nth(1).unwrap().to_owned();
    let asked: Vec<Scenario> = resolver().into_iter().filter(|one| one.lab == LARGE_HOSTS_LAB).collect();
    assert_eq!(asked.len(), 2);
    for scenario in asked {
        let Shape::Call { function, .. } = scenario.shape else { panic!("{}", scenario.id) };
        assert_eq!(function.args[0], Value::str(last.as_str()));
    }
}
