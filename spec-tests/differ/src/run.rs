//! A run: scripts from seeds, both subjects asked, differences kept, shrunk and grouped.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use globset::GlobMatcher;
use sockspec_cases::{Step, Suite};
use sockspec_engine::{Cancel, EngineError, Ran, Runner, Script, Twin};
use sockspec_laws::Seed;
use sockspec_subject::Edition;

use crate::case::{self, Shown};
use crate::difference::{Difference, compare, shape};
use crate::generate::Generator;
use crate::judge::{Judgement, Seen, judge};
use crate::report::{Group, Report};
use crate::shrink::smaller;
use crate::state::{About, Bucket, State, StateError};

/// How many scripts go to a subject at once. Part of what a seed means: a subject is reset between batches.
const BATCH: u64 = 512;
/// How many rounds of shrinking at most.
const ROUNDS: usize = 200;
/// How often the state is written.
const KEEP: Duration = Duration::from_secs(1);

/// What is to be run.
pub struct Plan<'p> {
    /// Clauses and reasons.
    pub suite: &'p Suite,
    /// The two subjects.
    pub twins: [Twin; 2],
    /// Where inputs come from.
    pub seed: Seed,
    /// The number of the one input that is looked at; all that the budget takes where there is none.
    pub input: Option<u64>,
    /// How many generated calls at least.
    pub budget: u64,
    /// The edition that is judged by.
    pub edition: Edition,
    /// Which functions and methods, with the pattern as it was written.
    pub only: Option<(String, GlobMatcher)>,
    /// Where the state is kept.
    pub state: Option<PathBuf>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many of so many calls were made, and led to so many kinds of difference.
    Asking {
        /// Calls made.
        calls: u64,
        /// Calls to make.
        budget: u64,
        /// Kinds of difference so far.
        kinds: usize,
    },
    /// So many of so many kinds of difference are shrunk.
    Shrinking {
        /// Kinds that are shrunk.
        done: usize,
        /// Kinds that there are.
        total: usize,
    },
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// A subject cannot be run.
    #[error("{label}: {source}")]
    Engine {
        /// The name it was asked for by.
        label: String,
        /// What happened.
        source: EngineError,
    },
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The pattern names no function.
    #[error("no function or method is called {0:?}: write a documented name, or a glob such as `get*`")]
    Only(String),
}

/// Runs a plan. An interrupted run gives the report of what it found, and its state goes on from there.
///
/// # Errors
/// [`DiffError`] when a subject cannot be run or the state cannot be used.
pub fn run(plan: &Plan<'_>, cancel: &Cancel, tell: &mut dyn FnMut(Progress)) -> Result<Report, DiffError> {
    let start = Instant::now();
    let only = plan.only.as_ref();
    let generator = Generator::new(only.map(|(_, glob)| glob))
        .ok_or_else(|| DiffError::Only(only.map(|(text, _)| text.clone()).unwrap_or_default()))?;
    let mut pair = Pair::start(plan, cancel)?;
    let subjects = [0, 1].map(|at| {
        let info = pair.runners[at].info();
        format!("{} ({} {})", plan.twins[at].label, info.name, info.version)
    });
    let about = About::new(
        subjects,
        plan.seed.to_string(),
        plan.edition.to_string(),
        only.map(|(text, _)| text.clone()),
    );
    let state = match &plan.state {
        Some(path) => State::read(path, about)?,
        None => State::new(about),
    };
    let mut work = Work {
        plan,
        buckets: state.buckets.iter().cloned().map(|bucket| (bucket.key.clone(), bucket)).collect(),
        state,
        kept: Instant::now(),
    };
    let cut_short =
        match work.explore(&generator, &mut pair, tell).and_then(|()| work.shrink(&mut pair, tell)) {
            Ok(()) => None,
            Err(DiffError::Engine { source: EngineError::Cancelled, .. }) => Some("interrupted".to_owned()),
            Err(other) => {
                work.keep(true)?;
                return Err(other);
            }
        };
    work.keep(true)?;
    let mut report = Report {
        subjects: [0, 1].map(|at| pair.runners[at].info().clone()),
        seed: plan.seed.to_string(),
        edition: plan.edition.to_string(),
        calls: work.state.calls,
        scripts: work.state.next,
        groups: Vec::new(),
        clauses: BTreeMap::new(),
        reasons: BTreeMap::new(),
        cut_short,
        microseconds: 0,
    };
    if report.cut_short.is_none() {
        report.groups = work.groups(&mut pair)?;
    }
    words(plan.suite, &mut report);
    pair.leave();
    report.microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(report)
}

/// The text of every clause and reason that a judgement names.
fn words(suite: &Suite, report: &mut Report) {
    for group in &report.groups {
        match &group.judgement {
            Judgement::Departs { a, b } => {
                for finding in a.iter().chain(b) {
                    if let Some(clause) = suite.catalogue.get(&finding.clause) {
                        report.clauses.insert(clause.id.clone(), clause.text.clone());
                    }
                }
            }
            Judgement::Platform(reason) => {
                if let Some(reason) = suite.reasons.get(reason) {
                    report.reasons.insert(reason.id.clone(), reason.text.clone());
                }
            }
            Judgement::Silent => {}
        }
    }
}

/// The two subjects.
struct Pair<'c> {
    runners: [Runner<'c>; 2],
    labels: [String; 2],
}

impl<'c> Pair<'c> {
    fn start(plan: &Plan<'_>, cancel: &'c Cancel) -> Result<Self, DiffError> {
        let start = |at: usize| {
            let twin = &plan.twins[at];
            Runner::start(twin, cancel)
                .map_err(|source| DiffError::Engine { label: twin.label.clone(), source })
        };
        Ok(Self { runners: [start(0)?, start(1)?], labels: [0, 1].map(|at| plan.twins[at].label.clone()) })
    }

    /// Runs the scripts on both, at the same time.
    fn ask(&mut self, scripts: &[Script]) -> Result<[Vec<Ran>; 2], DiffError> {
        let labels = &self.labels;
        let trouble = |at: usize| move |source| DiffError::Engine { label: labels[at].clone(), source };
        let [a, b] = &mut self.runners;
        a.hand(scripts).map_err(trouble(0))?;
        b.hand(scripts).map_err(trouble(1))?;
        Ok([a.take(scripts).map_err(trouble(0))?, b.take(scripts).map_err(trouble(1))?])
    }

    fn compare(&self, script: &Script, runs: [&Ran; 2]) -> Option<Difference> {
        compare(script, [self.runners[0].greeting(), self.runners[1].greeting()], runs)
    }

    fn judge(&self, plan: &Plan<'_>, script: &[Step], difference: &Difference, runs: [&Ran; 2]) -> Judgement {
        let seen = |at: usize| {
            Seen::at(script, difference.step, self.runners[at].greeting(), runs[at], plan.edition)
        };
        match (seen(0), seen(1)) {
            (Some(a), Some(b)) => judge(&a, &b, &plan.suite.catalogue),
            _ => Judgement::Silent,
        }
    }

    fn leave(self) {
        self.runners.into_iter().for_each(Runner::leave);
    }
}

/// What a run does and finds.
struct Work<'w> {
    plan: &'w Plan<'w>,
    state: State,
    buckets: BTreeMap<String, Bucket>,
    kept: Instant,
}

impl Work<'_> {
    /// Makes calls until the budget is spent.
    fn explore(
        &mut self,
        generator: &Generator,
        pair: &mut Pair<'_>,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<(), DiffError> {
        if let Some(number) = self.plan.input {
            return self.look(number, 1, generator, pair);
        }
        while self.state.calls < self.plan.budget {
            self.look(self.state.next, BATCH, generator, pair)?;
            self.state.next += BATCH;
            self.keep(false)?;
            tell(Progress::Asking {
                calls: self.state.calls.min(self.plan.budget),
                budget: self.plan.budget,
                kinds: self.buckets.len(),
            });
        }
        Ok(())
    }

    /// Asks so many inputs from that number on, and notes where the two part.
    fn look(
        &mut self,
        from: u64,
        count: u64,
        generator: &Generator,
        pair: &mut Pair<'_>,
    ) -> Result<(), DiffError> {
        let scripts: Vec<Script> =
            (from..from + count).map(|number| generator.script(self.plan.seed, number)).collect();
        let [a, b] = pair.ask(&scripts)?;
        for (((number, script), a), b) in (from..).zip(&scripts).zip(&a).zip(&b) {
            self.state.calls += u64::try_from(script.len()).unwrap_or(0);
            if let Some(difference) = pair.compare(script, [a, b]) {
                let judgement = pair.judge(self.plan, script, &difference, [a, b]);
                self.note(number, script, &difference, judgement);
            }
        }
        Ok(())
    }

    fn note(&mut self, number: u64, script: &Script, difference: &Difference, judgement: Judgement) {
        self.state.differing += 1;
        let key = key(script, difference, &judgement);
        let bucket = self.buckets.entry(key.clone()).or_insert_with(|| Bucket {
            key,
            inputs: 0,
            number,
            size: cost(script),
            script: script.clone(),
            judgement: judgement.clone(),
            shrunk: false,
            alone: false,
        });
        bucket.inputs += 1;
        // A smaller one than that which was shrunk is shrunk in its turn, so that a run that goes on ends as any other.
        if cost(script) < bucket.size {
            (bucket.number, bucket.size, bucket.script) = (number, cost(script), script.clone());
            (bucket.judgement, bucket.shrunk, bucket.alone) = (judgement, false, false);
        }
    }

    /// Writes the state, where one is kept and it is time to.
    fn keep(&mut self, now: bool) -> Result<(), StateError> {
        let Some(path) = &self.plan.state else { return Ok(()) };
        if now || self.kept.elapsed() >= KEEP {
            self.state.buckets = self.buckets.values().cloned().collect();
            self.state.write(path)?;
            self.kept = Instant::now();
        }
        Ok(())
    }

    /// Shrinks every example.
    fn shrink(&mut self, pair: &mut Pair<'_>, tell: &mut dyn FnMut(Progress)) -> Result<(), DiffError> {
        let total = self.buckets.len();
        let keys: Vec<String> = self.buckets.keys().cloned().collect();
        for (done, key) in keys.into_iter().enumerate() {
            if let Some(bucket) = self.buckets.get(&key).filter(|bucket| !bucket.shrunk).cloned() {
                let bucket = self.smallest(bucket, pair)?;
                self.buckets.insert(key, bucket);
                self.keep(false)?;
            }
            tell(Progress::Shrinking { done: done + 1, total });
        }
        Ok(())
    }

    fn smallest(&self, mut bucket: Bucket, pair: &mut Pair<'_>) -> Result<Bucket, DiffError> {
        bucket.shrunk = true;
        let Some((first, judgement)) = self.parts(&bucket.script, pair)? else { return Ok(bucket) };
        let wanted = (first.name.clone(), first.way.clone(), judgement.key());
        if judgement.key() != bucket.judgement.key() {
            return Ok(bucket);
        }
        (bucket.alone, bucket.judgement) = (true, judgement);
        let mut last = first.step;
        // Where one place of a script could be made smaller, the next attempt starts behind it.
        let mut from = 0;
        for _ in 0..ROUNDS {
            let mut candidates = smaller(&bucket.script, last);
            from = if candidates.is_empty() { 0 } else { from % candidates.len() };
            candidates.rotate_left(from);
            let Some((at, script, step, judgement)) = self.first_alike(candidates, &wanted, pair)? else {
                break;
            };
            from += at;
            (bucket.script, last, bucket.judgement) = (script, step, judgement);
        }
        bucket.script.truncate(last + 1);
        Ok(bucket)
    }

    /// The first of these scripts that parts in the wanted way, with its place among them. They are asked a few at a
    /// time, then more: mostly one of the first does.
    fn first_alike(
        &self,
        candidates: Vec<Script>,
        wanted: &(String, String, String),
        pair: &mut Pair<'_>,
    ) -> Result<Option<(usize, Script, usize, Judgement)>, DiffError> {
        let mut candidates = candidates.into_iter().peekable();
        let (mut asked, mut size) = (0, 4);
        while candidates.peek().is_some() {
            let some: Vec<Script> = candidates.by_ref().take(size).collect();
            let [a, b] = pair.ask(&some)?;
            for (at, (script, (a, b))) in some.into_iter().zip(a.iter().zip(&b)).enumerate() {
                let Some(difference) = pair.compare(&script, [a, b]) else { continue };
                let judgement = pair.judge(self.plan, &script, &difference, [a, b]);
                if difference.name == wanted.0 && difference.way == wanted.1 && judgement.key() == wanted.2 {
                    return Ok(Some((asked + at, script, difference.step, judgement)));
                }
            }
            asked += size;
            size *= 2;
        }
        Ok(None)
    }

    /// Runs one script by itself.
    fn parts(
        &self,
        script: &Script,
        pair: &mut Pair<'_>,
    ) -> Result<Option<(Difference, Judgement)>, DiffError> {
        let [a, b] = pair.ask(std::slice::from_ref(script))?;
        let (Some(a), Some(b)) = (a.first(), b.first()) else { return Ok(None) };
        Ok(pair.compare(script, [a, b]).map(|difference| {
            let judgement = pair.judge(self.plan, script, &difference, [a, b]);
            (difference, judgement)
        }))
    }

    /// Examples that shrank to one cause are one group.
    fn groups(&self, pair: &mut Pair<'_>) -> Result<Vec<Group>, DiffError> {
        let mut groups: BTreeMap<String, (Group, (usize, usize))> = BTreeMap::new();
        for bucket in self.buckets.values() {
            let [a, b] = pair.ask(std::slice::from_ref(&bucket.script))?;
            let (Some(a), Some(b)) = (a.first(), b.first()) else { continue };
            let Some(difference) = pair.compare(&bucket.script, [a, b]) else {
                let name = bucket.key.split('\n').next().unwrap_or_default().to_owned();
                let group = case::without_answers(&name, bucket);
                groups.insert(bucket.key.clone(), (group, cost(&bucket.script)));
                continue;
            };
            let key = key(&bucket.script, &difference, &bucket.judgement);
            let shown = Shown {
                script: &bucket.script,
                difference: &difference,
                runs: [a, b],
                greetings: [pair.runners[0].greeting(), pair.runners[1].greeting()],
                labels: [&pair.labels[0], &pair.labels[1]],
            };
            let group = case::group(self.plan.suite, self.plan.edition, &key, bucket, &shown);
            let size = cost(&bucket.script);
            match groups.get_mut(&key) {
                None => {
                    groups.insert(key, (group, size));
                }
                Some((known, known_size)) => {
                    let inputs = known.inputs + group.inputs;
                    if size < *known_size {
                        (*known, *known_size) = (group, size);
                    }
                    known.inputs = inputs;
                }
            }
        }
        let mut groups: Vec<Group> = groups.into_values().map(|(group, _)| group).collect();
        let place = |group: &Group| {
            ["silent", "both", "a", "b", "platform"].iter().position(|word| *word == group.judgement.word())
        };
        groups
            .sort_by(|x, y| (place(x), &x.name, y.inputs, &x.id).cmp(&(place(y), &y.name, x.inputs, &y.id)));
        Ok(groups)
    }
}

/// What differences of one cause have in common, as far as that can be seen.
fn key(script: &[Step], difference: &Difference, judgement: &Judgement) -> String {
    // A clause or a reason is the cause, whatever number an exception carries besides.
    let (way, shape) = match judgement {
        Judgement::Silent => {
            (difference.way.clone(), script.get(difference.step).map(shape).unwrap_or_default())
        }
        _ => (without_numbers(&difference.way), String::new()),
    };
    format!("{}\n{way}\n{}\n{shape}", difference.name, judgement.key())
}

/// A way without the numbers of exceptions.
fn without_numbers(way: &str) -> String {
    let is_number =
        |word: &str| word.strip_prefix('-').unwrap_or(word).bytes().all(|byte| byte.is_ascii_digit());
    way.split(' ').filter(|word| word.is_empty() || !is_number(word)).collect::<Vec<_>>().join(" ")
}

/// How large a script is: steps, then how much there is to read.
fn cost(script: &[Step]) -> (usize, usize) {
    (script.len(), script.iter().map(|step| step.to_string().len()).sum())
}
