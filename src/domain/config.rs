//! The settings: what a config file may say, and what holds where it says nothing.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::time::Duration;

/// All settings, in the form of the file: a table for each field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `[journal]`
    pub journal: JournalSettings,
    /// `[bin]`
    pub bin: BinSettings,
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
