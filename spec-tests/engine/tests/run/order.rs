//! Which cases run, and the order of their results.

use sockspec_engine::LabPolicy;
use sockspec_events::Verdict::{self, Crash, Fail, NotApplicable, NotRun, Pass, Unsupported};

use crate::harness::{calling, children, departing, labs, plan, plan_of, told};
use crate::support::case;

pub(crate) const TESTS: [(&str, fn()); 7] = [
    ("results_keep_their_order_whatever_the_jobs", results_keep_their_order),
    ("a_case_of_another_edition_is_not_applicable", another_edition),
    ("without_labs_what_needs_none_still_runs", without_labs),
    ("each_lab_has_its_cases", each_lab_has_its_cases),
    ("a_plan_without_cases_still_greets_its_subject", no_cases),
    ("a_run_says_what_it_runs", a_run_says_what_it_runs),
    ("the_scratch_folder_is_empty_for_each_case", the_scratch_folder),
];

/// Cases of every kind, some slower to judge than others.
fn mixed() -> String {
    let one = |at: usize| match at % 7 {
        0 => calling(&format!("passes-{at}"), &["f"; 1]),
        1 => departing(&format!("departs-{at}")),
        2 => calling(&format!("panics-{at}"), &["panic"]),
        3 => calling(&format!("lacks-{at}"), &["lacks"]),
        4 => calling(&format!("long-{at}"), &["f"; 40]),
        5 => case(&format!("newer-{at}"), "editions = [\"3\"]", "{ call = \"f\" }"),
        _ => case(&format!("lab-{at}"), "lab = \"default\"", "{ call = \"f\" }"),
    };
    (0..21).map(one).collect()
}

fn results_keep_their_order() {
    let mut plan = plan(&mixed());
    let first = told(&plan);
    let ids: Vec<&str> = first.results.iter().map(|result| result.id.as_str()).collect();
    let planned: Vec<&str> = plan.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, planned);
    for jobs in [2, 4, 4, 100] {
        plan.jobs = jobs;
        let next = told(&plan);
        assert_eq!(next.verdicts(), first.verdicts(), "with {jobs} jobs");
    }
    let kinds: Vec<Verdict> = first.results.iter().take(7).map(|result| result.verdict).collect();
    assert_eq!(kinds, [Pass, Fail, Crash, Unsupported, Pass, NotApplicable, NotRun]);
    assert_eq!(children(), [0; 0]);
}

fn another_edition() {
    let text = case("old", "editions = [\"2.2\"]", "{ call = \"f\" }")
        + &case("new", "editions = [\"3\"]", "{ call = \"abort\" }");
    let mut plan = plan(&text);
    let told_old = told(&plan);
    assert_eq!(told_old.verdicts(), [("old", Verdict::Pass), ("new", Verdict::NotApplicable)]);
    assert_eq!(told_old.result("new").reason.as_deref(), Some("it holds in edition 3 only"));
    assert_eq!(told_old.started.edition, "2.2");
    plan.edition = sockspec_subject::Edition::V3;
    let told_new = told(&plan);
    assert_eq!(told_new.verdicts(), [("old", Verdict::NotApplicable), ("new", Verdict::Crash)]);
}

fn without_labs() {
    let text = case("lab", "lab = \"default\"", "{ call = \"f\" }")
        + &case("none", "lab = \"none\"", "{ call = \"f\" }")
        + &case("loopback", "lab = \"loopback\"", "{ call = \"f\" }")
        + &case("other", "lab = \"bare\"", "{ call = \"f\" }");
    let told = told(&plan(&text));
    let not_run = |name: &str| told.result(name).reason.clone().unwrap_or_default();
    assert_eq!(told.result("lab").verdict, Verdict::NotRun);
    assert_eq!(not_run("lab"), "labs are switched off for this run");
    assert_eq!(told.result("other").verdict, Verdict::NotRun);
    assert_eq!(told.result("none").verdict, Verdict::Pass);
    // A machine without 127.0.0.1 says so instead.
    let loopback = told.result("loopback");
    assert!(loopback.verdict == Verdict::Pass || loopback.reason.is_some(), "{loopback:?}");
}

fn each_lab_has_its_cases() {
    let one = |at: usize| {
        let lab = ["default", "bare", "none"][at % 3];
        case(&format!("in-{lab}-{at}"), &format!("lab = \"{lab}\""), "{ call = \"worker\" }")
    };
    let text: String = (0..9).map(one).collect();
    let mut plan = plan(&text);
    plan.labs = labs();
    plan.lab_policy = LabPolicy::WhereAvailable;
    for jobs in [1, 2, 3] {
        plan.jobs = jobs;
        let told = told(&plan);
        let planned: Vec<&str> = plan.cases.iter().map(|case| case.id.as_str()).collect();
        let ids: Vec<&str> = told.results.iter().map(|result| result.id.as_str()).collect();
        assert_eq!(ids, planned);
        for result in &told.results {
            let named = result.verdict == Verdict::NotRun && result.reason.is_some();
            assert!(result.verdict == Verdict::Pass || named, "{result:?}");
        }
    }
    assert_eq!(children(), [0; 0]);
}

fn no_cases() {
    let told = told(&plan_of(Vec::new()));
    assert!(told.results.is_empty());
    assert_eq!(told.started.subject.name, "Hostile");
    assert_eq!(told.finished.cut_short, None);
}

fn a_run_says_what_it_runs() {
    let mut plan = plan(&calling("one", &["f"]));
    plan.jobs = 8;
    let started = told(&plan).started;
    assert_eq!((started.total, started.known, started.jobs), (1, 1000, 1), "no more workers than cases");
    assert_eq!(started.subject.label, "the label");
    assert_eq!(started.subject.version, "1");
    assert_eq!((started.rerun.as_str(), started.repro.as_str()), ("run again", "show {case}"));
    assert_eq!(started.clauses.get("t.x").map(String::as_str), Some("x"));
    assert!(started.environment.iter().any(|probe| probe.name == "loopback-v4"), "{:?}", started.environment);
}

fn the_scratch_folder() {
    let steps = "{ call = \"peer.socket\", args = [1, 1], as = \"p\" },\n{ call = \"p.bind\", args = [{ path = \"x.sock\" }] },\n{ call = \"peer.file_exists\", args = [{ path = \"x.sock\" }], returns = true },";
    let text = case("one", "", steps) + &case("two", "", steps);
    assert_eq!(told(&plan(&text)).verdicts(), [("one", Verdict::Pass), ("two", Verdict::Pass)]);
}
