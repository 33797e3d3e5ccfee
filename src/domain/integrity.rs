//! Damage in a store's file, and the daily check that looks for it.

use std::path::Path;

use super::finding::{Finding, Severity};
use super::text::visible;
use super::time::{Duration, Timestamp, date_time};

/// Interval between checks of a store's pages.
pub const EVERY: Duration = Duration::days(1);

/// Time for which a started check keeps others from starting one. After that, its process is gone or never had
/// enough idle time to finish.
const CLAIM: Duration = Duration::hours(1);

/// The check whose findings are about damaged pages.
pub const CHECK: &str = "integrity";

/// The way out of damage.
pub const RESTORE: &str = "Restore a backup; it is checked when it is opened.";

/// Damage that was found in a store's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The damaged table, or the data that was being read.
    pub object: String,
    pub found_at: Timestamp,
    /// True if a check found it. Damage met while reading may be temporary: the file was replaced during the
    /// read.
    pub is_certain: bool,
}

impl Damage {
    /// Returns damage met by a read; nothing more is known about it.
    pub fn while_reading(found_at: Timestamp) -> Self {
        Self { object: "a page that was read".into(), found_at, is_certain: false }
    }

    /// Returns damage found by the check of a table.
    pub fn in_table(check: &TableCheck, found_at: Timestamp) -> Self {
        Self { object: check.object(), found_at, is_certain: true }
    }

    /// Returns the finding that describes the damage.
    pub fn finding(&self, store: &Path) -> Finding {
        Finding {
            check: CHECK,
            severity: Severity::Error,
            object: self.object.clone(),
            message: format!(
                "the store {} is damaged ({}, found {} UTC) and is read-only from now on",
                store.display(),
                self.object,
                date_time(self.found_at)
            ),
            fix: format!("Run `nexus doctor` for details. {RESTORE}"),
            fixable: false,
        }
    }

    /// Returns the same finding for a report of all findings, which does not send its reader for another one.
    pub fn reported(&self, store: &Path) -> Finding {
        Finding { fix: RESTORE.into(), ..self.finding(store) }
    }
}

/// The result of checking one table and its indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCheck {
    pub table: String,
    /// True if no page is damaged.
    pub is_sound: bool,
    /// SQLite's messages about rows that break a rule of the schema.
    pub broken_rules: Vec<String>,
}

impl TableCheck {
    /// Returns the finding of an examination that the table is damaged.
    pub fn finding(&self) -> Finding {
        Finding {
            check: CHECK,
            severity: Severity::Error,
            object: self.object(),
            message: format!("Pages or indexes of {} are damaged.", self.object()),
            fix: RESTORE.into(),
            fixable: false,
        }
    }

    /// Returns a finding for each rule that rows break.
    pub fn rule_findings(&self) -> impl Iterator<Item = Finding> {
        self.broken_rules.iter().map(|rule| Finding {
            check: "rows",
            severity: Severity::Error,
            object: self.table.clone(),
            message: format!("Rows break a rule of the schema: {rule}."),
            fix: "Correct these rows; while they are so, changes of them fail.".into(),
            fixable: false,
        })
    }

    /// Returns a description of the damaged place.
    pub fn object(&self) -> String {
        match self.table.as_str() {
            "sqlite_schema" => "the schema or the list of free pages".into(),
            table => format!("table {}", visible(table)),
        }
    }
}

/// Times of the checks of a store's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckTimes {
    /// The start of a check that is not known to have finished.
    pub begun_at: Option<Timestamp>,
    /// The end of the last check that found nothing.
    pub sound_at: Option<Timestamp>,
}

impl CheckTimes {
    /// Returns the time from which the next check may start, or `None` if it may start now. Times in the future
    /// do not count: a clock was wrong.
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
        let check = TableCheck { table: "a\u{1b}[2J\n".into(), is_sound: false, broken_rules: Vec::new() };
        assert!(!check.object().contains(['\u{1b}', '\n']), "{}", check.object());
    }
}
