//! Running one command in a lab.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

use rustix::process::{Pid, WaitOptions, wait};

use crate::enter::{LabError, Stub, enter_with};
use crate::spec::LabSpec;

/// Enters the lab and runs a command in it, with this process's standard streams. `argv` is the program, looked up in
/// PATH, and its arguments.
///
/// Returns the command's exit status, or 128 and the number of the signal that ended it; the caller ends with it.
/// As with [`enter`](crate::enter), this returns in a child of the calling process.
///
/// # Errors
/// Those of [`enter`](crate::enter), and [`LabError::Command`] where the program could not be started.
pub fn run_in<S: AsRef<OsStr>>(spec: &LabSpec, argv: &[S]) -> Result<i32, LabError> {
    let Some((program, arguments)) = argv.split_first() else {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "no program was given");
        return Err(LabError::Command { command: String::new(), source });
    };
    let program: OsString = program.into();
    let _lab = enter_with(spec, Stub::Interactive)?;
    let started = Command::new(&program).args(arguments).spawn();
    let child = started
        .map_err(|source| LabError::Command { command: program.to_string_lossy().into_owned(), source })?;
    let wanted = Pid::from_child(&child);
    loop {
        // Whatever the command leaves behind is this process's to collect, too.
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == wanted => {
                let signal = status.terminating_signal().map(|signal| 128 + signal);
                return Ok(status.exit_status().or(signal).unwrap_or(1));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(LabError::step("waiting for the command", error.into())),
        }
    }
}
