//! What departs according to a report, as cases.

use std::path::Path;

use sockspec_cases::Case;
use sockspec_differ::Recorded;
use sockspec_events::CaseResult;
use sockspec_report::{ReadError, Report};

use crate::exit::Failure;
use crate::load::Loaded;
use crate::repro::read;
use crate::{output, replay};

/// The departures of a report of `run --json`, or the differences of one of `diff --json`.
pub(crate) fn cases(path: &Path, loaded: &Loaded) -> Result<Vec<Case>, Failure> {
    match Report::read(path) {
        Ok(report) => of_run(&report.cases, loaded),
        Err(unread @ ReadError::File { .. }) => Err(unread.into()),
        Err(unread @ ReadError::Form { .. }) => match Recorded::read(path) {
            Ok(groups) => of_diff(&groups, loaded),
            Err(_) => Err(unread.into()),
        },
    }
}

fn of_run(results: &[CaseResult], loaded: &Loaded) -> Result<Vec<Case>, Failure> {
    let departures = results.iter().filter(|result| result.verdict.is_departure());
    let mut cases = Vec::new();
    for result in departures {
        let known = loaded.suite.cases.iter().find(|case| case.id == result.id);
        match (replay::broken(result), known) {
            (Some(text), _) => cases.extend(read(loaded, &result.id, text)?),
            (None, Some(case)) => cases.push(case.clone()),
            (None, None) => output::remark(&format!("{}: the report does not say its steps", result.id)),
        }
    }
    if cases.is_empty() {
        return Err(Failure::Usage("nothing departs in that report".to_owned()));
    }
    Ok(cases)
}

fn of_diff(groups: &[Recorded], loaded: &Loaded) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for group in groups {
        match &group.case {
            Ok(text) => cases.extend(read(loaded, &group.id, text)?),
            Err(why) => output::remark(&format!("{}: {why}", group.id)),
        }
    }
    if cases.is_empty() {
        return Err(Failure::Usage("nothing differs in that report".to_owned()));
    }
    Ok(cases)
}
