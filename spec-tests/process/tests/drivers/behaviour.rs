//! The drivers: one that is as it should be, and many that are not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio, abort, exit};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::process::getpid;
use sockspec_wire::json::{Body, Reply, parse_request};
use sockspec_wire::{Limits, serve, serve_stdio};

use crate::scene::{ALIVE, LEADER};
use crate::toy::{Toy, description};

/// Runs as that driver. One that misbehaves does so when it is the first in its folder; the next one is good.
pub(crate) fn run(behaviour: &str, folder: &Path) -> ExitCode {
    // Open until this process is gone.
    let alive = OpenOptions::new().write(true).open(folder.join(ALIVE)).unwrap();
    if behaviour == "child" {
        // Tells the one who started it that it is there, and stays.
        println!("here");
        stay();
    }
    fs::write(folder.join(LEADER), getpid().as_raw_nonzero().to_string()).unwrap();
    let first = File::create_new(folder.join("was-here")).is_ok();
    if first {
        misbehave(behaviour, folder);
    }
    let done = serve_stdio(&mut Toy::default());
    drop(alive);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Comes back when there is nothing to misbehave in.
fn misbehave(behaviour: &str, folder: &Path) {
    match behaviour {
        "good" => {}
        "exits-at-start" => {
            eprintln!("there is no module wren");
            exit(3)
        }
        "aborts-at-start" => abort(),
        "says-no-hello" => stay(),
        "says-welcome" => say("Welcome to wren 0.4\n"),
        "speaks-protocol-2" => say(&hello(1).replace("\"protocol\":1", "\"protocol\":2")),
        "speaks-a-later-protocol" => {
            say("{\"id\":1,\"hello\":{\"protocol\":3,\"implementation\":{\"name\":\"wren\"}}}\n");
        }
        "refuses-protocol-1" => say("{\"id\":1,\"fault\":\"this driver speaks protocol 2\"}\n"),
        "answers-hello-with-pong" => say("{\"id\":1,\"pong\":true}\n"),
        "says-half-a-hello" => {
            say(&hello(1)[..30]);
            exit(0)
        }
        "says-hello-twice" => say(&hello(1).repeat(2)),
        "exits-3" => after_a_call(|_| exit(3)),
        "exits-0" => after_a_call(|_| exit(0)),
        "aborts" => after_a_call(|_| {
            eprintln!("assertion failed");
            abort()
        }),
        "hangs" => after_a_call(|_| stay()),
        "hangs-with-family" => after_a_call(|_| {
            ignore_sigterm();
            std::mem::forget(child(folder));
            stay()
        }),
        "leaves-a-child-with-its-output" => after_a_call(|_| {
            // The child has this process's own standard output.
            let mut child = start_child(folder, Stdio::inherit(), Stdio::piped());
            let mut here = String::new();
            io::BufReader::new(child.stderr.take().unwrap()).read_line(&mut here).unwrap();
            exit(5)
        }),
        "writes-garbage" => after_a_call(|_| say("Traceback (most recent call last):\n")),
        "writes-an-empty-line" => after_a_call(|_| say("\n")),
        "writes-no-text" => {
            after_a_call(|id| say_bytes(&[format!("{{\"id\":{id},\"").as_bytes(), b"\xff\xfe\n"].concat()));
        }
        "returns-an-array" => after_a_call(|id| say(&format!("{{\"id\":{id},\"returned\":[1]}}\n"))),
        "answers-with-an-unknown-key" => after_a_call(|id| say(&format!("{{\"id\":{id},\"result\":1}}\n"))),
        "returns-an-abyss" => after_a_call(|id| {
            say(&format!("{{\"id\":{id},\"returned\":{}\n", "{\"list\":[".repeat(5_000)));
        }),
        "opens-an-abyss" => after_a_call(|_| say(&("[".repeat(10_000) + "\n"))),
        "writes-without-end" => after_a_call(|_| {
            loop {
                say(&"x".repeat(1000));
            }
        }),
        "answers-without-end" => after_a_call(|_| {
            for id in 1_000_000_u64.. {
                say(&format!("{{\"id\":{id},\"pong\":true}}\n"));
            }
        }),
        "answers-hello-again" => after_a_call(|_| say(&hello(1))),
        "answers-twice" => after_a_call(|id| say(&format!("{{\"id\":{id},\"returned\":1}}\n").repeat(2))),
        "answers-later-requests-first" => after_a_call(|id| {
            say(&format!("{{\"id\":{},\"returned\":1}}\n{{\"id\":{id},\"returned\":1}}\n", id + 1));
        }),
        "answers-with-pong" => after_a_call(|id| say(&format!("{{\"id\":{id},\"pong\":true}}\n"))),
        "answers-with-a-fault" => {
            after_a_call(|id| say(&format!("{{\"id\":{id},\"fault\":\"what is htons?\"}}\n")));
        }
        "closes-its-output" => after_a_call(|_| close_output()),
        "closes-its-input" => {
            let id = requested();
            close_input();
            say(&hello(id));
            loop {
                std::thread::park();
            }
        }
        "ends-in-a-line-with-0" => after_a_call(|id| {
            say(&format!("{{\"id\":{id},\"ret"));
            exit(0)
        }),
        "ends-in-a-line-with-1" => after_a_call(|id| {
            say(&format!("{{\"id\":{id},\"ret"));
            exit(1)
        }),
        "never-reads" => {
            let id = requested();
            say(&hello(id));
            loop {
                std::thread::park();
            }
        }
        "complains-without-end" => after_a_call(|_| {
            loop {
                eprintln!("a complaint");
            }
        }),
        "stays" => {
            serve_stdio(&mut Toy::default()).unwrap();
            stay()
        }
        "stays-and-ignores-sigterm" => {
            ignore_sigterm();
            serve_stdio(&mut Toy::default()).unwrap();
            stay()
        }
        "leaves-a-child" => {
            std::mem::forget(child(folder));
            serve_stdio(&mut Toy::default()).unwrap();
            exit(0)
        }
        "leaves-with-4" => {
            serve_stdio(&mut Toy::default()).unwrap();
            eprintln!("could not clean up");
            exit(4)
        }
        "says-goodbye" => {
            serve(&mut Toy::default(), io::stdin().lock(), io::stdout()).unwrap();
            say("goodbye\n");
            exit(0)
        }
        "remembers" => {
            serve_stdio(&mut Toy { remembers: true, ..Toy::default() }).unwrap();
            exit(0)
        }
        "calls-tuples-lists" => change(|line| Some(line.replace("\"tuple\"", "\"list\""))),
        "counts-down" => change(|line| Some(line.replace("\"returned\":1", "\"returned\":0"))),
        "prints" => change(|line| Some(line.replace("\"reset\":true}\n", "\"reset\":true}\nreset done\n"))),
        "dies-of-bytes" => change(|line| (!line.contains("\"bytes\"")).then_some(line)),
        other => panic!("there is no behaviour {other}"),
    }
    if behaviour != "good" {
        stay()
    }
}

/// Waits for whatever comes, and for nothing.
fn stay() -> ! {
    // Input that ends is no reason to leave; a parked thread may wake, so it parks again.
    let _ = io::stdin().lock().read_to_end(&mut Vec::new());
    loop {
        std::thread::park();
    }
}

fn say(text: &str) {
    say_bytes(text.as_bytes());
}

fn say_bytes(bytes: &[u8]) {
    // Whoever should read it may have had enough.
    if io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()).is_err() {
        stay();
    }
}

fn hello(id: u64) -> String {
    let reply = Reply { id, body: Body::Hello { protocol: 1, description: description() } };
    let mut line = Vec::new();
    reply.write(&mut line).unwrap();
    String::from_utf8(line).unwrap()
}

/// Reads a request, and gives its id.
fn requested() -> u64 {
    let mut line = Vec::new();
    io::stdin().lock().read_until(b'\n', &mut line).unwrap();
    parse_request(&line, &Limits::default()).unwrap().id
}

/// Greets, and does something at the first request after it.
fn after_a_call(then: impl FnOnce(u64)) {
    let id = requested();
    say(&hello(id));
    then(requested());
}

/// A good driver whose replies are changed on their way out; it dies where nothing is left of one.
fn change(line: fn(String) -> Option<String>) {
    serve(&mut Toy::default(), io::stdin().lock(), Changed { line, begun: Vec::new() }).unwrap();
    exit(0)
}

struct Changed {
    line: fn(String) -> Option<String>,
    begun: Vec<u8>,
}

impl Write for Changed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        for line in String::from_utf8(std::mem::take(&mut self.begun)).unwrap().split_inclusive('\n') {
            match (self.line)(line.to_owned()) {
                Some(changed) => say(&changed),
                None => exit(9),
            }
        }
        Ok(())
    }
}

fn ignore_sigterm() {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGTERM, flag).unwrap();
}

fn start_child(folder: &Path, output: Stdio, errors: Stdio) -> Child {
    Command::new("/bin/sh")
        .args(["-c", "exec \"$0\" --as child \"$1\" 3>&1 1>&2"])
        .arg(std::env::current_exe().unwrap())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .unwrap()
}

/// A child in the same group, which is there when this comes back, and ignores that its parent ends.
fn child(folder: &Path) -> Child {
    let mut child = start_child(folder, Stdio::null(), Stdio::piped());
    let mut here = String::new();
    io::BufReader::new(child.stderr.take().unwrap()).read_line(&mut here).unwrap();
    assert_eq!(here, "here\n");
    child
}

fn close_output() {
    // Standard output cannot be closed by safe means; it can become something else.
    rustix::stdio::dup2_stdout(rustix::stdio::stderr()).unwrap();
}

fn close_input() {
    let nothing = File::open("/dev/null").unwrap();
    rustix::stdio::dup2_stdin(&nothing).unwrap();
}
