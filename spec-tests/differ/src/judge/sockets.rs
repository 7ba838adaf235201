//! Rules about the methods of sockets.

use sockspec_subject::{Edition, Value};

use super::{Rule, Seen, Told};

fn is(seen: &Seen<'_>, name: &str) -> bool {
    seen.method && seen.name == name
}

/// With a buffer length, what comes back is raw.
fn no_buffer(seen: &Seen<'_>) -> Option<String> {
    let asked =
        is(seen, "getsockopt") && seen.args.len() == 3 && seen.int(2).is_some_and(|length| length >= 0);
    (asked && seen.value()?.as_bytes().is_none()).then(|| seen.shown())
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        clause: "close.later-operations-fail",
        finds: |seen| {
            // Today's document gives fileno a number for failure.
            let today = seen.edition == Edition::V3 && seen.name == "fileno";
            let fails = seen.class().is_some() || today && seen.value() == Some(&Value::int(-1));
            // What connect_ex returns may be the failure of the C-level connect.
            let open = matches!(seen.name, "close" | "connect_ex");
            (seen.closed && !open && !fails).then(|| seen.shown())
        },
    },
    Rule {
        clause: "fileno.closed",
        finds: |seen| {
            (is(seen, "fileno") && seen.closed && seen.value() != Some(&Value::int(-1))).then(|| seen.shown())
        },
    },
    Rule {
        clause: "connect_ex.no-exception",
        finds: |seen| {
            (is(seen, "connect_ex")
                && !seen.closed
                && seen.class() == Some("error")
                && seen.number().is_some())
            .then(|| seen.shown())
        },
    },
    Rule {
        clause: "listen.backlog-required",
        finds: |seen| {
            (is(seen, "listen") && seen.args.is_empty() && !seen.raised_ordinary()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "errors.argument-type",
        finds: |seen| {
            let mode = seen.arg(0).is_some_and(|mode| !matches!(mode, Value::Str(_) | Value::Bytes(_)));
            (is(seen, "makefile") && mode && !seen.closed && !seen.raised_ordinary()).then(|| seen.shown())
        },
    },
    // A socket that nobody closed has no descriptor any more: that of another was closed twice.
    Rule {
        clause: "socket.new",
        finds: |seen| {
            let open = seen.method && seen.made.is_some() && !seen.closed;
            (open && seen.class() == Some("error") && seen.is_number("EBADF")).then(|| seen.shown())
        },
    },
    Rule {
        clause: "socket.required-arguments",
        finds: |seen| {
            (!seen.method && seen.name == "socket" && seen.args.len() < 2 && !seen.raised_ordinary())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "getsockopt.buffer-maximum",
        finds: |seen| {
            let most = if is(seen, "getsockopt") { seen.int(2)? } else { return None };
            let length = i64::try_from(seen.value()?.as_bytes()?.len()).ok()?;
            (length > most).then(|| seen.shown())
        },
    },
    // An ordinary file has no mode that says nothing, nor one that starts with anything else than how it is opened.
    Rule {
        clause: "makefile.mode",
        finds: |seen| {
            let mode = if is(seen, "makefile") && !seen.closed { seen.text(0)? } else { return None };
            let known: &[char] =
                if seen.edition == Edition::V3 { &['r', 'w', 'b'] } else { &['r', 'w', 'a', 'U'] };
            let how = mode.starts_with(known);
            (!how && seen.value().is_some()).then(|| seen.shown())
        },
    },
    Rule { clause: "getsockopt.buffer-string", finds: no_buffer },
    Rule { clause: "getsockopt.buffer-bytes", finds: no_buffer },
    Rule {
        clause: "module.methods-are-calls",
        finds: |seen| (seen.method && matches!(seen.told, Told::Lacks)).then(|| seen.shown()),
    },
];
