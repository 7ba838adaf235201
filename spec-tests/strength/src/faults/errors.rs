//! Faults in exceptions: classes, numbers, texts.

use sockspec_subject::{Outcome, Raised, Value};

use crate::Fault;
use crate::tools::{HOSTS, INFO, args, outcome, raising};
use crate::values::{address_error, digits, error_text, number, renamed, returned, string};

/// Whether it is the module's `error` itself, with a number.
fn is_pair(raised: &Raised) -> bool {
    raised.documented_class() == "error" && raised.args.len() == 2
}

fn change(raised: &mut Raised, class: &str, place: usize, change: fn(Value) -> Value) {
    if raised.documented_class() == class && raised.args.len() == 2 {
        let old = std::mem::replace(&mut raised.args[place], Value::None);
        raised.args[place] = change(old);
    }
}

fn become_class(raised: &mut Raised, from: &str, to: &str) {
    if raised.documented_class() == from {
        renamed(raised, to);
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "connect-fails-silently",
        &["errors.raised", "connect.connects", "examples.client-order"],
        "A connect that fails gives its error number back instead of raising.",
        || {
            outcome(&["connect"], |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if is_pair(&raised) => returned(raised.args[0].clone()),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "lookup-fails-silently",
        &["errors.raised", "errors.herror", "errors.gaierror"],
        "A host that is not found is None.",
        || {
            outcome(
                &["gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getaddrinfo", "getnameinfo"],
                |_, _, outcome| {
                    Ok(match outcome {
                        Outcome::Raised(raised) if raised.is("error") => returned(Value::None),
                        other => other,
                    })
                },
            )
        },
    ),
    Fault::new("recv-fails-silently", &["errors.raised"], "A failing recv gives -1.", || {
        outcome(&["recv", "recvfrom"], |_, _, outcome| {
            Ok(match outcome {
                Outcome::Raised(raised) if raised.is("error") => returned(Value::int(-1)),
                other => other,
            })
        })
    }),
    Fault::new(
        "bind-fails-silently",
        &["errors.raised", "examples.server-first-usable"],
        "A failing bind gives None.",
        || {
            outcome(&["bind"], |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => returned(Value::None),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "argument-type-error",
        &["errors.argument-type"],
        "An argument of the wrong type raises error instead of TypeError.",
        || {
            raising(&[], |raised| {
                if raised.is("TypeError") {
                    renamed(raised, "error");
                }
            })
        },
    ),
    Fault::new(
        "argument-float-cut",
        &["errors.argument-type"],
        "A floating-point number is cut to an integer.",
        || {
            crate::tools::rewrite(&[], |_, args| {
                for arg in args {
                    if let Value::Float(float) = arg {
                        *arg = Value::int(
                            float.to_string().split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0i64),
                        );
                    }
                }
            })
        },
    ),
    Fault::new(
        "error-is-ordinary",
        &["errors.socket-semantics", "errors.error"],
        "A failure of a socket operation raises RuntimeError.",
        || raising(&[], |raised| become_class(raised, "error", "RuntimeError")),
    ),
    Fault::new(
        "address-error-is-value-error",
        &["errors.socket-semantics"],
        "A failure to do with addresses raises ValueError.",
        || {
            raising(&[], |raised| {
                become_class(raised, "gaierror", "ValueError");
                become_class(raised, "herror", "ValueError");
            })
        },
    ),
    Fault::new(
        "error-is-gaierror",
        &["errors.error"],
        "A failure of a socket operation raises gaierror.",
        || raising(&[], |raised| become_class(raised, "error", "gaierror")),
    ),
    Fault::new(
        "error-message-missing",
        &["errors.error-message"],
        "An error that no system call caused carries nothing.",
        || {
            raising(&[], |raised| {
                if raised.documented_class() == "error" && raised.args.len() == 1 {
                    raised.args.clear();
                }
            })
        },
    ),
    Fault::new(
        "error-message-in-pair",
        &["errors.error-message"],
        "An error that no system call caused carries a zero before its message.",
        || {
            raising(&[], |raised| {
                if raised.documented_class() == "error" && raised.args.len() == 1 {
                    raised.args.insert(0, Value::int(0));
                }
            })
        },
    ),
    Fault::new(
        "error-pair-joined",
        &["errors.error-pair"],
        "Number and text are joined to one message.",
        || {
            raising(&[], |raised| {
                if is_pair(raised) {
                    raised.args = vec![Value::str(raised.text.as_str())];
                }
            })
        },
    ),
    Fault::new("error-pair-swapped", &["errors.error-pair"], "The text comes before the number.", || {
        raising(&[], |raised| {
            if is_pair(raised) {
                raised.args.swap(0, 1);
            }
        })
    }),
    Fault::new("error-pair-third", &["errors.error-pair"], "The pair has a third member.", || {
        raising(&[], |raised| {
            if is_pair(raised) {
                raised.args.push(Value::None);
            }
        })
    }),
    Fault::new(
        "error-number-negative",
        &["errors.error-number", "errors.error-number-named"],
        "The number of an error is negative.",
        || raising(&[], |raised| change(raised, "error", 0, |n| number(n, |n| -n))),
    ),
    Fault::new(
        "error-number-always-same",
        &["errors.error-number"],
        "Every error has the number and the text of EINVAL.",
        || {
            raising(&[], |raised| {
                if is_pair(raised) {
                    raised.args = vec![Value::int(22), Value::str(error_text(22))];
                }
            })
        },
    ),
    Fault::new(
        "error-number-text",
        &["errors.error-number", "errors.error-pair"],
        "The number of an error is text.",
        || raising(&[], |raised| change(raised, "error", 0, digits)),
    ),
    Fault::new(
        "error-number-unnamed",
        &["errors.error-number-named"],
        "The number of an error is 10000 too high, which has no name.",
        || raising(&[], |raised| change(raised, "error", 0, |n| number(n, |n| n + 10_000))),
    ),
    Fault::new("error-text-empty", &["errors.error-text"], "The text of an error is empty.", || {
        raising(&[], |raised| change(raised, "error", 1, |text| string(text, Vec::clear)))
    }),
    Fault::new(
        "error-text-other-case",
        &["errors.error-text"],
        "The text of an error is in lower case.",
        || {
            raising(&[], |raised| {
                change(raised, "error", 1, |text| string(text, |t| t.make_ascii_lowercase()));
            })
        },
    ),
    Fault::new("error-not-oserror", &["errors.error-is-oserror"], "error is no OSError.", || {
        raising(&[], |raised| {
            if raised.documented_class() == "error" {
                raised.classes.retain(|class| class != "OSError");
            }
        })
    })
    .today(),
    Fault::new(
        "address-errors-not-oserror",
        &["errors.subclasses-of-oserror"],
        "herror and gaierror are no OSErrors.",
        || {
            raising(&[], |raised| {
                if raised.documented_class() != "error" {
                    raised.classes.retain(|class| class != "OSError" && class != "error");
                }
            })
        },
    )
    .today(),
    Fault::new("herror-not-oserror", &["errors.subclasses-of-oserror"], "herror is no OSError.", || {
        raising(&[], |raised| {
            if raised.documented_class() == "herror" {
                raised.classes.retain(|class| class != "OSError" && class != "error");
            }
        })
    })
    .today(),
    Fault::new(
        "herror-is-error",
        &["errors.herror", "errors.herror-gethostbyname-ex", "errors.herror-gethostbyaddr"],
        "What should raise herror raises error.",
        || raising(HOSTS, |raised| become_class(raised, "herror", "error")),
    ),
    Fault::new("herror-joined", &["errors.herror-pair"], "An herror carries one message.", || {
        raising(&[], |raised| {
            if raised.documented_class() == "herror" {
                raised.args.remove(0);
            }
        })
    }),
    Fault::new(
        "herror-swapped",
        &["errors.herror-pair"],
        "An herror carries the text before the number.",
        || {
            raising(&[], |raised| {
                if raised.documented_class() == "herror" {
                    raised.args.reverse();
                }
            })
        },
    ),
    Fault::new(
        "ex-raises-gaierror",
        &["errors.herror-gethostbyname-ex"],
        "gethostbyname_ex raises gaierror.",
        || {
            outcome(&["gethostbyname_ex"], |desk, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("herror") => {
                        address_error("gaierror", desk.number("EAI_NONAME"), "Name or service not known")
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "ex-number-always-same",
        &["errors.herror-gethostbyname-ex-number"],
        "The number in an herror of gethostbyname_ex is always that of NO_RECOVERY.",
        || raising(&["gethostbyname_ex"], |raised| change(raised, "herror", 0, |_| Value::int(3))),
    ),
    Fault::new(
        "ex-number-host-not-found",
        &["errors.herror-gethostbyname-ex-number"],
        "Whatever the resolver says, gethostbyname_ex says HOST_NOT_FOUND.",
        || {
            raising(&["gethostbyname_ex"], |raised| {
                if raised.is("herror") {
                    raised.args = vec![Value::int(1), Value::str("Unknown host")];
                }
            })
        },
    ),
    Fault::new(
        "ex-text-empty",
        &["errors.herror-gethostbyname-ex-text"],
        "The text in an herror of gethostbyname_ex is empty.",
        || raising(&["gethostbyname_ex"], |raised| change(raised, "herror", 1, |t| string(t, Vec::clear))),
    ),
    Fault::new(
        "ex-text-of-getaddrinfo",
        &["errors.herror-gethostbyname-ex-text"],
        "The text in an herror of gethostbyname_ex is the one of getaddrinfo.",
        || {
            raising(&["gethostbyname_ex"], |raised| {
                change(raised, "herror", 1, |_| Value::str("Name or service not known"));
            })
        },
    ),
    Fault::new(
        "byaddr-raises-error",
        &["errors.herror-gethostbyaddr"],
        "gethostbyaddr raises error when it finds nothing.",
        || raising(&["gethostbyaddr"], |raised| become_class(raised, "herror", "error")),
    ),
    Fault::new(
        "byaddr-raises-gaierror",
        &["errors.herror-gethostbyaddr"],
        "gethostbyaddr raises gaierror when it finds nothing.",
        || raising(&["gethostbyaddr"], |raised| become_class(raised, "herror", "gaierror")),
    ),
    Fault::new(
        "byaddr-number-always-same",
        &["errors.herror-gethostbyaddr-number"],
        "The number in an herror of gethostbyaddr is always that of NO_RECOVERY.",
        || raising(&["gethostbyaddr"], |raised| change(raised, "herror", 0, |_| Value::int(3))),
    ),
    Fault::new(
        "byaddr-number-host-not-found",
        &["errors.herror-gethostbyaddr-number"],
        "Whatever the resolver says, gethostbyaddr says HOST_NOT_FOUND.",
        || {
            raising(&["gethostbyaddr"], |raised| {
                if raised.is("herror") {
                    raised.args = vec![Value::int(1), Value::str("Unknown host")];
                }
            })
        },
    ),
    Fault::new(
        "byaddr-text-of-errno",
        &["errors.herror-gethostbyaddr-text"],
        "The text in an herror of gethostbyaddr is the one of the error number.",
        || {
            raising(&["gethostbyaddr"], |raised| {
                if raised.is("herror") && raised.args.len() == 2 {
                    raised.args[1] = Value::str(error_text(raised.args[0].as_i64().unwrap_or_default()));
                }
            })
        },
    ),
    Fault::new(
        "gaierror-is-herror",
        &["errors.gaierror", "errors.gaierror-getaddrinfo", "errors.gaierror-getnameinfo"],
        "What should raise gaierror raises herror.",
        || raising(INFO, |raised| become_class(raised, "gaierror", "herror")),
    ),
    Fault::new("gaierror-joined", &["errors.gaierror-pair"], "A gaierror carries one message.", || {
        raising(&[], |raised| {
            if raised.documented_class() == "gaierror" {
                raised.args.remove(0);
            }
        })
    }),
    Fault::new(
        "gaierror-swapped",
        &["errors.gaierror-pair"],
        "A gaierror carries the text before the number.",
        || {
            raising(&[], |raised| {
                if raised.documented_class() == "gaierror" {
                    raised.args.reverse();
                }
            })
        },
    ),
    Fault::new(
        "getaddrinfo-raises-error",
        &["errors.gaierror-getaddrinfo"],
        "getaddrinfo raises error.",
        || raising(&["getaddrinfo"], |raised| become_class(raised, "gaierror", "error")),
    ),
    Fault::new(
        "getaddrinfo-number-always-same",
        &["errors.gaierror-getaddrinfo-number"],
        "Every failure of getaddrinfo has the number and the text of EAI_NONAME.",
        || {
            outcome(&["getaddrinfo"], |desk, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("gaierror") => {
                        address_error("gaierror", desk.number("EAI_NONAME"), "Name or service not known")
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "getaddrinfo-number-herrno",
        &["errors.gaierror-getaddrinfo-number"],
        "The number in a gaierror of getaddrinfo is an h_errno value.",
        || raising(&["getaddrinfo"], |raised| change(raised, "gaierror", 0, |_| Value::int(1))),
    ),
    Fault::new(
        "getaddrinfo-text-fixed",
        &["errors.gaierror-getaddrinfo-text"],
        "The text in a gaierror of getaddrinfo is always the same.",
        || {
            raising(&["getaddrinfo"], |raised| {
                change(raised, "gaierror", 1, |_| Value::str("host not found"));
            })
        },
    ),
    Fault::new(
        "getnameinfo-raises-herror",
        &["errors.gaierror-getnameinfo"],
        "getnameinfo raises herror.",
        || raising(&["getnameinfo"], |raised| become_class(raised, "gaierror", "herror")),
    ),
    Fault::new(
        "getnameinfo-number-always-same",
        &["errors.gaierror-getnameinfo-number"],
        "Every failure of getnameinfo has the number of EAI_FAIL.",
        || raising(&["getnameinfo"], |raised| change(raised, "gaierror", 0, |_| Value::int(-4))),
    ),
    Fault::new(
        "getnameinfo-text-empty",
        &["errors.gaierror-getnameinfo-text"],
        "The text in a gaierror of getnameinfo is empty.",
        || raising(&["getnameinfo"], |raised| change(raised, "gaierror", 1, |t| string(t, Vec::clear))),
    ),
    Fault::new(
        "gaierror-number-positive",
        &["errors.gaierror-constant"],
        "The number in a gaierror is no EAI_ constant: its sign is lost.",
        || raising(INFO, |raised| change(raised, "gaierror", 0, |n| number(n, |n| n.abs() + 4000))),
    )
    .today(),
    Fault::new(
        "name-in-address-raises-type-error",
        &["errors.socket-semantics", "connect_ex.other-problems"],
        "A host in an address that is not found raises TypeError.",
        || {
            outcome(&["bind", "connect", "sendto"], |_, call, outcome| {
                let tuple = args(call).last().is_some_and(|address| matches!(address, Value::Tuple(_)));
                Ok(match outcome {
                    Outcome::Raised(mut raised)
                        if tuple && matches!(raised.documented_class(), "gaierror" | "herror") =>
                    {
                        renamed(&mut raised, "TypeError");
                        Outcome::Raised(raised)
                    }
                    other => other,
                })
            })
        },
    ),
];
