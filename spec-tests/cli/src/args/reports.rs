//! The command line of reports.

use std::path::PathBuf;
use std::str::FromStr;

use sockspec_report::Kind;

/// What is reported, and where.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Reports")]
pub(crate) struct Reports {
    /// Writes a report of that kind, too: `json` (the whole run), `junit`, `tap` (version 14), `events` (a line of JSON
    /// each, as they come), `github` (annotations), `markdown` (a job's summary). FILE may be `-`: what people read then
    /// goes to the standard error, except beside `github`, whose runner picks its lines out. May be given several times.
    #[arg(long = "report", value_name = "KIND=FILE")]
    pub(crate) reports: Vec<ReportSpec>,
    /// The same as `--report json=FILE`.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Shows every departure in full, however many there are.
    #[arg(long)]
    pub(crate) all_failures: bool,
}

/// A report that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportSpec {
    pub(crate) kind: Kind,
    pub(crate) file: PathBuf,
}

impl FromStr for ReportSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((kind, file)) if !file.is_empty() => Ok(Self { kind: kind.parse()?, file: file.into() }),
            _ => Err("write the kind and the file: junit=report.xml".to_owned()),
        }
    }
}
