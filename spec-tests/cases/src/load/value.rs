//! Reading values and patterns.

use sockspec_subject::{Int, Value};
use toml::de::DeValue;

use crate::node::{Node, Table};
use crate::problem::nearest;
use crate::{Pattern, Template, matcher};

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
pub(crate) fn is_constant(text: &str) -> bool {
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
        DeValue::Float(float) => match float.as_str().parse() {
            Ok(float) => Template::Value(Value::Float(float)),
            Err(_) => {
                node.report(format!("{:?} is no float", float.as_str()), "write decimal digits: 1.5");
                return None;
            }
        },
        DeValue::Boolean(flag) => Template::Value(Value::Bool(*flag)),
        DeValue::Datetime(_) => {
            node.report("a date is no value here", VALUE_HELP);
            return None;
        }
        DeValue::Array(_) => Template::Tuple(all(&node.items()?, template)?),
        DeValue::Table(_) => tagged(&node.table()?)?,
    })
}

fn all<T>(items: &[Node<'_>], read: impl Fn(&Node<'_>) -> Option<T>) -> Option<Vec<T>> {
    // Every item is read, so that every problem is reported.
    let read: Vec<Option<T>> = items.iter().map(read).collect();
    read.into_iter().collect()
}

/// An integer as TOML has them: 64 bits. Larger ones are written as text, since other readers of TOML refuse them.
fn integer(node: &Node<'_>) -> Option<Int> {
    let value = node.as_integer();
    if value.is_none() {
        node.report(
            "this integer does not fit 64 bits",
            "write it as text: { int = \"9223372036854775808\" }",
        );
    }
    value.map(Int::from)
}

/// The keys that tell what a table stands for.
const TAGS: [&str; 11] =
    ["str", "bytes", "hex", "const", "int", "none", "repeat", "list", "ref", "path", "filler"];

/// A value that is written as a table. Every problem is reported once, here.
fn tagged(table: &Table<'_>) -> Option<Template> {
    let Some((tag, node)) = TAGS.iter().find_map(|tag| Some((*tag, table.get(tag)?))) else {
        table.report("this table is no value", VALUE_HELP);
        return None;
    };
    let value = tagged_as(tag, &node, table);
    table.finish();
    value
}

fn tagged_as(tag: &str, node: &Node<'_>, table: &Table<'_>) -> Option<Template> {
    Some(match tag {
        "str" => Template::Value(Value::str(node.text("str")?)),
        "bytes" => Template::Value(Value::bytes(node.text("bytes")?.into_bytes())),
        "hex" => hex(node, table)?,
        "const" => Template::Value(Value::Constant(constant(node, "const")?)),
        "int" => {
            let text = node.text("int")?;
            let Ok(int) = text.parse() else {
                node.report(
                    format!("{text:?} is no integer"),
                    "write decimal digits: { int = \"9223372036854775808\" }; a range is a pattern",
                );
                return None;
            };
            Template::Value(Value::Int(int))
        }
        "none" => {
            if !matches!(node.value, DeValue::Boolean(true)) {
                node.report("`none` says nothing but true", "write { none = true }");
                return None;
            }
            Template::Value(Value::None)
        }
        "repeat" => {
            let times = table.required("times", "say how often: { repeat = \"a\", times = 300 }");
            let text = node.text("repeat")?;
            let times = count(&times?, "times", LARGEST / text.len().max(1))?;
            Template::Value(Value::str(text.repeat(times)))
        }
        "list" => Template::List(all(&items(node)?, template)?),
        "ref" => reference(node)?,
        "path" => {
            let length = table.get("length").map(|node| count(&node, "length", LONGEST_PATH));
            let name = node.text("path")?;
            if name.is_empty() || name.starts_with('/') || name.split('/').any(|part| part == "..") {
                node.report(
                    format!("{name:?} leads out of the scratch folder"),
                    "write a name below it: { path = \"echo.sock\" }",
                );
                return None;
            }
            Template::Path { name, length: length.map_or(Some(None), |length| length.map(Some))? }
        }
        "filler" => Template::Filler(count(node, "filler", LARGEST)?),
        _ => return None,
    })
}

/// The most bytes that a case can make out of a number: well above every buffer that a socket has.
const LARGEST: usize = 64 << 20;

/// Longer than any path that a system takes.
const LONGEST_PATH: usize = 8192;

fn count(node: &Node<'_>, what: &str, most: usize) -> Option<usize> {
    let count =
        node.as_integer().and_then(|count| usize::try_from(count).ok()).filter(|count| *count <= most);
    if count.is_none() {
        node.report(
            format!("`{what}` is no number from 0 to {most}"),
            format!("write `{what} = N` with N from 0 to {most}"),
        );
    }
    count
}

fn items<'t>(node: &Node<'t>) -> Option<Vec<Node<'t>>> {
    let items = node.items();
    if items.is_none() {
        node.report(format!("this is {}", node.kind()), "write an array: [ … ]");
    }
    items
}

fn hex(node: &Node<'_>, table: &Table<'_>) -> Option<Template> {
    // Text that is no UTF-8 can be written in no other way.
    let as_text = table.get("as");
    let text = node.text("hex")?;
    let Some(bytes) = from_hex(&text) else {
        node.report(format!("{text:?} is no hex"), "write an even number of hex digits");
        return None;
    };
    match as_text {
        None => Some(Template::Value(Value::Bytes(bytes))),
        Some(node) if node.as_str() == Some("str") => Some(Template::Value(Value::str(bytes))),
        Some(node) => {
            node.report("hex stands for bytes, or for text", "write `as = \"str\"`, or take `as` out");
            None
        }
    }
}

fn reference(node: &Node<'_>) -> Option<Template> {
    let text = node.text("ref")?;
    let mut parts = text.split('.');
    let name = parts.next().unwrap_or_default().to_owned();
    let at: Result<Vec<usize>, _> = parts.map(str::parse).collect();
    match at {
        Ok(at) if !name.is_empty() => Some(Template::Ref { name, at }),
        _ => {
            node.report(
                format!("{text:?} is no reference"),
                "write a name, and places within it: \"addr.1\"",
            );
            None
        }
    }
}

/// The name of a constant, or several joined by `|`.
pub(super) fn constant(node: &Node<'_>, what: &str) -> Option<String> {
    let text = node.text(what)?;
    let well_formed = text.split('|').all(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    if !well_formed {
        node.report(
            format!("{text:?} is no name of a constant"),
            "write a name, or several joined by `|` without spaces",
        );
    }
    well_formed.then_some(text)
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
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

/// The types that a value can have, as `any` names them.
const KINDS: [&str; 12] =
    ["any", "str", "bytes", "int", "tuple", "list", "socket", "file", "type", "None", "bool", "float"];

/// A matcher, where the table is one: the inner `None` is a reported problem.
fn matcher(table: &Table<'_>) -> Option<Option<Pattern>> {
    let list = |node: &Node<'_>| -> Option<Vec<Pattern>> { all(&items(node)?, pattern) };
    Some(match table.single_key()? {
        "any" => kind(&table.get("any")?),
        "const" => constant(&table.get("const")?, "const").map(Pattern::Constant),
        "text_of" => constant(&table.get("text_of")?, "text_of").map(Pattern::TextOf),
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
                node.report(
                    format!("{text:?} is no range"),
                    "write \"1..65535\", the smaller end first: both ends belong to it",
                );
                None
            }
        }
        _ => return None,
    })
}

fn kind(node: &Node<'_>) -> Option<Pattern> {
    let text = node.text("any")?;
    if KINDS.contains(&text.as_str()) {
        return Some(Pattern::Any(text));
    }
    let help = match nearest(&text, KINDS) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => format!("write one of: {}", KINDS.join(", ")),
    };
    node.report(format!("there is no type {text:?}"), help);
    None
}

fn regex(node: &Node<'_>) -> Option<Pattern> {
    let text = node.text("regex")?;
    // Alone first, for a message about what is written; then as the matcher reads it, by bytes and as a whole.
    if let Err(error) = regex::bytes::Regex::new(&text).and_then(|_| matcher::whole(&text)) {
        let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
        node.report(
            format!("{text:?} is no regular expression: {}", lines.last().map_or("", String::as_str)),
            "write one of the regex crate's, in which \\w, \\d and the like stand for ASCII",
        );
        return None;
    }
    Some(Pattern::Regex(text))
}
