//! The checks.

use sockspec_subject::{Call, Description, ObjectId, ObjectRef, Outcome, Strings, Value};
use sockspec_wire::{Body, Op};

use super::session::{Failing, Judged, Seen, Session, instead, show};
use super::values::{brief, constants, same, shapes};
use crate::driver::Driver;

/// A function that no implementation has.
const NO_FUNCTION: &str = "no_such_function";
/// A constant that no implementation has.
const NO_CONSTANT: &str = "NO_SUCH_CONSTANT";
/// How many requests are made at once.
const TOGETHER: u64 = 64;

/// Every check after the hello.
pub(super) fn all(session: &mut Session<'_>) {
    let description = session.description();
    session.check("hello-again", |driver| hello_again(driver, &description));
    session.check("hello-in-another-protocol", hello_in_another_protocol);
    session.check("ping", |driver| match driver.ask(&Op::Ping)? {
        Body::Pong => Ok(Seen::Fine("pong".to_owned())),
        other => Err(instead("pong", &other)),
    });
    for (name, value) in shapes(session.limits.depth) {
        session.check(name, |driver| echo(driver, value, description.strings));
    }
    let constants = constants(&description);
    if constants.is_empty() {
        session.check("value-constant", |_| Ok(Seen::Nothing("its hello names no constant".to_owned())));
    }
    for (name, names, number) in constants {
        session.check(name, |driver| constant(driver, &names, number));
    }
    session.check("unknown-constant", |driver| {
        expect_unsupported(driver, &Op::Echo(Value::Constant(NO_CONSTANT.to_owned())))
    });
    session.check("unknown-function", |driver| {
        expect_unsupported(driver, &Op::Call(Call::function(NO_FUNCTION, Vec::new())))
    });
    session.check("unknown-constant-in-a-call", |driver| {
        let args = vec![Value::Constant(NO_CONSTANT.to_owned())];
        expect_unsupported(driver, &Op::Call(Call::function("htons", args)))
    });
    session.check("raised", raised);
    session.check("objects", objects);
    session.check("unknown-object", unknown_object);
    session.check("forget", forget);
    session.check("reset", reset);
    session.check("pipelined", pipelined);
    session.check("keys-in-any-order", |driver| {
        raw(driver, |id| format!("{{\"value\":{{\"tuple\":[1]}},\"op\":\"echo\",\"id\":{id}}}\n"))
    });
    session.check("space-between-tokens", |driver| {
        raw(driver, |id| {
            format!(" {{ \"id\" : {id} , \"op\" : \"echo\" , \"value\" : {{ \"tuple\" : [ 1 ] }} }} \r\n")
        })
    });
    session.check("unknown-op", unknown_op);
    session.side_by_side("side-by-side", |one, other| {
        one.send(&Op::Echo(Value::int(1)))?;
        other.send(&Op::Echo(Value::int(2)))?;
        for (driver, sent) in [(other, 2), (one, 1)] {
            let came = driver.next_reply()?;
            if came != Body::Outcome(Outcome::Returned(Value::int(sent))) {
                return Err(instead(&format!("returned {sent}"), &came));
            }
        }
        Ok(Seen::Fine("two drivers answered for themselves".to_owned()))
    });
    session.leave();
}

fn hello_again(driver: &mut Driver, description: &Description) -> Judged {
    match driver.ask(&Op::Hello { protocol: sockspec_wire::PROTOCOL })? {
        Body::Hello { description: again, .. } if again == *description => {
            Ok(Seen::Fine("the same as before".to_owned()))
        }
        Body::Hello { .. } => Err(Failing::Answer("expected the first hello again; came another".to_owned())),
        other => Err(instead("hello", &other)),
    }
}

fn hello_in_another_protocol(driver: &mut Driver) -> Judged {
    let protocol = sockspec_wire::PROTOCOL + 1;
    match driver.ask(&Op::Hello { protocol })? {
        Body::Fault(why) => Ok(Seen::Fine(format!("fault ({why})"))),
        other => Err(instead(&format!("fault, since it does not speak protocol {protocol}"), &other)),
    }
}

fn echo(driver: &mut Driver, value: Value, strings: Strings) -> Judged {
    let op = Op::Echo(value);
    let body = driver.ask(&op)?;
    let (Op::Echo(sent), Body::Outcome(Outcome::Returned(came))) = (&op, &body) else {
        return Err(instead("the value returned", &body));
    };
    if same(sent, came, strings) {
        Ok(Seen::Fine(brief(came)))
    } else {
        Err(Failing::Answer(format!("expected {}; came {}", brief(sent), brief(came))))
    }
}

fn constant(driver: &mut Driver, names: &str, number: i64) -> Judged {
    let body = driver.ask(&Op::Echo(Value::Constant(names.to_owned())))?;
    if body == Body::Outcome(Outcome::Returned(Value::int(number))) {
        Ok(Seen::Fine(format!("{names} is {number}")))
    } else {
        Err(instead(&format!("returned {number}, which is {names} in its hello"), &body))
    }
}

fn expect_unsupported(driver: &mut Driver, op: &Op) -> Judged {
    let body = driver.ask(op)?;
    match body {
        Body::Outcome(Outcome::Unsupported(_)) => Ok(Seen::Fine(show(&body))),
        other => Err(instead("unsupported", &other)),
    }
}

/// Some call that has to fail, on whatever functions there are.
fn raised(driver: &mut Driver) -> Judged {
    let calls = [
        Call::function("inet_aton", vec![Value::str("no address")]),
        Call::function("getservbyname", vec![Value::str("no-such-service")]),
        Call::function("getprotobyname", vec![Value::str("no-such-protocol")]),
        Call::function("htons", vec![Value::str("no number")]),
    ];
    for call in calls {
        match driver.ask(&Op::Call(call.clone()))? {
            Body::Outcome(Outcome::Raised(raised)) => {
                return Ok(Seen::Fine(format!(
                    "{call} raised {}: {}",
                    raised.classes.join(", "),
                    raised.text
                )));
            }
            // What the implementation makes of the call is not the driver's affair.
            Body::Outcome(_) => {}
            other => return Err(instead("an outcome", &other)),
        }
    }
    Ok(Seen::Nothing("no call at hand makes this implementation raise".to_owned()))
}

/// A new socket, or why there is none.
fn socket(driver: &mut Driver) -> Result<Result<ObjectRef, String>, Failing> {
    // Nobody needs these two to be left out, as the later edition allows.
    let args = ["AF_INET", "SOCK_STREAM"].map(|name| Value::Constant(name.to_owned())).to_vec();
    match driver.ask(&Op::Call(Call::function("socket", args)))? {
        Body::Outcome(Outcome::Returned(Value::Object(object))) if object.kind == "socket" => Ok(Ok(object)),
        returned @ Body::Outcome(Outcome::Returned(_)) => {
            Err(instead("an object of kind \"socket\"", &returned))
        }
        other @ Body::Outcome(_) => Ok(Err(format!("socket() gives no socket: {}", show(&other)))),
        other => Err(instead("an outcome", &other)),
    }
}

fn clear(driver: &mut Driver) -> Result<(), Failing> {
    match driver.ask(&Op::Reset)? {
        Body::Reset => Ok(()),
        other => Err(instead("reset", &other)),
    }
}

fn objects(driver: &mut Driver) -> Judged {
    clear(driver)?;
    for number in [1, 2] {
        let object = match socket(driver)? {
            Ok(object) => object,
            Err(why) => return Ok(Seen::Nothing(why)),
        };
        if object.id != ObjectId(number) {
            return Err(Failing::Answer(format!("expected object {number}; came object {}", object.id.0)));
        }
        let value = Value::Object(object);
        let body = driver.ask(&Op::Echo(value.clone()))?;
        if body != Body::Outcome(Outcome::Returned(value.clone())) {
            return Err(instead(&format!("the same object, {value}"), &body));
        }
    }
    Ok(Seen::Fine("numbered from 1, and the same when they come again".to_owned()))
}

/// That a number which was never given, or is forgotten, is no object.
fn expect_no_object(driver: &mut Driver, object: &ObjectRef) -> Judged {
    for op in [Op::Call(Call::method(object, "close", Vec::new())), Op::Echo(Value::Object(object.clone()))] {
        match driver.ask(&op)? {
            Body::Fault(_) => {}
            other => return Err(instead("fault, since there is no such object", &other)),
        }
    }
    Ok(Seen::Fine("refused".to_owned()))
}

fn unknown_object(driver: &mut Driver) -> Judged {
    expect_no_object(driver, &ObjectRef { id: ObjectId(4_000_000_000), kind: "socket".to_owned() })
}

/// That an object is forgotten alone, and that its number stays unused.
fn forget(driver: &mut Driver) -> Judged {
    clear(driver)?;
    let mut made = Vec::new();
    for _ in 0..2 {
        match socket(driver)? {
            Ok(object) => made.push(object),
            Err(why) => return Ok(Seen::Nothing(why)),
        }
    }
    let [first, second] = made.as_slice() else { return Ok(Seen::Nothing("no socket".to_owned())) };
    match driver.ask(&Op::Call(Call::forget(second)))? {
        Body::Outcome(Outcome::Returned(Value::None)) => {}
        Body::Outcome(Outcome::Unsupported(why)) => return Ok(Seen::Nothing(why.to_string())),
        other => return Err(instead("returned None, or unsupported", &other)),
    }
    expect_no_object(driver, second)?;
    let kept = Value::Object(first.clone());
    let body = driver.ask(&Op::Echo(kept.clone()))?;
    if body != Body::Outcome(Outcome::Returned(kept)) {
        return Err(instead("the object that was not forgotten", &body));
    }
    match socket(driver)? {
        Ok(ObjectRef { id: ObjectId(3), .. }) => Ok(Seen::Fine("gone, and its number with it".to_owned())),
        Ok(object) => Err(Failing::Answer(format!("expected object 3; came object {}", object.id.0))),
        Err(why) => Err(Failing::Answer(format!("expected a socket after one was forgotten; {why}"))),
    }
}

fn reset(driver: &mut Driver) -> Judged {
    clear(driver)?;
    clear(driver)?;
    let mut last = None;
    for _ in 0..2 {
        match socket(driver)? {
            Ok(object) => last = Some(object),
            Err(why) => return Ok(Seen::Nothing(why)),
        }
    }
    clear(driver)?;
    if let Some(object) = last {
        expect_no_object(driver, &object)?;
    }
    let first = socket(driver)?;
    clear(driver)?;
    match first {
        Ok(ObjectRef { id: ObjectId(1), .. }) => {
            Ok(Seen::Fine("objects are forgotten and counted from 1".to_owned()))
        }
        Ok(object) => {
            Err(Failing::Answer(format!("expected object 1 after a reset; came object {}", object.id.0)))
        }
        Err(why) => Err(Failing::Answer(format!("expected a socket after a reset; {why}"))),
    }
}

fn pipelined(driver: &mut Driver) -> Judged {
    let mut sent = Vec::new();
    for number in 0..TOGETHER {
        sent.push(match number % 4 {
            0 => Op::Ping,
            1 => Op::Call(Call::function(NO_FUNCTION, Vec::new())),
            2 => Op::Reset,
            _ => Op::Echo(Value::str("x".repeat(usize::try_from(number).unwrap_or(1) * 100))),
        });
    }
    for op in &sent {
        driver.send(op)?;
    }
    for op in &sent {
        match (op, driver.next_reply()?) {
            (Op::Ping, Body::Pong)
            | (Op::Reset, Body::Reset)
            | (Op::Call(_), Body::Outcome(Outcome::Unsupported(_))) => {}
            (Op::Echo(sent), Body::Outcome(Outcome::Returned(came)))
                if came.as_bytes() == sent.as_bytes() => {}
            (_, other) => return Err(instead("the replies in the order of the requests", &other)),
        }
    }
    Ok(Seen::Fine(format!("{TOGETHER} requests at once, answered in order")))
}

/// An echo of `(1,)` in other words.
fn raw(driver: &mut Driver, line: impl FnOnce(u64) -> String) -> Judged {
    driver.send_raw(line);
    let body = driver.next_reply()?;
    if body == Body::Outcome(Outcome::Returned(Value::Tuple(vec![Value::int(1)]))) {
        Ok(Seen::Fine("understood".to_owned()))
    } else {
        Err(instead("returned (1,)", &body))
    }
}

fn unknown_op(driver: &mut Driver) -> Judged {
    driver.send_raw(|id| format!("{{\"id\":{id},\"op\":\"no-such-op\"}}\n"));
    match driver.next_reply()? {
        Body::Fault(why) => Ok(Seen::Fine(format!("fault ({why})"))),
        other => Err(instead("fault", &other)),
    }
}
