//! Plans for more data than the buffers hold: sent without waiting, and sent or read by the peer in the background.

use sockspec_cases::{Template, fill};

use super::{Plan, certain, method, returned_int, subjects};
use crate::act::{Data, Family, Id, Opt, Owner, Sending};
use crate::expect::{between, data};
use crate::plan::stream::sending;
use crate::world::{Connection, Fill, Socket, World};

/// More than a send buffer holds that was made small, in bytes.
const STUFFED: usize = 100_000;
/// More than a local socket's buffers hold, in bytes.
const FED: usize = 300_000;

fn whole(joined: &Connection) -> bool {
    joined.gone == [false; 2] && joined.ends.iter().all(Option::is_some) && !joined.reset
}

/// The subject sends more than its small buffer holds, without waiting: a part goes.
pub(super) fn stuff(world: &World, id: Id) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let (joined, end) = world.joined(id)?;
    let way = &joined.ways[end];
    let ready = socket.family == Family::Unix
        && socket.options.contains_key(&Opt::SendBuffer)
        && socket.blocking == Some(false)
        && whole(joined)
        && way.chunks.is_empty()
        && !way.finished
        && !way.deaf
        && !way.draining
        && way.fill == Fill::Room;
    ready.then(|| {
        let plan = sending(socket, &Data::Filler(STUFFED), Sending::Send);
        Plan { clauses: &["send.partial", "send.count", "setblocking.zero"], ..plan }
            .returning(between(1, i64::try_from(STUFFED).unwrap_or(i64::MAX) - 1))
            .then(move |world, outcome| {
                let went = returned_int(outcome).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                world.with_joined(id, |joined, end| {
                    joined.ways[end].chunks.push_back(fill(went.min(STUFFED)));
                    joined.ways[end].fill = Fill::Full;
                });
            })
    })
}

/// The peer's end of a local connection, if nothing runs in the background yet.
fn free(world: &World, id: Id) -> Option<(&Socket, &Connection, usize)> {
    let socket = certain(world, id)?;
    let (joined, end) = world.joined(id)?;
    let idle = joined.ways.iter().all(|way| !way.feeding && !way.draining);
    (socket.owner == Owner::Peer && whole(joined) && idle).then_some((socket, joined, end))
}

/// The peer starts to send more than the buffers hold.
pub(super) fn feed(world: &World, id: Id) -> Option<Plan> {
    let (socket, joined, end) = free(world, id)?;
    let way = &joined.ways[end];
    let ready = socket.family == Family::Unix && way.chunks.is_empty() && !way.finished && !way.deaf;
    ready.then(|| {
        let step = method(socket, "feed", vec![Template::Filler(FED)]);
        Plan::new(step, &["recv.data"]).then(move |world, _| {
            world.with_joined(id, |joined, end| {
                joined.ways[end].feeding = true;
                joined.ways[end].chunks.push_back(fill(FED));
            });
        })
    })
}

/// All that the peer sent was taken; its half is at its end.
pub(super) fn fed(world: &World, id: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    let (joined, end) = world.joined(id)?;
    let way = &joined.ways[end];
    (socket.owner == Owner::Peer && way.feeding && way.chunks.is_empty()).then(|| {
        Plan::new(method(socket, "fed", Vec::new()), &["recv.data"]).then(move |world, _| {
            world.with_joined(id, |joined, end| {
                joined.ways[end].feeding = false;
                joined.ways[end].finished = true;
            });
        })
    })
}

/// The peer starts to read till the end.
pub(super) fn drain(world: &World, id: Id) -> Option<Plan> {
    let (socket, joined, end) = free(world, id)?;
    let way = &joined.ways[1 - end];
    let ready = way.chunks.is_empty() && !way.finished && !way.deaf && way.fill == Fill::Room;
    ready.then(|| {
        Plan::new(method(socket, "drain", Vec::new()), &["send.sends"]).then(move |world, _| {
            world.with_joined(id, |joined, end| joined.ways[1 - end].draining = true);
        })
    })
}

/// The end came: all that was sent was read.
pub(super) fn drained(world: &World, id: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    let (joined, end) = world.joined(id)?;
    let way = &joined.ways[1 - end];
    (socket.owner == Owner::Peer && way.draining && way.finished).then(|| {
        let everything = way.front(usize::MAX);
        Plan::new(
            method(socket, "drained", Vec::new()),
            &["send.sends", "sendall.all", "close.queued-data-flushed"],
        )
        .returning(data(&everything))
        .then(move |world, _| {
            world.with_joined(id, |joined, end| {
                joined.ways[1 - end].draining = false;
                joined.ways[1 - end].chunks.clear();
                joined.ways[1 - end].taken = 0;
            });
        })
    })
}
