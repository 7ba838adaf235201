//! The figures as drawings: how times are distributed, and what comes through by size.

use std::collections::BTreeMap;

use plotters::prelude::*;

use crate::results::{Results, ScenarioResult};
use crate::table::rate;
use sockspec_engine::bench::{DOCUMENTED_BUFFER, Echo, Shape, Side, Transport};

const SIZE: (u32, u32) = (640, 360);
/// Points of text: what is readable where a drawing is as wide as a telephone.
const TEXT: u32 = 15;
/// Told apart by people who see colours differently as well (Okabe and Ito).
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
    RGBColor(160, 120, 0),
];

/// `None` where there is nothing to be drawn.
type Drawn = Result<Option<String>, DrawingAreaErrorKind<std::io::Error>>;
type Line = (String, Vec<(f64, f64)>);

fn colour(at: usize) -> RGBColor {
    COLOURS[at % COLOURS.len()]
}

/// Curves over two logarithmic axes.
fn curves(
    title: &str,
    lines: &[Line],
    axes: (&str, &str),
    x_label: &dyn Fn(&f64) -> String,
    y_label: &dyn Fn(&f64) -> String,
) -> Drawn {
    // An axis without an end would be labelled for ever.
    if lines.iter().all(|(_, points)| points.len() < 2) {
        return Ok(None);
    }
    let points = || lines.iter().flat_map(|(_, points)| points);
    let bounds = |values: &dyn Fn(&(f64, f64)) -> f64| {
        let (low, high) = points()
            .map(values)
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        (low.max(1e-9) * 0.8, high.max(low * 1.01) * 1.25)
    };
    let (x, y) = (bounds(&|point| point.0), bounds(&|point| point.1));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(title, ("sans-serif", TEXT + 3))
            .margin(8)
            .x_label_area_size(44)
            .y_label_area_size(84)
            .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
        chart
            .configure_mesh()
            .x_desc(axes.0)
            .y_desc(axes.1)
            .x_label_formatter(x_label)
            .y_label_formatter(y_label)
            .label_style(("sans-serif", TEXT))
            .axis_desc_style(("sans-serif", TEXT))
            .bold_line_style(BLACK.mix(0.12))
            .max_light_lines(0)
            .draw()?;
        for (at, (label, points)) in lines.iter().enumerate() {
            let style = colour(at).stroke_width(2);
            chart
                .draw_series(LineSeries::new(points.iter().copied(), style).point_size(2))?
                .label(label.clone())
                .legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + 16, y)], colour(at).stroke_width(2))
                });
        }
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.2))
            .label_font(("sans-serif", TEXT))
            .position(SeriesLabelPosition::UpperLeft)
            .draw()?;
        area.present()?;
    }
    Ok(Some(svg))
}

/// 10 is 90 %, 1,000 is 99.9 %: with as many digits as it takes.
fn percentile(share: f64) -> String {
    let percent = format!("{:.4}", 100.0 * (1.0 - 1.0 / share.max(1.0)));
    format!("{} %", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// A time that is a round one, as those at an axis are.
fn round_time(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e3 => format!("{short:.0} ns"),
        short if short < 1e6 => format!("{:.0} µs", short / 1e3),
        short if short < 1e9 => format!("{:.0} ms", short / 1e6),
        long => format!("{:.0} s", long / 1e9),
    }
}

/// How the times of one scenario are distributed: how long, against how few take longer.
fn distribution(result: &ScenarioResult) -> Drawn {
    let lines: Vec<Line> = result
        .measurements
        .iter()
        .filter(|measurement| !measurement.distribution.is_empty())
        .map(|measurement| {
            let points = measurement
                .distribution
                .iter()
                // What takes longer than all others has no share to be drawn at.
                .filter(|(share, _)| *share < 1.0)
                .map(|(share, nanoseconds)| (1.0 / (1.0 - share), *nanoseconds))
                .collect();
            (measurement.label.clone(), points)
        })
        .filter(|(_, points): &Line| !points.is_empty())
        .collect();
    curves(
        &result.scenario.title,
        &lines,
        ("percentile", "time"),
        &|share| percentile(*share),
        &|nanoseconds| round_time(*nanoseconds),
    )
}

impl Results {
    /// A drawing for each echo: the distribution of its round trips.
    pub(crate) fn distributions(&self) -> Result<Vec<String>, DrawingAreaErrorKind<std::io::Error>> {
        self.scenarios
            .iter()
            .filter(|result| matches!(result.scenario.shape, Shape::Echo(_)))
            .filter_map(|result| distribution(result).transpose())
            .collect()
    }

    /// Drawings of what comes through by the size of a message: for each transport where the server reads it at once, and
    /// over TCP for the document's server, which stalls beyond what it reads at once.
    pub(crate) fn throughputs(&self) -> Result<Vec<String>, DrawingAreaErrorKind<std::io::Error>> {
        let mut drawn = Vec::new();
        for transport in Transport::ALL {
            let whole = |echo: &Echo| echo.transport == transport && !echo.is_in_pieces();
            drawn.extend(self.throughput_of(&format!("echo server, {transport}, read at once"), &whole)?);
            if transport.is_tcp() {
                let documented =
                    |echo: &Echo| echo.transport == transport && echo.buffer == DOCUMENTED_BUFFER;
                let title = format!("the document's echo server, {transport}");
                drawn.extend(self.throughput_of(&title, &documented)?);
            }
        }
        Ok(drawn)
    }

    /// A drawing of those echo servers, where there is more than one size of message.
    fn throughput_of(&self, title: &str, wanted: &dyn Fn(&Echo) -> bool) -> Drawn {
        let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for result in &self.scenarios {
            let Shape::Echo(echo) = &result.scenario.shape else { continue };
            let plain = echo.side == Side::Server && echo.connections == 1 && !echo.nodelay;
            if !plain || !wanted(echo) {
                continue;
            }
            for measurement in &result.measurements {
                if let Some(bytes) = result.throughput(measurement) {
                    lines.entry(&measurement.label).or_default().push((f64::from(echo.message), bytes));
                }
            }
        }
        // In the order of the subjects, so that a colour means the same in every drawing.
        let lines: Vec<Line> = self
            .subjects
            .iter()
            .filter_map(|(label, _)| Some((label.clone(), lines.remove(label.as_str())?)))
            .collect();
        let axes = ("bytes of a message", "throughput");
        curves(title, &lines, axes, &|bytes| format!("{bytes:.0}"), &|bytes| round_rate(*bytes))
    }
}

/// A rate that is a round one, as those at an axis are.
fn round_rate(bytes: f64) -> String {
    rate(bytes).replace(".0 ", " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(1.0, "0 %")]
    #[case(10.0, "90 %")]
    #[case(1000.0, "99.9 %")]
    fn percentiles_have_as_many_digits_as_it_takes(#[case] share: f64, #[case] shown: &str) {
        assert_eq!(percentile(share), shown);
    }

    #[rstest]
    #[case(100.0, "100 ns")]
    #[case(1e5, "100 µs")]
    #[case(1e7, "10 ms")]
    #[case(2e9, "2 s")]
    fn times_at_an_axis_are_round(#[case] nanoseconds: f64, #[case] shown: &str) {
        assert_eq!(round_time(nanoseconds), shown);
    }
}
