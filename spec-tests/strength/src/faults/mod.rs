//! The faults, a file a group of sections. They are written from the clauses alone.

mod accept;
mod addresses;
mod candidates;
mod collected;
mod connection;
mod constants;
mod conversion;
mod data;
mod entries;
mod errors;
mod examples;
mod files;
mod getaddrinfo;
mod hosts;
mod leaks;
mod life;
mod module;
mod names;
mod naming;
mod options;
mod rare;
mod recent;
mod reverse;
mod sequences;
mod unbreakable;

use crate::Fault;

pub(crate) use unbreakable::UNBREAKABLE;

/// The faults, in the order of the document, a table a file.
const TABLES: &[&[Fault]] = &[
    module::FAULTS,
    addresses::FAULTS,
    errors::FAULTS,
    constants::FAULTS,
    getaddrinfo::FAULTS,
    entries::FAULTS,
    hosts::FAULTS,
    reverse::FAULTS,
    names::FAULTS,
    naming::FAULTS,
    conversion::FAULTS,
    life::FAULTS,
    accept::FAULTS,
    connection::FAULTS,
    data::FAULTS,
    files::FAULTS,
    collected::FAULTS,
    options::FAULTS,
    examples::FAULTS,
    recent::FAULTS,
    rare::FAULTS,
    sequences::FAULTS,
    leaks::FAULTS,
];

/// Every fault.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    TABLES.iter().copied().flatten()
}

/// The fault of that id.
pub fn find(id: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.id == id)
}

/// Why no fault breaks this clause, where that is said.
pub fn unbreakable(clause: &str) -> Option<&'static str> {
    UNBREAKABLE.iter().find(|entry| entry.clause == clause).map(|entry| entry.why)
}
