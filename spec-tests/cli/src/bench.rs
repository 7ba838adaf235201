//! `sockspec bench`: what a lookup and an echo cost, of any subject.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use sockspec_bench::{Contender, Measuring, Plan, Results};
use sockspec_engine::bench::{
    Cores, Hand, LARGE_HOSTS_LAB, Scenario, Shape, Side, echo, grants_real_time, large_hosts_lab, resolver,
};
use sockspec_engine::{Cancel, LabFile, SubjectSpec, Twin};
use sockspec_report::style::{BAD, GOOD, paint};
use sockspec_wire::pretty::to_string_pretty;

use crate::args::{Bench, What};
use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::load::Loaded;
use crate::signals::Watch;
use crate::subjects::{Driver, FLOOR, REFERENCE, Resolved};
use crate::{drive, output, select};

/// Measures the subjects, or lists what can be measured.
pub(crate) fn bench(args: &Bench, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let scenarios = scenarios(args)?;
    if args.list {
        let mut text = String::new();
        for scenario in &scenarios {
            text.push_str(&format!(
                "{:<34} {}
",
                scenario.id, scenario.title
            ));
        }
        output::print(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let before = args.against.as_deref().map(Results::read).transpose()?;
    let loaded = Loaded::from(fixtures)?;
    loaded.labs()?;
    let mut labs = loaded.lab_files();
    labs.extend(large_hosts_lab().into_iter().map(|(path, text)| LabFile { path, text }));
    let mut subjects = Vec::new();
    for name in names(args) {
        subjects.push(in_own_process(Resolved::named(name, None)?)?);
    }
    if !args.command.is_empty() {
        subjects.push(Driver::command(&args.command).into());
    }
    let cancel = Cancel::new()?;
    let _watch = Watch::start(Some(cancel.clone()), None)?;
    let cores = Cores::choose(args.apart);
    let plan = Plan {
        rounds: args.rounds.into(),
        sittings: args.starts.min(args.rounds).into(),
        turn: args.turn,
        cores,
        interval: args.rate.map(|rate| Duration::from_secs(1) / rate),
    };
    let mut results = Results::new(env!("CARGO_PKG_VERSION"), FLOOR, Vec::new(), cores);
    results.rate = args.rate.map(f64::from);
    results.real_time = grants_real_time();
    results.starts = plan.sittings;
    let bencher = Bencher {
        args,
        subjects: &subjects,
        labs: &labs,
        plan: &plan,
        real_time: results.real_time,
        cancel: &cancel,
    };
    let ended = bencher.run(&scenarios, &mut results);
    results.conclude();
    if results.scenarios.is_empty() {
        ended?;
        return Ok(ExitCode::from(INTERRUPTED));
    }
    tell(args, &results)?;
    ended?;
    if cancel.is_set() {
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let status = before.map_or(Ok(ExitCode::SUCCESS), |before| compare(args, &results, &before))?;
    Ok(if results.is_wrong() { ExitCode::from(NOT_CONFORMING) } else { status })
}

fn scenarios(args: &Bench) -> Result<Vec<Scenario>, Failure> {
    let mut all = match args.what {
        What::Resolver => resolver(),
        What::Echo => echo(),
        What::All => [resolver(), echo()].concat(),
    };
    if args.rate.is_some() {
        // What the load is not sent by cannot be sent at fixed times.
        all.retain(|scenario| matches!(&scenario.shape, Shape::Echo(echo) if echo.side == Side::Server));
        if all.is_empty() {
            return Err(Failure::Usage(
                "--rate goes with `bench echo`: it paces the messages to echo servers".to_owned(),
            ));
        }
    }
    let ids: Vec<&str> = all.iter().map(|scenario| scenario.id.as_str()).collect();
    let wanted: BTreeSet<String> =
        select::chosen("scenario", &args.scenarios, &ids)?.into_iter().map(str::to_owned).collect();
    all.retain(|scenario| wanted.contains(&scenario.id));
    Ok(all)
}

/// The floor, the reference, and whoever was named, once each.
fn names(args: &Bench) -> Vec<&str> {
    let mut names = vec![FLOOR, REFERENCE];
    for name in &args.subjects {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The subject in a process of its own, as every other is: a thread of the harness's own process is quicker to switch to.
fn in_own_process(mut subject: Resolved) -> Result<Resolved, Failure> {
    if let SubjectSpec::InProcess { name } = &subject.spec {
        let program = env::current_exe()
            .map_err(|error| Failure::NoSubject(format!("this program cannot find itself: {error}")))?;
        let argv = vec![program.into(), drive::WORD.into(), name.into()];
        subject.spec =
            SubjectSpec::Process { argv, env: Vec::new(), label: subject.label.clone(), hello: None };
    }
    Ok(subject)
}

struct Bencher<'b> {
    args: &'b Bench,
    subjects: &'b [Resolved],
    labs: &'b [LabFile],
    plan: &'b Plan,
    real_time: bool,
    cancel: &'b Cancel,
}

impl<'b> Bencher<'b> {
    /// Sitting by sitting, and in each one lab after the other, since each subject has a worker in each. Where one cannot be
    /// started again the results hold what was measured until then.
    fn run(&self, scenarios: &[Scenario], results: &mut Results) -> Result<(), Failure> {
        let steps = scenarios.len() * self.plan.sittings;
        let progress = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {msg}") {
            progress.set_style(style);
        }
        let (large, usual): (Vec<&Scenario>, Vec<&Scenario>) =
            scenarios.iter().partition(|scenario| scenario.lab == LARGE_HOSTS_LAB);
        let mut labs = [usual, large]
            .map(|scenarios| -> Vec<Measuring<'_>> { scenarios.into_iter().map(Measuring::new).collect() });
        let mut ended = Ok(());
        for sitting in 0..self.plan.sittings {
            for scenarios in &mut labs {
                if ended.is_ok() && !self.cancel.is_set() {
                    ended = self.sit(scenarios, sitting, results, &progress);
                }
            }
        }
        progress.finish_and_clear();
        results.scenarios.extend(labs.into_iter().flatten().filter_map(Measuring::result));
        for result in &mut results.scenarios {
            result.compare(FLOOR, REFERENCE);
        }
        ended
    }

    /// A sitting in one lab.
    fn sit(
        &self,
        scenarios: &mut [Measuring<'_>],
        sitting: usize,
        results: &mut Results,
        progress: &ProgressBar,
    ) -> Result<(), Failure> {
        let Some(first) = scenarios.first() else { return Ok(()) };
        let mut hands = self.hands(&first.scenario().lab)?;
        if results.subjects.is_empty() {
            let said = |hand: &Hand<'_>| {
                let info = hand.info();
                (info.label.clone(), format!("{} {}", info.name, info.version))
            };
            results.subjects = hands.iter().map(said).collect();
        }
        for measuring in scenarios {
            if self.cancel.is_set() {
                break;
            }
            progress.set_message(measuring.scenario().title.clone());
            let mut contenders: Vec<&mut dyn Contender> =
                hands.iter_mut().map(|hand| hand as &mut dyn Contender).collect();
            measuring.sit(&mut contenders, self.plan, sitting, &mut || !self.cancel.is_set());
            progress.inc(1);
        }
        hands.into_iter().for_each(Hand::leave);
        Ok(())
    }

    fn hands(&self, lab: &str) -> Result<Vec<Hand<'b>>, Failure> {
        let mut hands = Vec::new();
        for subject in self.subjects {
            let twin = Twin {
                subject: subject.spec.clone(),
                label: subject.label.clone(),
                lab: lab.to_owned(),
                labs: self.labs.to_vec(),
                timeout: self.args.timeout,
            };
            hands.push(Hand::start(&twin, self.plan.cores.subject(), self.real_time, self.cancel)?);
        }
        Ok(hands)
    }
}

fn tell(args: &Bench, results: &Results) -> Result<(), Failure> {
    if args.json {
        output::print(&to_string_pretty(results).map_err(io::Error::other)?)?;
    } else {
        output::print(&results.text(sockspec_report::stdout_width()))?;
    }
    if let Some(path) = &args.save {
        results.save(path)?;
    }
    if let Some(path) = &args.html {
        let page = results.html().map_err(io::Error::other)?;
        fs::write(path, page).map_err(|error| {
            Failure::Usage(format!("the page cannot be written to {}: {error}", path.display()))
        })?;
    }
    Ok(())
}

fn compare(args: &Bench, results: &Results, before: &Results) -> Result<ExitCode, Failure> {
    if let Some(why) = results.incomparable_with(before) {
        return Err(Failure::Usage(format!(
            "the results cannot be compared with those that were kept: {why}"
        )));
    }
    let slower = results.slower_than(before, args.threshold / 100.0);
    let mut text = String::new();
    for difference in &slower {
        let now = difference.now.map_or_else(|| "no figure".to_owned(), |now| format!("{now:.2}"));
        text.push_str(&paint(
            BAD,
            &format!(
                "slower: {} at {}: {:.2} of the floor before, {now} now",
                difference.label, difference.scenario, difference.before
            ),
        ));
        text.push('\n');
    }
    if slower.is_empty() {
        text = format!("{}\n", paint(GOOD, &format!("nobody is slower by more than {} %", args.threshold)));
    }
    output::print(&text)?;
    Ok(if slower.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(NOT_CONFORMING) })
}
