//! Where two subjects part: the first step that led to different things, and in what way.

use serde::{Deserialize, Serialize};
use sockspec_cases::{Step, StepAction, Template};
use sockspec_engine::{Greeting, Ran};
use sockspec_subject::{Strings, Value};

use crate::canon::{Canon, Canonical};

/// Where two runs of one script part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The step's place in the script, from 0.
    pub step: usize,
    /// The function or method.
    pub name: String,
    /// In what way, without the values: `returned | raised gaierror -2`, `[*][4][1]: int | str`. Two differences of the
    /// same function in the same way look alike.
    pub way: String,
    /// What the one did.
    pub a: Canonical,
    /// What the other did.
    pub b: Canonical,
}

/// Compares two runs of a script; `None` where they do not part.
///
/// A call that one subject's types cannot express says nothing, and neither does what follows it.
pub fn compare(script: &[Step], greetings: [&Greeting; 2], runs: [&Ran; 2]) -> Option<Difference> {
    let one = greetings.iter().any(|greeting| greeting.description.strings == Strings::One);
    let strings = if one { Strings::One } else { Strings::Distinct };
    let mut canons = greetings.map(|greeting| Canon::new(script, greeting, strings));
    for (at, step) in script.iter().enumerate() {
        let (Some(a), Some(b)) = (runs[0].get(at), runs[1].get(at)) else { return None };
        let [canon_a, canon_b] = &mut canons;
        let (a, b) = (canon_a.answer(step, a), canon_b.answer(step, b));
        if a == Canonical::Inexpressible || b == Canonical::Inexpressible {
            return None;
        }
        // What no step bound on one side alone is a difference of the step that should have.
        if a == Canonical::Unasked || b == Canonical::Unasked {
            if a == b {
                continue;
            }
            return None;
        }
        if a != b {
            let way = way(&a, &b);
            return Some(Difference { step: at, name: step.name.clone(), way, a, b });
        }
    }
    None
}

fn way(a: &Canonical, b: &Canonical) -> String {
    if let (Canonical::Returned(a), Canonical::Returned(b)) = (a, b) {
        return value_way(a, b, &mut String::new());
    }
    if let (Canonical::Raised { class: left, args }, Canonical::Raised { class: right, args: other }) = (a, b)
        && left == right
    {
        return match (args.first(), other.first()) {
            (Some(x), Some(y)) if x != y && args.len() == other.len() => format!("{left}: {x} | {y}"),
            _ if args.len() == other.len() => format!("{left}: text | text"),
            _ => format!("{left}: {} | {}", counted(args.len()), counted(other.len())),
        };
    }
    format!("{} | {}", sketch(a), sketch(b))
}

fn counted(args: usize) -> String {
    format!("{args} args")
}

fn sketch(canonical: &Canonical) -> String {
    match canonical {
        Canonical::Returned(_) => "returned".to_owned(),
        Canonical::Raised { class, args } => match args.first() {
            Some(Value::Int(number)) => format!("raised {class} {number}"),
            _ => format!("raised {class}"),
        },
        other => other.to_string(),
    }
}

/// The way to the first member in which two values part, and what stands there.
fn value_way(a: &Value, b: &Value, at: &mut String) -> String {
    match (a, b) {
        (Value::Tuple(x), Value::Tuple(y)) | (Value::List(x), Value::List(y)) if x.len() == y.len() => {
            let list = matches!(a, Value::List(_));
            for (place, (x, y)) in x.iter().zip(y).enumerate() {
                if x != y {
                    at.push_str(&if list { "[*]".to_owned() } else { format!("[{place}]") });
                    return value_way(x, y, at);
                }
            }
            format!("{at}: same")
        }
        (Value::Tuple(x), Value::Tuple(y)) | (Value::List(x), Value::List(y)) => {
            let more = if x.len() > y.len() { "more | fewer" } else { "fewer | more" };
            format!("{at}: {more}")
        }
        _ => format!("{at}: {} | {}", a.type_name(), b.type_name()),
    }
}

/// What a call's arguments look like, without their values; part of what tells causes apart where no rule speaks.
pub(crate) fn shape(step: &Step) -> String {
    let StepAction::Call { args, named } = &step.action else { return "attribute".to_owned() };
    let mut shapes: Vec<String> = args.iter().map(template_shape).collect();
    shapes.extend(named.iter().map(|(name, arg)| format!("{name}={}", template_shape(arg))));
    format!("({})", shapes.join(", "))
}

fn template_shape(template: &Template) -> String {
    match template {
        Template::Value(value) => value_shape(value),
        Template::Tuple(items) => joined("(", items.iter().map(template_shape), ")"),
        Template::List(items) => joined("[", items.iter().map(template_shape), "]"),
        Template::Ref { .. } => "bound".to_owned(),
        Template::Path { .. } => "path".to_owned(),
        Template::Filler(_) => "bytes".to_owned(),
    }
}

fn joined(open: &str, items: impl Iterator<Item = String>, close: &str) -> String {
    format!("{open}{}{close}", items.collect::<Vec<_>>().join(", "))
}

fn value_shape(value: &Value) -> String {
    match value {
        Value::Int(int) => match int.to_i64() {
            None if int.is_negative() => "int below i64".to_owned(),
            None => "int beyond i64".to_owned(),
            Some(i64::MIN..0) => "int below 0".to_owned(),
            Some(0..0x1_0000) => "int of 16 bits".to_owned(),
            Some(0x1_0000..0x8000_0000) => "int of 31 bits".to_owned(),
            Some(0x8000_0000..0x1_0000_0000) => "int of 32 bits".to_owned(),
            Some(_) => "int of 64 bits".to_owned(),
        },
        Value::Str(text) => text_shape(text.as_bytes()).to_owned(),
        Value::Bytes(bytes) => format!("bytes {}", bytes.len().min(5)),
        Value::Tuple(items) => joined("(", items.iter().map(value_shape), ")"),
        Value::List(items) => joined("[", items.iter().map(value_shape), "]"),
        Value::Constant(names) => names.clone(),
        other => other.type_name().to_owned(),
    }
}

fn text_shape(text: &[u8]) -> &'static str {
    match text {
        [] => "''",
        b"<broadcast>" => "'<broadcast>'",
        _ if text.contains(&0) => "text with NUL",
        _ if !text.is_ascii() => "text beyond ASCII",
        _ if text.len() > 63 => "long text",
        _ if text.contains(&b':') && text.contains(&b'%') => "IPv6 text with scope",
        _ if text.contains(&b':') => "IPv6 text",
        _ if text.iter().all(u8::is_ascii_digit) => "digits",
        _ if text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') => "dotted digits",
        _ if text.iter().any(u8::is_ascii_whitespace) => "text with space",
        _ => "text",
    }
}
