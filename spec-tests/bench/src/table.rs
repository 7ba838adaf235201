//! The figures as a table for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::results::{Measurement, Results, ScenarioResult};

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
    const UNITS: [&str; 4] = ["B/s", "KiB/s", "MiB/s", "GiB/s"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

fn cells(result: &ScenarioResult, measurement: &Measurement) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let ratio = |ratio: Option<f64>| or_dash(ratio.map(|ratio| format!("{ratio:.2}")));
    vec![
        format!("  {}", measurement.label),
        or_dash(measurement.median.map(time)),
        or_dash(measurement.p99.map(time)),
        or_dash(measurement.spread.map(|spread| format!("{:.0} %", spread * 100.0))),
        ratio(measurement.of_floor),
        ratio(measurement.of_reference),
        or_dash(result.throughput(measurement).map(rate)),
    ]
}

impl Results {
    /// The figures, scenario by scenario, then what is missing, what they show, and what speaks against them.
    pub fn text(&self, width: usize) -> String {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_header(["", "median", "p99", "spread", "of floor", "of ref.", "through"]);
        for result in &self.scenarios {
            table.add_row([result.scenario.title.clone()]);
            for measurement in result.measurements.iter().filter(|measurement| measurement.why.is_none()) {
                table.add_row(cells(result, measurement));
            }
        }
        for (number, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 1));
            if number > 0 {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = String::new();
        for line in table.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&format!("\n{}.\n", self.cores.words()));
        match self.rate {
            Some(rate) => text.push_str(&format!(
                "Messages were due {rate:.0} times a second, and times count from when each was due.\n"
            )),
            None => text.push_str("Each round trip starts when the one before is over.\n"),
        }
        let missing = self.scenarios.iter().flat_map(|result| {
            result.measurements.iter().filter_map(|measurement| {
                Some(format!(
                    "{} at {}: {}\n",
                    measurement.label,
                    result.scenario.id,
                    measurement.why.as_ref()?
                ))
            })
        });
        text.extend(missing.map(|line| format!("missing: {line}")));
        text.extend(self.findings().iter().map(|line| format!("finding: {line}\n")));
        text.extend(self.warnings().iter().map(|line| format!("warning: {line}\n")));
        text
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
    #[case(4_402_341_478.0, "4.1 GiB/s")]
    fn rates_are_short(#[case] bytes: f64, #[case] shown: &str) {
        assert_eq!(rate(bytes), shown);
    }
}
