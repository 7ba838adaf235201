//! The pipelines that users copy: their parts fit together, and whatever they take from elsewhere is pinned.
//!
//! What the program makes of their commands is tried in `spec-tests/cli/tests/pipelines.rs`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a broken rule fails its test")]

use std::collections::BTreeSet;
use std::fs;

use saphyr::{LoadableYamlNode, Yaml};
use sockspec_ci_checks::root;

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(text: &str) -> Yaml<'_> {
    let mut documents = Yaml::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1, "one document");
    documents.remove(0)
}

fn maybe<'y>(node: &'y Yaml<'y>, path: &[&str]) -> Option<&'y Yaml<'y>> {
    path.iter().try_fold(node, |node, key| node.as_mapping_get(key))
}

fn at<'y>(node: &'y Yaml<'y>, path: &[&str]) -> &'y Yaml<'y> {
    maybe(node, path).unwrap_or_else(|| panic!("{} is missing in {node:?}", path.join(".")))
}

fn word<'y>(node: &'y Yaml<'y>, path: &[&str]) -> &'y str {
    at(node, path).as_str().unwrap_or_else(|| panic!("{} is no text", path.join(".")))
}

fn keys(node: &Yaml<'_>) -> BTreeSet<String> {
    node.as_mapping().unwrap().keys().map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn list<'y>(node: &'y Yaml<'y>, path: &[&str]) -> &'y [Yaml<'y>] {
    at(node, path).as_sequence().unwrap_or_else(|| panic!("{} is no list", path.join(".")))
}

/// The words after `prefix` in a text, up to what cannot be in a name.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    let end = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c));
    text.match_indices(prefix)
        .map(|(start, _)| &text[start + prefix.len()..])
        .map(|rest| rest[..end(rest).unwrap_or(rest.len())].to_owned())
        .collect()
}

const WORKFLOW: &str = "ci/pipelines/github/workflow.yml";
const ACTION: &str = "ci/pipelines/github/action.yml";
const GITLAB: &str = "ci/pipelines/gitlab-ci.yml";
const GATE: &str = "ci/pipelines/gate.sh";
const DOCKERFILE: &str = "ci/pipelines/Dockerfile";

#[test]
fn foreign_actions_are_pinned_to_a_commit_and_say_which_version_it_is() {
    let text = text(WORKFLOW);
    let mut foreign = 0;
    for (at, line) in text.lines().enumerate() {
        let Some((_, used)) = line.split_once("uses: ") else { continue };
        if used.starts_with("./") {
            continue;
        }
        foreign += 1;
        let place = format!("{WORKFLOW}:{}: {used}", at + 1);
        let (name, version) = used.split_once(" # v").unwrap_or_else(|| panic!("{place}: no version"));
        let commit = name.split_once('@').unwrap_or_else(|| panic!("{place}: not pinned")).1;
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{place}");
        assert_eq!(version.split('.').count(), 3, "{place}: name the whole version");
    }
    assert_eq!(foreign, 4, "the check sees them all");
}

#[test]
fn shards_artifacts_and_reports_of_the_workflow_fit_together() {
    let (workflow, action) = (text(WORKFLOW), text(ACTION));
    let (workflow, action) = (yaml(&workflow), yaml(&action));
    let shard = at(&workflow, &["jobs", "shard"]);
    let numbers: Vec<i64> = list(shard, &["strategy", "matrix", "shard"])
        .iter()
        .map(|number| number.as_integer().unwrap())
        .collect();
    let of = i64::try_from(numbers.len()).unwrap();
    assert_eq!(numbers, (1..=of).collect::<Vec<_>>(), "every shard once");

    let step = |job: &str, start: &str| -> Yaml<'_> {
        let steps = list(&workflow, &["jobs", job, "steps"]);
        let uses = |step: &&Yaml<'_>| {
            maybe(step, &["uses"]).and_then(Yaml::as_str).is_some_and(|uses| uses.starts_with(start))
        };
        steps.iter().find(uses).unwrap_or_else(|| panic!("{job} uses no {start}")).clone()
    };
    let own = step("shard", "./");
    let path = word(&own, &["uses"]).trim_start_matches("./sockspec/");
    assert!(root().join(path).join("action.yml").is_file(), "{path} is this repository's");
    assert_eq!(word(&own, &["with", "shard"]), format!("${{{{ matrix.shard }}}}/{of}"));
    let inputs = keys(at(&action, &["inputs"]));
    let given = keys(at(&own, &["with"]));
    assert!(given.is_subset(&inputs), "{given:?} of {inputs:?}");

    // What the action writes goes up under a name of each shard's own, and comes down into one folder.
    let reports = word(&action, &["inputs", "reports", "default"]);
    let (up, down) = (step("shard", "actions/upload-artifact@"), step("gate", "actions/download-artifact@"));
    assert_eq!((word(&up, &["with", "path"]), word(&down, &["with", "path"])), (reports, reports));
    assert_eq!(word(&up, &["if"]), "always()", "a red shard leaves its report too");
    let prefix = word(&down, &["with", "pattern"]).strip_suffix('*').unwrap();
    assert_eq!(word(&up, &["with", "name"]), format!("{prefix}${{{{ matrix.shard }}}}"));
    assert_eq!(at(&down, &["with", "merge-multiple"]).as_bool(), Some(true));

    let gate = at(&workflow, &["jobs", "gate"]);
    assert_eq!((word(gate, &["needs"]), word(gate, &["if"])), ("shard", "always()"));
    let merge = list(gate, &["steps"])
        .iter()
        .find_map(|step| maybe(step, &["run"])?.as_str()?.strip_prefix("sockspec "));
    let merge = merge.unwrap();
    assert!(merge.starts_with(&format!("merge {reports}/*.json ")), "{merge}");
    assert!(merge.contains(&format!("--expect {}", word(&own, &["with", "expect"]))), "{merge}");
    assert_eq!(word(&workflow, &["permissions", "contents"]), "read");
}

#[test]
fn every_input_of_the_action_is_declared_and_used() {
    let text = text(ACTION);
    let action = yaml(&text);
    assert_eq!(names(&text, "${{ inputs."), keys(at(&action, &["inputs"])));
    for step in list(&action, &["runs", "steps"]) {
        assert_eq!(word(step, &["shell"]), "bash");
        // An input in the middle of a script would be run as part of it.
        assert!(!word(step, &["run"]).contains("${{"), "{}: use `env`", word(step, &["name"]));
    }
}

#[test]
fn the_gate_knows_every_variable_that_is_set_for_it() {
    let gate = text(GATE);
    let known = names(&gate, "#   SOCKSPEC");
    assert!(known.len() >= 8, "{known:?}");
    for name in [ACTION, GITLAB, DOCKERFILE] {
        let mut set = names(&text(name), "SOCKSPEC_");
        // GitLab's own: where the image is.
        set.remove("IMAGE");
        for variable in set {
            assert!(
                known.contains(&format!("_{variable}")),
                "{name} sets SOCKSPEC_{variable}, which {GATE} does not know"
            );
        }
    }
    let used = &names(&gate, "${SOCKSPEC") | &names(&gate, "$SOCKSPEC");
    assert_eq!(used, known, "what is said is used, and the other way round");
}

#[test]
fn shards_and_reports_of_gitlab_fit_together() {
    let text = text(GITLAB);
    let file = yaml(&text);
    let (shard, gate) = (at(&file, &["sockspec-shard"]), at(&file, &["sockspec-gate"]));
    let stages: Vec<&str> = list(&file, &["stages"]).iter().filter_map(Yaml::as_str).collect();
    assert_eq!(stages, [word(shard, &["stage"]), word(gate, &["stage"])], "the gate comes last");
    for job in [shard, gate] {
        assert!(maybe(&file, &[word(job, &["extends"])]).is_some());
    }
    assert!(at(shard, &["parallel"]).as_integer().unwrap() > 1);
    let script = list(shard, &["script"])[0].as_str().unwrap();
    assert!(script.contains("SOCKSPEC_SHARD=\"$CI_NODE_INDEX/$CI_NODE_TOTAL\""), "{script}");
    let folder = list(shard, &["artifacts", "paths"])[0].as_str().unwrap();
    let own = "${SOCKSPEC_REPORTS:-".to_owned() + folder.trim_end_matches('/') + "}";
    assert!(self::text(GATE).contains(&own), "{GATE} leaves its reports in {folder}");
    assert!(word(shard, &["artifacts", "reports", "junit"]).starts_with(folder));
    assert_eq!((word(shard, &["artifacts", "when"]), word(gate, &["when"])), ("always", "always"));
    let merge = list(gate, &["script"])[0].as_str().unwrap();
    assert!(merge.starts_with(&format!("sockspec merge {folder}*.json ")), "{merge}");
    assert!(merge.ends_with(word(shard, &["variables", "SOCKSPEC_EXPECT"])), "{merge}");
}

/// Each instruction with its rest, lines that go on put together.
fn instructions(dockerfile: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = dockerfile.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let whole = lines.join("\n").replace("\\\n", " ");
    let split =
        |line: &str| line.split_once(' ').map(|(what, rest)| (what.to_owned(), rest.trim().to_owned()));
    whole.lines().filter_map(split).collect()
}

#[test]
fn the_image_is_built_of_what_is_there_and_asks_for_no_privileges() {
    let text = text(DOCKERFILE);
    let all = instructions(&text);
    let of = |what: &str| -> Vec<&str> {
        all.iter().filter(|(name, _)| name == what).map(|(_, rest)| rest.as_str()).collect()
    };
    let manifest: toml::Table = self::text("Cargo.toml").parse().unwrap();
    let least = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    assert!(
        of("FROM")[0].starts_with(&format!("rust:{least}-")),
        "the compiler that the workspace asks for: {least}"
    );
    for image in of("FROM") {
        let tag = image.split_whitespace().next().unwrap().split_once(':').map(|(_, tag)| tag);
        assert!(tag.is_some_and(|tag| tag != "latest"), "{image} names a release");
    }
    let ignored: Vec<String> = self::text(".dockerignore").lines().map(str::to_owned).collect();
    let mut installed = BTreeSet::new();
    for copied in of("COPY") {
        let words: Vec<&str> = copied.split_whitespace().collect();
        let [first, .., target] = words[..] else { panic!("COPY {copied}") };
        installed.extend(target.strip_prefix("/usr/local/bin/"));
        if first.starts_with("--from=") || first == "." {
            continue;
        }
        assert!(root().join(first).exists(), "COPY {first}: there is no such file");
        assert!(
            !ignored.iter().any(|name| first.starts_with(name.as_str())),
            "COPY {first}: .dockerignore leaves it out"
        );
    }
    assert_eq!(installed, ["sockspec", "sockspec-gate"].into());
    assert_eq!(of("CMD"), ["[\"sockspec-gate\"]"]);
    let user = *of("USER").last().unwrap();
    assert!(user.parse::<u32>().is_ok_and(|number| number > 0), "USER {user}: not root, by its number");
    for install in of("RUN") {
        assert!(!install.contains("cargo install") || install.contains("--locked"), "{install}");
    }
}
