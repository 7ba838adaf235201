//! Files as they are today: text where the mode has no `b`, and both ways where it has `r` and `w`.

use sockspec_subject::{Call, Fault, Outcome, Subject, Value};

use super::Today;
use crate::tools::{args, args_mut, object};
use crate::values::{other_string, text, type_error};

impl<S: Subject> Today<S> {
    pub(super) fn makefile(&mut self, call: &mut Call) -> Result<Outcome, Fault> {
        let binary = args(call).first().is_some_and(|mode| text(mode).contains('b'));
        if let Some(mode) = args_mut(call).and_then(|args| args.first_mut()) {
            let both = text(mode).contains('r') && text(mode).contains('w');
            if both && text(mode).bytes().all(|letter| b"rwb".contains(&letter)) {
                *mode = Value::str(if binary { "r+b" } else { "r+" });
            }
        }
        let outcome = self.reference.call(call)?;
        if let Outcome::Returned(Value::Object(file)) = &outcome
            && !binary
        {
            self.texts.insert(file.id.0);
        }
        Ok(outcome)
    }

    /// A method of a file that holds text.
    pub(super) fn text_file(&mut self, call: &mut Call) -> Result<Outcome, Fault> {
        if call.name == "write"
            && let Some(data) = args_mut(call).and_then(|args| args.first_mut())
        {
            if !matches!(data, Value::Str(_)) {
                return Ok(type_error());
            }
            *data = other_string(std::mem::replace(data, Value::None));
        }
        Ok(match self.reference.call(call)? {
            Outcome::Returned(data @ Value::Bytes(_)) => Outcome::Returned(other_string(data)),
            other => other,
        })
    }

    /// Whether what was raised means that the socket's time was up.
    pub(super) fn timed_out(&self, call: &Call, raised: &sockspec_subject::Raised) -> bool {
        let would_block = i64::from(rustix::io::Errno::AGAIN.raw_os_error());
        self.timed.contains(&object(call)) && raised.args.first().and_then(Value::as_i64) == Some(would_block)
    }
}
