//! A turn at a scenario, taken by a worker in the subject's own network.

use std::io;
use std::os::fd::AsFd;
use std::slice;
use std::thread;

use serde::{Deserialize, Serialize};
use sockspec_subject::{Call, Fault, Function, Outcome, Subject, Work, Worked};

use super::cores::pin;
use super::ends;
use super::load::{self, Wrong};
use super::load_process::{Job, Load, Part};
use super::scenario::{Echo, Shape, Side};

/// A turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// What is done.
    pub shape: Shape,
    /// How often.
    pub times: u64,
    /// Round trips on each connection before those that count: its first ones are acknowledged at once and find its windows
    /// small, and none of that is what an echo costs.
    pub warm: u64,
    /// The core of the harness's end.
    pub load_core: Option<usize>,
    /// Nanoseconds between two messages of the load, where it is sent at fixed times.
    pub interval: Option<u64>,
}

/// What a turn took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Of an echo the time of each round trip; of a call the time of all of them. Nanoseconds.
    pub nanoseconds: Vec<u64>,
}

/// Why a turn has no time.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Refused {
    /// The subject lacks what it takes.
    #[error("{0}")]
    Lacks(String),
    /// The subject did it wrong: something was raised, or what came back is not what was sent.
    #[error("{0}")]
    Wrong(String),
    /// The subject failed to answer.
    #[error(transparent)]
    Fault(Fault),
    /// The harness's own end failed.
    #[error("the harness's end: {0}")]
    Load(String),
}

impl Refused {
    /// What did not come of a call: it is lacking, or wrong.
    pub(super) fn from_outcome(call: &str, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Unsupported(_) => Self::Lacks(format!("{call}{outcome}")),
            Outcome::Returned(_) | Outcome::Raised(_) => Self::Wrong(format!("{call}{outcome}")),
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Load(error) => error.into(),
            Wrong::Echo(what) => Self::Wrong(what),
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Load(error.to_string())
    }
}

/// The same subject once more, made when it is needed first.
pub struct Other<'m> {
    make: &'m dyn Fn() -> Box<dyn Subject>,
    made: Option<Box<dyn Subject>>,
}

impl<'m> Other<'m> {
    /// Nothing is made yet.
    pub fn new(make: &'m dyn Fn() -> Box<dyn Subject>) -> Self {
        Self { make, made: None }
    }

    fn get(&mut self) -> &mut dyn Subject {
        &mut **self.made.get_or_insert_with(self.make)
    }
}

/// Takes a turn. `other` is for a turn in which the subject is both ends, `load` for one in which it is one of them. `scratch`
/// is a folder for the path of a local socket.
///
/// # Errors
/// [`Refused`] when the subject cannot do it, or one of the ends fails.
pub fn run(
    subject: &mut dyn Subject,
    other: &mut Other<'_>,
    load: &mut Load<'_>,
    round: &Round,
    scratch: &str,
) -> Result<Measured, Refused> {
    match &round.shape {
        Shape::Call { function, raises } => {
            check(subject, function, *raises)?;
            let loop_alone = Work::Repeat { function: None, times: round.times };
            let work = Work::Repeat { function: Some(function.clone()), times: round.times };
            // Before and after: what compiles while it runs makes its first loop a slow one.
            let before = one(&worked(subject.work(&loop_alone)?)?)?;
            let whole = one(&worked(subject.work(&work)?)?)?;
            let after = one(&worked(subject.work(&loop_alone)?)?)?;
            // No call takes no time at all.
            Ok(Measured { nanoseconds: vec![whole.saturating_sub(before.min(after)).max(1)] })
        }
        Shape::Echo(echo) => {
            let path = format!("{scratch}/echo.sock");
            let measured = match echo.side {
                Side::Server => serve(subject, load, round, echo, &path),
                Side::Client => ask(subject, load, round, echo, &path),
                Side::Both => both(subject, other, round, echo, &path),
            };
            let reset = subject.reset();
            // It is there only where the transport has a path.
            let _ = std::fs::remove_file(&path);
            let measured = measured?;
            reset?;
            Ok(measured)
        }
    }
}

fn worked(worked: Worked) -> Result<Vec<u64>, Refused> {
    match worked {
        Worked::Took(took) => Ok(took),
        Worked::Not(outcome) => Err(Refused::from_outcome("", &outcome)),
    }
}

/// A call that is quick because it does something else is not measured.
fn check(subject: &mut dyn Subject, function: &Function, raises: bool) -> Result<(), Refused> {
    let call = function.call();
    match (subject.call(&call)?, raises) {
        (Outcome::Returned(_), false) | (Outcome::Raised(_), true) => Ok(()),
        (Outcome::Unsupported(why), _) => Err(Refused::Lacks(Outcome::Unsupported(why).to_string())),
        (other, true) => Err(Refused::Wrong(format!("{call} should find nothing: {other}"))),
        (other, false) => Err(Refused::Wrong(format!("{call}: {other}"))),
    }
}

/// The time of the whole.
fn one(took: &[u64]) -> Result<u64, Refused> {
    match took {
        [whole] => Ok(*whole),
        other => Err(Refused::Wrong(format!("it told {} times instead of one", other.len()))),
    }
}

/// The subject serves, the harness asks.
fn serve(
    subject: &mut dyn Subject,
    load: &mut Load<'_>,
    round: &Round,
    echo: &Echo,
    path: &str,
) -> Result<Measured, Refused> {
    let (socket, address) = ends::waiting(subject, echo, path)?;
    let server = ends::system_address(&address)?;
    let work = ends::serving(socket, echo);
    let sockets = load::connect(echo, &server)?;
    let part = Part::Ask { warm: round.warm, times: round.times, interval: round.interval };
    let passed: Vec<_> = sockets.iter().map(AsFd::as_fd).collect();
    let asking = load.begin(&Job { echo: *echo, core: round.load_core, part }, &passed)?;
    let outcome = subject.work(&work);
    // Whoever waits for an answer still gets none: a server goes on until the load is done.
    load::end(&sockets);
    let asked = asking.told();
    one(&worked(outcome?)?)?;
    Ok(Measured { nanoseconds: asked? })
}

/// The harness serves, the subject asks.
fn ask(
    subject: &mut dyn Subject,
    load: &mut Load<'_>,
    round: &Round,
    echo: &Echo,
    path: &str,
) -> Result<Measured, Refused> {
    let server = load::waiting(echo, path)?;
    let sockets = ends::connected(subject, echo, &ends::shown_address(&server.local_addr()?, path))?;
    if echo.transport.is_datagram() {
        // It takes this client's datagrams and nobody else's, and answers to it.
        let own = ends::returned(subject, &Call::method(&sockets[0], "getsockname", []))?;
        server.connect(&ends::system_address(&own)?)?;
    }
    let job = Job { echo: *echo, core: round.load_core, part: Part::Serve };
    let serving = load.begin(&job, &[server.as_fd()])?;
    let times = round.warm + round.times;
    let asked = subject.work(&Work::Ask { sockets, message: echo.message, times });
    let reset = subject.reset();
    if echo.transport.is_datagram() || !matches!(asked, Ok(Worked::Took(_))) || reset.is_err() {
        load::end(slice::from_ref(&server));
    }
    let ended = serving.told().and_then(|bytes| one(&bytes));
    let took = counted(asked?, round)?;
    // A server that is ended says nothing but that.
    if let (Ok(bytes), false) = (&ended, echo.transport.is_datagram()) {
        let due = times * u64::from(echo.message) * u64::from(echo.connections.max(1));
        if *bytes != due {
            return Err(Refused::Wrong(format!("it sent {bytes} bytes, and {due} were due")));
        }
    }
    if !echo.transport.is_datagram() {
        ended?;
    }
    Ok(Measured { nanoseconds: took })
}

/// One of two subjects serves, the other asks.
fn both(
    subject: &mut dyn Subject,
    other: &mut Other<'_>,
    round: &Round,
    echo: &Echo,
    path: &str,
) -> Result<Measured, Refused> {
    let (socket, address) = ends::waiting(subject, echo, path)?;
    let server = ends::system_address(&address)?;
    let work = ends::serving(socket, echo);
    let other = other.get();
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            // Before a driver is started, which inherits it.
            round.load_core.map(pin);
            let asked = ends::connected(other, echo, &address).and_then(|sockets| {
                let times = round.warm + round.times;
                Ok(other.work(&Work::Ask { sockets, message: echo.message, times })?)
            });
            let reset = other.reset();
            if echo.transport.is_datagram() || asked.is_err() {
                load::release(echo, &server);
            }
            reset?;
            counted(asked?, round)
        });
        let outcome = subject.work(&work);
        if !matches!(outcome, Ok(Worked::Took(_))) {
            // Whoever waits for an answer gets none.
            let _ = subject.reset();
        }
        let asked = asking.join().map_err(|_| Refused::Load("its thread panicked".to_owned()))?;
        one(&worked(outcome?)?)?;
        Ok(Measured { nanoseconds: asked? })
    })
}

/// The times of the rounds that count.
fn counted(asked: Worked, round: &Round) -> Result<Vec<u64>, Refused> {
    let (took, times) = (worked(asked)?, round.warm + round.times);
    if took.len() as u64 != times {
        return Err(Refused::Wrong(format!("it told {} times instead of {times}", took.len())));
    }
    let warm = usize::try_from(round.warm).unwrap_or(usize::MAX);
    Ok(took.into_iter().skip(warm).collect())
}
