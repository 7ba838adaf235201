//! Cases: steps with what each must lead to.

use std::fmt;

use serde::{Deserialize, Serialize};
use sockspec_subject::{Edition, Value};

use crate::{Pattern, Template};

/// The name by which a step calls the harness's own end of a connection.
pub const PEER: &str = "peer";

/// Why an outcome is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The document says so: a miss is a failure.
    Documented,
    /// The document leaves it to the C library or the system: several outcomes are allowed, each with its reason.
    Platform,
    /// Recorded and compared, never failed.
    Observed,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documented => "documented",
            Self::Platform => "platform",
            Self::Observed => "observed",
        })
    }
}

/// The world that a case needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LabNeed {
    /// None: the case asks pure functions only.
    None,
    /// 127.0.0.1 that can be bound.
    Loopback,
    /// `::1` that can be bound.
    Loopback6,
    /// The lab of that name.
    Lab(String),
}

impl fmt::Display for LabNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Loopback => f.write_str("loopback"),
            Self::Loopback6 => f.write_str("loopback6"),
            Self::Lab(name) => f.write_str(name),
        }
    }
}

/// What a step is made on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepTarget {
    /// The subject's module.
    Module,
    /// The harness's own end: `peer.socket` and the like.
    Peer,
    /// An object that an earlier step bound; it remembers whose it is.
    Variable(String),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum StepAction {
    /// Call a function or method.
    Call {
        /// Positional arguments.
        args: Vec<Template>,
        /// Keyword arguments.
        named: Vec<(String, Template)>,
    },
    /// Read an attribute.
    Get,
    /// Drop the last reference to an object; the name is empty.
    Forget,
}

/// What an exception must look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RaisesPattern {
    /// The documented class must be one of these.
    pub classes: Vec<String>,
    /// Classes that it must also be an instance of.
    pub is: Vec<String>,
    /// Its arguments, exactly shaped; `None` when the document does not say.
    pub args: Option<Pattern>,
}

/// What a step must lead to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Expectation {
    /// It returns, whatever the value.
    ReturnsAnything,
    /// It returns a value like this.
    Returns(Pattern),
    /// It raises an exception like this.
    Raises(RaisesPattern),
    /// Whatever it does is recorded.
    Anything,
    /// Only what `allow` lists.
    OnlyAllowed,
}

impl Expectation {
    /// It returns None, as to forget an object does.
    pub fn nothing() -> Self {
        Self::Returns(Pattern::Exact(Template::Value(Value::None)))
    }
}

impl fmt::Display for RaisesPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.classes.join(" or "))?;
        match &self.args {
            None => {}
            Some(Pattern::Tuple(items)) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "({})", items.join(", "))?;
            }
            Some(other) => write!(f, " with args {other}")?,
        }
        if !self.is.is_empty() {
            write!(f, " that is also {}", self.is.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReturnsAnything => f.write_str("to return"),
            Self::Returns(pattern) => write!(f, "{pattern}"),
            Self::Raises(raises) => write!(f, "to raise {raises}"),
            Self::Anything => f.write_str("whatever it does, recorded"),
            Self::OnlyAllowed => f.write_str("one of the allowed outcomes"),
        }
    }
}

/// A further outcome that is allowed, with its reason. When it differs from the main one in kind (raising where
/// that returns), the case ends with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allowance {
    /// The reason's id in `fixtures/reasons.toml`.
    pub reason: String,
    /// The outcome; never [`Expectation::OnlyAllowed`].
    pub outcome: Expectation,
}

/// One step of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it is made on.
    pub target: StepTarget,
    /// The function, method or attribute.
    pub name: String,
    /// What it does.
    pub action: StepAction,
    /// The names that what it returns is bound to: one for the whole, several for a tuple's members (`_` for none).
    pub bind: Vec<String>,
    /// Whether `bind` takes a tuple apart.
    pub destructure: bool,
    /// What it must lead to.
    pub expect: Expectation,
    /// Further outcomes that are allowed.
    pub allow: Vec<Allowance>,
    /// The 1-based line in the case's file.
    pub line: usize,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bind.as_slice() {
            [] => {}
            names => write!(f, "{} = ", names.join(", "))?,
        }
        match &self.target {
            StepTarget::Variable(name) if self.action == StepAction::Forget => {
                return write!(f, "forget {name}");
            }
            StepTarget::Module => {}
            StepTarget::Peer => f.write_str("peer.")?,
            StepTarget::Variable(name) => write!(f, "{name}.")?,
        }
        f.write_str(&self.name)?;
        let StepAction::Call { args, named } = &self.action else {
            return Ok(());
        };
        let mut shown: Vec<String> = args.iter().map(ToString::to_string).collect();
        shown.extend(named.iter().map(|(name, arg)| format!("{name}={arg}")));
        write!(f, "({})", shown.join(", "))
    }
}

/// An example of what the document demands. Data, not code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its permanent id, such as `addresses/inet-empty-host-binds-any`.
    pub id: String,
    /// The clauses that it checks.
    pub clauses: Vec<String>,
    /// Why its outcome is demanded.
    pub basis: Basis,
    /// The editions that it holds in.
    pub editions: Vec<Edition>,
    /// The world that it needs.
    pub lab: LabNeed,
    /// What it rests on, where that is not plain.
    pub note: Option<String>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// The document's section that its folder names.
    pub section: String,
    /// Its file below `fixtures/`.
    pub file: String,
    /// The 1-based line that it starts in.
    pub line: usize,
}
