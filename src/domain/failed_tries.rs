//! Failed tries to log in, as they are counted.

use super::clock::Moment;
use super::text::count;
use super::time::Timestamp;
use super::user::UserId;

/// The number of bytes that are kept of a name's keyed hash.
pub const NAME_HASH_BYTES: usize = 16;
/// The number of bytes of the key.
pub const NAME_KEY_BYTES: usize = 32;

/// The target of tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TryTarget {
    /// A name that was typed at log-in, as a keyed hash: people type passwords there. An account may have it or not.
    Name([u8; NAME_HASH_BYTES]),
    Account(UserId),
    /// All names that no account has.
    UnknownNames,
}

/// The failed tries at one target from one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTries {
    /// The failures since the last good log-in from this origin. A try counts as failed until it has succeeded.
    pub count: u32,
    /// The failures of which the account's owner has not been told.
    pub untold: u32,
    /// The time of the last one.
    pub last: Moment,
    /// The last of them, as far as they are in consecutive minutes.
    pub run: FailureRun,
}

impl FailedTries {
    /// Targets of each kind, with their origins, of which failed tries are kept.
    pub const MOST_KEPT: u32 = 10_000;
}

/// Failures in consecutive minutes, and what the journal says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FailureRun {
    /// The last minute with a failure, counted from 1970.
    pub minute: i64,
    /// Failures with entries of their own.
    pub written: u32,
    /// Failures in the last minute that have no entry yet.
    pub unwritten: u32,
}

impl FailureRun {
    /// Failures in a run that have entries of their own. Of the others there is one entry for each minute.
    pub const WRITTEN_AT_MOST: u32 = 10;

    /// Adds a failure. Returns the run, and true if the failure gets an entry of its own. Those of an earlier minute that have
    /// none yet must have been written down before.
    #[must_use]
    pub const fn with_failure(self, minute: i64) -> (Self, bool) {
        let goes_on = minute == self.minute || minute == self.minute.saturating_add(1);
        let (written, unwritten) = if goes_on { (self.written, self.unwritten) } else { (0, 0) };
        if written < Self::WRITTEN_AT_MOST {
            (Self { minute, written: written.saturating_add(1), unwritten }, true)
        } else {
            (Self { minute, written, unwritten: unwritten.saturating_add(1) }, false)
        }
    }
}

/// The failed log-ins of an account since its last good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedLogIns {
    pub count: u64,
    /// The time of the last one.
    pub last_at: Timestamp,
    /// The origin of the last one.
    pub last_from: String,
    /// The number of further origins.
    pub other_origins: usize,
}

impl FailedLogIns {
    /// Returns the sentence about them; `ago` is the age of the last one: `7 failures since your last log-in, the last one
    /// 5 min ago by eve at 10.0.4.7`
    pub fn sentence(&self, ago: &str) -> String {
        let failures = count(self.count, "failure", "failures");
        let others = match self.other_origins {
            0 => String::new(),
            others => format!(" and {}", count(others as u64, "other origin", "other origins")),
        };
        let ago = if ago == "now" { "just now" } else { ago };
        let last = if self.count == 1 { "" } else { "the last one " };
        format!("{failures} since your last log-in, {last}{ago} by {}{others}", self.last_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_of_a_run_are_written_and_the_others_wait() {
        let mut run = FailureRun::default();
        let mut told = Vec::new();
        for minute in [100; 12].into_iter().chain([101, 101, 103]) {
            let (next, is_written) = run.with_failure(minute);
            told.push(is_written);
            run = next;
        }
        assert_eq!(told[..10], [true; 10]);
        // The run goes on in the next minute; after a minute without a failure another one begins.
        assert_eq!(told[10..], [false, false, false, false, true]);
        assert_eq!(run, FailureRun { minute: 103, written: 1, unwritten: 0 });
    }
}
