//! Labs as data: those of the repository, and what is said about a file that is not as it should be.

use rstest::rstest;
use sockspec_lab::{LabSet, LabSpec};

const SMALL: &str = "format = 1\ndescription = \"small\"\nhostname = \"small\"\n";

fn message(files: &[(&str, &str)]) -> String {
    let loaded = LabSet::load(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    loaded.map_or_else(|error| error.to_string(), |_| "no error".to_owned())
}

#[rstest]
#[case::not_toml("format = ", "lab.toml:1: ")]
#[case::unknown_key("format = 1\ndescription = \"\"\nhostnam = \"x\"", "lab.toml:3: unknown field `hostnam`")]
#[case::type_of_value(
    "format = 1\ndescription = 7",
    "lab.toml:2: invalid type: integer `7`, expected a string"
)]
#[case::format("format = 9\ndescription = \"\"", "lab.toml:1: format 9 is not known; write `format = 1`")]
#[case::no_description("format = 1", "lab.toml:1: missing field `description`; a lab.toml holds format")]
#[case::no_hostname(
    "format = 1\ndescription = \"\"",
    "lab.toml: names no hostname; write `hostname = \"…\"`"
)]
#[case::hostname(
    "format = 1\ndescription = \"\"\nhostname = \"a b\"",
    "lab.toml:3: `a b` is no host name; 1 to 64"
)]
#[case::base(
    "format = 1\ndescription = \"\"\nbase = \"gone\"",
    "lab.toml:3: there is no lab `gone` to build on; one of: l"
)]
#[case::own_base(
    "format = 1\ndescription = \"\"\n\nbase = \"l\"",
    "lab.toml:4: `l` builds on `l` again; let one of them"
)]
#[case::no_zone_file(
    "format = 1\ndescription = \"\"\nhostname = \"h\"\ndns = \"dns.toml\"",
    "lab.toml:4: the lab has no file `dns.toml`; name a file beside lab.toml, or \"none\""
)]
fn lab_file(#[case] text: &str, #[case] wanted: &str) {
    let message = message(&[("l/lab.toml", text)]);
    assert!(message.starts_with(&format!("l/{wanted}")), "{message}");
}

#[rstest]
#[case::odd("name = \"a\"\naddresses = []", ":4: an interface without another end; interfaces come in pairs")]
#[case::address(
    "name = \"a\"\naddresses = [\n  \"192.0.2.1\"]\n[[interface]]\nname = \"b\"\naddresses = []",
    ":7: `192.0.2.1` is no address with a prefix length; write for instance \"192.0.2.1/24\""
)]
#[case::prefix(
    "name = \"a\"\naddresses = [\"192.0.2.1/33\"]\n[[interface]]\nname = \"b\"\naddresses = []",
    ":6: `192.0.2.1/33` is no address"
)]
#[case::name(
    "name = \"an-overlong-name\"\naddresses = []\n[[interface]]\nname = \"b\"\naddresses = []",
    ":5: `an-overlong-name` cannot name an interface of the lab; 1 to 15"
)]
#[case::twice(
    "name = \"a\"\naddresses = []\n[[interface]]\nname = \"a\"\naddresses = []",
    ":8: the name `a` is taken by an interface above"
)]
fn interfaces(#[case] text: &str, #[case] wanted: &str) {
    let message = message(&[("l/lab.toml", &format!("{SMALL}[[interface]]\n{text}"))]);
    assert!(message.starts_with(&format!("l/lab.toml{wanted}")), "{message}");
}

#[rstest]
#[case::nothing("names = [\"a\"]", ":2: an answer that is not one thing; give addresses")]
#[case::two_things(
    "names = [\"a\"]\ncname = \"b\"\noutcome = \"silent\"",
    ":2: an answer that is not one thing"
)]
#[case::nobody("names = []\noutcome = \"silent\"", ":2: an answer for no name; write `names")]
#[case::outcome(
    "names = [\"a\"]\noutcome = \"lost\"",
    ":4: unknown variant `lost`, expected one of `nodata`"
)]
#[case::v4("names = [\"a\"]\na = [\n\"::1\"]", ":5: `::1` is not what belongs here; write an IPv4 address")]
#[case::v6(
    "names = [\"a\"]\naaaa = [\"127.0.0.1\"]",
    ":4: `127.0.0.1` is not what belongs here; write an IPv6"
)]
#[case::target("names = [\"a\"]\nptr = [\"a..b\"]", ":4: `a..b` is no domain name (")]
#[case::twice("names = [\"a\", \"A\"]\noutcome = \"silent\"", ":3: `A` is answered twice")]
#[case::address_twice(
    "names = [\"192.0.2.1\", \"1.2.0.192.in-addr.arpa\"]\noutcome = \"silent\"",
    ":3: `1.2.0.192.in-"
)]
#[case::period("names = [\"a.\"]\noutcome = \"silent\"", ":3: `a.` is no name to answer for; a name without")]
#[case::pattern("names = [\"a.*\"]\noutcome = \"silent\"", ":3: `a.*` is no name to answer for")]
fn zones(#[case] text: &str, #[case] wanted: &str) {
    let zone = format!("format = 1\n[[answer]]\n{text}\n");
    let message = message(&[("l/lab.toml", &format!("{SMALL}dns = \"z.toml\"\n")), ("l/z.toml", &zone)]);
    assert!(message.starts_with(&format!("l/z.toml{wanted}")), "{message}");
}

#[rstest]
#[case::stray_file("l/hosts", "l/hosts: is no file that a lab is made of; move it to etc/")]
#[case::folder("l/etc/ssl/file", "l/etc/ssl/file: lies in a folder of its own")]
#[case::reserved("l/etc/scratch", "l/etc/scratch: has a name that the lab keeps for itself")]
#[case::no_lab("README", "README: lies in no lab's folder")]
#[case::no_lab_file("m/etc/hosts", "m/lab.toml: is missing")]
fn files(#[case] path: &str, #[case] wanted: &str) {
    let message = message(&[("l/lab.toml", SMALL), (path, "")]);
    assert!(message.starts_with(wanted), "{message}");
}

#[test]
fn text_that_is_no_utf8() {
    let error = LabSpec::parse("l", [("lab.toml", b"format = 1\n# \xff".as_slice())]).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("l/lab.toml", Some(2)));
}

#[test]
fn bases_that_go_in_circles() {
    let lab = |base: &str| format!("format = 1\ndescription = \"\"\nbase = \"{base}\"\n");
    let message = message(&[("a/lab.toml", &lab("b")), ("b/lab.toml", &lab("c")), ("c/lab.toml", &lab("a"))]);
    assert_eq!(
        message,
        "c/lab.toml:3: `a` builds on `b` builds on `c` builds on `a` again; let one of them stand alone, without `base`"
    );
}

#[test]
fn a_lab_takes_from_its_base_what_it_does_not_say() {
    let base = format!(
        "{SMALL}dns = \"z.toml\"\n[[interface]]\nname = \"a\"\naddresses = [\"192.0.2.1/24\"]\n[[interface]]\nname = \"b\"\naddresses = []\n"
    );
    let files = [
        ("base/lab.toml", base.as_str()),
        ("base/z.toml", "format = 1\n"),
        ("base/etc/hosts", "base"),
        ("base/etc/services", "base"),
        ("own/lab.toml", "format = 1\ndescription = \"own\"\nbase = \"base\"\ndns = \"none\"\n"),
        ("own/etc/hosts", "own"),
    ];
    let set = LabSet::load(files).unwrap();
    assert_eq!(set.names().collect::<Vec<_>>(), ["base", "own"]);
    let own = set.get("own").unwrap();
    assert_eq!((own.name(), own.description(), own.hostname()), ("own", "own", "small"));
    assert_eq!(own.interfaces(), set.get("base").unwrap().interfaces());
    assert!(own.zone().is_none() && set.get("base").unwrap().zone().is_some());
    let etc: Vec<_> = own.etc().collect();
    assert_eq!(etc, [("hosts", b"own".as_slice()), ("services", b"base".as_slice())]);
}
