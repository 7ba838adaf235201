//! Benchmarks of any subject: what a lookup costs, and an echo.
//!
//! [`measure`] lets subjects take turns at a scenario; [`Results`] is what came of it: a table, a page, a file to compare
//! with. The subject loops by itself, so that neither the wire
//! nor the harness is measured.

mod findings;
mod measure;
mod page;
mod plots;
mod results;
mod statistics;
mod table;

pub use findings::Finding;
pub use measure::{Contender, Plan, measure};
pub use page::PageError;
pub use results::{Difference, Measurement, Results, SavedError, ScenarioResult};
pub use statistics::Sample;
