//! A driver that runs: requests out, replies in, and what becomes of it when it fails.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::fd::OwnedFd;
use sockspec_subject::{Call, Description, Fault, Outcome};
use sockspec_wire::json::{hello_protocol, parse_reply, write_call, write_op};
use sockspec_wire::{Body, Limits, LineError, Op, PROTOCOL, Reply};

use crate::command::DriverCommand;
use crate::group::{Group, GroupHandle};
use crate::pipes::{NoLine, Pipes};
use crate::starved::Patience;
use crate::tail::Tail;
use crate::trouble::{Trouble, ending};

/// The time between `SIGTERM` and `SIGKILL`.
const TERM_GRACE: Duration = Duration::from_secs(1);

/// How a driver went when it was no longer needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// By itself, at the end of its input.
    Left,
    /// At `SIGTERM`: it had not left at the end of its input.
    Terminated,
    /// At `SIGKILL`: it had ignored `SIGTERM` too.
    Killed,
}

/// A driver that runs.
#[derive(Debug)]
pub(crate) struct Driver {
    group: Group,
    pipes: Pipes,
    limits: Limits,
    /// The id of the request made last.
    last: u64,
    /// The id of the request answered last.
    answered: u64,
}

impl Driver {
    /// Starts a driver; nothing is asked yet.
    pub(crate) fn start(
        command: &DriverCommand,
        limits: &Limits,
        handle: &GroupHandle,
    ) -> Result<Self, Fault> {
        let no_start = |what| Fault::Start { what, stderr: String::new() };
        let child = command.spawn().map_err(no_start)?;
        let mut group = Group::new(child, handle.clone()).map_err(no_start)?;
        let child = group.child();
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(no_start("its standard streams are no pipes".to_owned()));
        };
        let pipes = Pipes::new(
            OwnedFd::from(input),
            OwnedFd::from(output),
            OwnedFd::from(errors),
            Tail::new(limits.stderr),
        )
        .map_err(|error| no_start(format!("its pipes cannot be set up: {error}")))?;
        Ok(Self { group, pipes, limits: limits.clone(), last: 0, answered: 0 })
    }

    /// Starts a driver and greets it.
    pub(crate) fn greet(
        command: &DriverCommand,
        limits: &Limits,
        handle: &GroupHandle,
    ) -> Result<(Self, Description), Fault> {
        let started = Instant::now();
        let mut driver = Self::start(command, limits, handle)?;
        match driver.hello(started, command.hello.unwrap_or(limits.hello)) {
            Ok(description) => Ok((driver, description)),
            Err(what) => Err(driver.fail_start(&what)),
        }
    }

    pub(crate) fn set_limits(&mut self, limits: &Limits) {
        self.limits = limits.clone();
    }

    /// Greets it, within that time from `started` on.
    fn hello(&mut self, started: Instant, within: Duration) -> Result<Description, NoHello> {
        self.send(&Op::Hello { protocol: PROTOCOL }).map_err(NoHello::Trouble)?;
        let reply = match self.reply(started, within) {
            Ok(reply) => reply,
            Err(Trouble::Line { line, error }) => {
                return Err(match hello_protocol(&line) {
                    Some(other) if other != PROTOCOL => NoHello::Protocol(other),
                    _ => NoHello::Trouble(Trouble::Line { line, error }),
                });
            }
            Err(other) => return Err(NoHello::Trouble(other)),
        };
        match reply {
            Body::Hello { protocol: PROTOCOL, description } => {
                self.quiet().map_err(NoHello::Trouble)?;
                Ok(description)
            }
            Body::Hello { protocol, .. } => Err(NoHello::Protocol(protocol)),
            Body::Fault(why) => Err(NoHello::Trouble(Trouble::Fault(why))),
            other => Err(NoHello::Trouble(Trouble::Kind { asked: "hello", got: other.key() })),
        }
    }

    /// Makes a request; it may stay in the buffer until a reply is waited for.
    pub(crate) fn send(&mut self, op: &Op) -> Result<u64, Trouble> {
        self.last += 1;
        write_op(&mut self.pipes.to_send, self.last, op).map_err(unwritten)?;
        Ok(self.last)
    }

    /// As [`Driver::send`], for a call. Says no when the call is longer than a line may be.
    pub(crate) fn send_call(&mut self, call: &Call) -> Result<bool, Trouble> {
        let before = self.pipes.to_send.len();
        write_call(&mut self.pipes.to_send, self.last + 1, call).map_err(unwritten)?;
        if self.pipes.to_send.len() - before > self.limits.line {
            self.pipes.to_send.truncate(before);
            return Ok(false);
        }
        self.last += 1;
        Ok(true)
    }

    /// Makes a request in words of the caller's own: for the test of a driver.
    pub(crate) fn send_raw(&mut self, line: impl FnOnce(u64) -> String) {
        self.last += 1;
        self.pipes.to_send.extend_from_slice(line(self.last).as_bytes());
    }

    /// As [`Driver::reply`], within the usual time.
    pub(crate) fn next_reply(&mut self) -> Result<Body, Trouble> {
        self.reply(Instant::now(), self.limits.reply)
    }

    /// The next reply, which has to be to the next request.
    pub(crate) fn reply(&mut self, from: Instant, within: Duration) -> Result<Body, Trouble> {
        let Reply { id, body } = self.any_reply(from, within)?;
        let expected = self.answered + 1;
        if id != expected {
            return Err(Trouble::Foreign { got: id, expected, last: self.last });
        }
        self.answered = id;
        Ok(body)
    }

    /// The next reply, whatever it answers.
    fn any_reply(&mut self, from: Instant, within: Duration) -> Result<Reply, Trouble> {
        let limit = self.limits.line;
        let mut patience = Patience::new(within);
        let next = loop {
            match self.pipes.next_line(from + patience.until(), limit, self.group.ended()) {
                Err(NoLine::Late) if patience.more(self.group.ended()) => {}
                next => break next,
            }
        };
        let line = match next {
            Ok(line) => self.pipes.line(line),
            Err(no_line) => {
                let begun = self.pipes.unread();
                return Err(match no_line {
                    NoLine::Late => Trouble::Late { after: within, takes_input: self.pipes.takes_input() },
                    NoLine::Closed => Trouble::Closed { begun: begun.to_vec() },
                    NoLine::TooLong => {
                        Trouble::TooLong { limit, begun: begun[..begun.len().min(1024)].to_vec() }
                    }
                    NoLine::System(error) => Trouble::System(error),
                });
            }
        };
        parse_reply(line, &self.limits).map_err(|error| Trouble::Line { line: line.to_vec(), error })
    }

    /// The outcome of the next call.
    pub(crate) fn outcome(&mut self) -> Result<Outcome, Trouble> {
        match self.next_reply()? {
            Body::Outcome(outcome) => Ok(outcome),
            Body::Fault(why) => Err(Trouble::Fault(why)),
            other => Err(Trouble::Kind { asked: "a call", got: other.key() }),
        }
    }

    /// Makes a request and awaits its reply.
    pub(crate) fn ask(&mut self, op: &Op) -> Result<Body, Trouble> {
        self.send(op)?;
        self.next_reply()
    }

    /// That nothing came beyond what was asked for.
    pub(crate) fn quiet(&self) -> Result<(), Trouble> {
        match self.pipes.unread() {
            [] => Ok(()),
            line => Err(Trouble::Extra { line: line[..line.len().min(1024)].to_vec() }),
        }
    }

    /// Kills it, and says what to make of its trouble.
    pub(crate) fn fail(mut self, trouble: &Trouble) -> Fault {
        let gone = match trouble {
            Trouble::Closed { .. } => self.await_end(),
            _ => false,
        };
        let (status, stderr) = self.finish();
        let what = trouble.text();
        match trouble {
            Trouble::Late { after, takes_input: true } => Fault::Hang { after: *after, stderr },
            Trouble::Closed { begun } if gone => {
                let ending = ending(status);
                if begun.is_empty() {
                    Fault::Crash { what: ending, stderr }
                } else if status.is_some_and(|status| status.success()) {
                    Fault::Protocol { what: format!("{what} ({ending})"), stderr }
                } else {
                    Fault::Crash { what: format!("{ending}, in the middle of a reply"), stderr }
                }
            }
            _ => Fault::Protocol { what, stderr },
        }
    }

    /// Kills a driver that could not be greeted.
    fn fail_start(mut self, why: &NoHello) -> Fault {
        let gone = match why {
            NoHello::Trouble(Trouble::Closed { .. }) => self.await_end(),
            _ => false,
        };
        let (status, stderr) = self.finish();
        let what = match why {
            NoHello::Protocol(other) => {
                format!(
                    "it speaks protocol {other}, and this suite speaks {PROTOCOL}: use a driver for that version"
                )
            }
            NoHello::Trouble(Trouble::Closed { begun }) if gone && begun.is_empty() => {
                format!("it ended before it said hello: {}", ending(status))
            }
            NoHello::Trouble(Trouble::Closed { .. }) if gone => {
                format!("it ended in the middle of its hello: {}", ending(status))
            }
            NoHello::Trouble(Trouble::Late { after, takes_input: true }) => {
                format!("it did not say hello within {after:?}: is it a driver?")
            }
            NoHello::Trouble(trouble) => format!("no hello: {}", trouble.text()),
        };
        Fault::Start { what, stderr }
    }

    fn await_end(&mut self) -> bool {
        let deadline = Instant::now() + self.limits.leave;
        self.pipes.wait_end(deadline, self.limits.line, self.group.ended())
    }

    fn finish(&mut self) -> (Option<ExitStatus>, String) {
        let status = self.group.finish();
        self.pipes.drain_errors();
        (status, self.pipes.tail.text())
    }

    /// Lets it leave: ends its input, and grows more insistent when that does not help.
    pub(crate) fn leave(mut self) -> Left {
        self.pipes.close_input();
        let mut how = Leaving::Left;
        if !self.await_end() {
            self.group.terminate();
            how = Leaving::Terminated;
            let deadline = Instant::now() + TERM_GRACE;
            if !self.pipes.wait_end(deadline, self.limits.line, self.group.ended()) {
                how = Leaving::Killed;
            }
        }
        let (status, stderr) = self.finish();
        Left { how, status, stray: self.pipes.unread().to_vec(), stderr }
    }
}

/// How a driver left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) how: Leaving,
    pub(crate) status: Option<ExitStatus>,
    /// What it wrote to its standard output without being asked.
    pub(crate) stray: Vec<u8>,
    pub(crate) stderr: String,
}

/// Why a driver could not be greeted.
enum NoHello {
    Protocol(u64),
    Trouble(Trouble),
}

fn unwritten(error: LineError) -> Trouble {
    Trouble::Line { line: Vec::new(), error }
}
