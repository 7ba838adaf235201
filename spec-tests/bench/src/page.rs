//! The figures as one page with drawings.

use askama::Template;
use plotters::drawing::DrawingAreaErrorKind;

use crate::results::{Measurement, Results, ScenarioResult};
use crate::table::{rate, time};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The template could not be filled in.
    #[error("the page cannot be written: {0}")]
    Template(#[from] askama::Error),
    /// A drawing could not be made.
    #[error("a drawing of the page cannot be made: {0}")]
    Drawing(#[from] DrawingAreaErrorKind<std::io::Error>),
}

#[derive(Template)]
#[template(path = "bench.html")]
struct Page<'r> {
    results: &'r Results,
    throughputs: Vec<String>,
    distributions: Vec<String>,
}

impl Page<'_> {
    fn time(nanoseconds: Option<&f64>) -> String {
        nanoseconds.map_or_else(|| "–".to_owned(), |nanoseconds| time(*nanoseconds))
    }

    fn ratio(ratio: Option<&f64>) -> String {
        ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"))
    }

    fn percent(share: Option<&f64>) -> String {
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
    }

    fn through(result: &ScenarioResult, measurement: &Measurement) -> String {
        result.throughput(measurement).map_or_else(|| "–".to_owned(), rate)
    }
}

impl Results {
    /// The page: one file that asks for nothing from elsewhere.
    ///
    /// # Errors
    /// [`PageError`] when a drawing or the page cannot be made.
    pub fn html(&self) -> Result<String, PageError> {
        let page =
            Page { results: self, throughputs: self.throughputs()?, distributions: self.distributions()? };
        Ok(page.render()?)
    }
}
