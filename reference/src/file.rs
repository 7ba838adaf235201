//! The file object of `makefile`.

use std::io::{self, BufRead, BufReader, BufWriter, LineWriter, Read, Write};

use socket2::Socket;

use crate::error::{Error, Result};
use crate::sys;

/// Size of a buffer for which the caller names none, bytes.
const DEFAULT_BUFFER: usize = 8192;

/// A file object on a descriptor of its own. See [`Socket::makefile`](crate::Socket::makefile).
///
/// It does what the built-in file object does with bytes. Dropping it writes out what is buffered and closes
/// it, and leaves the socket alone (`makefile.file-closed-first`). Failures of system calls are
/// [`Error::Os`]; after [`File::close`] every other method is [`Error::Value`], as for any file.
#[derive(Debug)]
pub struct File {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    descriptor: Stream,
    reader: Option<Reader>,
    writer: Option<Writer>,
}

#[derive(Debug)]
struct Reader {
    buffer: BufReader<Stream>,
    /// What stopped a read that had data to hand over: the next read reports it.
    pending: Option<io::Error>,
}

#[derive(Debug)]
enum Writer {
    Plain(Stream),
    Lines(LineWriter<Stream>),
    Blocks(BufWriter<Stream>),
}

/// The duplicate, as the standard library's buffers want it.
#[derive(Debug)]
struct Stream(std::sync::Arc<Socket>);

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        sys::socket::recv(&self.0, buffer, 0)
    }
}

impl Write for Stream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        sys::socket::send(&self.0, data, libc::MSG_NOSIGNAL)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl File {
    pub(crate) fn new(socket: &Socket, mode: &str, buffering: i64) -> Result<Self> {
        let (reading, writing) = directions(mode)?;
        let duplicate = std::sync::Arc::new(socket.try_clone()?);
        let stream = || Stream(duplicate.clone());
        let reader = reading.then(|| Reader {
            // Without a buffer each byte is read by itself, so that nothing is taken from the socket ahead of
            // time.
            buffer: BufReader::with_capacity(buffer_size(buffering).max(1), stream()),
            pending: None,
        });
        let writer = writing.then(|| match buffering {
            0 => Writer::Plain(stream()),
            1 => Writer::Lines(LineWriter::new(stream())),
            size => Writer::Blocks(BufWriter::with_capacity(buffer_size(size), stream())),
        });
        Ok(Self { open: Some(Open { descriptor: stream(), reader, writer }) })
    }

    fn open(&mut self) -> Result<&mut Open> {
        self.open.as_mut().ok_or(Error::Value("I/O operation on closed file".into()))
    }

    fn reader(&mut self) -> Result<&mut Reader> {
        self.open()?.reader.as_mut().ok_or(Error::os(libc::EBADF))
    }

    fn writer(&mut self) -> Result<&mut Writer> {
        self.open()?.writer.as_mut().ok_or(Error::os(libc::EBADF))
    }

    /// Reads `size` bytes, or to the end of data with `None`; fewer only at the end of data, empty when
    /// nothing is left.
    ///
    /// # Errors
    /// [`Error::Os`]: `EAGAIN` if the socket is non-blocking, `EBADF` if the mode is for writing. Data read
    /// before a failure comes back first, and the failure on the next call.
    pub fn read(&mut self, size: Option<usize>) -> Result<Vec<u8>> {
        self.reader()?.gather(size.unwrap_or(usize::MAX), None)
    }

    /// Reads a line with its newline, at most `limit` bytes of it; without a newline only at the end of data.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn readline(&mut self, limit: Option<usize>) -> Result<Vec<u8>> {
        self.reader()?.gather(limit.unwrap_or(usize::MAX), Some(b'\n'))
    }

    /// Reads all lines to the end of data.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn readlines(&mut self) -> Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        loop {
            let line = self.readline(None)?;
            if line.is_empty() {
                return Ok(lines);
            }
            lines.push(line);
        }
    }

    /// Writes all of `data`, into the buffer if there is one.
    ///
    /// # Errors
    /// [`Error::Os`]: `EPIPE`, `ECONNRESET`, `EAGAIN`, `EBADF` if the mode is for reading.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        Ok(self.writer()?.write_all(data)?)
    }

    /// Sends what is buffered.
    ///
    /// # Errors
    /// As [`File::write`]; a file that only reads has nothing to send.
    pub fn flush(&mut self) -> Result<()> {
        match &mut self.open()?.writer {
            Some(writer) => Ok(writer.flush()?),
            None => Ok(()),
        }
    }

    /// Sends what is buffered and closes the file object's descriptor. Closing a closed file does nothing.
    ///
    /// # Errors
    /// As [`File::flush`]; the file is closed in any case, and what could not be sent is gone.
    pub fn close(&mut self) -> Result<()> {
        let flushed = if self.open.is_some() { self.flush() } else { Ok(()) };
        if let Some(open) = self.open.take() {
            open.discard();
        }
        flushed
    }

    /// The number of the file object's own descriptor.
    ///
    /// # Errors
    /// [`Error::Value`] if the file is closed.
    pub fn fileno(&mut self) -> Result<std::os::fd::RawFd> {
        use std::os::fd::AsRawFd;
        Ok(self.open()?.descriptor.0.as_raw_fd())
    }
}

impl Open {
    /// Closes without another try to send what a failed flush has left.
    fn discard(self) {
        match self.writer {
            Some(Writer::Blocks(writer)) => drop(writer.into_parts()),
            Some(Writer::Lines(_) | Writer::Plain(_)) | None => {}
        }
    }
}

impl Reader {
    /// Collects bytes up to `limit`, up to and with `delimiter`, or up to the end of data.
    fn gather(&mut self, limit: usize, delimiter: Option<u8>) -> Result<Vec<u8>> {
        let mut gathered = Vec::new();
        if let Some(error) = self.pending.take() {
            return Err(error.into());
        }
        while gathered.len() < limit {
            let available = match self.buffer.fill_buf() {
                Ok([]) => break,
                Ok(available) => available,
                Err(error) if gathered.is_empty() => return Err(error.into()),
                Err(error) => {
                    self.pending = Some(error);
                    break;
                }
            };
            let room = available.len().min(limit - gathered.len());
            let end =
                delimiter.and_then(|delimiter| available[..room].iter().position(|byte| *byte == delimiter));
            let taken = end.map_or(room, |at| at + 1);
            gathered.extend_from_slice(&available[..taken]);
            self.buffer.consume(taken);
            if end.is_some() {
                break;
            }
        }
        Ok(gathered)
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(data),
            Self::Lines(lines) => lines.write(data),
            Self::Blocks(blocks) => blocks.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Lines(lines) => lines.flush(),
            Self::Blocks(blocks) => blocks.flush(),
        }
    }
}

/// Whether a mode reads and whether it writes. A socket has no position, so `a` is `w`, and bytes are bytes,
/// so `b` changes nothing.
fn directions(mode: &str) -> Result<(bool, bool)> {
    let both = mode.contains('+');
    let modifiers = mode.get(1..).unwrap_or_default();
    let once = |modifier| modifiers.matches(modifier).count() <= 1;
    let known = modifiers.chars().all(|modifier| matches!(modifier, 'b' | '+')) && once('b') && once('+');
    match mode.chars().next() {
        Some('r') if known => Ok((true, both)),
        Some('w' | 'a') if known => Ok((both, true)),
        _ => {
            Err(Error::Value(format!("invalid mode {mode:?}: give r, w or a, then b or + if wished").into()))
        }
    }
}

fn buffer_size(buffering: i64) -> usize {
    match usize::try_from(buffering) {
        Ok(1) | Err(_) => DEFAULT_BUFFER,
        Ok(size) => size,
    }
}
