//! The texts of error numbers: strerror, hstrerror, `gai_strerror`; and C strings.
#![allow(unsafe_code)]

use std::ffi::CStr;

use bstr::BString;
use libc::{c_char, c_int};

/// The text of an `errno`, strerror(3).
pub(crate) fn strerror(errno: c_int) -> String {
    let mut buffer = [0_u8; 256];
    // SAFETY: the buffer is writable for the length given, and `strerror_r` ends what it writes with NUL. The
    // symbol that `libc` binds is the POSIX one, which writes into the buffer. It fails for an unknown number,
    // and the text is there all the same.
    let _ = unsafe { libc::strerror_r(errno, buffer.as_mut_ptr().cast::<c_char>(), buffer.len()) };
    CStr::from_bytes_until_nul(&buffer).unwrap_or_default().to_string_lossy().into_owned()
}

/// The text of an `h_errno`, hstrerror(3).
pub(crate) fn hstrerror(h_errno: c_int) -> String {
    // SAFETY: `hstrerror` takes any number and returns a C string that lives as long as the program.
    unsafe { static_text(libc::hstrerror(h_errno)) }
}

/// The text of an `EAI_*` code, `gai_strerror(3)`.
pub(crate) fn gai_strerror(code: c_int) -> String {
    // SAFETY: `gai_strerror` takes any number and returns a C string that lives as long as the program.
    unsafe { static_text(libc::gai_strerror(code)) }
}

/// # Safety
/// `text` is null or points to a C string.
unsafe fn static_text(text: *const c_char) -> String {
    // SAFETY: as for this function.
    unsafe { copy(text) }.to_string()
}

/// Copies a C string; null is empty.
///
/// # Safety
/// `text` is null or points to a C string.
pub(super) unsafe fn copy(text: *const c_char) -> BString {
    if text.is_null() {
        return BString::default();
    }
    // SAFETY: not null, so a C string by contract.
    unsafe { CStr::from_ptr(text) }.to_bytes().into()
}

/// `errno` as the last call in this thread left it.
pub(crate) fn last_errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// The C library's `inet_aton(3)`, for comparison only.
pub(crate) fn inet_aton(text: &CStr) -> Option<[u8; 4]> {
    unsafe extern "C" {
        fn inet_aton(text: *const c_char, address: *mut libc::in_addr) -> c_int;
    }
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: a C string, and memory for an address.
    let valid = unsafe { inet_aton(text.as_ptr(), &raw mut address) };
    (valid != 0).then(|| address.s_addr.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_number_has_a_text_too() {
        assert_eq!(strerror(libc::EBADF), "Bad file descriptor");
        assert!(!strerror(99_999).is_empty());
    }

    #[test]
    fn errno_is_that_of_the_last_call() {
        // SAFETY: the call takes any number and fails for one that is no descriptor.
        unsafe { libc::close(-1) };
        assert_eq!(last_errno(), libc::EBADF);
    }
}
