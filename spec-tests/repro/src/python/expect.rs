//! What a step must lead to, as arguments of a script's `step`.

use sockspec_cases::{Allowance, Expectation, Pattern, RaisesPattern, Step};
use sockspec_lab::text::{errno_number, h_errno_number};

use super::Script;
use super::literal::{list, prose, tuple};
use crate::Inexpressible;

impl Script<'_> {
    /// The arguments for a step's expectation and for what is allowed beside it.
    pub(super) fn expectation(&mut self, step: &Step) -> Result<Vec<String>, Inexpressible> {
        let mut arguments = match &step.expect {
            // Nothing is as expected but what is allowed.
            Expectation::OnlyAllowed => {
                self.used.add("one_of");
                vec!["returns=one_of()".to_owned()]
            }
            expect => self.outcome(expect)?,
        };
        let mut words = if says_itself(&step.expect) { None } else { Some(step.expect.to_string()) };
        // What the harness's own end accepts is a pair.
        if step.destructure && !self.is_peer(step) && !has_members(&step.expect, step.bind.len()) {
            self.used.add("members");
            self.signature.insert("returns");
            let want = arguments.iter().find_map(|argument| argument.strip_prefix("returns="));
            let members = format!("returns=members({}, {})", step.bind.len(), want.unwrap_or("anything"));
            arguments.retain(|argument| !argument.starts_with("returns="));
            arguments.insert(0, members);
            words.get_or_insert_with(|| format!("{} members to take apart", step.bind.len()));
        }
        if let Some(words) = words {
            self.signature.insert("expected");
            arguments.push(format!("expected={}", prose(&words)));
        }
        if !step.allow.is_empty() {
            self.signature.insert("allow");
            self.features.insert("allow");
            self.used.add("meets");
            let main_raises = match &step.expect {
                Expectation::OnlyAllowed => step.allow.iter().all(|allowance| raises(&allowance.outcome)),
                expect => raises(expect),
            };
            let allowed: Result<Vec<String>, Inexpressible> =
                step.allow.iter().map(|allowance| self.allowance(allowance, main_raises)).collect();
            arguments.push(format!("allow={}", list(&allowed?)));
        }
        Ok(arguments)
    }

    fn allowance(&mut self, allowance: &Allowance, main_raises: bool) -> Result<String, Inexpressible> {
        let mut arguments = vec![format!("reason={}", prose(&allowance.reason))];
        if raises(&allowance.outcome) != main_raises {
            self.features.insert("last");
            arguments.push("last=True".to_owned());
        }
        arguments.extend(self.outcome(&allowance.outcome)?);
        Ok(format!("dict({})", arguments.join(", ")))
    }

    fn outcome(&mut self, expect: &Expectation) -> Result<Vec<String>, Inexpressible> {
        Ok(match expect {
            Expectation::ReturnsAnything | Expectation::OnlyAllowed => Vec::new(),
            Expectation::Anything => {
                self.signature.insert("whatever");
                vec!["whatever=True".to_owned()]
            }
            Expectation::Returns(pattern) => {
                self.signature.insert("returns");
                self.used.add("matches");
                vec![format!("returns={}", self.pattern(pattern)?)]
            }
            Expectation::Raises(pattern) => self.raises(pattern)?,
        })
    }

    fn raises(&mut self, pattern: &RaisesPattern) -> Result<Vec<String>, Inexpressible> {
        self.used.add("meets");
        self.signature.insert("raises");
        let mut arguments = vec![format!("raises={}", prose(&pattern.classes.join(" or ")))];
        if let Some(args) = &pattern.args {
            self.signature.insert("args");
            arguments.push(format!("args={}", self.pattern(args)?));
        }
        if !pattern.is.is_empty() {
            self.signature.insert("also");
            arguments.push(format!("also={}", prose(&pattern.is.join(" "))));
        }
        Ok(arguments)
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result<String, Inexpressible> {
        Ok(match pattern {
            Pattern::Exact(template) => {
                let code = self.template(template)?;
                if code.ends_with(']') && !code.starts_with('[') {
                    // Looked up outside of any step.
                    self.used.add("failed");
                }
                code
            }
            Pattern::Constant(names) => self.constants(names, Self::number),
            Pattern::Any(kind) => self.kind(kind),
            Pattern::IntRange(low, high) => self.helper("int_in", &[low.to_string(), high.to_string()]),
            Pattern::Regex(regex) => {
                let odd = regex.contains(['"', '\n']) || regex.ends_with('\\') || !regex.is_ascii();
                let literal = if odd { format!("b{}", bytes(regex)) } else { format!("br\"{regex}\"") };
                self.helper("regex", &[literal])
            }
            Pattern::Tuple(items) => tuple(&self.each(items, Self::pattern)?),
            Pattern::List(items) => list(&self.each(items, Self::pattern)?),
            Pattern::Unordered(items) => self.helper_of("unordered", items)?,
            Pattern::Contains(items) => self.helper_of("contains", items)?,
            Pattern::OneOf(items) => self.helper_of("one_of", items)?,
            Pattern::Each(item) => {
                let item = self.pattern(item)?;
                self.helper("each", &[item])
            }
            Pattern::TextOf(name) => self.text_of(name),
        })
    }

    fn helper(&mut self, function: &str, arguments: &[String]) -> String {
        self.used.add(function);
        format!("{function}({})", arguments.join(", "))
    }

    fn helper_of(&mut self, function: &str, items: &[Pattern]) -> Result<String, Inexpressible> {
        let items = self.each(items, Self::pattern)?;
        Ok(self.helper(function, &items))
    }

    fn kind(&mut self, kind: &str) -> String {
        let function = match kind {
            "None" => return "None".to_owned(),
            "str" => "a_str",
            "bytes" => "some_bytes",
            "int" => "an_int",
            "bool" => "a_bool",
            "float" => "a_float",
            "tuple" => "a_tuple",
            "list" => "a_list",
            "socket" => "a_socket",
            "file" => "a_file",
            "type" => "a_class",
            _ => "anything",
        };
        self.used.add(function);
        function.to_owned()
    }

    /// The number that a name stands for: the module's own, else the system's.
    fn number(&mut self, name: &str) -> String {
        if errno_number(name).is_some() {
            self.used.imports.insert("errno");
            return format!("errno.{name}");
        }
        if let Some(number) = h_errno_number(name) {
            self.defined.insert(name.to_owned(), number);
            return name.to_owned();
        }
        format!("socket.{name}")
    }

    fn text_of(&mut self, name: &str) -> String {
        let number = self.number(name);
        if errno_number(name).is_some() {
            self.used.imports.insert("os");
            return format!("os.strerror({number})");
        }
        let function = if h_errno_number(name).is_some() { "'hstrerror'" } else { "'gai_strerror'" };
        self.helper("library_text", &[function.to_owned(), number])
    }
}

fn raises(expect: &Expectation) -> bool {
    matches!(expect, Expectation::Raises(_))
}

/// Whether whatever meets the expectation has just so many members.
fn has_members(expect: &Expectation, count: usize) -> bool {
    match expect {
        Expectation::Returns(Pattern::Tuple(items) | Pattern::List(items)) => items.len() == count,
        Expectation::Raises(_) => true,
        _ => false,
    }
}

/// Whether a script's own words for an expectation are as good as the case's.
fn says_itself(expect: &Expectation) -> bool {
    match expect {
        Expectation::Returns(pattern) => is_plain(pattern),
        Expectation::Raises(raises) => raises.args.is_none() && raises.is.is_empty(),
        Expectation::ReturnsAnything => true,
        Expectation::Anything | Expectation::OnlyAllowed => false,
    }
}

fn is_plain(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Exact(_) => true,
        Pattern::Tuple(items) | Pattern::List(items) => items.iter().all(is_plain),
        _ => false,
    }
}

fn bytes(regex: &str) -> String {
    regex.bytes().fold(String::from("'"), |text, byte| text + &format!("\\x{byte:02x}")) + "'"
}
