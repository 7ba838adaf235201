//! What musl has in another form than glibc. It is compiled for musl alone.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};

use crate::error::Result;

/// The number of a protocol; `None` where the database has no such protocol.
///
/// There is no reentrant form; the plain one walks a table that never changes.
pub(crate) fn protocol_number(name: &CStr) -> Result<Option<i32>> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: `name` is a C string; the entry returned is read before the guard goes.
    Ok(unsafe { libc::getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto))
}
