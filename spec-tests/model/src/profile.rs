//! Profiles: what the sequences of each property are like.

use crate::act::{Family, Kind};

/// What sequences are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) families: &'static [Family],
    pub(crate) kinds: &'static [Kind],
    /// How many sockets may be open at once.
    pub(crate) sockets: usize,
    /// The fewest and the most acts.
    pub(crate) acts: (usize, usize),
    /// How often of a hundred times a socket without a connection stops waiting, rather than going on.
    pub(crate) non_blocking: usize,
    /// How often of a hundred times a sequence sends much.
    pub(crate) large: usize,
}

const STREAMS: Profile =
    Profile { families: &[], kinds: &[Kind::Stream], sockets: 6, acts: (24, 48), non_blocking: 4, large: 25 };
const DATAGRAMS: Profile = Profile { kinds: &[Kind::Dgram], sockets: 5, large: 10, ..STREAMS };

pub(crate) const STREAMS_INET: Profile = Profile { families: &[Family::Inet], ..STREAMS };
pub(crate) const STREAMS_INET6: Profile = Profile { families: &[Family::Inet6], ..STREAMS };
pub(crate) const STREAMS_UNIX: Profile = Profile { families: &[Family::Unix], ..STREAMS };
pub(crate) const DATAGRAMS_INET: Profile = Profile { families: &[Family::Inet], ..DATAGRAMS };
pub(crate) const DATAGRAMS_INET6: Profile = Profile { families: &[Family::Inet6], ..DATAGRAMS };
pub(crate) const DATAGRAMS_UNIX: Profile = Profile { families: &[Family::Unix], ..DATAGRAMS };
pub(crate) const MIXED: Profile = Profile {
    families: &[Family::Inet, Family::Inet6, Family::Unix],
    kinds: &[Kind::Stream, Kind::Dgram],
    sockets: 9,
    acts: (32, 64),
    non_blocking: 4,
    large: 10,
};
pub(crate) const MANY: Profile = Profile {
    families: &[Family::Inet, Family::Unix],
    kinds: &[Kind::Stream, Kind::Dgram],
    sockets: 24,
    acts: (60, 100),
    non_blocking: 3,
    large: 5,
};
pub(crate) const NON_BLOCKING: Profile = Profile {
    families: &[Family::Inet, Family::Unix, Family::Unix],
    kinds: &[Kind::Stream, Kind::Stream, Kind::Dgram],
    sockets: 12,
    acts: (32, 64),
    non_blocking: 30,
    large: 10,
};
