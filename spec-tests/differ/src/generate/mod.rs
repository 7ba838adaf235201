//! What is asked: calls of the module's functions, and sequences of calls of sockets, each from its own seed.

mod sequences;
mod values;

use globset::GlobMatcher;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sockspec_cases::{Expectation, Step, StepAction, StepTarget, Template};
use sockspec_engine::Script;
use sockspec_laws::{Seed, step};
use sockspec_subject::Value;

use crate::canon::EPHEMERAL;

/// What seeds of scripts branch off by.
const BRANCH: &str = "diff";

/// Makes scripts from seeds.
pub(crate) struct Generator {
    scripts: BoxedStrategy<Script>,
}

impl Generator {
    /// One for the functions and methods that the pattern names, or for all. `None` where it names none.
    pub(crate) fn new(only: Option<&GlobMatcher>) -> Option<Self> {
        let wanted = |name: &str| only.is_none_or(|only| only.is_match(name));
        let mut choices: Vec<(u32, BoxedStrategy<Script>)> = functions()
            .into_iter()
            .filter(|(_, name, _)| wanted(name))
            .map(|(weight, name, args)| {
                (weight, args.prop_map(move |args| vec![call(name, plain(args))]).boxed())
            })
            .collect();
        choices.extend(
            sequences::all()
                .into_iter()
                .filter(|(_, names, _)| names.iter().any(|name| wanted(name)))
                .map(|(weight, _, scripts)| (weight, scripts)),
        );
        if choices.is_empty() {
            return None;
        }
        Some(Self { scripts: proptest::strategy::Union::new_weighted(choices).boxed() })
    }

    /// The script of that number in a run of that seed: the same one every time.
    pub(crate) fn script(&self, seed: Seed, number: u64) -> Script {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.branch(BRANCH, number).bytes());
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        // No strategy here rejects anything.
        let mut script = self.scripts.new_tree(&mut runner).map(|tree| tree.current()).unwrap_or_default();
        for step in &mut script {
            step.expect = Expectation::Anything;
            if let (StepTarget::Variable(_), StepAction::Call { args, .. }) = (&step.target, &mut step.action)
            {
                args.iter_mut().for_each(with_free_port);
            }
        }
        script
    }
}

/// An address for a socket names no port that the system may have handed out: an earlier connection of the one subject
/// may still hold it, while the other's got another. The highest one is never handed out.
fn with_free_port(arg: &mut Template) {
    let Template::Value(Value::Tuple(items)) = arg else { return };
    let Some(port) = items.get_mut(1) else { return };
    if let Some(number @ EPHEMERAL..65535) = port.as_i64() {
        *port = Value::int(number - EPHEMERAL);
    }
}

/// A call of the module.
fn call(name: &str, args: Vec<Template>) -> Step {
    step(StepTarget::Module, name, args)
}

fn plain(args: Vec<Value>) -> Vec<Template> {
    args.into_iter().map(Template::Value).collect()
}

/// Arguments for each of these places; now and then one too few or one too many.
fn arguments(places: Vec<BoxedStrategy<Value>>, required: usize) -> BoxedStrategy<Vec<Value>> {
    let most = places.len();
    (places, 0_u32..40, values::ill_typed())
        .prop_map(move |(mut args, length, more)| {
            match length {
                0 => args.push(more),
                1 => args.truncate(required.saturating_sub(1)),
                _ if most > required => {
                    args.truncate(required + usize::try_from(length).unwrap_or(0) % (most - required + 1));
                }
                _ => {}
            }
            args
        })
        .boxed()
}

/// The module's functions, each with a weight and its arguments.
fn functions() -> Vec<(u32, &'static str, BoxedStrategy<Vec<Value>>)> {
    let of = |places: Vec<BoxedStrategy<Value>>, required| arguments(places, required);
    let mut all = vec![
        (
            30,
            "getaddrinfo",
            of(
                vec![
                    values::host(),
                    values::port(),
                    values::family(),
                    values::socktype(),
                    values::protocol(),
                    values::ai_flags(),
                ],
                2,
            ),
        ),
        (10, "getnameinfo", of(vec![values::address(values::host()), values::ni_flags()], 2)),
        (4, "getnameinfo", of(vec![values::address(values::numeric_host()), values::ni_flags()], 2)),
        (8, "gethostbyname", of(vec![values::host()], 1)),
        (7, "gethostbyname_ex", of(vec![values::host()], 1)),
        (8, "gethostbyaddr", of(vec![values::host()], 1)),
        (6, "getfqdn", of(vec![values::host()], 0)),
        (8, "inet_aton", of(vec![values::host()], 1)),
        (6, "inet_ntoa", of(vec![values::packed()], 1)),
        (5, "getservbyname", of(vec![values::service(), values::service_protocol()], 2)),
        (3, "getprotobyname", of(vec![values::protocol_name()], 1)),
        (1, "gethostname", of(Vec::new(), 0)),
        (4, "socket", of(vec![values::family(), values::socktype(), values::protocol()], 2)),
    ];
    for name in ["htonl", "htons", "ntohl", "ntohs"] {
        all.push((2, name, of(vec![values::number()], 1)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(script: &Script) -> Vec<i64> {
        let methods = script.iter().filter(|step| matches!(step.target, StepTarget::Variable(_)));
        let args = methods.filter_map(|step| match &step.action {
            StepAction::Call { args, .. } => Some(args),
            _ => None,
        });
        args.flatten()
            .filter_map(|arg| match arg {
                Template::Value(Value::Tuple(items)) => items.get(1)?.as_i64(),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn no_socket_is_given_a_port_that_the_system_hands_out() {
        let Some(generator) = Generator::new(None) else { unreachable!("everything is wanted") };
        let all: Vec<i64> = (0..20_000).flat_map(|at| ports(&generator.script(Seed(7), at))).collect();
        assert!(all.iter().filter(|port| (1..EPHEMERAL).contains(*port)).count() > 100);
        assert_eq!(all.iter().find(|port| (EPHEMERAL..65535).contains(*port)), None);
    }
}
