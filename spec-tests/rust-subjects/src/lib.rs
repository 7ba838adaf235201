//! Rust libraries as sockspec subjects: living examples of the typed traits, each with a driver.
//!
//! - [`StdNet`]: `std::net` with socket2, driver `sockspec-std-net`;
//! - [`Hickory`]: hickory-resolver, names only, driver `sockspec-hickory`.

mod constants;
mod hickory;
mod std_net;

use std::process::ExitCode;

use sockspec_subject::typed::{SocketModule, Typed};

pub use hickory::Hickory;
pub use std_net::StdNet;

/// Serves a module on the standard streams, to the end of the input.
pub fn serve<M: SocketModule>(module: M) -> ExitCode
where
    Typed<M>: sockspec_subject::Subject,
{
    match sockspec_wire::serve_stdio(&mut Typed::new(module)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
