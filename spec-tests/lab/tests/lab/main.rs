//! The lab as it is from inside and from outside. A lab is entered by a process of one thread, so each test starts
//! this very program again, told by its first arguments which part to play.

// A test fails by a panic; the linter knows tests only by their attribute.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::LazyLock;

use libtest_mimic::{Arguments, Completion, Trial};
use sockspec_lab::{LabSet, Probe, probe};

mod inside;
mod outside;
mod parts;
mod query;

/// The first argument of a process that plays a part.
const PART: &str = "--part";

static GRANTS: LazyLock<Probe> = LazyLock::new(probe);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, part, name, rest @ ..] = arguments.as_slice()
        && part == PART
    {
        return parts::play(name, rest);
    }
    let mut trials = Vec::new();
    for check in inside::CHECKS {
        let (lab, name) = (check.lab, check.name);
        trials.push(trial(format!("inside::{lab}::{name}"), move || passed(&output(&["check", lab, name]))));
    }
    trials.extend(outside::TRIALS.iter().map(|(name, test)| trial(format!("outside::{name}"), test)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test that needs a lab, or says why there is none.
fn trial(name: String, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || match GRANTS.lab() {
        Ok(()) => {
            test();
            Ok(Completion::Completed)
        }
        Err(reason) => Ok(Completion::ignored_with(format!("no lab on this machine: {reason}"))),
    })
}

/// The labs of the repository.
fn labs() -> LabSet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/labs");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    LabSet::load(files).unwrap()
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// This program, to play a part.
fn part(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(PART).args(arguments).stdin(Stdio::null());
    command
}

fn output(arguments: &[&str]) -> Output {
    part(arguments).output().unwrap()
}

fn passed(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
}
