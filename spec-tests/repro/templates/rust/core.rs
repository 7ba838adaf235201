/// What matching has to know of the subject.
struct Facts {
    constants: BTreeMap<String, i64>,
    one_string_type: bool,
}

type Check = Box<dyn Fn(&Value, &Facts) -> bool>;

/// What a step may lead to.
enum Expect {
    Returns(Check),
    Raises { classes: &'static [&'static str], also: &'static [&'static str], args: Check },
}

/// Runs steps, says what came of each, and remembers what was allowed.
struct Run {
    subject: Box<dyn Subject>,
    peer: Peer,  //? peer
    facts: Facts,
    allowed: Vec<&'static str>,
}

impl Run {
    fn new(mut subject: Box<dyn Subject>) -> Self {
        let description = subject.describe().unwrap();
        let facts = Facts {
            constants: description.constants,
            one_string_type: description.strings == Strings::One,
        };
        let peer = Peer::new(Duration::from_secs(5));  //? peer
        Self { subject, peer, facts, allowed: Vec::new() }  //? peer
        Self { subject, facts, allowed: Vec::new() }  //? alone
    }

    /// What the call returned, where the case goes on from there.
    fn step(&mut self, call: &Call, expected: &str, expect: Expect, allow: Vec<(&'static str, bool, Expect)>) -> Option<Value> {
        println!("{call}");
        let outcome = self.subject.call(call).unwrap();
        self.judge(outcome, expected, expect, allow)
    }

    fn peer_step(&mut self, call: &Call, expected: &str, expect: Expect) -> Option<Value> {  //? peer
        println!("peer: {call}");  //? peer
        let outcome = self.peer.call(call);  //? peer
        self.judge(outcome, expected, expect, Vec::new())  //? peer
    }  //? peer
  //? peer
    fn judge(&mut self, outcome: Outcome, expected: &str, expect: Expect, allow: Vec<(&'static str, bool, Expect)>) -> Option<Value> {
        println!("    got       {outcome}");
        if let Outcome::Unsupported(why) = &outcome {
            println!("cannot say: {why}");
            return None;
        }
        if meets(&outcome, &expect, &self.facts) {
            return Some(returned(outcome));
        }
        if let Some((reason, last, _)) = allow.iter().find(|(_, _, other)| meets(&outcome, other, &self.facts)) {
            println!("    allowed   {reason}");
            self.allowed.push(reason);
            return if *last { self.end() } else { Some(returned(outcome)) };
        }
        println!("    expected  {expected}");
        panic!("departs");
    }

    fn end(&self) -> Option<Value> {
        match self.allowed.first() {
            Some(reason) => println!("allowed: {reason}"),
            None => println!("as the document says"),
        }
        None
    }
}

fn returned(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Returned(value) => value,
        _ => Value::None,
    }
}

fn meets(outcome: &Outcome, expect: &Expect, facts: &Facts) -> bool {
    match (outcome, expect) {
        (Outcome::Returned(value), Expect::Returns(check)) => check(value, facts),
        (Outcome::Raised(raised), Expect::Raises { classes, also, args }) => {
            let documented = raised.documented_class();
            let own = matches!(documented, "error" | "herror" | "gaierror" | "timeout");
            classes.iter().any(|class| documented == *class || (!own && raised.is(class)))
                && also.iter().all(|class| raised.is(class))
                && args(&Value::Tuple(raised.args.clone()), facts)
        }
        _ => false,
    }
}

fn anything() -> Check {
    Box::new(|_, _| true)
}

fn is(want: Value) -> Check {
    Box::new(move |got, facts| same(&want, got, facts))
}

/// Equality, but for a subject with one string type, whose text and bytes are compared by content.
fn same(want: &Value, got: &Value, facts: &Facts) -> bool {
    match (want, got) {
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, facts))
        }
        (Value::Str(_) | Value::Bytes(_), Value::Str(_) | Value::Bytes(_)) if facts.one_string_type => {
            want.as_bytes() == got.as_bytes()
        }
        _ => want == got,
    }
}

/// The number of a constant: the subject's own, else the system's.
fn number(name: &'static str, system: Option<i64>) -> Check {
    Box::new(move |got, facts| {
        let number = |name| facts.constants.get(name).copied().or(system);
        let wanted = name.split('|').try_fold(0, |bits, name| Some(bits | number(name)?));
        wanted.is_some() && got.as_i64() == wanted
    })
}

fn any(kind: &'static str) -> Check {
    Box::new(move |got, facts| match kind {
        "str" | "bytes" if facts.one_string_type => got.as_bytes().is_some(),
        "socket" => matches!(got.type_name(), "socket" | "peer socket"),
        kind => got.type_name() == kind,
    })
}

fn int_in(low: &'static str, high: &'static str) -> Check {
    let (low, high): (Int, Int) = (low.parse().unwrap(), high.parse().unwrap());
    Box::new(move |got, _| matches!(got, Value::Int(int) if low <= *int && *int <= high))
}

fn tuple(checks: Vec<Check>) -> Check {
    Box::new(move |got, facts| {
        matches!(got, Value::Tuple(values) if checks.len() == values.len()
            && checks.iter().zip(values).all(|(check, value)| check(value, facts)))
    })
}

fn list(checks: Vec<Check>) -> Check {
    Box::new(move |got, facts| {
        matches!(got, Value::List(values) if checks.len() == values.len()
            && checks.iter().zip(values).all(|(check, value)| check(value, facts)))
    })
}

fn each(check: Check) -> Check {
    Box::new(move |got, facts| {
        got.items().is_some_and(|values| !values.is_empty() && values.iter().all(|value| check(value, facts)))
    })
}

fn one_of(checks: Vec<Check>) -> Check {
    Box::new(move |got, facts| checks.iter().any(|check| check(got, facts)))
}

/// Whether each check can have a value of its own, however they overlap.
fn assign(checks: &[Check], values: &[Value], facts: &Facts) -> bool {
    fn place(check: usize, fits: &[Vec<usize>], owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
        for &value in &fits[check] {
            if !std::mem::replace(&mut seen[value], true)
                && owner[value].is_none_or(|other| place(other, fits, owner, seen))
            {
                owner[value] = Some(check);
                return true;
            }
        }
        false
    }
    let fits: Vec<Vec<usize>> =
        checks.iter().map(|check| (0..values.len()).filter(|at| check(&values[*at], facts)).collect()).collect();
    let mut owner = vec![None; values.len()];
    (0..checks.len()).all(|check| place(check, &fits, &mut owner, &mut vec![false; values.len()]))
}

fn unordered(checks: Vec<Check>) -> Check {
    Box::new(move |got, facts| {
        got.items().is_some_and(|values| values.len() == checks.len() && assign(&checks, values, facts))
    })
}

fn contains(checks: Vec<Check>) -> Check {
    Box::new(move |got, facts| got.items().is_some_and(|values| assign(&checks, values, facts)))
}

fn members(count: usize, check: Check) -> Check {
    Box::new(move |got, facts| got.items().is_some_and(|values| values.len() == count) && check(got, facts))
}

fn constant(names: &str) -> Value {
    Value::Constant(names.to_owned())
}

/// A call of a method of what an earlier step returned.
fn method(object: &Value, name: &str, args: Vec<Value>) -> Call {
    match object {
        Value::Object(object) => Call::method(object, name, args),
        other => panic!("departs: {other} is no object, so it has no {name}"),
    }
}

/// A member of what an earlier step returned, at the places given, outermost first.
fn member(value: &Value, at: &[usize]) -> Value {
    at.iter().fold(value.clone(), |value, at| match value.items().and_then(|items| items.get(*at)) {
        Some(member) => member.clone(),
        None => panic!("departs: {value} has no member {at}"),
    })
}
