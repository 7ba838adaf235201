//! A program that runs an engine and forgets `worker_entry`: an error, and no further process.

use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use sockspec_engine::{Cancel, EngineError, LabPolicy, Plan, SubjectSpec, run};
use sockspec_events::RunFinished;
use sockspec_subject::Edition;

fn attempt() -> Result<RunFinished, EngineError> {
    let plan = Plan {
        checks: Vec::new(),
        seed: None,
        subject: SubjectSpec::InProcess { name: "any".to_owned() },
        label: "any".to_owned(),
        cases: Vec::new(),
        known: 0,
        clauses: std::collections::BTreeMap::new(),
        reasons: std::collections::BTreeMap::new(),
        edition: Edition::V2_2,
        labs: Vec::new(),
        lab_policy: LabPolicy::Never,
        jobs: 2,
        timeout: Duration::from_secs(30),
        fail_fast: false,
        rerun: String::new(),
        repro: String::new(),
        repro_law: String::new(),
    };
    let cancel = Cancel::new().map_err(|error| EngineError::Worker(error.to_string()))?;
    run(&plan, &cancel, &mut |_| {})
}

#[allow(clippy::panic, reason = "a test fails by panicking")]
fn a_program_without_worker_entry_is_told_so() {
    let message = match attempt() {
        Err(EngineError::Worker(what)) => EngineError::Worker(what).to_string(),
        other => panic!("{other:?}"),
    };
    // The words of the child stand in the message: it was refused in turn, and started nothing.
    assert!(message.contains("ended with status 9"), "{message}");
    assert!(message.contains("this process is a worker itself (SOCKSPEC_WORKER is set"), "{message}");
    assert!(message.contains("the program must call worker_entry first thing in main"), "{message}");
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // As a program would that knows nothing of workers: it tries, and leaves with what it is told.
    if std::env::var_os("SOCKSPEC_WORKER").is_some() {
        return match attempt() {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(9)
            }
        };
    }
    let test = Trial::test("a_program_without_worker_entry_is_told_so", || {
        a_program_without_worker_entry_is_told_so();
        Ok(())
    });
    libtest_mimic::run(&arguments, vec![test]).exit_code()
}
