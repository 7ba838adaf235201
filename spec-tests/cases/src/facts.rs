//! What matching has to know about the world.

use std::collections::BTreeMap;

use sockspec_subject::{Strings, Value};

/// What matching and rendering ask of their surroundings.
pub trait Facts {
    /// The number that a constant's name stands for: the subject's own, else the platform's.
    fn constant(&self, name: &str) -> Option<i64>;
    /// The C library's text for the number of that name.
    fn text_of(&self, name: &str) -> Option<String>;
    /// What a step bound to that name.
    fn variable(&self, name: &str) -> Option<&Value>;
    /// Whether the subject tells text and bytes apart.
    fn strings(&self) -> Strings;
    /// The scratch folder's absolute path, with no slash at its end.
    fn scratch(&self) -> &str;
}

/// Facts to which steps add what they bind.
pub trait Bindings: Facts {
    /// Binds a name, anew where it was bound already.
    fn bind(&mut self, name: &str, value: Value);
    /// Forgets what steps bound.
    fn clear(&mut self);
}

/// Facts held in memory.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentFacts {
    /// The subject's constants.
    pub constants: BTreeMap<String, i64>,
    /// Numbers of names that the subject does not know.
    pub platform_constants: BTreeMap<String, i64>,
    /// The C library's texts, by name.
    pub texts: BTreeMap<String, String>,
    /// What steps bound.
    pub variables: BTreeMap<String, Value>,
    /// Whether the subject tells text and bytes apart.
    pub strings: Strings,
    /// The scratch folder.
    pub scratch: String,
}

impl Facts for EnvironmentFacts {
    fn constant(&self, name: &str) -> Option<i64> {
        self.constants.get(name).or_else(|| self.platform_constants.get(name)).copied()
    }

    fn text_of(&self, name: &str) -> Option<String> {
        self.texts.get(name).cloned()
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    fn strings(&self) -> Strings {
        self.strings
    }

    fn scratch(&self) -> &str {
        &self.scratch
    }
}

impl Bindings for EnvironmentFacts {
    fn bind(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_owned(), value);
    }

    fn clear(&mut self) {
        self.variables.clear();
    }
}
