//! The reference implementation as a subject: the binding that a dynamic language would have.
//!
//! It turns calls into calls of `socket_reference`, checks argument types as a dynamic language does at run time
//! (`TypeError`, `OverflowError`), and shows what comes back in the suite's vocabulary. It adds nothing of its own and
//! mends nothing.
//!
//! ```
//! use sockspec_reference_subject::ReferenceSubject;
//! use sockspec_subject::{Call, Outcome, Subject, Value};
//!
//! let mut subject = ReferenceSubject::new();
//! let packed = subject.call(&Call::function("inet_aton", [Value::str("127.1")]))?;
//! assert_eq!(packed, Outcome::Returned(Value::bytes([127_u8, 0, 0, 1])));
//! // As a dynamic language would have it: the wrong type is raised, not refused by a compiler.
//! let raised = subject.call(&Call::function("inet_aton", [Value::int(1)]))?;
//! assert!(matches!(raised, Outcome::Raised(raised) if raised.is("TypeError")));
//! # Ok::<(), sockspec_subject::Fault>(())
//! ```

mod convert;
mod floor;
mod functions;
mod methods;
mod objects;
mod work;

use std::collections::BTreeMap;

use socket_reference::constants;
use sockspec_subject::args::ArgError;
use sockspec_subject::names;
use sockspec_subject::{
    Action, Call, Description, Edition, Fault, Outcome, Raised, Strings, Subject, Target, Unsupported, Value,
    Work, Worked,
};

pub use floor::FloorSubject;
use objects::Objects;
use work::Whose;

/// The reference implementation, seen through the suite's one trait.
#[derive(Debug)]
pub struct ReferenceSubject {
    constants: BTreeMap<String, i64>,
    objects: Objects,
}

/// Why a call has no value.
pub(crate) enum Refusal {
    /// The library raised.
    Raised(Raised),
    /// There is no such function or constant.
    Lacks(String),
    /// The harness named an object that was never handed out.
    NoObject(u64),
}

pub(crate) type Answer = Result<Value, Refusal>;

impl From<socket_reference::Error> for Refusal {
    fn from(error: socket_reference::Error) -> Self {
        Self::Raised(convert::raised(&error))
    }
}

impl From<ArgError> for Refusal {
    fn from(error: ArgError) -> Self {
        match error {
            ArgError::Type(text) => Self::Raised(convert::ordinary("TypeError", text)),
            ArgError::Overflow(text) => Self::Raised(convert::ordinary("OverflowError", text)),
            ArgError::NoConstant(_) => Self::Lacks(error.to_string()),
        }
    }
}

impl Default for ReferenceSubject {
    fn default() -> Self {
        Self::new()
    }
}

impl ReferenceSubject {
    /// A subject that has handed out nothing yet.
    pub fn new() -> Self {
        let mut table: BTreeMap<String, i64> =
            constants::TABLE.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let numbers = constants::ERRNO.iter().chain(constants::H_ERRNO);
        table.extend(numbers.map(|(name, number)| ((*name).to_owned(), i64::from(*number))));
        Self { constants: table, objects: Objects::default() }
    }

    fn answer(&mut self, call: &Call) -> Answer {
        match (&call.target, &call.action) {
            (Target::Module, Action::Invoke { .. }) => {
                functions::call(call, &self.constants, &mut self.objects)
            }
            (Target::Module, Action::Get) => self.attribute(&call.name),
            (Target::Object(object), Action::Invoke { .. }) => {
                methods::call(object.id, call, &self.constants, &mut self.objects)
            }
            (Target::Object(object), Action::Get) => self.objects.attribute(object.id, &call.name),
            (Target::Object(object), Action::Forget) => self.objects.forget(object.id),
            (Target::Module, Action::Forget) => {
                Err(Refusal::Lacks("the module is no object to forget".to_owned()))
            }
        }
    }

    fn worked(&mut self, whose: Whose, asked: &Work) -> Result<Worked, Fault> {
        work::work(whose, asked, &self.constants, &mut self.objects)
            .or_else(|refusal| refused(refusal).map(Worked::Not))
    }

    fn attribute(&mut self, name: &str) -> Answer {
        match constants::get(name) {
            Some(value) => Ok(Value::int(value)),
            None if name == "SocketType" => Ok(self.objects.socket_type()),
            None if names::FUNCTIONS.contains(&name) => Ok(Value::Opaque(format!("function {name}"))),
            None => Err(objects::no_attribute("module", name)),
        }
    }
}

/// What a refusal is to whoever asked.
fn refused(refusal: Refusal) -> Result<Outcome, Fault> {
    match refusal {
        Refusal::Raised(raised) => Ok(Outcome::Raised(raised)),
        Refusal::Lacks(why) => Ok(Outcome::Unsupported(Unsupported::Lacks(why))),
        Refusal::NoObject(id) => Err(Fault::Protocol {
            what: format!("there is no object {id}: none of that id was handed out since the last reset"),
            stderr: String::new(),
        }),
    }
}

impl Subject for ReferenceSubject {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(Description {
            name: "sockspec reference".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            edition: Edition::V2_2,
            strings: Strings::Distinct,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            constants: self.constants.clone(),
            ..Description::default()
        })
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.answer(call).map_or_else(refused, |value| Ok(Outcome::Returned(value)))
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        self.worked(Whose::Reference, work)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.objects.clear();
        Ok(())
    }
}
