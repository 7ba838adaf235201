//! The sound subject of today's edition: the reference with what today's document changed.

use sockspec_subject::{Action, Call, Description, Edition, Fault, Outcome, Subject, Target, Value};

use crate::values::{at, items, other_string, returned, text};

/// The names that today's `getaddrinfo` gives its parameters.
const GETADDRINFO: [&str; 6] = ["host", "port", "family", "type", "proto", "flags"];
/// How many connections may wait where no backlog is given.
const BACKLOG: i64 = 128;

/// The reference with today's changes, so that faults in what is new can be told apart.
pub struct Today<S>(S);

impl<S: Subject> Today<S> {
    /// Wraps the reference.
    pub fn new(reference: S) -> Self {
        Self(reference)
    }

    fn function(&mut self, name: &str, args: Vec<Value>) -> Result<Outcome, Fault> {
        self.0.call(&Call::function(name, args))
    }

    fn answer(&mut self, call: &mut Call) -> Result<Outcome, Fault> {
        let module = call.target == Target::Module;
        if let Action::Invoke { args, named } = &mut call.action {
            match call.name.as_str() {
                "getaddrinfo" if module => in_order(args, named),
                "socket" if module => {
                    defaults(args);
                }
                "ntohs" | "htons" if module && !fits_u16(args.first()) => {
                    return Ok(crate::values::ordinary("OverflowError", "it needs more than 16 bits"));
                }
                "getservbyname" if module && args.len() == 1 => {
                    let name = args[0].clone();
                    let tcp = self.function("getservbyname", vec![name.clone(), Value::str("tcp")])?;
                    return if matches!(tcp, Outcome::Raised(_)) {
                        self.function("getservbyname", vec![name, Value::str("udp")])
                    } else {
                        Ok(tcp)
                    };
                }
                "getfqdn" if module && args.len() < 2 => {
                    let name = args.first().cloned();
                    return self.getfqdn(name);
                }
                "listen" if !module => {
                    if args.is_empty() {
                        args.push(Value::int(BACKLOG));
                    } else if args[0].as_i64().is_some_and(|backlog| backlog < 0) {
                        args[0] = Value::int(0);
                    }
                }
                _ => {}
            }
        }
        self.0.call(call)
    }

    fn getfqdn(&mut self, name: Option<Value>) -> Result<Outcome, Fault> {
        let name = match name {
            Some(name) if !matches!(text(&name), "" | "0.0.0.0" | "::") => name,
            Some(name) if !matches!(name, Value::Str(_)) => return Ok(crate::values::type_error()),
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

/// Arguments by name, put where they belong. Names that nobody knows stay for the reference to refuse.
fn in_order(args: &mut Vec<Value>, named: &mut Vec<(String, Value)>) {
    let positional = args.len();
    let mut known: Vec<(usize, Value)> = Vec::new();
    named.retain(|(name, value)| match GETADDRINFO.iter().position(|known| known == name) {
        Some(place) if place >= positional => {
            known.push((place, value.clone()));
            false
        }
        _ => true,
    });
    known.sort_by_key(|(place, _)| *place);
    for (place, value) in known {
        // What was left out between keeps its default.
        if place > args.len() && args.len() >= 2 {
            args.resize(place, Value::int(0));
        }
        if place == args.len() {
            args.push(value);
        } else {
            named.push((GETADDRINFO[place].to_owned(), value));
        }
    }
}

fn defaults(args: &mut Vec<Value>) {
    for default in ["AF_INET", "SOCK_STREAM"].into_iter().skip(args.len()) {
        args.push(Value::Constant(default.to_owned()));
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
        let mut description = self.0.describe()?;
        description.edition = Edition::V3;
        let table = &mut description.constants;
        table
            .extend([("SHUT_RD", 0), ("SHUT_WR", 1), ("SHUT_RDWR", 2)].map(|(name, n)| (name.to_owned(), n)));
        Ok(description)
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let shut = match call.name.as_str() {
            "SHUT_RD" => Some(0),
            "SHUT_WR" => Some(1),
            "SHUT_RDWR" => Some(2),
            _ => None,
        };
        if let (Some(number), Target::Module, Action::Get) = (shut, &call.target, &call.action) {
            return Ok(returned(Value::int(number)));
        }
        let mut call = call.clone();
        Ok(match self.answer(&mut call)? {
            Outcome::Raised(raised) if call.name == "fileno" && raised.is("error") => {
                returned(Value::int(-1))
            }
            Outcome::Raised(mut raised) => {
                if raised.is("error") {
                    let place = raised.classes.iter().position(|class| class == "error").unwrap_or_default();
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
        self.0.reset()
    }
}
