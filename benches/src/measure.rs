//! Rounds in which the contenders of a case take turns, and what becomes of their times.

use std::time::{Duration, Instant};

use crate::case::{Case, Contender, Reason};
use crate::world::World;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How often the contenders are made anew, at least once. Two connections of the same kind differ in speed as long
    /// as they live, by where their memory lies and how their ends wake each other, which is no merit of the code.
    pub builds: usize,
    /// How often each contender has its turn in each build, at least once.
    pub rounds: usize,
    /// How long a turn lasts, roughly; at least one call is made in it. On a busy machine a turn that is shorter than the
    /// scheduler's slice mostly goes by undisturbed.
    pub turn: Duration,
}

impl Plan {
    /// What a table takes: a fifth of a second a contender.
    pub const TABLE: Self = Self { builds: 9, rounds: 45, turn: Duration::from_micros(500) };
    /// Every contender once, to see that it works.
    pub const ONCE: Self = Self { builds: 1, rounds: 1, turn: Duration::ZERO };
}

/// What one contender took.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The contender's name.
    pub name: &'static str,
    /// Nanoseconds a call, by round.
    nanoseconds: Vec<f64>,
}

impl Sample {
    /// The median over the rounds, nanoseconds a call.
    pub fn median(&self) -> f64 {
        median(self.nanoseconds.clone())
    }

    /// The best round, nanoseconds a call.
    pub fn min(&self) -> f64 {
        self.nanoseconds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// How many times as long as `other` this took: the median over the rounds, each compared with the same round of
    /// the other, which leaves out whatever slowed a whole round down.
    pub fn ratio(&self, other: &Self) -> f64 {
        median(self.nanoseconds.iter().zip(&other.nanoseconds).map(|(own, others)| own / others).collect())
    }
}

/// The middle of the values, the upper one of two; not a number where there is none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Lets the contenders of a case take turns, A B C A B C, in the next build C B A C B A, and returns what each of them took, in their order.
///
/// # Errors
/// Why this machine cannot have the case; or the contender that failed, and why.
pub fn measure(case: &Case, world: &World, plan: Plan) -> Result<Vec<Sample>, Reason> {
    let mut times = Vec::new();
    let mut samples: Vec<Sample> = Vec::new();
    for build in 0..plan.builds.max(1) {
        let mut contenders = case.build(world)?;
        if samples.is_empty() {
            for contender in &mut contenders {
                times.push(calls_in(contender, plan.turn)?);
                samples.push(Sample { name: contender.name(), nanoseconds: Vec::new() });
            }
        } else {
            for (contender, times) in contenders.iter_mut().zip(&times) {
                run(contender, times.div_ceil(4))?;
            }
        }
        if contenders.len() != samples.len() {
            return Err(Reason::new("the contenders are not the same from build to build"));
        }
        for _ in 0..plan.rounds.max(1) {
            let count = samples.len();
            for at in 0..count {
                // The other way round every second time, since each one finds what the one before it left in the caches.
                let at = if build % 2 == 0 { at } else { count - 1 - at };
                let times = times[at];
                let took = run(&mut contenders[at], times)?;
                samples[at].nanoseconds.push(took.as_secs_f64() * 1e9 / precise(times));
            }
        }
    }
    Ok(samples)
}

fn run(contender: &mut Contender, times: u64) -> Result<Duration, Reason> {
    let name = contender.name();
    contender.run(times).map_err(Reason::when(name))
}

/// How many calls of a contender fill a turn, found by doubling. It warms the contender up as well.
///
/// It goes by the quickest calls of all: where too few were made in a turn, those that find the caches cold would count
/// for more than with the other contenders.
fn calls_in(contender: &mut Contender, turn: Duration) -> Result<u64, Reason> {
    // A connection's first messages may wait for its windows to open.
    run(contender, 1)?;
    let start = Instant::now();
    let (mut times, mut quickest) = (1_u64, u128::MAX);
    loop {
        let took = run(contender, times)?;
        quickest = quickest.min(took.as_nanos() / u128::from(times)).max(1);
        let needed = u64::try_from(turn.as_nanos() / quickest).unwrap_or(u64::MAX).max(1);
        // The machine may be so busy that the end is not in sight.
        if times >= needed || start.elapsed() >= turn * 1000 {
            return Ok(times.min(needed));
        }
        times *= 2;
    }
}

/// A number of calls, of which a turn holds far fewer than the 2^52 that a fraction tells apart.
#[expect(clippy::cast_precision_loss)]
const fn precise(times: u64) -> f64 {
    times as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A contender that says it took that many nanoseconds a call.
    fn steady(name: &'static str, nanoseconds: u64) -> Contender {
        Contender::in_batches(name, move |times| Ok(Duration::from_nanos(times * nanoseconds)))
    }

    #[test]
    fn every_contender_has_its_turn_in_every_round_of_every_build() {
        let plan = Plan { builds: 2, rounds: 5, turn: Duration::from_micros(1) };
        let case = Case::new("case", |_| Ok(vec![steady("C", 100), steady("reference", 50)]));
        let samples = measure(&case, &World::outside(), plan).expect("nothing fails");
        let counts: Vec<usize> = samples.iter().map(|sample| sample.nanoseconds.len()).collect();
        assert_eq!(counts, [10, 10]);
        assert!((samples[0].median() - 100.0).abs() < 1e-6);
        assert!((samples[1].ratio(&samples[0]) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_ratio_compares_within_a_round() {
        let slow_second_half = Sample { name: "C", nanoseconds: vec![10.0, 10.0, 40.0] };
        let always_half = Sample { name: "reference", nanoseconds: vec![5.0, 5.0, 20.0] };
        assert!((always_half.ratio(&slow_second_half) - 0.5).abs() < 1e-9);
        assert!((slow_second_half.min() - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_failure_names_its_contender() {
        let broken = || Contender::new("std::net", || Err::<(), _>("no such host"));
        let case = Case::new("case", move |_| Ok(vec![broken()]));
        let error = measure(&case, &World::outside(), Plan::ONCE).expect_err("the call fails");
        assert_eq!(error.to_string(), "std::net: no such host");
    }
}
