//! Turns at benchmarks: what is done in one, by a worker in the subject's own network. What becomes of the times is not
//! the engine's affair.

mod cores;
mod ends;
mod hand;
mod load;
mod load_process;
mod round;
mod scenario;

pub use cores::{Cores, grants_real_time, pin};
pub use hand::Hand;
pub use load_process::{Load, load_entry};
pub use round::{Measured, Other, Refused, Round, run};
pub use scenario::{
    DOCUMENTED_BUFFER, Echo, LARGE_HOSTS_LAB, Scenario, Shape, Side, Transport, echo, large_hosts_lab,
    resolver,
};
