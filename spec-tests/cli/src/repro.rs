//! `sockspec repro`: a case as a script that shows it alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sockspec_cases::{Case, File, Suite, to_toml};
use sockspec_lab::LabSet;
use sockspec_repro::{Inexpressible, Scene};

use crate::args::{Form, Repro};
use crate::exit::Failure;
use crate::load::Loaded;
use crate::{output, quote, select};

/// Writes the case in the form asked for; several into a folder, a file each.
pub(crate) fn repro(args: &Repro, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let labs = loaded.labs()?;
    let cases = cases(args, &loaded)?;
    let writer = Writer { args, suite: &loaded.suite, labs: &labs, lab_command: lab_command(fixtures) };
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

struct Writer<'a> {
    args: &'a Repro,
    suite: &'a Suite,
    labs: &'a LabSet,
    lab_command: String,
}

impl Writer<'_> {
    /// A file for each. Those that the form cannot say are named, and the others are written.
    fn write_all(&self, cases: &[Case], folder: &Path) -> Result<(), Failure> {
        let mut left_out = 0;
        for case in cases {
            match self.write(case, Some(&folder.join(file_name(case, self.args.form)))) {
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
    fn write(&self, case: &Case, path: Option<&Path>) -> Result<(), Failure> {
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
            None => format!("repro.{}", self.args.form.extension()),
        };
        let scene = Scene {
            case,
            suite: self.suite,
            labs: self.labs,
            module: self.args.module.as_deref().unwrap_or("socket"),
            interpreter: &self.args.interpreter,
            lab_command: &self.lab_command,
            file: &file,
        };
        let inexpressible = |error: Inexpressible| Failure::Usage(format!("{}: {error}", case.id));
        match self.args.form {
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

/// The cases asked for: by id, or those of a file.
fn cases(args: &Repro, loaded: &Loaded) -> Result<Vec<Case>, Failure> {
    let path = Path::new(&args.case);
    let (all, wanted): (Vec<Case>, Vec<String>) = if is_file(path) {
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::Usage(format!("the cases in {} cannot be read: {error}", path.display()))
        })?;
        let file = File { path: &args.case, text: &text };
        let cases = loaded
            .suite
            .read_cases(file, &loaded.fixtures.lab_names())
            .map_err(|errors| Failure::Fixtures { folder: None, errors })?;
        (cases, args.ids.clone())
    } else {
        let mut wanted = vec![args.case.clone()];
        wanted.extend(args.ids.iter().cloned());
        (loaded.suite.cases.clone(), wanted)
    };
    if wanted.is_empty() {
        return Ok(all);
    }
    let ids: Vec<&str> = all.iter().map(|case| case.id.as_str()).collect();
    let ids = select::chosen("case", &wanted, &ids)?;
    Ok(all.iter().filter(|case| ids.contains(&case.id.as_str())).cloned().collect())
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
