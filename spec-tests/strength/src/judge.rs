//! What the verdicts come to: the score, survivors, kills by clause, cases that kill nothing.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_cases::{Basis, Demands, Kind};
use sockspec_events::Verdict;
use sockspec_subject::Edition;

use crate::measure::{Reach, Setup, Verdicts};
use crate::report::{ClauseKills, Idle, Judges, Kills, Report, Score, Survivor};
use crate::unbreakable;

/// Fills in everything but the faults.
pub(crate) fn judge(setup: &Setup<'_>, sound: &BTreeMap<Edition, Verdicts>, report: &mut Report) {
    let real: Vec<&Kills> = report.faults.iter().filter(|fault| fault.equivalent.is_none()).collect();
    report.score = Score { killed: real.iter().filter(|fault| fault.is_killed()).count(), tried: real.len() };
    report.judges = judges(&real);
    report.expected_missed = real
        .iter()
        .filter(|fault| fault.beyond && !fault.cases.is_empty())
        .map(|fault| fault.fault.clone())
        .collect();
    let text =
        |id: &String| setup.suite.catalogue.get(id).map(|clause| clause.text.clone()).unwrap_or_default();
    report.survivors = real
        .iter()
        .filter(|fault| !fault.is_killed())
        .map(|fault| Survivor {
            fault: fault.fault.clone(),
            what: fault.what.clone(),
            clauses: fault.clauses.iter().map(|id| (id.clone(), text(id))).collect(),
        })
        .collect();
    let checks: BTreeMap<&str, &[String]> =
        setup.cases.iter().map(|case| (case.id.as_str(), case.clauses.as_slice())).collect();
    report.clauses = setup
        .suite
        .catalogue
        .clauses()
        .iter()
        .filter(|clause| clause.kind != Kind::Descriptive)
        .map(|clause| {
            let breaking: Vec<&&Kills> =
                real.iter().filter(|fault| fault.clauses.contains(&clause.id)).collect();
            let own = |case: &String| checks.get(case.as_str()).is_some_and(|all| all.contains(&clause.id));
            ClauseKills {
                clause: clause.id.clone(),
                section: clause.section.clone(),
                text: clause.text.clone(),
                demands: demands(clause.demands).to_owned(),
                faults: breaking.len(),
                killed: breaking.iter().filter(|fault| fault.is_killed()).count(),
                killed_by_own: breaking.iter().filter(|fault| fault.cases.iter().any(own)).count(),
                unbreakable: unbreakable(&clause.id).map(str::to_owned).or_else(|| {
                    let same = report.faults.iter().filter(|fault| fault.clauses.contains(&clause.id));
                    same.filter(|_| breaking.is_empty()).find_map(|fault| fault.equivalent.clone())
                }),
            }
        })
        .collect();
    if setup.reach == Reach::FirstKill {
        return;
    }
    let killers: BTreeSet<&String> = report.faults.iter().flat_map(|fault| &fault.cases).collect();
    report.idle = setup
        .cases
        .iter()
        .filter(|case| !killers.contains(&case.id))
        .map(|case| {
            let seen: Vec<Verdict> =
                sound.values().filter_map(|verdicts| verdicts.get(&case.id)).copied().collect();
            let why = match seen.iter().find(|verdict| **verdict == Verdict::Pass) {
                Some(_) => match case.basis {
                    Basis::Documented => None,
                    Basis::Platform => Some("it is left to the C library or the system".to_owned()),
                    Basis::Observed => Some("it only records".to_owned()),
                },
                None => Some(match seen.first() {
                    Some(verdict) => format!("on the sound subject it is {verdict}"),
                    None => "no fault of its edition was run".to_owned(),
                }),
            };
            Idle { case: case.id.clone(), basis: case.basis.to_string(), why }
        })
        .collect();
}

fn judges(faults: &[&Kills]) -> Judges {
    let mut count = Judges::default();
    for fault in faults.iter().filter(|fault| fault.judged) {
        let by = [!fault.cases.is_empty(), fault.laws.is_some(), fault.model.is_some()];
        count.faults += 1;
        count.cases += usize::from(by[0]);
        count.laws += usize::from(by[1]);
        count.model += usize::from(by[2]);
        match by {
            [false, false, false] => count.nobody += 1,
            [true, false, false] => count.cases_alone += 1,
            [false, true, false] => count.laws_alone += 1,
            [false, false, true] => count.model_alone += 1,
            _ => count.several += 1,
        }
    }
    count
}

fn demands(demands: Demands) -> &'static str {
    match demands {
        Demands::Subject => "subject",
        Demands::Platform => "platform",
        Demands::Caller => "caller",
        Demands::Nobody => "nobody",
    }
}
