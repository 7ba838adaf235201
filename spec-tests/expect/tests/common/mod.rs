//! A small world: a few known cases, a subject, and results to hold against a file.

#![allow(dead_code)]

use sockspec_events::{CaseResult, Event, Finding, RunFinished, RunStarted, SubjectInfo, Verdict};
use sockspec_expect::{Expectations, Gate, Known, KnownCase};
use sockspec_subject::Edition;

pub(crate) const FILE: &str = "expectations/cpython.toml";
pub(crate) const IDS: [&str; 6] =
    ["bind/any", "bind/port-zero", "recv/negative", "recv/zero", "recv/zero-v6", "send/today"];

/// The start of every file here; it takes three lines.
pub(crate) const HEAD: &str = "format = 1\nsubject = \"CPython\"\n\n";

pub(crate) fn known() -> Known {
    let case = |id: &str| KnownCase {
        id: id.to_owned(),
        clauses: vec![format!("{}.result", id.split('/').next().unwrap())],
        editions: if id == "send/today" { vec![Edition::V3] } else { Edition::ALL.to_vec() },
    };
    Known {
        cases: IDS.map(case).to_vec(),
        clauses: ["bind.result", "recv.result", "send.result", "send.other"].map(str::to_owned).into(),
    }
}

pub(crate) fn subject() -> SubjectInfo {
    SubjectInfo {
        label: "python3".to_owned(),
        name: "CPython".to_owned(),
        version: "3.11.7".to_owned(),
        edition: "3".to_owned(),
        platform: "Linux x86_64, glibc 2.36".to_owned(),
        capabilities: vec![],
    }
}

pub(crate) fn result(id: &str, verdict: Verdict) -> CaseResult {
    let section = id.split('/').next().unwrap();
    CaseResult {
        id: id.to_owned(),
        section: section.to_owned(),
        clauses: vec![format!("{section}.result")],
        basis: "documented".to_owned(),
        file: format!("cases/{section}.toml"),
        line: 8,
        note: None,
        verdict,
        reason: (verdict == Verdict::Unsupported).then(|| "socket has no attribute 'x'".to_owned()),
        steps: vec![],
        notes: vec![],
        stderr: String::new(),
        microseconds: 1,
        expected: None,
        property: None,
        flaky: None,
        findings: vec![],
    }
}

/// A result for every known case: those that are named, and a pass for the rest.
pub(crate) fn results(verdicts: &[(&str, Verdict)]) -> Vec<CaseResult> {
    let verdict =
        |id: &str| verdicts.iter().find(|(named, _)| *named == id).map_or(Verdict::Pass, |found| found.1);
    IDS.iter().map(|id| result(id, verdict(id))).collect()
}

/// What a gate made of a run.
pub(crate) struct Judged {
    pub(crate) red: bool,
    pub(crate) cases: Vec<CaseResult>,
    /// Those of the cases first.
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn run(mut gate: Gate, subject: SubjectInfo, results: Vec<CaseResult>) -> Judged {
    let started = RunStarted { subject, edition: "2.2".to_owned(), ..RunStarted::default() };
    let mut events = vec![Event::RunStarted(started.into())];
    events.extend(results.into_iter().map(|case| Event::CaseFinished(case.into())));
    events.push(Event::RunFinished(RunFinished::default()));
    let mut judged = Judged { red: false, cases: vec![], findings: vec![] };
    for mut event in events {
        gate.judge(&mut event);
        match event {
            Event::CaseFinished(case) => {
                judged.findings.extend(case.findings.clone());
                judged.cases.push(*case);
            }
            Event::RunFinished(finished) => judged.findings.extend(finished.findings),
            _ => {}
        }
    }
    judged.red = gate.is_red();
    judged
}

/// Holds results to a file, of which only what comes after the head is given.
pub(crate) fn judge(entries: &str, verdicts: &[(&str, Verdict)]) -> Judged {
    let expectations = Expectations::parse(FILE, &format!("{HEAD}{entries}")).unwrap();
    run(Gate::new(Some(expectations), known(), None), subject(), results(verdicts))
}
