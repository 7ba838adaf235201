//! What matching knows while a case runs.

use std::collections::BTreeMap;

use sockspec_cases::{Bindings, Facts};
use sockspec_lab::text;
use sockspec_subject::{Description, Strings, Value};

/// The subject's constants, the C library's texts, and what steps bound.
#[derive(Debug, Clone, Default)]
pub struct RunFacts {
    constants: BTreeMap<String, i64>,
    texts: BTreeMap<String, String>,
    strings: Strings,
    scratch: String,
    variables: BTreeMap<String, Value>,
}

impl RunFacts {
    /// The facts about a subject, before any step.
    pub fn new(description: &Description, scratch: impl Into<String>) -> Self {
        Self {
            constants: description.constants.clone(),
            texts: description.texts.clone(),
            strings: description.strings,
            scratch: scratch.into(),
            variables: BTreeMap::new(),
        }
    }
}

impl Facts for RunFacts {
    fn constant(&self, name: &str) -> Option<i64> {
        // The C library names what a subject leaves unnamed: errno, EAI and h_errno numbers are its own.
        self.constants.get(name).copied().or_else(|| {
            text::errno_number(name)
                .or_else(|| text::eai_number(name))
                .or_else(|| text::h_errno_number(name))
                .map(i64::from)
        })
    }

    fn text_of(&self, name: &str) -> Option<String> {
        // A subject may bring a C library of its own.
        if let Some(text) = self.texts.get(name) {
            return Some(text.clone());
        }
        if let Some(number) = text::errno_number(name) {
            return Some(text::strerror(number));
        }
        if let Some(number) = text::eai_number(name) {
            return Some(text::gai_strerror(number));
        }
        text::h_errno_number(name).map(text::hstrerror)
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

impl Bindings for RunFacts {
    fn bind(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_owned(), value);
    }

    fn clear(&mut self) {
        self.variables.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_with_a_c_library_of_its_own_brings_its_texts() {
        let texts = [("EAI_NONAME".to_owned(), "nobody".to_owned())].into();
        let own = RunFacts::new(&Description { texts, ..Description::default() }, "/scratch");
        let system = RunFacts::new(&Description::default(), "/scratch");
        assert_eq!(own.text_of("EAI_NONAME"), Some("nobody".to_owned()));
        assert_eq!(own.text_of("ENOENT"), system.text_of("ENOENT"));
        assert_ne!(system.text_of("EAI_NONAME"), Some("nobody".to_owned()));
    }
}
