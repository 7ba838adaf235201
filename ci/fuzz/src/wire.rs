//! The wire: no line breaks a reader, and whatever is read is written such that it is read as the same.

use std::fmt::Debug;

use sockspec_events::Event;
use sockspec_subject::{Action, Call, Description, Fault, Outcome, Subject, Value};
use sockspec_wire::json::{hello_protocol, parse_reply, parse_request, request_id};
use sockspec_wire::{Limits, lines, serve_within, value_from_json, value_to_json};

/// Returns what it is given.
struct Giving;

impl Subject for Giving {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(Description { name: "Giving".to_owned(), ..Description::default() })
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        Ok(Outcome::Returned(match &call.action {
            Action::Invoke { args, .. } => Value::Tuple(args.clone()),
            Action::Get | Action::Forget => Value::None,
        }))
    }

    fn reset(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

/// Numbers that are none equal nothing, themselves included, so what is compared is how things are shown.
fn same(first: &impl Debug, second: &impl Debug, text: &[u8]) {
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "{}", text.escape_ascii());
}

/// Reads the input as a request, a reply, a value and an event, and serves it whole to a driver.
///
/// # Panics
/// Something that was read is another once it was written, or a driver answers what is no reply.
pub fn wire(data: &[u8]) {
    let limits = Limits { line: 4096, ..Limits::default() };
    let _ = (request_id(data), hello_protocol(data));
    let mut line = Vec::new();
    if let Ok(request) = parse_request(data, &limits)
        && request.write(&mut line).is_ok()
    {
        let again = parse_request(line.trim_ascii_end(), &Limits::default());
        same(&again.ok(), &Some(request), &line);
    }
    line.clear();
    if let Ok(reply) = parse_reply(data, &limits)
        && reply.write(&mut line).is_ok()
    {
        let again = parse_reply(line.trim_ascii_end(), &Limits::default());
        same(&again.ok(), &Some(reply), &line);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(value) = value_from_json(text)
            && let Ok(written) = value_to_json(&value)
        {
            same(&value_from_json(&written).ok(), &Some(value), written.as_bytes());
        }
        if let Ok(event) = lines::from_line::<Event>(text)
            && let Ok(written) = lines::to_line(&event)
        {
            same(&lines::from_line::<Event>(&written).ok(), &Some(event), written.as_bytes());
        }
    }
    let mut answers = Vec::new();
    let _ = serve_within(&mut Giving, data, &mut answers, &limits);
    for answer in answers.split(|byte| *byte == b'\n').filter(|answer| !answer.is_empty()) {
        if let Err(error) = parse_reply(answer, &Limits { line: usize::MAX, ..Limits::default() }) {
            panic!("{error}: {}", answer.escape_ascii());
        }
    }
}
