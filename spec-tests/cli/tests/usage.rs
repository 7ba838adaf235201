//! What is refused, how, and with which status.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{bare, data, say};
use rstest::rstest;

#[rstest]
#[case(&["run", "--case", "module/wrong-on-porpose"], "no case matches \"module/wrong-on-porpose\"; the nearest: module/wrong-on-purpose")]
#[case(&["run", "--clause", "module.nothing"], "no clause matches \"module.nothing\"")]
#[case(&["run", "--section", "modul"], "no section matches \"modul\"; the nearest: module")]
#[case(&["run", "--section", "module", "--clause", "socket-type"], "no case is of every kind that was asked for")]
#[case(&["run", "--case", "module/["], "\"module/[\" is no glob")]
#[case(&["run", "cpyton-3.13"], "there is no subject \"cpyton-3.13\"; the nearest: cpython-3.13")]
#[case(&["run", "cobol"], "`sockspec subjects` lists them; a Python interpreter may be given by name or path")]
#[case(&["subjects", "cobol"], "no subject matches \"cobol\"")]
#[case(&["run", "--module", "gevent.socket", "reference"], "--module is for Python interpreters, and reference is none")]
#[case(&["run", "--json", "absent/folder/report.json"], "the report cannot be written to absent/folder/report.json: No such file or directory")]
#[case(&["run", "--report", "xunit=x.xml"], "\"xunit\" is no kind of report: write one of json, junit, tap, events, github, markdown")]
#[case(&["run", "--report", "junit"], "write the kind and the file: junit=report.xml")]
#[case(&["run", "--report", "tap=-", "--report", "junit=-"], "the standard output has room for one report, and both tap and junit are to go there")]
#[case(&["run", "--expect", "absent.toml"], "the expectations absent.toml cannot be read: No such file or directory (os error 2); `sockspec expect` writes one")]
#[case(&["expect", "--file", "absent.toml", "--json", "report.json"], "`sockspec expect` writes no report")]
#[case(&["expect", "--file", "absent.toml", "--report", "tap=-"], "`sockspec expect` writes no report")]
#[case(&["expect", "--file", "absent.toml", "--skip-budget", "0"], "holds nothing to them")]
#[case(&["run", "--fail-fast", "--repeat", "2"], "cannot be used with")]
#[case(&["run", "--allow-flaky"], "required arguments were not provided")]
#[case(&["run", "--json", "tests"], "the report cannot be written to tests: it is a folder")]
#[case(&["show", "module/shrot"], "no case matches \"module/shrot\"; the nearest: module/short")]
#[case(&["lab", "--lab", "defualt", "--", "true"], "no lab matches \"defualt\"; the nearest: default")]
#[case(&["run", "--edition", "4"], "\"4\" is no edition: write \"2.2\" or \"3\"")]
#[case(&["run", "--timeout", "0"], "write seconds, above 0")]
#[case(&["run", "--jobs", "0"], "0 is not in 1..=256")]
#[case(&["run", "--basis", "hearsay"], "documented, platform, observed")]
#[case(&["run", "--require-lab", "--no-lab"], "cannot be used with '--no-lab'")]
#[case(&["run", "python3", "--", "driver"], "cannot be used with")]
#[case(&["run", "--module", "x"], "required arguments were not provided")]
#[case(&["rnu"], "unrecognized subcommand 'rnu'")]
#[case(&["clause"], "a similar subcommand exists: 'clauses'")]
#[case(&["--frobnicate"], "unexpected argument")]
#[case(&["smoke"], "required arguments were not provided")]
fn wrong_usage(#[case] args: &[&str], #[case] message: &str) {
    let said = say(args);
    assert_eq!(said.status, Some(2), "{said:?}");
    assert!(said.stderr.contains(message), "{}", said.stderr);
    assert_eq!(said.stdout, "", "nothing was run");
}

/// The small set with one more case file.
fn with_file(name: &str, text: &[u8]) -> common::Said {
    let folder = tempfile::tempdir().unwrap();
    copy(&data(), folder.path());
    fs::write(folder.path().join(name), text).unwrap();
    let output = bare().arg("--fixtures").arg(folder.path()).arg("run").output().unwrap();
    let mut said: common::Said = output.into();
    said.stderr = said.stderr.replace(&folder.path().display().to_string(), "FOLDER");
    said
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[rstest]
#[case("bad-case", "cases/module/bad.toml", b"format = 1\n\n[[case]]\nid = \"module/bad\"\nclause = [\"module.pakcs\"]\nbasis = \"documented\"\nsteps = [ { call = \"inet_aton\", retruns = 1 } ]\n".as_slice())]
#[case("no-text", "cases/module/bad.toml", b"\xff\xfe".as_slice())]
#[case("bad-lab", "labs/default/lab.toml", b"format = 1\nhostnam = \"x\"\n".as_slice())]
fn bad_fixtures(#[case] name: &str, #[case] file: &str, #[case] text: &[u8]) {
    let said = with_file(file, text);
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""), "nothing is run");
    insta::assert_snapshot!(name, said.stderr);
}

#[test]
fn a_file_that_is_no_toml() {
    let said = with_file("cases/module/bad.toml", b"format = 1\n[[case\n");
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""), "nothing is run");
    // The parser's own words change with its version.
    let start = "sockspec: the fixtures in FOLDER are not sound\ncases/module/bad.toml:2: this is no TOML: ";
    assert!(said.stderr.starts_with(start), "{}", said.stderr);
    assert!(said.stderr.contains("\n    help: "), "{}", said.stderr);
}

#[test]
fn fixtures_that_are_not_there() {
    let output = bare().args(["--fixtures", "absent", "list"]).output().unwrap();
    let said: common::Said = output.into();
    assert_eq!((said.status, said.stdout.as_str()), (Some(2), ""));
    assert_eq!(
        said.stderr,
        "sockspec: the fixtures cannot be read: absent/: No such file or directory (os error 2)\n"
    );
}
