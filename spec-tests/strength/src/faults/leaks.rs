//! Faults by which the state of one socket leaks to another: options, modes, shutdowns.

use sockspec_subject::{Call, Outcome, Target, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::notes::{Notes, after, argument, socket_in};

/// After a call of that method makes it of the socket that was made before, too.
fn on_the_neighbour(
    method: &str,
    notes: &Notes,
    desk: &mut Desk<'_>,
    call: &Call,
    outcome: Outcome,
) -> Result<Outcome, NoAnswer> {
    if call.name == method
        && let Some(other) = notes.older(call)
    {
        desk.ask(&Call { target: Target::Object(other), ..call.clone() })?;
    }
    Ok(outcome)
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "option-on-the-neighbour",
        &["setsockopt.sets", "socket.new"],
        "An option that is set is set on the socket that was made before, too.",
        || after(|notes, desk, call, outcome| on_the_neighbour("setsockopt", notes, desk, call, outcome)),
    )
    .beyond(),
    Fault::new(
        "option-handed-on",
        &["setsockopt.sets", "socket.new"],
        "What was set as SO_REUSEADDR, SO_KEEPALIVE or SO_BROADCAST holds for every socket made later.",
        || {
            after(|notes, desk, call, outcome| {
                let option = argument(call, 1);
                if call.name == "setsockopt" && [2, 6, 9].contains(&option.as_i64().unwrap_or(0)) {
                    notes.one = Some(Value::Tuple(vec![argument(call, 0), option, argument(call, 2)]));
                }
                if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                    && let (Some(object), Some(Value::Tuple(set))) = (socket_in(value), &notes.one)
                {
                    desk.ask(&Call::method(&object, "setsockopt", set.clone()))?;
                }
                Ok(outcome)
            })
        },
    )
    .by_all(),
    Fault::new(
        "mode-of-the-neighbour",
        &["setblocking.zero", "setblocking.initially-blocking"],
        "setblocking holds for the socket that was made before, too.",
        || after(|notes, desk, call, outcome| on_the_neighbour("setblocking", notes, desk, call, outcome)),
    )
    .beyond(),
    Fault::new(
        "timeout-handed-on",
        &["setblocking.initially-blocking", "setblocking.recv-waits"],
        "After three calls of setblocking(0) every new socket starts without waiting.",
        || {
            after(|notes, desk, call, outcome| {
                if call.name == "setblocking" && argument(call, 0).as_i64() == Some(0) {
                    *notes.counts.entry(0).or_default() += 1;
                }
                if let ("socket", Outcome::Returned(value)) = (call.name.as_str(), &outcome)
                    && let Some(object) = socket_in(value)
                    && notes.counts.get(&0).is_some_and(|count| *count >= 3)
                {
                    desk.ask(&Call::method(&object, "setblocking", vec![Value::int(0)]))?;
                }
                Ok(outcome)
            })
        },
    )
    .beyond(),
    Fault::new(
        "shutdown-of-the-neighbour",
        &["shutdown.sends", "socket.new"],
        "shutdown shuts down the socket that was made before, too.",
        || after(|notes, desk, call, outcome| on_the_neighbour("shutdown", notes, desk, call, outcome)),
    )
    .beyond(),
];
