//! What a lab does to the world around it: nothing.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{output, part, passed};

/// An account without any right, on every system.
const NOBODY: u32 = 65_534;

type Test = fn();

pub(crate) const TRIALS: &[(&str, Test)] = &[
    ("status_is_passed_on", status_is_passed_on),
    ("signal_is_passed_on", signal_is_passed_on),
    ("orphans_die_with_the_lab", orphans_die_with_the_lab),
    ("lab_dies_with_its_parent", lab_dies_with_its_parent),
    ("streams_end_when_closed_inside", streams_end_when_closed_inside),
    ("nothing_is_left", nothing_is_left),
    ("several_threads_are_refused", several_threads_are_refused),
    ("command", command),
    ("command_without_program", command_without_program),
    ("without_privilege", without_privilege),
    ("environment_is_cleaned", environment_is_cleaned),
    ("refused_pid_namespace", refused_pid_namespace),
    ("refused_network_namespace", refused_network_namespace),
];

fn status_is_passed_on() {
    assert_eq!(output(&["exit", "0"]).status.code(), Some(0));
    assert_eq!(output(&["exit", "7"]).status.code(), Some(7));
}

fn signal_is_passed_on() {
    let status = output(&["abort"]).status;
    // What ends the first process of a pid namespace that aborts is the kernel's choice.
    assert!(status.code().is_some_and(|code| code > 128));
}

/// Reads until everybody who could write is gone.
fn read_to_end(child: &mut Child) -> String {
    let mut stream = child.stdout.take().unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut descriptor = [PollFd::new(&stream, PollFlags::IN)];
        let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
        assert!(poll(&mut descriptor, Some(&patience)).unwrap() != 0, "somebody still holds standard output");
        let mut buffer = [0; 64];
        match stream.read(&mut buffer).unwrap() {
            0 => return String::from_utf8(bytes).unwrap(),
            length => bytes.extend_from_slice(&buffer[..length]),
        }
    }
}

fn orphans_die_with_the_lab() {
    let mut child = part(&["leave-orphan"]).stdout(Stdio::piped()).spawn().unwrap();
    read_to_end(&mut child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

fn lab_dies_with_its_parent() {
    let mut child = part(&["enter-and-park"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut ready = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    child.kill().unwrap();
    read_to_end(&mut child);
    assert!(!child.wait().unwrap().success());
}

fn streams_end_when_closed_inside() {
    let mut child = part(&["close-stdout"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(read_to_end(&mut child), "");
    assert_eq!(child.try_wait().unwrap(), None);
    child.stdin.take().unwrap().write_all(b"go on").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

fn nothing_is_left() {
    let world = || {
        let mut seen = vec![fs::read_to_string("/etc/hosts").unwrap()];
        for kind in ["net", "mnt", "uts", "pid", "user"] {
            seen.push(fs::read_link(format!("/proc/self/ns/{kind}")).unwrap().display().to_string());
        }
        seen.push(rustix::system::uname().nodename().to_string_lossy().into_owned());
        seen
    };
    let before = world();
    passed(&output(&["check", "default", "names_of_dns"]));
    assert_eq!(before, world());
    assert!(!fs::read_to_string("/proc/self/mountinfo").unwrap().contains(" sockspec "));
    assert!(!fs::read_to_string("/proc/net/dev").unwrap().contains("lab0:"));
}

fn several_threads_are_refused() {
    let refused = output(&["threads"]);
    assert_eq!(refused.status.code(), Some(4));
    let text = String::from_utf8(refused.stdout).unwrap();
    assert!(text.contains("one thread, and this one has 2"));
}

fn command() {
    let script = "cat /etc/hostname; (true &) ; read line; echo \"$line\"; exit 5";
    let mut child = part(&["run", "default", "sh", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"echoed\n").unwrap();
    assert_eq!(read_to_end(&mut child).as_str(), "alpha\nechoed\n");
    assert_eq!(child.wait().unwrap().code(), Some(5));
    assert_eq!(output(&["run", "default", "sh", "-c", "kill -TERM $$"]).status.code(), Some(128 + 15));
}

fn command_without_program() {
    let failed = output(&["run", "default", "no-such-program"]);
    assert_eq!(failed.status.code(), Some(99));
    let text = String::from_utf8(failed.stderr).unwrap();
    assert!(text.starts_with("`no-such-program` could not be started in the lab"));
}

/// Where this runs as root, an account without rights has to find the same lab.
fn without_privilege() {
    for check in ["complete", "interfaces", "routes", "host_name", "system_etc", "scratch", "names_of_dns"] {
        let mut command = part(&["check", "default", check]);
        if rustix::process::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        match command.output() {
            Ok(output) => passed(&output),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                println!("this program lies where other accounts cannot start it: {error}");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn environment_is_cleaned() {
    let mut command = part(&["check", "default", "environment"]);
    command.envs([
        ("RES_OPTIONS", "timeout:9"),
        ("LOCALDOMAIN", "example"),
        ("LC_CTYPE", "C.UTF-8"),
        ("LANG", "x"),
    ]);
    passed(&command.output().unwrap());
}

/// What the probe and the lab say where one kind of namespace is not to be had.
fn limited(kind: &str) -> String {
    let limited = output(&["limited", kind]);
    passed(&limited);
    String::from_utf8(limited.stdout).unwrap()
}

fn refused_pid_namespace() {
    let text = limited("pid");
    let reason = "No space left on device (os error 28); sysctl user.max_pid_namespaces is 0";
    assert!(text.contains(&format!("pid-namespace: no ({reason})\n")), "{text}");
    assert!(text.contains("entered [\"no pid namespace") && text.contains(&format!("{reason}\"]")), "{text}");
}

fn refused_network_namespace() {
    let text = limited("net");
    let reason = "No space left on device (os error 28); sysctl user.max_net_namespaces is 0";
    assert!(text.contains(&format!("network-namespace: no ({reason})\n")), "{text}");
    assert!(text.ends_with(&format!("refused no network namespace: {reason}\n")), "{text}");
}
