//! Plans: for an act in a world, the step that it is, what that must lead to, and what the world is like after it.
//!
//! There is no plan for an act whose precondition does not hold: where a call would wait for what only a later step
//! provides, or where the document and the platform leave open what comes.

mod connection;
mod datagram;
mod flow;
mod names;
mod stream;

use sockspec_cases::{Allowance, Expectation, Pattern, Step, StepTarget, Template};
use sockspec_laws::step;
use sockspec_subject::{Outcome, Value};

use crate::act::{Act, Family, Id, Kind, Late, Opt, Owner};
use crate::expect::{any, between, constant, count, error, exact, returns};
use crate::world::{Socket, State, World};

/// What an act changes, given what it led to.
type Effect = Box<dyn FnOnce(&mut World, &Outcome)>;

/// What an act is and must do.
pub(crate) struct Plan {
    pub(crate) step: Step,
    /// The clauses that its expectation rests on.
    pub(crate) clauses: &'static [&'static str],
    pub(crate) effect: Effect,
}

impl Plan {
    /// A step that must return, whatever it be, and changes nothing.
    fn new(step: Step, clauses: &'static [&'static str]) -> Self {
        Self { step, clauses, effect: Box::new(|_, _| {}) }
    }

    fn expecting(mut self, expect: Expectation) -> Self {
        self.step.expect = expect;
        self
    }

    fn returning(self, pattern: Pattern) -> Self {
        self.expecting(returns(pattern))
    }

    fn allowing(mut self, allow: Vec<Allowance>) -> Self {
        self.step.allow = allow;
        self
    }

    fn binding(mut self, name: Option<&String>) -> Self {
        self.step.bind.extend(name.cloned());
        self
    }

    /// Takes a pair apart.
    fn binding_pair(mut self, first: &str, second: Option<&String>) -> Self {
        self.step.bind = vec![first.to_owned(), second.map_or("_", String::as_str).to_owned()];
        self.step.destructure = true;
        self
    }

    fn then(mut self, effect: impl FnOnce(&mut World, &Outcome) + 'static) -> Self {
        self.effect = Box::new(effect);
        self
    }
}

/// A call of a socket's method.
fn method(socket: &Socket, name: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Variable(socket.name.clone()), name, args)
}

fn number(value: i64) -> Template {
    Template::Value(Value::int(value))
}

fn named(constant: &str) -> Template {
    Template::Value(Value::Constant(constant.to_owned()))
}

/// The number that came, where one did.
fn returned_int(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Returned(value) => value.as_i64(),
        _ => None,
    }
}

/// The plan for an act; `None` where its precondition does not hold.
pub(crate) fn plan(world: &World, act: &Act) -> Option<Plan> {
    match act {
        &Act::Make { id, owner, family, kind } => make(world, id, owner, family, kind),
        &Act::Bind { id, full } => names::bind(world, id, full),
        &Act::BindTaken { id, of } => names::bind_taken(world, id, of),
        &Act::Name { id } => names::own(world, id),
        &Act::PeerName { id } => names::peer(world, id),
        &Act::Listen { id, backlog } => connection::listen(world, id, backlog),
        &Act::Connect { id, to, ex } => match world.socket(id)?.kind {
            Kind::Stream => connection::connect(world, id, to, ex),
            Kind::Dgram => datagram::connect(world, id, to, ex),
        },
        &Act::Accept { id, new } => connection::accept(world, id, new),
        &Act::Shutdown { id, how } => connection::shutdown(world, id, how),
        &Act::Reset { id } => connection::reset(world, id),
        Act::Send { id, data, how } => match world.socket(*id)?.kind {
            Kind::Stream => stream::send(world, *id, data, *how),
            Kind::Dgram => datagram::send(world, *id, data, *how),
        },
        Act::SendTo { id, to, data, flags } => datagram::send_to(world, *id, *to, data, *flags),
        &Act::SendToNobody { id } => datagram::send_to_nobody(world, id),
        &Act::Recv { id, size, how, flags } => match world.socket(id)?.kind {
            Kind::Stream => stream::recv(world, id, size, how, flags),
            Kind::Dgram => datagram::recv(world, id, size, how, flags),
        },
        &Act::Close { id } => close(world, id),
        &Act::SetOption { id, option, value } => set_option(world, id, option, value),
        &Act::GetOption { id, option } => get_option(world, id, option),
        &Act::SetBlocking { id, on } => set_blocking(world, id, on),
        &Act::Fileno { id } => fileno(world, id),
        &Act::Stuff { id } => flow::stuff(world, id),
        &Act::Feed { id } => flow::feed(world, id),
        &Act::Fed { id } => flow::fed(world, id),
        &Act::Drain { id } => flow::drain(world, id),
        &Act::Drained { id } => flow::drained(world, id),
        &Act::Late { id, what } => late(world, id, what),
    }
}

fn make(world: &World, id: Id, owner: Owner, family: Family, kind: Kind) -> Option<Plan> {
    if world.sockets.contains_key(&id) {
        return None;
    }
    let (target, prefix) = match owner {
        Owner::Subject => (StepTarget::Module, "s"),
        Owner::Peer => (StepTarget::Peer, "p"),
    };
    let name = world.next_name(prefix);
    let socket = Socket {
        name: name.clone(),
        owner,
        family,
        kind,
        state: match kind {
            Kind::Stream => State::Idle,
            Kind::Dgram => State::Dgram { queue: std::collections::VecDeque::new(), peer: None },
        },
        blocking: Some(true),
        options: std::collections::BTreeMap::new(),
        fresh: true,
        local: None,
        bound: None,
        fileno: None,
    };
    let step = step(target, "socket", vec![named(family.constant()), named(kind.constant())]);
    Some(Plan::new(step, &["socket.new"]).binding(Some(&name)).returning(any("socket")).then(
        move |world, _| {
            world.name(prefix);
            world.sockets.insert(id, socket);
        },
    ))
}

/// The subject's socket of that number, if it is not closed and it is certain what it does.
fn subjects(world: &World, id: Id) -> Option<&Socket> {
    certain(world, id).filter(|socket| socket.owner == Owner::Subject)
}

/// The socket of that number, if it is not closed and it is certain what it does.
fn certain(world: &World, id: Id) -> Option<&Socket> {
    let socket = world.socket(id)?;
    match socket.state {
        State::Open | State::Closed(_) | State::Connecting => None,
        State::Joined { connection, .. } if world.connections[connection].open => None,
        _ => Some(socket),
    }
}

fn close(world: &World, id: Id) -> Option<Plan> {
    let socket = world.socket(id)?;
    match &socket.state {
        State::Closed(_) | State::Connecting => return None,
        State::Joined { connection, end } => {
            let joined = &world.connections[*connection];
            let unaccepted = joined.ends[1].is_none() && !joined.open;
            let background =
                socket.owner == Owner::Peer && (joined.ways[*end].feeding || joined.ways[1 - end].draining);
            // A connection that goes before it was accepted may or may not stay in the queue.
            if unaccepted || background {
                return None;
            }
        }
        _ => {}
    }
    Some(Plan::new(method(socket, "close", Vec::new()), &["close.no-more-data"]).then(move |world, _| {
        world.with_joined(id, |connection, end| {
            // What was not read is lost, and the other end may hear of that.
            if !connection.ways[1 - end].chunks.is_empty() || connection.ways[1 - end].feeding {
                connection.open = true;
            }
            connection.ways[end].finished = true;
            connection.gone[end] = true;
        });
        let now = world.time;
        let mut lost = Vec::new();
        world.with(id, |socket| {
            if let State::Listening { queue, .. } = &socket.state {
                lost.extend(queue.iter().copied());
            }
            socket.state = State::Closed(now);
        });
        for connection in lost {
            world.connections[connection].open = true;
            if let Some(client) = world.connections[connection].ends[0] {
                world.with(client, |client| client.state = State::Open);
            }
        }
    }))
}

/// What every operation on a closed socket leads to. None is tried that could wait if the socket were open.
fn late(world: &World, id: Id, what: Late) -> Option<Plan> {
    let socket = world.socket(id)?;
    if !matches!(socket.state, State::Closed(_)) || socket.owner == Owner::Peer {
        return None;
    }
    let option = || vec![named("SOL_SOCKET"), named("SO_REUSEADDR")];
    let byte = || Template::Value(Value::bytes(*b"x"));
    let (name, args) = match what {
        Late::GetSockName => ("getsockname", Vec::new()),
        Late::GetSockOpt => ("getsockopt", option()),
        Late::SetSockOpt => ("setsockopt", option().into_iter().chain([number(1)]).collect()),
        Late::SetBlocking => ("setblocking", vec![number(0)]),
        Late::Send => ("send", vec![byte(), named("MSG_DONTWAIT")]),
        Late::Recv => ("recv", vec![number(1), named("MSG_DONTWAIT")]),
        Late::Listen => ("listen", vec![number(1)]),
        Late::Shutdown => ("shutdown", vec![number(2)]),
    };
    Some(
        Plan::new(method(socket, name, args), &["close.later-operations-fail", "errors.error"])
            .expecting(error()),
    )
}

fn set_blocking(world: &World, id: Id, on: bool) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let clauses: &[&str] = if on { &["setblocking.nonzero"] } else { &["setblocking.zero"] };
    Some(
        Plan::new(method(socket, "setblocking", vec![number(i64::from(on))]), clauses)
            .then(move |world, _| world.with(id, |socket| socket.blocking = Some(on))),
    )
}

/// What a send buffer is made when it is made small, in bytes.
const SMALL: i64 = 4096;

fn set_option(world: &World, id: Id, option: Opt, value: i64) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let fits = match option {
        Opt::ReuseAddr => socket.family != Family::Unix && socket.bound.is_none(),
        Opt::KeepAlive => socket.family != Family::Unix && socket.kind == Kind::Stream,
        Opt::Broadcast => socket.family != Family::Unix && socket.kind == Kind::Dgram,
        Opt::SendBuffer => socket.family == Family::Unix && socket.kind == Kind::Stream,
        Opt::Type | Opt::Error => false,
    };
    let value = if option == Opt::SendBuffer { SMALL } else { value };
    fits.then(|| {
        let args = vec![named("SOL_SOCKET"), named(option.constant()), number(value)];
        Plan::new(method(socket, "setsockopt", args), &["setsockopt.sets", "setsockopt.integer"]).then(
            move |world, _| {
                world.with(id, |socket| {
                    socket.options.insert(option, value);
                });
            },
        )
    })
}

fn get_option(world: &World, id: Id, option: Opt) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let set = socket.options.get(&option).copied();
    let expected = match option {
        Opt::Type => constant(socket.kind.constant()),
        Opt::Error => exact(Value::int(0)),
        Opt::SendBuffer => return None,
        _ if socket.family == Family::Unix => return None,
        _ => match set.or(socket.fresh.then_some(0))? {
            0 => count(0),
            // Some systems give back 1, some the option's own bit.
            _ => between(1, i64::from(i32::MAX)),
        },
    };
    // The end of the other socket may leave an error behind.
    if option == Opt::Error && world.joined(id).is_some_and(|(joined, _)| joined.gone != [false; 2]) {
        return None;
    }
    let args = vec![named("SOL_SOCKET"), named(option.constant())];
    Some(
        Plan::new(method(socket, "getsockopt", args), &["getsockopt.value", "getsockopt.integer"])
            .returning(expected),
    )
}

fn fileno(world: &World, id: Id) -> Option<Plan> {
    let socket = subjects(world, id)?;
    let step = method(socket, "fileno", Vec::new());
    let plan = Plan::new(step, &["fileno.integer", "fileno.descriptor"]);
    Some(match &socket.fileno {
        Some(name) => plan.returning(Pattern::Exact(Template::Ref { name: name.clone(), at: Vec::new() })),
        None => {
            let name = world.next_name("f");
            plan.returning(between(0, 1023)).binding(Some(&name)).then(move |world, _| {
                world.name("f");
                world.with(id, |socket| socket.fileno = Some(name));
            })
        }
    })
}
