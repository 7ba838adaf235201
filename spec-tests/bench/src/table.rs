//! The figures as a table for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use sockspec_engine::bench::Shape;

use crate::results::{Measurement, Results, ScenarioResult};

/// Letters of a label that the table shows.
const LABEL: usize = 24;

/// A time as people say it.
pub(crate) fn time(nanoseconds: f64) -> String {
    if nanoseconds < 9_999.5 {
        format!("{nanoseconds:.0} ns")
    } else if nanoseconds < 9_999_500.0 {
        format!("{:.1} µs", nanoseconds / 1e3)
    } else {
        format!("{:.1} ms", nanoseconds / 1e6)
    }
}

/// Bytes a second as people say it.
pub(crate) fn rate(bytes: f64) -> String {
    const UNITS: [&str; 4] = ["B/s", "kB/s", "MB/s", "GB/s"];
    let mut value = bytes;
    let mut unit = 0;
    // Not 1000: 999.97 is shown as that.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// The beginning of a label: that of a driver is its whole command.
fn short(label: &str) -> String {
    if label.chars().count() <= LABEL {
        return label.to_owned();
    }
    label.chars().take(LABEL - 1).chain(['…']).collect()
}

fn cells(result: &ScenarioResult, measurement: &Measurement) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let ratio = |ratio: Option<f64>| or_dash(ratio.map(|ratio| format!("{ratio:.2}")));
    vec![
        format!("  {}", short(&measurement.label)),
        or_dash(measurement.median.map(time)),
        or_dash(measurement.p99.map(time)),
        or_dash(measurement.spread.map(|spread| format!("{:.0} %", spread * 100.0))),
        ratio(measurement.of_floor),
        ratio(measurement.of_reference),
        or_dash(result.throughput(measurement).map(rate)),
    ]
}

impl Results {
    /// The figures, scenario by scenario, with why some are missing; then how they were taken, what they show, and what
    /// speaks against them.
    pub fn text(&self, width: usize) -> String {
        let mut text = self.table();
        text.push('\n');
        for paragraph in self.paragraphs() {
            for line in textwrap::wrap(&paragraph, textwrap::Options::new(width).subsequent_indent("  ")) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        // No line is broken: a row is a line, between which titles and reasons are put.
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(["", "median", "p99", "spread", "of floor", "of ref.", "through"]);
        let measured = |result: &ScenarioResult, own: &Measurement| match own.why {
            None => cells(result, own),
            Some(_) => vec![format!("  {}", short(&own.label))],
        };
        for result in &self.scenarios {
            for own in &result.measurements {
                table.add_row(measured(result, own));
            }
        }
        for (number, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 1));
            if number > 0 {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines = table.lines();
        let mut text = String::new();
        let mut push = |line: &str| {
            text.push_str(line.trim_end());
            text.push('\n');
        };
        push(&lines.next().unwrap_or_default());
        for result in &self.scenarios {
            push(&result.scenario.title);
            for own in &result.measurements {
                let line = lines.next().unwrap_or_default();
                match &own.why {
                    None => push(&line),
                    Some(why) => push(&format!("  {:<12} {why}", short(&own.label))),
                }
            }
        }
        text
    }

    fn paragraphs(&self) -> Vec<String> {
        let mut all = self.method();
        for finding in &self.findings {
            all.push(format!("finding {}: {}", finding.name, finding.text));
            all.extend(finding.evidence.iter().map(|line| format!("  {line}")));
        }
        all.extend(self.warnings.iter().map(|line| format!("warning: {line}")));
        all
    }

    /// How the figures were taken, in sentences.
    pub(crate) fn method(&self) -> Vec<String> {
        let of =
            |wanted: fn(&Shape) -> bool| self.scenarios.iter().any(|result| wanted(&result.scenario.shape));
        let mut all = vec![self.cores.sentence()];
        all.push(
            if self.real_time {
                "They ran in real time: neither end was preempted, by the other or by whoever else wanted the core."
            } else {
                "They did not run in real time, which takes a privilege: who takes the core from whom was the scheduler's \
                 affair, and differs from one start to the next."
            }
            .to_owned(),
        );
        if self.starts > 1 {
            all.push(format!(
                "Each subject was started {} times, and each time with a network of its own.",
                self.starts
            ));
        }
        if of(|shape| matches!(shape, Shape::Call { .. })) {
            all.push(
                "Calls are timed by the turn, less what the loop alone takes; their p99 is of turns."
                    .to_owned(),
            );
        }
        if of(|shape| matches!(shape, Shape::Echo(_))) {
            all.push(match self.rate {
                Some(rate) => format!(
                    "Messages were due {rate:.0} times a second, and times count from when each was due: an answer that is \
                     late is late for all that had to wait for it."
                ),
                None => "Each round trip starts when the one before is over: p99 is of round trips, and tells nothing of how \
                         long a message waits that comes while another is late (--rate does)."
                    .to_owned(),
            });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0.4, "0 ns")]
    #[case(9_999.0, "9999 ns")]
    #[case(10_000.0, "10.0 µs")]
    #[case(44_000_000.0, "44.0 ms")]
    fn times_are_short(#[case] nanoseconds: f64, #[case] shown: &str) {
        assert_eq!(time(nanoseconds), shown);
    }

    #[rstest]
    #[case(1.0, "1.0 B/s")]
    #[case(999_970.0, "1.0 MB/s")]
    #[case(4_402_341_478.0, "4.4 GB/s")]
    fn rates_are_short(#[case] bytes: f64, #[case] shown: &str) {
        assert_eq!(rate(bytes), shown);
    }
}
