//! What the page's script shows on demand: the cases, with what each subject made of them, as compact JSON.
//!
//! What is the same is said once: steps and expectations by case, an answer for all subjects that gave it, and a line of
//! text for all scripts that it stands in.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sockspec_events::{CaseResult, Expected, StepVerdict, Verdict};

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
    /// The lines that scripts are made of.
    lines: Vec<&'m str>,
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
    answers: Vec<Answer<'m>>,
    /// For each subject its answer's place, -1 where it has no result.
    who: Vec<isize>,
    /// The script's lines, by their places.
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<Vec<usize>>,
}

/// What subjects made of a case: the verdict and, where it is not a plain pass, what there is to say.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Answer<'m> {
    /// The verdict's place.
    verdict: usize,
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
    /// The expectation that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<Known<'m>>,
    /// The command that writes a script which shows it, of a law or model.
    #[serde(skip_serializing_if = "Option::is_none")]
    repro: Option<&'m str>,
}

/// What an expectation says of an answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Known<'m> {
    reason: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'m str>,
}

impl<'m> Data<'m> {
    pub(crate) fn of(matrix: &'m Matrix) -> Self {
        let mut lines = Lines::default();
        let cases = matrix
            .cases
            .iter()
            .enumerate()
            .filter_map(|(place, (id, results))| {
                let script = matrix.sheet.scripts.get(id).map(|script| lines.places(script));
                case(results, script, &|at| matrix.commands.get(&(place, at)).map(String::as_str))
            })
            .collect();
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
            cases,
            lines: lines.texts,
        }
    }
}

/// Lines of text, each once.
#[derive(Debug, Default)]
struct Lines<'m> {
    texts: Vec<&'m str>,
    places: HashMap<&'m str, usize>,
}

impl<'m> Lines<'m> {
    fn places(&mut self, script: &'m str) -> Vec<usize> {
        let place = |line| {
            *self.places.entry(line).or_insert_with(|| {
                self.texts.push(line);
                self.texts.len() - 1
            })
        };
        script.split('\n').map(place).collect()
    }
}

fn case<'m>(
    results: &'m [Option<CaseResult>],
    script: Option<Vec<usize>>,
    command: &dyn Fn(usize) -> Option<&'m str>,
) -> Option<CaseData<'m>> {
    // Any result says what the case is.
    let said = results.iter().flatten().next()?;
    let mut answers: Vec<Answer<'m>> = Vec::new();
    let who = results
        .iter()
        .enumerate()
        .map(|(at, result)| {
            let Some(result) = result else { return -1 };
            let answer = Answer { repro: command(at), ..answer(result) };
            let place = answers.iter().position(|known| *known == answer).unwrap_or_else(|| {
                answers.push(answer);
                answers.len() - 1
            });
            isize::try_from(place).unwrap_or(-1)
        })
        .collect();
    Some(CaseData {
        id: &said.id,
        basis: &said.basis,
        clauses: &said.clauses,
        file: &said.file,
        line: said.line,
        note: said.note.as_deref(),
        steps: said.steps.iter().map(|step| (step.step.as_str(), step.expected.as_str())).collect(),
        answers,
        who,
        script,
    })
}

fn answer(result: &CaseResult) -> Answer<'_> {
    let verdict =
        Verdict::ALL.iter().position(|known| *known == result.verdict).unwrap_or(Verdict::ALL.len());
    if result.verdict == Verdict::Pass && result.notes.is_empty() {
        return Answer { verdict, ..Answer::default() };
    }
    let parts = |verdict: StepVerdict| {
        matches!(
            verdict,
            StepVerdict::Departs | StepVerdict::NoOutcome | StepVerdict::Allowed | StepVerdict::Observed
        )
    };
    let step = result.steps.iter().position(|step| parts(step.verdict));
    let shown = step.map(|at| &result.steps[at]);
    Answer {
        verdict,
        why: result.reason.as_deref(),
        step,
        call: shown.map_or("", |step| step.call.as_str()),
        got: shown.and_then(|step| step.got.as_deref()),
        difference: shown.map_or("", |step| step.difference.as_str()),
        stderr: &result.stderr,
        notes: &result.notes,
        known: result.expected.as_ref().filter(|_| result.is_known()).map(known),
        repro: None,
    }
}

fn known(expected: &Expected) -> Known<'_> {
    Known { reason: &expected.reason, clause: expected.clause.as_deref(), link: expected.link.as_deref() }
}
