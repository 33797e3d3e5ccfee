//! Settings of the config file and their defaults.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::color::Color;
use super::idle_settings::IdleSettings;
use super::key_settings::KeySettings;
use super::number_setting::from_whole_number;
use super::search_settings::SearchSettings;
use super::session_settings::SessionSettings;
use super::text::{visible_name, width};
use super::time::Duration;
use super::user::AccessLevel;

/// All settings; each field is a table of the file, but for those before the tables.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The screen that the console shows after log-in.
    pub start: StartScreen,
    pub theme: ThemeName,
    /// The console uses the mouse.
    pub mouse: bool,
    /// The way in which people without an account can register.
    pub registration: Registration,
    /// The accounts that need a second factor.
    pub second_factor: FactorPolicy,
    pub store: StoreSettings,
    pub journal: JournalSettings,
    pub bin: BinSettings,
    pub idle: IdleSettings,
    pub lock: LockSettings,
    pub reauth: ReauthSettings,
    pub sessions: SessionSettings,
    pub search: SearchSettings,
    pub log: LogSettings,
    #[serde(skip_serializing_if = "KeySettings::is_empty")]
    pub keys: KeySettings,
}

/// A screen that the console can show after log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StartScreen {
    #[default]
    Users,
    Overview,
}

/// The way in which people without an account can register at the log-in screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Everybody can.
    Open,
    /// Everybody can who has an invitation code.
    Code,
    #[default]
    Closed,
}

/// The accounts that need a second factor. One that is set up is asked for in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactorPolicy {
    /// None, and none can be set up.
    Off,
    #[default]
    Optional,
    Admins,
    All,
}

impl FactorPolicy {
    /// Returns true if an account of this level must set one up.
    pub fn demands(self, level: AccessLevel) -> bool {
        match self {
            Self::Off | Self::Optional => false,
            Self::Admins => level == AccessLevel::Admin,
            Self::All => true,
        }
    }
}

/// Settings of the store's file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    /// The group that may write the file besides its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// The name that the console shows for the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<StoreLabel>,
    /// The colour behind that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

/// The name of a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThemeName(pub String);

impl Default for ThemeName {
    fn default() -> Self {
        Self("terminal-16".into())
    }
}

/// A short name for a store, to tell it from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct StoreLabel(String);

impl StoreLabel {
    /// The maximum width, in cells.
    const MOST: usize = 20;

    /// Returns the label, or `None` if it is empty, too wide, or not of plain characters.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::MOST).contains(&width(text)) && text.trim() == text;
        (fits && visible_name(text) == text).then(|| Self(text.to_owned()))
    }

    /// Returns the label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for StoreLabel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Label)
    }
}

/// Deserializes a [`StoreLabel`] and states the rule if it is invalid.
struct Label;

impl Visitor<'_> for Label {
    type Value = StoreLabel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a name of 1 to {} cells without control characters", StoreLabel::MOST)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<StoreLabel, E> {
        StoreLabel::new(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// The name or number of a system group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct GroupName(String);

impl GroupName {
    /// Returns the name, or `None` if it is not a valid group name (group(5)).
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=64).contains(&name.len()) && !name.contains([':', ',', '/']);
        let plain = !name.contains(|c: char| c.is_whitespace() || c.is_control());
        (fits && plain).then(|| Self(name.to_owned()))
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for GroupName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(GroupText)
    }
}

/// Deserializes a [`GroupName`] and states the rule if it is invalid.
struct GroupText;

impl Visitor<'_> for GroupText {
    type Value = GroupName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or number of a group")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<GroupName, E> {
        GroupName::new(name).ok_or_else(|| E::invalid_value(Unexpected::Str(name), &self))
    }
}

/// Settings of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalSettings {
    /// The place to which the journal's head is sent at each log-out.
    pub anchor: HeadAnchor,
}

/// A place for the journal's head that is out of reach of everyone who can write the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadAnchor {
    #[default]
    None,
    Syslog,
}

/// Settings of the bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinSettings {
    /// The days for which an item reserves its names and can be restored.
    pub keep_days: KeepDays,
}

/// Settings of the console's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LockSettings {
    /// The time without a key after which the console locks.
    pub after: LockAfter,
}

/// A time without a key, from 1 to 60 minutes; 15 unless it is set (security policy 3.3).
pub type LockAfter = Minutes<1, 60, 15>;

/// Settings of the password that is asked again before a grave action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReauthSettings {
    /// The age from which on a proof of identity no longer counts.
    pub after: ReauthAfter,
}

/// An age of a proof, from 0 to 60 minutes; 5 unless it is set (security policy 3.3). With 0 none counts.
pub type ReauthAfter = Minutes<0, 60, 5>;

/// A whole number of minutes in a range, with a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Minutes<const LEAST: u8, const MOST: u8, const DEFAULT: u8>(u8);

impl<const LEAST: u8, const MOST: u8, const DEFAULT: u8> Minutes<LEAST, MOST, DEFAULT> {
    /// Returns that many minutes, or `None` if the number is out of range.
    pub fn new(minutes: i64) -> Option<Self> {
        let minutes = u8::try_from(minutes).ok()?;
        (LEAST..=MOST).contains(&minutes).then_some(Self(minutes))
    }

    /// Converts to a duration.
    pub fn span(self) -> Duration {
        Duration::minutes(self.0.into())
    }
}

impl<const LEAST: u8, const MOST: u8, const DEFAULT: u8> Default for Minutes<LEAST, MOST, DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const LEAST: u8, const MOST: u8, const DEFAULT: u8> Deserialize<'de>
    for Minutes<LEAST, MOST, DEFAULT>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number of minutes from {LEAST} to {MOST}");
        from_whole_number(deserializer, &expected, Self::new)
    }
}

/// Settings of the log outside of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// Log-ins, good and failed, are sent to the local syslog.
    pub syslog: bool,
}

/// A whole number of days, from 1 to 3,650.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct KeepDays(u16);

impl KeepDays {
    /// The maximum, in days: ten years.
    const MOST: u16 = 3_650;

    /// Returns that many days, or `None` if the number is out of range.
    pub fn new(days: i64) -> Option<Self> {
        let days = u16::try_from(days).ok()?;
        (1..=Self::MOST).contains(&days).then_some(Self(days))
    }

    /// Converts to a duration.
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
        let expected = format!("a whole number of days from 1 to {}", Self::MOST);
        from_whole_number(deserializer, &expected, Self::new)
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
    fn the_lock_and_the_password_again_come_after_minutes_within_their_ranges() {
        assert_eq!(LockAfter::default().span(), Duration::minutes(15));
        assert_eq!(ReauthAfter::default().span(), Duration::minutes(5));
        assert_eq!(ReauthAfter::new(0).map(ReauthAfter::span), Some(Duration::zero()));
        assert_eq!(LockAfter::new(60).map(LockAfter::span), Some(Duration::minutes(60)));
        for minutes in [i64::MIN, -1, 0, 61, 257, i64::MAX] {
            assert_eq!(LockAfter::new(minutes), None, "{minutes}");
        }
        assert_eq!((ReauthAfter::new(-1), ReauthAfter::new(61)), (None, None));
    }

    #[test]
    fn a_label_is_short_and_plain() {
        assert_eq!(StoreLabel::new("media").as_ref().map(StoreLabel::as_str), Some("media"));
        for text in ["", " media", "a name that is too wide", "\u{1b}[31m", "x\u{202e}y", "a\nb"] {
            assert_eq!(StoreLabel::new(text), None, "{text:?}");
        }
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
