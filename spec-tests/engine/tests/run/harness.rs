//! Runs plans, and looks at what is left of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use sockspec_cases::Case;
use sockspec_engine::{Cancel, EngineError, LabFile, LabPolicy, Plan, SubjectSpec, run};
use sockspec_events::{CaseResult, Event, RunFinished, RunStarted, Verdict};
use sockspec_subject::Edition;

use crate::hostile::{BLOCK, HOSTILE};
use crate::support::{case, cases};

/// Long enough for a machine that is busy with something else, and never waited for but by what hangs.
pub(crate) const GENEROUS: Duration = Duration::from_secs(30);
/// How long a call may take where one is told to hang.
pub(crate) const SHORT: Duration = Duration::from_secs(2);

/// A case that needs no lab, of steps that each call a function of that name.
pub(crate) fn calling(name: &str, functions: &[&str]) -> String {
    let steps: Vec<String> =
        functions.iter().map(|function| format!("{{ call = \"{function}\" }},")).collect();
    case(name, "", &steps.join("\n"))
}

/// A case that departs.
pub(crate) fn departing(name: &str) -> String {
    case(name, "", "{ call = \"f\", returns = 2 }")
}

pub(crate) fn plan(text: &str) -> Plan {
    plan_of(cases(text))
}

pub(crate) fn plan_of(cases: Vec<Case>) -> Plan {
    Plan {
        checks: Vec::new(),
        seed: None,
        subject: SubjectSpec::InProcess { name: HOSTILE.to_owned() },
        label: "the label".to_owned(),
        known: 1000,
        cases,
        clauses: [("t.x".to_owned(), "x".to_owned())].into(),
        reasons: [("r".to_owned(), "x".to_owned())].into(),
        edition: Edition::V2_2,
        labs: Vec::new(),
        lab_policy: LabPolicy::Never,
        jobs: 1,
        timeout: GENEROUS,
        fail_fast: false,
        rerun: "run again".to_owned(),
        repro: "show {case}".to_owned(),
        repro_law: "show {case} of {seed}".to_owned(),
    }
}

/// The labs that ship.
pub(crate) fn labs() -> Vec<LabFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files = Vec::new();
    let mut folders = vec![root.join("labs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push(LabFile { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    files
}

/// What a run said, taken apart.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) started: RunStarted,
    pub(crate) results: Vec<CaseResult>,
    pub(crate) warnings: Vec<String>,
    pub(crate) finished: RunFinished,
}

impl Told {
    pub(crate) fn verdicts(&self) -> Vec<(&str, Verdict)> {
        self.results.iter().map(|result| (result.id.trim_start_matches("t/"), result.verdict)).collect()
    }

    pub(crate) fn result(&self, name: &str) -> &CaseResult {
        let id = format!("t/{name}");
        self.results.iter().find(|result| result.id == id).unwrap_or_else(|| panic!("{id} has no result"))
    }

    /// What the first step of that case returned.
    pub(crate) fn number(&self, name: &str) -> i32 {
        let got = self.result(name).steps[0].got.clone().unwrap();
        got.parse().unwrap_or_else(|_| panic!("{name} returned {got}"))
    }
}

/// Runs a plan to its end, and checks the order of its events.
pub(crate) fn told(plan: &Plan) -> Told {
    told_with(plan, |_, _| {})
}

/// The same; `at` is shown every event, and may cancel the run.
pub(crate) fn told_with(plan: &Plan, at: impl Fn(&Event, &Cancel)) -> Told {
    let cancel = Cancel::new().unwrap();
    let mut events = Vec::new();
    let finished = run(plan, &cancel, &mut |event| {
        at(&event, &cancel);
        events.push(event);
    })
    .unwrap_or_else(|error| panic!("{error}"));
    let total = plan.cases.len();
    let Some(Event::RunStarted(started)) = events.first().cloned() else { panic!("{:?}", events.first()) };
    assert_eq!(events.last(), Some(&Event::RunFinished(finished.clone())));
    let (mut results, mut warnings, mut last) = (Vec::new(), Vec::new(), 0);
    for event in &events[1..events.len() - 1] {
        match event {
            Event::CaseFinished(result) => results.push((**result).clone()),
            Event::Warning { text } => warnings.push(text.clone()),
            Event::Progress { done, total: of } => {
                assert!(*done > last && *done <= total && *of == total, "{event:?} after {last}");
                last = *done;
            }
            Event::RunStarted(_) | Event::RunFinished(_) => panic!("{event:?} in the middle"),
        }
    }
    assert_eq!(finished.summary.total(), results.len());
    for verdict in Verdict::ALL {
        let count = results.iter().filter(|result| result.verdict == verdict).count();
        assert_eq!(finished.summary.get(verdict), count, "{verdict}");
    }
    Told { started: *started, results, warnings, finished }
}

/// The error of a plan that cannot be run.
pub(crate) fn refused(plan: &Plan) -> EngineError {
    let mut events = Vec::new();
    let outcome = run(plan, &Cancel::new().unwrap(), &mut |event| events.push(event));
    assert!(events.is_empty(), "{events:?}");
    outcome.unwrap_err()
}

/// Waits for the end of a process that was killed, as long as that may take, and says whether it came.
pub(crate) fn is_gone(pid: i32) -> bool {
    let Some(pid) = Pid::from_raw(pid) else { return true };
    let Ok(fd) = pidfd_open(pid, PidfdFlags::empty()) else { return true };
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
    poll(&mut fds, Some(&Timespec { tv_sec: 10, tv_nsec: 0 })).unwrap() > 0
}

/// The processes that still wait to be killed, wherever they are.
pub(crate) fn left_behind() -> Vec<i32> {
    let found = |entry: fs::DirEntry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let program = fs::read_link(entry.path().join("exe")).ok()?;
        let own = program == std::env::current_exe().ok()?;
        (own && line.split(|byte| *byte == 0).any(|word| word == BLOCK.as_bytes())).then_some(pid)
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(found).collect()
}

/// The processes that this one started and that are not gone.
pub(crate) fn children() -> Vec<i32> {
    let own = std::process::id().to_string();
    let found = |entry: fs::DirEntry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.to_owned();
        (parent == own).then_some(pid)
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(found).collect()
}
