//! What a run knows so far, kept in a file so that it can go on where it was.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sockspec_engine::Script;
use sockspec_wire::LineError;
use sockspec_wire::lines;
use tempfile::NamedTempFile;

use crate::judge::Judgement;

/// The version of the file.
const FORMAT: u32 = 1;

/// What a run is about: another one cannot go on from its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of the file.
    pub format: u32,
    /// The program that generates and judges; another version may do either differently.
    pub version: String,
    /// The subjects, as they were asked for, with their names and versions.
    pub subjects: [String; 2],
    /// The seed.
    pub seed: String,
    /// The edition that is judged by.
    pub edition: String,
    /// The pattern that functions were chosen by.
    pub only: Option<String>,
}

impl About {
    /// For a run of this version.
    pub fn new(subjects: [String; 2], seed: String, edition: String, only: Option<String>) -> Self {
        Self { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), subjects, seed, edition, only }
    }
}

/// Differences that look alike, with the smallest example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// What they have in common: function, way, judgement, and where nothing judges the shape of the arguments.
    pub key: String,
    /// How many inputs fell into it.
    pub inputs: u64,
    /// The number of the script that the example comes from.
    pub number: u64,
    /// The size of the example as it was found: steps, then characters.
    pub size: (usize, usize),
    /// The example, the smallest so far.
    pub script: Script,
    /// What is to be thought of it.
    pub judgement: Judgement,
    /// Whether it has been shrunk.
    pub shrunk: bool,
    /// Whether the example shows the difference when it is run by itself; known once it has been shrunk.
    pub alone: bool,
}

/// What a run knows so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the run is about.
    pub about: About,
    /// The number of the next script.
    pub next: u64,
    /// How many calls each subject has been asked.
    pub calls: u64,
    /// How many inputs led to differences.
    pub differing: u64,
    /// The differences, by key.
    pub buckets: Vec<Bucket>,
}

/// Why a state cannot be used or kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// It is none.
    #[error("{}: this is no state of a differential run: {error}; name another file, or remove it", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: LineError,
    },
    /// It is that of another run.
    #[error(
        "{}: this is the state of another run (of {}); name another file, or remove it to start anew",
        path.display(),
        .about.subjects.join(" and ")
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// What that run is about.
        about: Box<About>,
    },
}

impl State {
    /// Nothing yet.
    pub fn new(about: About) -> Self {
        Self { about, next: 0, calls: 0, differing: 0, buckets: Vec::new() }
    }

    /// What the file holds of this run; a new state where there is no such file.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be read, or is another run's.
    pub fn read(path: &Path, about: About) -> Result<Self, StateError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::new(about)),
            Err(error) => return Err(StateError::Io { path: path.to_owned(), error }),
        };
        let state: Self =
            lines::from_line(&text).map_err(|error| StateError::Broken { path: path.to_owned(), error })?;
        if state.about != about {
            return Err(StateError::Other { path: path.to_owned(), about: Box::new(state.about) });
        }
        Ok(state)
    }

    /// Writes it: whoever reads finds this state or the one before, never half of one.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), StateError> {
        let line =
            lines::to_line(self).map_err(|error| StateError::Broken { path: path.to_owned(), error })?;
        let keep = || -> io::Result<()> {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            file.write_all(line.as_bytes())?;
            file.as_file().sync_data()?;
            file.persist(path)?;
            Ok(())
        };
        keep().map_err(|error| StateError::Io { path: path.to_owned(), error })
    }
}
