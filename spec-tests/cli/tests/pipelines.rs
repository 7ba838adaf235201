//! The pipelines that users copy, run here as far as that goes: their own commands, in an empty folder, on the small set of
//! fixtures. Only what installs programs or asks for privileges is stood in for, and says what it was asked.

#![allow(clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Said, data};
use rstest::rstest;
use saphyr::{LoadableYamlNode, Yaml};
use tempfile::TempDir;

/// The one case that fails on the reference, expected and explained.
const KNOWN: &str = "format = 1\nsubject = \"sockspec reference\"\n\n[[expect]]\ncase = \"module/wrong-on-purpose\"\nverdict = \"fail\"\nreason = \"It is wrong on purpose.\"\n";
const UNKNOWN: &str = "format = 1\nsubject = \"sockspec reference\"\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn load(name: &str) -> Yaml<'static> {
    let text = fs::read_to_string(root().join("ci/pipelines").join(name)).unwrap();
    // It lives as long as the test does.
    Yaml::load_from_str(String::leak(text)).unwrap().remove(0)
}

fn at<'y>(node: &'y Yaml<'y>, path: &[&str]) -> &'y Yaml<'y> {
    let step = |node: &'y Yaml<'y>, key: &&str| node.as_mapping_get(key);
    path.iter().try_fold(node, step).unwrap_or_else(|| panic!("no {} in {node:?}", path.join(".")))
}

fn text(node: &Yaml<'_>) -> String {
    let number = || node.as_integer().map(|number| number.to_string());
    node.as_str().map(str::to_owned).or_else(number).unwrap_or_else(|| panic!("{node:?} is no text"))
}

fn texts(node: &Yaml<'_>) -> BTreeMap<String, String> {
    node.as_mapping().unwrap().iter().map(|(key, value)| (text(key), text(value))).collect()
}

/// Somebody's repository in a CI: a file of expectations, this project beside it, programs on `PATH`.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new(expectations: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for name in ["bin", "work/expectations"] {
            fs::create_dir_all(path.join(name)).unwrap();
        }
        fs::write(path.join("work/expectations/cpython.toml"), expectations).unwrap();
        symlink(root(), path.join("work/sockspec")).unwrap();
        let own = Self { folder };
        let (program, fixtures) = (env!("CARGO_BIN_EXE_sockspec"), data());
        // The quick cases alone, of a small set; all else is as the pipelines say.
        own.program(
            "sockspec",
            &format!(
                "case \"$1\" in run) shift; set -- run --section module \"$@\";; esac\nexec '{program}' --fixtures '{}' \"$@\"",
                fixtures.display()
            ),
        );
        own.program("sudo", "echo \"sudo $*\" >>\"$ASKED\"");
        // What is to be installed has to be there.
        own.program(
            "cargo",
            "echo \"cargo $*\" >>\"$ASKED\"; for path; do :; done; [ -f \"$path/Cargo.toml\" ]",
        );
        symlink(root().join("ci/pipelines/gate.sh"), own.path().join("bin/sockspec-gate")).unwrap();
        own
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path().join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs a script as GitHub's runner runs those of `shell: bash`; GitLab's does about the same.
    fn bash(&self, script: &str, environment: &BTreeMap<String, String>) -> Said {
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).env_clear();
        let path = format!("{}:{}", self.path().join("bin").display(), std::env::var("PATH").unwrap());
        command.env("PATH", path).env("ASKED", self.path().join("asked"));
        command.envs(environment).current_dir(self.path().join("work")).output().unwrap().into()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    fn reports(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("work/sockspec-reports")).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Runs every shard of GitLab's file; how each ended.
fn gitlab_shards(runner: &Runner, file: &Yaml<'_>) -> Vec<Option<i32>> {
    let job = at(file, &["sockspec-shard"]);
    let of = at(job, &["parallel"]).as_integer().unwrap();
    let run = |index: i64| {
        let mut environment = texts(at(job, &["variables"]));
        // The small set knows the reference alone.
        environment.insert("SOCKSPEC_SUBJECT".to_owned(), "reference".to_owned());
        environment.insert("CI_NODE_INDEX".to_owned(), index.to_string());
        environment.insert("CI_NODE_TOTAL".to_owned(), of.to_string());
        let said = runner.bash(&text(&at(job, &["script"]).as_sequence().unwrap()[0]), &environment);
        assert!(said.stdout.contains("gate: "), "{said:?}");
        said.status
    };
    (1..=of).map(run).collect()
}

fn gitlab_gate(runner: &Runner, file: &Yaml<'_>) -> Said {
    let script = text(&at(file, &["sockspec-gate", "script"]).as_sequence().unwrap()[0]);
    runner.bash(&script, &BTreeMap::new())
}

#[test]
fn gitlab_is_green_on_what_is_known_and_notices_a_missing_shard() {
    let (runner, file) = (Runner::new(KNOWN), load("gitlab-ci.yml"));
    let shards = gitlab_shards(&runner, &file);
    assert_eq!(shards, [Some(0); 4]);
    let names: Vec<String> =
        (1..=4).flat_map(|at| ["json", "xml"].map(|end| format!("report-{at}-4.{end}"))).collect();
    assert_eq!(runner.reports(), names, "as the artifacts are named");
    let said = gitlab_gate(&runner, &file);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.stdout.contains("gate: green, 1 departure as expected"), "{}", said.stdout);
    fs::remove_file(runner.path().join("work/sockspec-reports/report-3-4.json")).unwrap();
    let said = gitlab_gate(&runner, &file);
    assert_eq!(said.status, Some(2), "{said:?}");
    assert!(said.stderr.contains("the report of shard 3/4 is missing"), "{}", said.stderr);
}

#[test]
fn gitlab_is_red_on_what_is_not_known() {
    let (runner, file) = (Runner::new(UNKNOWN), load("gitlab-ci.yml"));
    let mut shards = gitlab_shards(&runner, &file);
    shards.sort_unstable();
    assert_eq!(shards, [Some(0), Some(0), Some(0), Some(1)], "one shard has the case");
    let said = gitlab_gate(&runner, &file);
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(
        said.stdout.contains("gate: red: 1 unexpected departure (held to expectations/cpython.toml)"),
        "{}",
        said.stdout
    );
}

/// What a value of the action's or workflow's means, for that shard.
fn filled(value: &str, inputs: &BTreeMap<String, String>, shard: i64) -> String {
    let mut value = value.replace("${{ matrix.shard }}", &shard.to_string());
    value = value.replace("${{ github.action_path }}", "sockspec/ci/pipelines/github");
    for (name, input) in inputs {
        value = value.replace(&format!("${{{{ inputs.{name} }}}}"), input);
    }
    assert!(!value.contains("${{"), "{value}");
    value
}

fn step<'y>(steps: &'y Yaml<'y>, key: &str, start: &str) -> &'y Yaml<'y> {
    let fits = |step: &&'y Yaml<'y>| {
        step.as_mapping_get(key).and_then(Yaml::as_str).is_some_and(|value| value.starts_with(start))
    };
    steps.as_sequence().unwrap().iter().find(fits).unwrap_or_else(|| panic!("no step {key} {start}"))
}

/// What the runner sets for every step.
fn github(runner: &Runner) -> BTreeMap<String, String> {
    let summary = runner.path().join("summary.md").display().to_string();
    [("GITHUB_ACTIONS", "true".to_owned()), ("GITHUB_STEP_SUMMARY", summary)]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

/// Runs every step of the action for a shard; how the last ended, which is the gate.
fn action(runner: &Runner, workflow: &Yaml<'_>, shard: i64) -> Said {
    let action = load("github/action.yml");
    let used = step(at(workflow, &["jobs", "shard", "steps"]), "uses", "./");
    let mut inputs: BTreeMap<String, String> = at(&action, &["inputs"])
        .as_mapping()
        .unwrap()
        .iter()
        .map(|(name, input)| (text(name), text(at(input, &["default"]))))
        .collect();
    for (name, value) in texts(at(used, &["with"])) {
        let known = inputs.insert(name.clone(), filled(&value, &BTreeMap::new(), shard));
        assert!(known.is_some(), "the action has no input {name}");
    }
    inputs.insert("subject".to_owned(), "reference".to_owned());
    let mut last = None;
    for step in at(&action, &["runs", "steps"]).as_sequence().unwrap() {
        assert!(last.as_ref().is_none_or(|said: &Said| said.status == Some(0)), "{last:?}");
        let mut environment = github(runner);
        if let Some(own) = step.as_mapping_get("env") {
            environment
                .extend(texts(own).into_iter().map(|(name, value)| (name, filled(&value, &inputs, shard))));
        }
        last = Some(runner.bash(&text(at(step, &["run"])), &environment));
    }
    last.unwrap()
}

#[rstest]
#[case(KNOWN, 0, "gate: green, 1 departure as expected")]
#[case(UNKNOWN, 1, "gate: red: 1 unexpected departure")]
fn the_action_and_the_workflow_end_as_the_whole_run_would(
    #[case] expectations: &str,
    #[case] status: i32,
    #[case] verdict: &str,
) {
    let (runner, workflow) = (Runner::new(expectations), load("github/workflow.yml"));
    let shards = at(&workflow, &["jobs", "shard", "strategy", "matrix", "shard"]).as_sequence().unwrap();
    let said: Vec<Said> =
        shards.iter().map(|shard| action(&runner, &workflow, shard.as_integer().unwrap())).collect();
    let red = said.iter().filter(|said| said.status == Some(1)).count();
    let green = said.iter().filter(|said| said.status == Some(0)).count();
    assert_eq!((red, green), (usize::try_from(status).unwrap(), shards.len() - red), "{said:?}");
    assert!(!runner.read("asked").contains("cargo "), "the program is there, and is not built");

    let steps = at(&workflow, &["jobs", "gate", "steps"]);
    let installed = runner.bash(&text(at(step(steps, "run", "cargo "), &["run"])), &github(&runner));
    assert_eq!(installed.status, Some(0), "{}", runner.read("asked"));
    assert!(runner.read("asked").ends_with("cargo install --locked --path sockspec/spec-tests/cli\n"));
    let summary = runner.path().join("summary.md");
    fs::remove_file(&summary).unwrap();
    let said = runner.bash(&text(at(step(steps, "run", "sockspec "), &["run"])), &github(&runner));
    assert_eq!(said.status, Some(status), "{said:?}");
    assert!(said.stdout.contains(verdict), "{}", said.stdout);
    let annotated = said.stdout.lines().any(|line| line.starts_with("::error "));
    assert_eq!(annotated, status == 1, "{}", said.stdout);
    assert!(!fs::read_to_string(summary).unwrap().is_empty(), "the job has its summary");
}

#[test]
fn the_action_builds_the_program_where_there_is_none() {
    let (runner, action) = (Runner::new(KNOWN), load("github/action.yml"));
    fs::remove_file(runner.path().join("bin/sockspec")).unwrap();
    let install = &at(&action, &["runs", "steps"]).as_sequence().unwrap()[0];
    let source = BTreeMap::from([("SOURCE".to_owned(), text(at(&action, &["inputs", "source", "default"])))]);
    let script =
        text(at(install, &["run"])).replace("command -v sockspec", "command -v sockspec-that-is-missing");
    assert_eq!(runner.bash(&script, &source).status, Some(0));
    assert_eq!(runner.read("asked"), "cargo install --locked --path sockspec/spec-tests/cli\n");
}

#[rstest]
#[case(&[("SOCKSPEC_SUBJECT", "reference"), ("SOCKSPEC_EXPECT", "expectations/cpython.toml")], 0, "gate: green")]
#[case(&[("SOCKSPEC_SUBJECT", "reference"), ("SOCKSPEC_EXPECT", "expectations/cpython.toml"), ("SOCKSPEC_REPEAT", "2")], 0, "gate: green")]
#[case(&[("SOCKSPEC_DRIVER", "PROGRAM drive reference"), ("SOCKSPEC_EXPECT", "expectations/cpython.toml")], 0, "gate: green")]
#[case(&[("SOCKSPEC_SUBJECT", "reference")], 1, "module/wrong-on-purpose")]
#[case(&[("SOCKSPEC_SUBJECT", "reference"), ("SOCKSPEC_EXPECT", "nowhere.toml")], 2, "nowhere.toml")]
#[case(&[("SOCKSPEC_SUBJECT", "reference"), ("SOCKSPEC_SHARD", "5/4")], 2, "write which part of how many: 3/10")]
#[case(&[("SOCKSPEC_DRIVER", "/nonexistent")], 3, "/nonexistent")]
fn the_gate_does_as_its_environment_says(
    #[case] environment: &[(&str, &str)],
    #[case] status: i32,
    #[case] words: &str,
) {
    let runner = Runner::new(KNOWN);
    let value = |value: &str| value.replace("PROGRAM", env!("CARGO_BIN_EXE_sockspec"));
    let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
    let said = runner.bash("sockspec-gate", &environment);
    assert_eq!(said.status, Some(status), "{said:?}");
    let all = said.stdout + &said.stderr;
    assert!(all.contains(words), "{words:?} in {all}");
}
