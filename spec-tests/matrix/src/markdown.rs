//! The Markdown page: the same runs as tables, for a repository or a job's summary.

use std::fmt::Write;

use sockspec_events::Verdict;

use crate::table::{Matrix, State};

impl Matrix {
    /// The page.
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_markdown(&mut page);
        page
    }

    fn write_markdown(&self, page: &mut String) -> std::fmt::Result {
        writeln!(
            page,
            "# sockspec {}: {} implementations, judged by edition {}\n",
            text(&self.sheet.version),
            self.columns.len(),
            text(&self.sheet.edition)
        )?;
        writeln!(
            page,
            "{} cases, {} clauses, {} of them departed from by somebody.\n",
            self.cases.len(),
            self.sheet.clauses.len(),
            self.clauses_with_departures()
        )?;
        writeln!(
            page,
            "| subject | implementation | pass | allowed | fail | hang | crash | protocol | unsupported | n/a | not run | conforming % |"
        )?;
        writeln!(page, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
        for column in &self.columns {
            write!(page, "| {} | {} |", text(&column.label), text(&column.version))?;
            for verdict in [
                Verdict::Pass,
                Verdict::Allowed,
                Verdict::Fail,
                Verdict::Hang,
                Verdict::Crash,
                Verdict::Protocol,
                Verdict::Unsupported,
                Verdict::NotApplicable,
                Verdict::NotRun,
            ] {
                write!(page, " {} |", column.count(verdict))?;
            }
            writeln!(page, " {} |", column.share())?;
        }
        for (name, why) in &self.sheet.missing {
            writeln!(page, "\nNot there: {}: {}", text(name), text(why))?;
        }
        writeln!(page, "\n## Departures by section\n")?;
        write!(page, "| section |")?;
        self.columns.iter().try_for_each(|column| write!(page, " {} |", text(&column.label)))?;
        write!(page, "\n|---|")?;
        self.columns.iter().try_for_each(|_| write!(page, "--:|"))?;
        writeln!(page)?;
        for section in &self.sections {
            write!(page, "| {} |", text(&section.name))?;
            for at in 0..self.columns.len() {
                match section.departures(at) {
                    0 => write!(page, " |")?,
                    count => write!(page, " {count} |")?,
                }
            }
            writeln!(page)?;
        }
        writeln!(page, "\nCounted are clauses that a subject departs from in at least one case.\n")?;
        writeln!(page, "## Clauses that somebody departs from\n")?;
        for row in self.sections.iter().flat_map(|section| &section.clauses).filter(|row| row.differs()) {
            let who: Vec<String> = row
                .cells
                .iter()
                .zip(&self.columns)
                .filter(|(cell, _)| cell.state == State::Departs)
                .map(|(cell, column)| format!("{} ({}/{})", text(&column.label), cell.departures, cell.cases))
                .collect();
            writeln!(page, "- **{}**: {} *{}*", text(&row.id), text(&row.text), who.join(", "))?;
        }
        Ok(())
    }
}

/// Text in which Markdown and HTML see nothing of theirs: it stays on its line and in its cell.
fn text(raw: &str) -> String {
    let mut shown = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '~' | '#' => {
                shown.push('\\');
                shown.push(character);
            }
            _ if character.is_control() => shown.push(' '),
            _ => shown.push(character),
        }
    }
    shown
}
