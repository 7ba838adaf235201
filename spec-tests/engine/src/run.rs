//! A run: which cases go where, and their results in order.

use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, unbounded};
use sockspec_cases::{Case, LabNeed};
use sockspec_events::{CaseResult, Event, Probe, RunFinished, RunStarted, SubjectInfo, Summary, Verdict};
use sockspec_subject::Edition;

use crate::cancel::Cancel;
use crate::execute::blank;
use crate::order::WORKER_VARIABLE;
use crate::plan::{EngineError, LabPolicy, Plan, load_labs};
use crate::pool::{End, Note, Queues, World, serve};

/// The lab that cases run in which need less than a lab of their own.
const COMMON_LAB: &str = "default";

/// Runs a plan. Every event goes to `emit`, in the order that [`Event`] states.
///
/// # Errors
/// [`EngineError`] when nothing could be run. What happens once the run has started is told by events.
pub fn run(plan: &Plan, cancel: &Cancel, emit: &mut dyn FnMut(Event)) -> Result<RunFinished, EngineError> {
    let start = Instant::now();
    if env::var_os(WORKER_VARIABLE).is_some() {
        // Its workers would start workers in turn, without end.
        return Err(EngineError::Worker(format!(
            "this process is a worker itself ({WORKER_VARIABLE} is set in its environment)"
        )));
    }
    load_labs(&plan.labs).map_err(|error| EngineError::Labs(error.to_string()))?;
    let machine = Machine::look(plan.lab_policy)?;
    let mut verdicts: Vec<Option<CaseResult>> = Vec::with_capacity(plan.total());
    let mut queues: BTreeMap<World, VecDeque<usize>> = BTreeMap::new();
    for (index, case) in (0..plan.total()).map_while(|index| Some((index, plan.case(index)?))) {
        match machine.place(&case, plan.edition) {
            Place::World(world) => {
                queues.entry(world).or_default().push_back(index);
                verdicts.push(None);
            }
            Place::Verdict(verdict, reason) => verdicts.push(Some(blank(&case, verdict, Some(reason)))),
        }
    }
    let waiting: usize = queues.values().map(VecDeque::len).sum();
    // The subject is greeted in the world where most is to be run; the others start where they are needed.
    let first = queues
        .iter()
        .max_by_key(|(_, queue)| queue.len())
        .map_or_else(|| machine.common(), |(world, _)| world.clone());
    let threads = plan.jobs.clamp(1, waiting.max(1));
    let queues = Queues::new(queues);
    let (sender, notes) = unbounded();
    thread::scope(|scope| {
        for at in 0..threads {
            let (queues, sender) = (&queues, sender.clone());
            let first = (at == 0).then(|| first.clone());
            scope.spawn(move || serve(plan, queues, (first, End::of(at)), cancel, &sender));
        }
        drop(sender);
        let mut collector = Collector {
            plan,
            machine: &machine,
            queues: &queues,
            cancel,
            emit,
            verdicts,
            next: 0,
            done: 0,
            summary: Summary::new(),
            cut_short: None,
            started: false,
            threads,
        };
        let outcome = collector.collect(&notes);
        // Whatever ended the collecting, no thread goes on: the scope waits for them all.
        queues.clear();
        outcome?;
        let finished = RunFinished {
            summary: collector.summary,
            cut_short: collector.cut_short,
            microseconds: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            findings: Vec::new(),
        };
        emit(Event::RunFinished(finished.clone()));
        Ok(finished)
    })
}

/// Where a case goes.
enum Place {
    World(World),
    Verdict(Verdict, String),
}

/// What this machine has.
struct Machine {
    probes: Vec<Probe>,
    lab: Result<(), String>,
    loopback: Result<(), String>,
    loopback6: Result<(), String>,
}

impl Machine {
    fn look(policy: LabPolicy) -> Result<Self, EngineError> {
        let probe = sockspec_lab::probe();
        let lab = match policy {
            LabPolicy::Never => Err("labs are switched off for this run".to_owned()),
            LabPolicy::WhereAvailable | LabPolicy::Required => probe.lab(),
        };
        if let (LabPolicy::Required, Err(why)) = (policy, &lab) {
            return Err(EngineError::LabRequired(why.clone()));
        }
        let check = |name: &str| match probe.get(name) {
            Some(check) if check.ok => Ok(()),
            Some(check) => Err(check.to_string()),
            None => Err(format!("{name} was not probed")),
        };
        Ok(Self {
            lab,
            loopback: check("loopback-v4"),
            loopback6: check("loopback-v6"),
            probes: probe
                .checks
                .iter()
                .map(|check| Probe {
                    name: check.name.to_owned(),
                    available: check.ok,
                    detail: check.reason.clone(),
                })
                .collect(),
        })
    }

    fn common(&self) -> World {
        self.lab.is_ok().then(|| COMMON_LAB.to_owned())
    }

    fn place(&self, case: &Case, edition: Edition) -> Place {
        if !case.editions.contains(&edition) {
            let holds: Vec<String> = case.editions.iter().map(ToString::to_string).collect();
            return Place::Verdict(
                Verdict::NotApplicable,
                format!("it holds in edition {} only", holds.join(", ")),
            );
        }
        if self.lab.is_ok() {
            return Place::World(Some(match &case.lab {
                LabNeed::Lab(name) => name.clone(),
                LabNeed::None | LabNeed::Loopback | LabNeed::Loopback6 => COMMON_LAB.to_owned(),
            }));
        }
        let needed = match &case.lab {
            LabNeed::None => &Ok(()),
            LabNeed::Loopback => &self.loopback,
            LabNeed::Loopback6 => &self.loopback6,
            LabNeed::Lab(_) => &self.lab,
        };
        match needed {
            Ok(()) => Place::World(None),
            Err(why) => Place::Verdict(Verdict::NotRun, why.clone()),
        }
    }
}

/// Puts results in order, and ends the run where it has to end.
struct Collector<'c> {
    plan: &'c Plan,
    machine: &'c Machine,
    queues: &'c Queues,
    cancel: &'c Cancel,
    emit: &'c mut dyn FnMut(Event),
    verdicts: Vec<Option<CaseResult>>,
    /// The first case that is not reported yet.
    next: usize,
    done: usize,
    summary: Summary,
    cut_short: Option<String>,
    started: bool,
    threads: usize,
}

impl Collector<'_> {
    fn collect(&mut self, notes: &Receiver<Note>) -> Result<(), EngineError> {
        // A warning before the start waits for it.
        let mut early = Vec::new();
        // The channel closes when the last thread is done.
        for note in notes {
            match note {
                Note::Ready { subject, notes } => {
                    if !self.started {
                        self.start(*subject);
                        early.drain(..).for_each(|text| (self.emit)(Event::Warning { text }));
                        notes.into_iter().for_each(|text| (self.emit)(Event::Warning { text }));
                    }
                    self.flush();
                }
                Note::Done { index, result } => {
                    self.verdicts[index] = Some(*result);
                    self.done += 1;
                    (self.emit)(Event::Progress { done: self.done, total: self.plan.total() });
                    self.flush();
                }
                Note::NoSubject { what, stderr } if !self.started => {
                    self.queues.clear();
                    return Err(EngineError::SubjectStart { what, stderr });
                }
                Note::NoLab { why } if !self.started && self.plan.lab_policy == LabPolicy::Required => {
                    self.queues.clear();
                    return Err(EngineError::LabRequired(why));
                }
                Note::NoWorker { what } if !self.started => {
                    self.queues.clear();
                    return Err(EngineError::Worker(what));
                }
                Note::NoLab { why } if !self.started => {
                    self.queues.clear();
                    return Err(EngineError::Worker(format!("the lab could not be entered: {why}")));
                }
                Note::NoSubject { what, .. } => {
                    self.warn(&mut early, format!("the subject could not be started again: {what}"));
                }
                Note::NoLab { why } => self.warn(&mut early, format!("a lab could not be entered: {why}")),
                Note::NoWorker { what } => {
                    self.warn(&mut early, format!("a worker could not be started: {what}"));
                }
            }
            if self.cut_short.is_some() {
                break;
            }
        }
        if !self.started {
            // Interrupted before anybody answered.
            self.start(SubjectInfo { label: self.plan.label.clone(), ..SubjectInfo::default() });
        }
        if self.cancel.is_set() && self.cut_short.is_none() {
            self.cut_short = Some("interrupted".to_owned());
            self.flush_all();
        }
        if self.cut_short.is_none() {
            self.complete();
        }
        Ok(())
    }

    fn warn(&mut self, early: &mut Vec<String>, text: String) {
        if self.started { (self.emit)(Event::Warning { text }) } else { early.push(text) }
    }

    fn start(&mut self, subject: SubjectInfo) {
        self.started = true;
        let plan = self.plan;
        (self.emit)(Event::RunStarted(Box::new(RunStarted {
            subject,
            edition: plan.edition.to_string(),
            environment: self.machine.probes.clone(),
            total: plan.total(),
            known: plan.known,
            clauses: plan.clauses.clone(),
            reasons: plan.reasons.clone(),
            rerun: plan.rerun.clone(),
            repro: plan.repro.clone(),
            repro_law: plan.repro_law.clone(),
            jobs: self.threads,
            fixtures: String::new(),
            gate: None,
            shard: None,
            properties: plan.checks.len(),
            seed: plan.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        })));
    }

    /// Reports what is next in order, as far as it is known.
    fn flush(&mut self) {
        while self.started && self.cut_short.is_none() {
            let Some(result) = self.verdicts.get_mut(self.next).and_then(Option::take) else { return };
            self.next += 1;
            self.report(result);
        }
    }

    /// Reports everything that is known, whatever is missing between.
    fn flush_all(&mut self) {
        for at in self.next..self.verdicts.len() {
            if let Some(result) = self.verdicts[at].take() {
                self.report(result);
            }
        }
    }

    /// Gives a verdict to every case that no thread had one for, so that none is passed over in silence.
    fn complete(&mut self) {
        for (index, slot) in self.verdicts.iter_mut().enumerate().skip(self.next) {
            let reason = || Some("no worker was left to run it".to_owned());
            if let (None, Some(case)) = (&slot, self.plan.case(index)) {
                *slot = Some(blank(&case, Verdict::NotRun, reason()));
            }
        }
        self.flush();
    }

    fn report(&mut self, result: CaseResult) {
        self.summary.count(result.verdict);
        let departs = result.verdict.is_departure();
        let id = result.id.clone();
        (self.emit)(Event::CaseFinished(Box::new(result)));
        if departs && self.plan.fail_fast && self.cut_short.is_none() {
            self.cut_short = Some(format!("--fail-fast: {id} is the first departure"));
            self.queues.clear();
        }
    }
}
