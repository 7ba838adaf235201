//! `sockspec expect`: writes down where a subject is known to depart.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sockspec_events::{CaseResult, Event, RunStarted};
use sockspec_expect::{Remark, Update, update};
use sockspec_report::Report;
use sockspec_report::layout::{counted, value};
use sockspec_report::style::{BAD, GOOD, paint};

use crate::args::{Expect, Run};
use crate::exit::{Failure, INTERRUPTED};
use crate::load::Loaded;
use crate::{gate, output, run};

/// What a run said that matters here.
#[derive(Default)]
struct Seen {
    started: RunStarted,
    cases: Vec<CaseResult>,
    cut_short: Option<String>,
}

impl Seen {
    fn take(&mut self, event: Event) {
        match event {
            Event::RunStarted(started) => self.started = *started,
            Event::CaseFinished(case) => self.cases.push(*case),
            Event::RunFinished(finished) => self.cut_short = finished.cut_short,
            Event::Progress { .. } | Event::Warning { .. } => {}
        }
    }
}

/// Runs the subject or reads a report, and brings the file up to date.
pub(crate) fn expect(args: &Expect, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    if args.file.is_none() && fixtures.is_none() {
        return Err(Failure::Usage("name the file to write: --file FILE".to_owned()));
    }
    refuse_unused(&args.run)?;
    let loaded = Loaded::from(fixtures)?;
    let mut seen = Seen::default();
    if let Some(report) = &args.from {
        Report::read(report)?.into_events().into_iter().for_each(|event| seen.take(event));
    } else {
        let run = Run { seed: args.run.seed.or(Some(run::HELD_SEED)), ..args.run.clone() };
        if run::quietly(&run, &loaded, fixtures, &mut |event| seen.take(event))? {
            return Ok(ExitCode::from(INTERRUPTED));
        }
    }
    if let Some(why) = &seen.cut_short {
        return Err(Failure::Usage(format!("the run was cut short ({why}): nothing was written")));
    }
    let path = match (&args.file, fixtures) {
        (Some(file), _) => file.clone(),
        (None, folder) => gate::file_of(folder.unwrap_or(Path::new("fixtures")), &seen.started.subject),
    };
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::Usage(format!("{} cannot be read: {error}", path.display()))),
    };
    let whom = (&seen.started.subject, seen.started.edition.as_str());
    let name = path.display().to_string();
    let Update { text, remarks } =
        update(&name, &before, &gate::known(&loaded), whom, &seen.cases, args.prune)?;
    if text != before {
        write(&path, &text).map_err(Failure::Unwritten)?;
    }
    output::print(&shown(&path, &remarks, text != before))?;
    Ok(ExitCode::SUCCESS)
}

/// What a run takes and this does nothing with is not passed over in silence.
fn refuse_unused(run: &Run) -> Result<(), Failure> {
    if run.reports.json.is_some() || !run.reports.reports.is_empty() {
        return Err(Failure::Usage(
            "`sockspec expect` writes no report: write it with `sockspec run --json FILE`, then `sockspec expect --from FILE`"
                .to_owned(),
        ));
    }
    if run.gate.expect.is_some() || run.gate.skip_budget.is_some() {
        return Err(Failure::Usage(
            "`sockspec expect` writes expectations and holds nothing to them: `sockspec run` takes --expect and --skip-budget"
                .to_owned(),
        ));
    }
    Ok(())
}

/// Whole or not at all, beside the target first.
fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if path.exists() {
        // Keeps its permissions, and a link what it leads to.
        return fs::write(path, text);
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(permissions)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn shown(path: &Path, remarks: &[Remark], written: bool) -> String {
    let mut text = String::new();
    for remark in remarks {
        let _ = writeln!(text, "{}", value(&remark.to_string()));
    }
    let missing = remarks.iter().filter(|remark| matches!(remark, Remark::NoReason { .. })).count();
    let state = if written { "written" } else { "as it was" };
    let line = match missing {
        0 => paint(GOOD, &format!("sockspec: {} is {state}", path.display())),
        count => paint(
            BAD,
            &format!("sockspec: {} is {state}; {} to be written", path.display(), counted(count, "reason")),
        ),
    };
    let _ = writeln!(text, "{line}");
    text
}
