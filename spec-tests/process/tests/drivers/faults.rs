//! What a driver can do wrong, what is said about it, and that the next call does not suffer.

use std::time::Instant;

use libtest_mimic::{Failed, Trial};
use sockspec_process::ProcessSubject;
use sockspec_subject::{Call, Fault, Outcome, Subject, Unsupported, Value};
use sockspec_wire::Limits;

use crate::scene::{LONGER, SHORT, Scene, ample};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    Crash,
    Hang,
    Protocol,
}

fn kind(fault: &Fault) -> Kind {
    match fault {
        Fault::Start { .. } => Kind::Start,
        Fault::Crash { .. } => Kind::Crash,
        Fault::Hang { .. } => Kind::Hang,
        Fault::Protocol { .. } => Kind::Protocol,
    }
}

/// Behaviour, kind of fault, what its message says.
const TABLE: &[(&str, Kind, &str)] = &[
    ("exits-at-start", Kind::Start, "it ended before it said hello: exit status 3"),
    ("aborts-at-start", Kind::Start, "it ended before it said hello: signal 6 (SIGABRT)"),
    ("says-no-hello", Kind::Start, "it did not say hello within 2s"),
    ("says-welcome", Kind::Start, "no hello: it wrote something that is no reply: Welcome to wren 0.4"),
    ("speaks-protocol-2", Kind::Start, "it speaks protocol 2, and this suite speaks 1"),
    ("speaks-a-later-protocol", Kind::Start, "it speaks protocol 3, and this suite speaks 1"),
    (
        "refuses-protocol-1",
        Kind::Start,
        "no hello: it could not make sense of the request: this driver speaks protocol 2",
    ),
    ("answers-hello-with-pong", Kind::Start, "no hello: it answered hello with \"pong\""),
    ("says-half-a-hello", Kind::Start, "it ended in the middle of its hello: exit status 0"),
    ("says-hello-twice", Kind::Start, "no hello: it wrote more than was asked: {\"id\":1,"),
    ("exits-3", Kind::Crash, "exit status 3"),
    ("exits-0", Kind::Crash, "exit status 0"),
    ("aborts", Kind::Crash, "signal 6 (SIGABRT)"),
    ("hangs", Kind::Hang, "no answer within 200ms"),
    ("hangs-with-family", Kind::Hang, "no answer within 200ms"),
    ("leaves-a-child-with-its-output", Kind::Crash, "exit status 5"),
    (
        "writes-garbage",
        Kind::Protocol,
        "it wrote something that is no reply: Traceback (most recent call last):",
    ),
    ("writes-an-empty-line", Kind::Protocol, "it wrote something that is no reply: (an empty line)"),
    ("writes-no-text", Kind::Protocol, "it wrote a reply that breaks the rules: no JSON"),
    ("returns-an-array", Kind::Protocol, "a bare array is no value"),
    ("answers-with-an-unknown-key", Kind::Protocol, "unknown field `result`"),
    ("returns-an-abyss", Kind::Protocol, "tuples and lists lie too deep inside each other"),
    ("opens-an-abyss", Kind::Protocol, "a reply: an object"),
    ("writes-without-end", Kind::Protocol, "it wrote a line of more than 65536 bytes: xxx"),
    ("answers-without-end", Kind::Protocol, "it answered request 1000000, which was never made"),
    ("answers-hello-again", Kind::Protocol, "it answered request 1 again; the reply to 2 was due"),
    ("answers-twice", Kind::Protocol, "it wrote more than was asked: {\"id\":2,\"returned\":1}"),
    ("answers-with-pong", Kind::Protocol, "it answered a call with \"pong\""),
    ("answers-with-a-fault", Kind::Protocol, "it could not make sense of the request: what is htons?"),
    ("closes-its-output", Kind::Protocol, "it closed its standard output, but was asked something"),
    ("closes-its-input", Kind::Protocol, "it closed its standard input, so that it cannot be asked"),
    ("ends-in-a-line-with-0", Kind::Protocol, "its output ended in the middle of a line: {\"id\":2,\"ret"),
    ("ends-in-a-line-with-1", Kind::Crash, "exit status 1, in the middle of a reply"),
    ("complains-without-end", Kind::Hang, "no answer within 2s"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = TABLE
        .iter()
        .map(|(behaviour, kind, says)| {
            Trial::test(format!("fault/{behaviour}"), move || one_fault(behaviour, *kind, says))
        })
        .collect();
    trials.push(Trial::test("fault/later-requests-first", later_requests_first));
    trials.push(Trial::test("fault/never-reads", never_reads));
    trials.push(Trial::test("fault/stderr-is-shown", || {
        stderr_is_shown();
        Ok(())
    }));
    trials.push(Trial::test("fault/killed-from-elsewhere", killed_from_elsewhere));
    trials.push(Trial::test("good/prints-and-complains", prints_and_complains));
    trials.push(Trial::test("good/many-together", many_together));
    trials.push(Trial::test("good/what-the-wire-cannot-carry", what_the_wire_cannot_carry));
    trials.push(Trial::test("good/nothing-runs-before-it-is-needed", nothing_runs_before_it_is_needed));
    trials
}

fn call() -> Call {
    Call::function("htons", vec![Value::int(80)])
}

/// What a good driver says to the call.
fn answer() -> Outcome {
    Outcome::Unsupported(Unsupported::Lacks("no function htons".to_owned()))
}

/// Limits under which that kind of driver is given up soon, and no other.
fn limits(behaviour: &str, kind: Kind) -> Limits {
    let mut limits = ample();
    match (behaviour, kind) {
        ("says-no-hello", _) => limits.hello = LONGER,
        ("complains-without-end", _) => limits.reply = LONGER,
        ("closes-its-input", _) | (_, Kind::Hang) => limits.reply = SHORT,
        ("closes-its-output", _) => limits.leave = SHORT,
        _ => {}
    }
    limits
}

fn one_fault(behaviour: &str, expected: Kind, says: &str) -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command(behaviour), limits(behaviour, expected));
    let start = Instant::now();
    let fault = subject.call(&call()).unwrap_err();
    let took = start.elapsed();
    assert_eq!(kind(&fault), expected, "{fault}");
    assert!(fault.to_string().contains(says), "{fault}");
    for (within, least) in [("within 200ms", SHORT), ("within 2s", LONGER)] {
        assert!(!says.contains(within) || took >= least, "given up after {took:?}");
    }
    assert!(fault.stderr().len() <= Limits::default().stderr + "…".len());
    scene.nothing_is_left();

    subject.set_limits(ample());
    assert_eq!(subject.call(&call())?, answer());
    drop(subject);
    scene.nothing_is_left();
    Ok(())
}

fn later_requests_first() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("answers-later-requests-first"), ample());
    let fault = subject.call_all(&[call(), call()]).unwrap_err();
    assert_eq!(kind(&fault), Kind::Protocol);
    let says = "it answered request 3 before 2: replies come in the order of the requests";
    assert!(fault.to_string().contains(says), "{fault}");
    assert_eq!(subject.call_all(&[call(), call()])?, [answer(), answer()]);
    Ok(())
}

/// More than any pipe holds is on its way to somebody who does not read.
fn never_reads() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject =
        ProcessSubject::new(scene.command("never-reads"), Limits { reply: SHORT, line: 4 << 20, ..ample() });
    let long = Call::function("inet_aton", vec![Value::str("x".repeat(3 << 20))]);
    let fault = subject.call_all(&[long.clone(), long.clone()]).unwrap_err();
    assert_eq!(kind(&fault), Kind::Hang, "{fault}");
    scene.nothing_is_left();
    subject.set_limits(Limits { line: 4 << 20, ..ample() });
    assert!(matches!(subject.call(&long)?, Outcome::Raised(_)));
    Ok(())
}

fn stderr_is_shown() {
    for (behaviour, shown) in [("exits-at-start", "there is no module wren"), ("aborts", "assertion failed")]
    {
        let scene = Scene::new();
        let fault = ProcessSubject::new(scene.command(behaviour), ample()).call(&call()).unwrap_err();
        assert_eq!(fault.stderr().trim_end(), shown);
    }
    let scene = Scene::new();
    let limits = Limits { stderr: 100, ..limits("complains-without-end", Kind::Hang) };
    let fault =
        ProcessSubject::new(scene.command("complains-without-end"), limits).call(&call()).unwrap_err();
    assert!(
        fault.stderr().starts_with('…') && fault.stderr().len() == 100 + '…'.len_utf8(),
        "{:?}",
        fault.stderr()
    );
}

fn killed_from_elsewhere() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("hangs-with-family"), ample());
    subject.describe()?;
    let group = subject.group();
    // Whether the call has begun by then does not matter: either way it finds nobody.
    let killer = std::thread::spawn(move || group.kill());
    let fault = subject.call(&call()).unwrap_err();
    killer.join().unwrap();
    assert_eq!(kind(&fault), Kind::Crash);
    assert!(fault.to_string().contains("signal 9 (SIGKILL)"), "{fault}");
    scene.nothing_is_left();
    subject.group().kill();
    assert_eq!(subject.call(&call())?, answer());
    Ok(())
}

/// Neither what the implementation prints nor a full pipe of complaints disturbs the wire.
fn prints_and_complains() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("good"), ample());
    for name in ["print", "complain", "print"] {
        assert_eq!(subject.call(&Call::function(name, Vec::new()))?, Outcome::Returned(Value::None));
    }
    let leave = subject.shutdown().unwrap();
    assert!(leave.clean, "{leave}");
    assert!(leave.stderr.ends_with("a line that is no reply\n"), "{}", leave.stderr);
    Ok(())
}

fn many_together() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("good"), ample());
    // Long enough to fill the pipes of both ways several times.
    let calls: Vec<Call> =
        (0..3_000).map(|n| Call::function(format!("f{n}{}", "_".repeat(100)), vec![])).collect();
    let outcomes = subject.call_all(&calls)?;
    assert_eq!(outcomes.len(), calls.len());
    for (call, outcome) in calls.iter().zip(outcomes) {
        assert_eq!(outcome, Outcome::Unsupported(Unsupported::Lacks(format!("no function {}", call.name))));
    }
    subject.ping()?;
    Ok(())
}

fn what_the_wire_cannot_carry() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("good"), ample());
    let deep = |depth: usize| (0..depth).fold(Value::None, |inner, _| Value::Tuple(vec![inner]));
    let calls = [
        Call::function("htons", vec![deep(33)]),
        call(),
        Call::function("htons", vec![Value::str("x".repeat(70_000))]),
        Call::function("htons", vec![Value::Opaque("<x>".to_owned())]),
        Call::function("htons", vec![deep(32)]),
    ];
    let outcomes = subject.call_all(&calls)?;
    let refused = |outcome: &Outcome| matches!(outcome, Outcome::Unsupported(Unsupported::Inexpressible(_)));
    assert_eq!(outcomes.iter().map(refused).collect::<Vec<_>>(), [true, false, true, true, false]);
    for (call, outcome) in calls.iter().zip(&outcomes) {
        assert_eq!(&subject.call(call)?, outcome);
    }
    Ok(())
}

fn nothing_runs_before_it_is_needed() -> Result<(), Failed> {
    let scene = Scene::new();
    let mut subject = ProcessSubject::new(scene.command("exits-at-start"), ample());
    subject.reset()?;
    assert_eq!(subject.shutdown(), None);
    assert!(subject.describe().is_err());
    assert!(subject.describe()?.name == "toy");
    // A driver that runs is not started again.
    subject.call(&Call::function("socket", Vec::new()))?;
    subject.describe()?;
    let Outcome::Returned(Value::Object(second)) = subject.call(&Call::function("socket", Vec::new()))?
    else {
        return Err("no socket".into());
    };
    assert_eq!(second.id.0, 2);
    subject.reset()?;
    let Outcome::Returned(Value::Object(first)) = subject.call(&Call::function("socket", Vec::new()))? else {
        return Err("no socket".into());
    };
    assert_eq!(first.id.0, 1);
    Ok(())
}
