//! Replies: what a driver answers.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sockspec_subject::{Description, Outcome, Unsupported};

use super::call::put;
use super::hello::Hello;
use super::outcome::{RaisedSeed, write_fields};
use super::value::ValueSeed;
use super::{Context, Side, append, read};
use crate::{Limits, LineError};

/// One line from a driver.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The id of the request that it answers.
    pub id: u64,
    /// The answer.
    pub body: Body,
}

/// What a driver answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// To hello: who it is.
    Hello {
        /// The version of the protocol that the driver speaks.
        protocol: u64,
        /// What it says of its implementation.
        description: Description,
    },
    /// To a call, a look or an echo.
    Outcome(Outcome),
    /// To reset.
    Reset,
    /// To ping.
    Pong,
    /// To work: how long it took, in nanoseconds.
    Took(Vec<u64>),
    /// The driver could make nothing of the request.
    Fault(String),
}

impl Body {
    /// The key that it travels under, for messages.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Outcome(Outcome::Returned(_)) => "returned",
            Self::Outcome(Outcome::Raised(_)) => "raised",
            Self::Outcome(Outcome::Unsupported(Unsupported::Lacks(_))) => "unsupported",
            Self::Outcome(Outcome::Unsupported(Unsupported::Inexpressible(_))) => "inexpressible",
            Self::Reset => "reset",
            Self::Pong => "pong",
            Self::Took(_) => "took",
            Self::Fault(_) => "fault",
        }
    }
}

/// Reads a reply.
///
/// # Errors
/// [`LineError`] when the line is no reply, or breaks a limit.
pub fn parse_reply(line: &[u8], limits: &Limits) -> Result<Reply, LineError> {
    if line.len() > limits.line {
        return Err(LineError::TooLong { limit: limits.line });
    }
    let parts = read(line, PartsSeed { context: Context::new(Side::Reply, limits) })?;
    let whole = |what: &str| LineError::whole(line, what.to_owned());
    match (parts.id, parts.body) {
        (Some(id), Some(body)) => Ok(Reply { id, body }),
        (None, _) => Err(whole("a reply without \"id\"")),
        (_, None) => Err(whole("a reply without an answer")),
    }
}

/// The protocol number of a line that may be no valid hello otherwise: a later version may say more than this one.
pub fn hello_protocol(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Loose {
        hello: LooseHello,
    }
    #[derive(Deserialize)]
    struct LooseHello {
        protocol: u64,
    }
    serde_json::from_slice::<Loose>(line).ok().map(|loose| loose.hello.protocol)
}

impl Reply {
    /// Appends the reply as one line, newline included.
    ///
    /// # Errors
    /// None that a reply can cause.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), LineError> {
        append(out, self)
    }
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("id", &self.id)?;
        match &self.body {
            Body::Hello { protocol, description } => {
                map.serialize_entry("hello", &Hello::new(Some(*protocol), description))?;
            }
            Body::Outcome(outcome) => write_fields(&mut map, outcome)?,
            Body::Reset => map.serialize_entry("reset", &true)?,
            Body::Pong => map.serialize_entry("pong", &true)?,
            Body::Took(took) => map.serialize_entry("took", took)?,
            Body::Fault(why) => map.serialize_entry("fault", why)?,
        }
        map.end()
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Id,
    Hello,
    Returned,
    Raised,
    Unsupported,
    Inexpressible,
    Reset,
    Pong,
    Took,
    Fault,
}

/// The parts of a reply.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) id: Option<u64>,
    pub(crate) body: Option<Body>,
}

/// Reads the parts of a reply.
pub(crate) struct PartsSeed {
    pub(crate) context: Context,
}

impl<'de> DeserializeSeed<'de> for PartsSeed {
    type Value = Parts;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parts, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PartsSeed {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reply: an object with \"id\" and the answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Parts::default();
        while let Some(key) = map.next_key::<Key>()? {
            let body = match key {
                Key::Id => {
                    put(&mut parts.id, "id", map.next_value()?)?;
                    continue;
                }
                Key::Hello => {
                    let hello: Hello<'static> = map.next_value()?;
                    let protocol =
                        hello.protocol.ok_or_else(|| A::Error::custom("hello without \"protocol\""))?;
                    Body::Hello { protocol, description: hello.into_description() }
                }
                Key::Returned => {
                    Body::Outcome(Outcome::Returned(map.next_value_seed(ValueSeed(self.context))?))
                }
                Key::Raised => Body::Outcome(Outcome::Raised(map.next_value_seed(RaisedSeed(self.context))?)),
                Key::Unsupported => {
                    Body::Outcome(Outcome::Unsupported(Unsupported::Lacks(map.next_value()?)))
                }
                Key::Inexpressible => {
                    Body::Outcome(Outcome::Unsupported(Unsupported::Inexpressible(map.next_value()?)))
                }
                Key::Reset => yes(map.next_value()?, "reset", Body::Reset)?,
                Key::Pong => yes(map.next_value()?, "pong", Body::Pong)?,
                Key::Took => Body::Took(map.next_value()?),
                Key::Fault => Body::Fault(map.next_value()?),
            };
            if let Some(first) = &parts.body {
                return Err(A::Error::custom(format_args!(
                    "one reply with two answers: {:?} and {:?}",
                    first.key(),
                    body.key()
                )));
            }
            parts.body = Some(body);
        }
        Ok(parts)
    }
}

fn yes<E: Error>(flag: bool, key: &str, body: Body) -> Result<Body, E> {
    if flag { Ok(body) } else { Err(E::custom(format_args!("{key:?} is always true"))) }
}
