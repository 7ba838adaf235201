//! Python interpreters: which names are taken for one, where they are, and what they say of themselves.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use sockspec_report::layout::one_line;

/// Names that doctor looks for, and that messages suggest.
pub(crate) const COMMON: [&str; 5] = ["python3", "python2", "pypy3", "pypy", "jython"];
/// What an interpreter's file name starts with.
const FAMILIES: [&str; 5] = ["python", "pypy", "jython", "graalpy", "ipy"];
/// What it is asked, in words that every version understands.
const QUESTION: &str =
    "import platform; print(platform.python_implementation() + ' ' + platform.python_version())";
/// A Java virtual machine takes its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the name is that of an interpreter, by what it starts with.
pub(crate) fn is_name(name: &str) -> bool {
    FAMILIES.iter().any(|family| {
        name.strip_prefix(family).is_some_and(|version| {
            version.chars().all(|character| character.is_ascii_digit() || ".-t".contains(character))
        })
    })
}

/// Whether the interpreter, by name or path, runs on a Java virtual machine.
pub(crate) fn is_java(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|name| name.to_string_lossy().starts_with("jython"))
}

/// The program of that name on PATH, or at that path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name));
    }
    on_path().map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// Interpreters by name and path: the common ones, then whatever else PATH holds.
pub(crate) fn all() -> Vec<(String, Option<PathBuf>)> {
    let mut found: Vec<(String, Option<PathBuf>)> =
        COMMON.iter().map(|name| ((*name).to_owned(), find(name))).collect();
    let mut further: Vec<(String, Option<PathBuf>)> = Vec::new();
    for entry in on_path().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let known = found.iter().chain(&further).any(|(known, _)| *known == name);
        if !known && is_name(&name) && is_program(&entry.path()) {
            further.push((name, Some(entry.path())));
        }
    }
    further.sort();
    found.append(&mut further);
    found
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty()).collect::<Vec<_>>().into_iter()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Its implementation and version, such as `CPython 3.13.0`; else why it does not say.
pub(crate) fn ask(program: &OsStr) -> Result<String, String> {
    let mut child = Command::new(program)
        .args(["-c", QUESTION])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err("it has no standard output".to_owned());
    };
    let (sender, ended) = mpsc::channel();
    let reader = thread::spawn(move || {
        let (mut said, mut complained) = (Vec::new(), Vec::new());
        // A few bytes each, far less than a pipe holds: one after the other will do.
        let _ = stdout.read_to_end(&mut said);
        let _ = stderr.read_to_end(&mut complained);
        let _ = sender.send(());
        (said, complained)
    });
    if ended.recv_timeout(PATIENCE).is_err() {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("no answer within {PATIENCE:?}"));
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let (said, complained) = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(one_line(&String::from_utf8_lossy(&said)));
    }
    let complained = String::from_utf8_lossy(&complained).into_owned();
    let first = complained.lines().find(|line| !line.trim().is_empty()).map(one_line);
    Err(first.unwrap_or_else(|| status.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("python", true)]
    #[case("python3.13", true)]
    #[case("python3.13t", true)]
    #[case("pypy3", true)]
    #[case("jython", true)]
    #[case("python3-config", false)]
    #[case("pythonista", false)]
    #[case("reference", false)]
    fn names(#[case] name: &str, #[case] is: bool) {
        assert_eq!(is_name(name), is);
    }

    #[test]
    fn an_interpreter_that_is_none_says_why() {
        assert_eq!(ask("/bin/false".as_ref()), Err("exit status: 1".to_owned()));
        assert!(ask("/absent/python".as_ref()).unwrap_err().contains("No such file"));
    }
}
