//! Programs: where they are, and running one for no longer than it may take.

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// The folder of pyenv's wrappers: each starts a shell first, and most of them lead nowhere.
const SHIMS: &str = "shims";

/// Every program of that name, the likeliest first: on PATH, among pyenv's versions (newest first), beside this program,
/// among pyenv's wrappers.
/// A name with a slash is a path, and stands for itself.
pub(crate) fn all(name: &str) -> Vec<PathBuf> {
    if name.contains('/') {
        return vec![PathBuf::from(name)];
    }
    let found = folders().into_iter().map(|folder| folder.join(name));
    found.filter(|path| is_program(path)).collect()
}

/// The program that a shell would start by that name.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found =
        env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    found.find(|path| is_program(path))
}

/// What stands for `{version}` in the names of the programs there are, such as `3.13` for `python{version}`.
pub(crate) fn versions(pattern: &str) -> Vec<String> {
    let Some((before, after)) = pattern.split_once("{version}") else { return Vec::new() };
    let mut found = BTreeSet::new();
    for entry in folders().into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if let Some(version) = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after))
            && is_version(version)
        {
            found.insert(version.to_owned());
        }
    }
    found.into_iter().collect()
}

/// A version's numbers, to sort by.
pub(crate) fn numbers(version: &str) -> Vec<u32> {
    version
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect()
}

fn is_version(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| part(major) && part(minor))
}

/// The folders that programs are looked for in, each once.
fn folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let (shims, mut folders): (Vec<PathBuf>, Vec<PathBuf>) = env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .partition(|folder| folder.file_name() == Some(SHIMS.as_ref()));
    folders.extend(pyenv());
    // What was built with this program stands beside it.
    folders.extend(env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned())));
    folders.extend(shims);
    let mut seen = BTreeSet::new();
    folders.retain(|folder| fs::canonicalize(folder).is_ok_and(|real| seen.insert(real)));
    folders
}

/// The folders of pyenv's versions, the newest first.
fn pyenv() -> Vec<PathBuf> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let Some(root) = root.or_else(|| Some(env::home_dir()?.join(".pyenv"))) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(root.join("versions")) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let key = |folder: &PathBuf| numbers(&folder.file_name().unwrap_or_default().to_string_lossy());
    folders.sort_by_key(|folder| std::cmp::Reverse(key(folder)));
    folders.into_iter().map(|folder| folder.join("bin")).collect()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The first line that it said, wherever it said it.
    pub(crate) first: String,
    /// What it complained of, where its status is not 0.
    pub(crate) complaint: Option<String>,
}

/// Runs a command to its end, for so long at most, in that folder.
pub(crate) fn run(words: &[OsString], folder: &Path, patience: Duration) -> Result<Ended, String> {
    let (program, args) = words.split_first().ok_or("the command is empty")?;
    let shown = Path::new(program).display();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{shown}: {error}"))?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(format!("{shown} has no standard output"));
    };
    let (sender, ended) = mpsc::channel();
    let complaints = thread::spawn(move || text(stderr));
    thread::spawn(move || sender.send(text(stdout)));
    let said = ended.recv_timeout(patience);
    if said.is_err()
        && let Some(group) = Pid::from_raw(child.id().cast_signed())
    {
        // It may have ended meanwhile.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let status = child.wait().map_err(|error| format!("{shown}: {error}"))?;
    let Ok(said) = said else { return Err(format!("{shown} did not end within {patience:?}")) };
    let complaints = complaints.join().unwrap_or_default();
    let first = said.lines().chain(complaints.lines()).next().unwrap_or_default().trim().to_owned();
    let complaint = (!status.success()).then(|| {
        let last = complaints.lines().rfind(|line| !line.trim().is_empty());
        format!("{shown}: {}", last.unwrap_or(&status.to_string()).trim())
    });
    Ok(Ended { first, complaint })
}

fn text(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // What could not be read is not there.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The name of the file at the end of a path.
pub(crate) fn file_name(path: &OsStr) -> String {
    Path::new(path).file_name().unwrap_or(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("3.13", true)]
    #[case("2.7", true)]
    #[case("3", false)]
    #[case("3.13t", false)]
    #[case("3.13-config", false)]
    #[case("", false)]
    fn a_version_is_two_numbers(#[case] text: &str, #[case] is: bool) {
        assert_eq!(is_version(text), is);
    }

    #[test]
    fn versions_sort_by_their_numbers() {
        let mut versions = ["3.9.18", "pypy3.10-7.3", "3.13.0", "2.7"];
        versions.sort_by_key(|version| numbers(version));
        assert_eq!(versions, ["2.7", "3.9.18", "pypy3.10-7.3", "3.13.0"]);
    }

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_command_that_fails_says_why() {
        let run = |argv: &[&str], patience| run(&words(argv), Path::new("/"), patience);
        let long = Duration::from_secs(30);
        let ended = |first: &str, complaint: Option<&str>| {
            Ok(Ended { first: first.to_owned(), complaint: complaint.map(str::to_owned) })
        };
        assert_eq!(run(&["/bin/sh", "-c", "echo yes"], long), ended("yes", None));
        let failed = run(&["/bin/sh", "-c", "echo yes; echo no >&2; exit 3"], long);
        assert_eq!(failed, ended("yes", Some("/bin/sh: no")));
        assert_eq!(run(&["/bin/false"], long), ended("", Some("/bin/false: exit status: 1")));
        assert!(run(&["/absent/program"], long).unwrap_err().contains("No such file"));
        let late = run(&["/bin/sh", "-c", "read line < /dev/zero"], Duration::from_millis(50));
        assert_eq!(late, Err("/bin/sh did not end within 50ms".to_owned()));
    }
}
