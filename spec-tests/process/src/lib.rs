//! A driver process as a sockspec subject, and the test of a driver.
//!
//! [`ProcessSubject`] starts a driver command when it is first asked something, in a process group of its own, and
//! speaks the wire protocol with it. Every answer has a deadline, in which the time that a driver waited for a core does
//! not count, and every line a limit. A driver that breaks one of them, crashes or hangs is killed with its whole group;
//! the call gets a [`Fault`](sockspec_subject::Fault) that says
//! what happened, and the next call starts the driver anew. [`smoke()`] judges whether a driver obeys the protocol.
//!
//! There are no threads in here: one `poll` waits for the driver's output, its standard error, its end, and for room
//! to write.
//!
//! ```
//! use sockspec_process::{DriverCommand, ProcessSubject};
//! use sockspec_subject::{Call, Fault, Outcome, Subject, Value};
//! use sockspec_wire::Limits;
//!
//! // A driver that knows one answer, and dies of the second question.
//! let script = r#"
//!     read hello
//!     echo '{"id":1,"hello":{"protocol":1,"name":"tiny","version":"1","edition":"3","strings":"distinct","constants":{}}}'
//!     read call && echo '{"id":2,"returned":80}'
//!     read call && exit 3
//! "#;
//! let mut driver = ProcessSubject::new(DriverCommand::new(["sh", "-c", script]), Limits::default());
//! assert_eq!(driver.describe()?.name, "tiny");
//! let call = Call::function("getservbyname", [Value::str("http"), Value::str("tcp")]);
//! assert_eq!(driver.call(&call)?, Outcome::Returned(Value::int(80)));
//! let Err(Fault::Crash { what, .. }) = driver.call(&call) else { panic!("it dies") };
//! assert_eq!(what, "exit status 3");
//! # Ok::<(), Fault>(())
//! ```

mod command;
mod driver;
mod group;
mod pipes;
mod smoke;
mod starved;
mod subject;
mod tail;
mod trouble;

pub use command::DriverCommand;
pub use group::GroupHandle;
pub use smoke::{Check, SmokeReport, Standing, smoke};
pub use starved::STARVED_AT_MOST;
pub use subject::{Leave, Leaving, ProcessSubject};
