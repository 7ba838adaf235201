//! The causes of known departures: what is wrong in an implementation, said once for every case and subject that shows it.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::file::{ExpectErrors, Expectations, Problem};
use crate::read::{Fields, Found, Source};

const FORMAT: &str = "start the file with `format = 1`";
const CAUSES: &str = "write each cause under [[cause]]";
/// What stands for a link where somebody looked and found none.
const NONE_FOUND: &str = "none found";

/// Where a departure is known upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upstream {
    /// The addresses of where it was told; never empty.
    Known(Vec<String>),
    /// Somebody looked, and found no word of it.
    NoneFound,
}

impl Upstream {
    /// The first address.
    pub fn link(&self) -> Option<&str> {
        match self {
            Self::Known(links) => links.first().map(String::as_str),
            Self::NoneFound => None,
        }
    }

    /// Reads `link`; `None` where it is not there, or is no link and was reported.
    pub(crate) fn read(source: &Source<'_>, fields: &Fields<'_>) -> Option<Self> {
        let links = fields.texts("link")?;
        if let [only] = links.as_slice()
            && only.value == NONE_FOUND
        {
            return Some(Self::NoneFound);
        }
        let is_address = |link: &str| link.starts_with("https://") || link.starts_with("http://");
        for wrong in links.iter().filter(|found| !is_address(&found.value)) {
            source.report(
                wrong.at,
                format!("{:?} is no link", wrong.value),
                "write a whole address, https://…, or \"none found\" where somebody looked for one",
            );
        }
        let links: Vec<String> =
            links.into_iter().map(|found| found.value).filter(|link| is_address(link)).collect();
        (!links.is_empty()).then_some(Self::Known(links))
    }
}

/// What a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// The implementation departs from the document that it claims to follow.
    #[default]
    Departure,
    /// The other edition of the document, or another state of it, has it so.
    Edition,
    /// The implementation's language has no such thing.
    Language,
}

impl Kind {
    fn read(source: &Source<'_>, fields: &Fields<'_>) -> Self {
        let Some(found) = fields.text("kind") else { return Self::default() };
        match found.value.as_str() {
            "departure" => Self::Departure,
            "edition" => Self::Edition,
            "language" => Self::Language,
            other => {
                let what = format!("{other:?} is no kind of cause");
                source.report(found.at, what, "write \"departure\", \"edition\" or \"language\"");
                Self::default()
            }
        }
    }
}

/// What is wrong in one implementation.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Its name, which entries say.
    pub id: String,
    /// The implementation that it is at home in, for people.
    pub home: String,
    /// What it is.
    pub kind: Kind,
    /// What the implementation does, in somebody's words; never empty.
    pub reason: String,
    /// Where it is known.
    pub upstream: Upstream,
    /// The case that shows it best; the smallest of the entries' where it does not say.
    pub case: Option<String>,
    /// Its line in the file.
    pub line: usize,
}

/// Every cause, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Causes {
    file: String,
    causes: Vec<Cause>,
    by_id: BTreeMap<String, usize>,
}

impl Causes {
    /// Reads the file of causes. `file` is what messages call it.
    ///
    /// # Errors
    /// Every problem that there is, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, ExpectErrors> {
        let source = Source::new(file, text);
        let causes = source.document(|table| read(&source, table)).unwrap_or_default();
        let mut by_id = BTreeMap::new();
        for (place, (cause, at)) in causes.iter().enumerate() {
            if by_id.insert(cause.id.clone(), place).is_some() {
                source.report(*at, format!("{:?} stands here twice", cause.id), "give one another name");
            }
        }
        let causes = source.sound(Some(causes))?.into_iter().map(|(cause, _)| cause).collect();
        Ok(Self { file: file.to_owned(), causes, by_id })
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter()
    }

    /// What messages call the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The cause of that name.
    pub fn get(&self, id: &str) -> Option<&Cause> {
        self.by_id.get(id).and_then(|place| self.causes.get(*place))
    }

    /// Gives each entry that names a cause the cause's words and link.
    ///
    /// # Errors
    /// An entry names a cause that there is not.
    pub fn explain(&self, expectations: &mut Expectations) -> Result<(), ExpectErrors> {
        let mut problems = Vec::new();
        for entry in &mut expectations.entries {
            let Some(name) = entry.cause.clone() else { continue };
            if let Some(cause) = self.get(&name.value) {
                entry.reason.clone_from(&cause.reason);
                entry.upstream = Some(cause.upstream.clone());
                continue;
            }
            let near =
                self.by_id.keys().map(|id| (strsim::normalized_damerau_levenshtein(id, &name.value), id));
            let near = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.6);
            problems.push(Problem {
                file: entry.lines.file.clone(),
                line: entry.lines.reason,
                what: format!("there is no cause {:?}", name.value),
                help: near.map_or_else(
                    || "add it to causes.toml, or write a `reason` instead".to_owned(),
                    |(_, id)| format!("did you mean {id:?}?"),
                ),
            });
        }
        if problems.is_empty() { Ok(()) } else { Err(ExpectErrors(problems)) }
    }
}

fn read(source: &Source<'_>, table: &DeTable<'_>) -> Vec<(Cause, usize)> {
    let top = Fields::new(source, table, 0);
    match top.get("format") {
        Some((DeValue::Integer(number), _)) if number.as_str() == "1" => {}
        Some((_, span)) => {
            source.report(span.start, "this is not the format that this version reads", FORMAT);
        }
        None => top.missing("format", FORMAT),
    }
    let mut causes = Vec::new();
    match top.get("cause") {
        None => {}
        Some((DeValue::Array(items), _)) => {
            for item in items {
                let at = item.span().start;
                match item.get_ref() {
                    DeValue::Table(table) => causes.extend(cause(source, table, at).map(|cause| (cause, at))),
                    _ => source.report(at, "a cause is no table", CAUSES),
                }
            }
        }
        Some((_, span)) => source.report(span.start, "`cause` is no array of tables", CAUSES),
    }
    top.finish();
    causes
}

fn cause(source: &Source<'_>, table: &DeTable<'_>, at: usize) -> Option<Cause> {
    let fields = Fields::new(source, table, at);
    let needed = |key: &'static str, help: &str| {
        let found = fields.text(key).filter(|found| !found.value.trim().is_empty());
        if found.is_none() {
            fields.missing(key, help);
        }
        found.map(|Found { value, .. }| value.trim().to_owned())
    };
    let id = needed("id", "name it, so that entries can: `id = \"cpython-…\"`");
    let home = needed("home", "say whose it is: `home = \"CPython\"`");
    let reason = needed("reason", "say what the implementation does");
    let upstream = Upstream::read(source, &fields);
    if fields.get("link").is_none() {
        fields.missing("link", "look for it upstream, and write an address, or \"none found\"");
    }
    let kind = Kind::read(source, &fields);
    let case = fields.text("case").map(|found| found.value);
    fields.finish();
    Some(Cause {
        id: id?,
        home: home?,
        kind,
        reason: reason?,
        upstream: upstream?,
        case,
        line: source.line(at),
    })
}
