//! A driver command as a subject.

use std::fmt;

use sockspec_subject::{
    Action, Call, Description, Fault, Outcome, Subject, Unsupported, Value, Work, Worked,
};
use sockspec_wire::{Body, Limits, Op};

use crate::command::DriverCommand;
pub use crate::driver::Leaving;
use crate::driver::{Driver, Left};
use crate::group::GroupHandle;
use crate::trouble::{Trouble, ending};

/// A driver command as a [`Subject`].
///
/// The driver is started when it is first needed, and again after a fault. Dropping the subject ends it: its input is
/// closed, and if it has not left within [`Limits::leave`] it is killed with its group.
#[derive(Debug)]
pub struct ProcessSubject {
    command: DriverCommand,
    limits: Limits,
    handle: GroupHandle,
    running: Option<Box<Running>>,
}

#[derive(Debug)]
struct Running {
    driver: Driver,
    description: Description,
}

impl ProcessSubject {
    /// A subject behind that command. Nothing is started yet.
    pub fn new(command: DriverCommand, limits: Limits) -> Self {
        Self { command, limits, handle: GroupHandle::default(), running: None }
    }

    /// The command behind it.
    pub fn command(&self) -> &DriverCommand {
        &self.command
    }

    /// Other limits from now on, for the driver that runs and for those to come.
    pub fn set_limits(&mut self, limits: Limits) {
        if let Some(running) = &mut self.running {
            running.driver.set_limits(&limits);
        }
        self.limits = limits;
    }

    /// Kills the driver's process group from elsewhere, whichever driver runs at that time. Whoever waits for its
    /// answer gets a [`Fault::Crash`].
    pub fn group(&self) -> GroupHandle {
        self.handle.clone()
    }

    /// A request that does nothing: what the wire costs.
    ///
    /// # Errors
    /// A [`Fault`] when there is no answer.
    pub fn ping(&mut self) -> Result<(), Fault> {
        self.with(|driver| match driver.ask(&Op::Ping)? {
            Body::Pong => Ok(()),
            Body::Fault(why) => Err(Trouble::Fault(why)),
            other => Err(Trouble::Kind { asked: "ping", got: other.key() }),
        })
    }

    /// Lets the driver leave, and tells how it did; `None` when none runs. The next call starts another.
    pub fn shutdown(&mut self) -> Option<Leave> {
        self.running.take().map(|running| Leave::from(running.driver.leave()))
    }

    fn start(&mut self) -> Result<Box<Running>, Fault> {
        let (driver, description) = Driver::greet(&self.command, &self.limits, &self.handle)?;
        Ok(Box::new(Running { driver, description }))
    }

    fn running(&mut self) -> Result<&mut Running, Fault> {
        let running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        Ok(self.running.insert(running))
    }

    /// Does something with the driver, and gets rid of it when that fails.
    fn with<T>(&mut self, work: impl FnOnce(&mut Driver) -> Result<T, Trouble>) -> Result<T, Fault> {
        let driver = &mut self.running()?.driver;
        let result = work(driver).and_then(|value| driver.quiet().map(|()| value));
        result.map_err(|trouble| match self.running.take() {
            Some(running) => running.driver.fail(&trouble),
            None => Fault::Protocol { what: trouble.text(), stderr: String::new() },
        })
    }

    /// Why the wire cannot carry the call, where it cannot.
    fn unsendable(&self, call: &Call) -> Option<Outcome> {
        let Action::Invoke { args, named } = &call.action else {
            return None;
        };
        let depth = self.limits.depth;
        args.iter()
            .chain(named.iter().map(|(_, value)| value))
            .find_map(|value| no_way(value, depth))
            .map(refuse)
    }
}

fn refuse(why: String) -> Outcome {
    Outcome::Unsupported(Unsupported::Inexpressible(why))
}

fn too_long(limit: usize) -> Outcome {
    refuse(format!("the call takes more than {limit} bytes on the wire"))
}

/// Why the wire cannot carry the value, where it cannot.
fn no_way(value: &Value, depth: usize) -> Option<String> {
    match value {
        Value::Opaque(shown) => Some(format!("<{shown}> has no form that a driver could read")),
        Value::Tuple(items) | Value::List(items) => match depth.checked_sub(1) {
            Some(depth) => items.iter().find_map(|item| no_way(item, depth)),
            None => Some("tuples and lists lie too deep inside each other for the wire".to_owned()),
        },
        _ => None,
    }
}

impl Subject for ProcessSubject {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(self.running()?.description.clone())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        if let Some(outcome) = self.unsendable(call) {
            return Ok(outcome);
        }
        let limit = self.limits.line;
        self.with(|driver| if driver.send_call(call)? { driver.outcome() } else { Ok(too_long(limit)) })
    }

    fn call_all(&mut self, calls: &[Call]) -> Result<Vec<Outcome>, Fault> {
        let refused: Vec<Option<Outcome>> = calls.iter().map(|call| self.unsendable(call)).collect();
        let limit = self.limits.line;
        self.with(|driver| {
            // `None` stands for an outcome that the driver will tell.
            let mut outcomes = refused;
            for (call, outcome) in calls.iter().zip(&mut outcomes) {
                if outcome.is_none() && !driver.send_call(call)? {
                    *outcome = Some(too_long(limit));
                }
            }
            outcomes.into_iter().map(|known| known.map_or_else(|| driver.outcome(), Ok)).collect()
        })
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        self.with(|driver| match driver.ask(&Op::Work(work.clone()))? {
            Body::Took(took) => Ok(Worked::Took(took)),
            Body::Outcome(outcome) => Ok(Worked::Not(outcome)),
            // A driver that was written before there was such a request.
            Body::Fault(why) => Ok(Worked::Not(Outcome::Unsupported(Unsupported::Lacks(why)))),
            other => Err(Trouble::Kind { asked: "work", got: other.key() }),
        })
    }

    fn reset(&mut self) -> Result<(), Fault> {
        if self.running.is_none() {
            // It starts afresh anyway.
            return Ok(());
        }
        self.with(|driver| match driver.ask(&Op::Reset)? {
            Body::Reset => Ok(()),
            Body::Fault(why) => Err(Trouble::Fault(why)),
            other => Err(Trouble::Kind { asked: "reset", got: other.key() }),
        })
    }
}

impl Drop for ProcessSubject {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// How a driver left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// What it took.
    pub how: Leaving,
    /// How it ended, such as `exit status 0`.
    pub status: String,
    /// Whether that is how a driver should leave: by itself, with status 0.
    pub clean: bool,
    /// The end of what it wrote to its standard error.
    pub stderr: String,
}

impl From<Left> for Leave {
    fn from(left: Left) -> Self {
        Self {
            how: left.how,
            status: ending(left.status),
            clean: left.how == Leaving::Left && left.status.is_some_and(|status| status.success()),
            stderr: left.stderr,
        }
    }
}

impl fmt::Display for Leave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.how {
            Leaving::Left => write!(f, "left at the end of its input with {}", self.status),
            Leaving::Terminated => f.write_str("did not leave at the end of its input; it left at SIGTERM"),
            Leaving::Killed => {
                f.write_str("did not leave at the end of its input and ignored SIGTERM; it was killed")
            }
        }
    }
}
