//! Whether two runs gave the same answer: what each run makes anew for itself is no difference.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use sockspec_events::{CaseResult, StepResult, StepVerdict};

/// The ports that Linux draws from for port 0, as a new network namespace has them (`net.ipv4.ip_local_port_range`).
const DRAWN: RangeInclusive<u32> = 32_768..=60_999;

/// What came of the step that departs.
pub(crate) fn answer(case: &CaseResult) -> Option<&str> {
    departing(case)?.got.as_deref()
}

/// Whether both departed alike.
pub(crate) fn alike(one: &CaseResult, other: &CaseResult) -> bool {
    answer(one) == answer(other) || departing(one).map(lasting) == departing(other).map(lasting)
}

fn departing(case: &CaseResult) -> Option<&StepResult> {
    case.steps.iter().find(|step| step.verdict == StepVerdict::Departs)
}

/// What came without what was made for this run: ports that were drawn, descriptors, addresses in memory, temporary
/// folders, and how much of many bytes came at once. A number that the case itself names stays.
fn lasting(step: &StepResult) -> Option<String> {
    let named: BTreeSet<&str> = words(&step.step).chain(words(&step.expected)).collect();
    let mut rest = step.got.as_deref()?;
    let mut lasting = String::with_capacity(rest.len());
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, from) = rest.split_at(start);
        let (word, after) =
            from.split_at(from.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(from.len()));
        lasting.push_str(before);
        let stand_in = Place { before: &lasting, word, after }.stand_in();
        let word = if named.contains(word) { Cow::Borrowed(word) } else { stand_in };
        lasting.push_str(&word);
        rest = after;
    }
    lasting.push_str(rest);
    Some(lasting)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// Letters and digits, and what stands around them.
struct Place<'b, 't> {
    before: &'b str,
    word: &'t str,
    after: &'t str,
}

impl<'t> Place<'_, 't> {
    /// The word, or what stands for everything that it might have been.
    fn stand_in(&self) -> Cow<'t, str> {
        if self.is_port() {
            "<port>".into()
        } else if self.is_number() && self.before.ends_with("fd=") {
            "<descriptor>".into()
        } else if self.is_number() && self.before.ends_with("… (") && self.after.starts_with(" bytes)") {
            "<many>".into()
        } else if self.before.ends_with("/sockspec-") && self.word.len() == 6 {
            "<folder>".into()
        } else {
            self.without_pointer()
        }
    }

    fn is_number(&self) -> bool {
        self.word.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Behind a host: `('127.0.0.1', 40000)`, `127.0.0.1:40000` or `[::1]:40000`.
    fn is_port(&self) -> bool {
        let behind_a_host = ["', ", "\", ", "]:"].iter().any(|end| self.before.ends_with(end))
            || self.before.strip_suffix(':').is_some_and(|host| host.ends_with(char::is_alphanumeric));
        behind_a_host && self.is_number() && self.word.parse().is_ok_and(|port| DRAWN.contains(&port))
    }

    /// `0x7f3a…`, or the twelve hexadecimal digits of an address in memory at the end of a name that was made of one.
    fn without_pointer(&self) -> Cow<'t, str> {
        let hexadecimal = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if self.word.strip_prefix("0x").is_some_and(|digits| digits.len() >= 6 && hexadecimal(digits)) {
            return "<pointer>".into();
        }
        let (name, digits) = self.word.split_at(self.word.len().saturating_sub(12));
        let whole = !name.ends_with(|c: char| c.is_ascii_hexdigit());
        if digits.len() == 12 && hexadecimal(digits) && digits.starts_with(['5', '7']) && whole {
            return format!("{name}<pointer>").into();
        }
        self.word.into()
    }
}
