//! The invariants of ARCHITECTURE.md.

#![allow(clippy::panic, reason = "a broken rule fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sockspec_ci_checks::{Source, root, sources};

/// The code of a line, without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn in_sys(path: &str) -> bool {
    path.starts_with("reference/src/sys/")
        || path.starts_with("spec-tests/lab/src/sys/")
        || path == "spec-tests/lab/src/sys.rs"
}

#[test]
fn unsafe_stands_in_the_sys_modules_only_and_says_why() {
    for Source { path, text } in sources(&[".rs"]) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let code = code(line);
            let opens = ["unsafe {", "unsafe impl", "unsafe fn", "unsafe extern", "allow(unsafe_code)"]
                .iter()
                .any(|word| code.contains(word));
            if !opens || path.starts_with("ci/checks/") {
                continue;
            }
            assert!(in_sys(&path), "{path}:{}: unsafe outside of a sys module", at + 1);
            if code.contains("unsafe {") {
                let said = lines[at.saturating_sub(8)..=at].iter().any(|line| line.contains("SAFETY:"));
                assert!(said, "{path}:{}: an unsafe block without its SAFETY line", at + 1);
            }
        }
    }
}

/// Each crate of the workspace with what it depends on, `dev` told apart.
fn dependencies(table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut crates = BTreeMap::new();
    for Source { path, text } in sources(&["Cargo.toml"]) {
        let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let Some(name) =
            manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)
        else {
            continue;
        };
        let names =
            manifest.get(table).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        crates.insert(name.to_owned(), names.cloned().collect());
    }
    crates
}

#[test]
fn only_the_wire_knows_json() {
    for (name, dependencies) in dependencies("dependencies") {
        let knows = dependencies.contains("serde_json");
        assert_eq!(knows, name == "sockspec-wire", "{name} depends on serde_json: {knows}");
    }
}

#[test]
fn only_the_lab_touches_namespaces() {
    let words = ["CLONE_NEW", "unshare(", "setns(", "move_mount", "open_tree", "sethostname"];
    for Source { path, text } in sources(&[".rs"]) {
        if path.starts_with("spec-tests/lab/") || path.starts_with("ci/checks/") {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            let found = words.iter().find(|word| code(line).contains(**word));
            assert!(found.is_none(), "{path}:{}: {found:?} outside of the lab", at + 1);
        }
    }
}

/// What each crate may know of the project, nearest to the bottom first.
const LAYERS: [(&str, &[&str]); 15] = [
    ("socket-reference", &[]),
    ("sockspec-subject", &[]),
    ("sockspec-lab", &[]),
    ("sockspec-wire", &["sockspec-subject"]),
    ("sockspec-cases", &["sockspec-subject"]),
    ("sockspec-events", &["sockspec-subject"]),
    ("sockspec-matrix", &["sockspec-events", "sockspec-wire"]),
    ("sockspec-expect", &["sockspec-events", "sockspec-subject"]),
    ("sockspec-process", &["sockspec-subject", "sockspec-wire"]),
    ("sockspec-fixtures", &["sockspec-cases"]),
    ("sockspec-laws", &["sockspec-cases", "sockspec-fixtures", "sockspec-subject"]),
    ("sockspec-report", &["sockspec-events", "sockspec-subject", "sockspec-wire"]),
    (
        "sockspec-engine",
        &[
            "sockspec-cases",
            "sockspec-events",
            "sockspec-lab",
            "sockspec-laws",
            "sockspec-process",
            "sockspec-subject",
            "sockspec-wire",
        ],
    ),
    ("sockspec-bench", &["sockspec-engine", "sockspec-wire"]),
    ("sockspec-reference-subject", &["socket-reference", "sockspec-subject", "sockspec-wire"]),
];

#[test]
fn dependencies_point_one_way() {
    let all = dependencies("dependencies");
    for (name, allowed) in LAYERS {
        let own: Vec<&String> = all[name]
            .iter()
            .filter(|dependency| dependency.starts_with("sockspec-") || *dependency == "socket-reference")
            .collect();
        for dependency in own {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not know {dependency}");
        }
    }
}

#[test]
fn matching_is_pure() {
    let sources = sources(&[".rs"]);
    let matcher = sources.iter().find(|source| source.path == "spec-tests/cases/src/matcher.rs");
    let text = &matcher.expect("the matcher is where it was").text;
    for word in ["std::fs", "std::time", "std::env", "std::net", "std::process", "libc", "rustix"] {
        assert!(!text.contains(word), "the matcher uses {word}");
    }
}

#[test]
fn versions_are_pinned_in_one_place() {
    for Source { path, text } in sources(&["Cargo.toml"]) {
        // The shims for libFuzzer are a workspace of their own, which no other crate depends on.
        if path == "Cargo.toml" || path == "ci/fuzz/libfuzzer/Cargo.toml" {
            continue;
        }
        let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else { continue };
            for (name, value) in dependencies {
                let from_workspace = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                // A neighbour by its path alone names no version: cargo leaves it out of a package.
                let neighbour =
                    value.as_table().is_some_and(|keys| keys.len() == 1 && keys.contains_key("path"));
                assert!(from_workspace || neighbour, "{path}: {name} names a version of its own");
            }
        }
    }
}

#[test]
fn files_stay_readable() {
    for Source { path, text } in sources(&[".rs", ".py", ".sh"]) {
        let lines = text.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines: split it");
    }
}

/// A deadline by the clock that somebody may set comes too early or never once it is set.
#[test]
fn deadlines_go_by_the_clock_that_nobody_sets() {
    for Source { path, text } in sources(&[".rs"]) {
        let harness =
            ["engine", "process", "lab"].iter().any(|name| path.starts_with(&format!("spec-tests/{name}/")));
        for (at, line) in text.lines().enumerate().filter(|_| harness) {
            assert!(!code(line).contains("SystemTime"), "{path}:{}: use Instant", at + 1);
        }
    }
}

#[test]
fn the_top_level_is_fixed() {
    let known =
        ["Cargo.toml", "Cargo.lock", "reference", "spec-tests", "fixtures", "benches", "ci", "target"];
    let beside = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"];
    let tools = ["rustfmt.toml", "clippy.toml"];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let allowed = name.starts_with('.')
            || known.contains(&name.as_str())
            || beside.contains(&name.as_str())
            || tools.contains(&name.as_str());
        assert!(allowed, "{name} stands at the top level");
    }
}

#[test]
fn every_file_starts_with_what_it_is_for() {
    for Source { path, text } in sources(&[".rs"]) {
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//!"),
            "{path}:1: a file starts with a `//!` line that says what it holds"
        );
    }
}

/// `cargo test` runs it with all others, so that it cannot go stale.
#[test]
fn the_front_page_of_every_library_has_an_example_that_runs() {
    let mut libraries = 0;
    for Source { path, text } in sources(&["Cargo.toml"]) {
        let library = path.replace("Cargo.toml", "src/lib.rs");
        let Ok(source) = fs::read_to_string(root().join(&library)) else { continue };
        if text.contains("\npublish = false") {
            continue;
        }
        libraries += 1;
        // What it shows is a program of its own, with a `main` that runs the whole suite.
        let fence = if path.contains("conformance") { "//! ```no_run" } else { "//! ```" };
        let page = source.lines().take_while(|line| line.starts_with("//!"));
        let (fences, asserts) = page.fold((0, 0), |(fences, asserts), line| {
            (fences + usize::from(line == fence), asserts + usize::from(line.contains("assert")))
        });
        assert!(fences > 0, "{library}: its front page has no example");
        assert!(asserts > 0 || path.contains("conformance"), "{library}: its example shows nothing");
    }
    assert!(libraries >= 19, "{libraries} libraries: the check sees them all");
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["todo!(", "unimplemented!(", "FIXME", "XXX:", "thread::sleep", "#[ignore"];
    for Source { path, text } in sources(&[".rs"]) {
        if path.starts_with("ci/checks/") {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            let found = words.iter().find(|word| line.contains(**word));
            assert!(found.is_none(), "{path}:{}: {}", at + 1, found.unwrap_or(&""));
        }
    }
}
