//! The transcripts in `fixtures/wire`, against the codec, against `serve` and against the schema.
// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value as Json;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Work, Worked};
use sockspec_wire::json::{Body, Op, parse_reply, parse_request};
use sockspec_wire::{Limits, serve};

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A schema for one side of the wire.
fn schema(side: &str) -> jsonschema::Validator {
    let mut schema: Json = serde_json::from_str(&fixture("schemas/wire.schema.json")).unwrap();
    let root = schema.as_object_mut().unwrap();
    root.remove("anyOf");
    root.insert("$ref".to_owned(), Json::from(format!("#/$defs/{side}")));
    jsonschema::validator_for(&schema).unwrap()
}

/// The lines of a transcript, without their wrapping, byte for byte.
fn lines(transcript: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut to, mut from) = (Vec::new(), Vec::new());
    for line in transcript.lines() {
        let (side, rest) = if let Some(rest) = line.strip_prefix("{\"to\":") {
            (&mut to, rest)
        } else {
            (&mut from, line.strip_prefix("{\"from\":").unwrap())
        };
        side.push(rest.strip_suffix('}').unwrap());
    }
    (to, from)
}

/// Answers every call as the transcript says.
struct Scripted {
    description: Description,
    answers: VecDeque<(Call, Outcome)>,
    works: VecDeque<(Work, Worked)>,
}

impl Scripted {
    fn new(to: &[&str], from: &[&str]) -> Self {
        let limits = Limits::default();
        let mut bodies: BTreeMap<u64, Body> = BTreeMap::new();
        for line in from {
            let reply = parse_reply(line.as_bytes(), &limits).unwrap();
            assert!(bodies.insert(reply.id, reply.body).is_none(), "two replies to one request");
        }
        let mut scripted =
            Self { description: Description::default(), answers: VecDeque::new(), works: VecDeque::new() };
        for line in to {
            let request = parse_request(line.as_bytes(), &limits).unwrap();
            match (request.op, bodies.remove(&request.id).unwrap()) {
                (Op::Hello { .. }, Body::Hello { description, .. }) => scripted.description = description,
                (Op::Call(call), Body::Outcome(outcome)) => scripted.answers.push_back((call, outcome)),
                (Op::Work(work), Body::Took(took)) => scripted.works.push_back((work, Worked::Took(took))),
                (Op::Work(work), Body::Outcome(outcome)) => {
                    scripted.works.push_back((work, Worked::Not(outcome)));
                }
                _ => {}
            }
        }
        assert!(bodies.is_empty(), "replies to nothing");
        scripted
    }
}

impl Subject for Scripted {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(self.description.clone())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let (expected, outcome) = self.answers.pop_front().unwrap();
        assert_eq!(*call, expected);
        Ok(outcome)
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        let (expected, worked) = self.works.pop_front().unwrap();
        assert_eq!(*work, expected);
        Ok(worked)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

#[rstest]
fn transcripts_hold(
    #[files("../../fixtures/wire/*.jsonl")]
    #[exclude("refused")]
    path: PathBuf,
) {
    let text = fs::read_to_string(path).unwrap();
    let (to, from) = lines(&text);
    let limits = Limits::default();
    let (requests, replies) = (schema("request"), schema("reply"));

    for line in &to {
        let mut written = Vec::new();
        parse_request(line.as_bytes(), &limits).unwrap().write(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), format!("{line}\n"));
        assert!(requests.is_valid(&serde_json::from_str(line).unwrap()), "the schema refuses {line}");
    }
    for line in &from {
        let mut written = Vec::new();
        parse_reply(line.as_bytes(), &limits).unwrap().write(&mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), format!("{line}\n"));
        assert!(replies.is_valid(&serde_json::from_str(line).unwrap()), "the schema refuses {line}");
    }

    let mut scripted = Scripted::new(&to, &from);
    let input = to.join("\n") + "\n";
    let mut output = Vec::new();
    serve(&mut scripted, input.as_bytes(), &mut output).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), from.join("\n") + "\n");
}

#[test]
fn keys_may_come_in_any_order() {
    let limits = Limits::default();
    let swapped = br#"{"returned":{"kind":"socket","object":3},"id":2}"#;
    let usual = br#"{"id":2,"returned":{"object":3,"kind":"socket"}}"#;
    assert_eq!(parse_reply(swapped, &limits).unwrap(), parse_reply(usual, &limits).unwrap());
    let swapped = br#"{"named":{},"args":[],"name":"f","op":"call","id":1}"#;
    let usual = br#"{"id":1,"op":"call","name":"f","args":[]}"#;
    assert_eq!(parse_request(swapped, &limits).unwrap(), parse_request(usual, &limits).unwrap());
}

/// What the schema language cannot say: the codec is stricter there.
const BEYOND_THE_SCHEMA: [&str; 3] = ["comes twice", "within 2**53", "each key once"];

#[test]
fn bad_lines_are_refused_by_the_codec_and_by_the_schema() {
    let limits = Limits::default();
    for line in fixture("wire/refused.jsonl").lines() {
        let example: BTreeMap<String, String> = serde_json::from_str(line).unwrap();
        let (side, bad) = example.iter().find(|(key, _)| *key != "why").unwrap();
        let error = match side.as_str() {
            "request" => parse_request(bad.as_bytes(), &limits).unwrap_err(),
            _ => parse_reply(bad.as_bytes(), &limits).unwrap_err(),
        };
        assert!(
            error.to_string().contains(&example["why"]),
            "{bad}\n{error}\nshould speak of {:?}",
            example["why"]
        );
        if let Ok(json) = serde_json::from_str::<Json>(bad)
            && !BEYOND_THE_SCHEMA.iter().any(|rule| example["why"].contains(rule))
        {
            assert!(!schema(side).is_valid(&json), "the schema takes {bad}");
        }
    }
}
