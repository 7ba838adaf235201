//! What `sockspec diff` is asked.

use std::path::PathBuf;
use std::time::Duration;

use sockspec_laws::Seed;
use sockspec_subject::Edition;

use super::{Form, seconds};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Diff {
    /// The first subject, as `run` takes it.
    #[arg(value_name = "A")]
    pub(crate) a: String,
    /// The second subject.
    #[arg(value_name = "B")]
    pub(crate) b: String,
    /// What the calls come from, 1 to 16 hexadecimal digits: the same seed leads to the same calls. Chosen at random
    /// unless given, and printed.
    #[arg(long, value_name = "SEED")]
    pub(crate) seed: Option<Seed>,
    /// How many calls are made, to each subject.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub(crate) budget: u64,
    /// The edition of the document that differences are judged by: 2.2 or 3.
    #[arg(long, default_value_t, value_name = "EDITION")]
    pub(crate) edition: Edition,
    /// Only functions and methods of that name, or by glob; sequences that use one of them.
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
    /// Keeps what was found in this file, so that the same command goes on where it was interrupted.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// How long a subject may take over one call.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Writes everything as JSON, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Writes the case of each group into a file in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// Makes the calls of one input alone, by the number that reports give it: with the same seed it leads to the same
    /// difference.
    #[arg(long, value_name = "N", requires = "seed", conflicts_with = "state")]
    pub(crate) input: Option<u64>,
    /// Writes scripts in that form: of each group beside its case (`--save`), or of one input's group to standard
    /// output instead of the report (`--input`).
    #[arg(long = "as", value_name = "FORM")]
    pub(crate) form: Option<Form>,
}
