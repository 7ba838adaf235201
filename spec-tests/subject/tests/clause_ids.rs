//! The clauses that the typed traits' comments name are in the catalogue.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stand outside of the tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn texts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn named_clauses_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let catalogue = texts(&root.join("../../fixtures/clauses"));
    let ids: BTreeSet<&str> = catalogue
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'))
        .collect();
    let sections: BTreeSet<&str> =
        ids.iter().filter_map(|id| id.split_once('.')).map(|(section, _)| section).collect();

    let mut named = 0;
    for text in texts(&root.join("src/typed")) {
        // What stands between backticks, as long as the first part is a section.
        for quoted in text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            if quoted.split_once('.').is_some_and(|(section, _)| sections.contains(section)) {
                assert!(ids.contains(quoted), "no clause has the id {quoted}");
                named += 1;
            }
        }
    }
    assert!(named > 50, "the comments name {named} clauses: are they still written in backticks?");
}
