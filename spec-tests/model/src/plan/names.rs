//! Plans for addresses: binding, and asking for names.

use sockspec_cases::{Pattern, Template};
use sockspec_subject::Value;

use super::{Plan, certain, method, number};
use crate::act::{Family, Id, Kind, Opt, Owner};
use crate::expect::{any, count, errno};
use crate::world::{Seen, State, World, host, inet};

/// Binds a socket that has no address to one of its own: a loopback address with a port that the system chooses, or a
/// path. `full` spells an IPv6 address out.
pub(super) fn bind(world: &World, id: Id, full: bool) -> Option<Plan> {
    let socket = certain(world, id)?;
    let idle = match &socket.state {
        State::Idle => true,
        State::Dgram { queue, peer } => queue.is_empty() && peer.is_none(),
        _ => false,
    };
    if !idle || socket.local.is_some() {
        return None;
    }
    let (address, path) = if socket.family == Family::Unix {
        (Template::Path { name: socket.name.clone(), length: None }, Some(socket.name.clone()))
    } else {
        let mut items = vec![Template::Value(Value::str(host(socket.family, false))), number(0)];
        if full && socket.family == Family::Inet6 {
            items.extend([number(0), number(0)]);
        }
        (Template::Tuple(items), None)
    };
    let family = socket.family;
    Some(Plan::new(method(socket, "bind", vec![address]), &["bind.binds"]).then(move |world, _| {
        let address = world.add_address(family, false, path);
        let now = world.time;
        world.with(id, |socket| {
            socket.local = Some(address);
            socket.bound = Some(now);
        });
    }))
}

/// Binds to an address that another socket has, which fails.
pub(super) fn bind_taken(world: &World, id: Id, of: Id) -> Option<Plan> {
    let socket = certain(world, id).filter(|socket| socket.owner == Owner::Subject)?;
    let holder = certain(world, of)?;
    let shares = [socket, holder].iter().any(|socket| socket.options.contains_key(&Opt::ReuseAddr));
    let idle = match &socket.state {
        State::Idle => true,
        State::Dgram { peer, .. } => peer.is_none(),
        _ => false,
    };
    let holds =
        matches!(holder.state, State::Idle | State::Listening { .. } | State::Dgram { peer: None, .. });
    if shares
        || !idle
        || !holds
        || id == of
        || socket.local.is_some()
        || holder.bound.is_none()
        || (socket.family, socket.kind) != (holder.family, holder.kind)
    {
        return None;
    }
    let address = world.address(of)?.template()?;
    Some(
        Plan::new(method(socket, "bind", vec![address]), &["errors.error", "errors.error-number"])
            .expecting(errno("EADDRINUSE")),
    )
}

/// Asks for the socket's own name.
pub(super) fn own(world: &World, id: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    if let Some((joined, _)) = world.joined(id)
        && (joined.gone != [false; 2] || joined.ways.iter().all(|way| way.finished))
    {
        return None;
    }
    let plan = Plan::new(
        method(socket, "getsockname", Vec::new()),
        &["getsockname.result", "getsockname.address-format"],
    );
    if socket.local.is_none() && socket.family != Family::Unix {
        return (socket.owner == Owner::Subject).then(|| plan.returning(inet(socket.family, true, count(0))));
    }
    let local = socket.local;
    let (pattern, bound) = world.shows(local, Seen::Own);
    Some(
        plan.returning(pattern)
            .binding(bound.as_ref())
            .then(move |world, _| world.learn(local, bound.as_ref())),
    )
}

/// Asks for the other end's name.
pub(super) fn peer(world: &World, id: Id) -> Option<Plan> {
    let socket = certain(world, id)?;
    let plan = Plan::new(
        method(socket, "getpeername", Vec::new()),
        &["getpeername.result", "getpeername.address-format"],
    );
    let other = match &socket.state {
        State::Joined { connection, end } => {
            let joined = &world.connections[*connection];
            if joined.gone != [false; 2] || joined.ways.iter().all(|way| way.finished) {
                return None;
            }
            match (joined.ends[1 - end], end) {
                (Some(other), _) => other,
                (None, 0) => joined.asked?,
                (None, _) => return None,
            }
        }
        State::Dgram { peer: Some(peer), .. } => {
            if socket.family == Family::Unix && matches!(world.socket(*peer)?.state, State::Closed(_)) {
                return None;
            }
            *peer
        }
        State::Idle | State::Dgram { .. } => {
            return (socket.owner == Owner::Subject).then(|| plan.expecting(errno("ENOTCONN")));
        }
        State::Listening { .. } if socket.family != Family::Unix && socket.owner == Owner::Subject => {
            return Some(plan.expecting(errno("ENOTCONN")));
        }
        _ => return None,
    };
    let remote = world.socket(other)?.local;
    let (pattern, bound) = match remote {
        None => (any("any"), None),
        _ => world.shows(remote, Seen::Others),
    };
    let pattern: Pattern = pattern;
    Some(
        plan.returning(pattern)
            .binding(bound.as_ref())
            .then(move |world, _| world.learn(remote, bound.as_ref())),
    )
}

/// Whether a socket can be reached by an address that the steps know.
pub(super) fn reachable(world: &World, id: Id) -> Option<Template> {
    let socket = world.socket(id)?;
    let alive = match &socket.state {
        State::Idle | State::Listening { .. } => socket.kind == Kind::Stream,
        State::Dgram { .. } => true,
        _ => false,
    };
    if alive { world.address(id)?.template() } else { None }
}
