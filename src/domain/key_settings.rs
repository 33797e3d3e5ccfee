//! Settings of the keys: `keys.*` in the config file.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

/// The keys of commands, as the config file sets them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct KeySettings {
    /// By the name of the command.
    #[serde(flatten)]
    pub everywhere: BTreeMap<String, KeyList>,
    /// By the name of the screen and that of the command.
    #[serde(flatten)]
    pub screens: BTreeMap<String, BTreeMap<String, KeyList>>,
}

/// The keys of a command: none, one or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct KeyList(Vec<String>);

impl KeySettings {
    /// Returns true if no command was given keys.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.screens.is_empty()
    }

    /// Returns the keys that a command was given on a screen; those of the screen come before those of all screens.
    pub fn keys_of(&self, screen: &str, command: &str) -> Option<&KeyList> {
        let here = self.screens.get(screen).and_then(|keys| keys.get(command));
        here.or_else(|| self.everywhere.get(command))
    }
}

impl KeyList {
    /// Returns the keys by their names.
    pub fn keys(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for KeySettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut settings = Self::default();
        for (name, entry) in BTreeMap::<String, KeyEntry>::deserialize(deserializer)? {
            match entry {
                KeyEntry::Keys(keys) => drop(settings.everywhere.insert(name, keys)),
                KeyEntry::Screen(keys) => drop(settings.screens.insert(name, keys)),
            }
        }
        Ok(settings)
    }
}

/// The keys of a command, or all those of a screen.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a key, a list of keys, or a table of commands")]
enum KeyEntry {
    Keys(KeyList),
    Screen(BTreeMap<String, KeyList>),
}

impl<'de> Deserialize<'de> for KeyList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match KeyNames::deserialize(deserializer)? {
            KeyNames::One(key) if key.is_empty() => Vec::new(),
            KeyNames::One(key) => vec![key],
            KeyNames::Many(keys) => keys,
        }))
    }
}

/// The keys of a command as the file names them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a key such as \"d\", or a list of keys")]
enum KeyNames {
    One(String),
    Many(Vec<String>),
}
