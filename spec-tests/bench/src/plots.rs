//! The figures as drawings: how times are distributed, and what comes through by size.

use std::collections::BTreeMap;

use plotters::prelude::*;

use crate::results::{Results, ScenarioResult};
use crate::table::{rate, time};
use sockspec_engine::bench::{Shape, Side, Transport};

const SIZE: (u32, u32) = (760, 380);
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

type Drawn = Result<String, DrawingAreaErrorKind<std::io::Error>>;
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
            .caption(title, ("sans-serif", 16))
            .margin(8)
            .x_label_area_size(36)
            .y_label_area_size(72)
            .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
        chart
            .configure_mesh()
            .x_desc(axes.0)
            .y_desc(axes.1)
            .x_label_formatter(x_label)
            .y_label_formatter(y_label)
            .light_line_style(WHITE)
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
            .position(SeriesLabelPosition::UpperLeft)
            .draw()?;
        area.present()?;
    }
    Ok(svg)
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
        &|share| format!("{:.4} %", 100.0 * (1.0 - 1.0 / share.max(1.0))),
        &|nanoseconds| time(*nanoseconds),
    )
}

impl Results {
    /// A drawing for each echo: the distribution of its round trips.
    pub(crate) fn distributions(&self) -> Result<Vec<String>, DrawingAreaErrorKind<std::io::Error>> {
        self.scenarios
            .iter()
            .filter(|result| matches!(result.scenario.shape, Shape::Echo(_)))
            .filter(|result| result.measurements.iter().any(|own| own.distribution.len() > 1))
            .map(distribution)
            .collect()
    }

    /// A drawing for each transport: what comes through by the size of a message.
    pub(crate) fn throughputs(&self) -> Result<Vec<String>, DrawingAreaErrorKind<std::io::Error>> {
        let mut drawn = Vec::new();
        for transport in Transport::ALL {
            let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
            for result in &self.scenarios {
                let Shape::Echo(echo) = &result.scenario.shape else { continue };
                // One connection, and a server that reads a message at once, or the document's where that is the same.
                let whole = echo.buffer >= echo.message && echo.connections == 1;
                if echo.transport != transport || echo.side != Side::Server || !whole {
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
            if lines.iter().any(|(_, points)| points.len() > 1) {
                let title = format!("echo server, {transport}, one connection: what comes through by size");
                drawn.push(curves(
                    &title,
                    &lines,
                    ("bytes of a message", "throughput"),
                    &|bytes| format!("{bytes:.0} B"),
                    &|bytes| rate(*bytes),
                )?);
            }
        }
        Ok(drawn)
    }
}
