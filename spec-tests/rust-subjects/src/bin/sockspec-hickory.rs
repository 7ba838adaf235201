//! hickory-resolver behind the wire.

use std::process::ExitCode;

use sockspec_rust_subjects::Hickory;

fn main() -> ExitCode {
    match Hickory::new() {
        Ok(module) => sockspec_rust_subjects::serve(module),
        Err(why) => {
            eprintln!("sockspec-hickory: {why}");
            ExitCode::from(3)
        }
    }
}
