//! The closed world that a sockspec run happens in: namespaces, an /etc tree, interfaces, a scripted DNS server.
//!
//! A lab is data ([`LabSpec`], from `fixtures/labs/`) and a process that has entered it ([`enter`]). Entering needs
//! no external program and no privilege where the kernel grants user namespaces; [`probe()`] says what this machine
//! grants. Whatever the lab's process starts dies with it, and nothing outlives it: every mount is in its own mount
//! namespace, every file in memory.
//!
//! Linux only: the lab is made of Linux namespaces.
//!
//! ```
//! use sockspec_lab::{LabSpec, probe, run_in};
//!
//! let files = [
//!     ("lab.toml", "format = 1\ndescription = \"one host\"\nhostname = \"host\"\n"),
//!     ("etc/hosts", "127.0.0.1 localhost\n"),
//! ];
//! let lab = LabSpec::parse("tiny", files)?;
//! match probe().lab() {
//!     Ok(()) => assert_eq!(run_in(&lab, &["sh", "-c", "[ $(cat /etc/hosts | wc -l) = 1 ]"])?, 0),
//!     Err(why) => println!("no lab here: {why}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod dns;
mod enter;
mod etc;
mod links;
mod probe;
mod run;
mod spec;
mod sys;
pub mod text;
mod zone;

pub use enter::{Lab, LabError, enter};
pub use probe::{Check, Probe, probe};
pub use run::run_in;
pub use spec::{Interface, InterfaceAddress, LabSet, LabSpec, LabSpecError};
pub use zone::Zone;

/// Has the calling thread, and whatever it starts from now on, run in real time: before everything that does not, each
/// until it waits, or for a tenth of a second where another wants the same core. For a lab, call it before [`enter()`]: inside,
/// nobody has the right to.
///
/// # Errors
/// What the system says where it does not grant it: `EPERM` without the capability `CAP_SYS_NICE` and with `RLIMIT_RTPRIO` zero.
pub fn run_in_real_time() -> std::io::Result<()> {
    sys::run_in_real_time()
}
