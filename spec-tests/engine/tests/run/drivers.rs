//! Drivers that do all they can against the harness, and what they start.
//!
//! Each is this program once more: `--driver BEHAVIOUR`. A driver that misbehaves does so when the function `bad` is called,
//! or at its start where its name says so, and is good otherwise.
#![allow(clippy::unwrap_used, reason = "a driver that cannot misbehave dies, which is noticed")]

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, exit};

use rustix::process::{Resource, Rlimit, Signal, getpid, getrlimit, kill_process, setrlimit, setsid};
use sockspec_subject::{Action, Call, Description, Outcome, Value};
use sockspec_wire::Limits;
use sockspec_wire::json::{Body, Op, Reply, parse_request};

use crate::hostile::block;

/// Has this program be a driver.
pub(crate) const DRIVER: &str = "--driver";

/// Runs as that driver, or as what one leaves behind.
pub(crate) fn drive(behaviour: &str) -> ! {
    match behaviour {
        "child" => block(),
        "child-apart" => {
            let _ = setsid();
            block()
        }
        "grandchild-apart" => {
            let _ = setsid();
            leave("child-apart");
            exit(0)
        }
        _ if behaviour.starts_with("heir-") => {
            let _ = setsid();
            let left: u32 = behaviour.trim_start_matches("heir-").parse().unwrap();
            leave(&if left == 0 { "child".to_owned() } else { format!("heir-{}", left - 1) });
            exit(0)
        }
        "starts-dead" => exit(0),
        "starts-with-127" => exit(127),
        "starts-killed" => signal(Signal::KILL),
        "starts-silent" => block(),
        "starts-with-garbage" => say("Segmentation fault (core dumped)\n"),
        "starts-with-no-text" => say_bytes(b"\xff\xfe\x00\n"),
        "starts-too-early" => say(r#"{"id":2,"pong":true}"#),
        "starts-with-half-a-hello" => {
            say(r#"{"id":1,"hel"#);
            exit(0)
        }
        "starts-with-protocol-99" => {
            say("{\"id\":1,\"hello\":{\"protocol\":99,\"implementation\":{\"name\":\"x\"}}}\n");
        }
        _ => {}
    }
    if behaviour == "exhausts-its-descriptors" {
        // Before the harness' own are duplicated, so that few are enough.
        let limit = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(64), ..limit }).unwrap();
    }
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    let mut armed = false;
    while input.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
        let request = parse_request(&line, &Limits::default()).unwrap();
        line.clear();
        let (id, op) = (request.id, request.op);
        let called = matches!(&op, Op::Call(call) if call.name == "bad");
        let place = place(&op);
        // At a reset it misbehaves once its case has been run.
        let now = if behaviour.ends_with("-at-reset") { armed && op == Op::Reset } else { called };
        armed |= called;
        if now && misbehave(behaviour, id, &place) {
            continue;
        }
        say_bytes(&reply(id, op));
    }
    exit(0)
}

/// The place in the scratch folder that the call of `bad` names.
fn place(op: &Op) -> PathBuf {
    match op {
        Op::Call(Call { action: Action::Invoke { args, .. }, .. }) => match args.first() {
            Some(Value::Str(text)) => text.to_str().unwrap_or_default().into(),
            _ => PathBuf::new(),
        },
        _ => PathBuf::new(),
    }
}

fn reply(id: u64, op: Op) -> Vec<u8> {
    let description = || Description { name: "hostile".to_owned(), ..Description::default() };
    let body = match op {
        Op::Hello { .. } => Body::Hello { protocol: 1, description: description() },
        Op::Reset => Body::Reset,
        Op::Ping => Body::Pong,
        Op::Echo(value) => Body::Outcome(Outcome::Returned(value)),
        Op::Call(_) => Body::Outcome(Outcome::Returned(Value::int(1))),
        Op::Work(_) => Body::Took(vec![1]),
    };
    let mut line = Vec::new();
    Reply { id, body }.write(&mut line).unwrap();
    line
}

/// Something to do that takes a while.
fn work(rounds: u32) {
    std::hint::black_box(
        (0..rounds).fold(0_u32, |sum, number| sum ^ std::hint::black_box(number).rotate_left(7)),
    );
}

/// Comes back where the driver goes on; whether it has said something in place of the reply.
fn misbehave(behaviour: &str, id: u64, place: &Path) -> bool {
    let good = || String::from_utf8(reply(id, Op::Ping)).unwrap().replace("\"pong\":true", "\"returned\":1");
    match behaviour {
        "is-silent" | "is-silent-at-reset" => block(),
        "dies-at-reset" => exit(6),
        "garbage-at-reset" => say("what?\n"),
        "is-slow" => good().split_inclusive(',').for_each(|part| {
            // Piece by piece, with something to do between: as slow as a machine may be.
            say(part);
            work(3_000_000);
        }),
        // Too slow for the limit of a line to come before that of time.
        "drips-without-end" => loop {
            say(" ");
            work(200_000);
        },
        "says-garbage" => say("(core dumped)\n"),
        "says-an-empty-line" => say("\n"),
        "cuts-its-reply" => say("{\"id\":3,\"returned\":{\"tuple\":[1,\n"),
        "dies-in-its-reply-with-0" => {
            say("{\"id\":3,\"retu");
            exit(0)
        }
        "dies-in-its-reply-with-1" => {
            say("{\"id\":3,\"retu");
            exit(1)
        }
        "nests-to-the-abyss" => {
            say(&format!("{{\"id\":{id},\"returned\":{}\n", "{\"list\":[".repeat(100_000)));
        }
        "says-a-line-without-end" => loop {
            say(&"x".repeat(1 << 16));
        },
        "answers-twice" => say(&good().repeat(2)),
        "answers-twice-in-a-line" => say(&(good().trim_end().repeat(2) + "\n")),
        "answers-an-old-id" => say(&format!("{{\"id\":{},\"returned\":1}}\n", id - 1)),
        "answers-a-foreign-id" => say(&format!("{{\"id\":{},\"returned\":1}}\n", u64::MAX)),
        "answers-a-negative-id" => say("{\"id\":-1,\"returned\":1}\n"),
        "answers-a-huge-id" => say("{\"id\":18446744073709551616,\"returned\":1}\n"),
        "answers-the-next-request-too" => {
            say(&(good() + &format!("{{\"id\":{},\"returned\":1}}\n", id + 1)));
        }
        "answers-another-op" => say(&format!("{{\"id\":{id},\"reset\":true}}\n")),
        "answers-an-unknown-key" => say(&format!("{{\"id\":{id},\"Returned\":1}}\n")),
        "answers-no-text" => {
            say_bytes(&[format!("{{\"id\":{id},\"").as_bytes(), b"\xc3\x28\":1}\n"].concat());
        }
        "answers-a-huge-number" => say(&format!("{{\"id\":{id},\"returned\":1e400}}\n")),
        "answers-a-long-number" => {
            let digits = "9".repeat(100_000);
            say(&format!("{{\"id\":{id},\"returned\":{{\"int\":\"{digits}\"}}}}\n"));
        }
        "closes-its-output" => {
            rustix::stdio::dup2_stdout(rustix::stdio::stderr()).unwrap();
            block()
        }
        "floods-its-stderr" => {
            let complaint = "a complaint of thirty-two bytes\n".repeat(1 << 15);
            for _ in 0..8 {
                io::stderr().write_all(complaint.as_bytes()).unwrap();
            }
        }
        "exits-0" => exit(0),
        "exits-1" => exit(1),
        "exits-77" => exit(77),
        "exits-255" => exit(255),
        "is-killed" => signal(Signal::KILL),
        "faults" => signal(Signal::SEGV),
        "is-terminated" => signal(Signal::TERM),
        "aborts" => std::process::abort(),
        "stops-itself" => signal(Signal::STOP),
        "ignores-signals" => {
            // A shell can ignore what is to be ignored, and its child has it from there.
            let own = std::env::current_exe().unwrap();
            let ignore = "trap '' TERM INT HUP QUIT USR1 USR2 ALRM PIPE; \"$0\" --driver child & wait";
            let _ = Command::new("/bin/sh").args(["-c", ignore]).arg(own).status();
            block()
        }
        "leaves-a-child" => leave("child"),
        "leaves-a-child-apart" => leave("child-apart"),
        "leaves-a-daemon" => leave("grandchild-apart"),
        "leaves-a-crowd" => (0..30).for_each(|_| leave("child-apart")),
        "leaves-a-lineage" => leave("heir-20"),
        "leaves-a-daemon-and-dies" => {
            leave("grandchild-apart");
            exit(9)
        }
        "leaves-a-child-apart-and-hangs" => {
            leave("child-apart");
            block()
        }
        "leaves-files" => {
            fs::create_dir_all(place.join("deep/er")).unwrap();
            fs::write(place.join("deep/er/file"), "left").unwrap();
            fs::set_permissions(place.join("deep/er"), Permissions::from_mode(0o0)).unwrap();
            std::os::unix::fs::symlink("/", place.join("link")).unwrap();
            std::mem::forget(UnixDatagram::bind(place.join("left.socket")).unwrap());
        }
        "exhausts-its-descriptors" => {
            while let Ok(file) = File::open("/dev/null") {
                std::mem::forget(file);
            }
        }
        "hogs-memory" => {
            let limit = getrlimit(Resource::As);
            setrlimit(Resource::As, Rlimit { current: Some(512 << 20), ..limit }).unwrap();
            let mut hoard: Vec<Vec<u8>> = Vec::new();
            loop {
                // Asked for and never touched, so that other programs keep what they have.
                hoard.push(Vec::with_capacity(16 << 20));
                std::hint::black_box(&hoard);
            }
        }
        "eats-its-input" => {
            let mut nothing = [0; 1];
            let _ = io::stdin().lock().read(&mut nothing);
            block()
        }
        _ => {}
    }
    let replies = ["is-slow", "says-", "cuts-", "nests-", "answers-", "garbage-"];
    replies.iter().any(|start| behaviour.starts_with(start))
}

fn say(text: &str) {
    say_bytes(text.as_bytes());
}

fn say_bytes(bytes: &[u8]) {
    // Whoever should read it may have had enough.
    if io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()).is_err() {
        block();
    }
}

fn signal(signal: Signal) -> ! {
    // A fault's first signal is taken by the handler that looks for overflown stacks, which then takes itself away.
    for _ in 0..2 {
        let _ = kill_process(getpid(), signal);
    }
    block()
}

/// Starts what nobody waits for, and knows that it is there.
fn leave(what: &str) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([DRIVER, what])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(if what == "child-apart" { 0 } else { getpid().as_raw_nonzero().get() })
        .spawn()
        .unwrap();
    std::mem::forget(child);
}
