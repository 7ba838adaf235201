//! Running laws: inputs from seeds, batches of calls, sessions, and shrinking what breaks a law.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sockspec_cases::{Basis, Case, Expectation, RaisesPattern, Step};
use sockspec_subject::{Call, Fault, Outcome, Unsupported};

use crate::{About, Broken, Budget, Demand, Held, Seed, Seen, Session, Stage, Stop, Verdict};

/// How many inputs' calls go to the subject at once: few at first, then twice as many each time that they took no longer
/// than this.
const BATCH: usize = 256;
const FIRST_BATCH: usize = 4;
const BATCH_TIME: Duration = Duration::from_secs(1);

type Tree<I> = Box<dyn ValueTree<Value = I>>;

/// The input that a seed leads to; `None` where the generator found none.
fn tree<I: Debug>(inputs: &BoxedStrategy<I>, seed: Seed) -> Option<Tree<I>> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.bytes());
    inputs.new_tree(&mut TestRunner::new_with_rng(config, rng)).ok()
}

/// The seeds of the inputs, in their order.
fn seeds<'b>(id: &'b str, budget: &'b Budget) -> impl Iterator<Item = Seed> + 'b {
    let fresh = (0..u64::from(budget.evaluations)).map(move |at| budget.seed.branch(id, at));
    budget.first.iter().copied().chain(fresh)
}

/// What came of one input.
enum Came {
    Held,
    Skipped(Option<Unsupported>),
    Broken(Failure),
    Fault(Fault, Vec<Step>),
}

struct Failure {
    steps: Vec<Step>,
    why: Option<String>,
}

/// What was counted so far.
#[derive(Default)]
struct Count {
    evaluations: u32,
    unsupported: Option<Unsupported>,
}

impl Count {
    fn skipped(&mut self, why: Option<Unsupported>) {
        // What is lacking says more than what cannot be expressed.
        if let Some(why) = why
            && !matches!((&self.unsupported, &why), (Some(_), Unsupported::Inexpressible(_)))
        {
            self.unsupported = Some(why);
        }
    }

    /// Whether it is clear already that nothing can be checked.
    fn is_hopeless(&self) -> bool {
        self.evaluations == 0 && matches!(self.unsupported, Some(Unsupported::Lacks(_)))
    }

    fn verdict(self, cut_short: bool) -> Verdict {
        match self.unsupported {
            Some(why) if self.evaluations == 0 => Verdict::Unsupported(why),
            _ => Verdict::Held(Held { evaluations: self.evaluations, cut_short }),
        }
    }
}

/// Smaller inputs that break the property too, as long as there are any and the budget lasts.
fn shrink<I: Debug>(
    tree: &mut Tree<I>,
    mut failure: Failure,
    budget: &Budget,
    mut check: impl FnMut(&I) -> Came,
) -> (Failure, u32) {
    let mut tried = 0;
    if !tree.simplify() {
        return (failure, tried);
    }
    let begun = Instant::now();
    while tried < budget.shrinks && begun.elapsed() < budget.shrinking() {
        tried += 1;
        let further = match check(&tree.current()) {
            Came::Broken(smaller) => {
                failure = smaller;
                tree.simplify()
            }
            // A subject that stopped answering is another matter than what is being shrunk.
            Came::Fault(..) | Came::Held | Came::Skipped(_) => tree.complicate(),
        };
        if !further {
            break;
        }
    }
    (failure, tried)
}

/// Checks a property whose inputs are each a [`Session`] of steps.
pub fn check_sessions<I: Debug>(
    about: &About,
    inputs: &BoxedStrategy<I>,
    body: impl Fn(&I, &mut Session<'_, '_>) -> Result<(), Stop>,
    stage: &mut Stage<'_>,
    budget: &Budget,
) -> Verdict {
    let mut count = Count::default();
    let (begun, time) = (Instant::now(), budget.time(about));
    for seed in seeds(about.id, budget) {
        if count.evaluations > 0 && begun.elapsed() > time {
            return count.verdict(true);
        }
        let Some(mut tree) = tree(inputs, seed) else { continue };
        stage.trail.input(seed, count.evaluations);
        match session(&tree.current(), &body, stage) {
            Came::Held => count.evaluations += 1,
            Came::Skipped(why) => count.skipped(why),
            Came::Fault(fault, steps) => {
                let evaluations = count.evaluations + 1;
                return Verdict::Fault { fault, case: Box::new(about.case(steps)), seed, evaluations };
            }
            Came::Broken(failure) => {
                let check = |input: &I| session(input, &body, stage);
                let steps = failure.steps.len();
                let (failure, shrinks) = shrink(&mut tree, failure, budget, check);
                return broken(about, count.evaluations + 1, (steps, shrinks), seed, failure);
            }
        }
        if count.is_hopeless() {
            break;
        }
    }
    count.verdict(false)
}

fn session<I>(
    input: &I,
    body: &impl Fn(&I, &mut Session<'_, '_>) -> Result<(), Stop>,
    stage: &mut Stage<'_>,
) -> Came {
    let mut session = Session::new(stage);
    let stopped = body(input, &mut session);
    let steps = || session.steps().to_vec();
    let came = match stopped {
        Ok(()) => Came::Held,
        Err(Stop::Departs(_)) => Came::Broken(Failure { steps: steps(), why: None }),
        Err(Stop::Broken(why)) => Came::Broken(Failure { steps: steps(), why: Some(why) }),
        Err(Stop::Unsupported(why)) => Came::Skipped(Some(why)),
        Err(Stop::Unfit(_)) => Came::Skipped(None),
        Err(Stop::Fault(fault)) => Came::Fault(fault, steps()),
    };
    let steps = session.steps().to_vec();
    match session.end() {
        Err(fault) if matches!(came, Came::Held | Came::Skipped(_)) => Came::Fault(fault, steps),
        _ => came,
    }
}

/// Checks a law whose inputs are calls that do not depend on one another.
pub(crate) fn check_calls<I: Debug>(
    about: &About,
    inputs: &BoxedStrategy<I>,
    steps: fn(&I) -> Vec<Step>,
    judge: fn(&I, &Seen<'_>) -> Result<(), Demand>,
    stage: &mut Stage<'_>,
    budget: &Budget,
) -> Verdict {
    let law = Calls { about, inputs, steps, judge };
    let mut count = Count::default();
    let mut seeds = seeds(about.id, budget).peekable();
    let (begun, time) = (Instant::now(), budget.time(about));
    let mut size = FIRST_BATCH;
    while seeds.peek().is_some() {
        if count.evaluations > 0 && begun.elapsed() > time {
            return count.verdict(true);
        }
        let asked = Instant::now();
        let batch: Vec<Input<I>> =
            seeds.by_ref().take(size).filter_map(|seed| law.input(seed, stage)).collect();
        if let Some(verdict) = law.batch(&batch, &mut count, stage, budget) {
            return verdict;
        }
        size = if asked.elapsed() < BATCH_TIME { (size * 2).min(BATCH) } else { (size / 2).max(1) };
        if count.is_hopeless() {
            break;
        }
    }
    count.verdict(false)
}

struct Calls<'l, I> {
    about: &'l About,
    inputs: &'l BoxedStrategy<I>,
    steps: fn(&I) -> Vec<Step>,
    judge: fn(&I, &Seen<'_>) -> Result<(), Demand>,
}

/// An input with its calls.
struct Input<I> {
    seed: Seed,
    value: I,
    steps: Vec<Step>,
    calls: Vec<Call>,
}

impl<I: Debug> Calls<'_, I> {
    fn input(&self, seed: Seed, stage: &Stage<'_>) -> Option<Input<I>> {
        let value = tree(self.inputs, seed)?.current();
        let steps = (self.steps)(&value);
        let calls = calls(&steps, stage)?;
        Some(Input { seed, value, steps, calls })
    }

    /// `Some` where the property's fate is settled.
    fn batch(
        &self,
        batch: &[Input<I>],
        count: &mut Count,
        stage: &mut Stage<'_>,
        budget: &Budget,
    ) -> Option<Verdict> {
        if stage.trail.is_followed() {
            return self.one_by_one(batch, count, stage, budget);
        }
        let calls: Vec<Call> = batch.iter().flat_map(|input| input.calls.iter().cloned()).collect();
        let outcomes = match stage.subject.call_all(&calls) {
            Ok(outcomes) => outcomes,
            Err(fault) => return Some(self.who_faults(batch, fault, count.evaluations, stage)),
        };
        let mut rest = outcomes.as_slice();
        for (at, input) in batch.iter().enumerate() {
            let (outcomes, others) = rest.split_at(input.calls.len().min(rest.len()));
            rest = others;
            let came = self.judged(&input.value, outcomes, stage);
            if let Some(verdict) = self.settled(came, &batch[..=at], count, stage, budget) {
                return Some(verdict);
            }
        }
        None
    }

    /// The same, with each input told before it is asked.
    fn one_by_one(
        &self,
        batch: &[Input<I>],
        count: &mut Count,
        stage: &mut Stage<'_>,
        budget: &Budget,
    ) -> Option<Verdict> {
        for (at, input) in batch.iter().enumerate() {
            stage.trail.input(input.seed, count.evaluations);
            let came = match asked(&input.steps, &input.calls, stage) {
                Ok(outcomes) => self.judged(&input.value, &outcomes, stage),
                Err((fault, made)) => Came::Fault(fault, input.steps[..made].to_vec()),
            };
            if let Some(verdict) = self.settled(came, &batch[..=at], count, stage, budget) {
                return Some(verdict);
            }
        }
        None
    }

    /// What the last input of those came to; `Some` where the property's fate is settled.
    fn settled(
        &self,
        came: Came,
        batch: &[Input<I>],
        count: &mut Count,
        stage: &mut Stage<'_>,
        budget: &Budget,
    ) -> Option<Verdict> {
        match came {
            Came::Held => count.evaluations += 1,
            Came::Skipped(why) => count.skipped(why),
            Came::Fault(fault, steps) => {
                let seed = batch.last().map_or(Seed(0), |input| input.seed);
                return Some(self.fault(fault, steps, seed, count.evaluations + 1));
            }
            Came::Broken(failure) => {
                return Some(self.found(batch, failure, count.evaluations + 1, stage, budget));
            }
        }
        None
    }

    fn judged(&self, input: &I, outcomes: &[Outcome], stage: &Stage<'_>) -> Came {
        if let Some(Outcome::Unsupported(why)) =
            outcomes.iter().find(|outcome| matches!(outcome, Outcome::Unsupported(_)))
        {
            return Came::Skipped(Some(why.clone()));
        }
        match (self.judge)(input, &Seen::new(outcomes, &*stage.facts)) {
            Ok(()) => Came::Held,
            Err(demand) => Came::Broken(Failure { steps: self.demanded(input, outcomes, demand), why: None }),
        }
    }

    /// The steps up to the one that departs, which expects what is demanded; those before it what came of them, in
    /// kind.
    fn demanded(&self, input: &I, outcomes: &[Outcome], demand: Demand) -> Vec<Step> {
        let mut steps = (self.steps)(input);
        steps.truncate(demand.step + 1);
        for (step, outcome) in steps.iter_mut().zip(outcomes) {
            if let Outcome::Raised(raised) = outcome {
                let classes = vec![raised.documented_class().to_owned()];
                step.expect = Expectation::Raises(RaisesPattern { classes, is: Vec::new(), args: None });
            }
        }
        if let Some(last) = steps.last_mut() {
            last.expect = demand.expect;
        }
        steps
    }

    /// Asks one input alone.
    fn alone(&self, input: &I, stage: &mut Stage<'_>) -> Came {
        let steps = (self.steps)(input);
        let Some(calls) = calls(&steps, stage) else { return Came::Skipped(None) };
        match asked(&steps, &calls, stage) {
            Ok(outcomes) => self.judged(input, &outcomes, stage),
            Err((fault, made)) => Came::Fault(fault, steps[..made].to_vec()),
        }
    }

    /// Shrinks the last input of those.
    fn found(
        &self,
        batch: &[Input<I>],
        failure: Failure,
        evaluations: u32,
        stage: &mut Stage<'_>,
        budget: &Budget,
    ) -> Verdict {
        let Some((input, before)) = batch.split_last() else {
            return Count::default().verdict(false);
        };
        match (self.alone(&input.value, stage), tree(self.inputs, input.seed)) {
            (Came::Broken(failure), Some(mut tree)) => {
                let steps = failure.steps.len();
                let (failure, shrinks) = shrink(&mut tree, failure, budget, |input| self.alone(input, stage));
                broken(self.about, evaluations, (steps, shrinks), input.seed, failure)
            }
            (Came::Fault(fault, steps), _) => self.fault(fault, steps, input.seed, evaluations),
            _ => {
                let failure = self.in_company(before, input, failure, stage);
                broken(self.about, evaluations, (failure.steps.len(), 0), input.seed, failure)
            }
        }
    }

    /// What breaks the law only after something else was asked: that, and as little of it as does.
    fn in_company(
        &self,
        before: &[Input<I>],
        input: &Input<I>,
        failure: Failure,
        stage: &mut Stage<'_>,
    ) -> Failure {
        let why = "it breaks only after what was asked before".to_owned();
        for company in before.iter().rev() {
            if !matches!(self.alone(&company.value, stage), Came::Fault(..))
                && let Came::Broken(again) = self.alone(&input.value, stage)
            {
                let mut steps = (self.steps)(&company.value);
                // Whatever comes of them: a case can only say so of what returns.
                steps.retain(|step| matches!(step.expect, Expectation::ReturnsAnything));
                steps.extend(again.steps);
                return Failure { steps, why: Some(why) };
            }
        }
        Failure { why: Some(format!("{why}, and did not once more")), ..failure }
    }

    /// Finds the input that the subject does not answer to.
    fn who_faults(&self, batch: &[Input<I>], fault: Fault, before: u32, stage: &mut Stage<'_>) -> Verdict {
        for (at, input) in (before + 1..).zip(batch) {
            if let Came::Fault(fault, steps) = self.alone(&input.value, stage) {
                return self.fault(fault, steps, input.seed, at);
            }
        }
        let steps = batch.iter().flat_map(|input| input.steps.iter().cloned()).collect();
        let seed = batch.first().map_or(Seed(0), |input| input.seed);
        self.fault(fault, steps, seed, before + 1)
    }

    fn fault(&self, fault: Fault, steps: Vec<Step>, seed: Seed, evaluations: u32) -> Verdict {
        Verdict::Fault { fault, case: Box::new(self.about.case(steps)), seed, evaluations }
    }
}

/// Asks one call after the other; where one has no answer, with how many were made until then, that one among them.
fn asked(steps: &[Step], calls: &[Call], stage: &mut Stage<'_>) -> Result<Vec<Outcome>, (Fault, usize)> {
    stage.trail.anew();
    let mut outcomes = Vec::with_capacity(calls.len());
    for (step, call) in steps.iter().zip(calls) {
        stage.trail.step(step);
        let outcome = stage.subject.call(call).map_err(|fault| (fault, outcomes.len() + 1))?;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn calls(steps: &[Step], stage: &Stage<'_>) -> Option<Vec<Call>> {
    steps.iter().map(|step| step.ask(&*stage.facts).ok().map(|asked| asked.call)).collect()
}

fn broken(
    about: &About,
    evaluations: u32,
    (steps, shrinks): (usize, u32),
    seed: Seed,
    failure: Failure,
) -> Verdict {
    let case = Box::new(about.case(failure.steps));
    Verdict::Broken(Broken { evaluations, shrinks, steps, seed, case, why: failure.why })
}

impl About {
    /// The property's steps for one input as a case.
    pub fn case(&self, mut steps: Vec<Step>) -> Case {
        for (line, step) in (1..).zip(&mut steps) {
            step.line = line;
        }
        let allows = steps.iter().any(|step| !step.allow.is_empty());
        Case {
            id: self.id.to_owned(),
            clauses: self.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            basis: if allows { Basis::Platform } else { Basis::Documented },
            editions: self.editions.to_vec(),
            lab: self.needs.clone(),
            note: Some(self.text.to_owned()),
            steps,
            section: self.section().to_owned(),
            file: self.file.to_owned(),
            line: usize::try_from(self.line).unwrap_or(1),
        }
    }

    /// `laws` or `model`: what its id starts with.
    pub fn section(&self) -> &'static str {
        self.id.split('/').next().unwrap_or(self.id)
    }
}
