//! A case as the requests that a driver is to be sent, for those that can be written down before the first reply.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sockspec_cases::{EnvironmentFacts, Expectation, Pattern, Step, StepAction, StepTarget, Template};
use sockspec_subject::{Action, Call, ObjectId, ObjectRef, Target, Value};
use sockspec_wire::json::{Op, write_op};

use crate::{Inexpressible, Scene};

/// Requests, one a line, and what is expected of their replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// `hello` under id 1, then a request a step, ids counted on; to be piped into a driver.
    pub lines: String,
    /// What the reply of each id must be, for people.
    pub expected: String,
}

/// The case as requests. Objects go by the numbers that a fresh driver hands out: from 1, in order
/// (`fixtures/wire/PROTOCOL.md`). Paths are names in the driver's working folder.
///
/// # Errors
/// [`Inexpressible::Request`] for a step of the harness's own end, and for one that hands on what only a reply will say,
/// such as a port that the system picked; [`Inexpressible::Value`] for a value that lives in one run only.
pub fn wire(scene: &Scene<'_>) -> Result<Requests, Inexpressible> {
    let mut expected = String::new();
    for line in scene.heading("DRIVER < repro.jsonl") {
        let _ = writeln!(expected, "{}", format!("# {line}").trim_end());
    }
    let mut lines = Vec::new();
    let mut objects = Objects::default();
    write(&mut lines, 1, &Op::Hello { protocol: sockspec_wire::PROTOCOL })?;
    for (at, step) in scene.case.steps.iter().enumerate() {
        let id = u64::try_from(at).unwrap_or(u64::MAX - 2) + 2;
        let call = objects.call(step).map_err(|trouble| match trouble {
            Trouble::Value(value) => Inexpressible::Value(value),
            Trouble::Request(why) => {
                Inexpressible::Request { step: at + 1, shown: step.to_string(), why: why.to_owned() }
            }
        })?;
        write(&mut lines, id, &Op::Call(call))?;
        let _ = writeln!(expected, "id {id}: {step}\n    expected  {}", step.expect);
        for allowance in &step.allow {
            let _ = writeln!(expected, "    allowed   {} ({})", allowance.outcome, allowance.reason);
        }
        objects.bind(step);
    }
    Ok(Requests { lines: String::from_utf8_lossy(&lines).into_owned(), expected })
}

fn write(lines: &mut Vec<u8>, id: u64, op: &Op) -> Result<(), Inexpressible> {
    write_op(lines, id, op).map_err(|error| Inexpressible::Value(error.to_string()))
}

enum Trouble {
    Value(String),
    Request(&'static str),
}

const OWN_END: &str = "is done by the harness's own end, which no request reaches";
const LATER: &str = "needs what only an earlier reply will say, such as a port or a number";

/// The objects that a fresh driver has handed out so far.
#[derive(Default)]
struct Objects {
    count: u64,
    bound: BTreeMap<String, ObjectRef>,
    /// Whether something was handed out of which nobody can say how many objects it holds.
    uncertain: bool,
}

impl Objects {
    fn call(&self, step: &Step) -> Result<Call, Trouble> {
        let target = match &step.target {
            StepTarget::Module => Target::Module,
            StepTarget::Peer => return Err(Trouble::Request(OWN_END)),
            StepTarget::Variable(name) => Target::Object(self.object(name)?),
        };
        let action = match &step.action {
            StepAction::Get => Action::Get,
            StepAction::Forget => Action::Forget,
            StepAction::Call { args, named } => Action::Invoke {
                args: args.iter().map(|arg| self.value(arg)).collect::<Result<_, _>>()?,
                named: named
                    .iter()
                    .map(|(name, arg)| Ok((name.clone(), self.value(arg)?)))
                    .collect::<Result<_, Trouble>>()?,
            },
        };
        Ok(Call { target, name: step.name.clone(), action })
    }

    fn object(&self, name: &str) -> Result<ObjectRef, Trouble> {
        self.bound.get(name).cloned().ok_or(Trouble::Request(LATER))
    }

    fn value(&self, template: &Template) -> Result<Value, Trouble> {
        Ok(match template {
            Template::Ref { name, at } if at.is_empty() => Value::Object(self.object(name)?),
            Template::Ref { .. } => return Err(Trouble::Request(LATER)),
            Template::Tuple(items) => {
                Value::Tuple(items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?)
            }
            Template::List(items) => {
                Value::List(items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?)
            }
            Template::Path { name, length } => {
                let mut path = name.clone().into_bytes();
                path.resize(length.unwrap_or(path.len()).max(path.len()), b'x');
                Value::str(path)
            }
            Template::Value(value @ (Value::Object(_) | Value::Opaque(_))) => {
                return Err(Trouble::Value(value.to_string()));
            }
            plain @ (Template::Value(_) | Template::Filler(_)) => plain
                .render(&EnvironmentFacts::default())
                .map_err(|error| Trouble::Value(error.to_string()))?,
        })
    }

    /// Counts what the step hands out when it goes as expected.
    fn bind(&mut self, step: &Step) {
        for name in &step.bind {
            self.bound.remove(name);
        }
        if matches!(step.expect, Expectation::Raises(_)) {
            return;
        }
        let kind = match (step.name.as_str(), &step.action) {
            ("socket" | "fromfd" | "accept", StepAction::Call { .. }) => "socket",
            ("makefile", StepAction::Call { .. }) => "file",
            // Numbers and functions are no objects, classes are; the same class comes under the same number again.
            (name, StepAction::Get) if is_constant(name) || expects_number(&step.expect) => return,
            (_, StepAction::Get) => {
                self.uncertain = true;
                return;
            }
            _ => return,
        };
        self.count += 1;
        if let Some(name) = step.bind.first()
            && !self.uncertain
        {
            let object = ObjectRef { id: ObjectId(self.count), kind: kind.to_owned() };
            self.bound.insert(name.clone(), object);
        }
    }
}

fn is_constant(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn expects_number(expect: &Expectation) -> bool {
    match expect {
        Expectation::Returns(Pattern::Exact(Template::Value(value))) => value.as_i64().is_some(),
        Expectation::Returns(Pattern::IntRange(..) | Pattern::Constant(_)) => true,
        Expectation::Returns(Pattern::Any(kind)) => kind == "int",
        _ => false,
    }
}
