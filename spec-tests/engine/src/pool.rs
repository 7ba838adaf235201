//! The pool: threads that each keep one worker busy.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::Sender;
use sockspec_cases::Case;
use sockspec_events::{CaseResult, PropertyRun, StepVerdict, SubjectInfo, Verdict};
use sockspec_laws::Seed;
use sockspec_process::STARVED_AT_MOST;
use tempfile::TempDir;

use crate::cancel::Cancel;
use crate::execute::blank;
use crate::hire::{Hired, NoHire, hire};
use crate::order::{CheckOrder, LabOrder, Order, Task, Word};
use crate::plan::Plan;
use crate::trail::{CLOSING, Mark};
use crate::worker_pipe::{Heard, WorkerPipe};

/// Where cases run: in the lab of that name, or outside of any.
pub(crate) type World = Option<String>;

/// What a pool thread tells the run.
pub(crate) enum Note {
    /// A worker is ready.
    Ready { subject: Box<SubjectInfo>, notes: Vec<String> },
    /// A case has its verdict.
    Done { index: usize, result: Box<CaseResult> },
    /// The subject could not be started.
    NoSubject { what: String, stderr: String },
    /// A lab could not be entered.
    NoLab { why: String },
    /// A worker could not be started, or did not obey.
    NoWorker { what: String },
}

/// Where a thread takes its next case from. Laws and models come last and take longest: were they begun last, too, all
/// threads but one would be without work in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// From the first on, so that there is something to report soon.
    First,
    /// From the last backwards.
    Last,
}

impl End {
    /// Every other thread begins at the end.
    pub(crate) fn of(thread: usize) -> Self {
        if thread.is_multiple_of(2) { Self::First } else { Self::Last }
    }
}

/// The cases that wait, by the world they run in.
pub(crate) struct Queues(Mutex<BTreeMap<World, VecDeque<usize>>>);

impl Queues {
    pub(crate) fn new(queues: BTreeMap<World, VecDeque<usize>>) -> Self {
        Self(Mutex::new(queues))
    }

    /// The next case for a worker in that world, else one of the longest queue; the last one for who begins at the end.
    fn next(&self, current: Option<&World>, end: End) -> Option<(World, usize)> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stay = current.filter(|world| queues.get(*world).is_some_and(|queue| !queue.is_empty())).cloned();
        let world = stay.or_else(|| {
            queues
                .iter()
                .filter(|(_, queue)| !queue.is_empty())
                .max_by_key(|(_, queue)| queue.len())
                .map(|(w, _)| w.clone())
        })?;
        let queue = queues.get_mut(&world)?;
        let index = match end {
            End::First => queue.pop_front(),
            End::Last => queue.pop_back(),
        }?;
        Some((world, index))
    }

    /// Takes everything out that waits for that world.
    pub(crate) fn drain(&self, world: &World) -> Vec<usize> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.remove(world).into_iter().flatten().collect()
    }

    /// Takes everything out.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// One pool thread's work: until no case waits.
pub(crate) fn serve(
    plan: &Plan,
    queues: &Queues,
    (first, end): (Option<World>, End),
    cancel: &Cancel,
    notes: &Sender<Note>,
) {
    let mut thread = Thread { plan, queues, cancel, notes, worker: None, scratch: None, mark: None };
    // The run must know its subject even when no case is left to run.
    if let Some(world) = first
        && !thread.ready(&world)
    {
        return;
    }
    while !cancel.is_set() {
        let current = thread.worker.as_ref().map(|(world, _)| world.clone());
        let Some((world, index)) = queues.next(current.as_ref(), end) else { break };
        if !thread.ready(&world) {
            thread.refuse(&world, index);
            continue;
        }
        thread.run(index);
    }
    if let Some((_, worker)) = thread.worker.take() {
        worker.leave(plan.timeout + Duration::from_secs(5), cancel);
    }
}

struct Thread<'t> {
    plan: &'t Plan,
    queues: &'t Queues,
    cancel: &'t Cancel,
    notes: &'t Sender<Note>,
    worker: Option<(World, WorkerPipe)>,
    /// Where workers outside of a lab make their files; made when the first of them is started.
    scratch: Option<TempDir>,
    /// Where its worker marks the inputs of laws and models; there where any are checked.
    mark: Option<Mark>,
}

impl Thread<'_> {
    fn note(&self, note: Note) {
        // The run stops listening only once it needs nothing more.
        let _ = self.notes.send(note);
    }

    /// Has a worker in that world; `false` when there is none to be had, which has been said.
    fn ready(&mut self, world: &World) -> bool {
        if self.worker.as_ref().is_some_and(|(current, _)| current == world) {
            return true;
        }
        if let Some((_, old)) = self.worker.take() {
            old.leave(self.plan.timeout + Duration::from_secs(5), self.cancel);
        }
        let scratch = match self.scratch(world) {
            Ok(scratch) => scratch,
            Err(error) => {
                let help = "name a folder that can be written to in TMPDIR";
                self.note(Note::NoWorker { what: format!("no scratch folder: {error}; {help}") });
                return false;
            }
        };
        if self.mark.is_none() && !self.plan.checks.is_empty() {
            match Mark::new() {
                Ok(mark) => self.mark = Some(mark),
                Err(error) => {
                    self.note(Note::NoWorker { what: format!("no file in memory: {error}") });
                    return false;
                }
            }
        }
        let order = Order {
            mark: self.mark.as_ref().map(Mark::path),
            subject: self.plan.subject.clone(),
            label: self.plan.label.clone(),
            lab: world.as_ref().map(|name| LabOrder { name: name.clone(), files: self.plan.labs.clone() }),
            scratch,
            timeout_ms: u64::try_from(self.plan.timeout.as_millis()).unwrap_or(u64::MAX),
            core: None,
            real_time: false,
        };
        let note = match hire(&order, self.plan.timeout, self.cancel) {
            Ok(Hired { worker, subject, notes, .. }) => {
                self.note(Note::Ready { subject: Box::new(subject), notes });
                self.worker = Some((world.clone(), worker));
                return true;
            }
            Err(NoHire::Lab { why }) => Note::NoLab { why },
            Err(NoHire::Subject { why, stderr }) => Note::NoSubject { what: why, stderr },
            Err(NoHire::Worker { what }) => Note::NoWorker { what },
            Err(NoHire::Cancelled) => return false,
        };
        self.note(note);
        false
    }

    /// The scratch folder of a worker in that world; a lab has its own.
    fn scratch(&mut self, world: &World) -> io::Result<Option<PathBuf>> {
        if world.is_some() {
            return Ok(None);
        }
        let folder = match self.scratch.take() {
            Some(folder) => folder,
            // Short, since the paths of local sockets are.
            None => tempfile::Builder::new().prefix("ss").tempdir()?,
        };
        Ok(Some(self.scratch.insert(folder).path().to_path_buf()))
    }

    /// No worker could be had for this case; nor will there be one for the others of its world.
    fn refuse(&self, world: &World, index: usize) {
        if self.cancel.is_set() {
            return;
        }
        let mut indices = vec![index];
        indices.extend(self.queues.drain(world));
        for index in indices {
            let Some(case) = self.plan.case(index) else { continue };
            let reason = "no worker could be started for it".to_owned();
            self.note(Note::Done { index, result: Box::new(blank(&case, Verdict::NotRun, Some(reason))) });
        }
    }

    fn run(&mut self, index: usize) {
        let Some(case) = self.plan.case(index) else { return };
        let case = &*case;
        let check = index.checked_sub(self.plan.cases.len()).and_then(|at| self.plan.checks.get(at));
        let order = check.map(CheckOrder::from);
        let task = match &order {
            Some(order) => Task::Check { index, order: order.clone() },
            None => Task::Case { index, case: Box::new(case.clone()) },
        };
        let said = match (&self.mark, &order) {
            // What was marked there is of another law.
            (Some(mark), Some(_)) => mark.clear().map_err(|error| error.to_string()),
            _ => Ok(()),
        };
        let Some((world, worker)) = &mut self.worker else { return };
        let world = world.clone();
        if let Err(error) = said.and_then(|()| worker.say(&task).map_err(|error| error.to_string())) {
            let reason = format!("the case could not be handed to a worker: {error}");
            let result = Box::new(blank(case, Verdict::NotRun, Some(reason)));
            self.note(Note::Done { index, result });
            return;
        }
        let Some((mut result, gone)) = self.hear(index, case, &mut None) else { return };
        if let (true, Some(order)) = (gone, &order) {
            self.retrace(index, case, order, &world, &mut result);
        }
        self.note(Note::Done { index, result: Box::new(result) });
    }

    /// Waits for the verdict. Says whether it is the engine's own, because the worker had none to tell; `None` where the
    /// run is cancelled. `doing` becomes the last step that the worker told of.
    fn hear(
        &mut self,
        index: usize,
        case: &Case,
        doing: &mut Option<CaseResult>,
    ) -> Option<(CaseResult, bool)> {
        let (_, worker) = self.worker.as_mut()?;
        let patience = patience(case, self.plan);
        let heard = loop {
            // A law takes as long as its budget is large; its worker says from time to time that it goes on.
            match worker.hear(patience, self.cancel) {
                Heard::Word(Word::Alive) => {}
                Heard::Word(Word::Doing { result }) => *doing = Some(*result),
                other => break other,
            }
        };
        let result = match heard {
            Heard::Word(Word::Done { index: said, result }) if said == index => {
                if matches!(result.verdict, Verdict::Hang | Verdict::Crash) {
                    // An in-process subject that hangs takes its worker along, and nobody knows the state of one
                    // that panicked. A driver's worker could go on, but a fresh one costs little and starts clean.
                    self.worker = None;
                }
                return Some((*result, false));
            }
            Heard::Word(_) => {
                fault(case, Verdict::Crash, "the worker said what no worker says".to_owned(), String::new())
            }
            Heard::Ended { how, stderr } => {
                fault(case, Verdict::Crash, format!("the subject took its process along: {how}"), stderr)
            }
            Heard::Overdue => fault(
                case,
                Verdict::Hang,
                "the worker gave no verdict in time, and was killed".to_owned(),
                String::new(),
            ),
            Heard::Cancelled => {
                self.worker = None;
                return None;
            }
        };
        self.worker = None;
        Some((result, true))
    }

    /// Adds to the result of a law or model whose worker is gone which input it was, and finds out which step: another
    /// worker tries that input once more, and tells each step before it makes it.
    fn retrace(
        &mut self,
        index: usize,
        case: &Case,
        order: &CheckOrder,
        world: &World,
        result: &mut CaseResult,
    ) {
        let Some(input) = self.mark.as_ref().and_then(Mark::get) else {
            result.property =
                Some(Box::new(PropertyRun { seed: Seed(order.seed).to_string(), ..PropertyRun::default() }));
            return;
        };
        result.property = Some(Box::new(input.run()));
        if result.verdict != Verdict::Crash || !self.ready(world) {
            return;
        }
        let Some((_, worker)) = &mut self.worker else { return };
        if worker.say(&Task::Check { index, order: order.once_more(input.seed) }).is_err() {
            return;
        }
        let mut doing = None;
        let again = self.hear(index, case, &mut doing);
        let died = matches!(&again, Some((again, true)) if again.verdict == Verdict::Crash);
        if let Some(doing) = doing {
            result.property = Some(Box::new(PropertyRun {
                case: doing.property.and_then(|property| property.case),
                ..input.run()
            }));
            if died {
                let closing = doing.steps.last().is_none_or(|last| last.verdict != StepVerdict::NoOutcome);
                if let (true, Some(reason)) = (closing, &mut result.reason) {
                    reason.push_str(CLOSING);
                }
                // Else they are all that it did, and none of them is to blame alone.
                result.steps = doing.steps;
            }
        }
        if !died && !self.cancel.is_set() {
            let reason = result.reason.take().unwrap_or_default();
            result.reason = Some(format!("{reason}; tried once more, alone, the same input did not do so"));
        }
    }
}

fn fault(case: &Case, verdict: Verdict, reason: String, stderr: String) -> CaseResult {
    CaseResult { stderr, ..blank(case, verdict, Some(reason)) }
}

/// How long a worker may take over a case: every step its whole time and one new start, all of it as long as a machine that is
/// busy can make it, and then some. Whoever watches the calls themselves is expected to speak first.
fn patience(case: &Case, plan: &Plan) -> Duration {
    let steps = u32::try_from(case.steps.len()).unwrap_or(u32::MAX).saturating_add(3);
    let calls = plan.timeout.saturating_mul(steps).saturating_add(plan.subject.hello());
    calls.saturating_mul(STARVED_AT_MOST).saturating_add(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What threads take that begin at these ends, one after the other, until nothing is left.
    fn taken(queues: &[(&str, &[usize])], ends: &[End]) -> Vec<Vec<usize>> {
        let filled =
            queues.iter().map(|(world, queue)| (Some((*world).to_owned()), queue.iter().copied().collect()));
        let queues = Queues::new(filled.collect());
        let mut current: Vec<Option<World>> = vec![None; ends.len()];
        let mut taken = vec![Vec::new(); ends.len()];
        for at in (0..ends.len()).cycle() {
            let Some((world, index)) = queues.next(current[at].as_ref(), ends[at]) else { return taken };
            current[at] = Some(world);
            taken[at].push(index);
        }
        taken
    }

    #[test]
    fn every_other_thread_begins_at_the_end() {
        let ends: Vec<End> = (0..3).map(End::of).collect();
        assert_eq!(ends, [End::First, End::Last, End::First]);
        let each = taken(&[("default", &[0, 1, 2, 3, 4, 5])], &ends);
        assert_eq!(each, [vec![0, 2], vec![5, 4], vec![1, 3]]);
    }

    #[test]
    fn one_thread_takes_everything_in_order() {
        assert_eq!(taken(&[("bare", &[3]), ("default", &[0, 1, 2])], &[End::of(0)]), [vec![0, 1, 2, 3]]);
    }
}
