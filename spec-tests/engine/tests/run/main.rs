//! Whole runs: workers that die, hang and misbehave, the order of results, and how a run ends early.
//!
//! A worker is this program once more, so `main` is its own: [`sockspec_engine::worker_entry`] comes first.

mod drivers;
mod early;
mod faults;
mod harness;
mod hostile;
mod hostile_drivers;
mod order;
mod scripts;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    // Before all else: what a subject leaves behind has the worker's environment too.
    if std::env::args().any(|argument| argument == hostile::BLOCK) {
        hostile::block();
    }
    if let [_, flag, behaviour] = std::env::args().collect::<Vec<_>>().as_slice()
        && flag == drivers::DRIVER
    {
        drivers::drive(behaviour);
    }
    if std::env::var_os("SOCKSPEC_WORKER").is_some() {
        // A backtrace takes longer than the calls may, on a busy machine.
        std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    }
    if let Some(code) = sockspec_engine::worker_entry(&hostile::make, &Vec::new) {
        return code;
    }
    if std::env::args().any(|argument| argument == hostile_drivers::TABLE) {
        hostile_drivers::table();
        return ExitCode::SUCCESS;
    }
    let mut arguments = Arguments::from_args();
    // What is left behind is looked for among all processes of this program: one test at a time.
    arguments.test_threads = Some(1);
    let tests = faults::TESTS.iter().chain(&order::TESTS).chain(&early::TESTS).chain(&scripts::TESTS);
    let tests = tests.chain(&hostile_drivers::TESTS);
    let trials = tests.map(|&(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
