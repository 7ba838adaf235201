//! What people read.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Buffer, case, full_run, gated_run, run, started, step, tell};
use rstest::rstest;
use sockspec_events::{Event, RunFinished, RunStarted, StepVerdict, Summary, Verdict};
use sockspec_report::{Options, Plain, Terminal, last_line};

fn plain(events: &[Event], options: Options) -> String {
    let buffer = Buffer::default();
    tell(&mut Plain::new(buffer.clone(), options), events);
    buffer.bare()
}

#[test]
fn a_run_with_everything() {
    insta::assert_snapshot!(plain(&full_run(), Options::default()));
}

#[test]
fn a_run_without_a_departure() {
    let cases = vec![case("bind/port-zero", Verdict::Pass, None), case("bind/twice", Verdict::Pass, None)];
    insta::assert_snapshot!(plain(&run(cases, None), Options::default()));
}

#[test]
fn a_run_that_is_held_to_expectations() {
    insta::assert_snapshot!(plain(&gated_run(), Options::default()));
}

#[test]
fn a_run_that_was_cut_short() {
    let cases = vec![case("bind/port-zero", Verdict::Pass, None)];
    insta::assert_snapshot!(plain(&run(cases, Some("interrupted")), Options::default()));
}

#[test]
fn many_departures_take_a_line_each() {
    let mut cases: Vec<_> =
        (0..30).map(|number| case(&format!("bind/wrong-{number}"), Verdict::Fail, Some("why"))).collect();
    cases[25].clauses = vec!["errors.herror".to_owned()];
    let text = plain(&run(cases.clone(), None), Options { in_full: Some(2), ..Options::default() });
    assert_eq!(text.matches("  alone ").count(), 2, "{text}");
    // The first of each clause comes first.
    assert!(text.contains("FAIL bind/wrong-0\n") && text.contains("FAIL bind/wrong-25\n"), "{text}");
    assert!(text.contains("and 28 more departures, a line each"), "{text}");
    assert!(text.contains("\nfail      bind/wrong-29  why\n"), "{text}");
    let text = plain(&run(cases, None), Options { in_full: None, ..Options::default() });
    assert_eq!(text.matches("  alone ").count(), 30);
    assert!(!text.contains("more departures"));
}

#[rstest]
#[case(80)]
#[case(40)]
#[case(120)]
fn no_line_is_wider_than_the_terminal(#[case] width: usize) {
    let buffer = Buffer::default();
    tell(&mut Terminal::new(buffer.clone(), Options { width, ..Options::default() }), &full_run());
    for line in buffer.bare().lines() {
        // Ids and commands stay whole: they are for pasting.
        let command = ["alone ", "script "].iter().any(|label| line.trim_start().starts_with(label));
        let whole = line.contains("gethostbyaddr/unknown-address") || command;
        // The last line is for grep.
        let last = line.starts_with("sockspec: ");
        assert!(line.chars().count() <= width || whole || last, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn steps_before_the_one_that_hung_were_made() {
    let mut hung = case("recv/hung", Verdict::Hang, Some("no answer within 10s"));
    hung.steps = vec![
        step("s = socket()", StepVerdict::NotReached),
        step("s.recv(1)", StepVerdict::NoOutcome),
        step("s.close()", StepVerdict::NotReached),
    ];
    let text = plain(&run(vec![hung], None), Options::default());
    assert!(text.contains("  steps   made      s = socket()\n          no answer s.recv(1)\n"), "{text}");
    assert!(text.contains("\n          1 further step not reached\n"), "{text}");
}

#[test]
fn foreign_escapes_do_not_come_through() {
    assert!(!plain(&full_run(), Options::default()).contains('\x1b'));
}

#[test]
fn the_terminal_and_the_pipe_end_alike() {
    let buffer = Buffer::default();
    tell(&mut Terminal::new(buffer.clone(), Options::default()), &full_run());
    let terminal = buffer.text();
    assert!(
        terminal.contains("\x1b[1m\x1b[31mFAIL\x1b[0m") || terminal.contains("\x1b[31mFAIL"),
        "{terminal}"
    );
    let tail = |text: &str| text[text.find("section ").unwrap()..].to_owned();
    assert_eq!(tail(&buffer.bare()), tail(&plain(&full_run(), Options::default())));
}

#[test]
fn a_command_may_say_where_the_case_goes() {
    let mut events = run(vec![case("bind/wrong", Verdict::Fail, None)], None);
    let started = RunStarted { rerun: "sockspec run --case {case} -- ./driver".to_owned(), ..started(1) };
    events[0] = Event::RunStarted(started.into());
    let text = plain(&events, Options::default());
    assert!(text.contains("alone   sockspec run --case bind/wrong -- ./driver\n"), "{text}");
}

#[test]
fn without_a_command_for_scripts_no_line_names_one() {
    let mut events = run(vec![case("bind/wrong", Verdict::Fail, None)], None);
    events[0] = Event::RunStarted(RunStarted { repro: String::new(), ..started(1) }.into());
    assert!(!plain(&events, Options::default()).contains("script"));
}

#[rstest]
#[case(400, 8, 4, None, "sockspec: 412 cases: 400 pass, 8 allowed, 4 fail (0.73 s)")]
#[case(1, 0, 0, None, "sockspec: 1 case: 1 pass, 0 fail (0.73 s)")]
#[case(0, 0, 0, None, "sockspec: 0 cases: 0 pass, 0 fail (0.73 s)")]
#[case(
    7,
    0,
    1,
    Some("--fail-fast"),
    "sockspec: 8 of 412 cases, cut short (--fail-fast): 7 pass, 1 fail (0.73 s)"
)]
fn the_last_line(
    #[case] pass: usize,
    #[case] allowed: usize,
    #[case] fail: usize,
    #[case] cut_short: Option<&str>,
    #[case] line: &str,
) {
    let mut summary = Summary::new();
    for (verdict, count) in [(Verdict::Pass, pass), (Verdict::Allowed, allowed), (Verdict::Fail, fail)] {
        summary.0.insert(verdict, count);
    }
    let finished = RunFinished {
        summary,
        cut_short: cut_short.map(str::to_owned),
        microseconds: 734_999,
        findings: vec![],
    };
    assert_eq!(last_line(&started(412), &finished), line);
}
