//! The rule for idle accounts: whoever was not seen for so many days is not usable any more.

use serde::{Deserialize, Deserializer, Serialize};

use super::number_setting::from_whole_number;
use super::time::{Duration, Timestamp};

/// Settings of the rule for idle accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdleSettings {
    /// The days after which an account that was not seen is suspended. Without it the store keeps the rule that it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend_after: Option<IdleDays>,
}

/// A whole number of days, from 1 to 3,650, or 0 for no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IdleDays(u16);

impl IdleDays {
    /// The maximum, in days: ten years.
    const MOST: u16 = 3_650;

    /// Returns that many days, or `None` if the number is out of range.
    pub fn new(days: i64) -> Option<Self> {
        u16::try_from(days).ok().filter(|days| *days <= Self::MOST).map(Self)
    }

    /// Returns the number of days; `None` if the rule is off.
    pub fn days(self) -> Option<u16> {
        Some(self.0).filter(|days| *days > 0)
    }
}

impl<'de> Deserialize<'de> for IdleDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = format!("a whole number of days from 0 to {}", Self::MOST);
        from_whole_number(deserializer, &expected, Self::new)
    }
}

/// The rule that is in force in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleRule {
    pub days: u16,
    /// The time at which it was switched on; nobody is idle since earlier.
    pub since: Timestamp,
}

impl IdleRule {
    /// Returns the time for which an account may be idle.
    pub fn span(self) -> Duration {
        Duration::days(self.days.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_days_are_no_rule() {
        assert_eq!(IdleDays::new(0).unwrap().days(), None);
        assert_eq!(IdleDays::new(90).unwrap().days(), Some(90));
        assert_eq!([IdleDays::new(-1), IdleDays::new(3_651)], [None, None]);
    }
}
