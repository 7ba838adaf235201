//! From a shrunk script to a group of the report, with a case that can be pasted.

use sockspec_cases::{
    Allowance, Basis, Case, Expectation, Facts, LabNeed, Pattern, RaisesPattern, Step, Suite, Template,
    to_toml,
};
use sockspec_engine::{Answer, Greeting, Ran, RunFacts};
use sockspec_laws::Seed;
use sockspec_subject::{Edition, Int, Strings, Value};

use crate::canon::{Canon, Canonical};
use crate::difference::Difference;
use crate::judge::Judgement;
use crate::report::Group;
use crate::state::Bucket;

/// A shrunk script, and what both did with it.
pub(crate) struct Shown<'s> {
    pub(crate) script: &'s [Step],
    pub(crate) difference: &'s Difference,
    pub(crate) runs: [&'s Ran; 2],
    pub(crate) greetings: [&'s Greeting; 2],
    pub(crate) labels: [&'s str; 2],
}

impl Shown<'_> {
    /// What a subject did in the steps up to the one where they part, canonical but with its own strings.
    fn canonical(&self, at: usize) -> Vec<Canonical> {
        let mut canon = Canon::new(self.script, self.greetings[at], Strings::Distinct);
        self.script.iter().zip(self.runs[at]).map(|(step, answer)| canon.answer(step, answer)).collect()
    }

    fn got(&self, at: usize) -> String {
        match self.runs[at].get(self.difference.step) {
            Some(Answer::Outcome(outcome)) => outcome.to_string(),
            Some(Answer::Fault(fault)) => fault.to_string(),
            Some(Answer::Unasked(why)) => why.clone(),
            None => "nothing".to_owned(),
        }
    }
}

/// The id of the group with that key.
fn id(name: &str, key: &str) -> String {
    format!("diff/{name}-{:08x}", Seed(0).branch(key, 0).0 >> 32)
}

/// The group that a bucket becomes.
pub(crate) fn group(suite: &Suite, edition: Edition, key: &str, bucket: &Bucket, shown: &Shown<'_>) -> Group {
    let name = &shown.difference.name;
    let id = id(name, key);
    let case = case(suite, edition, &id, bucket, shown);
    Group {
        case: to_toml(&case, &suite.catalogue).map_err(|why| why.to_string()),
        id,
        name: name.clone(),
        way: shown.difference.way.clone(),
        inputs: bucket.inputs,
        number: bucket.number,
        steps: shown.script[..=shown.difference.step].iter().map(ToString::to_string).collect(),
        a: shown.got(0),
        b: shown.got(1),
        judgement: bucket.judgement.clone(),
        alone: bucket.alone,
        compared: [shown.difference.a.clone(), shown.difference.b.clone()],
    }
}

/// The group of a bucket whose example does not show the difference when it is run by itself.
pub(crate) fn without_answers(name: &str, bucket: &Bucket) -> Group {
    let away = "the same as the other, when it is asked by itself";
    Group {
        id: id(name, &bucket.key),
        name: name.to_owned(),
        way: bucket.key.split('\n').nth(1).unwrap_or_default().to_owned(),
        inputs: bucket.inputs,
        number: bucket.number,
        steps: bucket.script.iter().map(ToString::to_string).collect(),
        a: away.to_owned(),
        b: away.to_owned(),
        judgement: bucket.judgement.clone(),
        alone: false,
        case: Err("the difference shows only after other calls".to_owned()),
        compared: [Canonical::Unasked, Canonical::Unasked],
    }
}

fn case(suite: &Suite, edition: Edition, id: &str, bucket: &Bucket, shown: &Shown<'_>) -> Case {
    let [a, b] = [0, 1].map(|at| shown.canonical(at));
    let place = shown.difference.step;
    let facts = [0, 1].map(|at| RunFacts::new(&shown.greetings[at].description, ""));
    let expected = |at: usize| {
        let done = if at == 0 { &a } else { &b };
        done.get(place).and_then(|canonical| expectation(canonical, &facts[at], shown.greetings[at]))
    };
    let (basis, expect, allow) = match &bucket.judgement {
        // What the one does that no clause condemns is what is expected of both.
        Judgement::Departs { a, b } => match (a.is_empty(), b.is_empty()) {
            (true, false) => (Basis::Documented, expected(0), Vec::new()),
            (false, true) => (Basis::Documented, expected(1), Vec::new()),
            _ => (Basis::Observed, Some(Expectation::Anything), Vec::new()),
        },
        Judgement::Platform(reason) => {
            let allow = expected(1).map(|outcome| Allowance { reason: reason.clone(), outcome });
            (Basis::Platform, expected(0), allow.into_iter().collect())
        }
        Judgement::Silent => (Basis::Observed, Some(Expectation::Anything), Vec::new()),
    };
    let (basis, expect, allow) = match expect {
        Some(expect) => (basis, expect, allow),
        None => (Basis::Observed, Expectation::Anything, Vec::new()),
    };
    let mut steps: Vec<Step> = shown.script[..=place].to_vec();
    for (step, canonical) in steps.iter_mut().zip(&a) {
        step.expect = match canonical {
            Canonical::Raised { class, .. } => Expectation::Raises(RaisesPattern {
                classes: vec![class.clone()],
                is: Vec::new(),
                args: None,
            }),
            _ => Expectation::ReturnsAnything,
        };
    }
    if let Some(last) = steps.last_mut() {
        (last.expect, last.allow) = (expect, allow);
        (last.bind, last.destructure) = (Vec::new(), false);
    }
    let clauses = clauses(suite, &shown.difference.name, &bucket.judgement);
    let section = clauses.first().and_then(|id| suite.catalogue.get(id)).map(|clause| clause.section.clone());
    Case {
        id: id.to_owned(),
        clauses,
        basis,
        editions: vec![edition],
        lab: LabNeed::Lab("default".to_owned()),
        note: Some(format!(
            "{} and {} part here: {}, {}.",
            shown.labels[0],
            shown.labels[1],
            brief(&shown.got(0)),
            brief(&shown.got(1))
        )),
        steps,
        section: section.unwrap_or_default(),
        file: String::new(),
        line: 0,
    }
}

/// The start of a text.
fn brief(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The clauses that a judgement rests on; else the first that speaks of the function, else of failures.
fn clauses(suite: &Suite, name: &str, judgement: &Judgement) -> Vec<String> {
    if let Judgement::Departs { a, b } = judgement {
        let mut ids: Vec<String> = a.iter().chain(b).map(|finding| finding.clause.clone()).collect();
        ids.dedup();
        return ids;
    }
    let section = match name {
        "htonl" | "htons" | "ntohl" | "ntohs" => "byte-order",
        other => other,
    };
    let mut own = suite.catalogue.clauses().iter().filter(|clause| clause.section == section);
    vec![own.next().map_or_else(|| "errors.raised".to_owned(), |clause| clause.id.clone())]
}

/// What a case says to expect such an outcome; `None` for what no case can expect.
fn expectation(canonical: &Canonical, facts: &RunFacts, greeting: &Greeting) -> Option<Expectation> {
    Some(match canonical {
        Canonical::Returned(value) => Expectation::Returns(pattern(value)),
        Canonical::Raised { class, args } => Expectation::Raises(RaisesPattern {
            classes: vec![class.clone()],
            is: Vec::new(),
            args: pair(class, args, facts, greeting),
        }),
        _ => return None,
    })
}

/// The pair of number and text, by the number's name; `None` where the document does not say.
fn pair(class: &str, args: &[Value], facts: &RunFacts, greeting: &Greeting) -> Option<Pattern> {
    let [Value::Int(number), text] = args else { return None };
    let number = number.to_i64()?;
    let table = &greeting.description.constants;
    let of_table = |start: &str| {
        table
            .iter()
            .find(|(name, value)| **value == number && name.starts_with(start))
            .map(|(name, _)| name.clone())
    };
    let name = match class {
        "gaierror" => of_table("EAI_"),
        "herror" => ["HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY", "NO_DATA"]
            .into_iter()
            .find(|name| facts.constant(name) == Some(number))
            .map(str::to_owned),
        _ => table
            .iter()
            .find(|(name, value)| {
                **value == number
                    && name.starts_with('E')
                    && !name.contains('_')
                    && facts.text_of(name).is_some()
            })
            .map(|(name, _)| name.clone()),
    };
    let told = text.as_bytes().unwrap_or_default();
    let known = name.as_ref().and_then(|name| facts.text_of(name));
    let text = match (&name, known) {
        (Some(name), Some(known)) if known.as_bytes() == told => Pattern::TextOf(name.clone()),
        _ => Pattern::Any("str".to_owned()),
    };
    let number = name.map_or_else(|| Pattern::Exact(Template::Value(Value::int(number))), Pattern::Constant);
    Some(Pattern::Tuple(vec![number, text]))
}

/// The pattern of a canonical value: placeholders stand for whatever comes there.
fn pattern(value: &Value) -> Pattern {
    match value {
        Value::Tuple(items) => Pattern::Tuple(items.iter().map(pattern).collect()),
        Value::List(items) => Pattern::List(items.iter().map(pattern).collect()),
        Value::Opaque(what) => match what.split(' ').next().unwrap_or_default() {
            "port" => Pattern::IntRange(Int::from(1), Int::from(65535)),
            "descriptor" => Pattern::Any("int".to_owned()),
            "message" => Pattern::Any("str".to_owned()),
            kind @ ("socket" | "file" | "type") => Pattern::Any(kind.to_owned()),
            _ => Pattern::Any("any".to_owned()),
        },
        Value::Str(text) => match text.to_str().and_then(|text| text.strip_prefix("{scratch}/")) {
            Some(name) => Pattern::Exact(Template::Path { name: name.to_owned(), length: None }),
            None => Pattern::Exact(Template::Value(value.clone())),
        },
        other => Pattern::Exact(Template::Value(other.clone())),
    }
}
