//! Rules and excuses name what there is.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use sockspec_differ::judge::{comparisons, excuses, rules};
use sockspec_fixtures::Fixtures;

#[test]
fn rules_rest_on_clauses_of_the_catalogue() {
    let suite = Fixtures::embedded().suite().expect("the fixtures are sound");
    let ids = rules().map(|rule| rule.clause).chain(comparisons().map(|rule| rule.clause));
    for id in ids {
        assert!(suite.catalogue.get(id).is_some(), "there is no clause {id}");
    }
}

#[test]
fn excuses_name_reasons() {
    let suite = Fixtures::embedded().suite().expect("the fixtures are sound");
    for excuse in excuses() {
        assert!(suite.reasons.contains_key(excuse.reason), "there is no reason {}", excuse.reason);
    }
}

#[test]
fn every_reason_is_given_by_some_case_or_excuse() {
    let suite = Fixtures::embedded().suite().expect("the fixtures are sound");
    let given: BTreeSet<&str> = suite
        .cases
        .iter()
        .flat_map(|case| &case.steps)
        .flat_map(|step| &step.allow)
        .map(|allowance| allowance.reason.as_str())
        .chain(excuses().map(|excuse| excuse.reason))
        .collect();
    let unused: Vec<&String> = suite.reasons.keys().filter(|id| !given.contains(id.as_str())).collect();
    assert!(unused.is_empty(), "nobody gives {unused:?}");
}
