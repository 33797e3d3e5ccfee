//! The figures of an overview: the state of the service, or of one account, at one moment.

use chrono::{Datelike as _, NaiveDate, Timelike as _};

use super::calendar::Calendar;
use super::session::Session;
use super::time::{Duration, Timestamp};
use super::user::{Status, User, UserId};

/// The days for which log-ins are counted, today included.
pub const LOG_IN_DAYS: usize = 30;
/// The weeks for which new accounts are counted, this one included.
pub const NEW_ACCOUNT_WEEKS: usize = 26;
/// The time for which active sessions and failed log-ins are told.
pub const RECENT: Duration = Duration::hours(24);
/// The time before its end at which a session counts as ending soon.
pub const ENDING: Duration = Duration::hours(24);
/// The interval between two points of the line of active sessions.
pub const SLOT: Duration = Duration::minutes(10);
/// The points of the line of active sessions: the begin of each slot, and the present.
pub const SESSION_POINTS: usize = 146;
/// The most rows of each list in an overview.
pub const FIRST_FEW: usize = 10;

/// Figures that are told by the rows of a store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    pub accounts: AccountCounts,
    pub sessions: SessionCounts,
    /// A day each, the last one is today: [`LOG_IN_DAYS`] in all.
    pub log_ins: Vec<LogInDay>,
    /// A week each, the last one is this week: [`NEW_ACCOUNT_WEEKS`] in all.
    pub new_accounts: Vec<NewAccountWeek>,
    /// The first accounts that wait for confirmation, oldest first.
    pub waiting: Vec<User>,
    /// The first sessions, other than those of consoles, that end within [`ENDING`].
    pub ending: Vec<Session>,
    /// The first changes that the coming days bring by themselves.
    pub ahead: Calendar,
    /// Failed log-ins within [`RECENT`].
    pub failures: Failures,
}

/// The numbers beside the tabs of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TabCounts {
    /// Accounts that wait for confirmation.
    pub pending: u64,
    pub active_sessions: u64,
    /// The time at which the first of these sessions runs out.
    pub next_end: Option<Timestamp>,
}

/// Numbers of a store that are kept beside its rows, so that they are known at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub accounts: AccountCounts,
    pub active_sessions: u64,
    /// Log-ins since the journal began, and those that failed.
    pub log_ins: u64,
    pub failed_log_ins: u64,
}

/// Accounts by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountCounts {
    pub confirmed: u64,
    pub pending: u64,
    pub suspended: u64,
}

impl AccountCounts {
    /// Returns the number of accounts with a status.
    pub const fn of(self, status: Status) -> u64 {
        match status {
            Status::Confirmed => self.confirmed,
            Status::Pending => self.pending,
            Status::Suspended => self.suspended,
        }
    }

    /// Returns the number of all accounts.
    pub const fn total(self) -> u64 {
        self.confirmed + self.pending + self.suspended
    }
}

/// The sessions that are active, and that were within [`RECENT`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionCounts {
    /// One point for each [`SLOT`], then the present.
    pub points: Vec<SessionPoint>,
}

impl SessionCounts {
    /// Returns the number of sessions that are active now.
    pub fn active(&self) -> u64 {
        self.points.last().map_or(0, |point| point.active)
    }

    /// Returns the latest point with the most sessions.
    pub fn peak(&self) -> Option<SessionPoint> {
        self.points.iter().max_by_key(|point| point.active).copied()
    }
}

/// The number of active sessions at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPoint {
    pub at: Timestamp,
    pub active: u64,
}

/// The log-ins of a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogInDay {
    pub day: NaiveDate,
    pub done: u64,
    pub failed: u64,
}

/// The accounts created in a week (UTC), which begins on a Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAccountWeek {
    pub from: NaiveDate,
    pub accounts: u64,
}

/// Failed log-ins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failures {
    pub total: u64,
    /// With names that no account has. Such names are stored nowhere: they may be passwords.
    pub unknown_names: u64,
    /// The accounts with the most, those first.
    pub accounts: Vec<AccountFailures>,
    /// The addresses and terminals with the most, those first.
    pub places: Vec<PlaceFailures>,
}

/// The failed log-ins of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFailures {
    pub id: UserId,
    /// The name that the journal has, of the newest failure.
    pub label: String,
    pub failures: u64,
}

/// The failed log-ins from an address or terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceFailures {
    pub place: String,
    pub failures: u64,
}

/// Facts about the store itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFacts {
    /// The size of the file.
    pub bytes: u64,
    /// The version of the schema.
    pub schema: i64,
    /// The entries of the journal.
    pub entries: u64,
    /// The items in the bin.
    pub bin_items: u64,
    /// The last time at which a backup held what the store did: it was made or restored then. `None` if there was none.
    pub last_backup: Option<Timestamp>,
}

/// Returns the days for which log-ins are counted, the oldest first.
pub fn log_in_days(now: Timestamp) -> impl Iterator<Item = NaiveDate> {
    let today = now.date_naive();
    (0..LOG_IN_DAYS as i64).rev().map(move |before| today - Duration::days(before))
}

/// Returns the first days of the weeks for which new accounts are counted, the oldest first.
pub fn new_account_weeks(now: Timestamp) -> impl Iterator<Item = NaiveDate> {
    let today = now.date_naive();
    let monday = today - Duration::days(today.weekday().num_days_from_monday().into());
    (0..NEW_ACCOUNT_WEEKS as i64).rev().map(move |before| monday - Duration::weeks(before))
}

/// Returns the begin of the slot that a moment lies in.
pub fn slot(at: Timestamp) -> Timestamp {
    let into = i64::from(at.minute() % SLOT.num_minutes() as u32) * 60 + i64::from(at.second());
    at - Duration::seconds(into) - Duration::nanoseconds(at.nanosecond().into())
}

/// Returns the moments of the line of active sessions, the oldest first and the present last.
pub fn session_points(now: Timestamp) -> impl Iterator<Item = Timestamp> {
    let latest = slot(now);
    let slots = (0..SESSION_POINTS as i32 - 1).rev().map(move |before| latest - SLOT * before);
    slots.chain([now])
}

#[cfg(test)]
mod tests {
    use super::super::time::{from_stored, to_stored};
    use super::*;

    fn at(text: &str) -> Timestamp {
        from_stored(text).unwrap()
    }

    #[test]
    fn days_and_weeks_end_with_the_present_one() {
        let now = at("2026-11-23 12:00:00");
        let days: Vec<_> = log_in_days(now).map(|day| day.to_string()).collect();
        assert_eq!((days.len(), days[0].as_str(), days[29].as_str()), (30, "2026-10-25", "2026-11-23"));
        for today in ["2026-11-23 00:00:00", "2026-11-29 23:59:59"] {
            let weeks: Vec<_> = new_account_weeks(at(today)).map(|day| day.to_string()).collect();
            assert_eq!((weeks.len(), weeks[25].as_str()), (26, "2026-11-23"), "a week begins on Monday");
            assert_eq!(weeks[0], "2026-06-01");
        }
    }

    #[test]
    fn the_line_covers_the_whole_time_up_to_now() {
        for now in ["2026-11-23 12:00:00", "2026-11-23 12:09:59"] {
            let points: Vec<_> = session_points(at(now)).collect();
            assert_eq!(points.len(), SESSION_POINTS);
            assert_eq!(points.last(), Some(&at(now)));
            assert_eq!(to_stored(points[SESSION_POINTS - 2]), "2026-11-23 12:00:00");
            assert!(points[0] <= at(now) - RECENT && points.is_sorted());
        }
    }

    #[test]
    fn the_peak_is_the_latest_of_the_highest_points() {
        let point = |minute: i64, active| SessionPoint {
            at: at("2026-11-23 12:00:00") + Duration::minutes(minute),
            active,
        };
        let counts = SessionCounts { points: vec![point(0, 3), point(10, 5), point(20, 5), point(25, 1)] };
        assert_eq!((counts.active(), counts.peak()), (1, Some(point(20, 5))));
        assert_eq!(SessionCounts::default().peak(), None);
    }
}
