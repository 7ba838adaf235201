//! A case with what stands around it.

use std::collections::BTreeSet;

use sockspec_cases::{Case, LabNeed, Suite};
use sockspec_lab::LabSet;

use crate::needs;

/// Columns of a comment.
const WIDTH: usize = 100;

/// A case, and what a script says on top of it: the clauses in this project's words, and what it needs of the world.
#[derive(Debug, Clone)]
pub struct Scene<'a> {
    /// The case.
    pub case: &'a Case,
    /// The suite that its clauses and reasons are taken from.
    pub suite: &'a Suite,
    /// The labs, of which it may need one.
    pub labs: &'a LabSet,
    /// The Python module under test, such as `socket`.
    pub module: &'a str,
    /// The Python interpreter that the script's own comment names, such as `python3`.
    pub interpreter: &'a str,
    /// The subject of a script in Rust: an expression of type `Box<dyn Subject>`, and the crate that it is from.
    pub subject: (&'a str, &'a str),
    /// The command that enters a lab, up to the lab's name: `sockspec lab`.
    pub lab_command: &'a str,
    /// The file that the script is expected to be in, such as `repro.py`.
    pub file: &'a str,
}

impl Scene<'_> {
    /// The reference as the subject of a script in Rust.
    pub const REFERENCE: (&'static str, &'static str) =
        ("Box::new(sockspec_reference_subject::ReferenceSubject::new())", "sockspec-reference-subject");

    /// The lines above a script, without the mark of a comment: what it is about, and what it needs. `run` is the command
    /// that runs it where nothing is needed.
    pub(crate) fn heading(&self, run: &str) -> Vec<String> {
        let case = self.case;
        let mut lines = vec![case.id.clone()];
        for id in &case.clauses {
            let words = self.suite.catalogue.get(id).map(|clause| clause.text.as_str());
            lines.extend(wrapped(&format!("{id}: {}", words.unwrap_or("(no such clause)")), ""));
        }
        if let Some(note) = &case.note {
            lines.push(String::new());
            lines.extend(wrapped(note, ""));
        }
        let reasons: BTreeSet<&str> = case
            .steps
            .iter()
            .flat_map(|step| &step.allow)
            .map(|allowance| allowance.reason.as_str())
            .collect();
        if !reasons.is_empty() {
            lines.push(String::new());
            lines.push("Allowed beside what is expected, each for its reason:".to_owned());
            for reason in reasons {
                let words = self.suite.reasons.get(reason).map_or("", |reason| reason.text.as_str());
                lines.extend(wrapped(&format!("{reason}: {words}"), "  "));
            }
        }
        lines.push(String::new());
        lines.extend(self.world(run));
        lines
    }

    fn world(&self, run: &str) -> Vec<String> {
        match &self.case.lab {
            LabNeed::None => vec![format!("It needs nothing of the system: {run}")],
            LabNeed::Loopback => vec![format!("It needs 127.0.0.1: {run}")],
            LabNeed::Loopback6 => vec![format!("It needs 127.0.0.1 and ::1: {run}")],
            LabNeed::Lab(name) => {
                let mut lines = vec![
                    format!("It needs the lab {name:?}:"),
                    format!("  {} --lab {name} -- {run}", self.lab_command),
                ];
                let entries =
                    self.labs.get(name).map(|lab| needs::entries(self.case, lab)).unwrap_or_default();
                if !entries.is_empty() {
                    lines.push("of which it touches".to_owned());
                    lines.extend(entries.iter().flat_map(|entry| wrapped(entry, "  ")));
                }
                lines
            }
        }
    }
}

/// The text in lines, each after the first indented a little more.
fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let further = format!("{indent}  ");
    let options = textwrap::Options::new(WIDTH).initial_indent(indent).subsequent_indent(&further);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
