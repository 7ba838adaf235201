//! The command line of shards, of what is made of several reports, and of what a package installs.

use std::path::PathBuf;

use super::{Gate, Reports};
use crate::shard::ShardSpec;

/// Which part of the selection is run.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Shards")]
pub(crate) struct Shards {
    /// Runs one part of the selection, of parts that take about as long; `sockspec merge` puts their reports together.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<ShardSpec>,
    /// Balances by what each case took in this report, which has to be the same for every part.
    #[arg(long, value_name = "REPORT", requires = "shard")]
    pub(crate) costs: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Merge {
    /// The JSON report of every shard, in any order.
    #[arg(required = true, value_name = "REPORT")]
    pub(crate) shards: Vec<PathBuf>,
    /// Writes the merged report as JSON.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) gate: Gate,
    #[command(flatten)]
    pub(crate) reports: Reports,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Compare {
    /// The JSON report before.
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The JSON report after.
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Completions {
    /// Which shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}
