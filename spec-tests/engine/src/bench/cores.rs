//! Which cores the two ends of a benchmark run on.

use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};

/// Where the ends run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cores {
    /// Both on this one: what a round trip costs. Across cores idle wake-ups drown the difference.
    Shared(usize),
    /// The subject on the first, the harness's end on the second: how long a round trip takes to whoever waits for it.
    Apart(usize, usize),
    /// Wherever the system puts them: it did not let itself be told.
    Anywhere,
}

impl Cores {
    /// One core for both ends, or one for each. The last cores that this process may use: the first have more interrupts
    /// to see to.
    pub fn choose(apart: bool) -> Self {
        let Ok(allowed) = sched_getaffinity(None) else { return Self::Anywhere };
        let mut cores = (0..CpuSet::MAX_CPU).rev().filter(|core| allowed.is_set(*core));
        match (cores.next(), cores.next()) {
            (Some(subject), Some(other)) if apart => Self::Apart(subject, other),
            (Some(one), _) => Self::Shared(one),
            (None, _) => Self::Anywhere,
        }
    }

    /// The core of the subject.
    pub fn subject(self) -> Option<usize> {
        match self {
            Self::Shared(core) | Self::Apart(core, _) => Some(core),
            Self::Anywhere => None,
        }
    }

    /// The core of the harness's end.
    pub fn load(self) -> Option<usize> {
        match self {
            Self::Shared(core) | Self::Apart(_, core) => Some(core),
            Self::Anywhere => None,
        }
    }

    /// In a sentence, for whoever reads the figures.
    pub fn sentence(self) -> String {
        match self {
            Self::Shared(core) => {
                format!("Both ends on core {core}: what a round trip costs, not how long one waits for it.")
            }
            Self::Apart(subject, load) => {
                format!(
                    "The subject on core {subject}, the load on core {load}: how long one waits, wake-ups across cores \
                     included."
                )
            }
            Self::Anywhere => "On no core in particular: this system did not let itself be told.".to_owned(),
        }
    }
}

/// Whether the system grants it to run in real time.
///
/// Two ends that share a core are switched between as the scheduler sees fit: whoever is woken may take the core at once, or
/// only when the other one waits, and which of the two it mostly is differs from one start to the next. That can make a quarter
/// of a short round trip. In real time nobody of the same priority takes the core from the other.
pub fn grants_real_time() -> bool {
    // On a thread of its own, which then ends.
    thread::spawn(|| sockspec_lab::run_in_real_time().is_ok()).join().unwrap_or(false)
}

/// Moves the calling thread, and what it starts from now on, to that core. Says whether the system let it.
pub fn pin(core: usize) -> bool {
    let mut one = CpuSet::new();
    if core >= CpuSet::MAX_CPU {
        return false;
    }
    one.set(core);
    sched_setaffinity(None, &one).is_ok()
}
