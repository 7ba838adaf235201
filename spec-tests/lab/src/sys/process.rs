//! Namespaces, the fork into a new pid namespace, and the environment.

#![allow(unsafe_code)]

use std::env;
use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{PidfdFlags, Signal, getpid, pidfd_open, set_parent_process_death_signal};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// Variables that steer the resolver past the lab's files.
const RESOLVER_VARIABLES: [&str; 11] = [
    "RES_OPTIONS",
    "LOCALDOMAIN",
    "HOSTALIASES",
    "RESOLV_HOST_CONF",
    "RESOLV_MULTI",
    "RESOLV_REORDER",
    "RESOLV_ADD_TRIM_DOMAINS",
    "RESOLV_OVERRIDE_TRIM_DOMAINS",
    "RESOLV_SPOOF_CHECK",
    "RESOLV_WARN",
    "RESOLV_SERV_ORDER",
];

/// Leaves the namespaces of the given kinds for new ones.
///
/// # References
/// unshare(2)
pub(crate) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: only `UnshareFlags::FILES` can take a descriptor away from a thread, and no caller passes it.
    unsafe { unshare_unsafe(flags) }.map_err(io::Error::from)
}

/// Forks and returns in the child. The parent waits and ends with the child's status.
///
/// With `interactive`, the parent ignores the signals that a terminal sends.
pub(crate) fn fork_into(interactive: bool) -> io::Result<()> {
    // The parent outside the pid namespace has no number inside it: this descriptor tells whether it still lives.
    let parent = pidfd_open(getpid(), PidfdFlags::empty())?;
    // SAFETY: the default action runs no code. Where the signal was ignored, a child's status would be lost.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
    // SAFETY: the caller has made sure that this process has one thread, so the child's memory is whole.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            let mut descriptor = [PollFd::new(&parent, PollFlags::IN)];
            if poll(&mut descriptor, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }))? != 0 {
                // It died before the line above could tie this process to it.
                // SAFETY: `_exit` takes any status and does not return.
                unsafe { libc::_exit(1) }
            }
            Ok(())
        }
        child => stand_by(child, interactive),
    }
}

/// The life of the process that stays outside. It uses no memory of its own and returns to nobody.
fn stand_by(child: libc::pid_t, interactive: bool) -> ! {
    // An error here leaves the child without a guard at worst, which is no reason to end it.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    // SAFETY: every call below takes plain numbers, or a pointer to `status`, which outlives it. The descriptors are
    // this process's copies, and nothing in it uses one again but standard error.
    unsafe {
        if interactive {
            libc::signal(libc::SIGINT, libc::SIG_IGN);
            libc::signal(libc::SIGQUIT, libc::SIG_IGN);
        }
        // Whoever reads from or writes to the child sees the end when the child closes its side.
        libc::close(0);
        libc::close(1);
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
        let mut status = 0;
        while libc::waitpid(child, &raw mut status, 0) == -1 {
            if io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                libc::_exit(1);
            }
        }
        if libc::WIFSIGNALED(status) {
            libc::_exit(128 + libc::WTERMSIG(status));
        }
        libc::_exit(libc::WEXITSTATUS(status))
    }
}

/// Has the calling thread, and whatever it starts from now on, run in real time.
///
/// # References
/// sched(7), `SCHED_RR`
pub(crate) fn run_in_real_time() -> io::Result<()> {
    // The least of them: the system's own threads stay before it.
    let priority: libc::c_int = 1;
    // SAFETY: zero is the calling thread, and the kernel reads one `int` as the parameters. The C library's own function
    // is not asked, as one of them refuses always.
    match unsafe { libc::syscall(libc::SYS_sched_setscheduler, 0, libc::SCHED_RR, &raw const priority) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Removes what steers name resolution, and sets the locale to C.
///
/// Only a process of one thread may call this.
pub(crate) fn clean_environment() {
    let locale: Vec<_> = env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.as_encoded_bytes().starts_with(b"LC_"))
        .collect();
    // SAFETY: nobody reads the environment at the same time: there is no other thread.
    unsafe {
        for name in RESOLVER_VARIABLES {
            env::remove_var(name);
        }
        for name in locale {
            env::remove_var(name);
        }
        for name in ["LANG", "LC_ALL", "LANGUAGE"] {
            env::set_var(name, "C");
        }
    }
}
