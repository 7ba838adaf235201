//! Every case works: each contender is called once, outside of a lab.

use sockspec_benches::measure::Plan;
use sockspec_benches::table::Report;
use sockspec_benches::{World, echo, resolver};

#[test]
fn every_case_that_needs_no_lab_works() {
    let mut report = Report::new();
    let world = World::outside();
    for case in resolver::cases().into_iter().chain(echo::cases()) {
        report.measure(&case, &world, Plan::ONCE);
    }
    let unexpected: Vec<_> =
        report.missing().iter().filter(|missing| !missing.contains("needs a lab")).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}
