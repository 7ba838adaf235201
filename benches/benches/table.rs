//! Every case once through, as one table: `cargo bench -p sockspec-benches --bench table`.
//!
//! Words after `--` choose the cases whose names contain one of them.

use std::env;
use std::io;
use std::process::ExitCode;

use sockspec_benches::measure::Plan;
use sockspec_benches::table::Report;
use sockspec_benches::{World, echo, resolver};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    // Cargo says so where it means to measure; without it everything runs once, to see that it works.
    let plan = if arguments.iter().any(|argument| argument == "--bench") { Plan::TABLE } else { Plan::ONCE };
    let words: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let world = match World::enter() {
        Ok(world) => world,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::new();
    for case in resolver::cases().into_iter().chain(echo::cases()) {
        if words.is_empty() || words.iter().any(|word| case.name().contains(word.as_str())) {
            report.measure(&case, &world, plan);
        }
    }
    match report.write(&world, plan, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
