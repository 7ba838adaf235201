//! Every sockspec case as a named test of your own crate, in one line.
//!
//! `tests/conformance.rs`:
//!
//! ```no_run
//! use sockspec_conformance::subject::typed::{Conversion, NameResolution, SocketModule, Sockets, Typed};
//! # use sockspec_conformance::subject::{Description, typed::Answer};
//! # use std::convert::Infallible;
//! # struct MySockets;
//! # impl Conversion for MySockets {
//! #     fn inet_ntoa(&mut self, packed: &[u8]) -> Answer<sockspec_conformance::subject::Text> {
//! #         let four: [u8; 4] = packed.try_into().map_err(|_| sockspec_conformance::subject::typed::Refusal::message("four bytes are wanted"))?;
//! #         Ok(std::net::Ipv4Addr::from(four).to_string().into())
//! #     }
//! # }
//! # impl NameResolution for MySockets {}
//! # impl Sockets for MySockets { type Socket = Infallible; type File = Infallible; }
//! # impl SocketModule for MySockets {
//! #     fn describe(&self) -> Description { Description { name: "my sockets".into(), ..Description::default() } }
//! # }
//!
//! sockspec_conformance::conformance!(Typed::new(MySockets));
//! ```
//!
//! and in `Cargo.toml`:
//!
//! ```toml
//! [[test]]
//! name = "conformance"
//! harness = false
//! ```
//!
//! `cargo test` and nextest then list each case by its id, filter by it, and run it in a lab of its own. The
//! environment variable `SOCKSPEC_EDITION` (`2.2`, the default, or `3`) says which edition your subject is judged by.
//! The laws are tests too, `laws/…`, with the same inputs each time: `SOCKSPEC_SEED` (up to 16 hexadecimal digits)
//! chooses others, or leads to the one input that a failure names.
//! Cases that your subject does not support, or that this machine cannot run, are shown as ignored with their reason.

mod board;
mod suite;

use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sockspec_events::{CaseResult, StepVerdict, Verdict};
pub use sockspec_subject as subject;
use sockspec_subject::Subject;

use board::Board;

/// The name that the one subject of a test binary has.
const SUBJECT: &str = "subject";

/// Writes the `main` of a test binary that runs every case on a subject. The expression makes a fresh
/// [`subject::Subject`], and is evaluated in each worker.
#[macro_export]
macro_rules! conformance {
    ($subject:expr) => {
        fn main() -> ::std::process::ExitCode {
            $crate::main(|| ::std::boxed::Box::new($subject))
        }
    };
}

/// What [`conformance!`] calls: lists or runs the cases, as the command line says.
pub fn main(make: impl Fn() -> Box<dyn Subject>) -> ExitCode {
    // First of all: a worker must be alone in its process when it enters its lab.
    if let Some(code) =
        sockspec_engine::worker_entry(&|name| (name == SUBJECT).then(&make), &suite::properties)
    {
        return code;
    }
    let arguments = Arguments::from_args();
    // nextest starts a process a case: that one need not read every file.
    let only = arguments.filter.as_deref().filter(|_| arguments.exact && !arguments.list);
    let plan = match suite::plan(jobs(&arguments), only) {
        Ok(plan) => plan,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let board = Arc::new(Board::new());
    let cases = plan.cases.iter().map(|case| case.id.as_str());
    let laws = plan.checks.iter().map(|check| check.property.about().id);
    let trials: Vec<Trial> = cases
        .chain(laws)
        .map(|id| {
            let (board, name) = (Arc::clone(&board), id.to_owned());
            Trial::ignorable_test(id, move || judge(&board, &name))
        })
        .collect();
    if !arguments.list {
        let mut plan = plan;
        let chosen: Vec<bool> = trials.iter().map(|trial| !arguments.is_filtered_out(trial)).collect();
        let mut chosen = chosen.into_iter();
        plan.cases.retain(|_| chosen.next().unwrap_or(false));
        plan.checks.retain(|_| chosen.next().unwrap_or(false));
        let running = Arc::clone(&board);
        thread::spawn(move || running.run(&plan));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn jobs(arguments: &Arguments) -> usize {
    arguments.test_threads.or_else(|| thread::available_parallelism().ok().map(NonZero::get)).unwrap_or(1)
}

fn judge(board: &Board, id: &str) -> Result<Completion, Failed> {
    let result = board.wait(id)?;
    let reason = result.reason.clone().unwrap_or_default();
    match result.verdict {
        Verdict::Pass | Verdict::Allowed => Ok(Completion::Completed),
        Verdict::Unsupported | Verdict::NotApplicable | Verdict::NotRun => {
            Ok(Completion::ignored_with(format!("{}: {reason}", result.verdict)))
        }
        Verdict::Fail | Verdict::Hang | Verdict::Crash | Verdict::Protocol => {
            Err(explain(board, &result).into())
        }
    }
}

/// What a failed test says: the clause, the steps, what was expected and what came.
fn explain(board: &Board, result: &CaseResult) -> String {
    let mut text = format!("{} ({}:{})\n", result.verdict, result.file, result.line);
    for id in &result.clauses {
        text.push_str(&format!("  {id}: {}\n", board.clause(id)));
    }
    for note in result.note.iter().chain(&result.reason) {
        text.push_str(&format!("  {note}\n"));
    }
    for step in &result.steps {
        let call = if step.call.is_empty() { &step.step } else { &step.call };
        match step.verdict {
            StepVerdict::NotReached => {}
            StepVerdict::Ok | StepVerdict::Allowed | StepVerdict::Observed => {
                text.push_str(&format!("    {call}\n"));
            }
            StepVerdict::Departs | StepVerdict::NoOutcome => {
                let got = step.got.as_deref().unwrap_or("nothing");
                text.push_str(&format!(
                    "  > {call}\n      expected {}\n      got      {got}\n",
                    step.expected
                ));
                if !step.difference.is_empty() {
                    text.push_str(&format!("      at {}\n", step.difference));
                }
            }
        }
    }
    if let Some(property) = &result.property {
        text.push_str(&format!("  SOCKSPEC_SEED={} leads to this input\n", property.seed));
        if let Some(case) = &property.case {
            text.push_str(&format!("\n{case}"));
        }
    }
    text
}
