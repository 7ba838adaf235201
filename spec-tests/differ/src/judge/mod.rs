//! Who departs, by which clause, or for which reason of the platform's two subjects may differ.
//!
//! A [`Rule`] is a clause as a pure function of a call and what it led to. It is asked about each subject by itself, so
//! it can find the one, the other, or both wrong. Where no rule finds anything, an [`Excuse`] may name the reason for
//! which the document's reader accepts both. Where none does, the document is silent.

mod addresses;
mod classes;
mod conversion;
mod excuses;
mod resolution;
mod seen;
mod sockets;
mod values;

use serde::{Deserialize, Serialize};
use sockspec_cases::Catalogue;

pub use seen::{Made, Seen, Told};

/// One clause, as far as it can be judged from a call and its outcome.
pub struct Rule {
    /// The clause's id.
    pub clause: &'static str,
    /// What of the outcome is not as the clause demands; `None` where it is, or the clause does not speak of the call.
    pub finds: fn(&Seen<'_>) -> Option<String>,
}

/// One clause, as far as it can be judged from a call beside what another subject made of it: where the one finds what
/// a name stands for, the name is one.
pub struct Comparison {
    /// The clause's id.
    pub clause: &'static str,
    /// What of the first outcome is not as the clause demands, as the second shows.
    pub finds: fn(&Seen<'_>, &Seen<'_>) -> Option<String>,
}

/// A reason for which two subjects may differ in a call.
pub struct Excuse {
    /// Its id in `fixtures/reasons.toml`.
    pub reason: &'static str,
    /// Whether it covers this pair. Both orders are tried.
    pub covers: fn(&Seen<'_>, &Seen<'_>) -> bool,
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [classes::RULES, resolution::RULES, conversion::RULES, addresses::RULES, sockets::RULES]
        .into_iter()
        .flatten()
}

/// Every comparison; they are asked where no rule finds anything.
pub fn comparisons() -> impl Iterator<Item = &'static Comparison> {
    resolution::COMPARISONS.iter()
}

/// Every excuse.
pub fn excuses() -> impl Iterator<Item = &'static Excuse> {
    excuses::EXCUSES.iter()
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The clause's id.
    pub clause: String,
    /// What is not as it demands.
    pub what: String,
}

/// What is to be thought of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judgement {
    /// Clauses condemn the one, the other, or both. At least one list is not empty.
    Departs {
        /// What the first subject does wrong.
        a: Vec<Finding>,
        /// What the second subject does wrong.
        b: Vec<Finding>,
    },
    /// The document leaves it to the platform, for the reason of that id.
    Platform(String),
    /// Neither a clause nor a reason speaks of it.
    Silent,
}

impl Judgement {
    /// A word for it: `a`, `b`, `both`, `platform`, `silent`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Departs { b, .. } if b.is_empty() => "a",
            Self::Departs { a, .. } if a.is_empty() => "b",
            Self::Departs { .. } => "both",
            Self::Platform(_) => "platform",
            Self::Silent => "silent",
        }
    }

    /// What tells it from another judgement: the clauses and the reason, without what was found.
    pub(crate) fn key(&self) -> String {
        let ids = |findings: &[Finding]| {
            findings.iter().map(|finding| finding.clause.as_str()).collect::<Vec<_>>().join(",")
        };
        match self {
            Self::Departs { a, b } => format!("a:{} b:{}", ids(a), ids(b)),
            Self::Platform(reason) => reason.clone(),
            Self::Silent => "silent".to_owned(),
        }
    }
}

/// Judges a difference.
pub fn judge(a: &Seen<'_>, b: &Seen<'_>, catalogue: &Catalogue) -> Judgement {
    let holds = |id: &str| catalogue.get(id).is_some_and(|clause| clause.editions.contains(&a.edition));
    let findings = |seen: &Seen<'_>| -> Vec<Finding> {
        rules()
            .filter(|rule| holds(rule.clause))
            .filter_map(|rule| Some(Finding { clause: rule.clause.to_owned(), what: (rule.finds)(seen)? }))
            .collect()
    };
    let (mut found_a, mut found_b) = (findings(a), findings(b));
    // What both do alike is no part of their difference.
    let common: Vec<Finding> = found_a.iter().filter(|finding| found_b.contains(finding)).cloned().collect();
    if common.len() < found_a.len() || common.len() < found_b.len() {
        found_a.retain(|finding| !common.contains(finding));
        found_b.retain(|finding| !common.contains(finding));
    }
    if found_a.is_empty() && found_b.is_empty() {
        let beside = |seen: &Seen<'_>, other: &Seen<'_>| -> Vec<Finding> {
            comparisons()
                .filter(|rule| holds(rule.clause))
                .filter_map(|rule| {
                    Some(Finding { clause: rule.clause.to_owned(), what: (rule.finds)(seen, other)? })
                })
                .collect()
        };
        (found_a, found_b) = (beside(a, b), beside(b, a));
    }
    // Two rules of one clause may say the same.
    for found in [&mut found_a, &mut found_b] {
        let mut told = Vec::new();
        found.retain(|finding| {
            let new = !told.contains(finding);
            told.extend(new.then(|| finding.clone()));
            new
        });
    }
    if !found_a.is_empty() || !found_b.is_empty() {
        return Judgement::Departs { a: found_a, b: found_b };
    }
    match excuses().find(|excuse| (excuse.covers)(a, b) || (excuse.covers)(b, a)) {
        Some(excuse) => Judgement::Platform(excuse.reason.to_owned()),
        None => Judgement::Silent,
    }
}
