//! `sockspec findings`: every known departure as one page, made from the causes and the expectations of the fixtures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use sockspec_cases::{Case, Expectation};
use sockspec_events::Verdict;
use sockspec_expect::{Cause, Causes, Entry, Expectations, Kind, Upstream};
use sockspec_lab::LabSet;
use sockspec_repro::Scene;
use sockspec_subject::Edition;

use crate::args::Form;
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{gate, output, registry};

/// The folder of the driver for Python.
const PYTHON: &str = "python";
/// How many clauses of one departure are said.
const CLAUSES: usize = 3;
const HEAD: &str = "\
# Findings

What the implementations with a file of expectations here do otherwise than the document says: one entry for each cause, however
many cases, versions and further subjects show it. `sockspec findings` makes this page from `causes.toml` and the files beside it.
Where no edition is said both are meant, that of Python 2.2, which brought IPv6, and today's: the files hold for `--edition 3` too.
Upstream \"none found\" says that somebody looked. The steps are those of the smallest case that shows the departure; `#` says what
the document wants. The command below them writes the script that shows it with no sockspec around.

";

/// One cause with every entry that names it.
struct Finding<'a> {
    cause: &'a Cause,
    /// The file's name without its ending, and the entry.
    entries: Vec<(&'a str, &'a Entry)>,
    cases: Vec<&'a Case>,
}

/// Prints the page.
pub(crate) fn findings(fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let causes = gate::causes(&loaded, fixtures)?;
    let mut files: Vec<(&str, Expectations)> = Vec::new();
    for (name, text) in loaded.fixtures.expectations() {
        files.push((name.trim_end_matches(".toml"), gate::explained(name, text, &causes)?));
    }
    let labs = loaded.labs()?;
    let page = Page { loaded: &loaded, labs: &labs, python: python_subjects()? };
    output::print(&page.whole(&gathered(&loaded, &causes, &files)))?;
    Ok(ExitCode::SUCCESS)
}

/// The causes that entries name, in the order of their file.
fn gathered<'a>(
    loaded: &'a Loaded,
    causes: &'a Causes,
    files: &'a [(&'a str, Expectations)],
) -> Vec<Finding<'a>> {
    let of = |cause: &'a Cause| {
        let entries: Vec<(&str, &Entry)> = files
            .iter()
            .flat_map(|(name, file)| file.entries().iter().map(move |entry| (*name, entry)))
            .filter(|(_, entry)| entry.cause() == Some(&cause.id))
            .collect();
        let named = |case: &Case| {
            entries.iter().any(|(_, entry)| entry.cases().any(|pattern| pattern.names(&case.id)))
        };
        let shown_by = loaded.everything().filter(|case| named(case)).collect();
        Finding { cause, entries, cases: shown_by }
    };
    causes.iter().map(of).filter(|finding| !finding.entries.is_empty()).collect()
}

/// The names of subjects whose driver is the one for Python.
fn python_subjects() -> Result<Vec<String>, Failure> {
    let entries = registry::all()?.into_iter().filter(|entry| entry.folder.as_deref() == Some(PYTHON));
    Ok(entries.map(|entry| entry.name).collect())
}

struct Page<'a> {
    loaded: &'a Loaded,
    labs: &'a LabSet,
    python: Vec<String>,
}

impl Page<'_> {
    fn whole(&self, findings: &[Finding<'_>]) -> String {
        let mut page = HEAD.to_owned();
        let (departures, others): (Vec<&Finding<'_>>, Vec<&Finding<'_>>) =
            findings.iter().partition(|finding| finding.cause.kind == Kind::Departure);
        let mut homes: Vec<&str> = Vec::new();
        for finding in &departures {
            if !homes.contains(&finding.cause.home.as_str()) {
                homes.push(&finding.cause.home);
            }
        }
        let of = |home: &str| -> Vec<&&Finding<'_>> {
            departures.iter().filter(|finding| finding.cause.home == home).collect()
        };
        let known = |all: &[&&Finding<'_>]| {
            all.iter().filter(|one| one.cause.upstream != Upstream::NoneFound).count()
        };
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| implementation | departures | known upstream |\n|---|--:|--:|");
        for home in &homes {
            let all = of(home);
            let _ = writeln!(page, "| {} | {} | {} |", plain(home), all.len(), known(&all));
        }
        let all: Vec<&&Finding<'_>> = departures.iter().collect();
        let _ = writeln!(page, "| all | {} | {} |", all.len(), known(&all));
        for home in homes {
            let _ = writeln!(page, "\n## {}", plain(home));
            of(home).into_iter().for_each(|finding| self.departure(&mut page, finding));
        }
        if !others.is_empty() {
            let _ = writeln!(
                page,
                "\n## No departures\n\nWhat the gate has to know all the same: another edition or version of the document \
                 has it so, or the language has no such thing.\n"
            );
        }
        for finding in others {
            let Cause { id, reason, .. } = finding.cause;
            let _ = writeln!(page, "- `{id}`: {} Seen in {}.", plain(reason), seen_in(&finding.entries));
        }
        page
    }

    fn departure(&self, page: &mut String, finding: &Finding<'_>) {
        let Finding { cause, entries, cases } = finding;
        let _ = writeln!(page, "\n### {}\n\n{}\n", cause.id, plain(&cause.reason));
        for id in clauses(entries) {
            let (words, whose) =
                self.loaded.suite.catalogue.get(id).map_or(("(no such clause)", String::new()), |clause| {
                    (&clause.text, whose(&clause.editions))
                });
            let _ = writeln!(page, "- The document{whose}, `{id}`: {}", plain(words));
        }
        let count = cases.len();
        let _ = writeln!(
            page,
            "- Seen in {}, by {count} {}.",
            seen_in(entries),
            if count == 1 { "case" } else { "cases" }
        );
        match &cause.upstream {
            Upstream::Known(links) => {
                let links: Vec<String> = links.iter().map(|link| format!("<{link}>")).collect();
                let _ = writeln!(page, "- Upstream: {}", links.join(", "));
            }
            Upstream::NoneFound => page.push_str("- Upstream: none found\n"),
        }
        let Some(case) = shown(finding) else { return };
        page.push_str("\n```python\n");
        for step in &case.steps {
            match step.expect {
                Expectation::ReturnsAnything | Expectation::Anything => {
                    let _ = writeln!(page, "{step}");
                }
                _ => {
                    let _ = writeln!(page, "{step}  # {}", step.expect);
                }
            }
        }
        let _ =
            writeln!(page, "```\n\n`sockspec repro {} --as {}`", case.id, self.form(finding, case).name());
    }

    /// The form that serves whoever mends it, and that can say the case.
    fn form(&self, finding: &Finding<'_>, case: &Case) -> Form {
        let scene = Scene {
            case,
            suite: &self.loaded.suite,
            labs: self.labs,
            module: "socket",
            interpreter: "python3",
            subject: Scene::REFERENCE,
            lab_command: "",
            file: "",
        };
        let is_python = |name: &str| {
            self.python.iter().any(|own| {
                own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        };
        if finding.entries.iter().any(|(name, _)| is_python(name)) && sockspec_repro::python(&scene).is_ok() {
            Form::Python
        } else if sockspec_repro::wire(&scene).is_ok() {
            Form::Wire
        } else {
            Form::Rust
        }
    }
}

/// The clauses that entries say are broken, those of most entries first.
fn clauses<'a>(entries: &[(&'a str, &'a Entry)]) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for clause in entries.iter().filter_map(|(_, entry)| entry.clause()) {
        *counts.entry(clause).or_default() += 1;
    }
    let mut clauses: Vec<(&str, usize)> = counts.into_iter().collect();
    clauses.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    clauses.into_iter().take(CLAUSES).map(|(clause, _)| clause).collect()
}

/// The case that the cause names, or the smallest: a law is shown by no steps of its own.
fn shown<'a>(finding: &Finding<'a>) -> Option<&'a Case> {
    let named = finding.cases.iter().find(|case| Some(&case.id) == finding.cause.case.as_ref());
    let steps = |case: &&&Case| {
        (case.steps.len(), case.steps.iter().map(|step| step.to_string().len()).sum::<usize>())
    };
    named.or_else(|| finding.cases.iter().filter(|case| !case.steps.is_empty()).min_by_key(steps)).copied()
}

/// Which of its editions says so, where not every one does.
fn whose(editions: &[Edition]) -> String {
    let named: Vec<String> = editions.iter().map(ToString::to_string).collect();
    if named.len() == Edition::ALL.len() {
        String::new()
    } else {
        format!(" of edition {}", named.join(", "))
    }
}

/// The subjects, each with the versions, editions and ways that it departs in.
fn seen_in(entries: &[(&str, &Entry)]) -> String {
    let mut subjects: BTreeMap<&str, (BTreeSet<String>, BTreeSet<&str>)> = BTreeMap::new();
    for (name, entry) in entries {
        let (versions, ways) = subjects.entry(name).or_default();
        versions.insert(entry.versions().map(ToString::to_string).unwrap_or_default());
        if entry.verdict() != Verdict::Fail {
            ways.insert(entry.verdict().name());
        }
    }
    let shown = subjects.into_iter().map(|(name, (versions, ways))| {
        // One entry for all versions says more than those for some.
        let versions = if versions.contains("") { BTreeSet::new() } else { versions };
        let notes: Vec<String> = versions.into_iter().chain(ways.into_iter().map(str::to_owned)).collect();
        if notes.is_empty() { name.to_owned() } else { format!("{name} ({})", notes.join("; ")) }
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// A text in which nothing is taken for markup.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '|') {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}
