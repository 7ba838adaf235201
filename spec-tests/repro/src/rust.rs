//! A case as a test in Rust.
//!
//! Whoever implements the interface in Rust wants to set a breakpoint in their own code, with the arguments that lead
//! there. So a script in Rust makes the case's calls as [`Call`](sockspec_subject::Call) values on a `dyn Subject`, which
//! every implementation in Rust has, typed or not; raw system calls would say nothing of it. It needs `sockspec-subject`
//! alone, and `sockspec-engine` where the case has an end of the harness's own, which is the engine's
//! [`Peer`](https://docs.rs/sockspec-engine).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sockspec_cases::{Basis, Expectation, Pattern, RaisesPattern, Step, StepAction, StepTarget, Template};
use sockspec_lab::text::{eai_number, errno_number, gai_strerror, h_errno_number, hstrerror, strerror};
use sockspec_subject::{Text, Value};

use crate::templates::{Piece, Used, with_features};
use crate::{Inexpressible, Scene};

const PIECES: &[Piece] = &[
    Piece {
        name: "regex",
        text: include_str!("../templates/rust/regex.rs.in"),
        needs: &[],
        imports: &["regex"],
    },
    Piece { name: "path", text: include_str!("../templates/rust/path.rs.in"), needs: &[], imports: &[] },
    Piece { name: "filler", text: include_str!("../templates/rust/filler.rs.in"), needs: &[], imports: &[] },
    Piece { name: "core", text: include_str!("../templates/rust/core.rs.in"), needs: &[], imports: &[] },
];

/// The case as a file of Rust with one test. It prints each step with what came; the test fails where the subject departs.
///
/// # Errors
/// [`Inexpressible::Value`] for a value that lives in one run only.
pub fn rust(scene: &Scene<'_>) -> Result<String, Inexpressible> {
    let mut script = Script {
        used: Used::new(PIECES),
        variables: BTreeMap::new(),
        referred: referred(&scene.case.steps),
        peers: BTreeSet::new(),
        with_peer: scene.case.steps.iter().any(|step| step.target == StepTarget::Peer),
        observed: scene.case.basis == Basis::Observed,
    };
    script.used.add("core");
    let steps: Result<Vec<String>, Inexpressible> =
        scene.case.steps.iter().map(|step| script.step(step)).collect();
    Ok(script.assemble(scene, &steps?.join("\n")))
}

struct Script<'a> {
    used: Used,
    variables: BTreeMap<String, String>,
    /// The names that some step refers to: the others need no variable.
    referred: BTreeSet<&'a str>,
    peers: BTreeSet<&'a str>,
    with_peer: bool,
    observed: bool,
}

impl<'a> Script<'a> {
    fn step(&mut self, step: &'a Step) -> Result<String, Inexpressible> {
        let peer = match &step.target {
            StepTarget::Module => false,
            StepTarget::Peer => true,
            StepTarget::Variable(name) => self.peers.contains(name.as_str()),
        };
        let call = self.call(step)?;
        let mut expect = self.expect(&step.expect)?;
        if step.destructure && !peer {
            expect = match expect.strip_prefix("Expect::Returns(").and_then(|rest| rest.strip_suffix(')')) {
                Some(check) => format!("Expect::Returns(members({}, {check}))", step.bind.len()),
                None => expect,
            };
        }
        let words = format!("{:?}", step.expect.to_string());
        let run = if peer {
            format!("run.peer_step(&{call}, {words}, {expect})")
        } else {
            let allow = self.allowances(step)?;
            format!("run.step(&{call}, {words}, {expect}, vec![{allow}])")
        };
        let mut text = String::new();
        let kept = step.bind.iter().any(|name| self.referred.contains(name.as_str()));
        match step.bind.as_slice() {
            [name] if kept && !step.destructure => {
                let variable = self.variable(name);
                let _ = writeln!(text, "    let {variable} = {run}?;");
            }
            _ => {
                let result = if kept { "let returned = " } else { "" };
                let _ = writeln!(text, "    {result}{run}?;");
            }
        }
        for (at, name) in step.bind.iter().enumerate() {
            if peer && at == 0 && matches!(step.name.as_str(), "socket" | "accept") {
                self.peers.insert(name);
            } else {
                self.peers.remove(name.as_str());
            }
            if step.destructure && self.referred.contains(name.as_str()) {
                let variable = self.variable(name);
                let _ = writeln!(text, "    let {variable} = member(&returned, &[{at}]);");
            }
        }
        Ok(text.trim_end().to_owned())
    }

    fn variable(&mut self, name: &str) -> String {
        let count = self.variables.len();
        let words: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let taken = ["run", "returned", "case", "subject", "main"].contains(&words.as_str());
        let odd = taken || words != name || !words.starts_with(|c: char| c.is_ascii_lowercase());
        let new =
            || if odd { format!("value_{count}_{}", words.to_lowercase()) } else { format!("{words}_") };
        let plain = !odd && !is_keyword(&words);
        self.variables
            .entry(name.to_owned())
            .or_insert_with(|| if plain { words.clone() } else { new() })
            .clone()
    }

    fn call(&mut self, step: &Step) -> Result<String, Inexpressible> {
        let name = format!("{:?}", step.name);
        let object = match &step.target {
            StepTarget::Variable(object) => Some(self.variable(object)),
            StepTarget::Module | StepTarget::Peer => None,
        };
        let (args, named) = match &step.action {
            StepAction::Call { args, named } => (args.as_slice(), named.as_slice()),
            StepAction::Get | StepAction::Forget => (&[][..], &[][..]),
        };
        let args = self.all(args, Self::template)?;
        let call = match &object {
            Some(object) => format!("method(&{object}, {name}, vec![{args}])"),
            None => format!("Call::function({name}, vec![{args}])"),
        };
        let action = match &step.action {
            StepAction::Get => Some("Action::Get".to_owned()),
            StepAction::Forget => Some("Action::Forget".to_owned()),
            StepAction::Call { .. } if named.is_empty() => None,
            StepAction::Call { .. } => {
                let named: Result<Vec<String>, Inexpressible> = named
                    .iter()
                    .map(|(name, value)| Ok(format!("({name:?}.to_owned(), {})", self.template(value)?)))
                    .collect();
                Some(format!("Action::Invoke {{ args: vec![{args}], named: vec![{}] }}", named?.join(", ")))
            }
        };
        Ok(match action {
            None => call,
            Some(action) => format!("Call {{ action: {action}, ..{call} }}"),
        })
    }

    fn allowances(&mut self, step: &Step) -> Result<String, Inexpressible> {
        let raises = |expect: &Expectation| matches!(expect, Expectation::Raises(_));
        let main = match &step.expect {
            Expectation::OnlyAllowed => step.allow.iter().all(|allowance| raises(&allowance.outcome)),
            expect => raises(expect),
        };
        let mut texts = Vec::new();
        for allowance in &step.allow {
            let last = raises(&allowance.outcome) != main;
            texts.push(format!("({:?}, {last}, {})", allowance.reason, self.expect(&allowance.outcome)?));
        }
        if self.observed && step.expect != Expectation::Anything {
            // What a later step needs was not given.
            texts.push(format!("(\"observed\", {}, Expect::Anything)", !step.bind.is_empty()));
        }
        Ok(texts.join(", "))
    }

    fn expect(&mut self, expect: &Expectation) -> Result<String, Inexpressible> {
        Ok(match expect {
            Expectation::ReturnsAnything => "Expect::Returns(anything())".to_owned(),
            Expectation::Anything => "Expect::Anything".to_owned(),
            Expectation::OnlyAllowed => "Expect::Returns(one_of(vec![]))".to_owned(),
            Expectation::Returns(pattern) => format!("Expect::Returns({})", self.pattern(pattern)?),
            Expectation::Raises(raises) => self.raises(raises)?,
        })
    }

    fn raises(&mut self, raises: &RaisesPattern) -> Result<String, Inexpressible> {
        let args = match &raises.args {
            None => "anything()".to_owned(),
            Some(args) => self.pattern(args)?,
        };
        Ok(format!(
            "Expect::Raises {{ classes: &{:?}, also: &{:?}, args: {args} }}",
            raises.classes, raises.is
        ))
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result<String, Inexpressible> {
        Ok(match pattern {
            Pattern::Exact(template) => format!("is({})", self.template(template)?),
            Pattern::Constant(names) => {
                let system = if names.contains('|') { None } else { system_number(names) };
                format!("number({names:?}, {system:?})")
            }
            Pattern::Any(kind) if kind == "any" => "anything()".to_owned(),
            Pattern::Any(kind) => format!("any({kind:?})"),
            Pattern::IntRange(low, high) => format!("int_in(\"{low}\", \"{high}\")"),
            Pattern::Regex(regex) => {
                self.used.add("regex");
                format!("regex({regex:?})")
            }
            Pattern::Tuple(items) => format!("tuple(vec![{}])", self.all(items, Self::pattern)?),
            Pattern::List(items) => format!("list(vec![{}])", self.all(items, Self::pattern)?),
            Pattern::Unordered(items) => format!("unordered(vec![{}])", self.all(items, Self::pattern)?),
            Pattern::Contains(items) => format!("contains(vec![{}])", self.all(items, Self::pattern)?),
            Pattern::OneOf(items) => format!("one_of(vec![{}])", self.all(items, Self::pattern)?),
            Pattern::Each(item) => format!("each({})", self.pattern(item)?),
            // As the C library of the machine says that wrote the script.
            Pattern::TextOf(name) => format!("is(Value::str({:?}))", library_text(name)),
        })
    }

    fn all<T>(
        &mut self,
        items: &[T],
        write: fn(&mut Self, &T) -> Result<String, Inexpressible>,
    ) -> Result<String, Inexpressible> {
        let items: Result<Vec<String>, Inexpressible> = items.iter().map(|item| write(self, item)).collect();
        Ok(items?.join(", "))
    }

    fn template(&mut self, template: &Template) -> Result<String, Inexpressible> {
        Ok(match template {
            Template::Value(value) => self.value(value)?,
            Template::Tuple(items) => format!("Value::Tuple(vec![{}])", self.all(items, Self::template)?),
            Template::List(items) => format!("Value::List(vec![{}])", self.all(items, Self::template)?),
            Template::Ref { name, at } if at.is_empty() => format!("{}.clone()", self.variable(name)),
            Template::Ref { name, at } => format!("member(&{}, &{at:?})", self.variable(name)),
            Template::Path { name, length } => {
                self.used.add("path");
                format!("path({name:?}, {})", length.unwrap_or(0))
            }
            Template::Filler(length) => {
                self.used.add("filler");
                format!("filler({length})")
            }
        })
    }

    fn value(&mut self, value: &Value) -> Result<String, Inexpressible> {
        Ok(match value {
            Value::None => "Value::None".to_owned(),
            Value::Bool(flag) => format!("Value::Bool({flag})"),
            Value::Int(int) if int.to_i64().is_some() => format!("Value::int({int}_i64)"),
            Value::Int(int) => format!("Value::Int(\"{int}\".parse().unwrap())"),
            Value::Float(float) if float.is_finite() => format!("Value::Float({float:?})"),
            Value::Float(float) => format!("Value::Float(\"{float}\".parse().unwrap())"),
            Value::Str(text) => format!("Value::str({})", string(text)),
            Value::Bytes(bytes) => format!("Value::bytes(*b\"{}\")", bytes.escape_ascii()),
            Value::Tuple(items) => format!("Value::Tuple(vec![{}])", self.all(items, Self::value)?),
            Value::List(items) => format!("Value::List(vec![{}])", self.all(items, Self::value)?),
            Value::Constant(names) => format!("constant({names:?})"),
            Value::Object(_) | Value::Opaque(_) => return Err(Inexpressible::Value(value.to_string())),
        })
    }

    fn assemble(&self, scene: &Scene<'_>, steps: &str) -> String {
        let mut text = String::new();
        for line in scene.heading("cargo test --test repro -- --nocapture") {
            let _ = writeln!(text, "{}", format!("//! {line}").trim_end());
        }
        let (subject, from) = scene.subject;
        let mut needs = vec!["sockspec-subject", from];
        needs.extend(self.with_peer.then_some("sockspec-engine"));
        needs.extend(self.used.imports.iter().copied());
        let _ = writeln!(
            text,
            "//!\n//! To be put into tests/repro.rs of a crate that depends on {}.",
            needs.join(", ")
        );
        text.push_str("#![allow(dead_code, unused_imports)]\n\nuse std::collections::BTreeMap;\n");
        if self.with_peer {
            text.push_str("use std::time::Duration;\n\nuse sockspec_engine::Peer;\n");
        } else {
            text.push('\n');
        }
        text.push_str("use sockspec_subject::{Action, Call, Int, Outcome, Strings, Subject, Value};\n\n");
        let _ = writeln!(
            text,
            "/// Whom this is about: put yours here.\nfn subject() -> Box<dyn Subject> {{\n    {subject}\n}}\n"
        );
        text.push_str("#[test]\nfn case() {\n    steps(&mut Run::new(subject()));\n}\n\n");
        let _ = writeln!(text, "fn steps(run: &mut Run) -> Option<Value> {{\n{steps}\n    run.end()\n}}");
        let features: BTreeSet<&str> = [if self.with_peer { "peer" } else { "alone" }].into();
        for piece in self.used.pieces() {
            let _ = write!(text, "\n{}", with_features(piece.text, &features));
        }
        text
    }
}

fn string(text: &Text) -> String {
    match text.to_str() {
        Some(text) => format!("{text:?}"),
        None => format!("vec!{:?}", text.as_bytes()),
    }
}

fn system_number(name: &str) -> Option<i32> {
    errno_number(name).or_else(|| eai_number(name)).or_else(|| h_errno_number(name))
}

fn library_text(name: &str) -> String {
    if let Some(number) = errno_number(name) {
        return strerror(number);
    }
    eai_number(name).map(gai_strerror).or_else(|| h_errno_number(name).map(hstrerror)).unwrap_or_default()
}

fn is_keyword(word: &str) -> bool {
    [
        "as", "break", "const", "continue", "crate", "else", "enum", "extern", "false", "fn", "for", "if",
        "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static",
        "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while", "async", "await",
        "dyn", "gen", "try", "box", "do", "final", "macro", "override", "priv", "typeof", "unsized",
        "virtual", "yield", "abstract", "become",
    ]
    .contains(&word)
}

/// The names that steps refer to, in their targets, arguments and expectations.
fn referred(steps: &[Step]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for step in steps {
        if let StepTarget::Variable(name) = &step.target {
            names.insert(name.as_str());
        }
        if let StepAction::Call { args, named } = &step.action {
            args.iter().chain(named.iter().map(|(_, arg)| arg)).for_each(|arg| of_template(arg, &mut names));
        }
        for outcome in step.allow.iter().map(|allowance| &allowance.outcome).chain([&step.expect]) {
            match outcome {
                Expectation::Returns(pattern) => of_pattern(pattern, &mut names),
                Expectation::Raises(raises) => {
                    raises.args.iter().for_each(|args| of_pattern(args, &mut names));
                }
                _ => {}
            }
        }
    }
    names
}

fn of_template<'a>(template: &'a Template, names: &mut BTreeSet<&'a str>) {
    match template {
        Template::Ref { name, .. } => {
            names.insert(name);
        }
        Template::Tuple(items) | Template::List(items) => {
            items.iter().for_each(|item| of_template(item, names));
        }
        Template::Value(_) | Template::Path { .. } | Template::Filler(_) => {}
    }
}

fn of_pattern<'a>(pattern: &'a Pattern, names: &mut BTreeSet<&'a str>) {
    match pattern {
        Pattern::Exact(template) => of_template(template, names),
        Pattern::Tuple(items)
        | Pattern::List(items)
        | Pattern::Unordered(items)
        | Pattern::Contains(items)
        | Pattern::OneOf(items) => items.iter().for_each(|item| of_pattern(item, names)),
        Pattern::Each(item) => of_pattern(item, names),
        _ => {}
    }
}
