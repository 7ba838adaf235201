//! What the wire costs: requests to a driver process against a bare exchange of as many bytes over two pipes.
//!
//! Both ends run on one core, since across cores a round trip costs what it costs to wake an idle one. The rounds take
//! turns, so that whatever else the machine does meets them all.
//!
//! `cargo run --release -p sockspec-process --example wire_cost [ROUNDS] [-- CMD ARG...]`
//!
//! Without a command the driver is one in Rust that does nothing; with one it is asked for `htons(1)`.

use std::error::Error;
use std::io::{Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sockspec_process::{DriverCommand, ProcessSubject};
use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Value};
use sockspec_wire::json::{Body, Op, Reply, Request};
use sockspec_wire::{Limits, serve_stdio};

type Failure = Box<dyn Error>;

/// Rounds where nobody says how many.
const ROUNDS: usize = 501;
/// Exchanges in one round: few, so that some rounds are over before anybody else gets the core.
const EXCHANGES: u32 = 256;
/// How many calls travel together where they are pipelined.
const TOGETHER: u32 = 64;

/// An implementation that does nothing.
struct Nothing;

impl Subject for Nothing {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(Description { name: "nothing".into(), version: "1".into(), ..Description::default() })
    }

    fn call(&mut self, _: &Call) -> Result<Outcome, Fault> {
        Ok(Outcome::Returned(Value::None))
    }

    fn reset(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["driver"] => serve_stdio(&mut Nothing).map_err(Failure::from),
        ["bare", request, reply] => sizes(request, reply).and_then(|(request, reply)| bare(request, reply)),
        [] => measure(ROUNDS, None),
        ["--", command @ ..] if !command.is_empty() => measure(ROUNDS, Some(command)),
        [rounds] => rounds.parse().map_err(Failure::from).and_then(|rounds| measure(rounds, None)),
        [rounds, "--", command @ ..] if !command.is_empty() => {
            rounds.parse().map_err(Failure::from).and_then(|rounds| measure(rounds, Some(command)))
        }
        _ => Err("usage: wire_cost [ROUNDS] [-- CMD ARG...]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wire_cost: {error}");
            ExitCode::FAILURE
        }
    }
}

fn sizes(request: &str, reply: &str) -> Result<(usize, usize), Failure> {
    Ok((request.parse()?, reply.parse()?))
}

/// The other end of a bare exchange: so many bytes in, so many bytes out.
fn bare(request: usize, reply: usize) -> Result<(), Failure> {
    use rustix::{io, stdio};
    let (mut request, reply) = (vec![0; request], vec![b'.'; reply]);
    loop {
        if io::read(stdio::stdin(), &mut request)? == 0 {
            return Ok(());
        }
        io::write(stdio::stdout(), &reply)?;
    }
}

/// A bare exchange of as many bytes as a request and its reply take.
struct Bare {
    child: std::process::Child,
    request: Vec<u8>,
    reply: Vec<u8>,
}

impl Bare {
    fn new(op: Op, body: Body) -> Result<Self, Failure> {
        // An id in the middle of those that the rounds will use.
        let id = 50_000;
        let (mut request, mut reply) = (Vec::new(), Vec::new());
        Request { id, op }.write(&mut request)?;
        Reply { id, body }.write(&mut reply)?;
        let child = Command::new(std::env::current_exe()?)
            .args(["bare".to_owned(), request.len().to_string(), reply.len().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Self { child, request, reply })
    }

    fn exchange(&mut self) -> Result<(), Failure> {
        let (Some(input), Some(output)) = (&mut self.child.stdin, &mut self.child.stdout) else {
            return Err("no pipes".into());
        };
        input.write_all(&self.request)?;
        output.read_exact(&mut self.reply)?;
        Ok(())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nanoseconds an exchange, in one round.
fn round(count: u32, mut exchange: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..count {
        exchange()?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(count))
}

fn measure(rounds: usize, command: Option<&[&str]>) -> Result<(), Failure> {
    if rounds == 0 {
        return Err("at least one round".into());
    }
    // Any core will do, as long as it is one and may be used. The children inherit it.
    let allowed = sched_getaffinity(None)?;
    let core = (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu)).ok_or("no core")?;
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one)?;

    let (driver, call) = match command {
        None => (
            DriverCommand::new([std::env::current_exe()?.into_os_string(), "driver".into()]),
            Call::function("noop", Vec::new()),
        ),
        Some(command) => (DriverCommand::new(command), Call::function("htons", vec![Value::from(1)])),
    };
    let calls: Vec<Call> = (0..TOGETHER).map(|_| call.clone()).collect();
    let mut subject = ProcessSubject::new(driver, Limits::default());
    subject.describe()?;
    let outcome = subject.call(&call)?;
    if !matches!(outcome, Outcome::Returned(_)) {
        return Err(format!("the driver does not answer the call: {outcome:?}").into());
    }
    let mut floor = Bare::new(Op::Call(call.clone()), Body::Outcome(outcome))?;

    let (mut bare, mut ping, mut single, mut together) = (vec![], vec![], vec![], vec![]);
    // The first round warms up and does not count.
    for counts in std::iter::once(false).chain(std::iter::repeat_n(true, rounds)) {
        let figures = [
            round(EXCHANGES, || floor.exchange())?,
            round(EXCHANGES, || Ok(subject.ping()?))?,
            round(EXCHANGES, || Ok(subject.call(&call).map(drop)?))?,
            round(EXCHANGES / TOGETHER, || Ok(subject.call_all(&calls).map(drop)?))? / f64::from(TOGETHER),
        ];
        if counts {
            bare.push(figures[0]);
            ping.push(figures[1]);
            single.push(figures[2]);
            together.push(figures[3]);
        }
    }

    println!("{rounds} rounds of {EXCHANGES} exchanges, both ends on core {core}; ns an exchange");
    println!("{:<28}{:>8}{:>8}{:>14}{:>14}", "", "min", "median", "min / bare", "median / bare");
    let floor = (least(&bare), median(&bare));
    for (name, figures) in
        [("bare pipes", &bare), ("ping", &ping), ("call", &single), ("call, 64 together", &together)]
    {
        let (min, median) = (least(figures), median(figures));
        println!("{name:<28}{min:>8.0}{median:>8.0}{:>14.2}{:>14.2}", min / floor.0, median / floor.1);
    }
    Ok(())
}

fn least(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
