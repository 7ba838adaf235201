//! What a property is, and what came of it.

use std::time::Duration;

use sockspec_cases::{Case, LabNeed};
use sockspec_subject::{Edition, Fault};

use crate::{Seed, Stage};

/// What a property says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Its permanent id: `laws/inet-ntoa-undoes-inet-aton`, `model/streams`.
    pub id: &'static str,
    /// What it demands, in one sentence.
    pub text: &'static str,
    /// The clauses that it rests on, at least one.
    pub clauses: &'static [&'static str],
    /// The editions that it holds in.
    pub editions: &'static [Edition],
    /// The world that it needs.
    pub needs: LabNeed,
    /// How many inputs it is checked for in a run of the default budget; other budgets are multiples of that.
    pub evaluations: u32,
    /// The file that states it, below the repository's top.
    pub file: &'static str,
    /// Its 1-based line there.
    pub line: u32,
}

/// How much a property may cost, and where its inputs come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// How many inputs at most.
    pub evaluations: u32,
    /// How many smaller inputs are tried at most once one has broken the property.
    pub shrinks: u32,
    /// The seed of the run; each property branches off its own.
    pub seed: Seed,
    /// Inputs to try first, each by its own seed: what broke the property before.
    pub first: Vec<Seed>,
    /// How long the inputs of a default budget may take, where somebody waits for many properties: [`PATIENCE`] in a
    /// run; `None` for as long as it takes.
    pub patience: Option<Duration>,
}

/// What a run has of patience with one property. A subject that waits a second in each lookup is slow, and no hang.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How many smaller inputs a run tries at most.
const SHRINKS: u32 = 2000;

impl Budget {
    /// What a run gives a property whose default budget it multiplies.
    pub fn of_run(about: &About, times: u32, seed: Seed, first: Vec<Seed>) -> Self {
        let evaluations = about.evaluations.saturating_mul(times);
        Self { evaluations, shrinks: SHRINKS, seed, first, patience: Some(PATIENCE) }
    }

    /// How long the inputs may take before no further one is tried: as much longer than [`Budget::patience`] as the budget
    /// is larger than the property's own.
    pub fn time(&self, about: &About) -> Duration {
        let times = (self.evaluations / about.evaluations.max(1)).max(1);
        self.patience.map_or(Duration::MAX, |patience| patience.saturating_mul(times))
    }

    /// How long smaller inputs are looked for: half the patience. That the property is broken is known by then, and only
    /// how small the input is hangs on it.
    pub fn shrinking(&self) -> Duration {
        self.patience.map_or(Duration::MAX, |patience| patience / 2)
    }
}

/// A property that held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// How many inputs it was checked for.
    pub evaluations: u32,
    /// Whether [`Budget::time`] ended before the inputs did.
    pub cut_short: bool,
}

/// A property that an input broke.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// How many inputs it was checked for until then.
    pub evaluations: u32,
    /// How many smaller inputs were tried after that.
    pub shrinks: u32,
    /// How many steps that input had until it departed.
    pub steps: usize,
    /// The seed of the input that was found first; it leads to the same input again.
    pub seed: Seed,
    /// The smallest input that was found, as a case: its last step departs from what the property demands.
    pub case: Box<Case>,
    /// What departs, in a sentence, where the steps alone do not say.
    pub why: Option<String>,
}

/// What came of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It held.
    Held(Held),
    /// An input broke it.
    Broken(Broken),
    /// The subject says that it lacks what the property speaks of, or its types cannot express it.
    Unsupported(sockspec_subject::Unsupported),
    /// The subject failed to answer; the case is the input that it did not answer to.
    Fault {
        /// How.
        fault: Fault,
        /// The steps until then.
        case: Box<Case>,
        /// The input's seed.
        seed: Seed,
        /// How many inputs it was checked for until then, that one among them.
        evaluations: u32,
    },
}

/// Something that holds for all inputs.
pub trait Property: Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// Checks it, and shrinks the first input that breaks it.
    fn check(&self, stage: &mut Stage<'_>, budget: &Budget) -> Verdict;
}

#[cfg(test)]
mod tests {
    use sockspec_subject::Edition;

    use super::*;

    #[test]
    fn patience_grows_with_the_budget() {
        let about = About {
            id: "laws/any",
            text: "",
            clauses: &[],
            editions: &Edition::ALL,
            needs: LabNeed::None,
            evaluations: 100,
            file: "",
            line: 0,
        };
        let time = |evaluations, patience| {
            Budget { evaluations, shrinks: 0, seed: Seed(0), first: Vec::new(), patience }.time(&about)
        };
        assert_eq!(
            [0, 99, 100, 199, 1000].map(|evaluations| time(evaluations, Some(PATIENCE))),
            [10, 10, 10, 10, 100].map(Duration::from_secs)
        );
        assert_eq!(time(100, None), Duration::MAX);
    }
}
