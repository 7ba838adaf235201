//! `sockspec list`: which cases there are, laws and models among them.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use sockspec_cases::Case;
use sockspec_report::layout::counted;
use sockspec_report::style::{DIM, paint};
use sockspec_wire::pretty::to_string_pretty;

use crate::args::List;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{output, select};

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    section: &'a str,
    clauses: &'a [String],
    basis: String,
    editions: Vec<String>,
    lab: String,
    note: Option<&'a str>,
    file: &'a str,
    line: usize,
}

impl<'a> From<&'a Case> for Listed<'a> {
    fn from(case: &'a Case) -> Self {
        Self {
            id: &case.id,
            section: &case.section,
            clauses: &case.clauses,
            basis: case.basis.to_string(),
            editions: case.editions.iter().map(ToString::to_string).collect(),
            lab: case.lab.to_string(),
            note: case.note.as_deref(),
            file: &case.file,
            line: case.line,
        }
    }
}

/// Lists the selected cases.
pub(crate) fn list(args: &List, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let cases = select::everything(&loaded, &args.selection, args.edition)?;
    if args.json {
        let listed: Vec<Listed<'_>> = cases.iter().map(|case| Listed::from(*case)).collect();
        output::print(&to_string_pretty(&listed).map_err(std::io::Error::other)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = cases.iter().map(|case| case.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for case in &cases {
        let basis = paint(DIM, &format!("{:<10}  {}", case.basis.to_string(), case.lab));
        let _ = writeln!(text, "{:<width$}  {basis}", case.id);
    }
    output::print(&text)?;
    output::remark(&format!("{} of {}", cases.len(), counted(loaded.everything().count(), "case")));
    Ok(ExitCode::SUCCESS)
}
