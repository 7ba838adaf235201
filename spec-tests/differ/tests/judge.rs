//! The judge's words about single pairs, where two rules or a rule and a reason come together.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use rstest::rstest;
use sockspec_differ::Judgement;
use sockspec_differ::judge::{Seen, Told, judge};
use sockspec_fixtures::Fixtures;
use sockspec_subject::{Edition, Raised, Value};

fn raised(class: &str, number: Option<i64>) -> Raised {
    Raised::new(class, number.into_iter().map(Value::int).chain([Value::str("why")]).collect(), "")
}

fn told<'o>(outcome: Option<&'o Raised>, value: &'o Value) -> Told<'o> {
    outcome.map_or(Told::Returned(value), Told::Raised)
}

fn getaddrinfo(args: &[Value]) -> (bool, &'static str, Vec<Value>) {
    (false, "getaddrinfo", args.to_vec())
}

fn method(name: &'static str, args: Vec<Value>) -> (bool, &'static str, Vec<Value>) {
    (true, name, args)
}

/// An address with so many items more than host and port.
fn with_items(host: &str, more: usize) -> Value {
    let further = std::iter::repeat_n(Value::int(0), more + 1);
    Value::Tuple(std::iter::once(Value::str(host)).chain(further).collect())
}

fn makefile(mode: Value) -> (bool, &'static str, Vec<Value>) {
    (true, "makefile", vec![mode])
}

#[rstest]
#[case::an_asterisk_and_no_port(
    getaddrinfo(&[Value::str("*"), Value::str("")]),
    Some(raised("gaierror", Some(-2))),
    None,
    "asterisk-is-nothing"
)]
#[case::a_port_and_flags_that_are_wrong(
    getaddrinfo(&[Value::str(""), Value::int(131_071), Value::int(0), Value::int(0), Value::int(0), Value::int(-1)]),
    Some(raised("OverflowError", None)),
    Some(raised("gaierror", Some(-1))),
    "range-not-documented"
)]
#[case::flags_that_are_wrong(
    getaddrinfo(&[Value::str(""), Value::int(80), Value::int(0), Value::int(0), Value::int(0), Value::int(-1)]),
    Some(raised("gaierror", Some(-2))),
    Some(raised("gaierror", Some(-1))),
    "a:getaddrinfo.null-host-empty"
)]
#[case::two_nulls_and_a_family_that_is_wrong(
    getaddrinfo(&[Value::str(""), Value::None, Value::Bool(true)]),
    Some(raised("gaierror", Some(-2))),
    Some(raised("gaierror", Some(-6))),
    "b:getaddrinfo.null-host-empty"
)]
#[case::a_number_of_an_earlier_call(
    (false, "gethostbyname_ex", vec![Value::str("<broadcast>")]),
    Some(raised("herror", Some(1))),
    Some(raised("herror", Some(2))),
    "b:errors.herror-gethostbyname-ex-number"
)]
#[case::a_number_of_no_call(
    (false, "gethostbyaddr", vec![Value::str("192.0.2.99")]),
    Some(raised("herror", Some(1))),
    Some(raised("herror", Some(0))),
    "b:errors.herror-gethostbyaddr-number"
)]
#[case::a_mode_that_is_an_integer(
    makefile(Value::int(1)),
    Some(raised("TypeError", None)),
    None,
    "b:errors.argument-type"
)]
#[case::a_mode_that_is_none(
    makefile(Value::None),
    None,
    Some(raised("TypeError", None)),
    "a:errors.argument-type"
)]
#[case::a_list_where_only_a_tuple_is_taken(
    method("bind", vec![Value::List(vec![Value::str("127.0.0.1"), Value::int(0)])]),
    Some(raised("TypeError", None)),
    Some(raised("gaierror", Some(-2))),
    "b:bind.one-argument"
)]
#[case::a_list_elsewhere(
    (false, "getnameinfo", vec![Value::List(vec![Value::str("127.0.0.1"), Value::int(0)]), Value::int(0)]),
    Some(raised("TypeError", None)),
    Some(raised("gaierror", Some(-2))),
    "list-for-tuple"
)]
#[case::a_mode_that_no_file_has(
    makefile(Value::str("b")),
    Some(raised("ValueError", None)),
    None,
    "b:makefile.mode"
)]
#[case::a_mode_with_more_letters(
    makefile(Value::str("r.")),
    Some(raised("ValueError", None)),
    None,
    "mode-letters-ignored"
)]
#[case::ipv4_in_numbers_with_more_items(
    (false, "getnameinfo", vec![with_items("127.0.0.1", 1), Value::int(0)]),
    Some(raised("error", None)),
    Some(raised("ValueError", None)),
    "address-with-more-items"
)]
#[case::a_name_with_more_items(
    (false, "getnameinfo", vec![with_items("*", 1), Value::int(0)]),
    Some(raised("gaierror", Some(-2))),
    Some(raised("error", None)),
    "b:errors.gaierror-getnameinfo"
)]
#[case::a_protocol_of_none(
    (false, "getservbyname", vec![Value::str("mail"), Value::None]),
    Some(raised("TypeError", None)),
    Some(raised("error", None)),
    "none-for-left-out"
)]
fn judged(
    #[case] (method, name, args): (bool, &str, Vec<Value>),
    #[case] a: Option<Raised>,
    #[case] b: Option<Raised>,
    #[case] wanted: &str,
) {
    let suite = Fixtures::embedded().suite().expect("the fixtures are sound");
    let constants = BTreeMap::from([
        ("AI_CANONNAME".to_owned(), 2),
        ("EAI_NONAME".to_owned(), -2),
        ("EAI_BADFLAGS".to_owned(), -1),
        ("HOST_NOT_FOUND".to_owned(), 1),
        ("TRY_AGAIN".to_owned(), 2),
        ("NO_RECOVERY".to_owned(), 3),
        ("NO_DATA".to_owned(), 4),
    ]);
    let value = Value::List(Vec::new());
    let seen = |told| Seen {
        name,
        method,
        args: args.clone(),
        named: false,
        made: None,
        edition: Edition::V2_2,
        closed: false,
        asked_nothing: false,
        told,
        constants: &constants,
    };
    let (first, second) = (seen(told(a.as_ref(), &value)), seen(told(b.as_ref(), &value)));
    let judgement = judge(&first, &second, &suite.catalogue);
    let said = match &judgement {
        Judgement::Departs { a, b } => a
            .iter()
            .map(|finding| format!("a:{}", finding.clause))
            .chain(b.iter().map(|finding| format!("b:{}", finding.clause)))
            .collect::<Vec<_>>()
            .join(" "),
        Judgement::Platform(reason) => reason.clone(),
        Judgement::Silent => "silent".to_owned(),
    };
    assert_eq!(said, wanted, "{judgement:?}");
}
