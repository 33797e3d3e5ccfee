//! The wait before the next try, after a wrong password.

use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::NextTry;

/// A wait for the next try under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    /// The name that was typed; empty where the console knows whose password it asks for.
    name: String,
    next: NextTry,
    /// The seconds that are left, as they were shown last.
    seconds: u64,
}

impl Wait {
    /// Returns the wait if it is not over yet.
    pub(super) fn new(name: &str, next: NextTry, now: Timestamp) -> Option<Self> {
        next.seconds_left(now).map(|seconds| Self { name: name.trim().to_owned(), next, seconds })
    }

    /// Returns true if a try under this name must wait.
    pub(super) fn holds(&self, name: &str, now: Timestamp) -> bool {
        self.name == name.trim() && self.next.seconds_left(now).is_some()
    }

    /// Returns the wait as it is now, unless it is over.
    pub(super) fn at(self, now: Timestamp) -> Option<Self> {
        let seconds = self.next.seconds_left(now)?;
        Some(Self { seconds, ..self })
    }

    /// Returns the time at which a second less is left.
    pub(super) fn changes_at(&self) -> Timestamp {
        let left = i64::try_from(self.seconds.saturating_sub(1)).unwrap_or_default();
        self.next.from + self.next.wait - Duration::seconds(left)
    }

    /// Returns the sentence about it.
    pub(super) fn words(&self) -> String {
        NextTry::words(self.seconds)
    }
}
