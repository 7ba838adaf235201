//! Echoes, with criterion's statistics.

use std::process::ExitCode;

mod statistics;

fn main() -> ExitCode {
    statistics::of(&sockspec_benches::echo::cases())
}
