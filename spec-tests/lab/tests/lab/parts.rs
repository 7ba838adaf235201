//! What this program does when a test starts it again: each part is one process that enters a lab, or is refused.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::process::{Command, ExitCode};
use std::thread;

use rustix::thread::UnshareFlags;
use sockspec_lab::{Lab, enter, probe, run_in};

use crate::{PART, inside, labs};

pub(crate) fn play(name: &str, arguments: &[String]) -> ExitCode {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match (name, arguments.as_slice()) {
        ("check", [lab, check]) => {
            let inner = entered(lab);
            inside::run(&inner, lab, check);
            ExitCode::SUCCESS
        }
        ("run", [lab, argv @ ..]) => {
            let set = labs();
            match run_in(set.get(lab).unwrap(), argv) {
                Ok(status) => ExitCode::from(u8::try_from(status).unwrap()),
                Err(error) => {
                    eprintln!("{error}");
                    ExitCode::from(99)
                }
            }
        }
        ("exit", [status]) => {
            entered("default");
            ExitCode::from(status.parse::<u8>().unwrap())
        }
        ("abort", []) => {
            entered("default");
            std::process::abort()
        }
        // Leaves a process behind that holds standard output open and would wait for ever.
        ("leave-orphan", []) => {
            entered("default");
            #[allow(clippy::zombie_processes)] // That nobody waits for it is the point.
            Command::new(std::env::current_exe().unwrap()).args([PART, "park"]).spawn().unwrap();
            ExitCode::SUCCESS
        }
        ("park", []) => parked(),
        ("enter-and-park", []) => {
            let _lab = entered("default");
            parked()
        }
        // Standard output ends long before the process does.
        ("close-stdout", []) => {
            let _lab = entered("default");
            rustix::stdio::dup2_stdout(File::open("/dev/null").unwrap()).unwrap();
            io::stdin().read_to_end(&mut Vec::new()).unwrap();
            ExitCode::from(3)
        }
        ("threads", []) => {
            let _other = thread::spawn(thread::park);
            let set = labs();
            match enter(set.get("default").unwrap()) {
                Ok(_) => ExitCode::SUCCESS,
                Err(error) => {
                    println!("{error}");
                    ExitCode::from(4)
                }
            }
        }
        // As on a machine whose limit for one kind of namespace is 0: a limit holds in a user namespace.
        ("limited", [kind]) => {
            into_user_namespace();
            fs::write(format!("/proc/sys/user/max_{kind}_namespaces"), "0").unwrap();
            print!("{}", probe());
            let set = labs();
            match enter(set.get("default").unwrap()) {
                Ok(inner) => println!("entered {:?}", inner.notes()),
                Err(error) => println!("refused {error}"),
            }
            ExitCode::SUCCESS
        }
        _ => panic!("no part `{name}` with {arguments:?}"),
    }
}

fn entered(lab: &str) -> Lab {
    let set = labs();
    enter(set.get(lab).unwrap()).unwrap()
}

fn into_user_namespace() {
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    #[allow(deprecated)] // Unsafe with another flag only; this program has no unsafe code.
    rustix::thread::unshare(UnshareFlags::NEWUSER).unwrap();
    fs::write("/proc/self/setgroups", "deny").unwrap();
    fs::write("/proc/self/uid_map", format!("0 {uid} 1")).unwrap();
    fs::write("/proc/self/gid_map", format!("0 {gid} 1")).unwrap();
}

fn parked() -> ExitCode {
    println!("ready");
    io::stdout().flush().unwrap();
    loop {
        thread::park();
    }
}
