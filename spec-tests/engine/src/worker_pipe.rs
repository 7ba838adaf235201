//! The harness's end of the pipe to a worker.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{WaitId, WaitIdOptions, waitid};
use serde::Serialize;
use sockspec_wire::lines;

use crate::cancel::Cancel;
use crate::order::{WORKER_VARIABLE, Word};
use crate::reap::{kill_group, kill_marked, kill_tree, start_time};

/// How many workers this process has started.
static STARTED: AtomicUsize = AtomicUsize::new(0);
/// How much of a worker's standard error is kept.
const STDERR_KEPT: usize = 64 << 10;
/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// A worker, and the pipes to it. Dropping it ends it with everything that it started.
pub(crate) struct WorkerPipe {
    child: Child,
    /// Readable once it has ended, even where something that it started holds its pipes open.
    ended: Option<OwnedFd>,
    /// What its environment, and that of everything it starts, is marked with.
    mark: String,
    /// When it started, by [`start_time`].
    since: u64,
    /// Whether it has been waited for.
    waited: bool,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    stderr: Option<ChildStderr>,
    line: Vec<u8>,
    kept: Vec<u8>,
}

/// What came from a worker.
pub(crate) enum Heard {
    /// A word.
    Word(Word),
    /// The worker is gone.
    Ended {
        /// How it ended.
        how: String,
        /// The end of its standard error.
        stderr: String,
    },
    /// Nothing, in the time there was.
    Overdue,
    /// The run is cancelled.
    Cancelled,
}

impl WorkerPipe {
    /// Starts this program once more, as a worker.
    pub(crate) fn start() -> io::Result<Self> {
        let mark = format!("{}-{}", std::process::id(), STARTED.fetch_add(1, Ordering::Relaxed));
        // This name leads to the program even when its file has been replaced since.
        let mut child = Command::new("/proc/self/exe")
            .env(WORKER_VARIABLE, &mark)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            kill_tree(&mut child);
            return Err(io::Error::other("a pipe is missing"));
        };
        Ok(Self {
            ended: pidfd(&child),
            since: i32::try_from(child.id()).ok().and_then(start_time).unwrap_or(0),
            child,
            mark,
            waited: false,
            stdin: Some(stdin),
            stdout,
            stderr: Some(stderr),
            line: Vec::new(),
            kept: Vec::new(),
        })
    }

    /// Writes one line. A worker that is gone shows when it is listened to.
    pub(crate) fn say<T: Serialize>(&mut self, message: &T) -> Result<(), sockspec_wire::LineError> {
        let line = lines::to_line(message)?;
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(line.as_bytes());
        }
        Ok(())
    }

    /// Waits for the next word.
    pub(crate) fn hear(&mut self, within: Duration, cancel: &Cancel) -> Heard {
        let deadline = Instant::now() + within;
        loop {
            if let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.line.drain(..=end).collect();
                let text = String::from_utf8_lossy(&line);
                return match lines::from_line(text.trim_end()) {
                    Ok(word) => Heard::Word(word),
                    Err(error) => {
                        self.kill();
                        Heard::Ended {
                            how: format!("it said what no worker says: {error}"),
                            stderr: self.tail(),
                        }
                    }
                };
            }
            match self.wait(deadline, cancel) {
                Ok(Wake::Ready) => {}
                Ok(Wake::Overdue) => return Heard::Overdue,
                Ok(Wake::Cancelled) => return Heard::Cancelled,
                Ok(Wake::End) => {
                    let how = self.end();
                    return Heard::Ended { how, stderr: self.tail() };
                }
                Err(error) => {
                    self.kill();
                    return Heard::Ended { how: format!("its pipe failed: {error}"), stderr: self.tail() };
                }
            }
        }
    }

    /// Waits until something can be read, and reads it.
    fn wait(&mut self, deadline: Instant, cancel: &Cancel) -> io::Result<Wake> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Wake::Overdue);
        }
        let (mut out, mut err, mut cancelled) = (PollFlags::empty(), PollFlags::empty(), PollFlags::empty());
        let mut ended = PollFlags::empty();
        {
            let mut fds = vec![
                PollFd::from_borrowed_fd(self.stdout.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(cancel.event(), PollFlags::IN),
            ];
            let others = [self.ended.as_ref().map(AsFd::as_fd), self.stderr.as_ref().map(AsFd::as_fd)];
            fds.extend(others.into_iter().flatten().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
            let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
            match poll(&mut fds, Some(&timeout)) {
                Ok(_) => {
                    out = fds[0].revents();
                    cancelled = fds[1].revents();
                    let mut more = fds[2..].iter().map(PollFd::revents);
                    ended = self.ended.as_ref().and_then(|_| more.next()).unwrap_or(ended);
                    err = more.next().unwrap_or(err);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if !cancelled.is_empty() {
            return Ok(Wake::Cancelled);
        }
        if !err.is_empty()
            && let Some(stderr) = &self.stderr
            && !read_tail(stderr.as_fd(), &mut self.kept)?
        {
            self.stderr = None;
        }
        if !out.is_empty() {
            let mut chunk = vec![0; CHUNK];
            let count = rustix::io::read(&self.stdout, &mut chunk)?;
            if count == 0 {
                return Ok(Wake::End);
            }
            self.line.extend_from_slice(&chunk[..count]);
        } else if !ended.is_empty() {
            return Ok(Wake::End);
        }
        Ok(Wake::Ready)
    }

    /// What remains of its standard error, and how it ended.
    fn end(&mut self) -> String {
        if let Some(stderr) = self.stderr.take() {
            // Whoever inherited it may hold it open: only what is there is read.
            while let Ok(true) = readable_now(stderr.as_fd())
                && let Ok(true) = read_tail(stderr.as_fd(), &mut self.kept)
            {}
        }
        // Its output has ended, so it is ending; what does not end by itself is ended.
        match self.wait_briefly() {
            Some(status) => shown(status),
            None => {
                self.kill();
                "it closed its output without leaving, and was killed".to_owned()
            }
        }
    }

    /// Waits for a worker that is about to end: a second at most, woken by its end.
    fn wait_briefly(&mut self) -> Option<ExitStatus> {
        if let Some(ended) = &self.ended {
            let mut fds = [PollFd::from_borrowed_fd(ended.as_fd(), PollFlags::IN)];
            let _ = poll(&mut fds, Some(&Timespec { tv_sec: 1, tv_nsec: 0 }));
        }
        if !self.has_ended() {
            return None;
        }
        kill_group(&self.child);
        self.waited = true;
        self.child.wait().ok()
    }

    /// Ends it with everything below it, unless it has ended already: its number may be another's by now.
    fn kill(&mut self) {
        if !std::mem::replace(&mut self.waited, true) {
            kill_tree(&mut self.child);
        }
    }

    /// Whether it has ended; that does not wait for it, so that its number stays its own.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| matches!(waitid(WaitId::Pid(pid), options), Ok(Some(_))))
    }

    fn tail(&self) -> String {
        String::from_utf8_lossy(&self.kept).into_owned()
    }

    /// Lets it leave: its input ends.
    pub(crate) fn leave(mut self, within: Duration, cancel: &Cancel) {
        self.stdin = None;
        // What it still says nobody waits for; its end is what counts.
        if !matches!(self.hear(within, cancel), Heard::Ended { .. }) {
            self.kill();
        }
    }
}

impl Drop for WorkerPipe {
    fn drop(&mut self) {
        self.kill();
        // What it started may have outlived it where its lab had no process namespace, or where it had no lab.
        kill_marked(WORKER_VARIABLE, &self.mark, self.since);
    }
}

enum Wake {
    Ready,
    Overdue,
    Cancelled,
    End,
}

/// Reads once into what is kept; `false` at the end.
fn read_tail(fd: BorrowedFd<'_>, kept: &mut Vec<u8>) -> io::Result<bool> {
    let mut chunk = vec![0; CHUNK];
    let count = rustix::io::read(fd, &mut chunk)?;
    kept.extend_from_slice(&chunk[..count]);
    if kept.len() > STDERR_KEPT {
        kept.drain(..kept.len() - STDERR_KEPT);
    }
    Ok(count > 0)
}

fn readable_now(fd: BorrowedFd<'_>) -> io::Result<bool> {
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    Ok(poll(&mut fds, Some(&Timespec::default()))? > 0)
}

fn pidfd(child: &Child) -> Option<OwnedFd> {
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw)?;
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

fn shown(status: ExitStatus) -> String {
    // A lab's outer process passes on a signal as 128 and its number.
    match (status.code(), status.signal()) {
        (Some(code), _) if code > 128 => format!("it ended by signal {}", code - 128),
        (Some(code), _) => format!("it ended with status {code}"),
        (None, Some(signal)) => format!("it ended by signal {signal}"),
        (None, None) => "it ended".to_owned(),
    }
}
