//! What the page's script shows on demand: the cases, with what each subject made of them, as compact JSON.
//!
//! What is the same for every subject is said once: steps and expectations by case, and of each subject only its verdict
//! and, where it is not a plain pass, the step at which it parts and what came.

use std::collections::BTreeMap;

use serde::Serialize;
use sockspec_events::{CaseResult, StepVerdict, Verdict};

use crate::table::Matrix;

/// All of it.
#[derive(Debug, Serialize)]
pub(crate) struct Data<'m> {
    subjects: Vec<&'m str>,
    verdicts: Vec<&'static str>,
    reasons: &'m BTreeMap<String, String>,
    /// By clause id, the places of its cases.
    clauses: BTreeMap<&'m str, &'m [usize]>,
    cases: Vec<CaseData<'m>>,
}

/// One case.
#[derive(Debug, Serialize)]
struct CaseData<'m> {
    id: &'m str,
    basis: &'m str,
    clauses: &'m [String],
    file: &'m str,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'m str>,
    /// Each step: its text, and what is expected.
    steps: Vec<(&'m str, &'m str)>,
    /// For each subject the verdict's place, -1 where it has no result.
    v: Vec<i8>,
    /// What there is to say of a subject, by its place.
    d: BTreeMap<usize, Detail<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<&'m str>,
}

/// What there is to say of one subject's result.
#[derive(Debug, Serialize)]
struct Detail<'m> {
    /// The allowed reason's name, what is unsupported or missing, how the subject ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'m str>,
    /// The step at which it parts, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    /// The call of that step as it was made.
    #[serde(skip_serializing_if = "str::is_empty")]
    call: &'m str,
    /// What came.
    #[serde(skip_serializing_if = "Option::is_none")]
    got: Option<&'m str>,
    /// Where the two part, where that is not the whole.
    #[serde(skip_serializing_if = "str::is_empty")]
    difference: &'m str,
    #[serde(skip_serializing_if = "str::is_empty")]
    stderr: &'m str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'m [String],
}

impl<'m> Data<'m> {
    pub(crate) fn of(matrix: &'m Matrix) -> Self {
        Self {
            subjects: matrix.columns.iter().map(|column| column.label.as_str()).collect(),
            verdicts: Verdict::ALL.into_iter().map(Verdict::name).collect(),
            reasons: &matrix.sheet.reasons,
            clauses: matrix
                .sections
                .iter()
                .flat_map(|section| &section.clauses)
                .map(|row| (row.id.as_str(), row.cases.as_slice()))
                .collect(),
            cases: matrix
                .cases
                .iter()
                .filter_map(|(id, results)| {
                    let script = matrix.sheet.scripts.get(id).map(String::as_str);
                    case(results, script)
                })
                .collect(),
        }
    }
}

fn case<'m>(results: &'m [Option<CaseResult>], script: Option<&'m str>) -> Option<CaseData<'m>> {
    // Any result says what the case is.
    let said = results.iter().flatten().next()?;
    Some(CaseData {
        id: &said.id,
        basis: &said.basis,
        clauses: &said.clauses,
        file: &said.file,
        line: said.line,
        note: said.note.as_deref(),
        steps: said.steps.iter().map(|step| (step.step.as_str(), step.expected.as_str())).collect(),
        v: results.iter().map(|result| result.as_ref().map_or(-1, |result| place(result.verdict))).collect(),
        d: results
            .iter()
            .enumerate()
            .filter_map(|(at, result)| Some((at, detail(result.as_ref()?)?)))
            .collect(),
        script,
    })
}

fn place(verdict: Verdict) -> i8 {
    Verdict::ALL.iter().position(|known| *known == verdict).and_then(|at| i8::try_from(at).ok()).unwrap_or(-1)
}

fn detail(result: &CaseResult) -> Option<Detail<'_>> {
    if result.verdict == Verdict::Pass && result.notes.is_empty() {
        return None;
    }
    let parts = |verdict: StepVerdict| {
        matches!(
            verdict,
            StepVerdict::Departs | StepVerdict::NoOutcome | StepVerdict::Allowed | StepVerdict::Observed
        )
    };
    let step = result.steps.iter().position(|step| parts(step.verdict));
    let shown = step.map(|at| &result.steps[at]);
    Some(Detail {
        why: result.reason.as_deref(),
        step,
        call: shown.map_or("", |step| step.call.as_str()),
        got: shown.and_then(|step| step.got.as_deref()),
        difference: shown.map_or("", |step| step.difference.as_str()),
        stderr: &result.stderr,
        notes: &result.notes,
    })
}
