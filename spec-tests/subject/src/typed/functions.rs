//! Calls of the module's functions, from dynamic values to the traits and back.

use super::call::{Made, args, texts};
use super::{AddrInfo, Answer, HostEntry, Internet, Port, Refusal, SocketModule};
use crate::args::Args;
use crate::{Call, Description, Edition, Value};

pub(super) fn call<M: SocketModule>(
    module: &mut M,
    call: &Call,
    description: &Description,
) -> Answer<Made<M>> {
    let edition = description.edition;
    let args = |names: &'static [&'static str], required| args(call, names, required, description);
    let value = match call.name.as_str() {
        "getaddrinfo" => {
            // The two editions name the type differently.
            let names: &[_] = if edition >= Edition::V3 {
                &["host", "port", "family", "type", "proto", "flags"]
            } else {
                &["host", "port", "family", "socktype", "proto", "flags"]
            };
            let args = args(names, 2)?;
            let found = module.getaddrinfo(
                args.text_or_none(0)?,
                port(&args, 1)?,
                args.i32_or(2, 0)?,
                args.i32_or(3, 0)?,
                args.i32_or(4, 0)?,
                args.i32_or(5, 0)?,
            )?;
            Value::List(found.into_iter().map(|entry| addr_info(entry, edition)).collect())
        }
        "getnameinfo" => {
            let args = args(&["sockaddr", "flags"], 2)?;
            let address = Internet::decode(args.any(0)?, &description.constants)?;
            let found = module.getnameinfo(address, args.i32(1)?)?;
            Value::Tuple(vec![Value::Str(found.host), Value::Str(found.port)])
        }
        "gethostbyname" => Value::Str(module.gethostbyname(args(&["hostname"], 1)?.text(0)?)?),
        "gethostbyname_ex" => host_entry(module.gethostbyname_ex(args(&["hostname"], 1)?.text(0)?)?),
        "gethostbyaddr" => host_entry(module.gethostbyaddr(args(&["ip_address"], 1)?.text(0)?)?),
        "gethostname" => {
            args(&[], 0)?;
            Value::Str(module.gethostname()?)
        }
        "getfqdn" => {
            let args = args(&["name"], 0)?;
            let name = args.get(0).map(|_| args.text(0)).transpose()?;
            Value::Str(module.getfqdn(name)?)
        }
        "getprotobyname" => Value::int(module.getprotobyname(args(&["protocolname"], 1)?.text(0)?)?),
        "getservbyname" => {
            let args = args(&["servicename", "protocolname"], since_3(edition, 2, 1))?;
            let protocol = args.get(1).map(|_| args.text(1)).transpose()?;
            Value::int(module.getservbyname(args.text(0)?, protocol)?)
        }
        "ntohl" => Value::int(module.ntohl(number(&args(&["x"], 1)?)?)?),
        "ntohs" => Value::int(module.ntohs(number(&args(&["x"], 1)?)?)?),
        "htonl" => Value::int(module.htonl(number(&args(&["x"], 1)?)?)?),
        "htons" => Value::int(module.htons(number(&args(&["x"], 1)?)?)?),
        "inet_aton" => Value::bytes(module.inet_aton(args(&["ip_string"], 1)?.text(0)?)?),
        "inet_ntoa" => Value::Str(module.inet_ntoa(args(&["packed_ip"], 1)?.bytes(0)?)?),
        "socket" => {
            let args = args(&["family", "type", "proto"], since_3(edition, 2, 0))?;
            let family = number_or_constant(&args, 0, "AF_INET", description)?;
            let socktype = number_or_constant(&args, 1, "SOCK_STREAM", description)?;
            return module.socket(family, socktype, args.i32_or(2, 0)?).map(Made::Socket);
        }
        "fromfd" => {
            let args = args(&["fd", "family", "type", "proto"], 3)?;
            return module
                .fromfd(args.i32(0)?, args.i32(1)?, args.i32(2)?, args.i32_or(3, 0)?)
                .map(Made::Socket);
        }
        other => return Err(Refusal::no_function(other)),
    };
    Ok(Made::Value(value))
}

/// How many arguments must be given: some have been optional since edition 3 only.
pub(super) fn since_3(edition: Edition, before: usize, since: usize) -> usize {
    if edition >= Edition::V3 { since } else { before }
}

pub(super) fn port<'a>(args: &Args<'a>, at: usize) -> Answer<Port<'a>> {
    Ok(match args.any(at)? {
        Value::None => Port::None,
        Value::Str(name) => Port::Name(name.as_bytes()),
        Value::Int(_) | Value::Bool(_) | Value::Constant(_) => Port::Number(args.i64(at)?),
        other => {
            let why = format!("a port is text, an integer or None, not {}", other.type_name());
            return Err(Refusal::Inexpressible(why));
        }
    })
}

/// A number of 16 or 32 bits.
fn number<N: TryFrom<i64>>(args: &Args<'_>) -> Answer<N> {
    let number = args.i64(0)?;
    N::try_from(number)
        .map_err(|_| Refusal::Inexpressible(format!("{number} is no number of {} bits", size_of::<N>() * 8)))
}

fn number_or_constant(args: &Args<'_>, at: usize, name: &str, description: &Description) -> Answer<i32> {
    if args.get(at).is_some() {
        return Ok(args.i32(at)?);
    }
    description
        .constants
        .get(name)
        .and_then(|&number| i32::try_from(number).ok())
        .ok_or_else(|| Refusal::Lacks(format!("the module has no constant {name}")))
}

fn addr_info(entry: AddrInfo, edition: Edition) -> Value {
    Value::Tuple(vec![
        Value::int(entry.family),
        Value::int(entry.socktype),
        Value::int(entry.protocol),
        Value::Str(entry.canonical_name),
        entry.address.encode(edition),
    ])
}

fn host_entry(entry: HostEntry) -> Value {
    Value::Tuple(vec![Value::Str(entry.name), texts(entry.aliases), texts(entry.addresses)])
}
