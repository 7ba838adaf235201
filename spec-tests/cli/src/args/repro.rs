//! What `sockspec repro` is asked.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use sockspec_laws::Seed;

use super::{DEFAULT_INTERPRETER, module_name, seconds};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Repro {
    /// The id of a case (or, with `-o FOLDER`, the start of several up to a `/`, or a glob), or a file of cases; the id of
    /// a law or model, which is tried with `--seed` on `--subject` and shown by what breaks it; with `--from`, which of
    /// the report's departures, all unless given.
    #[arg(value_name = "CASE|LAW|FILE", required_unless_present = "from")]
    pub(crate) case: Option<String>,
    /// Which of a file's cases, or a report's departures.
    #[arg(long = "case", value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Takes what departs from a report of `run --json` or `diff --json`: laws and models as they were shrunk there.
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["seed", "command"])]
    pub(crate) from: Option<PathBuf>,
    /// The seed of the input that broke the law or model, as reports give it.
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<Seed>,
    /// Who breaks the law or model, as `run` takes it: `reference` unless said otherwise. A script in Rust is about it.
    #[arg(long, value_name = "SUBJECT", conflicts_with = "command")]
    pub(crate) subject: Option<String>,
    /// Any other driver that breaks it: its command.
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
    /// The form.
    #[arg(long = "as", value_name = "FORM", default_value = "python")]
    pub(crate) form: Form,
    /// Writes to this file, or into this folder, instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The Python module under test.
    #[arg(long, value_name = "NAME", value_parser = module_name)]
    pub(crate) module: Option<String>,
    /// The Python interpreter that the script's own comment names.
    #[arg(long, value_name = "NAME", default_value = DEFAULT_INTERPRETER)]
    pub(crate) interpreter: String,
    /// How long the subject may take over one call.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A script for Python 2.7 and 3, with the standard library alone.
    Python,
    /// A test in Rust, over sockspec-subject.
    Rust,
    /// Requests to pipe into a driver; what is expected goes to standard error.
    Wire,
    /// The case itself, as a case file has it.
    Case,
}

impl Form {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Wire => "wire",
            Self::Case => "case",
        }
    }

    /// What the name of a file of that form ends with.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Python => "py",
            Self::Rust => "rs",
            Self::Wire => "jsonl",
            Self::Case => "toml",
        }
    }
}
