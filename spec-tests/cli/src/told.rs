//! The way of an event: through the gate, then to every reporter.

use std::io;

use sockspec_engine::Cancel;
use sockspec_events::Event;
use sockspec_expect::Gate;
use sockspec_report::Reporter;

use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::gate::ByName;

/// The gate, the reporters, and what went wrong with them.
pub(crate) struct Told {
    gate: Gate,
    by_name: Option<ByName>,
    /// The version of the fixtures, which the engine does not know.
    fixtures: String,
    reporters: Vec<Box<dyn Reporter>>,
    trouble: Option<Failure>,
}

impl Told {
    pub(crate) fn new((gate, by_name): (Gate, Option<ByName>), fixtures: String) -> Self {
        Self { gate, by_name, fixtures, reporters: Vec::new(), trouble: None }
    }

    pub(crate) fn add(&mut self, reporter: Box<dyn Reporter>) {
        self.reporters.push(reporter);
    }

    /// Tells every reporter. One that fails is told no more; the run goes on for the others, and for its status.
    ///
    /// `cancel` ends a run that nobody can judge.
    pub(crate) fn tell(&mut self, mut event: Event, cancel: Option<&Cancel>) {
        if let Event::RunStarted(started) = &mut event {
            if started.fixtures.is_empty() {
                started.fixtures.clone_from(&self.fixtures);
            }
            match self.by_name.take().map(|files| files.find(&started.subject)).transpose() {
                Ok(Some(expectations)) => self.gate.expect(expectations),
                Ok(None) => {}
                Err(failure) => {
                    self.trouble = Some(failure);
                    self.reporters.clear();
                    cancel.inspect(|cancel| cancel.cancel());
                }
            }
        }
        self.gate.judge(&mut event);
        let trouble = &mut self.trouble;
        self.reporters.retain_mut(|reporter| match reporter.event(&event) {
            Ok(()) => true,
            Err(error) => {
                // Whoever read it has seen enough.
                if error.kind() != io::ErrorKind::BrokenPipe {
                    *trouble = Some(Failure::Unwritten(error));
                }
                false
            }
        });
    }

    /// The status to end with.
    pub(crate) fn status(self, interrupted: bool) -> Result<u8, Failure> {
        if let Some(trouble) = self.trouble {
            return Err(trouble);
        }
        Ok(if interrupted {
            INTERRUPTED
        } else if self.gate.is_red() {
            NOT_CONFORMING
        } else {
            0
        })
    }
}
