//! Values as tagged JSON.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sockspec_subject::{Int, ObjectId, ObjectRef, Value};

use super::{Context, Side, hex, read};
use crate::LineError;

/// The largest integer that travels as a JSON number: the largest below which every one is an exact double.
pub(crate) const PLAIN: u64 = 1 << 53;

/// A value in the wire's form, for types that derive serde's traits.
#[derive(Debug, Clone, PartialEq)]
pub struct WireValue(pub Value);

impl Serialize for WireValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Ref(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WireValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ValueSeed(Context::any()).deserialize(deserializer).map(Self)
    }
}

/// A value as JSON text on one line.
///
/// # Errors
/// None that a value can cause; the type is the codec's own.
pub fn value_to_json(value: &Value) -> Result<String, LineError> {
    serde_json::to_string(&Ref(value)).map_err(|error| LineError::write(&error))
}

/// The value that a JSON text stands for; constants by name and opaque values are both welcome.
///
/// # Errors
/// [`LineError`] when the text is no JSON or no value.
pub fn value_from_json(text: &str) -> Result<Value, LineError> {
    read(text.as_bytes(), ValueSeed(Context::any()))
}

/// A value to be written.
pub(crate) struct Ref<'a>(pub(crate) &'a Value);

impl Serialize for Ref<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Int(int) => match int.to_i64() {
                Some(plain) if plain.unsigned_abs() <= PLAIN => serializer.serialize_i64(plain),
                _ => tagged(serializer, "int", &int.to_string()),
            },
            Value::Float(float) if float.is_nan() => tagged(serializer, "float", "nan"),
            Value::Float(float) => tagged(serializer, "float", &format!("{float:?}")),
            Value::Str(text) => match text.to_str() {
                Some(text) => serializer.serialize_str(text),
                None => tagged(serializer, "str", &hex::encode(text.as_bytes())),
            },
            Value::Bytes(bytes) => tagged(serializer, "bytes", &hex::encode(bytes)),
            Value::Tuple(items) => tagged(serializer, "tuple", &Refs(items)),
            Value::List(items) => tagged(serializer, "list", &Refs(items)),
            Value::Constant(names) => tagged(serializer, "const", names),
            Value::Object(object) => ObjectFields(object).serialize(serializer),
            Value::Opaque(shown) => tagged(serializer, "opaque", shown),
        }
    }
}

fn tagged<S: Serializer, T: Serialize + ?Sized>(
    s: S,
    tag: &'static str,
    value: &T,
) -> Result<S::Ok, S::Error> {
    let mut map = s.serialize_map(Some(1))?;
    map.serialize_entry(tag, value)?;
    map.end()
}

/// Values to be written as a JSON array.
pub(crate) struct Refs<'a>(pub(crate) &'a [Value]);

impl Serialize for Refs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Ref))
    }
}

/// An object to be written.
pub(crate) struct ObjectFields<'a>(pub(crate) &'a ObjectRef);

impl Serialize for ObjectFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("object", &self.0.id.0)?;
        map.serialize_entry("kind", &self.0.kind)?;
        map.end()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Tag {
    Int,
    Float,
    Str,
    Bytes,
    Tuple,
    List,
    Const,
    Object,
    Kind,
    Opaque,
}

/// Reads a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueSeed(pub(crate) Context);

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value: null, true, false, an integer, text, or an object with one tag")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        if number.unsigned_abs() > PLAIN {
            return Err(beyond(number));
        }
        Ok(Value::int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match i64::try_from(number) {
            Ok(plain) => self.visit_i64(plain),
            Err(_) => Err(beyond(number)),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Err(E::custom(format_args!(
            "a number that is no integer within 2**53: write {{\"float\":\"{number:?}\"}}, or {{\"int\":\"…\"}} in digits"
        )))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("a bare array is no value: write {\"tuple\":[…]} or {\"list\":[…]}"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let Some(tag) = map.next_key::<Tag>()? else {
            return Err(A::Error::custom("an object without a tag is no value"));
        };
        let value = match tag {
            Tag::Int => Value::Int(map.next_value_seed(Parse(big_integer))?),
            Tag::Float => Value::Float(map.next_value_seed(Parse(float))?),
            Tag::Str => Value::str(map.next_value_seed(Parse(hex::decode))?),
            Tag::Bytes => Value::Bytes(map.next_value_seed(Parse(hex::decode))?),
            Tag::Tuple => Value::Tuple(map.next_value_seed(self.inside()?)?),
            Tag::List => Value::List(map.next_value_seed(self.inside()?)?),
            Tag::Const if self.0.side == Side::Reply => {
                return Err(A::Error::custom(
                    "constants go by name in requests only: answer with the number",
                ));
            }
            Tag::Const => Value::Constant(map.next_value_seed(Parse(constant_names))?),
            Tag::Opaque if self.0.side == Side::Request => {
                return Err(A::Error::custom("an opaque value cannot be sent to a driver"));
            }
            Tag::Opaque => Value::Opaque(map.next_value()?),
            Tag::Object | Tag::Kind => return object(tag, map).map(Value::Object),
        };
        match map.next_key::<Tag>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::custom("a value has one tag only")),
        }
    }
}

impl ValueSeed {
    fn inside<E: Error>(self) -> Result<ItemsSeed, E> {
        match self.0.depth.checked_sub(1) {
            Some(depth) => Ok(ItemsSeed(Context { depth, ..self.0 })),
            None => Err(E::custom("tuples and lists lie too deep inside each other")),
        }
    }
}

fn beyond<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format_args!("{number} is beyond 2**53: write {{\"int\":\"{number}\"}}"))
}

/// The rest of an object value, of which one key has been read.
pub(crate) fn object<'de, A: MapAccess<'de>>(
    first: impl Into<ObjectKey>,
    mut map: A,
) -> Result<ObjectRef, A::Error> {
    let mut id = None;
    let mut kind: Option<String> = None;
    let mut next = Some(first.into());
    while let Some(key) = next {
        match key {
            ObjectKey::Object if id.is_none() => id = Some(map.next_value()?),
            ObjectKey::Kind if kind.is_none() => kind = Some(map.next_value()?),
            _ => {
                return Err(A::Error::custom(
                    "an object is written {\"object\":ID,\"kind\":KIND}, each key once",
                ));
            }
        }
        next = map.next_key()?;
    }
    match (id, kind) {
        (Some(id), Some(kind)) if !kind.is_empty() => Ok(ObjectRef { id: ObjectId(id), kind }),
        (Some(_), Some(_)) => Err(A::Error::custom("the kind of an object is empty")),
        (None, _) => Err(A::Error::custom("an object without its number under \"object\"")),
        (_, None) => Err(A::Error::custom("an object without its \"kind\"")),
    }
}

/// The keys of an object value.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
pub(crate) enum ObjectKey {
    Object,
    Kind,
    #[serde(other)]
    Other,
}

impl From<Tag> for ObjectKey {
    fn from(tag: Tag) -> Self {
        match tag {
            Tag::Object => Self::Object,
            Tag::Kind => Self::Kind,
            _ => Self::Other,
        }
    }
}

/// Reads an array of values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ItemsSeed(pub(crate) Context);

impl<'de> DeserializeSeed<'de> for ItemsSeed {
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Value>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Value>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(ValueSeed(self.0))? {
            values.push(value);
        }
        Ok(values)
    }
}

/// Reads text and makes something of it.
pub(crate) struct Parse<T>(pub(crate) fn(&str) -> Result<T, String>);

impl<'de, T> DeserializeSeed<'de> for Parse<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T> Visitor<'_> for Parse<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

fn big_integer(text: &str) -> Result<Int, String> {
    let int: Int = text.parse().map_err(|error| format!("{error}"))?;
    if int.to_string() != text {
        return Err(format!("{text:?} is not the shortest way to write {int}"));
    }
    match int.to_i64() {
        Some(plain) if plain.unsigned_abs() <= PLAIN => {
            Err(format!("{int} is within 2**53: write it as a number"))
        }
        _ => Ok(int),
    }
}

fn float(text: &str) -> Result<f64, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-'));
    match text.parse() {
        Ok(float) if plain || matches!(digits, "inf" | "nan") => Ok(float),
        _ => Err(format!("{text:?} is no float: write digits with a point or an exponent, inf or nan")),
    }
}

fn constant_names(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if text.split('|').all(is_name) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is no name of a constant, nor several joined by '|'"))
    }
}
