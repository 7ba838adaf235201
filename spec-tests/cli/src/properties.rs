//! The laws and models that this program carries, and the cases that stand for them in lists.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use sockspec_cases::Case;
use sockspec_engine::Check;
use sockspec_laws::{Budget, Property, Seed};

/// Every law and model, in the order of reports.
pub(crate) fn all() -> Vec<&'static dyn Property> {
    [sockspec_laws::all(), sockspec_model::properties()].concat()
}

/// Each as a case without steps, for whatever lists cases.
pub(crate) fn as_cases() -> Vec<Case> {
    all().into_iter().map(|property| property.about().case(Vec::new())).collect()
}

/// The checks of those ids. `times` multiplies each property's own budget; `first` are the seeds to try first.
pub(crate) fn checks(ids: &[&str], times: u32, seed: Seed, first: &dyn Fn(&str) -> Vec<Seed>) -> Vec<Check> {
    let chosen = all().into_iter().filter(|property| ids.contains(&property.about().id));
    chosen
        .map(|property| {
            let about = property.about();
            Check { property, budget: Budget::of_run(about, times, seed, first(about.id)) }
        })
        .collect()
}

/// A seed that nobody has seen.
pub(crate) fn random_seed() -> Seed {
    // Each RandomState has keys of its own, which come from the system.
    Seed(RandomState::new().build_hasher().finish())
}
