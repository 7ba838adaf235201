//! Inputs that broke a law or model once, kept in a file and tried first from then on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sockspec_events::CaseResult;
use sockspec_laws::Seed;
use sockspec_report::layout::one_line;

use crate::exit::Failure;

const HEAD: &str = "\
# Inputs that broke a law or model, one a line: its id and the input's seed. `sockspec run --regressions FILE` tries them
# before any other, and adds what it finds. Keep the file with your sources. A seed leads to the same input as long as
# the generators stay as they are; a case that is worth keeping for ever is pasted into a case file.
";

/// A file of seeds by law.
#[derive(Debug)]
pub(crate) struct Regressions {
    path: PathBuf,
    known: BTreeMap<String, Vec<Seed>>,
    /// Lines to add.
    found: String,
}

impl Regressions {
    /// Reads the file; one that is not there yet is empty.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Failure::Usage(format!(
                    "the regressions {} cannot be read: {error}",
                    path.display()
                )));
            }
        };
        let mut known: BTreeMap<String, Vec<Seed>> = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let content = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = content.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [id, seed] => {
                    let seed = seed
                        .parse()
                        .map_err(|error| Failure::Usage(format!("{}:{number}: {error}", path.display())))?;
                    known.entry((*id).to_owned()).or_default().push(seed);
                }
                _ => {
                    return Err(Failure::Usage(format!(
                        "{}:{number}: {content:?} is no regression: write the id of a law and a seed",
                        path.display()
                    )));
                }
            }
        }
        Ok(Self { path: path.to_owned(), known, found: String::new() })
    }

    /// The seeds to try first for that law.
    pub(crate) fn of(&self, id: &str) -> Vec<Seed> {
        self.known.get(id).cloned().unwrap_or_default()
    }

    /// Takes note of a result.
    pub(crate) fn note(&mut self, result: &CaseResult) {
        let Some(property) = result.property.as_deref().filter(|_| result.verdict.is_departure()) else {
            return;
        };
        if property.evaluations == 0 {
            // No input was tried, and the seed is the run's.
            return;
        }
        let Ok(seed) = property.seed.parse::<Seed>() else { return };
        let known = self.known.entry(result.id.clone()).or_default();
        if !known.contains(&seed) {
            known.push(seed);
            let steps: Vec<&str> = result.steps.iter().map(|step| step.step.as_str()).collect();
            let shown: String = one_line(&steps.join("; ")).chars().take(160).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(self.found, "{} {seed}  # {shown}", result.id);
        }
    }

    /// Adds what was found to the file.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        if self.found.is_empty() {
            return Ok(());
        }
        let is_new = !self.path.exists();
        let mut file =
            File::options().append(true).create(true).open(&self.path).map_err(Failure::Unwritten)?;
        let head = if is_new { HEAD } else { "" };
        file.write_all(format!("{head}{}", self.found).as_bytes()).map_err(Failure::Unwritten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockspec_events::{PropertyRun, Verdict};

    fn broken(id: &str, seed: &str) -> CaseResult {
        let property = PropertyRun { evaluations: 1, seed: seed.to_owned(), ..PropertyRun::default() };
        CaseResult {
            id: id.to_owned(),
            section: "laws".to_owned(),
            clauses: Vec::new(),
            basis: "documented".to_owned(),
            file: String::new(),
            line: 1,
            note: None,
            verdict: Verdict::Fail,
            reason: None,
            steps: Vec::new(),
            notes: Vec::new(),
            stderr: String::new(),
            microseconds: 0,
            property: Some(Box::new(property)),
            expected: None,
            flaky: None,
            findings: Vec::new(),
        }
    }

    #[test]
    fn what_was_found_is_read_again_and_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regressions");
        for _ in 0..2 {
            let mut regressions = Regressions::read(&path).unwrap();
            regressions.note(&broken("laws/a", "00000000000000ff"));
            regressions.note(&broken("laws/b", "1"));
            regressions.write().unwrap();
        }
        let read = Regressions::read(&path).unwrap();
        assert_eq!(read.of("laws/a"), [Seed(0xff)]);
        assert_eq!(read.of("laws/b"), [Seed(1)]);
        assert!(read.of("laws/c").is_empty());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("# Inputs that broke").count(), 1);
    }

    #[test]
    fn a_bad_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regressions");
        for text in ["laws/a", "laws/a xyz", "laws/a 1 2"] {
            fs::write(&path, format!("# head\n{text}\n")).unwrap();
            let message = Regressions::read(&path).unwrap_err().to_string();
            assert!(message.contains("regressions:2: "), "{message}");
        }
    }
}
