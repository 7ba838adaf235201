//! The table of all cases, and the figures that the reference is to reach.

use std::fs;
use std::io::{self, Write};
use std::time::Instant;

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};

use crate::case::{Case, FLOOR, REFERENCE};
use crate::measure::{Plan, Sample, measure};
use crate::resolver::C_GETADDRINFO;
use crate::world::World;

/// What the reference may take at most, as a multiple of what another contender takes.
struct Figure {
    /// How the names of the cases begin that it is about.
    cases: &'static str,
    against: &'static str,
    most: f64,
}

const fn figure(cases: &'static str, against: &'static str, most: f64) -> Figure {
    Figure { cases, against, most }
}

const FIGURES: [Figure; 10] = [
    figure("getaddrinfo 127.0.0.1", FLOOR, 0.4),
    figure("getaddrinfo 127.0.0.1", "std::net", 1.3),
    figure("getaddrinfo ::1", FLOOR, 0.75),
    figure("getaddrinfo 2001:db8:1::1", FLOOR, 0.75),
    figure("getaddrinfo without host", FLOOR, 1.03),
    figure("getaddrinfo service", FLOOR, 1.03),
    figure("getaddrinfo name", FLOOR, 1.03),
    figure("getnameinfo", FLOOR, 0.5),
    figure("gethostbyname name", C_GETADDRINFO, 1.03),
    // A rate of at least 0.98 of the floor's is a time of at most 1 / 0.98.
    figure("echo", FLOOR, 1.0 / 0.98),
];

/// The columns of the table, and of the figures.
const COLUMNS: [&str; 6] = ["case", "contender", "median", "min", "ratio", "of mins"];
const FIGURE_COLUMNS: [&str; 5] = ["case", "reference to", "at most", "ratio", ""];

/// Everything that was measured so far.
pub struct Report {
    table: Table,
    figures: Table,
    missed: usize,
    missing: Vec<String>,
    start: Instant,
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl Report {
    /// One without a case.
    pub fn new() -> Self {
        Self {
            table: table(&COLUMNS, 2),
            figures: table(&FIGURE_COLUMNS, 2),
            missed: 0,
            missing: Vec::new(),
            start: Instant::now(),
        }
    }

    /// Measures a case. One that this machine cannot have is kept with the reason.
    pub fn measure(&mut self, case: &Case, world: &World, plan: Plan) {
        match measure(case, world, plan) {
            Ok(samples) => self.add(case.name(), &samples),
            Err(reason) => self.missing.push(format!("{}: {reason}", case.name())),
        }
    }

    /// The cases that could not be measured, each with its reason.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    fn add(&mut self, case: &str, samples: &[Sample]) {
        let Some(floor) = samples.first() else { return };
        for (at, sample) in samples.iter().enumerate() {
            self.table.add_row([
                if at == 0 { case } else { "" }.to_owned(),
                sample.name.to_owned(),
                duration(sample.median()),
                duration(sample.min()),
                format!("{:.2}", sample.ratio(floor)),
                format!("{:.2}", sample.min() / floor.min()),
            ]);
        }
        let named = |name: &str| samples.iter().find(|sample| sample.name == name);
        for figure in FIGURES.iter().filter(|figure| case.starts_with(figure.cases)) {
            let (Some(reference), Some(other)) = (named(REFERENCE), named(figure.against)) else { continue };
            let ratio = reference.ratio(other);
            let met = ratio <= figure.most;
            self.missed += usize::from(!met);
            self.figures.add_row([
                case.to_owned(),
                figure.against.to_owned(),
                format!("{:.2}", figure.most),
                format!("{ratio:.3}"),
                if met { "met" } else { "missed" }.to_owned(),
            ]);
        }
    }

    /// Writes all of it for a reader.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&self, world: &World, plan: Plan, out: &mut impl Write) -> io::Result<()> {
        let cpu = world.cpu().map_or("whichever CPU".to_owned(), |cpu| format!("CPU {cpu}"));
        writeln!(
            out,
            "All on {cpu}, {} times {} rounds of {:?} a contender, in turns; load {}; {:.0} s in all.\n\
             ratio: the time beside the floor's, the median of what each round gives; of mins: best round beside \
             best round.\n\n{}\n",
            plan.builds,
            plan.rounds,
            plan.turn,
            load(),
            self.start.elapsed().as_secs_f64(),
            self.table,
        )?;
        for missing in &self.missing {
            writeln!(out, "missing: {missing}")?;
        }
        writeln!(out, "\nFigures to reach, {} missed:\n\n{}", self.missed, self.figures)
    }
}

/// An empty table whose columns from `numbers` on are aligned to the right.
fn table(columns: &[&str], numbers: usize) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(columns);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Nanoseconds in the unit that leaves one to three digits before the point.
fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e3 => format!("{nanoseconds:.1} ns"),
        ..1e6 => format!("{:.2} us", nanoseconds / 1e3),
        _ => format!("{:.2} ms", nanoseconds / 1e6),
    }
}

/// The load of the last minute: what else the machine was doing, the benchmark's own 1 included.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Contender;
    use std::time::Duration;

    #[test]
    fn durations_are_written_in_their_unit() {
        assert_eq!([12.34, 5_010.0, 1_150_000.0].map(duration), ["12.3 ns", "5.01 us", "1.15 ms"]);
    }

    #[test]
    fn a_missed_figure_is_counted_and_a_missing_case_keeps_its_reason() {
        let steady = |name, nanoseconds| {
            Contender::in_batches(name, move |times| Ok(Duration::from_nanos(times * nanoseconds)))
        };
        let plan = Plan { builds: 1, rounds: 3, turn: Duration::from_nanos(100) };
        let mut report = Report::new();
        let slow = Case::new("echo TCP", move |_| Ok(vec![steady(FLOOR, 100), steady(REFERENCE, 110)]));
        let world = World::outside();
        report.measure(&slow, &world, plan);
        report.measure(&Case::new("needs a lab", |world| world.in_lab().map(|()| Vec::new())), &world, plan);
        assert_eq!(report.missed, 1);
        assert_eq!(report.missing(), ["needs a lab: needs a lab, which was not asked for"]);
        let mut text = Vec::new();
        report.write(&world, plan, &mut text).expect("memory takes everything");
        let text = String::from_utf8(text).expect("all of it is text");
        assert!(text.contains("Figures to reach, 1 missed"), "{text}");
        assert!(text.contains("1.100 |"), "{text}");
    }
}
