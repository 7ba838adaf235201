//! A subject that does to its worker whatever a name asks it to.

use std::io::{self, BufRead};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};

use sockspec_subject::{Action, Call, Description, Fault, Outcome, Raised, Subject, Unsupported, Value};

/// The name of the subject that behaves when it is greeted.
pub(crate) const HOSTILE: &str = "hostile";

/// Has this program wait for its end, and do nothing else.
pub(crate) const BLOCK: &str = "--wait-to-be-killed";

#[derive(Default)]
pub(crate) struct Hostile {
    greeting: &'static str,
    at_reset: String,
}

/// The subject of that name.
pub(crate) fn make(name: &str) -> Option<Box<dyn Subject>> {
    let greeting = match name {
        HOSTILE => "",
        "panics-at-start" => "panic",
        "faults-at-start" => "fault",
        "exits-at-start" => "exit",
        _ => return None,
    };
    Some(Box::new(Hostile { greeting, at_reset: String::new() }))
}

/// Waits for ever.
pub(crate) fn block() -> ! {
    let never = Mutex::new(());
    let mut held = never.lock().unwrap_or_else(PoisonError::into_inner);
    let changed = Condvar::new();
    loop {
        held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
}

#[allow(clippy::panic, reason = "this is what is tested")]
fn misbehave(how: &str) -> Result<(), Fault> {
    match how {
        "panic" => panic!("told to panic"),
        "abort" => std::process::abort(),
        "hang" => block(),
        "exit" => std::process::exit(3),
        "fault" => {
            Err(Fault::Protocol { what: "told to break it".to_owned(), stderr: "its words\n".to_owned() })
        }
        _ => Ok(()),
    }
}

/// Starts a process that nobody waits for; what comes back is its id.
fn leave_child(apart: bool) -> io::Result<Value> {
    let mut command = Command::new("/proc/self/exe");
    command.arg(BLOCK).stdin(Stdio::null());
    if apart {
        command.process_group(0);
    }
    Ok(Value::int(command.spawn()?.id()))
}

impl Subject for Hostile {
    fn describe(&mut self) -> Result<Description, Fault> {
        misbehave(self.greeting)?;
        Ok(Description { name: "Hostile".to_owned(), version: "1".to_owned(), ..Description::default() })
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        misbehave(&call.name)?;
        let failed = |error: io::Error| Outcome::Raised(Raised::new("error", vec![], error.to_string()));
        Ok(match call.name.as_str() {
            "print" => {
                // As a library that knows nothing of the worker would.
                println!("{{\"Done\": 1}}\nnoise");
                eprintln!("said on standard error");
                Outcome::Returned(Value::None)
            }
            "read_input" => {
                let mut line = String::new();
                match io::stdin().lock().read_line(&mut line) {
                    Ok(count) => Outcome::Returned(Value::int(i64::try_from(count).unwrap_or(-1))),
                    Err(error) => failed(error),
                }
            }
            "leave_child" => leave_child(false).map_or_else(failed, Outcome::Returned),
            "leave_child_apart" => leave_child(true).map_or_else(failed, Outcome::Returned),
            "worker" => Outcome::Returned(Value::int(std::process::id())),
            "at_reset" => {
                if let Action::Invoke { args, .. } = &call.action
                    && let Some(Value::Str(text)) = args.first()
                {
                    text.to_str().unwrap_or_default().clone_into(&mut self.at_reset);
                }
                Outcome::Returned(Value::None)
            }
            "lacks" => Outcome::Unsupported(Unsupported::Lacks("told to lack it".to_owned())),
            _ => Outcome::Returned(Value::int(1)),
        })
    }

    fn reset(&mut self) -> Result<(), Fault> {
        misbehave(&std::mem::take(&mut self.at_reset))
    }
}
