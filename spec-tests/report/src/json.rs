//! The whole run as one JSON file, for programs; its schema is `fixtures/schemas/report.schema.json`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sockspec_events::{CaseResult, Event, Probe, SubjectInfo, Summary};
use sockspec_wire::pretty::to_string_pretty;

use crate::Reporter;
use crate::collected::Collected;

/// The version of the report's form.
const FORMAT: u32 = 1;

/// The file that a report should go to will not do.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written to {}: {source}", path.display())]
pub struct JsonError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

#[derive(Serialize)]
struct Report<'a> {
    format: u32,
    sockspec: &'a str,
    subject: &'a SubjectInfo,
    edition: &'a str,
    environment: &'a [Probe],
    known: usize,
    selected: usize,
    summary: &'a Summary,
    cut_short: Option<&'a str>,
    warnings: &'a [String],
    microseconds: u64,
    cases: &'a [CaseResult],
}

/// Collects a run and writes it when it ends, also when it is cut short. The file is there whole or not at all.
#[derive(Debug)]
pub struct JsonReport {
    path: PathBuf,
    version: String,
    collected: Collected,
}

impl JsonReport {
    /// A report of the sockspec of that version to that file. An older report is replaced at the end.
    ///
    /// # Errors
    /// [`JsonError`] when no file can be written there: it is tried now, so that nothing is run in vain.
    pub fn new(path: &Path, version: &str) -> Result<Self, JsonError> {
        let failed = |source| JsonError { path: path.to_owned(), source };
        let report = Self {
            path: target(path).map_err(failed)?,
            version: version.to_owned(),
            collected: Collected::default(),
        };
        report.try_to_write().map_err(failed)?;
        Ok(report)
    }

    fn try_to_write(&self) -> io::Result<()> {
        if is_special(&self.path) { Ok(()) } else { temporary(&self.path).map(drop) }
    }

    fn write(&self) -> io::Result<()> {
        let collected = &self.collected;
        let report = Report {
            format: FORMAT,
            sockspec: &self.version,
            subject: &collected.started.subject,
            edition: &collected.started.edition,
            environment: &collected.started.environment,
            known: collected.started.known,
            selected: collected.started.total,
            summary: &collected.finished.summary,
            cut_short: collected.finished.cut_short.as_deref(),
            warnings: &collected.warnings,
            microseconds: collected.finished.microseconds,
            cases: &collected.cases,
        };
        let text = to_string_pretty(&report).map_err(io::Error::other)?;
        if is_special(&self.path) {
            return File::options().write(true).open(&self.path)?.write_all(text.as_bytes());
        }
        let mut file = temporary(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Reporter for JsonReport {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.collected.take(event) { self.write() } else { Ok(()) }
    }
}

/// The file itself: a link is not replaced, but what it leads to.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() && !is_special(path) => fs::canonicalize(path),
        Ok(found) if found.is_dir() => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
        _ => Ok(path.to_owned()),
    }
}

/// Whether something is there that is no file, such as a pipe: it is written to and not replaced.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// A file beside the target, gone when it is dropped.
fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // As any other new file: what the umask leaves.
    let permissions = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".sockspec-report-").permissions(permissions).tempfile_in(folder)
}
