//! Scripts that `sockspec repro` writes: they come to the verdict that the suite comes to.
//!
//! A fixed sample, spread over the suite, keeps this short; `ci/scripts-agree.sh` takes every case.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{bare, say, scripts_can_run};
use rstest::rstest;
use sockspec_cases::{Case, LabNeed, Suite};
use sockspec_engine::{Peer, RunFacts, run_case};
use sockspec_events::Verdict;
use sockspec_fixtures::Fixtures;
use sockspec_subject::{Call, Description, Fault, Outcome, Subject};
use sockspec_wire::Limits;
use sockspec_wire::json::{Body, parse_reply};

/// Every so many cases one is taken; prime, so that no table's period hides a row.
const STRIDE: usize = 17;

fn suite() -> Suite {
    Fixtures::embedded().suite().unwrap_or_default()
}

fn sample(suite: &Suite, stride: usize) -> Vec<&Case> {
    suite.cases.iter().step_by(stride).collect()
}

/// Runs the sample on the subject: each case's verdict.
fn verdicts(subject: &str, sample: &[&Case], folder: &Path) -> BTreeMap<String, Verdict> {
    let report = folder.join("report.json");
    let mut command = bare();
    command.args(["run", subject, "--json"]).arg(&report);
    sample.iter().for_each(|case| {
        command.args(["--case", &case.id]);
    });
    assert!(matches!(command.output().unwrap().status.code(), Some(0 | 1)));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    let cases = report["cases"].as_array().unwrap().iter();
    cases
        .map(|case| {
            let verdict = serde_json::from_value(case["verdict"].clone()).unwrap();
            (case["id"].as_str().unwrap().to_owned(), verdict)
        })
        .filter(|(_, verdict)| !matches!(verdict, Verdict::NotApplicable | Verdict::NotRun))
        .collect()
}

/// Writes the sample into the folder in one form, as far as that form can say it.
fn write(sample: &[&Case], form: &str, folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut command = bare();
    command.args(["repro", "--as", form, "-o"]).arg(folder).arg(&sample[0].id);
    sample[1..].iter().for_each(|case| {
        command.args(["--case", &case.id]);
    });
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    let mut written = BTreeMap::new();
    for case in sample {
        let extension = if form == "python" { "py" } else { "jsonl" };
        let path = folder.join(format!("{}.{extension}", case.id.replace('/', "__")));
        if path.exists() {
            written.insert(case.id.clone(), path);
        } else {
            let why = said.lines().find(|line| line.contains(&format!(" {}: ", case.id)));
            assert!(why.is_some_and(|why| why.contains("`--as python` writes a script that can")), "{said}");
        }
    }
    written
}

/// Runs the shell's words for each file, in the lab that its case needs: status and output.
fn in_labs(
    suite: &Suite,
    files: &BTreeMap<String, PathBuf>,
    words: &str,
) -> BTreeMap<String, (String, String)> {
    let mut by_lab: BTreeMap<&str, Vec<&PathBuf>> = BTreeMap::new();
    for (id, path) in files {
        let lab = match &suite.case(id).unwrap().lab {
            LabNeed::Lab(name) => name,
            _ => "default",
        };
        by_lab.entry(lab).or_default().push(path);
    }
    for (lab, paths) in by_lab {
        let each = format!("for f; do {words} >\"$f.out\" 2>&1 </dev/null; echo $? >\"$f.status\"; done");
        let mut command = bare();
        command.args(["lab", "--lab", lab, "--", "sh", "-c", &each, "sh"]).args(&paths);
        command.env("SOCKSPEC", env!("CARGO_BIN_EXE_sockspec"));
        assert!(command.output().unwrap().status.success());
    }
    let read = |path: &Path, end: &str| {
        fs::read_to_string(format!("{}.{end}", path.display())).unwrap().trim().to_owned()
    };
    files.iter().map(|(id, path)| (id.clone(), (read(path, "status"), read(path, "out")))).collect()
}

#[test]
fn a_script_comes_to_the_verdict_of_its_case() {
    if !scripts_can_run() {
        return;
    }
    let (suite, folder) = (suite(), tempfile::tempdir().unwrap());
    let sample = sample(&suite, STRIDE);
    assert!(sample.len() >= 150, "{} cases", sample.len());
    let verdicts = verdicts("python3", &sample, folder.path());
    let files = write(&sample, "python", folder.path());
    let outcomes = in_labs(&suite, &files, "python3 \"$f\"");
    let mut wrong = Vec::new();
    for (id, verdict) in &verdicts {
        let (status, output) = &outcomes[id];
        let last = output.lines().last().unwrap_or_default();
        let agrees = match verdict {
            Verdict::Pass => status == "0" && last == "as the document says",
            Verdict::Allowed => status == "0" && last.starts_with("allowed: "),
            Verdict::Fail | Verdict::Hang => status == "1" && last == "departs",
            Verdict::Unsupported => status == "2" && last.starts_with("cannot say: "),
            _ => false,
        };
        if !agrees {
            wrong.push(format!("{id}: {verdict}, but the script ends with {status}:\n{output}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Gives the replies of a driver, one after the other, as a subject's outcomes.
struct Replayed {
    description: Description,
    outcomes: std::vec::IntoIter<Outcome>,
}

impl Subject for Replayed {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(self.description.clone())
    }

    fn call(&mut self, _: &Call) -> Result<Outcome, Fault> {
        Ok(self.outcomes.next().unwrap())
    }

    fn reset(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

fn replayed(replies: &str) -> Replayed {
    let mut description = None;
    let mut outcomes = Vec::new();
    for line in replies.lines() {
        let reply = parse_reply(line.as_bytes(), &Limits::default());
        match reply.unwrap_or_else(|error| panic!("{error}: {line}")).body {
            Body::Hello { description: hello, .. } => description = Some(hello),
            Body::Outcome(outcome) => outcomes.push(outcome),
            other => panic!("{other:?}"),
        }
    }
    Replayed { description: description.unwrap(), outcomes: outcomes.into_iter() }
}

#[rstest]
#[case("python3", "python3 ../drivers/python/sockspec_driver.py <\"$f\"")]
#[case("reference", "$SOCKSPEC drive reference <\"$f\"")]
fn requests_lead_a_driver_to_the_verdict_of_the_case(#[case] subject: &str, #[case] words: &str) {
    if !scripts_can_run() {
        return;
    }
    let (suite, folder) = (suite(), tempfile::tempdir().unwrap());
    // Where paths lie is left to whoever runs the driver.
    let sample: Vec<&Case> = sample(&suite, 3 * STRIDE)
        .into_iter()
        .filter(|case| !format!("{:?}", case.steps).contains("Path {"))
        .collect();
    let verdicts = verdicts(subject, &sample, folder.path());
    let files = write(&sample, "wire", folder.path());
    assert!(files.len() * 2 > sample.len(), "{} of {}", files.len(), sample.len());
    // Standard input is the requests: the redirection nearest to the driver wins.
    let outcomes = in_labs(&suite, &files, &format!("{{ {words}; }}"));
    let mut wrong = Vec::new();
    for (id, (status, replies)) in &outcomes {
        let Some(verdict) = verdicts.get(id) else { continue };
        assert_eq!(status, "0", "{id}: {replies}");
        let mut subject = replayed(replies);
        let mut facts = RunFacts::new(&subject.description, "/nowhere");
        let mut peer = Peer::new(Duration::from_secs(1));
        let result = run_case(suite.case(id).unwrap(), &mut subject, &mut peer, &mut facts, &mut |_, _| {});
        if result.verdict != *verdict {
            wrong.push(format!("{id}: {verdict}, but the replies say {}:\n{replies}", result.verdict));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn repro(args: &[&str]) -> common::Said {
    say(["repro"].iter().chain(args).map(OsStr::new))
}

#[test]
fn a_file_of_cases_need_lie_nowhere_and_say_no_format() {
    let folder = tempfile::tempdir().unwrap();
    let printed = repro(&["module/wrong-on-purpose", "--as", "case"]).stdout;
    assert!(printed.starts_with("[[case]]\nid = \"module/wrong-on-purpose\"\n"), "{printed}");
    let path = folder.path().join("saved.toml");
    let second = printed.replace("wrong-on-purpose", "second");
    fs::write(&path, format!("{printed}\n{second}")).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(repro(&[path, "--case", "module/wrong-on-purpose", "--as", "case"]).stdout, printed);
    assert_eq!(repro(&[path, "--case", "module/second", "--as", "case"]).stdout, second);
    let several = repro(&[path]);
    assert_eq!(several.status, Some(2));
    assert!(several.stderr.contains("these are 2 cases: name one"), "{}", several.stderr);
    fs::write(folder.path().join("bad.toml"), "[[case]]\nid = 3\n").unwrap();
    let bad = repro(&[folder.path().join("bad.toml").to_str().unwrap()]);
    assert_eq!(bad.status, Some(2));
    assert!(bad.stderr.contains("bad.toml:2: `id` is an integer"), "{}", bad.stderr);
}

#[rstest]
#[case(&["module/wrong-on-purpos"], "the nearest: module/wrong-on-purpose")]
#[case(&["module/wrong-on-purpose", "--module", "os; x"], "write a module's name: a.b")]
#[case(&["gone.toml"], "the cases in gone.toml cannot be read")]
#[case(&["module/wrong-on-purpose", "-o", "/dev/null/x"], "cannot be written to /dev/null/x")]
fn what_cannot_be_written_is_said(#[case] args: &[&str], #[case] words: &str) {
    let said = repro(args);
    assert_eq!(said.status, Some(2));
    assert!(said.stderr.contains(words), "{}", said.stderr);
}
