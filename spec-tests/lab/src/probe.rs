//! What this machine grants: each thing that a lab needs, and the loopback addresses for runs without one.

use std::fmt;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::enter::may_unshare;
use crate::links;
use crate::sys::{self, Finding, Step};

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was tried: `user-namespace`, `network-namespace`, `mount-namespace`, `uts-namespace`, `pid-namespace`,
    /// `veth`, `memory-fs`, `loopback-v4` or `loopback-v6`.
    pub name: &'static str,
    /// Whether it is to be had.
    pub ok: bool,
    /// Why not, or a remark.
    pub reason: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, if self.ok { "yes" } else { "no" })?;
        if !self.reason.is_empty() {
            write!(f, " ({})", self.reason)?;
        }
        Ok(())
    }
}

/// What this machine grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Every check, always in the same order.
    pub checks: Vec<Check>,
}

impl Probe {
    /// The check of that name.
    pub fn get(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    /// Whether a lab can be entered. A pid namespace is not needed for it.
    ///
    /// # Errors
    /// The first check that failed, as text.
    pub fn lab(&self) -> Result<(), String> {
        let needed = |check: &&Check| !check.name.starts_with("loopback-") && check.name != "pid-namespace";
        match self.checks.iter().filter(needed).find(|check| !check.ok) {
            Some(failed) => Err(failed.to_string()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        Ok(())
    }
}

/// Tries what a lab needs, in a child process that ends at once, and the loopback addresses.
///
/// Nothing of this process changes, and it may have any number of threads.
pub fn probe() -> Probe {
    let mut checks = match sys::probe(!may_unshare(), &links::veth_request()) {
        Ok(findings) => findings.into_iter().map(|(step, finding)| check(step, finding)).collect(),
        Err(error) => sys::PROBE_STEPS
            .into_iter()
            .map(|step| Check {
                name: names(step).0,
                ok: false,
                reason: format!("the probe could not run: {error}"),
            })
            .collect::<Vec<_>>(),
    };
    checks.push(loopback("loopback-v4", Ipv4Addr::LOCALHOST.into()));
    checks.push(loopback("loopback-v6", Ipv6Addr::LOCALHOST.into()));
    Probe { checks }
}

/// A check's name, and the word for its kind of namespace or thing.
fn names(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::User => ("user-namespace", "user"),
        Step::Net => ("network-namespace", "network"),
        Step::Mount => ("mount-namespace", "mount"),
        Step::Uts => ("uts-namespace", "uts"),
        Step::Pid => ("pid-namespace", "pid"),
        Step::Veth => ("veth", "veth"),
        Step::MemoryFs => ("memory-fs", "memory-fs"),
    }
}

fn check(step: Step, finding: Finding) -> Check {
    let (name, kind) = names(step);
    let (ok, reason) = match finding {
        Finding::Granted => (true, String::new()),
        Finding::NotNeeded => (true, "not needed: this process may make the others as it is".to_owned()),
        Finding::Refused(error) => (false, explain(kind, &error)),
        Finding::NotReached => (false, "the probe's process was ended before it came to this".to_owned()),
    };
    Check { name, ok, reason }
}

fn loopback(name: &'static str, address: std::net::IpAddr) -> Check {
    match UdpSocket::bind(SocketAddr::new(address, 0)) {
        Ok(_) => Check { name, ok: true, reason: String::new() },
        Err(error) => Check { name, ok: false, reason: error.to_string() },
    }
}

/// The system's answer for `kind`, and the setting of this machine that explains it, where one does.
pub(crate) fn explain(kind: &str, error: &io::Error) -> String {
    let setting = |name: &str| {
        let path = format!("/proc/sys/{}", name.replace('.', "/"));
        fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
    };
    let limit = match kind {
        "user" => "user.max_user_namespaces",
        "network" => "user.max_net_namespaces",
        "mount" => "user.max_mnt_namespaces",
        "uts" => "user.max_uts_namespaces",
        _ => "user.max_pid_namespaces",
    };
    let forbidding =
        [("kernel.unprivileged_userns_clone", "0"), ("kernel.apparmor_restrict_unprivileged_userns", "1")];
    let cause = match (kind, error.raw_os_error()) {
        ("veth", Some(libc::EOPNOTSUPP)) => "the kernel has no veth driver".to_owned(),
        ("veth", Some(libc::EEXIST)) => "the probe could not leave this network namespace".to_owned(),
        ("memory-fs", Some(libc::ENOSYS)) => "the mount calls of Linux 5.2 are needed".to_owned(),
        (_, Some(libc::EPERM | libc::EACCES)) => {
            match forbidding.iter().find(|(name, value)| setting(name).as_deref() == Some(*value)) {
                Some((name, value)) => format!("sysctl {name} is {value}"),
                None => "a container's or the machine's policy forbids it".to_owned(),
            }
        }
        (_, Some(libc::ENOSPC | libc::EUSERS)) => match setting(limit) {
            Some(value) => format!("sysctl {limit} is {value}"),
            None => format!("a limit such as sysctl {limit} is reached"),
        },
        (_, Some(libc::EINVAL | libc::ENOSYS)) => "the kernel was built without it".to_owned(),
        _ => return error.to_string(),
    };
    format!("{error}; {cause}")
}
