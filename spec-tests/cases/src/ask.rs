//! From a step to the call that it stands for, and from an outcome to the names that it binds.

use sockspec_subject::{Action, Call, ObjectRef, Outcome, Target, Value};

use crate::{Bindings, Facts, RenderError, Step, StepAction, StepTarget};

/// What an object of the harness's own end is called, which no subject's object is.
pub const PEER_KIND: &str = "peer socket";

/// Whom a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The subject.
    Subject,
    /// The harness's own end of a connection.
    Peer,
}

impl Side {
    /// Whose an object is.
    pub fn of(object: &ObjectRef) -> Self {
        if object.kind == PEER_KIND { Self::Peer } else { Self::Subject }
    }
}

/// A call with its references filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The call.
    pub call: Call,
    /// Whom it is for.
    pub side: Side,
}

/// Why a step stands for no call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AskError {
    /// An argument has no value.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What the step is made on is a plain value.
    #[error("{0} is no object, so it has no {1}: it is {2}")]
    NoObject(String, String, Value),
}

impl Step {
    /// The call that the step stands for, and whom it is for.
    ///
    /// # Errors
    /// [`AskError`] when an argument has no value, or the target is no object.
    pub fn ask(&self, facts: &dyn Facts) -> Result<Asked, AskError> {
        let (target, side) = match &self.target {
            StepTarget::Module => (Target::Module, Side::Subject),
            StepTarget::Peer => (Target::Module, Side::Peer),
            StepTarget::Variable(name) => match facts.variable(name) {
                Some(Value::Object(object)) => (Target::Object(object.clone()), Side::of(object)),
                Some(other) => {
                    return Err(AskError::NoObject(name.clone(), self.name.clone(), other.clone()));
                }
                None => {
                    return Err(RenderError::Ref(name.clone(), "no step so far bound it".to_owned()).into());
                }
            },
        };
        let action = match &self.action {
            StepAction::Get => Action::Get,
            StepAction::Forget => Action::Forget,
            StepAction::Call { args, named } => Action::Invoke {
                args: args.iter().map(|arg| arg.render(facts)).collect::<Result<_, _>>()?,
                named: named
                    .iter()
                    .map(|(name, arg)| Ok((name.clone(), arg.render(facts)?)))
                    .collect::<Result<_, RenderError>>()?,
            },
        };
        Ok(Asked { call: Call { target, name: self.name.clone(), action }, side })
    }

    /// Whether the step takes apart what has not as many members as it has names.
    pub fn takes_apart_badly(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Returned(value) if self.destructure => {
                value.items().is_none_or(|members| members.len() != self.bind.len())
            }
            _ => false,
        }
    }

    /// Binds what came to the step's names.
    pub fn bind(&self, outcome: Outcome, facts: &mut dyn Bindings) {
        let Outcome::Returned(value) = outcome else { return };
        match self.bind.as_slice() {
            [] => {}
            [name] if !self.destructure => facts.bind(name, value),
            names => {
                for (name, member) in names.iter().zip(value.items().unwrap_or_default()) {
                    if name != "_" {
                        facts.bind(name, member.clone());
                    }
                }
            }
        }
    }
}
