//! What faults are made of: each changes one thing about the calls that it names.

use std::collections::BTreeMap;

use sockspec_subject::{Action, Call, Outcome, Raised, Target, Value};

use crate::fault::{Desk, NoAnswer, Wrong};
use crate::values::{at, type_error};

/// The functions or methods that a fault is about.
pub(crate) type Names = &'static [&'static str];

/// The methods that take an address.
pub(crate) const TAKE_ADDRESS: Names = &["bind", "connect", "connect_ex", "sendto"];
/// The methods that give an address back.
pub(crate) const GIVE_ADDRESS: Names = &["getsockname", "getpeername", "accept", "recvfrom"];
/// The functions about hosts that raise `herror`.
pub(crate) const HOSTS: Names = &["gethostbyname", "gethostbyname_ex", "gethostbyaddr"];
/// The two functions that raise `gaierror`.
pub(crate) const INFO: Names = &["getaddrinfo", "getnameinfo"];

fn concerns(names: Names, call: &Call) -> bool {
    matches!(call.action, Action::Invoke { .. }) && (names.is_empty() || names.contains(&call.name.as_str()))
}

/// The positional arguments.
pub(crate) fn args(call: &Call) -> &[Value] {
    match &call.action {
        Action::Invoke { args, .. } => args,
        Action::Get | Action::Forget => &[],
    }
}

/// The positional arguments, to be changed.
pub(crate) fn args_mut(call: &mut Call) -> Option<&mut Vec<Value>> {
    match &mut call.action {
        Action::Invoke { args, .. } => Some(args),
        Action::Get | Action::Forget => None,
    }
}

/// An argument's integer, or 0.
pub(crate) fn int(call: &Call, place: usize) -> i64 {
    args(call).get(place).and_then(Value::as_i64).unwrap_or_default()
}

struct Results(Names, fn(&Call, Value) -> Value);

impl Wrong for Results {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        Ok(match outcome {
            Outcome::Returned(value) if concerns(self.0, call) => Outcome::Returned((self.1)(call, value)),
            other => other,
        })
    }
}

/// What these return is another value.
pub(crate) fn result(names: Names, change: fn(&Call, Value) -> Value) -> Box<dyn Wrong> {
    Box::new(Results(names, change))
}

struct Outcomes(Names, fn(&mut Desk<'_>, &Call, Outcome) -> Result<Outcome, NoAnswer>);

impl Wrong for Outcomes {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        if concerns(self.0, call) { (self.1)(desk, call, outcome) } else { Ok(outcome) }
    }
}

/// These lead to something else.
pub(crate) fn outcome(
    names: Names,
    change: fn(&mut Desk<'_>, &Call, Outcome) -> Result<Outcome, NoAnswer>,
) -> Box<dyn Wrong> {
    Box::new(Outcomes(names, change))
}

struct Exceptions(Names, fn(&mut Raised));

impl Wrong for Exceptions {
    fn after(&mut self, _: &mut Desk<'_>, call: &Call, mut outcome: Outcome) -> Result<Outcome, NoAnswer> {
        if let Outcome::Raised(raised) = &mut outcome
            && concerns(self.0, call)
        {
            (self.1)(raised);
        }
        Ok(outcome)
    }
}

/// What these raise is another exception.
pub(crate) fn raising(names: Names, change: fn(&mut Raised)) -> Box<dyn Wrong> {
    Box::new(Exceptions(names, change))
}

struct Instead(Names, fn(&mut Desk<'_>, &mut Call) -> Result<Option<Outcome>, NoAnswer>);

impl Wrong for Instead {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        if concerns(self.0, call) { (self.1)(desk, call) } else { Ok(None) }
    }
}

/// These do something else, or get other arguments.
pub(crate) fn instead(
    names: Names,
    answer: fn(&mut Desk<'_>, &mut Call) -> Result<Option<Outcome>, NoAnswer>,
) -> Box<dyn Wrong> {
    Box::new(Instead(names, answer))
}

struct Rewrite(Names, fn(&Desk<'_>, &mut Vec<Value>));

impl Wrong for Rewrite {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        if concerns(self.0, call)
            && let Some(args) = args_mut(call)
        {
            (self.1)(desk, args);
        }
        Ok(None)
    }
}

/// These get other arguments.
pub(crate) fn rewrite(names: Names, change: fn(&Desk<'_>, &mut Vec<Value>)) -> Box<dyn Wrong> {
    Box::new(Rewrite(names, change))
}

struct Refuse(Names, fn(&[Value]) -> bool);

impl Wrong for Refuse {
    fn before(&mut self, _: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        Ok((concerns(self.0, call) && (self.1)(args(call))).then(type_error))
    }
}

/// These refuse such arguments with a `TypeError`.
pub(crate) fn refuse(names: Names, such: fn(&[Value]) -> bool) -> Box<dyn Wrong> {
    Box::new(Refuse(names, such))
}

struct AddressIn(Names, i64, fn(Value) -> Value);

impl Wrong for AddressIn {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        if concerns(self.0, call)
            && (self.1 == 0 || desk.family(call) == self.1)
            && let Some(address) = args_mut(call).and_then(|args| args.last_mut())
        {
            *address = (self.2)(std::mem::replace(address, Value::None));
        }
        Ok(None)
    }
}

/// Sockets of this family (0: of every one) take another address than they are given in these methods.
pub(crate) fn address_in(names: Names, family: i64, change: fn(Value) -> Value) -> Box<dyn Wrong> {
    Box::new(AddressIn(names, family, change))
}

struct RefuseAddress(Names, i64, fn(&Value) -> bool);

impl Wrong for RefuseAddress {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        let such = concerns(self.0, call)
            && (self.1 == 0 || desk.family(call) == self.1)
            && args(call).last().is_some_and(self.2);
        Ok(such.then(type_error))
    }
}

/// Sockets of this family (0: of every one) refuse such addresses in these methods.
pub(crate) fn refuse_address(names: Names, family: i64, such: fn(&Value) -> bool) -> Box<dyn Wrong> {
    Box::new(RefuseAddress(names, family, such))
}

struct AddressOut(Names, i64, fn(Value) -> Value);

impl Wrong for AddressOut {
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        if !concerns(self.0, call) || (self.1 != 0 && desk.family(call) != self.1) {
            return Ok(outcome);
        }
        Ok(match outcome {
            Outcome::Returned(value) if matches!(call.name.as_str(), "accept" | "recvfrom") => {
                Outcome::Returned(at(value, 1, self.2))
            }
            Outcome::Returned(value) => Outcome::Returned((self.2)(value)),
            other => other,
        })
    }
}

/// Sockets of this family (0: of every one) give another address back from these methods.
pub(crate) fn address_out(names: Names, family: i64, change: fn(Value) -> Value) -> Box<dyn Wrong> {
    Box::new(AddressOut(names, family, change))
}

struct Constants(fn(&mut BTreeMap<String, i64>));

impl Wrong for Constants {
    fn constants(&self, table: &mut BTreeMap<String, i64>) {
        (self.0)(table);
    }
}

/// The module has other constants.
pub(crate) fn constants(change: fn(&mut BTreeMap<String, i64>)) -> Box<dyn Wrong> {
    Box::new(Constants(change))
}

struct Attributes(fn(&mut Desk<'_>, &Call) -> Result<Option<Outcome>, NoAnswer>);

impl Wrong for Attributes {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        if call.action == Action::Get { (self.0)(desk, call) } else { Ok(None) }
    }
}

/// An attribute that is read is something else.
pub(crate) fn attribute(
    answer: fn(&mut Desk<'_>, &Call) -> Result<Option<Outcome>, NoAnswer>,
) -> Box<dyn Wrong> {
    Box::new(Attributes(answer))
}

struct Gone(Names);

impl Wrong for Gone {
    fn before(&mut self, _: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        Ok(self
            .0
            .contains(&call.name.as_str())
            .then(|| crate::values::ordinary("AttributeError", "there is no such attribute")))
    }
}

/// These are missing, whether they are called or read.
pub(crate) fn gone(names: Names) -> Box<dyn Wrong> {
    Box::new(Gone(names))
}

/// What a fault keeps between calls, and what it makes of them.
pub(crate) trait Keep: Default + Send {
    /// As [`Wrong::before`].
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        let _ = (desk, call);
        Ok(None)
    }

    /// As [`Wrong::after`].
    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        let _ = (desk, call);
        Ok(outcome)
    }
}

struct Kept<K>(K);

impl<K: Keep> Wrong for Kept<K> {
    fn before(&mut self, desk: &mut Desk<'_>, call: &mut Call) -> Result<Option<Outcome>, NoAnswer> {
        self.0.before(desk, call)
    }

    fn after(&mut self, desk: &mut Desk<'_>, call: &Call, outcome: Outcome) -> Result<Outcome, NoAnswer> {
        self.0.after(desk, call, outcome)
    }

    fn reset(&mut self) {
        self.0 = K::default();
    }
}

/// A fault that keeps something between calls.
pub(crate) fn keeping<K: Keep + 'static>() -> Box<dyn Wrong> {
    Box::new(Kept(K::default()))
}

/// The id of the object that a call is made on; 0 for the module.
pub(crate) fn object(call: &Call) -> u64 {
    target_id(&call.target)
}

/// The id of an object; 0 for the module.
pub(crate) fn target_id(target: &Target) -> u64 {
    match target {
        Target::Object(object) => object.id.0,
        Target::Module => 0,
    }
}
