//! The model on the sound reference: no false alarm, and the same from the same seed.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::{budget, check, shown};
use rstest::rstest;
use sockspec_cases::{Catalogue, Suite};
use sockspec_laws::{Budget, Held, Property, Verdict};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject};

const PATIENT: Duration = Duration::from_secs(20);

fn property(id: &str) -> &'static dyn Property {
    sockspec_model::properties().into_iter().find(|property| property.about().id == id).unwrap()
}

#[rstest]
fn the_reference_holds(
    #[values(
        "streams-inet",
        "streams-inet6",
        "streams-unix",
        "datagrams-inet",
        "datagrams-inet6",
        "datagrams-unix",
        "mixed",
        "many-sockets",
        "non-blocking"
    )]
    id: &str,
) {
    let property = property(&format!("model/{id}"));
    let budget = budget(property, 2, 0x5eed);
    let verdict = check(property, &mut ReferenceSubject::new(), PATIENT, &budget);
    assert_eq!(
        verdict,
        Verdict::Held(Held { evaluations: budget.evaluations, cut_short: false }),
        "{}",
        shown(&verdict)
    );
}

/// Writes down what is called.
struct Recorder(ReferenceSubject, Vec<String>);

impl Subject for Recorder {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.0.describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        // Ports and folders differ from run to run; names and data do not.
        self.1.push(call.name.clone());
        self.0.call(call)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.0.reset()
    }
}

fn calls(budget: &Budget) -> Vec<String> {
    let mut recorder = Recorder(ReferenceSubject::new(), Vec::new());
    let verdict = check(property("model/streams-unix"), &mut recorder, PATIENT, budget);
    assert!(matches!(verdict, Verdict::Held(_)), "{}", shown(&verdict));
    recorder.1
}

#[test]
fn a_seed_leads_to_the_same_calls_again() {
    let property = property("model/streams-unix");
    let one = calls(&budget(property, 1, 1));
    assert_eq!(one, calls(&budget(property, 1, 1)));
    assert_ne!(one, calls(&budget(property, 1, 2)));
}

#[test]
fn first_come_the_seeds_that_are_asked_for() {
    let property = property("model/streams-unix");
    let own = Budget { evaluations: 1, ..budget(property, 1, 9) };
    let first =
        Budget { evaluations: 0, first: vec![own.seed.branch(property.about().id, 0)], ..own.clone() };
    assert_eq!(calls(&own), calls(&first));
}

#[test]
fn every_property_rests_on_clauses_that_there_are() {
    let suite: Suite = sockspec_fixtures::Fixtures::embedded().suite().unwrap();
    let catalogue: &Catalogue = &suite.catalogue;
    let mut ids = BTreeSet::new();
    for property in sockspec_model::properties() {
        let about = property.about();
        assert!(ids.insert(about.id), "{} stands twice", about.id);
        assert!(about.id.starts_with("model/") && about.evaluations > 0);
        for clause in about.clauses {
            assert!(catalogue.get(clause).is_some(), "{}: no clause {clause}", about.id);
        }
    }
}

#[test]
fn patience_ends() {
    let property = property("model/datagrams-inet");
    let budget = Budget { patience: Some(std::time::Duration::ZERO), ..budget(property, 1, 3) };
    let verdict = check(property, &mut ReferenceSubject::new(), PATIENT, &budget);
    assert_eq!(verdict, Verdict::Held(Held { evaluations: 1, cut_short: true }), "{}", shown(&verdict));
}
