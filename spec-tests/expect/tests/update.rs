//! Bringing a file up to date: reasons are kept and never written, and nothing goes in silence.

#![allow(clippy::unwrap_used)]

mod common;

use common::{FILE, HEAD, known, results, subject};
use sockspec_events::Verdict;
use sockspec_expect::{Update, update};

fn updated(text: &str, verdicts: &[(&str, Verdict)], prune: bool) -> Update {
    update(FILE, text, &known(), (&subject(), "2.2"), &results(verdicts), prune).unwrap()
}

fn remarks(update: &Update) -> Vec<String> {
    update.remarks.iter().map(ToString::to_string).collect()
}

#[test]
fn a_new_file_says_what_departs_and_leaves_the_reasons_to_people() {
    let update = updated(
        "",
        &[
            ("bind/any", Verdict::Unsupported),
            ("bind/port-zero", Verdict::Unsupported),
            ("recv/negative", Verdict::Crash),
            ("recv/zero", Verdict::Fail),
            ("recv/zero-v6", Verdict::Fail),
            ("send/today", Verdict::NotApplicable),
        ],
        false,
    );
    insta::assert_snapshot!(update.text);
    insta::assert_snapshot!("remarks-of-a-new-file", remarks(&update).join("\n"));
    let again = update_again(&update, false);
    assert_eq!(again.text, update.text, "a second run changes nothing");
}

fn update_again(first: &Update, prune: bool) -> Update {
    let verdicts = [
        ("bind/any", Verdict::Unsupported),
        ("bind/port-zero", Verdict::Unsupported),
        ("recv/negative", Verdict::Crash),
        ("recv/zero", Verdict::Fail),
        ("recv/zero-v6", Verdict::Fail),
    ];
    updated(&first.text, &verdicts, prune)
}

/// A file as people write it.
fn kept() -> String {
    format!(
        "# Our own words.\n{HEAD}\
# Known for years.
[[expect]]
case = [\"recv/zero\", \"recv/zero-v6\"] # both families
verdict = \"fail\" # since 3.8
reason = \"An empty read raises.\"
link = \"https://bugs.example/1\"

[[expect]]
case = \"recv/negative\"
verdict = \"fail\"
reason = \"A negative size is taken.\"

[[expect]]
case = \"recv/gone\"
verdict = \"fail\"
reason = \"It was there once.\"
"
    )
}

#[test]
fn what_is_there_stays_as_it_is_written() {
    let verdicts =
        [("recv/zero", Verdict::Fail), ("recv/zero-v6", Verdict::Fail), ("recv/negative", Verdict::Fail)];
    let update = updated(&kept(), &verdicts, false);
    assert_eq!(update.text, kept());
    assert_eq!(remarks(&update), ["stale: recv/gone (line 18) names no case: kept; --prune takes it out"]);
}

#[test]
fn a_pass_and_what_is_gone_stay_until_they_are_pruned() {
    let verdicts = [("recv/zero", Verdict::Fail)];
    let update = updated(&kept(), &verdicts, false);
    assert_eq!(update.text, kept());
    let pruned = updated(&kept(), &verdicts, true);
    insta::assert_snapshot!(pruned.text);
    insta::assert_snapshot!("remarks-of-a-pruned-file", remarks(&pruned).join("\n"));
}

#[test]
fn another_verdict_keeps_the_reason_only_where_nobody_else_shares_it() {
    let verdicts =
        [("recv/zero", Verdict::Crash), ("recv/zero-v6", Verdict::Fail), ("recv/negative", Verdict::Hang)];
    let update = updated(&kept(), &verdicts, false);
    insta::assert_snapshot!(update.text);
    insta::assert_snapshot!("remarks-of-other-verdicts", remarks(&update).join("\n"));
}

#[test]
fn a_glob_is_not_widened_in_silence() {
    let text =
        format!("{HEAD}[[expect]]\ncase = \"recv/zero*\"\ncount = 1\nverdict = \"fail\"\nreason = \"r\"\n");
    let update = updated(&text, &[("recv/zero", Verdict::Fail), ("recv/zero-v6", Verdict::Fail)], true);
    assert_eq!(update.text, text);
    assert_eq!(
        remarks(&update),
        ["stale: line 6: 2 cases are named; look at the new ones and write `count = 2`"]
    );
}

#[test]
fn words_of_the_subject_stay_a_comment() {
    let mut results = results(&[("bind/any", Verdict::Unsupported)]);
    results[0].reason = Some("no\n[[expect]]\ncase = \"x\"\u{1b}[31m".to_owned());
    let update = update(FILE, "", &known(), (&subject(), "2.2"), &results, false).unwrap();
    assert!(update.text.contains("# The subject says: no [[expect]] case = \"x\" [31m\n"), "{}", update.text);
}

#[test]
fn a_broken_file_is_not_touched() {
    assert!(update(FILE, "format = 1\n", &known(), (&subject(), "2.2"), &[], false).is_err());
}
