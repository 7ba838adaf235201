//! Pieces of scripts, kept as files that read as what they are: which of them a script needs, and their lines.

use std::collections::BTreeSet;

/// Marks a line that stands only where a feature is asked for: `code  #? feature`, in Rust `code  //? feature`.
const MARKS: [&str; 2] = ["  #? ", "  //? "];

/// One piece of a script.
#[derive(Debug)]
pub(crate) struct Piece {
    /// What it is asked for by.
    pub(crate) name: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
    /// Further pieces that it calls.
    pub(crate) needs: &'static [&'static str],
    /// Modules that it imports.
    pub(crate) imports: &'static [&'static str],
}

/// What a script uses of the pieces there are.
#[derive(Debug)]
pub(crate) struct Used {
    all: &'static [Piece],
    names: BTreeSet<&'static str>,
    pub(crate) imports: BTreeSet<&'static str>,
}

impl Used {
    pub(crate) fn new(all: &'static [Piece]) -> Self {
        Self { all, names: BTreeSet::new(), imports: BTreeSet::new() }
    }

    /// Asks for a piece and whatever that needs.
    pub(crate) fn add(&mut self, name: &str) {
        let Some(piece) = self.all.iter().find(|piece| piece.name == name) else { return };
        if self.names.insert(piece.name) {
            self.imports.extend(piece.imports);
            piece.needs.iter().for_each(|name| self.add(name));
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The pieces asked for, in the order in which all of them are listed.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'static Piece> {
        self.all.iter().filter(|piece| self.names.contains(piece.name))
    }
}

/// The text without the lines of features that are not asked for, and without marks.
pub(crate) fn with_features(text: &str, features: &BTreeSet<&str>) -> String {
    let lines = text.lines().filter_map(|line| match MARKS.iter().find_map(|mark| line.split_once(mark)) {
        None => Some(line),
        Some((code, feature)) => features.contains(feature).then_some(code),
    });
    lines.fold(String::new(), |text, line| text + line + "\n")
}
