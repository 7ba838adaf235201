//! A run that says something of everything.

#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use sockspec_events::{
    CaseResult, Event, Expected, Finding, FindingKind, Flaky, GateInfo, Place, Probe, RunFinished,
    RunStarted, StepResult, StepVerdict, SubjectInfo, Summary, Verdict,
};
use sockspec_report::Reporter;

/// A writer that a test can look into.
#[derive(Clone, Default)]
pub(crate) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Without colours.
    pub(crate) fn bare(&self) -> String {
        anstream::adapter::strip_str(&self.text()).to_string()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn tell(reporter: &mut dyn Reporter, events: &[Event]) {
    for event in events {
        reporter.event(event).unwrap();
    }
}

pub(crate) fn started(total: usize) -> RunStarted {
    let text = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    };
    RunStarted {
        subject: SubjectInfo {
            label: "python3".to_owned(),
            name: "CPython".to_owned(),
            version: "3.11.7".to_owned(),
            edition: "3".to_owned(),
            platform: "Linux x86_64, glibc 2.36".to_owned(),
            capabilities: vec![],
        },
        edition: "2.2".to_owned(),
        environment: vec![
            Probe { name: "user-namespace".to_owned(), available: true, detail: String::new() },
            Probe {
                name: "loopback-v6".to_owned(),
                available: false,
                detail: "Cannot assign requested address (os error 99): IPv6 is switched off on this machine"
                    .to_owned(),
            },
        ],
        total,
        known: 412,
        clauses: text(&[
            (
                "errors.herror",
                "Functions that report through h_errno raise herror with a pair of the number and the library's own text for it.",
            ),
            ("gethostbyaddr.result", "The result is a triple of host name, aliases and addresses."),
            ("getaddrinfo.empty-host", "An empty host is handed to the C library as NULL."),
        ]),
        reasons: text(&[(
            "glibc-order",
            "The order of results is the C library's: sorting and the hosts file's order differ between libraries.",
        )]),
        rerun: "sockspec run python3 --case".to_owned(),
        repro: "sockspec repro {case} --as python > repro.py".to_owned(),
        repro_law: "sockspec repro {case} --seed {seed} --subject python3 --as python > repro.py".to_owned(),
        jobs: 2,
        fixtures: "0.1.0 (0123456789abcdef)".to_owned(),
        gate: None,
        shard: None,
        properties: 0,
        seed: String::new(),
    }
}

pub(crate) fn step(step: &str, verdict: StepVerdict) -> StepResult {
    StepResult {
        line: 12,
        step: step.to_owned(),
        call: step.rsplit(" = ").next().unwrap_or_default().to_owned(),
        expected: "to return".to_owned(),
        got: Some("None".to_owned()),
        verdict,
        difference: String::new(),
    }
}

pub(crate) fn case(id: &str, verdict: Verdict, reason: Option<&str>) -> CaseResult {
    CaseResult {
        id: id.to_owned(),
        section: id.split('/').next().unwrap_or_default().to_owned(),
        clauses: vec!["gethostbyaddr.result".to_owned()],
        basis: "documented".to_owned(),
        file: format!("cases/{}.toml", id.split('/').next().unwrap_or_default()),
        line: 8,
        note: None,
        verdict,
        reason: reason.map(str::to_owned),
        steps: vec![step("s = socket(AF_INET, SOCK_STREAM)", StepVerdict::Ok)],
        notes: vec![],
        stderr: String::new(),
        microseconds: 417,
        expected: None,
        flaky: None,
        findings: vec![],
        property: None,
    }
}

/// A case of each verdict, with everything that a result can hold.
pub(crate) fn full_run() -> Vec<Event> {
    let mut herror = case("gethostbyaddr/unknown-address-raises-herror", Verdict::Fail, None);
    herror.clauses.insert(0, "errors.herror".to_owned());
    herror.note = Some(
        "The chapter names herror for exactly these two functions, and says what its arguments are."
            .to_owned(),
    );
    herror.steps.push(StepResult {
        line: 14,
        step: "gethostbyaddr(addr[0])".to_owned(),
        call: "gethostbyaddr('192.0.2.99')".to_owned(),
        expected:
            "to raise herror(HOST_NOT_FOUND (1), the library's text for HOST_NOT_FOUND) that is also error"
                .to_owned(),
        got: Some("raised gaierror(-2, 'Name or service not known')".to_owned()),
        verdict: StepVerdict::Departs,
        difference: "class: expected herror, got gaierror".to_owned(),
    });
    herror.steps.push(StepResult {
        got: None,
        call: String::new(),
        ..step("s.close()", StepVerdict::NotReached)
    });
    let mut value = case("getaddrinfo/empty-host", Verdict::Fail, None);
    value.clauses = vec!["getaddrinfo.empty-host".to_owned()];
    value.steps.push(StepResult {
        expected: format!(
            "containing [(AF_INET (2), SOCK_STREAM (1), any int, any str, ('127.0.0.1', 80)), {}]",
            "b".repeat(120)
        ),
        got: Some(format!("[({})]", "2, 1, 6, '', ('0.0.0.0', 80), ".repeat(60))),
        difference: "[0][4][0]: expected '127.0.0.1', got '0.0.0.0'".to_owned(),
        ..step("getaddrinfo('', 80)", StepVerdict::Departs)
    });
    let mut crash =
        case("recv/negative-size", Verdict::Crash, Some("the subject ended: signal 11 (SIGSEGV)"));
    crash.steps.push(StepResult { got: None, ..step("s.recv(-1)", StepVerdict::NoOutcome) });
    let frames: Vec<String> = (1..=20).map(|line| format!("frame {line}: \x1b[31mred\x1b[0m\n")).collect();
    crash.stderr = frames.concat();
    crash.notes = vec!["the DNS server was asked for A unexpected.example".to_owned()];
    let mut allowed = case("getaddrinfo/order", Verdict::Allowed, Some("glibc-order"));
    allowed.steps.push(step("getaddrinfo('many.example', 80)", StepVerdict::Allowed));
    let mut observed = case("socket/repr", Verdict::Pass, None);
    "observed".clone_into(&mut observed.basis);
    observed.steps.push(step("s.name", StepVerdict::Observed));
    observed.notes = vec!["an answer came late".to_owned()];
    let cases = vec![
        case("gethostbyaddr/name", Verdict::Pass, None),
        herror,
        value,
        allowed,
        observed,
        case("socket/raw", Verdict::Unsupported, Some("socket has no attribute 'SOCK_RAW'")),
        case("socket/typed", Verdict::NotApplicable, Some("edition 3 only")),
        case("recv/v6", Verdict::NotRun, Some("loopback-v6: Cannot assign requested address (os error 99)")),
        case(
            "recv/v6-again",
            Verdict::NotRun,
            Some("loopback-v6: Cannot assign requested address (os error 99)"),
        ),
        case("recv/blocks", Verdict::Hang, Some("no answer within 10s; the subject was killed")),
        crash,
        case(
            "recv/garbage",
            Verdict::Protocol,
            Some("the subject broke the protocol: a line that is no JSON"),
        ),
    ];
    run(cases, None)
}

pub(crate) fn run(cases: Vec<CaseResult>, cut_short: Option<&str>) -> Vec<Event> {
    let total = cases.len() + usize::from(cut_short.is_some()) * 3;
    let mut summary = Summary::new();
    for case in &cases {
        summary.count(case.verdict);
    }
    let mut events = vec![Event::RunStarted(started(total).into())];
    for (number, case) in cases.into_iter().enumerate() {
        events.push(Event::Progress { done: number + 1, total });
        events.push(Event::CaseFinished(Box::new(case)));
    }
    events.push(Event::Warning { text: "the machine is short of memory".to_owned() });
    let cut_short = cut_short.map(str::to_owned);
    events.push(Event::RunFinished(RunFinished {
        summary,
        cut_short,
        microseconds: 734_999,
        findings: vec![],
    }));
    events
}

fn place(line: usize) -> Place {
    Place { file: "expectations/cpython.toml".to_owned(), line }
}

pub(crate) fn expected(verdict: Verdict, reason: &str, line: usize) -> Expected {
    let upstream = "https://bugs.example/1".to_owned();
    Expected { verdict, reason: reason.to_owned(), clause: None, link: Some(upstream), place: place(line) }
}

pub(crate) fn finding(kind: FindingKind, case: Option<&str>, line: usize, help: &str) -> Finding {
    let what = case.map_or_else(
        || "an entry is not as it should be".to_owned(),
        |id| format!("{id}: something is found"),
    );
    Finding { kind, case: case.map(str::to_owned), place: Some(place(line)), what, help: help.to_owned() }
}

/// A run that is held to expectations: what is known, what is not, a pass that nobody expects, a flaky case.
pub(crate) fn gated_run() -> Vec<Event> {
    let known = |id: &str| {
        let mut case = case(id, Verdict::Fail, None);
        case.expected = Some(expected(Verdict::Fail, "An empty read raises.", 5));
        case
    };
    let mut unexpected = case("bind/any", Verdict::Fail, None);
    let help = "add to expectations/cpython.toml, with the reason:\n[[expect]]\ncase = \"bind/any\"";
    unexpected.findings = vec![finding(FindingKind::UnexpectedDeparture, Some("bind/any"), 40, help)];
    let mut passes = case("bind/port-zero", Verdict::Pass, None);
    passes.expected = Some(expected(Verdict::Fail, "Port 0 is refused.", 9));
    passes.findings = vec![finding(
        FindingKind::UnexpectedPass,
        Some("bind/port-zero"),
        9,
        "take out the entry that starts in line 8",
    )];
    let mut flaky = case("recv/late", Verdict::Hang, Some("no answer within 10s; the subject was killed"));
    flaky.flaky = Some(Flaky { verdicts: vec![Verdict::Pass, Verdict::Hang], tolerated: false });
    flaky.findings =
        vec![Finding { place: None, ..finding(FindingKind::Flaky, Some("recv/late"), 1, "find out why") }];
    let cases = vec![
        case("gethostbyaddr/name", Verdict::Pass, None),
        unexpected,
        passes,
        known("recv/zero"),
        known("recv/zero-v6"),
        flaky,
    ];
    let mut events = run(cases, None);
    if let Some(Event::RunStarted(started)) = events.first_mut() {
        started.gate = Some(GateInfo {
            expectations: Some("expectations/cpython.toml".to_owned()),
            skip_budget: Some(0),
            repeat: Some(2),
        });
    }
    if let Some(Event::RunFinished(finished)) = events.last_mut() {
        finished.findings = vec![finding(FindingKind::StaleEntry, None, 12, "take it out")];
    }
    events
}
