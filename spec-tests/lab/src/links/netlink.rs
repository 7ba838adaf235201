//! Talking to the kernel over rtnetlink: requests in one message, acknowledgements and announcements in many.
//!
//! # References
//! netlink(7), rtnetlink(7)

use std::io;

use netlink_packet_core::{
    ErrorMessage, NLM_F_ACK, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkFlags, LinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::enter::LabError;

/// How long the kernel may take for anything: it needs well under a millisecond.
const PATIENCE: Timespec = Timespec { tv_sec: 10, tv_nsec: 0 };
/// The groups that announce links and IPv6 routes (linux/rtnetlink.h).
const RTNLGRP_LINK: u32 = 1;
const RTNLGRP_IPV6_ROUTE: u32 = 11;

type Answer = NetlinkMessage<RouteNetlinkMessage>;

/// Requests that go to the kernel in one message. `A` is what has to be announced before they count as done.
pub(super) struct Batch<A> {
    bytes: Vec<u8>,
    purposes: Vec<Purpose<A>>,
}

struct Purpose<A> {
    doing: String,
    awaited: Option<A>,
    /// A refusal of such a request means that the kernel has no IPv6, which a lab can live without.
    only_ipv6: bool,
}

impl<A> Default for Batch<A> {
    fn default() -> Self {
        Self { bytes: Vec::new(), purposes: Vec::new() }
    }
}

impl<A> Batch<A> {
    /// Adds a request; `doing` says what for, as the start of a sentence that ends in "failed".
    pub(super) fn push(&mut self, message: RouteNetlinkMessage, flags: u16, doing: String) {
        self.add(message, flags, Purpose { doing, awaited: None, only_ipv6: false });
    }

    /// Adds a request that is done when `awaited` is announced.
    pub(super) fn push_awaited(
        &mut self,
        message: RouteNetlinkMessage,
        flags: u16,
        doing: String,
        awaited: A,
    ) {
        self.add(message, flags, Purpose { doing, awaited: Some(awaited), only_ipv6: false });
    }

    /// Adds a request that a kernel without IPv6 may refuse.
    pub(super) fn push_for_ipv6(
        &mut self,
        message: RouteNetlinkMessage,
        flags: u16,
        doing: String,
        awaited: Option<A>,
    ) {
        self.add(message, flags, Purpose { doing, awaited, only_ipv6: true });
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn add(&mut self, message: RouteNetlinkMessage, flags: u16, purpose: Purpose<A>) {
        let number = u32::try_from(self.purposes.len()).unwrap_or(u32::MAX);
        self.bytes.extend(serialized(message, NLM_F_ACK | flags, number));
        self.purposes.push(purpose);
    }
}

/// An rtnetlink socket that hears the announcements of this network namespace.
pub(super) struct Channel {
    socket: Socket,
}

impl Channel {
    pub(super) fn open() -> Result<Self, LabError> {
        let open = || {
            let mut socket = Socket::new(NETLINK_ROUTE)?;
            socket.bind_auto()?;
            socket.add_membership(RTNLGRP_LINK)?;
            socket.add_membership(RTNLGRP_IPV6_ROUTE)?;
            socket.connect(&SocketAddr::new(0, 0))?;
            Ok(Self { socket })
        };
        open().map_err(|source| LabError::step("opening an rtnetlink socket", source))
    }

    /// The flags of an interface.
    pub(super) fn link_flags(&mut self, index: u32) -> Result<LinkFlags, LabError> {
        let doing = "asking for the state of an interface";
        let mut message = LinkMessage::default();
        message.header.index = index;
        let bytes = serialized(RouteNetlinkMessage::GetLink(message), 0, 0);
        self.socket.send(&bytes, 0).map_err(|source| LabError::step(doing, source))?;
        loop {
            for answer in self.receive()? {
                match answer.payload {
                    NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewLink(link))
                        if link.header.index == index =>
                    {
                        return Ok(link.header.flags);
                    }
                    NetlinkPayload::Error(error) => return Err(LabError::step(doing, refusal(&error))),
                    _ => {}
                }
            }
        }
    }

    /// Sends all requests at once; the kernel goes on by itself.
    pub(super) fn send<A: Copy>(self, batch: Batch<A>) -> Result<Pending<A>, LabError> {
        let Batch { bytes, purposes } = batch;
        self.socket.send(&bytes, 0).map_err(|source| LabError::step("asking for interfaces", source))?;
        let awaited = purposes.iter().filter_map(|purpose| purpose.awaited).collect();
        Ok(Pending { channel: self, purposes, awaited })
    }

    /// One datagram from the kernel, as its messages.
    fn receive(&mut self) -> Result<Vec<Answer>, LabError> {
        let doing = "waiting for the kernel to set the interfaces up";
        let mut descriptor = [PollFd::new(&self.socket, PollFlags::IN)];
        if poll(&mut descriptor, Some(&PATIENCE)).map_err(|error| LabError::step(doing, error.into()))? == 0 {
            return Err(LabError::step(doing, io::ErrorKind::TimedOut.into()));
        }
        let (bytes, _) = self.socket.recv_from_full().map_err(|source| LabError::step(doing, source))?;
        let mut rest = bytes.as_slice();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            let answer = Answer::deserialize(rest)
                .map_err(|error| LabError::step(doing, io::Error::other(error.to_string())))?;
            let length =
                usize::try_from(answer.header.length).unwrap_or(usize::MAX).checked_next_multiple_of(4);
            answers.push(answer);
            rest = length.and_then(|length| rest.get(length..)).unwrap_or_default();
        }
        Ok(answers)
    }
}

/// Requests that the kernel has and is working on.
pub(super) struct Pending<A> {
    channel: Channel,
    purposes: Vec<Purpose<A>>,
    awaited: Vec<A>,
}

impl<A: PartialEq + Copy> Pending<A> {
    /// Reads until every request is acknowledged and what it waits for is announced.
    ///
    /// Returns what a kernel without IPv6 refused.
    pub(super) fn finish(
        mut self,
        announced: impl Fn(&RouteNetlinkMessage) -> Option<A>,
    ) -> Result<Vec<String>, LabError> {
        let mut refused = Vec::new();
        let mut waiting = self.purposes.len();
        while waiting > 0 || !self.awaited.is_empty() {
            for answer in self.channel.receive()? {
                match answer.payload {
                    NetlinkPayload::Error(acknowledgement) => {
                        waiting = waiting.saturating_sub(1);
                        if acknowledgement.code.is_some() {
                            let place = usize::try_from(answer.header.sequence_number).unwrap_or(usize::MAX);
                            refused.push(self.tolerated(place, refusal(&acknowledgement))?);
                        }
                    }
                    NetlinkPayload::InnerMessage(message) => {
                        if let Some(done) = announced(&message)
                            && let Some(place) = self.awaited.iter().position(|one| *one == done)
                        {
                            self.awaited.swap_remove(place);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(refused)
    }

    /// A note about a refused request that a lab can do without; any other refusal is an error.
    fn tolerated(&mut self, place: usize, source: io::Error) -> Result<String, LabError> {
        let Some(purpose) = self.purposes.get(place) else {
            return Err(LabError::step("asking for interfaces", source));
        };
        if !(purpose.only_ipv6 && means_no_ipv6(&source)) {
            return Err(LabError::step(&purpose.doing, source));
        }
        self.awaited.retain(|one| Some(*one) != purpose.awaited);
        Ok(format!("no IPv6 in this kernel: {} failed: {source}", purpose.doing))
    }
}

fn serialized(message: RouteNetlinkMessage, flags: u16, number: u32) -> Vec<u8> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | flags;
    header.sequence_number = number;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len().next_multiple_of(4)];
    message.serialize(&mut bytes);
    bytes
}

fn refusal(error: &ErrorMessage) -> io::Error {
    io::Error::from_raw_os_error(error.code.map_or(0, |code| code.get().saturating_abs()))
}

fn means_no_ipv6(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EOPNOTSUPP | libc::EACCES))
}
