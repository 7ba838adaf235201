//! Faults in the module as a whole, in `SocketType`, and in what sockets must not have.

use sockspec_subject::{Target, Value};

use crate::Fault;
use crate::tools::{args, attribute, gone, instead, int, outcome, refuse, result};
use crate::values::{ordinary, other_string, returned, type_error};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "socket-gives-descriptor",
        &["module.socket-object", "fromfd.result"],
        "socket and fromfd give the descriptor's number instead of an object.",
        || result(&["socket", "fromfd"], |_, _| Value::int(3)),
    ),
    Fault::new(
        "method-of-module",
        &["module.socket-object"],
        "The operations are functions of the module, and the object has none of them.",
        || {
            attribute(|_, call| {
                Ok((call.target != Target::Module)
                    .then(|| ordinary("AttributeError", "sockets have no attributes")))
            })
        },
    ),
    Fault::new(
        "recv-needs-buffer",
        &["module.receive-buffer"],
        "recv wants a buffer to put the data into behind the size.",
        || refuse(&["recv"], |args| args.len() < 2),
    ),
    Fault::new(
        "recv-gives-count",
        &["module.receive-buffer", "recv.data"],
        "recv gives the number of bytes instead of the data.",
        || {
            result(&["recv"], |_, value| {
                Value::int(i64::try_from(value.as_bytes().unwrap_or_default().len()).unwrap_or_default())
            })
        },
    ),
    Fault::new(
        "send-needs-length",
        &["module.send-length"],
        "send wants the length of the data behind the data.",
        || refuse(&["send", "sendall"], |args| args.len() < 2),
    ),
    Fault::new(
        "send-takes-length",
        &["module.send-length", "send.flags"],
        "The second argument of send is taken for a length, and only so much is sent.",
        || {
            instead(&["send"], |_, call| {
                let length = usize::try_from(int(call, 1)).unwrap_or_default();
                if let Some(all) = crate::tools::args_mut(call).filter(|all| all.len() == 2) {
                    let data = all[0].as_bytes().unwrap_or_default();
                    *all = vec![Value::bytes(&data[..length.min(data.len())])];
                }
                Ok(None)
            })
        },
    ),
    Fault::new("setblocking-missing", &["module.non-blocking"], "Sockets have no setblocking.", || {
        gone(&["setblocking"])
    }),
    Fault::new(
        "setblocking-refuses-zero",
        &["module.non-blocking", "setblocking.zero"],
        "setblocking refuses zero.",
        || refuse(&["setblocking"], |args| args.first().and_then(Value::as_i64) == Some(0)),
    ),
    Fault::new("socket-type-missing", &["socket-type.type-object"], "The module has no SocketType.", || {
        gone(&["SocketType"])
    }),
    Fault::new(
        "socket-type-function",
        &["socket-type.type-object"],
        "SocketType is the function that makes sockets.",
        || {
            attribute(|_, call| {
                Ok((call.name == "SocketType").then(|| returned(Value::Opaque("function socket".to_owned()))))
            })
        },
    ),
    Fault::new(
        "socket-type-other",
        &["socket-type.same-as-type"],
        "SocketType is a wrapper's type, not the one of the sockets.",
        || {
            attribute(|desk, call| {
                if call.name != "__class__" {
                    return Ok(None);
                }
                // Some object that is not the type.
                desk.function("socket", vec![Value::int(2), Value::int(1)]).map(Some)
            })
        },
    ),
    Fault::new("socket-has-read", &["read-write.no-read"], "Sockets have a method read.", || {
        attribute(|_, call| {
            let such = call.name == "read" && call.target != Target::Module;
            Ok(such.then(|| returned(Value::Opaque("method read of a socket".to_owned()))))
        })
    }),
    Fault::new("socket-has-write", &["read-write.no-write"], "Sockets have a method write.", || {
        attribute(|_, call| {
            let such = call.name == "write" && call.target != Target::Module;
            Ok(such.then(|| returned(Value::Opaque("method write of a socket".to_owned()))))
        })
    }),
    Fault::new(
        "recv-needs-flags",
        &["read-write.recv-instead", "recv.flags-omitted"],
        "recv refuses to go without flags.",
        || {
            outcome(&["recv"], |_, call, outcome| {
                Ok(if args(call).len() < 2 { type_error() } else { outcome })
            })
        },
    ),
    Fault::new("send-needs-flags", &["read-write.send-instead"], "send refuses to go without flags.", || {
        refuse(&["send"], |args| args.len() < 2)
    }),
    Fault::new("recv-gives-text", &["recv.result-string", "recv.result-bytes"], "recv gives text.", || {
        result(&["recv"], |_, value| other_string(value))
    }),
];
