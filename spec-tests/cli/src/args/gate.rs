//! The command line of gates: what a run is held to, and the file that says what is known.

use std::path::PathBuf;

use super::Run;

/// What a run is held to.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Gate")]
pub(crate) struct Gate {
    /// Holds the run to a file of expectations. It is red (status 1) on a departure that no entry names, on a pass that
    /// an entry excludes, on an entry that is stale or gives no reason; and says which line to change. Without FILE it is
    /// the file for the subject among the fixtures.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) expect: Option<Option<PathBuf>>,
    /// The run is red when probes leave more than N cases unrun.
    #[arg(long, value_name = "N")]
    pub(crate) skip_budget: Option<usize>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Expect {
    /// The file to write. Unless it is named here it is the one for the subject among the fixtures of `--fixtures`.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Takes the results from a report instead of running anything.
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["subject", "command"])]
    pub(crate) from: Option<PathBuf>,
    /// Takes out cases that pass now, and entries for cases that are gone.
    #[arg(long)]
    pub(crate) prune: bool,
    #[command(flatten)]
    pub(crate) run: Run,
}
