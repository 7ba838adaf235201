//! What a case touches of its lab: the entries of `/etc`, the DNS server's answers and the addresses that it names.

use std::collections::BTreeSet;

use sockspec_cases::{Case, Expectation, Pattern, Step, StepAction, Template};
use sockspec_lab::LabSpec;
use sockspec_subject::Value;

/// Functions that look at the host's own name.
const OWN_NAME: [&str; 2] = ["gethostname", "getfqdn"];
/// Functions whose integer arguments are ports that have names.
const PORTS: [&str; 2] = ["getnameinfo", "getservbyport"];

/// What the case names: texts in lower case, and integers.
#[derive(Default)]
struct Named {
    texts: BTreeSet<String>,
    ports: BTreeSet<i64>,
}

/// A line for each entry of the lab that the case's arguments or expectations name.
pub(crate) fn entries(case: &Case, lab: &LabSpec) -> Vec<String> {
    let mut named = Named::default();
    case.steps.iter().for_each(|step| named.step(step));
    let own_name = case.steps.iter().any(|step| OWN_NAME.contains(&step.name.as_str()));
    if own_name {
        named.texts.insert(lab.hostname().to_lowercase());
    }
    let mut entries = Vec::new();
    if named.texts.contains(&lab.hostname().to_lowercase()) {
        entries.push(format!("the host's own name: {}", lab.hostname()));
    }
    for interface in lab.interfaces() {
        for address in &interface.addresses {
            if named.texts.contains(&address.address.to_string()) {
                entries.push(format!("{}: {}/{}", interface.name, address.address, address.prefix));
            }
        }
    }
    for (file, bytes) in lab.etc() {
        if !matches!(file, "hosts" | "services" | "protocols" | "networks") {
            continue;
        }
        for line in String::from_utf8_lossy(bytes).lines() {
            let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
            if named.has(file, &words) {
                entries.push(format!("/etc/{file}: {}", words.join(" ")));
            }
        }
    }
    if let Some(zone) = lab.zone() {
        let answers: BTreeSet<String> = named.texts.iter().flat_map(|name| zone.describe(name)).collect();
        entries.extend(answers.into_iter().map(|answer| format!("DNS: {answer}")));
    }
    entries
}

impl Named {
    /// Whether one of an entry's words is named. In a file of numbers the second word is one.
    fn has(&self, file: &str, words: &[&str]) -> bool {
        let numbered = matches!(file, "services" | "protocols");
        let texts = words.iter().enumerate().filter(|(at, _)| !(numbered && *at == 1)).map(|(_, word)| *word);
        let port = words.get(1).and_then(|word| word.split('/').next()?.parse().ok());
        texts.into_iter().any(|word| self.texts.contains(&word.to_lowercase()))
            || (file == "services" && port.is_some_and(|port| self.ports.contains(&port)))
    }

    fn step(&mut self, step: &Step) {
        if let StepAction::Call { args, named } = &step.action {
            let ports = PORTS.contains(&step.name.as_str());
            args.iter().chain(named.iter().map(|(_, arg)| arg)).for_each(|arg| self.template(arg, ports));
        }
        let outcomes = step.allow.iter().map(|allowance| &allowance.outcome).chain([&step.expect]);
        for outcome in outcomes {
            if let Expectation::Returns(pattern) = outcome {
                self.pattern(pattern);
            }
        }
    }

    fn template(&mut self, template: &Template, ports: bool) {
        match template {
            Template::Value(value) => self.value(value, ports),
            Template::Tuple(items) | Template::List(items) => {
                items.iter().for_each(|item| self.template(item, ports));
            }
            Template::Ref { .. } | Template::Path { .. } | Template::Filler(_) => {}
        }
    }

    fn value(&mut self, value: &Value, ports: bool) {
        match value {
            Value::Str(text) => {
                self.texts.extend(text.to_str().map(str::to_lowercase).filter(|text| !text.is_empty()));
            }
            Value::Int(_) if ports => self.ports.extend(value.as_i64()),
            Value::Tuple(items) | Value::List(items) => items.iter().for_each(|item| self.value(item, ports)),
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Exact(template) => self.template(template, false),
            Pattern::Tuple(items)
            | Pattern::List(items)
            | Pattern::Unordered(items)
            | Pattern::Contains(items)
            | Pattern::OneOf(items) => items.iter().for_each(|item| self.pattern(item)),
            Pattern::Each(item) => self.pattern(item),
            _ => {}
        }
    }
}
