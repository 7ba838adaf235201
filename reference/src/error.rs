//! Failures, in the classes that the document names.
//!
//! [`Error`] keeps apart what the document keeps apart: `error` with a message or with an `errno` pair,
//! `herror`, `gaierror`, and the ordinary exceptions of a wrong argument. The text of a pair is the C
//! library's own and is fetched when it is asked for, so that an error costs nothing while it is passed
//! around.

use std::borrow::Cow;
use std::io;

use crate::constants::EAI_SYSTEM;
use crate::sys::text;

/// What a call of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every way in which a call fails. Clause: `errors.raised`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `error` with one message. Clause: `errors.error-message`.
    #[error("{0}")]
    Message(Cow<'static, str>),
    /// `error` with the pair of a system call's `errno` and its strerror(3) text. Clause:
    /// `errors.error-pair`.
    #[error("[Errno {errno}] {}", text::strerror(*errno))]
    Os {
        /// The number; [`constants::errno_name`](crate::constants::errno_name) names it.
        errno: i32,
    },
    /// `herror` with the pair of `h_errno` and its hstrerror(3) text. Clause: `errors.herror-pair`.
    #[error("[h_errno {h_errno}] {}", text::hstrerror(*h_errno))]
    Herror {
        /// The number the resolver left.
        h_errno: i32,
    },
    /// `gaierror` with the pair of the library's code and its `gai_strerror(3)` text. Clause:
    /// `errors.gaierror-pair`.
    #[error("[EAI {code}] {}{}", text::gai_strerror(*code), because(*errno))]
    Gaierror {
        /// One of the `EAI_*` constants.
        code: i32,
        /// Where the code is `EAI_SYSTEM`: what the system call said. It is no part of the documented pair.
        errno: Option<i32>,
    },
    /// A wrong argument type: `TypeError`. Clause: `errors.argument-type`.
    #[error("{0}")]
    Type(Cow<'static, str>),
    /// An argument of the right type that no call can use: `ValueError`.
    #[error("{0}")]
    Value(Cow<'static, str>),
    /// A number out of the range that its C type has: `OverflowError`.
    #[error("{0}")]
    Overflow(Cow<'static, str>),
    /// No memory for a buffer of the size asked for: `MemoryError`. Clause: `errors.out-of-memory`.
    #[error("out of memory: no room for {0} bytes")]
    Memory(usize),
}

/// The exception classes that [`Error`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// `error`. Clause: `errors.error`.
    Error,
    /// `herror`. Clause: `errors.herror`.
    Herror,
    /// `gaierror`. Clause: `errors.gaierror`.
    Gaierror,
    /// `TypeError`.
    Type,
    /// `ValueError`.
    Value,
    /// `OverflowError`.
    Overflow,
    /// `MemoryError`.
    Memory,
}

impl Class {
    /// The name that the class has in Python, without a module.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Herror => "herror",
            Self::Gaierror => "gaierror",
            Self::Type => "TypeError",
            Self::Value => "ValueError",
            Self::Overflow => "OverflowError",
            Self::Memory => "MemoryError",
        }
    }
}

impl Error {
    /// `error` with a message.
    pub(crate) fn message(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Message(text.into())
    }

    /// `error` with an errno pair.
    pub(crate) const fn os(errno: i32) -> Self {
        Self::Os { errno }
    }

    /// `gaierror` for any code but `EAI_SYSTEM`.
    pub(crate) const fn gai(code: i32) -> Self {
        Self::Gaierror { code, errno: None }
    }

    /// `gaierror` for a code of the C library, with the `errno` it left.
    ///
    /// The document gives `gaierror` the pair of code and `gai_strerror` text for every error of the two
    /// functions and makes no exception for `EAI_SYSTEM`, so it stays a `gaierror`; the cause goes along
    /// beside the pair.
    pub(crate) fn gai_with(code: i32, errno: i32) -> Self {
        Self::Gaierror { code, errno: (code == EAI_SYSTEM).then_some(errno) }
    }

    /// The exception class.
    pub const fn class(&self) -> Class {
        match self {
            Self::Message(_) | Self::Os { .. } => Class::Error,
            Self::Herror { .. } => Class::Herror,
            Self::Gaierror { .. } => Class::Gaierror,
            Self::Type(_) => Class::Type,
            Self::Value(_) => Class::Value,
            Self::Overflow(_) => Class::Overflow,
            Self::Memory(_) => Class::Memory,
        }
    }

    /// The number of a documented pair: `errno`, `h_errno` or `EAI_*` by class. `None` where there is only a
    /// message.
    pub const fn number(&self) -> Option<i32> {
        match self {
            Self::Os { errno } => Some(*errno),
            Self::Herror { h_errno } => Some(*h_errno),
            Self::Gaierror { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The text of a documented pair exactly as the C library has it, or the message where there is no pair.
    pub fn text(&self) -> String {
        match self {
            Self::Os { errno } => text::strerror(*errno),
            Self::Herror { h_errno } => text::hstrerror(*h_errno),
            Self::Gaierror { code, .. } => text::gai_strerror(*code),
            other => other.to_string(),
        }
    }

    /// Whether this is an `error` pair with the number `errno`.
    pub fn is_os(&self, errno: i32) -> bool {
        *self == Self::os(errno)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        error.raw_os_error().map_or_else(|| Self::message(error.to_string()), Self::os)
    }
}

fn because(errno: Option<i32>) -> String {
    errno.map_or_else(String::new, |errno| format!(": {}", text::strerror(errno)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Error::os(9), "error", Some(9), "Bad file descriptor")]
    #[case(Error::gai(-2), "gaierror", Some(-2), "Name or service not known")]
    #[case(Error::Herror { h_errno: 1 }, "herror", Some(1), "Unknown host")]
    #[case(Error::message("no"), "error", None, "no")]
    #[case(Error::Overflow("big".into()), "OverflowError", None, "big")]
    fn class_number_text(
        #[case] error: Error,
        #[case] class: &str,
        #[case] number: Option<i32>,
        #[case] text: &str,
    ) {
        assert_eq!((error.class().name(), error.number(), error.text().as_str()), (class, number, text));
    }

    #[test]
    fn system_error_stays_a_gaierror_and_names_its_cause() {
        let error = Error::gai_with(EAI_SYSTEM, libc::EMFILE);
        assert_eq!((error.class(), error.number()), (Class::Gaierror, Some(EAI_SYSTEM)));
        assert_eq!(error.text(), "System error");
        assert!(error.to_string().ends_with("System error: Too many open files"), "{error}");
        assert_eq!(Error::gai_with(-2, libc::EMFILE), Error::gai(-2));
    }

    #[test]
    fn an_errno_is_told_from_others_and_from_other_numbers() {
        assert!(Error::os(libc::EAGAIN).is_os(libc::EAGAIN));
        assert!(!Error::os(libc::EAGAIN).is_os(libc::EPIPE));
        assert!(!Error::Herror { h_errno: 1 }.is_os(1));
    }
}
