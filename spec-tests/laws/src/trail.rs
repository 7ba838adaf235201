//! Trails: which input is being tried and how far it got, for whoever is left with a subject that gives no answer.

use sockspec_cases::Step;

use crate::Seed;

/// Is told what happens next, before it happens. A subject that hangs or takes its process along tells nobody anything
/// afterwards.
pub trait Trail {
    /// Whether anybody follows it. If so, inputs are asked one after the other even where they could go to the subject all
    /// at once.
    fn is_followed(&self) -> bool {
        true
    }

    /// An input is tried next: its seed, and how many were before it.
    fn input(&mut self, seed: Seed, before: u32);

    /// Steps are made from the beginning: those of an input, of a smaller one, or of the same once more.
    fn anew(&mut self);

    /// This step is made next.
    fn step(&mut self, step: &Step);

    /// The steps are made; what they left open is closed next.
    fn closing(&mut self);
}

/// Nobody follows.
impl Trail for () {
    fn is_followed(&self) -> bool {
        false
    }

    fn input(&mut self, _: Seed, _: u32) {}

    fn anew(&mut self) {}

    fn step(&mut self, _: &Step) {}

    fn closing(&mut self) {}
}
