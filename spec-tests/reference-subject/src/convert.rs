//! Addresses and errors between the library and the vocabulary.

use std::net::{IpAddr, SocketAddr};

use socket_reference::{Address, Class, Error, HostEntry, SocketAddress, address_text};
use sockspec_subject::args::ArgError;
use sockspec_subject::{Raised, Value};

use crate::Refusal;

/// An exception of the language's own, with its message.
pub(crate) fn ordinary(class: &str, text: String) -> Raised {
    let bases: &[&str] = match class {
        "OverflowError" => &["ArithmeticError", "Exception"],
        _ => &["Exception"],
    };
    let mut raised = Raised::new(class, vec![Value::str(text.as_str())], text);
    raised.classes.extend(bases.iter().map(|base| (*base).to_owned()));
    raised
}

/// An exception of the library: its documented class, and the pair or the message that the document gives it.
pub(crate) fn raised(error: &Error) -> Raised {
    let name = error.class().name();
    let text = error.text();
    let args = match error.number() {
        Some(number) => vec![Value::int(number), Value::str(text.as_str())],
        None => vec![Value::str(text.as_str())],
    };
    match error.class() {
        Class::Error => with_bases(Raised::new(name, args, error.to_string()), &["Exception"]),
        // The document's two address errors are errors of the module as well.
        Class::Herror | Class::Gaierror => {
            with_bases(Raised::new(name, args, error.to_string()), &["error", "Exception"])
        }
        _ => ordinary(name, text),
    }
}

fn with_bases(mut raised: Raised, bases: &[&str]) -> Raised {
    raised.classes.extend(bases.iter().map(|base| (*base).to_owned()));
    raised
}

fn type_error(text: impl Into<String>) -> Refusal {
    ArgError::Type(text.into()).into()
}

/// An address as a method takes it. Which of the forms fits is for the socket's family to say.
pub(crate) fn address<'a>(
    value: &'a Value,
    constants: &std::collections::BTreeMap<String, i64>,
) -> Result<Address<'a>, Refusal> {
    let items = match value {
        Value::Str(path) => return Ok(Address::Unix(path.as_bytes())),
        Value::Bytes(path) => return Ok(Address::Unix(path)),
        Value::Tuple(items) => items,
        other => {
            return Err(type_error(format!("an address is a tuple or a text, not {}", other.type_name())));
        }
    };
    if !(2..=4).contains(&items.len()) {
        return Err(type_error(format!("an address has two to four members, not {}", items.len())));
    }
    let Value::Str(host) = &items[0] else {
        return Err(type_error(format!("a host is text, not {}", items[0].type_name())));
    };
    let number = |at: usize, what: &str| -> Result<Option<i64>, Refusal> {
        let Some(item) = items.get(at) else { return Ok(None) };
        let int = sockspec_subject::args::integer(item, constants)?
            .ok_or_else(|| type_error(format!("the {what} is an integer, not {}", item.type_name())))?;
        match int.to_i64() {
            Some(number) => Ok(Some(number)),
            None => Err(ArgError::Overflow(format!("the {what} {int} is too large")).into()),
        }
    };
    Ok(Address::Host {
        host: host.as_bytes(),
        port: number(1, "port")?.unwrap_or_default(),
        flowinfo: number(2, "flow information")?,
        scope_id: number(3, "scope id")?,
    })
}

/// An address as a call gives it back.
pub(crate) fn shown(address: &SocketAddress) -> Value {
    match address {
        SocketAddress::Unix(path) => Value::str(path.to_vec()),
        SocketAddress::Inet(inet) => inet_shown((*inet).into()),
        SocketAddress::Inet6(inet) => inet_shown((*inet).into()),
        other => Value::Opaque(format!("address of family {}", other.family().0)),
    }
}

/// A pair for IPv4, a four-tuple for IPv6.
pub(crate) fn inet_shown(address: SocketAddr) -> Value {
    let mut items = vec![Value::str(address_text(address.ip())), Value::int(address.port())];
    if let SocketAddr::V6(v6) = address {
        items.extend([Value::int(v6.flowinfo()), Value::int(v6.scope_id())]);
    }
    Value::Tuple(items)
}

/// The triple of primary name, other names and addresses.
pub(crate) fn host_entry(entry: HostEntry) -> Value {
    Value::Tuple(vec![
        Value::str(Vec::from(entry.name)),
        Value::List(entry.aliases.into_iter().map(|alias| Value::str(Vec::from(alias))).collect()),
        Value::List(entry.addresses.into_iter().map(|ip: IpAddr| Value::str(address_text(ip))).collect()),
    ])
}
