//! Shrinking: a sequence that departs, made as short and plain as it still departs.
//!
//! Acts are left out in runs, long ones first, then two sockets made one, then acts made plainer one by one, until nothing
//! more helps. Each try is played
//! anew, and an act whose precondition no longer holds goes with what it rested on.

use std::time::{Duration, Instant};

use crate::act::{Act, Id};
use crate::sequence::{Played, fault};

/// How many tries may end without an answer: each costs the whole time that an answer may take.
const FAULTS: u32 = 2;

/// The shortest sequence that was found, and how many were tried.
pub(crate) fn shrink(
    first: Played,
    most: u32,
    time: Duration,
    play: impl FnMut(&[Act]) -> Played,
) -> (Played, u32) {
    let mut shrinking =
        Shrinking { best: first, tries: 0, most, faults: 0, begun: Instant::now(), time, play };
    loop {
        let before = shrinking.best.acts.clone();
        shrinking.leave_out();
        shrinking.merge();
        shrinking.make_plainer();
        if shrinking.best.acts == before || shrinking.spent() {
            return (shrinking.best, shrinking.tries);
        }
    }
}

struct Shrinking<F> {
    best: Played,
    tries: u32,
    most: u32,
    faults: u32,
    begun: Instant,
    time: Duration,
    play: F,
}

impl<F: FnMut(&[Act]) -> Played> Shrinking<F> {
    fn spent(&self) -> bool {
        self.tries >= self.most || self.faults >= FAULTS || self.begun.elapsed() >= self.time
    }

    /// Plays other acts; where these depart too, and are no more, they are the best from now on.
    fn attempt(&mut self, acts: &[Act]) -> bool {
        if self.spent() {
            return false;
        }
        self.tries += 1;
        let played = (self.play)(acts);
        self.faults += u32::from(fault(&played).is_some());
        let better =
            played.departs() && played.acts.len() <= self.best.acts.len() && played.acts != self.best.acts;
        if better {
            self.best = played;
        }
        better
    }

    fn leave_out(&mut self) {
        let mut run = self.best.acts.len() / 2;
        while run > 0 && !self.spent() {
            // From the end: what comes late rests on what comes early.
            let mut end = self.best.acts.len();
            while end > 0 {
                end = end.min(self.best.acts.len());
                let start = end.saturating_sub(run);
                let mut acts = self.best.acts.clone();
                acts.drain(start..end);
                self.attempt(&acts);
                end = start;
            }
            run /= 2;
        }
    }

    /// Has one socket do what two did.
    fn merge(&mut self) {
        let made: Vec<Id> = self
            .best
            .acts
            .iter()
            .filter_map(|act| match act {
                Act::Make { id, .. } => Some(*id),
                _ => None,
            })
            .collect();
        for (at, one) in made.iter().enumerate() {
            for other in made.iter().skip(at + 1) {
                // The second time that it is made does not fit.
                let acts: Vec<Act> =
                    self.best.acts.iter().map(|act| act.with_in_place_of(*one, *other)).collect();
                self.attempt(&acts);
            }
        }
    }

    fn make_plainer(&mut self) {
        let mut at = 0;
        while at < self.best.acts.len() && !self.spent() {
            let better = self.best.acts[at].plainer().into_iter().any(|plainer| {
                let mut acts = self.best.acts.clone();
                acts[at] = plainer;
                self.attempt(&acts)
            });
            if !better {
                at += 1;
            }
        }
    }
}
