//! Implementers that are made for tests of the adapter.

use std::collections::BTreeMap;
use std::convert::Infallible;

use sockspec_subject::typed::{
    AddrInfo, Address, Answer, Conversion, Internet, NameInfo, NameResolution, Port, Refusal, SocketModule,
    Sockets,
};
use sockspec_subject::{Description, Edition, Text};

/// Notes what reaches it.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) edition: Edition,
    pub(crate) address: Option<Address>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) seen: Vec<String>,
}

impl SocketModule for Recorder {
    fn describe(&self) -> Description {
        let constants = BTreeMap::from([("AF_INET".to_owned(), 2), ("SOCK_STREAM".to_owned(), 1)]);
        Description {
            name: "recorder".to_owned(),
            edition: self.edition,
            constants,
            ..Description::default()
        }
    }
}

impl Conversion for Recorder {}

impl NameResolution for Recorder {
    fn getaddrinfo(
        &mut self,
        host: Option<&[u8]>,
        port: Port<'_>,
        family: i32,
        socktype: i32,
        protocol: i32,
        flags: i32,
    ) -> Answer<Vec<AddrInfo>> {
        let host = host.map(|host| host.escape_ascii().to_string());
        self.seen.push(format!("{host:?} {port:?} {family} {socktype} {protocol} {flags}"));
        self.refusal.clone().map_or(Ok(Vec::new()), Err)
    }

    fn getnameinfo(&mut self, address: Internet<'_>, flags: i32) -> Answer<NameInfo> {
        let Internet { port, flowinfo, scope_id, .. } = address;
        self.seen.push(format!("{port} {flowinfo:?} {scope_id:?} {flags}"));
        Ok(NameInfo { host: "h".into(), port: "p".into() })
    }

    fn getfqdn(&mut self, name: Option<&[u8]>) -> Answer<Text> {
        self.seen.push(format!("{:?}", name.map(<[u8]>::len)));
        Ok("fqdn".into())
    }
}

impl Sockets for Recorder {
    type Socket = u8;
    type File = Infallible;

    fn socket(&mut self, family: i32, socktype: i32, protocol: i32) -> Answer<u8> {
        self.seen.push(format!("socket {family} {socktype} {protocol}"));
        Ok(0)
    }

    fn getsockname(&mut self, _: &mut u8) -> Answer<Address> {
        self.address.clone().ok_or_else(|| Refusal::errno(libc::EBADF))
    }

    fn listen(&mut self, _: &mut u8, backlog: Option<i32>) -> Answer<()> {
        self.seen.push(format!("listen {backlog:?}"));
        Ok(())
    }

    fn setblocking(&mut self, _: &mut u8, blocking: bool) -> Answer<()> {
        self.seen.push(format!("blocking {blocking}"));
        Ok(())
    }

    fn getsockopt_buffer(&mut self, _: &mut u8, level: i32, option: i32, length: i32) -> Answer<Vec<u8>> {
        self.seen.push(format!("raw {level} {option} {length}"));
        Ok(Vec::new())
    }

    fn setsockopt_null(&mut self, _: &mut u8, level: i32, option: i32, length: u32) -> Answer<()> {
        self.seen.push(format!("null {level} {option} {length}"));
        Ok(())
    }

    fn close(&mut self, socket: &mut u8) -> Answer<()> {
        *socket += 1;
        self.seen.push(format!("close {socket}"));
        Err(Refusal::errno(libc::EIO))
    }
}

/// Has nothing at all.
pub(crate) struct Nothing;

impl SocketModule for Nothing {
    fn describe(&self) -> Description {
        Description { constants: [("AF_INET".to_owned(), 2)].into(), ..Description::default() }
    }
}

impl Conversion for Nothing {}

impl NameResolution for Nothing {}

impl Sockets for Nothing {
    type Socket = Infallible;
    type File = Infallible;
}
