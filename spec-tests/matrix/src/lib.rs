//! The matrix: implementations by clauses, from many runs.
//!
//! [`Matrix::new`] puts runs side by side; [`Matrix::html`] and [`Matrix::markdown`] write them down. The HTML page is one
//! file that asks for nothing from elsewhere. What comes from a run (names, calls, answers, standard error) is never
//! trusted: the template escapes it, and the script in the page only ever sets text.
//!
//! ```
//! use sockspec_events::{CaseResult, Event, RunFinished, RunStarted, SubjectInfo, Summary, Verdict};
//! use sockspec_matrix::{Matrix, Run, Sheet};
//!
//! # fn case(verdict: Verdict) -> CaseResult {
//! #     CaseResult {
//! #         id: "byteorder/zero".into(), section: "byteorder".into(), clauses: vec!["byteorder.ntohs".into()],
//! #         basis: "documented".into(), file: "order.toml".into(), line: 1, note: None, verdict, reason: None,
//! #         steps: vec![], notes: vec![], stderr: String::new(), microseconds: 1, expected: None, flaky: None,
//! #         findings: vec![], property: None,
//! #     }
//! # }
//! let run = |verdict: Verdict| {
//!     let mut summary = Summary::new();
//!     summary.count(verdict);
//!     Run::from_events([
//!         Event::RunStarted(Box::new(RunStarted::default())),
//!         Event::CaseFinished(Box::new(case(verdict))),
//!         Event::RunFinished(RunFinished { summary, ..RunFinished::default() }),
//!     ])
//! };
//! let clauses = vec![("byteorder.ntohs".to_owned(), "ntohs() brings 16 bits into host order.".to_owned())];
//! let sheet = Sheet { edition: "2.2".to_owned(), clauses, ..Sheet::default() };
//! let matrix = Matrix::new(sheet, vec![run(Verdict::Pass), run(Verdict::Fail)]);
//! assert_eq!(matrix.clauses_with_departures(), 1);
//! assert!(matrix.markdown().contains("byteorder.ntohs"));
//! assert!(matrix.html()?.starts_with("<!doctype html>"));
//! # Ok::<(), sockspec_matrix::PageError>(())
//! ```

mod data;
mod html;
mod markdown;
mod table;

pub use html::PageError;
pub use table::{Cell, ClauseRow, Column, Matrix, Run, SectionRows, Sheet, State};
