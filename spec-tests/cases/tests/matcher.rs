//! Every pattern, met and missed, and where it was missed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::collections::BTreeMap;

use rstest::rstest;
use sockspec_cases::{
    Allowance, EnvironmentFacts, Expectation, Judgement, Mismatch, Pattern, RaisesPattern, Template, check,
};
use sockspec_subject::{ObjectId, ObjectRef, Outcome, Raised, Strings, Unsupported, Value};

fn facts(strings: Strings) -> EnvironmentFacts {
    let numbers = |pairs: &[(&str, i64)]| -> BTreeMap<String, i64> {
        pairs.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
    };
    EnvironmentFacts {
        constants: numbers(&[("AF_INET", 2), ("AI_PASSIVE", 1), ("AI_CANONNAME", 2), ("EAI_NONAME", -2)]),
        platform_constants: numbers(&[("AF_INET", 99), ("ENOTCONN", 107)]),
        texts: [("ENOTCONN", "Not connected"), ("EAI_NONAME", "Unknown name")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
        variables: [("addr".to_owned(), address("10.0.0.1", 80))].into(),
        strings,
        scratch: "/run/x".to_owned(),
    }
}

fn address(host: &str, port: i64) -> Value {
    Value::Tuple(vec![Value::str(host), Value::int(port)])
}

fn object(kind: &str) -> Value {
    Value::Object(ObjectRef { id: ObjectId(1), kind: kind.to_owned() })
}

fn exact(value: Value) -> Pattern {
    Pattern::Exact(Template::Value(value))
}

fn int(number: i64) -> Pattern {
    exact(Value::int(number))
}

fn range(low: &str, high: &str) -> Pattern {
    Pattern::IntRange(low.parse().unwrap(), high.parse().unwrap())
}

fn ints(numbers: &[i64]) -> Value {
    Value::List(numbers.iter().map(|number| Value::int(*number)).collect())
}

fn big(digits: &str) -> Value {
    Value::Int(digits.parse().unwrap())
}

/// Where the value misses the pattern: `None` when it does not.
fn missed(pattern: Pattern, value: Value, strings: Strings) -> Option<Mismatch> {
    match check(&Expectation::Returns(pattern), &[], &Outcome::Returned(value), &facts(strings)) {
        Judgement::Pass => None,
        Judgement::Fail(mismatch) => Some(mismatch),
        Judgement::Allowed { .. } => panic!("nothing is allowed here"),
    }
}

#[rstest]
#[case(exact(Value::None), Value::None)]
#[case(int(1), Value::int(1))]
#[case(exact(Value::bytes(*b"a")), Value::bytes(*b"a"))]
#[case(Pattern::Exact(Template::Ref { name: "addr".into(), at: vec![] }), address("10.0.0.1", 80))]
#[case(Pattern::Exact(Template::Ref { name: "addr".into(), at: vec![1] }), Value::int(80))]
#[case(Pattern::Exact(Template::Filler(3)), Value::bytes(vec![0, 1, 2]))]
#[case(Pattern::Constant("AF_INET".into()), Value::int(2))]
#[case(Pattern::Constant("ENOTCONN".into()), Value::int(107))]
#[case(Pattern::Constant("AI_PASSIVE|AI_CANONNAME".into()), Value::int(3))]
#[case(Pattern::Any("any".into()), Value::None)]
#[case(Pattern::Any("int".into()), big("99999999999999999999"))]
#[case(Pattern::Any("str".into()), Value::str("x"))]
#[case(Pattern::Any("bytes".into()), Value::bytes(*b"x"))]
#[case(Pattern::Any("socket".into()), object("socket"))]
#[case(Pattern::Any("socket".into()), object("peer socket"))]
#[case(Pattern::Any("None".into()), Value::None)]
#[case(Pattern::Any("bool".into()), Value::Bool(true))]
#[case(range("1", "3"), Value::int(1))]
#[case(range("1", "3"), Value::int(3))]
#[case(range("-9223372036854775809", "9223372036854775808"), big("9223372036854775808"))]
#[case(range("9223372036854775808", "18446744073709551616"), big("18446744073709551616"))]
#[case(range("0", "99999999999999999999"), Value::int(i64::MAX))]
#[case(Pattern::Regex("[0-9.]+".into()), Value::str("10.0"))]
#[case(Pattern::Regex("a|ab".into()), Value::str("ab"))]
#[case(Pattern::Regex("a.b".into()), Value::bytes(*b"a\xffb"))]
#[case(Pattern::Regex("a.b".into()), Value::str("a\nb"))]
#[case(Pattern::Tuple(vec![int(1), Pattern::Any("any".into())]), address_like(1, "x"))]
#[case(Pattern::List(vec![int(1), int(2)]), ints(&[1, 2]))]
#[case(Pattern::List(vec![]), ints(&[]))]
#[case(Pattern::Unordered(vec![int(2), int(1)]), ints(&[1, 2]))]
#[case(Pattern::Unordered(vec![]), Value::Tuple(vec![]))]
#[case(Pattern::Contains(vec![int(2)]), ints(&[1, 2, 3]))]
#[case(Pattern::Contains(vec![]), ints(&[]))]
#[case(Pattern::Each(Box::new(range("1", "3"))), ints(&[1, 2, 3]))]
#[case(Pattern::OneOf(vec![int(1), Pattern::Any("str".into())]), Value::str("x"))]
#[case(Pattern::TextOf("ENOTCONN".into()), Value::str("Not connected"))]
fn met(#[case] pattern: Pattern, #[case] value: Value) {
    assert_eq!(missed(pattern, value, Strings::Distinct), None);
}

fn address_like(first: i64, second: &str) -> Value {
    Value::Tuple(vec![Value::int(first), Value::str(second)])
}

#[rstest]
#[case(exact(Value::None), Value::int(0), "", "None", "0")]
#[case(int(1), Value::Bool(true), "", "1", "True")]
#[case(int(1), Value::Float(1.0), "", "1", "1.0")]
#[case(exact(Value::str("a")), Value::bytes(*b"a"), "", "'a'", "b'a'")]
#[case(exact(Value::Tuple(vec![])), Value::List(vec![]), "", "()", "[]")]
#[case(Pattern::Exact(Template::Ref { name: "gone".into(), at: vec![] }), Value::None, "", "{ ref = \"gone\" } has no value: no step so far bound \"gone\"", "None")]
#[case(Pattern::Constant("AF_INET".into()), Value::int(99), "", "AF_INET (2)", "99")]
#[case(Pattern::Constant("AI_PASSIVE|AI_CANONNAME".into()), Value::int(1), "", "AI_PASSIVE|AI_CANONNAME (3)", "1")]
#[case(Pattern::Constant("AI_PASSIVE|AI_NOTHING".into()), Value::int(1), "", "AI_PASSIVE|AI_NOTHING, whose number nobody knows here", "1")]
#[case(Pattern::Any("int".into()), Value::Bool(true), "", "any int", "True")]
#[case(Pattern::Any("str".into()), Value::bytes(*b"x"), "", "any str", "b'x'")]
#[case(Pattern::Any("socket".into()), object("file"), "", "any socket", "<file 1>")]
#[case(range("1", "3"), Value::int(4), "", "1..3", "4")]
#[case(range("1", "3"), Value::int(0), "", "1..3", "0")]
#[case(
    range("0", "9223372036854775807"),
    big("9223372036854775808"),
    "",
    "0..9223372036854775807",
    "9223372036854775808"
)]
#[case(range("-3", "3"), big("-9223372036854775809"), "", "-3..3", "-9223372036854775809")]
#[case(range("1", "3"), Value::str("2"), "", "1..3", "'2'")]
#[case(Pattern::Regex("[0-9]+".into()), Value::str("1a"), "", "/[0-9]+/", "'1a'")]
#[case(Pattern::Regex("a|b".into()), Value::str("ab"), "", "/a|b/", "'ab'")]
#[case(Pattern::Regex("1".into()), Value::int(1), "", "/1/", "1")]
#[case(Pattern::Tuple(vec![int(1)]), ints(&[1]), "", "(1,)", "[1]")]
#[case(Pattern::Tuple(vec![int(1)]), Value::Tuple(vec![Value::int(1), Value::int(2)]), "", "(1,)", "(1, 2)")]
#[case(Pattern::List(vec![int(1), int(2)]), ints(&[1, 3]), "[1]", "2", "3")]
#[case(Pattern::Unordered(vec![int(1), int(2)]), ints(&[1, 1]), "", "in any order [1, 2]", "[1, 1]")]
#[case(Pattern::Unordered(vec![int(1)]), ints(&[1, 1]), "", "in any order [1]", "[1, 1]")]
#[case(Pattern::Unordered(vec![int(1)]), Value::str("1"), "", "in any order [1]", "'1'")]
#[case(Pattern::Contains(vec![int(1), int(1)]), ints(&[1, 2]), "", "containing [1, 1]", "[1, 2]")]
#[case(Pattern::Contains(vec![int(1)]), Value::None, "", "containing [1]", "None")]
#[case(Pattern::Each(Box::new(range("1", "3"))), ints(&[1, 4]), "[1]", "1..3", "4")]
#[case(Pattern::Each(Box::new(range("1", "3"))), ints(&[]), "", "each of them 1..3", "[]")]
#[case(Pattern::OneOf(vec![int(1), int(2)]), Value::int(3), "", "one of {1, 2}", "3")]
#[case(Pattern::TextOf("ENOTCONN".into()), Value::str("x"), "", "\"Not connected\", the library's text for ENOTCONN", "'x'")]
#[case(Pattern::TextOf("ENOTCONN".into()), Value::bytes(*b"Not connected"), "", "\"Not connected\", the library's text for ENOTCONN", "b'Not connected'")]
#[case(Pattern::TextOf("ENOWHERE".into()), Value::str("x"), "", "the library's text for ENOWHERE, which has none", "'x'")]
fn not_met(
    #[case] pattern: Pattern,
    #[case] value: Value,
    #[case] at: &str,
    #[case] expected: &str,
    #[case] got: &str,
) {
    let mismatch = missed(pattern, value, Strings::Distinct);
    let wanted = Mismatch { at: at.to_owned(), expected: expected.to_owned(), got: got.to_owned() };
    assert_eq!(mismatch, Some(wanted));
}

#[test]
fn the_place_of_a_mismatch_is_the_whole_way_to_it() {
    // As a list of getaddrinfo has it: the port of the first candidate's address.
    let candidate = |port: i64| {
        let members =
            [Value::int(2), Value::int(1), Value::int(6), Value::str(""), address("10.0.0.1", port)];
        Value::List(vec![Value::Tuple(members.to_vec())])
    };
    let pattern = Pattern::List(vec![Pattern::Tuple(vec![
        Pattern::Constant("AF_INET".into()),
        int(1),
        int(6),
        Pattern::Any("str".into()),
        Pattern::Tuple(vec![exact(Value::str("10.0.0.1")), int(80)]),
    ])]);
    assert_eq!(missed(pattern.clone(), candidate(80), Strings::Distinct), None);
    let mismatch = missed(pattern, candidate(81), Strings::Distinct).unwrap();
    assert_eq!((mismatch.at.as_str(), mismatch.expected.as_str()), ("[0][4][1]", "80"));
}

#[rstest]
// Each pattern needs a value of its own, though the first one that fits would take another's.
#[case(vec![range("1", "9"), int(1)], &[1, 2], true)]
#[case(vec![range("1", "9"), range("1", "2"), int(1)], &[1, 2, 3], true)]
#[case(vec![range("1", "9"), range("1", "2"), int(1)], &[1, 2, 10], false)]
#[case(vec![range("1", "2"), range("2", "3"), range("3", "4"), range("4", "4")], &[4, 3, 2, 1], true)]
#[case(vec![range("1", "2"), range("1", "2"), range("1", "2"), int(3)], &[1, 2, 3, 3], false)]
fn overlapping_patterns_find_the_one_assignment(
    #[case] patterns: Vec<Pattern>,
    #[case] values: &[i64],
    #[case] fits: bool,
) {
    let unordered = missed(Pattern::Unordered(patterns.clone()), ints(values), Strings::Distinct);
    assert_eq!(unordered.is_none(), fits);
    let mut more = vec![100, 101];
    more.extend_from_slice(values);
    let contains = missed(Pattern::Contains(patterns), ints(&more), Strings::Distinct);
    assert_eq!(contains.is_none(), fits);
}

#[rstest]
#[case(exact(Value::str("a")), Value::bytes(*b"a"))]
#[case(exact(Value::bytes(*b"a")), Value::str("a"))]
#[case(exact(Value::Tuple(vec![Value::List(vec![Value::bytes(*b"a")])])), Value::Tuple(vec![Value::List(vec![Value::str("a")])]))]
#[case(Pattern::Any("str".into()), Value::bytes(*b"x"))]
#[case(Pattern::Any("bytes".into()), Value::str("x"))]
#[case(Pattern::TextOf("ENOTCONN".into()), Value::bytes(*b"Not connected"))]
fn one_string_type_is_compared_by_content(#[case] pattern: Pattern, #[case] value: Value) {
    assert_eq!(missed(pattern.clone(), value.clone(), Strings::One), None);
    assert!(missed(pattern, value, Strings::Distinct).is_some());
}

#[test]
fn one_string_type_is_still_no_number() {
    assert!(missed(exact(Value::str("1")), Value::int(1), Strings::One).is_some());
    assert!(missed(exact(Value::str("a")), Value::bytes(*b"b"), Strings::One).is_some());
}

fn exception(classes: &[&str], args: Vec<Value>) -> Outcome {
    let classes = classes.iter().map(|class| (*class).to_owned()).collect();
    Outcome::Raised(Raised { classes, args, text: String::new() })
}

fn raises(classes: &[&str], is: &[&str], args: Option<Pattern>) -> Expectation {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Expectation::Raises(RaisesPattern { classes: names(classes), is: names(is), args })
}

#[rstest]
#[case::exact(&["error"], &["error", "Exception"], true)]
#[case::renamed(&["error"], &["OSError", "error", "Exception"], true)]
#[case::gaierror(&["error"], &["gaierror", "error", "Exception"], false)]
#[case::herror(&["error"], &["herror", "OSError", "error"], false)]
#[case::timeout(&["error"], &["timeout", "error"], false)]
#[case::one_of(&["error", "timeout"], &["timeout", "error"], true)]
#[case::parent_of_error(&["OSError"], &["OSError", "error"], false)]
#[case::parent(&["Exception"], &["gaierror", "error", "Exception"], false)]
#[case::ordinary(&["TypeError"], &["TypeError", "Exception"], true)]
#[case::subclass(&["TypeError"], &["ArgumentError", "TypeError", "Exception"], true)]
#[case::subclass_named(&["ArgumentError"], &["ArgumentError", "TypeError"], true)]
#[case::superclass(&["ArgumentError"], &["TypeError", "Exception"], false)]
#[case::other(&["ValueError"], &["TypeError", "Exception"], false)]
#[case::none(&["error"], &[], false)]
fn classes(#[case] wanted: &[&str], #[case] raised: &[&str], #[case] meets: bool) {
    let judgement =
        check(&raises(wanted, &[], None), &[], &exception(raised, vec![]), &facts(Strings::Distinct));
    assert_eq!(judgement == Judgement::Pass, meets, "{judgement:?}");
    if let Judgement::Fail(mismatch) = judgement {
        assert_eq!(mismatch.at, "class");
    }
}

#[test]
fn an_exception_is_what_it_must_also_be() {
    let outcome = exception(&["gaierror", "OSError"], vec![]);
    let judged =
        |is: &[&str]| check(&raises(&["gaierror"], is, None), &[], &outcome, &facts(Strings::Distinct));
    assert_eq!(judged(&["OSError"]), Judgement::Pass);
    let Judgement::Fail(mismatch) = judged(&["OSError", "error"]) else { panic!("error is missing") };
    assert_eq!(mismatch.expected, "an exception that is also error");
    assert_eq!(mismatch.got, "one that is gaierror, OSError");
}

#[test]
fn the_arguments_of_an_exception_are_exactly_shaped() {
    let pair =
        Pattern::Tuple(vec![Pattern::Constant("EAI_NONAME".into()), Pattern::TextOf("EAI_NONAME".into())]);
    let expect = raises(&["gaierror"], &[], Some(pair));
    let judged = |args| check(&expect, &[], &exception(&["gaierror"], args), &facts(Strings::Distinct));
    assert_eq!(judged(vec![Value::int(-2), Value::str("Unknown name")]), Judgement::Pass);
    let at = |args| match judged(args) {
        Judgement::Fail(mismatch) => mismatch.at,
        other => panic!("{other:?}"),
    };
    assert_eq!(at(vec![Value::int(-2), Value::str("x")]), "args[1]");
    assert_eq!(at(vec![Value::int(-3), Value::str("x")]), "args[0]");
    assert_eq!(at(vec![Value::int(-2)]), "args");
    assert_eq!(at(vec![]), "args");
}

#[rstest]
#[case::returns_anything(Expectation::ReturnsAnything, Outcome::Returned(Value::None), true)]
#[case::raises_instead(Expectation::ReturnsAnything, exception(&["error"], vec![]), false)]
#[case::anything(Expectation::Anything, exception(&["error"], vec![]), true)]
#[case::anything_else(Expectation::Anything, Outcome::Returned(Value::None), true)]
#[case::only_allowed(Expectation::OnlyAllowed, Outcome::Returned(Value::None), false)]
#[case::returned(raises(&["error"], &[], None), Outcome::Returned(Value::None), false)]
#[case::raised(Expectation::Returns(int(1)), exception(&["error"], vec![]), false)]
#[case::unsupported(Expectation::ReturnsAnything, Outcome::Unsupported(Unsupported::Lacks("it".into())), false)]
fn kinds_of_outcome(#[case] expect: Expectation, #[case] outcome: Outcome, #[case] meets: bool) {
    let judgement = check(&expect, &[], &outcome, &facts(Strings::Distinct));
    assert_eq!(judgement == Judgement::Pass, meets, "{judgement:?}");
}

fn allowance(reason: &str, outcome: Expectation) -> Allowance {
    Allowance { reason: reason.to_owned(), outcome }
}

#[rstest]
#[case::wanted(Expectation::Returns(int(1)), Outcome::Returned(Value::int(1)), None)]
#[case::same_kind(Expectation::Returns(int(1)), Outcome::Returned(Value::int(2)), Some(("two", false)))]
#[case::other_kind(Expectation::Returns(int(1)), exception(&["error"], vec![]), Some(("raised", true)))]
#[case::raises(raises(&["herror"], &[], None), exception(&["error"], vec![]), Some(("raised", false)))]
#[case::returns(raises(&["herror"], &[], None), Outcome::Returned(Value::int(2)), Some(("two", true)))]
#[case::mixed(Expectation::OnlyAllowed, exception(&["error"], vec![]), Some(("raised", true)))]
#[case::mixed_2(Expectation::OnlyAllowed, Outcome::Returned(Value::int(2)), Some(("two", false)))]
fn an_allowance_comes_second(
    #[case] expect: Expectation,
    #[case] outcome: Outcome,
    #[case] allowed: Option<(&str, bool)>,
) {
    // The first that fits names the reason.
    let allow = [
        allowance("two", Expectation::Returns(int(2))),
        allowance("raised", raises(&["error"], &[], None)),
        allowance("later", Expectation::Returns(Pattern::Any("any".into()))),
    ];
    let wanted = match allowed {
        None => Judgement::Pass,
        Some((reason, ends)) => Judgement::Allowed { reason: reason.to_owned(), ends },
    };
    assert_eq!(check(&expect, &allow, &outcome, &facts(Strings::Distinct)), wanted);
}

#[test]
fn where_only_exceptions_are_allowed_none_ends_the_case() {
    let allow =
        [allowance("a", raises(&["herror"], &[], None)), allowance("b", raises(&["error"], &[], None))];
    let judged = |outcome| check(&Expectation::OnlyAllowed, &allow, &outcome, &facts(Strings::Distinct));
    let wanted = Judgement::Allowed { reason: "b".to_owned(), ends: false };
    assert_eq!(judged(exception(&["error"], vec![])), wanted);
    assert!(matches!(judged(Outcome::Returned(Value::None)), Judgement::Fail(_)));
}
