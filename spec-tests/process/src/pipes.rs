//! A driver's standard streams, none of which may block us.

use std::ops::Range;
use std::time::Instant;

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::{Errno, ioctl_fionbio, read, write};

use crate::tail::Tail;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// Why there is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoLine {
    /// The deadline passed.
    Late,
    /// The line is longer than the limit.
    TooLong,
    /// The output ended, or whoever should write to it did.
    Closed,
    /// The system refused.
    System(Errno),
}

/// What woke us.
#[derive(Debug, Clone, Copy)]
struct Woken {
    output: bool,
    ended: bool,
}

/// The three streams with their buffers.
#[derive(Debug)]
pub(crate) struct Pipes {
    /// `None` once it is closed, by us or by the driver.
    input: Option<OwnedFd>,
    /// `None` once it has ended.
    output: Option<OwnedFd>,
    /// `None` once it has ended.
    errors: Option<OwnedFd>,
    /// What is still to be written to the driver, from `sent` on.
    pub(crate) to_send: Vec<u8>,
    sent: usize,
    /// What the driver wrote, from `taken` on; up to `searched` it holds no newline.
    received: Vec<u8>,
    taken: usize,
    searched: usize,
    pub(crate) tail: Tail,
    chunk: Vec<u8>,
}

impl Pipes {
    pub(crate) fn new(input: OwnedFd, output: OwnedFd, errors: OwnedFd, tail: Tail) -> Result<Self, Errno> {
        for fd in [&input, &output, &errors] {
            ioctl_fionbio(fd, true)?;
        }
        Ok(Self {
            input: Some(input),
            output: Some(output),
            errors: Some(errors),
            to_send: Vec::new(),
            sent: 0,
            received: Vec::with_capacity(CHUNK),
            taken: 0,
            searched: 0,
            tail,
            chunk: Vec::new(),
        })
    }

    /// Whether the driver still takes input.
    pub(crate) fn takes_input(&self) -> bool {
        self.input.is_some()
    }

    /// Ends the driver's input.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
        self.to_send.clear();
        self.sent = 0;
    }

    /// Writes what the pipe has room for.
    pub(crate) fn send(&mut self) -> Result<(), Errno> {
        while let Some(input) = &self.input {
            if self.sent == self.to_send.len() {
                self.to_send.clear();
                self.sent = 0;
                break;
            }
            match write(input, &self.to_send[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                // It may have answered all the same: its output says what happened.
                Err(Errno::PIPE) => self.close_input(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the driver wrote and nobody took.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.received[self.taken..]
    }

    /// A line that [`Pipes::next_line`] found.
    pub(crate) fn line(&self, line: Range<usize>) -> &[u8] {
        &self.received[line]
    }

    /// The next line, without its newline; writes what is to be sent meanwhile.
    pub(crate) fn next_line(
        &mut self,
        deadline: Instant,
        limit: usize,
        ended: BorrowedFd<'_>,
    ) -> Result<Range<usize>, NoLine> {
        self.send().map_err(NoLine::System)?;
        loop {
            if let Some(line) = self.take_line(limit)? {
                return Ok(line);
            }
            let woken = self.wait(deadline, ended)?;
            if woken.output {
                if !self.receive().map_err(NoLine::System)? {
                    return Err(NoLine::Closed);
                }
            } else if woken.ended {
                // Its output is still open, but only in the hands of somebody who was not asked.
                return Err(NoLine::Closed);
            }
        }
    }

    fn take_line(&mut self, limit: usize) -> Result<Option<Range<usize>>, NoLine> {
        let end = memchr::memchr(b'\n', &self.received[self.searched..]).map(|at| self.searched + at);
        if end.unwrap_or(self.received.len()) - self.taken > limit {
            return Err(NoLine::TooLong);
        }
        self.searched = end.map_or(self.received.len(), |end| end + 1);
        Ok(end.map(|end| {
            let line = self.taken..end;
            self.taken = end + 1;
            line
        }))
    }

    /// Reads once; says whether there can be more.
    fn receive(&mut self) -> Result<bool, Errno> {
        let Some(output) = &self.output else {
            return Ok(false);
        };
        if self.taken > 0 {
            self.received.drain(..self.taken);
            self.searched -= self.taken;
            self.taken = 0;
        }
        self.received.reserve(CHUNK);
        match read(output, spare_capacity(&mut self.received)) {
            Ok(0) => {
                self.output = None;
                Ok(false)
            }
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Waits until there is output, the leader ends, or the deadline passes; looks after the other streams meanwhile.
    fn wait(&mut self, deadline: Instant, ended: BorrowedFd<'_>) -> Result<Woken, NoLine> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NoLine::Late);
            }
            // A wait too long for the system to express is as good as none.
            let timeout = Timespec::try_from(left).ok();
            let mut watch = Watch::new(ended);
            let output = watch.also(self.output.as_ref(), PollFlags::IN);
            let errors = watch.also(self.errors.as_ref(), PollFlags::IN);
            let input = self.input.as_ref().filter(|_| self.sent < self.to_send.len());
            let input = watch.also(input, PollFlags::OUT);
            match poll(&mut watch.fds[..watch.count], timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(NoLine::System(error)),
            }
            let woken = Woken { output: watch.woken(output), ended: watch.woken(Some(0)) };
            let (errors, input) = (watch.woken(errors), watch.woken(input));
            if errors {
                self.receive_errors();
            }
            if input {
                self.send().map_err(NoLine::System)?;
            }
            if woken.output || woken.ended {
                return Ok(woken);
            }
        }
    }

    /// Reads once from standard error. Says whether there may be more at once.
    fn receive_errors(&mut self) -> bool {
        let Some(errors) = &self.errors else {
            return false;
        };
        self.chunk.clear();
        self.chunk.reserve(CHUNK);
        match read(errors, spare_capacity(&mut self.chunk)) {
            Ok(0) => self.errors = None,
            Ok(_) => {
                self.tail.push(&self.chunk);
                return true;
            }
            Err(Errno::INTR) => return true,
            Err(Errno::AGAIN) => {}
            Err(_) => self.errors = None,
        }
        false
    }

    /// Takes what is left on standard error once the group is dead. Bounded, since somebody who left the group could
    /// write for ever.
    pub(crate) fn drain_errors(&mut self) {
        for _ in 0..64 {
            if !self.receive_errors() {
                break;
            }
        }
    }

    /// Waits for the leader's end until the deadline; says whether it came. What it writes meanwhile is kept as unread;
    /// beyond the limit its output is closed.
    pub(crate) fn wait_end(&mut self, deadline: Instant, limit: usize, ended: BorrowedFd<'_>) -> bool {
        loop {
            match self.wait(deadline, ended) {
                Ok(Woken { output: true, .. }) => {
                    if self.receive().is_err() || self.unread().len() > limit {
                        self.output = None;
                    }
                }
                Ok(Woken { ended, .. }) => return ended,
                Err(_) => return false,
            }
        }
    }
}

/// What a poll waits for: the leader's end, and up to three streams.
struct Watch<'fd> {
    fds: [PollFd<'fd>; 4],
    count: usize,
}

impl<'fd> Watch<'fd> {
    fn new(ended: BorrowedFd<'fd>) -> Self {
        let ended = PollFd::from_borrowed_fd(ended, PollFlags::IN);
        Self { fds: [ended.clone(), ended.clone(), ended.clone(), ended], count: 1 }
    }

    /// Its place among the others, when it is open.
    fn also(&mut self, fd: Option<&'fd OwnedFd>, flags: PollFlags) -> Option<usize> {
        let fd = fd?;
        let at = self.count;
        self.fds[at] = PollFd::new(fd, flags);
        self.count += 1;
        Some(at)
    }

    fn woken(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| !self.fds[at].revents().is_empty())
    }
}
