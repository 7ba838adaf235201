//! Laws of `ntohl`, `htonl`, `ntohs` and `htons`.

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::Step;
use sockspec_subject::{Int, Value};

use crate::Property;
use crate::args;
use crate::generate::{arguments, numbers};
use crate::law::{Form, law};
use crate::say::{call, exact, raising, returning};

pub(super) const LAWS: &[&dyn Property] =
    &[&LONG_WORDS, &WORDS, &LONG_ROUND_TRIP, &ROUND_TRIP, &TOO_LARGE, &NO_NUMBER];

const FUNCTIONS: [&str; 4] = ["ntohl", "htonl", "ntohs", "htons"];

law! {
    /// A no-op where the orders agree, else a swap of four bytes: both functions do the same, and there is nothing else
    /// that they may do with any word.
    LONG_WORDS: u32, "ntohl-and-htonl-swap-or-keep",
    "ntohl and htonl give back the word in the other byte order, or unchanged where network and host order agree.",
    Nothing, 300, ["byte-order.ntohl-identity", "byte-order.ntohl-swap", "byte-order.htonl-identity", "byte-order.htonl-swap"];
    numbers::long_word;
    Form::Calls {
        steps: |word| vec![call("ntohl", args![*word]), call("htonl", args![*word])],
        judge: |word, seen| {
            seen.demand(0, returning(exact(word.to_be())))?;
            seen.demand(1, returning(exact(word.to_be())))
        },
    }
}

law! {
    /// The same for two bytes.
    WORDS: u16, "ntohs-and-htons-swap-or-keep",
    "ntohs and htons give back the word in the other byte order, or unchanged where network and host order agree.",
    Nothing, 300, ["byte-order.ntohs-identity", "byte-order.ntohs-swap", "byte-order.htons-identity", "byte-order.htons-swap"];
    numbers::word;
    Form::Calls {
        steps: |word| vec![call("ntohs", args![*word]), call("htons", args![*word])],
        judge: |word, seen| {
            seen.demand(0, returning(exact(word.to_be())))?;
            seen.demand(1, returning(exact(word.to_be())))
        },
    }
}

fn round_trip(
    session: &mut crate::Session<'_, '_>,
    word: u32,
    there: &str,
    back: &str,
) -> Result<(), crate::Stop> {
    use crate::say::{StepExt, bound};
    session.run(call(there, args![word]).binds("word"))?;
    session.run(call(back, args![bound("word")]).returns(exact(word)))?;
    Ok(())
}

law! {
    /// Network to host order undoes host to network order, whichever the host's is.
    LONG_ROUND_TRIP: (u32, bool), "ntohl-undoes-htonl",
    "ntohl undoes htonl, and htonl undoes ntohl.",
    Nothing, 100, ["byte-order.round-trip-32"];
    || (numbers::long_word(), any::<bool>()).boxed();
    Form::Session(|(word, turn), session| {
        let (there, back) = if *turn { ("ntohl", "htonl") } else { ("htonl", "ntohl") };
        round_trip(session, *word, there, back)
    })
}

law! {
    /// The same for words of 16 bits.
    ROUND_TRIP: (u16, bool), "ntohs-undoes-htons",
    "ntohs undoes htons, and htons undoes ntohs.",
    Nothing, 100, ["byte-order.round-trip-16"];
    || (numbers::word(), any::<bool>()).boxed();
    Form::Session(|(word, turn), session| {
        let (there, back) = if *turn { ("ntohs", "htons") } else { ("htons", "ntohs") };
        round_trip(session, u32::from(*word), there, back)
    })
}

law! {
    /// Today's document names the exception; before, bits might be cut off.
    TOO_LARGE: (&'static str, Int), "ntohs-and-htons-overflow",
    "ntohs and htons raise OverflowError for every integer that does not fit 16 bits.",
    Nothing, 100, ["byte-order.ntohs-overflow", "byte-order.htons-overflow"], only V3;
    || (select(&FUNCTIONS[2..]), numbers::no_word()).boxed();
    Form::Calls {
        steps: |(name, number)| vec![call(name, args![Value::Int(number.clone())])],
        judge: |_, seen| seen.demand(0, raising(&["OverflowError"])),
    }
}

law! {
    /// A wrong argument type raises the ordinary exception for that.
    NO_NUMBER: (&'static str, Value), "byte-order-takes-numbers",
    "What is no number raises TypeError in all four conversions.",
    Nothing, 150, ["errors.argument-type"];
    || (select(&FUNCTIONS[..]), arguments::no_number()).boxed();
    Form::Calls {
        steps: |(name, value)| -> Vec<Step> { vec![call(name, args![value])] },
        judge: |_, seen| seen.demand(0, raising(&["TypeError"])),
    }
}
