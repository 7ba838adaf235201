//! An implementation with just enough to it for a driver to be judged.

use std::io::{self, Write};

use sockspec_subject::{
    Action, Call, Description, Edition, Fault, ObjectId, ObjectRef, Outcome, Raised, Subject,
};
use sockspec_subject::{Target, Unsupported, Value};

/// Hands out sockets that do nothing.
#[derive(Default)]
pub(crate) struct Toy {
    pub(crate) sockets: u64,
    /// Whether a reset is none.
    pub(crate) remembers: bool,
}

pub(crate) fn description() -> Description {
    let constants = [("AF_INET", 2), ("SOCK_STREAM", 1), ("AI_PASSIVE", 1), ("AI_CANONNAME", 2)];
    Description {
        name: "toy".to_owned(),
        version: "1".to_owned(),
        edition: Edition::V2_2,
        constants: constants.map(|(name, number)| (name.to_owned(), number)).into(),
        ..Description::default()
    }
}

impl Subject for Toy {
    fn describe(&mut self) -> Result<Description, Fault> {
        Ok(description())
    }

    fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
        if let Action::Invoke { args, .. } = &call.action
            && let Some(Value::Constant(name)) = args.first()
            && !description().constants.contains_key(name)
        {
            return Ok(Outcome::Unsupported(Unsupported::Lacks(format!("no constant {name}"))));
        }
        if call.action == Action::Forget {
            return Ok(Outcome::Returned(Value::None));
        }
        Ok(match (&call.target, call.name.as_str()) {
            (Target::Module, "socket") => {
                self.sockets += 1;
                Outcome::Returned(Value::Object(ObjectRef {
                    id: ObjectId(self.sockets),
                    kind: "socket".to_owned(),
                }))
            }
            (Target::Module, "inet_aton") => Outcome::Raised(Raised::new(
                "error",
                vec![Value::str("illegal IP address")],
                "illegal IP address",
            )),
            (Target::Module, "print") => {
                println!("a line that is no reply");
                io::stdout().flush().unwrap();
                Outcome::Returned(Value::None)
            }
            (Target::Module, "complain") => {
                let line = "a complaint of thirty-two bytes\n";
                io::stderr().write_all(line.repeat(1 << 15).as_bytes()).unwrap();
                Outcome::Returned(Value::None)
            }
            (_, "close") => Outcome::Returned(Value::None),
            (_, name) => Outcome::Unsupported(Unsupported::Lacks(format!("no function {name}"))),
        })
    }

    fn reset(&mut self) -> Result<(), Fault> {
        if !self.remembers {
            self.sockets = 0;
        }
        Ok(())
    }
}
