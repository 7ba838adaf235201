//! Reading a call's arguments into Rust types.
//!
//! Shared by the typed adapter, for which a mismatch is a call that cannot be expressed, and by bindings that check
//! types at run time, for which it is a `TypeError` or an `OverflowError`.

use std::collections::BTreeMap;

use crate::{Action, Call, Int, ObjectRef, Value};

/// Why arguments do not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgError {
    /// A wrong number of arguments, an unknown keyword, or a value of the wrong type.
    #[error("{0}")]
    Type(String),
    /// An integer that does not fit.
    #[error("{0}")]
    Overflow(String),
    /// A constant that the subject does not have.
    #[error("the module has no constant {0}")]
    NoConstant(String),
}

/// The arguments of one call, matched with the documented parameter names.
#[derive(Debug)]
pub struct Args<'a> {
    function: &'a str,
    names: &'static [&'static str],
    values: Vec<Option<&'a Value>>,
    constants: &'a BTreeMap<String, i64>,
}

impl<'a> Args<'a> {
    /// Matches a call's arguments with the parameters `names`, of which the first `required` must be given.
    ///
    /// # Errors
    /// [`ArgError::Type`] for too few, too many, doubled or unknown arguments, and for reading an attribute.
    pub fn new(
        call: &'a Call,
        names: &'static [&'static str],
        required: usize,
        constants: &'a BTreeMap<String, i64>,
    ) -> Result<Self, ArgError> {
        let function = call.name.as_str();
        let Action::Invoke { args, named } = &call.action else {
            return Err(ArgError::Type(format!("{function} is called, nothing else")));
        };
        if args.len() > names.len() {
            return Err(ArgError::Type(format!(
                "{function} takes at most {} arguments ({} given)",
                names.len(),
                args.len()
            )));
        }
        let mut values: Vec<Option<&Value>> = args.iter().map(Some).collect();
        values.resize(names.len(), None);
        for (name, value) in named {
            let Some(at) = names.iter().position(|known| known == name) else {
                return Err(ArgError::Type(format!("{function} has no parameter {name:?}")));
            };
            if values[at].replace(value).is_some() {
                return Err(ArgError::Type(format!("{function} got two values for {name:?}")));
            }
        }
        if let Some(missing) = values.iter().take(required).position(Option::is_none) {
            return Err(ArgError::Type(format!("{function} needs an argument {:?}", names[missing])));
        }
        Ok(Self { function, names, values, constants })
    }

    fn wrong(&self, at: usize, wanted: &str, got: &Value) -> ArgError {
        ArgError::Type(format!(
            "{}: {} must be {wanted}, not {}",
            self.function,
            self.names[at],
            got.type_name()
        ))
    }

    /// The argument at that place, where it was given.
    pub fn get(&self, at: usize) -> Option<&'a Value> {
        self.values.get(at).copied().flatten()
    }

    /// A required argument, whatever its type.
    ///
    /// # Errors
    /// [`ArgError::Type`] when it was not given.
    pub fn any(&self, at: usize) -> Result<&'a Value, ArgError> {
        self.get(at).ok_or_else(|| {
            ArgError::Type(format!("{} needs argument {}", self.function, at.saturating_add(1)))
        })
    }

    /// An integer, given as a number, a truth value or by the names of constants; `None` when it was left out.
    ///
    /// # Errors
    /// [`ArgError::Type`] for anything else, [`ArgError::NoConstant`] for an unknown name.
    pub fn int(&self, at: usize) -> Result<Option<Int>, ArgError> {
        match self.get(at) {
            None => Ok(None),
            Some(value) => integer(value, self.constants)
                .and_then(|int| int.ok_or_else(|| self.wrong(at, "an integer", value)))
                .map(Some),
        }
    }

    /// An integer within `i64`, or `default` when it was left out.
    ///
    /// # Errors
    /// As [`Args::int`], and [`ArgError::Overflow`] beyond `i64`.
    pub fn i64_or(&self, at: usize, default: i64) -> Result<i64, ArgError> {
        match self.int(at)? {
            None => Ok(default),
            Some(int) => int.to_i64().ok_or_else(|| {
                ArgError::Overflow(format!("{}: {} = {int} is too large", self.function, self.names[at]))
            }),
        }
    }

    /// A required integer within `i64`.
    ///
    /// # Errors
    /// As [`Args::i64_or`], and [`ArgError::Type`] when it was left out.
    pub fn i64(&self, at: usize) -> Result<i64, ArgError> {
        self.any(at)?;
        self.i64_or(at, 0)
    }

    /// A required integer within `i32`, the size of a C int.
    ///
    /// # Errors
    /// As [`Args::i64`], and [`ArgError::Overflow`] beyond `i32`.
    pub fn i32(&self, at: usize) -> Result<i32, ArgError> {
        self.any(at)?;
        self.i32_or(at, 0)
    }

    /// An integer within `i32`, or `default` when it was left out.
    ///
    /// # Errors
    /// As [`Args::i32`].
    pub fn i32_or(&self, at: usize, default: i32) -> Result<i32, ArgError> {
        let wide = self.i64_or(at, i64::from(default))?;
        i32::try_from(wide).map_err(|_| {
            ArgError::Overflow(format!("{}: {} = {wide} does not fit a C int", self.function, self.names[at]))
        })
    }

    /// Required text.
    ///
    /// # Errors
    /// [`ArgError::Type`] for anything else.
    pub fn text(&self, at: usize) -> Result<&'a [u8], ArgError> {
        match self.any(at)? {
            Value::Str(text) => Ok(text.as_bytes()),
            other => Err(self.wrong(at, "text", other)),
        }
    }

    /// Required text or None; `None` when it was left out as well.
    ///
    /// # Errors
    /// [`ArgError::Type`] for anything else.
    pub fn text_or_none(&self, at: usize) -> Result<Option<&'a [u8]>, ArgError> {
        match self.get(at) {
            None | Some(Value::None) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.as_bytes())),
            Some(other) => Err(self.wrong(at, "text or None", other)),
        }
    }

    /// Required bytes.
    ///
    /// # Errors
    /// [`ArgError::Type`] for anything else.
    pub fn bytes(&self, at: usize) -> Result<&'a [u8], ArgError> {
        match self.any(at)? {
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(self.wrong(at, "bytes", other)),
        }
    }

    /// A required object.
    ///
    /// # Errors
    /// [`ArgError::Type`] for anything else.
    pub fn object(&self, at: usize) -> Result<&'a ObjectRef, ArgError> {
        match self.any(at)? {
            Value::Object(object) => Ok(object),
            other => Err(self.wrong(at, "an object", other)),
        }
    }
}

/// The integer that a value stands for: a number, a truth value, or constants by name joined by `|`. `Ok(None)` when
/// it is nothing of the kind.
///
/// # Errors
/// [`ArgError::NoConstant`] for a name that is not in `constants`.
pub fn integer(value: &Value, constants: &BTreeMap<String, i64>) -> Result<Option<Int>, ArgError> {
    Ok(match value {
        Value::Int(int) => Some(int.clone()),
        Value::Bool(flag) => Some(Int::from(i64::from(*flag))),
        Value::Constant(names) => {
            let mut bits = 0;
            for name in names.split('|') {
                match constants.get(name) {
                    Some(number) if names.contains('|') => bits |= number,
                    Some(number) => bits = *number,
                    None => return Err(ArgError::NoConstant(name.to_owned())),
                }
            }
            Some(Int::from(bits))
        }
        _ => None,
    })
}
