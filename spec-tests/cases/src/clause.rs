//! The catalogue: what the document demands, clause by clause.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_subject::Edition;

use crate::node::{Node, Sink, Table};
use crate::problem::{File, Problem};

/// Of whom a clause demands something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demands {
    /// Of the implementation.
    Subject,
    /// Of the C library or the system below it.
    Platform,
    /// Of the program that calls.
    Caller,
    /// Of nobody: it explains.
    Nobody,
}

/// How a clause can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By a case, anywhere.
    Testable,
    /// By a case in a world that is set up for it.
    Environment,
    /// Not at all: it describes.
    Descriptive,
}

/// Where a clause comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Text that the seed added or changed.
    Seed,
    /// Text that the seed shows unchanged.
    SeedContext,
    /// The chapter around the seed.
    Chapter,
    /// Today's document.
    Today,
}

/// One statement of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its permanent id, such as `getaddrinfo.passive`.
    pub id: String,
    /// What it says, in this project's words.
    pub text: String,
    /// Of whom it demands it.
    pub demands: Demands,
    /// How it can be checked.
    pub kind: Kind,
    /// Where it comes from.
    pub origin: Origin,
    /// Its number in the list that the catalogue started from.
    pub source: String,
    /// Its 1-based line in the seed, where it comes from there.
    pub seed_line: Option<usize>,
    /// The editions that it holds in.
    pub editions: Vec<Edition>,
    /// What today's document says instead, where that differs.
    pub changed: Option<String>,
    /// The section that it stands in.
    pub section: String,
    /// Its file below `fixtures/`.
    pub file: String,
    /// The 1-based line that it starts in.
    pub line: usize,
}

/// One section of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name, which its clauses' ids start with.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its place in the document.
    pub place: String,
}

/// A reason for which a platform may differ, named once in `fixtures/reasons.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its id, such as `glibc-order`.
    pub id: String,
    /// What it means.
    pub text: String,
}

/// Every clause, in the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    sections: Vec<Section>,
    clauses: Vec<Clause>,
    by_id: BTreeMap<String, usize>,
    /// Sections whose file has problems, so that nobody knows what else they hold.
    broken: BTreeSet<String>,
    /// Whether the list of sections itself has problems.
    unordered: bool,
}

impl Catalogue {
    /// The sections, in the order of the document.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The clauses, in the order of the document.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The clause of that id.
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.by_id.get(id).map(|at| &self.clauses[*at])
    }

    /// The editions that all of these clauses hold in, which a case has that names none of its own. A clause that is
    /// not known holds in each.
    pub fn shared_editions(&self, clauses: &[String]) -> Vec<Edition> {
        let holds = |id: &String, edition: &Edition| {
            self.get(id).is_none_or(|clause| clause.editions.contains(edition))
        };
        Edition::ALL.into_iter().filter(|edition| clauses.iter().all(|id| holds(id, edition))).collect()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// Whether a section of that name is there, or might be once what is wrong is mended. One mistake is so not
    /// reported again by everything that refers to it.
    pub(crate) fn may_have(&self, section: &str) -> bool {
        self.unordered || self.broken.contains(section) || self.sections.iter().any(|own| own.name == section)
    }

    /// Whether a clause of that id might be there once what is wrong is mended.
    pub(crate) fn may_hold(&self, id: &str) -> bool {
        self.unordered || id.split('.').next().is_some_and(|section| self.broken.contains(section))
    }

    /// Loads the files below `clauses/`.
    pub(crate) fn load(files: &[File<'_>], problems: &mut Vec<Problem>) -> Self {
        let mut catalogue = Self::default();
        let before = problems.len();
        let order = section_order(files, problems);
        catalogue.unordered = problems.len() > before;
        let mut read = BTreeMap::new();
        for file in files {
            let Some(name) = file.path.strip_prefix("clauses/").and_then(|name| name.strip_suffix(".toml"))
            else {
                continue;
            };
            if name == "sections" {
                continue;
            }
            let sink = Sink::new(*file);
            if !catalogue.unordered && !order.iter().any(|known| known == name) {
                sink.report_line(
                    1,
                    format!("{name:?} is no section"),
                    "add it to `order` in clauses/sections.toml",
                );
            }
            if let Some(Some(section)) = sink.read(|table| read_section(&sink, table, name)) {
                read.insert(name.to_owned(), section);
            }
            if sink.count() > 0 {
                catalogue.broken.insert(name.to_owned());
            }
            problems.extend(sink.into_problems());
        }
        for name in &order {
            match read.remove(name) {
                Some((section, clauses)) => {
                    catalogue.sections.push(section);
                    for clause in clauses {
                        catalogue.add(clause, problems);
                    }
                }
                None if files.iter().any(|file| file.path == format!("clauses/{name}.toml")) => {}
                None => problems.push(Problem {
                    file: "clauses/sections.toml".to_owned(),
                    line: 1,
                    what: format!("the section {name:?} has no file"),
                    help: format!("add clauses/{name}.toml or take the name out of `order`"),
                }),
            }
        }
        catalogue
    }

    fn add(&mut self, clause: Clause, problems: &mut Vec<Problem>) {
        if let Some(first) = self.get(&clause.id) {
            problems.push(Problem {
                file: clause.file.clone(),
                line: clause.line,
                what: format!("the clause {:?} stands in {}:{} already", clause.id, first.file, first.line),
                help: "ids are permanent and unique: give the later one another".to_owned(),
            });
            return;
        }
        self.by_id.insert(clause.id.clone(), self.clauses.len());
        self.clauses.push(clause);
    }
}

fn section_order(files: &[File<'_>], problems: &mut Vec<Problem>) -> Vec<String> {
    let Some(file) = files.iter().find(|file| file.path == "clauses/sections.toml") else {
        problems.push(Problem {
            file: "clauses/sections.toml".to_owned(),
            line: 1,
            what: "the file is missing".to_owned(),
            help: "list the sections in the order of the document: `order = [\"module\", …]`".to_owned(),
        });
        return Vec::new();
    };
    let sink = Sink::new(*file);
    let order = sink.read(|table| {
        sink.check_format(table);
        let node = table.required("order", "list the sections' names: `order = [\"module\", …]`")?;
        let names = node.texts("order")?;
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                node.report(format!("the section {name:?} stands here twice"), "take one out");
            }
        }
        Some(names)
    });
    problems.extend(sink.into_problems());
    order.flatten().unwrap_or_default()
}

fn read_section(sink: &Sink<'_>, table: &Table<'_>, name: &str) -> Option<(Section, Vec<Clause>)> {
    sink.check_format(table);
    let said = table.required_text("section", "name the section as the file is named");
    if let Some(said) = said.filter(|said| said != name) {
        table.report(
            format!("the file says that it is the section {said:?}"),
            format!("write `section = {name:?}`, the file's own name"),
        );
    }
    let title = table.required_text("title", "give the section's title");
    let place = table.required_text("place", "say where in the document the section stands");
    let clauses = match table.required("clause", "write its clauses as [[clause]] tables") {
        None => Vec::new(),
        Some(node) => match node.items() {
            Some(items) => items.iter().filter_map(|item| read_clause(item, name)).collect(),
            None => {
                node.report("`clause` is no array of tables", "write each clause under [[clause]]");
                Vec::new()
            }
        },
    };
    Some((Section { name: name.to_owned(), title: title?, place: place? }, clauses))
}

fn read_clause(node: &Node<'_>, section: &str) -> Option<Clause> {
    let Some(table) = node.table() else {
        node.report("a clause is a table", "write each clause under [[clause]]");
        return None;
    };
    let id = table.required_text("id", "give it a permanent id: `section.name`");
    let text = table.required_text("text", "say in one sentence what the document demands");
    let demands = table.required_word(
        "demands",
        &[
            ("subject", Demands::Subject),
            ("platform", Demands::Platform),
            ("caller", Demands::Caller),
            ("nobody", Demands::Nobody),
        ],
    );
    let kind = table.required_word(
        "kind",
        &[
            ("testable", Kind::Testable),
            ("environment", Kind::Environment),
            ("descriptive", Kind::Descriptive),
        ],
    );
    let origin = table.required_word(
        "origin",
        &[
            ("seed", Origin::Seed),
            ("seed-context", Origin::SeedContext),
            ("chapter", Origin::Chapter),
            ("today", Origin::Today),
        ],
    );
    let source =
        table.required_text("source", "name the entry of the list it comes from, such as \"ADDR-8\"");
    let seed_line = table.get("seed_line").and_then(|node| {
        let line = node.as_integer().and_then(|line| usize::try_from(line).ok()).filter(|line| *line > 0);
        if line.is_none() {
            node.report("`seed_line` is no line number", "write the 1-based line in the seed");
        }
        line
    });
    let editions =
        table.required("editions", "write `editions = [\"2.2\", \"3\"]`").and_then(|n| editions(&n));
    let changed = table.text("changed");
    table.finish();
    let shown = id.clone().unwrap_or_else(|| "the clause".to_owned());
    let well_formed = id.as_ref().is_none_or(|id| {
        id.strip_prefix(section).and_then(|rest| rest.strip_prefix('.')).is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        })
    });
    if !well_formed {
        table.report(
            format!("{shown:?} is no id for a clause of this section"),
            format!("write `{section}.` and lower-case words joined by `-`"),
        );
    }
    if matches!(origin, Some(Origin::Seed | Origin::SeedContext)) && table.get("seed_line").is_none() {
        table.report(format!("{shown} comes from the seed but names no line"), "add `seed_line = …`");
    }
    Some(Clause {
        id: id?,
        text: text?,
        demands: demands?,
        kind: kind?,
        origin: origin?,
        source: source?,
        seed_line,
        editions: editions?,
        changed,
        section: section.to_owned(),
        file: table.sink.file.path.to_owned(),
        line: table.line(),
    })
}

pub(crate) fn editions(node: &Node<'_>) -> Option<Vec<Edition>> {
    let texts = node.texts("editions")?;
    if texts.is_empty() {
        node.report("`editions` is empty", "name at least one: \"2.2\" or \"3\"");
        return None;
    }
    let editions: Vec<Option<Edition>> = texts
        .iter()
        .map(|text| {
            let edition = text.parse::<Edition>().ok();
            if edition.is_none() {
                node.report(format!("{text:?} is no edition"), "write \"2.2\" or \"3\"");
            }
            edition
        })
        .collect();
    editions.into_iter().collect()
}
