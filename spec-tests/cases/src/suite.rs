//! Everything that the fixtures say about the document, loaded and checked as one.

use std::collections::BTreeMap;

use crate::Case;
use crate::clause::{Catalogue, Reason};
use crate::load;
use crate::node::Sink;
use crate::problem::{File, LoadErrors, Problem};

/// The clauses, the reasons and the cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suite {
    /// The clauses, in the order of the document.
    pub catalogue: Catalogue,
    /// The reasons for which a platform may differ, by id.
    pub reasons: BTreeMap<String, Reason>,
    /// The cases: by section in the order of the document, then by file, then as the file lists them.
    pub cases: Vec<Case>,
}

impl Suite {
    /// Loads the fixtures. `labs` names the labs that cases may ask for.
    ///
    /// # Errors
    /// [`LoadErrors`] with every problem of every file; nothing is loaded by halves.
    pub fn load(files: &[File<'_>], labs: &[String]) -> Result<Self, LoadErrors> {
        let mut problems = Vec::new();
        let catalogue = Catalogue::load(files, &mut problems);
        let before = problems.len();
        let reasons = read_reasons(files, &mut problems);
        let sound = problems.len() == before;
        let known = load::Known { catalogue: &catalogue, reasons: sound.then_some(&reasons), labs };
        let mut cases = Vec::new();
        for file in
            files.iter().filter(|file| file.path.starts_with("cases/") && file.path.ends_with(".toml"))
        {
            cases.extend(load::read_file(*file, &known, &mut problems));
        }
        let place = |case: &Case| {
            let sections = catalogue.sections();
            sections.iter().position(|section| section.name == case.section).unwrap_or(sections.len())
        };
        cases.sort_by(|a, b| (place(a), a.file.as_str(), a.line).cmp(&(place(b), b.file.as_str(), b.line)));
        check_unique(&cases, &mut problems);
        if problems.is_empty() {
            Ok(Self { catalogue, reasons, cases })
        } else {
            problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
            Err(LoadErrors(problems))
        }
    }

    /// Reads cases from a file that lies anywhere, such as one printed for a failure: it may leave out `format`, and
    /// its ids may be any, those of this suite too. Clauses, reasons and `labs` are those of this suite; a case's section
    /// is that of its first clause.
    ///
    /// # Errors
    /// [`LoadErrors`] with every problem of the file.
    pub fn read_cases(&self, file: File<'_>, labs: &[String]) -> Result<Vec<Case>, LoadErrors> {
        let known = load::Known { catalogue: &self.catalogue, reasons: Some(&self.reasons), labs };
        let mut problems = Vec::new();
        let cases = load::read_loose(file, &known, &mut problems);
        check_unique(&cases, &mut problems);
        if problems.is_empty() { Ok(cases) } else { Err(LoadErrors(problems)) }
    }

    /// The case of that id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }
}

fn check_unique(cases: &[Case], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &Case> = BTreeMap::new();
    for case in cases {
        if let Some(first) = seen.insert(&case.id, case) {
            problems.push(Problem {
                file: case.file.clone(),
                line: case.line,
                what: format!("the case {:?} stands in {}:{} already", case.id, first.file, first.line),
                help: "ids are permanent and unique: give the later one another".to_owned(),
            });
        }
    }
}

fn read_reasons(files: &[File<'_>], problems: &mut Vec<Problem>) -> BTreeMap<String, Reason> {
    let mut reasons = BTreeMap::new();
    let Some(file) = files.iter().find(|file| file.path == "reasons.toml") else { return reasons };
    let sink = Sink::new(*file);
    sink.read(|table| {
        sink.check_format(table);
        let Some(node) = table.required("reason", "write each under [[reason]]") else { return };
        let Some(list) = node.items() else {
            node.report(format!("`reason` is {}", node.kind()), "write each under [[reason]]");
            return;
        };
        for node in list {
            let Some(inner) = node.table() else {
                node.report("a reason is a table", "write each under [[reason]]");
                continue;
            };
            let id = inner.required_text("id", "give it an id, such as \"glibc-order\"");
            let text = inner.required_text("text", "say what it means");
            inner.finish();
            if let (Some(id), Some(text)) = (id, text)
                && reasons.insert(id.clone(), Reason { id: id.clone(), text }).is_some()
            {
                inner.report(format!("the reason {id:?} stands here twice"), "take one out");
            }
        }
    });
    problems.extend(sink.into_problems());
    reasons
}
