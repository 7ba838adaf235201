//! Runs cases against a subject, and says what came of each.
//!
//! The harness never enters a lab itself. It starts *workers*: the same binary once more, each of which enters a lab
//! of its own while it has a single thread, starts the subject there, and runs the cases that it is handed. So an
//! in-process subject that aborts or hangs takes down one worker and costs one case. A program that runs an engine
//! calls [`worker_entry`] first thing in `main`, before it starts a thread.
//!
//! The engine knows no subject: an in-process one comes from the factory that the program hands in, and so do the laws
//! and models that it checks beside cases.

pub mod bench;
mod cancel;
mod check;
mod execute;
mod facts;
mod hire;
mod order;
mod peer;
mod plan;
mod pool;
mod reap;
mod run;
mod scripted;
mod scripts;
mod trail;
mod watchdog;
mod worker;
mod worker_pipe;

pub use cancel::Cancel;
pub use execute::run_case;
pub use facts::RunFacts;
pub use peer::Peer;
pub use plan::{Check, EngineError, LabFile, LabPolicy, Plan, SubjectSpec};
pub use run::run;
pub use scripted::{Runner, Twin};
pub use scripts::{Answer, Greeting, Ran, Script};
pub use worker::{Factory, Registry, worker_entry};
