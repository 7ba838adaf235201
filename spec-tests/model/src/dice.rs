//! What a sequence's choices come from: one seed, the same choices.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use sockspec_laws::Seed;

pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new(seed: Seed) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &seed.bytes()))
    }

    /// A number below that one; 0 for 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.next_u64() % end).unwrap_or(0)
    }

    /// Whether something happens that happens so often in a hundred times.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).copied()
    }

    /// One of these, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(usize, T)]) -> Option<T> {
        let mut at = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, each) in from {
            if at < *weight {
                return Some(*each);
            }
            at -= weight;
        }
        None
    }
}
