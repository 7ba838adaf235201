//! Faults in what only today's document says, where no section's file has them.

use sockspec_subject::{Action, Call, Outcome, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, args, constants, instead, int, keeping, raising, refuse, result, rewrite};
use crate::values::{at, each, other_string, renamed, returned, text};

const AI_PASSIVE: i64 = 1;
const AI_NUMERICHOST: i64 = 4;

/// The host name with a number behind it, another one each time.
#[derive(Default)]
struct Counted(usize);

impl Keep for Counted {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        Ok(match outcome {
            Outcome::Returned(name) if call.name == "gethostname" => {
                self.0 += 1;
                let count = if self.0 == 1 { String::new() } else { self.0.to_string() };
                returned(Value::str(format!("{}{count}", text(&name))))
            }
            other => other,
        })
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "hostname-another-each-time",
        &["gethostname.result"],
        "gethostname gives another name when it is asked again.",
        keeping::<Counted>,
    ),
    Fault::new(
        "gai-unknown-keyword-taken",
        &["getaddrinfo.keyword-arguments"],
        "An argument whose name nobody knows is passed over.",
        || {
            instead(&["getaddrinfo"], |_, call| {
                if let Action::Invoke { named, .. } = &mut call.action {
                    named.retain(|(name, _)| {
                        ["host", "port", "family", "type", "proto", "flags"].contains(&name.as_str())
                    });
                }
                Ok(None)
            })
        },
    )
    .today(),
    Fault::new(
        "gai-canonname-of-no-host",
        &["getaddrinfo.canonname-empty"],
        "Without a host and with AI_PASSIVE the fourth item is the wildcard's text.",
        || {
            result(&["getaddrinfo"], |call, value| {
                let such = matches!(args(call).first(), Some(Value::None)) && int(call, 5) & AI_PASSIVE != 0;
                if such { each(value, |entry| at(entry, 3, |_| Value::str("0.0.0.0"))) } else { value }
            })
        },
    )
    .today(),
    Fault::new(
        "gai-numerichost-asks",
        &["getaddrinfo.numerichost"],
        "With AI_NUMERICHOST the name server is asked all the same, and its failure counts.",
        || {
            instead(&["getaddrinfo"], |desk, call| {
                if int(call, 5) & AI_NUMERICHOST == 0 {
                    return Ok(None);
                }
                let asked = vec![Value::str("a.dns.example"), Value::None];
                Ok(match desk.function("getaddrinfo", asked)? {
                    raised @ Outcome::Raised(_) => Some(raised),
                    _ => None,
                })
            })
        },
    )
    .today(),
    Fault::new(
        "ntoa-takes-text",
        &["inet_ntoa.argument-bytes"],
        "inet_ntoa takes text of four characters.",
        || {
            rewrite(&["inet_ntoa"], |_, args| {
                if let Some(packed @ Value::Str(_)) = args.first_mut() {
                    *packed = other_string(std::mem::replace(packed, Value::None));
                }
            })
        },
    )
    .today(),
    Fault::new(
        "setsockopt-takes-text",
        &["setsockopt.buffer-bytes"],
        "setsockopt takes a buffer as text.",
        || {
            rewrite(&["setsockopt"], |_, args| {
                if let Some(buffer @ Value::Str(_)) = args.get_mut(2) {
                    *buffer = other_string(std::mem::replace(buffer, Value::None));
                }
            })
        },
    )
    .today(),
    Fault::new(
        "setsockopt-null-refused",
        &["setsockopt.null-value"],
        "None with a length is refused as a value.",
        || refuse(&["setsockopt"], |args| matches!(args.get(2), Some(Value::None))),
    )
    .today(),
    Fault::new(
        "makefile-text-is-bytes",
        &["makefile.mode"],
        "A file without b in its mode holds bytes.",
        || result(&["readline", "read"], |_, value| bytes(value)),
    )
    .today(),
    Fault::new("makefile-both-ways-refused", &["makefile.mode"], "The mode rwb is refused.", || {
        instead(&["makefile"], |_, call| {
            let both = args(call).first().is_some_and(|mode| text(mode).starts_with("rw"));
            Ok(both.then(|| crate::values::ordinary("ValueError", "one of r and w")))
        })
    })
    .today(),
    Fault::new(
        "shut-names-swapped",
        &["shutdown.names"],
        "SHUT_RD and SHUT_WR have each other's value.",
        || {
            constants(|table| {
                table.insert("SHUT_RD".to_owned(), 1);
                table.insert("SHUT_WR".to_owned(), 0);
            })
        },
    )
    .today(),
    Fault::new(
        "timeout-is-error",
        &["errors.timeout-is-timeouterror", "errors.subclasses-of-oserror"],
        "What a socket raises when its time is up is an error.",
        || {
            raising(&[], |raised| {
                if raised.is("timeout") {
                    renamed(raised, "error");
                }
            })
        },
    )
    .today(),
    Fault::new(
        "timeout-no-timeouterror",
        &["errors.timeout-is-timeouterror"],
        "timeout has nothing to do with TimeoutError.",
        || raising(&[], |raised| raised.classes.retain(|class| class != "TimeoutError")),
    )
    .today(),
];

/// Text becomes bytes.
fn bytes(value: Value) -> Value {
    match value {
        text @ Value::Str(_) => other_string(text),
        other => other,
    }
}
