//! Leaves cases to criterion: a group each, its contenders side by side.

use std::process::ExitCode;
use std::time::Duration;

use criterion::Criterion;
use sockspec_benches::{Case, World};

/// Measures the cases, as far as the machine can have them.
pub(crate) fn of(cases: &[Case]) -> ExitCode {
    let world = match World::enter() {
        Ok(world) => world,
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    let mut failed = false;
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for case in cases {
        let mut contenders = match case.build(&world) {
            Ok(contenders) => contenders,
            Err(reason) => {
                println!("{}: missing: {reason}", case.name());
                continue;
            }
        };
        let mut group = criterion.benchmark_group(case.name());
        for contender in &mut contenders {
            let name = contender.name();
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|times| match contender.run(times) {
                    Ok(took) => took,
                    Err(reason) => {
                        eprintln!("{}, {name}: {reason}", case.name());
                        failed = true;
                        // Criterion cannot be told of a failure, and takes zero for no measurement at all.
                        Duration::from_nanos(1)
                    }
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
