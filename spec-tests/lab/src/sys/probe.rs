//! The child of a probe: it tries each thing that a lab needs and tells the error numbers.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};

use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, fsconfig_create, fsmount, fsopen,
    mount_change,
};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::thread::{UnshareFlags, unshare_unsafe};

/// One thing that a lab needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    User,
    Net,
    Mount,
    Uts,
    Pid,
    Veth,
    MemoryFs,
}

/// The steps, in the order in which they are tried: the first makes the others possible.
pub(crate) const PROBE_STEPS: [Step; 7] =
    [Step::User, Step::Net, Step::Mount, Step::Uts, Step::Pid, Step::Veth, Step::MemoryFs];

/// What came of a step.
#[derive(Debug)]
pub(crate) enum Finding {
    /// It is to be had.
    Granted,
    /// It was not tried, since it is not needed.
    NotNeeded,
    /// The system's answer.
    Refused(io::Error),
    /// The child ended before it came to this step.
    NotReached,
}

const GRANTED: i32 = 0;
const NOT_NEEDED: i32 = -1;

/// Tries every step in a child process. The caller may have any number of threads. `veth` is the rtnetlink request
/// that makes a pair of interfaces; `user` says whether a user namespace is needed.
pub(crate) fn probe(user: bool, veth: &[u8]) -> io::Result<Vec<(Step, Finding)>> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    // SAFETY: the child calls `try_all` only, which makes system calls and neither allocates nor takes a lock.
    let child = match unsafe { libc::fork() } {
        -1 => return Err(io::Error::last_os_error()),
        0 => try_all(user, veth, writer.as_raw_fd()),
        child => child,
    };
    drop(writer);
    let mut bytes = Vec::new();
    let read = File::from(reader).take(1024).read_to_end(&mut bytes);
    // SAFETY: the child is this process's own and nobody else waits for it; no status is asked for.
    unsafe {
        while libc::waitpid(child, std::ptr::null_mut(), 0) == -1
            && io::Error::last_os_error().raw_os_error() == Some(libc::EINTR)
        {}
    }
    read?;
    let mut numbers = bytes.chunks_exact(4).filter_map(|chunk| chunk.try_into().ok()).map(i32::from_ne_bytes);
    Ok(PROBE_STEPS
        .into_iter()
        .map(|step| {
            let finding = match numbers.next() {
                None => Finding::NotReached,
                Some(GRANTED) => Finding::Granted,
                Some(NOT_NEEDED) => Finding::NotNeeded,
                Some(number) => Finding::Refused(io::Error::from_raw_os_error(number)),
            };
            (step, finding)
        })
        .collect())
}

/// The child: system calls only, since another thread of the parent may have held any lock at the fork.
fn try_all(user: bool, veth: &[u8], report: RawFd) -> ! {
    for step in PROBE_STEPS {
        let number = match step {
            Step::User if !user => NOT_NEEDED,
            Step::User => unshare(UnshareFlags::NEWUSER),
            Step::Net => unshare(UnshareFlags::NEWNET),
            Step::Mount => unshare(UnshareFlags::NEWNS),
            Step::Uts => unshare(UnshareFlags::NEWUTS),
            Step::Pid => unshare(UnshareFlags::NEWPID),
            Step::Veth => ask(veth),
            Step::MemoryFs => number(memory_fs()),
        };
        let bytes = number.to_ne_bytes();
        // SAFETY: the pointer and the length are those of `bytes`.
        unsafe { libc::write(report, bytes.as_ptr().cast(), bytes.len()) };
    }
    // SAFETY: `_exit` takes any status and does not return.
    unsafe { libc::_exit(0) }
}

fn unshare(flags: UnshareFlags) -> i32 {
    // SAFETY: no descriptor is unshared.
    number(unsafe { unshare_unsafe(flags) })
}

fn number(result: rustix::io::Result<()>) -> i32 {
    result.map_or_else(rustix::io::Errno::raw_os_error, |()| GRANTED)
}

fn memory_fs() -> rustix::io::Result<()> {
    mount_change(c"/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    let context = fsopen(c"tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_create(&context)?;
    fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty()).map(drop)
}

/// Sends one rtnetlink request that wants an acknowledgement, and gives the error number in it.
fn ask(request: &[u8]) -> i32 {
    const ERROR_AT: usize = 16;
    let mut answer = [0_u8; 512];
    // SAFETY: the pointers and lengths are those of `request` and `answer`.
    let length = unsafe {
        let socket = libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE);
        if socket == -1 || libc::send(socket, request.as_ptr().cast(), request.len(), 0) == -1 {
            return *libc::__errno_location();
        }
        libc::recv(socket, answer.as_mut_ptr().cast(), answer.len(), 0)
    };
    let code =
        answer.get(ERROR_AT..ERROR_AT + 4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match code {
        Some(code) if usize::try_from(length).is_ok_and(|length| length >= ERROR_AT + 4) => {
            code.saturating_neg()
        }
        _ => libc::EPROTO,
    }
}
