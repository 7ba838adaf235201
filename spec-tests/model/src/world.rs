//! What the model knows: sockets, their connections and what lies in them, and the addresses that came up.

use std::collections::{BTreeMap, VecDeque};

use sockspec_cases::{Pattern, Template};
use sockspec_subject::Value;

use crate::act::{Family, Id, Kind, Opt, Owner};
use crate::expect::{any, between, exact};

/// Everything that a sequence has brought about so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) sockets: BTreeMap<Id, Socket>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) addresses: Vec<Address>,
    /// How many acts there were.
    pub(crate) time: u32,
    names: BTreeMap<&'static str, u32>,
}

/// A socket as the model sees it.
#[derive(Debug, Clone)]
pub(crate) struct Socket {
    /// What the steps call it.
    pub(crate) name: String,
    pub(crate) owner: Owner,
    pub(crate) family: Family,
    pub(crate) kind: Kind,
    pub(crate) state: State,
    /// Whether it waits; `None` where that is left open.
    pub(crate) blocking: Option<bool>,
    /// What options were set to; `None` where the system may have chosen.
    pub(crate) options: BTreeMap<Opt, i64>,
    /// Whether options that were never set have their first values.
    pub(crate) fresh: bool,
    /// Its own address.
    pub(crate) local: Option<usize>,
    /// Whether it was bound by name, and when.
    pub(crate) bound: Option<u32>,
    /// What the steps call its descriptor's number.
    pub(crate) fileno: Option<String>,
}

/// What a socket is up to.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// A stream with no connection yet.
    Idle,
    Listening {
        backlog: u8,
        /// Connections that wait to be accepted.
        queue: VecDeque<usize>,
    },
    /// A connection that was begun without waiting and is not accepted yet.
    Connecting,
    /// An end of a connection: 0 for the one that connected, 1 for the one that was accepted.
    Joined { connection: usize, end: usize },
    Dgram {
        queue: VecDeque<Packet>,
        /// Whom it is connected to.
        peer: Option<Id>,
    },
    /// What it does now is left open; it can be closed.
    Open,
    /// Since when.
    Closed(u32),
}

/// A datagram that waits.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub(crate) data: Vec<u8>,
    pub(crate) from: Option<usize>,
    /// Whether it surely is there already.
    pub(crate) arrived: bool,
}

/// A connection, from the moment that one end asked for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection {
    /// Who asked, and who was accepted.
    pub(crate) ends: [Option<Id>; 2],
    /// Which listening socket was asked.
    pub(crate) asked: Option<Id>,
    /// Whether it was begun without waiting.
    pub(crate) begun: bool,
    /// Which ends are closed.
    pub(crate) gone: [bool; 2],
    /// What goes from each end to the other.
    pub(crate) ways: [Way; 2],
    /// Whether the peer has reset it, and the subject has not heard of that yet.
    pub(crate) reset: bool,
    /// Whether it has heard of it.
    pub(crate) heard: bool,
    /// Whether nothing is certain about it any longer.
    pub(crate) open: bool,
}

/// How full the buffers of one direction are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fill {
    #[default]
    Room,
    Full,
    /// Something was taken out since they were full.
    Unknown,
}

/// One direction of a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    /// What was sent and not taken yet, call by call.
    pub(crate) chunks: VecDeque<Vec<u8>>,
    /// How much of the first chunk was read already.
    pub(crate) taken: usize,
    /// How many bytes of that are surely there already.
    pub(crate) arrived: usize,
    /// Whether nothing more comes.
    pub(crate) finished: bool,
    /// Whether the end that reads has stopped reading.
    pub(crate) deaf: bool,
    pub(crate) fill: Fill,
    /// Whether the peer sends in the background.
    pub(crate) feeding: bool,
    /// Whether the peer reads in the background.
    pub(crate) draining: bool,
}

impl Way {
    /// How many bytes wait.
    pub(crate) fn pending(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    /// How many bytes take up room: a local socket's buffer holds a chunk whole until its last byte is read.
    pub(crate) fn held(&self) -> usize {
        self.pending() + self.taken
    }

    /// The first bytes that wait, at most so many.
    pub(crate) fn front(&self, size: usize) -> Vec<u8> {
        self.chunks.iter().flatten().copied().take(size).collect()
    }

    /// Takes so many bytes away. What is left of a chunk of which a part was there is there too.
    pub(crate) fn take(&mut self, mut size: usize) {
        self.arrived = self.arrived.saturating_sub(size);
        while size > 0 {
            let Some(first) = self.chunks.front_mut() else { break };
            if first.len() > size {
                first.drain(..size);
                self.taken += size;
                self.arrived = self.arrived.max(if first.len() <= SURELY_WHOLE { first.len() } else { 0 });
                break;
            }
            size -= first.len();
            self.chunks.pop_front();
            self.taken = 0;
        }
        if self.fill != Fill::Room {
            self.fill = if self.chunks.is_empty() { Fill::Room } else { Fill::Unknown };
        }
    }
}

/// What is sent in one call and no longer than this arrives in one piece.
pub(crate) const SURELY_WHOLE: usize = 4096;

/// An address that a socket has or had.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) family: Family,
    /// Whether its host is the one that stands for every host.
    pub(crate) wild: bool,
    /// Whether what the steps know of it may show that host.
    pub(crate) shown_wild: bool,
    /// The path, for local sockets.
    pub(crate) path: Option<String>,
    /// What the steps call it, once one has shown it.
    pub(crate) variable: Option<String>,
}

impl Address {
    /// What it looks like from the socket that has it (`own`), or from others.
    pub(crate) fn pattern(&self, own: bool) -> Pattern {
        if let Some(path) = &self.path {
            return Pattern::Exact(Template::Path { name: path.clone(), length: None });
        }
        let port = match &self.variable {
            Some(name) => Pattern::Exact(Template::Ref { name: name.clone(), at: vec![1] }),
            None => between(1, 65535),
        };
        inet(self.family, own && self.wild, port)
    }

    /// The address to be handed in, where the steps know it.
    pub(crate) fn template(&self) -> Option<Template> {
        if let Some(path) = &self.path {
            return Some(Template::Path { name: path.clone(), length: None });
        }
        let name = self.variable.clone()?;
        if !self.shown_wild {
            return Some(Template::Ref { name, at: Vec::new() });
        }
        let mut items =
            vec![Template::Value(Value::str(host(self.family, false))), Template::Ref { name, at: vec![1] }];
        if self.family == Family::Inet6 {
            items.extend([Template::Value(Value::int(0)), Template::Value(Value::int(0))]);
        }
        Some(Template::Tuple(items))
    }
}

pub(crate) fn host(family: Family, wild: bool) -> &'static str {
    match (family, wild) {
        (Family::Inet6, false) => "::1",
        (Family::Inet6, true) => "::",
        (_, false) => "127.0.0.1",
        (_, true) => "0.0.0.0",
    }
}

/// An address with that port.
pub(crate) fn inet(family: Family, wild: bool, port: Pattern) -> Pattern {
    let mut items = vec![exact(Value::str(host(family, wild))), port];
    if family == Family::Inet6 {
        items.extend([exact(Value::int(0)), exact(Value::int(0))]);
    }
    Pattern::Tuple(items)
}

/// Whose address it is that others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The socket's own.
    Own,
    /// Another's.
    Others,
}

impl World {
    /// A name that nothing has yet: `s1`, `s2`, …
    pub(crate) fn name(&mut self, prefix: &'static str) -> String {
        let count = self.names.entry(prefix).or_default();
        *count += 1;
        format!("{prefix}{count}")
    }

    /// The name that [`World::name`] would give.
    pub(crate) fn next_name(&self, prefix: &'static str) -> String {
        format!("{prefix}{}", self.names.get(prefix).unwrap_or(&0) + 1)
    }

    pub(crate) fn socket(&self, id: Id) -> Option<&Socket> {
        self.sockets.get(&id)
    }

    /// Changes a socket.
    pub(crate) fn with(&mut self, id: Id, change: impl FnOnce(&mut Socket)) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            change(socket);
        }
    }

    /// The connection that a socket is an end of, and which end.
    pub(crate) fn joined(&self, id: Id) -> Option<(&Connection, usize)> {
        match self.socket(id)?.state {
            State::Joined { connection, end } => Some((&self.connections[connection], end)),
            _ => None,
        }
    }

    /// Changes the connection that a socket is an end of.
    pub(crate) fn with_joined(&mut self, id: Id, change: impl FnOnce(&mut Connection, usize)) {
        if let Some(&Socket { state: State::Joined { connection, end }, .. }) = self.socket(id) {
            change(&mut self.connections[connection], end);
        }
    }

    pub(crate) fn address(&self, id: Id) -> Option<&Address> {
        self.socket(id)?.local.map(|at| &self.addresses[at])
    }

    /// A new address.
    pub(crate) fn add_address(&mut self, family: Family, wild: bool, path: Option<String>) -> usize {
        self.addresses.push(Address { family, wild, shown_wild: wild, path, variable: None });
        self.addresses.len() - 1
    }

    /// What a step must show of an address, and the name to bind what it shows to, where it has none yet.
    ///
    /// A local socket without a name shows no more than a text.
    pub(crate) fn shows(&self, address: Option<usize>, seen: Seen) -> (Pattern, Option<String>) {
        match address.map(|at| &self.addresses[at]) {
            None => (any("str"), None),
            Some(address) => {
                let unknown = address.path.is_none() && address.variable.is_none();
                (address.pattern(seen == Seen::Own), unknown.then(|| self.next_name("n")))
            }
        }
    }

    /// Remembers that a step bound an address.
    pub(crate) fn learn(&mut self, address: Option<usize>, bound: Option<&String>) {
        if let (Some(at), Some(_)) = (address, bound) {
            let name = self.name("n");
            self.addresses[at].variable = Some(name);
        }
    }
}
