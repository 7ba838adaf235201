//! Writing a case in the project's own format, ready to be pasted into a case file.

use std::fmt::Write as _;

use sockspec_subject::Value;
use toml_writer::{ToTomlValue, TomlKeyBuilder, TomlStringBuilder, TomlWrite as _};

use crate::load::is_constant;
use crate::template::fill;
use crate::{
    Allowance, Basis, Case, Catalogue, Expectation, LabNeed, PEER, Pattern, RaisesPattern, Step, StepAction,
    StepTarget, Template,
};

/// Why a case cannot be written down. Cases that were loaded always can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// An object of one run means nothing in another, and what has no counterpart here cannot be made again.
    #[error("{0} cannot be written in a case: refer to what a step bound, or expect {{ any = … }}")]
    Value(String),
    /// The format has no word for this expectation in that place.
    #[error("step {step} ({shown}): {why}")]
    Expectation {
        /// The step's place, from 1.
        step: usize,
        /// The step as reports show it.
        shown: String,
        /// What cannot be said.
        why: &'static str,
    },
}

/// The case as `[[case]]` text, a step a line, each value in its shortest form; it ends with a newline. Format:
/// `fixtures/cases/FORMAT.md`.
///
/// Loading it gives the same case but for file, section and line, with values in the form that the loader gives them
/// (a tuple of values as a tuple of templates). `editions` are left out where they are those that the clauses share by
/// `catalogue`; with an empty catalogue, where they are all that there are.
///
/// # Errors
/// [`Unwritable`] for an object or an opaque value, and for an expectation that the format cannot state there.
pub fn to_toml(case: &Case, catalogue: &Catalogue) -> Result<String, Unwritable> {
    let mut text = String::from("[[case]]\n");
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(text, "{key} = {value}");
    };
    line("id", &string(&case.id));
    line("clause", &strings(&case.clauses));
    line("basis", &string(&case.basis.to_string()));
    if case.editions != catalogue.shared_editions(&case.clauses) {
        line("editions", &strings(&case.editions.iter().map(ToString::to_string).collect::<Vec<_>>()));
    }
    if case.lab != LabNeed::None {
        line("lab", &string(&case.lab.to_string()));
    }
    if let Some(note) = &case.note {
        line("note", &string(note));
    }
    text.push_str("steps = [\n");
    for (at, each) in case.steps.iter().enumerate() {
        let written = step(each, case.basis).map_err(|trouble| match trouble {
            Trouble::Value(shown) => Unwritable::Value(shown),
            Trouble::Unsaid(why) => Unwritable::Expectation { step: at + 1, shown: each.to_string(), why },
        })?;
        let _ = writeln!(text, "  {written},");
    }
    text.push_str("]\n");
    Ok(text)
}

/// What cannot be written, while its place is not known.
enum Trouble {
    Value(String),
    Unsaid(&'static str),
}

type Written = Result<String, Trouble>;

fn step(step: &Step, basis: Basis) -> Written {
    let name = match &step.target {
        StepTarget::Module => step.name.clone(),
        StepTarget::Peer => format!("{PEER}.{}", step.name),
        StepTarget::Variable(object) => format!("{object}.{}", step.name),
    };
    let mut pairs = Vec::new();
    match &step.action {
        StepAction::Forget => {
            let bare = step.bind.is_empty() && !step.destructure && step.allow.is_empty();
            return match &step.target {
                StepTarget::Variable(object) if bare && step.expect == Expectation::nothing() => {
                    Ok(table(&[pair("forget", &string(object))]))
                }
                _ => Err(Trouble::Unsaid("what was bound is forgotten, and that is all")),
            };
        }
        StepAction::Get => pairs.push(pair("get", &string(&name))),
        StepAction::Call { args, named } => {
            pairs.push(pair("call", &string(&name)));
            if !args.is_empty() {
                pairs.push(pair("args", &array(args, template)?));
            }
            if !named.is_empty() {
                let named: Result<Vec<String>, Trouble> =
                    named.iter().map(|(name, value)| Ok(pair(name, &template(value)?))).collect();
                pairs.push(pair("named", &table(&named?)));
            }
        }
    }
    match step.bind.as_slice() {
        [] if !step.destructure => {}
        [name] if !step.destructure => pairs.push(pair("as", &string(name))),
        names => pairs.push(pair("as", &strings(names))),
    }
    pairs.extend(expectation(step, basis)?);
    if !step.allow.is_empty() {
        pairs.push(pair("allow", &array(&step.allow, allowance)?));
    }
    Ok(table(&pairs))
}

/// `returns` or `raises`, where one has to stand.
fn expectation(step: &Step, basis: Basis) -> Result<Option<String>, Trouble> {
    let observed = basis == Basis::Observed && step.bind.is_empty();
    match &step.expect {
        Expectation::OnlyAllowed if step.allow.is_empty() => {
            Err(Trouble::Unsaid("only what is allowed is expected, and nothing is allowed"))
        }
        Expectation::Anything if observed && step.allow.is_empty() => Ok(None),
        Expectation::Anything => {
            Err(Trouble::Unsaid("only a step of an observed case that binds nothing may do whatever it does"))
        }
        // Left out, it would be read as something else.
        Expectation::ReturnsAnything if observed || !step.allow.is_empty() => outcome(&step.expect).map(Some),
        Expectation::ReturnsAnything | Expectation::OnlyAllowed => Ok(None),
        expect => outcome(expect).map(Some),
    }
}

fn allowance(allowance: &Allowance) -> Written {
    Ok(table(&[pair("reason", &string(&allowance.reason)), outcome(&allowance.outcome)?]))
}

fn outcome(expect: &Expectation) -> Written {
    Ok(match expect {
        Expectation::Returns(expected) => pair("returns", &pattern(expected)?),
        Expectation::Raises(expected) => pair("raises", &raises(expected)?),
        Expectation::ReturnsAnything => pair("returns", &tagged("any", "\"any\"")),
        Expectation::Anything | Expectation::OnlyAllowed => {
            return Err(Trouble::Unsaid("an allowed outcome says what it returns or raises"));
        }
    })
}

fn raises(raises: &RaisesPattern) -> Written {
    let one_or_more = |names: &[String]| match names {
        [name] => string(name),
        names => strings(names),
    };
    let class = one_or_more(&raises.classes);
    if raises.classes.len() == 1 && raises.is.is_empty() && raises.args.is_none() {
        return Ok(class);
    }
    let mut pairs = vec![pair("class", &class)];
    match &raises.args {
        None => {}
        Some(args) => pairs.push(match code(args) {
            Some(code) => pair("code", &string(code)),
            None => pair("args", &pattern(args)?),
        }),
    }
    if !raises.is.is_empty() {
        pairs.push(pair("is", &one_or_more(&raises.is)));
    }
    Ok(table(&pairs))
}

/// The name, where the args are a number with the library's own text for it.
fn code(args: &Pattern) -> Option<&str> {
    match args {
        Pattern::Tuple(items) => match items.as_slice() {
            [Pattern::Constant(code), Pattern::TextOf(text)] if code == text => Some(code),
            _ => None,
        },
        _ => None,
    }
}

fn pattern(expected: &Pattern) -> Written {
    Ok(match expected {
        Pattern::Exact(exact) => template(exact)?,
        Pattern::Constant(names) => constant(names),
        Pattern::Any(kind) => tagged("any", &string(kind)),
        Pattern::IntRange(low, high) => tagged("int", &string(&format!("{low}..{high}"))),
        Pattern::Regex(regex) => tagged("regex", &string(regex)),
        Pattern::Tuple(items) => array(items, pattern)?,
        Pattern::List(items) => tagged("list", &array(items, pattern)?),
        Pattern::Unordered(items) => tagged("unordered", &array(items, pattern)?),
        Pattern::Contains(items) => tagged("contains", &array(items, pattern)?),
        Pattern::OneOf(items) => tagged("oneof", &array(items, pattern)?),
        Pattern::Each(item) => tagged("each", &pattern(item)?),
        Pattern::TextOf(name) => tagged("text_of", &string(name)),
    })
}

fn template(written: &Template) -> Written {
    Ok(match written {
        Template::Value(plain) => value(plain)?,
        Template::Tuple(items) => array(items, template)?,
        Template::List(items) => tagged("list", &array(items, template)?),
        Template::Ref { name, at } => {
            let place = at.iter().fold(name.clone(), |text, place| format!("{text}.{place}"));
            tagged("ref", &string(&place))
        }
        Template::Path { name, length: None } => tagged("path", &string(name)),
        Template::Path { name, length: Some(length) } => {
            table(&[pair("path", &string(name)), pair("length", &length.to_string())])
        }
        Template::Filler(length) => tagged("filler", &length.to_string()),
    })
}

fn value(plain: &Value) -> Written {
    Ok(match plain {
        Value::None => tagged("none", "true"),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(int) if int.to_i64().is_some() => int.to_string(),
        Value::Int(int) => tagged("int", &string(&int.to_string())),
        Value::Float(float) => float.to_toml_value(),
        Value::Str(text) => match text.to_str() {
            None => table(&[pair("hex", &hex(text.as_bytes())), pair("as", "\"str\"")]),
            Some(text) if is_constant(text) => tagged("str", &string(text)),
            Some(text) => match repeated(text) {
                Some((unit, times)) => {
                    table(&[pair("repeat", &string(unit)), pair("times", &times.to_string())])
                }
                None => string(text),
            },
        },
        Value::Bytes(bytes) => self::bytes(bytes),
        Value::Tuple(items) => array(items, value)?,
        Value::List(items) => tagged("list", &array(items, value)?),
        Value::Constant(names) => constant(names),
        Value::Object(_) | Value::Opaque(_) => return Err(Trouble::Value(plain.to_string())),
    })
}

fn constant(names: &str) -> String {
    if is_constant(names) { string(names) } else { tagged("const", &string(names)) }
}

/// From this many bytes on, what repeats or is a filler is written as such.
const LONG: usize = 48;

fn bytes(bytes: &[u8]) -> String {
    if bytes.len() >= LONG && bytes == fill(bytes.len()) {
        return tagged("filler", &bytes.len().to_string());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => tagged("bytes", &string(text)),
        _ => tagged("hex", &hex(bytes)),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    string(&digits)
}

/// A short text and how often it is repeated, where a long one is nothing else.
fn repeated(text: &str) -> Option<(&str, usize)> {
    if text.len() < LONG {
        return None;
    }
    let longest = text.len().min(LONG) / 4;
    let unit = (1..=longest).find(|length| {
        let bytes = text.as_bytes();
        text.len().is_multiple_of(*length) && bytes[*length..] == bytes[..bytes.len() - length]
    })?;
    Some((text.get(..unit)?, text.len() / unit))
}

fn pair(key: &str, value: &str) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = text.key(TomlKeyBuilder::new(key).as_default());
    let _ = write!(text, " = {value}");
    text
}

fn tagged(tag: &str, value: &str) -> String {
    table(&[pair(tag, value)])
}

fn table(pairs: &[String]) -> String {
    format!("{{ {} }}", pairs.join(", "))
}

fn array<T>(items: &[T], write: impl Fn(&T) -> Written) -> Written {
    let items: Result<Vec<String>, Trouble> = items.iter().map(write).collect();
    Ok(format!("[{}]", items?.join(", ")))
}

fn strings(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A string on one line, without escapes where there is a way.
fn string(text: &str) -> String {
    let builder = TomlStringBuilder::new(text);
    builder
        .as_basic_pretty()
        .or_else(|| builder.as_literal())
        .unwrap_or_else(|| builder.as_basic())
        .to_toml_value()
}
