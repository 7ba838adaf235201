//! Outcomes, as part of a reply or on their own.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sockspec_subject::{Outcome, Raised, Unsupported};

use super::Context;
use super::call::put;
use super::value::{ItemsSeed, Ref, Refs};

/// Writes an outcome's own key into a map that may hold others.
pub(crate) fn write_fields<M: SerializeMap>(map: &mut M, outcome: &Outcome) -> Result<(), M::Error> {
    match outcome {
        Outcome::Returned(value) => map.serialize_entry("returned", &Ref(value)),
        Outcome::Raised(raised) => map.serialize_entry("raised", &RaisedRef(raised)),
        Outcome::Unsupported(Unsupported::Lacks(why)) => map.serialize_entry("unsupported", why),
        Outcome::Unsupported(Unsupported::Inexpressible(why)) => map.serialize_entry("inexpressible", why),
    }
}

/// An exception to be written.
pub(crate) struct RaisedRef<'a>(pub(crate) &'a Raised);

impl Serialize for RaisedRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("classes", &self.0.classes)?;
        map.serialize_entry("args", &Refs(&self.0.args))?;
        map.serialize_entry("text", &self.0.text)?;
        map.end()
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Classes,
    Args,
    Text,
}

/// Reads an exception.
pub(crate) struct RaisedSeed(pub(crate) Context);

impl<'de> DeserializeSeed<'de> for RaisedSeed {
    type Value = Raised;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raised, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RaisedSeed {
    type Value = Raised;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception: {\"classes\":[…],\"args\":[…],\"text\":…}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raised, A::Error> {
        let (mut classes, mut args, mut text) = (None::<Vec<String>>, None, None);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::Classes => put(&mut classes, "classes", map.next_value()?)?,
                Key::Args => put(&mut args, "args", map.next_value_seed(ItemsSeed(self.0))?)?,
                Key::Text => put(&mut text, "text", map.next_value()?)?,
            }
        }
        let missing = |key: &str| A::Error::custom(format_args!("an exception without {key:?}"));
        let classes = classes.ok_or_else(|| missing("classes"))?;
        if classes.is_empty() {
            return Err(A::Error::custom("an exception of no class"));
        }
        Ok(Raised {
            classes,
            args: args.ok_or_else(|| missing("args"))?,
            text: text.ok_or_else(|| missing("text"))?,
        })
    }
}
