//! The same run several times, told as one: a case that has not always the same verdict is flaky.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_engine::{Cancel, EngineError, Plan};
use sockspec_events::{CaseResult, Event, Finding, FindingKind, Flaky, RunFinished, Summary, Verdict};

/// Runs the plan so many times, and emits one run. Each case has the worst of its verdicts: nothing is hidden by being
/// tried again.
pub(crate) fn run(
    plan: &Plan,
    times: u32,
    tolerated: bool,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Result<(), EngineError> {
    let total = plan.cases.len() + plan.checks.len();
    let mut cases: BTreeMap<String, Vec<CaseResult>> = BTreeMap::new();
    let mut warnings: BTreeSet<String> = BTreeSet::new();
    let mut end = RunFinished::default();
    for time in 0..times {
        let before = total * time as usize;
        let finished = sockspec_engine::run(plan, cancel, &mut |event| match event {
            Event::RunStarted(mut started) => {
                if time == 0 {
                    started.gate.get_or_insert_default().repeat = Some(times);
                    emit(Event::RunStarted(started));
                }
            }
            Event::Progress { done, .. } => {
                emit(Event::Progress { done: before + done, total: total * times as usize });
            }
            Event::CaseFinished(case) => cases.entry(case.id.clone()).or_default().push(*case),
            Event::Warning { text } => {
                if warnings.insert(text.clone()) {
                    emit(Event::Warning { text });
                }
            }
            Event::RunFinished(_) => {}
        })?;
        end.microseconds = end.microseconds.saturating_add(finished.microseconds);
        end.cut_short = finished.cut_short;
        if end.cut_short.is_some() {
            break;
        }
    }
    end.summary = Summary::new();
    let laws = plan.checks.iter().map(|check| check.property.about().id);
    let ids = plan.cases.iter().map(|case| case.id.as_str()).chain(laws);
    for case in ids.filter_map(|id| cases.remove(id)) {
        let Some(case) = worst(case, tolerated) else { continue };
        end.summary.count(case.verdict);
        emit(Event::CaseFinished(Box::new(case)));
    }
    emit(Event::RunFinished(end));
    Ok(())
}

/// The worst result, which says so where the others differ.
fn worst(results: Vec<CaseResult>, tolerated: bool) -> Option<CaseResult> {
    let verdicts: Vec<Verdict> = results.iter().map(|case| case.verdict).collect();
    // The first of the worst: the earlier is told in full.
    let mut case = results.into_iter().rev().max_by_key(|case| severity(case.verdict))?;
    if verdicts.iter().any(|verdict| *verdict != case.verdict) {
        let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
        verdicts.iter().for_each(|verdict| *counts.entry(*verdict).or_default() += 1);
        let words: Vec<String> =
            counts.iter().map(|(verdict, count)| format!("{verdict} {count}×")).collect();
        let what = format!("{}: {} in {} runs", case.id, words.join(", "), verdicts.len());
        if tolerated {
            case.notes.push(format!("flaky: {what}"));
        } else {
            let help =
                "find out what it hangs on; a tolerated one is named and passes: --allow-flaky".to_owned();
            let id = Some(case.id.clone());
            case.findings.push(Finding { kind: FindingKind::Flaky, case: id, place: None, what, help });
        }
        case.flaky = Some(Flaky { verdicts, tolerated });
    }
    Some(case)
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Allowed => 1,
        Verdict::NotApplicable => 2,
        Verdict::NotRun => 3,
        Verdict::Unsupported => 4,
        Verdict::Fail => 5,
        Verdict::Protocol => 6,
        Verdict::Hang => 7,
        Verdict::Crash => 8,
    }
}
