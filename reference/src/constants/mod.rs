//! The constants by name, with the values of this platform.
//!
//! The groups are those that the document lists: `AF_*`, `SOCK_*`, `SO_*`, `SOMAXCONN`, `MSG_*`, `SOL_*`,
//! `IPPROTO_*`, `IPPORT_*`, `INADDR_*`, `IP_*`, `IPV6_*`, `EAI_*`, `AI_*` and `NI_*`. A name stands here if
//! the Linux headers have it (`constants.defined-by-headers`); the few that exist wherever the document's
//! module exists are marked as defaults (`constants.defaults`). [`get`] finds a constant by its name,
//! [`TABLE`] lists them all, and each is a Rust constant too. The numbers behind errors stand in tables of
//! their own: [`ERRNO`] and [`H_ERRNO`].

mod errnos;

pub use errnos::{ERRNO, H_ERRNO, errno_name, h_errno, h_errno_name};

/// Defines each constant and lists it under its name.
macro_rules! constants {
    ($($doc:literal, $kind:ty { $($name:ident = $value:expr;)* })*) => {
        $($(
            #[doc = concat!("`", stringify!($name), "` ", $doc)]
            pub const $name: $kind = $value;
        )*)*

        /// Every documented constant with its name, group by group.
        // The kinds are `i32` and `u32`, and `i64` holds both; `From` cannot be called in a constant.
        #[allow(clippy::cast_lossless)]
        pub const TABLE: &[(&str, i64)] = &[$($((stringify!($name), $name as i64),)*)*];
    };
}

/// The value of the constant with this name, or `None` where the platform has no such constant.
///
/// ```
/// assert_eq!(socket_reference::constants::get("INADDR_BROADCAST"), Some(0xffff_ffff));
/// assert_eq!(socket_reference::constants::get("AF_NO_SUCH_FAMILY"), None);
/// ```
pub fn get(name: &str) -> Option<i64> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

constants! {
    "is an address family. Clauses: `constants.af-unix` and following.", i32 {
        AF_UNSPEC = libc::AF_UNSPEC;
        AF_UNIX = libc::AF_UNIX;
        AF_INET = libc::AF_INET;
        AF_INET6 = libc::AF_INET6;
    }
    "is an option of level `SOL_SOCKET`, see socket(7). Clause: `constants.so`.", i32 {
        SO_ACCEPTCONN = libc::SO_ACCEPTCONN;
        SO_ATTACH_FILTER = libc::SO_ATTACH_FILTER;
        SO_BINDTODEVICE = libc::SO_BINDTODEVICE;
        SO_BROADCAST = libc::SO_BROADCAST;
        SO_BSDCOMPAT = libc::SO_BSDCOMPAT;
        SO_BUSY_POLL = libc::SO_BUSY_POLL;
        SO_COOKIE = libc::SO_COOKIE;
        SO_DEBUG = libc::SO_DEBUG;
        SO_DETACH_FILTER = libc::SO_DETACH_FILTER;
        SO_DOMAIN = libc::SO_DOMAIN;
        SO_DONTROUTE = libc::SO_DONTROUTE;
        SO_ERROR = libc::SO_ERROR;
        SO_INCOMING_CPU = libc::SO_INCOMING_CPU;
        SO_KEEPALIVE = libc::SO_KEEPALIVE;
        SO_LINGER = libc::SO_LINGER;
        SO_LOCK_FILTER = libc::SO_LOCK_FILTER;
        SO_MARK = libc::SO_MARK;
        SO_MAX_PACING_RATE = libc::SO_MAX_PACING_RATE;
        SO_NOFCS = libc::SO_NOFCS;
        SO_NO_CHECK = libc::SO_NO_CHECK;
        SO_OOBINLINE = libc::SO_OOBINLINE;
        SO_PASSCRED = libc::SO_PASSCRED;
        SO_PASSSEC = libc::SO_PASSSEC;
        SO_PEEK_OFF = libc::SO_PEEK_OFF;
        SO_PEERCRED = libc::SO_PEERCRED;
        SO_PEERGROUPS = libc::SO_PEERGROUPS;
        SO_PEERNAME = libc::SO_PEERNAME;
        SO_PEERSEC = libc::SO_PEERSEC;
        SO_PRIORITY = libc::SO_PRIORITY;
        SO_PROTOCOL = libc::SO_PROTOCOL;
        SO_RCVBUF = libc::SO_RCVBUF;
        SO_RCVBUFFORCE = libc::SO_RCVBUFFORCE;
        SO_RCVLOWAT = libc::SO_RCVLOWAT;
        SO_RCVTIMEO = libc::SO_RCVTIMEO;
        SO_REUSEADDR = libc::SO_REUSEADDR;
        SO_REUSEPORT = libc::SO_REUSEPORT;
        SO_RXQ_OVFL = libc::SO_RXQ_OVFL;
        SO_SNDBUF = libc::SO_SNDBUF;
        SO_SNDBUFFORCE = libc::SO_SNDBUFFORCE;
        SO_SNDLOWAT = libc::SO_SNDLOWAT;
        SO_SNDTIMEO = libc::SO_SNDTIMEO;
        SO_TIMESTAMP = libc::SO_TIMESTAMP;
        SO_TIMESTAMPING = libc::SO_TIMESTAMPING;
        SO_TIMESTAMPNS = libc::SO_TIMESTAMPNS;
        SO_TYPE = libc::SO_TYPE;
        SO_WIFI_STATUS = libc::SO_WIFI_STATUS;
        SO_ZEROCOPY = libc::SO_ZEROCOPY;
    }
    "is an option level. Clause: `constants.sol`.", i32 {
        SOL_ALG = libc::SOL_ALG;
        SOL_DCCP = libc::SOL_DCCP;
        SOL_ICMPV6 = libc::SOL_ICMPV6;
        SOL_IP = libc::SOL_IP;
        SOL_IPV6 = libc::SOL_IPV6;
        SOL_NETLINK = libc::SOL_NETLINK;
        SOL_PACKET = libc::SOL_PACKET;
        SOL_RAW = libc::SOL_RAW;
        SOL_SOCKET = libc::SOL_SOCKET;
        SOL_TCP = libc::SOL_TCP;
        SOL_TIPC = libc::SOL_TIPC;
        SOL_UDP = libc::SOL_UDP;
    }
    "is a socket type or a bit beside it. Clause: `constants.types-for-socket`.", i32 {
        SOCK_CLOEXEC = libc::SOCK_CLOEXEC;
        SOCK_DGRAM = libc::SOCK_DGRAM;
        SOCK_NONBLOCK = libc::SOCK_NONBLOCK;
        SOCK_RAW = libc::SOCK_RAW;
        SOCK_RDM = libc::SOCK_RDM;
        SOCK_SEQPACKET = libc::SOCK_SEQPACKET;
        SOCK_STREAM = libc::SOCK_STREAM;
    }
    "is the largest backlog. Clause: `constants.somaxconn`. A default of the module.", i32 {
        SOMAXCONN = libc::SOMAXCONN;
    }
    "is a flag of sending or receiving, see recv(2). Clause: `constants.msg`.", i32 {
        MSG_CMSG_CLOEXEC = libc::MSG_CMSG_CLOEXEC;
        MSG_CONFIRM = libc::MSG_CONFIRM;
        MSG_CTRUNC = libc::MSG_CTRUNC;
        MSG_DONTROUTE = libc::MSG_DONTROUTE;
        MSG_DONTWAIT = libc::MSG_DONTWAIT;
        MSG_EOR = libc::MSG_EOR;
        MSG_ERRQUEUE = libc::MSG_ERRQUEUE;
        MSG_FASTOPEN = libc::MSG_FASTOPEN;
        MSG_FIN = libc::MSG_FIN;
        MSG_MORE = libc::MSG_MORE;
        MSG_NOSIGNAL = libc::MSG_NOSIGNAL;
        MSG_OOB = libc::MSG_OOB;
        MSG_PEEK = libc::MSG_PEEK;
        MSG_RST = libc::MSG_RST;
        MSG_SYN = libc::MSG_SYN;
        MSG_TRUNC = libc::MSG_TRUNC;
        MSG_WAITALL = libc::MSG_WAITALL;
        MSG_WAITFORONE = libc::MSG_WAITFORONE;
        MSG_ZEROCOPY = libc::MSG_ZEROCOPY;
    }
    "is a protocol and an option level. Clause: `constants.ipproto`; RFC 5237.", i32 {
        IPPROTO_AH = libc::IPPROTO_AH;
        IPPROTO_BEETPH = libc::IPPROTO_BEETPH;
        IPPROTO_COMP = libc::IPPROTO_COMP;
        IPPROTO_DCCP = libc::IPPROTO_DCCP;
        IPPROTO_DSTOPTS = libc::IPPROTO_DSTOPTS;
        IPPROTO_EGP = libc::IPPROTO_EGP;
        IPPROTO_ENCAP = libc::IPPROTO_ENCAP;
        IPPROTO_ESP = libc::IPPROTO_ESP;
        IPPROTO_ETHERNET = libc::IPPROTO_ETHERNET;
        IPPROTO_FRAGMENT = libc::IPPROTO_FRAGMENT;
        IPPROTO_GRE = libc::IPPROTO_GRE;
        IPPROTO_HOPOPTS = libc::IPPROTO_HOPOPTS;
        IPPROTO_ICMP = libc::IPPROTO_ICMP;
        IPPROTO_ICMPV6 = libc::IPPROTO_ICMPV6;
        IPPROTO_IDP = libc::IPPROTO_IDP;
        IPPROTO_IGMP = libc::IPPROTO_IGMP;
        IPPROTO_IP = libc::IPPROTO_IP;
        IPPROTO_IPIP = libc::IPPROTO_IPIP;
        IPPROTO_IPV6 = libc::IPPROTO_IPV6;
        IPPROTO_MH = libc::IPPROTO_MH;
        IPPROTO_MPLS = libc::IPPROTO_MPLS;
        IPPROTO_MPTCP = libc::IPPROTO_MPTCP;
        IPPROTO_MTP = libc::IPPROTO_MTP;
        IPPROTO_NONE = libc::IPPROTO_NONE;
        IPPROTO_PIM = libc::IPPROTO_PIM;
        IPPROTO_PUP = libc::IPPROTO_PUP;
        IPPROTO_RAW = libc::IPPROTO_RAW;
        IPPROTO_ROUTING = libc::IPPROTO_ROUTING;
        IPPROTO_RSVP = libc::IPPROTO_RSVP;
        IPPROTO_SCTP = libc::IPPROTO_SCTP;
        IPPROTO_TCP = libc::IPPROTO_TCP;
        IPPROTO_TP = libc::IPPROTO_TP;
        IPPROTO_UDP = libc::IPPROTO_UDP;
        IPPROTO_UDPLITE = libc::IPPROTO_UDPLITE;
    }
    "is an option of level `IPPROTO_IP` or a value of one, see ip(7). Clause: `constants.ip`.", i32 {
        IP_ADD_MEMBERSHIP = libc::IP_ADD_MEMBERSHIP;
        IP_ADD_SOURCE_MEMBERSHIP = libc::IP_ADD_SOURCE_MEMBERSHIP;
        IP_BIND_ADDRESS_NO_PORT = libc::IP_BIND_ADDRESS_NO_PORT;
        IP_BLOCK_SOURCE = libc::IP_BLOCK_SOURCE;
        IP_CHECKSUM = libc::IP_CHECKSUM;
        IP_DEFAULT_MULTICAST_LOOP = libc::IP_DEFAULT_MULTICAST_LOOP;
        IP_DEFAULT_MULTICAST_TTL = libc::IP_DEFAULT_MULTICAST_TTL;
        IP_DROP_MEMBERSHIP = libc::IP_DROP_MEMBERSHIP;
        IP_DROP_SOURCE_MEMBERSHIP = libc::IP_DROP_SOURCE_MEMBERSHIP;
        IP_FREEBIND = libc::IP_FREEBIND;
        IP_HDRINCL = libc::IP_HDRINCL;
        IP_IPSEC_POLICY = libc::IP_IPSEC_POLICY;
        IP_MAX_MEMBERSHIPS = 20;
        IP_MINTTL = libc::IP_MINTTL;
        IP_MSFILTER = libc::IP_MSFILTER;
        IP_MTU = libc::IP_MTU;
        IP_MTU_DISCOVER = libc::IP_MTU_DISCOVER;
        IP_MULTICAST_ALL = libc::IP_MULTICAST_ALL;
        IP_MULTICAST_IF = libc::IP_MULTICAST_IF;
        IP_MULTICAST_LOOP = libc::IP_MULTICAST_LOOP;
        IP_MULTICAST_TTL = libc::IP_MULTICAST_TTL;
        IP_NODEFRAG = libc::IP_NODEFRAG;
        IP_OPTIONS = libc::IP_OPTIONS;
        IP_ORIGDSTADDR = libc::IP_ORIGDSTADDR;
        IP_PASSSEC = libc::IP_PASSSEC;
        IP_PKTINFO = libc::IP_PKTINFO;
        IP_PKTOPTIONS = libc::IP_PKTOPTIONS;
        IP_PMTUDISC_DO = libc::IP_PMTUDISC_DO;
        IP_PMTUDISC_DONT = libc::IP_PMTUDISC_DONT;
        IP_PMTUDISC_INTERFACE = libc::IP_PMTUDISC_INTERFACE;
        IP_PMTUDISC_OMIT = libc::IP_PMTUDISC_OMIT;
        IP_PMTUDISC_PROBE = libc::IP_PMTUDISC_PROBE;
        IP_PMTUDISC_WANT = libc::IP_PMTUDISC_WANT;
        IP_RECVERR = libc::IP_RECVERR;
        IP_RECVFRAGSIZE = libc::IP_RECVFRAGSIZE;
        IP_RECVOPTS = libc::IP_RECVOPTS;
        IP_RECVORIGDSTADDR = libc::IP_RECVORIGDSTADDR;
        IP_RECVRETOPTS = libc::IP_RETOPTS;
        IP_RECVTOS = libc::IP_RECVTOS;
        IP_RECVTTL = libc::IP_RECVTTL;
        IP_RETOPTS = libc::IP_RETOPTS;
        IP_ROUTER_ALERT = libc::IP_ROUTER_ALERT;
        IP_TOS = libc::IP_TOS;
        IP_TRANSPARENT = libc::IP_TRANSPARENT;
        IP_TTL = libc::IP_TTL;
        IP_UNBLOCK_SOURCE = libc::IP_UNBLOCK_SOURCE;
        IP_UNICAST_IF = libc::IP_UNICAST_IF;
        IP_XFRM_POLICY = libc::IP_XFRM_POLICY;
    }
    "is an option of level `IPPROTO_IPV6` or a value of one, see ipv6(7). Clause: `constants.ipv6`; RFC 3493, RFC 3542.", i32 {
        IPV6_2292DSTOPTS = libc::IPV6_2292DSTOPTS;
        IPV6_2292HOPLIMIT = libc::IPV6_2292HOPLIMIT;
        IPV6_2292HOPOPTS = libc::IPV6_2292HOPOPTS;
        IPV6_2292PKTINFO = libc::IPV6_2292PKTINFO;
        IPV6_2292PKTOPTIONS = libc::IPV6_2292PKTOPTIONS;
        IPV6_2292RTHDR = libc::IPV6_2292RTHDR;
        IPV6_ADDRFORM = libc::IPV6_ADDRFORM;
        IPV6_ADDR_PREFERENCES = libc::IPV6_ADDR_PREFERENCES;
        IPV6_ADD_MEMBERSHIP = libc::IPV6_ADD_MEMBERSHIP;
        IPV6_AUTHHDR = libc::IPV6_AUTHHDR;
        IPV6_AUTOFLOWLABEL = libc::IPV6_AUTOFLOWLABEL;
        IPV6_CHECKSUM = libc::IPV6_CHECKSUM;
        IPV6_DONTFRAG = libc::IPV6_DONTFRAG;
        IPV6_DROP_MEMBERSHIP = libc::IPV6_DROP_MEMBERSHIP;
        IPV6_DSTOPTS = libc::IPV6_DSTOPTS;
        IPV6_FREEBIND = libc::IPV6_FREEBIND;
        IPV6_HDRINCL = libc::IPV6_HDRINCL;
        IPV6_HOPLIMIT = libc::IPV6_HOPLIMIT;
        IPV6_HOPOPTS = libc::IPV6_HOPOPTS;
        IPV6_IPSEC_POLICY = libc::IPV6_IPSEC_POLICY;
        IPV6_JOIN_ANYCAST = libc::IPV6_JOIN_ANYCAST;
        IPV6_JOIN_GROUP = libc::IPV6_ADD_MEMBERSHIP;
        IPV6_LEAVE_ANYCAST = libc::IPV6_LEAVE_ANYCAST;
        IPV6_LEAVE_GROUP = libc::IPV6_DROP_MEMBERSHIP;
        IPV6_MINHOPCOUNT = libc::IPV6_MINHOPCOUNT;
        IPV6_MTU = libc::IPV6_MTU;
        IPV6_MTU_DISCOVER = libc::IPV6_MTU_DISCOVER;
        IPV6_MULTICAST_ALL = libc::IPV6_MULTICAST_ALL;
        IPV6_MULTICAST_HOPS = libc::IPV6_MULTICAST_HOPS;
        IPV6_MULTICAST_IF = libc::IPV6_MULTICAST_IF;
        IPV6_MULTICAST_LOOP = libc::IPV6_MULTICAST_LOOP;
        IPV6_NEXTHOP = libc::IPV6_NEXTHOP;
        IPV6_ORIGDSTADDR = libc::IPV6_ORIGDSTADDR;
        IPV6_PATHMTU = libc::IPV6_PATHMTU;
        IPV6_PKTINFO = libc::IPV6_PKTINFO;
        IPV6_PMTUDISC_DO = libc::IPV6_PMTUDISC_DO;
        IPV6_PMTUDISC_DONT = libc::IPV6_PMTUDISC_DONT;
        IPV6_PMTUDISC_INTERFACE = libc::IPV6_PMTUDISC_INTERFACE;
        IPV6_PMTUDISC_OMIT = libc::IPV6_PMTUDISC_OMIT;
        IPV6_PMTUDISC_PROBE = libc::IPV6_PMTUDISC_PROBE;
        IPV6_PMTUDISC_WANT = libc::IPV6_PMTUDISC_WANT;
        IPV6_RECVDSTOPTS = libc::IPV6_RECVDSTOPTS;
        IPV6_RECVERR = libc::IPV6_RECVERR;
        IPV6_RECVFRAGSIZE = libc::IPV6_RECVFRAGSIZE;
        IPV6_RECVHOPLIMIT = libc::IPV6_RECVHOPLIMIT;
        IPV6_RECVHOPOPTS = libc::IPV6_RECVHOPOPTS;
        IPV6_RECVORIGDSTADDR = libc::IPV6_RECVORIGDSTADDR;
        IPV6_RECVPATHMTU = libc::IPV6_RECVPATHMTU;
        IPV6_RECVPKTINFO = libc::IPV6_RECVPKTINFO;
        IPV6_RECVRTHDR = libc::IPV6_RECVRTHDR;
        IPV6_RECVTCLASS = libc::IPV6_RECVTCLASS;
        IPV6_ROUTER_ALERT = libc::IPV6_ROUTER_ALERT;
        IPV6_ROUTER_ALERT_ISOLATE = libc::IPV6_ROUTER_ALERT_ISOLATE;
        IPV6_RTHDR = libc::IPV6_RTHDR;
        IPV6_RTHDRDSTOPTS = libc::IPV6_RTHDRDSTOPTS;
        IPV6_RTHDR_LOOSE = libc::IPV6_RTHDR_LOOSE;
        IPV6_RTHDR_STRICT = libc::IPV6_RTHDR_STRICT;
        IPV6_RTHDR_TYPE_0 = 0;
        IPV6_TCLASS = libc::IPV6_TCLASS;
        IPV6_TRANSPARENT = libc::IPV6_TRANSPARENT;
        IPV6_UNICAST_HOPS = libc::IPV6_UNICAST_HOPS;
        IPV6_UNICAST_IF = libc::IPV6_UNICAST_IF;
        IPV6_V6ONLY = libc::IPV6_V6ONLY;
        IPV6_XFRM_POLICY = libc::IPV6_XFRM_POLICY;
    }
    "is a number in a `gaierror`. Clauses: `constants.eai`, `errors.gaierror-constant`.", i32 {
        EAI_ADDRFAMILY = -9;
        EAI_AGAIN = libc::EAI_AGAIN;
        EAI_BADFLAGS = libc::EAI_BADFLAGS;
        EAI_FAIL = libc::EAI_FAIL;
        EAI_FAMILY = libc::EAI_FAMILY;
        EAI_MEMORY = libc::EAI_MEMORY;
        EAI_NODATA = libc::EAI_NODATA;
        EAI_NONAME = libc::EAI_NONAME;
        EAI_OVERFLOW = libc::EAI_OVERFLOW;
        EAI_SERVICE = libc::EAI_SERVICE;
        EAI_SOCKTYPE = libc::EAI_SOCKTYPE;
        EAI_SYSTEM = libc::EAI_SYSTEM;
    }
    "is a flag of `getaddrinfo`. Clause: `constants.ai`.", i32 {
        AI_ADDRCONFIG = libc::AI_ADDRCONFIG;
        AI_ALL = libc::AI_ALL;
        AI_CANONNAME = libc::AI_CANONNAME;
        AI_NUMERICHOST = libc::AI_NUMERICHOST;
        AI_NUMERICSERV = libc::AI_NUMERICSERV;
        AI_PASSIVE = libc::AI_PASSIVE;
        AI_V4MAPPED = libc::AI_V4MAPPED;
    }
    "is a flag of `getnameinfo` or a buffer size for it. Clause: `constants.ni`.", i32 {
        NI_DGRAM = libc::NI_DGRAM;
        NI_MAXHOST = 1025;
        NI_MAXSERV = 32;
        NI_NAMEREQD = libc::NI_NAMEREQD;
        NI_NOFQDN = libc::NI_NOFQDN;
        NI_NUMERICHOST = libc::NI_NUMERICHOST;
        NI_NUMERICSERV = libc::NI_NUMERICSERV;
    }
    "bounds a range of ports; a default of the module. Clauses: `constants.ipport`, `constants.defaults`; netinet/in.h.", i32 {
        IPPORT_RESERVED = 1024;
        IPPORT_USERRESERVED = 5000;
    }
    "is an IPv4 address in host order; a default of the module. Clauses: `constants.inaddr`, `constants.defaults`.", u32 {
        INADDR_ANY = 0;
        INADDR_BROADCAST = 0xffff_ffff;
        INADDR_LOOPBACK = 0x7f00_0001;
        INADDR_UNSPEC_GROUP = 0xe000_0000;
        INADDR_ALLHOSTS_GROUP = 0xe000_0001;
        INADDR_MAX_LOCAL_GROUP = 0xe000_00ff;
        INADDR_NONE = 0xffff_ffff;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("AF_UNIX", 1)]
    #[case("AF_INET", 2)]
    #[case("INADDR_LOOPBACK", 0x7f00_0001)]
    #[case("INADDR_NONE", 0xffff_ffff)]
    #[case("IPPORT_RESERVED", 1024)]
    #[case("EAI_ADDRFAMILY", -9)]
    #[case("IPPROTO_IP", 0)]
    fn found(#[case] name: &str, #[case] value: i64) {
        assert_eq!(get(name), Some(value));
    }

    #[test]
    fn every_documented_group_has_members_and_no_name_comes_twice() {
        for prefix in [
            "AF_",
            "SOCK_",
            "SO_",
            "SOMAXCONN",
            "MSG_",
            "SOL_",
            "IPPROTO_",
            "IPPORT_",
            "INADDR_",
            "IP_",
            "IPV6_",
            "EAI_",
            "AI_",
            "NI_",
        ] {
            assert!(TABLE.iter().any(|(name, _)| name.starts_with(prefix)), "{prefix}");
        }
        let mut names: Vec<_> = TABLE.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
