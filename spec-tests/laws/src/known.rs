//! What the default lab knows: its hosts, services, protocols and DNS names, read from the very files that it is made of.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// A line of the hosts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The address.
    pub address: IpAddr,
    /// The first name.
    pub primary: String,
    /// The others, in order.
    pub aliases: Vec<String>,
}

impl Host {
    /// Every name of the line, the primary one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.primary.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// A line of the services or the protocols file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The official name.
    pub name: String,
    /// Its port, or the protocol's number.
    pub number: u16,
    /// `tcp` or `udp`; empty for a protocol.
    pub protocol: String,
    /// Other names, in order.
    pub aliases: Vec<String>,
}

impl Service {
    /// Every name, the official one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// What the default lab knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The hosts file's lines, in order.
    pub hosts: Vec<Host>,
    /// The services file's lines, in order.
    pub services: Vec<Service>,
    /// The protocols file's lines, in order.
    pub protocols: Vec<Service>,
    /// Names that DNS has addresses for, with them.
    pub dns: BTreeMap<String, Vec<IpAddr>>,
    /// Names and addresses that lead nowhere, and do so at once.
    pub nowhere: Vec<String>,
}

static LAB: LazyLock<Known> = LazyLock::new(|| {
    let text = |file: &str| sockspec_fixtures::text(&format!("labs/default/{file}")).unwrap_or_default();
    Known::read(text("etc/hosts"), text("etc/services"), text("etc/protocols"), text("dns.toml"))
});

impl Known {
    /// The default lab, as the program carries it.
    pub fn lab() -> &'static Self {
        &LAB
    }

    /// What the files of a lab say. Lines that cannot be read are left out; the lab's own loader refuses them.
    pub fn read(hosts: &str, services: &str, protocols: &str, dns: &str) -> Self {
        let mut known = Self {
            hosts: lines(hosts).filter_map(host).collect(),
            services: lines(services).filter_map(service).collect(),
            protocols: lines(protocols).filter_map(service).collect(),
            ..Self::default()
        };
        known.read_dns(dns);
        known
    }

    fn read_dns(&mut self, text: &str) {
        let Ok(table) = text.parse::<toml::Table>() else { return };
        for answer in table.get("answer").and_then(toml::Value::as_array).into_iter().flatten() {
            let texts = |key: &str| -> Vec<&str> {
                let items = answer.get(key).and_then(toml::Value::as_array).into_iter().flatten();
                items.filter_map(toml::Value::as_str).collect()
            };
            let outcome = answer.get("outcome").and_then(toml::Value::as_str);
            let addresses: Vec<IpAddr> =
                texts("a").iter().chain(&texts("aaaa")).filter_map(|text| text.parse().ok()).collect();
            for name in texts("names").into_iter().filter(|name| !name.contains(['*', ':'])) {
                let is_host = self.hosts.iter().any(|host| {
                    host.names().any(|known| known.eq_ignore_ascii_case(name))
                        || host.address.to_string() == name
                });
                match outcome {
                    None if !addresses.is_empty() => {
                        self.dns.insert(name.to_owned(), addresses.clone());
                    }
                    Some("nxdomain" | "nodata") if !is_host && name.parse::<IpAddr>().is_err() => {
                        self.nowhere.push(name.to_owned());
                    }
                    // A server that stays silent costs a second a question.
                    _ => {}
                }
            }
        }
    }

    /// Every name of the hosts file, in order, each once.
    pub fn host_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.hosts.iter().flat_map(Host::names) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// The lines that give a name an address, letter case aside.
    pub fn lines_of<'k>(&'k self, name: &str) -> Vec<&'k Host> {
        self.hosts.iter().filter(|host| host.names().any(|known| known.eq_ignore_ascii_case(name))).collect()
    }

    /// The first line of an address.
    pub fn line_at(&self, address: IpAddr) -> Option<&Host> {
        self.hosts.iter().find(|host| host.address == address)
    }

    /// The port of a service by one of its names; letter case counts.
    pub fn port(&self, name: &str, protocol: &str) -> Option<u16> {
        let found = self
            .services
            .iter()
            .find(|service| service.protocol == protocol && service.names().any(|known| known == name))?;
        Some(found.number)
    }

    /// The official name of a port.
    pub fn service_at(&self, port: u16, protocol: &str) -> Option<&str> {
        let found =
            self.services.iter().find(|service| service.protocol == protocol && service.number == port)?;
        Some(&found.name)
    }

    /// The IPv4 addresses of the hosts file.
    pub fn inet(&self) -> Vec<Ipv4Addr> {
        let mut found: Vec<Ipv4Addr> = self
            .hosts
            .iter()
            .filter_map(|host| match host.address {
                IpAddr::V4(address) => Some(address),
                IpAddr::V6(_) => None,
            })
            .collect();
        found.dedup();
        found
    }

    /// The IPv6 addresses of the hosts file.
    pub fn inet6(&self) -> Vec<Ipv6Addr> {
        let mut found: Vec<Ipv6Addr> = self
            .hosts
            .iter()
            .filter_map(|host| match host.address {
                IpAddr::V6(address) => Some(address),
                IpAddr::V4(_) => None,
            })
            .collect();
        found.dedup();
        found
    }
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
}

fn host(words: Vec<&str>) -> Option<Host> {
    let mut words = words.into_iter();
    let address = words.next()?.parse().ok()?;
    let primary = words.next()?.to_owned();
    Some(Host { address, primary, aliases: words.map(str::to_owned).collect() })
}

fn service(words: Vec<&str>) -> Option<Service> {
    let mut words = words.into_iter();
    let name = words.next()?.to_owned();
    let (number, protocol) = words.next().map(|text| text.split_once('/').unwrap_or((text, "")))?;
    let protocol = protocol.to_owned();
    Some(Service {
        name,
        number: number.parse().ok()?,
        protocol,
        aliases: words.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lab_is_read_whole() {
        let known = Known::lab();
        let content = |file: &str| {
            let text = sockspec_fixtures::text(&format!("labs/default/{file}")).unwrap();
            text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count()
        };
        assert_eq!(known.hosts.len(), content("etc/hosts"));
        assert_eq!(known.services.len(), content("etc/services"));
        assert_eq!(known.protocols.len(), content("etc/protocols"));
        assert!(known.dns.len() > 5 && known.nowhere.len() > 3, "{known:?}");
        assert_eq!(known.lines_of("mixedalias").len(), 1);
        assert_eq!(known.port("www", "tcp"), Some(80));
        assert_eq!(known.service_at(512, "udp"), Some("biff"));
    }
}
