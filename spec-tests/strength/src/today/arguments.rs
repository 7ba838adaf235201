//! Arguments by keyword and arguments left out, put where the reference takes them.

use sockspec_subject::Value;

/// The names that today's `getaddrinfo` gives its parameters.
const GETADDRINFO: [&str; 6] = ["host", "port", "family", "type", "proto", "flags"];
/// The names that today's `socket` gives its parameters.
const SOCKET: [&str; 3] = ["family", "type", "proto"];

pub(super) fn of_getaddrinfo(args: &mut Vec<Value>, named: &mut Vec<(String, Value)>) {
    in_order(&GETADDRINFO, |place| (place >= 2).then(|| Value::int(0)), args, named);
}

pub(super) fn of_socket(args: &mut Vec<Value>, named: &mut Vec<(String, Value)>) {
    let default = |place| match place {
        0 => Some(Value::Constant("AF_INET".to_owned())),
        1 => Some(Value::Constant("SOCK_STREAM".to_owned())),
        _ => None,
    };
    in_order(&SOCKET, default, args, named);
    args.extend((args.len()..2).filter_map(default));
}

/// Arguments by name, put where they belong. What has no place stays.
fn in_order(
    parameters: &[&str],
    default: impl Fn(usize) -> Option<Value>,
    args: &mut Vec<Value>,
    named: &mut Vec<(String, Value)>,
) {
    let positional = args.len();
    let mut known: Vec<(usize, Value)> = Vec::new();
    named.retain(|(name, value)| match parameters.iter().position(|known| known == name) {
        Some(place) if place >= positional => {
            known.push((place, value.clone()));
            false
        }
        _ => true,
    });
    known.sort_by_key(|(place, _)| *place);
    for (place, value) in known {
        // What was left out between has its default, if it has one.
        while args.len() < place
            && let Some(value) = default(args.len())
        {
            args.push(value);
        }
        if place == args.len() {
            args.push(value);
        } else {
            named.push((parameters[place].to_owned(), value));
        }
    }
}
