//! Faults in constants.

use std::collections::BTreeMap;

use sockspec_subject::{Target, Value};

use crate::Fault;
use crate::tools::{attribute, constants, instead, int, refuse, rewrite};
use crate::values::returned;

type Table = BTreeMap<String, i64>;

fn lacks(table: &mut Table, name: &str) {
    table.remove(name);
}

fn without(table: &mut Table, start: &str) {
    table.retain(|name, _| !name.starts_with(start));
}

fn alike(table: &mut Table, name: &str, other: &str) {
    if let Some(value) = table.get(other).copied()
        && let Some(own) = table.get_mut(name)
    {
        *own = value;
    }
}

fn set(table: &mut Table, name: &str, value: i64) {
    if let Some(own) = table.get_mut(name) {
        *own = value;
    }
}

macro_rules! missing {
    ($id:literal, $clause:literal, $name:literal) => {
        Fault::new($id, &[$clause], concat!("The module lacks ", $name, "."), || {
            constants(|table| lacks(table, $name))
        })
    };
}

macro_rules! group {
    ($id:literal, $clause:literal, $start:literal) => {
        Fault::new($id, &[$clause], concat!("The module lacks every ", $start, " constant."), || {
            constants(|table| without(table, $start))
        })
    };
}

macro_rules! wrong {
    ($id:literal, $clauses:expr, $name:literal, $value:literal) => {
        Fault::new($id, $clauses, concat!($name, " has another value than the system's."), || {
            constants(|table| set(table, $name, $value))
        })
    };
}

pub(super) const FAULTS: &[Fault] = &[
    missing!("af-unix-missing", "constants.af-unix", "AF_UNIX"),
    missing!("af-inet-missing", "constants.af-inet", "AF_INET"),
    missing!("af-inet6-missing", "constants.af-inet6", "AF_INET6"),
    Fault::new("af-inet6-is-inet", &["constants.af-inet6"], "AF_INET6 has the value of AF_INET.", || {
        constants(|table| alike(table, "AF_INET6", "AF_INET"))
    }),
    Fault::new("af-unix-is-inet", &["constants.af-unix"], "AF_UNIX has the value of AF_INET.", || {
        constants(|table| alike(table, "AF_UNIX", "AF_INET"))
    }),
    Fault::new(
        "af-constants-text",
        &["constants.families-for-socket", "constants.af-inet"],
        "The family constants are texts.",
        || {
            attribute(|_, call| {
                let such = call.target == Target::Module && call.name.starts_with("AF_");
                Ok(such.then(|| returned(Value::str(call.name.as_str()))))
            })
        },
    ),
    Fault::new(
        "families-refused-by-socket",
        &["constants.families-for-socket"],
        "socket takes one more than a family constant's value.",
        || {
            rewrite(&["socket"], |_, args| {
                if let Some(family) = args.first_mut().filter(|family| family.as_i64().is_some()) {
                    *family = Value::int(family.as_i64().unwrap_or_default() - 1);
                }
            })
        },
    ),
    missing!("sock-stream-missing", "constants.sock-stream", "SOCK_STREAM"),
    missing!("sock-dgram-missing", "constants.sock-dgram", "SOCK_DGRAM"),
    missing!("sock-raw-missing", "constants.sock-raw", "SOCK_RAW"),
    missing!("sock-rdm-missing", "constants.sock-rdm", "SOCK_RDM"),
    missing!("sock-seqpacket-missing", "constants.sock-seqpacket", "SOCK_SEQPACKET"),
    Fault::new(
        "sock-types-swapped",
        &["constants.sock-stream", "constants.sock-dgram", "constants.types-for-socket"],
        "SOCK_STREAM and SOCK_DGRAM have each other's value.",
        || {
            constants(|table| {
                set(table, "SOCK_STREAM", 2);
                set(table, "SOCK_DGRAM", 1);
            })
        },
    ),
    Fault::new(
        "types-refused-by-socket",
        &["constants.types-for-socket", "socket.type-dgram"],
        "socket takes no type but that of streams.",
        || refuse(&["socket"], |args| args.get(1).and_then(Value::as_i64).is_some_and(|kind| kind != 1)),
    ),
    wrong!("sock-raw-value", &["constants.sock-raw", "constants.system-meaning"], "SOCK_RAW", 5),
    wrong!("sock-rdm-value", &["constants.sock-rdm", "constants.system-meaning"], "SOCK_RDM", 3),
    wrong!(
        "sock-seqpacket-value",
        &["constants.sock-seqpacket", "constants.system-meaning"],
        "SOCK_SEQPACKET",
        4
    ),
    group!("so-missing", "constants.so", "SO_"),
    Fault::new(
        "so-rcvbuf-is-sndbuf",
        &["constants.so", "constants.for-options", "constants.system-meaning", "getsockopt.names"],
        "SO_RCVBUF has the value of SO_SNDBUF.",
        || constants(|table| alike(table, "SO_RCVBUF", "SO_SNDBUF")),
    ),
    missing!("so-reuseaddr-missing", "setsockopt.names", "SO_REUSEADDR"),
    missing!("so-keepalive-missing", "getsockopt.names", "SO_KEEPALIVE"),
    missing!("so-type-missing", "getsockopt.names", "SO_TYPE"),
    wrong!("so-keepalive-value", &["constants.so", "constants.system-meaning"], "SO_KEEPALIVE", 13),
    missing!("somaxconn-missing", "constants.somaxconn", "SOMAXCONN"),
    wrong!("somaxconn-value", &["constants.somaxconn"], "SOMAXCONN", -1),
    group!("msg-missing", "constants.msg", "MSG_"),
    wrong!("msg-peek-value", &["constants.msg", "constants.system-meaning"], "MSG_PEEK", 0),
    group!("sol-missing", "constants.sol", "SOL_"),
    wrong!(
        "sol-socket-value",
        &["constants.sol", "constants.for-options", "setsockopt.names"],
        "SOL_SOCKET",
        6
    ),
    group!("ipproto-missing", "constants.ipproto", "IPPROTO_"),
    wrong!("ipproto-tcp-value", &["constants.ipproto", "constants.system-meaning"], "IPPROTO_TCP", 17),
    wrong!("ipproto-ipv6-value", &["constants.ipproto", "constants.for-options"], "IPPROTO_IPV6", 0),
    group!("ipport-missing", "constants.ipport", "IPPORT_"),
    wrong!("ipport-value", &["constants.ipport", "constants.defaults"], "IPPORT_USERRESERVED", 0),
    group!("inaddr-missing", "constants.inaddr", "INADDR_"),
    wrong!(
        "inaddr-loopback-value",
        &["constants.inaddr", "constants.system-meaning"],
        "INADDR_LOOPBACK",
        0x0100_007f
    ),
    wrong!("inaddr-broadcast-value", &["constants.inaddr", "constants.defaults"], "INADDR_BROADCAST", 0),
    group!("ip-missing", "constants.ip", "IP_"),
    wrong!("ip-ttl-value", &["constants.ip", "constants.system-meaning"], "IP_TTL", 1),
    group!("ipv6-missing", "constants.ipv6", "IPV6_"),
    wrong!("ipv6-v6only-value", &["constants.ipv6", "constants.for-options"], "IPV6_V6ONLY", 16),
    group!("eai-missing", "constants.eai", "EAI_"),
    wrong!("eai-noname-value", &["constants.eai", "errors.gaierror-constant"], "EAI_NONAME", 2),
    group!("ai-missing", "constants.ai", "AI_"),
    wrong!("ai-passive-value", &["constants.ai", "constants.system-meaning"], "AI_PASSIVE", 4),
    group!("ni-missing", "constants.ni", "NI_"),
    wrong!("ni-numerichost-value", &["constants.ni", "constants.system-meaning"], "NI_NUMERICHOST", 2),
    Fault::new(
        "foreign-constant",
        &["constants.defined-by-headers"],
        "The module has SO_USELOOPBACK, which this system's headers lack.",
        || attribute(|_, call| Ok((call.name == "SO_USELOOPBACK").then(|| returned(Value::int(0x40))))),
    )
    .equivalent("the document says \"as a rule\": a name too many is allowed"),
    Fault::new(
        "any-name-is-a-constant",
        &["constants.defined-by-headers"],
        "Every name that looks like a constant is one: those that no header has are 0.",
        || {
            attribute(|desk, call| {
                let like = ["SO_", "EAI_", "AF_"].iter().any(|start| call.name.starts_with(start));
                let unknown = call.target == Target::Module && desk.number(&call.name) == 0;
                Ok((like && unknown && call.name != "AF_UNSPEC").then(|| returned(Value::int(0))))
            })
        },
    ),
    Fault::new(
        "af-unix-of-no-use",
        &["constants.af-unix-missing"],
        "The module has AF_UNIX, and no socket can be made of it.",
        || instead(&["socket"], |desk, call| Ok((int(call, 0) == 1).then(|| desk.error("EAFNOSUPPORT")))),
    ),
    Fault::new(
        "header-constant-missing",
        &["constants.defined-by-headers", "constants.so"],
        "The module lacks SO_LINGER, which this system's headers have.",
        || constants(|table| lacks(table, "SO_LINGER")),
    ),
    Fault::new(
        "defaults-missing",
        &["constants.defaults"],
        "The constants that always have a value are missing: IPPROTO_IP, INADDR_NONE and IPPORT_RESERVED among them.",
        || {
            constants(|table| {
                for name in ["IPPROTO_IP", "INADDR_ANY", "INADDR_NONE", "INADDR_LOOPBACK", "IPPORT_RESERVED"]
                {
                    table.remove(name);
                }
            })
        },
    ),
];
