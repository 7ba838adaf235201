//! Runs cases against a subject, and says what came of each.
//!
//! The harness never enters a lab itself. It starts *workers*: the same binary once more, each of which enters a lab
//! of its own while it has a single thread, starts the subject there, and runs the cases that it is handed. So an
//! in-process subject that aborts or hangs takes down one worker and costs one case. A program that runs an engine
//! calls [`worker_entry`] first thing in `main`, before it starts a thread.
//!
//! The engine knows no subject: an in-process one comes from the factory that the program hands in, and so do the laws
//! and models that it checks beside cases.
//!
//! ```
//! use std::time::Duration;
//!
//! use sockspec_cases::{File, Suite};
//! use sockspec_engine::{Peer, RunFacts, run_case};
//! use sockspec_events::Verdict;
//! use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Value};
//!
//! /// Leaves sixteen bits as they are.
//! struct Idle;
//!
//! impl Subject for Idle {
//!     fn describe(&mut self) -> Result<Description, Fault> {
//!         Ok(Description::default())
//!     }
//!
//!     fn call(&mut self, _: &Call) -> Result<Outcome, Fault> {
//!         Ok(Outcome::Returned(Value::int(1)))
//!     }
//!
//!     fn reset(&mut self) -> Result<(), Fault> {
//!         Ok(())
//!     }
//! }
//!
//! # const CLAUSES: &str = r#"
//! # format = 1
//! # section = "byteorder"
//! # title = "Byte order"
//! # place = "module functions"
//! # [[clause]]
//! # id = "byteorder.ntohs"
//! # text = "ntohs() brings 16 bits from network to host order."
//! # demands = "subject"
//! # kind = "testable"
//! # origin = "chapter"
//! # source = "RFC 1700"
//! # editions = ["2.2", "3"]
//! # "#;
//! # const SECTIONS: &str = "format = 1\norder = [\"byteorder\"]\n";
//! let text = r#"
//! format = 1
//! [[case]]
//! id = "byteorder/one"
//! clause = ["byteorder.ntohs"]
//! basis = "documented"
//! steps = [{ call = "ntohs", args = [1], returns = 256 }]
//! "#;
//! let files = [("clauses/sections.toml", SECTIONS), ("clauses/byteorder.toml", CLAUSES), ("cases/byteorder/one.toml", text)];
//! let suite = Suite::load(&files.map(|(path, text)| File { path, text }), &[])?;
//! let mut facts = RunFacts::new(&Idle.describe()?, "/nowhere");
//! let mut peer = Peer::new(Duration::from_secs(1));
//! let result = run_case(&suite.cases[0], &mut Idle, &mut peer, &mut facts, &mut |_, _| {});
//! assert_eq!(result.verdict, Verdict::Fail);
//! assert_eq!(result.steps[0].got.as_deref(), Some("1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
