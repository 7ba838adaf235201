//! Steps, arguments, patterns and expectations, in few words.

use sockspec_cases::{Allowance, Expectation, Pattern, RaisesPattern, Step, StepTarget, Template};
use sockspec_subject::{Int, Text, Value};

use crate::session::step;

/// What can stand as an argument.
pub trait Arg {
    /// As a step holds it.
    fn arg(self) -> Template;
}

impl Arg for Template {
    fn arg(self) -> Template {
        self
    }
}

impl Arg for &Template {
    fn arg(self) -> Template {
        self.clone()
    }
}

impl Arg for Value {
    fn arg(self) -> Template {
        Template::Value(self)
    }
}

impl Arg for &Value {
    fn arg(self) -> Template {
        Template::Value(self.clone())
    }
}

impl Arg for &str {
    fn arg(self) -> Template {
        Template::Value(Value::str(self))
    }
}

impl Arg for &String {
    fn arg(self) -> Template {
        Template::Value(Value::str(self.as_str()))
    }
}

impl Arg for &Text {
    fn arg(self) -> Template {
        Template::Value(Value::Str(self.clone()))
    }
}

impl Arg for i64 {
    fn arg(self) -> Template {
        Template::Value(Value::int(self))
    }
}

impl Arg for u32 {
    fn arg(self) -> Template {
        i64::from(self).arg()
    }
}

impl Arg for u16 {
    fn arg(self) -> Template {
        i64::from(self).arg()
    }
}

impl Arg for &[u8] {
    fn arg(self) -> Template {
        Template::Value(Value::bytes(self))
    }
}

impl<const N: usize> Arg for &[u8; N] {
    fn arg(self) -> Template {
        Template::Value(Value::bytes(*self))
    }
}

impl Arg for &Vec<u8> {
    fn arg(self) -> Template {
        self.as_slice().arg()
    }
}

/// Arguments of a step, each anything that is an [`Arg`](crate::say::Arg).
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => { vec![$($crate::say::Arg::arg($arg)),*] };
}

/// A constant of the module by name, or several joined by `|`.
pub fn constant(names: &str) -> Template {
    Template::Value(Value::Constant(names.to_owned()))
}

/// What an earlier step bound.
pub fn bound(name: &str) -> Template {
    Template::Ref { name: name.to_owned(), at: Vec::new() }
}

/// A member of it.
pub fn member(name: &str, at: usize) -> Template {
    Template::Ref { name: name.to_owned(), at: vec![at] }
}

/// A tuple.
pub fn tuple(items: Vec<Template>) -> Template {
    Template::Tuple(items)
}

/// A path in the scratch folder.
pub fn path(name: &str) -> Template {
    Template::Path { name: name.to_owned(), length: None }
}

/// Bytes as a step writes them: long ones as filler, where they are that.
pub fn data(bytes: &[u8]) -> Template {
    if bytes.len() > 48 && bytes == sockspec_cases::fill(bytes.len()) {
        Template::Filler(bytes.len())
    } else {
        bytes.arg()
    }
}

/// A call of the module.
pub fn call(name: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Module, name, args)
}

/// A call of a method of what a step bound.
pub fn on(object: &str, name: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Variable(object.to_owned()), name, args)
}

/// A call of the harness's own end.
pub fn peer(name: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Peer, name, args)
}

/// What a step is given after it was made.
pub trait StepExt: Sized {
    /// Binds what it returns.
    fn binds(self, name: &str) -> Self;
    /// Takes what it returns apart.
    fn takes_apart(self, names: &[&str]) -> Self;
    /// Demands a value.
    fn returns(self, pattern: Pattern) -> Self;
    /// Demands an outcome.
    fn expects(self, expect: Expectation) -> Self;
    /// Allows another outcome, for a reason of `fixtures/reasons.toml`.
    fn allows(self, reason: &str, outcome: Expectation) -> Self;
}

impl StepExt for Step {
    fn binds(mut self, name: &str) -> Self {
        self.bind = vec![name.to_owned()];
        self
    }

    fn takes_apart(mut self, names: &[&str]) -> Self {
        self.bind = names.iter().map(|name| (*name).to_owned()).collect();
        self.destructure = true;
        self
    }

    fn returns(self, pattern: Pattern) -> Self {
        self.expects(Expectation::Returns(pattern))
    }

    fn expects(mut self, expect: Expectation) -> Self {
        self.expect = expect;
        self
    }

    fn allows(mut self, reason: &str, outcome: Expectation) -> Self {
        self.allow.push(Allowance { reason: reason.to_owned(), outcome });
        self
    }
}

/// Exactly that.
pub fn exact(arg: impl Arg) -> Pattern {
    Pattern::Exact(arg.arg())
}

/// Anything of that type.
pub fn any(kind: &str) -> Pattern {
    Pattern::Any(kind.to_owned())
}

/// The number of a constant.
pub fn number_of(names: &str) -> Pattern {
    Pattern::Constant(names.to_owned())
}

/// An integer between two, both included.
pub fn between(low: i64, high: i64) -> Pattern {
    Pattern::IntRange(Int::from(low), Int::from(high))
}

/// A port that a socket was given.
pub fn some_port() -> Pattern {
    between(1, 65535)
}

/// That it returns such a value.
pub fn returning(pattern: Pattern) -> Expectation {
    Expectation::Returns(pattern)
}

/// That it raises one of these classes.
pub fn raising(classes: &[&str]) -> Expectation {
    raising_with(classes, None)
}

/// That it raises one of these classes with such args.
pub fn raising_with(classes: &[&str], args: Option<Pattern>) -> Expectation {
    Expectation::Raises(RaisesPattern {
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        is: Vec::new(),
        args,
    })
}

/// The pair of a number and the library's own text for it, for one of these names.
pub fn pair_of(names: &[&str]) -> Pattern {
    let pairs =
        names.iter().map(|name| Pattern::Tuple(vec![number_of(name), Pattern::TextOf((*name).to_owned())]));
    let mut pairs: Vec<Pattern> = pairs.collect();
    if pairs.len() == 1 { pairs.remove(0) } else { Pattern::OneOf(pairs) }
}

/// That it raises `error` with that errno.
pub fn failing(errno: &str) -> Expectation {
    raising_with(&["error"], Some(pair_of(&[errno])))
}
