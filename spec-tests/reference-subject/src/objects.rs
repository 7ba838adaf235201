//! The objects that were handed out: sockets, files, and the sockets' type.

use std::collections::BTreeMap;

use socket_reference::{File, Socket};
use sockspec_subject::names;
use sockspec_subject::{ObjectId, ObjectRef, Value};

use crate::convert::ordinary;
use crate::{Answer, Refusal, methods};

#[derive(Debug)]
pub(crate) enum Object {
    Socket(Socket),
    File(File),
    SocketType,
}

#[derive(Debug, Default)]
pub(crate) struct Objects {
    held: BTreeMap<u64, Object>,
    last: u64,
    socket_type: Option<u64>,
}

impl Objects {
    fn add(&mut self, object: Object, kind: &str) -> Value {
        self.last += 1;
        self.held.insert(self.last, object);
        Value::Object(ObjectRef { id: ObjectId(self.last), kind: kind.to_owned() })
    }

    pub(crate) fn socket(&mut self, socket: Socket) -> Value {
        self.add(Object::Socket(socket), "socket")
    }

    pub(crate) fn file(&mut self, file: File) -> Value {
        self.add(Object::File(file), "file")
    }

    /// The type of sockets: the same object each time, so that it can be compared.
    pub(crate) fn socket_type(&mut self) -> Value {
        if let Some(id) = self.socket_type {
            return Value::Object(ObjectRef { id: ObjectId(id), kind: "type".to_owned() });
        }
        let value = self.add(Object::SocketType, "type");
        self.socket_type = Some(self.last);
        value
    }

    pub(crate) fn get(&mut self, id: ObjectId) -> Result<&mut Object, Refusal> {
        self.held.get_mut(&id.0).ok_or(Refusal::NoObject(id.0))
    }

    pub(crate) fn attribute(&mut self, id: ObjectId, name: &str) -> Answer {
        let (kind, methods): (&str, &[&str]) = match self.get(id)? {
            Object::Socket(_) if name == "__class__" => return Ok(self.socket_type()),
            Object::Socket(_) => ("socket", names::SOCKET_METHODS),
            Object::File(_) => ("file", &methods::OF_FILES),
            Object::SocketType => ("type", &[]),
        };
        if methods.contains(&name) {
            return Ok(Value::Opaque(format!("method {name} of a {kind}")));
        }
        Err(no_attribute(kind, name))
    }

    /// Drops an object: what is dropped closes itself.
    pub(crate) fn forget(&mut self, id: ObjectId) -> Answer {
        match self.held.remove(&id.0) {
            Some(_) => Ok(Value::None),
            None => Err(Refusal::NoObject(id.0)),
        }
    }

    /// Closes everything: what is dropped closes itself.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

pub(crate) fn no_attribute(of: &str, name: &str) -> Refusal {
    Refusal::Raised(ordinary("AttributeError", format!("{of} has no attribute {name:?}")))
}
