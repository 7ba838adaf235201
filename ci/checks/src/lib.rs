//! Checks over the repository itself: the rules that ARCHITECTURE.md states, kept by tests.
//!
//! The tests in `tests/` read the sources as text. This library is what they share.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's top folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A source file of the repository.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path below the top folder, with `/` between folders.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Every file below the top folder with one of these endings, build output and version control left out.
///
/// # Panics
/// A folder or file cannot be read: the checks cannot be trusted then.
#[allow(clippy::panic)]
pub fn sources(endings: &[&str]) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(root.join(&folder)).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let entry = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let name = entry.file_name();
            let path = folder.join(&name);
            let kind = entry.file_type().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            // A link leads to what is read by its own name.
            if kind.is_symlink() || name == "target" || name == ".git" {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let path = path.to_string_lossy().into_owned();
            if endings.iter().any(|ending| path.ends_with(ending)) {
                let text =
                    fs::read_to_string(root.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}
