//! Where a report goes: a file that is there whole or not at all, or the standard output.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The file that a report should go to will not do.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written to {}: {source}", path.display())]
pub struct TargetError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Where a report goes.
#[derive(Debug)]
pub(crate) enum Target {
    File(PathBuf),
    Stdout,
}

impl Target {
    /// That file, or the standard output for `-`. It is tried now, so that nothing is run in vain.
    pub(crate) fn new(path: &Path) -> Result<Self, TargetError> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        let failed = |source| TargetError { path: path.to_owned(), source };
        let file = target(path).map_err(failed)?;
        if !is_special(&file) {
            temporary(&file).map(drop).map_err(failed)?;
        }
        Ok(Self::File(file))
    }

    /// Writes the whole report.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes())?;
                out.flush()
            }
            Self::File(path) if is_special(path) => {
                File::options().write(true).open(path)?.write_all(text.as_bytes())
            }
            Self::File(path) => {
                let mut file = temporary(path)?;
                file.write_all(text.as_bytes())?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }

    /// A writer for a report that is written as the run goes on; a file is made empty first.
    pub(crate) fn open(&self, path: &Path) -> Result<Box<dyn Write>, TargetError> {
        let failed = |source| TargetError { path: path.to_owned(), source };
        Ok(match self {
            Self::Stdout => Box::new(io::stdout()),
            Self::File(file) if is_special(file) => {
                Box::new(File::options().write(true).open(file).map_err(failed)?)
            }
            Self::File(file) => Box::new(io::BufWriter::new(File::create(file).map_err(failed)?)),
        })
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
