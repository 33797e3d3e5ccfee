//! The settings: what a config file may say, and what holds where it says nothing.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::time::Duration;

/// All settings, in the form of the file: a table for each field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `[store]`
    pub store: StoreSettings,
    /// `[journal]`
    pub journal: JournalSettings,
    /// `[bin]`
    pub bin: BinSettings,
}

/// What is said about the store's file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    /// The group that may write it besides its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
}

/// The name or number of a group of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct GroupName(String);

impl GroupName {
    /// Returns the name, or `None` where no group can be called that (group(5)).
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=64).contains(&name.len()) && !name.contains([':', ',', '/']);
        let plain = !name.contains(|c: char| c.is_whitespace() || c.is_control());
        (fits && plain).then(|| Self(name.to_owned()))
    }

    /// Returns its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for GroupName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Group)
    }
}

/// Reads a [`GroupName`], and names the rule where it is none.
struct Group;

impl Visitor<'_> for Group {
    type Value = GroupName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or number of a group")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<GroupName, E> {
        GroupName::new(name).ok_or_else(|| E::invalid_value(Unexpected::Str(name), &self))
    }
}

/// What is done about the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalSettings {
    /// Where its head is sent at each log-out.
    pub anchor: HeadAnchor,
}

/// Where the journal's head is noted, out of reach of whoever may write the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadAnchor {
    /// Nowhere.
    #[default]
    None,
    /// In the local syslog.
    Syslog,
}

/// What is done about the bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinSettings {
    /// How long what lies in it holds its names and can be restored.
    pub keep_days: KeepDays,
}

/// A whole number of days, from 1 to 3,650.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct KeepDays(u16);

impl KeepDays {
    /// The longest, in days: ten years.
    const MOST: u16 = 3_650;

    /// That many days; `None` where they are too few or too many.
    pub fn new(days: i64) -> Option<Self> {
        let days = u16::try_from(days).ok()?;
        (1..=Self::MOST).contains(&days).then_some(Self(days))
    }

    /// As a span of time.
    pub fn span(self) -> Duration {
        Duration::days(self.0.into())
    }
}

impl Default for KeepDays {
    fn default() -> Self {
        Self(30)
    }
}

impl<'de> Deserialize<'de> for KeepDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(Days)
    }
}

/// Reads [`KeepDays`], and names the rule where they break it.
struct Days;

impl Visitor<'_> for Days {
    type Value = KeepDays;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number of days from 1 to {}", KeepDays::MOST)
    }

    fn visit_i64<E: Error>(self, days: i64) -> Result<KeepDays, E> {
        KeepDays::new(days).ok_or_else(|| E::invalid_value(Unexpected::Signed(days), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_where_nothing_is_said() {
        let config = Config::default();
        assert_eq!(
            (config.journal.anchor, config.bin.keep_days.span()),
            (HeadAnchor::None, Duration::days(30))
        );
    }

    #[test]
    fn things_are_kept_for_a_day_at_least_and_ten_years_at_most() {
        for days in [1, 30, 3_650] {
            assert_eq!(KeepDays::new(days).map(KeepDays::span), Some(Duration::days(days)));
        }
        for days in [i64::MIN, -1, 0, 3_651, 65_566, i64::MAX] {
            assert_eq!(KeepDays::new(days), None, "{days}");
        }
    }
}
