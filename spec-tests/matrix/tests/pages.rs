//! The pages of a small matrix, some of whose texts try to get out of theirs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what is missing fails the test")]

use std::collections::BTreeMap;

use rstest::rstest;
use sockspec_events::{
    CaseResult, Expected, Place, PropertyRun, RunFinished, RunStarted, StepResult, StepVerdict, SubjectInfo,
    Summary, Verdict,
};
use sockspec_matrix::{Matrix, Run, Sheet, State};

const HOSTILE: &str = "</script><script>alert(1)</script><!-- & \"quoted\" | `code` *x* \u{2028}";

/// A result as a report has it.
fn case(id: &str, clause: &str, verdict: Verdict, got: &str) -> CaseResult {
    let step = StepResult {
        line: 8,
        step: "bind('')".to_owned(),
        call: "bind('')".to_owned(),
        expected: "anything".to_owned(),
        got: Some(got.to_owned()),
        verdict: if verdict == Verdict::Pass { StepVerdict::Ok } else { StepVerdict::Departs },
        difference: String::new(),
    };
    let section = clause.split('.').next().unwrap();
    let text = format!(
        r#"{{"id": "{id}", "section": "{section}", "clauses": ["{clause}"], "basis": "documented",
            "file": "cases/bind/file.toml", "line": 7, "verdict": "{verdict}", "steps": [], "microseconds": 1}}"#
    );
    let result: CaseResult = sockspec_wire::lines::from_line(&text).unwrap();
    CaseResult { steps: vec![step], ..result }
}

/// The same, as an expectation says.
fn known(result: CaseResult, reason: &str) -> CaseResult {
    let expected = Expected {
        verdict: result.verdict,
        reason: reason.to_owned(),
        clause: Some("bind.first".to_owned()),
        link: Some("javascript:alert(1)".to_owned()),
        place: Place { file: "known.toml".to_owned(), line: 3 },
    };
    CaseResult { expected: Some(expected), ..result }
}

fn run(label: &str, cases: Vec<CaseResult>) -> Run {
    let mut summary = Summary::new();
    cases.iter().for_each(|case| summary.count(case.verdict));
    Run {
        started: RunStarted {
            subject: SubjectInfo {
                label: label.to_owned(),
                name: "Some Python".to_owned(),
                version: "1.2".to_owned(),
                platform: "linux".to_owned(),
                ..SubjectInfo::default()
            },
            edition: "2.2".to_owned(),
            ..RunStarted::default()
        },
        cases,
        finished: RunFinished { summary, microseconds: 1_250_000, ..RunFinished::default() },
    }
}

fn matrix(got: &str) -> Matrix {
    let clause = |id: &str| (id.to_owned(), format!("What {id} demands."));
    let sheet = Sheet {
        version: "1.0.0".to_owned(),
        edition: "2.2".to_owned(),
        clauses: vec![clause("bind.first"), clause("bind.second"), clause("close.only")],
        missing: vec![("absent".to_owned(), "there is none on PATH".to_owned())],
        scripts: BTreeMap::from([("bind/a".to_owned(), format!("import socket  # {got}\nsocket.bind('')"))]),
        ..Sheet::default()
    };
    Matrix::new(
        sheet,
        vec![
            run(
                "good",
                vec![
                    case("bind/a", "bind.first", Verdict::Pass, "None"),
                    case("bind/b", "bind.first", Verdict::Allowed, "None"),
                    case("bind/c", "bind.second", Verdict::Unsupported, "no"),
                ],
            ),
            run(
                got,
                vec![
                    known(case("bind/a", "bind.first", Verdict::Fail, got), got),
                    case("bind/b", "bind.first", Verdict::Hang, got),
                    case("bind/c", "bind.second", Verdict::Pass, "None"),
                ],
            ),
        ],
    )
}

#[test]
fn what_broke_a_law_has_the_command_that_shows_it() {
    let property = PropertyRun {
        seed: "00000000000000ff".to_owned(),
        case: Some("[[case]]".to_owned()),
        ..PropertyRun::default()
    };
    let broken = CaseResult {
        property: Some(Box::new(property)),
        ..case("laws/a", "bind.first", Verdict::Fail, "None")
    };
    let clauses = vec![("bind.first".to_owned(), "It binds.".to_owned())];
    let mut one = run("one", vec![broken.clone()]);
    "sockspec repro {case} --seed {seed} --subject one > repro.py".clone_into(&mut one.started.repro_law);
    let page = Matrix::new(Sheet { clauses, ..Sheet::default() }, vec![one, run("two", vec![broken])]);
    let page = page.html().unwrap();
    let command = "sockspec repro laws/a --seed 00000000000000ff --subject one \\u003e repro.py";
    assert_eq!(page.matches(command).count(), 1, "{page}");
}

#[test]
fn a_clause_has_a_cell_for_each_subject() {
    let matrix = matrix("bad");
    let states: Vec<Vec<State>> = matrix
        .sections
        .iter()
        .flat_map(|section| &section.clauses)
        .map(|row| row.cells.iter().map(|cell| cell.state).collect())
        .collect();
    assert_eq!(
        states,
        [[State::Allowed, State::Departs], [State::Unsupported, State::Pass], [State::None, State::None]]
    );
    assert_eq!(matrix.sections[0].clauses[0].cells[1].sign(), "2");
    assert_eq!(matrix.clauses_with_departures(), 1);
    let departed = &matrix.sections[0].clauses[0].cells[1];
    assert_eq!((departed.departures, departed.known, departed.is_explained()), (2, 1, false));
    assert_eq!(departed.words(), "departs from 2 of 2 cases, 1 of them with a reason on record");
    assert_eq!(matrix.columns[1].share(), "33.3");
}

#[rstest]
#[case(&[], State::None)]
#[case(&[Verdict::Pass], State::Pass)]
#[case(&[Verdict::Pass, Verdict::NotApplicable], State::Pass)]
#[case(&[Verdict::NotApplicable], State::NotApplicable)]
#[case(&[Verdict::Pass, Verdict::Allowed], State::Allowed)]
#[case(&[Verdict::Pass, Verdict::Unsupported], State::Partly)]
#[case(&[Verdict::Unsupported, Verdict::NotApplicable], State::Unsupported)]
#[case(&[Verdict::Pass, Verdict::NotRun], State::NotRun)]
#[case(&[Verdict::NotRun, Verdict::Crash], State::Departs)]
#[case(&[Verdict::Pass, Verdict::Protocol], State::Departs)]
fn the_worst_case_decides(#[case] verdicts: &[Verdict], #[case] state: State) {
    let cases = verdicts
        .iter()
        .enumerate()
        .map(|(at, verdict)| case(&format!("bind/{at}"), "bind.first", *verdict, ""));
    let sheet = Sheet { clauses: vec![("bind.first".to_owned(), String::new())], ..Sheet::default() };
    let matrix = Matrix::new(sheet, vec![run("one", cases.collect())]);
    assert_eq!(matrix.sections[0].clauses[0].cells[0].state, state);
}

#[rstest]
#[case("That is how it is.", true)]
#[case(" ", false)]
fn a_departure_is_explained_by_a_reason(#[case] reason: &str, #[case] explained: bool) {
    let sheet = Sheet { clauses: vec![("bind.first".to_owned(), String::new())], ..Sheet::default() };
    let case = known(case("bind/a", "bind.first", Verdict::Fail, ""), reason);
    let matrix = Matrix::new(sheet, vec![run("one", vec![case])]);
    assert_eq!(matrix.sections[0].clauses[0].cells[0].is_explained(), explained);
}

#[test]
fn backquotes_in_a_clause_are_code() {
    let clause = ("bind.first".to_owned(), "`bind` takes a <pair>, not a `list`.".to_owned());
    let sheet = Sheet { clauses: vec![clause], ..Sheet::default() };
    let page = Matrix::new(sheet, vec![run("one", Vec::new())]).html().unwrap();
    assert!(page.contains("<code>bind</code> takes a &#60;pair&#62;, not a <code>list</code>."), "{page}");
}

/// The text between two others, which stand in it once.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let after = text.split_once(start).unwrap().1;
    after.split_once(end).unwrap().0
}

#[test]
fn nothing_that_a_run_says_gets_out_of_its_place() {
    let page = matrix(HOSTILE).html().unwrap();
    assert!(!page.contains("<script>alert"), "a script of the run's own");
    assert_eq!(page.matches("</script>").count(), 2, "the data and the script, and no more");
    let json = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>");
    let data: Json = sockspec_wire::lines::from_line(json).unwrap();
    assert_eq!(data.subjects[1], HOSTILE, "what the script reads is what the run said");
    let script: Vec<&str> =
        data.cases[0].script.iter().flatten().map(|line| data.lines[*line].as_str()).collect();
    assert_eq!(script.join("\n"), format!("import socket  # {HOSTILE}\nsocket.bind('')"));
    let known = data.cases[0].answers[1].known.as_ref().unwrap();
    assert_eq!((known.reason.as_str(), known.link.as_str()), (HOSTILE, "javascript:alert(1)"));
    assert!(!page.contains("href=\"javascript:"), "a link that is none");

    let markdown = matrix(HOSTILE).markdown();
    assert!(!markdown.contains("<script"), "{markdown}");
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("| ")).collect();
    for row in rows.iter().take(3) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 13, "{row}");
    }
}

#[derive(serde::Deserialize)]
struct Json {
    subjects: Vec<String>,
    cases: Vec<JsonCase>,
    lines: Vec<String>,
}

#[derive(serde::Deserialize)]
struct JsonCase {
    script: Option<Vec<usize>>,
    answers: Vec<JsonAnswer>,
}

#[derive(serde::Deserialize)]
struct JsonAnswer {
    known: Option<JsonKnown>,
}

#[derive(serde::Deserialize)]
struct JsonKnown {
    reason: String,
    link: String,
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere() {
    let page = matrix("bad").html().unwrap();
    for word in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(word), "the page has {word}");
    }
    for id in ["clause-bind.first", "clause-bind.second", "clause-close.only"] {
        assert!(page.contains(&format!("id=\"{id}\"")), "no place to link to for {id}");
    }
}

#[test]
fn the_markdown_page() {
    insta::assert_snapshot!(matrix("bad").markdown());
}
