//! What a typed implementer answers with.

use std::io;

use crate::args::ArgError;
use crate::{Outcome, Raised, Unsupported, Value};

/// What a typed function or method leads to: what the document says it returns, or a [`Refusal`].
pub type Answer<T> = Result<T, Refusal>;

/// Why there is nothing to return.
///
/// [`std::io::Error`] turns into one by `?`: into `error` with the pair of number and text where the system gave a
/// number, into `error` with a message alone where it did not.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The document's way to fail: an exception.
    #[error("raised {0}")]
    Raised(Raised),
    /// The implementation does not have this.
    #[error("{0}")]
    Lacks(String),
    /// The implementation has this, but its own types cannot express these arguments: an option that it only
    /// knows as a truth value, a name that is no UTF-8. The case does not apply then.
    #[error("{0}")]
    Inexpressible(String),
}

impl Refusal {
    /// `error` with a pair of number and text (`errors.error-pair`), for the number that a system call left. The text
    /// is the system's own (`errors.error-text`).
    pub fn errno(number: i32) -> Self {
        io::Error::from_raw_os_error(number).into()
    }

    /// `error` with a pair of number and text, where both are at hand (`errors.error-pair`).
    pub fn error(number: i32, text: &str) -> Self {
        Self::pair("error", number, text)
    }

    /// `error` with one message and nothing else (`errors.error-message`).
    pub fn message(text: &str) -> Self {
        Self::ordinary("error", text)
    }

    /// `herror` with the number that C's `h_errno` has and `hstrerror`'s text for it (`errors.herror-pair`): for
    /// `gethostbyname_ex` and `gethostbyaddr`.
    pub fn herror(number: i32, text: &str) -> Self {
        Self::pair("herror", number, text)
    }

    /// `gaierror` with the number that the C call returned and `gai_strerror`'s text for it
    /// (`errors.gaierror-pair`): for `getaddrinfo` and `getnameinfo`.
    pub fn gaierror(number: i32, text: &str) -> Self {
        Self::pair("gaierror", number, text)
    }

    /// `TypeError`, for an argument whose type is wrong (`errors.argument-type`).
    pub fn type_error(text: &str) -> Self {
        Self::ordinary("TypeError", text)
    }

    /// `ValueError`, for an argument whose value is wrong.
    pub fn value_error(text: &str) -> Self {
        Self::ordinary("ValueError", text)
    }

    /// `OverflowError`, for a number that is out of range.
    pub fn overflow_error(text: &str) -> Self {
        Self::ordinary("OverflowError", text)
    }

    /// The answer of every method that an implementer leaves out: it does not have this function.
    pub fn no_function(name: &str) -> Self {
        Self::Lacks(format!("this implementation has no {name}"))
    }

    fn pair(class: &str, number: i32, text: &str) -> Self {
        Self::Raised(Raised::new(
            class,
            vec![Value::int(number), Value::str(text)],
            format!("[Errno {number}] {text}"),
        ))
    }

    fn ordinary(class: &str, text: &str) -> Self {
        Self::Raised(Raised::new(class, vec![Value::str(text)], text))
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let text = error.to_string();
        match error.raw_os_error() {
            // The standard library appends the number to the system's text, which the document has as it is.
            Some(number) => {
                Self::error(number, text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text))
            }
            None => Self::message(&text),
        }
    }
}

impl From<ArgError> for Refusal {
    fn from(error: ArgError) -> Self {
        match error {
            ArgError::Type(why) | ArgError::Overflow(why) => Self::Inexpressible(why),
            ArgError::NoConstant(_) => Self::Lacks(error.to_string()),
        }
    }
}

impl From<Raised> for Refusal {
    fn from(raised: Raised) -> Self {
        Self::Raised(raised)
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Raised(raised) => Self::Raised(raised),
            Refusal::Lacks(why) => Self::Unsupported(Unsupported::Lacks(why)),
            Refusal::Inexpressible(why) => Self::Unsupported(Unsupported::Inexpressible(why)),
        }
    }
}

/// Text as `str`, for an implementation whose own types take nothing else.
///
/// # Errors
/// [`Refusal::Inexpressible`] for text that is no UTF-8.
pub fn utf8(text: &[u8]) -> Answer<&str> {
    std::str::from_utf8(text)
        .map_err(|_| Refusal::Inexpressible(format!("'{}' is no UTF-8", text.escape_ascii())))
}
