//! The lab's interfaces, made over rtnetlink: `lo` up, and the two ends of each virtual cable with their addresses.
//!
//! # References
//! rtnetlink(7), veth(4), ip-link(8) `addrgenmode`

mod netlink;

use std::net::{IpAddr, Ipv6Addr};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeader, AddressHeaderFlags, AddressMessage, AddressScope,
};
use netlink_packet_route::link::{
    AfSpecInet6, AfSpecUnspec, In6AddrGenMode, InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags,
    LinkInfo, LinkMessage,
};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage, RouteType};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use crate::enter::LabError;
use crate::spec::{Interface, InterfaceAddress};
use netlink::{Batch, Channel, Pending};

/// In every namespace `lo` is the first interface.
const LO: u32 = 1;

/// What the kernel does on its own time after it has agreed to a request, and announces.
///
/// Until then an interface drops what is sent on it, and an IPv6 address can be bound but not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The interface passes packets.
    Running(u32),
    /// The route that leads to an IPv6 address of this host.
    Route(Ipv6Addr),
}

/// Interfaces that the kernel was told to bring up.
pub(crate) struct Coming(Pending<Awaited>);

impl Coming {
    /// Returns once every interface passes packets and every address can be reached, with what had to be left out.
    pub(crate) fn finish(self) -> Result<Vec<String>, LabError> {
        self.0.finish(announced)
    }
}

/// Tells the kernel to make the interfaces of a fresh network namespace and to bring them up.
pub(crate) fn start(interfaces: &[Interface]) -> Result<Coming, LabError> {
    let mut channel = Channel::open()?;
    if channel.link_flags(LO)?.contains(LinkFlags::Up) {
        return Err(LabError::NotFresh);
    }
    let mut batch = Batch::default();
    batch.push(RouteNetlinkMessage::SetLink(up(LO)), 0, "bringing lo up".to_owned());
    for (pair, ends) in interfaces.chunks_exact(2).enumerate() {
        let [near, far] = ends else { continue };
        let index = LO + 1 + u32::try_from(pair * 2).unwrap_or(u32::MAX / 2);
        let made = veth((index, &near.name), (index + 1, &far.name));
        let doing = format!("making the interfaces {} and {}", near.name, far.name);
        batch.push(RouteNetlinkMessage::NewLink(made), NLM_F_CREATE | NLM_F_EXCL, doing);
        for (end, index) in [(near, index), (far, index + 1)] {
            // No address but those given: said before the interface is up, since it would take one then.
            let doing = format!("turning address generation of {} off", end.name);
            batch.push_for_ipv6(RouteNetlinkMessage::SetLink(no_generated_address(index)), 0, doing, None);
            let doing = format!("bringing {} up", end.name);
            batch.push_awaited(RouteNetlinkMessage::SetLink(up(index)), 0, doing, Awaited::Running(index));
            for address in &end.addresses {
                let message = RouteNetlinkMessage::NewAddress(new_address(index, *address));
                let doing = format!("giving {} the address {}", end.name, address.address);
                let flags = NLM_F_CREATE | NLM_F_EXCL;
                match address.address {
                    IpAddr::V4(_) => batch.push(message, flags, doing),
                    IpAddr::V6(v6) => batch.push_for_ipv6(message, flags, doing, Some(Awaited::Route(v6))),
                }
            }
        }
    }
    channel.send(batch).map(Coming)
}

/// The bytes of a request that makes a pair of interfaces: what a probe sends to learn whether it can be had.
pub(crate) fn veth_request() -> Vec<u8> {
    let mut batch = Batch::<Awaited>::default();
    let message = RouteNetlinkMessage::NewLink(veth((LO + 1, "probe0"), (LO + 2, "probe1")));
    batch.push(message, NLM_F_CREATE | NLM_F_EXCL, String::new());
    batch.into_bytes()
}

/// What a message from the kernel announces.
fn announced(message: &RouteNetlinkMessage) -> Option<Awaited> {
    match message {
        RouteNetlinkMessage::NewLink(link)
            if link.header.flags.contains(LinkFlags::Running | LinkFlags::LowerUp) =>
        {
            Some(Awaited::Running(link.header.index))
        }
        RouteNetlinkMessage::NewRoute(route) if route.header.kind == RouteType::Local => local_address(route),
        _ => None,
    }
}

fn local_address(route: &RouteMessage) -> Option<Awaited> {
    route.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Destination(RouteAddress::Inet6(address)) => Some(Awaited::Route(*address)),
        _ => None,
    })
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
