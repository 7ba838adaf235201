//! The matrix: implementations by clauses, from many runs.
//!
//! [`Matrix::new`] puts runs side by side; [`Matrix::html`] and [`Matrix::markdown`] write them down. The HTML page is one
//! file that asks for nothing from elsewhere. What comes from a run (names, calls, answers, standard error) is never
//! trusted: the template escapes it, and the script in the page only ever sets text.

mod data;
mod html;
mod markdown;
mod table;

pub use html::PageError;
pub use table::{Cell, ClauseRow, Column, Matrix, Run, SectionRows, Sheet, State};
