//! Damage in a store's file, and the daily check that looks for it.

use std::path::Path;

use super::finding::{Finding, Severity};
use super::text::visible;
use super::time::{Duration, Timestamp, date_time};

/// How often the pages of a store are checked.
pub const EVERY: Duration = Duration::days(1);

/// How long a check that was begun keeps others from beginning one: after that, whoever began it is gone or was never
/// left alone for long enough.
const CLAIM: Duration = Duration::hours(1);

/// Damage that was found in a store's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where it is: a table, or what was read.
    pub object: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// A check has found it. What a reading has met may be of a moment: the file was replaced while it was read.
    pub is_certain: bool,
}

impl Damage {
    /// Returns the damage that a reading has met, of which no more is known.
    pub fn met(found_at: Timestamp) -> Self {
        Self { object: "a page that was read".into(), found_at, is_certain: false }
    }

    /// Returns the damage that a check of a table has found.
    pub fn in_table(check: &TableCheck, found_at: Timestamp) -> Self {
        Self { object: check.object(), found_at, is_certain: true }
    }

    /// Returns what is said about it.
    pub fn finding(&self, store: &Path) -> Finding {
        Finding {
            check: "integrity",
            severity: Severity::Error,
            object: self.object.clone(),
            message: format!(
                "the store {} is damaged ({}, found {} UTC) and is only read from now on",
                store.display(),
                self.object,
                date_time(self.found_at)
            ),
            fix: "`nexus doctor` says more. Put back a backup; it is checked when it is opened.".into(),
            fixable: false,
        }
    }
}

/// What the check of one table with its indexes came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    /// The table's name.
    pub table: String,
    /// Nothing is wrong with it.
    pub is_sound: bool,
}

impl TableCheck {
    /// Returns the words for the place of the damage.
    pub fn object(&self) -> String {
        match self.table.as_str() {
            "sqlite_schema" => "the schema or the list of free pages".into(),
            table => format!("table {}", visible(table)),
        }
    }
}

/// When the pages of a store were checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckTimes {
    /// When a check was begun that is not through, as far as is known.
    pub begun_at: Option<Timestamp>,
    /// When a check was through and had found nothing.
    pub sound_at: Option<Timestamp>,
}

impl CheckTimes {
    /// Returns when the next check may begin; `None` where it may at once. Times that are yet to come do not count: a
    /// clock was wrong.
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        let waits = |since: Option<Timestamp>, span| {
            since.filter(|since| *since <= now).map(|since| since + span).filter(|end| *end > now)
        };
        waits(self.sound_at, EVERY).max(waits(self.begun_at, CLAIM))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_stored;

    #[test]
    fn a_check_is_due_a_day_after_the_last_one_and_an_hour_after_one_that_was_only_begun() {
        let now = from_stored("2026-11-26 12:00:00").unwrap();
        let hours = |hours| Some(now - Duration::hours(hours));
        for (begun_at, sound_at, due_at) in [
            (None, None, None),
            (None, hours(24), None),
            (None, hours(23), Some(now + Duration::hours(1))),
            (None, hours(0), Some(now + Duration::hours(24))),
            (hours(1), None, None),
            (hours(0), None, Some(now + Duration::hours(1))),
            (hours(0), hours(25), Some(now + Duration::hours(1))),
            (hours(24), hours(2), Some(now + Duration::hours(22))),
            (hours(-5), hours(-30), None),
        ] {
            assert_eq!(CheckTimes { begun_at, sound_at }.due_at(now), due_at, "{begun_at:?} {sound_at:?}");
        }
    }

    #[test]
    fn a_hostile_table_name_stays_harmless() {
        let check = TableCheck { table: "a\u{1b}[2J\n".into(), is_sound: false };
        assert!(!check.object().contains(['\u{1b}', '\n']), "{}", check.object());
    }
}
