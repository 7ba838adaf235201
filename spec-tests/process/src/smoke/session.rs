//! One driver after another, as long as checks use them up.

use std::time::Instant;

use sockspec_subject::{Description, Fault, Outcome};
use sockspec_wire::{Body, Limits, Op};

use super::{Check, SmokeReport, Standing};
use crate::DriverCommand;
use crate::driver::{Driver, Leaving};
use crate::group::GroupHandle;
use crate::trouble::{Trouble, ending, excerpt};

/// How a check went that did not fail.
pub(super) enum Seen {
    /// As it should, with what was seen.
    Fine(String),
    /// Not at all, and why.
    Nothing(String),
}

/// Why a check failed.
pub(super) enum Failing {
    /// A reply in time and in form, but the wrong one: expected, came.
    Answer(String),
    /// No such reply: the driver is of no further use.
    Trouble(Trouble),
}

impl From<Trouble> for Failing {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// What a check comes to.
pub(super) type Judged = Result<Seen, Failing>;

/// Expected one thing, got another.
pub(super) fn instead(expected: &str, came: &Body) -> Failing {
    Failing::Answer(format!("expected {expected}; came {}", show(came)))
}

/// A reply in a message.
pub(super) fn show(body: &Body) -> String {
    match body {
        Body::Outcome(Outcome::Returned(value)) => format!("returned {value}"),
        Body::Outcome(Outcome::Unsupported(why)) => format!("{} ({why})", body.key()),
        Body::Outcome(raised @ Outcome::Raised(_)) => raised.to_string(),
        Body::Fault(why) => format!("fault ({why})"),
        Body::Hello { description, .. } => format!("hello of {} {}", description.name, description.version),
        Body::Reset | Body::Pong | Body::Took(_) => body.key().to_owned(),
    }
}

/// The checks of one command.
pub(super) struct Session<'a> {
    command: &'a DriverCommand,
    pub(super) limits: &'a Limits,
    driver: Option<Driver>,
    description: Option<Description>,
    checks: Vec<Check>,
}

impl<'a> Session<'a> {
    pub(super) fn new(command: &'a DriverCommand, limits: &'a Limits) -> Self {
        Self { command, limits, driver: None, description: None, checks: Vec::new() }
    }

    /// The first check; the others are for a driver that passes it.
    pub(super) fn greet(&mut self) -> bool {
        let started = Instant::now();
        match Driver::greet(self.command, self.limits, &GroupHandle::default()) {
            Ok((driver, description)) => {
                let (name, version) = (&description.name, &description.version);
                let text = format!(
                    "{name} {version}, edition {}, {} constants, after {} ms",
                    description.edition,
                    description.constants.len(),
                    started.elapsed().as_millis()
                );
                self.note("hello", Standing::Pass, text, String::new());
                self.driver = Some(driver);
                self.description = Some(description);
                true
            }
            Err(fault) => {
                self.fault("hello", &fault);
                false
            }
        }
    }

    /// What the driver said of itself.
    pub(super) fn description(&self) -> Description {
        self.description.clone().unwrap_or_default()
    }

    /// Makes a check on the driver at hand, or on a new one.
    pub(super) fn check(&mut self, name: &str, judge: impl FnOnce(&mut Driver) -> Judged) {
        let mut driver = match self.driver.take() {
            Some(driver) => driver,
            None => match Driver::greet(self.command, self.limits, &GroupHandle::default()) {
                Ok((driver, _)) => driver,
                Err(fault) => return self.fault(name, &fault),
            },
        };
        let judged = judge(&mut driver).and_then(|seen| Ok(driver.quiet().map(|()| seen)?));
        match judged {
            Ok(Seen::Fine(text)) => self.note(name, Standing::Pass, text, String::new()),
            Ok(Seen::Nothing(why)) => self.note(name, Standing::Skipped, why, String::new()),
            Err(Failing::Answer(text)) => self.note(name, Standing::Fail, text, String::new()),
            Err(Failing::Trouble(trouble)) => {
                let fault = driver.fail(&trouble);
                return self.fault(name, &fault);
            }
        }
        self.driver = Some(driver);
    }

    /// Two drivers at once do not get into each other's way.
    pub(super) fn side_by_side(&mut self, name: &str, judge: impl Fn(&mut Driver, &mut Driver) -> Judged) {
        let start = || Driver::greet(self.command, self.limits, &GroupHandle::default());
        let (mut one, mut other) = match start().and_then(|(one, _)| Ok((one, start()?.0))) {
            Ok(both) => both,
            Err(fault) => return self.fault(name, &fault),
        };
        match judge(&mut one, &mut other) {
            Ok(Seen::Fine(text) | Seen::Nothing(text)) => {
                self.note(name, Standing::Pass, text, String::new());
            }
            Err(Failing::Answer(text)) => self.note(name, Standing::Fail, text, String::new()),
            Err(Failing::Trouble(trouble)) => {
                self.note(name, Standing::Fail, trouble.text(), String::new());
            }
        }
    }

    /// The last checks: how the driver leaves, and what it leaves behind.
    pub(super) fn leave(&mut self) {
        self.check("last-ping", |driver| match driver.ask(&Op::Ping)? {
            Body::Pong => Ok(Seen::Fine("pong, after all the checks".to_owned())),
            other => Err(instead("pong", &other)),
        });
        let Some(driver) = self.driver.take() else {
            return;
        };
        let left = driver.leave();
        if left.stray.is_empty() {
            self.note(
                "stdout-is-the-wire",
                Standing::Pass,
                "replies and nothing else".to_owned(),
                String::new(),
            );
        } else {
            let text = format!("expected nothing but replies; came {}", excerpt(&left.stray));
            self.note("stdout-is-the-wire", Standing::Fail, text, String::new());
        }
        let clean = left.status.is_some_and(|status| status.success());
        let (standing, text) = match left.how {
            Leaving::Left if clean => (Standing::Pass, ending(left.status)),
            Leaving::Left => {
                (Standing::Fail, format!("expected exit status 0; came {}", ending(left.status)))
            }
            Leaving::Terminated => (
                Standing::Fail,
                format!("expected it to leave within {:?}; it left at SIGTERM", self.limits.leave),
            ),
            Leaving::Killed => (
                Standing::Fail,
                format!("expected it to leave within {:?}; it ignored SIGTERM too", self.limits.leave),
            ),
        };
        self.note("leaves-at-end-of-input", standing, text, left.stderr);
    }

    pub(super) fn report(self) -> SmokeReport {
        SmokeReport { label: self.command.label.clone(), description: self.description, checks: self.checks }
    }

    fn fault(&mut self, name: &str, fault: &Fault) {
        self.note(name, Standing::Fail, fault.to_string(), fault.stderr().to_owned());
    }

    fn note(&mut self, name: &str, standing: Standing, message: String, stderr: String) {
        self.checks.push(Check { name: name.to_owned(), standing, message, stderr });
    }
}
