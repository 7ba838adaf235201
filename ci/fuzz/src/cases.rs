//! The loaders of TOML: what is refused is refused with its place and what to do, and what is accepted can be written.

use std::sync::LazyLock;

use sockspec_cases::{File, LoadErrors, Suite, to_toml};
use sockspec_expect::Expectations;
use sockspec_fixtures::Fixtures;

/// The clauses and reasons that cases may name; the cases themselves only make it slow.
static SUITE: LazyLock<(Suite, Vec<String>)> = LazyLock::new(|| {
    let fixtures = Fixtures::embedded();
    let suite = fixtures.suite_around("no/such/case").unwrap_or_else(|errors| panic!("{errors}"));
    (suite, fixtures.lab_names())
});

fn sound(errors: &LoadErrors, files: &[File<'_>]) {
    assert!(!errors.0.is_empty(), "refused without a word");
    for problem in &errors.0 {
        let lines = files
            .iter()
            .find(|file| file.path == problem.file)
            .map_or(1, |file| file.text.bytes().filter(|byte| *byte == b'\n').count() + 1);
        assert!(problem.line >= 1 && problem.line <= lines, "no such line: {problem:?}");
        assert!(!problem.what.is_empty() && !problem.help.is_empty(), "{problem:?}");
    }
    assert!(!errors.to_string().is_empty());
}

/// Reads the input as a file of cases, as one of expectations, and as a whole set of fixtures: sections, clauses, reasons and
/// cases, with zero bytes between them.
///
/// # Panics
/// A problem has no place or no help, or a case is another once it was written.
pub fn cases(data: &[u8]) {
    let (suite, labs) = &*SUITE;
    if let Ok(text) = std::str::from_utf8(data) {
        let file = File { path: "fuzzed.toml", text };
        match suite.read_cases(file, labs) {
            Err(errors) => sound(&errors, &[file]),
            Ok(cases) => cases.iter().for_each(|case| written(suite, labs, case)),
        }
        if let Err(errors) = Expectations::parse("fuzzed.toml", text) {
            assert!(!errors.to_string().is_empty());
        }
    }
    let [sections, clauses, reasons, cases] = crate::texts(data);
    let files = [
        File { path: "clauses/sections.toml", text: &sections },
        File { path: "clauses/a.toml", text: &clauses },
        File { path: "reasons.toml", text: &reasons },
        File { path: "cases/a/b.toml", text: &cases },
    ];
    if let Err(errors) = Suite::load(&files, labs) {
        sound(&errors, &files);
    }
}

/// A case that was read is read again from what it is written as.
fn written(suite: &Suite, labs: &[String], case: &sockspec_cases::Case) {
    let Ok(text) = to_toml(case, &suite.catalogue) else { return };
    let again = match suite.read_cases(File { path: "again.toml", text: &text }, labs) {
        Ok(again) => again,
        Err(errors) => panic!("{errors}\n{text}"),
    };
    let [again] = again.as_slice() else { panic!("{} cases: {text}", again.len()) };
    match to_toml(again, &suite.catalogue) {
        Ok(once_more) => assert_eq!(text, once_more),
        Err(error) => panic!("{error}: {text}"),
    }
}
