//! The settings of sessions: the number that an account may have at once.

use serde::{Deserialize, Deserializer, Serialize};

use super::number_setting::from_whole_number;

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
}

const MOST_CONSOLES: u16 = 100;
const MOST_TOKENS: u16 = 10_000;

impl Default for SessionSettings {
    fn default() -> Self {
        Self { max: AtMost(5), at_cap: AtCap::default(), max_tokens: AtMost(100) }
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

#[cfg(test)]
mod tests {
    use super::*;

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
