//! Words for a shell, so that a command in a report can be pasted.

use std::ffi::OsStr;

/// The word, in quotes where a shell needs them.
pub(crate) fn word(word: impl AsRef<OsStr>) -> String {
    let text = word.as_ref().to_string_lossy();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@%".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Several words with spaces between.
pub(crate) fn words(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    words.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_the_same_words() {
        assert_eq!(
            words(["./a", "--b=1", "two words", "", "it's", "$HOME"]),
            r"./a --b=1 'two words' '' 'it'\''s' '$HOME'"
        );
    }
}
