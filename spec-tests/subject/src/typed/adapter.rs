//! The adapter: typed traits as a [`Subject`].

use std::collections::BTreeMap;
use std::mem;
use std::time::Instant;

use super::call::Made;
use super::{Answer, Refusal, SocketModule, functions, methods, work};
use crate::{
    Action, Call, Description, Edition, Fault, ObjectId, ObjectRef, Outcome, Raised, Subject, Target, Value,
    Work, Worked, names,
};

/// An implementation of the typed traits, as a [`Subject`].
///
/// - A call that the traits cannot express (a wrong type, a number that does not fit, an argument too many or too few
///   for the edition that the implementer claims) is [`crate::Unsupported::Inexpressible`]; a constant that the
///   description does not have, or a function that nobody implemented, is [`crate::Unsupported::Lacks`].
/// - Ids of objects begin at 1, again after each reset. A closed object keeps its id until then; a forgotten one loses
///   it, and nobody else gets it.
/// - A constant of the description can be read. Functions, methods and classes cannot, since they are no values in
///   Rust; whatever else is read raises `AttributeError`.
/// - An id that was never handed out is the caller's mistake: [`Fault::Protocol`], after which, as after every fault,
///   no object is left.
#[derive(Debug)]
pub struct Typed<M: SocketModule> {
    module: M,
    description: Description,
    objects: BTreeMap<ObjectId, Object<M>>,
    /// The last id that was given since the last reset.
    last: u64,
}

/// What was handed out, and whether it is open still.
pub(super) enum Object<M: SocketModule> {
    Socket { socket: M::Socket, open: bool },
    File { file: M::File, data: Data, open: bool },
}

// Derived, it would demand that sockets and files have it.
impl<M: SocketModule> std::fmt::Debug for Object<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

impl<M: SocketModule> Object<M> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Socket { .. } => "socket",
            Self::File { .. } => "file",
        }
    }
}

/// What a file reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    /// Text: in edition 3, unless the mode has a `b`.
    Text,
    /// Bytes.
    Bytes,
}

impl<M: SocketModule> Typed<M> {
    /// Asks the implementer for its description, once.
    pub fn new(module: M) -> Self {
        let description = module.describe();
        Self { module, description, objects: BTreeMap::new(), last: 0 }
    }

    /// The implementer.
    pub fn module(&self) -> &M {
        &self.module
    }

    fn add(&mut self, object: Object<M>) -> Value {
        self.last = self.last.saturating_add(1);
        let id = ObjectId(self.last);
        let kind = object.kind().to_owned();
        self.objects.insert(id, object);
        Value::Object(ObjectRef { id, kind })
    }

    fn made(&mut self, made: Made<M>) -> Value {
        match made {
            Made::Value(value) => value,
            Made::Socket(socket) => self.add(Object::Socket { socket, open: true }),
            Made::Accepted(socket, address) => {
                let socket = self.add(Object::Socket { socket, open: true });
                Value::Tuple(vec![socket, address.encode(self.description.edition)])
            }
            Made::File(file, data) => self.add(Object::File { file, data, open: true }),
        }
    }

    fn invoke(&mut self, call: &Call) -> Result<Answer<Made<M>>, Fault> {
        let Some(id) = call.target.object() else {
            return Ok(functions::call(&mut self.module, call, &self.description));
        };
        let object = self.objects.get_mut(&id).ok_or_else(|| unknown(id))?;
        let answer = match object {
            Object::Socket { socket, .. } => {
                methods::of_socket(&mut self.module, socket, call, &self.description)
            }
            Object::File { file, data, .. } => {
                methods::of_file(&mut self.module, file, *data, call, &self.description)
            }
        };
        // Even one that failed closes: to do it again could hit whoever got the descriptor since.
        if call.name == "close" && matches!(answer, Ok(_) | Err(Refusal::Raised(_))) {
            match object {
                Object::Socket { open, .. } | Object::File { open, .. } => *open = false,
            }
        }
        Ok(answer)
    }

    fn get(&self, call: &Call) -> Result<Answer<Value>, Fault> {
        let name = call.name.as_str();
        let known: &[&[&str]] = match &call.target {
            Target::Module => match self.description.constants.get(name) {
                Some(number) => return Ok(Ok(Value::int(*number))),
                None => &[names::FUNCTIONS, CLASSES],
            },
            Target::Object(object) => match self.objects.get(&object.id).ok_or_else(|| unknown(object.id))? {
                Object::Socket { .. } => &[names::SOCKET_METHODS],
                Object::File { .. } => &[methods::OF_FILES],
            },
        };
        // What it is made from is a type, which is no value in Rust either.
        Ok(Err(if name == "__class__" || known.iter().any(|names| names.contains(&name)) {
            Refusal::Inexpressible(format!("{name} is no value in Rust: it cannot be read"))
        } else {
            Raised::new("AttributeError", vec![Value::str(name)], format!("there is no attribute {name:?}"))
                .into()
        }))
    }

    /// Hands the object to the implementer, to be dropped; a closed one is dropped here.
    fn forget(&mut self, call: &Call) -> Result<Answer<Made<M>>, Fault> {
        let Some(id) = call.target.object() else {
            return Ok(Err(Refusal::Inexpressible("the module is no object to forget".to_owned())));
        };
        let answer = match self.objects.remove(&id).ok_or_else(|| unknown(id))? {
            Object::Socket { socket, open: true } => self.module.forget(socket),
            Object::File { file, open: true, .. } => self.module.forget_file(file),
            Object::Socket { .. } | Object::File { .. } => Ok(()),
        };
        Ok(answer.map(|()| Made::Value(Value::None)))
    }

    fn serve(&mut self, id: ObjectId, connections: u32, buffer: u32) -> Result<Answer<Vec<u64>>, Fault> {
        let Some(Object::Socket { socket, .. }) = self.objects.get_mut(&id) else { return Err(unknown(id)) };
        let start = Instant::now();
        let served = match connections {
            0 => self.module.serve_datagrams(socket, size(buffer)),
            _ => self.module.serve(socket, size(connections), size(buffer)),
        };
        Ok(served.map(|()| vec![work::since(start)]))
    }

    fn ask(&mut self, sockets: &[ObjectRef], message: u32, times: u64) -> Result<Answer<Vec<u64>>, Fault> {
        // They are taken out for as long as it lasts, since each of them changes.
        let mut taken = Vec::with_capacity(sockets.len());
        for socket in sockets {
            match self.objects.remove(&socket.id) {
                Some(Object::Socket { socket: own, open }) => taken.push((socket.id, own, open)),
                _ => return Err(unknown(socket.id)),
            }
        }
        let (kept, mut ends): (Vec<_>, Vec<_>) =
            taken.into_iter().map(|(id, socket, open)| ((id, open), socket)).unzip();
        let asked = self.module.ask(&mut ends, size(message), times);
        for ((id, open), socket) in kept.into_iter().zip(ends) {
            self.objects.insert(id, Object::Socket { socket, open });
        }
        Ok(asked)
    }

    fn forget_all(&mut self) {
        self.last = 0;
        for object in mem::take(&mut self.objects).into_values() {
            // Closed or dropped, it is gone; there is nobody to tell of a failure.
            match object {
                Object::Socket { mut socket, open: true } => drop(self.module.close(&mut socket)),
                Object::File { mut file, open: true, .. } => drop(self.module.file_close(&mut file)),
                Object::Socket { .. } | Object::File { .. } => {}
            }
        }
    }
}

impl<M: SocketModule> Subject for Typed<M> {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(self.description.clone())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        let answer = match &call.action {
            Action::Invoke { .. } => self.invoke(call),
            Action::Get => self.get(call).map(|answer| answer.map(Made::Value)),
            Action::Forget => self.forget(call),
        };
        match answer {
            Ok(Ok(made)) => Ok(Outcome::Returned(self.made(made))),
            Ok(Err(Refusal::Raised(raised))) => {
                Ok(Outcome::Raised(with_documented_bases(raised, self.description.edition)))
            }
            Ok(Err(refusal)) => Ok(refusal.into()),
            Err(fault) => {
                self.forget_all();
                Err(fault)
            }
        }
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        let answer = match work {
            Work::Repeat { function, times } => {
                let took = work::repeat(&mut self.module, function.as_ref(), *times, &self.description);
                Ok(took.map(|took| vec![took]))
            }
            Work::Serve { socket, connections, buffer } => self.serve(socket.id, *connections, *buffer),
            Work::Ask { sockets, message, times } => self.ask(sockets, *message, *times),
        };
        match answer {
            Ok(Ok(took)) => Ok(Worked::Took(took)),
            Ok(Err(refusal)) => Ok(Worked::Not(refusal.into())),
            Err(fault) => {
                self.forget_all();
                Err(fault)
            }
        }
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.forget_all();
        Ok(())
    }
}

fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

impl<M: SocketModule> Drop for Typed<M> {
    fn drop(&mut self) {
        self.forget_all();
    }
}

/// The classes that the document names.
const CLASSES: &[&str] = &["SocketType", "error", "herror", "gaierror", "timeout"];

fn unknown(id: ObjectId) -> Fault {
    Fault::Protocol {
        what: format!("a call names object {}, which was not handed out since the last reset", id.0),
        stderr: String::new(),
    }
}

/// Rust has no classes that derive from each other, so the ones that edition 3 puts above the documented ones come
/// from here (`errors.error-is-oserror`, `errors.subclasses-of-oserror`, `errors.timeout-is-timeouterror`). An
/// implementer that says more than one class is taken at its word.
fn with_documented_bases(mut raised: Raised, edition: Edition) -> Raised {
    if let (Edition::V3, [class]) = (edition, raised.classes.as_slice()) {
        let bases: &[&str] = match class.as_str() {
            "error" => &["OSError"],
            "herror" | "gaierror" => &["error", "OSError"],
            "timeout" => &["TimeoutError", "error", "OSError"],
            _ => &[],
        };
        raised.classes.extend(bases.iter().map(|&base| base.to_owned()));
    }
    raised
}
