//! The command line.

mod bench;
mod diff;
mod gate;
mod reports;
mod repro;
mod shards;

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use sockspec_cases::Basis;
use sockspec_laws::Seed;
use sockspec_subject::Edition;

pub(crate) use bench::{Bench, Matrix, What};
pub(crate) use diff::Diff;
pub(crate) use gate::{Expect, Gate};
pub(crate) use reports::{ReportSpec, Reports};
pub(crate) use repro::{Form, Repro};
pub(crate) use shards::{Compare, Completions, Merge, Shards};

/// A call may take a day, should somebody step through the subject in a debugger.
const TIMEOUT_MAX: f64 = 86_400.0;

/// The Python interpreter that a script is run with where nobody says otherwise.
pub(crate) const DEFAULT_INTERPRETER: &str = "python3";

const EXIT_CODES: &str = "\
Exit status:
  0    as expected
  1    not conforming: a case failed, hung, crashed or broke the protocol; or, held to
       expectations, the gate is red: see `sockspec run --help`
  2    wrong usage, a bad fixture, or a report that cannot be written
  3    the subject could not be started
  4    a lab is required and cannot be had
  130  interrupted; what ran is reported
`sockspec lab` ends with the status of its command, or 127 when that could not be started.";

const DIFF_EXIT_CODES: &str = "\
Exit status:
  0    no difference, or each is explained by a clause or a named reason
  1    a difference that neither a clause nor a reason speaks of
  2    wrong usage, a bad fixture, or a report that cannot be written
  3    a subject could not be started
  4    no lab can be had
  130  interrupted; with --state, the same command goes on";

/// Judges an implementation of Python's documented socket interface, clause by clause.
///
/// Without a command it runs every case on the reference implementation.
#[derive(Debug, Parser)]
#[command(name = "sockspec", version = crate::about::version(), after_help = EXIT_CODES, after_long_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Args {
    /// Reads clauses, cases and labs from this folder instead of those that the program carries.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs cases on a subject and reports where it departs from the document.
    #[command(after_help = EXIT_CODES)]
    Run(Box<Run>),
    /// Writes down where a subject is known to depart, and brings such a file up to date.
    Expect(Box<Expect>),
    /// Writes every known departure of the fixtures' expectations as one page of Markdown.
    Findings,
    /// Puts the reports of all shards together, and ends as the whole run would have ended.
    #[command(after_help = EXIT_CODES)]
    Merge(Merge),
    /// Says what changed between two reports; the status is 1 when something got worse.
    Compare(Compare),
    /// Measures lookups and echoes of subjects, beside bare C calls and the reference.
    Bench(Box<Bench>),
    /// Runs many subjects side by side and writes implementations by clauses as one page.
    #[command(after_help = EXIT_CODES)]
    Matrix(Box<Matrix>),
    /// Lists cases.
    List(List),
    /// Shows a case: its clauses, its steps, and what is expected of each.
    Show(Show),
    /// Lists clauses, each with the cases that check it.
    Clauses(Clauses),
    /// Writes a case as a script that shows it with no sockspec around, or as text to be pasted.
    Repro(Box<Repro>),
    /// Runs a command inside a lab.
    Lab(Lab),
    /// Lists the subjects that have a name here: what each is, how to get it, and why one is missing.
    Subjects(Subjects),
    /// Says what this machine can run.
    Doctor(Doctor),
    /// Judges a driver: handshake, every shape of value, errors, reset, pipelining, exit.
    Smoke(Smoke),
    /// Drives two subjects with the same generated calls, and judges what they differ in.
    #[command(after_help = DIFF_EXIT_CODES)]
    Diff(Box<Diff>),
    /// Runs the cases on built-in wrong subjects, and says how many of them they find out.
    #[command(after_help = EXIT_CODES)]
    Strength(Strength),
    /// Writes completions for a shell.
    Completions(Completions),
    /// Writes the manual page.
    Man,
}

impl Default for Command {
    fn default() -> Self {
        Self::Run(Box::default())
    }
}

/// Which cases.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Selection")]
pub(crate) struct Selection {
    /// Cases by id, by its start up to a `/`, or by glob. Each of these options may be given several times, which
    /// widens the choice; different ones narrow it.
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<String>,
    /// Cases that check a clause, by id, by its start up to a `.`, or by glob.
    #[arg(long = "clause", value_name = "GLOB")]
    pub(crate) clauses: Vec<String>,
    /// Cases of that basis.
    #[arg(long, value_name = "BASIS")]
    pub(crate) basis: Vec<BasisName>,
    /// Cases of that section of the document, by name or by glob; `laws` and `model` are sections too.
    #[arg(long = "section", value_name = "NAME")]
    pub(crate) sections: Vec<String>,
    /// Laws and models alone, and of them those by id, by its start up to a `/`, or by glob.
    #[arg(long = "law", value_name = "GLOB")]
    pub(crate) laws: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BasisName {
    /// The document's words demand it.
    Documented,
    /// They leave it to the C library or the system.
    Platform,
    /// Recorded, never failed.
    Observed,
}

impl From<BasisName> for Basis {
    fn from(name: BasisName) -> Self {
        match name {
            BasisName::Documented => Self::Documented,
            BasisName::Platform => Self::Platform,
            BasisName::Observed => Self::Observed,
        }
    }
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Run {
    /// A name that `sockspec subjects` lists (`reference` unless said otherwise), or a Python interpreter by name or
    /// path (`python3`, `/opt/python/bin/python3.14`).
    #[arg(value_name = "SUBJECT", conflicts_with = "command")]
    pub(crate) subject: Option<String>,
    /// Any other driver: its command.
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
    /// Tests this module of the Python interpreter instead of `socket`.
    #[arg(long, value_name = "NAME", requires = "subject")]
    pub(crate) module: Option<String>,
    /// The edition of the document that the subject is judged by: 2.2 or 3.
    #[arg(long, default_value_t, value_name = "EDITION")]
    pub(crate) edition: Edition,
    /// How many workers there are; one for each core unless said otherwise.
    #[arg(long, value_name = "N", default_value_t = cores(), hide_default_value = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// How long the subject may take over one call: 10, unless the subject is known to need another bound.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Runs nothing where no lab can be had.
    #[arg(long, conflicts_with = "no_lab")]
    pub(crate) require_lab: bool,
    /// Runs only what needs no lab, in the system as it is.
    #[arg(long)]
    pub(crate) no_lab: bool,
    /// Ends the run at the first departure.
    #[arg(long, conflicts_with_all = ["expect", "repeat"])]
    pub(crate) fail_fast: bool,
    /// Runs every case so many times. A case that has not always the same verdict is flaky, which makes the run red; the
    /// worst verdict counts.
    #[arg(long, value_name = "N", help_heading = "Gate", value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) repeat: Option<u32>,
    /// Names flaky cases, but lets them pass.
    #[arg(long, help_heading = "Gate", requires = "repeat")]
    pub(crate) allow_flaky: bool,
    #[command(flatten)]
    pub(crate) gate: Gate,
    /// Tries N times as many inputs for each law and model; with 0 none are checked.
    #[arg(long = "laws", value_name = "N", default_value_t = 1)]
    pub(crate) effort: u32,
    /// Where the inputs of laws and models come from: up to 16 hexadecimal digits, the seed of a run or of one input.
    /// Random unless it is given, and always the same with --expect; the report says which it was.
    #[arg(long, value_name = "HEX")]
    pub(crate) seed: Option<Seed>,
    /// Tries the inputs first that this file names, and adds those to it that break a law or model.
    #[arg(long, value_name = "FILE")]
    pub(crate) regressions: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reports: Reports,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) shards: Shards,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            subject: None,
            command: Vec::new(),
            module: None,
            selection: Selection::default(),
            edition: Edition::default(),
            jobs: cores(),
            timeout: None,
            require_lab: false,
            no_lab: false,
            fail_fast: false,
            repeat: None,
            allow_flaky: false,
            gate: Gate::default(),
            reports: Reports::default(),
            shards: Shards::default(),
            effort: 1,
            seed: None,
            regressions: None,
        }
    }
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct List {
    /// Only cases that hold in this edition of the document: 2.2 or 3.
    #[arg(long, value_name = "EDITION")]
    pub(crate) edition: Option<Edition>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Show {
    /// Its id, the start of several up to a `/`, or a glob.
    #[arg(value_name = "CASE", required = true)]
    pub(crate) cases: Vec<String>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Clauses {
    /// By id, by its start up to a `.`, or by glob.
    #[arg(long = "clause", value_name = "GLOB")]
    pub(crate) ids: Vec<String>,
    /// Only this section of the document, by name or by glob.
    #[arg(long = "section", value_name = "NAME")]
    pub(crate) sections: Vec<String>,
    /// Only clauses that hold in this edition of the document: 2.2 or 3.
    #[arg(long, value_name = "EDITION")]
    pub(crate) edition: Option<Edition>,
    /// Only clauses that a case could check and none does.
    #[arg(long)]
    pub(crate) uncovered: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Lab {
    /// Which lab.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) lab: String,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Doctor {
    /// Tries the lab alone, and starts no subject.
    #[arg(long)]
    pub(crate) lab: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Subjects {
    /// Only these, by name or by glob.
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Smoke {
    /// How long the driver may take over one reply.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// The driver's command; or the name of a subject that has a driver, such as `python3` or `glibc`.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Strength {
    /// Only faults with this id, or this start of it up to a `/`, or by glob.
    #[arg(long = "fault", value_name = "GLOB")]
    pub(crate) faults: Vec<String>,
    /// Leaves each fault at the first case that finds it out: quick, and enough for the score.
    #[arg(long, conflicts_with = "all_cases")]
    pub(crate) score: bool,
    /// Runs each fault with every case, and not only with as many as it takes to say the rest.
    #[arg(long)]
    pub(crate) all_cases: bool,
    /// Has laws and the model judge every fault, and not only those that show for few inputs or over several calls.
    #[arg(long)]
    pub(crate) all_judges: bool,
    /// The share of faults that have to be found out; below it the status is 1.
    #[arg(long, value_name = "PERCENT", default_value = "99", value_parser = percent)]
    pub(crate) at_least: f64,
    /// How long a wrong subject may take over one call; one that hangs is found out.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// How many faults are tried at a time; one for each core unless said otherwise.
    #[arg(long, value_name = "N", default_value_t = cores(), hide_default_value = true, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
    /// Lists every fault with the cases that find it out, every clause, and the cases that find out none.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Writes everything as JSON, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// It stands in a script's import.
fn module_name(text: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        !word.is_empty()
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if text.split('.').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("write a module's name: a.b".to_owned())
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("write a share in percent, 0 to 100".to_owned()),
    }
}

fn cores() -> u16 {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    u16::try_from(cores).unwrap_or(256).min(256)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("write seconds, above 0 and at most {TIMEOUT_MAX}");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if !(seconds > 0.0 && seconds <= TIMEOUT_MAX) {
        return Err(wrong());
    }
    // A worker counts in milliseconds.
    Ok(Duration::from_secs_f64(seconds.max(0.001)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use rstest::rstest;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn no_arguments_run_the_reference() {
        let args = Args::parse_from(["sockspec"]);
        let Command::Run(bare) = args.command.unwrap_or_default() else { panic!("no run") };
        let Some(Command::Run(spelt)) = Args::parse_from(["sockspec", "run"]).command else {
            panic!("no run")
        };
        assert_eq!(format!("{bare:?}"), format!("{spelt:?}"));
    }

    #[rstest]
    #[case("10", Some(10_000))]
    #[case("0.25", Some(250))]
    #[case("1e-9", Some(1))]
    #[case("0", None)]
    #[case("-1", None)]
    #[case("NaN", None)]
    #[case("inf", None)]
    #[case("1e300", None)]
    #[case("soon", None)]
    fn a_timeout_is_seconds(#[case] text: &str, #[case] milliseconds: Option<u64>) {
        assert_eq!(seconds(text).ok(), milliseconds.map(Duration::from_millis));
    }
}
