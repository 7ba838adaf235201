//! Results as they come in, for the tests that wait for them.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use sockspec_engine::{Cancel, Plan};
use sockspec_events::{CaseResult, Event};

/// Where the run puts each result, and each test waits for its own.
pub(crate) struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    results: BTreeMap<String, CaseResult>,
    clauses: BTreeMap<String, String>,
    /// Why no further result will come, once none will.
    over: Option<String>,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs the plan to its end.
    pub(crate) fn run(&self, plan: &Plan) {
        self.with(|state| state.clauses.clone_from(&plan.clauses));
        let outcome = Cancel::new().map_err(|error| error.to_string()).and_then(|cancel| {
            let mut emit = |event| {
                if let Event::CaseFinished(result) = event {
                    self.with(|state| state.results.insert(result.id.clone(), *result));
                }
            };
            sockspec_engine::run(plan, &cancel, &mut emit).map_err(|error| error.to_string())
        });
        let over = match outcome {
            Ok(finished) => finished.cut_short.unwrap_or_else(|| "the run ended without it".to_owned()),
            Err(error) => error,
        };
        self.with(|state| state.over = Some(over));
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// The result of that case, once it is there.
    pub(crate) fn wait(&self, id: &str) -> Result<CaseResult, String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(result) = state.results.get(id) {
                return Ok(result.clone());
            }
            if let Some(why) = &state.over {
                return Err(why.clone());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The text of a clause.
    pub(crate) fn clause(&self, id: &str) -> String {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clauses.get(id).cloned().unwrap_or_default()
    }
}
