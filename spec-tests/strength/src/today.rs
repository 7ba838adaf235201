//! The sound subject of today's edition: the reference with what today's document changed.

mod arguments;
mod files;
mod sockets;

use std::collections::BTreeSet;

use sockspec_subject::{Action, Call, Description, Edition, Fault, Outcome, Subject, Target, Value};

use crate::values::{at, items, other_string, returned, text, type_error};

/// Names that today's module has beside those of the reference.
const NAMES: [(&str, i64); 3] = [("SHUT_RD", 0), ("SHUT_WR", 1), ("SHUT_RDWR", 2)];

/// The reference with today's changes, so that faults in what is new can be told apart.
pub struct Today<S> {
    reference: S,
    /// Files that hold text.
    texts: BTreeSet<u64>,
    /// Sockets that have a timeout.
    timed: BTreeSet<u64>,
}

impl<S: Subject> Today<S> {
    /// Wraps the reference.
    pub fn new(reference: S) -> Self {
        Self { reference, texts: BTreeSet::new(), timed: BTreeSet::new() }
    }

    fn function(&mut self, name: &str, args: Vec<Value>) -> Result<Outcome, Fault> {
        self.reference.call(&Call::function(name, args))
    }

    /// Another method of the object that the call is made on.
    fn method(&mut self, call: &Call, name: &str, args: Vec<Value>) -> Result<Outcome, Fault> {
        let action = Action::Invoke { args, named: Vec::new() };
        self.reference.call(&Call { target: call.target.clone(), name: name.to_owned(), action })
    }

    fn answer(&mut self, call: &mut Call) -> Result<Outcome, Fault> {
        let whole = call.clone();
        let Action::Invoke { args, named } = &mut call.action else { return self.reference.call(call) };
        args.iter_mut().for_each(known_name);
        if let Target::Object(object) = &whole.target {
            let id = object.id.0;
            match whole.name.as_str() {
                "listen" => return self.listen(&whole),
                "settimeout" => return self.settimeout(&whole, id),
                "setsockopt" => {
                    if let Some(outcome) = sockets::option(args) {
                        return Ok(outcome);
                    }
                }
                "makefile" => return self.makefile(call),
                "read" | "readline" | "write" if self.texts.contains(&id) => return self.text_file(call),
                _ => {}
            }
            return self.reference.call(call);
        }
        match whole.name.as_str() {
            "getaddrinfo" => {
                arguments::of_getaddrinfo(args, named);
                // The reference has other names, the older document's.
                if !named.is_empty() {
                    return Ok(type_error());
                }
            }
            "socket" => arguments::of_socket(args, named),
            "ntohs" | "htons" if !fits_u16(args.first()) => {
                return Ok(crate::values::ordinary("OverflowError", "it needs more than 16 bits"));
            }
            "inet_ntoa" if matches!(args.first(), Some(Value::Str(_))) => return Ok(type_error()),
            "getservbyname" if args.len() == 1 => {
                let name = args[0].clone();
                let tcp = self.function("getservbyname", vec![name.clone(), Value::str("tcp")])?;
                return if matches!(tcp, Outcome::Raised(_)) {
                    self.function("getservbyname", vec![name, Value::str("udp")])
                } else {
                    Ok(tcp)
                };
            }
            "getfqdn" if args.len() < 2 => {
                let name = args.first().cloned();
                return self.getfqdn(name);
            }
            _ => {}
        }
        self.reference.call(call)
    }

    fn getfqdn(&mut self, name: Option<Value>) -> Result<Outcome, Fault> {
        let name = match name {
            Some(name) if !matches!(text(&name), "" | "0.0.0.0" | "::") => name,
            Some(name) if !matches!(name, Value::Str(_)) => return Ok(type_error()),
            _ => match self.function("gethostname", Vec::new())? {
                Outcome::Returned(name) => name,
                other => return Ok(other),
            },
        };
        let Outcome::Returned(entry) = self.function("gethostbyaddr", vec![name.clone()])? else {
            return Ok(returned(name));
        };
        let aliases = items(&entry).get(1).map(items).unwrap_or_default();
        let mut names = items(&entry).first().into_iter().chain(aliases);
        Ok(returned(names.find(|known| text(known).contains('.')).cloned().unwrap_or(name)))
    }
}

/// A name that the reference does not know becomes its number.
fn known_name(value: &mut Value) {
    if let Value::Constant(name) = value
        && let Some((_, number)) = NAMES.iter().find(|(known, _)| known == name)
    {
        *value = Value::int(*number);
    }
}

fn fits_u16(arg: Option<&Value>) -> bool {
    match arg {
        Some(Value::Int(int)) => int.to_i64().is_some_and(|number| u16::try_from(number).is_ok()),
        _ => true,
    }
}

/// A name of the abstract namespace is bytes.
fn abstract_name(value: Value) -> Value {
    match &value {
        Value::Str(name) if name.as_bytes().first() == Some(&0) => other_string(value),
        _ => value,
    }
}

impl<S: Subject> Subject for Today<S> {
    fn describe(&mut self) -> Result<Description, Fault> {
        let mut description = self.reference.describe()?;
        description.edition = Edition::V3;
        description.constants.extend(NAMES.map(|(name, number)| (name.to_owned(), number)));
        Ok(description)
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let known = NAMES.iter().find(|(name, _)| *name == call.name);
        if let (Some((_, number)), Target::Module, Action::Get) = (known, &call.target, &call.action) {
            return Ok(returned(Value::int(*number)));
        }
        let mut call = call.clone();
        Ok(match self.answer(&mut call)? {
            Outcome::Raised(raised) if call.name == "fileno" && raised.is("error") => {
                returned(Value::int(-1))
            }
            Outcome::Raised(raised) if self.timed_out(&call, &raised) => sockets::timeout(),
            Outcome::Raised(mut raised) => {
                if let Some(place) = raised.classes.iter().position(|class| class == "error")
                    && !raised.is("OSError")
                {
                    raised.classes.insert(place + 1, "OSError".to_owned());
                }
                Outcome::Raised(raised)
            }
            Outcome::Returned(value) => Outcome::Returned(match call.name.as_str() {
                "getsockname" | "getpeername" => abstract_name(value),
                "accept" | "recvfrom" => at(value, 1, abstract_name),
                _ => value,
            }),
            other @ Outcome::Unsupported(_) => other,
        })
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.texts.clear();
        self.timed.clear();
        self.reference.reset()
    }
}
