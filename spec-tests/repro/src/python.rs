//! A case as a Python script: the module under test and the standard library, nothing else.
//!
//! Steps are texts that are evaluated one after the other, so that what is printed is what runs. Of the helpers only
//! those stand in a script that it uses; they are files below `templates/python`.

mod expect;
mod literal;
mod names;
mod pieces;

use std::collections::{BTreeMap, BTreeSet};

use sockspec_cases::{Basis, Expectation, Step, StepAction, StepTarget};

use crate::templates::{Used, with_features};
use crate::{Inexpressible, Scene};
use names::Names;
use pieces::PIECES;

/// Columns of a script's lines, where they can be kept.
const WIDTH: usize = 110;
/// The order of a step's keyword arguments, with what they are when they are left out.
const KEYWORDS: [(&str, &str); 8] = [
    ("returns", "anything"),
    ("raises", "None"),
    ("args", "anything"),
    ("also", "\"\""),
    ("expected", "None"),
    ("allow", "()"),
    ("needed", "False"),
    ("whatever", "False"),
];

/// The case as a script for Python 2.7 or any 3. It prints each step with what came, ends with the line `departs` and
/// status 1, or with `as the document says` or `allowed: REASON` and status 0, or, where the module has no such function,
/// with `cannot say: …` and status 2.
///
/// # Errors
/// [`Inexpressible::Value`] for a value that lives in one run only.
pub fn python(scene: &Scene<'_>) -> Result<String, Inexpressible> {
    let mut script = Script::new(scene);
    let steps: Result<Vec<String>, Inexpressible> =
        scene.case.steps.iter().map(|step| script.step(step)).collect();
    let steps = steps?;
    Ok(script.assemble(scene, &steps))
}

/// What a script under way knows of itself.
struct Script<'a> {
    used: Used,
    names: Names,
    /// The keyword arguments of `step` that some step gives.
    signature: BTreeSet<&'static str>,
    features: BTreeSet<&'static str>,
    /// Constants that no module of Python has.
    defined: BTreeMap<String, i32>,
    /// The names that the peer's sockets are bound to.
    peers: BTreeSet<&'a str>,
    /// What the standard library's own module is called.
    plain: &'static str,
    observed: bool,
}

impl<'a> Script<'a> {
    fn new(scene: &Scene<'a>) -> Self {
        let observed = scene.case.basis == Basis::Observed;
        Self {
            used: Used::new(PIECES),
            names: Names::default(),
            signature: BTreeSet::new(),
            features: [if observed { "observed" } else { "strict" }].into(),
            defined: BTreeMap::new(),
            peers: BTreeSet::new(),
            plain: if scene.module == "socket" { "socket" } else { "plain" },
            observed,
        }
    }

    fn step(&mut self, step: &'a Step) -> Result<String, Inexpressible> {
        self.used.add("step");
        let code = self.call(step)?;
        let mut arguments = vec![literal::code(&code)];
        arguments.extend(self.expectation(step)?);
        if self.observed && !step.bind.is_empty() {
            self.signature.insert("needed");
            self.features.insert("observed-needed");
            arguments.push("needed=True".to_owned());
        }
        // What raises binds nothing.
        let names: Vec<String> = match &step.expect {
            Expectation::Raises(_) => Vec::new(),
            _ => step.bind.iter().map(|name| self.variable(name)).collect(),
        };
        let target = match names.as_slice() {
            [] => String::new(),
            [one] if step.destructure => format!("{one}, = "),
            names => format!("{} = ", names.join(", ")),
        };
        self.bind(step);
        Ok(laid_out(&format!("{target}step("), &arguments))
    }

    fn variable(&mut self, name: &str) -> String {
        if name == "_" { name.to_owned() } else { self.names.of(name) }
    }

    /// Whether the step is the harness's own.
    fn is_peer(&self, step: &Step) -> bool {
        match &step.target {
            StepTarget::Module => false,
            StepTarget::Peer => true,
            StepTarget::Variable(name) => self.peers.contains(name.as_str()),
        }
    }

    /// Notes which names are the peer's from here on.
    fn bind(&mut self, step: &'a Step) {
        let makes = self.is_peer(step) && matches!(step.name.as_str(), "socket" | "accept");
        for (at, name) in step.bind.iter().enumerate() {
            if makes && at == 0 {
                self.peers.insert(name);
            } else {
                self.peers.remove(name.as_str());
            }
        }
    }

    /// The step's call as Python code.
    fn call(&mut self, step: &Step) -> Result<String, Inexpressible> {
        let target = match &step.target {
            StepTarget::Variable(name) => {
                self.used.add("hang");
                self.features.insert("hang");
                self.names.of(name)
            }
            StepTarget::Module | StepTarget::Peer => "socket".to_owned(),
        };
        let (args, named) = match &step.action {
            StepAction::Call { args, named } => (args, named),
            StepAction::Get => return Ok(format!("{target}.{}", step.name)),
            StepAction::Forget => {
                self.used.add("forget");
                return Ok(format!("forget('{target}')"));
            }
        };
        self.features.insert("lacking");
        if self.observed {
            self.features.remove("lacking");
        }
        let mut arguments = self.each(args, Self::template)?;
        if self.is_peer(step) {
            return Ok(self.peer(step, &target, &arguments));
        }
        let mut odd = Vec::new();
        for (name, value) in named {
            let value = self.template(value)?;
            if is_identifier(name) {
                arguments.push(format!("{name}={value}"));
            } else {
                odd.push(format!("{}: {value}", literal::prose(name)));
            }
        }
        if !odd.is_empty() {
            arguments.push(format!("**{{{}}}", odd.join(", ")));
        }
        Ok(format!("{target}.{}({})", step.name, arguments.join(", ")))
    }

    /// What the harness's own end does, with a plain socket.
    fn peer(&mut self, step: &Step, target: &str, arguments: &[String]) -> String {
        let arguments = arguments.join(", ");
        let mut helper = |function: &str| {
            self.used.add(function);
            let separator = if arguments.is_empty() { "" } else { ", " };
            format!("{function}({target}{separator}{arguments})")
        };
        match (&step.target, step.name.as_str()) {
            (StepTarget::Peer, "socket") => {
                self.used.add("peer");
                format!("peer({arguments})")
            }
            (StepTarget::Peer, "file_exists") => self.system(&format!("os.path.lexists({arguments})")),
            (StepTarget::Peer, "remove") => self.system(&format!("os.remove({arguments})")),
            (StepTarget::Peer, "hostname") => self.system("os.uname()[1]"),
            (_, "accept") => helper("accept"),
            (_, "send") => helper("send"),
            (_, "recv_exactly") => helper("recv_exactly"),
            (_, "reset") => helper("reset"),
            (_, "drain") => helper("drain"),
            (_, "feed") => helper("feed"),
            (_, "drained" | "fed") => {
                self.used.add("background");
                format!("Background.wait({target})")
            }
            (_, name) => format!("{target}.{name}({arguments})"),
        }
    }

    fn system(&mut self, code: &str) -> String {
        self.used.imports.insert("os");
        code.to_owned()
    }

    fn assemble(mut self, scene: &Scene<'_>, steps: &[String]) -> String {
        if self.signature.contains("returns") || self.signature.contains("args") || self.used.has("meets") {
            self.used.add("anything");
        }
        let mut text = String::from("#!/usr/bin/env python\n");
        let run = format!("{} {}", scene.interpreter, scene.file);
        for line in scene.heading(&run) {
            text.push_str(format!("# {line}").trim_end());
            text.push('\n');
        }
        text.push_str("from __future__ import print_function\n\n");
        self.used.imports.insert("socket");
        for module in &self.used.imports {
            text.push_str(&match *module {
                "socket" if scene.module != "socket" => {
                    format!("import socket as plain\n\nimport {} as socket\n", scene.module)
                }
                module => format!("import {module}\n"),
            });
        }
        text.push('\n');
        for (name, number) in &self.defined {
            text.push_str(&format!("{name} = {number}  # of netdb.h\n"));
        }
        if self.observed || self.signature.contains("allow") {
            text.push_str("allowed = []\n");
        }
        for piece in self.used.pieces() {
            let separator = if is_spaced(piece.text) { "\n\n" } else { "\n" };
            text = text.trim_end().to_owned() + "\n" + separator.trim_start_matches('\n') + separator;
            text.push_str(&self.piece(piece.text));
        }
        text.push_str("\n\n");
        steps.iter().for_each(|step| text.push_str(&format!("{step}\n")));
        text.push_str(if self.observed || self.signature.contains("allow") {
            "end(0, \"allowed: \" + allowed[0] if allowed else \"as the document says\")\n"
        } else {
            "end(0, \"as the document says\")\n"
        });
        text
    }

    /// A piece's text, for this script.
    fn piece(&self, text: &str) -> String {
        with_features(text, &self.features)
            .replace("SIGNATURE", &self.signature_text())
            .replace("MEETS", &self.meets())
            .replace("EXPECTED", &self.expected())
            .replace("PLAIN", self.plain)
    }

    fn has(&self, keyword: &str) -> bool {
        self.signature.contains(keyword)
    }

    fn signature_text(&self) -> String {
        let given = KEYWORDS.iter().filter(|(name, _)| self.has(name));
        given.fold("code".to_owned(), |text, (name, default)| format!("{text}, {name}={default}"))
    }

    fn meets(&self) -> String {
        let whatever = if self.has("whatever") { "whatever or " } else { "" };
        if !self.used.has("meets") {
            let test = if self.has("returns") { " and matches(got, returns)" } else { "" };
            return format!("{whatever}raised is None{test}");
        }
        let given = KEYWORDS[..4].iter().filter(|(name, _)| self.has(name));
        given.fold(format!("{whatever}meets(got, raised"), |text, (name, _)| format!("{text}, {name}={name}"))
            + ")"
    }

    fn expected(&self) -> String {
        let mut words = "\"to return\"".to_owned();
        if self.has("returns") {
            words = format!("{words} if returns is anything else shown(returns)");
        }
        if self.has("raises") {
            words = format!("\"to raise \" + raises if raises else {words}");
        }
        if self.has("expected") {
            words = format!("expected or ({words})");
        }
        format!("({words})")
    }
}

/// Whether a piece stands apart, as functions and classes do.
fn is_spaced(text: &str) -> bool {
    text.starts_with("def ") || text.starts_with("class ")
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A call on one line where it fits, else an argument a line.
fn laid_out(start: &str, arguments: &[String]) -> String {
    let line = format!("{start}{})", arguments.join(", "));
    if line.len() <= WIDTH || arguments.len() == 1 {
        return line;
    }
    format!("{start}\n    {},\n)", arguments.join(",\n    "))
}
