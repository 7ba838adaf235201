//! Acts: what a sequence is made of. An act names sockets by numbers that stay when other acts are left out.

use sockspec_cases::{Template, fill};
use sockspec_subject::Value;

/// A socket's number within a sequence.
pub(crate) type Id = u16;

/// Whose a socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Subject,
    Peer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Inet,
    Inet6,
    Unix,
}

impl Family {
    pub(crate) fn constant(self) -> &'static str {
        match self {
            Self::Inet => "AF_INET",
            Self::Inet6 => "AF_INET6",
            Self::Unix => "AF_UNIX",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stream,
    Dgram,
}

impl Kind {
    pub(crate) fn constant(self) -> &'static str {
        match self {
            Self::Stream => "SOCK_STREAM",
            Self::Dgram => "SOCK_DGRAM",
        }
    }
}

/// Options that are read and set as integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Opt {
    ReuseAddr,
    KeepAlive,
    Broadcast,
    Type,
    Error,
    /// The send buffer; it is only ever made small.
    SendBuffer,
}

impl Opt {
    pub(crate) fn constant(self) -> &'static str {
        match self {
            Self::ReuseAddr => "SO_REUSEADDR",
            Self::KeepAlive => "SO_KEEPALIVE",
            Self::Broadcast => "SO_BROADCAST",
            Self::Type => "SO_TYPE",
            Self::Error => "SO_ERROR",
            Self::SendBuffer => "SO_SNDBUF",
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    /// These bytes; few.
    Bytes(Vec<u8>),
    /// So many bytes of the filler.
    Filler(usize),
}

impl Data {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Filler(length) => *length,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Filler(length) => fill(*length),
        }
    }

    pub(crate) fn template(&self) -> Template {
        match self {
            Self::Bytes(bytes) => Template::Value(Value::bytes(bytes.clone())),
            Self::Filler(length) => Template::Filler(*length),
        }
    }

    /// Less of the same.
    fn cut(&self, length: usize) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes[..length].to_vec()),
            Self::Filler(_) => Self::Filler(length),
        }
    }
}

/// How data is sent over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    Send,
    SendAll,
    DontWait,
}

/// How data is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    Recv,
    RecvFrom,
    /// The peer's own: until so many bytes are there, or the end.
    Exactly,
}

/// The flags of a receiving call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) peek: bool,
    pub(crate) dont_wait: bool,
    pub(crate) wait_all: bool,
}

impl Flags {
    /// The constants' names, or-ed; `None` where there are no flags.
    pub(crate) fn names(self) -> Option<String> {
        let names: Vec<&str> =
            [(self.peek, "MSG_PEEK"), (self.dont_wait, "MSG_DONTWAIT"), (self.wait_all, "MSG_WAITALL")]
                .into_iter()
                .filter_map(|(set, name)| set.then_some(name))
                .collect();
        (!names.is_empty()).then(|| names.join("|"))
    }
}

/// What is tried on a socket that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    GetSockName,
    GetSockOpt,
    SetSockOpt,
    SetBlocking,
    Send,
    Recv,
    Listen,
    Shutdown,
}

/// One act of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    Make {
        id: Id,
        owner: Owner,
        family: Family,
        kind: Kind,
    },
    /// Binds to an address that the system chooses, or a path of its own.
    Bind {
        id: Id,
        full: bool,
    },
    /// Binds to the address that another socket has.
    BindTaken {
        id: Id,
        of: Id,
    },
    Listen {
        id: Id,
        backlog: u8,
    },
    Connect {
        id: Id,
        to: Id,
        ex: bool,
    },
    Accept {
        id: Id,
        new: Id,
    },
    Send {
        id: Id,
        data: Data,
        how: Sending,
    },
    SendTo {
        id: Id,
        to: Id,
        data: Data,
        flags: bool,
    },
    /// Sends to a path that nobody has.
    SendToNobody {
        id: Id,
    },
    Recv {
        id: Id,
        size: usize,
        how: Taking,
        flags: Flags,
    },
    Shutdown {
        id: Id,
        how: u8,
    },
    Close {
        id: Id,
    },
    /// The peer ends a connection with a reset.
    Reset {
        id: Id,
    },
    SetOption {
        id: Id,
        option: Opt,
        value: i64,
    },
    GetOption {
        id: Id,
        option: Opt,
    },
    SetBlocking {
        id: Id,
        on: bool,
    },
    Name {
        id: Id,
    },
    PeerName {
        id: Id,
    },
    Fileno {
        id: Id,
    },
    /// Sends more than the buffers hold, without waiting.
    Stuff {
        id: Id,
    },
    /// The peer sends more than the buffers hold, in the background, and ends its half.
    Feed {
        id: Id,
    },
    Fed {
        id: Id,
    },
    /// The peer reads in the background until the end.
    Drain {
        id: Id,
    },
    Drained {
        id: Id,
    },
    Late {
        id: Id,
        what: Late,
    },
}

impl Act {
    /// The numbers of the sockets that it speaks of.
    fn ids_mut(&mut self) -> [Option<&mut Id>; 2] {
        match self {
            Self::BindTaken { id, of: other }
            | Self::Connect { id, to: other, .. }
            | Self::Accept { id, new: other }
            | Self::SendTo { id, to: other, .. } => [Some(id), Some(other)],
            Self::Make { id, .. }
            | Self::Bind { id, .. }
            | Self::Listen { id, .. }
            | Self::Send { id, .. }
            | Self::SendToNobody { id }
            | Self::Recv { id, .. }
            | Self::Shutdown { id, .. }
            | Self::Close { id }
            | Self::Reset { id }
            | Self::SetOption { id, .. }
            | Self::GetOption { id, .. }
            | Self::SetBlocking { id, .. }
            | Self::Name { id }
            | Self::PeerName { id }
            | Self::Fileno { id }
            | Self::Stuff { id }
            | Self::Feed { id }
            | Self::Fed { id }
            | Self::Drain { id }
            | Self::Drained { id }
            | Self::Late { id, .. } => [Some(id), None],
        }
    }

    /// The same act on one socket in place of another.
    pub(crate) fn with_in_place_of(&self, one: Id, other: Id) -> Self {
        let mut act = self.clone();
        for id in act.ids_mut().into_iter().flatten() {
            if *id == other {
                *id = one;
            }
        }
        act
    }

    /// The same act, a little plainer, in the order to be tried.
    pub(crate) fn plainer(&self) -> Vec<Self> {
        let mut plainer = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut act = self.clone();
            change(&mut act);
            if act != *self {
                plainer.push(act);
            }
        };
        match self {
            Self::Bind { .. } => with(&|act| {
                if let Self::Bind { full, .. } = act {
                    *full = false;
                }
            }),
            Self::Connect { .. } => with(&|act| {
                if let Self::Connect { ex, .. } = act {
                    *ex = false;
                }
            }),
            Self::Listen { .. } => with(&|act| {
                if let Self::Listen { backlog, .. } = act {
                    *backlog = 1;
                }
            }),
            Self::Send { data: sent, .. } | Self::SendTo { data: sent, .. } => {
                with(&|act| match act {
                    Self::Send { how, .. } => *how = Sending::Send,
                    Self::SendTo { flags, .. } => *flags = false,
                    _ => {}
                });
                let length = sent.len();
                for shorter in [1, length / 2, length - length / 4, length.saturating_sub(1)] {
                    if (1..length).contains(&shorter) {
                        with(&|act| {
                            if let Self::Send { data, .. } | Self::SendTo { data, .. } = act {
                                *data = data.cut(shorter);
                            }
                        });
                    }
                }
            }
            Self::Recv { size: whole, .. } => {
                with(&|act| {
                    if let Self::Recv { flags, .. } = act {
                        *flags = Flags::default();
                    }
                });
                with(&|act| {
                    if let Self::Recv { how: how @ Taking::RecvFrom, .. } = act {
                        *how = Taking::Recv;
                    }
                });
                for smaller in [1, whole / 2, whole - whole / 4] {
                    if (1..*whole).contains(&smaller) {
                        with(&|act| {
                            if let Self::Recv { size, .. } = act {
                                *size = smaller;
                            }
                        });
                    }
                }
            }
            _ => {}
        }
        plainer
    }
}
