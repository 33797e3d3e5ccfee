//! Clocks: the wall clock, which can be set, and the time since boot, which cannot.

use std::fmt;

use super::time::{Duration, Timestamp, to_rfc3339};

/// A wall clock so much behind the newest entry of the journal has been set back, or the entry's clock ran ahead.
pub const TOLERANCE: Duration = Duration::minutes(2);

/// A moment in a boot of the machine, sleep included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootTime {
    /// The boot's id.
    pub id: String,
    /// Whole seconds since it began.
    pub seconds: i64,
}

impl BootTime {
    /// Returns when the boot began by a wall clock that says `now`, in seconds since 1970. Only setting the clock moves it.
    pub fn epoch(&self, now: Timestamp) -> i64 {
        now.timestamp().saturating_sub(self.seconds)
    }
}

/// Two clocks that were read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The wall clock.
    pub wall: Timestamp,
    /// The time since boot.
    pub since_boot: Duration,
}

impl Anchor {
    /// Returns the time for whoever began at the anchor, from both clocks as they are now: the wall clock's, unless that was
    /// set back meanwhile.
    pub fn steady(&self, wall: Timestamp, since_boot: Duration) -> Timestamp {
        let passed = (since_boot - self.since_boot).max(Duration::zero());
        self.wall.checked_add_signed(passed).map_or(wall, |steady| steady.max(wall))
    }
}

/// A wall clock that is behind the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockBehind {
    /// What it says.
    pub wall: Timestamp,
    /// When the newest entry was written, by the clock that wrote it.
    pub newest: Timestamp,
    /// That entry.
    pub entry: i64,
}

impl ClockBehind {
    /// Compares a wall clock with the newest entry.
    pub fn judge(wall: Timestamp, (entry, newest): (i64, Timestamp)) -> Option<Self> {
        (newest - wall > TOLERANCE).then_some(Self { wall, newest, entry })
    }

    /// What to do about it.
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
        let anchor = Anchor { wall: at("2026-11-23 12:00:00"), since_boot: Duration::hours(1) };
        let later = Duration::hours(3);
        for (wall, steady) in [
            ("2026-11-23 14:00:00", "2026-11-23 14:00:00"),
            ("2026-11-20 14:00:00", "2026-11-23 14:00:00"),
            ("2026-11-23 13:59:59", "2026-11-23 14:00:00"),
            ("2026-11-24 14:00:00", "2026-11-24 14:00:00"),
        ] {
            assert_eq!(anchor.steady(at(wall), later), at(steady), "{wall}");
        }
        // The time since boot never goes back; another boot's is no use.
        assert_eq!(anchor.steady(anchor.wall, Duration::zero()), anchor.wall);
    }

    #[test]
    fn only_more_than_two_minutes_count_as_behind() {
        let wall = at("2026-11-23 12:00:00");
        let behind = |newest| ClockBehind::judge(wall, (7, at(newest))).map(|behind| behind.newest);
        assert_eq!(behind("2026-11-23 11:00:00"), None);
        assert_eq!(behind("2026-11-23 12:02:00"), None);
        assert_eq!(behind("2026-11-23 12:02:01"), Some(at("2026-11-23 12:02:01")));
    }
}
