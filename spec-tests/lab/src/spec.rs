//! A lab as data: `lab.toml`, the files of its `/etc`, and the zone of its DNS server.

mod error;
mod file;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub use error::LabSpecError;
pub(crate) use error::Source;

use crate::zone::Zone;
use file::LabFile;

/// The name in a lab's `/etc` of the directory that cases may write to.
pub(crate) const SCRATCH: &str = "scratch";
/// The name in a lab's `/etc` under which the system's own `/etc` is reached.
pub(crate) const HOST_ETC: &str = ".host";

/// One end of a virtual cable in the lab, with its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// The interface's name, of 1 to 15 bytes.
    pub name: String,
    /// Its addresses, in the order in which they are given to it.
    pub addresses: Vec<InterfaceAddress>,
}

/// An address with the length of its network's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// The address of either family.
    pub address: IpAddr,
    /// Bits of the network's prefix: 0 to 32 for IPv4, 0 to 128 for IPv6.
    pub prefix: u8,
}

/// What a lab consists of.
///
/// ```
/// use sockspec_lab::LabSpec;
///
/// let files: [(&str, &[u8]); 2] = [
///     ("lab.toml", b"format = 1\ndescription = \"one host\"\nhostname = \"host\"\n"),
///     ("etc/hosts", b"127.0.0.1 localhost\n"),
/// ];
/// let lab = LabSpec::parse("tiny", files)?;
/// assert_eq!(lab.hostname(), "host");
/// # Ok::<(), sockspec_lab::LabSpecError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LabSpec {
    name: String,
    description: String,
    hostname: String,
    interfaces: Vec<Interface>,
    zone: Option<Zone>,
    etc: BTreeMap<String, Vec<u8>>,
}

impl LabSpec {
    /// Reads one lab that builds on no other.
    ///
    /// `files` are pairs of a path inside the lab's folder (`lab.toml`, `etc/hosts`, `dns.toml`) and contents.
    ///
    /// # Errors
    /// [`LabSpecError`] with file, line, what is wrong and what would be right.
    pub fn parse<P, B>(name: &str, files: impl IntoIterator<Item = (P, B)>) -> Result<Self, LabSpecError>
    where
        P: AsRef<str>,
        B: AsRef<[u8]>,
    {
        let files = files.into_iter().map(|(path, bytes)| (format!("{name}/{}", path.as_ref()), bytes));
        let mut set = LabSet::load(files)?;
        set.labs.remove(name).ok_or_else(|| {
            LabSpecError::new(
                format!("{name}/lab.toml"),
                None,
                "is missing",
                "write it: format, description, hostname",
            )
        })
    }

    /// The lab's name: that of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the lab is for, in one line.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What `gethostname()` gives in the lab.
    pub fn hostname(&self) -> &str {
        &self.hostname
    }

    /// The interfaces beside `lo`. Their number is even: the first two are the ends of one cable, and so on.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// What the DNS server answers, or `None` where no server runs.
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// The lab's files in `/etc`, by name.
    pub fn etc(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.etc.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

/// Every lab of a folder, each with what it takes from its base.
#[derive(Debug, Clone, Default)]
pub struct LabSet {
    labs: BTreeMap<String, LabSpec>,
}

impl LabSet {
    /// Reads all labs. `files` are pairs of a path inside the folder of labs (`default/lab.toml`,
    /// `default/etc/hosts`) and contents; their order does not matter.
    ///
    /// # Errors
    /// [`LabSpecError`] for the first file that is not as it should be.
    pub fn load<P, B>(files: impl IntoIterator<Item = (P, B)>) -> Result<Self, LabSpecError>
    where
        P: AsRef<str>,
        B: AsRef<[u8]>,
    {
        let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
        for (path, bytes) in files {
            let path = path.as_ref();
            let Some((lab, rest)) = path.split_once('/') else {
                return Err(LabSpecError::new(
                    path,
                    None,
                    "lies in no lab's folder",
                    "move it to LAB/lab.toml or LAB/etc/",
                ));
            };
            folders.entry(lab.to_owned()).or_default().files.insert(rest.to_owned(), bytes.as_ref().to_vec());
        }
        let mut set = Self::default();
        for name in folders.keys() {
            build(name, &folders, &mut set.labs, &mut Vec::new())?;
        }
        Ok(set)
    }

    /// The lab of that name.
    pub fn get(&self, name: &str) -> Option<&LabSpec> {
        self.labs.get(name)
    }

    /// All labs, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = &LabSpec> {
        self.labs.values()
    }

    /// The names of all labs, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.labs.keys().map(String::as_str)
    }
}

/// The files of one lab's folder, by path inside it.
#[derive(Debug, Default)]
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
}

/// Builds the lab `name` and, first, those it builds on. `above` holds the labs whose base is being built.
fn build(
    name: &str,
    folders: &BTreeMap<String, Folder>,
    done: &mut BTreeMap<String, LabSpec>,
    above: &mut Vec<String>,
) -> Result<(), LabSpecError> {
    if done.contains_key(name) {
        return Ok(());
    }
    let main = format!("{name}/lab.toml");
    let Some(folder) = folders.get(name) else {
        return Ok(()); // The caller names the place that asked for it.
    };
    let Some(bytes) = folder.files.get("lab.toml") else {
        return Err(LabSpecError::new(main, None, "is missing", "every lab's folder has a lab.toml"));
    };
    let source = Source::new(&main, bytes)?;
    let parsed = LabFile::parse(&source)?;
    let base = match &parsed.base {
        None => None,
        Some(base) => {
            above.push(name.to_owned());
            let wanted = base.get_ref();
            if above.contains(wanted) {
                let chain = above.join("` builds on `");
                return Err(source.error(
                    base.span(),
                    format!("`{chain}` builds on `{wanted}` again"),
                    "let one of them stand alone, without `base`",
                ));
            }
            build(wanted, folders, done, above)?;
            above.pop();
            let known = folders.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            Some(done.get(wanted).cloned().ok_or_else(|| {
                source.error(
                    base.span(),
                    format!("there is no lab `{wanted}` to build on"),
                    format!("one of: {known}"),
                )
            })?)
        }
    };
    let lab = parsed.into_spec(name, &source, base, folder)?;
    done.insert(name.to_owned(), lab);
    Ok(())
}
