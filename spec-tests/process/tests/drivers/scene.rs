//! What a test has around it.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{CWD, FileType, Mode, OFlags};
use rustix::process::{Pid, test_kill_process};
use sockspec_process::DriverCommand;
use sockspec_wire::Limits;
use tempfile::TempDir;

/// Long enough for anything that is going to happen at all, on the busiest of machines.
pub(crate) const AMPLE: Duration = Duration::from_secs(60);
/// For what is known not to happen, once the driver has said hello.
pub(crate) const SHORT: Duration = Duration::from_millis(200);

/// For what is known not to happen, while a driver has something to do all the same: start, or complain.
pub(crate) const LONGER: Duration = Duration::from_secs(2);

/// Limits that only a driver which does not do its work can break.
pub(crate) fn ample() -> Limits {
    Limits { line: 64 << 10, reply: AMPLE, hello: AMPLE, leave: AMPLE, ..Limits::default() }
}

/// The names of what is in a test's folder.
pub(crate) const ALIVE: &str = "alive";
pub(crate) const LEADER: &str = "leader";

/// A folder, and one end of the FIFO in it.
pub(crate) struct Scene {
    folder: TempDir,
    alive: OwnedFd,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(ALIVE);
        rustix::fs::mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let alive =
            rustix::fs::open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
        Self { folder, alive: alive.unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command of a driver that behaves so.
    pub(crate) fn command(&self, behaviour: &str) -> DriverCommand {
        let program = std::env::current_exe().unwrap();
        let mut command = DriverCommand::new([program.as_os_str(), "--as".as_ref(), behaviour.as_ref()]);
        command.argv.push(self.path().into());
        command
    }

    /// Fails when a process of the driver's lives on, or its leader is a zombie.
    pub(crate) fn nothing_is_left(&self) {
        let leader: i32 = fs::read_to_string(self.path().join(LEADER)).unwrap().parse().unwrap();
        assert!(
            test_kill_process(Pid::from_raw(leader).unwrap()).is_err(),
            "the driver is still there, or a zombie"
        );
        // The last writer hangs up at its death, which for the members of a group need not be known to us yet.
        let timeout = Timespec::try_from(AMPLE).unwrap();
        let mut fds = [PollFd::new(&self.alive, PollFlags::IN)];
        poll(&mut fds, Some(&timeout)).unwrap();
        assert!(fds[0].revents().contains(PollFlags::HUP), "a process of the driver's lives on");
    }
}
