//! What is measured: cases, and in each of them the contenders that do the same thing.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::world::World;

/// The name of the floor: the C library, called as C would.
pub const FLOOR: &str = "C";
/// The name of the reference.
pub const REFERENCE: &str = "reference";

/// Why a case is missing, or why a contender stopped: a sentence for the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Reason(String);

impl Reason {
    /// A reason from anything that can be read.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }

    /// A function that puts what was being done before an error.
    pub fn when<E: fmt::Display>(doing: &str) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{doing}: {error}"))
    }
}

/// What a contender is called through: how often in a row, and the time that it took.
type Batch = dyn FnMut(u64) -> Result<Duration, Reason>;

/// What makes the contenders of a case.
type Build = dyn Fn(&World) -> Result<Vec<Contender>, Reason>;

/// One way of doing what a case is about.
pub struct Contender {
    name: &'static str,
    batch: Box<Batch>,
}

impl fmt::Debug for Contender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Contender").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Contender {
    /// A contender that is a call. What the call returns is shown to the optimizer where it lies, since moving it would
    /// be timed too, and dropped within the time measured, since freeing a result is part of its price.
    pub fn new<T, E: fmt::Display>(
        name: &'static str,
        mut call: impl FnMut() -> Result<T, E> + 'static,
    ) -> Self {
        Self::in_batches(name, move |times| {
            let start = Instant::now();
            for _ in 0..times {
                let result = call();
                black_box(&result);
                if let Err(error) = result {
                    return Err(Reason::new(error));
                }
            }
            Ok(start.elapsed())
        })
    }

    /// A contender that is called a number of times in a row and takes the time itself.
    pub fn in_batches(
        name: &'static str,
        batch: impl FnMut(u64) -> Result<Duration, Reason> + 'static,
    ) -> Self {
        Self { name, batch: Box::new(batch) }
    }

    /// Its name: [`FLOOR`], [`REFERENCE`], or a peer's.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Does it `times` in a row.
    ///
    /// # Errors
    /// What went wrong in one of the calls.
    pub fn run(&mut self, times: u64) -> Result<Duration, Reason> {
        (self.batch)(times)
    }
}

/// One thing to do, which every contender does in its own way. The floor comes first.
pub struct Case {
    name: String,
    build: Box<Build>,
}

impl fmt::Debug for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Case").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Case {
    pub(crate) fn new(
        name: impl Into<String>,
        build: impl Fn(&World) -> Result<Vec<Contender>, Reason> + 'static,
    ) -> Self {
        Self { name: name.into(), build: Box::new(build) }
    }

    /// What is done, such as `getaddrinfo ::1`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the contenders, each with whatever it keeps between calls. A case is measured before the next one is
    /// built, since building it may change the hosts file.
    ///
    /// # Errors
    /// Why this machine cannot have this case.
    pub fn build(&self, world: &World) -> Result<Vec<Contender>, Reason> {
        (self.build)(world)
    }
}
