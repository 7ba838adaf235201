//! One value of each shape, to be sent there and back.

use sockspec_subject::{Description, Strings, Text, Value};
use sockspec_wire::limits::DEPTH_AT_MOST;

/// The length of what counts as long, in bytes.
const LONG: usize = 1 << 20;

/// What is sent, under the name of its check; it has to come back as it is.
pub(super) fn shapes(depth: usize) -> Vec<(&'static str, Value)> {
    let int = |digits: &str| digits.parse().map_or(Value::None, Value::Int);
    vec![
        ("value-none", Value::None),
        ("value-truth", Value::Tuple(vec![Value::Bool(true), Value::Bool(false)])),
        (
            "value-int",
            Value::List(
                [0, 1, -1, 65_535, 1 << 31, 1 << 53, -(1 << 53)]
                    .into_iter()
                    .map(|n: i64| Value::int(n))
                    .collect(),
            ),
        ),
        (
            "value-big-int",
            Value::List(
                ["9007199254740993", "-9007199254740993", "9223372036854775808", "-18446744073709551616"]
                    .map(int)
                    .into(),
            ),
        ),
        ("value-float", Value::Tuple([1.5, -0.25, 1e300, f64::INFINITY, f64::NAN].map(Value::Float).into())),
        ("value-text", Value::Tuple(["", "text", "a 'quoted' \"one\" \\"].map(Value::from).into())),
        (
            "value-text-beyond-ascii",
            Value::Tuple(["sockété", "ソケット", "\u{1f9e6}"].map(Value::from).into()),
        ),
        ("value-text-control", Value::str("\0 \u{1}\n\r\t\u{7f}\u{2028}")),
        (
            "value-text-no-utf-8",
            Value::Tuple(
                [vec![0xff], b"host\xfe.test".to_vec()].map(|bytes| Value::Str(Text::from(bytes))).into(),
            ),
        ),
        (
            "value-bytes",
            Value::Tuple(vec![Value::bytes(vec![]), Value::bytes((0..=255).collect::<Vec<u8>>())]),
        ),
        (
            "value-tuple",
            Value::Tuple(vec![Value::Tuple(vec![]), Value::Tuple(vec![Value::str("::1"), Value::int(80)])]),
        ),
        ("value-list", Value::List(vec![Value::List(vec![]), Value::List(vec![Value::None])])),
        ("value-tuple-is-no-list", Value::List(vec![Value::Tuple(vec![Value::List(vec![Value::int(1)])])])),
        ("value-nested-deep", nested(depth.min(DEPTH_AT_MOST))),
        ("value-long-text", Value::str("long, ".repeat(LONG / 6))),
        ("value-long-bytes", Value::bytes(vec![0xa5; LONG])),
        ("value-long-list", Value::List((0..10_000).map(|n: i64| Value::int(n)).collect())),
    ]
}

/// Tuples and lists inside each other, as many as may be.
fn nested(depth: usize) -> Value {
    (0..depth)
        .fold(None, |inner, level| {
            let items = inner.into_iter().collect();
            Some(if level % 2 == 0 { Value::Tuple(items) } else { Value::List(items) })
        })
        .unwrap_or(Value::None)
}

/// Whether a value is the one that was sent, as far as the driver tells text and bytes apart.
pub(super) fn same(sent: &Value, came: &Value, strings: Strings) -> bool {
    match (sent, came) {
        (Value::Float(sent), Value::Float(came)) => {
            sent.to_bits() == came.to_bits() || sent.is_nan() && came.is_nan()
        }
        (Value::Tuple(sent), Value::Tuple(came)) | (Value::List(sent), Value::List(came)) => {
            sent.len() == came.len() && sent.iter().zip(came).all(|(sent, came)| same(sent, came, strings))
        }
        (Value::Str(_) | Value::Bytes(_), Value::Str(_) | Value::Bytes(_)) if strings == Strings::One => {
            sent.as_bytes() == came.as_bytes()
        }
        _ => sent == came,
    }
}

/// A value in a message, cut where it gets long.
pub(super) fn brief(value: &Value) -> String {
    const SHOWN: usize = 160;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Constants to be sent by name, with what has to come back; as many as the driver has.
pub(super) fn constants(description: &Description) -> Vec<(&'static str, String, i64)> {
    let known = &description.constants;
    // Those that every implementation should have, else any.
    let pick = |wanted: &[&str]| -> Vec<(String, i64)> {
        let liked = wanted.iter().filter_map(|name| Some(((*name).to_owned(), *known.get(*name)?)));
        let others = known.iter().map(|(name, number)| (name.clone(), *number));
        liked.chain(others).filter(|(_, number)| *number >= 0).take(2).collect()
    };
    let mut sent = Vec::new();
    if let [(name, number), ..] = pick(&["AF_INET"]).as_slice() {
        sent.push(("value-constant", name.clone(), *number));
    }
    if let [(one, a), (other, b)] = pick(&["AI_PASSIVE", "AI_CANONNAME"]).as_slice() {
        sent.push(("value-constants-joined", format!("{one}|{other}"), a | b));
    }
    sent
}
