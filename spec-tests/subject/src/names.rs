//! The names that the document gives, for whoever has to tell them from others.

/// The functions of the module, SSL left out. Clauses: those of each function's own section.
pub const FUNCTIONS: &[&str] = &[
    "fromfd",
    "getaddrinfo",
    "getfqdn",
    "gethostbyaddr",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "getnameinfo",
    "getprotobyname",
    "getservbyname",
    "htonl",
    "htons",
    "inet_aton",
    "inet_ntoa",
    "ntohl",
    "ntohs",
    "socket",
];

/// The methods of socket objects.
pub const SOCKET_METHODS: &[&str] = &[
    "accept",
    "bind",
    "close",
    "connect",
    "connect_ex",
    "fileno",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "makefile",
    "recv",
    "recvfrom",
    "send",
    "sendall",
    "sendto",
    "setblocking",
    "setsockopt",
    "shutdown",
];
