//! `sockspec diff`: two subjects side by side.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use globset::Glob;
use indicatif::{ProgressBar, ProgressStyle};
use rustix::rand::{GetRandomFlags, getrandom};
use sockspec_differ::{DiffError, Group, Plan, Progress, Report};
use sockspec_engine::{Cancel, SubjectSpec, Twin};
use sockspec_laws::Seed;
use sockspec_wire::pretty::to_string_pretty;

use crate::args::{Diff, Form};
use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::load::Loaded;
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
    loaded.labs()?;
    let subjects = [resolve(&args.a)?, resolve(&args.b)?];
    let only = args.only.as_ref().map(|text| match Glob::new(text) {
        Ok(glob) => Ok((text.clone(), glob.compile_matcher())),
        Err(error) => Err(Failure::Usage(format!("{text:?} is no glob: {}", error.kind()))),
    });
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
    let saved = args.save.as_deref().map(|folder| save(folder, &report)).transpose()?;
    let script = |group: &Group| {
        group.case.as_ref().ok()?;
        saved.as_ref().map(|folder| {
            let file = file(folder, group);
            quote::words([
                "sockspec".as_ref(),
                "repro".as_ref(),
                file.as_os_str(),
                "--as".as_ref(),
                "python".as_ref(),
            ])
        })
    };
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

/// A subject by name; the built-in wrong ones too.
fn resolve(name: &str) -> Result<Resolved, Failure> {
    if sockspec_strength::subject(name).is_none() {
        return Resolved::named(name, None);
    }
    let spec = SubjectSpec::InProcess { name: name.to_owned() };
    Ok(Resolved { spec, label: name.to_owned(), timeout: None, form: Form::Rust, folder: None })
}

/// A seed that nobody chose.
fn fresh() -> Result<Seed, Failure> {
    let mut bytes = [0; 8];
    getrandom(&mut bytes, GetRandomFlags::empty()).map_err(io::Error::from)?;
    Ok(Seed(u64::from_ne_bytes(bytes)))
}

/// The file of a group's case.
fn file(folder: &Path, group: &Group) -> PathBuf {
    folder.join(format!("{}.toml", group.id.trim_start_matches("diff/")))
}

/// Writes each group's case into a file of its own.
fn save(folder: &Path, report: &Report) -> Result<PathBuf, Failure> {
    for group in &report.groups {
        if let Ok(case) = &group.case {
            fs::write(file(folder, group), format!("format = 1\n\n{case}")).map_err(Failure::Unwritten)?;
        }
    }
    Ok(folder.to_owned())
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
