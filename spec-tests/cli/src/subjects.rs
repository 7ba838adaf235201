//! From the name of a subject to the way to start it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use sockspec_engine::SubjectSpec;
use sockspec_process::DriverCommand;
use sockspec_reference_subject::ReferenceSubject;
use sockspec_subject::Subject;
use tempfile::TempDir;

use crate::args::Run;
use crate::exit::Failure;
use crate::{drive, interpreters, quote};

const REFERENCE: &str = "reference";
const REFERENCE_WIRE: &str = "reference-wire";
/// The Python driver, below `spec-tests/drivers/`.
const PYTHON_DRIVER: &str = "python/sockspec_driver.py";

/// The subjects that this program holds itself.
pub(crate) fn in_process(name: &str) -> Option<Box<dyn Subject>> {
    if name == REFERENCE {
        return Some(Box::new(ReferenceSubject::new()));
    }
    sockspec_strength::subject(name)
}

/// Keeps a Java virtual machine's own words off the wire, and its crash dumps out of the working folder. Versions that
/// do not know these options do not read the variable either.
const JAVA_OPTIONS: (&str, &str) =
    ("JDK_JAVA_OPTIONS", "-Xlog:disable -Xlog:all=warning:stderr -XX:+ErrorFileToStderr");

/// A driver, ready to be started.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) command: DriverCommand,
    /// Holds the Python driver for as long as it is needed.
    pub(crate) folder: Option<TempDir>,
}

impl Driver {
    /// A driver's own command, or the name of a subject that has one here.
    pub(crate) fn from(words: &[OsString]) -> Result<Self, Failure> {
        match words {
            [name] if name == REFERENCE_WIRE => Ok(Self::reference()),
            // By itself an interpreter is no driver. By its path it is taken as it is written.
            [name] => match name.to_str() {
                Some(name) if interpreters::is_name(name) => Self::python(name, None),
                _ => Ok(Self::command(words)),
            },
            _ => Ok(Self::command(words)),
        }
    }

    fn command(words: &[OsString]) -> Self {
        let label = quote::words(words);
        Self { command: DriverCommand { argv: words.to_vec(), env: Vec::new(), label }, folder: None }
    }

    fn reference() -> Self {
        // The file may have been replaced since this process began; this name still leads to it.
        let argv = ["/proc/self/exe", drive::WORD, REFERENCE].map(OsString::from).to_vec();
        let label = REFERENCE_WIRE.to_owned();
        Self { command: DriverCommand { argv, env: Vec::new(), label }, folder: None }
    }

    fn python(name: &str, module: Option<&str>) -> Result<Self, Failure> {
        let Some(program) = interpreters::find(name) else {
            return Err(Failure::NoSubject(format!(
                "there is no {name} on PATH; `sockspec doctor` lists the interpreters that there are"
            )));
        };
        let folder = python_driver().map_err(|error| {
            Failure::NoSubject(format!("the Python driver cannot be written to a temporary folder: {error}"))
        })?;
        let file = folder.path().join(file_name(PYTHON_DRIVER));
        let mut argv = vec![program.into_os_string(), file.into_os_string()];
        let mut label = name.to_owned();
        if let Some(module) = module {
            argv.extend(["--module".into(), module.into()]);
            label = format!("{name} --module {}", quote::word(module));
        }
        let env = if interpreters::is_java(name) { vec![java_options()] } else { Vec::new() };
        Ok(Self { command: DriverCommand { argv, env, label }, folder: Some(folder) })
    }
}

/// A subject, ready to be started.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) spec: SubjectSpec,
    /// The name it was asked for by.
    pub(crate) label: String,
    /// Holds the Python driver for as long as it is needed.
    pub(crate) folder: Option<TempDir>,
}

impl Resolved {
    /// What the command line asks for.
    pub(crate) fn from(args: &Run) -> Result<Self, Failure> {
        let name = args.subject.as_deref().unwrap_or(REFERENCE);
        if args.module.is_some() && !is_interpreter(name) {
            return Err(Failure::Usage(format!(
                "--module is for Python interpreters, and {name} is none; to a driver of your own pass it behind `--`"
            )));
        }
        if !args.command.is_empty() {
            return Ok(Driver::command(&args.command).into());
        }
        match name {
            REFERENCE => Ok(Self {
                spec: SubjectSpec::InProcess { name: REFERENCE.to_owned() },
                label: REFERENCE.to_owned(),
                folder: None,
            }),
            REFERENCE_WIRE => Ok(Driver::reference().into()),
            _ if is_interpreter(name) => Ok(Driver::python(name, args.module.as_deref())?.into()),
            _ => Err(Failure::Usage(format!(
                "there is no subject {name:?}: name {REFERENCE}, {REFERENCE_WIRE}, a Python interpreter by name ({}) or \
                 path, or write the command of another driver behind `--`",
                interpreters::COMMON.join(", ")
            ))),
        }
    }
}

impl From<Driver> for Resolved {
    fn from(driver: Driver) -> Self {
        let DriverCommand { argv, env, label } = driver.command;
        let spec = SubjectSpec::Process { argv, env, label: label.clone() };
        Self { spec, label, folder: driver.folder }
    }
}

/// What is set already stays, behind these options, so that it has the last word.
fn java_options() -> (OsString, OsString) {
    let (name, options) = JAVA_OPTIONS;
    let mut value = OsString::from(options);
    if let Some(set) = env::var_os(name) {
        value.push(" ");
        value.push(set);
    }
    (name.into(), value)
}

/// A path is taken for an interpreter: another driver is written behind `--`.
fn is_interpreter(name: &str) -> bool {
    name.contains('/') || interpreters::is_name(name)
}

fn file_name(path: &str) -> &Path {
    Path::new(path).file_name().map_or(Path::new(path), Path::new)
}

/// A folder with the Python driver in it, gone when it is dropped.
fn python_driver() -> io::Result<TempDir> {
    let text = sockspec_fixtures::driver(PYTHON_DRIVER)
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "this program was built without it"))?;
    let folder = tempfile::Builder::new().prefix("sockspec-").tempdir()?;
    fs::write(folder.path().join(file_name(PYTHON_DRIVER)), text)?;
    Ok(folder)
}
