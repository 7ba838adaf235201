//! The report writers' escaping: whatever a subject says, each report keeps to its form.

use std::collections::BTreeMap;
use std::fs;

use pulldown_cmark::{Event as Mark, Options as Marks, Parser, Tag};
use sockspec_events::{
    CaseResult, Event, Expected, Finding, FindingKind, Place, Probe, PropertyRun, RunFinished, RunStarted,
    StepResult, StepVerdict, SubjectInfo, Summary, Verdict,
};
use sockspec_matrix::{Matrix, Run, Sheet};
use sockspec_report::{Kind, Options, Plain, Report, Reporter};
use sockspec_wire::lines;

/// A run that says the input's texts (zero bytes divide them) wherever a subject or a machine has a say.
fn events(data: &[u8]) -> Vec<Event> {
    let [verdict, label, reason, got, stderr, help] = crate::texts(data);
    let verdict = Verdict::ALL[verdict.len() % Verdict::ALL.len()];
    let step = StepResult {
        line: 2,
        step: got.clone(),
        call: got.clone(),
        expected: reason.clone(),
        got: Some(got.clone()),
        verdict: StepVerdict::Departs,
        difference: help.clone(),
    };
    let finding = Finding {
        kind: FindingKind::ALL[got.len() % FindingKind::ALL.len()],
        case: Some("recv/fuzzed".to_owned()),
        place: Some(Place { file: label.clone(), line: 3 }),
        what: reason.clone(),
        help: help.clone(),
    };
    let case = CaseResult {
        id: "recv/fuzzed".to_owned(),
        section: "recv".to_owned(),
        clauses: vec!["recv.bytes".to_owned()],
        basis: "documented".to_owned(),
        file: "cases/recv/recv.toml".to_owned(),
        line: 1,
        note: Some(help.clone()),
        verdict,
        reason: Some(reason.clone()),
        steps: vec![step],
        notes: vec![stderr.clone()],
        stderr,
        microseconds: 1,
        expected: got.len().is_multiple_of(3).then(|| Expected {
            verdict: Verdict::Fail,
            reason: reason.clone(),
            link: Some(got.clone()),
            clause: Some(label.clone()),
            place: Place { file: label.clone(), line: 4 },
        }),
        flaky: None,
        findings: vec![finding.clone()],
        property: Some(Box::new(PropertyRun {
            evaluations: 1,
            shrinks: 0,
            steps: 1,
            seed: "0".to_owned(),
            case: Some(got.clone()),
        })),
    };
    let mut summary = Summary::new();
    summary.count(verdict);
    let started = RunStarted {
        subject: SubjectInfo {
            label: label.clone(),
            name: label.clone(),
            version: got.clone(),
            edition: help.clone(),
            platform: reason.clone(),
            capabilities: vec![got.clone()],
        },
        edition: "2.2".to_owned(),
        environment: vec![Probe { name: label.clone(), available: false, detail: reason.clone() }],
        total: 1,
        known: 1,
        clauses: BTreeMap::from([("recv.bytes".to_owned(), help.clone())]),
        reasons: BTreeMap::from([(reason.clone(), help.clone())]),
        rerun: label,
        ..RunStarted::default()
    };
    vec![
        Event::RunStarted(Box::new(started)),
        Event::CaseFinished(Box::new(case)),
        Event::Warning { text: reason.clone() },
        Event::RunFinished(RunFinished {
            summary,
            cut_short: got.starts_with('!').then_some(reason),
            microseconds: 5,
            findings: vec![finding],
        }),
    ]
}

fn told(reporter: &mut dyn Reporter, events: &[Event]) {
    for event in events {
        reporter.event(event).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Writes every kind of report, and the matrix, of a run that says the input.
///
/// # Panics
/// A report does not keep to its form, or says something else than it was told.
pub fn reports(data: &[u8]) {
    let events = events(data);
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for kind in Kind::ALL {
        let path = folder.path().join(kind.name());
        let mut reporter = kind.reporter(&path, "0").unwrap_or_else(|error| panic!("{error}"));
        told(&mut *reporter, &events);
        drop(reporter);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        match kind {
            Kind::Json => {
                let back = Report::read(&path).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(back.into_events().len(), events.len());
            }
            Kind::Events => {
                let read = |line: &str| {
                    lines::from_line::<Event>(line).unwrap_or_else(|error| panic!("{error}: {line}"))
                };
                assert_eq!(text.lines().map(read).collect::<Vec<_>>(), events);
            }
            Kind::Junit => junit(&text),
            Kind::Tap => tap(&text),
            Kind::GitHub => github(&text),
            Kind::Markdown => markdown(&text),
        }
    }
    let mut plain = Vec::new();
    told(&mut Plain::new(&mut plain, Options::default()), &events);
    people(&plain);
    matrix(events);
}

fn junit(text: &str) {
    let suites = junit_parser::from_reader(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let tests: usize =
        suites.suites.iter().filter(|suite| suite.name != "gate").map(|suite| suite.cases.len()).sum();
    assert!((1..=2).contains(&tests), "{tests} tests: {text}");
    // XML 1.0 has no way to write these, escaped or not.
    let control = |character: char| character < ' ' && !"\t\n\r".contains(character);
    assert!(!text.contains(control), "{text:?}");
}

/// One point of a test, of the gate or of a plan for each line that is neither a comment nor in a block.
fn tap(text: &str) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let (mut points, mut ends, mut in_block) = (0, 0, false);
    for line in lines {
        assert!(!line.contains(char::is_control), "{line:?}");
        if in_block {
            assert!(line.starts_with("  "), "{line}");
            in_block = line != "  ...";
        } else if line == "  ---" {
            in_block = true;
        } else if line.starts_with("ok ") || line.starts_with("not ok ") {
            points += 1;
            assert!(line.contains(&format!("ok {points} - ")), "{line}");
        } else if line.starts_with("1..") || line.starts_with("Bail out!") {
            ends += 1;
        } else {
            assert!(line.starts_with('#'), "{line}");
        }
    }
    assert!(!in_block && ends == 1, "{text}");
}

fn github(text: &str) {
    for line in text.split_terminator('\n') {
        let known = ["::error", "::warning", "::notice"].iter().any(|command| line.starts_with(command));
        assert!(known && !line.contains('\r'), "{line:?}");
    }
}

fn markdown(text: &str) {
    for mark in Parser::new_ext(text, Marks::ENABLE_TABLES | Marks::ENABLE_STRIKETHROUGH) {
        match mark {
            Mark::Html(html) | Mark::InlineHtml(html) => {
                let own = ["<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>"];
                let bare = own.iter().fold(html.to_string(), |html, tag| html.replace(tag, ""));
                assert!(!bare.contains(['<', '>']), "{html}: {text}");
            }
            Mark::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                panic!("a link to {dest_url}: {text}")
            }
            _ => {}
        }
    }
}

/// What people read in a terminal steers it by nothing but colours of sockspec's own.
fn people(plain: &[u8]) {
    let text = std::str::from_utf8(plain).unwrap_or_else(|error| panic!("{error}"));
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character == '\u{1b}' {
            let sequence: String = rest.by_ref().take_while(|character| *character != 'm').collect();
            let colour = sequence.strip_prefix('[').is_some_and(|codes| {
                codes.chars().all(|character| character.is_ascii_digit() || character == ';')
            });
            assert!(colour && sequence.len() < 16, "steers the terminal: {sequence:?} in {text:?}");
        } else {
            assert!(!character.is_control() || character == '\n', "{character:?} in {text:?}");
        }
    }
}

fn matrix(events: Vec<Event>) {
    let run = Run::from_events(events);
    let matrix = Matrix::new(Sheet::default(), vec![run.clone(), run]);
    let page = matrix.html().unwrap_or_else(|error| panic!("{error}"));
    // Nothing that came from outside opens or closes an element of a kind that can act.
    let empty = Matrix::new(Sheet::default(), vec![Run::default(), Run::default()]);
    let bare = empty.html().unwrap_or_else(|error| panic!("{error}"));
    for tag in ["<script", "</script", "<style", "</style", "<img", "<iframe", "<a ", "<svg", "<!--"] {
        let count = |page: &str| page.to_ascii_lowercase().matches(tag).count();
        assert_eq!(count(&page), count(&bare), "{tag} in {page}");
    }
    markdown(&matrix.markdown());
}
