//! Whole runs on hostile drivers: each verdict is right, the next case does not suffer, and nothing is left behind.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use sockspec_engine::{Cancel, EngineError, LabPolicy, Plan, SubjectSpec, run};
use sockspec_events::{CaseResult, Event, Verdict};

use crate::drivers::DRIVER;
use crate::harness::{GENEROUS, calling, children, is_gone, labs, plan};
use crate::support::case;

pub(crate) const TESTS: [(&str, fn()); 1] =
    [("hostile_drivers_leave_nothing", hostile_drivers_leave_nothing)];

/// Has this program run the table, with a folder for temporary files to itself.
pub(crate) const TABLE: &str = "--hostile-drivers";

/// Drivers that never get so far as to be judged, and what is said of them.
const STARTS: [(&str, &str); 9] = [
    ("starts-dead", "it ended before it said hello: exit status 0"),
    ("starts-with-127", "it ended before it said hello: exit status 127"),
    ("starts-killed", "it ended before it said hello: signal 9 (SIGKILL)"),
    ("starts-silent", "it did not say hello within"),
    ("starts-with-garbage", "it wrote something that is no reply: Segmentation fault"),
    ("starts-with-no-text", "it wrote something that is no reply"),
    ("starts-too-early", "no hello: "),
    ("starts-with-half-a-hello", "it ended in the middle of its hello"),
    ("starts-with-protocol-99", "it speaks protocol 99, and this suite speaks 1"),
];

/// Drivers that misbehave in the middle of a run: the verdict of that case, and what is said of it.
const CALLS: [(&str, Verdict, &str); 49] = [
    ("is-silent", Verdict::Hang, "no answer within"),
    ("is-silent-at-reset", Verdict::Hang, "no answer within"),
    ("dies-at-reset", Verdict::Crash, "exit status 6"),
    ("garbage-at-reset", Verdict::Protocol, "no reply: what?"),
    ("is-slow", Verdict::Pass, ""),
    ("drips-without-end", Verdict::Hang, "no answer within"),
    ("says-garbage", Verdict::Protocol, "no reply: (core dumped)"),
    ("says-an-empty-line", Verdict::Protocol, "(an empty line)"),
    ("cuts-its-reply", Verdict::Protocol, "a reply"),
    ("dies-in-its-reply-with-0", Verdict::Protocol, "in the middle of a line"),
    ("dies-in-its-reply-with-1", Verdict::Crash, "exit status 1, in the middle of a reply"),
    ("nests-to-the-abyss", Verdict::Protocol, "too deep"),
    ("says-a-line-without-end", Verdict::Protocol, "a line of more than 4194304 bytes"),
    ("answers-twice", Verdict::Protocol, "more than was asked"),
    ("answers-twice-in-a-line", Verdict::Protocol, "trailing"),
    ("answers-an-old-id", Verdict::Protocol, "again"),
    ("answers-a-foreign-id", Verdict::Protocol, "18446744073709551615, which was never made"),
    ("answers-a-negative-id", Verdict::Protocol, "a reply"),
    ("answers-a-huge-id", Verdict::Protocol, "a reply"),
    ("answers-the-next-request-too", Verdict::Protocol, "more than was asked"),
    ("answers-another-op", Verdict::Protocol, "it answered a call with \"reset\""),
    ("answers-an-unknown-key", Verdict::Protocol, "unknown field `Returned`"),
    ("answers-no-text", Verdict::Protocol, "no JSON"),
    ("answers-a-huge-number", Verdict::Protocol, "a reply"),
    ("answers-a-long-number", Verdict::Pass, ""),
    ("closes-its-output", Verdict::Protocol, "closed its standard output"),
    ("floods-its-stderr", Verdict::Pass, ""),
    ("exits-0", Verdict::Crash, "exit status 0"),
    ("exits-1", Verdict::Crash, "exit status 1"),
    ("exits-77", Verdict::Crash, "exit status 77"),
    ("exits-255", Verdict::Crash, "exit status 255"),
    ("is-killed", Verdict::Crash, "signal 9 (SIGKILL)"),
    ("faults", Verdict::Crash, "signal 11 (SIGSEGV)"),
    ("is-terminated", Verdict::Crash, "signal 15 (SIGTERM)"),
    ("aborts", Verdict::Crash, "signal 6 (SIGABRT)"),
    ("stops-itself", Verdict::Hang, "no answer within"),
    ("ignores-signals", Verdict::Hang, "no answer within"),
    ("leaves-a-child", Verdict::Pass, ""),
    ("leaves-a-child-apart", Verdict::Pass, ""),
    ("leaves-a-daemon", Verdict::Pass, ""),
    ("leaves-a-crowd", Verdict::Pass, ""),
    ("leaves-a-lineage", Verdict::Pass, ""),
    ("leaves-a-daemon-and-dies", Verdict::Crash, "exit status 9"),
    ("leaves-a-child-apart-and-hangs", Verdict::Hang, "no answer within"),
    ("leaves-files", Verdict::Pass, ""),
    ("exhausts-its-descriptors", Verdict::Pass, ""),
    ("hogs-memory", Verdict::Crash, "signal 6 (SIGABRT)"),
    ("eats-its-input", Verdict::Hang, "no answer within"),
    ("is-good", Verdict::Pass, ""),
];

/// How long who hangs is waited for: long enough for the good calls around it on a busy machine, and no longer than who says
/// no hello is.
const HANGING: Duration = Duration::from_secs(8);

/// A run of three cases on that driver, in a lab where there are any.
fn plan_on(behaviour: &str, expected: Option<Verdict>, policy: LabPolicy) -> Plan {
    let bad = "{ call = \"f\" },\n{ call = \"bad\", args = [{ path = \"left\" }] },";
    let text = calling("before", &["f"]) + &case("bad", "", bad) + &calling("after", &["f", "f"]);
    let mut plan = plan(&text);
    let own = std::env::current_exe().unwrap().into_os_string().into_string().unwrap();
    plan.subject = SubjectSpec::Process {
        argv: vec![own.into(), DRIVER.into(), behaviour.into()],
        env: Vec::new(),
        label: behaviour.to_owned(),
        hello: None,
    };
    plan.timeout = if expected == Some(Verdict::Hang) { HANGING } else { GENEROUS };
    plan.labs = labs();
    plan.lab_policy = policy;
    plan
}

fn outcome(plan: &Plan) -> Result<Vec<CaseResult>, EngineError> {
    let mut results = Vec::new();
    run(plan, &Cancel::new().unwrap(), &mut |event| {
        if let Event::CaseFinished(result) = event {
            results.push(*result);
        }
    })?;
    Ok(results)
}

/// What is wrong with how a row went.
fn wrong(behaviour: &str, expected: Option<Verdict>, says: &str, policy: LabPolicy) -> Option<String> {
    match (outcome(&plan_on(behaviour, expected, policy)), expected) {
        (Err(EngineError::SubjectStart { what, .. }), None) => {
            (!what.contains(says)).then(|| format!("{behaviour}: {what}"))
        }
        (Ok(results), Some(expected)) => {
            let verdicts: Vec<Verdict> = results.iter().map(|result| result.verdict).collect();
            let reason = results.get(1).and_then(|result| result.reason.clone()).unwrap_or_default();
            let good = verdicts == [Verdict::Pass, expected, Verdict::Pass] && reason.contains(says);
            (!good).then(|| format!("{behaviour}: {verdicts:?}, {reason:?}"))
        }
        (outcome, expected) => Some(format!("{behaviour}: {outcome:?} instead of {expected:?}")),
    }
}

/// What could be left behind by a run in this process.
#[derive(Debug, PartialEq)]
struct Left {
    /// Each process that a worker of this process started, or that is one, by its number.
    processes: BTreeMap<i32, String>,
    /// Namespaces that somebody of those is in and this process is not.
    namespaces: BTreeSet<String>,
    mounts: usize,
    descriptors: usize,
    children: usize,
    /// What is in the folder for temporary files.
    files: Vec<String>,
}

fn left() -> Left {
    let (mut processes, mut namespaces) = (BTreeMap::new(), BTreeSet::new());
    let spaces = |pid: &str| -> BTreeSet<String> {
        let names = fs::read_dir(format!("/proc/{pid}/ns")).into_iter().flatten().flatten();
        let led = |entry: fs::DirEntry| fs::read_link(entry.path()).ok();
        names.filter_map(|entry| Some(led(entry)?.to_string_lossy().into_owned())).collect()
    };
    let here = spaces("self");
    let mark = mark().into_bytes();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(pid) = name.parse::<i32>() else { continue };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(&mark)) {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            namespaces.extend(spaces(&name).difference(&here).cloned());
            processes.insert(pid, String::from_utf8_lossy(&line).replace('\0', " "));
        }
    }
    let files = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    Left {
        processes,
        namespaces,
        mounts: fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count(),
        descriptors: fs::read_dir("/proc/self/fd").unwrap().count(),
        children: children().len(),
        files: files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
    }
}

/// What stands in the environment of each worker of this process, and of all that they start.
fn mark() -> String {
    format!("SOCKSPEC_WORKER={}-", std::process::id())
}

/// The same once whoever was killed has had the time to die.
fn settled() -> Left {
    for (pid, line) in left().processes {
        assert!(is_gone(pid), "process {pid} lives on: {line}");
    }
    left()
}

fn hostile_drivers_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let said = Command::new(std::env::current_exe().unwrap())
        .arg(TABLE)
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    assert!(said.status.success(), "{:?}\n{}", said.status, String::from_utf8_lossy(&said.stderr));
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert!(files.is_empty(), "{files:?}");
}

/// Runs the table in this process, which does nothing else.
pub(crate) fn table() {
    what_is_counted_is_seen();
    let before = settled();
    let mut rows: Vec<(&str, Option<Verdict>, &str, LabPolicy)> = Vec::new();
    for policy in [LabPolicy::WhereAvailable, LabPolicy::Never] {
        rows.extend(STARTS.iter().map(|&(behaviour, says)| (behaviour, None, says, policy)));
        rows.extend(CALLS.iter().map(|&(behaviour, verdict, says)| (behaviour, Some(verdict), says, policy)));
    }
    // Who says no hello takes longest to be given up, and who hangs comes next.
    rows.sort_by_key(|(behaviour, verdict, ..)| {
        (*behaviour != "starts-silent", *verdict != Some(Verdict::Hang))
    });
    let rows = Mutex::new(rows.into_iter());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let row = rows.lock().unwrap().next();
                    let Some((behaviour, expected, says, policy)) = row else { return };
                    let wrong = wrong(behaviour, expected, says, policy);
                    failed.lock().unwrap().extend(wrong);
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(settled(), before);
}

/// A count that sees nothing would let everything pass.
fn what_is_counted_is_seen() {
    let before = left();
    let file = fs::File::open("/dev/null").unwrap();
    let (variable, value) = mark().split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([DRIVER, "child"])
        .env(variable, value)
        .spawn()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let now = left();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(now.processes.values().any(|line| line.ends_with("--driver child ")), "{now:?}");
    assert_eq!((now.descriptors, now.children), (before.descriptors + 1, before.children + 1));
    assert_eq!(now.files.len(), before.files.len() + 1, "{}", folder.path().display());
    drop((file, folder));
    assert_eq!(left(), before);
}
