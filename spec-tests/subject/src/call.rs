//! Calls: what a subject is asked.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ObjectId, ObjectRef, Value};

/// What a call is made on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// The module itself.
    Module,
    /// An object that the subject handed out.
    Object(ObjectRef),
}

impl Target {
    /// The object's id, where it is one.
    pub fn object(&self) -> Option<ObjectId> {
        match self {
            Self::Module => None,
            Self::Object(object) => Some(object.id),
        }
    }
}

/// What is done with the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Call the function or method of that name.
    Invoke {
        /// Positional arguments.
        args: Vec<Value>,
        /// Arguments by keyword, in the order given; the document of edition 2.2 has none.
        named: Vec<(String, Value)>,
    },
    /// Read the attribute of that name: a constant, or something that must not be there.
    Get,
    /// Drop the last reference to the object without closing it, and collect what nobody refers to any more
    /// (`close.garbage-collected`). The name is empty; the outcome is None. The object's id is never used again before
    /// a reset, and to name it is a mistake.
    Forget,
}

/// One thing that a subject is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// What it is made on.
    pub target: Target,
    /// The documented name of the function, method or attribute.
    pub name: String,
    /// Whether it is called, read, or the object is forgotten.
    pub action: Action,
}

impl Call {
    /// A call of a function of the module.
    pub fn function(name: impl Into<String>, args: impl Into<Vec<Value>>) -> Self {
        Self {
            target: Target::Module,
            name: name.into(),
            action: Action::Invoke { args: args.into(), named: Vec::new() },
        }
    }

    /// A call of a method of an object.
    pub fn method(object: &ObjectRef, name: impl Into<String>, args: impl Into<Vec<Value>>) -> Self {
        Self {
            target: Target::Object(object.clone()),
            name: name.into(),
            action: Action::Invoke { args: args.into(), named: Vec::new() },
        }
    }

    /// Drops the last reference to an object.
    pub fn forget(object: &ObjectRef) -> Self {
        Self { target: Target::Object(object.clone()), name: String::new(), action: Action::Forget }
    }

    /// A look at an attribute of the module.
    pub fn get(name: impl Into<String>) -> Self {
        Self { target: Target::Module, name: name.into(), action: Action::Get }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Target::Object(object) = &self.target {
            if self.action == Action::Forget {
                return write!(f, "forget <{} {}>", object.kind, object.id.0);
            }
            write!(f, "<{} {}>.", object.kind, object.id.0)?;
        }
        f.write_str(&self.name)?;
        let Action::Invoke { args, named } = &self.action else {
            return Ok(());
        };
        f.write_str("(")?;
        let mut separator = "";
        for arg in args {
            write!(f, "{separator}{arg}")?;
            separator = ", ";
        }
        for (name, arg) in named {
            write!(f, "{separator}{name}={arg}")?;
            separator = ", ";
        }
        f.write_str(")")
    }
}
