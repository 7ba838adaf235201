//! Commands that start something: smoke and lab, and the Python driver where there is a Python.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{Said, bare, say, sockspec};

/// Whether this machine can enter a lab; the doctor says so in its own tests.
fn has_lab() -> bool {
    sockspec_lab::probe().lab().is_ok()
}

#[test]
fn the_references_driver_passes_smoke() {
    let said: Said = bare().args(["smoke", "reference-wire"]).output().unwrap().into();
    assert_eq!(said.status, Some(0), "{}", said.stdout);
    assert!(said.stdout.contains("\npass     hello\n"), "{}", said.stdout);
}

/// Every driver that the registry names, where this machine has what it needs. Who is missing is told by name.
#[test]
fn every_driver_that_is_here_passes_smoke() {
    let said: Said = bare().args(["subjects", "--json"]).output().unwrap().into();
    let listed: Vec<serde_json::Value> = serde_json::from_str(&said.stdout).unwrap();
    let text = |subject: &serde_json::Value, key: &str| subject[key].as_str().unwrap_or_default().to_owned();
    let mut here = Vec::new();
    for subject in &listed {
        let name = text(subject, "name");
        if subject["available"] == true {
            here.push(name);
        } else {
            println!("{name} is not judged: {}", text(subject, "why"));
        }
    }
    let failed: Vec<String> = here
        .into_iter()
        .filter(|name| name != "reference")
        .filter_map(|name| {
            let said: Said = bare().args(["smoke", &name]).output().unwrap().into();
            (said.status != Some(0)).then(|| format!("{name}\n{}{}", said.stdout, said.stderr))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_driver_that_is_none_fails_smoke() {
    let said: Said =
        bare().args(["smoke", "--timeout", "5", "--", "sh", "-c", "echo hello"]).output().unwrap().into();
    assert_eq!(said.status, Some(1));
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn a_command_in_the_lab_sees_the_lab() {
    if !has_lab() {
        return;
    }
    let said = say(["lab", "--", "sh", "-c", "hostname; cat /etc/hosts; exit 7"]);
    assert_eq!(
        (said.status, said.stdout.as_str()),
        (Some(7), "tiny\n127.0.0.1 localhost tiny\n"),
        "{said:?}"
    );
    let said = say(["lab", "--", "sockspec-absent-command"]);
    assert_eq!((said.status, said.stdout.as_str()), (Some(127), ""), "{said:?}");
    assert!(
        said.stderr.contains("`sockspec-absent-command` could not be started in the lab"),
        "{}",
        said.stderr
    );
}

/// A user namespace of its own in which no network namespace may be made: there is no lab for whoever runs in it.
const WITHOUT_LAB: &str = "echo 0 >/proc/sys/user/max_net_namespaces && exec \"$@\"";

fn without_lab(args: &[&str]) -> Option<Said> {
    let unshared = |command: &[&str]| {
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["-Ur", "sh", "-c", WITHOUT_LAB, "sh"]).args(command);
        unshare.current_dir(env!("CARGO_MANIFEST_DIR"));
        unshare
    };
    if !unshared(&["true"]).output().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let program = [env!("CARGO_BIN_EXE_sockspec"), "--fixtures", "tests/data"];
    Some(unshared(&[&program, args].concat()).output().unwrap().into())
}

#[test]
fn a_lab_can_be_required() {
    let Some(said) = without_lab(&["run", "--require-lab"]) else { return };
    assert_eq!((said.status, said.stdout.as_str()), (Some(4), ""), "{said:?}");
    assert!(
        said.stderr.contains("a lab is required, and there is none: network-namespace: no"),
        "{}",
        said.stderr
    );
    let Some(said) = without_lab(&["lab", "--", "true"]) else { return };
    assert_eq!((said.status, said.stdout.as_str()), (Some(4), ""), "{said:?}");
    assert!(said.stderr.contains("the lab cannot be entered: no network namespace"), "{}", said.stderr);
}

#[test]
fn without_a_lab_the_rest_still_runs() {
    let Some(said) = without_lab(&["run", "--section", "module"]) else { return };
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(said.stdout.contains("missing: network-namespace: "), "{}", said.stdout);
    assert!(
        said.stdout.contains("\nsockspec: 5 cases: 2 pass, 1 allowed, 1 fail, 1 not-applicable ("),
        "{}",
        said.stdout
    );
}

#[test]
fn python_is_judged_through_the_embedded_driver_and_nothing_is_left() {
    let asked = std::process::Command::new("python3").arg("--version").output();
    if !asked.is_ok_and(|output| output.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output =
        sockspec(["run", "python3", "--section", "module"]).env("TMPDIR", folder.path()).output().unwrap();
    let said: Said = output.into();
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(said.stdout.contains("\npass            module/packed/loopback\n"), "{}", said.stdout);
    assert!(said.stdout.contains("run python3 --fixtures tests/data --case module/wrong-on-purpose"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let args = ["run", "python3", "--module", "sockspec_no_such_module", "--section", "module"];
    let output = sockspec(args).env("TMPDIR", folder.path()).output().unwrap();
    let said: Said = output.into();
    assert_eq!((said.status, said.stdout.as_str()), (Some(3), ""), "{said:?}");
    assert!(said.stderr.contains("sockspec_no_such_module"), "{}", said.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
