//! Interface names and indexes: `if_nametoindex(3)`, `if_indextoname(3)`.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};

use bstr::BString;

/// The index of the interface with this name, or `None` where there is none.
pub(crate) fn index_of(name: &[u8]) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: `name` is a C string.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

/// The name of the interface with this index, or `None` where there is none.
pub(crate) fn name_of(index: u32) -> Option<BString> {
    let mut name = [0_u8; libc::IF_NAMESIZE];
    // SAFETY: the buffer has the size that the call demands.
    let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast()) };
    if found.is_null() {
        return None;
    }
    CStr::from_bytes_until_nul(&name).ok().map(|name| name.to_bytes().into())
}
