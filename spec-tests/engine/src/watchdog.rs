//! The clock of an in-process subject, whose calls nobody can interrupt.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Calls back, once, when a step takes longer than it may.
pub(crate) struct Watchdog {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy)]
enum State {
    Idle,
    Since { start: Instant, case: usize, step: usize },
}

impl Watchdog {
    /// Starts the thread. `overdue` is told the case and the step, and is expected to end the process.
    pub(crate) fn start(
        limit: Duration,
        overdue: impl Fn(usize, usize) + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::new(State::Idle), changed: Condvar::new() });
        let watched = Arc::clone(&shared);
        thread::Builder::new().name("watchdog".to_owned()).spawn(move || watched.watch(limit, &overdue))?;
        Ok(Self { shared })
    }

    /// A step starts.
    pub(crate) fn step(&self, case: usize, step: usize) {
        self.set(State::Since { start: Instant::now(), case, step });
    }

    /// No step is under way.
    pub(crate) fn idle(&self) {
        self.set(State::Idle);
    }

    fn set(&self, state: State) {
        let mut held = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_idle = matches!(*held, State::Idle);
        *held = state;
        // While steps follow each other the thread wakes by its own timer: a wake-up per step would cost more
        // than the step.
        if was_idle {
            self.shared.changed.notify_one();
        }
    }
}

impl Shared {
    fn watch(&self, limit: Duration, overdue: &dyn Fn(usize, usize)) {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            held = match *held {
                State::Idle => self.changed.wait(held).unwrap_or_else(PoisonError::into_inner),
                State::Since { start, case, step } => {
                    let elapsed = start.elapsed();
                    if elapsed >= limit {
                        overdue(case, step);
                        return;
                    }
                    let (held, _) = self
                        .changed
                        .wait_timeout(held, limit.saturating_sub(elapsed))
                        .unwrap_or_else(PoisonError::into_inner);
                    held
                }
            };
        }
    }
}
