//! What a law is made of: a head that says what it demands, a generator, and one of two forms.

use std::fmt::Debug;
use std::sync::OnceLock;

use proptest::strategy::BoxedStrategy;
use sockspec_cases::{Expectation, Facts, Judgement, LabNeed, Step, check};
use sockspec_subject::{Edition, Outcome, Raised, Value};

use crate::{About, Budget, Property, Session, Stage, Stop, Verdict, run};

/// The world that a law needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// None: it asks pure functions only.
    Nothing,
    /// 127.0.0.1 that can be bound.
    Loopback,
    /// `::1` that can be bound.
    Loopback6,
    /// The default lab: its names, services and interfaces.
    Lab,
}

impl From<World> for LabNeed {
    fn from(world: World) -> Self {
        match world {
            World::Nothing => Self::None,
            World::Loopback => Self::Loopback,
            World::Loopback6 => Self::Loopback6,
            World::Lab => Self::Lab("default".to_owned()),
        }
    }
}

/// What a law says of itself; [`About`] in a form that a `static` can hold.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// Its permanent id, starting with `laws/`.
    pub id: &'static str,
    /// What it demands, in one sentence.
    pub text: &'static str,
    /// The clauses that it rests on.
    pub clauses: &'static [&'static str],
    /// The editions that it holds in.
    pub editions: &'static [Edition],
    /// The world that it needs.
    pub world: World,
    /// How many inputs a run of the default budget tries.
    pub evaluations: u32,
    /// Its file, below the repository's top.
    pub file: &'static str,
    /// Its 1-based line there.
    pub line: u32,
}

/// A law over inputs of one type.
pub struct Law<I: 'static> {
    /// What it says of itself.
    pub head: Head,
    /// Where its inputs come from.
    pub inputs: fn() -> BoxedStrategy<I>,
    /// How an input is checked.
    pub form: Form<I>,
    /// Filled in on first use.
    pub about: OnceLock<About>,
}

/// How an input is checked.
pub enum Form<I: 'static> {
    /// Calls of the module that do not depend on what came of one another, so that many inputs go to the subject at
    /// once, and a judge over what came.
    Calls {
        /// The calls.
        steps: fn(&I) -> Vec<Step>,
        /// Says which of them should have led elsewhere.
        judge: fn(&I, &Seen<'_>) -> Result<(), Demand>,
    },
    /// Steps that do.
    Session(fn(&I, &mut Session<'_, '_>) -> Result<(), Stop>),
}

/// A step that should have led elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Its place, from 0.
    pub step: usize,
    /// What is demanded of it.
    pub expect: Expectation,
}

/// What came of an input's calls.
pub struct Seen<'s> {
    outcomes: &'s [Outcome],
    facts: &'s dyn Facts,
}

impl<'s> Seen<'s> {
    /// The outcomes of all calls, in order.
    pub fn new(outcomes: &'s [Outcome], facts: &'s dyn Facts) -> Self {
        Self { outcomes, facts }
    }

    /// What matching knows.
    pub fn facts(&self) -> &'s dyn Facts {
        self.facts
    }

    /// What the call in that place returned, if it did.
    pub fn returned(&self, step: usize) -> Option<&'s Value> {
        match self.outcomes.get(step) {
            Some(Outcome::Returned(value)) => Some(value),
            _ => None,
        }
    }

    /// What the call in that place raised, if it did.
    pub fn raised(&self, step: usize) -> Option<&'s Raised> {
        match self.outcomes.get(step) {
            Some(Outcome::Raised(raised)) => Some(raised),
            _ => None,
        }
    }

    /// Demands something of a call.
    ///
    /// # Errors
    /// The [`Demand`], where it is not met.
    pub fn demand(&self, step: usize, expect: Expectation) -> Result<(), Demand> {
        let Some(outcome) = self.outcomes.get(step) else { return Ok(()) };
        match check(&expect, &[], outcome, self.facts) {
            Judgement::Fail(_) => Err(Demand { step, expect }),
            Judgement::Pass | Judgement::Allowed { .. } => Ok(()),
        }
    }
}

impl<I: Debug + 'static> Property for Law<I> {
    fn about(&self) -> &About {
        self.about.get_or_init(|| About {
            id: self.head.id,
            text: self.head.text,
            clauses: self.head.clauses,
            editions: self.head.editions,
            needs: self.head.world.into(),
            evaluations: self.head.evaluations,
            file: self.head.file,
            line: self.head.line,
        })
    }

    fn check(&self, stage: &mut Stage<'_>, budget: &Budget) -> Verdict {
        let inputs = (self.inputs)();
        match self.form {
            Form::Calls { steps, judge } => {
                run::check_calls(self.about(), &inputs, steps, judge, stage, budget)
            }
            Form::Session(body) => run::check_sessions(self.about(), &inputs, body, stage, budget),
        }
    }
}

/// A law's `static`: head, generator and form.
macro_rules! law {
    (
        $(#[$doc:meta])*
        $name:ident: $input:ty, $id:literal, $text:literal,
        $world:ident, $evaluations:literal, [$($clause:literal),+ $(,)?] $(, only $edition:ident)?;
        $inputs:expr; $form:expr
    ) => {
        $(#[$doc])*
        pub(crate) static $name: $crate::Law<$input> = $crate::Law {
            head: $crate::Head {
                id: concat!("laws/", $id),
                text: $text,
                clauses: &[$($clause),+],
                editions: $crate::law::editions!($($edition)?),
                world: $crate::World::$world,
                evaluations: $evaluations,
                file: file!(),
                line: line!(),
            },
            inputs: $inputs,
            form: $form,
            about: std::sync::OnceLock::new(),
        };
    };
}

macro_rules! editions {
    () => {
        &sockspec_subject::Edition::ALL
    };
    ($edition:ident) => {
        &[sockspec_subject::Edition::$edition]
    };
}

pub(crate) use {editions, law};
