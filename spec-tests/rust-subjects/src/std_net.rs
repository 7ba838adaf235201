//! The standard library's network types with socket2's sockets, as a socket module.
//!
//! What neither library has is left out; what they have in a form that cannot take the arguments is inexpressible.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV6, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Instant;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use sockspec_subject::typed::{
    AddrInfo, Address, AddressRef, Answer, Conversion, NameResolution, Port, Refusal, SocketModule, Sockets,
    utf8,
};
use sockspec_subject::{Description, Edition, Raised, Text, Value};

use crate::constants;

/// `std::net` and socket2.
#[derive(Debug, Clone, Copy, Default)]
pub struct StdNet;

impl SocketModule for StdNet {
    fn describe(&self) -> Description {
        Description {
            name: "std::net with socket2".to_owned(),
            version: env!("RUSTC_VERSION").to_owned(),
            edition: Edition::V2_2,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            constants: constants::all(),
            ..Description::default()
        }
    }
}

impl Conversion for StdNet {
    fn ntohl(&mut self, number: u32) -> Answer<u32> {
        Ok(u32::from_be(number))
    }

    fn ntohs(&mut self, number: u16) -> Answer<u16> {
        Ok(u16::from_be(number))
    }

    fn htonl(&mut self, number: u32) -> Answer<u32> {
        Ok(number.to_be())
    }

    fn htons(&mut self, number: u16) -> Answer<u16> {
        Ok(number.to_be())
    }

    fn inet_aton(&mut self, text: &[u8]) -> Answer<[u8; 4]> {
        let address: Result<Ipv4Addr, _> = utf8(text)?.parse();
        Ok(address.map_err(|_| Refusal::message("no IPv4 address"))?.octets())
    }

    fn inet_ntoa(&mut self, packed: &[u8]) -> Answer<Text> {
        let octets = <[u8; 4]>::try_from(packed)
            .map_err(|_| Refusal::Inexpressible("four bytes are an address".to_owned()))?;
        Ok(Ipv4Addr::from(octets).to_string().into())
    }
}

impl NameResolution for StdNet {
    fn getaddrinfo(
        &mut self,
        host: Option<&[u8]>,
        port: Port<'_>,
        family: i32,
        socktype: i32,
        protocol: i32,
        flags: i32,
    ) -> Answer<Vec<AddrInfo>> {
        let inexpressible = |why: &str| Err(Refusal::Inexpressible(why.to_owned()));
        if family != 0 || socktype != libc::SOCK_STREAM || protocol != 0 || flags != 0 {
            return inexpressible("to_socket_addrs() takes no hints, and looks for streams");
        }
        let port = match port {
            Port::Number(number) => port16(number)?,
            Port::None | Port::Name(_) => return inexpressible("to_socket_addrs() takes a port's number"),
        };
        let Some(host) = host.filter(|host| !host.is_empty()) else {
            return inexpressible("to_socket_addrs() takes a host");
        };
        let found = (utf8(host)?, port).to_socket_addrs().map_err(|error| unresolved(&error))?;
        let entries = found.map(|address| AddrInfo {
            family: i32::from(Domain::for_address(address)),
            socktype,
            protocol: libc::IPPROTO_TCP,
            canonical_name: "".into(),
            address: address.into(),
        });
        Ok(entries.collect())
    }
}

/// What the standard library says of a failed lookup: a text, and no number.
fn unresolved(error: &std::io::Error) -> Refusal {
    let text = error.to_string();
    let mut raised = Raised::new("gaierror", vec![Value::str(text.as_str())], text);
    raised.classes.push("error".to_owned());
    Refusal::Raised(raised)
}

impl Sockets for StdNet {
    /// None once it is closed.
    type Socket = Option<Socket>;
    type File = Infallible;

    fn socket(&mut self, family: i32, socktype: i32, protocol: i32) -> Answer<Self::Socket> {
        let protocol = (protocol != 0).then(|| Protocol::from(protocol));
        Ok(Some(Socket::new(Domain::from(family), Type::from(socktype), protocol)?))
    }

    fn accept(&mut self, socket: &mut Self::Socket) -> Answer<(Self::Socket, Address)> {
        let (connected, address) = open(socket)?.accept()?;
        Ok((Some(connected), returned(&address)))
    }

    fn bind(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<()> {
        let socket = open(socket)?;
        Ok(socket.bind(&given(socket, address)?)?)
    }

    fn close(&mut self, socket: &mut Self::Socket) -> Answer<()> {
        socket.take().map(drop).ok_or_else(|| Refusal::errno(libc::EBADF))
    }

    fn forget(&mut self, socket: Self::Socket) -> Answer<()> {
        drop(socket);
        Ok(())
    }

    fn connect(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<()> {
        let socket = open(socket)?;
        Ok(socket.connect(&given(socket, address)?)?)
    }

    fn connect_ex(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<i32> {
        let socket = open(socket)?;
        match socket.connect(&given(socket, address)?) {
            Ok(()) => Ok(0),
            Err(error) => error.raw_os_error().ok_or_else(|| error.into()),
        }
    }

    fn fileno(&mut self, socket: &mut Self::Socket) -> Answer<i32> {
        Ok(open(socket)?.as_raw_fd())
    }

    fn getpeername(&mut self, socket: &mut Self::Socket) -> Answer<Address> {
        Ok(returned(&open(socket)?.peer_addr()?))
    }

    fn getsockname(&mut self, socket: &mut Self::Socket) -> Answer<Address> {
        Ok(returned(&open(socket)?.local_addr()?))
    }

    fn getsockopt(&mut self, socket: &mut Self::Socket, level: i32, option: i32) -> Answer<i32> {
        let socket = open(socket)?;
        let size = |size: usize| i32::try_from(size).unwrap_or(i32::MAX);
        Ok(match (level, option) {
            (libc::SOL_SOCKET, libc::SO_TYPE) => socket.r#type()?.into(),
            (libc::SOL_SOCKET, libc::SO_REUSEADDR) => socket.reuse_address()?.into(),
            (libc::SOL_SOCKET, libc::SO_BROADCAST) => socket.broadcast()?.into(),
            (libc::SOL_SOCKET, libc::SO_KEEPALIVE) => socket.keepalive()?.into(),
            (libc::SOL_SOCKET, libc::SO_OOBINLINE) => socket.out_of_band_inline()?.into(),
            (libc::SOL_SOCKET, libc::SO_RCVBUF) => size(socket.recv_buffer_size()?),
            (libc::SOL_SOCKET, libc::SO_SNDBUF) => size(socket.send_buffer_size()?),
            (libc::SOL_SOCKET, libc::SO_ERROR) => {
                socket.take_error()?.and_then(|error| error.raw_os_error()).unwrap_or(0)
            }
            (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY) => socket.only_v6()?.into(),
            (libc::IPPROTO_TCP, libc::TCP_NODELAY) => socket.tcp_nodelay()?.into(),
            _ => return Err(Refusal::Inexpressible(NO_OPTION.to_owned())),
        })
    }

    fn listen(&mut self, socket: &mut Self::Socket, backlog: Option<i32>) -> Answer<()> {
        let backlog = backlog.ok_or_else(|| Refusal::Inexpressible("listen() takes a backlog".to_owned()))?;
        Ok(open(socket)?.listen(backlog)?)
    }

    fn recv(&mut self, socket: &mut Self::Socket, size: usize, flags: i32) -> Answer<Vec<u8>> {
        no_flags(flags)?;
        let mut data = vec![0; size];
        let length = open(socket)?.read(&mut data)?;
        data.truncate(length);
        Ok(data)
    }

    fn recvfrom(
        &mut self,
        socket: &mut Self::Socket,
        size: usize,
        flags: i32,
    ) -> Answer<(Vec<u8>, Option<Address>)> {
        no_flags(flags)?;
        let socket = open(socket)?;
        if socket.domain()? == Domain::UNIX {
            return Err(Refusal::Lacks("std's receiving gives addresses of the Internet".to_owned()));
        }
        if socket.r#type()? != Type::DGRAM {
            return Err(Refusal::Inexpressible("recv_from() is for datagrams".to_owned()));
        }
        let mut data = vec![0; size];
        let (length, from) = UdpSocket::from(socket.try_clone()?).recv_from(&mut data)?;
        data.truncate(length);
        Ok((data, Some(from.into())))
    }

    fn serve(&mut self, listening: &mut Self::Socket, connections: usize, size: usize) -> Answer<()> {
        let listening = open(listening)?;
        let mut buffer = vec![0; size];
        let mut accepted = Vec::new();
        for _ in 0..connections {
            accepted.push(listening.accept()?.0);
        }
        loop {
            for connected in &mut accepted {
                match connected.read(&mut buffer)? {
                    0 => return Ok(()),
                    count => connected.write_all(&buffer[..count])?,
                }
            }
        }
    }

    fn serve_datagrams(&mut self, bound: &mut Self::Socket, size: usize) -> Answer<()> {
        let bound = UdpSocket::from(open(bound)?.try_clone()?);
        let mut buffer = vec![0; size];
        loop {
            let (count, from) = bound.recv_from(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            bound.send_to(&buffer[..count], from)?;
        }
    }

    fn ask(&mut self, connected: &mut [Self::Socket], size: usize, times: u64) -> Answer<Vec<u64>> {
        let (message, mut buffer) = (vec![b'x'; size], vec![0; size]);
        let mut sockets = connected.iter_mut().map(open).collect::<Answer<Vec<_>>>()?;
        let mut took = Vec::new();
        for _ in 0..times {
            let start = Instant::now();
            for socket in &mut sockets {
                socket.write_all(&message)?;
            }
            for socket in &mut sockets {
                // A datagram comes whole, as read_exact() wants it.
                socket.read_exact(&mut buffer)?;
            }
            took.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
        }
        Ok(took)
    }

    fn send(&mut self, socket: &mut Self::Socket, data: &[u8], flags: i32) -> Answer<usize> {
        Ok(open(socket)?.send_with_flags(data, flags)?)
    }

    fn sendall(&mut self, socket: &mut Self::Socket, data: &[u8], flags: i32) -> Answer<()> {
        no_flags(flags)?;
        Ok(open(socket)?.write_all(data)?)
    }

    fn sendto(
        &mut self,
        socket: &mut Self::Socket,
        data: &[u8],
        flags: i32,
        address: AddressRef<'_>,
    ) -> Answer<usize> {
        let socket = open(socket)?;
        Ok(socket.send_to_with_flags(data, &given(socket, address)?, flags)?)
    }

    fn setblocking(&mut self, socket: &mut Self::Socket, blocking: bool) -> Answer<()> {
        Ok(open(socket)?.set_nonblocking(!blocking)?)
    }

    fn setsockopt(&mut self, socket: &mut Self::Socket, level: i32, option: i32, value: i32) -> Answer<()> {
        let socket = open(socket)?;
        let size = || usize::try_from(value).map_err(|_| Refusal::Inexpressible("no size".to_owned()));
        match (level, option) {
            (libc::SOL_SOCKET, libc::SO_REUSEADDR) => socket.set_reuse_address(truth(value)?)?,
            (libc::SOL_SOCKET, libc::SO_BROADCAST) => socket.set_broadcast(truth(value)?)?,
            (libc::SOL_SOCKET, libc::SO_KEEPALIVE) => socket.set_keepalive(truth(value)?)?,
            (libc::SOL_SOCKET, libc::SO_OOBINLINE) => socket.set_out_of_band_inline(truth(value)?)?,
            (libc::SOL_SOCKET, libc::SO_RCVBUF) => socket.set_recv_buffer_size(size()?)?,
            (libc::SOL_SOCKET, libc::SO_SNDBUF) => socket.set_send_buffer_size(size()?)?,
            (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY) => socket.set_only_v6(truth(value)?)?,
            (libc::IPPROTO_TCP, libc::TCP_NODELAY) => socket.set_tcp_nodelay(truth(value)?)?,
            _ => return Err(Refusal::Inexpressible(NO_OPTION.to_owned())),
        }
        Ok(())
    }

    fn shutdown(&mut self, socket: &mut Self::Socket, how: i32) -> Answer<()> {
        let how = match how {
            0 => Shutdown::Read,
            1 => Shutdown::Write,
            2 => Shutdown::Both,
            other => return Err(Refusal::Inexpressible(format!("Shutdown has no {other}"))),
        };
        Ok(open(socket)?.shutdown(how)?)
    }
}

fn open<T>(object: &mut Option<T>) -> Answer<&mut T> {
    object.as_mut().ok_or_else(|| Refusal::errno(libc::EBADF))
}

const NO_OPTION: &str = "socket2 has options as methods, and none for this one";

/// socket2 takes options of two states as truth values.
fn truth(value: i32) -> Answer<bool> {
    match value {
        0 | 1 => Ok(value == 1),
        _ => Err(Refusal::Inexpressible(format!("{value} is no truth value"))),
    }
}

fn no_flags(flags: i32) -> Answer<()> {
    if flags == 0 {
        Ok(())
    } else {
        Err(Refusal::Inexpressible("the standard library takes no flags".to_owned()))
    }
}

fn port16(port: i64) -> Answer<u16> {
    u16::try_from(port).map_err(|_| Refusal::Inexpressible("a port has 16 bits".to_owned()))
}

/// An address in the form of the socket's family.
fn given(socket: &Socket, address: AddressRef<'_>) -> Answer<SockAddr> {
    let first = |host: &[u8], port: i64, wanted: fn(&SocketAddr) -> bool| -> Answer<SocketAddr> {
        let mut found = (utf8(host)?, port16(port)?).to_socket_addrs().map_err(|error| unresolved(&error))?;
        found.find(wanted).ok_or_else(|| Refusal::message("the host has no address of this family"))
    };
    let wide = |number| u32::try_from(number).map_err(|_| Refusal::Inexpressible("no 32 bits".to_owned()));
    Ok(match socket.domain()? {
        Domain::UNIX => {
            use std::os::unix::ffi::OsStrExt;
            SockAddr::unix(std::ffi::OsStr::from_bytes(address.unix()?))?
        }
        Domain::IPV4 => match address.internet()?.inet()? {
            (b"", port) => SockAddr::from(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port16(port)?))),
            (b"<broadcast>", port) => SockAddr::from(SocketAddr::from((Ipv4Addr::BROADCAST, port16(port)?))),
            (host, port) => first(host, port, SocketAddr::is_ipv4)?.into(),
        },
        _ => {
            let (host, port, flowinfo, scope_id) = address.internet()?.inet6();
            let SocketAddr::V6(found) = first(host, port, SocketAddr::is_ipv6)? else {
                return Err(Refusal::message("no IPv6 address"));
            };
            SockAddr::from(SocketAddrV6::new(*found.ip(), found.port(), wide(flowinfo)?, wide(scope_id)?))
        }
    })
}

fn returned(address: &SockAddr) -> Address {
    use std::os::unix::ffi::OsStrExt;
    match address.as_socket() {
        Some(address) => address.into(),
        None => Address::Unix(
            address
                .as_abstract_namespace()
                .map(|name| [&[0], name].concat())
                .or_else(|| address.as_pathname().map(|path| path.as_os_str().as_bytes().to_vec()))
                .unwrap_or_default(),
        ),
    }
}
