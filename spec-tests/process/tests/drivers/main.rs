//! Drivers of every kind, and what becomes of them.
//!
//! The test program starts itself again as a driver: `drivers --as BEHAVIOUR FOLDER`. The folder belongs to one test; it
//! tells the driver whether it is the first one there, and holds a FIFO that is open as long as any process of the
//! driver's lives.
// What a test may do, its helpers may do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod behaviour;
mod faults;
mod leaving;
mod scene;
mod smoking;
mod spawning;
mod toy;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, behaviour, folder] = args.as_slice()
        && flag == "--as"
    {
        return behaviour::run(behaviour, folder.as_ref());
    }
    let mut trials = faults::trials();
    trials.extend(leaving::trials());
    trials.extend(smoking::trials());
    trials.extend(spawning::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
