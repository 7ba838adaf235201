//! The plan of a test binary: every case that ships, on its one subject.

use std::env;
use std::time::Duration;

use sockspec_engine::{Check, LabPolicy, Plan, SubjectSpec};
use sockspec_fixtures::Fixtures;
use sockspec_laws::{Budget, Property, Seed};
use sockspec_subject::Edition;

use crate::SUBJECT;

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where the inputs of laws come from unless the environment says otherwise: tests do the same each time.
const SEED: Seed = Seed(0x5eed);

/// The laws and models.
pub(crate) fn properties() -> Vec<&'static dyn Property> {
    [sockspec_laws::all(), sockspec_model::properties()].concat()
}

/// `only` names the one case that is wanted, where it is but one.
pub(crate) fn plan(jobs: usize, only: Option<&str>) -> Result<Plan, String> {
    let edition = match env::var("SOCKSPEC_EDITION") {
        Ok(text) => text.parse::<Edition>().map_err(|error| format!("SOCKSPEC_EDITION: {error}"))?,
        Err(_) => Edition::default(),
    };
    let fixtures = Fixtures::embedded();
    let suite = match only {
        Some(id) => fixtures.suite_around(id),
        None => fixtures.suite(),
    };
    let suite = suite.map_err(|errors| errors.to_string())?;
    let seed = match env::var("SOCKSPEC_SEED") {
        Ok(text) => text.parse::<Seed>().map_err(|error| format!("SOCKSPEC_SEED: {error}"))?,
        Err(_) => SEED,
    };
    let laws = properties().into_iter().map(|property| {
        // The seed may be that of one input, which then comes first.
        Check { property, budget: Budget::of_run(property.about(), 1, seed, vec![seed]) }
    });
    Ok(Plan {
        checks: laws.filter(|law| only.is_none_or(|id| law.property.about().id == id)).collect(),
        seed: Some(seed),
        subject: SubjectSpec::InProcess { name: SUBJECT.to_owned() },
        label: env!("CARGO_PKG_NAME").to_owned(),
        known: suite.cases.len(),
        clauses: suite.catalogue.clauses().iter().map(|c| (c.id.clone(), c.text.clone())).collect(),
        reasons: suite.reasons.values().map(|reason| (reason.id.clone(), reason.text.clone())).collect(),
        cases: suite.cases,
        edition,
        labs: fixtures
            .lab_texts()
            .map(|(path, text)| sockspec_engine::LabFile { path: path.to_owned(), text: text.to_owned() })
            .collect(),
        lab_policy: LabPolicy::WhereAvailable,
        jobs,
        timeout: TIMEOUT,
        fail_fast: false,
        rerun: "cargo test --test conformance -- --exact".to_owned(),
        repro: "sockspec repro {case} --as rust > repro.rs".to_owned(),
        repro_law: String::new(),
    })
}
