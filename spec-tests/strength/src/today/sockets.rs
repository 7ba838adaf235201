//! Sockets as they are today: timeouts, a backlog below one, options without a value.

use std::time::Duration;

use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use sockspec_subject::{Call, Fault, Outcome, Raised, Subject, Value};

use super::Today;
use crate::tools::args;
use crate::values::type_error;

/// How many connections may wait where no backlog is given.
const BACKLOG: i64 = 128;
const SOL_SOCKET: i64 = 1;
const SO_RCVTIMEO: i64 = 20;
const SO_SNDTIMEO: i64 = 21;
/// The longest null value that is passed on, bytes.
const LONGEST: i64 = 4096;

impl<S: Subject> Today<S> {
    pub(super) fn listen(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let backlog = match args(call) {
            [] => return self.method(call, "listen", vec![Value::int(BACKLOG)]),
            [backlog] if backlog.as_i64().is_some_and(|number| number < 1) => 0,
            _ => return self.reference.call(call),
        };
        let outcome = self.method(call, "listen", vec![Value::int(1)])?;
        // The reference takes less than one for one, the older document's minimum: the system is asked once more.
        if matches!(outcome, Outcome::Returned(_))
            && let Outcome::Returned(number) = self.method(call, "fileno", Vec::new())?
            && let Some(number) = number.as_i64().and_then(|number| i32::try_from(number).ok())
        {
            // Where the system refuses, one connection more may wait, which a case of this will tell.
            let _ = pidfd_open(getpid(), PidfdFlags::empty())
                .and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty()))
                .and_then(|socket| rustix::net::listen(socket, backlog));
        }
        Ok(outcome)
    }

    pub(super) fn settimeout(&mut self, call: &Call, id: u64) -> Result<Outcome, Fault> {
        let limit = match args(call) {
            [Value::None] => Some(Duration::ZERO),
            [Value::Float(seconds)] => Duration::try_from_secs_f64(*seconds).ok(),
            [seconds] => {
                seconds.as_i64().and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs)
            }
            _ => None,
        };
        let Some(limit) = limit else { return Ok(type_error()) };
        let zero = self.method(call, "setblocking", vec![Value::int(1)])?;
        let time = [i64::try_from(limit.as_secs()).unwrap_or(i64::MAX), i64::from(limit.subsec_micros())];
        let bytes: Vec<u8> = time.iter().flat_map(|part| part.to_ne_bytes()).collect();
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let args = vec![Value::int(SOL_SOCKET), Value::int(option), Value::bytes(bytes.clone())];
            if let raised @ Outcome::Raised(_) = self.method(call, "setsockopt", args)? {
                return Ok(raised);
            }
        }
        self.timed.insert(id);
        Ok(zero)
    }
}

/// What is raised when a socket's time is up.
pub(super) fn timeout() -> Outcome {
    let mut raised = Raised::new("timeout", vec![Value::str("timed out")], "timed out");
    raised.classes.extend(["TimeoutError", "error", "OSError", "Exception"].map(str::to_owned));
    Outcome::Raised(raised)
}

/// The value of an option, where it is none that the reference knows: text is refused, and None with a length is so
/// many bytes of zero, which is what a null pointer of that length comes to.
pub(super) fn option(args: &mut Vec<Value>) -> Option<Outcome> {
    match args.as_slice() {
        [_, _, Value::Str(_), ..] => return Some(type_error()),
        [_, _, Value::None, length] => match length.as_i64() {
            Some(length @ 0..=LONGEST) => {
                args.truncate(2);
                args.push(Value::bytes(vec![0; usize::try_from(length).unwrap_or_default()]));
            }
            _ => return Some(type_error()),
        },
        _ => {}
    }
    None
}
