//! The HTML page.

use askama::Template;
use sockspec_events::Verdict;
use sockspec_wire::LineError;
use sockspec_wire::lines;

use crate::data::Data;
use crate::table::{Column, Matrix, SectionRows, State};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The template could not be filled in.
    #[error("the page cannot be written: {0}")]
    Template(#[from] askama::Error),
    /// The cases have no JSON form.
    #[error("the cases cannot be written into the page: {0}")]
    Data(#[from] LineError),
}

#[derive(Template)]
#[template(path = "matrix.html")]
struct Page<'m> {
    matrix: &'m Matrix,
    data: String,
    verdicts: &'m [Verdict],
    legend: &'m [(State, &'static str)],
}

/// The signs that need explaining, in the order of the legend.
const LEGEND: [(State, &str); 6] = [
    (State::Pass, "as demanded"),
    (State::Departs, "departs: from how many cases"),
    (State::Allowed, "otherwise, for a reason with a name"),
    (State::Partly, "as demanded where it is supported"),
    (State::Unsupported, "unsupported"),
    (State::NotRun, "not run"),
];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands over references")]
impl Page<'_> {
    fn count(column: &Column, verdict: &Verdict) -> String {
        match column.count(*verdict) {
            0 => "–".to_owned(),
            count => count.to_string(),
        }
    }

    /// What stands above a verdict's numbers.
    fn head(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::NotApplicable => "n/a",
            verdict => verdict.name(),
        }
    }

    fn departures(section: &SectionRows, column: &usize) -> usize {
        section.departures(*column)
    }

    /// The share of a section's clauses that are departed from, in percent.
    fn heat(section: &SectionRows, count: &usize) -> usize {
        count * 100 / section.clauses.len().max(1)
    }

    fn bad(column: &Column, verdict: &Verdict) -> bool {
        verdict.is_departure() && column.count(*verdict) > 0
    }
}

impl Matrix {
    /// The page: one file, with its style, its script and its data inside.
    ///
    /// # Errors
    /// [`PageError`] when the template or the data cannot be written down.
    pub fn html(&self) -> Result<String, PageError> {
        let verdicts: Vec<Verdict> = Verdict::ALL
            .into_iter()
            .filter(|verdict| {
                matches!(verdict, Verdict::Pass | Verdict::Allowed | Verdict::Fail)
                    || self.columns.iter().any(|column| column.count(*verdict) > 0)
            })
            .collect();
        let page =
            Page { matrix: self, data: embedded(&Data::of(self))?, verdicts: &verdicts, legend: &LEGEND };
        Ok(page.render()?)
    }
}

/// JSON that may stand inside a `script` element: nothing in it can end the element or begin a comment. `<`, `>` and `&`
/// occur inside of strings only, where their escapes mean the same.
fn embedded(data: &Data<'_>) -> Result<String, LineError> {
    let json = lines::to_line(data)?;
    Ok(json
        .trim_end()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029"))
}
