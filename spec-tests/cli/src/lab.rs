//! `sockspec lab`: any command inside a lab.

use std::path::Path;
use std::process::ExitCode;

use sockspec_lab::{LabError, run_in};

use crate::args::Lab;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::select;

/// Enters the lab and runs the command. Called while this process has one thread.
pub(crate) fn lab(args: &Lab, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let labs = Loaded::from(fixtures)?.labs()?;
    let names: Vec<&str> = labs.names().collect();
    let Some(spec) = labs.get(&args.lab) else {
        // Says so, and which one may have been meant.
        select::chosen("lab", std::slice::from_ref(&args.lab), &names)?;
        return Err(Failure::Usage(format!(
            "there is no lab {:?}; there are: {}",
            args.lab,
            names.join(", ")
        )));
    };
    match run_in(spec, &args.command) {
        Ok(status) => Ok(ExitCode::from(u8::try_from(status).unwrap_or(1))),
        Err(error @ LabError::Command { .. }) => Err(Failure::NoCommand(error.to_string())),
        Err(error) => Err(Failure::NoLab(error.to_string())),
    }
}
