//! The reference behind the wire: a driver like any other.

use std::process::ExitCode;

use sockspec_reference_subject::ReferenceSubject;

fn main() -> ExitCode {
    match sockspec_wire::serve_stdio(&mut ReferenceSubject::new()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sockspec-reference-driver: {error}");
            ExitCode::FAILURE
        }
    }
}
