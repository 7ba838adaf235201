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
    /// How often each subject has its turn, in all sittings together; at least once.
    pub rounds: usize,
    /// How often the subjects are started anew, each time for its share of the rounds; at least once.
    pub sittings: usize,
    /// How long a turn lasts, roughly.
    pub turn: Duration,
    /// Where the ends run.
    pub cores: Cores,
    /// Time between two messages of the load, where it is sent at fixed times.
    pub interval: Option<Duration>,
}

impl Plan {
    /// How many rounds lie before that sitting.
    fn rounds_before(&self, sitting: usize) -> usize {
        self.rounds * sitting.min(self.sittings) / self.sittings.max(1)
    }
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

/// A scenario at which contenders take turns, over one or several sittings: each sitting is that of subjects started anew.
pub struct Measuring<'s> {
    scenario: &'s Scenario,
    /// One for each contender, from the first sitting on.
    states: Vec<(String, State)>,
}

impl<'s> Measuring<'s> {
    /// Nobody had a turn yet.
    pub fn new(scenario: &'s Scenario) -> Self {
        Self { scenario, states: Vec::new() }
    }

    /// The scenario.
    pub fn scenario(&self) -> &'s Scenario {
        self.scenario
    }

    /// Lets the contenders take the turns of a sitting, counted from 0: A B C A B C, the other way round every second time,
    /// after one turn of each that does not count, since it finds the subject's code and the caches cold. The contenders are
    /// the same in every sitting, in the same order. One that cannot do it is left out from then on, with its reason. Stops
    /// early, with what there is, once `go_on` says no.
    pub fn sit(
        &mut self,
        contenders: &mut [&mut dyn Contender],
        plan: &Plan,
        sitting: usize,
        go_on: &mut dyn FnMut() -> bool,
    ) {
        if self.states.is_empty() {
            for contender in contenders.iter_mut() {
                let state = State::beginning(self.scenario, &mut **contender, plan);
                self.states.push((contender.label().to_owned(), state));
            }
        }
        let (first, end) = (plan.rounds_before(sitting), plan.rounds_before(sitting + 1));
        for (contender, (_, state)) in contenders.iter_mut().zip(&mut self.states) {
            if go_on() {
                state.warm_up(self.scenario, &mut **contender, plan);
            }
        }
        for round in first..end {
            let count = contenders.len().min(self.states.len());
            for at in 0..count {
                // Each one finds what the one before it left in the caches.
                let at = if round % 2 == 0 { at } else { count - 1 - at };
                if !go_on() {
                    return;
                }
                self.states[at].1.take(self.scenario, &mut *contenders[at], plan, round);
            }
        }
    }

    /// What came of it; `None` where nobody was asked for a turn.
    pub fn result(self) -> Option<ScenarioResult> {
        let measured = |(label, state)| match state {
            State::Taking { sample, .. } if sample.rounds() > 0 => Measurement::new(label, sample),
            State::Taking { .. } => {
                Measurement::missing(label, "it was interrupted before its first turn", false)
            }
            State::Out(why) => {
                Measurement::missing(label, &why.to_string(), !matches!(why, Refused::Lacks(_)))
            }
        };
        let measurements: Vec<_> = self.states.into_iter().map(measured).collect();
        (!measurements.is_empty()).then(|| ScenarioResult::new(self.scenario, measurements))
    }
}

enum State {
    Taking {
        times: u64,
        /// In how many of the rounds it takes part.
        rounds: usize,
        sample: Sample,
    },
    Out(Refused),
}

impl State {
    fn beginning(scenario: &Scenario, contender: &mut dyn Contender, plan: &Plan) -> Self {
        match times(scenario, contender, plan) {
            Ok((times, one)) => {
                let rounds = if one > SLOW { plan.rounds.min(ROUNDS_OF_SLOW) } else { plan.rounds };
                Self::Taking { times, rounds, sample: Sample::default() }
            }
            Err(why) => Self::Out(why),
        }
    }

    /// A turn that does not count. Who waits for a timer is not warmed up by that.
    fn warm_up(&mut self, scenario: &Scenario, contender: &mut dyn Contender, plan: &Plan) {
        if let Self::Taking { times, rounds, .. } = self
            && *rounds == plan.rounds
            && let Err(why) = contender.turn(scenario, &turn(scenario, *times, plan))
        {
            *self = Self::Out(why);
        }
    }

    fn take(&mut self, scenario: &Scenario, contender: &mut dyn Contender, plan: &Plan, round: usize) {
        let Self::Taking { times, rounds, sample } = self else { return };
        // The fewer ones are spread over all.
        if round * *rounds / plan.rounds == (round + 1) * *rounds / plan.rounds {
            return;
        }
        match contender.turn(scenario, &turn(scenario, *times, plan)) {
            Ok(measured) => add(sample, scenario, round, &measured, *times),
            Err(why) => *self = Self::Out(why),
        }
    }
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

fn add(sample: &mut Sample, scenario: &Scenario, round: usize, measured: &Measured, times: u64) {
    match scenario.shape {
        Shape::Call { .. } => sample.add_whole(round, measured.nanoseconds.iter().sum(), times),
        Shape::Echo(_) => sample.add_each(round, &measured.nanoseconds),
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

    const PLAN: Plan = Plan {
        rounds: 5,
        sittings: 2,
        turn: Duration::from_millis(1),
        cores: Cores::Anywhere,
        interval: None,
    };

    fn steady(label: &'static str, nanoseconds: u64) -> Steady {
        Steady { label, nanoseconds, turns: Vec::new() }
    }

    /// All sittings, with the same contenders in each.
    fn measure(
        scenario: &Scenario,
        contenders: &mut [&mut dyn Contender],
        go_on: &mut dyn FnMut() -> bool,
    ) -> ScenarioResult {
        let mut measuring = Measuring::new(scenario);
        for sitting in 0..PLAN.sittings {
            measuring.sit(contenders, &PLAN, sitting, go_on);
        }
        measuring.result().unwrap_or_else(|| unreachable!("there are contenders"))
    }

    #[test]
    fn everybody_has_as_many_turns_and_each_turn_is_as_long() {
        let (mut quick, mut slow, mut lacking) =
            (steady("quick", 100), steady("slow", 200), steady("none", 0));
        let scenario = &resolver()[0];
        let result = measure(scenario, &mut [&mut quick, &mut slow, &mut lacking], &mut || true);
        // One in each of two sittings does not count.
        assert_eq!(quick.turns[quick.turns.len() - 7..], [10_000; 7]);
        assert_eq!(slow.turns[slow.turns.len() - 7..], [5_000; 7]);
        let rounds = result.of("quick").map(Measurement::rounds);
        assert_eq!(rounds, Some(5));
        let speed = result.speed_beside("slow", "quick");
        assert!(speed.is_some_and(|speed| (speed - 0.5).abs() < 1e-9), "{speed:?}");
        assert_eq!(result.measurements[2].why.as_deref(), Some("unsupported: no such function"));
    }

    #[test]
    fn who_waits_for_a_timer_takes_few_rounds_of_many_in_every_sitting() {
        let plan = Plan { rounds: 20, sittings: 5, ..PLAN };
        let (mut slow, scenario) = (steady("slow", 44_000_000), &resolver()[0]);
        let mut measuring = Measuring::new(scenario);
        for sitting in 0..plan.sittings {
            let before = slow.turns.len();
            measuring.sit(&mut [&mut slow], &plan, sitting, &mut || true);
            let finding_out = usize::from(sitting == 0);
            assert_eq!(slow.turns.len() - before, 1 + finding_out, "in sitting {sitting}");
        }
    }

    #[test]
    fn an_interrupt_keeps_what_there_is() {
        let mut steady = steady("one", 100);
        let mut left = 3;
        let result = measure(&resolver()[0], &mut [&mut steady], &mut || {
            left -= 1;
            left >= 0
        });
        assert!(result.measurements[0].median.is_some_and(|median| (median - 100.0).abs() < 1e-9));
    }
}
