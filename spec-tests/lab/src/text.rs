//! Names of the C library's error numbers, and its own texts for them.
//!
//! Three sets of numbers: `errno`, those of getaddrinfo (`EAI_*`), and `h_errno`. The texts are asked from the C
//! library that this program runs with, in the locale C: the suite never spells one out.
//!
//! # References
//! `errno(3)`, `strerror(3)`, `gai_strerror(3)`, `hstrerror(3)`

use crate::sys;

/// The C library's text for an `errno`; never empty.
pub fn strerror(number: i32) -> String {
    sys::strerror(number)
}

/// The C library's text for an error number of getaddrinfo or getnameinfo.
pub fn gai_strerror(number: i32) -> String {
    sys::gai_strerror(number)
}

/// The C library's text for an `h_errno`.
pub fn hstrerror(number: i32) -> String {
    sys::hstrerror(number)
}

/// The number of an `errno` by name, for instance `ECONNREFUSED`.
pub fn errno_number(name: &str) -> Option<i32> {
    number(ERRNO, name)
}

/// The name of an `errno`. Where two names share a number, the one that POSIX lists first.
pub fn errno_name(number: i32) -> Option<&'static str> {
    name(ERRNO, number)
}

/// The number of a getaddrinfo error by name, for instance `EAI_NONAME`.
pub fn eai_number(name: &str) -> Option<i32> {
    number(EAI, name)
}

/// The name of a getaddrinfo error.
pub fn eai_name(number: i32) -> Option<&'static str> {
    name(EAI, number)
}

/// The number of an `h_errno` by name, for instance `HOST_NOT_FOUND`.
pub fn h_errno_number(name: &str) -> Option<i32> {
    number(H_ERRNO, name)
}

/// The name of an `h_errno`.
pub fn h_errno_name(number: i32) -> Option<&'static str> {
    name(H_ERRNO, number)
}

type Names = &'static [(&'static str, i32)];

fn number(names: Names, wanted: &str) -> Option<i32> {
    names.iter().find(|(name, _)| *name == wanted).map(|(_, number)| *number)
}

fn name(names: Names, wanted: i32) -> Option<&'static str> {
    names.iter().find(|(_, number)| *number == wanted).map(|(name, _)| *name)
}

macro_rules! from_libc {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name)),*] };
}

/// Every `errno` that a call on sockets, files or processes can give on Linux.
#[rustfmt::skip]
const ERRNO: Names = from_libc![
    EPERM, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF, ECHILD, EAGAIN, EWOULDBLOCK, ENOMEM,
    EACCES, EFAULT, ENOTBLK, EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY,
    ETXTBSY, EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE, EDOM, ERANGE, EDEADLK, ENAMETOOLONG, ENOLCK,
    ENOSYS, ENOTEMPTY, ELOOP, ENOMSG, EIDRM, ENOSTR, ENODATA, ETIME, ENOSR, ENONET, ENOLINK, EPROTO,
    EMULTIHOP, EBADMSG, EOVERFLOW, ENOTUNIQ, EBADFD, EILSEQ, EUSERS, ENOTSOCK, EDESTADDRREQ, EMSGSIZE,
    EPROTOTYPE, ENOPROTOOPT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EOPNOTSUPP, ENOTSUP, EPFNOSUPPORT,
    EAFNOSUPPORT, EADDRINUSE, EADDRNOTAVAIL, ENETDOWN, ENETUNREACH, ENETRESET, ECONNABORTED, ECONNRESET,
    ENOBUFS, EISCONN, ENOTCONN, ESHUTDOWN, ETOOMANYREFS, ETIMEDOUT, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH,
    EALREADY, EINPROGRESS, ESTALE, EDQUOT, ECANCELED, EOWNERDEAD, ENOTRECOVERABLE,
];

/// netdb.h. The last ones are the GNU library's own; others do not give them.
const EAI: Names = &[
    ("EAI_BADFLAGS", libc::EAI_BADFLAGS),
    ("EAI_NONAME", libc::EAI_NONAME),
    ("EAI_AGAIN", libc::EAI_AGAIN),
    ("EAI_FAIL", libc::EAI_FAIL),
    ("EAI_NODATA", libc::EAI_NODATA),
    ("EAI_FAMILY", libc::EAI_FAMILY),
    ("EAI_SOCKTYPE", libc::EAI_SOCKTYPE),
    ("EAI_SERVICE", libc::EAI_SERVICE),
    ("EAI_ADDRFAMILY", -9),
    ("EAI_MEMORY", libc::EAI_MEMORY),
    ("EAI_SYSTEM", libc::EAI_SYSTEM),
    ("EAI_OVERFLOW", libc::EAI_OVERFLOW),
    ("EAI_INPROGRESS", -100),
    ("EAI_CANCELED", -101),
    ("EAI_NOTCANCELED", -102),
    ("EAI_ALLDONE", -103),
    ("EAI_INTR", -104),
    ("EAI_IDN_ENCODE", -105),
];

/// netdb.h. `NO_ADDRESS` is another name of `NO_DATA`.
const H_ERRNO: Names = &[
    ("NETDB_INTERNAL", -1),
    ("NETDB_SUCCESS", 0),
    ("HOST_NOT_FOUND", 1),
    ("TRY_AGAIN", 2),
    ("NO_RECOVERY", 3),
    ("NO_DATA", 4),
    ("NO_ADDRESS", 4),
];
