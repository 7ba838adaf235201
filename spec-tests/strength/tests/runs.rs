//! Whole measurements, on a suite of three cases. Its `main` is written out: a worker is this binary once more.

use std::process::ExitCode;
use std::time::Duration;

use sockspec_cases::{File, Suite};
use sockspec_engine::{Cancel, LabFile};
use sockspec_fixtures::Fixtures;
use sockspec_reference_subject::ReferenceSubject;
use sockspec_strength::{Reach, Report, Setup, find, measure, subject};

const FILES: [(&str, &str); 3] = [
    ("clauses/sections.toml", "format = 1\norder = [\"byte-order\"]\n"),
    (
        "clauses/byte-order.toml",
        r#"
format = 1
section = "byte-order"
title = "Byte order"
place = "module functions"

[[clause]]
id = "byte-order.ntohs-swap"
text = "ntohs swaps."
demands = "subject"
kind = "testable"
origin = "chapter"
source = "X-1"
editions = ["2.2", "3"]

[[clause]]
id = "byte-order.htons-swap"
text = "htons swaps."
demands = "subject"
kind = "testable"
origin = "chapter"
source = "X-2"
editions = ["2.2", "3"]
"#,
    ),
    (
        "cases/byte-order/all.toml",
        r#"
format = 1

[[table]]
id = "byte-order/ntohs"
clause = ["byte-order.ntohs-swap"]
basis = "documented"
call = "ntohs"
rows = [
  { id = "one", args = [1], returns = 256 },
  { id = "zero", args = [0], returns = 0 },
]

[[case]]
id = "byte-order/waits"
clause = ["byte-order.htons-swap"]
basis = "documented"
steps = [{ call = "htons", args = [1], returns = { any = "int" } }]
"#,
    ),
];

fn suite() -> Result<Suite, String> {
    let files: Vec<File<'_>> = FILES.iter().map(|(path, text)| File { path, text }).collect();
    Suite::load(&files, &[]).map_err(|errors| errors.to_string())
}

fn labs() -> Vec<LabFile> {
    let fixtures = Fixtures::embedded();
    let texts = fixtures.lab_texts();
    texts.map(|(path, text)| LabFile { path: path.to_owned(), text: text.to_owned() }).collect()
}

fn measured(faults: &[&str], reach: Reach) -> Result<Report, String> {
    let suite = suite()?;
    let setup = Setup {
        suite: &suite,
        cases: suite.cases.clone(),
        faults: faults.iter().filter_map(|id| find(id)).collect(),
        reach,
        checks: Vec::new(),
        everywhere: false,
        labs: labs(),
        jobs: 2,
        timeout: Duration::from_secs(5),
    };
    let cancel = Cancel::new().map_err(|error| error.to_string())?;
    measure(&setup, &cancel, &mut |_| {}).map_err(|error| error.to_string())
}

fn check() -> Result<(), String> {
    for reach in [Reach::All, Reach::Needed] {
        whole(&measured(&["ntohs-unswapped", "ntohl-unswapped", "htons-as-long"], reach)?)?;
    }
    let quick = measured(&["ntohs-unswapped", "ntohl-unswapped", "htons-as-long"], Reach::FirstKill)?;
    same(&(quick.score.killed, quick.score.tried, quick.idle.len()), &(1, 3, 0))?;
    // A fault of today's edition is judged by it.
    let report = measured(&["ntohs-wraps"], Reach::All)?;
    same(&report.faults[0].edition.as_str(), &"3")?;
    same(&report.score.percent().to_string().as_str(), &"0")
}

fn whole(report: &Report) -> Result<(), String> {
    let kills: Vec<(&str, &[String])> =
        report.faults.iter().map(|fault| (fault.fault.as_str(), fault.cases.as_slice())).collect();
    let one = ["byte-order/ntohs/one".to_owned()];
    same(&kills, &vec![("ntohs-unswapped", &one[..]), ("ntohl-unswapped", &[]), ("htons-as-long", &[])])?;
    same(&(report.score.killed, report.score.tried), &(1, 3))?;
    same(
        &report.survivors.iter().map(|one| one.fault.as_str()).collect(),
        &vec!["ntohl-unswapped", "htons-as-long"],
    )?;
    same(&report.survivors[1].clauses[0].1.as_str(), &"htons swaps.")?;
    same(
        &report.idle.iter().map(|one| one.case.as_str()).collect(),
        &vec!["byte-order/ntohs/zero", "byte-order/waits"],
    )?;
    let clauses: Vec<(usize, usize)> =
        report.clauses.iter().map(|one| (one.faults, one.killed_by_own)).collect();
    same(&clauses, &vec![(1, 1), (1, 0)])
}

fn same<T: PartialEq + std::fmt::Debug>(got: &T, wanted: &T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("got {got:?}\nwanted {wanted:?}")) }
}

fn main() -> ExitCode {
    let make = |name: &str| -> Option<Box<dyn sockspec_subject::Subject>> {
        if name == "reference" {
            return Some(Box::new(ReferenceSubject::new()));
        }
        subject(name)
    };
    if let Some(code) = sockspec_engine::worker_entry(&make, &Vec::new) {
        return code;
    }
    match check() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
