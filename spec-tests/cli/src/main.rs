//! The sockspec command: judges an implementation of Python's documented socket interface, clause by clause.

mod about;
mod answers;
mod args;
mod bench;
mod clauses;
mod compare;
mod diff;
mod doctor;
mod drive;
mod exit;
mod expect;
mod findings;
mod gate;
mod interpreters;
mod lab;
mod list;
mod load;
mod matrix;
mod merge;
mod output;
mod programs;
mod properties;
mod quote;
mod registry;
mod regressions;
mod repeat;
mod replay;
mod reported;
mod reports;
mod repro;
mod roster;
mod run;
mod schedule;
mod select;
mod shard;
mod show;
mod signals;
mod smoke;
mod strength;
mod subjects;
mod told;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use exit::Failure;

fn main() -> ExitCode {
    // A driver of the reference may be started by a worker, whose environment it inherits: it is asked for by name.
    if let Some(code) = drive::entry() {
        return code;
    }
    // Before any thread is started: a worker enters its lab while it is alone.
    if let Some(code) = sockspec_engine::worker_entry(&subjects::in_process, &properties::all) {
        return code;
    }
    let args = Args::parse();
    match obey(args) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn obey(args: Args) -> Result<ExitCode, Failure> {
    let fixtures = args.fixtures.as_deref();
    match args.command.unwrap_or_default() {
        Command::Run(run) => run::run(&run, fixtures),
        Command::Expect(args) => expect::expect(&args, fixtures),
        Command::Findings => findings::findings(fixtures),
        Command::Merge(merge) => merge::merge(&merge, fixtures),
        Command::Compare(args) => compare::compare(&args),
        Command::Completions(args) => about::completions(&args),
        Command::Man => about::man(),
        Command::Bench(args) => bench::bench(&args, fixtures),
        Command::Matrix(args) => matrix::matrix(&args, fixtures),
        Command::List(list) => list::list(&list, fixtures),
        Command::Show(show) => show::show(&show, fixtures),
        Command::Clauses(clauses) => clauses::clauses(&clauses, fixtures),
        Command::Repro(args) => repro::repro(&args, fixtures),
        Command::Lab(lab) => lab::lab(&lab, fixtures),
        Command::Subjects(subjects) => roster::subjects(&subjects),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Smoke(smoke) => smoke::smoke(&smoke),
        Command::Diff(args) => diff::diff(&args, fixtures),
        Command::Strength(args) => strength::strength(&args, fixtures),
    }
}
