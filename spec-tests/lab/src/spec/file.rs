//! The shape of `lab.toml`, and how it and its neighbours become a [`LabSpec`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Deserialize;
use toml::Spanned;

use super::{Folder, HOST_ETC, Interface, InterfaceAddress, LabSpec, LabSpecError, SCRATCH, Source};
use crate::zone::Zone;

const KEYS: &str =
    "a lab.toml holds format, description, base, hostname, dns and [[interface]] with name and addresses";
/// What `dns` says where no server is to run.
const NO_SERVER: &str = "none";
/// The longest host name that the kernel takes.
const HOSTNAME_MAX: usize = 64;
/// The longest interface name that the kernel takes.
const INTERFACE_MAX: usize = 15;

/// `lab.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabFile {
    format: Spanned<i64>,
    description: String,
    pub(super) base: Option<Spanned<String>>,
    hostname: Option<Spanned<String>>,
    dns: Option<Spanned<String>>,
    interface: Option<Vec<Spanned<InterfaceEntry>>>,
}

/// One `[[interface]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InterfaceEntry {
    name: Spanned<String>,
    addresses: Vec<Spanned<String>>,
}

impl LabFile {
    /// Reads the file's own content; what it points to is read later.
    pub(super) fn parse(source: &Source<'_>) -> Result<Self, LabSpecError> {
        let parsed: Self = source.read(KEYS)?;
        if *parsed.format.get_ref() != 1 {
            let problem = format!("format {} is not known", parsed.format.get_ref());
            return Err(source.error(parsed.format.span(), problem, "write `format = 1`"));
        }
        Ok(parsed)
    }

    /// Completes the lab from its base and its folder's other files.
    pub(super) fn into_spec(
        self,
        name: &str,
        source: &Source<'_>,
        base: Option<LabSpec>,
        folder: &Folder,
    ) -> Result<LabSpec, LabSpecError> {
        let (base_hostname, base_interfaces, base_zone, base_etc) = match base {
            Some(base) => (Some(base.hostname), base.interfaces, base.zone, base.etc),
            None => (None, Vec::new(), None, BTreeMap::new()),
        };
        let hostname = match (self.hostname, base_hostname) {
            (Some(own), _) => checked_hostname(own, source)?,
            (None, Some(inherited)) => inherited,
            (None, None) => {
                return Err(
                    source.whole("names no hostname", "write `hostname = \"…\"`, or a `base` that has one")
                );
            }
        };
        let interfaces = match self.interface {
            Some(entries) => checked_interfaces(entries, source)?,
            None => base_interfaces,
        };
        let (zone, zone_file) = match self.dns {
            None => (base_zone, None),
            Some(dns) if dns.get_ref() == NO_SERVER => (None, None),
            Some(dns) => {
                let Some(bytes) = folder.files.get(dns.get_ref()) else {
                    let problem = format!("the lab has no file `{}`", dns.get_ref());
                    return Err(source.error(
                        dns.span(),
                        problem,
                        "name a file beside lab.toml, or \"none\"",
                    ));
                };
                let path = format!("{name}/{}", dns.get_ref());
                (Some(Zone::parse(&Source::new(&path, bytes)?)?), Some(dns.into_inner()))
            }
        };
        let mut etc = base_etc;
        for (path, bytes) in &folder.files {
            if path == "lab.toml" || zone_file.as_deref() == Some(path) {
                continue;
            }
            etc.insert(etc_name(name, path)?.to_owned(), bytes.clone());
        }
        Ok(LabSpec { name: name.to_owned(), description: self.description, hostname, interfaces, zone, etc })
    }
}

/// The name in `/etc` that a lab's file stands for.
fn etc_name<'a>(lab: &str, path: &'a str) -> Result<&'a str, LabSpecError> {
    let error =
        |problem: &str, help: &str| Err(LabSpecError::new(format!("{lab}/{path}"), None, problem, help));
    let Some(name) = path.strip_prefix("etc/") else {
        return error("is no file that a lab is made of", "move it to etc/, name it in `dns`, or remove it");
    };
    if name.is_empty() || name.contains('/') {
        return error(
            "lies in a folder of its own",
            "a lab's /etc has files only: put it directly into etc/",
        );
    }
    if [SCRATCH, HOST_ETC, ".", ".."].contains(&name) {
        return error("has a name that the lab keeps for itself", "choose another name");
    }
    Ok(name)
}

fn checked_hostname(hostname: Spanned<String>, source: &Source<'_>) -> Result<String, LabSpecError> {
    let text = hostname.get_ref();
    let printable =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    if text.is_empty() || text.len() > HOSTNAME_MAX || !printable {
        let problem = format!("`{text}` is no host name");
        return Err(source.error(hostname.span(), problem, "1 to 64 letters, digits, `-`, `_` and `.`"));
    }
    Ok(hostname.into_inner())
}

fn checked_interfaces(
    entries: Vec<Spanned<InterfaceEntry>>,
    source: &Source<'_>,
) -> Result<Vec<Interface>, LabSpecError> {
    if let (1, Some(last)) = (entries.len() % 2, entries.last()) {
        let problem = "an interface without another end";
        return Err(source.error(
            last.span(),
            problem,
            "interfaces come in pairs, the two ends of one cable: add one",
        ));
    }
    let mut seen = BTreeSet::new();
    let mut interfaces = Vec::with_capacity(entries.len());
    for entry in entries {
        let entry = entry.into_inner();
        let name = entry.name.get_ref();
        let wrong = name.is_empty()
            || name.len() > INTERFACE_MAX
            || name == "lo"
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if wrong {
            let problem = format!("`{name}` cannot name an interface of the lab");
            return Err(source.error(
                entry.name.span(),
                problem,
                "1 to 15 letters, digits, `-` and `_`, not `lo`",
            ));
        }
        if !seen.insert(name.clone()) {
            let problem = format!("the name `{name}` is taken by an interface above");
            return Err(source.error(entry.name.span(), problem, "give each interface a name of its own"));
        }
        let addresses =
            entry.addresses.iter().map(|text| checked_address(text, source)).collect::<Result<_, _>>()?;
        interfaces.push(Interface { name: entry.name.into_inner(), addresses });
    }
    Ok(interfaces)
}

fn checked_address(text: &Spanned<String>, source: &Source<'_>) -> Result<InterfaceAddress, LabSpecError> {
    let parsed = text.get_ref().split_once('/').and_then(|(address, prefix)| {
        let address: IpAddr = address.parse().ok()?;
        let prefix: u8 = prefix.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= longest).then_some(InterfaceAddress { address, prefix })
    });
    parsed.ok_or_else(|| {
        let problem = format!("`{}` is no address with a prefix length", text.get_ref());
        source.error(text.span(), problem, "write for instance \"192.0.2.1/24\" or \"2001:db8:1::1/64\"")
    })
}
