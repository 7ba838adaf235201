//! A case alone: as a script that shows it with no sockspec around.
//!
//! Whoever has to mend an implementation wants to see the departure in their own terms. A [`Scene`] is a case with what
//! stands around it; [`python`] writes it as a script for any Python from 2.7 on, [`rust`] as a test over
//! [`Subject`](sockspec_subject::Subject), [`wire`] as the requests that a driver is to be sent. What each step must lead
//! to is written into the script, as the case has it. Nothing here runs anything.

mod needs;
mod python;
mod rust;
mod scene;
mod templates;
mod wire;

pub use python::python;
pub use rust::rust;
pub use scene::Scene;
pub use wire::{Requests, wire};

/// Why a case cannot be written in that form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inexpressible {
    /// An object of one run means nothing in another.
    #[error("{0} has no value in a script: refer to what a step bound")]
    Value(String),
    /// A list of requests is written before the first reply is there.
    #[error("step {step} ({shown}) {why}; `--as python` writes a script that can")]
    Request {
        /// The step's place, from 1.
        step: usize,
        /// The step as reports show it.
        shown: String,
        /// What a list of requests cannot do.
        why: String,
    },
}
