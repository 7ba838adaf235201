//! Sessions: steps that a property makes up as it goes, run and kept.

use sockspec_cases::{
    AskError, Asked, Bindings, Expectation, Judgement, Mismatch, Side, Step, StepAction, StepTarget,
    Template, check,
};
use sockspec_subject::{Call, Fault, Outcome, Subject, Unsupported};

use crate::Trail;

/// The harness's own end of a connection.
pub trait Peer {
    /// Does what a step asks.
    fn call(&mut self, call: &Call) -> Outcome;
    /// Closes every socket.
    fn reset(&mut self);
}

/// What a property is checked on.
pub struct Stage<'s> {
    /// Who is under test.
    pub subject: &'s mut dyn Subject,
    /// The harness's own end.
    pub peer: &'s mut dyn Peer,
    /// What matching has to know, and what steps bind.
    pub facts: &'s mut dyn Bindings,
    /// Empties the scratch folder.
    pub tidy: &'s mut dyn FnMut(),
    /// Is told what is tried; `&mut ()` where nobody wants to know.
    pub trail: &'s mut dyn Trail,
}

/// Why a session goes no further.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Stop {
    /// The last step departs from what was demanded of it.
    #[error("expected {}, got {}", .0.expected, .0.got)]
    Departs(Mismatch),
    /// The steps went as demanded, and yet the whole is not as it should be.
    #[error("{0}")]
    Broken(String),
    /// The subject lacks what was asked.
    #[error("{0}")]
    Unsupported(Unsupported),
    /// The subject failed to answer.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The input does not get as far as what the property speaks of; nothing is wrong with it.
    #[error("{0}")]
    Unfit(String),
}

/// One input's steps on a stage. They are kept, so that what broke a property is a case.
///
/// Starts with nothing bound. [`Session::end`] closes what the steps left open.
pub struct Session<'s, 't> {
    stage: &'s mut Stage<'t>,
    steps: Vec<Step>,
    last: Option<Outcome>,
}

impl<'s, 't> Session<'s, 't> {
    /// A session without steps yet.
    pub fn new(stage: &'s mut Stage<'t>) -> Self {
        stage.facts.clear();
        stage.trail.anew();
        Self { stage, steps: Vec::new(), last: None }
    }

    /// What matching knows, with what the steps so far bound.
    pub fn facts(&self) -> &dyn Bindings {
        &*self.stage.facts
    }

    /// The steps so far.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What the last step led to.
    pub fn last(&self) -> Option<&Outcome> {
        self.last.as_ref()
    }

    /// Runs a step and demands its expectation (and its allowances) of it.
    ///
    /// # Errors
    /// [`Stop`] when the outcome is another, or there is none.
    pub fn run(&mut self, step: Step) -> Result<Outcome, Stop> {
        let result = self.go(&step);
        self.steps.push(step);
        result
    }

    fn go(&mut self, step: &Step) -> Result<Outcome, Stop> {
        let Asked { call, side } = step.ask(&*self.stage.facts).map_err(|error| match error {
            AskError::Render(error) => Stop::Unfit(error.to_string()),
            other @ AskError::NoObject(..) => Stop::Broken(other.to_string()),
        })?;
        self.stage.trail.step(step);
        let outcome = match side {
            Side::Subject => self.stage.subject.call(&call)?,
            Side::Peer => self.stage.peer.call(&call),
        };
        self.last = Some(outcome.clone());
        if let Outcome::Unsupported(why) = &outcome
            && !matches!(step.expect, Expectation::Anything)
        {
            return Err(match side {
                Side::Subject => Stop::Unsupported(why.clone()),
                Side::Peer => Stop::Unfit(why.to_string()),
            });
        }
        if let Judgement::Fail(mismatch) = check(&step.expect, &step.allow, &outcome, &*self.stage.facts) {
            return Err(Stop::Departs(mismatch));
        }
        if step.takes_apart_badly(&outcome) {
            return Err(Stop::Departs(Mismatch {
                at: "as".to_owned(),
                expected: format!("{} members to take apart", step.bind.len()),
                got: outcome.to_string(),
            }));
        }
        step.bind(outcome.clone(), self.stage.facts);
        Ok(outcome)
    }

    /// Judges the last step by something else than it was run for, now that it is known what it should have led to.
    ///
    /// # Errors
    /// [`Stop::Departs`] where it did not.
    pub fn judge(&mut self, expect: Expectation) -> Result<(), Stop> {
        let Some(outcome) = &self.last else { return Ok(()) };
        let judgement = check(&expect, &[], outcome, &*self.stage.facts);
        self.demand(expect);
        match judgement {
            Judgement::Fail(mismatch) => Err(Stop::Departs(mismatch)),
            Judgement::Pass | Judgement::Allowed { .. } => Ok(()),
        }
    }

    /// Demands something else of the last step than it was run for, once a later answer says what it should have been.
    pub fn demand(&mut self, expect: Expectation) {
        if let Some(step) = self.steps.last_mut() {
            step.expect = expect;
        }
    }

    /// Ends the session: every socket is closed, the scratch folder emptied. Gives the steps.
    ///
    /// # Errors
    /// The [`Fault`] of a subject that does not answer to its reset.
    pub fn end(self) -> Result<Vec<Step>, Fault> {
        self.stage.trail.closing();
        self.stage.peer.reset();
        let reset = self.stage.subject.reset();
        (self.stage.tidy)();
        reset.map(|()| self.steps)
    }
}

/// A step that calls something and takes whatever it returns.
pub fn step(target: StepTarget, name: &str, args: Vec<Template>) -> Step {
    Step {
        target,
        name: name.to_owned(),
        action: StepAction::Call { args, named: Vec::new() },
        bind: Vec::new(),
        destructure: false,
        expect: Expectation::ReturnsAnything,
        allow: Vec::new(),
        line: 0,
    }
}
