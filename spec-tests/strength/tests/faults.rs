//! The table of faults: sound in itself, and each fault a subject.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use rstest::rstest;
use sockspec_cases::{Catalogue, Demands, Kind};
use sockspec_fixtures::Fixtures;
use sockspec_strength::{PREFIX, TODAY, all, find, subject, unbreakable};
use sockspec_subject::{Call, Edition, Outcome, Subject, Value};

fn catalogue() -> Catalogue {
    Fixtures::embedded().suite().expect("the fixtures are sound").catalogue
}

#[test]
fn there_are_enough_faults_and_no_id_stands_twice() {
    let ids: BTreeSet<&str> = all().map(|fault| fault.id).collect();
    assert_eq!(ids.len(), all().count());
    assert!(ids.len() >= 150, "{} faults", ids.len());
}

#[test]
fn faults_are_described() {
    for fault in all() {
        assert!(!fault.clauses.is_empty(), "{} breaks nothing", fault.id);
        assert!(fault.what.ends_with('.'), "{}: write a sentence", fault.id);
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(fault.id.bytes().all(plain), "{}: small letters, digits and hyphens", fault.id);
    }
}

#[test]
fn faults_break_clauses_of_their_edition() {
    let catalogue = catalogue();
    for fault in all() {
        let clauses: Vec<_> = fault
            .clauses
            .iter()
            .map(|id| catalogue.get(id).unwrap_or_else(|| panic!("{}: there is no clause {id}", fault.id)))
            .collect();
        let holds = clauses.iter().any(|clause| clause.editions.contains(&fault.edition()));
        assert!(holds, "{}: none of its clauses holds in edition {}", fault.id, fault.edition());
        let only_today = clauses.iter().all(|clause| clause.editions == [Edition::V3]);
        assert_eq!(
            fault.today,
            only_today || fault.today,
            "{} breaks what only today's document says",
            fault.id
        );
    }
}

#[test]
fn every_clause_has_a_fault_or_a_reason() {
    let catalogue = catalogue();
    for clause in catalogue.clauses().iter().filter(|clause| clause.kind != Kind::Descriptive) {
        let broken = all().any(|fault| fault.clauses.contains(&clause.id.as_str()));
        match unbreakable(&clause.id) {
            Some(why) => assert!(!broken, "{} has a fault, and a reason not to: {why}", clause.id),
            None => assert!(broken, "no fault breaks {} ({:?}): {}", clause.id, clause.demands, clause.text),
        }
    }
    for section in catalogue.sections() {
        let mut own = catalogue.clauses().iter().filter(|clause| clause.section == section.name);
        let testable =
            own.any(|clause| clause.kind != Kind::Descriptive && clause.demands == Demands::Subject);
        let start = format!("{}.", section.name);
        let broken = all().any(|fault| fault.clauses.iter().any(|clause| clause.starts_with(&start)));
        assert!(broken || !testable, "no fault breaks anything of {}", section.name);
    }
}

#[test]
fn every_fault_is_a_subject_that_answers() {
    for fault in all() {
        let mut wrong = subject(&format!("{PREFIX}{}", fault.id)).expect("the fault has a subject");
        assert_eq!(
            wrong.describe().map(|description| description.edition),
            Ok(fault.edition()),
            "{}",
            fault.id
        );
        assert!(wrong.call(&Call::function("ntohs", [Value::int(1)])).is_ok(), "{}", fault.id);
        assert_eq!(wrong.reset(), Ok(()), "{}", fault.id);
    }
    assert!(subject("faulty:no-such-fault").is_none());
    assert!(subject("reference").is_none());
}

/// What the subject with that fault says to calls of the module.
fn ask(fault: &str, calls: &[Call]) -> Vec<Outcome> {
    assert!(find(fault).is_some());
    let mut wrong = subject(&format!("{PREFIX}{fault}")).expect("the fault has a subject");
    calls.iter().map(|call| wrong.call(call).expect("it answers")).collect()
}

fn returned(value: Value) -> Outcome {
    Outcome::Returned(value)
}

#[rstest]
#[case("htons-as-long", Call::function("htons", [Value::int(0x1234)]), returned(Value::int(0x3412 << 16)))]
#[case("aton-reversed", Call::function("inet_aton", [Value::str("1.2.3.4")]), returned(Value::bytes([4, 3, 2, 1])))]
#[case("aton-tail-ignored", Call::function("inet_aton", [Value::str("1.2.3.4 x")]), returned(Value::bytes([1, 2, 3, 4])))]
#[case("aton-octal-ignored", Call::function("inet_aton", [Value::str("010.0.0.1")]), returned(Value::bytes([10, 0, 0, 1])))]
#[case("ntoa-leading-zeros", Call::function("inet_ntoa", [Value::bytes([1, 2, 3, 44])]), returned(Value::str("001.002.003.044")))]
#[case("ntoa-hex", Call::function("inet_ntoa", [Value::bytes([10, 0, 0, 255])]), returned(Value::str("a.0.0.ff")))]
#[case("af-inet6-is-inet", Call::get("AF_INET6"), returned(Value::int(2)))]
#[case("af-constants-text", Call::get("AF_INET"), returned(Value::str("AF_INET")))]
#[case("gai-port-number-swapped",
    Call::function("getaddrinfo", [Value::str("127.0.0.1"), Value::int(80), Value::int(0), Value::int(1)]),
    returned(Value::List(vec![Value::Tuple(vec![
        Value::int(2), Value::int(1), Value::int(6), Value::str(""),
        Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(20480)]),
    ])])))]
fn a_fault_is_what_it_says(#[case] fault: &str, #[case] call: Call, #[case] outcome: Outcome) {
    assert_eq!(ask(fault, &[call]), [outcome]);
}

#[rstest]
#[case("gai-ipv4-refused", Call::function("getaddrinfo", [Value::str("127.0.0.1"), Value::int(1)]), "gaierror")]
#[case("aton-invalid-value-error", Call::function("inet_aton", [Value::str("no")]), "ValueError")]
#[case("socket-no-inet", Call::function("socket", [Value::int(2), Value::int(1)]), "error")]
#[case("so-missing", Call::get("SO_TYPE"), "AttributeError")]
#[case("error-is-ordinary", Call::function("inet_aton", [Value::str("no")]), "RuntimeError")]
#[case("argument-type-error", Call::function("ntohl", [Value::str("1")]), "error")]
fn a_fault_raises_what_it_says(#[case] fault: &str, #[case] call: Call, #[case] class: &str) {
    let outcomes = ask(fault, &[call]);
    let [Outcome::Raised(raised)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!(raised.classes[0], class);
}

#[test]
fn constants_are_numbers_by_the_faults_own_table() {
    let call =
        Call::function("socket", [Value::Constant("AF_INET".into()), Value::Constant("SOCK_STREAM".into())]);
    let mut wrong = subject("faulty:sock-types-swapped").expect("the fault has a subject");
    let Ok(Outcome::Returned(Value::Object(made))) = wrong.call(&call) else { panic!("no socket") };
    let kind = Call::method(&made, "getsockopt", [Value::int(1), Value::int(3)]);
    assert_eq!(wrong.call(&kind), Ok(returned(Value::int(2))), "SOCK_STREAM is what datagrams should be");
}

fn today() -> Box<dyn Subject> {
    subject(TODAY).expect("there is a sound subject of today")
}

#[rstest]
#[case(Call::function("ntohs", [Value::int(65_536)]), "OverflowError")]
#[case(Call::function("inet_aton", [Value::str("no")]), "OSError")]
#[case(Call::function("getfqdn", [Value::int(1)]), "TypeError")]
fn today_raises(#[case] call: Call, #[case] class: &str) {
    let outcome = today().call(&call);
    let Ok(Outcome::Raised(raised)) = &outcome else { panic!("{outcome:?}") };
    assert!(raised.is(class), "{raised:?}");
}

#[test]
fn today_has_defaults_and_names() {
    let mut today = today();
    let made = today.call(&Call::function("socket", []));
    let Ok(Outcome::Returned(Value::Object(socket))) = made else { panic!("{made:?}") };
    assert_eq!(today.call(&Call::method(&socket, "close", [])), Ok(returned(Value::None)));
    assert_eq!(today.call(&Call::method(&socket, "fileno", [])), Ok(returned(Value::int(-1))));
    assert_eq!(today.call(&Call::get("SHUT_RDWR")), Ok(returned(Value::int(2))));
}

#[test]
fn today_takes_arguments_by_name() {
    let args = [Value::str("127.0.0.1"), Value::int(80)];
    let mut call = Call::function("getaddrinfo", args);
    if let sockspec_subject::Action::Invoke { named, .. } = &mut call.action {
        named.push(("proto".to_owned(), Value::int(17)));
        named.push(("family".to_owned(), Value::int(2)));
    }
    let Ok(Outcome::Returned(Value::List(found))) = today().call(&call) else { panic!("no list") };
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].items().and_then(|entry| entry[1].as_i64()), Some(2));
}
