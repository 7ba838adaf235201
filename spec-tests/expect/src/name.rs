//! The file that a subject's expectations are kept in.

/// The name of the file for a subject by that name: `CPython` has `cpython.toml`, `gevent.socket on PyPy` has
/// `gevent.socket-on-pypy.toml`.
pub fn file_name(subject: &str) -> String {
    let mut name = String::with_capacity(subject.len());
    for character in subject.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() || character == '.' || character == '_' {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    // Neither a hidden file nor a way out of the folder.
    let name = name.trim_matches(['-', '.']);
    format!("{}.toml", if name.is_empty() { "subject" } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("CPython", "cpython.toml")]
    #[case("gevent.socket on PyPy", "gevent.socket-on-pypy.toml")]
    #[case("python3 --module gevent.socket", "python3-module-gevent.socket.toml")]
    #[case("../../etc/passwd", "etc-passwd.toml")]
    #[case("..", "subject.toml")]
    #[case("", "subject.toml")]
    fn names(#[case] subject: &str, #[case] file: &str) {
        assert_eq!(file_name(subject), file);
    }
}
