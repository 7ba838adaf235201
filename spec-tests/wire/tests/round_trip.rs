//! Whatever is written can be read again.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use sockspec_subject::{Action, Call, Description, Int, ObjectId, ObjectRef, Outcome, Raised, Target, Text};
use sockspec_subject::{Function, Unsupported, Value, Work};
use sockspec_wire::json::{Body, Op, Reply, Request, parse_reply, parse_request};
use sockspec_wire::{Limits, lines, pretty, value_from_json, value_to_json};

fn object() -> impl Strategy<Value = ObjectRef> {
    (any::<u64>(), "[a-z]{1,8}").prop_map(|(id, kind)| ObjectRef { id: ObjectId(id), kind })
}

/// Values that travel both ways.
fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::int),
        "-?[1-9][0-9]{0,40}"
            .prop_filter_map("digits", |digits| Some(Value::Int(digits.parse::<Int>().ok()?))),
        // NaN equals nothing, itself included: it has a test of its own.
        any::<f64>().prop_filter("a number", |float| !float.is_nan()).prop_map(Value::Float),
        any::<String>().prop_map(Value::str),
        any::<Vec<u8>>().prop_map(|bytes| Value::Str(Text::from(bytes))),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        object().prop_map(Value::Object),
    ];
    scalar.prop_recursive(8, 64, 6, |inner| {
        let items = proptest::collection::vec(inner, 0..6);
        prop_oneof![items.clone().prop_map(Value::Tuple), items.prop_map(Value::List)]
    })
}

fn call() -> impl Strategy<Value = Call> {
    let target = prop_oneof![Just(Target::Module), object().prop_map(Target::Object)];
    let args = proptest::collection::vec(value(), 0..4);
    let named = proptest::collection::btree_map("[a-z]{1,6}", value(), 0..3);
    let action = prop_oneof![
        Just(Action::Get),
        (args, named).prop_map(|(args, named)| Action::Invoke { args, named: named.into_iter().collect() }),
    ];
    prop_oneof![
        (target, any::<String>(), action).prop_map(|(target, name, action)| Call { target, name, action }),
        object().prop_map(|object| Call::forget(&object)),
    ]
}

fn work() -> impl Strategy<Value = Work> {
    let function = ("[a-z]{1,8}", proptest::collection::vec(value(), 0..3));
    prop_oneof![
        (proptest::option::of(function), any::<u64>()).prop_map(|(function, times)| Work::Repeat {
            function: function.map(|(name, args)| Function { name, args }),
            times
        }),
        (object(), any::<u32>(), any::<u32>()).prop_map(|(socket, connections, buffer)| Work::Serve {
            socket,
            connections,
            buffer
        }),
        (proptest::collection::vec(object(), 0..3), any::<u32>(), any::<u64>())
            .prop_map(|(sockets, message, times)| Work::Ask { sockets, message, times }),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let raised = (
        proptest::collection::vec("[A-Za-z]{1,9}", 1..4),
        proptest::collection::vec(value(), 0..3),
        any::<String>(),
    );
    prop_oneof![
        value().prop_map(Outcome::Returned),
        raised.prop_map(|(classes, args, text)| Outcome::Raised(Raised { classes, args, text })),
        any::<String>().prop_map(|why| Outcome::Unsupported(Unsupported::Lacks(why))),
        any::<String>().prop_map(|why| Outcome::Unsupported(Unsupported::Inexpressible(why))),
    ]
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Embedded {
    #[serde(with = "sockspec_wire::serde_value")]
    value: Value,
    #[serde(with = "sockspec_wire::serde_value")]
    values: Vec<Value>,
    #[serde(with = "sockspec_wire::serde_value")]
    call: Call,
    #[serde(with = "sockspec_wire::serde_value")]
    outcome: Outcome,
    #[serde(with = "sockspec_wire::serde_value")]
    perhaps: Option<Outcome>,
    #[serde(with = "sockspec_wire::serde_value")]
    description: Description,
}

proptest! {
    #[test]
    fn values(value in value()) {
        let text = value_to_json(&value).unwrap();
        prop_assert!(!text.contains('\n'));
        prop_assert_eq!(value_from_json(&text).unwrap(), value);
    }

    #[test]
    fn requests(id in any::<u64>(), op in prop_oneof![
        call().prop_map(Op::Call), value().prop_map(Op::Echo), work().prop_map(Op::Work), any::<u64>().prop_map(|protocol| Op::Hello { protocol }),
    ]) {
        let request = Request { id, op };
        let mut line = Vec::new();
        request.write(&mut line).unwrap();
        prop_assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        prop_assert_eq!(parse_request(&line, &Limits::default()).unwrap(), request);
    }

    #[test]
    fn replies(id in any::<u64>(), outcome in outcome()) {
        let reply = Reply { id, body: Body::Outcome(outcome) };
        let mut line = Vec::new();
        reply.write(&mut line).unwrap();
        prop_assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        prop_assert_eq!(parse_reply(&line, &Limits::default()).unwrap(), reply);
    }

    #[test]
    fn embedded_values(value in value(), call in call(), outcome in outcome(), there in any::<bool>()) {
        let embedded = Embedded {
            values: vec![value.clone(), Value::Constant("AF_INET".into()), Value::Opaque("<x>".into())],
            value,
            call,
            perhaps: there.then(|| outcome.clone()),
            outcome,
            description: Description { name: "x".into(), ..Description::default() },
        };
        let line = lines::to_line(&embedded).unwrap();
        prop_assert!(line.ends_with('\n') && line.trim_end_matches('\n').len() + 1 == line.len());
        prop_assert_eq!(&lines::from_line::<Embedded>(&line).unwrap(), &embedded);
        let text = pretty::to_string_pretty(&embedded).unwrap();
        prop_assert_eq!(lines::from_line::<Embedded>(&text).unwrap(), embedded);
    }

    #[test]
    fn nothing_upsets_the_reader(line in any::<Vec<u8>>()) {
        let _ = parse_reply(&line, &Limits::default());
        let _ = parse_request(&line, &Limits::default());
    }
}

#[test]
fn not_a_number_travels() {
    let text = value_to_json(&Value::Float(f64::NAN)).unwrap();
    assert_eq!(text, r#"{"float":"nan"}"#);
    assert!(matches!(value_from_json(&text).unwrap(), Value::Float(float) if float.is_nan()));
}

#[test]
fn a_description_keeps_everything() {
    let description = Description {
        name: "wren".into(),
        version: "0.4".into(),
        edition: sockspec_subject::Edition::V3,
        strings: sockspec_subject::Strings::One,
        platform: "Linux".into(),
        constants: [("AF_INET".to_owned(), 2), ("VMADDR_CID_ANY".to_owned(), 0xffff_ffff)].into(),
        texts: [("EAI_NONAME".to_owned(), "nobody".to_owned())].into(),
        capabilities: vec!["threads".into()],
    };
    let reply = Reply { id: 1, body: Body::Hello { protocol: 1, description } };
    let mut line = Vec::new();
    reply.write(&mut line).unwrap();
    assert_eq!(parse_reply(&line, &Limits::default()).unwrap(), reply);
}
