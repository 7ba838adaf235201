//! `sockspec strength`: how many built-in wrong subjects cases, laws and the model find out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, IsTerminal, Write as _};
use std::path::Path;
use std::process::ExitCode;

use sockspec_engine::{Cancel, Check};
use sockspec_laws::Seed;
use sockspec_report::layout::{counted, paragraph};
use sockspec_report::style::{BAD, DIM, GOOD, STRONG, paint};
use sockspec_strength::{Fault, Found, Progress, Reach, Report, Setup, StrengthError};
use sockspec_wire::pretty::to_string_pretty;

use crate::args::Strength;
use crate::exit::{Failure, INTERRUPTED, NOT_CONFORMING};
use crate::load::Loaded;
use crate::signals::Watch;
use crate::{output, properties, select};

/// Where the inputs of laws and the model come from: a fault is found out or not, and not by chance.
const SEED: Seed = Seed(1);
/// How many smaller inputs are tried for one that finds a fault out. A wrong subject may take a while over each.
const SHRINKS: u32 = 400;
/// As many faults are listed one by one.
const FEW: usize = 100;

/// Measures, and says what was found.
pub(crate) fn strength(args: &Strength, fixtures: Option<&Path>) -> Result<ExitCode, Failure> {
    let loaded = Loaded::from(fixtures)?;
    loaded.labs()?;
    let ids: Vec<&str> = sockspec_strength::all().map(|fault| fault.id).collect();
    let ids = select::chosen("fault", &args.faults, &ids)?;
    let faults: Vec<&Fault> = sockspec_strength::all().filter(|fault| ids.contains(&fault.id)).collect();
    let setup = Setup {
        suite: &loaded.suite,
        cases: select::cases(&loaded.suite, &args.selection, None)?.into_iter().cloned().collect(),
        faults,
        reach: match (args.score, args.all_cases) {
            (true, _) => Reach::FirstKill,
            (false, true) => Reach::All,
            (false, false) => Reach::Needed,
        },
        checks: if loaded.has_the_default_lab() { checks() } else { Vec::new() },
        everywhere: args.all_judges,
        labs: loaded.lab_files(),
        jobs: args.jobs.into(),
        timeout: args.timeout,
    };
    let cancel = Cancel::new()?;
    let _watch = Watch::start(Some(cancel.clone()), None)?;
    let mut shown = Shown { on: io::stderr().is_terminal() };
    let report = sockspec_strength::measure(&setup, &cancel, &mut |progress| shown.progress(&progress))
        .map_err(|error| match error {
            StrengthError::Engine { source, .. } => Failure::Engine(source),
            StrengthError::Io(error) => Failure::Output(error),
        })?;
    shown.clear();
    if let Some(file) = &args.json {
        let text = to_string_pretty(&report).map_err(io::Error::other)?;
        fs::write(file, text).map_err(Failure::Unwritten)?;
    }
    output::print(&text(&report, args.verbose))?;
    Ok(ExitCode::from(if cancel.is_set() {
        INTERRUPTED
    } else if report.score.percent() < args.at_least || !report.expected_missed.is_empty() {
        NOT_CONFORMING
    } else {
        0
    }))
}

/// Every law and property of the model by its default budget, with the same inputs each time.
fn checks() -> Vec<Check> {
    let ids: Vec<&str> = properties::all().into_iter().map(|property| property.about().id).collect();
    let mut checks = properties::checks(&ids, 1, SEED, &|_| Vec::new());
    for check in &mut checks {
        check.budget.shrinks = SHRINKS;
        // Nor by how fast the machine is.
        check.budget.patience = None;
    }
    checks
}

/// One line on a terminal that says how far it is.
struct Shown {
    on: bool,
}

impl Shown {
    fn progress(&mut self, progress: &Progress<'_>) {
        if self.on {
            let name = progress.fault.map_or("the sound subject", |fault| fault.fault.as_str());
            let _ = write!(io::stderr(), "\r\x1b[K{}/{} {name}", progress.done, progress.total);
        }
    }

    fn clear(&mut self) {
        if self.on {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// Faults of one section, counted.
#[derive(Default)]
struct Section {
    clauses: usize,
    without: usize,
    faults: usize,
    killed: usize,
}

fn text(report: &Report, verbose: bool) -> String {
    let width = output::width();
    let mut text = String::new();
    if verbose {
        faults(report, &mut text);
    }
    clauses(report, verbose, &mut text);
    if !report.survivors.is_empty() {
        let _ = writeln!(text, "{}", paint(BAD, "Not found out"));
        for survivor in &report.survivors {
            let _ =
                writeln!(text, "  {}\n{}", survivor.fault, paragraph(4, &survivor.what, width).trim_end());
            for (id, clause) in &survivor.clauses {
                text.push_str(&paragraph(6, &format!("{id}: {clause}"), width));
            }
        }
        text.push('\n');
    }
    let equivalent: Vec<_> = report.faults.iter().filter(|fault| fault.equivalent.is_some()).collect();
    if !equivalent.is_empty() {
        let _ = writeln!(text, "{}", paint(STRONG, "No different here"));
        for fault in equivalent {
            let why = fault.equivalent.as_deref().unwrap_or_default();
            text.push_str(&paragraph(2, &format!("{}: {why}", fault.fault), width));
        }
        text.push('\n');
    }
    beyond(report, verbose, &mut text);
    idle(report, verbose, &mut text);
    let score = report.score;
    let share = format!("{:.1} %", score.percent());
    let style = if score.killed == score.tried { GOOD } else { BAD };
    let _ = writeln!(
        text,
        "sockspec: {} of {} found out, {}, by {} in {:.1} s",
        score.killed,
        counted(score.tried, "fault"),
        paint(style, &share),
        counted(report.cases, "case"),
        std::time::Duration::from_micros(report.microseconds).as_secs_f64()
    );
    let judges = report.judges;
    if judges.faults > 0 {
        let _ = writeln!(
            text,
            "sockspec: of {} that all three judged cases find {}, laws {}, the model {}; cases alone {}, laws alone {}, \
             the model alone {}, several {}, nobody {}",
            counted(judges.faults, "fault"),
            judges.cases,
            judges.laws,
            judges.model,
            judges.cases_alone,
            judges.laws_alone,
            judges.model_alone,
            judges.several,
            judges.nobody
        );
    }
    if let Some(why) = &report.cut_short {
        let _ = writeln!(text, "sockspec: {why} before the last fault");
    }
    text
}

fn faults(report: &Report, text: &mut String) {
    let _ = writeln!(text, "{}", paint(STRONG, "Faults, and how many cases find each out"));
    for fault in &report.faults {
        let more = match (fault.cut_short, report.reach) {
            (true, _) => "+, hangs",
            (false, Reach::All) => "",
            (false, Reach::Needed | Reach::FirstKill) => "+",
        };
        let _ = writeln!(
            text,
            "  {:>5}{more}  {}  {}",
            fault.cases.len(),
            fault.fault,
            paint(DIM, &format!("{} by its own clauses", fault.by_own_clause))
        );
    }
    text.push('\n');
}

/// The faults that laws and the model judged; where they judged every fault, those that no case is expected to find out,
/// or with `verbose` all.
fn beyond(report: &Report, verbose: bool, text: &mut String) {
    let few = report.faults.iter().filter(|fault| fault.judged).count() < FEW;
    let judged: Vec<_> =
        report.faults.iter().filter(|fault| fault.judged && (few || fault.beyond || verbose)).collect();
    if judged.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", paint(STRONG, "Beyond examples: found out by cases, a law, the model"));
    for fault in judged {
        let cases = match (fault.cases.len(), fault.beyond) {
            (0, _) => "-".to_owned(),
            (count, false) => counted(count, "case"),
            (count, true) => paint(BAD, &format!("{}, and none is expected to", counted(count, "case"))),
        };
        let _ = writeln!(text, "  {}", fault.fault);
        let _ = writeln!(text, "      cases  {cases}");
        let _ = writeln!(text, "      laws   {}", found(fault.laws.as_ref()));
        let _ = writeln!(text, "      model  {}", found(fault.model.as_ref()));
    }
    text.push('\n');
}

/// By what, how soon, and how short it is shown.
fn found(found: Option<&Found>) -> String {
    let Some(found) = found else { return "-".to_owned() };
    let inputs = counted(usize::try_from(found.inputs).unwrap_or(usize::MAX), "input");
    let steps = counted(found.steps, "step");
    let how = match (found.verdict.as_str(), usize::try_from(found.found_in).unwrap_or(usize::MAX)) {
        ("fail", first) if first > found.steps => format!("{first} steps shrunk to {}", found.steps),
        ("fail", _) => steps,
        (verdict, _) => format!("{verdict} at step {}", found.steps),
    };
    format!("{}  {}", found.property, paint(DIM, &format!("{inputs}, {how}")))
}

fn clauses(report: &Report, verbose: bool, text: &mut String) {
    let mut sections: BTreeMap<&str, Section> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for clause in &report.clauses {
        if !order.contains(&clause.section.as_str()) {
            order.push(&clause.section);
        }
        let section = sections.entry(&clause.section).or_default();
        section.clauses += 1;
        section.without += usize::from(clause.faults == 0);
        section.faults += clause.faults;
        section.killed += clause.killed;
    }
    let _ = writeln!(text, "{}", paint(STRONG, "Sections: clauses, faults, found out"));
    for name in order {
        let section = &sections[name];
        let without = match section.without {
            0 => String::new(),
            count => paint(DIM, &format!("  {} without a fault", counted(count, "clause"))),
        };
        let _ = writeln!(
            text,
            "  {name:<18} {:>4} {:>4} {:>4}{without}",
            section.clauses, section.faults, section.killed
        );
        if verbose {
            for clause in report.clauses.iter().filter(|clause| clause.section == name) {
                let _ = writeln!(
                    text,
                    "    {:<44} {:>3} {:>3}, {:>3} by its own cases",
                    clause.clause, clause.faults, clause.killed, clause.killed_by_own
                );
            }
        }
    }
    text.push('\n');
    let width = output::width();
    let without: Vec<_> = report.clauses.iter().filter(|clause| clause.faults == 0).collect();
    if !without.is_empty() {
        let _ = writeln!(text, "{}", paint(STRONG, "Clauses without a fault"));
        for clause in without {
            let why = clause.unbreakable.as_deref().unwrap_or("no fault breaks it yet");
            text.push_str(&paragraph(
                2,
                &format!("{} (of the {}): {why}", clause.clause, clause.demands),
                width,
            ));
        }
        text.push('\n');
    }
}

fn idle(report: &Report, verbose: bool, text: &mut String) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in &report.idle {
        *counts.entry((&case.basis, case.why.as_deref().unwrap_or("nothing explains it"))).or_default() += 1;
    }
    if counts.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", paint(STRONG, "Cases that find out no fault"));
    for ((basis, why), count) in counts {
        let _ = writeln!(text, "  {count:>4} {basis}: {why}");
    }
    // A demand of the document that finds out nothing is named in any case.
    let named = report.idle.iter().filter(|case| verbose || case.basis == "documented");
    for case in named {
        let _ = writeln!(text, "    {} {}", case.case, paint(DIM, &case.basis));
    }
    text.push('\n');
}
