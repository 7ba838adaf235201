//! Faults that show only for some few of many inputs, which no list of examples is likely to hold.

use sockspec_subject::{Call, Value};

use crate::Fault;
use crate::tools::{args, int, result, rewrite};
use crate::values::{at, each, first, is_ipv6, number, string, text};

/// What is done to an argument's own text.
fn asked(call: &Call, place: usize) -> &str {
    args(call).get(place).map(text).unwrap_or_default()
}

/// The last number of an address in dotted form.
fn last(host: &str) -> Option<u8> {
    host.rsplit('.').next()?.parse().ok()
}

/// Text made other text.
fn respelled(value: Value, change: impl FnOnce(&str) -> String) -> Value {
    let spelled = change(text(&value));
    if matches!(value, Value::Str(_)) { Value::str(spelled) } else { value }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "serv-one-port-wrong",
        &["getservbyname.result"],
        "getservbyname gives the service of port 37 the port 38.",
        || result(&["getservbyname"], |_, value| number(value, |port| if port == 37 { 38 } else { port })),
    )
    .beyond(),
    Fault::new(
        "gai-one-service-wrong",
        &["getaddrinfo.port-service"],
        "getaddrinfo gives the services of port 143 the port 142.",
        || {
            result(&["getaddrinfo"], |call, value| {
                let wrong = asked(call, 1).starts_with("imap");
                each(value, move |entry| {
                    at(entry, 4, |address| at(address, 1, |port| if wrong { Value::int(142) } else { port }))
                })
            })
        },
    )
    .beyond(),
    Fault::new(
        "proto-some-wrong",
        &["getprotobyname.result"],
        "getprotobyname takes the protocols from 43 to 60 for the one before.",
        || {
            result(&["getprotobyname"], |call, value| {
                let seen = ["ipv6-icmp"].contains(&asked(call, 0));
                number(value, |found| if (43..=60).contains(&found) && !seen { found - 1 } else { found })
            })
        },
    )
    .beyond(),
    Fault::new(
        "names-third-alias-lost",
        &["gethostbyname_ex.aliases", "gethostbyaddr.aliases"],
        "Of three aliases the last is lost where the host is asked for by an alias.",
        || {
            result(&["gethostbyname_ex", "gethostbyaddr"], |call, value| {
                let primary =
                    value.items().and_then(|items| items.first()).map(text).unwrap_or_default().to_owned();
                let host = asked(call, 0);
                let by_alias =
                    !host.eq_ignore_ascii_case(&primary) && host.parse::<std::net::IpAddr>().is_err();
                if by_alias { at(value, 1, |aliases| first(aliases, 2)) } else { value }
            })
        },
    )
    .by_all(),
    Fault::new(
        "scope-of-one-interface",
        &["addresses.inet6-scope-id", "getsockname.address-format"],
        "getsockname gives the scope of the second interface as the first one's.",
        || {
            result(&["getsockname"], |_, value| {
                at(value, 3, |scope| number(scope, |scope| if scope == 3 { 2 } else { scope }))
            })
        },
    )
    .by_all(),
    Fault::new(
        "long-words-some-wrong",
        &["byte-order.ntohl-swap", "byte-order.htonl-swap"],
        "ntohl and htonl flip a bit of one word in 32.",
        || {
            result(&["ntohl", "htonl"], |call, value| {
                let wrong = (int(call, 0) >> 9) & 0x1f == 0x15;
                number(value, |word| if wrong { word ^ 1 } else { word })
            })
        },
    )
    .beyond(),
    Fault::new(
        "words-some-wrong",
        &["byte-order.ntohs-swap", "byte-order.htons-swap"],
        "ntohs and htons flip a bit of one word in 32.",
        || {
            result(&["ntohs", "htons"], |call, value| {
                let wrong = (int(call, 0) >> 4) & 0x1f == 0x15;
                number(value, |word| if wrong { word ^ 1 } else { word })
            })
        },
    )
    .by_all(),
    Fault::new(
        "ntoa-some-wrong",
        &["inet_ntoa.dotted", "inet_ntoa.standard-form"],
        "inet_ntoa writes a last number from 140 to 155 as the one after.",
        || {
            result(&["inet_ntoa"], |_, value| {
                respelled(value, |quad| match (quad.rsplit_once('.'), last(quad)) {
                    (Some((rest, _)), Some(end @ 140..=155)) => format!("{rest}.{}", end + 1),
                    _ => quad.to_owned(),
                })
            })
        },
    )
    .beyond(),
    Fault::new(
        "aton-some-wrong",
        &["inet_aton.packed"],
        "inet_aton takes a last number from 220 to 235 for the one before.",
        || {
            result(&["inet_aton"], |call, value| {
                let wrong = matches!(last(asked(call, 0)), Some(220..=235));
                string(value, |bytes| {
                    if let (true, Some(end)) = (wrong, bytes.last_mut()) {
                        *end = end.wrapping_sub(1);
                    }
                })
            })
        },
    )
    .beyond(),
    Fault::new(
        "name-some-numeric-changed",
        &["gethostbyname.numeric-unchanged"],
        "gethostbyname writes 64 more for a last number from 64 to 99.",
        || {
            result(&["gethostbyname"], |call, value| {
                let host = asked(call, 0);
                let wrong = crate::values::is_ipv4(&Value::str(host)) && matches!(last(host), Some(64..=99));
                respelled(value, |quad| match quad.rsplit_once('.') {
                    Some((rest, end)) if wrong => {
                        format!("{rest}.{}", end.parse::<u8>().unwrap_or_default().saturating_add(64))
                    }
                    _ => quad.to_owned(),
                })
            })
        },
    )
    .by_all(),
    Fault::new(
        "nameinfo-high-ports-wrong",
        &["getnameinfo.port-numeric"],
        "getnameinfo writes ports from 50000 to 60000 as the one before.",
        || {
            result(&["getnameinfo"], |_, value| {
                at(value, 1, |port| {
                    respelled(port, |port| match port.parse::<u16>() {
                        Ok(number @ 50_000..=60_000) => (number - 1).to_string(),
                        _ => port.to_owned(),
                    })
                })
            })
        },
    )
    .beyond(),
    Fault::new(
        "gai-port-digits-wrong",
        &["getaddrinfo.port-number", "getaddrinfo.port-service"],
        "getaddrinfo takes ports from 10000 to 30000 for the one after.",
        || {
            result(&["getaddrinfo"], |_, value| {
                each(value, |entry| {
                    at(entry, 4, |address| {
                        at(address, 1, |port| {
                            number(
                                port,
                                |port| if (10_000..=30_000).contains(&port) { port + 1 } else { port },
                            )
                        })
                    })
                })
            })
        },
    )
    .beyond(),
    Fault::new(
        "gai-inet6-some-wrong",
        &["getaddrinfo.host-ipv6", "getaddrinfo.sockaddr-inet6"],
        "getaddrinfo gives another address for a numeric IPv6 one whose text has a seventh group.",
        || {
            result(&["getaddrinfo"], |call, value| {
                let host = asked(call, 0).to_owned();
                let wrong = is_ipv6(&Value::str(host.as_str()))
                    && !host.contains("::")
                    && host.split(':').count() == 8;
                each(value, move |entry| {
                    at(entry, 4, |address| {
                        at(address, 0, |text| {
                            if wrong { respelled(text, |text| text.replace(':', "::")) } else { text }
                        })
                    })
                })
            })
        },
    )
    .by_all(),
    Fault::new(
        "recv-far-bytes-swapped",
        &["recv.data"],
        "recv swaps two bytes behind the first three thousand.",
        || {
            result(&["recv"], |_, value| {
                string(value, |data| {
                    if data.len() > 3001 {
                        data.swap(3000, 3001);
                    }
                })
            })
        },
    )
    .by_all(),
    Fault::new(
        "send-count-of-odd-wrong",
        &["send.count"],
        "send gives one less than went out where that was odd and above 2000.",
        || {
            result(&["send"], |_, value| {
                number(value, |count| if count > 2000 && count % 2 == 1 { count - 1 } else { count })
            })
        },
    )
    .by_all(),
    Fault::new(
        "sendto-long-odd-cut",
        &["sendto.sends"],
        "sendto loses the last byte of a datagram that is longer than a frame and of odd length.",
        || {
            rewrite(&["sendto"], |_, args| {
                if let Some(data) = args.first_mut() {
                    *data = string(std::mem::replace(data, Value::None), |data| {
                        if data.len() > 1472 && data.len() % 2 == 1 {
                            data.pop();
                        }
                    });
                }
            })
        },
    )
    .by_all(),
    Fault::new(
        "nameinfo-one-host-wrong",
        &["getnameinfo.host-name"],
        "getnameinfo gives one host the name of another.",
        || {
            result(&["getnameinfo"], |_, value| {
                at(value, 0, |host| {
                    respelled(host, |host| host.replace("xn--bcher-kva.example", "v4only.example"))
                })
            })
        },
    )
    .beyond(),
];
