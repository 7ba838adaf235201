//! Benchmarks of the reference beside its floor and its peers.
//!
//! The floor is the C library called as a C program would, without a copy or an allocation around it. The peers are
//! `std::net`, `rustix`, `socket2`, `tokio` and `hickory-resolver`, each used as its own users do. One command prints one
//! table of all of them: `cargo bench -p sockspec-benches --bench table`. The benches `resolver` and `echo` leave the same
//! contenders to criterion for its statistics.
//!
//! How the figures come about:
//! - Everything runs on one CPU, both ends of an echo and the DNS server included ([`World`]): across two, waking an
//!   idle CPU takes ten times as long as what is to be measured.
//! - The contenders of a case take turns in short rounds ([`measure::measure`]), so that whatever else the machine does
//!   hits all of them. A ratio compares two contenders within one round.
//! - Hosts, services and DNS answers are those of a lab. Where the machine refuses one, the cases that need it say so.

pub mod case;
pub mod echo;
pub mod measure;
pub mod resolver;
mod runtime;
pub mod table;
pub mod world;

pub use case::{Case, Contender};
pub use world::World;
