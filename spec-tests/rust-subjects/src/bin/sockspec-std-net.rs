//! `std::net` with socket2 behind the wire.

use std::process::ExitCode;

fn main() -> ExitCode {
    sockspec_rust_subjects::serve(sockspec_rust_subjects::StdNet)
}
