//! Which wrong subjects the model finds out, for how many seeds, and by how many steps: `model_strength SEEDS [FAULT…]`.
//! Prints a line a fault, and for a named fault the sequences too.
#![allow(clippy::unwrap_used, reason = "a tool for whoever works on the model")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/wrong.rs"]
mod wrong;

use common::shown;
use sockspec_laws::Verdict;
use wrong::{found, named};

fn main() {
    let mut args = std::env::args().skip(1);
    let seeds: u64 = args.next().map_or(1, |text| text.parse().unwrap());
    let ids: Vec<String> = args.collect();
    let faults = match ids.as_slice() {
        [] => sockspec_strength::all().filter(|fault| fault.beyond).collect(),
        ids => ids.iter().map(|id| named(id)).collect::<Vec<_>>(),
    };
    for fault in faults {
        let runs: Vec<_> = (1..=seeds).map(|seed| found(fault, seed)).collect();
        let finds = runs.iter().flatten().count();
        let steps: Vec<usize> = runs.iter().flatten().map(|(_, broken)| broken.case.steps.len()).collect();
        println!("{:28} {finds}/{seeds} in {steps:?} steps", fault.id);
        if !ids.is_empty() {
            for (id, broken) in runs.into_iter().flatten() {
                println!("{id} {}", shown(&Verdict::Broken(broken)));
            }
        }
    }
}
