//! Plans for data over connections: no byte is lost, added or out of order, and each end has its own.

use sockspec_cases::{Pattern, Template};
use sockspec_subject::{Outcome, Value};

use super::connection::returned;
use super::{Plan, certain, method, named, number, returned_int};
use crate::act::{Data, Family, Flags, Id, Owner, Sending, Taking};
use crate::expect::{allow, any, between, count, data, errno, error_pair, exact, one_errno, returns};
use crate::world::{Connection, Fill, SURELY_WHOLE, Socket, State, Way, World};

/// How many bytes, and calls, surely fit into the buffers of one direction.
const FITS: usize = 32 << 10;
const CALLS: usize = 24;
/// The same where the send buffer was made small. Each call takes up far more than its bytes, also one from before.
const FITS_SMALL: usize = 512;
const CALLS_SMALL: usize = 4;
/// The same while the peer reads in the background.
const DRAINS: usize = 256 << 10;

pub(super) fn sending(socket: &Socket, data: &Data, how: Sending) -> Plan {
    let mut args = vec![data.template()];
    let (name, clauses): (&str, &'static [&'static str]) = match how {
        Sending::Send => ("send", &["send.sends", "send.count"]),
        Sending::SendAll => ("sendall", &["sendall.all", "sendall.none"]),
        Sending::DontWait => {
            args.push(named("MSG_DONTWAIT"));
            ("send", &["send.sends", "send.count", "send.flags"])
        }
    };
    let plan = Plan::new(method(socket, name, args), clauses);
    match how {
        Sending::SendAll => plan.returning(exact(Value::None)),
        Sending::Send | Sending::DontWait => plan.returning(count(data.len())),
    }
}

pub(super) fn send(world: &World, id: Id, sent: &Data, how: Sending) -> Option<Plan> {
    let socket = certain(world, id)?;
    let subject = socket.owner == Owner::Subject;
    let how = if subject { how } else { Sending::Send };
    let plan = sending(socket, sent, how);
    if matches!(socket.state, State::Idle) {
        // Of nothing, all is sent anywhere.
        return (subject && sent.len() > 0)
            .then(|| Plan { clauses: &["send.needs-connected"], ..plan.expecting(error_pair()) });
    }
    let (joined, end) = world.joined(id)?;
    let (way, gone) = (&joined.ways[end], joined.gone[1 - end]);
    let broken = way.finished && (!gone || joined.heard) || gone && socket.family == Family::Unix;
    if broken {
        return (subject && sent.len() > 0 && !way.feeding).then(|| {
            let clauses = &["shutdown.sends", "errors.error", "errors.error-number"];
            Plan { clauses, ..plan.expecting(errno("EPIPE")) }
        });
    }
    if way.finished || gone || way.deaf || way.feeding || sent.len() == 0 && way.draining {
        return None;
    }
    let waits = socket.blocking == Some(true) && how != Sending::DontWait;
    match way.fill {
        Fill::Room => {}
        Fill::Full if !waits && socket.blocking.is_some() && sent.len() > 0 && how != Sending::SendAll => {
            let clauses = &["setblocking.send-raises", "send.flags"];
            return Some(Plan { clauses, ..plan.expecting(errno("EAGAIN")) });
        }
        Fill::Full | Fill::Unknown => return None,
    }
    let small = socket.options.contains_key(&crate::act::Opt::SendBuffer);
    let fits = match (way.draining, small) {
        (true, _) if waits => DRAINS,
        (true, _) => return None,
        (false, true) => FITS_SMALL,
        (false, false) => FITS,
    };
    let calls = if small { CALLS_SMALL } else { CALLS };
    let held = if small { way.held() } else { way.pending() };
    if held + sent.len() > fits || way.chunks.len() >= calls && !way.draining {
        return None;
    }
    // How much of much goes in one call is left open.
    let partial = subject && how != Sending::SendAll && sent.len() > SURELY_WHOLE;
    let plan = if partial {
        let most = i64::try_from(sent.len()).unwrap_or(i64::MAX);
        plan.returning(between(1, most))
    } else {
        plan
    };
    // Much at once, without waiting, may find less room.
    if partial && !waits || how == Sending::SendAll && !waits && sent.len() > SURELY_WHOLE {
        return None;
    }
    let bytes = sent.bytes();
    Some(plan.then(move |world, outcome| {
        let went = match returned_int(outcome) {
            Some(count) if partial => usize::try_from(count).unwrap_or(bytes.len()).min(bytes.len()),
            _ => bytes.len(),
        };
        world.with_joined(id, |joined, end| push(joined, end, bytes[..went].to_vec()));
    }))
}

pub(super) fn push(joined: &mut Connection, end: usize, bytes: Vec<u8>) {
    if !bytes.is_empty() {
        joined.ways[end].chunks.push_back(bytes);
    }
}

/// The call that takes data.
pub(super) fn taking(socket: &Socket, size: usize, how: Taking, flags: Flags) -> Option<Plan> {
    let subject = socket.owner == Owner::Subject;
    let (name, clauses): (&str, &'static [&'static str]) = match (how, flags == Flags::default()) {
        (Taking::Recv, true) => ("recv", &["recv.data", "recv.at-most-bufsize"]),
        (Taking::Recv, false) => ("recv", &["recv.data", "recv.at-most-bufsize", "recv.flags"]),
        (Taking::RecvFrom, true) => ("recvfrom", &["recvfrom.pair", "recvfrom.at-most-bufsize"]),
        (Taking::RecvFrom, false) => {
            ("recvfrom", &["recvfrom.pair", "recvfrom.at-most-bufsize", "recvfrom.flags"])
        }
        (Taking::Exactly, _) => ("recv_exactly", &["send.sends"]),
    };
    if !subject && flags != Flags::default() || subject && how == Taking::Exactly {
        return None;
    }
    let mut args = vec![number(i64::try_from(size).unwrap_or(i64::MAX))];
    args.extend(flags.names().map(|names| Template::Value(Value::Constant(names))));
    Some(Plan::new(method(socket, name, args), clauses))
}

/// The data that came, alone or as the first of a pair.
pub(super) fn came(outcome: &Outcome) -> usize {
    let data = match returned(outcome) {
        Some(Value::Tuple(items)) => items.first().and_then(Value::as_bytes),
        Some(value) => value.as_bytes(),
        None => None,
    };
    data.map_or(0, <[u8]>::len)
}

pub(super) fn recv(world: &World, id: Id, size: usize, how: Taking, flags: Flags) -> Option<Plan> {
    let socket = certain(world, id)?;
    let subject = socket.owner == Owner::Subject;
    let plan = taking(socket, size, how, flags)?;
    // The sender of stream data need not be told.
    let shape = move |pattern: Pattern| match how {
        Taking::RecvFrom => Pattern::Tuple(vec![pattern, any("any")]),
        Taking::Recv | Taking::Exactly => pattern,
    };
    let Some((joined, end)) = world.joined(id) else {
        let alone = subject && how == Taking::Recv && size > 0;
        return alone.then(|| Plan { clauses: &["errors.error-pair"], ..plan.expecting(error_pair()) });
    };
    let way = &joined.ways[1 - end];
    let waits = socket.blocking == Some(true) && !flags.dont_wait;
    if socket.blocking.is_none() && !flags.dont_wait || way.draining || how == Taking::RecvFrom && !subject {
        return None;
    }
    if joined.reset {
        let hears = subject && waits && size > 0 && !flags.peek;
        return hears.then(|| {
            let clauses = &["errors.error", "errors.error-number"];
            Plan { clauses, ..plan.expecting(errno("ECONNRESET")) }.then(move |world, _| {
                world.with_joined(id, |joined, end| {
                    joined.reset = false;
                    joined.heard = true;
                    joined.ways[end].finished = true;
                    joined.ways[1 - end].deaf = true;
                });
            })
        });
    }
    if way.deaf {
        let asks = subject && flags.dont_wait && how == Taking::Recv && size > 0 && !joined.gone[1 - end];
        let refusals = ["ESHUTDOWN", "ENOTCONN", "EPIPE", "EINVAL"];
        return asks.then(|| {
            Plan { clauses: &["shutdown.receives"], ..plan }
                .returning(data(b""))
                .allowing(allow("shut-receive-raises", one_errno(&refusals)))
        });
    }
    let pending = way.pending();
    if way.feeding {
        // Much that comes while one waits for all of it.
        let whole = waits && subject && flags.wait_all && !flags.peek && size == pending && pending > 0;
        return whole.then(|| {
            plan.returning(shape(data(&way.front(size)))).then(move |world, _| take(world, id, size))
        });
    }
    if pending == 0 {
        return nothing(socket, way, plan, waits, size, shape);
    }
    if size == 0 {
        let bare = subject && flags == Flags::default() && how == Taking::Recv && waits;
        return bare.then(|| plan.returning(data(b"")));
    }
    let quick = socket.family == Family::Unix;
    let enough = size.min(pending);
    let all = how == Taking::Exactly || flags.wait_all;
    let ends: Vec<usize> = if all {
        // It would wait for the rest.
        if !waits || flags.peek || size > pending && !way.finished {
            return None;
        }
        vec![enough]
    } else if way.arrived >= enough {
        vec![enough]
    } else if quick || waits && way.chunks[0].len().min(size) <= SURELY_WHOLE {
        boundaries(way, size)
    } else {
        // It may not be there yet, or come in pieces.
        return None;
    };
    let front = way.front(size);
    let mut patterns: Vec<Pattern> = ends.iter().map(|end| data(&front[..*end])).collect();
    let pattern = if patterns.len() == 1 { patterns.remove(0) } else { Pattern::OneOf(patterns) };
    Some(plan.returning(shape(pattern)).then(move |world, outcome| {
        let got = came(outcome);
        if flags.peek {
            world.with_joined(id, |joined, end| {
                let way = &mut joined.ways[1 - end];
                way.arrived = way.arrived.max(got);
            });
        } else {
            take(world, id, got);
        }
    }))
}

/// Where one call may end that takes at most so many bytes: a stream knows no boundaries, but what was sent in one call
/// and is short comes in one piece.
fn boundaries(way: &Way, size: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = 0;
    for chunk in &way.chunks {
        end += chunk.len();
        ends.push(end.min(size));
        if end >= size {
            break;
        }
    }
    // What is known to be there is not left out.
    let sure = way.arrived.min(size);
    ends.retain(|end| *end >= sure);
    ends
}

fn take(world: &mut World, id: Id, size: usize) {
    world.with_joined(id, |joined, end| joined.ways[1 - end].take(size));
}

/// Nothing waits: the end of the data, or nothing yet.
fn nothing(
    socket: &Socket,
    way: &Way,
    plan: Plan,
    waits: bool,
    size: usize,
    shape: impl Fn(Pattern) -> Pattern,
) -> Option<Plan> {
    if size == 0 {
        return None;
    }
    let subject = socket.owner == Owner::Subject;
    if way.finished {
        // A local socket hears of the end at once.
        return (waits || socket.family == Family::Unix).then(|| {
            let clauses: &[&str] = if subject { &["recv.end-of-data"] } else { &["close.no-more-data"] };
            Plan { clauses, ..plan }.expecting(returns(shape(data(b""))))
        });
    }
    (!waits && subject).then(|| {
        let clauses = &["setblocking.recv-raises", "errors.error-number"];
        Plan { clauses, ..plan.expecting(errno("EAGAIN")) }
    })
}
