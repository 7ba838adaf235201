//! What is too long, too deep or no text at all.

use std::time::{Duration, Instant};

use rstest::rstest;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Value};
use sockspec_wire::json::{Body, parse_reply, parse_request, write_echo};
use sockspec_wire::{Limits, LineError, ServeError, serve, serve_within, value_from_json};

fn nested(depth: usize) -> String {
    format!("{}null{}", "{\"tuple\":[".repeat(depth), "]}".repeat(depth))
}

#[rstest]
#[case(0, "1", true)]
#[case(0, r#"{"tuple":[]}"#, false)]
#[case(1, r#"{"tuple":[]}"#, true)]
#[case(1, r#"{"list":[{"tuple":[]}]}"#, false)]
#[case(32, &nested(32), true)]
#[case(32, &nested(33), false)]
#[case(1000, &nested(56), true)]
#[case(1000, &nested(57), false)]
fn depth_counts_tuples_and_lists(#[case] depth: usize, #[case] value: &str, #[case] fits: bool) {
    let limits = Limits { depth, ..Limits::default() };
    let reply = parse_reply(format!(r#"{{"id":1,"returned":{value}}}"#).as_bytes(), &limits);
    let request = parse_request(format!(r#"{{"id":1,"op":"echo","value":{value}}}"#).as_bytes(), &limits);
    assert_eq!(reply.is_ok(), fits, "{reply:?}");
    assert_eq!(request.is_ok(), fits, "{request:?}");
}

#[rstest]
#[case::arrays("[")]
#[case::objects("{\"a\":")]
#[case::tuples("{\"tuple\":[")]
#[case::returned("{\"id\":1,\"returned\":{\"list\":[")]
fn a_bottomless_line_is_refused(#[case] opening: &str) {
    let limits = Limits::default();
    let line = opening.repeat(10_000);
    parse_reply(line.as_bytes(), &limits).unwrap_err();
    parse_request(line.as_bytes(), &limits).unwrap_err();
    value_from_json(&line).unwrap_err();
    let line = format!(r#"{{"id":1,"returned":{line}"#);
    parse_reply(line.as_bytes(), &limits).unwrap_err();
}

#[test]
fn a_line_has_its_limit() {
    let limits = Limits { line: 40, ..Limits::default() };
    let line = format!(r#"{{"id":1,"returned":"{}"}}"#, "x".repeat(40 - 22));
    assert_eq!(line.len(), 40);
    parse_reply(line.as_bytes(), &limits).unwrap();
    let longer = line.replace("x\"", "xx\"");
    assert_eq!(parse_reply(longer.as_bytes(), &limits).unwrap_err(), LineError::TooLong { limit: 40 });
}

#[rstest]
#[case(b"{\"id\":1,\"returned\":\"\xff\"}")]
#[case(b"\xff")]
#[case(b"{\"id\":1,\"\xc3\x28\":null}")]
#[case(b"\0")]
fn what_is_no_text_is_refused(#[case] line: &[u8]) {
    parse_reply(line, &Limits::default()).unwrap_err();
}

#[test]
fn a_message_shows_the_place() {
    let line = br#"{"id":7,"returned":{"tuple":["127.0.0.1",[80]]}}"#;
    let error = parse_reply(line, &Limits::default()).unwrap_err().to_string();
    assert!(error.contains("a bare array is no value"), "{error}");
    assert!(error.contains("column 42"), "{error}");
    assert!(error.contains(r#""127.0.0.1",[80]"#), "{error}");
}

struct Counting(i32);

impl Subject for Counting {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(Description::default())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.0 += 1;
        match call.name.as_str() {
            "hang" => Err(Fault::Hang { after: Duration::from_secs(1), stderr: String::new() }),
            _ => Ok(Outcome::Returned(Value::int(self.0))),
        }
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.0 = 0;
        Ok(())
    }
}

fn served(input: &str) -> (Result<(), ServeError>, String) {
    let mut output = Vec::new();
    // A reader of a few bytes a time, so that lines come in pieces.
    let input = std::io::BufReader::with_capacity(7, input.as_bytes());
    let result = serve(&mut Counting(0), input, &mut output);
    (result, String::from_utf8_lossy(&output).into_owned())
}

#[test]
fn a_bad_request_with_an_id_is_answered() {
    let (result, output) = served(concat!(
        "{\"id\":1,\"op\":\"dance\"}\n",
        "{\"id\":2,\"op\":\"call\",\"name\":\"hang\",\"args\":[]}\n",
        "{\"id\":3,\"op\":\"call\",\"name\":\"count\",\"args\":[]}\n",
    ));
    result.unwrap();
    let replies: Vec<Body> =
        output.lines().map(|line| parse_reply(line.as_bytes(), &Limits::default()).unwrap().body).collect();
    assert!(matches!(&replies[0], Body::Fault(why) if why.contains("dance")), "{replies:?}");
    assert!(matches!(&replies[1], Body::Fault(why) if why.contains("no answer within")), "{replies:?}");
    assert_eq!(replies[2], Body::Outcome(Outcome::Returned(Value::int(2))));
}

#[test]
fn a_bad_request_without_an_id_ends_the_service_after_what_was_asked_before() {
    let (result, output) = served("{\"id\":1,\"op\":\"ping\"}\nhello\n{\"id\":2,\"op\":\"ping\"}\n");
    assert!(matches!(result.unwrap_err(), ServeError::Request(_)));
    assert_eq!(output, "{\"id\":1,\"pong\":true}\n");
}

#[test]
fn half_a_request_is_not_answered() {
    let (result, output) = served("{\"id\":1,\"op\":\"ping\"}\n{\"id\":2,\"op\":\"pi");
    assert!(matches!(result.unwrap_err(), ServeError::Truncated));
    assert_eq!(output, "{\"id\":1,\"pong\":true}\n");
}

#[test]
fn a_request_without_end_is_not_stored_for_ever() {
    let limits = Limits { line: 100, ..Limits::default() };
    let mut output = Vec::new();
    let endless = std::io::BufReader::new(std::io::repeat(b'['));
    let result = serve_within(&mut Counting(0), endless, &mut output, &limits);
    assert!(matches!(result.unwrap_err(), ServeError::Request(LineError::TooLong { limit: 100 })));
}

/// Remembers what had been written whenever it was flushed.
#[derive(Default)]
struct Flushed {
    written: usize,
    at: Vec<usize>,
}

impl std::io::Write for &mut Flushed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.written += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.at.push(self.written);
        Ok(())
    }
}

#[test]
fn replies_to_requests_that_came_together_go_together() {
    let mut flushed = Flushed::default();
    let start = Instant::now();
    serve(&mut Counting(0), "{\"id\":1,\"op\":\"ping\"}\n".repeat(5).as_bytes(), &mut flushed).unwrap();
    let all = 5 * "{\"id\":1,\"pong\":true}\n".len();
    // A machine that is busy elsewhere may make them go sooner.
    if start.elapsed() < Duration::from_millis(10) {
        assert_eq!(flushed.at, [all]);
    }
    assert_eq!(flushed.at.last(), Some(&all));
}

#[test]
fn a_big_line_is_carried() {
    let mut line = Vec::new();
    write_echo(&mut line, 1, &Value::bytes(vec![7; 1 << 20])).unwrap();
    let mut output = Vec::new();
    serve(&mut Counting(0), line.as_slice(), &mut output).unwrap();
    output.pop();
    let reply = parse_reply(&output, &Limits::default()).unwrap();
    assert_eq!(reply.body, Body::Outcome(Outcome::Returned(Value::bytes(vec![7; 1 << 20]))));
}
