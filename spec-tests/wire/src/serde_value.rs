//! Vocabulary values inside of other serde types: `#[serde(with = "sockspec_wire::serde_value")]`.
//!
//! Works for [`Value`], [`Outcome`], [`Call`], [`Raised`], [`Description`], and for options and vectors of them. The
//! form is the wire's, without ids; both constants by name and opaque values are accepted.

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sockspec_subject::{Call, Description, Outcome, Raised, Value};

use crate::json::call::{OpName, PartsSeed as CallParts};
use crate::json::hello::Hello;
use crate::json::outcome::{RaisedRef, RaisedSeed};
use crate::json::reply::{Body, PartsSeed as ReplyParts};
use crate::json::value::{Ref, ValueSeed};
use crate::json::{Context, call, outcome};

/// Writes a vocabulary value in the wire's form.
///
/// # Errors
/// The serializer's own.
pub fn serialize<T: Wired, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.write(serializer)
}

/// Reads a vocabulary value in the wire's form.
///
/// # Errors
/// The deserializer's own, and one that says which rule the value breaks.
pub fn deserialize<'de, T: Wired, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read(deserializer)
}

/// A type of the vocabulary that has a form on the wire.
pub trait Wired: Sized {
    /// Writes it.
    ///
    /// # Errors
    /// The serializer's own.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads it.
    ///
    /// # Errors
    /// The deserializer's own, and one that says which rule the value breaks.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl Wired for Value {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Ref(self).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ValueSeed(Context::any()).deserialize(deserializer)
    }
}

impl Wired for Raised {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RaisedRef(self).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RaisedSeed(Context::any()).deserialize(deserializer)
    }
}

impl Wired for Outcome {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        outcome::write_fields(&mut map, self)?;
        map.end()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = ReplyParts { context: Context::any() }.deserialize(deserializer)?;
        match (parts.id, parts.body) {
            (None, Some(Body::Outcome(outcome))) => Ok(outcome),
            _ => Err(D::Error::custom("no outcome: one of returned, raised, unsupported, inexpressible")),
        }
    }
}

impl Wired for Call {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        call::write_fields(&mut map, self)?;
        map.end()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut parts = CallParts(Context::any()).deserialize(deserializer)?;
        match (parts.id, parts.op.take()) {
            (None, Some(op @ (OpName::Call | OpName::Get | OpName::Forget))) => {
                let call = parts.take_call(op).map_err(D::Error::custom)?;
                parts.finish().map_err(D::Error::custom)?;
                Ok(call)
            }
            _ => Err(D::Error::custom(
                "no call: \"op\" is \"call\", \"get\" or \"forget\", and there is no \"id\"",
            )),
        }
    }
}

impl Wired for Description {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Hello::new(None, self).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Hello::deserialize(deserializer).map(Hello::into_description)
    }
}

/// Gives a vocabulary type serde's traits, for the members of a vector or an option.
struct Member<T>(T);

impl<T: Wired> Serialize for Member<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<'de, T: Wired> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

impl<T: Wired> Wired for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serializer.serialize_some(&Member(value)),
            None => serializer.serialize_none(),
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Member<T>>::deserialize(deserializer)?.map(|member| member.0))
    }
}

impl<T: Wired> Wired for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.len()))?;
        for value in self {
            seq.serialize_element(&Member(value))?;
        }
        seq.end()
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);
        impl<'de, T: Wired> Visitor<'de> for Members<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
                let mut values = Vec::new();
                while let Some(Member(value)) = seq.next_element::<Member<T>>()? {
                    values.push(value);
                }
                Ok(values)
            }
        }
        deserializer.deserialize_seq(Members(std::marker::PhantomData))
    }
}
