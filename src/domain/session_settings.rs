//! The settings of sessions: the number that an account may have at once, and the idle limit of tokens.

use serde::{Deserialize, Deserializer, Serialize};

use super::number_setting::from_whole_number;
use super::time::Timestamp;

/// The settings of sessions in the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// The console sessions that an account may have at once.
    pub max: AtMost<MOST_CONSOLES>,
    /// The effect of a log-in beyond that number.
    pub at_cap: AtCap,
    /// The tokens that an account may have at once.
    pub max_tokens: AtMost<MOST_TOKENS>,
    /// The minutes after which a token that nobody uses ends. Without it the store keeps the limit that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<IdleMinutes>,
}

const MOST_CONSOLES: u16 = 100;
const MOST_TOKENS: u16 = 10_000;

impl Default for SessionSettings {
    fn default() -> Self {
        Self { max: AtMost(5), at_cap: AtCap::default(), max_tokens: AtMost(100), idle: None }
    }
}

/// The effect of a log-in to the console of an account that has as many console sessions as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtCap {
    /// The oldest of them ends.
    #[default]
    EndOldest,
    /// The log-in is refused.
    Refuse,
}

/// A whole number from 1 to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AtMost<const MOST: u16>(u16);

impl<const MOST: u16> AtMost<MOST> {
    /// Returns the number, or `None` if it is out of range.
    pub fn new(number: i64) -> Option<Self> {
        let number = u16::try_from(number).ok()?;
        (1..=MOST).contains(&number).then_some(Self(number))
    }

    /// Returns the number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<'de, const MOST: u16> Deserialize<'de> for AtMost<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number from 1 to {MOST}");
        from_whole_number(deserializer, &expected, Self::new)
    }
}

/// A whole number of minutes, from 5 to a year, or 0 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IdleMinutes(u32);

impl IdleMinutes {
    /// The minimum. The use of a token is noted once a minute, so less would end tokens that are in use.
    const LEAST: u32 = 5;
    /// The maximum: a year, the longest life of a token.
    const MOST: u32 = 525_600;

    /// Returns that many minutes, or `None` if the number is out of range.
    pub fn new(minutes: i64) -> Option<Self> {
        let minutes = u32::try_from(minutes).ok()?;
        (minutes == 0 || (Self::LEAST..=Self::MOST).contains(&minutes)).then_some(Self(minutes))
    }

    /// Returns the number of minutes; `None` if there is no limit.
    pub fn minutes(self) -> Option<u32> {
        Some(self.0).filter(|minutes| *minutes > 0)
    }
}

impl<'de> Deserialize<'de> for IdleMinutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number of minutes from {} to {}, or 0", Self::LEAST, Self::MOST);
        from_whole_number(deserializer, &expected, Self::new)
    }
}

/// The idle limit of tokens that is in force in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenIdleRule {
    pub minutes: u32,
    /// The time at which it was switched on; no token is unused since earlier.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_limit_is_long_enough_for_the_notes_of_uses() {
        assert_eq!(IdleMinutes::new(0).unwrap().minutes(), None);
        for minutes in [5, 60, 525_600] {
            assert_eq!(
                IdleMinutes::new(minutes).and_then(IdleMinutes::minutes).map(i64::from),
                Some(minutes)
            );
        }
        for minutes in [i64::MIN, -1, 1, 4, 525_601, i64::MAX] {
            assert_eq!(IdleMinutes::new(minutes), None, "{minutes}");
        }
    }

    #[test]
    fn an_account_has_at_least_one_session_of_each_kind() {
        let usual = SessionSettings::default();
        assert_eq!((usual.max.get(), usual.max_tokens.get(), usual.at_cap), (5, 100, AtCap::EndOldest));
        for number in [1, 100] {
            assert_eq!(AtMost::<100>::new(number).map(|most| i64::from(most.get())), Some(number));
        }
        for number in [i64::MIN, -1, 0, 101, 65_537, i64::MAX] {
            assert_eq!(AtMost::<100>::new(number), None, "{number}");
        }
    }
}
