//! What the adapter makes of calls and of answers.

use proptest::prelude::*;
use rstest::rstest;
use sockspec_subject::typed::{Address, Refusal, Typed};
use sockspec_subject::{Call, Edition, ObjectId, ObjectRef, Outcome, Raised, Subject, Value};

use crate::recorder::{Nothing, Recorder};
use crate::{bytes, method, object, returned, text, tuple};

#[rstest]
#[case("getaddrinfo", vec![Value::None, Value::None], "None None 0 0 0 0")]
#[case("getaddrinfo", vec![text(""), text("")], r#"Some("") Name([]) 0 0 0 0"#)]
#[case("getaddrinfo", vec![Value::str(vec![0xff]), Value::int(-1)], r#"Some("\\xff") Number(-1) 0 0 0 0"#)]
#[case("getnameinfo", vec![tuple([text("h"), Value::int(1)]), Value::int(8)], "1 None None 8")]
#[case("getnameinfo", vec![tuple([text("h"), Value::Bool(true), Value::int(2)]), Value::int(8)], "1 Some(2) None 8")]
#[case("getnameinfo", vec![tuple([text("h"), Value::int(1), Value::int(2), Value::int(3)]), Value::int(8)], "1 Some(2) Some(3) 8")]
#[case("getfqdn", vec![], "None")]
#[case("getfqdn", vec![text("")], "Some(0)")]
fn what_is_left_out_stays_apart_from_what_is_empty(
    #[case] name: &str,
    #[case] args: Vec<Value>,
    #[case] seen: &str,
) {
    let mut subject = Typed::new(Recorder::default());
    returned(&mut subject, &Call::function(name, args));
    assert_eq!(subject.module().seen, [seen]);
}

#[test]
fn methods_of_sockets_get_what_was_given() {
    let mut subject = Typed::new(Recorder { edition: Edition::V3, ..Recorder::default() });
    let s = object(returned(&mut subject, &Call::function("socket", [])));
    method(&mut subject, &s, "listen", []);
    method(&mut subject, &s, "listen", [Value::int(-1)]);
    method(&mut subject, &s, "setblocking", [Value::int(0)]);
    method(&mut subject, &s, "setblocking", [Value::Int("18446744073709551616".parse().unwrap())]);
    method(&mut subject, &s, "getsockopt", [Value::int(1), Value::int(2), Value::int(0)]);
    method(&mut subject, &s, "setsockopt", [Value::int(1), Value::int(2), Value::None, Value::int(9)]);
    let seen = [
        "socket 2 1 0",
        "listen None",
        "listen Some(-1)",
        "blocking false",
        "blocking true",
        "raw 1 2 0",
        "null 1 2 9",
    ];
    assert_eq!(subject.module().seen, seen);
}

#[test]
fn a_socket_is_not_closed_again_by_a_reset() {
    let mut subject = Typed::new(Recorder::default());
    let args = [Value::int(2), Value::int(1)];
    let closed = object(returned(&mut subject, &Call::function("socket", args.clone())));
    returned(&mut subject, &Call::function("socket", args));
    // It fails, and has closed all the same.
    assert!(matches!(subject.call(&Call::method(&closed, "close", [])), Ok(Outcome::Raised(_))));
    subject.reset().unwrap();
    subject.reset().unwrap();
    assert_eq!(subject.module().seen[2..], ["close 1", "close 1"]);
}

#[rstest]
#[case(Edition::V2_2, Refusal::gaierror(-2, "t"), &["gaierror"])]
#[case(Edition::V3, Refusal::gaierror(-2, "t"), &["gaierror", "error", "OSError"])]
#[case(Edition::V3, Refusal::herror(1, "t"), &["herror", "error", "OSError"])]
#[case(Edition::V3, Refusal::message("t"), &["error", "OSError"])]
#[case(Edition::V3, Refusal::type_error("t"), &["TypeError"])]
#[case(Edition::V3, Raised::new("timeout", vec![], "t").into(), &["timeout", "TimeoutError", "error", "OSError"])]
#[case(Edition::V3, Raised { classes: vec!["error".into(), "Own".into()], args: vec![], text: "t".into() }.into(), &["error", "Own"])]
fn classes_are_those_of_the_edition(
    #[case] edition: Edition,
    #[case] refusal: Refusal,
    #[case] classes: &[&str],
) {
    let mut subject = Typed::new(Recorder { edition, refusal: Some(refusal), ..Recorder::default() });
    let call = Call::function("getaddrinfo", [Value::None, Value::None]);
    let Outcome::Raised(raised) = subject.call(&call).unwrap() else { panic!("nothing was raised") };
    assert_eq!(raised.classes, classes);
}

#[test]
fn errors_of_the_standard_library_become_the_documents() {
    let Refusal::Raised(raised) = Refusal::from(std::io::Error::other("so it goes")) else {
        panic!("an error is raised")
    };
    assert_eq!((raised.classes, raised.args), (vec!["error".to_owned()], vec![text("so it goes")]));
    let Refusal::Raised(raised) = Refusal::errno(libc::ECONNREFUSED) else { panic!("an error is raised") };
    assert_eq!(raised.args, [Value::int(libc::ECONNREFUSED), text("Connection refused")]);
}

#[rstest]
#[case(Edition::V2_2, text("\0sockspec"))]
#[case(Edition::V3, bytes(b"\0sockspec"))]
fn abstract_names_come_back_as_their_edition_has_them(#[case] edition: Edition, #[case] expected: Value) {
    let address = Address::Unix(b"\0sockspec".to_vec());
    let mut subject = Typed::new(Recorder { edition, address: Some(address), ..Recorder::default() });
    let s = object(returned(&mut subject, &Call::function("socket", [Value::int(1), Value::int(1)])));
    assert_eq!(method(&mut subject, &s, "getsockname", []), expected);
}

const FUNCTIONS: &[&str] = &[
    "getaddrinfo",
    "getnameinfo",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostbyaddr",
    "gethostname",
    "getfqdn",
    "getprotobyname",
    "getservbyname",
    "htonl",
    "htons",
    "ntohl",
    "ntohs",
    "inet_aton",
    "inet_ntoa",
    "socket",
    "fromfd",
];

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::int),
        (0_i64..70_000).prop_map(Value::int),
        Just(Value::Int("-9223372036854775809".parse().unwrap())),
        any::<f64>().prop_map(Value::Float),
        any::<Vec<u8>>().prop_map(Value::str),
        any::<Vec<u8>>().prop_map(Value::bytes),
        Just(Value::Constant("AF_INET".to_owned())),
        Just(Value::Constant("AF_INET|AF_X25".to_owned())),
        Just(Value::Object(ObjectRef { id: ObjectId(1), kind: "socket".to_owned() })),
    ];
    scalar.prop_recursive(2, 8, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            prop::collection::vec(inner, 0..6).prop_map(Value::List),
        ]
    })
}

proptest! {
    #[test]
    fn whoever_has_nothing_supports_nothing_whatever_is_asked(
        name in prop::sample::select(FUNCTIONS),
        args in prop::collection::vec(any_value(), 0..7),
    ) {
        let outcome = Typed::new(Nothing).call(&Call::function(name, args)).unwrap();
        prop_assert!(matches!(outcome, Outcome::Unsupported(_)), "{name}: {outcome}");
    }
}
