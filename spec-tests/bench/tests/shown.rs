//! What is shown of figures that were made up: tables, pages, findings, what is kept and compared.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use rstest::rstest;
use sockspec_bench::{Contender, Measuring, Plan, Results};
use sockspec_engine::bench::{Cores, Measured, Refused, Round, Scenario, Shape, echo, resolver};

/// Takes as long as it is told to.
struct Steady {
    label: &'static str,
    nanoseconds: Takes,
}

impl Contender for Steady {
    fn label(&self) -> &str {
        self.label
    }

    fn turn(&mut self, scenario: &Scenario, round: &Round) -> Result<Measured, Refused> {
        match ((self.nanoseconds)(scenario), &scenario.shape) {
            (0, _) => Err(Refused::Lacks("unsupported: <b>nothing</b> & more".to_owned())),
            (1, _) => Err(Refused::Wrong("byte 3 came back as 0x00 instead of 0x01".to_owned())),
            (one, Shape::Call { .. }) => Ok(Measured { nanoseconds: vec![one * round.times] }),
            (one, Shape::Echo(_)) => {
                Ok(Measured { nanoseconds: vec![one; usize::try_from(round.times).unwrap()] })
            }
        }
    }
}

/// A server that waits for an acknowledgement where it sends in pieces.
fn documented(scenario: &Scenario) -> u64 {
    match &scenario.shape {
        Shape::Echo(echo) if echo.is_in_pieces() && echo.transport.is_tcp() && !echo.nodelay => 44_000_000,
        Shape::Echo(echo) if echo.is_in_pieces() => 13_000,
        _ => 4_000,
    }
}

/// How long a scenario takes somebody; 0 for one that lacks it, 1 for one that does it wrong.
type Takes = fn(&Scenario) -> u64;

fn results(ids: &[&str], contenders: &[(&'static str, Takes)]) -> Results {
    let plan = Plan {
        rounds: 3,
        sittings: 2,
        turn: Duration::from_micros(100),
        cores: Cores::Shared(1),
        interval: None,
    };
    let subjects =
        contenders.iter().map(|(label, _)| ((*label).to_owned(), "made up 1.0".to_owned())).collect();
    let mut results = Results::new("0.0.0", "floor", subjects, plan.cores);
    (results.load_before, results.real_time, results.starts) = (0.0, true, plan.sittings);
    for scenario in [resolver(), echo()].concat() {
        if !ids.contains(&scenario.id.as_str()) {
            continue;
        }
        let mut steady: Vec<Steady> =
            contenders.iter().map(|&(label, nanoseconds)| Steady { label, nanoseconds }).collect();
        let mut turns: Vec<&mut dyn Contender> =
            steady.iter_mut().map(|one| one as &mut dyn Contender).collect();
        let mut measuring = Measuring::new(&scenario);
        for sitting in 0..plan.sittings {
            measuring.sit(&mut turns, &plan, sitting, &mut || true);
        }
        let mut result = measuring.result().unwrap();
        result.compare("floor", "reference");
        results.scenarios.push(result);
    }
    results.conclude();
    results
}

const ECHOES: [&str; 4] = [
    "echo/server/tcp4/64",
    "echo/server/tcp4/4096",
    "echo/server/tcp4/4096/nodelay",
    "echo/server/tcp4/4096/whole",
];

#[test]
fn a_table() {
    let results = results(
        &[
            "resolver/numeric-ipv4",
            "echo/server/tcp4/64",
            "echo/server/tcp4/4096",
            "echo/server/tcp4/4096/nodelay",
        ],
        &[
            ("floor", documented),
            ("reference", documented),
            ("half as fast", |scenario| documented(scenario) * 2),
            ("lacking", |_| 0),
            ("wrong", |_| 1),
            ("a driver by a command that is long", documented),
        ],
    );
    insta::assert_snapshot!(results.text(100));
    assert!(results.is_wrong());
}

#[test]
fn a_stall_is_a_finding_with_what_shows_its_cause_and_no_noise() {
    let results = results(&ECHOES, &[("floor", documented), ("reference", documented)]);
    let [finding] = results.findings.as_slice() else { unreachable!("{:?}", results.findings) };
    assert_eq!(finding.name, "nagle-delayed-ack");
    assert_eq!(finding.scenarios, ["echo/server/tcp4/4096"]);
    assert_eq!(
        finding.evidence,
        [
            "echo/server/tcp4/4096: 44.0 ms a message (floor, reference); with TCP_NODELAY 13.0 µs; read at once 4000 ns"
        ]
    );
    assert!(results.warnings.is_empty(), "{:?}", results.warnings);
}

#[test]
fn where_nothing_stalls_there_is_no_finding() {
    let results = results(&ECHOES, &[("floor", |_| 4_000), ("reference", |_| 4_000)]);
    assert!(results.findings.is_empty() && !results.is_wrong());
}

#[test]
fn a_slow_subject_alone_is_no_finding() {
    let results = results(&ECHOES[..1], &[("floor", |_| 4_000), ("slow", |_| 44_000_000)]);
    assert!(results.findings.is_empty(), "it was not asked for more than it reads at once");
}

#[test]
fn nothing_that_a_subject_says_is_markup() {
    let label = "<script>alert(1)</script>";
    let results = results(&ECHOES, &[("floor", documented), (label, documented), ("lacking", |_| 0)]);
    let page = results.html().unwrap();
    assert!(!page.contains("<script"), "a label became an element");
    assert!(!page.contains("<b>nothing</b>"), "a reason became an element");
    assert!(page.contains("script&gt;") || page.contains("script&#62;"));
    assert!(page.contains("<svg") && page.contains("Finding: nagle-delayed-ack"));
    assert!(!page.contains("http://") || !page.contains("src="), "it loads nothing");
}

#[test]
fn what_is_kept_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.json");
    let kept = results(&ECHOES, &[("floor", documented), ("reference", documented), ("lacking", |_| 0)]);
    kept.save(&path).unwrap();
    let read = Results::read(&path).unwrap();
    assert_eq!(read.findings, kept.findings);
    assert_eq!(read.scenarios.len(), kept.scenarios.len());
    assert_eq!(read.scenarios[0].measurements[1].of_floor, kept.scenarios[0].measurements[1].of_floor);
    assert!(kept.slower_than(&read, 0.01).is_empty());
}

#[rstest]
#[case::as_fast(|_: &Scenario| 4_000, 0.1, None)]
#[case::a_little_slower(|_: &Scenario| 4_200, 0.1, None)]
#[case::slower(|_: &Scenario| 5_000, 0.1, Some(Some(0.8)))]
#[case::within_the_threshold(|_: &Scenario| 5_000, 0.3, None)]
#[case::gone(|_: &Scenario| 0, 0.3, Some(None))]
fn who_is_slower_beside_the_floor_is_named(
    #[case] now: Takes,
    #[case] threshold: f64,
    #[case] slower: Option<Option<f64>>,
) {
    let id = ["echo/server/tcp4/64"];
    let before = results(&id, &[("floor", |_| 4_000), ("subject", |_| 4_000)]);
    let now = results(&id, &[("floor", |_| 4_000), ("subject", now)]);
    let found = now.slower_than(&before, threshold);
    assert_eq!(found.iter().map(|difference| difference.now).collect::<Vec<_>>(), Vec::from_iter(slower));
    assert!(found.iter().all(|difference| difference.label == "subject" && difference.scenario == id[0]));
}

#[test]
fn what_was_taken_otherwise_is_not_compared() {
    let taken = || results(&ECHOES[..1], &[("floor", |_| 4_000), ("subject", |_| 4_000)]);
    assert_eq!(taken().incomparable_with(&taken()), None);
    let mut apart = taken();
    apart.cores = Cores::Apart(0, 1);
    assert!(taken().incomparable_with(&apart).is_some());
    let mut preempted = taken();
    preempted.real_time = false;
    assert!(taken().incomparable_with(&preempted).is_some());
    let mut paced = taken();
    paced.rate = Some(1000.0);
    assert!(taken().incomparable_with(&paced).is_some());
    let other = results(&ECHOES[1..2], &[("floor", documented), ("subject", documented)]);
    assert!(taken().incomparable_with(&other).is_some());
}
