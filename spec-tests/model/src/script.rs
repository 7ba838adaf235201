//! Scripts: several acts that belong together and that chance alone would seldom bring about. Each act is still played
//! only where its precondition holds, and shrunk like any other.

use crate::act::{Act, Data, Family, Flags, Id, Kind, Opt, Owner, Sending, Taking};
use crate::choose::{fresh, known};
use crate::dice::Dice;
use crate::world::{Socket, State, World};

/// More than local buffers hold, and no more than the peer is given to read in the background.
const POURED: usize = 250_000;

/// A script that begins with that socket, for sequences that send much (`many`) or not.
pub(crate) fn script(world: &World, dice: &mut Dice, many: bool, id: Id) -> Option<Vec<Act>> {
    let socket = world.socket(id)?;
    match &socket.state {
        State::Listening { backlog, .. } if socket.family == Family::Unix => {
            Some(crowd(world, id, socket, *backlog))
        }
        State::Joined { .. } if many => carry(world, dice, id),
        State::Joined { .. } if dice.chance(60) => pour(world, id),
        State::Dgram { peer: Some(_), .. } => turn(world, dice, id, socket),
        _ => (socket.owner == Owner::Subject).then(|| heir(world, dice, id, socket)),
    }
}

/// Clients that do not wait, one after the other: as many as the backlog says, or more than its queue can hold.
fn crowd(world: &World, listener: Id, socket: &Socket, backlog: u8) -> Vec<Act> {
    let first = fresh(world);
    let clients = if backlog == 1 { 6 } else { u16::from(backlog) };
    (first..first.saturating_add(clients))
        .flat_map(|id| {
            [
                Act::Make { id, owner: Owner::Subject, family: socket.family, kind: Kind::Stream },
                Act::SetBlocking { id, on: false },
                Act::Connect { id, to: listener, ex: true },
            ]
        })
        .collect()
}

/// Over one connection, one after the other, more than 64 KiB.
fn carry(world: &World, dice: &mut Dice, id: Id) -> Option<Vec<Act>> {
    let (joined, end) = world.joined(id)?;
    let other = joined.ends[1 - end]?;
    let peer = world.socket(other)?.owner == Owner::Peer;
    let how = if peer { Taking::Exactly } else { Taking::Recv };
    let flags = Flags { wait_all: !peer, ..Flags::default() };
    let sending = if dice.chance(50) { Sending::SendAll } else { Sending::Send };
    let rounds = (0..3).map(|_| 22_000 + dice.below(10_000));
    Some(
        rounds
            .flat_map(|size| {
                [
                    Act::Send { id, data: Data::Filler(size), how: sending },
                    Act::Recv { id: other, size, how, flags },
                ]
            })
            .collect(),
    )
}

/// More than the buffers hold at once, to the peer or from it, with the peer at it in the background.
fn pour(world: &World, id: Id) -> Option<Vec<Act>> {
    let (joined, end) = world.joined(id)?;
    let other = joined.ends[1 - end]?;
    let (subject, peer) = if world.socket(id)?.owner == Owner::Peer { (other, id) } else { (id, other) };
    if world.socket(peer)?.owner == Owner::Subject {
        return None;
    }
    Some(vec![
        Act::Drain { id: peer },
        Act::Send { id: subject, data: Data::Filler(POURED), how: Sending::SendAll },
        Act::Shutdown { id: subject, how: 1 },
        Act::Drained { id: peer },
    ])
}

/// A datagram socket that is connected turns to another.
fn turn(world: &World, dice: &mut Dice, id: Id, socket: &Socket) -> Option<Vec<Act>> {
    let others: Vec<Id> = world
        .sockets
        .iter()
        .filter(|(other, socket)| **other != id && known(world, socket, socket.family))
        .filter(|(_, other)| other.family == socket.family && matches!(other.state, State::Dgram { .. }))
        .map(|(other, _)| *other)
        .collect();
    let to = dice.pick(&others)?;
    let data = Data::Bytes(b"turned".to_vec());
    Some(vec![
        Act::PeerName { id },
        Act::Connect { id, to, ex: false },
        Act::PeerName { id },
        Act::Send { id, data, how: Sending::Send },
    ])
}

/// A socket is closed, and the next one like it shows whether anything was left behind.
fn heir(world: &World, dice: &mut Dice, id: Id, socket: &Socket) -> Vec<Act> {
    let next = fresh(world);
    let option = if socket.kind == Kind::Stream { Opt::KeepAlive } else { Opt::Broadcast };
    let mut acts = Vec::new();
    let asked = match dice.below(4) {
        0 => {
            acts.push(Act::SetOption { id, option, value: 1 });
            Act::GetOption { id: next, option }
        }
        1 => {
            acts.push(Act::PeerName { id });
            Act::PeerName { id: next }
        }
        2 => {
            acts.push(Act::Name { id });
            Act::Name { id: next }
        }
        _ => {
            let flags = Flags { dont_wait: true, ..Flags::default() };
            Act::Recv { id: next, size: 100, how: Taking::Recv, flags }
        }
    };
    acts.extend([
        Act::Close { id },
        Act::Make { id: next, owner: Owner::Subject, family: socket.family, kind: socket.kind },
        asked,
    ]);
    acts
}
