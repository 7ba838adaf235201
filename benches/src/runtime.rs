//! Peers that run on a tokio runtime, one of a single thread.

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use crate::case::{Contender, Reason};

/// A runtime whose tasks run on the thread that waits for them.
pub(crate) fn current_thread() -> Result<Runtime, Reason> {
    Builder::new_current_thread().enable_all().build().map_err(Reason::when("starting tokio"))
}

/// A contender that is an asynchronous call. The runtime is entered once a batch, as a program enters it once.
pub(crate) fn contender<T, E: fmt::Display>(
    name: &'static str,
    runtime: Runtime,
    mut call: impl AsyncFnMut() -> Result<T, E> + 'static,
) -> Contender {
    Contender::in_batches(name, move |times| {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..times {
                if let Err(error) = black_box(call().await) {
                    return Err(Reason::new(error));
                }
            }
            Ok(start.elapsed())
        })
    })
}
