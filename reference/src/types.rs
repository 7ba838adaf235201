//! The numbers that the document passes around, each kind as a type of its own.
//!
//! The document calls families, types, protocols and flags integers, and a system may know more of them than
//! this page names. So each type is an open number: the constants name the documented ones, and `Family(n)`
//! holds any other. All of them are C `int`s.

macro_rules! number {
    ($(#[$meta:meta])* $name:ident { $($(#[$const_meta:meta])* $constant:ident = $value:expr;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i32);

        impl $name {
            $($(#[$const_meta])* pub const $constant: Self = Self($value);)*
        }

        impl From<i32> for $name {
            fn from(number: i32) -> Self {
                Self(number)
            }
        }

        impl From<$name> for i32 {
            fn from(number: $name) -> Self {
                number.0
            }
        }
    };
}

macro_rules! flags {
    ($(#[$meta:meta])* $name:ident { $($(#[$const_meta:meta])* $constant:ident = $value:expr;)* }) => {
        number! { $(#[$meta])* $name { $($(#[$const_meta])* $constant = $value;)* } }

        impl $name {
            /// No flag at all, the default.
            pub const NONE: Self = Self(0);

            /// Whether every bit of `flags` is set.
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }

            /// Whether at least one bit of `flags` is set.
            pub const fn intersects(self, flags: Self) -> bool {
                self.0 & flags.0 != 0
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl std::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }
    };
}

number! {
    /// An address family, `AF_*`: the first argument of [`socket`](crate::socket()) and a hint of
    /// [`getaddrinfo`](crate::getaddrinfo).
    ///
    /// The default is [`Family::UNSPEC`]. Clauses: `constants.families-for-socket`, `addresses.families`.
    Family {
        /// Any family: for hints only, no socket is made with it.
        UNSPEC = libc::AF_UNSPEC;
        /// Sockets local to the machine; an address is one path. Clause: `constants.af-unix`.
        UNIX = libc::AF_UNIX;
        /// IPv4; an address is a pair of host and port. Clause: `constants.af-inet`.
        INET = libc::AF_INET;
        /// IPv6; an address is host, port, flow information and scope id. Clause: `constants.af-inet6`.
        INET6 = libc::AF_INET6;
    }
}

number! {
    /// A socket type, `SOCK_*`. On Linux the bits `SOCK_NONBLOCK` and `SOCK_CLOEXEC` may be added.
    ///
    /// The default is zero, which leaves the type open and fits hints only. Clause:
    /// `constants.types-for-socket`.
    SockType {
        /// Any type: for hints only.
        ANY = 0;
        /// A two-way stream of bytes. Clause: `constants.sock-stream`.
        STREAM = libc::SOCK_STREAM;
        /// Datagrams. Clause: `constants.sock-dgram`.
        DGRAM = libc::SOCK_DGRAM;
        /// Raw packets of a protocol. Clause: `constants.sock-raw`.
        RAW = libc::SOCK_RAW;
        /// Datagrams that arrive for certain, in any order. Clause: `constants.sock-rdm`.
        RDM = libc::SOCK_RDM;
        /// Packets that arrive for certain and in order. Clause: `constants.sock-seqpacket`.
        SEQPACKET = libc::SOCK_SEQPACKET;
    }
}

number! {
    /// A protocol, `IPPROTO_*`.
    ///
    /// The default, zero, lets the system choose the one that fits. Clauses: `socket.protocol-zero`,
    /// `socket.protocol-omitted`.
    Protocol {
        /// The one that fits family and type.
        DEFAULT = 0;
        /// ICMP, 1.
        ICMP = libc::IPPROTO_ICMP;
        /// TCP, 6.
        TCP = libc::IPPROTO_TCP;
        /// UDP, 17.
        UDP = libc::IPPROTO_UDP;
        /// `ICMPv6`, 58.
        ICMPV6 = libc::IPPROTO_ICMPV6;
        /// Raw IP packets, 255.
        RAW = libc::IPPROTO_RAW;
    }
}

flags! {
    /// What steers [`getaddrinfo`](crate::getaddrinfo), `AI_*`. Clause: `getaddrinfo.flags-hint`; RFC 2553,
    /// 6.4.
    AddrInfoFlags {
        /// Without a host: addresses to bind to, not to connect to. Clause: `getaddrinfo.passive`.
        PASSIVE = libc::AI_PASSIVE;
        /// Put the canonical name into the first entry. Clause: `getaddrinfo.canonname`.
        CANONNAME = libc::AI_CANONNAME;
        /// The host is numeric or an error. Clause: `getaddrinfo.numerichost`.
        NUMERICHOST = libc::AI_NUMERICHOST;
        /// The port is numeric or an error.
        NUMERICSERV = libc::AI_NUMERICSERV;
        /// IPv4 addresses as IPv4-mapped IPv6 ones where the family is [`Family::INET6`].
        V4MAPPED = libc::AI_V4MAPPED;
        /// With `V4MAPPED`: mapped addresses beside genuine ones.
        ALL = libc::AI_ALL;
        /// Only families for which the machine has an address.
        ADDRCONFIG = libc::AI_ADDRCONFIG;
    }
}

flags! {
    /// What steers [`getnameinfo`](crate::getnameinfo), `NI_*`. Clauses: `getnameinfo.host-name` and
    /// following.
    NameInfoFlags {
        /// The host as numeric text.
        NUMERICHOST = libc::NI_NUMERICHOST;
        /// The port as digits.
        NUMERICSERV = libc::NI_NUMERICSERV;
        /// A local host without its domain.
        NOFQDN = libc::NI_NOFQDN;
        /// No name is an error, not numeric text.
        NAMEREQD = libc::NI_NAMEREQD;
        /// The service is looked up for UDP, not TCP.
        DGRAM = libc::NI_DGRAM;
    }
}

flags! {
    /// What steers sending and receiving, `MSG_*`; see recv(2) and send(2). Clauses: `recv.flags`,
    /// `send.flags`.
    MsgFlags {
        /// Out-of-band data.
        OOB = libc::MSG_OOB;
        /// Read without taking the data out of the queue.
        PEEK = libc::MSG_PEEK;
        /// Do not route.
        DONTROUTE = libc::MSG_DONTROUTE;
        /// Wait until the whole buffer is full.
        WAITALL = libc::MSG_WAITALL;
        /// Fail instead of waiting, for this call alone.
        DONTWAIT = libc::MSG_DONTWAIT;
        /// Report the true length of a datagram.
        TRUNC = libc::MSG_TRUNC;
    }
}

number! {
    /// Which half of a connection [`Socket::shutdown`](crate::Socket::shutdown) ends.
    Shutdown {
        /// 0: nothing more can be received. Clause: `shutdown.receives`.
        RECEIVES = 0;
        /// 1: nothing more can be sent. Clause: `shutdown.sends`.
        SENDS = 1;
        /// 2: neither. Clauses: `shutdown.both-receives`, `shutdown.both-sends`.
        BOTH = 2;
    }
}
