//! A law or model, tried again on the subject that broke it: the case that this shrinks to.

use std::path::Path;

use sockspec_cases::Case;
use sockspec_engine::Cancel;
use sockspec_events::{CaseResult, Event};
use sockspec_subject::Edition;

use crate::args::{Repro, Run, Selection};
use crate::exit::Failure;
use crate::load::Loaded;
use crate::properties;
use crate::repro::read;
use crate::run::Prepared;
use crate::signals::Watch;

/// The case that breaks the law or model of that id.
pub(crate) fn case(
    args: &Repro,
    id: &str,
    loaded: &Loaded,
    fixtures: Option<&Path>,
) -> Result<Case, Failure> {
    let seed = args.seed.unwrap_or_else(properties::random_seed);
    let editions = loaded.properties.iter().find(|property| property.id == id).map(|found| &found.editions);
    let run = Run {
        subject: args.subject.clone(),
        command: args.command.clone(),
        // Without a subject the module is for the script alone.
        module: args.module.clone().filter(|_| args.subject.is_some()),
        edition: match editions {
            Some(editions) if !editions.contains(&Edition::default()) => Edition::V3,
            _ => Edition::default(),
        },
        seed: Some(seed),
        timeout: args.timeout,
        jobs: 1,
        selection: Selection { laws: vec![id.to_owned()], ..Selection::default() },
        ..Run::default()
    };
    let prepared = Prepared::new(&run, loaded, fixtures)?;
    let leftover = prepared.leftover();
    let cancel = Cancel::new()?;
    let _watch = Watch::start(Some(cancel.clone()), leftover)?;
    let (mut label, mut result) = (String::new(), None);
    prepared.run(&run, &cancel, &mut |event| match event {
        Event::RunStarted(started) => label = started.subject.label,
        Event::CaseFinished(case) => result = Some(*case),
        _ => {}
    })?;
    let result = result.ok_or_else(|| Failure::Usage(format!("{id}: interrupted, nothing was found")))?;
    broken(&result)
        .map(|text| read(loaded, id, text))
        .transpose()?
        .and_then(|cases| cases.into_iter().next())
        .ok_or_else(|| nothing(&result, &label, &seed.to_string()))
}

/// The smallest input that broke a law or model as a case's text.
pub(crate) fn broken(result: &CaseResult) -> Option<&str> {
    let property = result.property.as_ref().filter(|_| result.verdict.is_departure())?;
    property.case.as_deref()
}

/// Why there is nothing to show.
fn nothing(result: &CaseResult, label: &str, seed: &str) -> Failure {
    let why = result.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    Failure::Usage(format!(
        "{}: {} on {label} with seed {seed}{why}; there is nothing to show",
        result.id, result.verdict
    ))
}
