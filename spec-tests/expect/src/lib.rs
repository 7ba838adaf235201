//! Known departures of a named subject: the file that lists them, and the gate that holds a run to it.
//!
//! A file of expectations is TOML, described in `fixtures/expectations/FORMAT.md`. It is sparse: it names the cases that
//! do not pass, each with the verdict, the reason in somebody's words, and the clause that is broken. A [`Gate`] stands
//! between a run and its reporters. It writes into each event what was expected, and what makes the run red: a departure
//! that nobody expects, a pass that nobody expects, an entry that is stale or gives no reason.
//!
//! ```
//! use sockspec_expect::Expectations;
//!
//! let text = r#"
//! format = 1
//! subject = "CPython"
//!
//! [[expect]]
//! case = "getaddrinfo/host-empty/ipv4"
//! verdict = "fail"
//! clause = "getaddrinfo.null-host-empty"
//! reason = "An empty host is handed on as it is, and the C library refuses it."
//! versions = ">=3.6"
//! "#;
//! let expectations = Expectations::parse("cpython.toml", text)?;
//! assert_eq!(expectations.entries()[0].place().to_string(), "cpython.toml:5");
//! # Ok::<(), sockspec_expect::ExpectErrors>(())
//! ```

mod causes;
mod file;
mod gate;
mod name;
mod pattern;
mod read;
mod update;
mod version;

pub use causes::{Cause, Causes, Kind, Upstream};
pub use file::{Entry, ExpectErrors, Expectations, Problem};
pub use gate::{Gate, Known, KnownCase};
pub use name::file_name;
pub use pattern::CasePattern;
pub use update::{Remark, Update, update};
pub use version::Versions;
