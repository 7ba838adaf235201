//! A case alone: as a script that shows it with no sockspec around.
//!
//! Whoever has to mend an implementation wants to see the departure in their own terms. A [`Scene`] is a case with what
//! stands around it; [`python`] writes it as a script for any Python from 2.7 on, [`rust`] as a test over
//! [`Subject`](sockspec_subject::Subject), [`wire`] as the requests that a driver is to be sent. What each step must lead
//! to is written into the script, as the case has it. Nothing here runs anything.
//!
//! ```
//! use sockspec_fixtures::Fixtures;
//! use sockspec_lab::LabSet;
//! use sockspec_repro::{Scene, python};
//!
//! let fixtures = Fixtures::embedded();
//! let labs = fixtures.lab_texts().filter_map(|(path, text)| Some((path.strip_prefix("labs/")?, text)));
//! let (suite, labs) = (fixtures.suite()?, LabSet::load(labs)?);
//! let scene = Scene {
//!     case: suite.case("recv/waitall/inet").ok_or("there is no such case")?,
//!     suite: &suite,
//!     labs: &labs,
//!     module: "socket",
//!     interpreter: "python3",
//!     subject: Scene::REFERENCE,
//!     lab_command: "sockspec lab",
//!     file: "repro.py",
//! };
//! let script = python(&scene)?;
//! assert!(script.contains("import socket") && script.contains("recv/waitall/inet"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
