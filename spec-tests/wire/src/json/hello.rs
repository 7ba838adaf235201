//! A driver's hello.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sockspec_subject::{Description, Edition, Strings};

/// What a driver says of itself, as it travels.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hello<'a> {
    /// The protocol's version; left out where a description is stored and not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<u64>,
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    edition: Edition,
    strings: Strings,
    #[serde(default)]
    platform: Cow<'a, str>,
    constants: Cow<'a, BTreeMap<String, i64>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(default)]
    capabilities: Cow<'a, [String]>,
}

impl<'a> Hello<'a> {
    pub(crate) fn new(protocol: Option<u64>, description: &'a Description) -> Self {
        Self {
            protocol,
            name: Cow::Borrowed(&description.name),
            version: Cow::Borrowed(&description.version),
            edition: description.edition,
            strings: description.strings,
            platform: Cow::Borrowed(&description.platform),
            constants: Cow::Borrowed(&description.constants),
            texts: borrowed(&description.texts),
            capabilities: Cow::Borrowed(&description.capabilities),
        }
    }

    pub(crate) fn into_description(self) -> Description {
        Description {
            name: self.name.into_owned(),
            version: self.version.into_owned(),
            edition: self.edition,
            strings: self.strings,
            platform: self.platform.into_owned(),
            constants: self.constants.into_owned(),
            texts: self.texts.into_iter().map(|(name, text)| (name.into(), text.into())).collect(),
            capabilities: self.capabilities.into_owned(),
        }
    }
}

fn borrowed(texts: &BTreeMap<String, String>) -> BTreeMap<Cow<'_, str>, Cow<'_, str>> {
    texts.iter().map(|(name, text)| (name.as_str().into(), text.as_str().into())).collect()
}
