//! One case, step by step, on a subject whose answers are written down beforehand.
#![allow(clippy::panic, reason = "helpers of tests, which fail by panicking")]
#![allow(clippy::unnecessary_wraps, reason = "answers are what a subject gives: outcomes or faults")]

mod support;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use rstest::rstest;
use sockspec_engine::{Peer, RunFacts, run_case};
use sockspec_events::{CaseResult, StepVerdict, Verdict};
use sockspec_subject::{
    Call, Description, Fault, ObjectId, ObjectRef, Outcome, Raised, Strings, Subject, Unsupported, Value,
};
use support::{case, cases};

/// Answers what it was told to, in turn, and keeps what it was asked.
struct Scripted {
    answers: VecDeque<Result<Outcome, Fault>>,
    asked: Vec<String>,
}

impl Subject for Scripted {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(description())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.asked.push(call.to_string());
        self.answers.pop_front().unwrap_or_else(|| panic!("nobody expected {call}"))
    }

    fn reset(&mut self) -> Result<(), Fault> {
        panic!("a case's steps reset nothing")
    }
}

fn description() -> Description {
    let constants: BTreeMap<String, i64> = [("AF_INET".to_owned(), 2)].into();
    Description { constants, strings: Strings::Distinct, ..Description::default() }
}

fn returned(value: impl Into<Value>) -> Result<Outcome, Fault> {
    Ok(Outcome::Returned(value.into()))
}

fn tuple(items: &[Value]) -> Result<Outcome, Fault> {
    returned_value(Value::Tuple(items.to_vec()))
}

fn returned_value(value: Value) -> Result<Outcome, Fault> {
    Ok(Outcome::Returned(value))
}

fn raised(class: &str) -> Result<Outcome, Fault> {
    Ok(Outcome::Raised(Raised::new(class, vec![], "")))
}

fn socket(id: u64) -> Value {
    Value::Object(ObjectRef { id: ObjectId(id), kind: "socket".to_owned() })
}

/// Runs the one case of these steps, and gives the result and what the subject was asked.
fn run(head: &str, steps: &str, answers: Vec<Result<Outcome, Fault>>) -> (CaseResult, Vec<String>) {
    let cases = cases(&case("one", head, steps));
    let mut subject = Scripted { answers: answers.into(), asked: Vec::new() };
    let mut peer = Peer::new(Duration::from_secs(10));
    let mut facts = RunFacts::new(&description(), "/scratch");
    let mut begun = Vec::new();
    let result = run_case(&cases[0], &mut subject, &mut peer, &mut facts, &mut |step, _| begun.push(step));
    assert!(begun.iter().copied().eq(0..begun.len()), "each step is told as it starts: {begun:?}");
    let reached = result.steps.iter().filter(|step| step.verdict != StepVerdict::NotReached).count();
    assert_eq!(begun.len(), reached);
    assert!(subject.answers.is_empty(), "{} answers were not asked for", subject.answers.len());
    (result, subject.asked)
}

fn step_verdicts(result: &CaseResult) -> Vec<StepVerdict> {
    result.steps.iter().map(|step| step.verdict).collect()
}

use StepVerdict::{Allowed, Departs, NoOutcome, NotReached, Observed, Ok as Fits};

const THREE: &str =
    "{ call = \"a\", returns = 1 },\n{ call = \"b\", returns = 2 },\n{ call = \"c\", returns = 3 },";

#[test]
fn a_case_whose_every_step_fits_passes() {
    let (result, asked) = run("", THREE, vec![returned(1), returned(2), returned(3)]);
    assert_eq!((result.verdict, &result.reason), (Verdict::Pass, &None));
    assert_eq!(step_verdicts(&result), [Fits, Fits, Fits]);
    assert_eq!(asked, ["a()", "b()", "c()"]);
    assert_eq!(result.steps[0].got.as_deref(), Some("1"));
    assert_eq!(result.steps[0].expected, "1");
}

#[test]
fn a_departure_ends_the_case() {
    let (result, asked) = run("", THREE, vec![returned(1), returned(5)]);
    assert_eq!((result.verdict, &result.reason), (Verdict::Fail, &None));
    assert_eq!(step_verdicts(&result), [Fits, Departs, NotReached]);
    assert_eq!(asked.len(), 2);
    assert_eq!(result.steps[2].got, None);
    assert_eq!(result.steps[2].call, "", "what was not reached was not called");
}

#[test]
fn a_departure_inside_a_value_says_where() {
    let steps = "{ call = \"a\", returns = { list = [[\"AF_INET\", { int = \"1..2\" }]] } }";
    let value = Value::List(vec![Value::Tuple(vec![Value::int(10), Value::int(1)])]);
    let (result, _) = run("", steps, vec![returned_value(value)]);
    assert_eq!(result.steps[0].difference, "[0][0]: expected AF_INET (2), got 10");
    let (result, _) = run("", "{ call = \"a\", raises = \"herror\" }", vec![raised("gaierror")]);
    assert_eq!(result.steps[0].difference, "", "all of it differs");
    assert_eq!(result.steps[0].expected, "to raise herror");
    assert_eq!(result.steps[0].got.as_deref(), Some("raised gaierror()"));
}

const PLATFORM: &str = "basis = \"platform\"";

#[rstest]
#[case::wanted(vec![returned(1), returned(2)], Verdict::Pass, None, &[Fits, Fits])]
#[case::allowed(vec![returned(7), returned(2)], Verdict::Allowed, Some("r"), &[Allowed, Fits])]
#[case::first_reason(vec![returned(7), returned(8)], Verdict::Allowed, Some("r"), &[Allowed, Allowed])]
#[case::second(vec![returned(1), returned(8)], Verdict::Allowed, Some("q"), &[Fits, Allowed])]
#[case::ends(vec![raised("error")], Verdict::Allowed, Some("q"), &[Allowed, NotReached])]
#[case::neither(vec![returned(9)], Verdict::Fail, None, &[Departs, NotReached])]
#[case::late(vec![returned(7), returned(9)], Verdict::Fail, None, &[Allowed, Departs])]
fn further_outcomes_are_allowed_for_a_reason(
    #[case] answers: Vec<Result<Outcome, Fault>>,
    #[case] verdict: Verdict,
    #[case] reason: Option<&str>,
    #[case] steps: &[StepVerdict],
) {
    let text = "{ call = \"a\", returns = 1, allow = [{ reason = \"r\", returns = 7 }, { reason = \"q\", raises = \"error\" }] },\n{ call = \"b\", returns = 2, allow = [{ reason = \"q\", returns = 8 }] },";
    let (result, _) = run(PLATFORM, text, answers);
    assert_eq!((result.verdict, result.reason.as_deref()), (verdict, reason));
    assert_eq!(step_verdicts(&result), steps);
}

#[test]
fn where_only_exceptions_are_allowed_the_case_goes_on() {
    let text = "{ call = \"a\", allow = [{ reason = \"r\", raises = \"error\" }, { reason = \"q\", raises = \"herror\" }] },\n{ call = \"b\", returns = 2 },";
    let (result, _) = run(PLATFORM, text, vec![raised("herror"), returned(2)]);
    assert_eq!((result.verdict, result.reason.as_deref()), (Verdict::Allowed, Some("q")));
    assert_eq!(step_verdicts(&result), [Allowed, Fits]);
}

const OBSERVED: &str = "basis = \"observed\"";

#[test]
fn what_is_observed_is_recorded_and_never_fails() {
    let text = "{ call = \"a\", returns = 1 },\n{ call = \"b\" },\n{ call = \"c\", returns = 3 },";
    let (result, _) = run(OBSERVED, text, vec![returned(9), raised("error"), returned(3)]);
    assert_eq!((result.verdict, result.reason.as_deref()), (Verdict::Allowed, Some("observed")));
    assert_eq!(step_verdicts(&result), [Observed, Fits, Fits]);
    assert_eq!(result.steps[1].got.as_deref(), Some("raised error()"));
}

#[rstest]
#[case::raises("{ call = \"a\", as = \"s\" }", raised("error"), Observed)]
#[case::apart("{ call = \"a\", as = [\"s\", \"t\"] }", returned(1), Observed)]
#[case::no_object("{ call = \"a\", as = \"s\" }", returned(1), Fits)]
fn an_observed_case_ends_where_it_cannot_go_on(
    #[case] first: &str,
    #[case] answer: Result<Outcome, Fault>,
    #[case] verdict: StepVerdict,
) {
    let (result, _) = run(OBSERVED, &format!("{first},\n{{ call = \"s.close\" }},"), vec![answer]);
    assert_eq!((result.verdict, result.reason.as_deref()), (Verdict::Allowed, Some("observed")));
    assert_eq!(step_verdicts(&result)[0], verdict);
}

#[rstest]
#[case::lacks(Unsupported::Lacks("no such call".into()), Verdict::Unsupported)]
#[case::inexpressible(Unsupported::Inexpressible("no such type".into()), Verdict::NotApplicable)]
fn what_a_subject_does_not_do_is_no_departure(#[case] why: Unsupported, #[case] verdict: Verdict) {
    for head in ["", OBSERVED] {
        let (result, _) = run(head, THREE, vec![returned(1), Ok(Outcome::Unsupported(why.clone()))]);
        assert_eq!((result.verdict, result.reason.as_deref()), (verdict, Some(why.to_string().as_str())));
        assert_eq!(step_verdicts(&result), [Fits, NoOutcome, NotReached]);
    }
}

#[rstest]
#[case(Fault::Hang { after: Duration::from_secs(1), stderr: "words".into() }, Verdict::Hang)]
#[case(Fault::Crash { what: "signal 11".into(), stderr: "words".into() }, Verdict::Crash)]
#[case(Fault::Start { what: "gone".into(), stderr: "words".into() }, Verdict::Crash)]
#[case(Fault::Protocol { what: "no JSON".into(), stderr: "words".into() }, Verdict::Protocol)]
fn a_fault_ends_the_case(#[case] fault: Fault, #[case] verdict: Verdict) {
    for head in ["", OBSERVED] {
        let (result, _) = run(head, THREE, vec![returned(1), Err(fault.clone())]);
        assert_eq!((result.verdict, &result.reason), (verdict, &Some(fault.to_string())));
        assert_eq!(result.stderr, "words");
        assert_eq!(step_verdicts(&result), [Fits, NoOutcome, NotReached]);
    }
}

#[test]
fn what_is_bound_is_used() {
    let steps = "{ call = \"socket\", as = \"s\" },\n{ call = \"s.accept\", as = [\"conn\", \"_\"] },\n{ call = \"s.name\", as = \"addr\" },\n{ call = \"conn.f\", args = [{ ref = \"addr.1\" }, [{ ref = \"addr\" }]], named = { k = { ref = \"addr.0\" } } },\n{ get = \"conn.timeout\" },";
    let address = [Value::str("h"), Value::int(80)];
    let answers = vec![
        returned_value(socket(1)),
        tuple(&[socket(2), Value::None]),
        tuple(&address),
        returned(1),
        returned(2),
    ];
    let (result, asked) = run("", steps, answers);
    assert_eq!(result.verdict, Verdict::Pass);
    let calls = ["socket()", "<socket 1>.accept()", "<socket 1>.name()"];
    assert_eq!(asked[..3], calls);
    assert_eq!(asked[3], "<socket 2>.f(80, (('h', 80),), k='h')");
    assert_eq!(asked[4], "<socket 2>.timeout");
    assert_eq!(result.steps[3].call, asked[3], "the report shows the call as it was made");
    assert_eq!(result.steps[3].step, "conn.f(addr[1], (addr,), k=addr[0])", "and as the case writes it");
}

#[rstest]
#[case::more(tuple(&[Value::int(1), Value::int(2), Value::int(3)]))]
#[case::fewer(tuple(&[Value::int(1)]))]
#[case::no_tuple(returned(1))]
#[case::none(returned_value(Value::None))]
fn what_cannot_be_taken_apart_departs(#[case] answer: Result<Outcome, Fault>) {
    let got = answer.as_ref().map(ToString::to_string).unwrap_or_default();
    let (result, _) = run("", "{ call = \"a\", as = [\"x\", \"_\"] }", vec![answer]);
    assert_eq!(result.verdict, Verdict::Fail);
    assert_eq!(result.steps[0].difference, format!("as: expected 2 members to take apart, got {got}"));
}

#[test]
fn a_call_on_what_is_no_object_departs() {
    let (result, asked) =
        run("", "{ call = \"a\", as = \"s\" },\n{ call = \"s.close\" },", vec![returned(5)]);
    assert_eq!(result.verdict, Verdict::Fail);
    assert_eq!(result.reason.as_deref(), Some("s is no object, so it has no close: it is 5"));
    assert_eq!((step_verdicts(&result), asked.len()), (vec![Fits, NoOutcome], 1));
}

#[test]
fn a_reference_into_too_little_departs() {
    let steps = "{ call = \"a\", as = \"x\" },\n{ call = \"b\", args = [{ ref = \"x.4\" }] },";
    let (result, _) = run("", steps, vec![tuple(&[Value::int(1)])]);
    assert_eq!(result.verdict, Verdict::Fail);
    assert_eq!(result.reason.as_deref(), Some("{ ref = \"x.4\" } has no value: (1,) has no member 4"));
}

#[test]
fn a_path_without_room_is_this_machines_matter() {
    let (result, asked) = run("", "{ call = \"a\", args = [{ path = \"p\", length = 4 }] }", vec![]);
    assert_eq!((result.verdict, asked.len()), (Verdict::NotRun, 0));
    assert!(result.reason.is_some_and(|reason| reason.contains("/scratch")));
}

#[rstest]
#[case::function("{ call = \"peer.sokcet\" }")]
#[case::arguments("{ call = \"peer.socket\", args = [\"x\"] }")]
#[case::method("{ call = \"peer.socket\", args = [2, 1], as = \"p\" },\n{ call = \"p.wave\" },")]
#[case::observed("{ call = \"peer.file_exists\" }")]
fn a_case_that_asks_the_peer_wrongly_fails(#[case] steps: &str) {
    // Not `unsupported`, which would hide it.
    let (result, _) = run("", steps, vec![]);
    assert_eq!(result.verdict, Verdict::Fail);
    assert!(result.reason.as_deref().is_some_and(|r| r.starts_with("the peer cannot do ")), "{result:?}");
}

#[test]
fn a_value_of_the_wrong_type_for_the_peer_fails() {
    let steps = "{ call = \"recv\", as = \"data\" },\n{ call = \"peer.socket\", args = [2, 1], as = \"p\" },\n{ call = \"p.send\", args = [{ ref = \"data\" }] },";
    let (result, _) = run("", steps, vec![returned_value(Value::None)]);
    assert_eq!(result.verdict, Verdict::Fail, "{result:?}");
}
