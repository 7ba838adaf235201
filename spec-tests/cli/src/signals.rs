//! Ctrl-C: the first ends a run in good order, the second ends this process with all that it started.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use sockspec_engine::Cancel;

use crate::exit::INTERRUPTED;

/// Watches for signals as long as it lives.
pub(crate) struct Watch {
    handle: Handle,
    ending: Arc<AtomicBool>,
}

impl Watch {
    /// Starts to watch. The first signal sets `cancel`, where there is one. The next kills whatever this process
    /// started, removes `leftover`, and ends it.
    pub(crate) fn start(cancel: Option<Cancel>, leftover: Option<PathBuf>) -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let handle = signals.handle();
        let ending = Arc::new(AtomicBool::new(false));
        let is_ending = Arc::clone(&ending);
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for _ in &mut signals {
                match &cancel {
                    Some(cancel) if !cancel.is_set() => {
                        cancel.cancel();
                        let _ = writeln!(io::stderr(), "sockspec: interrupted; once more ends at once");
                    }
                    _ => {
                        is_ending.store(true, Ordering::SeqCst);
                        end_now(leftover.as_deref());
                    }
                }
            }
        })?;
        Ok(Self { handle, ending })
    }

    /// Whether this process is about to end at once: what its children did last was not their own doing.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.handle.close();
    }
}

fn end_now(leftover: Option<&Path>) {
    kill_children();
    if let Some(leftover) = leftover {
        let _ = fs::remove_dir_all(leftover);
    }
    signal_hook::low_level::exit(INTERRUPTED.into());
}

/// Workers and drivers lead process groups of their own, which a terminal's Ctrl-C does not reach.
fn kill_children() {
    // Each thread has its own children: proc(5), /proc/pid/task/tid/children.
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return };
    for thread in threads.flatten() {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)) {
            // Fails for one that leads no group, or has ended meanwhile.
            let _ = kill_process_group(child, Signal::KILL);
            let _ = kill_process(child, Signal::KILL);
        }
    }
}
