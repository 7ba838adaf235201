//! How drivers leave, and that nobody stays behind.

use libtest_mimic::{Failed, Trial};
use sockspec_process::{Leaving, ProcessSubject};
use sockspec_subject::Subject;
use sockspec_wire::Limits;

use crate::scene::{SHORT, Scene, ample};

/// Behaviour, whether it is waited for, what it took, what is said.
const TABLE: &[(&str, bool, Leaving, &str)] = &[
    ("good", true, Leaving::Left, "left at the end of its input with exit status 0"),
    ("leaves-with-4", true, Leaving::Left, "left at the end of its input with exit status 4"),
    ("leaves-a-child", true, Leaving::Left, "left at the end of its input with exit status 0"),
    ("stays", false, Leaving::Terminated, "did not leave at the end of its input; it left at SIGTERM"),
    (
        "stays-and-ignores-sigterm",
        false,
        Leaving::Killed,
        "did not leave at the end of its input and ignored SIGTERM; it was killed",
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    TABLE
        .iter()
        .map(|(behaviour, waited, how, says)| {
            Trial::test(format!("leaving/{behaviour}"), move || one(behaviour, *waited, *how, says))
        })
        .collect()
}

fn one(behaviour: &str, waited: bool, how: Leaving, says: &str) -> Result<(), Failed> {
    let scene = Scene::new();
    let leave = if waited { ample().leave } else { SHORT };
    let mut subject = ProcessSubject::new(scene.command(behaviour), Limits { leave, ..ample() });
    subject.describe()?;
    let left = subject.shutdown().unwrap();
    assert_eq!(left.how, how);
    assert_eq!(left.to_string(), says);
    assert_eq!(left.clean, says.ends_with("exit status 0"));
    assert_eq!(left.stderr, if behaviour == "leaves-with-4" { "could not clean up\n" } else { "" });
    scene.nothing_is_left();
    Ok(())
}
