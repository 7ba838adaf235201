//! What the commands say that only list something.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{bare, say, sockspec};
use rstest::rstest;
use serde_json::Value;

#[rstest]
#[case("list", &["list", "--section", "module", "--section", "socket-type"])]
#[case("list-narrowed", &["list", "--section", "module", "--edition", "2.2", "--basis", "documented"])]
#[case("show", &["show", "module/short"])]
#[case("show-table", &["show", "module/packed"])]
#[case("clauses", &["clauses"])]
#[case("clauses-uncovered", &["clauses", "--uncovered"])]
#[case("clauses-of-a-section", &["clauses", "--section", "socket-type"])]
fn lists(#[case] name: &str, #[case] args: &[&str]) {
    let said = say(args);
    assert_eq!(said.status, Some(0), "{said:?}");
    insta::assert_snapshot!(name, said.stdout);
}

/// `sockspec findings > fixtures/expectations/FINDINGS.md` brings it up to date.
#[test]
fn the_page_of_findings_is_up_to_date() {
    let said = common::Said::from(common::bare().arg("findings").output().unwrap());
    assert_eq!(said.status, Some(0), "{said:?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/expectations/FINDINGS.md");
    assert!(fs::read_to_string(page).unwrap() == said.stdout, "sockspec findings prints another page");
}

#[rstest]
#[case("help", &["--help"])]
#[case("help-run", &["run", "--help"])]
fn help(#[case] name: &str, #[case] args: &[&str]) {
    let said = say(args);
    assert_eq!(said.status, Some(0), "{said:?}");
    insta::assert_snapshot!(name, said.stdout);
}

#[rstest]
#[case(&["--fault", "aton-five-bytes"], 0, "1 of 1 fault found out, 100.0 %")]
#[case(&["--fault", "aton-five-bytes", "--fault", "proto-text", "--at-least", "51"], 1, "1 of 2 faults found out, 50.0 %")]
#[case(&["--fault", "proto-text", "--at-least", "0", "--verbose"], 0, "0 of 1 fault found out, 0.0 %")]
fn strength_counts_what_is_found_out(#[case] args: &[&str], #[case] status: i32, #[case] words: &str) {
    let said = say([&["strength", "--section", "module"], args].concat());
    assert_eq!(said.status, Some(status), "{said:?}");
    assert!(said.stdout.contains(words), "{said:?}");
}

#[test]
fn a_list_for_programs() {
    let said = say(["list", "--json", "--case", "module/packed/zero"]);
    let listed: Value = serde_json::from_str(&said.stdout).unwrap();
    let case = &listed[0];
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(
        (&case["id"], &case["basis"], &case["lab"]),
        (&"module/packed/zero".into(), &"documented".into(), &"none".into())
    );
    assert_eq!((&case["file"], &case["line"]), (&"cases/module/address.toml".into(), &11.into()));
}

#[test]
fn a_reader_that_leaves_early_is_no_trouble() {
    for args in [["list"], ["clauses"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let said = sockspec(args).stdout(writer).output().unwrap();
        assert_eq!((said.status.code(), said.stderr.as_slice()), (Some(0), b"".as_slice()));
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let coloured = |force: bool| {
        let mut command = sockspec(["show", "module/short"]);
        if force {
            command.env("CLICOLOR_FORCE", "1");
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap().contains('\x1b')
    };
    assert!(!coloured(false));
    assert!(coloured(true));
}

#[test]
fn the_doctor_says_what_there_is() {
    // With nothing on PATH no subject takes its time to start.
    let said: common::Said = bare().arg("doctor").env("PATH", "/dev/null").output().unwrap().into();
    assert_eq!(said.status, Some(0));
    for name in ["network-namespace", "loopback-v6", "in all", "reference", "cpython-3.13", "jython"] {
        assert!(said.stdout.contains(&format!("\n  {name} ")), "{name} is missing in {}", said.stdout);
    }
    let said: common::Said = bare().args(["doctor", "--lab"]).output().unwrap().into();
    assert_eq!(said.status, Some(0));
    assert!(said.stdout.contains("\n  in all ") && !said.stdout.contains("Subjects"), "{}", said.stdout);
}

/// With nothing on PATH only what is built in is there; for the rest it is said why not, and how to get it.
#[test]
fn a_subject_that_is_missing_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |json: bool| -> common::Said {
        let mut command = bare();
        command
            .args(["subjects", "reference*", "jython"])
            .env("PATH", folder.path())
            .env("HOME", folder.path());
        command.env_remove("PYENV_ROOT").args(json.then_some("--json")).output().unwrap().into()
    };
    let said = ask(false);
    assert_eq!(said.status, Some(0), "{}", said.stderr);
    insta::assert_snapshot!("subjects", said.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    assert_eq!(said.stderr, "sockspec: 2 of 3 subjects can be judged here\n");
    let listed: serde_json::Value = serde_json::from_str(&ask(true).stdout).unwrap();
    assert_eq!(listed[1]["name"], "reference-wire");
    assert_eq!((&listed[1]["available"], &listed[2]["available"]), (&true.into(), &false.into()));
    assert_eq!(listed[2]["why"], "there is no jython on PATH");
}

#[test]
fn an_interpreter_is_no_subject_but_by_its_hello() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/false", folder.path().join("jython")).unwrap();
    let said: common::Said =
        bare().args(["run", "jython"]).env("PATH", folder.path()).output().unwrap().into();
    assert_eq!(said.status, Some(3), "{}", said.stdout);
    let said: common::Said =
        bare().args(["subjects", "jython"]).env("PATH", folder.path()).output().unwrap().into();
    assert!(said.stdout.contains("jython: it ended before it said hello"), "{}", said.stdout);
}

#[test]
fn what_is_embedded_can_be_listed_as_a_folder_can() {
    let said: common::Said = bare().args(["clauses", "--clause", "errors"]).output().unwrap().into();
    assert_eq!(said.status, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("  errors.herror  of the subject"), "{}", said.stdout);
}
