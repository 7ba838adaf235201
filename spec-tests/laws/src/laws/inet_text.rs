//! Laws of `inet_aton` and `inet_ntoa`.

use std::net::Ipv4Addr;

use proptest::collection::vec;
use proptest::prelude::*;
use sockspec_subject::{Text, Value};

use crate::Property;
use crate::args;
use crate::generate::{arguments, inet};
use crate::law::{Form, law};
use crate::say::{StepExt, any as any_of, bound, call, exact, raising, returning};

pub(super) const LAWS: &[&dyn Property] =
    &[&PACKED, &WRITTEN, &INVALID, &ANY_TEXT, &NO_TEXT, &DOTTED, &WRONG_LENGTH, &NTOA_UNDOES, &ATON_UNDOES];

law! {
    /// The packed form is the four numbers, first one first.
    PACKED: (String, [u8; 4]), "inet-aton-packs",
    "inet_aton packs the four numbers of a dotted quad, in their order.",
    Nothing, 300, ["inet_aton.packed", "inet_aton.four-bytes", "inet_aton.in-addr"];
    inet::dotted;
    Form::Calls {
        steps: |(text, _)| vec![call("inet_aton", args![text])],
        judge: |(_, bytes), seen| seen.demand(0, returning(exact(bytes))),
    }
}

law! {
    /// What is valid is the C library's matter, so a form may be refused; what is taken has to be that address. The one
    /// exception that libraries are known for: they read zeros in front as decimal, or take no note of them.
    WRITTEN: (String, [u8; 4]), "inet-aton-written-forms",
    "A form of inet(3) in any radix and number of parts leads to its address, or is refused with `error`.",
    Nothing, 300, ["inet_aton.packed", "inet_aton.valid-by-platform", "inet_aton.invalid"];
    inet::written;
    Form::Calls {
        steps: |(text, _)| vec![call("inet_aton", args![text])],
        judge: |(_, bytes), seen| match seen.raised(0) {
            Some(_) => seen.demand(0, raising(&["error"])),
            None => seen.demand(0, returning(exact(bytes))),
        },
    }
}

law! {
    /// None of these is an address to any C library.
    INVALID: String, "inet-aton-refuses-invalid-text",
    "Text that no C library takes for an IPv4 address raises `error`.",
    Nothing, 300, ["inet_aton.invalid", "inet_aton.no-ipv6", "errors.error"];
    inet::invalid;
    Form::Calls {
        steps: |text| vec![call("inet_aton", args![text])],
        judge: |_, seen| seen.demand(0, raising(&["error"])),
    }
}

law! {
    /// Whatever the library takes, four bytes come of it, and `error` of the rest. A NUL or bytes that are no UTF-8 never
    /// reach it, so there the exception is left open.
    ANY_TEXT: Vec<u8>, "inet-aton-of-any-text",
    "Any text leads to four bytes or to `error`; where no C string can hold it, to an exception.",
    Nothing, 200, ["inet_aton.four-bytes", "inet_aton.invalid", "errors.raised"];
    || prop_oneof![
        2 => vec(proptest::sample::select(b"0123456789.xX abf-+:\0\xff".to_vec()), 0..20),
        1 => vec(any::<u8>(), 0..12),
    ]
    .boxed();
    Form::Calls {
        steps: |text| vec![call("inet_aton", args![&Text::from(text.clone())])],
        judge: |text, seen| match (seen.returned(0), std::str::from_utf8(text)) {
            (Some(Value::Bytes(bytes) ), _) if bytes.len() == 4 => Ok(()),
            (Some(Value::Str(text)), _) if text.as_bytes().len() == 4 => seen.demand(0, returning(any_of("bytes"))),
            (Some(_), _) => seen.demand(0, raising(&["error"])),
            (None, Ok(text)) if !text.contains('\0') => seen.demand(0, raising(&["error"])),
            (None, _) => seen.demand(0, raising(&["error", "ValueError", "TypeError"])),
        },
    }
}

law! {
    /// A wrong argument type raises the ordinary exception for that.
    NO_TEXT: Value, "inet-aton-takes-text",
    "What is no text raises TypeError in inet_aton.",
    Nothing, 100, ["errors.argument-type"];
    arguments::no_text;
    Form::Calls {
        steps: |value| vec![call("inet_aton", args![value])],
        judge: |_, seen| seen.demand(0, raising(&["TypeError"])),
    }
}

law! {
    /// The standard form is the one that the document shows: four decimal numbers, no zeros in front.
    DOTTED: [u8; 4], "inet-ntoa-writes-dotted-quads",
    "inet_ntoa writes four bytes as four decimal numbers, in their order.",
    Nothing, 300, ["inet_ntoa.dotted", "inet_ntoa.standard-form", "inet_ntoa.in-addr"];
    inet::quad;
    Form::Calls {
        steps: |bytes| vec![call("inet_ntoa", args![bytes])],
        judge: |bytes, seen| seen.demand(0, returning(exact(&Ipv4Addr::from(*bytes).to_string()))),
    }
}

law! {
    /// Exactly four bytes, the document says.
    WRONG_LENGTH: Vec<u8>, "inet-ntoa-refuses-other-lengths",
    "Bytes that are not exactly four raise `error` in inet_ntoa.",
    Nothing, 200, ["inet_ntoa.wrong-length", "inet_ntoa.no-ipv6", "errors.error"];
    || vec(any::<u8>(), 0..40).prop_filter("not four", |bytes| bytes.len() != 4).boxed();
    Form::Calls {
        steps: |bytes| vec![call("inet_ntoa", args![bytes])],
        judge: |_, seen| seen.demand(0, raising(&["error"])),
    }
}

law! {
    /// Both speak of the same `struct in_addr`.
    NTOA_UNDOES: (String, [u8; 4]), "inet-ntoa-undoes-inet-aton",
    "inet_ntoa gives back the dotted quad that inet_aton was given.",
    Nothing, 100, ["inet_ntoa.dotted", "inet_ntoa.standard-form", "inet_aton.packed"];
    inet::dotted;
    Form::Session(|(text, _), session| {
        session.run(call("inet_aton", args![text]).binds("packed"))?;
        session.run(call("inet_ntoa", args![bound("packed")]).returns(exact(text)))?;
        Ok(())
    })
}

law! {
    /// The standard form is valid to every C library.
    ATON_UNDOES: [u8; 4], "inet-aton-undoes-inet-ntoa",
    "inet_aton gives back the four bytes that inet_ntoa was given.",
    Nothing, 100, ["inet_aton.packed", "inet_aton.in-addr", "inet_ntoa.dotted"];
    inet::quad;
    Form::Session(|bytes, session| {
        session.run(call("inet_ntoa", args![bytes]).binds("text"))?;
        session.run(call("inet_aton", args![bound("text")]).returns(exact(bytes)))?;
        Ok(())
    })
}
