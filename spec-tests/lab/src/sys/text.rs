//! The texts that the C library has for its numbers.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};

/// `strerror(3)`
pub(crate) fn strerror(number: c_int) -> String {
    let mut buffer = [0; 256];
    // SAFETY: the buffer is as long as it is said to be; the function ends what it writes with a zero byte, and where
    // it fails the buffer still holds zeros.
    unsafe {
        libc::strerror_r(number, buffer.as_mut_ptr(), buffer.len());
        owned(buffer.as_ptr())
    }
}

/// `gai_strerror(3)`
pub(crate) fn gai_strerror(number: c_int) -> String {
    // SAFETY: the function takes any number and gives a constant text.
    unsafe { owned(libc::gai_strerror(number)) }
}

/// `hstrerror(3)`
pub(crate) fn hstrerror(number: c_int) -> String {
    // SAFETY: the function takes any number and gives a constant text.
    unsafe { owned(libc::hstrerror(number).cast()) }
}

/// # Safety
/// `text` is null, or points to bytes that end with a zero and stay as they are during the call.
unsafe fn owned(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
