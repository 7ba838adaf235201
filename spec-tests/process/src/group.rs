//! A driver's process group: started together, killed together.

use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::process::{self, Pid, PidfdFlags, Signal};

/// Kills the process group of whatever driver runs at the time, from another thread: for a handler of Ctrl-C.
#[derive(Debug, Clone, Default)]
pub struct GroupHandle {
    /// The group's id, as long as it cannot name anybody else: it is taken away before the leader is reaped.
    pid: Arc<Mutex<Option<Pid>>>,
}

impl GroupHandle {
    /// Sends `SIGKILL` to the group; nothing happens when no driver runs.
    pub fn kill(&self) {
        if let Some(pid) = *self.lock() {
            signal(pid, Signal::KILL);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Pid>> {
        self.pid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error can only mean that nobody is left to get it.
fn signal(group: Pid, signal: Signal) {
    let _ = process::kill_process_group(group, signal);
}

/// The group of one driver. Dropping it kills whoever is left.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    pid: Pid,
    /// Readable once the leader has ended.
    ended: OwnedFd,
    handle: GroupHandle,
    status: Option<ExitStatus>,
}

impl Group {
    /// Takes charge of a child that was started as the leader of a group.
    pub(crate) fn new(mut child: Child, handle: GroupHandle) -> Result<Self, String> {
        let pid = Pid::from_child(&child);
        match process::pidfd_open(pid, PidfdFlags::empty()) {
            Ok(ended) => {
                *handle.lock() = Some(pid);
                Ok(Self { child, pid, ended, handle, status: None })
            }
            Err(error) => {
                signal(pid, Signal::KILL);
                let _ = child.kill();
                let _ = child.wait();
                Err(format!("its process cannot be watched: pidfd_open: {error}"))
            }
        }
    }

    /// The leader's pidfd: readable once it has ended.
    pub(crate) fn ended(&self) -> BorrowedFd<'_> {
        self.ended.as_fd()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Asks the group to leave.
    pub(crate) fn terminate(&self) {
        if self.status.is_none() {
            signal(self.pid, Signal::TERM);
        }
    }

    /// Kills whoever is left of the group, and reaps the leader. Its status tells how it had ended, when it had.
    pub(crate) fn finish(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            let mut pid = self.handle.lock();
            *pid = None;
            // Before the leader is reaped: until then its number, which is the group's, cannot be given away.
            signal(self.pid, Signal::KILL);
            // A leader that went over to another group.
            let _ = self.child.kill();
            drop(pid);
            self.status = self.child.wait().ok();
        }
        self.status
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.finish();
    }
}
