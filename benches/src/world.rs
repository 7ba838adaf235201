//! Where it all runs: one CPU, and a lab if the machine has one.

use std::fmt::Write;
use std::fs;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sockspec_fixtures::Fixtures;
use sockspec_lab::{Lab, LabSet, LabSpec, probe};

use crate::case::Reason;

/// The name of the lab: the default one of the fixtures, and beside its hosts file a large one.
const LAB: &str = "benches";
const LAB_FILE: &str =
    "format = 1\nbase = \"default\"\ndescription = \"The default lab with a second, large hosts file\"\n";

/// Lines of the large hosts file.
pub const LARGE_HOSTS_LINES: usize = 10_000;
/// The name on its last line.
pub(crate) const LAST_HOST: &str = "last.large.example";

/// Which hosts file the lab shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// The default lab's own.
    Usual,
    /// That of [`LARGE_HOSTS_LINES`] lines.
    Large,
}

impl Hosts {
    /// Where it waits in the lab's `/etc`.
    const fn store(self) -> &'static str {
        match self {
            Self::Usual => "hosts.usual",
            Self::Large => "hosts.large",
        }
    }
}

/// The surroundings of all cases.
#[derive(Debug)]
pub struct World {
    cpu: Option<usize>,
    lab: Result<Lab, Reason>,
}

impl World {
    /// Pins this process to one CPU and moves it into the lab, if the machine grants one.
    ///
    /// # Errors
    /// The process has more than one thread, or entering the lab failed although the machine grants what it takes.
    pub fn enter() -> Result<Self, Reason> {
        // First of all, so that every thread from here on inherits it.
        let cpu = pin();
        if let Err(refused) = probe().lab() {
            let reason = format!("needs a lab, which this machine refuses: {refused}");
            return Ok(Self { cpu, lab: Err(Reason::new(reason)) });
        }
        let lab = sockspec_lab::enter(&lab_spec()?).map_err(Reason::when("entering the lab"))?;
        Ok(Self { cpu, lab: Ok(lab) })
    }

    /// The machine as it is: not pinned, and without a lab. For tests, which have threads.
    pub fn outside() -> Self {
        Self { cpu: None, lab: Err(Reason::new("needs a lab, which was not asked for")) }
    }

    /// The CPU that everything runs on; `None` where the system did not let itself be told.
    pub const fn cpu(&self) -> Option<usize> {
        self.cpu
    }

    /// Fails where there is no lab.
    #[cfg(test)]
    pub(crate) fn in_lab(&self) -> Result<(), Reason> {
        self.lab.as_ref().map(drop).map_err(Reason::clone)
    }

    /// Shows the lab's hosts file of that kind, from the next lookup on.
    ///
    /// # Errors
    /// There is no lab, or the file cannot be written.
    pub(crate) fn show(&self, hosts: Hosts) -> Result<(), Reason> {
        let lab = self.lab.as_ref().map_err(Reason::clone)?;
        // The server keeps a list of what it was asked, which need not grow from case to case.
        drop(lab.take_queries());
        fs::copy(format!("/etc/{}", hosts.store()), "/etc/hosts")
            .map(drop)
            .map_err(Reason::when("writing the lab's /etc/hosts"))
    }
}

/// Pins this process to the last CPU that it may use; the first ones have more interrupts to see to.
fn pin() -> Option<usize> {
    let allowed = sched_getaffinity(None).ok()?;
    let cpu = (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu))?;
    let mut one = CpuSet::new();
    one.set(cpu);
    sched_setaffinity(None, &one).ok().map(|()| cpu)
}

fn lab_spec() -> Result<LabSpec, Reason> {
    let fixtures = Fixtures::embedded();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (path, text) in fixtures.lab_texts() {
        let path = path.trim_start_matches("labs/");
        if path == "default/etc/hosts" {
            files.push((format!("{LAB}/etc/{}", Hosts::Usual.store()), text.into()));
        }
        files.push((path.to_owned(), text.into()));
    }
    files.push((format!("{LAB}/lab.toml"), LAB_FILE.into()));
    files.push((format!("{LAB}/etc/{}", Hosts::Large.store()), large_hosts().into()));
    let labs = LabSet::load(files).map_err(Reason::when("reading the labs"))?;
    labs.get(LAB).cloned().ok_or_else(|| Reason::new("the labs lack the one of the benches"))
}

/// A hosts file whose last line has [`LAST_HOST`], each other line an address and two names of its own.
fn large_hosts() -> String {
    let mut text = String::new();
    for line in 1..LARGE_HOSTS_LINES {
        let (high, low) = (line / 256, line % 256);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "10.1.{high}.{low} host{line}.large.example host{line}");
    }
    let _ = writeln!(text, "192.0.2.99 {LAST_HOST}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_hosts_file_has_its_lines() {
        let text = large_hosts();
        assert_eq!(text.lines().count(), LARGE_HOSTS_LINES);
        assert!(text.lines().last().is_some_and(|line| line.ends_with(LAST_HOST)));
    }

    #[test]
    fn the_lab_is_the_default_one_with_two_hosts_files() {
        let lab = lab_spec().expect("the lab is well-formed");
        let names: Vec<_> = lab.etc().map(|(name, _)| name).collect();
        assert!(
            names.contains(&"hosts.large")
                && names.contains(&"hosts.usual")
                && names.contains(&"resolv.conf")
        );
        assert!(lab.zone().is_some());
    }
}
