//! The answers of the lab's DNS server, as data: what `dns.toml` holds, and the reply to one question.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, PTR};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use serde::Deserialize;
use toml::Spanned;

use crate::spec::{LabSpecError, Source};

const KEYS: &str =
    "a zone holds format and [[answer]] with names and a, aaaa, cname, ptr, truncate or outcome";
/// Seconds that an answer may be kept: nobody in a lab keeps one, but 0 is refused by some.
const TTL: u32 = 60;
/// Steps that a chain of aliases is followed, as most servers limit it.
const CHAIN_MAX: usize = 8;

/// What a lab's DNS server answers, by name.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    exact: HashMap<String, Answer>,
    below: HashMap<String, Answer>,
}

/// What is known about one name.
#[derive(Debug, Clone)]
enum Answer {
    Records { records: Vec<RData>, truncate: bool },
    Outcome(Outcome),
}

/// An answer without a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    NoData,
    NxDomain,
    ServFail,
    Refused,
    Silent,
}

impl Outcome {
    /// The word for it in `dns.toml`.
    fn word(self) -> &'static str {
        match self {
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::Silent => "silent",
        }
    }
}

/// What the server has to say to one question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// Nothing is sent at all.
    Silence,
    /// A message is sent. Where `truncate` holds, UDP gets none of the answers and the mark that says so.
    Message { code: ResponseCode, answers: Vec<Record>, truncate: bool },
}

/// `dns.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneFile {
    format: Spanned<i64>,
    #[serde(default)]
    answer: Vec<Spanned<AnswerEntry>>,
}

/// One `[[answer]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerEntry {
    names: Vec<Spanned<String>>,
    #[serde(default)]
    a: Vec<Spanned<String>>,
    #[serde(default)]
    aaaa: Vec<Spanned<String>>,
    cname: Option<Spanned<String>>,
    #[serde(default)]
    ptr: Vec<Spanned<String>>,
    #[serde(default)]
    truncate: bool,
    outcome: Option<Spanned<Outcome>>,
}

impl Zone {
    /// Reads a zone.
    pub(crate) fn parse(source: &Source<'_>) -> Result<Self, LabSpecError> {
        let file: ZoneFile = source.read(KEYS)?;
        if *file.format.get_ref() != 1 {
            let problem = format!("format {} is not known", file.format.get_ref());
            return Err(source.error(file.format.span(), problem, "write `format = 1`"));
        }
        let mut zone = Self::default();
        for entry in file.answer {
            let answer = entry.get_ref().answer(&entry, source)?;
            for name in &entry.get_ref().names {
                zone.insert(name, answer.clone(), source)?;
            }
        }
        Ok(zone)
    }

    fn insert(
        &mut self,
        name: &Spanned<String>,
        answer: Answer,
        source: &Source<'_>,
    ) -> Result<(), LabSpecError> {
        let text = name.get_ref();
        let (names, key) = match text.strip_prefix("*.") {
            Some(parent) => (&mut self.below, parent.to_ascii_lowercase()),
            None => match text.parse::<IpAddr>() {
                Ok(address) => (&mut self.exact, key(&Name::from(address))),
                Err(_) => (&mut self.exact, text.to_ascii_lowercase()),
            },
        };
        if key.is_empty() || key.ends_with('.') || key.starts_with('.') || key.contains(['*', ' ']) {
            let help = "a name without a period at its end, an address, or `*.` and a name";
            return Err(source.error(name.span(), format!("`{text}` is no name to answer for"), help));
        }
        if names.insert(key, answer).is_some() {
            let problem = format!("`{text}` is answered twice");
            return Err(source.error(name.span(), problem, "name it in one [[answer]] only"));
        }
        Ok(())
    }

    /// The reply to a question, and whether the zone knows the name at all.
    pub(crate) fn reply(&self, name: &Name, kind: RecordType) -> (Reply, bool) {
        let Some(answer) = self.find(name) else {
            let reply = Reply::Message { code: ResponseCode::NXDomain, answers: Vec::new(), truncate: false };
            return (reply, false);
        };
        (self.follow(name, answer, kind), true)
    }

    /// What is answered for that name or address, a line a record: `both.dns.example A 192.0.2.61`. Aliases are followed.
    /// Nothing for a name that the zone does not know.
    pub fn describe(&self, name: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut owner = match name.parse::<IpAddr>() {
            Ok(address) => Name::from(address),
            Err(_) => match Name::from_ascii(name) {
                Ok(name) => name,
                Err(_) => return lines,
            },
        };
        for _ in 0..CHAIN_MAX {
            let next = match self.find(&owner) {
                None => None,
                Some(Answer::Outcome(outcome)) => {
                    lines.push(format!("{} {}", key(&owner), outcome.word()));
                    None
                }
                Some(Answer::Records { records, .. }) => {
                    let shown = |record: &RData| {
                        let text = record.to_string();
                        format!("{} {} {}", key(&owner), record.record_type(), text.trim_end_matches('.'))
                    };
                    lines.extend(records.iter().map(shown));
                    records.iter().find_map(|record| match record {
                        RData::CNAME(name) => Some(name.0.clone()),
                        _ => None,
                    })
                }
            };
            match next {
                Some(next) => owner = next,
                None => break,
            }
        }
        lines
    }

    /// The records of `name`, and those of the names that its chain of aliases leads to.
    fn follow(&self, name: &Name, first: &Answer, kind: RecordType) -> Reply {
        let mut owner = name.clone();
        let mut answer = Some(first);
        let mut answers = Vec::new();
        let mut truncated = false;
        let mut code = ResponseCode::NoError;
        for _ in 0..CHAIN_MAX {
            match answer {
                None | Some(Answer::Outcome(Outcome::NxDomain)) => code = ResponseCode::NXDomain,
                Some(Answer::Outcome(Outcome::Silent)) => return Reply::Silence,
                Some(Answer::Outcome(Outcome::ServFail)) => code = ResponseCode::ServFail,
                Some(Answer::Outcome(Outcome::Refused)) => code = ResponseCode::Refused,
                Some(Answer::Outcome(Outcome::NoData)) => {}
                Some(Answer::Records { records, truncate }) => {
                    truncated |= *truncate;
                    let mut next = None;
                    for data in records {
                        let alias = match data {
                            RData::CNAME(target) if kind != RecordType::CNAME => Some(&target.0),
                            _ => None,
                        };
                        if alias.is_some() || kind == RecordType::ANY || data.record_type() == kind {
                            answers.push(Record::from_rdata(owner.clone(), TTL, data.clone()));
                        }
                        next = alias.or(next);
                    }
                    let Some(target) = next else { break };
                    // A chain that comes back to a name has been told in full.
                    if answers.iter().any(|record| record.name == *target) {
                        break;
                    }
                    owner = target.clone();
                    answer = self.find(target);
                    continue;
                }
            }
            break;
        }
        Reply::Message { code, answers, truncate: truncated }
    }

    /// What is known of `name`: itself, else the nearest pattern above it.
    fn find(&self, name: &Name) -> Option<&Answer> {
        let key = key(name);
        if let Some(answer) = self.exact.get(&key) {
            return Some(answer);
        }
        let mut rest = key.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if let Some(answer) = self.below.get(parent) {
                return Some(answer);
            }
            rest = parent;
        }
        None
    }
}

impl AnswerEntry {
    fn answer(&self, entry: &Spanned<Self>, source: &Source<'_>) -> Result<Answer, LabSpecError> {
        if self.names.is_empty() {
            return Err(source.error(entry.span(), "an answer for no name", "write `names = [\"…\"]`"));
        }
        let addresses = self.a.len() + self.aaaa.len();
        let kinds = usize::from(addresses > 0)
            + usize::from(self.cname.is_some())
            + usize::from(!self.ptr.is_empty())
            + usize::from(self.outcome.is_some());
        if kinds != 1 {
            let problem = "an answer that is not one thing";
            return Err(source.error(
                entry.span(),
                problem,
                "give addresses (a, aaaa), a cname, ptr, or an outcome",
            ));
        }
        if let Some(outcome) = &self.outcome {
            return Ok(Answer::Outcome(*outcome.get_ref()));
        }
        let mut records = Vec::new();
        for text in &self.a {
            let address: Ipv4Addr = parsed(text, source, "an IPv4 address, for instance 192.0.2.60")?;
            records.push(RData::A(A(address)));
        }
        for text in &self.aaaa {
            let address: Ipv6Addr = parsed(text, source, "an IPv6 address, for instance 2001:db8:1::60")?;
            records.push(RData::AAAA(AAAA(address)));
        }
        if let Some(text) = &self.cname {
            records.push(RData::CNAME(CNAME(target(text, source)?)));
        }
        for text in &self.ptr {
            records.push(RData::PTR(PTR(target(text, source)?)));
        }
        Ok(Answer::Records { records, truncate: self.truncate })
    }
}

/// How a name is looked up: lower case, without the period at its end.
pub(crate) fn key(name: &Name) -> String {
    let mut text = name.to_lowercase().to_ascii();
    if text.len() > 1 && text.ends_with('.') {
        text.pop();
    }
    text
}

fn parsed<T: std::str::FromStr>(
    text: &Spanned<String>,
    source: &Source<'_>,
    wanted: &str,
) -> Result<T, LabSpecError> {
    text.get_ref().parse().map_err(|_| {
        source.error(
            text.span(),
            format!("`{}` is not what belongs here", text.get_ref()),
            format!("write {wanted}"),
        )
    })
}

/// A name that an answer points to, always taken as complete.
fn target(text: &Spanned<String>, source: &Source<'_>) -> Result<Name, LabSpecError> {
    match Name::from_ascii(text.get_ref()) {
        Ok(mut name) => {
            name.set_fqdn(true);
            Ok(name)
        }
        Err(error) => {
            let problem = format!("`{}` is no domain name ({error})", text.get_ref());
            Err(source.error(text.span(), problem, "write for instance end.dns.example"))
        }
    }
}
