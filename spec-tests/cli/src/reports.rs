//! From the command line to the reporters.

use std::path::Path;

use sockspec_report::{Kind, Options};

use crate::args::{ReportSpec, Reports};
use crate::exit::Failure;
use crate::told::Told;

/// Hands every reporter that is asked for to `told`, the one for people among them.
pub(crate) fn add(args: &Reports, told: &mut Told) -> Result<(), Failure> {
    let json = args.json.iter().map(|file| ReportSpec { kind: Kind::Json, file: file.clone() });
    let all: Vec<ReportSpec> = json.chain(args.reports.iter().cloned()).collect();
    let mut alone: Option<Kind> = None;
    for ReportSpec { kind, file } in &all {
        if file == Path::new("-")
            && *kind != Kind::GitHub
            && let Some(other) = alone.replace(*kind)
        {
            return Err(Failure::Usage(format!(
                "the standard output has room for one report, and both {other} and {kind} are to go there"
            )));
        }
    }
    let mut options = Options { width: sockspec_report::stdout_width(), ..Options::default() };
    if args.all_failures {
        options.in_full = None;
    }
    // What people read comes first: annotations stand below it.
    told.add(match alone {
        Some(_) => sockspec_report::text_on_stderr(options),
        None => sockspec_report::text_for(options),
    });
    for ReportSpec { kind, file } in &all {
        told.add(kind.reporter(file, env!("CARGO_PKG_VERSION"))?);
    }
    Ok(())
}
