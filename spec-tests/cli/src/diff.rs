//! `sockspec diff`: two subjects side by side.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use globset::Glob;
use indicatif::{ProgressBar, ProgressStyle};
use rustix::rand::{GetRandomFlags, getrandom};
use sockspec_differ::{DiffError, Group, Plan, Progress, Report};
use sockspec_engine::{Cancel, Twin};
use sockspec_laws::Seed;
use sockspec_subject::Edition;
use sockspec_wire::pretty::to_string_pretty;

use crate::args::{Diff, Form};
use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::load::Loaded;
use crate::repro::{Writer, read};
use crate::run::program;
use crate::signals::Watch;
use crate::subjects::Resolved;
use crate::{output, quote};

/// How long a call may take where nobody says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The lab that both subjects have one of.
const LAB: &str = "default";

/// Runs, and says what was found.
pub(crate) fn diff(args: &Diff, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let subjects = [Resolved::named(&args.a, None)?, Resolved::named(&args.b, None)?];
    let only = args.only.as_ref().map(|text| match Glob::new(text) {
        Ok(glob) => Ok((text.clone(), glob.compile_matcher())),
        Err(error) => Err(Failure::Usage(format!("{text:?} is no glob: {}", error.kind()))),
    });
    if args.form.is_some() && args.input.is_none() && args.save.is_none() {
        return Err(Failure::Usage(
            "--as writes scripts of one input (`--input`) or into a folder (`--save`): name one".to_owned(),
        ));
    }
    let labs = loaded.labs()?;
    if let Some(folder) = &args.save {
        fs::create_dir_all(folder).map_err(Failure::Unwritten)?;
    }
    let plan = Plan {
        suite: &loaded.suite,
        twins: [0, 1].map(|at| Twin {
            subject: subjects[at].spec.clone(),
            label: subjects[at].label.clone(),
            lab: LAB.to_owned(),
            labs: loaded.lab_files(),
            timeout: args.timeout.or(subjects[at].timeout).unwrap_or(TIMEOUT),
        }),
        seed: match args.seed {
            Some(seed) => seed,
            None => fresh()?,
        },
        input: args.input,
        budget: args.budget,
        edition: args.edition,
        only: only.transpose()?,
        state: args.state.clone(),
    };
    let cancel = Cancel::new()?;
    let leftover =
        subjects.iter().find_map(|subject| subject.folder.as_ref()).map(|folder| folder.path().to_owned());
    let _watch = Watch::start(Some(cancel.clone()), leftover)?;
    let mut shown = Shown::new();
    let report = sockspec_differ::run(&plan, &cancel, &mut |progress| shown.progress(progress));
    shown.clear();
    let report = report.map_err(|error| match error {
        DiffError::Engine { source, .. } => Failure::Engine(source),
        DiffError::State(error) => Failure::Usage(error.to_string()),
        error @ DiffError::Only(_) => Failure::Usage(error.to_string()),
    })?;
    if let Some(file) = &args.json {
        let text = to_string_pretty(&report).map_err(io::Error::other)?;
        fs::write(file, text).map_err(Failure::Unwritten)?;
    }
    let form = args.form.unwrap_or_else(|| serving(&subjects));
    let scripts = Scripts { args, form, loaded: &loaded, fixtures };
    let writer = |form: Form| {
        let mut names = subjects.iter().map(|subject| subject.label.as_str());
        let wrong = names.rfind(|name| sockspec_strength::subject(name).is_some());
        Writer { subject: wrong, ..Writer::new(form, &loaded.suite, &labs, fixtures) }
    };
    if let Some(folder) = &args.save {
        scripts.save(folder, &report, args.form.map(writer).as_ref())?;
    } else if let (Some(number), Some(form)) = (args.input, args.form) {
        scripts.print(number, &report, &writer(form))?;
        return Ok(ExitCode::SUCCESS);
    }
    let script = |group: &Group| scripts.command(group, &report);
    output::print(&sockspec_differ::text(&report, output::width().min(80), &script))?;
    if let Some(path) = args.state.as_ref().filter(|_| report.cut_short.is_some()) {
        output::remark(&format!("the same command goes on from {}", path.display()));
    }
    Ok(ExitCode::from(if report.cut_short.is_some() {
        INTERRUPTED
    } else if report.unexplained() > 0 {
        NOT_CONFORMING
    } else {
        0
    }))
}

/// A seed that nobody chose.
fn fresh() -> Result<Seed, Failure> {
    let mut bytes = [0; 8];
    getrandom(&mut bytes, GetRandomFlags::empty()).map_err(io::Error::from)?;
    Ok(Seed(u64::from_ne_bytes(bytes)))
}

/// The form of scripts that serves whoever mends one of them.
fn serving(subjects: &[Resolved; 2]) -> Form {
    let of = |form: Form| subjects.iter().any(|subject| subject.form == form).then_some(form);
    of(Form::Python).or_else(|| of(Form::Rust)).unwrap_or(Form::Wire)
}

/// What shows the groups of a report alone.
struct Scripts<'s> {
    args: &'s Diff,
    form: Form,
    loaded: &'s Loaded,
    fixtures: Option<&'s Path>,
}

impl Scripts<'_> {
    /// The command that writes a script which shows the group.
    fn command(&self, group: &Group, report: &Report) -> Option<String> {
        group.case.as_ref().ok()?;
        let (args, form) = (self.args, self.form);
        let mut words: Vec<OsString> = vec![program()];
        if let Some(folder) = &args.save {
            words.extend(["repro".into(), file(folder, group, Form::Case).into()]);
        } else if group.alone {
            words.extend(["diff".into(), (&args.a).into(), (&args.b).into()]);
            words.extend(["--seed".into(), (&report.seed).into()]);
            words.extend(["--input".into(), group.number.to_string().into()]);
            if args.edition != Edition::default() {
                words.extend(["--edition".into(), args.edition.to_string().into()]);
            }
            words.extend(args.only.iter().flat_map(|only| ["--only".into(), only.into()]));
        } else {
            return None;
        }
        if let Some(fixtures) = self.fixtures {
            words.extend(["--fixtures".into(), fixtures.into()]);
        }
        words.extend(["--as".into(), form.name().into()]);
        Some(format!("{} > repro.{}", quote::words(words), form.extension()))
    }

    /// Writes each group's case into a file of its own, and its script beside it where one is asked for. What a form
    /// cannot say is left out, with a word.
    fn save(&self, folder: &Path, report: &Report, writer: Option<&Writer<'_>>) -> Result<(), Failure> {
        for group in &report.groups {
            let Ok(text) = &group.case else { continue };
            let path = file(folder, group, Form::Case);
            fs::write(&path, format!("format = 1\n\n{text}")).map_err(Failure::Unwritten)?;
            let Some(writer) = writer.filter(|writer| writer.form != Form::Case) else { continue };
            for case in read(self.loaded, &group.id, text)? {
                match writer.write(&case, Some(&file(folder, group, writer.form))) {
                    Err(Failure::Usage(why)) => output::remark(&why),
                    done => done?,
                }
            }
        }
        Ok(())
    }

    /// Prints the script of the one input.
    fn print(&self, number: u64, report: &Report, writer: &Writer<'_>) -> Result<(), Failure> {
        let Some(group) = report.groups.first() else {
            return Err(Failure::Usage(format!(
                "input {number} of seed {} leads to no difference between the two",
                report.seed
            )));
        };
        let text = group.case.as_ref().map_err(|why| Failure::Usage(format!("{}: {why}", group.id)))?;
        read(self.loaded, &group.id, text)?.iter().try_for_each(|case| writer.write(case, None))
    }
}

/// The file of a group's case, or of a script.
fn file(folder: &Path, group: &Group, form: Form) -> PathBuf {
    folder.join(format!("{}.{}", group.id.trim_start_matches("diff/"), form.extension()))
}

/// How far the run is, on a terminal.
struct Shown {
    bar: ProgressBar,
}

impl Shown {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    fn progress(&mut self, progress: Progress) {
        let (done, total, what) = match progress {
            Progress::Asking { calls, budget, kinds } => {
                (calls, budget, format!("calls, {kinds} kinds of difference"))
            }
            Progress::Shrinking { done, total } => {
                let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                (count(done), count(total), "kinds shrunk".to_owned())
            }
        };
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.set_message(what);
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
