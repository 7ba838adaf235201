//! The C library and the system calls: the only unsafe code of the crate, one file a family of calls.
//!
//! Each function takes and returns safe Rust values and decides nothing; what a call means stands outside.

pub(crate) mod addrinfo;
pub(crate) mod floor;
pub(crate) mod interface;
#[cfg(target_env = "musl")]
mod musl;
pub(crate) mod netdb;
pub(crate) mod sockaddr;
pub(crate) mod socket;
pub(crate) mod text;
