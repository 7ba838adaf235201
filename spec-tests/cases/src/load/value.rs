//! Reading values and patterns.

use sockspec_subject::{Int, Value};
use toml::de::DeValue;

use crate::node::{Node, Table};
use crate::{Pattern, Template};

/// Prefixes whose upper-case names are constants of the module when they stand as plain strings.
const CONSTANT_PREFIXES: [&str; 14] = [
    "AF_", "PF_", "SOCK_", "SO_", "SOL_", "MSG_", "IPPROTO_", "IPPORT_", "INADDR_", "IP_", "IPV6_", "EAI_",
    "AI_", "NI_",
];

/// The names that `<netdb.h>` gives to the values of `h_errno`.
const H_ERRNO_NAMES: [&str; 5] = ["HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY", "NO_DATA", "NO_ADDRESS"];

const VALUE_HELP: &str = "a value is a string, an integer, an array (a tuple), { list = […] }, { bytes = \"…\" }, { hex = \"…\" }, \
     { none = true }, { ref = \"name\" }, { path = \"name\" }, { filler = N }, { const = \"NAME\" }, { str = \"…\" }";

/// Whether a plain string is the name of a constant, or several joined by `|`.
pub(super) fn is_constant(text: &str) -> bool {
    text.split('|').all(|name| {
        name == "SOMAXCONN"
            || H_ERRNO_NAMES.contains(&name)
            || CONSTANT_PREFIXES.iter().any(|prefix| {
                name.strip_prefix(prefix).is_some_and(|rest| {
                    !rest.is_empty()
                        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                })
            })
    })
}

/// Reads a value; problems are reported and give `None`.
pub(super) fn template(node: &Node<'_>) -> Option<Template> {
    Some(match node.value {
        DeValue::String(text) if is_constant(text) => Template::Value(Value::Constant(text.to_string())),
        DeValue::String(text) => Template::Value(Value::str(text.as_ref())),
        DeValue::Integer(_) => Template::Value(Value::Int(integer(node)?)),
        DeValue::Float(float) => Template::Value(Value::Float(float.as_str().replace('_', "").parse().ok()?)),
        DeValue::Boolean(flag) => Template::Value(Value::Bool(*flag)),
        DeValue::Datetime(_) => {
            node.report("a date is no value here", VALUE_HELP);
            return None;
        }
        DeValue::Array(_) => Template::Tuple(all(&node.items()?, template)?),
        DeValue::Table(_) => {
            let table = node.table()?;
            let value = tagged(&table);
            table.finish();
            if value.is_none() {
                table.report("this table is no value", VALUE_HELP);
            }
            value?
        }
    })
}

fn all<T>(items: &[Node<'_>], read: impl Fn(&Node<'_>) -> Option<T>) -> Option<Vec<T>> {
    // Every item is read, so that every problem is reported.
    let read: Vec<Option<T>> = items.iter().map(read).collect();
    read.into_iter().collect()
}

fn integer(node: &Node<'_>) -> Option<Int> {
    let DeValue::Integer(int) = node.value else { return None };
    if int.radix() == 10 {
        return int.as_str().trim_start_matches('+').parse().ok();
    }
    let value = i64::from_str_radix(int.as_str(), int.radix()).ok();
    if value.is_none() {
        node.report("this integer is too large to be written so", "write it in decimal");
    }
    value.map(Int::from)
}

fn tagged(table: &Table<'_>) -> Option<Template> {
    let value = |value| Some(Template::Value(value));
    if let Some(node) = table.get("str") {
        return value(Value::str(node.text("str")?));
    }
    if let Some(node) = table.get("bytes") {
        return value(Value::bytes(node.text("bytes")?.into_bytes()));
    }
    if let Some(node) = table.get("hex") {
        let text = node.text("hex")?;
        let Some(bytes) = from_hex(&text) else {
            node.report(format!("{text:?} is no hex"), "write an even number of hex digits");
            return None;
        };
        // Text that is no UTF-8 can be written in no other way.
        let as_text = table.get("as").and_then(|node| node.text("as"));
        return match as_text.as_deref() {
            None => value(Value::Bytes(bytes)),
            Some("str") => value(Value::str(bytes)),
            Some(_) => None,
        };
    }
    if let Some(node) = table.get("const") {
        return value(Value::Constant(node.text("const")?));
    }
    if let Some(node) = table.get("int") {
        let text = node.text("int")?;
        return match text.parse() {
            Ok(int) => value(Value::Int(int)),
            Err(_) => {
                node.report(format!("{text:?} is no integer"), "write decimal digits");
                None
            }
        };
    }
    if table.get("none").is_some() {
        return value(Value::None);
    }
    if let Some(node) = table.get("repeat") {
        let text = node.text("repeat")?;
        let times = table.required("times", "say how often")?.as_integer()?;
        return value(Value::str(text.repeat(usize::try_from(times).ok()?)));
    }
    if let Some(node) = table.get("list") {
        return Some(Template::List(all(&node.items()?, template)?));
    }
    if let Some(node) = table.get("ref") {
        let text = node.text("ref")?;
        let mut parts = text.split('.');
        let name = parts.next().unwrap_or_default().to_owned();
        let at: Result<Vec<usize>, _> = parts.map(str::parse).collect();
        return if let Ok(at) = at {
            Some(Template::Ref { name, at })
        } else {
            node.report(
                format!("{text:?} is no reference"),
                "write a name, and places within it: \"addr.1\"",
            );
            None
        };
    }
    if let Some(node) = table.get("path") {
        let name = node.text("path")?;
        let length = table.get("length").and_then(|node| node.as_integer());
        return Some(Template::Path { name, length: length.and_then(|length| usize::try_from(length).ok()) });
    }
    if let Some(node) = table.get("filler") {
        return Some(Template::Filler(usize::try_from(node.as_integer()?).ok()?));
    }
    None
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// Reads a pattern; problems are reported and give `None`.
pub(super) fn pattern(node: &Node<'_>) -> Option<Pattern> {
    if let DeValue::String(text) = node.value
        && is_constant(text)
    {
        return Some(Pattern::Constant(text.to_string()));
    }
    if node.as_str().is_none()
        && let Some(items) = node.items()
    {
        return Some(Pattern::Tuple(all(&items, pattern)?));
    }
    let Some(table) = node.table() else {
        return Some(Pattern::Exact(template(node)?));
    };
    if let Some(matcher) = matcher(&table) {
        table.finish();
        return matcher;
    }
    Some(Pattern::Exact(template(node)?))
}

/// A matcher, where the table is one: the inner `None` is a reported problem.
fn matcher(table: &Table<'_>) -> Option<Option<Pattern>> {
    let list = |node: &Node<'_>| -> Option<Vec<Pattern>> {
        let Some(items) = node.items() else {
            node.report(format!("this is {}", node.kind()), "write an array of patterns");
            return None;
        };
        all(&items, pattern)
    };
    Some(match table.single_key()? {
        "any" => table.get("any")?.text("any").map(Pattern::Any),
        "const" => table.get("const")?.text("const").map(Pattern::Constant),
        "text_of" => table.get("text_of")?.text("text_of").map(Pattern::TextOf),
        "regex" => regex(&table.get("regex")?),
        "list" => list(&table.get("list")?).map(Pattern::List),
        "unordered" => list(&table.get("unordered")?).map(Pattern::Unordered),
        "contains" => list(&table.get("contains")?).map(Pattern::Contains),
        "oneof" => list(&table.get("oneof")?).map(Pattern::OneOf),
        "each" => pattern(&table.get("each")?).map(|inner| Pattern::Each(Box::new(inner))),
        "int" => {
            let node = table.get("int")?;
            let text = node.as_str()?;
            let (low, high) = text.split_once("..")?;
            if let (Ok(low), Ok(high)) = (low.parse::<Int>(), high.parse::<Int>())
                && low <= high
            {
                Some(Pattern::IntRange(low, high))
            } else {
                node.report(format!("{text:?} is no range"), "write \"1..65535\": both ends belong to it");
                None
            }
        }
        _ => return None,
    })
}

fn regex(node: &Node<'_>) -> Option<Pattern> {
    let text = node.text("regex")?;
    if let Err(error) = regex::bytes::Regex::new(&text) {
        let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
        node.report(
            format!("{text:?} is no regular expression: {}", lines.last().map_or("", String::as_str)),
            "see the syntax of the regex crate",
        );
        return None;
    }
    Some(Pattern::Regex(text))
}
