//! Text in columns: wrapping, cutting, and making foreign text safe to show.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::style::{DIM, paint};

/// Characters of a value that are shown.
const SHOWN: usize = 600;

/// Text from elsewhere on one line: no control character reaches the terminal.
pub fn one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.trim_end().chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push(' '),
            character if is_unsafe(character) => shown.extend(character.escape_default()),
            character => shown.push(character),
        }
    }
    shown
}

/// Control characters, and those that turn the direction of text around.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value, cut where it is too long for anybody to read.
pub fn value(text: &str) -> String {
    let shown = one_line(text);
    match shown.char_indices().nth(SHOWN) {
        None => shown,
        Some((end, _)) => {
            format!("{}… ({} more characters)", &shown[..end], shown[end..].chars().count())
        }
    }
}

/// The start of a line that fits `width` columns, with an ellipsis where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    for character in text.chars() {
        if display_width(&shown) + display_width(character.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        shown.push(character);
    }
    shown.push('…');
    shown
}

/// A label in a column of its own and text wrapped beside it. Words that are too long for a line are broken only where
/// `break_words` says so: ids and paths are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Columns before the label.
    pub indent: usize,
    /// The label; may be empty.
    pub label: &'a str,
    /// Columns of the label with the space behind it.
    pub label_width: usize,
    /// What is wrapped.
    pub text: &'a str,
    /// Whether a word that is longer than a line is broken.
    pub break_words: bool,
}

impl Entry<'_> {
    /// The lines, each ended by a newline.
    pub fn render(&self, width: usize) -> String {
        let space = " ".repeat(self.indent + self.label_width);
        let options = Options::new(width.saturating_sub(space.len()).max(16))
            .break_words(self.break_words)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        let mut lines = String::new();
        for (number, line) in textwrap::wrap(self.text, options).iter().enumerate() {
            if number == 0 {
                let label = format!("{:<width$}", self.label, width = self.label_width);
                lines.push_str(&" ".repeat(self.indent));
                lines.push_str(&if self.label.is_empty() { label } else { paint(DIM, &label) });
            } else {
                lines.push_str(&space);
            }
            lines.push_str(line);
            lines.push('\n');
        }
        lines
    }
}

/// Text wrapped below an indentation.
pub fn paragraph(indent: usize, text: &str, width: usize) -> String {
    Entry { indent, label: "", label_width: 0, text, break_words: true }.render(width)
}

/// A count and its noun: `1 case`, `2 cases`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(one_line("a\x1b[2Jb\nc\td\u{202e}\n"), "a\\u{1b}[2Jb\\nc d\\u{202e}");
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        assert_eq!(value(&"x".repeat(SHOWN)), "x".repeat(SHOWN));
        assert!(value(&"ä".repeat(SHOWN + 5)).ends_with("ä… (5 more characters)"));
    }

    #[test]
    fn a_cut_line_fits() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(display_width(&cut(&"世".repeat(10), 8)), 7);
    }
}
