//! Subjects that take turns.

use std::time::Duration;

use crate::results::{Measurement, ScenarioResult};
use crate::statistics::Sample;
use sockspec_engine::bench::Cores;
use sockspec_engine::bench::Hand;
use sockspec_engine::bench::{Measured, Refused, Round};
use sockspec_engine::bench::{Scenario, Shape};

/// How often in a turn that only finds out how many fill one.
const FEW: u64 = 3;
/// Round trips on each connection before those that count.
const WARM: u64 = 3;
/// The fewest round trips that count: what waits for a timer does so in every one but a connection's first.
const TRIPS_AT_LEAST: u64 = 5;
/// A call or a round trip this long waits for a timer, and few of them tell as much as many.
const SLOW: Duration = Duration::from_millis(5);
/// The most rounds of what is so slow.
const ROUNDS_OF_SLOW: usize = 5;
/// The most that a turn does, however quick it is.
const TIMES_AT_MOST: u64 = 1 << 22;
/// The most round trips in a turn: each is told by itself.
const TRIPS_AT_MOST: u64 = 20_000;

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How often each subject has its turn.
    pub rounds: usize,
    /// How long a turn lasts, roughly.
    pub turn: Duration,
    /// Where the ends run.
    pub cores: Cores,
    /// Time between two messages of the load, where it is sent at fixed times.
    pub interval: Option<Duration>,
}

/// Somebody who takes turns at a scenario.
pub trait Contender {
    /// What it is called.
    fn label(&self) -> &str;

    /// Takes a turn.
    ///
    /// # Errors
    /// [`Refused`] when it cannot.
    fn turn(&mut self, scenario: &Scenario, round: &Round) -> Result<Measured, Refused>;
}

impl Contender for Hand<'_> {
    fn label(&self) -> &str {
        &self.info().label
    }

    fn turn(&mut self, _: &Scenario, round: &Round) -> Result<Measured, Refused> {
        Hand::turn(self, round)
    }
}

/// Lets the contenders take turns at a scenario: A B C A B C, the other way round every second time. One that cannot do it
/// is left out, with its reason. Stops early, with what there is, once `go_on` says no.
pub fn measure(
    scenario: &Scenario,
    contenders: &mut [&mut dyn Contender],
    plan: &Plan,
    go_on: &mut dyn FnMut() -> bool,
) -> ScenarioResult {
    let mut states: Vec<State> = Vec::new();
    for contender in contenders.iter_mut() {
        states.push(match times(scenario, &mut **contender, plan) {
            Ok((times, one)) => {
                let rounds = if one > SLOW { plan.rounds.min(ROUNDS_OF_SLOW) } else { plan.rounds };
                State::Taking { times, rounds, sample: Sample::default() }
            }
            Err(why) => State::Out(why),
        });
    }
    for round in 0..plan.rounds {
        let count = contenders.len();
        for at in 0..count {
            // Each one finds what the one before it left in the caches.
            let at = if round % 2 == 0 { at } else { count - 1 - at };
            if !go_on() {
                break;
            }
            let State::Taking { times, rounds, sample } = &mut states[at] else { continue };
            if round >= *rounds {
                continue;
            }
            match contenders[at].turn(scenario, &turn(scenario, *times, plan)) {
                Ok(measured) => add(sample, scenario, &measured, *times),
                Err(why) => states[at] = State::Out(why),
            }
        }
    }
    let measurements = contenders
        .iter()
        .zip(states)
        .map(|(contender, state)| {
            let label = contender.label().to_owned();
            match state {
                State::Taking { sample, .. } if sample.rounds() > 0 => Measurement::new(label, sample),
                State::Taking { .. } => {
                    Measurement::missing(label, "it was interrupted before its first turn", false)
                }
                State::Out(why) => {
                    Measurement::missing(label, &why.to_string(), !matches!(why, Refused::Lacks(_)))
                }
            }
        })
        .collect();
    ScenarioResult::new(scenario, measurements)
}

enum State {
    Taking { times: u64, rounds: usize, sample: Sample },
    Out(Refused),
}

fn turn(scenario: &Scenario, times: u64, plan: &Plan) -> Round {
    Round {
        shape: scenario.shape.clone(),
        times,
        warm: WARM,
        load_core: plan.cores.load(),
        interval: plan.interval.map(|interval| u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)),
    }
}

/// How often fills a turn, found by doubling, and how long one took.
fn times(
    scenario: &Scenario,
    contender: &mut dyn Contender,
    plan: &Plan,
) -> Result<(u64, Duration), Refused> {
    let (at_least, at_most) = match scenario.shape {
        Shape::Call { .. } => (1, TIMES_AT_MOST),
        Shape::Echo(_) => (TRIPS_AT_LEAST, TRIPS_AT_MOST),
    };
    let mut times = FEW;
    loop {
        let measured = contender.turn(scenario, &turn(scenario, times, plan))?;
        let took: u64 = measured.nanoseconds.iter().sum();
        let one = (took / times).max(1);
        let wanted = u64::try_from(plan.turn.as_nanos()).unwrap_or(u64::MAX) / one;
        // The first ones of a turn may be slower; what is far from filling it is not trusted to say by how much.
        if wanted <= times * 4 || times >= at_most {
            return Ok((wanted.clamp(at_least, at_most), Duration::from_nanos(one)));
        }
        times = (times * 4).min(at_most);
    }
}

fn add(sample: &mut Sample, scenario: &Scenario, measured: &Measured, times: u64) {
    match scenario.shape {
        Shape::Call { .. } => sample.add_whole(measured.nanoseconds.iter().sum(), times),
        Shape::Echo(_) => sample.add_each(&measured.nanoseconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockspec_engine::bench::resolver;

    struct Steady {
        label: &'static str,
        nanoseconds: u64,
        turns: Vec<u64>,
    }

    impl Contender for Steady {
        fn label(&self) -> &str {
            self.label
        }

        fn turn(&mut self, _: &Scenario, round: &Round) -> Result<Measured, Refused> {
            if self.nanoseconds == 0 {
                return Err(Refused::Lacks("unsupported: no such function".to_owned()));
            }
            self.turns.push(round.times);
            Ok(Measured { nanoseconds: vec![self.nanoseconds * round.times] })
        }
    }

    #[test]
    fn everybody_has_as_many_turns_and_each_turn_is_as_long() {
        let steady = |label, nanoseconds| Steady { label, nanoseconds, turns: Vec::new() };
        let (mut quick, mut slow, mut lacking) =
            (steady("quick", 100), steady("slow", 200), steady("none", 0));
        let plan = Plan { rounds: 5, turn: Duration::from_millis(1), cores: Cores::Anywhere, interval: None };
        let scenario = &resolver()[0];
        let result = measure(scenario, &mut [&mut quick, &mut slow, &mut lacking], &plan, &mut || true);
        assert_eq!(quick.turns[quick.turns.len() - 5..], [10_000; 5]);
        assert_eq!(slow.turns[slow.turns.len() - 5..], [5_000; 5]);
        let speed = result.speed_beside("slow", "quick");
        assert!(speed.is_some_and(|speed| (speed - 0.5).abs() < 1e-9), "{speed:?}");
        assert_eq!(result.measurements[2].why.as_deref(), Some("unsupported: no such function"));
    }

    #[test]
    fn an_interrupt_keeps_what_there_is() {
        let mut steady = Steady { label: "one", nanoseconds: 100, turns: Vec::new() };
        let plan = Plan { rounds: 5, turn: Duration::from_millis(1), cores: Cores::Anywhere, interval: None };
        let mut left = 2;
        let result = measure(&resolver()[0], &mut [&mut steady], &plan, &mut || {
            left -= 1;
            left >= 0
        });
        assert!(result.measurements[0].median.is_some_and(|median| (median - 100.0).abs() < 1e-9));
    }
}
