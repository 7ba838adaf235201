//! `sockspec run`: judges a subject.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use sockspec_cases::{Case, LabNeed, Suite};
use sockspec_engine::{Cancel, Check, LabPolicy, Plan};
use sockspec_events::{Event, Shard};
use sockspec_laws::Seed;

use crate::args::{DEFAULT_INTERPRETER, Form, Run};
use crate::exit::Failure;
use crate::load::Loaded;
use crate::regressions::Regressions;
use crate::signals::Watch;
use crate::subjects::{Resolved, interpreter};
use crate::told::Told;
use crate::{gate, output, properties, quote, repeat, reports, select, shard};

/// How long one call may take where neither the command line nor the subject says.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Runs the selected cases on the subject.
pub(crate) fn run(args: &Run, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    let mut told = Told::new(gate::from(&args.gate, &loaded, fixtures)?, loaded.fixtures.version());
    reports::add(&args.reports, &mut told)?;
    let interrupted = start(args, &loaded, fixtures, &mut |event, cancel| told.tell(event, Some(cancel)))?;
    Ok(ExitCode::from(told.status(interrupted)?))
}

/// The seed of a run that is held to expectations, and of the one that writes them.
pub(crate) const HELD_SEED: Seed = Seed(1);

/// Runs the selected cases on the subject for whoever wants the events alone. Says whether it was interrupted.
pub(crate) fn quietly(
    args: &Run,
    loaded: &Loaded,
    fixtures: Option<&Path>,
    emit: &mut dyn FnMut(Event),
) -> Result<bool, Failure> {
    start(args, loaded, fixtures, &mut |event, _| emit(event))
}

fn start(
    args: &Run,
    loaded: &Loaded,
    fixtures: Option<&Path>,
    emit: &mut dyn FnMut(Event, &Cancel),
) -> Result<bool, Failure> {
    let prepared = Prepared::new(args, loaded, fixtures)?;
    let cancel = Cancel::new()?;
    let _watch = Watch::start(Some(cancel.clone()), prepared.leftover())?;
    prepared.run(args, &cancel, &mut |event| emit(event, &cancel))?;
    Ok(cancel.is_set())
}

/// A run that is ready to be started.
pub(crate) struct Prepared {
    plan: Plan,
    /// Holds the driver for as long as it is needed.
    subject: Resolved,
    part: Option<Shard>,
    regressions: Option<Regressions>,
}

impl Prepared {
    /// What the command line asks to be run.
    pub(crate) fn new(args: &Run, loaded: &Loaded, fixtures: Option<&Path>) -> Result<Self, Failure> {
        Self::on(|| Resolved::from(args), args, loaded, fixtures)
    }

    /// The same on a subject that is found otherwise.
    pub(crate) fn on(
        subject: impl FnOnce() -> Result<Resolved, Failure>,
        args: &Run,
        loaded: &Loaded,
        fixtures: Option<&Path>,
    ) -> Result<Self, Failure> {
        loaded.labs()?;
        let mut chosen: Vec<Case> =
            select::everything(loaded, &args.selection, None)?.into_iter().cloned().collect();
        let is_law = |case: &Case| loaded.properties.iter().any(|law| law.id == case.id);
        let in_lab = |case: &Case| is_law(case) && matches!(case.lab, LabNeed::Lab(_));
        if args.effort == 0 {
            chosen.retain(|case| !is_law(case));
        } else if fixtures.is_some() && chosen.iter().any(in_lab) && !loaded.has_the_default_lab() {
            chosen.retain(|case| !in_lab(case));
            output::remark(
                "laws of names and interfaces are left out: these fixtures have another default lab",
            );
        }
        if chosen.is_empty() {
            return Err(Failure::Usage("nothing is left to run without laws; ask for more".to_owned()));
        }
        let part = shard::of(&args.shards, loaded, &mut chosen)?;
        let (laws, cases): (Vec<Case>, Vec<Case>) = chosen.into_iter().partition(is_law);
        let regressions = args.regressions.as_deref().map(Regressions::read).transpose()?;
        // What is known was found with these inputs; others would find less or more of the same.
        let given = args.seed.or_else(|| args.gate.expect.is_some().then_some(HELD_SEED));
        let seed = given.unwrap_or_else(properties::random_seed);
        let checks = checks(args, &laws, (seed, given), regressions.as_ref());
        let clauses = clauses(&loaded.suite, cases.iter().chain(&laws));
        let subject = subject()?;
        let plan = Plan {
            subject: subject.spec.clone(),
            label: subject.label.clone(),
            known: loaded.suite.cases.len() + if args.effort > 0 { loaded.properties.len() } else { 0 },
            clauses,
            reasons: reasons(&loaded.suite, &cases),
            cases,
            seed: (!checks.is_empty()).then_some(seed),
            checks,
            edition: args.edition,
            labs: loaded.lab_files(),
            lab_policy: match (args.require_lab, args.no_lab) {
                (true, _) => LabPolicy::Required,
                (false, true) => LabPolicy::Never,
                (false, false) => LabPolicy::WhereAvailable,
            },
            jobs: args.jobs.into(),
            timeout: args.timeout.or(subject.timeout).unwrap_or(TIMEOUT),
            fail_fast: args.fail_fast,
            rerun: rerun(args, fixtures),
            repro: repro(args, subject.form, fixtures),
            repro_law: repro_law(args, subject.form, fixtures),
        };
        Ok(Self { plan, subject, part, regressions })
    }

    /// The folder of its driver, which is to be removed whatever becomes of this process.
    pub(crate) fn leftover(&self) -> Option<PathBuf> {
        self.subject.folder.as_ref().map(|folder| folder.path().to_owned())
    }

    /// Runs it.
    pub(crate) fn run(
        mut self,
        args: &Run,
        cancel: &Cancel,
        emit: &mut dyn FnMut(Event),
    ) -> Result<(), Failure> {
        let (part, regressions) = (&self.part, &mut self.regressions);
        let mut emit = |mut event: Event| {
            if let Event::RunStarted(started) = &mut event {
                started.shard.clone_from(part);
            }
            if let (Some(regressions), Event::CaseFinished(result)) = (&mut *regressions, &event) {
                regressions.note(result);
            }
            emit(event);
        };
        match args.repeat {
            Some(times) => repeat::run(&self.plan, times, args.allow_flaky, cancel, &mut emit)?,
            None => sockspec_engine::run(&self.plan, cancel, &mut emit).map(drop)?,
        }
        match &self.regressions {
            Some(regressions) => regressions.write(),
            None => Ok(()),
        }
    }
}

/// What is checked beside the cases: the laws and models that were chosen, each by its own budget times what was asked
/// for.
fn checks(
    args: &Run,
    laws: &[Case],
    (seed, given): (Seed, Option<Seed>),
    regressions: Option<&Regressions>,
) -> Vec<Check> {
    let ids: Vec<&str> = laws.iter().map(|case| case.id.as_str()).collect();
    // A seed that was given may be that of one input, which then comes first.
    let first = |id: &str| {
        let kept = regressions.map(|regressions| regressions.of(id)).unwrap_or_default();
        given.into_iter().chain(kept).collect()
    };
    properties::checks(&ids, args.effort, seed, &first)
}

/// The text of every clause that a case names.
fn clauses<'c>(suite: &Suite, cases: impl Iterator<Item = &'c Case>) -> BTreeMap<String, String> {
    let ids: BTreeSet<&String> = cases.flat_map(|case| &case.clauses).collect();
    ids.into_iter().filter_map(|id| Some((id.clone(), suite.catalogue.get(id)?.text.clone()))).collect()
}

/// The text of every reason that a case names.
fn reasons(suite: &Suite, cases: &[Case]) -> BTreeMap<String, String> {
    let steps = cases.iter().flat_map(|case| &case.steps);
    let ids: BTreeSet<&String> =
        steps.flat_map(|step| &step.allow).map(|allowance| &allowance.reason).collect();
    ids.into_iter().filter_map(|id| Some((id.clone(), suite.reasons.get(id)?.text.clone()))).collect()
}

/// The command that runs one case alone in the same way: its id is put behind it, or where `{case}` stands.
fn rerun(args: &Run, fixtures: Option<&Path>) -> String {
    let mut words: Vec<OsString> = vec![program(), "run".into()];
    words.extend(args.subject.iter().map(OsString::from));
    let mut option = |name: &str, value: Option<OsString>| {
        if let Some(value) = value {
            words.extend([name.into(), value]);
        }
    };
    let default = Run::default();
    option("--fixtures", fixtures.map(OsString::from));
    option("--module", args.module.as_ref().map(OsString::from));
    option("--edition", (args.edition != default.edition).then(|| args.edition.to_string().into()));
    option("--timeout", args.timeout.map(|timeout| timeout.as_secs_f64().to_string().into()));
    words.extend(args.no_lab.then(|| "--no-lab".into()));
    words.push("--case".into());
    let mut text = quote::words(words);
    if !args.command.is_empty() {
        text = format!("{text} {{case}} -- {}", quote::words(&args.command));
    }
    text
}

/// The command that writes a script for one case, which stands for `{case}`, in the form that serves this subject.
fn repro(args: &Run, form: Form, fixtures: Option<&Path>) -> String {
    let mut options = form_options(args, form);
    // A wrong subject that this program holds.
    if let Some(subject) = args.subject.as_ref().filter(|_| form == Form::Rust && is_wrong(args)) {
        options = format!("--subject {} {options}", quote::word(subject));
    }
    format!("{} {{case}} {options} > repro.{}", repro_command(fixtures), form.extension())
}

/// The command that writes a script for what broke a law or model: `{case}` stands for its id, `{seed}` for the seed of
/// the input. It is tried again in the same way.
fn repro_law(args: &Run, form: Form, fixtures: Option<&Path>) -> String {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(subject) = &args.subject {
        words.extend(["--subject".into(), subject.into()]);
    }
    if let Some(timeout) = args.timeout {
        words.extend(["--timeout".into(), timeout.as_secs_f64().to_string().into()]);
    }
    let asked = if words.is_empty() { String::new() } else { format!("{} ", quote::words(words)) };
    let driver = match args.command.as_slice() {
        [] => String::new(),
        words => format!(" -- {}", quote::words(words)),
    };
    format!(
        "{} {{case}} --seed {{seed}} {asked}{}{driver} > repro.{}",
        repro_command(fixtures),
        form_options(args, form),
        form.extension()
    )
}

fn repro_command(fixtures: Option<&Path>) -> String {
    let mut words: Vec<OsString> = vec![program(), "repro".into()];
    if let Some(fixtures) = fixtures {
        words.extend(["--fixtures".into(), fixtures.into()]);
    }
    quote::words(words)
}

fn form_options(args: &Run, form: Form) -> String {
    let mut options = format!("--as {}", form.name());
    if form == Form::Python {
        if let Some(module) = &args.module {
            options = format!("{options} --module {}", quote::word(module));
        }
        let interpreter = args.subject.as_deref().map(interpreter).unwrap_or_default();
        if interpreter != DEFAULT_INTERPRETER {
            options = format!("{options} --interpreter {}", quote::word(&interpreter));
        }
    }
    options
}

fn is_wrong(args: &Run) -> bool {
    args.subject.as_deref().is_some_and(|name| sockspec_strength::subject(name).is_some())
}

/// This program as it was called, as short as it can be said.
pub(crate) fn program() -> OsString {
    let called = env::args_os().next().unwrap_or_else(|| env!("CARGO_PKG_NAME").into());
    let here = env::current_dir().ok();
    match here.and_then(|here| Path::new(&called).strip_prefix(here).map(Path::to_owned).ok()) {
        // A path inside the working folder keeps its slash, or a shell would look for it on PATH.
        Some(inside) if inside.components().count() > 1 => inside.into_os_string(),
        Some(inside) => Path::new(".").join(inside).into_os_string(),
        None => called,
    }
}
