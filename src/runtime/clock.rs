//! The one place that reads the clock.
//!
//! Everything below this floor gets the time as an argument. Wall-clock time decides about idle limits too: a machine
//! that slept for an hour was idle for an hour, and that is what the lock screen is for.

use std::time::Instant;

use chrono::Utc;

use crate::domain::time::Timestamp;

/// The wall clock's time, UTC.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub fn now() -> Timestamp {
    Utc::now()
}

/// A moment for measuring spans with; a set clock does not move it.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(super) fn instant() -> Instant {
    Instant::now()
}
