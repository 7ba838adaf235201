//! Plans for connections: listening, connecting, accepting, and ending a half or the whole.

use std::collections::{BTreeMap, VecDeque};

use sockspec_cases::{Expectation, Pattern};
use sockspec_subject::{Outcome, Value};

use super::{Plan, certain, method, number, returned_int, subjects};
use crate::act::{Family, Id, Kind, Owner};
use crate::expect::{allow, any, between, constant, errno, error, error_pair, exact, returns};
use crate::world::{Connection, Seen, Socket, State, World};

pub(super) fn listen(world: &World, id: Id, backlog: u8) -> Option<Plan> {
    let socket = certain(world, id)?;
    let step = method(socket, "listen", vec![number(i64::from(backlog))]);
    match &socket.state {
        State::Idle if socket.bound.is_some() && backlog > 0 => {
            Some(Plan::new(step, &["listen.listens"]).then(move |world, _| {
                world.with(id, |socket| {
                    socket.state = State::Listening { backlog, queue: VecDeque::new() };
                });
            }))
        }
        State::Dgram { .. } if socket.owner == Owner::Subject => {
            Some(Plan::new(step, &["errors.error", "errors.error-number"]).expecting(errno("EOPNOTSUPP")))
        }
        State::Joined { .. } if socket.owner == Owner::Subject && lively(world, id) => {
            Some(Plan::new(step, &["errors.error"]).expecting(error_pair()))
        }
        _ => None,
    }
}

/// Whether both ends of a socket's connection are there, and nothing has ended on either.
fn lively(world: &World, id: Id) -> bool {
    world.joined(id).is_some_and(|(joined, _)| {
        joined.gone == [false; 2]
            && joined.ends.iter().all(Option::is_some)
            && joined.ways.iter().all(|way| !way.finished && !way.deaf && !way.feeding && !way.draining)
    })
}

/// What a refused connect leaves behind: local sockets as they were, others open to anything.
fn refused(plan: Plan, id: Id, family: Family) -> Plan {
    plan.then(move |world, _| {
        if family != Family::Unix {
            world.with(id, |socket| socket.state = State::Open);
        }
    })
}

/// The step of a connect that fails in a way that has a number.
fn failing(socket: &Socket, to: sockspec_cases::Template, ex: bool, code: &str) -> Plan {
    if ex {
        Plan::new(method(socket, "connect_ex", vec![to]), &["connect_ex.errno", "connect_ex.no-exception"])
            .returning(constant(code))
    } else {
        Plan::new(method(socket, "connect", vec![to]), &["errors.error", "errors.error-number"])
            .expecting(errno(code))
    }
}

/// Local sockets of two types do not meet.
pub(super) fn of_another_type(world: &World, id: Id, to: Id, ex: bool) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let free = matches!(socket.state, State::Idle | State::Dgram { peer: None, .. });
    let alive =
        matches!(world.socket(to)?.state, State::Idle | State::Listening { .. } | State::Dgram { .. });
    (free && alive && socket.family == Family::Unix)
        .then(|| Some(failing(socket, world.address(to)?.template()?, ex, "EPROTOTYPE")))?
}

pub(super) fn connect(world: &World, id: Id, to: Id, ex: bool) -> Option<Plan> {
    let socket = certain(world, id)?;
    let target = world.socket(to)?;
    let ex = ex && socket.owner == Owner::Subject;
    let peers = [socket, target].iter().all(|socket| socket.owner == Owner::Peer);
    if id == to || socket.family != target.family || peers {
        return None;
    }
    if target.kind != Kind::Stream {
        return of_another_type(world, id, to, ex);
    }
    let address = world.address(to)?.template()?;
    let local = socket.family == Family::Unix;
    let waits = socket.blocking?;
    match (&socket.state, &target.state) {
        (State::Joined { .. }, State::Listening { queue, .. }) if queue.is_empty() && lively(world, id) => {
            // After a connect that did not wait, the next one may be the one that tells of its success.
            let told = world.joined(id).is_some_and(|(joined, _)| !joined.begun);
            (told && socket.owner == Owner::Subject).then(|| failing(socket, address, ex, "EISCONN"))
        }
        (State::Idle, State::Idle) if target.bound.is_some() && (local || waits) => {
            Some(refused(failing(socket, address, ex, "ECONNREFUSED"), id, socket.family))
        }
        // Nobody else has the port that this socket is bound to since before the other left its own.
        (State::Idle, State::Closed(at)) if target.bound.is_some() => {
            let apart = local || waits && socket.bound.is_some_and(|bound| bound < *at);
            apart.then(|| refused(failing(socket, address, ex, "ECONNREFUSED"), id, socket.family))
        }
        (State::Idle, State::Listening { backlog, queue }) => {
            let (waiting, backlog) = (queue.len(), usize::from(*backlog));
            let fits = waiting < backlog;
            match (waits, local) {
                // A subject that waits could wait for long where the queue is shorter than the backlog says.
                (true, _) if waiting == 0 || fits && socket.owner == Owner::Peer => {}
                (false, true) => return Some(at_once(socket, id, to, address, ex, waiting, backlog)),
                (false, false) if fits => return Some(begun(socket, id, to, address, ex)),
                _ => return None,
            }
            let plan = if ex {
                Plan::new(
                    method(socket, "connect_ex", vec![address]),
                    &["connect_ex.zero", "connect_ex.like-connect"],
                )
                .returning(exact(Value::int(0)))
            } else {
                Plan::new(method(socket, "connect", vec![address]), &["connect.connects", "listen.listens"])
            };
            Some(plan.then(move |world, _| join(world, id, to, true)))
        }
        _ => None,
    }
}

/// A local connect that does not wait: it is done at once, or the queue has no room. Systems round the backlog, so that
/// between the number and more than twice that either may come.
fn at_once(
    socket: &Socket,
    id: Id,
    to: Id,
    address: sockspec_cases::Template,
    ex: bool,
    waiting: usize,
    backlog: usize,
) -> Plan {
    if waiting < backlog {
        let plan = if ex {
            Plan::new(
                method(socket, "connect_ex", vec![address]),
                &["connect_ex.zero", "listen.backlog-limit"],
            )
            .returning(exact(Value::int(0)))
        } else {
            Plan::new(method(socket, "connect", vec![address]), &["connect.connects", "listen.backlog-limit"])
        };
        return plan.then(move |world, _| join(world, id, to, true));
    }
    let full = waiting > 2 * backlog + 2;
    Plan::new(method(socket, "connect_ex", vec![address]), &["listen.backlog-limit", "connect_ex.errno"])
        .returning(between(i64::from(full), 1000))
        .then(move |world, outcome| {
            if returned_int(outcome) == Some(0) {
                join(world, id, to, true);
            }
        })
}

/// A connect over TCP that does not wait: it is under way, or done where the system is that quick.
fn begun(socket: &Socket, id: Id, to: Id, address: sockspec_cases::Template, ex: bool) -> Plan {
    let clauses: &[&str] = &["module.non-blocking", "errors.error-number"];
    let plan = if ex {
        Plan::new(method(socket, "connect_ex", vec![address]), clauses)
            .returning(constant("EINPROGRESS"))
            .allowing(allow("connected-at-once", returns(exact(Value::int(0)))))
    } else {
        Plan::new(method(socket, "connect", vec![address]), clauses)
            .expecting(errno("EINPROGRESS"))
            .allowing(allow("connected-at-once", Expectation::ReturnsAnything))
    };
    plan.then(move |world, _| join(world, id, to, false))
}

/// A connection that waits to be accepted; `done` where the client knows that it is there.
fn join(world: &mut World, id: Id, to: Id, done: bool) {
    let at = world.connections.len();
    world.connections.push(Connection {
        ends: [Some(id), None],
        asked: Some(to),
        begun: !done,
        ..Connection::default()
    });
    let Some(client) = world.socket(id) else { return };
    let family = client.family;
    if client.local.is_none() && family != Family::Unix {
        let address = world.add_address(family, false, None);
        world.with(id, |socket| socket.local = Some(address));
    }
    world.with(id, |socket| {
        socket.state = if done { State::Joined { connection: at, end: 0 } } else { State::Connecting };
    });
    world.with(to, |socket| {
        if let State::Listening { queue, .. } = &mut socket.state {
            queue.push_back(at);
        }
    });
}

pub(super) fn accept(world: &World, id: Id, new: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    let step = method(socket, "accept", Vec::new());
    let subject = socket.owner == Owner::Subject;
    let State::Listening { queue, .. } = &socket.state else {
        return match socket.state {
            State::Idle | State::Dgram { .. } if subject => {
                Some(Plan::new(step, &["accept.needs-listening"]).expecting(error_pair()))
            }
            State::Joined { .. } if subject && lively(world, id) => {
                Some(Plan::new(step, &["accept.needs-listening"]).expecting(error()))
            }
            _ => None,
        };
    };
    let waits = socket.blocking == Some(true);
    let Some(&connection) = queue.front() else {
        return (!waits && subject).then(|| {
            Plan::new(step, &["module.non-blocking", "errors.error-number"]).expecting(errno("EAGAIN"))
        });
    };
    if world.sockets.contains_key(&new) || !waits && socket.family != Family::Unix {
        return None;
    }
    let client = world.connections[connection].ends[0]?;
    let address = world.socket(client)?.local;
    let (pattern, bound) = match address {
        None => (any("any"), None),
        _ => world.shows(address, Seen::Others),
    };
    let prefix = if subject { "c" } else { "p" };
    let name = world.next_name(prefix);
    let accepted = Socket {
        name: name.clone(),
        owner: socket.owner,
        family: socket.family,
        kind: Kind::Stream,
        state: State::Joined { connection, end: 1 },
        // Whether a listener hands its mode on is left open.
        blocking: waits.then_some(true),
        options: BTreeMap::new(),
        fresh: false,
        local: socket.local,
        bound: None,
        fileno: None,
    };
    Some(
        Plan::new(step, &["accept.pair", "accept.new-socket", "accept.peer-address"])
            .returning(Pattern::Tuple(vec![any("socket"), pattern]))
            .binding_pair(&name, bound.as_ref())
            .then(move |world, _| {
                world.name(prefix);
                world.learn(address, bound.as_ref());
                world.sockets.insert(new, accepted);
                world.connections[connection].ends[1] = Some(new);
                world.with(id, |socket| {
                    if let State::Listening { queue, .. } = &mut socket.state {
                        queue.pop_front();
                    }
                });
                // Whoever is accepted is connected.
                world.with(client, |socket| {
                    if matches!(socket.state, State::Connecting) {
                        socket.state = State::Joined { connection, end: 0 };
                    }
                });
            }),
    )
}

pub(super) fn shutdown(world: &World, id: Id, how: u8) -> Option<Plan> {
    let socket = certain(world, id)?;
    let step = method(socket, "shutdown", vec![number(i64::from(how))]);
    let Some((joined, end)) = world.joined(id) else {
        let alone = matches!(socket.state, State::Idle)
            && socket.family != Family::Unix
            && socket.owner == Owner::Subject;
        return alone.then(|| {
            // Some systems remember it all the same.
            Plan::new(step, &["errors.error", "errors.error-number"])
                .expecting(errno("ENOTCONN"))
                .then(move |world, _| world.with(id, |socket| socket.state = State::Open))
        });
    };
    let (out, back) = (&joined.ways[end], &joined.ways[1 - end]);
    let (sends, receives) = (how != 0, how != 1);
    let background = back.feeding
        || back.draining && receives
        || socket.owner == Owner::Peer && (out.feeding || back.draining);
    let ready = joined.ends.iter().all(Option::is_some)
        && joined.gone == [false; 2]
        && !(out.finished && (sends || back.finished))
        && !(receives && (back.deaf || !back.chunks.is_empty()))
        && !background;
    let clauses: &[&str] = match how {
        0 => &["shutdown.receives"],
        1 => &["shutdown.sends"],
        _ => &["shutdown.both-sends", "shutdown.both-receives"],
    };
    ready.then(|| {
        Plan::new(step, clauses).then(move |world, _| {
            world.with_joined(id, |joined, end| {
                joined.ways[end].finished |= sends;
                joined.ways[1 - end].deaf |= receives;
            });
        })
    })
}

/// The peer resets a connection over which nothing is under way to the subject.
pub(super) fn reset(world: &World, id: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    let (joined, end) = world.joined(id)?;
    let quiet = lively(world, id) && joined.ways[end].chunks.is_empty();
    (socket.owner == Owner::Peer && socket.family != Family::Unix && quiet).then(|| {
        Plan::new(method(socket, "reset", Vec::new()), &["errors.error"]).then(move |world, _| {
            let now = world.time;
            world.with_joined(id, |joined, end| {
                joined.ways[end].finished = true;
                joined.gone[end] = true;
                joined.reset = true;
            });
            world.with(id, |socket| socket.state = State::Closed(now));
        })
    })
}

/// Whether an outcome is a value.
pub(super) fn returned(outcome: &Outcome) -> Option<&Value> {
    match outcome {
        Outcome::Returned(value) => Some(value),
        Outcome::Raised(_) | Outcome::Unsupported(_) => None,
    }
}
