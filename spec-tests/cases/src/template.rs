//! Templates: values that a case writes down, some of whose parts are known only when it runs.

use serde::{Deserialize, Serialize};
use sockspec_subject::{Text, Value};

use crate::Facts;

/// A value in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Template {
    /// A plain value.
    Value(Value),
    /// A tuple.
    Tuple(Vec<Template>),
    /// A list.
    List(Vec<Template>),
    /// What an earlier step bound, or a member of it: `{ ref = "addr.1" }`.
    Ref {
        /// The bound name.
        name: String,
        /// Places within it, outermost first, from 0.
        at: Vec<usize>,
    },
    /// A path in the run's scratch folder: `{ path = "echo.sock" }`; `length` pads it to so many bytes.
    Path {
        /// The file's name.
        name: String,
        /// The whole path's length in bytes.
        length: Option<usize>,
    },
    /// So many bytes of a fixed sequence in which no two neighbours repeat a byte at the distances that buffers
    /// have: `{ filler = 65536 }`. A lost or swapped piece shows.
    Filler(usize),
}

/// Why a template has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No step bound that name, or what it bound has no such member.
    #[error("{{ ref = \"{0}\" }} has no value: {1}")]
    Ref(String, String),
    /// The scratch folder's own path is longer than the path wanted.
    #[error("no path of {length} bytes for {name:?}: the scratch folder {folder:?} leaves no room")]
    Path {
        /// The file's name.
        name: String,
        /// The wanted length.
        length: usize,
        /// The scratch folder.
        folder: String,
    },
}

impl Template {
    /// The value that it stands for, given what earlier steps bound and where the scratch folder is.
    ///
    /// # Errors
    /// [`RenderError`] for a name that nothing bound and for a path that cannot be so short.
    pub fn render(&self, facts: &dyn Facts) -> Result<Value, RenderError> {
        Ok(match self {
            Self::Value(value) => value.clone(),
            Self::Tuple(items) => Value::Tuple(render_all(items, facts)?),
            Self::List(items) => Value::List(render_all(items, facts)?),
            Self::Ref { name, at } => resolve(name, at, facts)?,
            Self::Path { name, length } => Value::Str(path(name, *length, facts.scratch())?),
            Self::Filler(length) => Value::Bytes(fill(*length)),
        })
    }
}

fn render_all(items: &[Template], facts: &dyn Facts) -> Result<Vec<Value>, RenderError> {
    items.iter().map(|item| item.render(facts)).collect()
}

fn resolve(name: &str, at: &[usize], facts: &dyn Facts) -> Result<Value, RenderError> {
    let written = || at.iter().fold(name.to_owned(), |text, place| format!("{text}.{place}"));
    let mut value = facts
        .variable(name)
        .ok_or_else(|| RenderError::Ref(written(), format!("no step so far bound {name:?}")))?;
    for place in at {
        value = value
            .items()
            .and_then(|items| items.get(*place))
            .ok_or_else(|| RenderError::Ref(written(), format!("{value} has no member {place}")))?;
    }
    Ok(value.clone())
}

fn path(name: &str, length: Option<usize>, folder: &str) -> Result<Text, RenderError> {
    let mut path = format!("{folder}/{name}").into_bytes();
    if let Some(length) = length {
        if path.len() > length {
            return Err(RenderError::Path { name: name.to_owned(), length, folder: folder.to_owned() });
        }
        path.resize(length, b'x');
    }
    Ok(Text::from(path))
}

/// The bytes that `{ filler = length }` stands for.
pub fn fill(length: usize) -> Vec<u8> {
    // 251 is prime, so the sequence is out of step with every buffer size; the drift makes each of its rounds differ.
    (0..length).map(|i| u8::try_from((i % 251 + i / 251 * 7) % 256).unwrap_or(0)).collect()
}
