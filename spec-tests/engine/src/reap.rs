//! Ending a process with everything that it started.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Kills a worker and whatever descends from it, wherever those moved to: a driver has a process group of its own,
/// and what it left behind may have a session of its own.
pub(crate) fn kill_tree(child: &mut Child) {
    let Some(root) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Stopped first, so that it starts nothing more while its descendants are listed.
    let _ = kill_process(root, Signal::STOP);
    let descendants = descendants(root);
    let _ = kill_process_group(root, Signal::KILL);
    let _ = child.kill();
    for pid in descendants {
        let _ = kill_process(pid, Signal::KILL);
    }
    let _ = child.wait();
}

/// Kills every process in whose environment that variable has that value: what a worker that is gone left behind,
/// wherever it moved to and whoever is its parent now. `since` is when the worker started, by [`start_time`].
///
/// Whoever starts another and ends meanwhile is met by none of its name: it was listed and is gone before it is looked at,
/// and the other was not there yet when the list was made. So a round proves that nobody is left only where nobody that it
/// listed went away, and only together with the next, since numbers start again from the bottom once they have run out.
pub(crate) fn kill_marked(variable: &str, value: &str, since: u64) {
    let mark = format!("{variable}={value}").into_bytes();
    let start = Instant::now();
    // Since when, and for how many rounds, nobody was killed; of those, how many in a row prove that nobody is left.
    let (mut quiet, mut rounds, mut sure) = (start, 0, 0);
    // Who has ended and has not been waited for is told once.
    let mut ended = BTreeSet::new();
    loop {
        let (mut killed, mut doubtful) = (false, false);
        for pid in processes() {
            let environment = match fs::read(format!("/proc/{pid}/environ")) {
                Ok(environment) => environment,
                // Somebody else's, whom the mark of ours cannot have reached.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
                Err(_) => Vec::new(),
            };
            if environment.is_empty() {
                doubtful |= match standing(pid, since) {
                    Standing::Starting | Standing::Gone => true,
                    Standing::Ended { start } => ended.insert((pid, start)),
                    Standing::Other => false,
                };
            } else if environment.split(|byte| *byte == 0).any(|entry| entry == mark)
                && let Some(pid) = Pid::from_raw(pid)
            {
                killed |= kill_process(pid, Signal::KILL).is_ok();
            }
        }
        // What is killed while it starts another leaves that one for the next round, however long this one took.
        if killed {
            (quiet, rounds) = (Instant::now(), 0);
        } else {
            rounds += 1;
        }
        sure = if killed || doubtful { 0 } else { sure + 1 };
        let patient = killed || rounds < ROUNDS || quiet.elapsed() < PATIENCE;
        if sure == SURE || !patient || start.elapsed() > LONGEST {
            return;
        }
        thread::yield_now();
    }
}

/// How long and how often processes are looked through for more, where some may be about to start and none was found: on a
/// busy machine once may take longer than that, and others come and go all the time.
const PATIENCE: Duration = Duration::from_millis(300);
const ROUNDS: u32 = 10;

/// How many rounds in a row have to find nobody, with nobody in doubt.
const SURE: u32 = 2;

/// How long somebody is followed who starts others faster than they are killed.
const LONGEST: Duration = Duration::from_secs(10);

/// What a process whose environment is empty may be.
enum Standing {
    /// It replaces its program just now, and has its new environment only in a moment.
    Starting,
    /// It has ended, and somebody may still wait for it.
    Ended { start: u64 },
    /// It is gone: nobody knows any more what it was.
    Gone,
    /// A thread of the kernel, or one that was there before.
    Other,
}

/// Kernel threads and what has ended have no program.
fn standing(pid: i32, since: u64) -> Standing {
    let program = fs::read_link(format!("/proc/{pid}/exe")).is_ok();
    match start_time(pid) {
        None => Standing::Gone,
        Some(start) if start < since => Standing::Other,
        Some(_) if program => Standing::Starting,
        Some(start) => Standing::Ended { start },
    }
}

/// When a process started, in clock ticks since the system did.
pub(crate) fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, so fields are counted from its end, where the third one stands.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

/// Kills what is left of the process group of a worker that has ended but has not been waited for: until then nobody
/// else can have its number.
pub(crate) fn kill_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// Every process that /proc shows.
fn processes() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Every process below `root`, from /proc.
fn descendants(root: Pid) -> Vec<Pid> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for pid in processes() {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        // The name in parentheses may hold anything, so the fields are counted from its end: state, then parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = BTreeSet::new();
    let mut open = vec![root.as_raw_nonzero().get()];
    while let Some(pid) = open.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if found.insert(*child) {
                open.push(*child);
            }
        }
    }
    found.into_iter().filter_map(Pid::from_raw).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::io::Read;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use super::{kill_marked, start_time};

    /// Each shell starts the next and ends; the three hundredth says so. Nobody waits for any but the first.
    const LINEAGE: &str =
        "N=$((N + 1)); export N; if [ $N -gt 300 ]; then echo survived; else sh -c \"$LINEAGE\" & fi";

    #[test]
    fn who_hands_over_and_ends_is_followed() {
        for round in 0..10 {
            let value = format!("{}-{round}", std::process::id());
            let mut first = Command::new("sh")
                .args(["-c", LINEAGE])
                .envs([("LINEAGE", LINEAGE), ("REAP_TEST", value.as_str()), ("N", "0")])
                .process_group(0)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let since = start_time(i32::try_from(first.id()).unwrap()).unwrap();
            let mut output = first.stdout.take().unwrap();
            first.wait().unwrap();
            kill_marked("REAP_TEST", &value, since);
            // It ends once nobody is left who could write to it.
            let mut said = String::new();
            output.read_to_string(&mut said).unwrap();
            assert_eq!(said, "", "round {round}");
        }
    }
}
