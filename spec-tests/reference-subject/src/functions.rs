//! The functions of the module.

use std::collections::BTreeMap;

use socket_reference::{
    AddrInfo, AddrInfoFlags, Family, Hints, NameInfoFlags, Port, Protocol, SockType, address_text,
    conversion, fromfd, getaddrinfo, getfqdn, gethostbyaddr, gethostbyname, gethostbyname_ex, gethostname,
    getnameinfo, getprotobyname, getservbyname, htonl, htons, inet_aton, inet_ntoa, ntohl, ntohs, socket,
};
use sockspec_subject::args::{ArgError, Args};
use sockspec_subject::{Call, Value};

use crate::objects::Objects;
use crate::{Answer, Refusal, convert};

pub(crate) fn call(call: &Call, constants: &BTreeMap<String, i64>, objects: &mut Objects) -> Answer {
    let args = |names: &'static [&'static str], required| Args::new(call, names, required, constants);
    Ok(match call.name.as_str() {
        "getaddrinfo" => {
            let args = args(&["host", "port", "family", "socktype", "proto", "flags"], 2)?;
            let hints = Hints {
                family: Family(args.i32_or(2, 0)?),
                socktype: SockType(args.i32_or(3, 0)?),
                protocol: Protocol(args.i32_or(4, 0)?),
                flags: AddrInfoFlags(args.i32_or(5, 0)?),
            };
            let found = getaddrinfo(args.text_or_none(0)?, port(&args)?, hints)?;
            Value::List(found.into_iter().map(entry).collect())
        }
        "getnameinfo" => {
            let args = args(&["sockaddr", "flags"], 2)?;
            let address = convert::address(args.any(0)?, constants)?;
            let (host, port) = getnameinfo(address, NameInfoFlags(args.i32(1)?))?;
            Value::Tuple(vec![Value::str(Vec::from(host)), Value::str(Vec::from(port))])
        }
        "gethostbyname" => Value::str(address_text(gethostbyname(args(&["hostname"], 1)?.text(0)?)?)),
        "gethostbyname_ex" => convert::host_entry(gethostbyname_ex(args(&["hostname"], 1)?.text(0)?)?),
        "gethostbyaddr" => convert::host_entry(gethostbyaddr(args(&["ip_address"], 1)?.text(0)?)?),
        "gethostname" => {
            args(&[], 0)?;
            Value::str(Vec::from(gethostname()?))
        }
        "getfqdn" => {
            let args = args(&["name"], 0)?;
            let name = if args.get(0).is_some() { Some(args.text(0)?) } else { None };
            Value::str(Vec::from(getfqdn(name)?))
        }
        "getprotobyname" => Value::int(getprotobyname(args(&["protocolname"], 1)?.text(0)?)?.0),
        "getservbyname" => {
            let args = args(&["servicename", "protocolname"], 2)?;
            Value::int(getservbyname(args.text(0)?, args.text(1)?)?)
        }
        "ntohl" => Value::int(ntohl(conversion::uint32(args(&["x"], 1)?.i64(0)?)?)),
        "htonl" => Value::int(htonl(conversion::uint32(args(&["x"], 1)?.i64(0)?)?)),
        "ntohs" => Value::int(ntohs(conversion::uint16(args(&["x"], 1)?.i64(0)?)?)),
        "htons" => Value::int(htons(conversion::uint16(args(&["x"], 1)?.i64(0)?)?)),
        "inet_aton" => Value::bytes(inet_aton(args(&["ip_string"], 1)?.text(0)?)?),
        "inet_ntoa" => Value::str(inet_ntoa(args(&["packed_ip"], 1)?.bytes(0)?)?),
        "socket" => {
            let args = args(&["family", "type", "proto"], 2)?;
            let made = socket(Family(args.i32(0)?), SockType(args.i32(1)?), Protocol(args.i32_or(2, 0)?))?;
            objects.socket(made)
        }
        "fromfd" => {
            let args = args(&["fd", "family", "type", "proto"], 3)?;
            let made = fromfd(
                args.i32(0)?,
                Family(args.i32(1)?),
                SockType(args.i32(2)?),
                Protocol(args.i32_or(3, 0)?),
            )?;
            objects.socket(made)
        }
        other => return Err(Refusal::Lacks(format!("the reference has no function {other}"))),
    })
}

/// The port of `getaddrinfo`: a service name, a number, or None.
pub(crate) fn port<'a>(args: &Args<'a>) -> Result<Port<'a>, Refusal> {
    Ok(match args.any(1)? {
        Value::None => Port::None,
        Value::Str(name) => Port::Name(name.as_bytes()),
        Value::Int(_) | Value::Bool(_) | Value::Constant(_) => Port::Number(args.i64(1)?),
        other => {
            let text = format!("a port is text, an integer or None, not {}", other.type_name());
            return Err(ArgError::Type(text).into());
        }
    })
}

fn entry(found: AddrInfo) -> Value {
    Value::Tuple(vec![
        Value::int(found.family.0),
        Value::int(found.socktype.0),
        Value::int(found.protocol.0),
        Value::str(Vec::from(found.canonname)),
        convert::inet_shown(found.address),
    ])
}
