//! Commands that start nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use libtest_mimic::{Failed, Trial};
use sockspec_process::{DriverCommand, ProcessSubject};
use sockspec_subject::{Fault, Subject};

use crate::scene::ample;

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("spawning/commands-that-start-nothing", start_nothing)]
}

fn start_nothing() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let here = folder.path().to_str().unwrap().to_owned();
    let cases = [
        (vec![], "the command is empty".to_owned()),
        (vec![format!("{here}/none")], format!("there is no file {here}/none")),
        (vec!["./none/such".to_owned()], "there is no file ./none/such".to_owned()),
        (vec!["no-such-program".to_owned()], "there is no program no-such-program on PATH".to_owned()),
        (vec![file("plain", "", 0o644)], format!("{here}/plain is not executable: chmod +x it")),
        (vec![here.clone()], format!("{here} is a directory")),
        (
            vec![file("orphan", "#!/no/such/interpreter\n", 0o755)],
            format!("{here}/orphan is there, but the interpreter that it asks for is not"),
        ),
    ];
    for (argv, says) in cases {
        let mut subject = ProcessSubject::new(DriverCommand::new(argv), ample());
        let fault = subject.describe().unwrap_err();
        assert!(matches!(fault, Fault::Start { .. }), "{fault:?}");
        assert!(fault.to_string().contains(&says), "{fault}");
    }
    Ok(())
}
