//! Figures of one subject at one scenario.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

/// The longest time that is told apart: a minute, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;
/// Digits that the histogram keeps.
const DIGITS: u8 = 3;

/// What one subject took, round by round.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Nanoseconds for one, by round: the median within the round.
    rounds: BTreeMap<usize, f64>,
    /// Each one by itself where it was timed by itself.
    each: Histogram<u64>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            rounds: BTreeMap::new(),
            // Fails only for bounds that make no sense, and these are constants.
            each: Histogram::new_with_bounds(1, LONGEST, DIGITS)
                .unwrap_or_else(|_| unreachable!("the bounds are in order")),
        }
    }
}

impl Sample {
    /// Adds the round of that number, in which each one was timed by itself.
    pub fn add_each(&mut self, round: usize, nanoseconds: &[u64]) {
        for time in nanoseconds {
            self.each.saturating_record(*time.max(&1));
        }
        self.rounds.insert(round, median(nanoseconds.iter().map(|time| precise(*time)).collect()));
    }

    /// Adds the round of that number, of so many that were timed together.
    pub fn add_whole(&mut self, round: usize, nanoseconds: u64, times: u64) {
        self.rounds.insert(round, precise(nanoseconds) / precise(times.max(1)));
    }

    /// How many rounds there are.
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// The median over the rounds, in nanoseconds for one.
    pub fn median(&self) -> f64 {
        median(self.rounds.values().copied().collect())
    }

    /// The time within which 99 of 100 were done, in nanoseconds; where they were not timed one by one, of 100 rounds.
    pub fn p99(&self) -> f64 {
        if self.each.is_empty() {
            let sorted = self.sorted();
            return sorted
                .get((sorted.len() * 99).div_ceil(100).saturating_sub(1))
                .copied()
                .unwrap_or(f64::NAN);
        }
        precise(self.each.value_at_quantile(0.99))
    }

    /// The middle half of the rounds, as a share of the median: 0.1 says that half of them lie within 10 %.
    pub fn spread(&self) -> f64 {
        let sorted = self.sorted();
        let at = |share: usize| sorted.get(sorted.len() * share / 4).copied().unwrap_or(f64::NAN);
        (at(3).min(*sorted.last().unwrap_or(&f64::NAN)) - at(1)) / self.median()
    }

    /// How fast this is beside another: 1 as fast, 0.5 half as fast. The median over the rounds, each compared with the
    /// same round of the other, which leaves out whatever slowed a whole round down.
    pub fn speed_beside(&self, other: &Self) -> f64 {
        let same = |(round, own): (&usize, &f64)| other.rounds.get(round).map(|others| others / own);
        median(self.rounds.iter().filter_map(same).collect())
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted: Vec<f64> = self.rounds.values().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The distribution of those that were timed by themselves as a curve: share done, nanoseconds.
    pub fn distribution(&self) -> Vec<(f64, f64)> {
        self.each.iter_quantiles(4).map(|step| (step.quantile(), precise(step.value_iterated_to()))).collect()
    }
}

/// The middle of the values, the upper one of two; not a number where there is none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A time of which a fraction tells all: fewer than 2^52 nanoseconds, which is 52 days.
#[expect(clippy::cast_precision_loss)]
const fn precise(nanoseconds: u64) -> f64 {
    nanoseconds as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(rounds: &[u64]) -> Sample {
        let mut sample = Sample::default();
        for (round, time) in rounds.iter().enumerate() {
            sample.add_each(round, &[*time, *time, *time]);
        }
        sample
    }

    #[test]
    fn rounds_are_compared_with_their_own() {
        let slow_later = sample(&[100, 100, 400]);
        let half_as_fast = sample(&[200, 200, 800]);
        assert!((half_as_fast.speed_beside(&slow_later) - 0.5).abs() < 1e-9);
        assert!((slow_later.median() - 100.0).abs() < 1e-9);
        let mut last_alone = Sample::default();
        last_alone.add_each(2, &[800]);
        assert!((last_alone.speed_beside(&slow_later) - 0.5).abs() < 1e-9, "each beside its own");
    }

    #[test]
    fn a_whole_is_shared_out() {
        let mut sample = Sample::default();
        sample.add_whole(0, 1000, 10);
        assert!((sample.median() - 100.0).abs() < 1e-9);
        sample.add_whole(1, 1004, 10);
        assert!((sample.p99() - 100.4).abs() < 1e-9, "of rounds, and no less than the median");
        assert!(sample.distribution().is_empty(), "none of them was timed by itself");
        assert!(Sample::default().median().is_nan());
    }

    #[test]
    fn one_late_answer_in_fifty_shows_in_the_tail() {
        let mut sample = Sample::default();
        let mut times = vec![100; 49];
        times.push(40_000_000);
        sample.add_each(0, &times);
        assert!((sample.median() - 100.0).abs() < 1e-9);
        assert!(sample.p99() > 39_000_000.0);
    }
}
