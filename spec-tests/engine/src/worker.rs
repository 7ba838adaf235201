//! A worker: a fresh process that enters a lab, starts the subject there, and runs the cases it is handed.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sockspec_cases::Case;
use sockspec_events::{CaseResult, StepResult, StepVerdict, SubjectInfo, Verdict};
use sockspec_lab::Lab;
use sockspec_laws::Property;
use sockspec_process::{DriverCommand, ProcessSubject};
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Work, Worked};
use sockspec_wire::limits::Limits;
use sockspec_wire::lines;

use crate::bench::{Load, Other, load_entry};
use crate::check::{CheckFloor, Watch};
use crate::execute::{blank, fault_verdict, run_case};
use crate::facts::RunFacts;
use crate::order::{Order, Task, WORKER_VARIABLE, Word};
use crate::peer::Peer;
use crate::plan::{SubjectSpec, load_labs};
use crate::scripts::{Floor, Greeting, Ran, Script};
use crate::trail::{Mark, Way};
use crate::watchdog::Watchdog;

/// Makes the in-process subject of that name, anew each time; `None` for a name that it does not know.
pub type Factory<'f> = &'f dyn Fn(&str) -> Option<Box<dyn Subject>>;

/// The laws and models that there are.
pub type Registry<'r> = &'r dyn Fn() -> Vec<&'static dyn Property>;

/// Runs as a worker, where this process was started as one; `None` where it was not.
///
/// Call it first thing in `main`: a lab can be entered only while the process has a single thread.
pub fn worker_entry(factory: Factory<'_>, registry: Registry<'_>) -> Option<ExitCode> {
    // It inherits a worker's environment.
    if let Some(code) = load_entry() {
        return Some(code);
    }
    env::var_os(WORKER_VARIABLE)?;
    match work(factory, registry) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            // The harness keeps a worker's standard error.
            let _ = writeln!(io::stderr(), "worker: {error}");
            Some(ExitCode::FAILURE)
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerError {
    #[error("the pipe to the harness: {0}")]
    Pipe(#[from] io::Error),
    #[error("the harness's order: {0}")]
    Order(#[from] sockspec_wire::LineError),
    #[error("the harness closed the pipe before it gave an order")]
    NoOrder,
}

/// The way back to the harness, shared with the watchdog.
#[derive(Clone)]
pub(crate) struct Mouth(Arc<Mutex<fs::File>>);

impl Mouth {
    /// Takes standard output for the harness alone: what an in-process subject prints goes to standard error.
    fn take() -> io::Result<Self> {
        let pipe: OwnedFd = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self(Arc::new(Mutex::new(fs::File::from(pipe)))))
    }

    pub(crate) fn say(&self, word: &Word) -> Result<(), WorkerError> {
        let line = lines::to_line(word)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())?;
        Ok(())
    }
}

/// Takes standard input for the worker alone: an in-process subject that reads there finds its end.
fn take_input() -> io::Result<fs::File> {
    let pipe: OwnedFd = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    rustix::stdio::dup2_stdin(fs::File::open("/dev/null")?)?;
    Ok(fs::File::from(pipe))
}

/// How long the peer waits, of the time that a step has: less, so that a subject that keeps the peer waiting is told
/// what the peer missed, and not that it hangs.
fn peer_deadline(timeout: Duration) -> Duration {
    timeout * 3 / 4
}

/// Where the worker stands: in a lab, or outside with a scratch folder of its own.
enum World {
    Lab(Lab),
    Bare(PathBuf),
}

impl World {
    fn scratch(&self) -> PathBuf {
        match self {
            Self::Lab(lab) => lab.scratch().to_path_buf(),
            Self::Bare(folder) => folder.clone(),
        }
    }

    /// Empties the scratch folder, and tells what the case did that no case is known to do.
    fn tidy(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let cleared = match self {
            Self::Lab(lab) => lab.clear_scratch(),
            Self::Bare(folder) => clear(folder),
        };
        if let Err(error) = cleared {
            notes.push(format!("the scratch folder could not be emptied: {error}"));
        }
        if let Self::Lab(lab) = self {
            let queries = lab.take_unexpected_queries();
            notes.extend(queries.into_iter().map(|query| format!("unexpected DNS query: {query}")));
            notes.extend(
                lab.take_server_errors().into_iter().map(|error| format!("the lab's DNS server: {error}")),
            );
        }
        notes
    }
}

fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn work(factory: Factory<'_>, registry: Registry<'_>) -> Result<(), WorkerError> {
    let mouth = Mouth::take()?;
    let mut input = BufReader::new(take_input()?);
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Err(WorkerError::NoOrder);
    }
    let order: Order = lines::from_line(&line)?;
    // Before the subject is started, which inherits it.
    order.core.map(crate::bench::pin);
    if order.real_time {
        // Where it is not granted the figures say so; the harness has tried.
        let _ = sockspec_lab::run_in_real_time();
    }
    // The lab has another view of processes.
    let mark = order.mark.as_ref().map(Mark::open).transpose()?;
    let world = match enter(&order) {
        Ok(world) => world,
        Err(why) => return mouth.say(&Word::NoLab { why }),
    };
    let timeout = Duration::from_millis(order.timeout_ms);
    if let SubjectSpec::InProcess { .. } = order.subject {
        // What it takes for a relative path is made where everything is cleared away. A driver stays where it was
        // started, since its arguments may be relative.
        env::set_current_dir(world.scratch())?;
    }
    let mut subject = make(&order, factory, timeout);
    let description = match subject.describe() {
        Ok(description) => description,
        Err(fault) => {
            return mouth
                .say(&Word::NoSubject { why: start_message(&fault), stderr: fault.stderr().to_owned() });
        }
    };
    let notes = match &world {
        World::Lab(lab) => lab.notes().to_vec(),
        World::Bare(_) => Vec::new(),
    };
    let scratch = world.scratch().to_string_lossy().into_owned();
    let greeting = Box::new(Greeting { description: description.clone(), scratch });
    mouth.say(&Word::Ready { subject: info(&order.label, &description), greeting, notes })?;
    let mut bench = Bench {
        facts: RunFacts::new(&description, world.scratch().to_string_lossy()),
        peer: Peer::new(peer_deadline(timeout)),
        world,
        current: Arc::new(Mutex::new(None)),
    };
    // A driver's calls have deadlines of their own.
    let watchdog = match &order.subject {
        SubjectSpec::InProcess { .. } => Some(watch(timeout, &mouth, &bench.current)?),
        SubjectSpec::Process { .. } => None,
    };
    let make_other = || make(&order, factory, timeout);
    let mut other = Other::new(&make_other);
    let mut load = Load::new(&Load::own_program);
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        match lines::from_line(&line)? {
            Task::Case { index, case } => {
                let result = bench.run(index, &case, &mut *subject, watchdog.as_ref());
                mouth.say(&Word::Done { index, result: Box::new(result) })?;
            }
            Task::Check { index, order } => {
                let known = registry().into_iter().find(|property| property.about().id == order.id);
                let watch = Watch { watchdog: watchdog.as_ref(), current: &bench.current, mouth: &mouth };
                let mut floor = CheckFloor {
                    subject: &mut *subject,
                    peer: &mut bench.peer,
                    facts: &mut bench.facts,
                    tidy: &mut || bench.world.tidy(),
                    watch,
                    mark: mark.as_ref(),
                };
                let result = floor.run(index, &order, known);
                mouth.say(&Word::Done { index, result: Box::new(result) })?;
            }
            Task::Turn(round) => {
                let scratch = bench.world.scratch().to_string_lossy().into_owned();
                let measured = crate::bench::run(&mut *subject, &mut other, &mut load, &round, &scratch);
                mouth.say(&Word::Turned(measured))?;
            }
            Task::Scripts(scripts) => {
                mouth.say(&Word::Ran(bench.run_scripts(&scripts, &mut *subject, watchdog.as_ref())))?;
            }
        }
    }
}

fn start_message(fault: &Fault) -> String {
    match fault {
        Fault::Start { what, .. } => what.clone(),
        other => other.to_string(),
    }
}

fn enter(order: &Order) -> Result<World, String> {
    let Some(lab) = &order.lab else {
        let scratch = order.scratch.clone().ok_or("the order names neither a lab nor a scratch folder")?;
        // What a worker that ended early left there.
        clear(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
        return Ok(World::Bare(scratch));
    };
    let labs = load_labs(&lab.files).map_err(|error| error.to_string())?;
    let spec = labs.get(&lab.name).ok_or_else(|| format!("there is no lab {:?}", lab.name))?;
    sockspec_lab::enter(spec).map(World::Lab).map_err(|error| error.to_string())
}

fn make(order: &Order, factory: Factory<'_>, timeout: Duration) -> Box<dyn Subject> {
    match &order.subject {
        SubjectSpec::InProcess { name } => match factory(name) {
            Some(subject) => Box::new(Caught(subject)),
            None => Box::new(Unknown(name.clone())),
        },
        SubjectSpec::Process { argv, env, label, hello } => {
            let command =
                DriverCommand { argv: argv.clone(), env: env.clone(), label: label.clone(), hello: *hello };
            Box::new(ProcessSubject::new(command, Limits { reply: timeout, ..Limits::default() }))
        }
    }
}

fn info(label: &str, description: &Description) -> SubjectInfo {
    SubjectInfo {
        label: label.to_owned(),
        name: description.name.clone(),
        version: description.version.clone(),
        edition: description.edition.to_string(),
        platform: description.platform.clone(),
        capabilities: description.capabilities.clone(),
    }
}

/// The case under way, for the watchdog.
pub(crate) type Current = Arc<Mutex<Option<UnderWay>>>;

/// A case, law or model under way.
pub(crate) struct UnderWay {
    pub(crate) index: usize,
    /// A result that says it hung.
    pub(crate) result: CaseResult,
    /// How far a law or model is.
    pub(crate) way: Option<Way>,
}

/// What a worker runs cases on.
struct Bench {
    world: World,
    facts: RunFacts,
    peer: Peer,
    current: Current,
}

impl Bench {
    fn run_scripts(
        &mut self,
        scripts: &[Script],
        subject: &mut dyn Subject,
        watchdog: Option<&Watchdog>,
    ) -> Vec<Ran> {
        let before = || {
            if let Some(watchdog) = watchdog {
                watchdog.step(0, 0);
            }
        };
        let world = &self.world;
        let mut floor = Floor {
            subject,
            peer: &mut self.peer,
            facts: &mut self.facts,
            tidy: &mut || drop(world.tidy()),
            before: watchdog.is_some().then_some(&before),
        };
        let ran = floor.run(scripts);
        if let Some(watchdog) = watchdog {
            watchdog.idle();
        }
        ran
    }

    fn run(
        &mut self,
        index: usize,
        case: &Case,
        subject: &mut dyn Subject,
        watchdog: Option<&Watchdog>,
    ) -> CaseResult {
        if watchdog.is_some() {
            *self.current.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(UnderWay { index, result: blank(case, Verdict::Hang, None), way: None });
        }
        let current = Arc::clone(&self.current);
        let mut before = |step: usize, so_far: &[StepResult]| {
            let Some(watchdog) = watchdog else { return };
            watchdog.step(index, step);
            let mut held = current.lock().unwrap_or_else(PoisonError::into_inner);
            if let (Some(hung), Some(last)) = (held.as_mut(), step.checked_sub(1)) {
                hung.result.steps[last].clone_from(&so_far[last]);
            }
        };
        let mut result = run_case(case, subject, &mut self.peer, &mut self.facts, &mut before);
        if let Some(watchdog) = watchdog {
            watchdog.step(index, case.steps.len());
        }
        self.peer.reset();
        if let Err(fault) = subject.reset() {
            // What a case leaves behind is part of how it went.
            if !result.verdict.is_departure() {
                result.verdict = fault_verdict(&fault);
                result.reason = Some(format!("while its sockets were closed after the last step: {fault}"));
                fault.stderr().clone_into(&mut result.stderr);
            }
        }
        if let Some(watchdog) = watchdog {
            watchdog.idle();
        }
        result.notes.extend(self.world.tidy());
        result
    }
}

fn watch(limit: Duration, mouth: &Mouth, current: &Current) -> Result<Watchdog, WorkerError> {
    let mouth = mouth.clone();
    let current = Arc::clone(current);
    Ok(Watchdog::start(limit, move |index, step| {
        let held = current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if held.is_none() {
            // No case is under way, so it is a script.
            let _ = mouth.say(&Word::Hung);
        }
        if let Some(UnderWay { index: held_index, mut result, way }) = held
            && held_index == index
        {
            let got = format!("no answer within {limit:?}");
            if let Some(way) = way {
                let ended = way.ended(Verdict::Hang, &got);
                result = CaseResult { property: ended.property.or(result.property), ..ended };
            } else if let Some(step) = result.steps.get_mut(step) {
                step.verdict = StepVerdict::NoOutcome;
                step.got = Some(got);
            }
            let reason = result.reason.unwrap_or_else(|| format!("no answer within {limit:?}"));
            result.reason = Some(format!("{reason}; the worker was ended"));
            let _ = mouth.say(&Word::Done { index, result: Box::new(result) });
        }
        // Nothing else ends a thread that does not return.
        std::process::exit(0);
    })?)
}

/// An in-process subject whose panics are crashes.
struct Caught(Box<dyn Subject>);

impl Caught {
    fn guard<T>(&mut self, work: impl FnOnce(&mut dyn Subject) -> Result<T, Fault>) -> Result<T, Fault> {
        panic::catch_unwind(AssertUnwindSafe(|| work(&mut *self.0))).unwrap_or_else(|panic| {
            let what = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            Err(Fault::Crash { what: format!("it panicked: {what}"), stderr: String::new() })
        })
    }
}

impl Subject for Caught {
    fn describe(&mut self) -> Result<Description, Fault> {
        self.guard(|subject| subject.describe())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.guard(|subject| subject.call(call))
    }

    fn call_all(&mut self, calls: &[Call]) -> Result<Vec<Outcome>, Fault> {
        self.guard(|subject| subject.call_all(calls))
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        self.guard(|subject| subject.work(work))
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.guard(|subject| subject.reset())
    }
}

/// Stands for a name that the factory does not know.
struct Unknown(String);

impl Unknown {
    fn fault(&self) -> Fault {
        let what = format!("this program has no subject of the name {:?}", self.0);
        Fault::Start { what, stderr: String::new() }
    }
}

impl Subject for Unknown {
    fn describe(&mut self) -> Result<Description, Fault> {
        Err(self.fault())
    }

    fn call(&mut self, _call: &Call) -> Result<Outcome, Fault> {
        Err(self.fault())
    }

    fn reset(&mut self) -> Result<(), Fault> {
        Err(self.fault())
    }
}
