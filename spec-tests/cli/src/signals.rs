//! Ctrl-C: the first ends the run in good order, the second ends this process.

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use sockspec_engine::Cancel;

use crate::exit::INTERRUPTED;

/// Watches for signals as long as it lives.
pub(crate) struct Watch(Handle);

impl Watch {
    /// Starts to watch. A second signal removes `leftover` before it ends the process.
    pub(crate) fn start(cancel: Cancel, leftover: Option<PathBuf>) -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let handle = signals.handle();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for _ in &mut signals {
                if cancel.is_set() {
                    if let Some(leftover) = &leftover {
                        let _ = std::fs::remove_dir_all(leftover);
                    }
                    signal_hook::low_level::exit(INTERRUPTED.into());
                }
                cancel.cancel();
                let _ = writeln!(io::stderr(), "sockspec: interrupted; once more ends at once");
            }
        })?;
        Ok(Self(handle))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.close();
    }
}
