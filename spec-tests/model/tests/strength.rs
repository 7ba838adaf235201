//! How strong the model is: wrong subjects that it finds out within the default budget, and how short what it shows is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod common;
#[path = "common/wrong.rs"]
mod wrong;

use common::{budget, check, shown};
use rstest::rstest;
use sockspec_engine::{Peer, RunFacts, run_case};
use sockspec_events::Verdict as CaseVerdict;
use sockspec_laws::{Broken, Budget, Property, Verdict};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::Subject;
use wrong::{IMPATIENT, Impatient, found, named, wrong};

const SEED: u64 = 1;

/// What runs a case's steps on a subject, outside of any lab.
fn verdict(broken: &Broken, subject: &mut dyn Subject) -> CaseVerdict {
    let scratch = tempfile::tempdir().unwrap();
    let mut facts = RunFacts::new(&subject.describe().unwrap(), scratch.path().to_str().unwrap());
    run_case(&broken.case, subject, &mut Peer::new(IMPATIENT), &mut facts, &mut |_, _| {}).verdict
}

/// Each fault, and the most steps that it may be shown by. What the fault itself needs is what the numbers come from: a
/// connection over TCP takes seven steps, a local one six.
#[rstest]
#[case("byte-lost-after-64k", 14)]
#[case("peek-consumes", 12)]
#[case("peek-remembered", 12)]
#[case("sender-of-another", 15)]
#[case("peer-name-stale", 14)]
#[case("peer-name-leaks", 12)]
#[case("option-leaks", 12)]
#[case("datagrams-joined", 12)]
#[case("datagram-rest-kept", 12)]
#[case("backlog-ignored", 21)]
#[case("backlog-always-one", 13)]
#[case("close-closes-the-neighbour", 14)]
#[case("mode-handed-on", 10)]
#[case("mode-of-the-accepted", 12)]
#[case("accepted-crossed", 18)]
#[case("end-told-once", 12)]
#[case("sendall-stops-early", 14)]
#[case("large-sends-swapped", 14)]
#[case("every-fifth-send-twice", 24)]
#[case("nothing-yet-eats", 16)]
#[case("connect-ex-stale", 15)]
#[case("so-error-stale", 12)]
#[case("failed-bind-keeps", 12)]
#[case("third-socket-is-the-first", 20)]
#[case("accepts-last-first", 15)]
#[case("empty-datagram-skipped", 12)]
#[case("descriptor-changes", 12)]
#[case("reconnect-ignored", 14)]
#[case("shutdown-1-ignored", 12)]
#[case("recvfrom-own-address", 12)]
#[case("close-ignored", 10)]
#[case("accept-stale-address", 16)]
#[case("setsockopt-ignored", 10)]
#[case("sendto-connects", 12)]
#[case("nonblocking-send-zero", 14)]
#[case("fileno-large", 8)]
fn found_within_the_default_budget_and_shown_briefly(#[case] id: &str, #[case] most: usize) {
    let fault = named(id);
    let (property, broken) = found(fault, SEED).unwrap_or_else(|| panic!("{id} is not found"));
    let shown = shown(&Verdict::Broken(broken.clone()));
    assert!(broken.case.steps.len() <= most, "{} steps: {property} {shown}", broken.case.steps.len());
    // It is a case: the wrong subject fails it, the sound one does not.
    assert_eq!(verdict(&broken, &mut wrong(fault)), CaseVerdict::Fail, "{property} {shown}");
    let sound = verdict(&broken, &mut ReferenceSubject::new());
    assert!(matches!(sound, CaseVerdict::Pass | CaseVerdict::Allowed), "{sound:?}: {property} {shown}");
    let about =
        sockspec_model::properties().into_iter().map(Property::about).find(|about| about.id == property);
    for clause in &broken.case.clauses {
        assert!(about.unwrap().clauses.contains(&clause.as_str()), "{property} does not name {clause}");
    }
}

/// State that leaks from one socket to the next shows in long sequences and needs few steps.
#[test]
fn a_long_sequence_becomes_a_short_one() {
    let fault = named("option-leaks");
    let property = sockspec_model::properties()
        .into_iter()
        .find(|property| property.about().id == "model/many-sockets")
        .unwrap();
    let steps = |shrinks| {
        let budget = Budget { shrinks, ..budget(property, 1, SEED) };
        match check(property, &mut wrong(fault), IMPATIENT, &budget) {
            Verdict::Broken(broken) => broken.case.steps.len(),
            other => panic!("{}", shown(&other)),
        }
    };
    let (found, shrunk) = (steps(0), steps(600));
    assert!(found >= 12, "found in {found} steps");
    assert!(shrunk <= 6, "shrunk to {shrunk} steps");
}

#[test]
fn without_a_fault_impatience_alone_breaks_nothing() {
    for property in sockspec_model::properties() {
        let verdict = check(property, &mut Impatient::new(), IMPATIENT, &budget(property, 1, SEED));
        assert!(matches!(verdict, Verdict::Held(_)), "{}: {}", property.about().id, shown(&verdict));
    }
}
