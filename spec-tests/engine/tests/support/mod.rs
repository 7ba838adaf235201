//! Small cases for the tests of this crate, written as the fixtures write them.
#![allow(dead_code, reason = "not every test binary that shares this file uses all of it")]
#![allow(clippy::panic, reason = "helpers of tests, which fail by panicking")]

use sockspec_cases::{Case, File, Suite};

const FILES: [(&str, &str); 3] = [
    ("clauses/sections.toml", "format = 1\norder = [\"t\"]\n"),
    (
        "clauses/t.toml",
        "format = 1\nsection = \"t\"\ntitle = \"t\"\nplace = \"t\"\n\n[[clause]]\nid = \"t.x\"\ntext = \"x\"\ndemands = \"subject\"\nkind = \"testable\"\norigin = \"chapter\"\nsource = \"X-1\"\neditions = [\"2.2\", \"3\"]\n",
    ),
    (
        "reasons.toml",
        "format = 1\n[[reason]]\nid = \"r\"\ntext = \"x\"\n[[reason]]\nid = \"q\"\ntext = \"x\"\n",
    ),
];

/// One case: its name, further lines of its head, its steps.
pub(crate) fn case(name: &str, head: &str, steps: &str) -> String {
    let basis = if head.contains("basis =") { "" } else { "basis = \"documented\"\n" };
    format!("\n[[case]]\nid = \"t/{name}\"\nclause = [\"t.x\"]\n{basis}{head}\nsteps = [\n{steps}\n]\n")
}

/// The cases of a file with that text.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let text = format!("format = 1\n{text}");
    let mut files: Vec<File<'_>> = FILES.iter().map(|&(path, text)| File { path, text }).collect();
    files.push(File { path: "cases/t/t.toml", text: &text });
    let labs = ["default".to_owned(), "bare".to_owned()];
    Suite::load(&files, &labs).unwrap_or_else(|errors| panic!("{errors}")).cases
}
