//! Outcomes in a form that two subjects share: whatever each run has of its own stands behind a placeholder.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sockspec_cases::{Step, StepAction, Template};
use sockspec_engine::{Answer, Greeting};
use sockspec_subject::{Fault, Outcome, Raised, Strings, Unsupported, Value};

/// What a step led to, without what is another in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Canonical {
    /// It returned.
    Returned(Value),
    /// It raised: the documented class, and what the document says of the arguments.
    Raised {
        /// The documented class; an ordinary exception goes by its family (`TypeError`, `ValueError`, …).
        class: String,
        /// The arguments, as far as the document speaks of them.
        args: Vec<Value>,
    },
    /// The subject lacks what was asked.
    Lacks,
    /// The subject's types cannot express the call: nothing can be said of it.
    Inexpressible,
    /// An earlier step did not bind what this one needs.
    Unasked,
    /// The subject did not answer: `crash`, `hang`, `protocol`.
    Fault(String),
}

/// From here on ports are handed out by the system: `ip_local_port_range` starts there.
pub(crate) const EPHEMERAL: i64 = 32768;
/// Ordinary exceptions, by the families that programs tell apart.
const FAMILIES: [&str; 9] = [
    "TypeError",
    "OverflowError",
    "ValueError",
    "AttributeError",
    "MemoryError",
    "IndexError",
    "NotImplementedError",
    "OSError",
    "SystemError",
];

/// Makes one script's answers canonical: placeholders are bound in the order in which values appear.
pub struct Canon<'g> {
    scratch: &'g str,
    /// Whether text and bytes are compared by content.
    one_string: bool,
    /// Integers that the script itself holds: those are no doings of the system.
    given: Vec<i64>,
    ports: BTreeMap<i64, usize>,
    descriptors: BTreeMap<i64, usize>,
    objects: BTreeMap<u64, usize>,
    names: BTreeMap<Vec<u8>, usize>,
}

impl<'g> Canon<'g> {
    /// For a script's answers by the subject of that greeting. `strings` says how strings are compared: by content where
    /// either of the two subjects has one type alone.
    pub fn new(script: &[Step], greeting: &'g Greeting, strings: Strings) -> Self {
        let mut given = Vec::new();
        for step in script {
            if let StepAction::Call { args, named } = &step.action {
                args.iter().chain(named.iter().map(|(_, arg)| arg)).for_each(|arg| integers(arg, &mut given));
            }
        }
        Self {
            scratch: &greeting.scratch,
            one_string: strings == Strings::One,
            given,
            ports: BTreeMap::new(),
            descriptors: BTreeMap::new(),
            objects: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    /// The next step's answer. Steps have to be given in their order.
    pub fn answer(&mut self, step: &Step, answer: &Answer) -> Canonical {
        match answer {
            Answer::Unasked(_) => Canonical::Unasked,
            Answer::Fault(fault) => Canonical::Fault(fault_name(fault).to_owned()),
            Answer::Outcome(Outcome::Unsupported(Unsupported::Lacks(_))) => Canonical::Lacks,
            Answer::Outcome(Outcome::Unsupported(Unsupported::Inexpressible(_))) => Canonical::Inexpressible,
            Answer::Outcome(Outcome::Raised(raised)) => self.raised(raised),
            Answer::Outcome(Outcome::Returned(value)) => Canonical::Returned(match step.name.as_str() {
                "fileno" => self.descriptor(value),
                _ => self.value(value, false),
            }),
        }
    }

    fn raised(&mut self, raised: &Raised) -> Canonical {
        let documented = raised.documented_class();
        if !matches!(documented, "error" | "herror" | "gaierror" | "timeout") {
            let family = FAMILIES.iter().find(|family| raised.is(family)).copied().unwrap_or(documented);
            // What an ordinary exception says of itself is nobody's business.
            return Canonical::Raised { class: family.to_owned(), args: Vec::new() };
        }
        let args = match raised.args.as_slice() {
            // A pair holds a number and the library's text for it: the document speaks of both.
            [Value::Int(_), text] if text.as_bytes().is_some() => {
                raised.args.iter().map(|arg| self.value(arg, false)).collect()
            }
            // A message of the implementation's own.
            args => args
                .iter()
                .map(|arg| match arg {
                    Value::Str(_) | Value::Bytes(_) => Value::Opaque("message".to_owned()),
                    other => self.value(other, false),
                })
                .collect(),
        };
        Canonical::Raised { class: documented.to_owned(), args }
    }

    /// `port` says that the value stands where an address has its port.
    fn value(&mut self, value: &Value, port: bool) -> Value {
        match value {
            Value::Int(int) if port => match int.to_i64() {
                Some(number) if number >= EPHEMERAL && !self.given.contains(&number) => {
                    placeholder("port", number, &mut self.ports)
                }
                _ => value.clone(),
            },
            Value::Str(text) => {
                let bytes = self.text(text.as_bytes());
                if self.one_string { Value::Bytes(bytes) } else { Value::str(bytes) }
            }
            Value::Bytes(bytes) => Value::Bytes(self.text(bytes)),
            Value::Tuple(items) => {
                let address = matches!(items.as_slice(), [Value::Str(_), Value::Int(_), ..]);
                Value::Tuple(
                    items.iter().enumerate().map(|(at, item)| self.value(item, address && at == 1)).collect(),
                )
            }
            Value::List(items) => Value::List(items.iter().map(|item| self.value(item, false)).collect()),
            Value::Object(object) => {
                let next = self.objects.len() + 1;
                let number = *self.objects.entry(object.id.0).or_insert(next);
                Value::Opaque(format!("{} {number}", object.kind))
            }
            // How something shows itself may hold where it lies in memory.
            Value::Opaque(_) => Value::Opaque("opaque".to_owned()),
            other => other.clone(),
        }
    }

    /// Paths of the scratch folder, and names that the system makes up for local sockets.
    fn text(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Some(rest) = bytes.strip_prefix(self.scratch.as_bytes())
            && !self.scratch.is_empty()
        {
            return [b"{scratch}", rest].concat();
        }
        // unix(7): a NUL and five hexadecimal digits.
        if let [0, digits @ ..] = bytes
            && digits.len() == 5
            && digits.iter().all(u8::is_ascii_hexdigit)
        {
            let next = self.names.len() + 1;
            return format!("{{name {}}}", self.names.entry(bytes.to_vec()).or_insert(next)).into_bytes();
        }
        bytes.to_vec()
    }

    fn descriptor(&mut self, value: &Value) -> Value {
        match value.as_i64() {
            Some(number) if number >= 0 => placeholder("descriptor", number, &mut self.descriptors),
            _ => value.clone(),
        }
    }
}

fn placeholder(what: &str, number: i64, known: &mut BTreeMap<i64, usize>) -> Value {
    let next = known.len() + 1;
    Value::Opaque(format!("{what} {}", known.entry(number).or_insert(next)))
}

fn integers(template: &Template, found: &mut Vec<i64>) {
    match template {
        Template::Value(value) => integers_of(value, found),
        Template::Tuple(items) | Template::List(items) => {
            items.iter().for_each(|item| integers(item, found));
        }
        Template::Ref { .. } | Template::Path { .. } | Template::Filler(_) => {}
    }
}

fn integers_of(value: &Value, found: &mut Vec<i64>) {
    found.extend(value.as_i64());
    value.items().unwrap_or_default().iter().for_each(|item| integers_of(item, found));
}

/// What a fault is called, as verdicts are.
pub(crate) fn fault_name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Hang { .. } => "hang",
        Fault::Start { .. } | Fault::Crash { .. } => "crash",
        Fault::Protocol { .. } => "protocol",
    }
}

impl std::fmt::Display for Canonical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Returned(value) => write!(f, "{value}"),
            Self::Raised { class, args } => {
                let args: Vec<String> = args.iter().map(ToString::to_string).collect();
                write!(f, "raised {class}({})", args.join(", "))
            }
            Self::Lacks => f.write_str("lacks it"),
            Self::Inexpressible => f.write_str("cannot be asked that"),
            Self::Unasked => f.write_str("not asked"),
            Self::Fault(name) => f.write_str(name),
        }
    }
}
