//! The reference behind the wire: what `reference-wire` starts.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::subjects;

/// The word that starts a driver; no command for people.
pub(crate) const WORD: &str = "drive";

/// Serves a subject of this program on the standard streams, where this process was started for it.
pub(crate) fn entry() -> Option<ExitCode> {
    let mut args = env::args_os().skip(1);
    if args.next()? != WORD {
        return None;
    }
    let name = args.next().unwrap_or_default();
    let Some(mut subject) = subjects::in_process(&name.to_string_lossy()) else {
        let _ = writeln!(io::stderr(), "sockspec: this program has no subject {}", name.display());
        return Some(ExitCode::from(2));
    };
    match sockspec_wire::serve_stdio(&mut *subject) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            let _ = writeln!(io::stderr(), "sockspec: {error}");
            Some(ExitCode::FAILURE)
        }
    }
}
