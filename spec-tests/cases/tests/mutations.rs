//! Whatever is done to a sound file, the loader either takes it or says what is wrong: it never panics.

mod support;

use std::sync::LazyLock;

use proptest::prelude::*;
use support::{SOUND, load};

/// A file that uses every key and every form of value.
const CASES: &str = include_str!("data/every-form.toml");

/// Pieces that mean something in a file, so that mutations get past the syntax.
static PIECES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let more = [
        "{}",
        "[]",
        "[[case]]",
        "[[table]]",
        "{ row = \"x\" }",
        "= 5",
        "\"\"",
        "..",
        "\"9..1\"",
        "-1",
        "1e999",
        "9223372036854775807",
        "0x",
        "9223372036854775808",
        "nan",
        "2001-02-03",
        "true",
        "\"a.b.c\"",
        "\"peer\"",
        "'''",
        "\"\"\"",
        "#",
        "\u{fffd}",
        "\\u0000",
        "steps",
        "rows",
        "call",
        "times = 9223372036854775807",
    ];
    CASES
        .split_inclusive([' ', '\n', ',', '{', '}', '[', ']', '"'])
        .map(str::to_owned)
        .chain(more.map(str::to_owned))
        .collect()
});

/// One change: at a place, so many characters become a piece.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, String)> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.clone()),
        1 => "\\PC{0,4}".prop_map(|text| text),
        1 => Just(String::new()),
    ];
    (any::<prop::sample::Index>(), 0..12_usize, piece)
}

fn changed(text: &str, changes: &[(prop::sample::Index, usize, String)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (at, length, piece)| {
        let mut chars: Vec<char> = text.chars().collect();
        let start = at.index(chars.len() + 1);
        let end = (start + length).min(chars.len());
        chars.splice(start..end, piece.chars());
        chars.into_iter().collect()
    })
}

/// Loads the sound files with one changed; every problem names a place in the file and gives help.
fn judged(path: &str, text: &str) {
    if let Err(errors) = load(&[(path, text)]) {
        assert!(!errors.0.is_empty());
        for problem in &errors.0 {
            assert!(!problem.what.is_empty() && !problem.help.is_empty(), "{problem:?}");
            let lines = text.lines().count() + 1;
            assert!(problem.file != path || (1..=lines).contains(&problem.line), "{problem:?}");
        }
    }
}

#[test]
fn the_file_is_sound_before_it_is_changed() {
    let suite = load(&[("cases/bind/bind.toml", CASES)]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(suite.cases.len() > 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_case_file_never_panics(changes in prop::collection::vec(change(), 1..4)) {
        judged("cases/bind/bind.toml", &changed(CASES, &changes));
    }

    #[test]
    fn a_changed_clause_file_never_panics(
        which in 0..SOUND.len(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let (path, text) = SOUND[which];
        judged(path, &changed(text, &changes));
    }

    #[test]
    fn any_text_never_panics(text in "\\PC*") {
        judged("cases/bind/bind.toml", &text);
    }
}
