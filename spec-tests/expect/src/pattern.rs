//! The cases that an entry names.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

/// A case by its id, or several by a glob, in which `*` stays within one part of an id and `**` does not.
#[derive(Debug, Clone)]
pub struct CasePattern {
    text: String,
    glob: Option<GlobMatcher>,
}

impl CasePattern {
    /// Reads one.
    ///
    /// # Errors
    /// The text is no glob; the error says why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let glob = if text.contains(['*', '?', '[', '{', '\\']) {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            Some(glob.map_err(|error| error.kind().to_string())?.compile_matcher())
        } else {
            None
        };
        Ok(Self { text: text.to_owned(), glob })
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it may name more than one case.
    pub fn is_glob(&self) -> bool {
        self.glob.is_some()
    }

    /// Whether it names the case of that id.
    pub fn names(&self, id: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(id),
            None => self.text == id,
        }
    }
}

impl fmt::Display for CasePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("recv/zero", "recv/zero", true)]
    #[case("recv/zero", "recv/zero/v6", false)]
    #[case("recv/*", "recv/zero", true)]
    #[case("recv/*", "recv/zero/v6", false)]
    #[case("recv/**", "recv/zero/v6", true)]
    #[case("{recv,send}/z*", "send/zero", true)]
    fn names(#[case] pattern: &str, #[case] id: &str, #[case] named: bool) {
        assert_eq!(CasePattern::parse(pattern).unwrap().names(id), named);
    }

    #[test]
    fn what_is_no_glob_is_refused() {
        assert!(CasePattern::parse("recv/[").is_err());
    }
}
