//! The command line of `sockspec bench` and `sockspec matrix`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use sockspec_subject::Edition;

use super::{Selection, percent, seconds};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Lookups: numbers, services, the hosts file, DNS, names of addresses.
    Resolver,
    /// The document's echo server and client, over each transport.
    Echo,
    /// Both.
    All,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Bench {
    /// What is measured.
    #[arg(value_name = "WHAT")]
    pub(crate) what: What,
    /// Subjects, by name or path as for `run`. The floor (bare C calls) and the reference are always there.
    #[arg(value_name = "SUBJECT")]
    pub(crate) subjects: Vec<String>,
    /// One driver more: its command.
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
    /// Only scenarios with this id, by its start up to a `/`, or by glob.
    #[arg(long = "scenario", value_name = "GLOB")]
    pub(crate) scenarios: Vec<String>,
    /// Lists the scenarios and measures nothing.
    #[arg(long)]
    pub(crate) list: bool,
    /// How often each subject has its turn at a scenario.
    #[arg(long, value_name = "N", default_value = "15", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) rounds: u16,
    /// How often each subject is started anew, for its share of the rounds: what one process happens to be like is not what
    /// the next one is.
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) starts: u16,
    /// How long a turn lasts, roughly.
    #[arg(long, value_name = "SECONDS", default_value = "0.01", value_parser = seconds)]
    pub(crate) turn: Duration,
    /// A core for each end, for how long one waits; otherwise both share one, for what it costs.
    #[arg(long)]
    pub(crate) apart: bool,
    /// Sends so many messages a second, whether the answers are there or not; times count from when each was due. Goes with
    /// echo servers.
    #[arg(long, value_name = "PER-SECOND", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: Option<u32>,
    /// How long a subject may take over one call.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Writes the results as JSON to the standard output instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Keeps the results in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Compares with results that were kept: status 1 where a subject has become slower beside the floor of each run.
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// By how much a subject may have become slower.
    #[arg(long, value_name = "PERCENT", default_value = "10", value_parser = percent, requires = "against")]
    pub(crate) threshold: f64,
    /// Writes a page with drawings, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Matrix {
    /// Subjects, by name or glob; every one that there is where none is named.
    #[arg(value_name = "SUBJECT")]
    pub(crate) subjects: Vec<String>,
    /// Takes a run from this report of `run --json`; where one is given, nobody is run who is not named.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Vec<PathBuf>,
    /// Where the HTML page goes.
    #[arg(long, value_name = "FILE", default_value = "matrix.html")]
    pub(crate) html: PathBuf,
    /// Writes a Markdown page, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Keeps each run's report in this folder, as SUBJECT.json.
    #[arg(long, value_name = "DIR")]
    pub(crate) reports: Option<PathBuf>,
    /// The edition of the document that everybody is judged by: 2.2 or 3.
    #[arg(long, default_value_t, value_name = "EDITION")]
    pub(crate) edition: Edition,
    /// How many subjects run at a time at most; as many as the cores can serve unless said otherwise.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// How long a subject may take over one call, whatever it says itself.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) selection: Selection,
}
