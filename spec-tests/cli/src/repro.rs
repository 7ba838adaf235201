//! `sockspec repro`: a case, or what broke a law or model, as a script that shows it alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sockspec_cases::{Case, File, Suite, to_toml};
use sockspec_lab::LabSet;
use sockspec_repro::{Inexpressible, Scene};

use crate::args::{Form, Repro};
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{output, quote, replay, reported, select};

/// Writes the case in the form asked for; several into a folder, a file each.
pub(crate) fn repro(args: &Repro, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let labs = loaded.labs()?;
    let cases = cases(args, &loaded, fixtures)?;
    let writer = Writer {
        module: args.module.as_deref().unwrap_or("socket"),
        interpreter: &args.interpreter,
        subject: args.subject.as_deref(),
        ..Writer::new(args.form, &loaded.suite, &labs, fixtures)
    };
    match (&args.output, cases.as_slice()) {
        (Some(folder), cases) if folder.is_dir() => writer.write_all(cases, folder)?,
        (output, [case]) => writer.write(case, output.as_deref())?,
        (_, several) => {
            return Err(Failure::Usage(format!(
                "these are {} cases: name one, such as {}, or write them into a folder with `-o FOLDER`",
                several.len(),
                several.first().map_or("", |case| case.id.as_str())
            )));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What scripts are written with.
pub(crate) struct Writer<'a> {
    pub(crate) form: Form,
    /// The Python module under test.
    pub(crate) module: &'a str,
    /// The Python interpreter that scripts name.
    pub(crate) interpreter: &'a str,
    /// The subject that a script in Rust is about, where this program holds it.
    pub(crate) subject: Option<&'a str>,
    pub(crate) suite: &'a Suite,
    pub(crate) labs: &'a LabSet,
    pub(crate) lab_command: String,
}

impl<'a> Writer<'a> {
    /// One for the standard library's module, and for the reference.
    pub(crate) fn new(form: Form, suite: &'a Suite, labs: &'a LabSet, fixtures: Option<&Path>) -> Self {
        Self {
            form,
            module: "socket",
            interpreter: crate::args::DEFAULT_INTERPRETER,
            subject: None,
            suite,
            labs,
            lab_command: lab_command(fixtures),
        }
    }

    /// A file for each. Those that the form cannot say are named, and the others are written.
    fn write_all(&self, cases: &[Case], folder: &Path) -> Result<(), Failure> {
        let mut left_out = 0;
        for case in cases {
            match self.write(case, Some(&folder.join(file_name(case, self.form)))) {
                Err(Failure::Usage(why)) => {
                    left_out += 1;
                    output::remark(&why);
                }
                done => done?,
            }
        }
        match left_out {
            0 => Ok(()),
            _ => Err(Failure::Usage(format!("{left_out} of {} cases were not written", cases.len()))),
        }
    }

    /// To the file, or to standard output.
    pub(crate) fn write(&self, case: &Case, path: Option<&Path>) -> Result<(), Failure> {
        let text = self.text(case, path)?;
        match path {
            None => output::print(&text)?,
            Some(path) => fs::write(path, &text).map_err(|error| {
                Failure::Usage(format!("the script cannot be written to {}: {error}", path.display()))
            })?,
        }
        Ok(())
    }

    fn text(&self, case: &Case, path: Option<&Path>) -> Result<String, Failure> {
        let file = match path {
            Some(path) => quote::word(path),
            None => format!("repro.{}", self.form.extension()),
        };
        let wrong = self.subject.filter(|name| sockspec_strength::subject(name).is_some());
        let wrong = wrong.map(|name| format!("sockspec_strength::subject({name:?}).unwrap()"));
        let scene = Scene {
            case,
            suite: self.suite,
            labs: self.labs,
            module: self.module,
            interpreter: self.interpreter,
            subject: wrong.as_ref().map_or(Scene::REFERENCE, |made| (made.as_str(), "sockspec-strength")),
            lab_command: &self.lab_command,
            file: &file,
        };
        let inexpressible = |error: Inexpressible| Failure::Usage(format!("{}: {error}", case.id));
        match self.form {
            Form::Python => sockspec_repro::python(&scene).map_err(inexpressible),
            Form::Rust => sockspec_repro::rust(&scene).map_err(inexpressible),
            Form::Wire => {
                let requests = sockspec_repro::wire(&scene).map_err(inexpressible)?;
                if path.is_none() {
                    output::aside(&requests.expected);
                }
                Ok(requests.lines)
            }
            Form::Case => to_toml(case, &self.suite.catalogue)
                .map_err(|error| Failure::Usage(format!("{}: {error}", case.id))),
        }
    }
}

/// The cases asked for: by id, or those of a file or report; for a law or model what breaks it.
fn cases(args: &Repro, loaded: &Loaded, fixtures: Option<&Path>) -> Result<Vec<Case>, Failure> {
    let mut wanted: Vec<String> = args.case.iter().chain(&args.ids).cloned().collect();
    if let Some(report) = &args.from {
        return chosen("departure", reported::cases(report, loaded)?, &wanted);
    }
    let named = args.case.as_deref().unwrap_or_default();
    if loaded.properties.iter().any(|property| property.id == named) {
        return Ok(vec![replay::case(args, named, loaded, fixtures)?]);
    }
    if args.seed.is_some() || !args.command.is_empty() {
        let laws: Vec<&str> = loaded.properties.iter().map(|property| property.id.as_str()).collect();
        return Err(Failure::Usage(format!(
            "{named:?} is no law or model, and only those are tried on a subject{}",
            select::suggestion(named, &laws)
        )));
    }
    let path = Path::new(named);
    if !is_file(path) {
        return chosen("case", loaded.suite.cases.clone(), &wanted);
    }
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!("the cases in {} cannot be read: {error}", path.display()))
    })?;
    wanted.clone_from(&args.ids);
    chosen("case", read(loaded, named, &text)?, &wanted)
}

/// The cases of a text in the form of a case file.
pub(crate) fn read(loaded: &Loaded, path: &str, text: &str) -> Result<Vec<Case>, Failure> {
    loaded
        .suite
        .read_cases(File { path, text }, &loaded.fixtures.lab_names())
        .map_err(|errors| Failure::Fixtures { folder: None, errors })
}

/// Those that are wanted; all where nobody says.
fn chosen(what: &str, mut all: Vec<Case>, wanted: &[String]) -> Result<Vec<Case>, Failure> {
    if !wanted.is_empty() {
        let ids: Vec<&str> = all.iter().map(|case| case.id.as_str()).collect();
        let ids: Vec<String> = select::chosen(what, wanted, &ids)?.into_iter().map(str::to_owned).collect();
        all.retain(|case| ids.contains(&case.id));
    }
    Ok(all)
}

/// An id names no file: those end with their extension.
fn is_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml") || path.is_file()
}

fn file_name(case: &Case, form: Form) -> PathBuf {
    PathBuf::from(format!("{}.{}", case.id.replace('/', "__"), form.extension()))
}

/// The command that enters a lab of the same fixtures.
fn lab_command(fixtures: Option<&Path>) -> String {
    let mut words = vec![env!("CARGO_PKG_NAME").to_owned(), "lab".to_owned()];
    if let Some(fixtures) = fixtures {
        words.extend(["--fixtures".to_owned(), fixtures.to_string_lossy().into_owned()]);
    }
    quote::words(words)
}
