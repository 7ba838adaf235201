//! The forms that CI reads, each read back by somebody else's parser or by the rules of its own specification.

#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{case, full_run, gated_run, run, step, tell};
use rstest::rstest;
use serde_json::Value;
use sockspec_events::{Event, StepResult, StepVerdict, Verdict};
use sockspec_report::Kind;

/// Everything that some form takes for its own: control characters, markup, directives, commands, ends of blocks.
const HOSTILE: &str = "]]> <b>&amp;</b> \u{0}\u{7}\u{1b}[31mred\u{7f}\u{85} | `` ``` ```` # SKIP \\# 100% ::error::x\r\n::set-output name=a::b\n...\n---\nnot ok 1\n1..0\nBail out!\n</details> @someone #7 \u{202e}";

fn hostile_run() -> Vec<Event> {
    let mut bad = case("recv/hostile", Verdict::Crash, Some(HOSTILE));
    bad.note = Some(HOSTILE.to_owned());
    HOSTILE.clone_into(&mut bad.stderr);
    bad.notes = vec![HOSTILE.to_owned()];
    bad.steps.push(StepResult {
        got: Some(HOSTILE.to_owned()),
        expected: HOSTILE.to_owned(),
        difference: HOSTILE.to_owned(),
        ..step(HOSTILE, StepVerdict::Departs)
    });
    let skipped = case("recv/skipped", Verdict::Unsupported, Some(HOSTILE));
    let mut events = run(vec![case("recv/zero", Verdict::Pass, None), bad, skipped], None);
    let Some(Event::RunStarted(started)) = events.first_mut() else { panic!("no start") };
    let subject = &mut started.subject;
    for text in [&mut subject.label, &mut subject.name, &mut subject.version, &mut subject.platform] {
        HOSTILE.clone_into(text);
    }
    events.insert(1, Event::Warning { text: HOSTILE.to_owned() });
    events
}

fn runs() -> [Vec<Event>; 4] {
    [
        full_run(),
        gated_run(),
        hostile_run(),
        run(vec![case("bind/twice", Verdict::Pass, None)], Some("interrupted")),
    ]
}

fn report(kind: Kind, events: &[Event]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    let mut reporter = kind.reporter(&path, "0.1.0").unwrap();
    tell(&mut *reporter, events);
    drop(reporter);
    fs::read_to_string(path).unwrap()
}

#[test]
fn junit_is_read_by_another_parser() {
    for events in runs() {
        let text = report(Kind::Junit, &events);
        let suites =
            junit_parser::from_reader(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        let cases = events.iter().filter(|event| matches!(event, Event::CaseFinished(_))).count();
        let tests: Vec<_> = suites
            .suites
            .iter()
            .filter(|suite| suite.name != "gate")
            .flat_map(|suite| &suite.cases)
            .collect();
        assert_eq!(tests.len(), cases);
        for event in &events {
            let Event::CaseFinished(case) = event else { continue };
            let found = tests
                .iter()
                .find(|test| test.original_name == case.id || test.name.ends_with(&case.id))
                .unwrap();
            assert_eq!(found.status.is_failure(), case.is_red(), "{}", case.id);
            let skipped = !case.is_red()
                && (case.is_known()
                    || matches!(
                        case.verdict,
                        Verdict::Unsupported | Verdict::NotApplicable | Verdict::NotRun
                    ));
            assert_eq!(found.status.is_skipped(), skipped, "{}", case.id);
        }
    }
}

#[test]
fn junit_says_why_and_what_is_wrong_with_the_run() {
    let text = report(Kind::Junit, &gated_run());
    let suites = junit_parser::from_reader(text.as_bytes()).unwrap();
    let gate = suites.suites.iter().find(|suite| suite.name == "gate").unwrap();
    assert_eq!((gate.tests, gate.failures), (1, 1));
    assert!(text.contains("fail, as expected: An empty read raises. (https://bugs.example/1)"), "{text}");
    let text = report(Kind::Junit, &full_run());
    assert!(text.contains("<skipped message=\"unsupported: socket has no attribute"), "{text}");
    let text = report(Kind::Junit, &run(vec![], Some("interrupted")));
    let suites = junit_parser::from_reader(text.as_bytes()).unwrap();
    assert_eq!(suites.suites[0].errors, 1, "{text}");
}

/// What the specification of TAP 14 says of a line, as far as it is used here.
#[derive(Debug, PartialEq)]
struct Point {
    ok: bool,
    number: usize,
    description: String,
    directive: Option<(String, String)>,
}

/// Takes a document of TAP 14 apart: version first, test points in a row, YAML blocks indented by two, one plan or a
/// bail-out at the end, nothing else but comments.
fn tap(text: &str) -> (Vec<Point>, Option<usize>, bool) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let (mut points, mut plan, mut bailed) = (Vec::<Point>::new(), None, false);
    while let Some(line) = lines.next() {
        assert!(!bailed && (plan.is_none() || line.starts_with('#')), "after the end: {line}");
        assert!(!line.contains(|character: char| character.is_control()), "{line:?}");
        if line.starts_with('#') {
            continue;
        }
        if line == "  ---" {
            assert!(!points.is_empty());
            loop {
                let line = lines.next().unwrap_or_else(|| panic!("a block does not end"));
                if line == "  ..." {
                    break;
                }
                let inner = line.strip_prefix("  ").unwrap();
                let value = match inner.strip_prefix("  - ") {
                    Some(value) => value,
                    None => inner.split_once(':').unwrap().1.trim(),
                };
                // Texts are written as JSON, which every reader of YAML reads alike.
                assert!(value.is_empty() || serde_json::from_str::<String>(value).is_ok(), "{line}");
            }
            continue;
        }
        if let Some(why) = line.strip_prefix("Bail out!") {
            assert!(!why.is_empty());
            bailed = true;
            continue;
        }
        if let Some(count) = line.strip_prefix("1..") {
            plan = Some(count.parse().unwrap());
            continue;
        }
        let (ok, rest) = match line.strip_prefix("not ok ") {
            Some(rest) => (false, rest),
            None => (true, line.strip_prefix("ok ").unwrap_or_else(|| panic!("what is this? {line}"))),
        };
        let (number, rest) = rest.split_once(" - ").unwrap();
        // The first `#` that no backslash stands before starts a directive.
        let (mut description, mut directive, mut escaped) = (String::new(), None, false);
        for (at, character) in rest.char_indices() {
            match character {
                _ if escaped => {
                    description.push(character);
                    escaped = false;
                }
                '\\' => escaped = true,
                '#' => {
                    let (word, why) = rest[at + 1..].trim().split_once(' ').unwrap();
                    directive = Some((word.to_owned(), why.to_owned()));
                    break;
                }
                _ => description.push(character),
            }
        }
        points.push(Point {
            ok,
            number: number.parse().unwrap(),
            description: description.trim().to_owned(),
            directive,
        });
    }
    (points, plan, bailed)
}

#[test]
fn tap_keeps_to_its_grammar() {
    for events in runs() {
        let (points, plan, bailed) = tap(&report(Kind::Tap, &events));
        let Some(Event::RunFinished(finished)) = events.last() else { panic!("no end") };
        assert_eq!(bailed, finished.cut_short.is_some());
        assert_eq!(plan, (!bailed).then_some(points.len()));
        for (at, point) in points.iter().enumerate() {
            assert_eq!(point.number, at + 1);
        }
        for event in &events {
            let Event::CaseFinished(case) = event else { continue };
            let point = points.iter().find(|point| point.description == case.id).unwrap();
            let todo = point.directive.as_ref().is_some_and(|(word, _)| word == "TODO");
            assert_eq!(!point.ok && !todo, case.is_red(), "{point:?}");
            let skip = point.directive.as_ref().is_some_and(|(word, _)| word == "SKIP");
            assert_eq!(
                skip,
                matches!(case.verdict, Verdict::Unsupported | Verdict::NotApplicable | Verdict::NotRun)
            );
        }
        let red = points.iter().filter(|point| !point.ok && point.description.starts_with("gate: ")).count();
        assert_eq!(red, finished.findings.len());
    }
}

/// Where both schemas lie for the validator, which fetches nothing.
fn event_schema() -> jsonschema::Validator {
    let read = |name: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas").join(name);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let schema = read("events.schema.json");
    jsonschema::meta::validate(&schema).unwrap();
    let registry = jsonschema::Registry::new()
        .add("json-schema:///report.schema.json", read("report.schema.json"))
        .unwrap()
        .prepare()
        .unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .with_base_uri("json-schema:///events.schema.json")
        .build(&schema)
        .unwrap()
}

#[test]
fn events_keep_to_their_schema_and_come_back_the_same() {
    let schema = event_schema();
    for events in runs() {
        let text = report(Kind::Events, &events);
        let mut back = Vec::new();
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}: {line}");
            back.push(serde_json::from_value::<Event>(value).unwrap());
        }
        assert_eq!(back, events);
    }
}

#[rstest]
#[case(r#"{"event":"progress","done":1}"#)]
#[case(r#"{"event":"progress","done":1,"total":2,"more":3}"#)]
#[case(r#"{"event":"finished"}"#)]
#[case(r#"{"event":"case-finished","id":"a/b"}"#)]
#[case(r#"{"text":"x"}"#)]
fn the_schema_of_events_refuses_what_is_none(#[case] line: &str) {
    assert!(!event_schema().is_valid(&serde_json::from_str(line).unwrap()));
}

#[test]
fn a_case_among_events_holds_nothing_unknown() {
    let events = full_run();
    let event = events.iter().find(|event| matches!(event, Event::CaseFinished(_))).unwrap();
    let mut value = serde_json::to_value(event).unwrap();
    assert!(event_schema().is_valid(&value));
    value["surprise"] = Value::from(1);
    assert!(!event_schema().is_valid(&value));
}

/// A workflow command as GitHub's runner takes it apart: `::name key=value,key=value::message`.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let unescaped = |text: &str| {
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%")
    };
    let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("no command: {line}"));
    let (head, message) = rest.split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap();
        (key.to_owned(), unescaped(value))
    });
    (name.to_owned(), properties.collect(), unescaped(message))
}

#[test]
fn annotations_are_commands_and_nothing_else() {
    for events in runs() {
        let text = report(Kind::GitHub, &events);
        for line in text.lines() {
            let (name, properties, message) = command(line);
            assert!(["error", "warning", "notice"].contains(&name.as_str()), "{line}");
            assert!(
                properties.iter().all(|(key, _)| ["file", "line", "title"].contains(&key.as_str())),
                "{line}"
            );
            assert!(!message.is_empty());
        }
    }
    let text = report(Kind::GitHub, &gated_run());
    let commands: Vec<_> = text.lines().map(command).collect();
    let at = |line: &str| {
        vec![
            ("file".to_owned(), "expectations/cpython.toml".to_owned()),
            ("line".to_owned(), line.to_owned()),
        ]
    };
    assert_eq!(commands[0].1[..2], at("12"), "the stale entry");
    assert_eq!(commands[1].1[..2], at("40"), "the departure that is to be added");
    assert_eq!(commands[2].1[..2], at("9"), "the pass");
    let hostile = report(Kind::GitHub, &hostile_run());
    let (_, _, message) = hostile.lines().map(command).find(|(name, ..)| name == "warning").unwrap();
    assert_eq!(message, HOSTILE, "a message comes back as it was");
}

#[test]
fn many_annotations_are_summed_up() {
    let cases =
        (0..30).map(|number| case(&format!("bind/wrong-{number}"), Verdict::Fail, Some("why"))).collect();
    let text = report(Kind::GitHub, &run(cases, None));
    assert_eq!(text.lines().filter(|line| line.starts_with("::error")).count(), 10);
    assert!(text.contains("::error::and 21 errors further: see the report\n"), "{text}");
}

#[test]
fn markdown_holds_no_markup_but_its_own() {
    use pulldown_cmark::{Event as Mark, Options, Parser, Tag, TagEnd};
    for events in runs() {
        let text = report(Kind::Markdown, &events);
        let (mut tables, mut code) = (0, false);
        for mark in Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
            match mark {
                Mark::Html(html) | Mark::InlineHtml(html) => {
                    // What is between tags is text: only these tags may be there.
                    let bare = ["<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>"]
                        .iter()
                        .fold(html.to_string(), |html, tag| html.replace(tag, ""));
                    assert!(!bare.contains(['<', '>']), "{html}");
                }
                Mark::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    panic!("a link: {dest_url}")
                }
                Mark::Start(Tag::Table(columns)) => {
                    tables += 1;
                    assert!(columns.len() >= 3);
                }
                Mark::Start(Tag::CodeBlock(_)) => code = true,
                Mark::End(TagEnd::CodeBlock) => code = false,
                // Each piece of text that an entity stands for is one of its own, and calls nobody.
                Mark::Text(words) if !code => assert!(!words.contains("@someone"), "{words}"),
                _ => {}
            }
        }
        let cases = events.iter().any(|event| matches!(event, Event::CaseFinished(_)));
        assert_eq!(tables, usize::from(cases), "{text}");
    }
}

#[test]
fn markdown_reads_well() {
    insta::assert_snapshot!(report(Kind::Markdown, &gated_run()));
}

#[test]
fn names_of_kinds_are_read_back() {
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse(), Ok(kind));
    }
    let error = "xunit".parse::<Kind>().unwrap_err();
    assert!(error.contains("write one of json, junit, tap, events, github, markdown"), "{error}");
}
