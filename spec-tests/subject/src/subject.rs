//! The narrow waist.

use crate::work::{self, Work, Worked};
use crate::{Call, Description, Fault, Outcome};

/// An implementation under test. Everything in sockspec that runs something runs it through this trait.
///
/// Calls are made one after another. After a [`Fault`] the subject may be used again: it starts afresh, with no
/// object of before.
pub trait Subject: Send {
    /// Who it is: name, version, edition, constants.
    ///
    /// # Errors
    /// A [`Fault`] when it cannot be started or does not answer.
    fn describe(&mut self) -> Result<Description, Fault>;

    /// Asks it one thing.
    ///
    /// # Errors
    /// A [`Fault`] when there is no answer; what the implementation raises is an [`Outcome`].
    fn call(&mut self, call: &Call) -> Result<Outcome, Fault>;

    /// Asks several things at once, for their answers in the same order. A subject behind a pipe sends them all
    /// before it reads; the default asks them one by one.
    ///
    /// # Errors
    /// The first [`Fault`].
    fn call_all(&mut self, calls: &[Call]) -> Result<Vec<Outcome>, Fault> {
        calls.iter().map(|call| self.call(call)).collect()
    }

    /// Does some work many times over, and says how long it took. The default does it call by call; a subject that can
    /// loop nearer to the implementation overrides it, so that nothing but the implementation is measured.
    ///
    /// # Errors
    /// A [`Fault`] when there is no answer.
    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        work::by_calls(self, work)
    }

    /// Closes every socket that it handed out, and forgets every object.
    ///
    /// # Errors
    /// A [`Fault`] when it does not answer.
    fn reset(&mut self) -> Result<(), Fault>;
}

impl<S: Subject + ?Sized> Subject for Box<S> {
    fn describe(&mut self) -> Result<Description, Fault> {
        (**self).describe()
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        (**self).call(call)
    }

    fn call_all(&mut self, calls: &[Call]) -> Result<Vec<Outcome>, Fault> {
        (**self).call_all(calls)
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        (**self).work(work)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        (**self).reset()
    }
}
