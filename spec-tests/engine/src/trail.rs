//! The trail of a law or model: what a worker was at when it hung, and what is known once it is gone.
//!
//! An in-process subject that hangs leaves the watchdog, which knows the steps. One that takes its process along leaves the
//! *mark*: a file in memory where the worker wrote each input's seed before it tried it, a write of a few bytes. From that
//! seed the harness has another worker go the same way once more, which says each step before it is made.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::PoisonError;

use rustix::fs::{MemfdFlags, memfd_create};
use sockspec_cases::{Case, Catalogue, Step, to_toml};
use sockspec_events::{CaseResult, PropertyRun, StepVerdict, Verdict};
use sockspec_laws::{About, Seed, Trail};

use crate::check::Watch;
use crate::execute::blank;
use crate::order::Word;

/// An input: its seed, and how many were tried before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) seed: Seed,
    pub(crate) before: u32,
}

impl Input {
    /// What a result says of a law or model that ended with this input.
    pub(crate) fn run(self) -> PropertyRun {
        PropertyRun {
            evaluations: self.before.saturating_add(1),
            seed: self.seed.to_string(),
            ..PropertyRun::default()
        }
    }
}

/// Where a worker marks its input. It outlives the worker.
#[derive(Debug)]
pub(crate) struct Mark(File);

const MARK: usize = 12;
/// What is said of one that ended after its last step.
pub(crate) const CLOSING: &str = ", while its sockets were closed after the last step";

impl Mark {
    /// One of the harness's own.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(File::from(memfd_create("sockspec-mark", MemfdFlags::CLOEXEC)?)))
    }

    /// Where a worker finds it, for as long as it has the harness's own view of `/proc`.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd()))
    }

    /// The worker's end.
    pub(crate) fn open(path: &PathBuf) -> io::Result<Self> {
        Ok(Self(File::options().read(true).write(true).open(path)?))
    }

    /// Nothing is tried yet.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.0.set_len(0)
    }

    fn set(&self, input: Input) -> io::Result<()> {
        let mut bytes = [0; MARK];
        bytes[..8].copy_from_slice(&input.seed.0.to_le_bytes());
        bytes[8..].copy_from_slice(&input.before.to_le_bytes());
        self.0.write_all_at(&bytes, 0)
    }

    /// The input that was tried last; `None` before the first.
    pub(crate) fn get(&self) -> Option<Input> {
        let mut bytes = [0; MARK];
        self.0.read_exact_at(&mut bytes, 0).ok()?;
        let (seed, before) = bytes.split_at(8);
        Some(Input {
            seed: Seed(u64::from_le_bytes(seed.try_into().ok()?)),
            before: u32::from_le_bytes(before.try_into().ok()?),
        })
    }
}

/// What is known of the input under way, for the watchdog.
#[derive(Debug)]
pub(crate) struct Way {
    about: &'static About,
    input: Option<Input>,
    steps: Vec<Step>,
    /// Whether its steps are made, and its sockets are being closed.
    closing: bool,
}

impl Way {
    pub(crate) fn new(about: &'static About) -> Self {
        Self { about, input: None, steps: Vec::new(), closing: false }
    }

    /// The result of one that got no further.
    pub(crate) fn ended(&self, verdict: Verdict, why: &str) -> CaseResult {
        let case = self.about.case(self.steps.clone());
        let mut result = stuck(&case, verdict, if self.closing { None } else { Some(why) });
        result.reason = Some(if self.closing { format!("{why}{CLOSING}") } else { why.to_owned() });
        result.property =
            self.input.map(|input| Box::new(PropertyRun { case: pasteable(&case), ..input.run() }));
        result
    }
}

/// A case as it can be pasted; none of one without steps.
pub(crate) fn pasteable(case: &Case) -> Option<String> {
    if case.steps.is_empty() { None } else { to_toml(case, &Catalogue::default()).ok() }
}

/// The steps of a case whose last one got no answer, if `why` says so.
pub(crate) fn stuck(case: &Case, verdict: Verdict, why: Option<&str>) -> CaseResult {
    let mut result = blank(case, verdict, why.map(str::to_owned));
    if let (Some(why), Some(last)) = (why, result.steps.last_mut()) {
        last.verdict = StepVerdict::NoOutcome;
        last.got = Some(why.to_owned());
    }
    result
}

/// Whoever follows a law or model in a worker.
pub(crate) struct Follower<'f> {
    pub(crate) watch: Watch<'f>,
    pub(crate) index: usize,
    pub(crate) mark: Option<&'f Mark>,
    /// What is told step by step, where the harness has the worker go carefully.
    pub(crate) told: Option<Way>,
}

impl Follower<'_> {
    /// Tells what is done next, where that is wanted.
    fn tell(&self) {
        if let Some(told) = &self.told {
            let result = Box::new(told.ended(Verdict::Crash, "the process ended"));
            // A harness that is gone shows when the result is told.
            let _ = self.watch.mouth.say(&Word::Doing { result });
        }
    }

    fn change(&mut self, change: impl Fn(&mut Way)) {
        self.told.as_mut().map(&change);
        let mut held = self.watch.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = held.as_mut().and_then(|under_way| under_way.way.as_mut()) {
            change(way);
        }
    }
}

impl Trail for Follower<'_> {
    fn is_followed(&self) -> bool {
        // A driver's worker outlives the driver, and asks each input alone once there was no answer.
        self.watch.watchdog.is_some()
    }

    fn input(&mut self, seed: Seed, before: u32) {
        let input = Input { seed, before };
        if let Some(mark) = self.mark {
            // Where it cannot be written, a crash is told without it.
            let _ = mark.set(input);
        }
        self.change(|way| way.input = Some(input));
    }

    fn anew(&mut self) {
        self.change(|way| {
            way.steps.clear();
            way.closing = false;
        });
    }

    fn step(&mut self, step: &Step) {
        self.change(|way| way.steps.push(step.clone()));
        self.tell();
        if let Some(watchdog) = self.watch.watchdog {
            // The peer's own time is not the subject's.
            watchdog.step(self.index, 0);
        }
    }

    fn closing(&mut self) {
        self.change(|way| way.closing = true);
        self.tell();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_set() {
        let mark = Mark::new().unwrap();
        assert_eq!(mark.get(), None);
        let there = Mark::open(&mark.path()).unwrap();
        for input in [Input { seed: Seed(u64::MAX), before: 0 }, Input { seed: Seed(0), before: 7 }] {
            there.set(input).unwrap();
            assert_eq!(mark.get(), Some(input));
        }
        mark.clear().unwrap();
        assert_eq!(mark.get(), None);
    }
}
