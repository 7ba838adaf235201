//! Corpora as they are kept: a text file for each target, an input a line, its bytes escaped as in a Rust byte string.

use std::fmt::Write as _;

/// The inputs as one text: sorted, each once.
pub fn pack(mut inputs: Vec<Vec<u8>>) -> String {
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    inputs.dedup();
    let mut text = String::new();
    for input in inputs {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", input.escape_ascii());
    }
    text
}

/// The inputs of a text; `None` where a line is not as [`pack`] writes it.
pub fn unpack(text: &str) -> Option<Vec<Vec<u8>>> {
    text.lines().map(unescape).collect()
}

fn unescape(line: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other @ (b'\\' | b'\'' | b'"') => other,
            _ => return None,
        });
    }
    Some(bytes)
}
