//! Shrinking: smaller scripts that may still part in the same way.

use sockspec_cases::{Step, StepAction, StepTarget, Template};
use sockspec_engine::Script;
use sockspec_subject::Value;

/// Scripts one step smaller than this one, the boldest first. `last` is the place of the step that parted.
pub(crate) fn smaller(script: &[Step], last: usize) -> Vec<Script> {
    let mut all = Vec::new();
    if last + 1 < script.len() {
        all.push(script[..=last].to_vec());
    }
    // Steps in front, with whatever needs them; the one that parted stays.
    for at in (0..last).rev().filter(|at| !is_awaited(script, *at)) {
        if let Some(without) = without(script, at, last) {
            all.push(without);
        }
    }
    // Arguments, those of the step that parted first.
    let places = std::iter::once(last).chain((0..last).rev());
    for at in places.filter(|at| !is_awaited(script, *at)) {
        for step in smaller_steps(&script[at]) {
            let mut changed = script.to_vec();
            changed[at] = step;
            all.push(changed);
        }
    }
    all
}

/// Whether a step provides what a later one might wait for: without it, or with less of it, that one might wait for
/// ever.
fn is_awaited(script: &[Step], at: usize) -> bool {
    let provides = matches!(
        script[at].name.as_str(),
        "setblocking" | "connect" | "send" | "sendall" | "sendto" | "shutdown" | "close" | "reset"
    );
    provides
        && script[at + 1..].iter().any(|step| {
            matches!(
                step.name.as_str(),
                "accept" | "recv" | "recvfrom" | "recv_exactly" | "send" | "sendall" | "connect"
            )
        })
}

/// Whether a step that is kept might wait for that one.
fn waits_without(script: &[Step], at: usize, gone: &[&str]) -> bool {
    let kept: Vec<Step> = script[at..].iter().filter(|step| !needs(step, gone)).cloned().collect();
    let mut with = vec![script[at].clone()];
    with.extend(kept);
    is_awaited(&with, 0)
}

/// The script without that step and without what needs it; `None` where the step that parted does.
fn without(script: &[Step], at: usize, last: usize) -> Option<Script> {
    let mut gone: Vec<&str> = Vec::new();
    let mut kept = Vec::new();
    for (place, step) in script.iter().enumerate() {
        if place == at || needs(step, &gone) {
            if place == last || is_awaited(script, place) && waits_without(script, place, &gone) {
                return None;
            }
            gone.extend(step.bind.iter().map(String::as_str));
        } else {
            gone.retain(|name| !step.bind.iter().any(|bound| bound == name));
            kept.push(step.clone());
        }
    }
    Some(kept)
}

fn needs(step: &Step, gone: &[&str]) -> bool {
    let missing = |name: &str| gone.contains(&name);
    if let StepTarget::Variable(name) = &step.target
        && missing(name)
    {
        return true;
    }
    let StepAction::Call { args, named } = &step.action else { return false };
    args.iter().chain(named.iter().map(|(_, arg)| arg)).any(|arg| refers(arg, &missing))
}

fn refers(template: &Template, missing: &dyn Fn(&str) -> bool) -> bool {
    match template {
        Template::Ref { name, .. } => missing(name),
        Template::Tuple(items) | Template::List(items) => items.iter().any(|item| refers(item, missing)),
        Template::Value(_) | Template::Path { .. } | Template::Filler(_) => false,
    }
}

fn smaller_steps(step: &Step) -> Vec<Step> {
    let StepAction::Call { args, named } = &step.action else { return Vec::new() };
    let with = |args: Vec<Template>, named: Vec<(String, Template)>| Step {
        action: StepAction::Call { args, named },
        ..step.clone()
    };
    let mut all = Vec::new();
    for at in 0..named.len() {
        let mut fewer = named.clone();
        fewer.remove(at);
        all.push(with(args.clone(), fewer));
    }
    if let Some((_, fewer)) = args.split_last() {
        all.push(with(fewer.to_vec(), named.clone()));
    }
    for (at, arg) in args.iter().enumerate() {
        for smaller in smaller_templates(arg) {
            let mut changed = args.clone();
            changed[at] = smaller;
            all.push(with(changed, named.clone()));
        }
    }
    all
}

fn smaller_templates(template: &Template) -> Vec<Template> {
    match template {
        Template::Value(value) => smaller_values(value).into_iter().map(Template::Value).collect(),
        Template::Filler(length) if *length > 0 => [0, 1, length / 2, length - 1]
            .into_iter()
            .filter(|shorter| shorter < length)
            .map(Template::Filler)
            .collect(),
        Template::Path { name, length: Some(_) } => {
            vec![Template::Path { name: name.clone(), length: None }]
        }
        _ => Vec::new(),
    }
}

/// The plainest text of a kind, so that shrunk inputs of one kind look alike.
const PLAIN: [&str; 5] = ["", "1", "a", "127.0.0.1", "::1"];

/// How simple a value is: smaller is simpler. Shrinking only ever goes down, so it ends.
fn weight(value: &Value) -> (u8, usize, u64) {
    match value {
        Value::Int(int) => match int.to_i64() {
            Some(number) => (1, usize::from(number < 0), number.unsigned_abs()),
            None => (1, 2, u64::try_from(int.to_string().len()).unwrap_or(u64::MAX)),
        },
        Value::None => (2, 0, 0),
        Value::Str(text) => match PLAIN.iter().position(|plain| plain.as_bytes() == text.as_bytes()) {
            Some(place) => (3, place, 0),
            None => (3, PLAIN.len() + text.as_bytes().len(), 0),
        },
        Value::Constant(names) => (4, names.matches('|').count(), u64::from(names != "AF_INET")),
        Value::Bytes(bytes) => (5, bytes.len(), bytes.iter().map(|byte| u64::from(*byte)).sum()),
        Value::Tuple(items) | Value::List(items) => (6, items.len(), 0),
        _ => (7, 0, 0),
    }
}

fn smaller_values(value: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = match value {
        Value::Int(int) => match int.to_i64() {
            // One less only where that comes to an end soon.
            Some(number @ -16..=16) => [0, 1, -1, number - number.signum()].map(Value::int).to_vec(),
            Some(number) => [0, 1, -1, number / 2].map(Value::int).to_vec(),
            None => {
                let edges = ["9223372036854775808", "-9223372036854775809"].iter();
                let mut all = vec![Value::int(0), Value::int(-1), Value::int(i64::MAX), Value::int(i64::MIN)];
                all.extend(edges.filter_map(|text| text.parse().ok().map(Value::Int)));
                all
            }
        },
        Value::Str(text) => {
            let bytes = text.as_bytes();
            let mut all = vec![Value::int(0), Value::None];
            all.extend(PLAIN.map(Value::str));
            if let Some(text) = text.to_str() {
                let middle = text.chars().count() / 2;
                let start: String = text.chars().take(middle).collect();
                let end: String = text.chars().skip(middle).collect();
                let but_first: String = text.chars().skip(1).collect();
                let mut but_last = text.to_owned();
                but_last.pop();
                all.extend([start, end, but_first, but_last].map(Value::str));
            } else {
                all.push(Value::str(bytes[..bytes.len() / 2].to_vec()));
            }
            all
        }
        Value::Constant(names) => {
            let mut all = vec![Value::int(0)];
            let parts: Vec<&str> = names.split('|').collect();
            if parts.len() > 1 {
                all.extend((0..parts.len()).map(|at| {
                    let mut fewer = parts.clone();
                    fewer.remove(at);
                    Value::Constant(fewer.join("|"))
                }));
            } else if names.starts_with("AF_") {
                all.push(Value::Constant("AF_INET".to_owned()));
            }
            all
        }
        Value::Bytes(bytes) => {
            let mut all = vec![Value::Bytes(Vec::new()), Value::Bytes(bytes[..bytes.len() / 2].to_vec())];
            if let Some((_, shorter)) = bytes.split_last() {
                all.push(Value::Bytes(shorter.to_vec()));
            }
            all.push(Value::Bytes(vec![0; bytes.len()]));
            all
        }
        Value::Tuple(items) | Value::List(items) => {
            let tuple = matches!(value, Value::Tuple(_));
            let make = |items: Vec<Value>| if tuple { Value::Tuple(items) } else { Value::List(items) };
            let mut all = vec![Value::int(0), Value::None];
            if let Some((_, fewer)) = items.split_last() {
                all.push(make(fewer.to_vec()));
            }
            all.retain(|smaller| weight(smaller) < weight(value));
            // Members are weighed by themselves.
            for (at, item) in items.iter().enumerate() {
                for smaller in smaller_values(item) {
                    let mut changed = items.clone();
                    changed[at] = smaller;
                    all.push(make(changed));
                }
            }
            return all;
        }
        Value::Float(_) | Value::Bool(_) => vec![Value::int(0)],
        _ => Vec::new(),
    };
    let own = weight(value);
    all.retain(|smaller| weight(smaller) < own);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockspec_laws::step;

    fn on(method: &str) -> Step {
        step(StepTarget::Variable("s".to_owned()), method, Vec::new())
    }

    #[test]
    fn what_a_later_step_might_wait_for_stays() {
        let mut made = step(StepTarget::Module, "socket", Vec::new());
        made.bind = vec!["s".to_owned()];
        let script = [made, on("setblocking"), on("getsockname"), on("recv")];
        for smaller in smaller(&script, 3) {
            let waits = smaller.iter().any(|step| step.name == "recv");
            assert!(!waits || smaller.iter().any(|step| step.name == "setblocking"), "{smaller:?}");
        }
        assert!(smaller(&script, 3).iter().any(|script| script.len() == 3));
    }

    #[test]
    fn shrinking_only_ever_goes_down() {
        let values = [Value::int(65536), Value::str("abc"), Value::Bytes(vec![1, 2]), Value::None];
        for value in values {
            for smaller in smaller_values(&value) {
                assert!(weight(&smaller) < weight(&value), "{value} {smaller}");
            }
        }
    }
}
