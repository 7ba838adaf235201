//! The gate: what is red, which line it names, and what is green.

#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use common::{FILE, HEAD, judge, known, result, run, subject};
use rstest::rstest;
use sockspec_events::{Finding, FindingKind, Flaky, SubjectInfo, Verdict};
use sockspec_expect::{Expectations, Gate};

const ZERO: &str =
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"An empty read raises.\"\n";

/// The one finding, with its place as text.
fn only(findings: &[Finding]) -> (FindingKind, String, &Finding) {
    let [finding] = findings else { panic!("{findings:#?}") };
    (finding.kind, finding.place.as_ref().map(ToString::to_string).unwrap_or_default(), finding)
}

#[test]
fn what_is_expected_is_green() {
    let judged = judge(&format!("{ZERO}clause = \"recv.result\"\n"), &[("recv/zero", Verdict::Fail)]);
    assert!(!judged.red, "{:#?}", judged.findings);
    let case = judged.cases.iter().find(|case| case.id == "recv/zero").unwrap();
    let expected = case.expected.as_ref().unwrap();
    assert_eq!(expected.place.to_string(), format!("{FILE}:5"));
    assert_eq!(expected.clause.as_deref(), Some("recv.result"));
    assert_eq!(
        (expected.reason.as_str(), case.is_known(), case.is_red()),
        ("An empty read raises.", true, false)
    );
}

#[rstest]
#[case::as_it_was(Verdict::Fail, false)]
#[case::as_the_document_says(Verdict::Pass, false)]
#[case::in_another_way(Verdict::Hang, true)]
fn an_entry_that_varies_expects_a_pass_as_well(#[case] verdict: Verdict, #[case] red: bool) {
    let judged = judge(&format!("{ZERO}varies = true\n"), &[("recv/zero", verdict)]);
    assert_eq!(judged.red, red, "{:#?}", judged.findings);
}

#[rstest]
#[case::unexpected_failure("", &[("recv/zero", Verdict::Fail)], FindingKind::UnexpectedDeparture, 3)]
#[case::unexpected_crash("", &[("recv/zero", Verdict::Crash)], FindingKind::UnexpectedDeparture, 3)]
#[case::unexpectedly_unsupported("", &[("recv/zero", Verdict::Unsupported)], FindingKind::UnexpectedDeparture, 3)]
#[case::unexpected_pass(ZERO, &[], FindingKind::UnexpectedPass, 5)]
#[case::allowed_is_a_pass(ZERO, &[("recv/zero", Verdict::Allowed)], FindingKind::UnexpectedPass, 5)]
#[case::other_verdict(ZERO, &[("recv/zero", Verdict::Hang)], FindingKind::OtherVerdict, 6)]
#[case::said_to_be_inexpressible(ZERO, &[("recv/zero", Verdict::NotApplicable)], FindingKind::OtherVerdict, 5)]
#[case::missing_reason(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\n", &[("recv/zero", Verdict::Fail)],
    FindingKind::MissingReason, 4
)]
#[case::empty_reason(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"  \"\n", &[("recv/zero", Verdict::Fail)],
    FindingKind::MissingReason, 7
)]
#[case::case_gone("[[expect]]\ncase = \"recv/zeor\"\nverdict = \"fail\"\nreason = \"r\"\n", &[], FindingKind::StaleEntry, 5)]
#[case::clause_gone(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nclause = \"recv.results\"\n",
    &[("recv/zero", Verdict::Fail)], FindingKind::StaleEntry, 8
)]
#[case::not_its_clause(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nclause = \"bind.result\"\n",
    &[("recv/zero", Verdict::Fail)], FindingKind::StaleEntry, 8
)]
#[case::another_count(
    "[[expect]]\ncase = \"recv/zero*\"\ncount = 3\nverdict = \"fail\"\nreason = \"r\"\n",
    &[("recv/zero", Verdict::Fail), ("recv/zero-v6", Verdict::Fail)], FindingKind::StaleEntry, 6
)]
#[case::one_of_a_list_passes(
    "[[expect]]\ncase = [\n    \"recv/zero\",\n    \"recv/zero-v6\",\n]\nverdict = \"fail\"\nreason = \"r\"\n",
    &[("recv/zero", Verdict::Fail)], FindingKind::UnexpectedPass, 7
)]
#[case::holds_for_others(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nversions = \"<3.11\"\n",
    &[("recv/zero", Verdict::Fail)], FindingKind::UnexpectedDeparture, 8
)]
fn what_is_red_names_its_line(
    #[case] entries: &str,
    #[case] verdicts: &[(&str, Verdict)],
    #[case] kind: FindingKind,
    #[case] line: usize,
) {
    let judged = judge(entries, verdicts);
    let (found, place, finding) = only(&judged.findings);
    assert_eq!((found, place), (kind, format!("{FILE}:{line}")), "{finding:#?}");
    assert!(!finding.help.is_empty());
    assert!(judged.red);
}

#[rstest]
#[case::not_run(ZERO, &[("recv/zero", Verdict::NotRun)])]
#[case::glob("[[expect]]\ncase = \"recv/zero*\"\ncount = 2\nverdict = \"fail\"\nreason = \"r\"\n", &[("recv/zero", Verdict::Fail), ("recv/zero-v6", Verdict::Fail)])]
#[case::an_id_goes_before_a_glob(
    "[[expect]]\ncase = \"recv/*\"\ncount = 3\nverdict = \"fail\"\nreason = \"r\"\n[[expect]]\ncase = \"recv/zero\"\nverdict = \"crash\"\nreason = \"r\"\n",
    &[("recv/negative", Verdict::Fail), ("recv/zero", Verdict::Crash), ("recv/zero-v6", Verdict::Fail)]
)]
#[case::another_edition("[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nedition = \"3\"\n", &[])]
#[case::another_platform("[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nplatform = \"*musl*\"\n", &[])]
#[case::this_platform(
    "[[expect]]\ncase = \"recv/zero\"\nverdict = \"fail\"\nreason = \"r\"\nplatform = \"*glibc*\"\n",
    &[("recv/zero", Verdict::Fail)]
)]
#[case::a_case_of_another_edition("[[expect]]\ncase = \"send/today\"\nverdict = \"fail\"\nreason = \"r\"\n", &[("send/today", Verdict::NotApplicable)])]
fn what_cannot_be_told_or_is_not_meant_is_green(#[case] entries: &str, #[case] verdicts: &[(&str, Verdict)]) {
    let judged = judge(entries, verdicts);
    assert!(!judged.red && judged.findings.is_empty(), "{:#?}", judged.findings);
}

#[test]
fn two_entries_for_a_case_are_one_too_many() {
    let judged = judge(&format!("{ZERO}\n{ZERO}"), &[("recv/zero", Verdict::Fail)]);
    let (kind, place, finding) = only(&judged.findings);
    assert_eq!((kind, place), (FindingKind::DoubledEntry, format!("{FILE}:10")));
    assert!(finding.what.contains(&format!("{FILE}:4")), "{}", finding.what);
}

#[test]
fn the_help_for_a_departure_is_an_entry_to_paste() {
    let judged = judge("", &[("recv/zero", Verdict::Fail)]);
    insta::assert_snapshot!(judged.findings[0].help, @r#"
    add to expectations/cpython.toml, with the reason:
    [[expect]]
    case = "recv/zero"
    verdict = "fail"
    clause = "recv.result"
    reason = ""
    "#);
    let entry = judged.findings[0].help.split_once('\n').unwrap().1.replace("\"\"", "\"said\"");
    assert!(!judge(&entry, &[("recv/zero", Verdict::Fail)]).red);
}

#[test]
fn the_help_says_what_to_write() {
    let help =
        |entries: &str, verdicts: &[(&str, Verdict)]| judge(entries, verdicts).findings[0].help.clone();
    assert_eq!(
        help(ZERO, &[]),
        "take out the entry that starts in line 4, or give the entry `versions` without 3.11.7"
    );
    assert_eq!(
        help(ZERO, &[("recv/zero", Verdict::Crash)]),
        "write `verdict = \"crash\"` in line 6, and see whether the reason is still right"
    );
    let typo = "[[expect]]\ncase = \"recv/zeor\"\nverdict = \"fail\"\nreason = \"r\"\n";
    assert_eq!(help(typo, &[]), "the nearest is \"recv/zero\"; take it out");
    let glob = "[[expect]]\ncase = \"recv/zero*\"\ncount = 2\nverdict = \"fail\"\nreason = \"r\"\n";
    let help = help(glob, &[("recv/zero", Verdict::Fail)]);
    assert!(
        help.starts_with("write the ids that still depart in line 5 instead of \"recv/zero*\""),
        "{help}"
    );
}

#[rstest]
#[case(SubjectInfo { name: "PyPy".to_owned(), ..subject() }, 2)]
#[case(SubjectInfo { version: "unknown".to_owned(), ..subject() }, 4)]
fn a_file_for_another_subject_is_red(#[case] subject: SubjectInfo, #[case] line: usize) {
    let text = format!("{HEAD}{ZERO}versions = \">=3\"\n");
    let expectations = Expectations::parse(FILE, &text).unwrap();
    let verdict = if line == 2 { Verdict::Fail } else { Verdict::Pass };
    // 3.11.7 of another name still has its entry; without a version nobody can tell whether it has.
    let judged =
        run(Gate::new(Some(expectations), known(), None), subject, vec![result("recv/zero", verdict)]);
    let (kind, place, _) = only(&judged.findings);
    assert_eq!((kind, place), (FindingKind::OtherSubject, format!("{FILE}:{line}")));
}

#[rstest]
#[case(None, false)]
#[case(Some(2), false)]
#[case(Some(1), true)]
#[case(Some(0), true)]
fn a_budget_bounds_what_is_not_run(#[case] budget: Option<usize>, #[case] red: bool) {
    let mut results = common::results(&[("recv/zero", Verdict::NotRun), ("bind/any", Verdict::NotRun)]);
    results.iter_mut().for_each(|case| case.reason = Some("no lab".to_owned()));
    let judged = run(Gate::new(None, known(), budget), subject(), results);
    assert_eq!(judged.red, red);
    if red {
        let (kind, _, finding) = only(&judged.findings);
        assert_eq!(kind, FindingKind::SkipBudget);
        assert!(
            finding.help.contains("--skip-budget 2") && finding.help.contains("2: no lab"),
            "{}",
            finding.help
        );
    }
}

#[test]
fn a_gate_without_expectations_is_red_on_any_departure() {
    let judged = run(Gate::new(None, known(), None), subject(), vec![result("recv/zero", Verdict::Fail)]);
    assert!(judged.red && judged.findings.is_empty());
    let judged =
        run(Gate::new(None, known(), None), subject(), vec![result("recv/zero", Verdict::Unsupported)]);
    assert!(!judged.red);
}

#[rstest]
#[case(true, false)]
#[case(false, true)]
fn a_flaky_case_that_is_tolerated_is_not_red(#[case] tolerated: bool, #[case] red: bool) {
    let mut case = result("recv/zero", Verdict::Fail);
    case.flaky = Some(Flaky { verdicts: vec![Verdict::Pass, Verdict::Fail], tolerated });
    assert_eq!(run(Gate::new(None, known(), None), subject(), vec![case]).red, red);
}
