//! Calls, as part of a request or on their own.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sockspec_subject::{Action, Call, ObjectRef, Target, Value};

use super::value::{ItemsSeed, ObjectFields, ObjectKey, Ref, Refs, ValueSeed, object};
use super::{Context, value};

/// Every key of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Id,
    Op,
    Protocol,
    On,
    Name,
    Args,
    Named,
    Value,
    Times,
    Connections,
    Buffer,
    Message,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OpName {
    Hello,
    Call,
    Get,
    Forget,
    Reset,
    Ping,
    Echo,
    Work,
}

/// The parts of a request, before it is known which of them belong to it.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) id: Option<u64>,
    pub(crate) op: Option<OpName>,
    pub(crate) protocol: Option<u64>,
    pub(crate) on: Option<ObjectRef>,
    pub(crate) name: Option<String>,
    pub(crate) args: Option<Vec<Value>>,
    pub(crate) named: Option<Vec<(String, Value)>>,
    pub(crate) value: Option<Value>,
    pub(crate) times: Option<u64>,
    pub(crate) connections: Option<u32>,
    pub(crate) buffer: Option<u32>,
    pub(crate) message: Option<u32>,
}

impl Parts {
    /// Takes the parts of a call, a look or a forgetting; the rest stays.
    pub(crate) fn take_call(&mut self, op: OpName) -> Result<Call, String> {
        if op == OpName::Forget {
            return Ok(Call::forget(&self.on.take().ok_or("forget without \"on\"")?));
        }
        let what = if op == OpName::Get { "get" } else { "call" };
        let name = self.name.take().ok_or_else(|| format!("{what} without \"name\""))?;
        let action = match (op, self.args.take(), self.named.take()) {
            (OpName::Get, None, None) => Action::Get,
            (OpName::Get, _, _) => return Err("get takes neither \"args\" nor \"named\"".to_owned()),
            (_, Some(args), named) => Action::Invoke { args, named: named.unwrap_or_default() },
            (_, None, _) => return Err("call without \"args\"".to_owned()),
        };
        Ok(Call { target: self.on.take().map_or(Target::Module, Target::Object), name, action })
    }

    /// That nothing is left over.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let left = [
            ("protocol", self.protocol.is_some()),
            ("on", self.on.is_some()),
            ("name", self.name.is_some()),
            ("args", self.args.is_some()),
            ("named", self.named.is_some()),
            ("value", self.value.is_some()),
            ("times", self.times.is_some()),
            ("connections", self.connections.is_some()),
            ("buffer", self.buffer.is_some()),
            ("message", self.message.is_some()),
        ];
        match left.iter().find(|(_, there)| *there) {
            None => Ok(()),
            Some((key, _)) => Err(format!("{key:?} does not belong to this op")),
        }
    }
}

/// Reads the parts of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartsSeed(pub(crate) Context);

impl<'de> DeserializeSeed<'de> for PartsSeed {
    type Value = Parts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parts, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PartsSeed {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request: an object with \"id\" and \"op\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Id => put(&mut parts.id, "id", map.next_value()?)?,
                Key::Op => put(&mut parts.op, "op", map.next_value()?)?,
                Key::Protocol => put(&mut parts.protocol, "protocol", map.next_value()?)?,
                Key::On => put(&mut parts.on, "on", map.next_value_seed(ObjectSeed)?)?,
                Key::Name => put(&mut parts.name, "name", map.next_value()?)?,
                Key::Args => put(&mut parts.args, "args", map.next_value_seed(ItemsSeed(self.0))?)?,
                Key::Named => put(&mut parts.named, "named", map.next_value_seed(NamedSeed(self.0))?)?,
                Key::Value => put(&mut parts.value, "value", map.next_value_seed(ValueSeed(self.0))?)?,
                Key::Times => put(&mut parts.times, "times", map.next_value()?)?,
                Key::Connections => put(&mut parts.connections, "connections", map.next_value()?)?,
                Key::Buffer => put(&mut parts.buffer, "buffer", map.next_value()?)?,
                Key::Message => put(&mut parts.message, "message", map.next_value()?)?,
            }
        }
        Ok(parts)
    }
}

/// Fills a place that may be filled once.
pub(crate) fn put<T, E: Error>(place: &mut Option<T>, key: &str, value: T) -> Result<(), E> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom(format_args!("{key:?} comes twice"))),
    }
}

/// Reads an object that a call is made on.
struct ObjectSeed;

impl<'de> DeserializeSeed<'de> for ObjectSeed {
    type Value = ObjectRef;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ObjectRef, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed {
    type Value = ObjectRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object: {\"object\":ID,\"kind\":KIND}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ObjectRef, A::Error> {
        match map.next_key::<ObjectKey>()? {
            Some(key) => object(key, map),
            None => Err(A::Error::custom("an object without its number under \"object\"")),
        }
    }
}

/// Reads arguments by keyword.
struct NamedSeed(Context);

impl<'de> DeserializeSeed<'de> for NamedSeed {
    type Value = Vec<(String, Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for NamedSeed {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of arguments by keyword")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut named: Vec<(String, Value)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if named.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format_args!("argument {name:?} comes twice")));
            }
            named.push((name, map.next_value_seed(value::ValueSeed(self.0))?));
        }
        Ok(named)
    }
}

/// Writes a call's own keys into a map that may hold others.
pub(crate) fn write_fields<M: SerializeMap>(map: &mut M, call: &Call) -> Result<(), M::Error> {
    map.serialize_entry(
        "op",
        match call.action {
            Action::Get => "get",
            Action::Forget => "forget",
            Action::Invoke { .. } => "call",
        },
    )?;
    if let Target::Object(object) = &call.target {
        map.serialize_entry("on", &ObjectFields(object))?;
    }
    if call.action != Action::Forget {
        map.serialize_entry("name", &call.name)?;
    }
    if let Action::Invoke { args, named } = &call.action {
        map.serialize_entry("args", &Refs(args))?;
        if !named.is_empty() {
            map.serialize_entry("named", &Named(named))?;
        }
    }
    Ok(())
}

struct Named<'a>(&'a [(String, Value)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Ref(value))))
    }
}
