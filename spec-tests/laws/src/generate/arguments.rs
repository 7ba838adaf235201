//! Arguments of every kind: values of wrong types, flags in all combinations, families, types, protocols, addresses of
//! right and wrong shape.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sockspec_subject::{Int, Value};

/// A value that is neither text nor bytes.
pub fn no_text() -> BoxedStrategy<Value> {
    prop_oneof![
        2 => super::numbers::any_int().prop_map(Value::Int),
        1 => select(vec![Value::None, Value::Bool(true), Value::Float(1.5), Value::Tuple(Vec::new()), Value::List(Vec::new())]),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Value::Tuple(vec![Value::int(a), Value::int(b)])),
        1 => proptest::collection::vec(any::<u8>(), 4).prop_map(|bytes| Value::List(bytes.into_iter().map(Value::int).collect())),
    ]
    .boxed()
}

/// A value that is no number at all: no integer, no truth value, no float.
pub fn no_number() -> BoxedStrategy<Value> {
    prop_oneof![
        2 => select(vec![Value::None, Value::Tuple(Vec::new()), Value::List(Vec::new()), Value::str(""), Value::bytes("")]),
        2 => super::numbers::any_int().prop_map(|int| Value::str(int.to_string())),
        1 => super::numbers::any_int().prop_map(|int| Value::Tuple(vec![Value::Int(int)])),
        1 => "[a-zA-Z_]{1,8}".prop_map(Value::from),
        1 => proptest::collection::vec(any::<u8>(), 1..5).prop_map(Value::Bytes),
    ]
    .boxed()
}

/// A value that is no address to any socket: no text, no bytes, no tuple.
pub fn no_address() -> BoxedStrategy<Value> {
    prop_oneof![
        super::numbers::any_int().prop_map(Value::Int),
        select(vec![Value::None, Value::Bool(false), Value::Float(0.5)]),
    ]
    .boxed()
}

/// Some of these constants, or-ed; none is 0.
pub fn flags(names: &'static [&'static str]) -> BoxedStrategy<Value> {
    subsequence(names, 0..=names.len())
        .prop_map(|chosen| if chosen.is_empty() { Value::int(0) } else { Value::Constant(chosen.join("|")) })
        .boxed()
}

/// The flags of getnameinfo.
pub const NAME_FLAGS: &[&str] = &["NI_NOFQDN", "NI_NUMERICHOST", "NI_NAMEREQD", "NI_NUMERICSERV", "NI_DGRAM"];

/// The flags of getaddrinfo that change no address.
pub const ADDRESS_FLAGS: &[&str] = &["AI_PASSIVE", "AI_CANONNAME", "AI_NUMERICHOST"];

/// Families that getaddrinfo knows, any, or none.
pub fn family() -> BoxedStrategy<Value> {
    let known = ["AF_UNSPEC", "AF_INET", "AF_INET6"].map(|name| Value::Constant(name.to_owned()));
    prop_oneof![5 => select(known.to_vec()), 1 => odd_number()].boxed()
}

/// Types that getaddrinfo knows, any, or none.
pub fn socket_type() -> BoxedStrategy<Value> {
    let known = ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"].map(|name| Value::Constant(name.to_owned()));
    prop_oneof![2 => Just(Value::int(0)), 4 => select(known.to_vec()), 1 => odd_number()].boxed()
}

/// Protocols that getaddrinfo knows, any, or none.
pub fn protocol() -> BoxedStrategy<Value> {
    let known = ["IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMP"].map(|name| Value::Constant(name.to_owned()));
    prop_oneof![3 => Just(Value::int(0)), 3 => select(known.to_vec()), 1 => odd_number()].boxed()
}

/// An integer of 32 bits that is no usual constant.
fn odd_number() -> BoxedStrategy<Value> {
    select(vec![-1_i64, 3, 7, 77, 255, 12_345, i64::from(i32::MAX), i64::from(i32::MIN)])
        .prop_map(Value::int)
        .boxed()
}

/// A tuple that is an address to no IPv4 socket for its number of members.
pub fn wrong_inet_arity() -> BoxedStrategy<Value> {
    wrong_arity(vec![0, 1, 3, 4, 5], "127.0.0.1")
}

/// The same for an IPv6 socket: two, three or four would do.
pub fn wrong_inet6_arity() -> BoxedStrategy<Value> {
    wrong_arity(vec![0, 1, 5, 6], "::1")
}

fn wrong_arity(arities: Vec<usize>, host: &'static str) -> BoxedStrategy<Value> {
    (select(arities), super::numbers::port())
        .prop_map(move |(arity, port)| {
            let mut items = vec![Value::str(host), Value::Int(Int::from(i64::from(port)))];
            items.resize(arity.max(2), Value::int(0));
            items.truncate(arity);
            Value::Tuple(items)
        })
        .boxed()
}
