//! A socket module on the standard library and socket2: a living example of the typed traits, whole enough to echo.
//!
//! What neither library has is left out or refused, so that all three kinds of refusal occur.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV6, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use sockspec_subject::typed::{
    AddrInfo, Address, AddressRef, Answer, Conversion, NameResolution, Port, Refusal, SocketModule, Sockets,
    utf8,
};
use sockspec_subject::{Description, Edition, Text};

/// The module; it holds nothing but the edition that it claims.
#[derive(Debug, Default)]
pub(crate) struct StdSockets {
    pub(crate) edition: Edition,
}

impl SocketModule for StdSockets {
    fn describe(&self) -> Description {
        let constants = [
            ("AF_INET", libc::AF_INET),
            ("AF_INET6", libc::AF_INET6),
            ("AF_UNIX", libc::AF_UNIX),
            ("SOCK_STREAM", libc::SOCK_STREAM),
            ("SOCK_DGRAM", libc::SOCK_DGRAM),
            ("SOL_SOCKET", libc::SOL_SOCKET),
            ("SO_REUSEADDR", libc::SO_REUSEADDR),
            ("SO_TYPE", libc::SO_TYPE),
            ("AI_PASSIVE", libc::AI_PASSIVE),
            ("AI_NUMERICHOST", libc::AI_NUMERICHOST),
            ("EBADF", libc::EBADF),
        ];
        Description {
            name: "std".to_owned(),
            version: "1".to_owned(),
            edition: self.edition,
            constants: constants.map(|(name, number)| (name.to_owned(), i64::from(number))).into(),
            ..Description::default()
        }
    }
}

impl Conversion for StdSockets {
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
        let octets =
            <[u8; 4]>::try_from(packed).map_err(|_| Refusal::message("four bytes are an address"))?;
        Ok(Ipv4Addr::from(octets).to_string().into())
    }
}

impl NameResolution for StdSockets {
    fn getaddrinfo(
        &mut self,
        host: Option<&[u8]>,
        port: Port<'_>,
        family: i32,
        socktype: i32,
        protocol: i32,
        flags: i32,
    ) -> Answer<Vec<AddrInfo>> {
        if protocol != 0 || flags & !libc::AI_PASSIVE != 0 {
            return Err(Refusal::Inexpressible("the standard library takes no hints".to_owned()));
        }
        let port = match port {
            Port::None => 0,
            Port::Number(number) => port16(number)?,
            Port::Name(_) => return Err(Refusal::Lacks("the standard library knows no services".to_owned())),
        };
        let found: Vec<SocketAddr> = match host {
            Some(host) if !host.is_empty() => (utf8(host)?, port)
                .to_socket_addrs()
                .map_err(|error| Refusal::gaierror(libc::EAI_NONAME, &error.to_string()))?
                .collect(),
            _ if flags == libc::AI_PASSIVE => {
                vec![(Ipv6Addr::UNSPECIFIED, port).into(), (Ipv4Addr::UNSPECIFIED, port).into()]
            }
            _ => vec![(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()],
        };
        let entries = found.into_iter().map(|address| AddrInfo {
            family: i32::from(Domain::for_address(address)),
            socktype: if socktype == 0 { libc::SOCK_STREAM } else { socktype },
            protocol: 0,
            canonical_name: "".into(),
            address: address.into(),
        });
        Ok(entries.filter(|entry| family == 0 || entry.family == family).collect())
    }
}

impl Sockets for StdSockets {
    /// None once it is closed.
    type Socket = Option<Socket>;
    type File = Option<BufReader<Socket>>;

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
        match (level, option) {
            (libc::SOL_SOCKET, libc::SO_TYPE) => Ok(open(socket)?.r#type()?.into()),
            (libc::SOL_SOCKET, libc::SO_REUSEADDR) => Ok(open(socket)?.reuse_address()?.into()),
            _ => Err(Refusal::Inexpressible("socket2 has options as methods".to_owned())),
        }
    }

    fn listen(&mut self, socket: &mut Self::Socket, backlog: Option<i32>) -> Answer<()> {
        Ok(open(socket)?.listen(backlog.unwrap_or(128))?)
    }

    fn makefile(
        &mut self,
        socket: &mut Self::Socket,
        _mode: Option<&[u8]>,
        _buffering: Option<i64>,
    ) -> Answer<Self::File> {
        Ok(Some(BufReader::new(open(socket)?.try_clone()?)))
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
        let mut data = vec![0; size];
        let (length, from) = UdpSocket::from(open(socket)?.try_clone()?).recv_from(&mut data)?;
        data.truncate(length);
        Ok((data, Some(from.into())))
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
        match (level, option) {
            (libc::SOL_SOCKET, libc::SO_REUSEADDR) => Ok(open(socket)?.set_reuse_address(value != 0)?),
            _ => Err(Refusal::Inexpressible("socket2 has options as methods".to_owned())),
        }
    }

    fn shutdown(&mut self, socket: &mut Self::Socket, how: i32) -> Answer<()> {
        let how = match how {
            0 => Shutdown::Read,
            1 => Shutdown::Write,
            2 => Shutdown::Both,
            _ => return Err(Refusal::errno(libc::EINVAL)),
        };
        Ok(open(socket)?.shutdown(how)?)
    }

    fn file_read(&mut self, file: &mut Self::File, size: Option<usize>) -> Answer<Vec<u8>> {
        let mut data = Vec::new();
        let size = size.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX);
        open(file)?.take(size).read_to_end(&mut data)?;
        Ok(data)
    }

    fn file_readline(&mut self, file: &mut Self::File, size: Option<usize>) -> Answer<Vec<u8>> {
        let mut line = Vec::new();
        let size = size.and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX);
        open(file)?.take(size).read_until(b'\n', &mut line)?;
        Ok(line)
    }

    fn file_write(&mut self, file: &mut Self::File, data: &[u8]) -> Answer<usize> {
        open(file)?.get_mut().write_all(data)?;
        Ok(data.len())
    }

    fn file_flush(&mut self, file: &mut Self::File) -> Answer<()> {
        open(file).map(|_| ())
    }

    fn file_close(&mut self, file: &mut Self::File) -> Answer<()> {
        *file = None;
        Ok(())
    }
}

fn open<T>(object: &mut Option<T>) -> Answer<&mut T> {
    object.as_mut().ok_or_else(|| Refusal::errno(libc::EBADF))
}

fn no_flags(flags: i32) -> Answer<()> {
    if flags == 0 {
        Ok(())
    } else {
        Err(Refusal::Inexpressible("the standard library takes no flags".to_owned()))
    }
}

fn port16(port: i64) -> Answer<u16> {
    u16::try_from(port).map_err(|_| Refusal::overflow_error("a port has 16 bits"))
}

/// An address in the form of the socket's family.
fn given(socket: &Socket, address: AddressRef<'_>) -> Answer<SockAddr> {
    let first = |host: &[u8], port: i64, wanted: fn(&SocketAddr) -> bool| -> Answer<SocketAddr> {
        let mut found = (utf8(host)?, port16(port)?).to_socket_addrs()?;
        found.find(wanted).ok_or_else(|| Refusal::message("the host has no address of this family"))
    };
    let wide = |number| u32::try_from(number).map_err(|_| Refusal::overflow_error("no 32 bits"));
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
