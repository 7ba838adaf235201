//! The fixtures: those that the program carries, or those of a folder.

use std::path::Path;

use sockspec_cases::{Case, Suite};
use sockspec_engine::LabFile;
use sockspec_fixtures::Fixtures;
use sockspec_lab::LabSet;

use crate::exit::Failure;
use crate::properties;

/// The folder of the labs below `fixtures/`.
const LABS: &str = "labs/";

/// Everything that the fixtures hold.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) suite: Suite,
    /// The laws and models, each as a case without steps.
    pub(crate) properties: Vec<Case>,
    pub(crate) fixtures: Fixtures,
}

impl Loaded {
    /// Reads and checks them.
    pub(crate) fn from(folder: Option<&Path>) -> Result<Self, Failure> {
        let fixtures = match folder {
            None => Fixtures::embedded(),
            Some(folder) => Fixtures::read_dir(folder).map_err(Failure::Unreadable)?,
        };
        let suite = fixtures
            .suite()
            .map_err(|errors| Failure::Fixtures { folder: folder.map(Path::to_owned), errors })?;
        Ok(Self { suite, properties: properties::as_cases(), fixtures })
    }

    /// The cases, then the laws and models.
    pub(crate) fn everything(&self) -> impl Iterator<Item = &Case> {
        self.suite.cases.iter().chain(&self.properties)
    }

    /// Whether the default lab is the one that the program carries, which laws know.
    pub(crate) fn has_the_default_lab(&self) -> bool {
        let carried = Fixtures::embedded();
        let lab = |fixtures: &Fixtures| -> Vec<(String, String)> {
            let texts = fixtures.lab_texts().filter(|(path, _)| path.starts_with("labs/default/"));
            texts.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
        };
        lab(&carried) == lab(&self.fixtures)
    }

    /// The labs, checked.
    pub(crate) fn labs(&self) -> Result<LabSet, Failure> {
        let files = self.fixtures.files().iter();
        let inside = files.filter_map(|file| Some((file.path.strip_prefix(LABS)?, &file.contents)));
        Ok(LabSet::load(inside)?)
    }

    /// The labs' files, as the engine hands them to its workers.
    pub(crate) fn lab_files(&self) -> Vec<LabFile> {
        let texts = self.fixtures.lab_texts();
        texts.map(|(path, text)| LabFile { path: path.to_owned(), text: text.to_owned() }).collect()
    }
}
