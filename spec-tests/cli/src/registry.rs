//! The registry: every subject that has a name here, what it is, and how it is started. All of it is data.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use sockspec_subject::Edition;

use crate::exit::Failure;
use crate::programs;

/// The registry, below `spec-tests/drivers/`.
const FILE: &str = "subjects.toml";
/// The form of the registry that this program reads.
const FORMAT: u32 = 1;
/// What stands for a version in an entry that is one for each of several.
const VERSION: &str = "{version}";

/// A subject as the registry has it. `spec-tests/drivers/README.md` explains the keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Entry {
    /// What it is called on the command line.
    pub(crate) name: String,
    /// What it is, for people.
    pub(crate) what: String,
    /// How to get it.
    pub(crate) get: String,
    /// The edition that it claims.
    pub(crate) edition: Edition,
    /// The driver's folder below `spec-tests/drivers/`; none for a subject that this program holds itself.
    pub(crate) folder: Option<String>,
    /// Programs that can run or build the driver. The first that leads to a hello is taken.
    #[serde(default)]
    pub(crate) program: Vec<String>,
    /// The versions that are known to exist; more may be found. Each becomes an entry.
    #[serde(default)]
    versions: Vec<String>,
    /// What the name in the hello has to be: a program may turn out to be something else.
    pub(crate) says: Option<String>,
    /// A command whose first line of output ends with what stands for `{answer}` in the next.
    #[serde(default)]
    pub(crate) ask: Vec<String>,
    /// The command that builds the driver.
    #[serde(default)]
    pub(crate) build: Vec<String>,
    /// The command that starts the driver; none for a subject in this process.
    #[serde(default)]
    pub(crate) command: Vec<String>,
    /// Variables of its environment.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// How long one call may take, in seconds, where that is not said on the command line.
    timeout: Option<f64>,
    /// How long it may take from its start to its hello, in seconds, where that is not what the protocol allows everybody.
    hello: Option<f64>,
}

impl Entry {
    /// How long one call may take where nobody says otherwise.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// How long it may take to say hello, where that is something else than the protocol says.
    pub(crate) fn hello(&self) -> Option<Duration> {
        self.hello.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    }

    /// Whether this program holds it itself.
    pub(crate) fn is_in_process(&self) -> bool {
        self.command.is_empty()
    }

    /// The same for a program of that name, whatever it says of itself.
    pub(crate) fn with_program(self, name: &str) -> Self {
        let path = programs::find(name).map(|path| path.to_string_lossy().into_owned());
        Self {
            name: name.to_owned(),
            program: vec![path.unwrap_or_else(|| name.to_owned())],
            says: None,
            ..self
        }
    }

    /// The entry for one version.
    fn of(&self, version: &str) -> Self {
        let fill = |text: &String| text.replace(VERSION, version);
        let all = |texts: &[String]| texts.iter().map(fill).collect();
        Self {
            name: fill(&self.name),
            what: fill(&self.what),
            get: fill(&self.get),
            program: all(&self.program),
            versions: Vec::new(),
            // The one edition came with Python 2.2, the other is that of Python 3.
            edition: if version.starts_with("2.") { Edition::V2_2 } else { self.edition },
            ..self.clone()
        }
    }

    /// Itself, or one for each version, the oldest first.
    fn expanded(self) -> Vec<Self> {
        if !self.name.contains(VERSION) {
            return vec![self];
        }
        let found = self.program.iter().flat_map(|program| programs::versions(program));
        let mut versions: Vec<String> = self.versions.iter().cloned().chain(found).collect();
        versions.sort_by_key(|version| programs::numbers(version));
        versions.dedup();
        versions.iter().map(|version| self.of(version)).collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    subject: Vec<Entry>,
}

/// Every subject that has a name, in the registry's order.
pub(crate) fn all() -> Result<Vec<Entry>, Failure> {
    let text = sockspec_fixtures::driver(FILE)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| Failure::Registry("this program was built without it".to_owned()))?;
    read(text).map_err(Failure::Registry)
}

fn read(text: &str) -> Result<Vec<Entry>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    if file.format != FORMAT {
        return Err(format!("its format is {}, and this program reads {FORMAT}", file.format));
    }
    Ok(file.subject.into_iter().flat_map(Entry::expanded).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_registry_is_sound() {
        let entries = all().unwrap();
        let mut names = BTreeSet::new();
        for entry in &entries {
            let name = &entry.name;
            let plain =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
            assert!(name.bytes().all(plain), "{name:?} is awkward on a command line");
            assert!(names.insert(name), "{name} stands there twice");
            assert!(!entry.what.is_empty() && !entry.get.is_empty(), "{name} does not say what it is");
            assert!(entry.timeout.is_none_or(|seconds| seconds > 0.0), "{name} has no time");
            assert!(entry.hello.is_none_or(|seconds| seconds > 0.0), "{name} has no time to say hello");
            let words = entry.command.iter().chain(&entry.build).chain(entry.env.values());
            for word in words.chain(&entry.program) {
                assert!(!word.contains(VERSION), "{name}: {word} names a version");
            }
            if let Some(folder) = &entry.folder {
                assert!(!sockspec_fixtures::driver_files(folder).is_empty(), "{name}: no driver in {folder}");
            }
            let uses = |what| entry.command.iter().chain(&entry.build).any(|word| word.contains(what));
            assert_eq!(
                uses("{program}"),
                !entry.program.is_empty(),
                "{name}: programs that nobody runs, or none"
            );
            assert!(entry.folder.is_some() || !uses("{folder}"), "{name} has no folder");
        }
    }

    #[test]
    fn costs_are_those_of_subjects() {
        let names: BTreeSet<String> = all().unwrap().into_iter().map(|entry| entry.name).collect();
        let costs = sockspec_fixtures::Fixtures::embedded().run_costs().unwrap();
        assert!(!costs.is_empty());
        for (name, cost) in costs {
            assert!(names.contains(&name), "costs.toml: there is no subject {name:?}");
            assert!(cost.core <= cost.milliseconds, "{name}: one worker keeps no more than one core busy");
        }
    }

    #[test]
    fn an_entry_is_one_for_each_version() {
        let text = r#"
            format = 1
            [[subject]]
            name = "x-{version}"
            what = "X {version}"
            get = "install x{version}"
            edition = "3"
            program = ["no-such-program-{version}"]
            versions = ["3.10", "3.9", "2.7"]
            command = ["{program}"]
        "#;
        let entries = read(text).unwrap();
        let seen: Vec<_> = entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.program[0].as_str(), entry.edition.to_string()))
            .collect();
        let expected = [
            ("x-2.7", "no-such-program-2.7", "2.2".to_owned()),
            ("x-3.9", "no-such-program-3.9", "3".to_owned()),
            ("x-3.10", "no-such-program-3.10", "3".to_owned()),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn another_format_is_refused() {
        let why = read("format = 2\nsubject = []").unwrap_err();
        assert_eq!(why, "its format is 2, and this program reads 1");
        assert!(read("format = 1\n[[subject]]\nnam = \"x\"").unwrap_err().contains("nam"));
    }
}
