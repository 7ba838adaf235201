//! How long a driver waited for a core: time that it could not have used, and that no deadline should count.
//!
//! On a machine that is busy, with other drivers above all, a driver that works is late without being stuck. The kernel
//! tells the two apart: `/proc/PID/task/TID/schedstat` has how long each thread was ready to run and did not
//! (Documentation/scheduler/sched-stats.rst). One that sleeps or waits for somebody else adds nothing to that.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use rustix::fd::{AsRawFd, BorrowedFd};

/// Of a deadline, the part after which the first look is taken: an answer that comes before costs nothing.
const LOOK: u32 = 4;
/// As many times as long a deadline becomes at most: an end even for one that never sleeps.
pub const STARVED_AT_MOST: u32 = 4;
/// Less than this is what every process waits for a core now and then.
const NOISE: Duration = Duration::from_millis(5);

/// The wait for one answer, from its beginning on.
#[derive(Debug)]
pub(crate) struct Patience {
    within: Duration,
    /// How long the answer may take by the clock, as far as is known.
    allowed: Duration,
    /// What each thread had waited when the last look was taken.
    last: Option<BTreeMap<u32, Duration>>,
}

impl Patience {
    /// For an answer that may take so long.
    pub(crate) fn new(within: Duration) -> Self {
        Self { within, allowed: within, last: None }
    }

    /// Until when to wait, from the beginning on, before [`Patience::more`] is asked.
    pub(crate) fn until(&self) -> Duration {
        if self.last.is_none() { self.within / LOOK } else { self.allowed }
    }

    /// That time is up: whether there is more of it. The driver is known by its pidfd.
    pub(crate) fn more(&mut self, driver: BorrowedFd<'_>) -> bool {
        self.look(waited(driver).unwrap_or_default())
    }

    fn look(&mut self, now: BTreeMap<u32, Duration>) -> bool {
        let Some(before) = self.last.replace(now) else { return true };
        let now = self.last.iter().flatten();
        // Threads wait at the same time: it is late by what one of them waited.
        let waited =
            now.map(|(thread, now)| now.saturating_sub(before.get(thread).copied().unwrap_or_default()));
        let more = waited.max().unwrap_or_default();
        let end = self.within.saturating_mul(STARVED_AT_MOST);
        if more < NOISE || self.allowed >= end {
            return false;
        }
        self.allowed = self.allowed.saturating_add(more).min(end);
        true
    }
}

/// How long each thread of that process has waited for a core; nothing where the system does not say.
fn waited(process: BorrowedFd<'_>) -> Option<BTreeMap<u32, Duration>> {
    // Within a lab the process has one number, and in the `/proc` of outside another: the pidfd tells that one
    // (pidfd_open(2), proc_pid_fdinfo(5)).
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", process.as_raw_fd())).ok()?;
    let threads = fs::read_dir(format!("/proc/{}/task", number(&info)?)).ok()?;
    let one = |entry: fs::DirEntry| {
        let thread = entry.file_name().to_str()?.parse().ok()?;
        Some((thread, parse(&fs::read_to_string(entry.path().join("schedstat")).ok()?)?))
    };
    Some(threads.flatten().filter_map(one).collect())
}

/// A process's number, of what is told about its pidfd; none where it is gone, or is not to be seen there.
fn number(info: &str) -> Option<u32> {
    let number = info.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim().parse().ok()?;
    (number > 0).then_some(number)
}

/// The second of three numbers, in nanoseconds.
fn parse(schedstat: &str) -> Option<Duration> {
    schedstat.split_ascii_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(waited: &[(u32, u64)]) -> BTreeMap<u32, Duration> {
        waited.iter().map(|(thread, ms)| (*thread, Duration::from_millis(*ms))).collect()
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn one_that_sleeps_has_its_time_and_no_more() {
        let mut patience = Patience::new(ms(1000));
        assert_eq!(patience.until(), ms(250));
        assert!(patience.look(threads(&[(7, 40)])), "the first look ends nothing");
        assert_eq!(patience.until(), ms(1000));
        assert!(!patience.look(threads(&[(7, 41)])));
    }

    #[test]
    fn waiting_for_a_core_is_put_on_top() {
        let mut patience = Patience::new(ms(1000));
        patience.look(threads(&[(7, 40), (8, 10)]));
        // Threads that waited together waited once.
        assert!(patience.look(threads(&[(7, 340), (8, 210)])));
        assert_eq!(patience.until(), ms(1300));
        // One that was started meanwhile had waited nothing before.
        assert!(patience.look(threads(&[(7, 340), (9, 100)])));
        assert_eq!(patience.until(), ms(1400));
        assert!(!patience.look(threads(&[(7, 340), (9, 100)])));
    }

    #[test]
    fn even_that_has_an_end() {
        let mut patience = Patience::new(ms(1000));
        let mut looks = 0;
        while patience.look(threads(&[(7, 700 * looks)])) {
            looks += 1;
            assert!(patience.until() <= ms(4000) && looks < 10);
        }
        assert_eq!(patience.until(), ms(4000));
    }

    #[test]
    fn where_the_system_says_nothing_the_clock_counts() {
        let mut patience = Patience::new(ms(1000));
        assert!(patience.look(BTreeMap::new()));
        assert!(!patience.look(BTreeMap::new()));
    }

    #[test]
    fn a_process_is_found_by_its_pidfd() {
        let own = rustix::process::getpid();
        let pidfd = rustix::process::pidfd_open(own, rustix::process::PidfdFlags::empty()).unwrap();
        let threads = waited(rustix::fd::AsFd::as_fd(&pidfd)).unwrap();
        assert!(threads.len() > 1, "the test's own thread and the first: {threads:?}");
        assert_eq!(number("pos:\t0\nPid:\t13\nNSpid:\t13\t4\n"), Some(13));
        assert_eq!((number("Pid:\t-1\n"), number("Pid:\t0\n"), number("")), (None, None, None));
    }

    #[test]
    fn the_second_number_is_it() {
        assert_eq!(parse("23263 23732217 2\n"), Some(Duration::from_nanos(23_732_217)));
        assert_eq!(parse(""), None);
        assert_eq!(parse("1 x 2"), None);
    }
}
