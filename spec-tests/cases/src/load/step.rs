//! Reading steps and what each must lead to.

use std::collections::BTreeSet;

use super::Known;
use super::value;
use crate::node::{Node, Table};
use crate::problem::nearest;
use crate::{
    Allowance, Basis, Expectation, PEER, Pattern, RaisesPattern, Step, StepAction, StepTarget, Template,
};

/// Reads a case's steps, and checks that each name is bound before it is used.
pub(super) fn steps(node: &Node<'_>, known: &Known<'_>, basis: Option<Basis>) -> Vec<Step> {
    let Some(items) = node.items() else {
        node.report(format!("`steps` is {}", node.kind()), "write an array of tables");
        return Vec::new();
    };
    if items.is_empty() {
        node.report("the case has no steps", "give it at least one");
    }
    let mut bound = BTreeSet::new();
    let mut steps = Vec::new();
    for item in &items {
        let Some(table) = item.table() else {
            item.report(format!("a step is {}", item.kind()), "write `{ call = \"…\", args = […], … }`");
            continue;
        };
        let step = step(&table, known, basis);
        table.finish();
        if let Some(step) = step {
            check_names(&table, &step, &bound);
            if let (StepAction::Forget, StepTarget::Variable(name)) = (&step.action, &step.target) {
                bound.remove(name);
            }
            bound.extend(step.bind.iter().filter(|name| *name != "_").cloned());
            steps.push(step);
        }
    }
    steps
}

/// The one step of a row in compact form.
pub(super) fn row(table: &Table<'_>, call: &str, known: &Known<'_>, basis: Option<Basis>) -> Vec<Step> {
    let step = outcome(table, known, basis, false).map(|(expect, allow)| Step {
        target: StepTarget::Module,
        name: call.to_owned(),
        action: StepAction::Call { args: arguments(table), named: named(table) },
        bind: Vec::new(),
        destructure: false,
        expect,
        allow,
        line: table.line(),
    });
    if let Some(step) = &step {
        check_names(table, step, &BTreeSet::new());
    }
    step.into_iter().collect()
}

fn step(table: &Table<'_>, known: &Known<'_>, basis: Option<Basis>) -> Option<Step> {
    // Everything is read before anything is given up, so that no key counts as unknown for that.
    let (call, get, forget) = (table.get("call"), table.get("get"), table.get("forget"));
    let (args, named) = (arguments(table), named(table));
    let (bind, destructure) = binding(table);
    let outcome = outcome(table, known, basis, !bind.is_empty());
    let (whole, action) = match (&call, &get, &forget) {
        (None, None, Some(forget)) => return forgetting(table, forget),
        (Some(call), None, None) => (call.text("call")?, StepAction::Call { args, named }),
        (None, Some(get), None) => {
            if table.get("args").is_some() || table.get("named").is_some() {
                table.report("an attribute is read without arguments", "write `call`, or take them out");
            }
            (get.text("get")?, StepAction::Get)
        }
        _ => {
            table.report(
                "a step has one of `call`, `get` and `forget`",
                "write `call = \"function\"`, `get = \"NAME\"` or `forget = \"s\"`",
            );
            return None;
        }
    };
    let (target, name) = match whole.split_once('.') {
        None => (StepTarget::Module, whole.clone()),
        Some((PEER, name)) => (StepTarget::Peer, name.to_owned()),
        Some((object, name)) => (StepTarget::Variable(object.to_owned()), name.to_owned()),
    };
    if name.is_empty() || name.contains('.') {
        table.report(
            format!("{whole:?} names nothing"),
            "write `function`, `object.method` or `peer.function`",
        );
    }
    let (expect, allow) = outcome?;
    Some(Step { target, name, action, bind, destructure, expect, allow, line: table.line() })
}

/// A step that drops the last reference to what was bound. It returns None, and nothing is left to bind.
fn forgetting(table: &Table<'_>, forget: &Node<'_>) -> Option<Step> {
    if ["args", "named", "as", "returns", "raises", "allow"].iter().any(|key| table.get(key).is_some()) {
        table.report("an object is forgotten, and that is all", "write `{ forget = \"s\" }` alone");
    }
    let name = forget.text("forget")?;
    if name == PEER || name.contains('.') {
        forget.report(format!("{name:?} is nothing that a step bound"), "write the name that a step bound");
    }
    Some(Step {
        target: StepTarget::Variable(name),
        name: String::new(),
        action: StepAction::Forget,
        bind: Vec::new(),
        destructure: false,
        expect: Expectation::nothing(),
        allow: Vec::new(),
        line: table.line(),
    })
}

fn arguments(table: &Table<'_>) -> Vec<Template> {
    let Some(node) = table.get("args") else { return Vec::new() };
    let Some(items) = node.items() else {
        node.report(format!("`args` is {}", node.kind()), "write an array: one item an argument");
        return Vec::new();
    };
    items.iter().filter_map(value::template).collect()
}

fn named(table: &Table<'_>) -> Vec<(String, Template)> {
    let Some(inner) = table.get("named") else { return Vec::new() };
    let Some(named) = inner.table() else {
        inner.report(format!("`named` is {}", inner.kind()), "write `named = { keyword = value }`");
        return Vec::new();
    };
    named
        .entries()
        .into_iter()
        .filter_map(|(name, _, node)| Some((name.to_owned(), value::template(&node)?)))
        .collect()
}

fn binding(table: &Table<'_>) -> (Vec<String>, bool) {
    let Some(node) = table.get("as") else { return (Vec::new(), false) };
    let (names, destructure) = match node.as_str() {
        Some(name) => (vec![name.to_owned()], false),
        None => (node.texts("as").unwrap_or_default(), true),
    };
    for name in &names {
        if name == PEER {
            node.report("`peer` is the harness's own end", "bind to another name");
        } else if name.is_empty() || name.contains('.') {
            node.report(format!("nothing can be bound to {name:?}"), "write a name without a period");
        }
    }
    (names, destructure)
}

/// What the step must lead to, and what is allowed beside it.
fn outcome(
    table: &Table<'_>,
    known: &Known<'_>,
    basis: Option<Basis>,
    binds: bool,
) -> Option<(Expectation, Vec<Allowance>)> {
    let allow: Vec<Allowance> = match table.get("allow") {
        None => Vec::new(),
        Some(node) => match node.items() {
            None => {
                node.report(
                    format!("`allow` is {}", node.kind()),
                    "write an array of `{ reason = \"…\", returns = … }`",
                );
                Vec::new()
            }
            Some(items) => items.iter().filter_map(|item| allowance(item, known)).collect(),
        },
    };
    if basis == Some(Basis::Documented) && !allow.is_empty() {
        table.report(
            "a documented case allows nothing beside what is documented",
            "call the basis `platform` where the document leaves it to the system",
        );
    }
    let expect = match expectation(table)? {
        Some(expect) => expect,
        None if !allow.is_empty() => Expectation::OnlyAllowed,
        None if basis == Some(Basis::Observed) && !binds => Expectation::Anything,
        None => Expectation::ReturnsAnything,
    };
    Some((expect, allow))
}

/// `returns` or `raises`, where one stands. The outer `None` is a reported problem.
fn expectation(table: &Table<'_>) -> Option<Option<Expectation>> {
    match (table.get("returns"), table.get("raises")) {
        (None, None) => Some(None),
        (Some(node), None) => Some(Some(Expectation::Returns(value::pattern(&node)?))),
        (None, Some(node)) => Some(Some(Expectation::Raises(raises(&node)?))),
        (Some(_), Some(_)) => {
            table.report("a step either returns or raises", "take one out, or put it under `allow`");
            None
        }
    }
}

fn allowance(node: &Node<'_>, known: &Known<'_>) -> Option<Allowance> {
    let Some(table) = node.table() else {
        node.report(
            format!("an allowed outcome is {}", node.kind()),
            "write `{ reason = \"…\", returns = … }`",
        );
        return None;
    };
    let reason = table.required_text("reason", "name why it is allowed: a reason in reasons.toml");
    let outcome = expectation(&table);
    table.finish();
    let (reason, outcome) = (reason?, outcome?);
    if let Some(reasons) = known.reasons
        && !reasons.contains_key(&reason)
    {
        let help = match nearest(&reason, reasons.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => "declare it in reasons.toml".to_owned(),
        };
        table.report(format!("there is no reason {reason:?}"), help);
    }
    let Some(outcome) = outcome else {
        table.report("this allows no outcome", "add `returns = …` or `raises = …`");
        return None;
    };
    Some(Allowance { reason, outcome })
}

fn raises(node: &Node<'_>) -> Option<RaisesPattern> {
    if let Some(class) = node.as_str() {
        return Some(RaisesPattern { classes: vec![class.to_owned()], is: Vec::new(), args: None });
    }
    let Some(table) = node.table() else {
        node.report(
            format!("`raises` is {}", node.kind()),
            "write a class, or `{ class = \"error\", args = […] }`, or `{ class = \"error\", code = \"ENOTCONN\" }`",
        );
        return None;
    };
    let one_or_more = |node: Node<'_>, what: &str| match node.as_str() {
        Some(class) => Some(vec![class.to_owned()]),
        None => {
            let classes = node.texts(what)?;
            if classes.is_empty() {
                node.report(format!("`{what}` names no class"), "name at least one: \"error\"");
            }
            Some(classes)
        }
    };
    let classes =
        table.required("class", "name the documented class").and_then(|node| one_or_more(node, "class"));
    let is = table.get("is").and_then(|node| one_or_more(node, "is")).unwrap_or_default();
    let code = table.get("code").and_then(|node| value::constant(&node, "code"));
    let args = table.get("args");
    let coded = table.get("code").is_some();
    table.finish();
    let args = match (code, args) {
        (_, Some(node)) if coded => {
            node.report("`code` says what the args are", "take `args` or `code` out");
            return None;
        }
        // The documented pair: the number, and the library's own text for it.
        (Some(code), None) => {
            Some(Pattern::Tuple(vec![Pattern::Constant(code.clone()), Pattern::TextOf(code)]))
        }
        (_, Some(node)) => Some(value::pattern(&node)?),
        (None, None) => None,
    };
    Some(RaisesPattern { classes: classes?, is, args })
}

/// Reports every name that is used before a step binds it.
fn check_names(table: &Table<'_>, step: &Step, bound: &BTreeSet<String>) {
    let mut used = Vec::new();
    if let StepTarget::Variable(name) = &step.target {
        used.push(name.as_str());
    }
    if let StepAction::Call { args, named } = &step.action {
        args.iter().chain(named.iter().map(|(_, arg)| arg)).for_each(|arg| template_names(arg, &mut used));
    }
    expectation_names(&step.expect, &mut used);
    step.allow.iter().for_each(|allowance| expectation_names(&allowance.outcome, &mut used));
    for name in used {
        if !bound.contains(name) {
            let help = match nearest(name, bound.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => format!("bind it in an earlier step: `as = \"{name}\"`"),
            };
            table.report(format!("no step before this one binds {name:?}"), help);
        }
    }
}

fn template_names<'a>(template: &'a Template, used: &mut Vec<&'a str>) {
    match template {
        Template::Ref { name, .. } => used.push(name),
        Template::Tuple(items) | Template::List(items) => {
            items.iter().for_each(|item| template_names(item, used));
        }
        Template::Value(_) | Template::Path { .. } | Template::Filler(_) => {}
    }
}

fn pattern_names<'a>(pattern: &'a Pattern, used: &mut Vec<&'a str>) {
    match pattern {
        Pattern::Exact(template) => template_names(template, used),
        Pattern::Each(inner) => pattern_names(inner, used),
        Pattern::Tuple(items)
        | Pattern::List(items)
        | Pattern::Unordered(items)
        | Pattern::Contains(items)
        | Pattern::OneOf(items) => items.iter().for_each(|item| pattern_names(item, used)),
        Pattern::Constant(_)
        | Pattern::Any(_)
        | Pattern::IntRange(..)
        | Pattern::Regex(_)
        | Pattern::TextOf(_) => {}
    }
}

fn expectation_names<'a>(expect: &'a Expectation, used: &mut Vec<&'a str>) {
    match expect {
        Expectation::Returns(pattern) => pattern_names(pattern, used),
        Expectation::Raises(raises) => {
            if let Some(args) = &raises.args {
                pattern_names(args, used);
            }
        }
        Expectation::ReturnsAnything | Expectation::Anything | Expectation::OnlyAllowed => {}
    }
}
