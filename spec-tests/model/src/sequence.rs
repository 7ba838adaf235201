//! Sequences: acts played one after the other on a stage, each held to its plan.

use sockspec_cases::Step;
use sockspec_laws::{Session, Stage, Stop};
use sockspec_subject::Fault;

use crate::act::Act;
use crate::plan::plan;
use crate::world::World;

/// What came of a sequence.
#[derive(Debug)]
pub(crate) struct Played {
    /// The acts that were played, the last included.
    pub(crate) acts: Vec<Act>,
    pub(crate) steps: Vec<Step>,
    /// The clauses that the last act's expectation rests on.
    pub(crate) clauses: &'static [&'static str],
    /// Why it ended early, if it did.
    pub(crate) stop: Option<Stop>,
}

impl Played {
    /// Whether the last step departs from what was demanded.
    pub(crate) fn departs(&self) -> bool {
        matches!(self.stop, Some(Stop::Departs(_) | Stop::Broken(_)))
    }
}

/// Plays what `next` gives until there is no more. An act whose precondition does not hold is left out.
pub(crate) fn play(stage: &mut Stage<'_>, mut next: impl FnMut(&World, usize) -> Option<Act>) -> Played {
    let mut world = World::default();
    let mut session = Session::new(stage);
    let mut played = Played { acts: Vec::new(), steps: Vec::new(), clauses: &[], stop: None };
    while let Some(act) = next(&world, played.acts.len()) {
        let Some(plan) = plan(&world, &act) else { continue };
        played.acts.push(act);
        played.clauses = plan.clauses;
        match session.run(plan.step) {
            Ok(outcome) => (plan.effect)(&mut world, &outcome),
            Err(stop) => {
                played.stop = Some(stop);
                break;
            }
        }
        world.time += 1;
    }
    played.steps = session.steps().to_vec();
    if let Err(fault) = session.end()
        && !matches!(played.stop, Some(Stop::Fault(_)))
    {
        played.stop = Some(Stop::Fault(fault));
    }
    played
}

/// The fault that ended a sequence, where one did.
pub(crate) fn fault(played: &Played) -> Option<&Fault> {
    match &played.stop {
        Some(Stop::Fault(fault)) => Some(fault),
        _ => None,
    }
}
