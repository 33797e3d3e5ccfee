//! Clocks: the wall clock, which can be set, and the time since boot, which cannot.

use std::fmt;

use super::time::{Duration, Timestamp, to_rfc3339};

/// Tolerated lag of the wall clock behind the newest journal entry. Beyond it, the clock was set back or the
/// entry's clock ran ahead.
pub const TOLERANCE: Duration = Duration::minutes(2);

/// A moment since a boot of the machine, time asleep included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootTime {
    pub id: String,
    /// Whole seconds since the boot.
    pub seconds: i64,
}

impl BootTime {
    /// Returns the time of the boot in seconds since 1970, for a wall clock that says `now`. It moves only if
    /// the clock is set.
    pub fn epoch(&self, now: Timestamp) -> i64 {
        now.timestamp().saturating_sub(self.seconds)
    }
}

/// Readings of two clocks at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReadings {
    pub wall: Timestamp,
    pub since_boot: Duration,
}

impl ClockReadings {
    /// Returns the current time for somebody who began at the anchor: the wall clock's, unless it was set back
    /// since.
    pub fn steady(&self, wall: Timestamp, since_boot: Duration) -> Timestamp {
        let passed = (since_boot - self.since_boot).max(Duration::zero());
        self.wall.checked_add_signed(passed).map_or(wall, |steady| steady.max(wall))
    }
}

/// A wall clock that is behind the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockBehind {
    /// The time of the wall clock.
    pub wall: Timestamp,
    /// The time of the newest entry, by the clock of its writer.
    pub newest: Timestamp,
    /// The number of the newest entry.
    pub entry: i64,
}

impl ClockBehind {
    /// Returns a `ClockBehind` if the wall clock is behind the newest entry by more than the tolerance.
    pub fn check(wall: Timestamp, (entry, newest): (i64, Timestamp)) -> Option<Self> {
        (newest - wall > TOLERANCE).then_some(Self { wall, newest, entry })
    }

    /// The hint for the operator.
    pub const HINT: &str = "Set the clock right; if it is right, run: nexus doctor --fix";
}

impl fmt::Display for ClockBehind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The clock is behind the journal: it is {} by the clock, but entry {} was written at {}.",
            to_rfc3339(self.wall),
            self.entry,
            to_rfc3339(self.newest)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::from_stored;
    use super::*;

    fn at(text: &str) -> Timestamp {
        from_stored(text).unwrap()
    }

    #[test]
    fn a_clock_that_is_set_back_goes_on_and_one_that_is_set_forward_is_believed() {
        let anchor = ClockReadings { wall: at("2026-11-23 12:00:00"), since_boot: Duration::hours(1) };
        let later = Duration::hours(3);
        for (wall, steady) in [
            ("2026-11-23 14:00:00", "2026-11-23 14:00:00"),
            ("2026-11-20 14:00:00", "2026-11-23 14:00:00"),
            ("2026-11-23 13:59:59", "2026-11-23 14:00:00"),
            ("2026-11-24 14:00:00", "2026-11-24 14:00:00"),
        ] {
            assert_eq!(anchor.steady(at(wall), later), at(steady), "{wall}");
        }
        // The time since boot never goes back; that of another boot cannot be compared.
        assert_eq!(anchor.steady(anchor.wall, Duration::zero()), anchor.wall);
    }

    #[test]
    fn only_more_than_two_minutes_count_as_behind() {
        let wall = at("2026-11-23 12:00:00");
        let behind = |newest| ClockBehind::check(wall, (7, at(newest))).map(|behind| behind.newest);
        assert_eq!(behind("2026-11-23 11:00:00"), None);
        assert_eq!(behind("2026-11-23 12:02:00"), None);
        assert_eq!(behind("2026-11-23 12:02:01"), Some(at("2026-11-23 12:02:01")));
    }
}
