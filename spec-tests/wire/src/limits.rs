//! What the harness puts up with.

use std::time::Duration;

/// The longest line either way, in bytes.
pub const LINE: usize = 4 << 20;
/// How many tuples and lists may lie inside each other.
pub const DEPTH: usize = 32;
/// More depth than this is never accepted, whatever [`Limits::depth`] says: the JSON parser's own bound lies behind it.
pub const DEPTH_AT_MOST: usize = 56;
/// The time for one reply.
pub const REPLY: Duration = Duration::from_secs(5);
/// The time from the start of a driver to its hello.
pub const HELLO: Duration = Duration::from_secs(20);
/// How much of a driver's standard error is kept, in bytes.
pub const STDERR: usize = 64 << 10;
/// The time for a driver to leave once its input has ended.
pub const LEAVE: Duration = Duration::from_secs(1);

/// What the harness puts up with from a driver; [`Limits::default`] is what the protocol promises to driver authors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest line, in bytes, its newline not counted.
    pub line: usize,
    /// How many tuples and lists may lie inside each other: 0 allows scalars only, `()` needs 1. Values above
    /// [`DEPTH_AT_MOST`] count as that.
    pub depth: usize,
    /// The time for one reply; what a driver waits for a core is not counted. With several requests under way, every reply starts it afresh.
    pub reply: Duration,
    /// The time from the start of a driver to its hello.
    pub hello: Duration,
    /// How much of the driver's standard error is kept, in bytes; the end of it counts.
    pub stderr: usize,
    /// The time for a driver to leave once its input has ended.
    pub leave: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: LINE, depth: DEPTH, reply: REPLY, hello: HELLO, stderr: STDERR, leave: LEAVE }
    }
}
