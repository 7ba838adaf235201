//! Work: what a subject does many times over when it is asked once, so that its own speed can be measured.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::{Call, Fault, ObjectRef, Outcome, Subject, Value};

/// Something to be done many times over. The subject takes the time itself, by a clock that never goes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// A function, called so many times in a row; what it returns is thrown away each time. Without one: what the loop
    /// itself costs.
    Repeat {
        /// What is called.
        function: Option<Function>,
        /// How often.
        times: u64,
    },
    /// The document's echo server. On a stream socket that listens: accept so many connections, then for each of them in
    /// turn `recv(buffer)` and send back what came, until one of them ends. On a datagram socket (no connections):
    /// `recvfrom(buffer)` and `sendto` back, until an empty datagram comes.
    Serve {
        /// A socket that listens, or a bound datagram socket.
        socket: ObjectRef,
        /// How many connections are accepted.
        connections: u32,
        /// What is asked for at once, in bytes: 1024 in the document.
        buffer: u32,
    },
    /// The document's echo client: on each of the connected sockets in turn send a message and receive until all of it is
    /// back; so many rounds.
    Ask {
        /// Connected sockets.
        sockets: Vec<ObjectRef>,
        /// The message's length in bytes.
        message: u32,
        /// How many rounds.
        times: u64,
    },
}

/// A function of the module with its arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its documented name.
    pub name: String,
    /// Its arguments.
    pub args: Vec<Value>,
}

impl Function {
    /// The call of it.
    pub fn call(&self) -> Call {
        Call::function(self.name.clone(), self.args.clone())
    }
}

/// What came of some work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Worked {
    /// How long it took, in nanoseconds: of [`Work::Ask`] each round, of the others the whole.
    Took(Vec<u64>),
    /// It was not done, or not to the end: unsupported, or something was raised.
    Not(Outcome),
}

/// The last word on some work.
enum End {
    Not(Outcome),
    Fault(Fault),
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Does the work through [`Subject::call`] alone: right for any subject, and what its values cost on their way is
/// counted in.
pub(crate) fn by_calls<S: Subject + ?Sized>(subject: &mut S, work: &Work) -> Result<Worked, Fault> {
    let done = match work {
        Work::Repeat { function, times } => {
            repeat(subject, function.as_ref().map(Function::call).as_ref(), *times)
        }
        Work::Serve { socket, connections, buffer } => {
            let start = Instant::now();
            let served = if *connections == 0 {
                serve_datagrams(subject, socket, *buffer)
            } else {
                serve_streams(subject, socket, *connections, *buffer)
            };
            served.map(|()| vec![nanoseconds(start)])
        }
        Work::Ask { sockets, message, times } => ask(subject, sockets, *message, *times),
    };
    match done {
        Ok(took) => Ok(Worked::Took(took)),
        Err(End::Not(outcome)) => Ok(Worked::Not(outcome)),
        Err(End::Fault(fault)) => Err(fault),
    }
}

fn nanoseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn returned<S: Subject + ?Sized>(subject: &mut S, call: &Call) -> Result<Value, End> {
    match subject.call(call)? {
        Outcome::Returned(value) => Ok(value),
        other => Err(End::Not(other)),
    }
}

fn repeat<S: Subject + ?Sized>(subject: &mut S, call: Option<&Call>, times: u64) -> Result<Vec<u64>, End> {
    let start = Instant::now();
    for _ in 0..times {
        match call {
            // To raise is an answer too: that a host is unknown.
            Some(call) => match std::hint::black_box(subject.call(call)?) {
                Outcome::Returned(_) | Outcome::Raised(_) => {}
                Outcome::Unsupported(why) => return Err(End::Not(Outcome::Unsupported(why))),
            },
            None => std::hint::black_box(()),
        }
    }
    Ok(vec![nanoseconds(start)])
}

fn serve_streams<S: Subject + ?Sized>(
    subject: &mut S,
    listening: &ObjectRef,
    connections: u32,
    buffer: u32,
) -> Result<(), End> {
    let accept = Call::method(listening, "accept", []);
    let mut connected = Vec::new();
    for _ in 0..connections {
        let accepted = returned(subject, &accept)?;
        match accepted.items() {
            Some([Value::Object(socket), _]) => connected.push(socket.clone()),
            _ => return Err(End::Not(Outcome::Returned(accepted))),
        }
    }
    let receive: Vec<Call> =
        connected.iter().map(|socket| Call::method(socket, "recv", [Value::int(buffer)])).collect();
    loop {
        for (socket, receive) in connected.iter().zip(&receive) {
            let data = returned(subject, receive)?;
            if data.as_bytes().is_none_or(<[u8]>::is_empty) {
                return Ok(());
            }
            returned(subject, &Call::method(socket, "send", [data]))?;
        }
    }
}

fn serve_datagrams<S: Subject + ?Sized>(subject: &mut S, socket: &ObjectRef, buffer: u32) -> Result<(), End> {
    let receive = Call::method(socket, "recvfrom", [Value::int(buffer)]);
    loop {
        let (data, sender) = match returned(subject, &receive)? {
            Value::Tuple(pair) => match <[Value; 2]>::try_from(pair) {
                Ok([data, sender]) => (data, sender),
                Err(pair) => return Err(End::Not(Outcome::Returned(Value::Tuple(pair)))),
            },
            other => return Err(End::Not(Outcome::Returned(other))),
        };
        if data.as_bytes().is_none_or(<[u8]>::is_empty) {
            return Ok(());
        }
        returned(subject, &Call::method(socket, "sendto", [data, sender]))?;
    }
}

fn ask<S: Subject + ?Sized>(
    subject: &mut S,
    sockets: &[ObjectRef],
    message: u32,
    times: u64,
) -> Result<Vec<u64>, End> {
    let data = Value::bytes(vec![b'x'; usize::try_from(message).unwrap_or(usize::MAX)]);
    let mut took = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        for socket in sockets {
            returned(subject, &Call::method(socket, "sendall", [data.clone()]))?;
        }
        for socket in sockets {
            let mut missing = u64::from(message);
            while missing > 0 {
                let piece = returned(subject, &Call::method(socket, "recv", [Value::int(message)]))?;
                let length = piece.as_bytes().map_or(0, <[u8]>::len);
                if length == 0 {
                    return Err(End::Not(Outcome::Returned(piece)));
                }
                missing = missing.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
            }
        }
        took.push(nanoseconds(start));
    }
    Ok(took)
}
