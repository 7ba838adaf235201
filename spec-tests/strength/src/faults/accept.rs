//! Faults in accept.

use std::collections::BTreeSet;

use sockspec_subject::{Call, Outcome, Target, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{Keep, keeping, object, outcome, raising, result};
use crate::values::{at, items, only, other_sequence, renamed, returned, swap};

type Before = Result<Option<Outcome>, NoAnswer>;

/// The peer address of the first connection, for each later one, too.
#[derive(Default)]
struct StalePeer(Option<Value>);

impl Keep for StalePeer {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        Ok(match outcome {
            Outcome::Returned(value) if call.name == "accept" => {
                let address = self.0.get_or_insert_with(|| only(value.clone(), 1)).clone();
                Outcome::Returned(at(value, 1, |_| address))
            }
            other => other,
        })
    }
}

/// A listening socket counts its connections: the second is not taken any more.
#[derive(Default)]
struct OnlyOnce(BTreeSet<u64>);

impl Keep for OnlyOnce {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Before {
        Ok((call.name == "accept" && !self.0.insert(object(call))).then(|| desk.error("EINVAL")))
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("accept-swapped", &["accept.pair"], "accept gives the address before the socket.", || {
        result(&["accept"], |_, value| swap(value, 0, 1))
    }),
    Fault::new("accept-list", &["accept.pair"], "accept gives a list.", || {
        result(&["accept"], |_, value| other_sequence(value))
    }),
    Fault::new(
        "accept-socket-alone",
        &["accept.pair"],
        "accept gives the socket without the address.",
        || result(&["accept"], |_, value| only(value, 0)),
    ),
    Fault::new(
        "accept-same-socket",
        &["accept.new-socket", "examples.accepted-socket"],
        "accept gives the listening socket again.",
        || {
            result(&["accept"], |call, value| match &call.target {
                Target::Object(listening) => {
                    let listening = listening.clone();
                    at(value, 0, |_| Value::Object(listening))
                }
                Target::Module => value,
            })
        },
    ),
    Fault::new("accept-shut", &["accept.connected"], "The socket of accept cannot send.", || {
        outcome(&["accept"], |desk, _, outcome| {
            if let Outcome::Returned(value) = &outcome
                && let Some(Value::Object(made)) = items(value).first()
            {
                desk.ask(&Call::method(made, "shutdown", vec![Value::int(1)]))?;
            }
            Ok(outcome)
        })
    }),
    Fault::new("accept-deaf", &["accept.connected"], "The socket of accept does not receive.", || {
        outcome(&["accept"], |desk, _, outcome| {
            if let Outcome::Returned(value) = &outcome
                && let Some(Value::Object(made)) = items(value).first()
            {
                desk.ask(&Call::method(made, "shutdown", vec![Value::int(0)]))?;
            }
            Ok(outcome)
        })
    }),
    Fault::new(
        "accept-closed",
        &["accept.connected", "accept.new-socket"],
        "The socket of accept is closed.",
        || {
            outcome(&["accept"], |desk, _, outcome| {
                if let Outcome::Returned(value) = &outcome
                    && let Some(Value::Object(made)) = items(value).first()
                {
                    desk.ask(&Call::method(made, "close", Vec::new()))?;
                }
                Ok(outcome)
            })
        },
    ),
    Fault::new(
        "accept-own-address",
        &["accept.peer-address", "examples.server-names-peer"],
        "The address of accept is the own one.",
        || {
            outcome(&["accept"], |desk, call, outcome| {
                let own = desk.value(call, "getsockname", Vec::new())?.unwrap_or(Value::None);
                Ok(match outcome {
                    Outcome::Returned(value) => Outcome::Returned(at(value, 1, |_| own)),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "accept-stale-address",
        &["accept.peer-address"],
        "The address of accept is that of the first connection.",
        keeping::<StalePeer>,
    ),
    Fault::new(
        "accept-once",
        &["accept.new-socket", "listen.listens"],
        "A socket accepts a single connection.",
        keeping::<OnlyOnce>,
    ),
    Fault::new(
        "accept-unbound-type-error",
        &["accept.needs-bound", "accept.needs-listening"],
        "accept of a socket that does not listen gives None.",
        || {
            outcome(&["accept"], |desk, _, outcome| {
                let number = desk.number("EINVAL");
                Ok(match outcome {
                    Outcome::Raised(raised)
                        if raised.args.first().and_then(Value::as_i64) == Some(number) =>
                    {
                        returned(Value::None)
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "accept-invalid-class",
        &["accept.needs-listening"],
        "accept of a socket that does not listen raises ValueError.",
        || {
            raising(&["accept"], |raised| {
                if raised.args.first().and_then(Value::as_i64) == Some(22) {
                    renamed(raised, "ValueError");
                }
            })
        },
    ),
];
