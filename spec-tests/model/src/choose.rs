//! Choosing: the next act of a sequence, from what the world is like. What is chosen may turn out not to fit.

use crate::act::{Act, Data, Family, Flags, Id, Kind, Late, Opt, Owner, Sending, Taking};
use crate::dice::Dice;
use crate::profile::Profile;
use crate::script::script;
use crate::world::{Socket, State, World};

/// How much a sequence sends at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    Few,
    Some,
    Many,
}

/// What one sequence's choices have in common.
pub(crate) struct Chooser {
    dice: Dice,
    profile: Profile,
    scale: Scale,
    /// How many acts the sequence has, before what waits is read at its end.
    pub(crate) length: usize,
    /// Acts that were made up together and come next, last first.
    ahead: Vec<Act>,
    /// Acts that end the sequence, last first, once they were made up.
    last: Option<Vec<Act>>,
}

const LATE: &[Late] = &[
    Late::GetSockName,
    Late::GetSockOpt,
    Late::SetSockOpt,
    Late::SetBlocking,
    Late::Send,
    Late::Recv,
    Late::Listen,
    Late::Shutdown,
];

impl Chooser {
    pub(crate) fn new(mut dice: Dice, profile: Profile) -> Self {
        let (least, most) = profile.acts;
        let length = least + dice.below(most - least + 1);
        let scale = if dice.chance(profile.large) {
            Scale::Many
        } else if dice.chance(30) {
            Scale::Some
        } else {
            Scale::Few
        };
        Self { dice, profile, scale, length, ahead: Vec::new(), last: None }
    }

    /// An act that may come next; `None` where nothing comes to mind.
    pub(crate) fn next(&mut self, world: &World) -> Option<Act> {
        if let Some(act) = self.ahead.pop() {
            return Some(act);
        }
        let open: Vec<Id> = ids(world, |socket| !matches!(socket.state, State::Closed(_)));
        let full = open.len() >= self.profile.sockets;
        if open.len() < 2 || !full && self.dice.chance(8) {
            let family = self.dice.pick(self.profile.families)?;
            let kind = self.dice.pick(self.profile.kinds)?;
            return Some(self.make(world, family, kind));
        }
        if self.dice.chance(4) {
            let closed = ids(world, |socket| matches!(socket.state, State::Closed(_)));
            let id = self.dice.pick(&closed)?;
            return Some(Act::Late { id, what: self.dice.pick(LATE)? });
        }
        let id = self.dice.pick(&open)?;
        let socket = world.socket(id)?;
        if self.dice.chance(6) {
            self.plan_ahead(world, id);
            return self.ahead.pop();
        }
        match &socket.state {
            State::Idle => self.idle(world, id, socket),
            State::Listening { queue, .. } => self.listening(world, id, socket, queue.len()),
            State::Joined { .. } => self.joined(world, id, socket),
            State::Dgram { .. } => self.dgram(world, id, socket),
            State::Open => Some(Act::Close { id }),
            State::Connecting | State::Closed(_) => None,
        }
    }

    /// Makes up several acts that belong together, from what the world is like now.
    fn plan_ahead(&mut self, world: &World, id: Id) {
        let many = self.scale == Scale::Many;
        self.ahead = script(world, &mut self.dice, many, id).unwrap_or_default();
        self.ahead.reverse();
    }

    fn make(&mut self, world: &World, family: Family, kind: Kind) -> Act {
        let owner = if self.dice.chance(70) { Owner::Subject } else { Owner::Peer };
        Act::Make { id: fresh(world), owner, family, kind }
    }

    fn idle(&mut self, world: &World, id: Id, socket: &Socket) -> Option<Act> {
        let family = socket.family;
        let listeners =
            ids(world, |other| other.family == family && matches!(other.state, State::Listening { .. }));
        if socket.bound.is_some() {
            if world.address(id)?.template().is_none() && self.dice.chance(70) {
                return Some(Act::Name { id });
            }
            if self.dice.chance(55) {
                let backlog = self.dice.weighted(&[(4, 1), (3, 2), (2, 3), (2, 5)])?;
                return Some(Act::Listen { id, backlog });
            }
        }
        let choice = self.dice.weighted(&[
            (if socket.bound.is_none() { 22 } else { 2 }, 0),
            (if listeners.is_empty() { 2 } else { 40 }, 1),
            (self.profile.non_blocking, 2),
            (9, 3),
            (2, 4),
            (2, 5),
            (1, 6),
            (1, 7),
            (1, 8),
            (3, 9),
            (2, 10),
            (1, 11),
            (4, 12),
            (3, 13),
        ])?;
        Some(match choice {
            0 => Act::Bind { id, full: self.dice.chance(40) },
            1 => {
                if socket.fileno.is_some() {
                    self.ahead.push(Act::Fileno { id });
                }
                Act::Connect { id, to: self.dice.pick(&listeners)?, ex: self.dice.chance(40) }
            }
            2 => Act::SetBlocking { id, on: self.dice.chance(15) },
            3 => self.option(id)?,
            4 => Act::Name { id },
            5 => Act::PeerName { id },
            6 => self.send(id)?,
            7 => Act::Recv { id, size: 100, how: Taking::Recv, flags: Flags::default() },
            8 => Act::Shutdown { id, how: u8::try_from(self.dice.below(3)).ok()? },
            9 => Act::Connect { id, to: self.any(world, |_| true)?, ex: self.dice.chance(50) },
            10 => Act::BindTaken { id, of: self.any(world, |other| other.bound.is_some())? },
            11 => Act::Accept { id, new: fresh(world) },
            12 => Act::Fileno { id },
            _ => Act::Close { id },
        })
    }

    fn listening(&mut self, world: &World, id: Id, socket: &Socket, waiting: usize) -> Option<Act> {
        if waiting > 0 && self.dice.chance(if self.profile.non_blocking > 20 { 25 } else { 60 }) {
            return Some(Act::Accept { id, new: fresh(world) });
        }
        let crowds = socket.family == Family::Unix && self.profile.non_blocking > 20;
        if crowds && waiting == 0 && self.dice.chance(30) {
            self.plan_ahead(world, id);
            return self.ahead.pop();
        }
        if self.dice.chance(60) {
            let family = socket.family;
            let idle = ids(world, |other| {
                other.family == family && other.bound.is_none() && matches!(other.state, State::Idle)
            });
            return Some(match self.dice.pick(&idle) {
                Some(client) => Act::Connect { id: client, to: id, ex: self.dice.chance(40) },
                None => self.make(world, family, Kind::Stream),
            });
        }
        let choice =
            self.dice.weighted(&[(3, 0), (3, 1), (2, 2), (2, 3), (3, 4), (3, 5), (2, 6), (4, 7), (1, 8)])?;
        Some(match choice {
            0 => Act::Name { id },
            1 => Act::PeerName { id },
            2 => Act::Recv { id, size: 10, how: Taking::Recv, flags: Flags::default() },
            3 => Act::Fileno { id },
            4 => self.option(id)?,
            5 => Act::SetBlocking { id, on: self.dice.chance(50) },
            6 => Act::Close { id },
            7 => Act::Accept { id, new: fresh(world) },
            _ => Act::Connect { id: self.any(world, |_| true)?, to: id, ex: self.dice.chance(50) },
        })
    }

    fn joined(&mut self, world: &World, id: Id, socket: &Socket) -> Option<Act> {
        let (joined, end) = world.joined(id)?;
        if joined.open {
            return Some(Act::Close { id });
        }
        let (out, back) = (&joined.ways[end], &joined.ways[1 - end]);
        let peer = socket.owner == Owner::Peer;
        if back.feeding {
            let size = back.pending();
            let flags = Flags { wait_all: true, ..Flags::default() };
            return Some(Act::Recv { id, size, how: Taking::Recv, flags });
        }
        if out.feeding {
            return Some(Act::Fed { id });
        }
        if back.draining && back.finished {
            return Some(Act::Drained { id });
        }
        let local = socket.family == Family::Unix;
        let wakes = if socket.blocking == Some(true) { 2 } else { 8 };
        let choice = self.dice.weighted(&[
            (34, 0),
            (if back.pending() > 0 || back.finished { 50 } else { 10 }, 1),
            (5, 2),
            (4, 3),
            (4, 4),
            (5, 5),
            (3, 6),
            (if peer { 0 } else { wakes + self.profile.non_blocking / 3 }, 7),
            (3, 8),
            (usize::from(peer && local), 9),
            (usize::from(peer) * 2, 10),
            (usize::from(peer) * 2, 11),
            (if local && !peer { 3 } else { 0 }, 12),
            (usize::from(socket.options.contains_key(&Opt::SendBuffer)) * 30, 13),
            (1, 14),
            (1, 15),
            (1, 16),
        ])?;
        Some(match choice {
            0 => self.send(id)?,
            1 => self.recv(world, id)?,
            2 => Act::Shutdown { id, how: self.dice.weighted(&[(5, 1), (2, 0), (2, 2)])? },
            3 => Act::Close { id },
            4 => Act::Name { id },
            5 => Act::PeerName { id },
            6 => self.option(id)?,
            7 => Act::SetBlocking { id, on: socket.blocking != Some(true) },
            8 => Act::Fileno { id },
            9 => Act::Feed { id },
            10 => Act::Drain { id },
            11 => Act::Reset { id },
            12 => Act::SetOption { id, option: Opt::SendBuffer, value: 0 },
            13 => {
                // Nothing more gets in.
                let more = self.send(id)?;
                self.ahead.push(more);
                Act::Stuff { id }
            }
            14 => Act::Listen { id, backlog: 1 },
            15 => Act::Accept { id, new: fresh(world) },
            _ => {
                let family = socket.family;
                let to = self.any(world, |other| {
                    other.family == family && matches!(other.state, State::Listening { .. })
                })?;
                Act::Connect { id, to, ex: self.dice.chance(50) }
            }
        })
    }

    fn dgram(&mut self, world: &World, id: Id, socket: &Socket) -> Option<Act> {
        let State::Dgram { queue, peer } = &socket.state else { return None };
        let family = socket.family;
        if socket.local.is_some() && world.address(id)?.template().is_none() && self.dice.chance(60) {
            return Some(Act::Name { id });
        }
        if peer.is_some() && self.dice.chance(15) {
            self.plan_ahead(world, id);
            return self.ahead.pop();
        }
        let choice = self.dice.weighted(&[
            (if socket.local.is_none() { 40 } else { 1 }, 0),
            (if peer.is_some() { 35 } else { 2 }, 1),
            (if peer.is_some() { 3 } else { 35 }, 2),
            (if queue.is_empty() { 8 } else { 45 }, 3),
            (if peer.is_some() { 12 } else { 8 }, 4),
            (4, 5),
            (if peer.is_some() { 12 } else { 3 }, 6),
            (4, 7),
            (2 + self.profile.non_blocking / 3, 8),
            (2, 9),
            (2, 10),
            (2, 11),
            (usize::from(family == Family::Unix), 12),
            (1, 13),
            (1, 14),
        ])?;
        Some(match choice {
            0 => Act::Bind { id, full: self.dice.chance(40) },
            1 => self.send(id)?,
            2 => {
                let to = self.any(world, |other| known(world, other, family))?;
                Act::SendTo { id, to, data: self.data(), flags: self.dice.chance(30) }
            }
            3 => self.recv(world, id)?,
            4 => {
                let to = self.any(world, |other| known(world, other, family))?;
                if self.dice.chance(50) {
                    self.ahead.push(Act::PeerName { id });
                }
                Act::Connect { id, to, ex: self.dice.chance(40) }
            }
            5 => Act::Name { id },
            6 => Act::PeerName { id },
            7 => self.option(id)?,
            8 => Act::SetBlocking { id, on: socket.blocking != Some(true) },
            9 => Act::Fileno { id },
            10 => Act::Close { id },
            11 => Act::BindTaken { id, of: self.any(world, |other| other.bound.is_some())? },
            12 => Act::SendToNobody { id },
            13 => Act::Listen { id, backlog: 1 },
            _ => Act::Accept { id, new: fresh(world) },
        })
    }

    fn any(&mut self, world: &World, such: impl Fn(&Socket) -> bool) -> Option<Id> {
        let ids = ids(world, such);
        self.dice.pick(&ids)
    }

    fn option(&mut self, id: Id) -> Option<Act> {
        let option = self.dice.weighted(&[
            (3, Opt::KeepAlive),
            (2, Opt::ReuseAddr),
            (2, Opt::Broadcast),
            (1, Opt::Type),
            (1, Opt::Error),
        ])?;
        Some(if self.dice.chance(45) {
            Act::SetOption { id, option, value: i64::from(self.dice.chance(80)) }
        } else {
            Act::GetOption { id, option }
        })
    }

    fn data(&mut self) -> Data {
        let few = |dice: &mut Dice, most: usize| {
            let length = if dice.chance(4) { 0 } else { 1 + dice.below(most) };
            let plain = dice.chance(80);
            let byte = |dice: &mut Dice| {
                let byte = if plain { usize::from(b'a') + dice.below(26) } else { dice.below(256) };
                u8::try_from(byte).unwrap_or(0)
            };
            Data::Bytes((0..length).map(|_| byte(dice)).collect())
        };
        match self.scale {
            Scale::Few => few(&mut self.dice, 10),
            Scale::Some if self.dice.chance(50) => few(&mut self.dice, 60),
            Scale::Some => Data::Filler(33 + self.dice.below(3000)),
            Scale::Many if self.dice.chance(30) => few(&mut self.dice, 30),
            Scale::Many => Data::Filler(5000 + self.dice.below(27_000)),
        }
    }

    fn send(&mut self, id: Id) -> Option<Act> {
        let how = self.dice.weighted(&[(5, Sending::Send), (4, Sending::SendAll), (1, Sending::DontWait)])?;
        Some(Act::Send { id, data: self.data(), how })
    }

    fn recv(&mut self, world: &World, id: Id) -> Option<Act> {
        let socket = world.socket(id)?;
        let (pending, first, stream) = match &socket.state {
            State::Dgram { queue, .. } => {
                let first = queue.front().map_or(0, |packet| packet.data.len());
                (first, first, false)
            }
            _ => {
                let (joined, end) = world.joined(id)?;
                let way = &joined.ways[1 - end];
                (way.pending(), way.chunks.front().map_or(0, Vec::len), true)
            }
        };
        let size = match self.dice.below(10) {
            0 => 1,
            1 => 1 + self.dice.below(8),
            2 | 3 => pending.max(1),
            4 | 5 => first.max(1),
            6 => 1 + self.dice.below(pending.max(1)),
            8 if !stream => 1 + self.dice.below(pending.max(1)),
            7 => pending + 1 + self.dice.below(100),
            8 if stream => 0,
            _ => 65_536,
        };
        if socket.owner == Owner::Peer {
            let how = match (stream, self.dice.below(4)) {
                (_, 0) => Taking::Recv,
                (true, _) => Taking::Exactly,
                (false, _) => Taking::RecvFrom,
            };
            return Some(Act::Recv { id, size, how, flags: Flags::default() });
        }
        let from = self.dice.chance(if stream { 10 } else { 60 });
        let flags = Flags {
            peek: self.dice.chance(18),
            dont_wait: pending == 0 && self.dice.chance(70) || self.dice.chance(10),
            wait_all: stream && size <= pending && self.dice.chance(30),
        };
        Some(Act::Recv { id, size, how: if from { Taking::RecvFrom } else { Taking::Recv }, flags })
    }

    /// The acts that read, at a sequence's end, all that still waits somewhere, one after the other.
    pub(crate) fn last(&mut self, world: &World) -> Option<Act> {
        self.last.get_or_insert_with(|| endings(world).into_iter().rev().collect()).pop()
    }
}

/// Whether it is a socket of that family whose address the steps know.
pub(crate) fn known(world: &World, socket: &Socket, family: Family) -> bool {
    socket.family == family && socket.local.is_some_and(|at| world.addresses[at].template().is_some())
}

/// A number that no socket has yet.
pub(crate) fn fresh(world: &World) -> Id {
    world.sockets.keys().next_back().map_or(1, |last| last.saturating_add(1))
}

fn ids(world: &World, such: impl Fn(&Socket) -> bool) -> Vec<Id> {
    world.sockets.iter().filter(|(_, socket)| such(socket)).map(|(id, _)| *id).collect()
}

fn endings(world: &World) -> Vec<Act> {
    let mut acts = Vec::new();
    for (&id, socket) in &world.sockets {
        let peer = socket.owner == Owner::Peer;
        if let State::Dgram { queue, .. } = &socket.state {
            let read = Act::Recv { id, size: 65_536, how: Taking::RecvFrom, flags: Flags::default() };
            acts.extend(std::iter::repeat_n(read, queue.len()));
        }
        let Some((joined, end)) = world.joined(id) else { continue };
        let (out, back) = (&joined.ways[end], &joined.ways[1 - end]);
        if out.draining {
            acts.extend([Act::Shutdown { id, how: 1 }]);
            acts.extend(joined.ends[1 - end].map(|id| Act::Drained { id }));
        }
        if back.pending() == 0 || back.draining {
            continue;
        }
        let waits = socket.blocking == Some(true);
        if !waits {
            acts.push(Act::SetBlocking { id, on: true });
        }
        let flags = Flags { wait_all: !peer, ..Flags::default() };
        let how = if peer { Taking::Exactly } else { Taking::Recv };
        acts.push(Act::Recv { id, size: back.pending(), how, flags });
        if back.feeding {
            acts.extend(joined.ends[1 - end].map(|id| Act::Fed { id }));
        }
    }
    acts
}
