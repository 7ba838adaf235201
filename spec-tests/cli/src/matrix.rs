//! `sockspec matrix`: many subjects side by side, as pages.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use sockspec_engine::{Cancel, EngineError};
use sockspec_events::{Event, Verdict};
use sockspec_expect::Gate;
use sockspec_matrix::{Matrix as Table, Run, Sheet};
use sockspec_report::{JsonReport, Report, Reporter};
use sockspec_repro::Scene;

use crate::args::{DEFAULT_INTERPRETER, Matrix, Run as RunArgs};
use crate::exit::{Failure, INTERRUPTED};
use crate::load::Loaded;
use crate::registry::Entry;
use crate::roster::{self, Asked};
use crate::run::{HELD_SEED, Prepared};
use crate::schedule::{Turn, Turns};
use crate::signals::Watch;
use crate::subjects::{Answer, Resolved};
use crate::{gate, output, registry, select, subjects};

/// A subject that is not there, and why.
type Missing = (String, String);
/// A subject that is there, and what it answered.
type Found = (Entry, Answer);

/// Runs the subjects that there are, and writes the pages.
pub(crate) fn matrix(args: &Matrix, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    loaded.labs()?;
    // What cannot be read or written is known before anything is run.
    let mut runs: Vec<Run> = Vec::new();
    for path in &args.from {
        let report = Report::read(path)?;
        if report.edition != args.edition.to_string() {
            return Err(Failure::Usage(format!(
                "{} was judged by edition {}, and the matrix is of edition {}: give --edition {}",
                path.display(),
                report.edition,
                args.edition,
                report.edition
            )));
        }
        let mut explained = Explained::new(&loaded, fixtures)?;
        let mut events = report.into_events();
        events.iter_mut().try_for_each(|event| explained.judge(event))?;
        runs.push(Run::from_events(events));
    }
    for path in [Some(&args.html), args.markdown.as_ref()].into_iter().flatten() {
        fs::File::options().append(true).create(true).open(path).map_err(|error| unwritable(path, &error))?;
    }
    if let Some(folder) = &args.reports {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    let folder = subjects::temporary()?;
    let (here, mut missing) = wanted(args, folder.path())?;
    let cancel = Cancel::new()?;
    let _watch = Watch::start(Some(cancel.clone()), Some(folder.path().to_owned()))?;
    let side_by_side = SideBySide { args, loaded: &loaded, fixtures, cancel: &cancel };
    for (found, came) in here.iter().zip(side_by_side.run(&here)?) {
        match came {
            Ok(run) => runs.push(run),
            Err(failure) => missing.push((found.0.name.clone(), failure.to_string())),
        }
    }
    if runs.is_empty() {
        return Err(Failure::NoSubject(format!(
            "no subject was run: {}",
            missing.iter().map(|(name, why)| format!("{name}: {why}")).collect::<Vec<_>>().join("; ")
        )));
    }
    let table = Table::new(sheet(args, &loaded, missing, &runs)?, runs);
    write(args, &table)?;
    output::print(&summary(&table))?;
    output::remark(&format!("the matrix is in {}", args.html.display()));
    Ok(if cancel.is_set() { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("nothing can be written to {}: {error}", path.display()))
}

/// The subjects that are there, with their drivers in that folder, and those that are not with the reason.
fn wanted(args: &Matrix, folder: &Path) -> Result<(Vec<Found>, Vec<Missing>), Failure> {
    if args.subjects.is_empty() && !args.from.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut entries = registry::all()?;
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let wanted: Vec<String> =
        select::chosen("subject", &args.subjects, &names)?.into_iter().map(str::to_owned).collect();
    entries.retain(|entry| wanted.contains(&entry.name));
    let (mut here, mut missing) = (Vec::new(), Vec::new());
    for Asked { entry, answer } in roster::ask_in(entries, folder)? {
        match answer {
            Ok(answer) => here.push((entry, answer)),
            Err(why) => missing.push((entry.name, format!("{why}; to get it: {}", entry.get))),
        }
    }
    Ok((here, missing))
}

/// Says of a run's departures which ones the fixtures' expectations of its subject explain.
struct Explained {
    files: gate::ByName,
    known: Gate,
}

impl Explained {
    fn new(loaded: &Loaded, fixtures: Option<&Path>) -> Result<Self, Failure> {
        let known = Gate::new(None, gate::known(loaded), None);
        Ok(Self { files: gate::ByName::new(loaded, fixtures)?, known })
    }

    /// The events of one run, each once and in order.
    fn judge(&mut self, event: &mut Event) -> Result<(), Failure> {
        if let Event::RunStarted(started) = event
            // Not every subject has a file of expectations, and none needs one here.
            && let Some(expectations) = self.files.find_any(&started.subject)?
        {
            self.known.expect(expectations);
        }
        self.known.judge(event);
        Ok(())
    }
}

struct SideBySide<'s> {
    args: &'s Matrix,
    loaded: &'s Loaded,
    fixtures: Option<&'s Path>,
    cancel: &'s Cancel,
}

impl SideBySide<'_> {
    /// Runs them side by side. One that fails costs its own column only.
    fn run(&self, here: &[Found]) -> Result<Vec<Result<Run, Failure>>, Failure> {
        let progress = ProgressBar::new(u64::try_from(here.len()).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} subjects, {elapsed}: {msg}") {
            progress.set_style(style);
        }
        let known = self.loaded.fixtures.run_costs().map_err(Failure::Usage)?;
        let costs: Vec<_> = here.iter().map(|(entry, _)| known.get(&entry.name).copied()).collect();
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let turns = Turns::new(&costs, u64::try_from(cores).unwrap_or(1));
        let came: Mutex<Vec<Option<Result<Run, Failure>>>> = Mutex::new(here.iter().map(|_| None).collect());
        let at_a_time = self.args.jobs.map_or(here.len(), usize::from).min(here.len());
        thread::scope(|scope| {
            for _ in 0..at_a_time {
                scope.spawn(|| {
                    while let Some(held) = turns.next() {
                        let Turn { at, workers, .. } = held.turn;
                        progress.set_message(here[at].0.name.clone());
                        let run = self.one(&here[at], workers);
                        came.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(run);
                        progress.inc(1);
                    }
                });
            }
        });
        progress.finish_and_clear();
        let came = came.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(came.into_iter().map(|run| run.unwrap_or(Err(EngineError::Cancelled.into()))).collect())
    }

    fn one(&self, (entry, answer): &Found, workers: u16) -> Result<Run, Failure> {
        if self.cancel.is_set() {
            return Err(EngineError::Cancelled.into());
        }
        let args = RunArgs {
            subject: Some(entry.name.clone()),
            edition: self.args.edition,
            timeout: self.args.timeout,
            jobs: workers,
            // The same inputs for everybody, and for the next matrix.
            seed: Some(HELD_SEED),
            selection: self.args.selection.clone(),
            ..RunArgs::default()
        };
        let prepared =
            Prepared::on(|| Ok(Resolved::answered(entry, answer)), &args, self.loaded, self.fixtures)?;
        let report = self.args.reports.as_ref().map(|folder| folder.join(format!("{}.json", entry.name)));
        let mut report = report.map(|path| JsonReport::new(&path, env!("CARGO_PKG_VERSION"))).transpose()?;
        let mut explained = Explained::new(self.loaded, self.fixtures)?;
        let mut events: Vec<Event> = Vec::new();
        let mut trouble = None;
        prepared.run(&args, self.cancel, &mut |mut event| {
            if let Err(failure) = explained.judge(&mut event) {
                trouble.get_or_insert(failure);
            }
            if let Some(report) = &mut report
                && let Err(error) = report.event(&event)
            {
                trouble.get_or_insert(Failure::Unwritten(error));
            }
            if !matches!(event, Event::Progress { .. }) {
                events.push(event);
            }
        })?;
        match trouble {
            Some(failure) => Err(failure),
            None => Ok(Run::from_events(events)),
        }
    }
}

fn sheet(args: &Matrix, loaded: &Loaded, missing: Vec<Missing>, runs: &[Run]) -> Result<Sheet, Failure> {
    let (suite, labs) = (&loaded.suite, loaded.labs()?);
    let clauses = suite
        .catalogue
        .clauses()
        .iter()
        .filter(|clause| clause.editions.contains(&args.edition))
        .map(|clause| (clause.id.clone(), clause.text.clone()))
        .collect();
    let departed = |id: &str| {
        runs.iter().flat_map(|run| &run.cases).any(|case| case.id == id && case.verdict.is_departure())
    };
    let scripts: BTreeMap<String, String> = suite
        .cases
        .iter()
        .filter(|case| departed(&case.id))
        .filter_map(|case| {
            let scene = Scene {
                case,
                suite,
                labs: &labs,
                module: "socket",
                interpreter: DEFAULT_INTERPRETER,
                subject: Scene::REFERENCE,
                lab_command: "sockspec lab",
                file: "repro.py",
            };
            // A case that no script can show has none.
            Some((case.id.clone(), sockspec_repro::python(&scene).ok()?))
        })
        .collect();
    Ok(Sheet {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        edition: args.edition.to_string(),
        clauses,
        reasons: suite.reasons.values().map(|reason| (reason.id.clone(), reason.text.clone())).collect(),
        missing,
        scripts,
    })
}

fn write(args: &Matrix, table: &Table) -> Result<(), Failure> {
    let page = table.html().map_err(io::Error::other).map_err(Failure::Unwritten)?;
    fs::write(&args.html, page).map_err(|error| unwritable(&args.html, &error))?;
    if let Some(path) = &args.markdown {
        fs::write(path, table.markdown()).map_err(|error| unwritable(path, &error))?;
    }
    Ok(())
}

/// A line for each subject.
fn summary(table: &Table) -> String {
    let widest = table.columns.iter().map(|column| column.label.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for column in &table.columns {
        let counts: Vec<String> = Verdict::ALL
            .into_iter()
            .filter(|verdict| matches!(verdict, Verdict::Pass | Verdict::Fail) || column.count(*verdict) > 0)
            .map(|verdict| format!("{} {verdict}", column.count(verdict)))
            .collect();
        text.push_str(&format!(
            "{:<widest$}  {:>5} %  {} ({}.{} s)\n",
            column.label,
            column.share(),
            counts.join(", "),
            column.milliseconds / 1000,
            column.milliseconds % 1000 / 100
        ));
    }
    for (name, why) in &table.sheet.missing {
        text.push_str(&format!("{name:<widest$}  not there: {why}\n"));
    }
    text
}
