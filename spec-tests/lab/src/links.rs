//! The lab's interfaces, made over rtnetlink: `lo` up, and the two ends of each virtual cable with their addresses.
//!
//! # References
//! rtnetlink(7), veth(4), ip-link(8) `addrgenmode`

use std::io;
use std::net::IpAddr;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeader, AddressHeaderFlags, AddressMessage, AddressScope,
};
use netlink_packet_route::link::{
    AfSpecInet6, AfSpecUnspec, In6AddrGenMode, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags,
    LinkInfo, LinkMessage,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};

use crate::enter::LabError;
use crate::spec::{Interface, InterfaceAddress};

/// In every namespace `lo` is the first interface.
const LO: u32 = 1;

/// Requests that go to the kernel in one message, each with what it is for.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    purposes: Vec<Purpose>,
}

struct Purpose {
    doing: String,
    /// A refusal of such a request means that the kernel has no IPv6, which a lab can live without.
    only_ipv6: bool,
}

/// Brings the interfaces of a fresh network namespace up. Returns what had to be left out.
pub(crate) fn set_up(interfaces: &[Interface]) -> Result<Vec<String>, LabError> {
    let doing = "opening an rtnetlink socket";
    let mut socket = Socket::new(NETLINK_ROUTE).map_err(|source| LabError::step(doing, source))?;
    socket.bind_auto().map_err(|source| LabError::step(doing, source))?;
    socket.connect(&SocketAddr::new(0, 0)).map_err(|source| LabError::step(doing, source))?;
    if is_up(&socket)? {
        return Err(LabError::NotFresh);
    }
    let mut batch = Batch::default();
    batch.push(RouteNetlinkMessage::SetLink(up(LO)), 0, "bringing lo up", false);
    for (pair, ends) in interfaces.chunks_exact(2).enumerate() {
        let [near, far] = ends else { continue };
        let index = LO + 1 + u32::try_from(pair * 2).unwrap_or(u32::MAX / 2);
        let doing = format!("making {} and {}", near.name, far.name);
        batch.push(
            RouteNetlinkMessage::NewLink(veth((index, &near.name), (index + 1, &far.name))),
            NLM_F_CREATE | NLM_F_EXCL,
            &doing,
            false,
        );
        for (end, index) in [(near, index), (far, index + 1)] {
            // No address but those given: before the interface is up, since it would take a link-local one then.
            let doing = format!("turning address generation of {} off", end.name);
            batch.push(RouteNetlinkMessage::SetLink(no_generated_address(index)), 0, &doing, true);
            batch.push(
                RouteNetlinkMessage::SetLink(up(index)),
                0,
                &format!("bringing {} up", end.name),
                false,
            );
            for address in &end.addresses {
                let doing = format!("giving {} the address {}", end.name, address.address);
                batch.push(
                    RouteNetlinkMessage::NewAddress(new_address(index, *address)),
                    NLM_F_CREATE | NLM_F_EXCL,
                    &doing,
                    address.address.is_ipv6(),
                );
            }
        }
    }
    batch.send(&socket)
}

/// The bytes of a request that makes a pair of interfaces: what a probe sends to learn whether it can be had.
pub(crate) fn veth_request() -> Vec<u8> {
    let mut batch = Batch::default();
    let message = RouteNetlinkMessage::NewLink(veth((LO + 1, "probe0"), (LO + 2, "probe1")));
    batch.push(message, NLM_F_CREATE | NLM_F_EXCL, "", false);
    batch.bytes
}

impl Batch {
    fn push(&mut self, message: RouteNetlinkMessage, flags: u16, doing: &str, only_ipv6: bool) {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        header.sequence_number = u32::try_from(self.purposes.len()).unwrap_or(u32::MAX);
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
        message.finalize();
        let start = self.bytes.len();
        self.bytes.resize(start + message.buffer_len().next_multiple_of(4), 0);
        message.serialize(&mut self.bytes[start..]);
        self.purposes.push(Purpose { doing: doing.to_owned(), only_ipv6 });
    }

    /// Sends everything at once and reads one acknowledgement for each request.
    fn send(self, socket: &Socket) -> Result<Vec<String>, LabError> {
        socket.send(&self.bytes, 0).map_err(|source| LabError::step("asking for interfaces", source))?;
        let mut notes = Vec::new();
        let mut waiting = self.purposes.len();
        while waiting > 0 {
            for message in receive(socket)? {
                let NetlinkPayload::Error(acknowledgement) = message.payload else { continue };
                waiting = waiting.saturating_sub(1);
                let Some(code) = acknowledgement.code else { continue };
                let source = io::Error::from_raw_os_error(code.get().abs());
                let place = usize::try_from(message.header.sequence_number).unwrap_or(usize::MAX);
                match self.purposes.get(place) {
                    Some(purpose) if purpose.only_ipv6 && means_no_ipv6(&source) => {
                        notes.push(format!("no IPv6 in this kernel: {} failed: {source}", purpose.doing));
                    }
                    Some(purpose) => return Err(LabError::step(&purpose.doing, source)),
                    None => return Err(LabError::step("asking for interfaces", source)),
                }
            }
        }
        Ok(notes)
    }
}

fn means_no_ipv6(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EOPNOTSUPP | libc::EACCES))
}

/// Whether `lo` is up, which it never is in a namespace that was just made.
fn is_up(socket: &Socket) -> Result<bool, LabError> {
    let mut message = LinkMessage::default();
    message.header.index = LO;
    let mut netlink = NetlinkHeader::default();
    netlink.flags = NLM_F_REQUEST;
    let payload = NetlinkPayload::from(RouteNetlinkMessage::GetLink(message));
    let mut request = NetlinkMessage::new(netlink, payload);
    request.finalize();
    let mut bytes = vec![0; request.buffer_len()];
    request.serialize(&mut bytes);
    let doing = "asking for the state of lo";
    socket.send(&bytes, 0).map_err(|source| LabError::step(doing, source))?;
    for message in receive(socket)? {
        match message.payload {
            NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link)) if link.header.index == LO => {
                return Ok(link.header.flags.contains(LinkFlags::Up));
            }
            NetlinkPayload::Error(error) => {
                let code = error.code.map_or(0, |code| code.get().abs());
                return Err(LabError::step(doing, io::Error::from_raw_os_error(code)));
            }
            _ => {}
        }
    }
    Err(LabError::step(doing, io::Error::other("the kernel answered something else")))
}

/// One datagram from the kernel, as its messages.
fn receive(socket: &Socket) -> Result<Vec<NetlinkMessage<RouteNetlinkMessage>>, LabError> {
    let doing = "reading the kernel's answer about interfaces";
    let (bytes, _) = socket.recv_from_full().map_err(|source| LabError::step(doing, source))?;
    let mut rest = bytes.as_slice();
    let mut messages = Vec::new();
    while !rest.is_empty() {
        let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest)
            .map_err(|error| LabError::step(doing, io::Error::other(error.to_string())))?;
        let length = usize::try_from(message.header.length).unwrap_or(usize::MAX).next_multiple_of(4);
        messages.push(message);
        rest = rest.get(length.max(16)..).unwrap_or_default();
    }
    Ok(messages)
}

fn up(index: u32) -> LinkMessage {
    let mut message = LinkMessage::default();
    message.header.index = index;
    message.header.flags = LinkFlags::Up;
    message.header.change_mask = LinkFlags::Up;
    message
}

fn no_generated_address(index: u32) -> LinkMessage {
    let mut message = LinkMessage::default();
    message.header.index = index;
    let inet6 = AfSpecUnspec::Inet6(vec![AfSpecInet6::AddrGenMode(In6AddrGenMode::None)]);
    message.attributes.push(LinkAttribute::AfSpecUnspec(vec![inet6]));
    message
}

fn veth((index, name): (u32, &str), (peer_index, peer_name): (u32, &str)) -> LinkMessage {
    let mut peer = LinkMessage::default();
    peer.header.index = peer_index;
    peer.attributes.push(LinkAttribute::IfName(peer_name.to_owned()));
    let mut message = LinkMessage::default();
    message.header.index = index;
    message.attributes.push(LinkAttribute::IfName(name.to_owned()));
    message.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
    ]));
    message
}

/// An address that is usable at once: no search for duplicates.
fn new_address(index: u32, address: InterfaceAddress) -> AddressMessage {
    let link_local = match address.address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    let mut message = AddressMessage::default();
    message.header = AddressHeader {
        family: if address.address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 },
        prefix_len: address.prefix,
        flags: AddressHeaderFlags::Nodad,
        scope: if link_local { AddressScope::Link } else { AddressScope::Universe },
        index,
    };
    message.attributes.push(AddressAttribute::Local(address.address));
    message.attributes.push(AddressAttribute::Address(address.address));
    message.attributes.push(AddressAttribute::Flags(AddressFlags::Nodad));
    message
}
