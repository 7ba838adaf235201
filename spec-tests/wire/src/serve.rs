//! The driver's side in Rust: a subject behind the wire.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::time::{Duration, Instant};

use rustix::fd::OwnedFd;
use sockspec_subject::{Description, Fault, ObjectId, Subject, Worked};

use crate::echo::echo;
use crate::json::{Body, Op, Reply, Request, parse_request, request_id};
use crate::objects::Objects;
use crate::{Limits, LineError, PROTOCOL};

/// A reply is held back for the sake of those that follow for no longer than this and the call after it.
const HELD_AT_MOST: Duration = Duration::from_millis(10);
/// Nor are more bytes than this held back.
const HELD_BYTES: usize = 64 << 10;
/// How much is read at once.
const READ_BYTES: usize = 64 << 10;

/// Why serving came to an end before the input did.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The input could not be read or the output not be written.
    #[error("the wire broke: {0}")]
    Io(#[from] io::Error),
    /// A line from which not even an id can be read: there is nothing to answer to.
    #[error("a request that cannot be answered: {0}")]
    Request(LineError),
    /// The input ended inside of a line.
    #[error("the input ended in the middle of a request")]
    Truncated,
    /// A reply could not be written.
    #[error("a reply that cannot be sent: {0}")]
    Reply(LineError),
}

/// Answers requests from `input` on `output` until the input ends, within the protocol's own limits.
///
/// Replies are flushed before more input is waited for. Use [`serve_stdio`] in a driver: it also keeps what the
/// implementation prints off the wire.
///
/// # Errors
/// [`ServeError`] when the wire breaks, or a request is so bad that it has no id.
pub fn serve(subject: &mut dyn Subject, input: impl BufRead, output: impl Write) -> Result<(), ServeError> {
    serve_within(subject, input, output, &Limits::default())
}

/// As [`serve`], within other limits on the requests.
///
/// # Errors
/// As [`serve`].
pub fn serve_within(
    subject: &mut dyn Subject,
    mut input: impl BufRead,
    output: impl Write,
    limits: &Limits,
) -> Result<(), ServeError> {
    let objects = Objects::default();
    let mut server = Server {
        subject,
        description: None,
        objects,
        out: Out { to: output, held: Vec::new(), since: None },
    };
    // What has come of a line whose end has not.
    let mut begun: Vec<u8> = Vec::new();
    loop {
        server.out.flush()?;
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if chunk.is_empty() {
            return if begun.is_empty() { Ok(()) } else { Err(ServeError::Truncated) };
        }
        let read = chunk.len();
        let mut rest = chunk;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = if begun.is_empty() {
                &rest[..end]
            } else {
                begun.extend_from_slice(&rest[..end]);
                &begun
            };
            let answered = server.answer(line, limits);
            if answered.is_err() {
                // What was answered before counts all the same.
                server.out.flush()?;
            }
            answered?;
            begun.clear();
            rest = &rest[end + 1..];
        }
        begun.extend_from_slice(rest);
        if begun.len() > limits.line {
            server.out.flush()?;
            return Err(ServeError::Request(LineError::TooLong { limit: limits.line }));
        }
        input.consume(read);
    }
}

/// Answers requests on standard input and output until the input ends.
///
/// Keeps the two to itself: from here on, what the implementation prints goes to standard error, and what it reads from
/// standard input is empty.
///
/// # Errors
/// As [`serve`], and when the standard streams cannot be set apart.
pub fn serve_stdio(subject: &mut dyn Subject) -> Result<(), ServeError> {
    let (input, output) = take_stdio().map_err(io::Error::from)?;
    serve(subject, BufReader::with_capacity(READ_BYTES, File::from(input)), File::from(output))
}

fn take_stdio() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    use rustix::{fs, io, stdio};
    let input = io::fcntl_dupfd_cloexec(stdio::stdin(), 3)?;
    let output = io::fcntl_dupfd_cloexec(stdio::stdout(), 3)?;
    stdio::dup2_stdout(stdio::stderr())?;
    let nothing = fs::open("/dev/null", fs::OFlags::RDONLY | fs::OFlags::CLOEXEC, fs::Mode::empty())?;
    stdio::dup2_stdin(&nothing)?;
    Ok((input, output))
}

struct Server<'a, W> {
    subject: &'a mut dyn Subject,
    /// Kept for the constants that an echo may name.
    description: Option<Description>,
    objects: Objects,
    out: Out<W>,
}

impl<W: Write> Server<'_, W> {
    fn answer(&mut self, line: &[u8], limits: &Limits) -> Result<(), ServeError> {
        let reply = match parse_request(line, limits) {
            Ok(Request { id, op }) => {
                let body = self.body(op).unwrap_or_else(|fault| {
                    // It starts afresh.
                    self.objects.clear();
                    Body::Fault(fault.to_string())
                });
                Reply { id, body }
            }
            Err(error) => match request_id(line) {
                Some(id) => Reply { id, body: Body::Fault(error.to_string()) },
                None => return Err(ServeError::Request(error)),
            },
        };
        self.out.push(&reply)
    }

    fn body(&mut self, op: Op) -> Result<Body, Fault> {
        Ok(match op {
            Op::Ping => Body::Pong,
            Op::Call(call) => {
                if let Some(id) = self.objects.unknown_in_call(&call) {
                    return Ok(no_object(id));
                }
                let outcome = self.subject.call(&call)?;
                self.objects.note(&outcome);
                self.objects.forget(&call, &outcome);
                Body::Outcome(outcome)
            }
            Op::Reset => {
                self.subject.reset()?;
                self.objects.clear();
                Body::Reset
            }
            Op::Hello { protocol: PROTOCOL } => {
                let description = self.subject.describe()?;
                self.description = Some(description.clone());
                Body::Hello { protocol: PROTOCOL, description }
            }
            Op::Hello { protocol } => {
                Body::Fault(format!("this driver speaks protocol {PROTOCOL}, not {protocol}"))
            }
            Op::Work(work) => {
                if let Some(id) = self.objects.unknown_in_work(&work) {
                    return Ok(no_object(id));
                }
                match self.subject.work(&work)? {
                    Worked::Took(took) => Body::Took(took),
                    Worked::Not(outcome) => Body::Outcome(outcome),
                }
            }
            Op::Echo(value) => {
                if let Some(id) = self.objects.unknown_in(&value) {
                    return Ok(no_object(id));
                }
                let description = match &mut self.description {
                    Some(known) => known,
                    unknown => unknown.insert(self.subject.describe()?),
                };
                Body::Outcome(echo(value, &description.constants))
            }
        })
    }
}

fn no_object(id: ObjectId) -> Body {
    Body::Fault(format!("object {} was not handed out since the last reset", id.0))
}

/// Replies on their way out.
struct Out<W> {
    to: W,
    held: Vec<u8>,
    /// When the oldest of them was written.
    since: Option<Instant>,
}

impl<W: Write> Out<W> {
    fn push(&mut self, reply: &Reply) -> Result<(), ServeError> {
        reply.write(&mut self.held).map_err(ServeError::Reply)?;
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        if self.held.len() > HELD_BYTES || now.duration_since(since) > HELD_AT_MOST {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ServeError> {
        if !self.held.is_empty() {
            self.to.write_all(&self.held)?;
            self.to.flush()?;
            self.held.clear();
            self.since = None;
        }
        Ok(())
    }
}
