//! The command that starts a driver.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// `ENOEXEC`: the file is executable, but neither a program nor a script with an interpreter.
const ENOEXEC: i32 = 8;

/// A command that starts a driver.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DriverCommand {
    /// The program and its arguments. A program with a slash in it is a path and is taken as it is; one without is
    /// looked for on `PATH`.
    pub argv: Vec<OsString>,
    /// Variables of the environment to set besides those that are inherited.
    pub env: Vec<(OsString, OsString)>,
    /// What the driver is called in messages.
    pub label: String,
    /// How long it may take from its start to its hello, where that is not [`Limits::hello`](sockspec_wire::Limits::hello).
    pub hello: Option<Duration>,
}

impl DriverCommand {
    /// A command without further variables, called by its own text.
    pub fn new(argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        let argv: Vec<OsString> = argv.into_iter().map(Into::into).collect();
        let words: Vec<_> = argv.iter().map(|word| word.to_string_lossy()).collect();
        Self { label: words.join(" "), argv, env: Vec::new(), hello: None }
    }

    /// Starts it in a process group of its own, with a pipe for each standard stream.
    ///
    /// # Errors
    /// What is wrong with the command, and what to do.
    pub(crate) fn spawn(&self) -> Result<Child, String> {
        let Some((program, args)) = self.argv.split_first() else {
            return Err("the command is empty: name a program".to_owned());
        };
        Command::new(program)
            .args(args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| explain(program.as_ref(), &error))
    }
}

fn explain(program: &Path, error: &io::Error) -> String {
    let shown = program.display();
    let is_path = program.as_os_str().as_bytes().contains(&b'/');
    match error.kind() {
        io::ErrorKind::NotFound if is_path && program.exists() => {
            format!("{shown} is there, but the interpreter that it asks for is not: look at its first line")
        }
        io::ErrorKind::NotFound if is_path => format!("there is no file {shown}"),
        io::ErrorKind::NotFound => {
            format!("there is no program {shown} on PATH: give a path with a slash, or install it")
        }
        io::ErrorKind::PermissionDenied if program.is_dir() => format!("{shown} is a directory"),
        io::ErrorKind::PermissionDenied => {
            format!("{shown} is not executable: chmod +x it, or name its interpreter")
        }
        _ if error.raw_os_error() == Some(ENOEXEC) => {
            format!("{shown} is no program and has no #! line: name its interpreter")
        }
        _ => format!("{shown}: {error}"),
    }
}
