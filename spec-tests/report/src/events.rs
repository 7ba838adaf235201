//! The events themselves, a line of JSON each; their schema is `fixtures/schemas/events.schema.json`.

use std::io::{self, Write};
use std::path::Path;

use sockspec_events::Event;
use sockspec_wire::lines::to_line;

use crate::Reporter;
use crate::target::{Target, TargetError};

/// Writes every event as it comes.
pub struct Events<W> {
    out: W,
}

impl Events<Box<dyn Write>> {
    /// Reports to that file, or to the standard output for `-`.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there.
    pub fn to(path: &Path) -> Result<Self, TargetError> {
        Ok(Self::new(Target::new(path)?.open(path)?))
    }
}

impl<W: Write> Events<W> {
    /// Reports to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> Reporter for Events<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.out.write_all(to_line(event).map_err(io::Error::other)?.as_bytes())?;
        if matches!(event, Event::RunFinished(_)) { self.out.flush() } else { Ok(()) }
    }
}
