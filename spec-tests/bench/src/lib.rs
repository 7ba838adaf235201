//! Benchmarks of any subject: what a lookup costs, and an echo.
//!
//! [`Measuring`] lets subjects take turns at a scenario; [`Results`] is what came of it: a table, a page, a file to compare
//! with. The subject loops by itself, so that neither the wire
//! nor the harness is measured.
//!
//! ```
//! use sockspec_bench::Sample;
//!
//! let (mut floor, mut mine) = (Sample::default(), Sample::default());
//! for round in 0..3 {
//!     // A round each: nanoseconds of each round trip, then of a thousand that were timed together.
//!     floor.add_each(round, &[900, 1000, 1100]);
//!     mine.add_whole(round, 2_000_000, 1000);
//! }
//! assert_eq!((floor.median(), mine.median()), (1000.0, 2000.0));
//! assert_eq!(mine.speed_beside(&floor), 0.5);
//! ```

mod findings;
mod measure;
mod page;
mod plots;
mod results;
mod statistics;
mod table;

pub use findings::Finding;
pub use measure::{Contender, Measuring, Plan};
pub use page::PageError;
pub use results::{Difference, Measurement, Results, SavedError, ScenarioResult};
pub use statistics::Sample;
