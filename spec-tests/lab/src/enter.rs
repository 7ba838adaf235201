//! Entering a lab: one process leaves the system's world for the lab's.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, set_child_subreaper, set_parent_process_death_signal};
use rustix::system::{setdomainname, sethostname};
use rustix::thread::{CapabilitySet, UnshareFlags, capabilities};
use thiserror::Error;

use crate::dns::{self, Server};
use crate::spec::{LabSpec, SCRATCH};
use crate::{etc, links, probe, sys};

/// Why a lab could not be entered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabError {
    /// The process has more than one thread.
    #[error(
        "a lab is entered by a process of one thread, and this one has {0}; enter it from a fresh process"
    )]
    Threads(usize),
    /// The kernel or the machine's policy refuses a namespace.
    #[error("no {kind} namespace: {reason}")]
    Namespace {
        /// The kind of namespace: `user`, `network`, `mount` or `uts`.
        kind: &'static str,
        /// The system's answer and the setting that commonly explains it.
        reason: String,
    },
    /// `lo` was up before the lab brought it up.
    #[error(
        "lo is up already, so this network namespace is not a fresh one; a lab is entered once, from outside"
    )]
    NotFresh,
    /// One step of setting the lab up failed.
    #[error("{doing} failed: {source}")]
    Step {
        /// What was being done.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The command to run in the lab could not be started.
    #[error("`{command}` could not be started in the lab: {source}; give a program that PATH finds")]
    Command {
        /// The command's name.
        command: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl LabError {
    pub(crate) fn step(doing: &str, source: io::Error) -> Self {
        Self::Step { doing: doing.to_owned(), source }
    }
}

/// The lab that this process is in. It lasts as long as the process does; dropping this value ends nothing.
#[derive(Debug)]
pub struct Lab {
    name: String,
    scratch: PathBuf,
    notes: Vec<String>,
    server: Option<Server>,
}

impl Lab {
    /// The lab's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What this lab lacks on this machine, a sentence each; empty where it is complete.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// A short absolute path of a directory that cases may write to, the place of `AF_UNIX` sockets.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Removes everything from the scratch directory.
    ///
    /// # Errors
    /// That of the first entry that could not be removed.
    pub fn clear_scratch(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.scratch)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where the DNS server listens, over UDP and TCP, where the lab has one.
    pub fn dns_address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|_| dns::ADDRESS)
    }

    /// Every DNS query since the last call, in the order they came, each as type and name in lower case without the
    /// period at its end: `A odd.example`. A query is listed before its answer is sent.
    pub fn take_queries(&self) -> Vec<String> {
        self.server.as_ref().map(Server::take_queries).unwrap_or_default()
    }

    /// Those DNS queries since the last call whose name the lab's zone does not list, as in [`Self::take_queries`].
    pub fn take_unexpected_queries(&self) -> Vec<String> {
        self.server.as_ref().map(Server::take_unexpected).unwrap_or_default()
    }

    /// What went wrong in the DNS server since the last call, and messages that it could not read.
    pub fn take_server_errors(&self) -> Vec<String> {
        self.server.as_ref().map(Server::take_errors).unwrap_or_default()
    }
}

/// Who stays behind, outside of the lab, while its process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stub {
    /// Obeys signals as the process did before.
    Plain,
    /// Leaves SIGINT and SIGQUIT, which a terminal sends to everybody, to the command inside.
    Interactive,
}

/// Moves this process into a lab of its own.
///
/// The process is forked: the call returns in the child only, which is the first process of a new pid namespace, so
/// that whatever it starts dies with it. The parent stays outside, closes every descriptor but its standard error, and
/// ends with the child's status, or with 128 and the number of the signal that ended the child. Each of the two dies
/// with the process before it, for which that process's thread counts: keep the thread that starts a lab's process
/// alive as long as the lab is wanted.
///
/// Inside, the environment variables that steer name resolution are gone and the locale is C.
///
/// # Errors
/// [`LabError`]: more than one thread, a namespace that is refused, or a step that failed. After an error the process
/// may be half way inside and is good for nothing but reporting it.
pub fn enter(spec: &LabSpec) -> Result<Lab, LabError> {
    enter_with(spec, Stub::Plain)
}

pub(crate) fn enter_with(spec: &LabSpec, stub: Stub) -> Result<Lab, LabError> {
    let threads = threads()?;
    if threads != 1 {
        return Err(LabError::Threads(threads));
    }
    let mut notes = Vec::new();
    if !may_unshare() {
        enter_user_namespace()?;
    }
    for (flag, kind) in
        [(UnshareFlags::NEWNET, "network"), (UnshareFlags::NEWNS, "mount"), (UnshareFlags::NEWUTS, "uts")]
    {
        sys::unshare(flag)
            .map_err(|error| LabError::Namespace { kind, reason: probe::explain(kind, &error) })?;
    }
    match sys::unshare(UnshareFlags::NEWPID) {
        Ok(()) => {
            sys::fork_into(stub == Stub::Interactive).map_err(|error| LabError::step("forking", error))?;
        }
        Err(error) => {
            notes.push(format!(
                "no pid namespace, so a process that a subject leaves behind is only adopted: {}",
                probe::explain("pid", &error)
            ));
            set_child_subreaper(Some(Pid::INIT))
                .map_err(|error| LabError::step("adopting orphans", error.into()))?;
            set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
                .map_err(|error| LabError::step("tying this process to its parent", error.into()))?;
        }
    }
    // The kernel works on the interfaces while the files are written.
    let interfaces = links::start(spec.interfaces())?;
    etc::make_private()?;
    etc::mount(spec)?;
    etc::hide_caches()?;
    sethostname(spec.hostname().as_bytes())
        .map_err(|error| LabError::step("setting the host name", error.into()))?;
    setdomainname(b"(none)").map_err(|error| LabError::step("clearing the domain name", error.into()))?;
    sys::clean_environment();
    notes.extend(interfaces.finish()?);
    let server = spec.zone().cloned().map(Server::start).transpose();
    let server = server.map_err(|error| LabError::step("starting the DNS server", error))?;
    Ok(Lab { name: spec.name().to_owned(), scratch: Path::new("/etc").join(SCRATCH), notes, server })
}

/// Whether namespaces are to be had without a user namespace around them.
pub(crate) fn may_unshare() -> bool {
    capabilities(None)
        .is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_ADMIN | CapabilitySet::NET_ADMIN))
}

/// The number of this process's threads.
fn threads() -> Result<usize, LabError> {
    let doing = "counting this process's threads in /proc/self/task";
    fs::read_dir("/proc/self/task").map(Iterator::count).map_err(|error| LabError::step(doing, error))
}

/// A user namespace in which this user is root, and nobody else exists.
fn enter_user_namespace() -> Result<(), LabError> {
    let uid = rustix::process::geteuid().as_raw();
    let gid = rustix::process::getegid().as_raw();
    let kind = "user";
    sys::unshare(UnshareFlags::NEWUSER)
        .map_err(|error| LabError::Namespace { kind, reason: probe::explain(kind, &error) })?;
    for (path, text) in [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("0 {uid} 1\n")),
        ("/proc/self/gid_map", format!("0 {gid} 1\n")),
    ] {
        fs::write(path, text).map_err(|error| LabError::Namespace {
            kind,
            reason: format!("{path} could not be written: {}", probe::explain(kind, &error)),
        })?;
    }
    Ok(())
}
