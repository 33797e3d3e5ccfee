//! The one place that reads the clocks.
//!
//! Everything below this floor gets the time as an argument. Wall-clock time decides about idle limits too: a machine
//! that slept for an hour was idle for an hour, and that is what the lock screen is for. A wall clock that is set back while
//! an operator is logged in does not count: the time since boot, which nobody can set, goes on.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::Utc;
use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::domain::clock::{Anchor, BootTime};
use crate::domain::time::{Duration, Timestamp};

/// Both clocks as they were at the last log-in of this process.
static ANCHOR: Mutex<Option<Anchor>> = Mutex::new(None);

/// Returns the time, UTC: the wall clock's, and since a log-in never one that was set back.
pub fn now() -> Timestamp {
    let anchor = *ANCHOR.lock().unwrap_or_else(PoisonError::into_inner);
    anchor.map_or_else(wall, |anchor| anchor.steady(wall(), since_boot()))
}

/// Returns the wall clock's time, UTC, whatever it was set to.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub fn wall() -> Timestamp {
    Utc::now()
}

/// Measures from here on with both clocks. Before a log-in, so that a session begins by the wall clock, as others see it.
pub(super) fn anchor() {
    let both = Anchor { wall: wall(), since_boot: since_boot() };
    *ANCHOR.lock().unwrap_or_else(PoisonError::into_inner) = Some(both);
}

/// Returns the time since boot, sleep included (`CLOCK_BOOTTIME`), with the boot's id; `None` where there is none.
pub fn boot() -> Option<BootTime> {
    Some(BootTime { id: boot_id()?, seconds: since_boot().num_seconds() })
}

/// Returns the id of this boot (random(4)).
pub(super) fn boot_id() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

fn since_boot() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::Boottime);
    Duration::seconds(tv_sec) + Duration::nanoseconds(tv_nsec)
}

/// Returns a time for measuring spans with, since some moment; a set clock does not move it.
pub fn steady() -> std::time::Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::Monotonic);
    let nanos = u32::try_from(tv_nsec).unwrap_or_default();
    std::time::Duration::new(u64::try_from(tv_sec).unwrap_or_default(), nanos)
}

/// A moment for measuring spans with; a set clock does not move it.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(super) fn instant() -> Instant {
    Instant::now()
}
