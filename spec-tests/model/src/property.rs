//! The model's properties: sequences of one kind each, held to the model.

use std::time::Instant;

use sockspec_cases::{Basis, Case, LabNeed, Step};
use sockspec_laws::{About, Broken, Budget, Held, Property, Seed, Stage, Stop, Verdict};
use sockspec_subject::Edition;

use crate::choose::Chooser;
use crate::clauses::{BOTH, DATAGRAMS, STREAMS};
use crate::dice::Dice;
use crate::profile::{self, Profile};
use crate::sequence::{Played, play};
use crate::shrink::shrink;

/// Sequences of one kind.
pub(crate) struct Model {
    about: About,
    profile: Profile,
}

/// How many acts in a row may not fit before a sequence ends.
const MISSES: u32 = 60;

/// A property; its line is where it is stated below.
macro_rules! model {
    ($id:literal, $text:literal, $clauses:expr, $needs:expr, $evaluations:literal, $profile:expr) => {
        Model {
            about: About {
                id: $id,
                text: $text,
                clauses: $clauses,
                editions: &[Edition::V2_2, Edition::V3],
                needs: $needs,
                evaluations: $evaluations,
                file: "spec-tests/model/src/property.rs",
                line: line!(),
            },
            profile: $profile,
        }
    };
}

/// Every property of the model.
pub(crate) static ALL: [Model; 9] = [
    model!(
        "model/streams-inet",
        "Any sequence of calls on TCP sockets over IPv4 leads to what the model says, call by call.",
        STREAMS,
        LabNeed::Loopback,
        32,
        profile::STREAMS_INET
    ),
    model!(
        "model/streams-inet6",
        "Any sequence of calls on TCP sockets over IPv6 leads to what the model says, call by call.",
        STREAMS,
        LabNeed::Loopback6,
        28,
        profile::STREAMS_INET6
    ),
    model!(
        "model/streams-unix",
        "Any sequence of calls on local stream sockets leads to what the model says, call by call.",
        STREAMS,
        LabNeed::Loopback,
        44,
        profile::STREAMS_UNIX
    ),
    model!(
        "model/datagrams-inet",
        "Any sequence of calls on UDP sockets over IPv4 leads to what the model says, call by call.",
        DATAGRAMS,
        LabNeed::Loopback,
        32,
        profile::DATAGRAMS_INET
    ),
    model!(
        "model/datagrams-inet6",
        "Any sequence of calls on UDP sockets over IPv6 leads to what the model says, call by call.",
        DATAGRAMS,
        LabNeed::Loopback6,
        24,
        profile::DATAGRAMS_INET6
    ),
    model!(
        "model/datagrams-unix",
        "Any sequence of calls on local datagram sockets leads to what the model says, call by call.",
        DATAGRAMS,
        LabNeed::Loopback,
        32,
        profile::DATAGRAMS_UNIX
    ),
    model!(
        "model/mixed",
        "Sockets of every family and type beside each other each do what the model says, call by call.",
        BOTH,
        LabNeed::Loopback6,
        32,
        profile::MIXED
    ),
    model!(
        "model/many-sockets",
        "Of many sockets at once each has its own data, addresses, options and mode.",
        BOTH,
        LabNeed::Loopback,
        20,
        profile::MANY
    ),
    model!(
        "model/non-blocking",
        "Sockets that do not wait raise where others would wait, and do the same as others elsewhere.",
        BOTH,
        LabNeed::Loopback,
        50,
        profile::NON_BLOCKING
    ),
];

impl Model {
    fn generate(&self, stage: &mut Stage<'_>, seed: Seed) -> Played {
        let mut chooser = Chooser::new(Dice::new(seed), self.profile);
        let mut misses = 0;
        let mut played = 0;
        play(stage, move |world, acts| {
            misses = if acts == played { misses + 1 } else { 0 };
            played = acts;
            if acts >= chooser.length || misses > MISSES {
                return chooser.last(world);
            }
            // A choice that comes to nothing is made again.
            (0..MISSES).find_map(|_| chooser.next(world)).or_else(|| chooser.last(world))
        })
    }

    fn case(&self, steps: Vec<Step>, clauses: &[&str]) -> Box<Case> {
        let platform = steps.iter().any(|step| !step.allow.is_empty());
        Box::new(Case {
            id: self.about.id.to_owned(),
            clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            basis: if platform { Basis::Platform } else { Basis::Documented },
            editions: self.about.editions.to_vec(),
            lab: self.about.needs.clone(),
            note: None,
            steps,
            section: "model".to_owned(),
            file: self.about.file.to_owned(),
            line: usize::try_from(self.about.line).unwrap_or_default(),
        })
    }

    fn broken(
        &self,
        stage: &mut Stage<'_>,
        budget: &Budget,
        found: Played,
        seed: Seed,
        evaluations: u32,
    ) -> Verdict {
        let steps = found.steps.len();
        let (least, shrinks) = shrink(found, budget.shrinks, budget.shrinking(), |acts| {
            let mut acts = acts.iter().cloned();
            play(stage, |_, _| acts.next())
        });
        let why = match &least.stop {
            Some(Stop::Broken(why)) => Some(why.clone()),
            _ => None,
        };
        let case = self.case(least.steps, least.clauses);
        Verdict::Broken(Broken { evaluations, shrinks, steps, seed, case, why })
    }
}

impl Property for Model {
    fn about(&self) -> &About {
        &self.about
    }

    fn check(&self, stage: &mut Stage<'_>, budget: &Budget) -> Verdict {
        let own = (0..u64::from(budget.evaluations)).map(|at| budget.seed.branch(self.about.id, at));
        let mut evaluations = 0;
        let (begun, time) = (Instant::now(), budget.time(&self.about));
        for seed in budget.first.iter().copied().chain(own) {
            if evaluations > 0 && begun.elapsed() > time {
                return Verdict::Held(Held { evaluations, cut_short: true });
            }
            stage.trail.input(seed, evaluations);
            evaluations += 1;
            let played = self.generate(stage, seed);
            match &played.stop {
                // What the peer cannot do, or nobody can write down, is no matter of the subject's.
                None | Some(Stop::Unfit(_)) => {}
                Some(Stop::Unsupported(why)) => return Verdict::Unsupported(why.clone()),
                Some(Stop::Fault(fault)) => {
                    let case = self.case(played.steps, played.clauses);
                    return Verdict::Fault { fault: fault.clone(), case, seed, evaluations };
                }
                Some(Stop::Departs(_) | Stop::Broken(_)) => {
                    return self.broken(stage, budget, played, seed, evaluations);
                }
            }
        }
        Verdict::Held(Held { evaluations, cut_short: false })
    }
}
