//! What came of a differential run.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sockspec_events::SubjectInfo;
use sockspec_wire::LineError;
use sockspec_wire::pretty::from_text;

use crate::canon::Canonical;
use crate::judge::Judgement;

/// Differences with one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Its id, such as `diff/getaddrinfo-3f2a91c4`: the same for the same cause.
    pub id: String,
    /// The function or method.
    pub name: String,
    /// In what way the subjects part, without the values.
    pub way: String,
    /// How many inputs fell into it.
    pub inputs: u64,
    /// The number of the script that its example was shrunk from.
    pub number: u64,
    /// The smallest script that parts in this way, a line a step; the last one is where they part.
    pub steps: Vec<String>,
    /// What the first subject did.
    pub a: String,
    /// What the second subject did.
    pub b: String,
    /// What is to be thought of it.
    pub judgement: Judgement,
    /// Whether the script shows the difference by itself; where not, earlier calls have to do with it.
    pub alone: bool,
    /// The script as a case, ready to be pasted; why not, where the format cannot say it.
    pub case: Result<String, String>,
    /// What the two did in the form in which they are compared.
    #[serde(skip)]
    pub compared: [Canonical; 2],
}

/// Groups and inputs of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Groups.
    pub groups: usize,
    /// Inputs that fell into them.
    pub inputs: u64,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The subjects.
    pub subjects: [SubjectInfo; 2],
    /// The seed, as 16 hexadecimal digits.
    pub seed: String,
    /// The edition that was judged by.
    pub edition: String,
    /// How many calls each subject was asked.
    pub calls: u64,
    /// How many scripts those made.
    pub scripts: u64,
    /// The groups, those first that nothing explains, then by judgement and name.
    pub groups: Vec<Group>,
    /// The text of each clause that a judgement names.
    pub clauses: BTreeMap<String, String>,
    /// The text of each reason that a judgement names.
    pub reasons: BTreeMap<String, String>,
    /// Why it ended before its budget was spent.
    pub cut_short: Option<String>,
    /// How long it took.
    pub microseconds: u64,
}

impl Report {
    /// Groups and inputs by the judgement's word.
    pub fn tallies(&self) -> BTreeMap<&'static str, Tally> {
        let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
        for group in &self.groups {
            let tally = tallies.entry(group.judgement.word()).or_default();
            tally.groups += 1;
            tally.inputs += group.inputs;
        }
        tallies
    }

    /// Groups that neither a clause nor a reason explains.
    pub fn unexplained(&self) -> usize {
        self.groups.iter().filter(|group| group.judgement == Judgement::Silent).count()
    }
}

/// A group as a file of a [`Report`] holds it, as far as scripts are made of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Recorded {
    /// Its id.
    pub id: String,
    /// Its case; why there is none.
    pub case: Result<String, String>,
}

/// A file that is no report of a differential run.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It holds something else.
    #[error(transparent)]
    Form(#[from] LineError),
}

impl Recorded {
    /// The groups of a report that was written as JSON.
    ///
    /// # Errors
    /// [`RecordedError`] when the file cannot be read or holds no such report.
    pub fn read(path: &Path) -> Result<Vec<Self>, RecordedError> {
        #[derive(Deserialize)]
        struct Groups {
            groups: Vec<Recorded>,
        }
        let groups: Groups = from_text(&fs::read_to_string(path)?)?;
        Ok(groups.groups)
    }
}
