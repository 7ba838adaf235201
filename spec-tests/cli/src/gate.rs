//! From the command line to a gate: which file a run is held to, and what the fixtures hold.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sockspec_events::SubjectInfo;
use sockspec_expect::{Causes, Expectations, Gate, Known, KnownCase, file_name};

use crate::args;
use crate::exit::Failure;
use crate::load::Loaded;

/// The folder of the expectations below `fixtures/`.
const FOLDER: &str = "expectations";

/// What the fixtures hold.
pub(crate) fn known(loaded: &Loaded) -> Known {
    let suite = &loaded.suite;
    let case = |case: &sockspec_cases::Case| KnownCase {
        id: case.id.clone(),
        clauses: case.clauses.clone(),
        editions: case.editions.clone(),
    };
    Known {
        cases: loaded.everything().map(case).collect(),
        clauses: suite.catalogue.clauses().iter().map(|clause| clause.id.clone()).collect(),
    }
}

/// Where the file for a subject is found once the subject has said who it is.
#[derive(Debug)]
pub(crate) struct ByName {
    /// The folder of the fixtures, for messages.
    folder: PathBuf,
    /// Name and text of each file.
    files: Vec<(String, String)>,
    causes: Causes,
}

impl ByName {
    pub(crate) fn new(loaded: &Loaded, fixtures: Option<&Path>) -> Result<Self, Failure> {
        let folder = fixtures.unwrap_or(Path::new("fixtures")).join(FOLDER);
        let files =
            loaded.fixtures.expectations().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        Ok(Self { folder, files, causes: causes(loaded, fixtures)? })
    }

    /// The file for that subject: by the name it was asked for, else by the one it gives itself.
    pub(crate) fn find(&self, subject: &SubjectInfo) -> Result<Expectations, Failure> {
        self.find_any(subject)?.ok_or_else(|| {
            let names = [file_name(&subject.label), file_name(&subject.name)];
            let all: Vec<&str> = self.files.iter().map(|(name, _)| name.as_str()).collect();
            Failure::Usage(format!(
                "the fixtures hold neither {} nor {}; there are: {}; name a file behind --expect, or have `sockspec expect` \
                 write one",
                names[0],
                names[1],
                if all.is_empty() { "none".to_owned() } else { all.join(", ") }
            ))
        })
    }

    /// The same, where it may be that there is none.
    pub(crate) fn find_any(&self, subject: &SubjectInfo) -> Result<Option<Expectations>, Failure> {
        let names = [file_name(&subject.label), file_name(&subject.name)];
        let found = names.iter().find_map(|name| self.files.iter().find(|(own, _)| own == name));
        found
            .map(|(name, text)| explained(&self.folder.join(name).display().to_string(), text, &self.causes))
            .transpose()
    }
}

/// The gate that the command line asks for; and, where the file hangs on the subject's name, the files to choose from.
pub(crate) fn from(
    args: &args::Gate,
    loaded: &Loaded,
    fixtures: Option<&Path>,
) -> Result<(Gate, Option<ByName>), Failure> {
    let (expectations, by_name) = match &args.expect {
        None => (None, None),
        Some(None) => (None, Some(ByName::new(loaded, fixtures)?)),
        Some(Some(path)) => {
            (Some(explained(&path.display().to_string(), &read(path)?, &causes(loaded, fixtures)?)?), None)
        }
    };
    Ok((Gate::new(expectations, known(loaded), args.skip_budget), by_name))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "; `sockspec expect` writes one",
            _ => "",
        };
        Failure::Usage(format!("the expectations {} cannot be read: {error}{hint}", path.display()))
    })
}

/// The causes that the fixtures name.
pub(crate) fn causes(loaded: &Loaded, fixtures: Option<&Path>) -> Result<Causes, Failure> {
    let path = fixtures.unwrap_or(Path::new("fixtures")).join(FOLDER).join("causes.toml");
    Ok(Causes::parse(&path.display().to_string(), loaded.fixtures.causes().unwrap_or("format = 1"))?)
}

/// A file of expectations with the words of the causes that it names.
pub(crate) fn explained(file: &str, text: &str, causes: &Causes) -> Result<Expectations, Failure> {
    let mut expectations = Expectations::parse(file, text)?;
    causes.explain(&mut expectations)?;
    Ok(expectations)
}

/// The file of a subject among the fixtures of a folder.
pub(crate) fn file_of(fixtures: &Path, subject: &SubjectInfo) -> PathBuf {
    let folder = fixtures.join(FOLDER);
    let by_label = folder.join(file_name(&subject.label));
    if by_label.exists() { by_label } else { folder.join(file_name(&subject.name)) }
}
