//! Plans for datagrams: each arrives whole, once, in order, at the one it was sent to, with its sender's address.

use sockspec_cases::{Pattern, Template};
use sockspec_subject::Value;

use super::connection::of_another_type;
use super::names::reachable;
use super::stream::{sending, taking};
use super::{Plan, certain, method, number, subjects};
use crate::act::{Data, Family, Flags, Id, Kind, Owner, Sending, Taking};
use crate::expect::{allow, count, data, errno, error_pair, exact, returns};
use crate::world::{Packet, Seen, Socket, State, World};

/// How many datagrams surely wait, and how long one may be here.
const WAIT: usize = 6;
const LONGEST: usize = 8 << 10;

fn dgram(socket: &Socket) -> Option<(&std::collections::VecDeque<Packet>, Option<Id>)> {
    match &socket.state {
        State::Dgram { queue, peer } => Some((queue, *peer)),
        _ => None,
    }
}

pub(super) fn connect(world: &World, id: Id, to: Id, ex: bool) -> Option<Plan> {
    let socket = certain(world, id)?;
    let ex = ex && socket.owner == Owner::Subject;
    let target = world.socket(to)?;
    if id == to || socket.family != target.family {
        return None;
    }
    if target.kind != Kind::Dgram {
        return of_another_type(world, id, to, ex);
    }
    let address = reachable(world, to)?;
    let (queue, _) = dgram(socket)?;
    let (_, beyond) = dgram(target)?;
    // A local socket that is connected to another one takes nothing from this one.
    let taken = socket.family == Family::Unix && beyond.is_some_and(|other| other != id);
    if !queue.is_empty() || taken {
        return None;
    }
    let plan = if ex {
        Plan::new(
            method(socket, "connect_ex", vec![address]),
            &["connect_ex.zero", "connect_ex.like-connect"],
        )
        .returning(exact(Value::int(0)))
    } else {
        Plan::new(method(socket, "connect", vec![address]), &["connect.connects"])
    };
    let family = socket.family;
    Some(plan.then(move |world, _| {
        settle(world, id, false);
        if family != Family::Unix
            && let Some(at) = world.socket(id).and_then(|socket| socket.local)
        {
            // The address in use takes the place of the one that stands for all.
            world.addresses[at].wild = false;
        }
        world.with(id, |socket| {
            if let State::Dgram { peer, .. } = &mut socket.state {
                *peer = Some(to);
            }
        });
    }))
}

/// The system gives a socket without an address one that it can be answered at; local sockets stay without.
fn settle(world: &mut World, id: Id, wild: bool) {
    let Some(socket) = world.socket(id) else { return };
    let family = socket.family;
    if socket.local.is_none() && family != Family::Unix {
        let address = world.add_address(family, wild, None);
        world.with(id, |socket| socket.local = Some(address));
    }
}

/// Whether a datagram from one socket surely gets to another, is surely dropped, or neither.
fn arrives(world: &World, from: Id, to: Id, length: usize) -> Option<bool> {
    let (sender, target) = (world.socket(from)?, world.socket(to)?);
    let (queue, beyond) = dgram(target)?;
    let peers = [sender, target].iter().all(|socket| socket.owner == Owner::Peer);
    if queue.len() >= WAIT || length > LONGEST || peers {
        return None;
    }
    match beyond {
        Some(other) if other != from => (sender.family != Family::Unix).then_some(false),
        _ => Some(true),
    }
}

/// What a sent datagram changes.
fn delivering(plan: Plan, from: Id, to: Id, bytes: Vec<u8>, arrives: bool) -> Plan {
    plan.then(move |world, _| {
        settle(world, from, true);
        let address = world.socket(from).and_then(|socket| socket.local);
        if arrives {
            world.with(to, |socket| {
                if let State::Dgram { queue, .. } = &mut socket.state {
                    queue.push_back(Packet { data: bytes, from: address, arrived: false });
                }
            });
        }
    })
}

pub(super) fn send(world: &World, id: Id, sent: &Data, how: Sending) -> Option<Plan> {
    let socket = certain(world, id)?;
    let subject = socket.owner == Owner::Subject;
    let how = if subject { how } else { Sending::Send };
    let plan = sending(socket, sent, how);
    let (_, peer) = dgram(socket)?;
    let Some(peer) = peer else {
        // A system may have chosen an address before it failed.
        let settled = socket.local.is_some() || socket.family == Family::Unix;
        // Of nothing, all is sent anywhere.
        return (subject && sent.len() > 0).then(|| {
            Plan { clauses: &["send.needs-connected"], ..plan.expecting(error_pair()) }.then(
                move |world, _| {
                    if !settled {
                        world.with(id, |socket| socket.state = State::Open);
                    }
                },
            )
        });
    };
    if matches!(world.socket(peer)?.state, State::Closed(_)) {
        let local = socket.family == Family::Unix;
        return (subject && local).then(|| {
            let clauses = &["errors.error", "errors.error-number"];
            Plan { clauses, ..plan.expecting(errno("ECONNREFUSED")) }
                .then(move |world, _| world.with(id, |socket| socket.state = State::Open))
        });
    }
    // An empty datagram by sendall, or by the peer, need not be sent at all.
    if sent.len() == 0 && (how == Sending::SendAll || !subject) {
        return None;
    }
    // Of what nobody takes a connected socket may hear later.
    let arrives = arrives(world, id, peer, sent.len()).filter(|arrives| *arrives)?;
    Some(delivering(plan, id, peer, sent.bytes(), arrives))
}

pub(super) fn send_to(world: &World, id: Id, to: Id, sent: &Data, flags: bool) -> Option<Plan> {
    let socket = certain(world, id)?;
    let target = world.socket(to)?;
    let subject = socket.owner == Owner::Subject;
    if socket.family != target.family || dgram(socket)?.1.is_some() {
        return None;
    }
    let address = world.address(to)?.template()?;
    let mut args = vec![sent.template()];
    args.extend((flags && subject).then(|| number(0)));
    args.push(address);
    let plan = Plan::new(method(socket, "sendto", args), &["sendto.sends", "sendto.count"]);
    let local = socket.family == Family::Unix;
    match (&target.state, target.kind) {
        (State::Closed(_), Kind::Dgram) if local && subject => Some(plan.expecting(errno("ECONNREFUSED"))),
        (State::Idle | State::Listening { .. }, Kind::Stream) if local && subject => {
            Some(plan.expecting(errno("EPROTOTYPE")))
        }
        (State::Dgram { .. }, _) => {
            let arrives = arrives(world, id, to, sent.len())?;
            Some(delivering(plan.returning(count(sent.len())), id, to, sent.bytes(), arrives))
        }
        _ => None,
    }
}

/// A path that no sequence makes.
const NOBODY: &str = "nobody";

pub(super) fn send_to_nobody(world: &World, id: Id) -> Option<Plan> {
    let socket = subjects(world, id).filter(|socket| socket.family == Family::Unix)?;
    let (_, peer) = dgram(socket)?;
    peer.is_none().then(|| {
        let args = vec![
            Template::Value(Value::bytes(*b"x")),
            Template::Path { name: NOBODY.to_owned(), length: None },
        ];
        Plan::new(method(socket, "sendto", args), &["errors.error", "errors.error-number"])
            .expecting(errno("ENOENT"))
    })
}

pub(super) fn recv(world: &World, id: Id, size: usize, how: Taking, flags: Flags) -> Option<Plan> {
    let socket = certain(world, id)?;
    let subject = socket.owner == Owner::Subject;
    let (queue, peer) = dgram(socket)?;
    let plan = taking(socket, size, how, flags)?;
    if size == 0 || flags.wait_all || how == Taking::Exactly {
        return None;
    }
    let waits = socket.blocking? && !flags.dont_wait;
    let Some(first) = queue.front() else {
        let ready = !waits && subject && (socket.local.is_some() || peer.is_some());
        return ready.then(|| {
            let clauses = &["setblocking.recv-raises", "errors.error-number"];
            Plan { clauses, ..plan.expecting(errno("EAGAIN")) }
        });
    };
    if !waits && socket.family != Family::Unix && !first.arrived {
        return None;
    }
    let part = data(&first.data[..first.data.len().min(size)]);
    let from = first.from;
    let plan = match how {
        Taking::Recv | Taking::Exactly => plan.returning(part).then(move |world, _| taken(world, id, flags)),
        Taking::RecvFrom => {
            let (sender, bound) = world.shows(from, Seen::Others);
            let nameless = Pattern::Tuple(vec![part.clone(), exact(Value::None)]);
            let plan = plan.returning(Pattern::Tuple(vec![part, sender]));
            let plan = match &bound {
                Some(_) => plan.binding_pair("_", bound.as_ref()),
                None if from.is_none() => plan.allowing(allow("sender-without-a-name", returns(nameless))),
                None => plan,
            };
            let clauses = &["recvfrom.pair", "recvfrom.sender", "recvfrom.address-format"];
            Plan { clauses, ..plan }.then(move |world, _| {
                world.learn(from, bound.as_ref());
                taken(world, id, flags);
            })
        }
    };
    Some(plan)
}

fn taken(world: &mut World, id: Id, flags: Flags) {
    world.with(id, |socket| {
        if let State::Dgram { queue, .. } = &mut socket.state {
            if flags.peek {
                if let Some(first) = queue.front_mut() {
                    first.arrived = true;
                }
            } else {
                queue.pop_front();
            }
        }
    });
}
