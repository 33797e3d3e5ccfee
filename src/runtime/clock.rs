//! The only module that reads the clocks.
//!
//! All layers below get the time as an argument. Wall-clock time decides about idle limits too: a machine that
//! slept for an hour was idle for an hour, and that is what the lock screen is for. If the wall clock is set
//! back while an operator is logged in, the time since boot, which nobody can set, is used instead.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::Utc;
use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::domain::clock::{BootTime, ClockReadings};
use crate::domain::time::{Duration, Timestamp};

/// Both clocks at the last log-in of this process.
static ANCHOR: Mutex<Option<ClockReadings>> = Mutex::new(None);

/// Returns the time in UTC. After a log-in, setting the wall clock back does not affect it.
pub fn now() -> Timestamp {
    let anchor = *ANCHOR.lock().unwrap_or_else(PoisonError::into_inner);
    anchor.map_or_else(wall, |anchor| anchor.steady(wall(), since_boot()))
}

/// Returns the wall clock's time in UTC, whatever it was set to.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub fn wall() -> Timestamp {
    Utc::now()
}

/// Starts measuring with both clocks. Called before a log-in, so that a session begins by the wall clock, as
/// others see it.
pub(super) fn anchor() {
    let both = ClockReadings { wall: wall(), since_boot: since_boot() };
    *ANCHOR.lock().unwrap_or_else(PoisonError::into_inner) = Some(both);
}

/// Returns the time since boot, sleep included (`CLOCK_BOOTTIME`), with the boot's id; `None` if the system has
/// no boot id.
pub fn boot() -> Option<BootTime> {
    Some(BootTime::of_millis(boot_id()?, since_boot().num_milliseconds()))
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

/// Returns an instant for measuring durations; setting the clock does not affect it.
pub fn steady() -> std::time::Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::Monotonic);
    let nanos = u32::try_from(tv_nsec).unwrap_or_default();
    std::time::Duration::new(u64::try_from(tv_sec).unwrap_or_default(), nanos)
}

/// Returns a moment for measuring durations; setting the clock does not affect it.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(super) fn instant() -> Instant {
    Instant::now()
}
