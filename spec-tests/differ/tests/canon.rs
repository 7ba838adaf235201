//! What two runs of one script share, and where they part.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use rstest::rstest;
use sockspec_cases::{Expectation, Step, StepTarget, Template};
use sockspec_differ::{Canon, Canonical, compare};
use sockspec_engine::{Answer, Greeting};
use sockspec_subject::{Description, ObjectId, ObjectRef, Outcome, Raised, Strings, Unsupported, Value};

fn greeting(strings: Strings, scratch: &str) -> Greeting {
    let description = Description { strings, ..Description::default() };
    Greeting { description, scratch: scratch.to_owned() }
}

fn step(name: &str, args: Vec<Value>) -> Step {
    let args = args.into_iter().map(Template::Value).collect();
    Step { expect: Expectation::Anything, ..sockspec_laws::step(StepTarget::Module, name, args) }
}

fn returned(value: Value) -> Answer {
    Answer::Outcome(Outcome::Returned(value))
}

fn raised(class: &str, args: Vec<Value>) -> Answer {
    Answer::Outcome(Outcome::Raised(Raised::new(class, args, "shown")))
}

fn pair(host: &str, port: i64) -> Value {
    Value::Tuple(vec![Value::str(host), Value::int(port)])
}

fn socket(id: u64) -> Value {
    Value::Object(ObjectRef { id: ObjectId(id), kind: "socket".to_owned() })
}

#[rstest]
#[case::ports("getsockname", pair("127.0.0.1", 40001), pair("127.0.0.1", 50002))]
#[case::objects("socket", socket(3), socket(7))]
#[case::descriptors("fileno", Value::int(5), Value::int(9))]
#[case::scratch("getsockname", Value::str("/a/p"), Value::str("/b/p"))]
#[case::autobound("getsockname", Value::str("\u{0}0001a"), Value::str("\u{0}0002b"))]
#[case::shown("f", Value::Opaque("at 0x1".to_owned()), Value::Opaque("at 0x2".to_owned()))]
fn what_each_run_has_of_its_own_is_no_difference(#[case] name: &str, #[case] a: Value, #[case] b: Value) {
    let greetings = [greeting(Strings::Distinct, "/a"), greeting(Strings::Distinct, "/b")];
    let script = [step(name, Vec::new())];
    let runs = [vec![returned(a)], vec![returned(b)]];
    assert_eq!(compare(&script, [&greetings[0], &greetings[1]], [&runs[0], &runs[1]]), None);
}

#[rstest]
#[case::port(pair("127.0.0.1", 80), pair("127.0.0.1", 81), "[1]: int | int")]
#[case::entry(
    Value::List(vec![pair("a", 1), pair("b", 1)]),
    Value::List(vec![pair("a", 1), pair("c", 1)]),
    "[*][0]: str | str"
)]
#[case::length(Value::List(vec![pair("a", 1)]), Value::List(Vec::new()), ": more | fewer")]
#[case::kind(Value::str("a"), Value::bytes(*b"a"), ": str | bytes")]
fn values_part_in_a_place(#[case] a: Value, #[case] b: Value, #[case] way: &str) {
    let greeting = greeting(Strings::Distinct, "/a");
    let script = [step("f", Vec::new())];
    let runs = [vec![returned(a)], vec![returned(b)]];
    let found = compare(&script, [&greeting, &greeting], [&runs[0], &runs[1]]).unwrap();
    assert_eq!(found.way, way);
}

#[rstest]
#[case::number(
    raised("gaierror", vec![Value::int(-2), Value::str("x")]),
    raised("gaierror", vec![Value::int(-8), Value::str("y")]),
    "gaierror: -2 | -8"
)]
#[case::class(
    raised("herror", vec![Value::int(1), Value::str("x")]),
    raised("gaierror", vec![Value::int(-2), Value::str("x")]),
    "raised herror 1 | raised gaierror -2"
)]
#[case::returned(returned(Value::None), raised("TypeError", vec![]), "returned | raised TypeError")]
#[case::form(
    raised("error", vec![Value::str("x")]),
    raised("error", vec![Value::int(1), Value::str("x")]),
    "error: 1 args | 2 args"
)]
fn failures_part_in_a_way(#[case] a: Answer, #[case] b: Answer, #[case] way: &str) {
    let greeting = greeting(Strings::Distinct, "/a");
    let script = [step("f", Vec::new())];
    let found = compare(&script, [&greeting, &greeting], [&vec![a], &vec![b]]).unwrap();
    assert_eq!(found.way, way);
}

#[rstest]
#[case::messages(raised("error", vec![Value::str("x")]), raised("error", vec![Value::str("y")]))]
#[case::ordinary(raised("TypeError", vec![Value::str("x")]), raised("TypeError", vec![]))]
#[case::inexpressible(
    returned(Value::None),
    Answer::Outcome(Outcome::Unsupported(Unsupported::Inexpressible("types".to_owned())))
)]
#[case::unasked(Answer::Unasked("s".to_owned()), Answer::Unasked("t".to_owned()))]
fn what_the_document_leaves_open_is_no_difference(#[case] a: Answer, #[case] b: Answer) {
    let greeting = greeting(Strings::Distinct, "/a");
    let script = [step("f", Vec::new())];
    assert_eq!(compare(&script, [&greeting, &greeting], [&vec![a], &vec![b]]), None);
}

#[test]
fn one_string_type_is_compared_by_content() {
    let greetings = [greeting(Strings::Distinct, "/a"), greeting(Strings::One, "/b")];
    let script = [step("recv", Vec::new())];
    let runs = [vec![returned(Value::bytes(*b"x"))], vec![returned(Value::str("x"))]];
    assert_eq!(compare(&script, [&greetings[0], &greetings[1]], [&runs[0], &runs[1]]), None);
}

#[test]
fn a_port_that_the_script_names_is_no_doing_of_the_system() {
    let greeting = greeting(Strings::Distinct, "/a");
    let mut canon = Canon::new(&[step("bind", vec![pair("a", 40001)])], &greeting, Strings::Distinct);
    let got = canon.answer(&step("getsockname", Vec::new()), &returned(pair("a", 40001)));
    assert_eq!(got, Canonical::Returned(pair("a", 40001)));
}
