//! Names for the numbers that errors carry: `errno` and `h_errno`.

macro_rules! errnos {
    ($($name:ident)*) => {
        /// Every `errno` that the platform has a name for. Clause: `errors.error-number-named`; errno(3).
        ///
        /// Where a number has two names, the common one comes first and the other, such as `EWOULDBLOCK`, at
        /// the end.
        pub const ERRNO: &[(&str, i32)] = &[$((stringify!($name), libc::$name),)*];
    };
}

errnos! {
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF EBADFD EBADMSG EBADR
    EBADRQC EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK
    EDESTADDRREQ EDOM EDOTDOT EDQUOT EEXIST EFAULT EFBIG EHOSTDOWN EHOSTUNREACH EIDRM EILSEQ EINPROGRESS
    EINTR EINVAL EIO EISCONN EISDIR EISNAM EKEYEXPIRED EKEYREJECTED EKEYREVOKED EL2HLT EL2NSYNC EL3HLT
    EL3RST ELIBACC ELIBBAD ELIBEXEC ELIBMAX ELIBSCN ELNRNG ELOOP EMEDIUMTYPE EMFILE EMLINK EMSGSIZE
    EMULTIHOP ENAMETOOLONG ENAVAIL ENETDOWN ENETRESET ENETUNREACH ENFILE ENOANO ENOBUFS ENOCSI ENODATA
    ENODEV ENOENT ENOEXEC ENOKEY ENOLCK ENOLINK ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG ENOPROTOOPT ENOSPC
    ENOSR ENOSTR ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY ENOTNAM ENOTRECOVERABLE ENOTSOCK ENOTTY ENOTUNIQ
    ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPFNOSUPPORT EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE
    EREMCHG EREMOTE EREMOTEIO ERESTART ERFKILL EROFS ESHUTDOWN ESOCKTNOSUPPORT ESPIPE ESRCH ESRMNT ESTALE
    ESTRPIPE ETIME ETIMEDOUT ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EXDEV EXFULL EWOULDBLOCK EDEADLOCK
    ENOTSUP
}

/// The values of `h_errno`, as netdb.h has them.
#[allow(missing_docs)]
pub mod h_errno {
    pub const NETDB_INTERNAL: i32 = -1;
    pub const NETDB_SUCCESS: i32 = 0;
    pub const HOST_NOT_FOUND: i32 = 1;
    pub const TRY_AGAIN: i32 = 2;
    pub const NO_RECOVERY: i32 = 3;
    pub const NO_DATA: i32 = 4;
}

/// Every `h_errno` with its name; `NO_ADDRESS` is another name of `NO_DATA`. See gethostbyname(3).
pub const H_ERRNO: &[(&str, i32)] = &[
    ("NETDB_INTERNAL", h_errno::NETDB_INTERNAL),
    ("NETDB_SUCCESS", h_errno::NETDB_SUCCESS),
    ("HOST_NOT_FOUND", h_errno::HOST_NOT_FOUND),
    ("TRY_AGAIN", h_errno::TRY_AGAIN),
    ("NO_RECOVERY", h_errno::NO_RECOVERY),
    ("NO_DATA", h_errno::NO_DATA),
    ("NO_ADDRESS", h_errno::NO_DATA),
];

/// The first name of an `errno`, as in `errno.errorcode`.
pub fn errno_name(errno: i32) -> Option<&'static str> {
    name_of(ERRNO, errno)
}

/// The first name of an `h_errno`.
pub fn h_errno_name(h_errno: i32) -> Option<&'static str> {
    name_of(H_ERRNO, h_errno)
}

fn name_of(table: &[(&'static str, i32)], number: i32) -> Option<&'static str> {
    table.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names() {
        assert_eq!(errno_name(libc::EBADF), Some("EBADF"));
        assert_eq!(errno_name(libc::EWOULDBLOCK), Some("EAGAIN"));
        assert_eq!(errno_name(-1), None);
        assert_eq!(h_errno_name(4), Some("NO_DATA"));
        assert_eq!(h_errno_name(-1), Some("NETDB_INTERNAL"));
        assert_eq!(h_errno_name(5), None);
    }
}
