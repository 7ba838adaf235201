//! From the name of a subject to the way to start it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sockspec_engine::SubjectSpec;
use sockspec_process::{DriverCommand, ProcessSubject};
use sockspec_reference_subject::{FloorSubject, ReferenceSubject};
use sockspec_subject::{Description, Fault, Subject};
use sockspec_wire::Limits;
use tempfile::TempDir;

use crate::args::{Form, Run};
use crate::exit::Failure;
use crate::registry::{self, Entry};
use crate::{interpreters, programs, quote, select};

/// The subject that is judged when nobody names one.
pub(crate) const REFERENCE: &str = "reference";
/// The bare C calls that benchmarks compare with.
pub(crate) const FLOOR: &str = "floor";
/// The driver's folder that serves every Python interpreter.
const PYTHON: &str = "python";
/// What a driver takes to build, at most.
const BUILD: Duration = Duration::from_secs(120);

/// The subjects that this program holds itself.
pub(crate) fn in_process(name: &str) -> Option<Box<dyn Subject>> {
    match name {
        REFERENCE => Some(Box::new(ReferenceSubject::new())),
        FLOOR => Some(Box::new(FloorSubject::default())),
        other => sockspec_strength::subject(other),
    }
}

/// A driver, ready to be started.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) command: DriverCommand,
    /// How long one call may take where nobody says otherwise.
    pub(crate) timeout: Option<Duration>,
    /// The form of scripts that serves whoever mends what it drives.
    pub(crate) form: Form,
    /// Holds the driver's files for as long as they are needed.
    pub(crate) folder: Option<TempDir>,
}

impl Driver {
    /// A driver's own command, or the name of a subject that has one here.
    pub(crate) fn from(words: &[OsString]) -> Result<Self, Failure> {
        // By itself an interpreter is no driver. By its path it is taken as it is written.
        let name = match words {
            [name] => name.to_str().filter(|name| !name.contains('/')),
            _ => None,
        };
        match name.map(named).transpose()?.flatten() {
            Some(entry) if !entry.is_in_process() => Self::of(&entry, None),
            _ => Ok(Self::command(words)),
        }
    }

    /// Whatever that command starts.
    pub(crate) fn command(words: &[OsString]) -> Self {
        let label = quote::words(words);
        let command = DriverCommand { argv: words.to_vec(), env: Vec::new(), label, hello: None };
        Self { command, timeout: None, form: Form::Wire, folder: None }
    }

    fn of(entry: &Entry, module: Option<&str>) -> Result<Self, Failure> {
        let folder = temporary().map_err(|error| {
            let help = "name a folder that can be written to in TMPDIR";
            Failure::NoSubject(format!("the driver of {} cannot be written: {error}; {help}", entry.name))
        })?;
        let mut command = start(entry, folder.path())
            .map_err(|why| Failure::NoSubject(format!("{}: {why}; to get it: {}", entry.name, entry.get)))?;
        if let Some(module) = module {
            command.argv.extend(["--module".into(), module.into()]);
            command.label = format!("{} --module {}", entry.name, quote::word(module));
        }
        Ok(Self { command, timeout: entry.timeout(), form: form(entry), folder: Some(folder) })
    }
}

/// The form of scripts that serves whoever mends what the driver drives.
fn form(entry: &Entry) -> Form {
    if entry.folder.as_deref() == Some(PYTHON) { Form::Python } else { Form::Wire }
}

/// A subject, ready to be started.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) spec: SubjectSpec,
    /// The name it was asked for by.
    pub(crate) label: String,
    /// How long one call may take where nobody says otherwise.
    pub(crate) timeout: Option<Duration>,
    /// The form of scripts that serves whoever mends it.
    pub(crate) form: Form,
    /// Holds the driver's files for as long as they are needed.
    pub(crate) folder: Option<TempDir>,
}

impl Resolved {
    /// What the command line asks for.
    pub(crate) fn from(args: &Run) -> Result<Self, Failure> {
        if !args.command.is_empty() {
            return Ok(Driver::command(&args.command).into());
        }
        Self::named(args.subject.as_deref().unwrap_or(REFERENCE), args.module.as_deref())
    }

    /// A subject that has answered, whose driver stays in the folder where it did.
    pub(crate) fn answered(entry: &Entry, answer: &Answer) -> Self {
        if entry.is_in_process() {
            return Self::in_process(entry);
        }
        let command = answer.command.clone();
        Driver { command, timeout: entry.timeout(), form: form(entry), folder: None }.into()
    }

    fn in_process(entry: &Entry) -> Self {
        let spec = SubjectSpec::InProcess { name: entry.name.clone() };
        let (label, timeout) = (entry.name.clone(), entry.timeout());
        Self { spec, label, timeout, form: Form::Rust, folder: None }
    }

    /// The subject of that name; an interpreter tests the module instead of its own.
    pub(crate) fn named(name: &str, module: Option<&str>) -> Result<Self, Failure> {
        if name == FLOOR || sockspec_strength::subject(name).is_some() {
            // Subjects that nobody means to judge, so the registry does not list them.
            let spec = SubjectSpec::InProcess { name: name.to_owned() };
            return Ok(Self { spec, label: name.to_owned(), timeout: None, form: Form::Rust, folder: None });
        }
        let Some(entry) = named(name)? else { return Err(unknown(name)?) };
        if module.is_some() && entry.folder.as_deref() != Some(PYTHON) {
            return Err(Failure::Usage(format!(
                "--module is for Python interpreters, and {name} is none; to a driver of your own pass it behind `--`"
            )));
        }
        if entry.is_in_process() {
            return Ok(Self::in_process(&entry));
        }
        Ok(Driver::of(&entry, module)?.into())
    }
}

impl From<Driver> for Resolved {
    fn from(driver: Driver) -> Self {
        let DriverCommand { argv, env, label, hello } = driver.command;
        let spec = SubjectSpec::Process { argv, env, label: label.clone(), hello };
        Self { spec, label, timeout: driver.timeout, form: driver.form, folder: driver.folder }
    }
}

/// The registry's entry of that name, or one for an interpreter by name or path.
fn named(name: &str) -> Result<Option<Entry>, Failure> {
    let entries = registry::all()?;
    if let Some(entry) = entries.iter().find(|entry| entry.name == name) {
        return Ok(Some(entry.clone()));
    }
    Ok(interpreters::model(name).and_then(|model| {
        let entry = entries.into_iter().find(|entry| entry.name == model)?;
        Some(entry.with_program(name))
    }))
}

/// The program that runs scripts for that subject: an interpreter by name or path is it itself.
pub(crate) fn interpreter(name: &str) -> String {
    let entry = registry::all().ok().and_then(|all| all.into_iter().find(|entry| entry.name == name));
    entry.and_then(|entry| entry.program.first().cloned()).unwrap_or_else(|| name.to_owned())
}

fn unknown(name: &str) -> Result<Failure, Failure> {
    let entries = registry::all()?;
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    Ok(Failure::Usage(format!(
        "there is no subject {name:?}{}; `sockspec subjects` lists them; a Python interpreter may be given by name or \
         path, the command of another driver behind `--`",
        select::suggestion(name, &names)
    )))
}

/// A subject that answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The program that runs or builds its driver; none for a subject in this process.
    pub(crate) program: Option<PathBuf>,
    pub(crate) command: DriverCommand,
    pub(crate) description: Description,
}

/// The command that starts a driver, whose files go into that folder. Several programs may be able to run it: the first
/// is taken that leads to a hello.
fn start(entry: &Entry, folder: &Path) -> Result<DriverCommand, String> {
    let candidates = candidates(entry)?;
    match candidates.as_slice() {
        [only] => prepare(entry, only.as_deref(), folder),
        _ => ask(entry, folder).map(|answer| answer.command),
    }
}

/// Starts a driver, whose files go into that folder, and greets it. An error says why there is none.
pub(crate) fn ask(entry: &Entry, folder: &Path) -> Result<Answer, String> {
    if let Some(mut subject) = entry.is_in_process().then(|| in_process(&entry.name)).flatten() {
        let description = subject.describe().map_err(|fault| words(&fault))?;
        return Ok(Answer { program: None, command: DriverCommand::default(), description });
    }
    let mut first = None;
    for program in candidates(entry)? {
        let answer = prepare(entry, program.as_deref(), folder).and_then(|command| {
            let description = greet(&command)?;
            match &entry.says {
                Some(name) if *name != description.name => Err(format!("it is {}", description.name)),
                _ => Ok(Answer { program: program.clone(), command, description }),
            }
        });
        match answer {
            Ok(answer) => return Ok(answer),
            Err(why) => {
                let place = program.map(|program| format!("{}: ", program.display())).unwrap_or_default();
                first.get_or_insert(format!("{place}{why}"));
            }
        }
    }
    Err(first.unwrap_or_else(|| "no program runs it".to_owned()))
}

fn greet(command: &DriverCommand) -> Result<Description, String> {
    ProcessSubject::new(command.clone(), Limits::default()).describe().map_err(|fault| words(&fault))
}

/// The last that it complained of says more than how it ended.
fn words(fault: &Fault) -> String {
    let last = fault.stderr().lines().rfind(|line| !line.trim().is_empty());
    match (last, fault) {
        (Some(last), _) => last.trim().to_owned(),
        (None, Fault::Start { what, .. }) => what.clone(),
        (None, other) => other.to_string(),
    }
}

/// The programs that may run the driver; one that needs none has one way to be started.
fn candidates(entry: &Entry) -> Result<Vec<Option<PathBuf>>, String> {
    if entry.program.is_empty() {
        return Ok(vec![None]);
    }
    let found: Vec<_> = entry.program.iter().flat_map(|program| programs::all(program)).map(Some).collect();
    if found.is_empty() {
        return Err(format!("there is no {} on PATH", entry.program.join(" or ")));
    }
    Ok(found)
}

/// Puts the driver's files into the folder, builds it where that is needed, and gives the command that starts it.
fn prepare(entry: &Entry, program: Option<&Path>, folder: &Path) -> Result<DriverCommand, String> {
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for (name, contents) in sockspec_fixtures::driver_files(entry.folder.as_deref().unwrap_or_default()) {
            fs::write(folder.join(name), contents)?;
        }
        Ok(())
    };
    write().map_err(|error| format!("the driver cannot be written to {}: {error}", folder.display()))?;
    let fill = |word: &str| -> OsString {
        let folder = folder.to_string_lossy();
        let program = program.map(Path::to_string_lossy).unwrap_or_default();
        // The file may have been replaced since this process began; this name still leads to it.
        word.replace("{folder}", &folder)
            .replace("{program}", &program)
            .replace("{self}", "/proc/self/exe")
            .into()
    };
    let mut answer = String::new();
    if !entry.ask.is_empty() {
        let argv: Vec<OsString> = entry.ask.iter().map(|word| fill(word)).collect();
        // Some programs end with a status of their own when they are asked for their version.
        let said = programs::run(&argv, folder, BUILD)?.first;
        answer.push_str(said.split_whitespace().last().unwrap_or_default());
    }
    if !entry.build.is_empty() {
        let argv: Vec<OsString> =
            entry.build.iter().map(|word| fill(&word.replace("{answer}", &answer))).collect();
        let ended = programs::run(&argv, folder, BUILD)?;
        if let Some(why) = ended.complaint {
            return Err(format!("the driver cannot be built: {why}"));
        }
    }
    Ok(DriverCommand {
        argv: entry.command.iter().map(|word| fill(word)).collect(),
        env: entry.env.iter().map(|(name, value)| variable(name, value)).collect(),
        label: entry.name.clone(),
        hello: entry.hello(),
    })
}

/// `{set}` stands for what is set already, which then has the last word.
fn variable(name: &str, value: &str) -> (OsString, OsString) {
    let set = env::var_os(name).unwrap_or_default();
    (name.into(), value.replace("{set}", &set.to_string_lossy()).trim_end().into())
}

/// A folder for drivers' files, gone when it is dropped.
pub(crate) fn temporary() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("sockspec-").tempdir()
}
