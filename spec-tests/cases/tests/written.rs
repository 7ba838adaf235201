//! Cases that are written down: what a reader sees, and that loading gives the same case again.

mod support;

use insta::assert_snapshot;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rstest::rstest;
use sockspec_cases::{
    Allowance, Basis, Case, Catalogue, Expectation, File, LabNeed, LoadErrors, Pattern, RaisesPattern, Step,
    StepAction, StepTarget, Suite, Template, Unwritable, fill, to_toml,
};
use sockspec_subject::{Edition, Int, ObjectId, ObjectRef, Text, Value};
use support::load;

fn plain(value: Value) -> Template {
    Template::Value(value)
}

fn step(call: &str, args: Vec<Template>, bind: &str, expect: Expectation) -> Step {
    let (target, name) = match call.split_once('.') {
        None => (StepTarget::Module, call),
        Some(("peer", name)) => (StepTarget::Peer, name),
        Some((object, name)) => (StepTarget::Variable(object.to_owned()), name),
    };
    Step {
        target,
        name: name.to_owned(),
        action: StepAction::Call { args, named: Vec::new() },
        bind: if bind.is_empty() { Vec::new() } else { vec![bind.to_owned()] },
        destructure: false,
        expect,
        allow: Vec::new(),
        line: 0,
    }
}

fn case(basis: Basis, steps: Vec<Step>) -> Case {
    Case {
        id: "bind/written".to_owned(),
        clauses: vec!["bind.address".to_owned()],
        basis,
        editions: Edition::ALL.to_vec(),
        lab: LabNeed::None,
        note: None,
        steps,
        section: "bind".to_owned(),
        file: String::new(),
        line: 0,
    }
}

fn suite() -> Suite {
    load(&[]).unwrap_or_default()
}

fn read(text: &str) -> Result<Vec<Case>, LoadErrors> {
    suite().read_cases(File { path: "", text }, &["default".to_owned()])
}

#[test]
fn a_case_as_a_person_would_write_it() {
    let constant = |name: &str| plain(Value::Constant(name.to_owned()));
    let mut accept = step("s.accept", vec![], "", Expectation::ReturnsAnything);
    accept.bind = vec!["c".to_owned(), "_".to_owned()];
    accept.destructure = true;
    accept.allow = vec![Allowance {
        reason: "glibc-order".to_owned(),
        outcome: Expectation::Raises(RaisesPattern {
            classes: vec!["error".to_owned()],
            is: vec!["OSError".to_owned()],
            args: Some(Pattern::Tuple(vec![
                Pattern::Constant("ENOTCONN".to_owned()),
                Pattern::TextOf("ENOTCONN".to_owned()),
            ])),
        }),
    }];
    let address = Value::Tuple(vec![Value::str("it's \"here\""), Value::int(0)]);
    let mut named = step("getaddrinfo", vec![plain(Value::None)], "", Expectation::ReturnsAnything);
    named.action = StepAction::Call {
        args: vec![plain(Value::None)],
        named: vec![("two words".to_owned(), plain(Value::bytes(*b"\x00\xff")))],
    };
    let mut case = case(
        Basis::Platform,
        vec![
            step(
                "socket",
                vec![constant("AF_INET"), constant("SOCK_STREAM")],
                "s",
                Expectation::ReturnsAnything,
            ),
            step("s.bind", vec![plain(address)], "", Expectation::ReturnsAnything),
            accept,
            step(
                "c.send",
                vec![plain(Value::bytes(*b"hello"))],
                "",
                Expectation::Returns(Pattern::Exact(plain(Value::int(5)))),
            ),
            step(
                "c.setsockopt",
                vec![constant("ECONNREFUSED"), plain(Value::str("AF_INET"))],
                "",
                Expectation::Raises(RaisesPattern {
                    classes: vec!["TypeError".to_owned()],
                    is: vec![],
                    args: None,
                }),
            ),
            named,
            step(
                "c.send",
                vec![plain(Value::str("ab".repeat(200))), plain(Value::Bytes(fill(100)))],
                "",
                Expectation::Returns(Pattern::Each(Box::new(Pattern::Any("int".to_owned())))),
            ),
        ],
    );
    case.lab = LabNeed::Lab("default".to_owned());
    case.note = Some("Several\nlines, with a \\ in them.".to_owned());
    case.editions = vec![Edition::ALL[0]];
    let text = to_toml(&case, &Catalogue::default()).unwrap();
    assert_eq!(read(&text).unwrap().len(), 1);
    assert_snapshot!(text, @r#"
    [[case]]
    id = "bind/written"
    clause = ["bind.address"]
    basis = "platform"
    editions = ["2.2"]
    lab = "default"
    note = "Several\nlines, with a \\ in them."
    steps = [
      { call = "socket", args = ["AF_INET", "SOCK_STREAM"], as = "s" },
      { call = "s.bind", args = [["it's \"here\"", 0]] },
      { call = "s.accept", as = ["c", "_"], returns = { any = "any" }, allow = [{ reason = "glibc-order", raises = { class = "error", code = "ENOTCONN", is = "OSError" } }] },
      { call = "c.send", args = [{ bytes = "hello" }], returns = 5 },
      { call = "c.setsockopt", args = [{ const = "ECONNREFUSED" }, { str = "AF_INET" }], raises = "TypeError" },
      { call = "getaddrinfo", args = [{ none = true }], named = { "two words" = { hex = "00ff" } } },
      { call = "c.send", args = [{ repeat = "ab", times = 200 }, { filler = 100 }], returns = { each = { any = "int" } } },
    ]
    "#);
}

#[rstest]
#[case("bind.address", &[0, 1], "")]
#[case("bind.address", &[0], "editions = [\"2.2\"]")]
#[case("bind.two-arguments", &[0], "")]
#[case("bind.two-arguments", &[0, 1], "editions = [\"2.2\", \"3\"]")]
fn editions_are_written_where_the_clauses_do_not_say_them(
    #[case] clause: &str,
    #[case] editions: &[usize],
    #[case] line: &str,
) {
    let mut case = case(Basis::Documented, vec![step("socket", vec![], "", Expectation::ReturnsAnything)]);
    case.clauses = vec![clause.to_owned()];
    case.editions = editions.iter().map(|at| Edition::ALL[*at]).collect();
    let text = to_toml(&case, &suite().catalogue).unwrap();
    assert_eq!(text.lines().find(|line| line.starts_with("editions")).unwrap_or_default(), line);
    assert_eq!(read(&text).unwrap()[0].editions, case.editions);
}

#[rstest]
#[case(Value::Object(ObjectRef { id: ObjectId(3), kind: "socket".to_owned() }), "<socket 3>")]
#[case(Value::List(vec![Value::Opaque("function".to_owned())]), "<function>")]
fn what_lives_in_one_run_only_is_refused(#[case] value: Value, #[case] shown: &str) {
    let steps = vec![step("socket", vec![plain(value)], "", Expectation::ReturnsAnything)];
    let error = to_toml(&case(Basis::Documented, steps), &Catalogue::default()).unwrap_err();
    assert!(matches!(error, Unwritable::Value(_)));
    assert!(error.to_string().contains(shown), "{error}");
}

#[rstest]
#[case(Basis::Documented, Expectation::Anything)]
#[case(Basis::Platform, Expectation::OnlyAllowed)]
fn an_expectation_without_words_is_refused(#[case] basis: Basis, #[case] expect: Expectation) {
    let error =
        to_toml(&case(basis, vec![step("socket", vec![], "", expect)]), &Catalogue::default()).unwrap_err();
    assert!(error.to_string().starts_with("step 1 (socket()): "), "{error}");
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::int),
        "-?[1-9][0-9]{0,40}"
            .prop_filter_map("digits", |digits| Some(Value::Int(digits.parse::<Int>().ok()?))),
        any::<f64>().prop_filter("equal to itself", |float| !float.is_nan()).prop_map(Value::Float),
        prop_oneof![any::<String>(), "(AF_INET|SO_[A-Z]|[a-z.\"'\\\\\n\t]{0,9})"].prop_map(Value::str),
        any::<Vec<u8>>().prop_map(|bytes| Value::Str(Text::from(bytes))),
        ("[a-zé]{1,9}", 1..90_usize).prop_map(|(unit, times)| Value::str(unit.repeat(times))),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        "\\PC*".prop_map(|text| Value::Bytes(text.into_bytes())),
        constant().prop_map(Value::Constant),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let items = vec(inner, 0..4);
        prop_oneof![items.clone().prop_map(Value::Tuple), items.prop_map(Value::List)]
    })
}

fn constant() -> impl Strategy<Value = String> {
    "(AF_INET|AI_[A-Z]{1,4}|E[A-Z]{2,5}|HOST_NOT_FOUND|x1)(\\|(AI_PASSIVE|eno))?"
}

fn template() -> impl Strategy<Value = Template> {
    let scalar = prop_oneof![
        4 => value().prop_map(Template::Value),
        1 => vec(0..9_usize, 0..3).prop_map(|at| Template::Ref { name: "first".to_owned(), at }),
        1 => ("[a-z. \"]{1,8}", proptest::option::of(0..8000_usize))
            .prop_filter("a name below the folder", |(name, _)| name != "..")
            .prop_map(|(name, length)| Template::Path { name, length }),
        1 => (0..70_000_usize).prop_map(Template::Filler),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let items = vec(inner, 0..3);
        prop_oneof![items.clone().prop_map(Template::Tuple), items.prop_map(Template::List)]
    })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let scalar = prop_oneof![
        4 => template().prop_map(Pattern::Exact),
        1 => constant().prop_map(Pattern::Constant),
        1 => constant().prop_map(Pattern::TextOf),
        1 => "(any|str|socket|None)".prop_map(Pattern::Any),
        1 => (any::<i64>(), any::<i64>())
            .prop_map(|(a, b)| Pattern::IntRange(Int::from(a.min(b)), Int::from(a.max(b)))),
        1 => "([a-z]|\\\\d|\\.|'|\"){0,5}".prop_map(Pattern::Regex),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let items = vec(inner.clone(), 0..3);
        prop_oneof![
            items.clone().prop_map(Pattern::Tuple),
            items.clone().prop_map(Pattern::List),
            items.clone().prop_map(Pattern::Unordered),
            items.clone().prop_map(Pattern::Contains),
            items.prop_map(Pattern::OneOf),
            inner.prop_map(|item| Pattern::Each(Box::new(item))),
        ]
    })
}

fn outcome() -> impl Strategy<Value = Expectation> {
    let classes = || "(error|gaierror|TypeError)";
    let args = prop_oneof![
        Just(None),
        pattern().prop_map(Some),
        constant().prop_map(|name| {
            Some(Pattern::Tuple(vec![Pattern::Constant(name.clone()), Pattern::TextOf(name)]))
        }),
    ];
    prop_oneof![
        pattern().prop_map(Expectation::Returns),
        (vec(classes(), 1..3), vec(classes(), 0..3), args)
            .prop_map(|(classes, is, args)| Expectation::Raises(RaisesPattern { classes, is, args })),
    ]
}

fn action() -> impl Strategy<Value = StepAction> {
    prop_oneof![
        1 => Just(StepAction::Get),
        4 => (vec(template(), 0..4), btree_map("[a-z \"']{1,6}", template(), 0..3))
            .prop_map(|(args, named)| StepAction::Call { args, named: named.into_iter().collect() }),
    ]
}

/// The step that forgets what was bound to that name.
fn forgotten(name: &str) -> Step {
    Step {
        target: StepTarget::Variable(name.to_owned()),
        name: String::new(),
        action: StepAction::Forget,
        bind: vec![],
        destructure: false,
        expect: Expectation::nothing(),
        allow: vec![],
        line: 0,
    }
}

fn generated_step() -> impl Strategy<Value = Step> {
    let target = prop_oneof![
        Just(StepTarget::Module),
        Just(StepTarget::Peer),
        Just(StepTarget::Variable("first".to_owned())),
    ];
    let bind = prop_oneof![
        Just((vec![], false)),
        "[a-z]{1,4}".prop_map(|name| (vec![name], false)),
        vec("[a-z_ ]{1,4}", 0..3).prop_map(|names| (names, true)),
    ]
    .prop_filter("the peer's name", |(names, _)| !names.iter().any(|name| name == "peer"));
    let allow =
        vec(outcome().prop_map(|outcome| Allowance { reason: "glibc-order".to_owned(), outcome }), 0..2);
    let expect = prop_oneof![outcome(), Just(Expectation::ReturnsAnything), Just(Expectation::OnlyAllowed)];
    (target, "[a-z]{1,8}", action(), bind, expect, allow).prop_map(
        |(target, name, action, (bind, destructure), expect, allow)| {
            let expect = match expect {
                // Said in these words, the one and the other.
                Expectation::OnlyAllowed if allow.is_empty() => Expectation::ReturnsAnything,
                Expectation::ReturnsAnything if !allow.is_empty() => Expectation::OnlyAllowed,
                expect => expect,
            };
            Step { target, name, action, bind, destructure, expect, allow, line: 0 }
        },
    )
}

/// A case that allows something somewhere, so that it may call itself `platform`.
fn generated_case() -> impl Strategy<Value = Case> {
    let parts = (vec(generated_step(), 0..4), proptest::option::of(any::<String>()), any::<bool>());
    parts.prop_map(|(mut steps, note, forget)| {
        let mut first = step("socket", vec![], "first", Expectation::OnlyAllowed);
        first.allow = vec![Allowance {
            reason: "glibc-order".to_owned(),
            outcome: Expectation::Returns(Pattern::Any("socket".to_owned())),
        }];
        steps.insert(0, first);
        if forget {
            steps.push(forgotten("first"));
        }
        Case { note, ..case(Basis::Platform, steps) }
    })
}

/// The form that the loader gives to values: every tuple and list is one of templates, or of patterns.
fn normal_template(template: Template) -> Template {
    let values = |items: Vec<Value>| items.into_iter().map(|item| normal_template(plain(item))).collect();
    let inner = |items: Vec<Template>| items.into_iter().map(normal_template).collect();
    match template {
        Template::Value(Value::Tuple(items)) => Template::Tuple(values(items)),
        Template::Value(Value::List(items)) => Template::List(values(items)),
        Template::Tuple(items) => Template::Tuple(inner(items)),
        Template::List(items) => Template::List(inner(items)),
        other => other,
    }
}

fn normal_pattern(pattern: Pattern) -> Pattern {
    let exact = |items: Vec<Template>| items.into_iter().map(|i| normal_pattern(Pattern::Exact(i))).collect();
    let inner = |items: Vec<Pattern>| items.into_iter().map(normal_pattern).collect();
    match pattern {
        Pattern::Exact(template) => match normal_template(template) {
            Template::Tuple(items) => Pattern::Tuple(exact(items)),
            Template::List(items) => Pattern::List(exact(items)),
            Template::Value(Value::Constant(names)) => Pattern::Constant(names),
            other => Pattern::Exact(other),
        },
        Pattern::Tuple(items) => Pattern::Tuple(inner(items)),
        Pattern::List(items) => Pattern::List(inner(items)),
        Pattern::Unordered(items) => Pattern::Unordered(inner(items)),
        Pattern::Contains(items) => Pattern::Contains(inner(items)),
        Pattern::OneOf(items) => Pattern::OneOf(inner(items)),
        Pattern::Each(item) => Pattern::Each(Box::new(normal_pattern(*item))),
        other => other,
    }
}

fn normal_outcome(expect: Expectation) -> Expectation {
    match expect {
        Expectation::Returns(pattern) => Expectation::Returns(normal_pattern(pattern)),
        Expectation::Raises(raises) => {
            Expectation::Raises(RaisesPattern { args: raises.args.map(normal_pattern), ..raises })
        }
        other => other,
    }
}

fn normal(mut case: Case) -> Case {
    for step in &mut case.steps {
        step.line = 0;
        if let StepAction::Call { args, named } = &mut step.action {
            args.iter_mut()
                .chain(named.iter_mut().map(|(_, value)| value))
                .for_each(|arg| *arg = normal_template(arg.clone()));
        }
        step.expect = normal_outcome(step.expect.clone());
        for allowance in &mut step.allow {
            allowance.outcome = normal_outcome(allowance.outcome.clone());
        }
    }
    case.line = 0;
    case
}

proptest! {
    #[test]
    fn every_case_is_read_back_as_it_was(case in generated_case()) {
        let text = to_toml(&case, &suite().catalogue).unwrap();
        let read = read(&text).unwrap();
        prop_assert_eq!(read.len(), 1);
        prop_assert_eq!(normal(read[0].clone()), normal(case), "{}", text);
        prop_assert_eq!(to_toml(&read[0], &suite().catalogue).unwrap(), text);
    }
}
