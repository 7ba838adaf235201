//! Every law holds on the reference, whatever the seed, and catches a subject that is wrong in what it speaks of.
//!
//! Laws run where they run for a user: in workers, which are this program once more, each in its lab.

mod change;
mod ending;
mod faults;
mod wrong;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use sockspec_engine::{Cancel, Check, LabFile, LabPolicy, Plan, SubjectSpec};
use sockspec_events::{CaseResult, Event, Verdict};
use sockspec_fixtures::Fixtures;
use sockspec_laws::{Budget, Property, Seed};
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::{Edition, Subject};

use faults::fault;
use wrong::Wrong;

const REFERENCE: &str = "reference";

fn make(name: &str) -> Option<Box<dyn Subject>> {
    if name == REFERENCE {
        return Some(Box::new(ReferenceSubject::new()));
    }
    ending::make(name).or_else(|| Some(Box::new(Wrong::new(fault(name)?))))
}

/// Runs properties on a subject.
fn run(
    subject: &str,
    laws: &[&'static dyn Property],
    times: u32,
    seed: Seed,
) -> Result<Vec<CaseResult>, Failed> {
    let budget = |property: &&'static dyn Property| {
        let evaluations = property.about().evaluations * times;
        (*property, Budget { evaluations, shrinks: 500, seed, first: Vec::new(), patience: None })
    };
    let laws: Vec<(&'static dyn Property, Budget)> = laws.iter().map(budget).collect();
    run_with(subject, &laws, Duration::from_secs(10))
}

/// Runs properties on a subject, each with its own budget.
fn run_with(
    subject: &str,
    laws: &[(&'static dyn Property, Budget)],
    timeout: Duration,
) -> Result<Vec<CaseResult>, Failed> {
    let fixtures = Fixtures::embedded();
    let check = |(property, budget): &(_, Budget)| Check { property: *property, budget: budget.clone() };
    let edition = match laws {
        [(law, _)] if !law.about().editions.contains(&Edition::V2_2) => Edition::V3,
        _ => Edition::V2_2,
    };
    let plan = Plan {
        subject: SubjectSpec::InProcess { name: subject.to_owned() },
        label: subject.to_owned(),
        cases: Vec::new(),
        checks: laws.iter().map(check).collect(),
        seed: laws.first().map(|(_, budget)| budget.seed),
        known: 0,
        clauses: BTreeMap::default(),
        reasons: BTreeMap::default(),
        edition,
        labs: fixtures
            .lab_texts()
            .map(|(path, text)| LabFile { path: path.to_owned(), text: text.to_owned() })
            .collect(),
        lab_policy: LabPolicy::WhereAvailable,
        jobs: 1,
        timeout,
        fail_fast: false,
        rerun: String::new(),
        repro: String::new(),
        repro_law: String::new(),
    };
    let mut results = Vec::new();
    let cancel = Cancel::new()?;
    sockspec_engine::run(&plan, &cancel, &mut |event| {
        if let Event::CaseFinished(result) = event {
            results.push(*result);
        }
    })?;
    Ok(results)
}

/// The law is broken by the subject that is wrong in what it speaks of, and the steps are few enough to read.
fn catches(law: &'static dyn Property) -> Result<(), Failed> {
    let about = law.about();
    let short = about.id.strip_prefix("laws/").unwrap_or(about.id);
    if fault(short).is_none() {
        return Err(format!("no wrong subject stands for {}: add one to faults/", about.id).into());
    }
    let results = run(short, &[law], 4, Seed(7))?;
    let [result] = results.as_slice() else { return Err("not one result".into()) };
    if result.verdict == Verdict::NotRun && result.property.is_none() {
        // This machine has no lab.
        return Ok(());
    }
    if result.verdict != Verdict::Fail {
        return Err(format!("the wrong subject is not found out: {result:#?}").into());
    }
    let case = result.property.as_ref().and_then(|property| property.case.as_ref());
    if case.is_none() || result.steps.is_empty() || result.steps.len() > 30 {
        return Err(format!("that is nothing to read: {result:#?}").into());
    }
    if let Some(reason) = result.reason.as_ref().filter(|reason| reason.contains("once more")) {
        return Err(format!("its case does not stand alone: {reason}: {result:#?}").into());
    }
    Ok(())
}

/// Nothing that the reference does breaks a law, and each law gets to what it speaks of.
fn holds(law: &'static dyn Property) -> Result<(), Failed> {
    for seed in [1, 2, 3] {
        let results = run(REFERENCE, &[law], 5, Seed(seed))?;
        let [result] = results.as_slice() else { return Err("not one result".into()) };
        if result.verdict == Verdict::NotRun && result.property.is_none() {
            return Ok(());
        }
        let evaluations = result.property.as_ref().map_or(0, |property| property.evaluations);
        if result.verdict != Verdict::Pass || evaluations < law.about().evaluations {
            return Err(format!("with the seed {seed}: {result:#?}").into());
        }
        if !result.notes.is_empty() {
            return Err(format!("it asks what no lab answers: {:?}", result.notes).into());
        }
    }
    Ok(())
}

/// Ids are well formed and no two alike; clauses are in the catalogue, for the law's editions; files and lines are right.
fn heads_are_sound() -> Result<(), Failed> {
    let suite = Fixtures::embedded().suite()?;
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for law in sockspec_laws::all() {
        let about = law.about();
        if !ids.insert(about.id)
            || !about.id.starts_with("laws/")
            || suite.cases.iter().any(|case| case.id == about.id)
        {
            wrong.push(format!("{}: its id is taken or does not start with laws/", about.id));
        }
        for clause in about.clauses {
            match suite.catalogue.get(clause) {
                None => wrong.push(format!("{}: there is no clause {clause}", about.id)),
                Some(found) if !about.editions.iter().any(|edition| found.editions.contains(edition)) => {
                    wrong.push(format!("{}: the clause {clause} holds in none of its editions", about.id));
                }
                Some(_) => {}
            }
        }
        if about.clauses.is_empty()
            || about.evaluations == 0
            || !about.file.starts_with("spec-tests/laws/src/laws/")
        {
            wrong.push(format!("{}: its head says too little", about.id));
        }
    }
    if ids.len() < 40 {
        wrong.push(format!("there are {} laws, and at least 40 were there once", ids.len()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// The same seed leads to the same input, by way of the run's seed and of the input's own.
fn seeds_lead_back() -> Result<(), Failed> {
    let law = sockspec_laws::all()
        .into_iter()
        .find(|law| law.about().id == "laws/inet-aton-written-forms")
        .ok_or("the law is gone")?;
    let first = run("inet-aton-written-forms", &[law], 4, Seed(11))?;
    let again = run("inet-aton-written-forms", &[law], 4, Seed(11))?;
    let (Some(first), Some(again)) = (first[0].property.clone(), again[0].property.clone()) else {
        return Err("nothing was found".into());
    };
    if first != again {
        return Err(format!("{first:?} and then {again:?}").into());
    }
    let seed: Seed = first.seed.parse()?;
    let mut facts = sockspec_engine::RunFacts::new(&ReferenceSubject::new().describe()?, "/nowhere");
    let mut peer = sockspec_engine::Peer::new(Duration::from_secs(1));
    let mut subject = make("inet-aton-written-forms").ok_or("no subject")?;
    let mut stage = sockspec_laws::Stage {
        subject: &mut *subject,
        peer: &mut peer,
        facts: &mut facts,
        tidy: &mut || {},
        trail: &mut (),
    };
    let budget = Budget { evaluations: 0, shrinks: 500, seed: Seed(0), first: vec![seed], patience: None };
    match law.check(&mut stage, &budget) {
        sockspec_laws::Verdict::Broken(broken) if broken.seed == seed && broken.evaluations == 1 => Ok(()),
        other => Err(format!("the input's seed led to {other:?}").into()),
    }
}

/// Where there is no patience left, the inputs so far are what a law held for, and the result says of how many.
fn patience_ends() -> Result<(), Failed> {
    for id in ["laws/inet-ntoa-undoes-inet-aton", "laws/bound-ipv4-sockets-tell-their-host"] {
        let law = sockspec_laws::all().into_iter().find(|law| law.about().id == id);
        let law: &'static dyn Property = law.ok_or("the law is gone")?;
        let evaluations = law.about().evaluations;
        let patience = Some(Duration::ZERO);
        let budget = Budget { evaluations, shrinks: 0, seed: Seed(3), first: Vec::new(), patience };
        let results = run_with(REFERENCE, &[(law, budget)], Duration::from_secs(10))?;
        let [result] = results.as_slice() else { return Err("not one result".into()) };
        if result.verdict == Verdict::NotRun && result.property.is_none() {
            continue;
        }
        let tried = result.property.as_ref().map_or(0, |property| property.evaluations);
        let said = format!("0 s were over after {tried} of {evaluations} inputs");
        if result.verdict != Verdict::Pass || tried == 0 || tried >= evaluations || result.notes != [said] {
            return Err(format!("{result:#?}").into());
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    if let Some(code) = sockspec_engine::worker_entry(&make, &sockspec_laws::all) {
        return code;
    }
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("heads_are_sound", heads_are_sound),
        Trial::test("seeds_lead_back", seeds_lead_back),
        Trial::test("patience_ends", patience_ends),
        Trial::test("the_input_is_told", ending::the_input_is_told),
        Trial::test("an_innocent_input_is_not_blamed", ending::an_innocent_input_is_not_blamed),
    ];
    for law in sockspec_laws::all() {
        let id = law.about().id;
        trials.push(Trial::test(format!("{id} holds on the reference"), move || holds(law)));
        trials.push(Trial::test(format!("{id} catches a wrong subject"), move || catches(law)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
