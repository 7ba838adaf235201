//! Which subjects of a matrix run when, and with how many workers each.
//!
//! A subject mostly waits: for what never comes until its time is up, for names that nobody answers, for a driver that
//! starts anew. What others do meanwhile costs it nothing. So one that waits long is given several workers, and as many
//! subjects run at a time as keep the cores busy, by what each is known to take. The longest begin first.

use std::cmp::Reverse;
use std::sync::{Condvar, Mutex, PoisonError};

use sockspec_fixtures::RunCost;

/// Longer than this no run should take that more workers make shorter, in milliseconds. Each worker more costs a start of the
/// driver, for some a core's seconds.
const GOAL: u64 = 40_000;
/// Workers of one subject at most: each has a lab and a driver of its own.
const WORKERS: u64 = 8;
/// A core, and what is given away of each: more than there is, since no share is exact and nobody uses all of it all the
/// time.
const CORE: u64 = 1000;
const GIVEN_AWAY: u64 = 1500;
/// The least that a worker is taken to need of a core.
const LEAST: u64 = 20;
/// What a subject costs that nobody has measured.
const UNKNOWN: RunCost = RunCost { milliseconds: 10_000, core: 5000 };

/// A subject's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Its place among the subjects.
    pub(crate) at: usize,
    pub(crate) workers: u16,
    /// What its workers need of the cores together; [`CORE`] is a whole one.
    share: u64,
    /// How long it takes with them, in milliseconds.
    long: u64,
}

impl Turn {
    fn new(at: usize, cost: Option<RunCost>, cores: u64) -> Self {
        let cost = cost.unwrap_or(UNKNOWN);
        let long = cost.milliseconds.max(1);
        let share = (CORE * cost.core / long).clamp(LEAST, CORE);
        // No more of them than the cores can serve.
        let workers = long.div_ceil(GOAL).min(cores * CORE / share).clamp(1, WORKERS);
        let count = u16::try_from(workers).unwrap_or(1);
        Self { at, workers: count, share: share * workers, long: long / workers }
    }
}

/// The turns of a matrix, the longest first, as they are given out and given back.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Debug)]
struct State {
    waiting: Vec<Turn>,
    room: u64,
    running: usize,
}

impl Turns {
    /// For subjects that cost so much each, where that is known, on so many cores.
    pub(crate) fn new(costs: &[Option<RunCost>], cores: u64) -> Self {
        let cores = cores.max(1);
        let mut waiting: Vec<Turn> =
            costs.iter().enumerate().map(|(at, cost)| Turn::new(at, *cost, cores)).collect();
        waiting.sort_by_key(|turn| Reverse(turn.long));
        let state = State { waiting, room: cores * GIVEN_AWAY, running: 0 };
        Self { state: Mutex::new(state), given_back: Condvar::new() }
    }

    /// The next turn, once there is room for it; none where none is left.
    pub(crate) fn next(&self) -> Option<Held<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.waiting.is_empty() {
                return None;
            }
            if let Some(turn) = state.take() {
                return Some(Held { turn, turns: self });
            }
            state = self.given_back.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A turn under way, which makes room for others when it is dropped.
#[derive(Debug)]
pub(crate) struct Held<'t> {
    pub(crate) turn: Turn,
    turns: &'t Turns,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.turns.state.lock().unwrap_or_else(PoisonError::into_inner).put_back(self.turn);
        self.turns.given_back.notify_all();
    }
}

impl State {
    /// The longest that there is room for. One that needs more than there ever is runs alone.
    fn take(&mut self) -> Option<Turn> {
        let room = self.room;
        let fits = self.waiting.iter().position(|turn| turn.share <= room);
        let at = fits.or((self.running == 0 && !self.waiting.is_empty()).then_some(0))?;
        let turn = self.waiting.remove(at);
        self.room = self.room.saturating_sub(turn.share);
        self.running += 1;
        Some(turn)
    }

    fn put_back(&mut self, turn: Turn) {
        self.room += turn.share;
        self.running -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn cost(milliseconds: u64, core: u64) -> RunCost {
        RunCost { milliseconds, core }
    }

    fn turns<const N: usize>(costs: [RunCost; N], cores: u64) -> Turns {
        Turns::new(&costs.map(Some), cores)
    }

    #[rstest]
    // Nearly all of it is waiting, so that workers take turns at it.
    #[case(Some(cost(180_000, 2000)), 5)]
    #[case(Some(cost(1_000_000, 2000)), 8)]
    // What a core is busy with all the time, two cores do in half of it, and not more of them in less.
    #[case(Some(cost(180_000, 180_000)), 2)]
    #[case(Some(cost(200_000, 100_000)), 4)]
    // What is short anyway is not worth another worker.
    #[case(Some(cost(8000, 3000)), 1)]
    #[case(None, 1)]
    #[case(Some(cost(0, 0)), 1)]
    fn who_waits_has_more_workers(#[case] cost: Option<RunCost>, #[case] workers: u16) {
        let turn = Turn::new(0, cost, 2);
        assert_eq!(turn.workers, workers);
        assert!(turn.share <= 2 * CORE, "{turn:?}");
    }

    #[test]
    fn the_longest_that_there_is_room_for_begins_first() {
        let costs = [
            cost(5000, 5000),
            cost(9000, 9000),
            cost(19_000, 19_000),
            cost(18_000, 900),
            cost(16_000, 16_000),
        ];
        let turns = turns(costs, 2);
        let mut state = turns.state.lock().unwrap();
        let begun: Vec<Turn> = std::iter::from_fn(|| state.take()).collect();
        // Two cores are given away one and a half times; the one that mostly waits fits beside any.
        assert_eq!(begun.iter().map(|turn| turn.at).collect::<Vec<_>>(), [2, 3, 4]);
        state.put_back(begun[0]);
        assert_eq!(state.take().map(|turn| turn.at), Some(1));
    }

    #[test]
    fn one_that_never_fits_runs_alone() {
        let mut state = turns([cost(9000, 9000), cost(5000, 5000)], 1).state.into_inner().unwrap();
        state.room = 10;
        let first = state.take().unwrap();
        assert_eq!((first.at, state.take()), (0, None));
        state.put_back(first);
        assert_eq!(state.take().map(|turn| turn.at), Some(1));
    }

    #[test]
    fn every_turn_comes_once_whoever_asks() {
        let turns = turns([cost(9000, 9000); 20], 2);
        let came = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    while let Some(held) = turns.next() {
                        came.lock().unwrap().push(held.turn.at);
                    }
                });
            }
        });
        let mut came = came.into_inner().unwrap();
        came.sort_unstable();
        assert_eq!(came, (0..20).collect::<Vec<_>>());
    }

    /// Plays the turns of the recorded costs, as if each took exactly what is known.
    #[test]
    fn the_subjects_that_are_known_take_less_than_three_minutes_on_two_cores() {
        let costs = sockspec_fixtures::Fixtures::embedded().run_costs().unwrap();
        let costs: Vec<_> = costs.into_values().map(Some).collect();
        let mut state = Turns::new(&costs, 2).state.into_inner().unwrap();
        let (mut now, mut under_way): (u64, Vec<(u64, Turn)>) = (0, Vec::new());
        loop {
            while let Some(turn) = state.take() {
                under_way.push((now + turn.long, turn));
            }
            let Some(next) = (0..under_way.len()).min_by_key(|at| under_way[*at].0) else { break };
            let (ends, turn) = under_way.swap_remove(next);
            now = ends;
            state.put_back(turn);
        }
        let busy: u64 = costs.iter().flatten().map(|cost| cost.core).sum();
        assert!(now.max(busy / 2) < 180_000, "{now} ms; {busy} ms of a core");
    }
}
