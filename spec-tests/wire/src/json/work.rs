//! Work, as part of a request.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use sockspec_subject::{Function, ObjectRef, Value, Work};

use super::call::Parts;
use super::value::{ObjectFields, Refs};

impl Parts {
    /// Takes the parts of some work; the rest stays.
    pub(crate) fn take_work(&mut self) -> Result<Work, String> {
        if let Some(socket) = self.on.take() {
            return Ok(Work::Serve {
                socket,
                connections: self.connections.take().ok_or("work on a socket without \"connections\"")?,
                buffer: self.buffer.take().ok_or("work on a socket without \"buffer\"")?,
            });
        }
        let times = self.times.take().ok_or("work without \"times\"")?;
        if let Some(message) = self.message.take() {
            let sockets = self.args.take().ok_or("work with a message, but without \"args\"")?;
            let sockets = sockets
                .into_iter()
                .map(|value| match value {
                    Value::Object(socket) => Ok(socket),
                    other => Err(format!("work with a message has sockets as \"args\", not {other}")),
                })
                .collect::<Result<_, _>>()?;
            return Ok(Work::Ask { sockets, message, times });
        }
        let function = match self.name.take() {
            Some(name) => {
                let args = self.args.take().ok_or("work on a function without \"args\"")?;
                Some(Function { name, args })
            }
            None => None,
        };
        Ok(Work::Repeat { function, times })
    }
}

/// A line that asks for work.
pub(super) struct WorkLine<'a> {
    pub(super) id: u64,
    pub(super) work: &'a Work,
}

impl Serialize for WorkLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("op", "work")?;
        match self.work {
            Work::Repeat { function, times } => {
                if let Some(Function { name, args }) = function {
                    map.serialize_entry("name", name)?;
                    map.serialize_entry("args", &Refs(args))?;
                }
                map.serialize_entry("times", times)?;
            }
            Work::Serve { socket, connections, buffer } => {
                map.serialize_entry("on", &ObjectFields(socket))?;
                map.serialize_entry("connections", connections)?;
                map.serialize_entry("buffer", buffer)?;
            }
            Work::Ask { sockets, message, times } => {
                map.serialize_entry("args", &Sockets(sockets))?;
                map.serialize_entry("message", message)?;
                map.serialize_entry("times", times)?;
            }
        }
        map.end()
    }
}

struct Sockets<'a>(&'a [ObjectRef]);

impl Serialize for Sockets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ObjectFields))
    }
}
