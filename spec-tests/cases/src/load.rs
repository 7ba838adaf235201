//! Loading case files: `cases/<section>/<theme>.toml`.

mod step;
mod value;

pub(crate) use value::is_constant;

use std::cell::RefCell;
use std::collections::BTreeMap;

use sockspec_subject::Edition;

use crate::clause::{self, Catalogue, Reason};
use crate::node::{Node, Row, Sink, Table};
use crate::problem::{File, Problem, nearest};
use crate::{Basis, Case, LabNeed, Step};

/// What a case file may refer to.
pub(crate) struct Known<'k> {
    pub(crate) catalogue: &'k Catalogue,
    /// The reasons; `None` when they could not be read, which has been reported.
    pub(crate) reasons: Option<&'k BTreeMap<String, Reason>>,
    pub(crate) labs: &'k [String],
}

/// Reads one case file.
pub(crate) fn read_file(file: File<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) -> Vec<Case> {
    read(file, known, problems, true)
}

/// Reads cases that somebody keeps in a file of their own, wherever it lies: their ids need not agree with its path,
/// and its format need not be said.
pub(crate) fn read_loose(file: File<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) -> Vec<Case> {
    read(file, known, problems, false)
}

fn read(file: File<'_>, known: &Known<'_>, problems: &mut Vec<Problem>, placed: bool) -> Vec<Case> {
    let sink = Sink::new(file);
    let cases = sink.read(|table| {
        if placed || table.get("format").is_some() {
            sink.check_format(table);
        }
        let loader =
            if placed { Loader::placed(&sink, known, table) } else { Loader::loose(&sink, known, table) };
        let mut cases = Vec::new();
        for node in tables(table, "case") {
            cases.extend(loader.case(&node));
        }
        for node in tables(table, "table") {
            cases.extend(loader.table(&node));
        }
        if table.get("case").is_none() && table.get("table").is_none() {
            table.report("the file holds no case", "write [[case]] or [[table]]");
        }
        cases
    });
    problems.extend(sink.into_problems());
    let mut cases = cases.unwrap_or_default();
    // In the file's order, whichever form they have.
    cases.sort_by_key(|case| case.line);
    cases
}

fn tables<'t>(table: &Table<'t>, key: &'static str) -> Vec<Node<'t>> {
    match table.get(key) {
        None => Vec::new(),
        Some(node) => node.items().unwrap_or_else(|| {
            node.report(format!("`{key}` is {}", node.kind()), format!("write each under [[{key}]]"));
            Vec::new()
        }),
    }
}

struct Loader<'t> {
    known: &'t Known<'t>,
    file: &'t str,
    /// Where the file lies; `None` for one that lies anywhere.
    place: Option<Place>,
    lab: Option<LabNeed>,
}

/// What a file's path says.
struct Place {
    section: String,
    stem: String,
}

/// The keys that a row sets for itself; every further one is a value for the table's steps.
const HEAD_KEYS: [&str; 6] = ["id", "clause", "basis", "editions", "lab", "note"];

/// What a case, or every row of a table, says beside its steps.
struct Head {
    id: Option<String>,
    clauses: Vec<String>,
    basis: Option<Basis>,
    editions: Option<Vec<Edition>>,
    lab: Option<LabNeed>,
    note: Option<String>,
    /// How many problems the file had before this.
    before: usize,
}

impl<'t> Loader<'t> {
    fn loose(sink: &'t Sink<'t>, known: &'t Known<'t>, top: &Table<'t>) -> Self {
        let mut loader = Self { known, file: sink.file.path, place: None, lab: None };
        loader.lab = top.get("lab").and_then(|node| loader.lab_need(&node));
        loader
    }

    fn placed(sink: &'t Sink<'t>, known: &'t Known<'t>, top: &Table<'t>) -> Self {
        let inner = sink.file.path.strip_prefix("cases/").unwrap_or(sink.file.path);
        let (section, stem) = match inner.strip_suffix(".toml").unwrap_or(inner).rsplit_once('/') {
            Some((folder, stem)) => (folder.to_owned(), stem.to_owned()),
            None => {
                sink.report_line(1, "the file lies in no section", "put it below cases/<section>/");
                (String::new(), inner.trim_end_matches(".toml").to_owned())
            }
        };
        if !section.is_empty() && !known.catalogue.may_have(&section) {
            let names = known.catalogue.sections().iter().map(|section| section.name.as_str());
            let help = match nearest(&section, names) {
                Some(meant) => format!("did you mean cases/{meant}/?"),
                None => "name the folder after a section in clauses/sections.toml".to_owned(),
            };
            sink.report_line(1, format!("{section:?} is no section of the document"), help);
        }
        Self { place: Some(Place { section, stem }), ..Self::loose(sink, known, top) }
    }

    fn case(&self, node: &Node<'t>) -> Option<Case> {
        let Some(table) = node.table() else {
            node.report(format!("a case is {}", node.kind()), "write each case under [[case]]");
            return None;
        };
        let head = self.head(&table);
        if let Some(id) = &head.id {
            self.check_id(&table, id);
        }
        Self::check_basis(&table, head.basis);
        let steps = table
            .required("steps", "write `steps = [ { call = \"…\", … }, … ]`")
            .map(|node| step::steps(&node, self.known, head.basis));
        table.finish();
        self.finish(&table, head, steps)
    }

    fn table(&self, node: &Node<'t>) -> Vec<Case> {
        let Some(table) = node.table() else {
            node.report(format!("a table is {}", node.kind()), "write each table under [[table]]");
            return Vec::new();
        };
        let head = self.head(&table);
        let call = table.text("call");
        let steps = table.get("steps");
        let rows = table.required("rows", "write `rows = [ { id = \"…\", … }, … ]`");
        table.finish();
        if call.is_some() == steps.is_some() {
            table.report(
                "a table has either `call` or `steps`",
                "write `call = \"function\"` for rows of `args` and `returns`, or `steps` with `{ row = \"…\" }` in them",
            );
            return Vec::new();
        }
        if let Some(id) = &head.id {
            self.check_id(&table, id);
        }
        let Some(rows) = rows else { return Vec::new() };
        let Some(items) = rows.items() else {
            rows.report(format!("`rows` is {}", rows.kind()), "write an array of tables");
            return Vec::new();
        };
        if items.is_empty() {
            rows.report("the table has no rows", "give it at least one");
        }
        items.iter().filter_map(|item| self.row(item, &head, call.as_deref(), steps.as_ref())).collect()
    }

    fn row(
        &self,
        node: &Node<'t>,
        head: &Head,
        call: Option<&str>,
        steps: Option<&Node<'t>>,
    ) -> Option<Case> {
        let (Some(row), Some(raw)) = (node.table(), node.raw_table()) else {
            node.report(format!("a row is {}", node.kind()), "write `{ id = \"…\", … }`");
            return None;
        };
        let own = self.head(&row);
        if let Some(name) = &own.id
            && (name.contains('/') || !is_path_like(name))
        {
            row.report(format!("{name:?} is no id for a row"), "write lower-case words joined by `-`");
        }
        let id = head.id.as_ref().zip(own.id).map(|(table, name)| format!("{table}/{name}"));
        let mut clauses = head.clauses.clone();
        clauses.extend(own.clauses);
        let whole = Head {
            before: own.before,
            id,
            clauses,
            basis: own.basis.or(head.basis),
            editions: own.editions.or_else(|| head.editions.clone()),
            lab: own.lab.or_else(|| head.lab.clone()),
            note: own.note.or_else(|| head.note.clone()),
        };
        Self::check_basis(&row, whole.basis);
        let steps = match (call, steps) {
            (Some(call), _) => {
                let steps = step::row(&row, call, self.known, whole.basis);
                row.finish();
                steps
            }
            (None, Some(steps)) => {
                row.allow_other_keys();
                let used = RefCell::default();
                let steps = with_row(steps, raw, node.offset(), &used, |node| {
                    step::steps(node, self.known, whole.basis)
                });
                for (key, offset, _) in row.entries() {
                    if !HEAD_KEYS.contains(&key) && !used.borrow().iter().any(|name| name == key) {
                        row.sink.report(
                            offset,
                            format!("no step uses `{key}`"),
                            format!("write {{ row = \"{key}\" }} in a step, or take it out"),
                        );
                    }
                }
                steps
            }
            (None, None) => return None,
        };
        self.finish(&row, whole, Some(steps))
    }

    fn head(&self, table: &Table<'t>) -> Head {
        Head {
            before: table.sink.count(),
            id: table.required_text("id", "give it a permanent id"),
            clauses: self.clauses(table),
            basis: table.word(
                "basis",
                &[
                    ("documented", Basis::Documented),
                    ("platform", Basis::Platform),
                    ("observed", Basis::Observed),
                ],
            ),
            editions: table.get("editions").and_then(|node| clause::editions(&node)),
            lab: table.get("lab").and_then(|node| self.lab_need(&node)),
            note: table.text("note"),
        }
    }

    /// A basis that stands there but is no word for one has been reported already.
    fn check_basis(table: &Table<'t>, basis: Option<Basis>) {
        if basis.is_none() && table.get("basis").is_none() {
            table.report("`basis` is missing", "write one of: documented, platform, observed");
        }
    }

    fn clauses(&self, table: &Table<'t>) -> Vec<String> {
        let Some(node) = table.get("clause") else { return Vec::new() };
        let Some(items) = node.items() else {
            node.report(format!("`clause` is {}", node.kind()), "write `clause = [\"section.name\", …]`");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                let id = item.text("clause[]")?;
                if self.known.catalogue.get(&id).is_none() && !self.known.catalogue.may_hold(&id) {
                    let help = match nearest(&id, self.known.catalogue.ids()) {
                        Some(meant) => format!("did you mean {meant:?}?"),
                        None => "`sockspec clauses` lists them all".to_owned(),
                    };
                    item.report(format!("there is no clause {id:?}"), help);
                }
                Some(id)
            })
            .collect()
    }

    fn lab_need(&self, node: &Node<'t>) -> Option<LabNeed> {
        let name = node.text("lab")?;
        Some(match name.as_str() {
            "none" => LabNeed::None,
            "loopback" => LabNeed::Loopback,
            "loopback6" => LabNeed::Loopback6,
            _ if self.known.labs.contains(&name) => LabNeed::Lab(name),
            _ => {
                node.report(
                    format!("there is no lab {name:?}"),
                    format!("write one of: none, loopback, loopback6, {}", self.known.labs.join(", ")),
                );
                return None;
            }
        })
    }

    fn check_id(&self, table: &Table<'t>, id: &str) {
        let first = id.split('/').next().unwrap_or_default();
        let agrees = |place: &Place| first == place.stem || first == place.section;
        if self.place.as_ref().is_none_or(agrees) && id.contains('/') && is_path_like(id) {
            return;
        }
        table.report(
            format!("{id:?} is no id for this file"),
            match &self.place {
                Some(place) => format!("write `{}/` and lower-case words joined by `-`", place.section),
                None => "write lower-case words joined by `-`, the first followed by `/`".to_owned(),
            },
        );
    }

    /// The case, unless something that it cannot do without has been reported.
    fn finish(&self, table: &Table<'t>, head: Head, steps: Option<Vec<Step>>) -> Option<Case> {
        let shown = head.id.clone().unwrap_or_else(|| "the case".to_owned());
        if head.clauses.is_empty() && !matches!(table.get("clause"), Some(node) if node.items().is_none()) {
            table.report(format!("{shown} names no clause"), "write `clause = [\"section.name\"]`");
        }
        let (id, basis, steps) = (head.id?, head.basis?, steps?);
        let editions = match head.editions {
            Some(editions) => editions,
            None => self.known.catalogue.shared_editions(&head.clauses),
        };
        if editions.is_empty() {
            table.report(
                format!("{id}: its clauses share no edition"),
                "name clauses of one edition, or write `editions = […]`",
            );
        }
        // What was allowed but badly written has been reported.
        let sound = table.sink.count() == head.before;
        if sound && basis == Basis::Platform && steps.iter().all(|step| step.allow.is_empty()) {
            table.report(
                format!("{id} has the basis platform but allows nothing further"),
                "list further outcomes under `allow`, each with its reason, or call it documented",
            );
        }
        let section = match &self.place {
            Some(place) => place.section.clone(),
            None => section_of(&head.clauses),
        };
        Some(Case {
            id,
            clauses: head.clauses,
            basis,
            editions,
            lab: head.lab.or_else(|| self.lab.clone()).unwrap_or(LabNeed::None),
            note: head.note,
            steps,
            section,
            file: self.file.to_owned(),
            line: table.line(),
        })
    }
}

/// Runs `read` on steps in which `{ row = "…" }` stands for the row's values.
fn with_row<'a, T>(
    steps: &Node<'a>,
    raw: &'a toml::de::DeTable<'a>,
    offset: usize,
    used: &'a RefCell<Vec<String>>,
    read: impl FnOnce(&Node<'a>) -> T,
) -> T {
    read(&steps.with_row(Row::new(raw, offset, used)))
}

/// The document's section that the first of these clauses belongs to.
fn section_of(clauses: &[String]) -> String {
    clauses.first().and_then(|clause| clause.split('.').next()).unwrap_or_default().to_owned()
}

fn is_path_like(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with('/')
        && !id.ends_with('/')
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_./".contains(&b))
}
