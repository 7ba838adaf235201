//! The floor: the C library's functions and the system's calls, with nothing around them, for benchmarks to compare with.

use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Work, Worked};

use crate::ReferenceSubject;
use crate::work::Whose;

/// A subject whose work is done by bare C calls. Whatever else it is asked (sockets to work with) the reference does.
#[derive(Debug, Default)]
pub struct FloorSubject(ReferenceSubject);

impl Subject for FloorSubject {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(Description { name: "bare C calls".to_owned(), ..self.0.describe()? })
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        self.0.call(call)
    }

    fn work(&mut self, work: &Work) -> Result<Worked, Fault> {
        self.0.worked(Whose::Floor, work)
    }

    fn reset(&mut self) -> Result<(), Fault> {
        self.0.reset()
    }
}
