//! Files that are not sound: every problem is told, with its line and what would be right.

#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::FILE;
use rstest::rstest;
use serde_json::Value;
use sockspec_expect::{Causes, Expectations, Upstream};

fn problems(text: &str) -> String {
    Expectations::parse(FILE, text).unwrap_err().to_string()
}

#[test]
fn every_problem_is_told_at_once() {
    let text = "\
format = 2
subjct = \"CPython\"

[[expect]]
case = [\"recv/zero\", \"recv/zero\", \"recv/[\", 7]
verdit = \"fail\"

[[expect]]
case = \"recv/*\"
verdict = \"pass\"
reason = 7
link = \"bugs.example/1\"
versions = \"3.8\"
platform = \"[\"
edition = \"4\"

[[expect]]
case = \"recv/zero\"
count = 2
verdict = \"fail\"

[[expect]]
case = \"recv/*\"
count = -1
verdict = \"fail\"
";
    insta::assert_snapshot!(problems(text));
}

#[rstest]
#[case("", "expectations/cpython.toml:1: `format` is missing")]
#[case("format = 1\nsubject = 7\n", "expectations/cpython.toml:2: `subject` is no text")]
#[case(
    "format = 1\nsubject = \"x\"\nexpect = 7\n",
    "expectations/cpython.toml:3: `expect` is no array of tables"
)]
#[case("format = 1\nsubject = \"x\"\nexpect = [7]\n", "expectations/cpython.toml:3: an entry is no table")]
#[case(
    "format = 1\nsubject = \"x\"\n[[expect]]\ncase = []\nverdict = \"fail\"\n",
    "expectations/cpython.toml:3: `case` is missing"
)]
#[case("format = 1\n[[expect\n", "expectations/cpython.toml:2: this is no TOML: ")]
fn a_file_that_is_none(#[case] text: &str, #[case] message: &str) {
    let problems = problems(text);
    assert!(problems.contains(message), "{problems}");
    assert!(problems.contains("\n    help: "), "{problems}");
}

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schemas/expectations.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What the schema says and what the loader says, on the same texts.
#[rstest]
#[case("", true)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\n", true)]
#[case(
    "[[expect]]\ncase = [\"a/b\", \"a/c\"]\nverdict = \"hang\"\nreason = \"r\"\nclause = \"a.b\"\nlink = \"https://x.example/1\"\nversions = \">=3.8, <3.12\"\nplatform = \"*musl*\"\nedition = [\"2.2\", \"3\"]\n",
    true
)]
#[case("[[expect]]\ncase = \"a/*\"\ncount = 4\nverdict = \"unsupported\"\n", true)]
#[case("[[expect]]\nverdict = \"fail\"\n", false)]
#[case("[[expect]]\ncase = []\nverdict = \"fail\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"pass\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\ncuont = 1\n", false)]
#[case("[[expect]]\ncase = \"a/*\"\ncount = -1\nverdict = \"fail\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nlink = \"bugs\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nlink = \"none found\"\n", true)]
#[case(
    "[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nlink = [\"https://x.example/1\", \"https://x.example/2\"]\n",
    true
)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\ncause = \"c\"\n", true)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nvaries = true\n", true)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nvaries = \"often\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\ncause = \"c\"\nreason = \"r\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\ncause = \"c\"\nlink = \"none found\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nversions = \"3.8\"\n", false)]
#[case("[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\nedition = \"4\"\n", false)]
#[case("[[expect]]\ncase = [\"a/b\", \"a/b\"]\nverdict = \"fail\"\n", false)]
fn the_schema_and_the_loader_agree(#[case] entries: &str, #[case] sound: bool) {
    let text = format!("{}{entries}", common::HEAD);
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(schema().is_valid(&serde_json::to_value(table).unwrap()), sound, "the schema");
    assert_eq!(Expectations::parse(FILE, &text).is_ok(), sound, "the loader");
}

#[test]
fn what_ships_is_sound() {
    let schema = schema();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/expectations");
    let causes = fs::read_to_string(folder.join("causes.toml")).unwrap();
    let causes = Causes::parse("causes.toml", &causes).unwrap_or_else(|errors| panic!("{errors}"));
    let mut unused: BTreeSet<&str> = causes.iter().map(|cause| cause.id.as_str()).collect();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "causes.toml" || path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let mut expectations = Expectations::parse(name, &text).unwrap_or_else(|errors| panic!("{errors}"));
        causes.explain(&mut expectations).unwrap_or_else(|errors| panic!("{errors}"));
        let table: toml::Table = text.parse().unwrap();
        assert!(schema.is_valid(&serde_json::to_value(table).unwrap()), "{name}");
        for entry in expectations.entries() {
            assert!(!entry.reason().is_empty(), "{}: an entry without a reason", entry.place());
            entry.cause().map(|cause| unused.remove(cause));
        }
    }
    assert!(unused.is_empty(), "causes that no entry names: {unused:?}");
}

const CAUSES: &str = "\
format = 1
[[cause]]
id = \"x-empty-host\"
home = \"X\"
reason = \"An empty host is refused.\"
link = [\"https://x.example/1\", \"https://x.example/2\"]
[[cause]]
id = \"x-other\"
home = \"X\"
reason = \"Another.\"
link = \"none found\"
";

#[test]
fn an_entry_takes_the_words_of_its_cause() {
    let causes = Causes::parse("causes.toml", CAUSES).unwrap();
    assert_eq!(causes.get("x-other").map(|cause| &cause.upstream), Some(&Upstream::NoneFound));
    let text =
        format!("{}[[expect]]\ncase = \"a/b\"\nverdict = \"fail\"\ncause = \"x-empty-host\"\n", common::HEAD);
    let mut expectations = Expectations::parse(FILE, &text).unwrap();
    causes.explain(&mut expectations).unwrap();
    let entry = &expectations.entries()[0];
    assert_eq!((entry.reason(), entry.link()), ("An empty host is refused.", Some("https://x.example/1")));

    let mut wrong = Expectations::parse(FILE, &text.replace("x-empty-host", "x-empty-hots")).unwrap();
    let told = causes.explain(&mut wrong).unwrap_err().to_string();
    assert!(told.contains("there is no cause \"x-empty-hots\""), "{told}");
    assert!(told.contains("did you mean \"x-empty-host\"?"), "{told}");
}

#[rstest]
#[case("id = \"x-other\"", "id = \"x-empty-host\"", "causes.toml:7: \"x-empty-host\" stands here twice")]
#[case("link = \"none found\"\n", "", "causes.toml:7: `link` is missing")]
#[case("link = \"none found\"", "link = \"bugs\"", "causes.toml:11: \"bugs\" is no link")]
#[case("reason = \"Another.\"", "reason = \" \"", "causes.toml:7: `reason` is missing")]
#[case("home = \"X\"\nreason = \"Another.\"", "hoem = \"X\"\nreason = \"Another.\"", "unknown key `hoem`")]
#[case(
    "link = \"none found\"",
    "link = \"none found\"\nkind = \"bug\"",
    "causes.toml:12: \"bug\" is no kind"
)]
#[case("format = 1", "format = 2", "causes.toml:1: this is not the format")]
fn causes_that_are_not_sound(#[case] part: &str, #[case] other: &str, #[case] message: &str) {
    let told = Causes::parse("causes.toml", &CAUSES.replace(part, other)).unwrap_err().to_string();
    assert!(told.contains(message), "{told}");
}
