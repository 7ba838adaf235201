//! For each law a way to be wrong that it catches.

mod lookups;
mod sockets;

use crate::wrong::Change;

/// The way to be wrong that stands for a law; ids without `laws/`.
pub(crate) fn fault(law: &str) -> Option<Change> {
    let mut all = lookups::FAULTS.iter().chain(sockets::FAULTS);
    all.find(|(name, _)| *name == law).map(|(_, change)| *change)
}
