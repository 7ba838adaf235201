//! hickory-resolver as a socket module: names of hosts, by its own DNS client, and nothing else.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{LookupIpStrategy, ResolveHosts};
use hickory_resolver::net::NetError;
use sockspec_subject::typed::{
    AddrInfo, Answer, Conversion, HostEntry, NameResolution, Port, Refusal, SocketModule, Sockets, utf8,
};
use sockspec_subject::{Description, Edition, Raised, Text, Value};
use tokio::runtime::{Builder, Runtime};

use crate::constants;

/// hickory-resolver with the system's configuration and its hosts file, without a cache.
#[derive(Debug)]
pub struct Hickory {
    runtime: Runtime,
    both: TokioResolver,
    ipv4: TokioResolver,
    ipv6: TokioResolver,
}

impl Hickory {
    /// Reads the system's configuration.
    ///
    /// # Errors
    /// There is none, or the runtime cannot be started: the reason as text.
    pub fn new() -> Result<Self, String> {
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let resolver = |families| {
            runtime.block_on(async {
                let mut builder = TokioResolver::builder_tokio().map_err(|error| error.to_string())?;
                let options = builder.options_mut();
                options.cache_size = 0;
                options.ip_strategy = families;
                options.use_hosts_file = ResolveHosts::Always;
                builder.build().map_err(|error| error.to_string())
            })
        };
        let both = resolver(LookupIpStrategy::Ipv4AndIpv6)?;
        let ipv4 = resolver(LookupIpStrategy::Ipv4Only)?;
        let ipv6 = resolver(LookupIpStrategy::Ipv6Only)?;
        Ok(Self { runtime, both, ipv4, ipv6 })
    }

    fn lookup(&self, resolver: &TokioResolver, host: &[u8]) -> Answer<Result<Vec<IpAddr>, NetError>> {
        let host = utf8(host)?;
        Ok(self.runtime.block_on(resolver.lookup_ip(host)).map(|found| found.iter().collect()))
    }
}

/// It says what went wrong in a text, and has no number for it.
fn raised(class: &str, error: &NetError) -> Refusal {
    let text = error.to_string();
    let mut raised = Raised::new(class, vec![Value::str(text.as_str())], text);
    if class != "error" {
        raised.classes.push("error".to_owned());
    }
    Refusal::Raised(raised)
}

impl SocketModule for Hickory {
    fn describe(&self) -> Description {
        Description {
            name: "hickory-resolver".to_owned(),
            version: "0.26".to_owned(),
            edition: Edition::V2_2,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            constants: constants::all(),
            ..Description::default()
        }
    }
}

impl Conversion for Hickory {}

impl NameResolution for Hickory {
    fn getaddrinfo(
        &mut self,
        host: Option<&[u8]>,
        port: Port<'_>,
        family: i32,
        socktype: i32,
        protocol: i32,
        flags: i32,
    ) -> Answer<Vec<AddrInfo>> {
        let inexpressible = |why: &str| Err(Refusal::Inexpressible(why.to_owned()));
        if socktype != libc::SOCK_STREAM || protocol != 0 || flags != 0 {
            return inexpressible("lookup_ip() gives addresses alone, and takes no hints but a family");
        }
        let Port::Number(port) = port else { return inexpressible("lookup_ip() knows no services") };
        let Ok(port) = u16::try_from(port) else { return inexpressible("a port has 16 bits") };
        let Some(host) = host.filter(|host| !host.is_empty()) else {
            return inexpressible("lookup_ip() takes a host");
        };
        let resolver = match family {
            libc::AF_UNSPEC => &self.both,
            libc::AF_INET => &self.ipv4,
            libc::AF_INET6 => &self.ipv6,
            _ => return inexpressible("lookup_ip() knows IPv4 and IPv6"),
        };
        let found = self.lookup(resolver, host)?.map_err(|error| raised("gaierror", &error))?;
        let entries = found.into_iter().map(|address| AddrInfo {
            family: if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 },
            socktype,
            protocol: libc::IPPROTO_TCP,
            canonical_name: "".into(),
            address: SocketAddr::new(address, port).into(),
        });
        Ok(entries.collect())
    }

    fn gethostbyname(&mut self, host: &[u8]) -> Answer<Text> {
        let found = self.lookup(&self.ipv4, host)?.map_err(|error| raised("error", &error))?;
        let first = found.first().ok_or_else(|| Refusal::message("no address"))?;
        Ok(first.to_string().into())
    }

    fn gethostbyaddr(&mut self, address: &[u8]) -> Answer<HostEntry> {
        let Ok(address) = utf8(address)?.parse::<IpAddr>() else {
            return Err(Refusal::Inexpressible("reverse_lookup() takes an address".to_owned()));
        };
        let found = self.runtime.block_on(self.both.reverse_lookup(address));
        let found = found.map_err(|error| raised("herror", &error))?;
        let mut names = found.answers().iter().map(|record| {
            let name = record.data.to_string();
            Text::from(name.strip_suffix('.').unwrap_or(&name))
        });
        let name = names.next().ok_or_else(|| Refusal::message("no name"))?;
        Ok(HostEntry { name, aliases: names.collect(), addresses: vec![address.to_string().into()] })
    }
}

impl Sockets for Hickory {
    type Socket = Infallible;
    type File = Infallible;
}
