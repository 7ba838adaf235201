//! The command as a process, on a small set of fixtures.

#![allow(dead_code)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The folder of the small set.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// The command, with nothing in its environment that would change what it says.
pub(crate) fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockspec"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SOCKSPEC_WORKER", "COLUMNS"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// The command on the small set of fixtures.
pub(crate) fn sockspec(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = bare();
    command.arg("--fixtures").arg("tests/data").args(args);
    command
}

/// Runs it to its end.
pub(crate) fn say(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Said {
    sockspec(args).output().unwrap().into()
}

/// Whether everything is there that scripts in Python need; says what is not.
pub(crate) fn scripts_can_run() -> bool {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|output| output.status.success()) {
        println!("not run: there is no python3 on PATH");
        return false;
    }
    let lab = bare().args(["lab", "--", "true"]).output().unwrap();
    if !lab.status.success() {
        println!("not run: {}", String::from_utf8_lossy(&lab.stderr));
    }
    lab.status.success()
}
