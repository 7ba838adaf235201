//! The harness's end of an echo in a process of its own, with a single thread.
//!
//! In a process with several threads each call on a socket pays for the table of descriptors that they share, and a thread is
//! switched to otherwise than a process is: a load that was a thread of a worker made small messages up to a fifth dearer.

use std::env;
use std::io::{self, BufRead, BufReader, IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use rustix::process::{Signal, set_parent_process_death_signal};
use serde::{Deserialize, Serialize};
use socket2::Socket;
use sockspec_wire::lines;

use super::cores::pin;
use super::load;
use super::round::Refused;
use super::scenario::Echo;

/// Set in the environment of a process that is a load.
const LOAD_VARIABLE: &str = "SOCKSPEC_LOAD";
/// The most sockets that a job comes with: more than any scenario has, and fewer than the system passes on at once.
const SOCKETS_AT_MOST: usize = 128;
/// The longest job, in bytes; the longest there is takes a tenth.
const JOB_AT_MOST: usize = 4096;

/// What a load does next, with the sockets that come along.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) echo: Echo,
    /// The core that it is done on.
    pub(super) core: Option<usize>,
    pub(super) part: Part,
}

/// Which end of the echo it is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Part {
    /// The one that asks, on connected sockets: so many rounds, after some that are not told, at fixed times if wished
    /// (nanoseconds). It tells how long each took.
    Ask { warm: u64, times: u64, interval: Option<u64> },
    /// The one that serves, on a socket that waits. It tells how many bytes it sent.
    Serve,
}

/// What a load says when it is done.
type Told = Result<Vec<u64>, Refused>;

/// Runs as a load, where this process was started as one; `None` where it was not.
pub fn load_entry() -> Option<ExitCode> {
    env::var_os(LOAD_VARIABLE)?;
    match obey() {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            // The harness keeps a worker's standard error, and this one shares it.
            let _ = writeln!(io::stderr(), "load: {error}");
            Some(ExitCode::FAILURE)
        }
    }
}

/// Does one job after the other until there is nobody any more to give one.
fn obey() -> Result<(), Refused> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?;
    let pipe = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    while let Some((job, sockets)) = next_job(&pipe)? {
        let told = done(&job, sockets);
        let line = lines::to_line(&told).map_err(|error| Refused::Load(error.to_string()))?;
        (&pipe).write_all(line.as_bytes())?;
    }
    Ok(())
}

fn done(job: &Job, mut sockets: Vec<Socket>) -> Told {
    job.core.map(pin);
    match job.part {
        Part::Ask { warm, times, interval } => {
            Ok(load::ask(&job.echo, &sockets, (warm, times), interval.map(Duration::from_nanos))?)
        }
        Part::Serve => match sockets.pop() {
            Some(waiting) => Ok(vec![load::serve(&job.echo, &waiting)?]),
            None => Err(Refused::Load("a job without the socket to wait on".to_owned())),
        },
    }
}

fn next_job(pipe: &UnixStream) -> Result<Option<(Job, Vec<Socket>)>, Refused> {
    let (mut line, mut sockets): (Vec<u8>, Vec<Socket>) = (Vec::new(), Vec::new());
    while line.last() != Some(&b'\n') {
        let mut room = [MaybeUninit::uninit(); cmsg_space!(ScmRights(SOCKETS_AT_MOST))];
        let mut rights = RecvAncillaryBuffer::new(&mut room);
        let mut bytes = [0; JOB_AT_MOST];
        let came = recvmsg(pipe, &mut [IoSliceMut::new(&mut bytes)], &mut rights, RecvFlags::CMSG_CLOEXEC)
            .map_err(io::Error::from)?;
        for message in rights.drain() {
            if let RecvAncillaryMessage::ScmRights(passed) = message {
                sockets.extend(passed.map(Socket::from));
            }
        }
        if came.bytes == 0 {
            return Ok(None);
        }
        line.extend_from_slice(&bytes[..came.bytes]);
    }
    let job = lines::from_line(&String::from_utf8_lossy(&line))
        .map_err(|error| Refused::Load(error.to_string()))?;
    Ok(Some((job, sockets)))
}

/// A process that is the harness's end of echoes. It is started when it is needed first.
pub struct Load<'m> {
    make: &'m dyn Fn() -> Command,
    running: Option<Running>,
}

struct Running {
    child: Child,
    pipe: BufReader<UnixStream>,
}

impl<'m> Load<'m> {
    /// Nothing is started yet. `make` makes the command that starts this program, for [`load_entry`] to be called first thing.
    pub fn new(make: &'m dyn Fn() -> Command) -> Self {
        Self { make, running: None }
    }

    /// The command for a program whose `main` calls [`worker_entry`](crate::worker_entry), or [`load_entry`], first thing.
    pub fn own_program() -> Command {
        Command::new("/proc/self/exe")
    }

    /// Gives it a job, with these sockets, which stay the caller's too: who ends them ends the job.
    ///
    /// # Errors
    /// [`Refused::Load`] when it cannot be started or does not listen.
    pub(super) fn begin(&mut self, job: &Job, sockets: &[BorrowedFd<'_>]) -> Result<AtWork<'_>, Refused> {
        let line = lines::to_line(job).map_err(|error| Refused::Load(error.to_string()))?;
        let running = match self.running.take() {
            Some(running) => running,
            None => Running::start((self.make)())?,
        };
        running.send(line.as_bytes(), sockets)?;
        Ok(AtWork { place: &mut self.running, running })
    }
}

/// A load at work. Dropped before it told what came of it, it is ended, and the next job starts another.
pub(super) struct AtWork<'l> {
    place: &'l mut Option<Running>,
    running: Running,
}

impl AtWork<'_> {
    /// Waits until it is done.
    pub(super) fn told(mut self) -> Told {
        let told = self.running.hear()?;
        *self.place = Some(self.running);
        told
    }
}

impl Running {
    fn start(mut command: Command) -> io::Result<Self> {
        let (pipe, end) = UnixStream::pair()?;
        let child = command
            .env(LOAD_VARIABLE, "1")
            .stdin(Stdio::from(OwnedFd::from(end)))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, pipe: BufReader::new(pipe) })
    }

    fn send(&self, line: &[u8], sockets: &[BorrowedFd<'_>]) -> io::Result<()> {
        let mut room = [MaybeUninit::uninit(); cmsg_space!(ScmRights(SOCKETS_AT_MOST))];
        let mut rights = SendAncillaryBuffer::new(&mut room);
        if line.len() > JOB_AT_MOST || !rights.push(SendAncillaryMessage::ScmRights(sockets)) {
            return Err(io::Error::other(format!(
                "a job of {} bytes with {} sockets is too large for it: at most {JOB_AT_MOST} with {SOCKETS_AT_MOST}",
                line.len(),
                sockets.len()
            )));
        }
        let sent = sendmsg(self.pipe.get_ref(), &[IoSlice::new(line)], &mut rights, SendFlags::NOSIGNAL)?;
        // The rest comes without sockets.
        (&mut self.pipe.get_ref()).write_all(line.get(sent..).unwrap_or_default())
    }

    fn hear(&mut self) -> Result<Told, Refused> {
        let mut line = String::new();
        if self.pipe.read_line(&mut line)? == 0 {
            return Err(Refused::Load("its process ended".to_owned()));
        }
        lines::from_line(&line).map_err(|error| Refused::Load(error.to_string()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It leaves by itself unless it is at work, and then nobody wants to know any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
