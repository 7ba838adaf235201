//! `sockspec merge`: the reports of all shards as one run.

use std::path::Path;
use std::process::ExitCode;

use sockspec_events::{CaseResult, Event, FindingKind, Summary};
use sockspec_expect::Gate;
use sockspec_report::Report;

use crate::args::Merge;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::told::Told;
use crate::{gate, reports};

/// Puts the shards together, and ends as the whole run would have ended.
pub(crate) fn merge(args: &Merge, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let mut shards = Vec::new();
    for path in &args.shards {
        shards.push((path.display().to_string(), Report::read(path)?));
    }
    let whole = whole(shards)?;
    let budget = args.gate.skip_budget.or(whole.gate.as_ref().and_then(|gate| gate.skip_budget));
    let gate = match &args.gate.expect {
        // What the shards found stands as it is.
        None => (Gate::new(None, sockspec_expect::Known::default(), budget), None),
        Some(_) => {
            let mut again = args.gate.clone();
            again.skip_budget = budget;
            gate::from(&again, &Loaded::from(fixtures)?, fixtures)?
        }
    };
    let mut told = Told::new(gate, String::new());
    let mut wanted = args.reports.clone();
    wanted.json = args.output.clone().or(wanted.json);
    reports::add(&wanted, &mut told)?;
    for mut event in whole.into_events() {
        if let (Event::RunFinished(finished), true) = (&mut event, args.gate.expect.is_some()) {
            // The new expectations have the say.
            finished.findings.clear();
        }
        told.tell(event, None);
    }
    Ok(ExitCode::from(told.status(false)?))
}

/// One report of all shards, which are all there and belong together.
fn whole(shards: Vec<(String, Report)>) -> Result<Report, Failure> {
    let refuse = |text: String| Err(Failure::Usage(text));
    let mut parts = shards.into_iter();
    let Some((first_name, mut whole)) = parts.next() else {
        return refuse("name the reports of all shards".to_owned());
    };
    let Some(first) = whole.shard.take() else {
        return refuse(format!(
            "{first_name} is the report of no shard: `sockspec run --shard I/N --json FILE` writes one"
        ));
    };
    let mut names = vec![None; first.of as usize];
    names[(first.index.clamp(1, first.of) - 1) as usize] = Some(first_name.clone());
    let mut all = place(&first_name, &first.places, &mut whole)?;
    whole.selected = first.selected;
    for (name, mut part) in parts {
        let Some(shard) = &part.shard else {
            return refuse(format!(
                "{name} is the report of no shard: `sockspec run --shard I/N --json FILE` writes one"
            ));
        };
        let differs = [
            ("fixtures", part.fixtures == whole.fixtures),
            ("sockspec", part.sockspec == whole.sockspec),
            ("subject", part.subject == whole.subject),
            ("edition", part.edition == whole.edition),
            ("number of shards", shard.of == first.of),
            ("selection or costs", shard.selection == first.selection && shard.selected == first.selected),
            ("gate", part.gate == whole.gate),
        ];
        if let Some((what, _)) = differs.iter().find(|(_, same)| !same) {
            return refuse(format!("{first_name} and {name} do not belong together: they differ in {what}"));
        }
        let slot = &mut names[(shard.index.clamp(1, first.of) - 1) as usize];
        if let Some(other) = slot.replace(name.clone()) {
            return refuse(format!("{other} and {name} are both shard {}/{}", shard.index, shard.of));
        }
        let places = shard.places.clone();
        all.extend(place(&name, &places, &mut part)?);
        whole.microseconds = whole.microseconds.max(part.microseconds);
        whole.jobs = whole.jobs.max(part.jobs);
        whole.clauses.extend(part.clauses);
        whole.reasons.extend(part.reasons);
        for probe in part.environment {
            // Machines may differ: what one of them lacks is lacking.
            match whole.environment.iter_mut().find(|own| own.name == probe.name) {
                Some(own) if own.available && !probe.available => *own = probe,
                Some(_) => {}
                None => whole.environment.push(probe),
            }
        }
        for text in part.warnings {
            if !whole.warnings.contains(&text) {
                whole.warnings.push(text);
            }
        }
        for finding in part.findings {
            if !whole.findings.contains(&finding) {
                whole.findings.push(finding);
            }
        }
    }
    let missing: Vec<String> = (1..)
        .zip(&names)
        .filter(|(_, name)| name.is_none())
        .map(|(index, _)| format!("{index}/{}", first.of))
        .collect();
    if !missing.is_empty() {
        return refuse(format!("the report of shard {} is missing", missing.join(", ")));
    }
    // The budget is for all of them together.
    whole.findings.retain(|finding| finding.kind != FindingKind::SkipBudget);
    all.sort_by_key(|(place, _)| *place);
    let distinct = all.windows(2).all(|pair| pair[0].0 != pair[1].0);
    if !distinct || all.len() != first.selected {
        return refuse(format!(
            "the shards hold {} cases, and the selection {}: they were not written by one version",
            all.len(),
            first.selected
        ));
    }
    whole.cases = all.into_iter().map(|(_, case)| case).collect();
    whole.summary = Summary::new();
    whole.cases.iter().for_each(|case| whole.summary.count(case.verdict));
    Ok(whole)
}

/// Each case with its place in the whole selection.
fn place(name: &str, places: &[usize], part: &mut Report) -> Result<Vec<(usize, CaseResult)>, Failure> {
    // What a shard that was cut short left out, nobody can tell.
    if let Some(why) = &part.cut_short {
        return Err(Failure::Usage(format!("{name} was cut short ({why}): run that shard again")));
    }
    let cases = std::mem::take(&mut part.cases);
    if cases.len() != places.len() {
        return Err(Failure::Usage(format!(
            "{name} holds {} cases, and should hold {}",
            cases.len(),
            places.len()
        )));
    }
    Ok(places.iter().copied().zip(cases).collect())
}
