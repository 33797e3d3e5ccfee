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
    /// The milliseconds after them.
    pub millis: i64,
}

impl BootTime {
    /// Returns the time of the boot in seconds since 1970, for a wall clock that says `now`. It moves only if
    /// the clock is set.
    pub fn epoch(&self, now: Timestamp) -> i64 {
        now.timestamp().saturating_sub(self.seconds)
    }

    /// Returns the time since the boot in milliseconds.
    pub const fn in_millis(&self) -> i64 {
        self.seconds.saturating_mul(MILLIS).saturating_add(self.millis)
    }

    /// Returns the moment at which this boot was so many milliseconds old.
    pub const fn of_millis(id: String, millis: i64) -> Self {
        Self { id, seconds: millis.div_euclid(MILLIS), millis: millis.rem_euclid(MILLIS) }
    }
}

/// Milliseconds in a second.
const MILLIS: i64 = 1_000;

/// A moment by both clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub wall: Timestamp,
    /// The time since boot; `None` if it is unknown.
    pub boot: Option<BootTime>,
}

impl Moment {
    /// Returns the time from `earlier` to this moment. Within one boot the time since boot tells it, otherwise the wall
    /// clock, by which it is negative if the clock was set back.
    pub fn since(&self, earlier: &Self) -> Duration {
        match (&self.boot, &earlier.boot) {
            (Some(now), Some(then)) if now.id == then.id => {
                Duration::milliseconds(now.in_millis().saturating_sub(then.in_millis()))
            }
            (Some(_) | None, Some(_) | None) => self.wall - earlier.wall,
        }
    }

    /// Returns true if setting the clock cannot change the time between the moments.
    pub fn shares_boot(&self, other: &Self) -> bool {
        match (&self.boot, &other.boot) {
            (Some(one), Some(other)) => one.id == other.id,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// Returns the moment that was so long before this one, by both clocks.
    pub fn before(&self, span: Duration) -> Self {
        let earlier = |boot: &BootTime| {
            BootTime::of_millis(boot.id.clone(), boot.in_millis().saturating_sub(span.num_milliseconds()))
        };
        Self { wall: self.wall - span, boot: self.boot.as_ref().map(earlier) }
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
    fn within_a_boot_setting_the_clock_changes_no_span() {
        let boot = |id: &str, millis| Some(BootTime::of_millis(id.into(), millis));
        let then = Moment { wall: at("2026-11-23 12:00:00"), boot: boot("b1", 500) };
        let now = Moment { wall: at("2026-11-20 12:00:00"), boot: boot("b1", 2_750) };
        assert_eq!(now.since(&then), Duration::milliseconds(2_250));
        assert!(now.shares_boot(&then));
        let rebooted = Moment { wall: at("2026-11-23 12:00:09"), boot: boot("b2", 100) };
        assert_eq!(rebooted.since(&then), Duration::seconds(9));
        assert!(!rebooted.shares_boot(&then));
        let without = Moment { boot: None, ..now.clone() };
        assert_eq!(without.since(&then), Duration::days(-3));
        assert!(!without.shares_boot(&without));
        let earlier = now.before(Duration::seconds(5));
        assert_eq!((earlier.wall, now.since(&earlier)), (at("2026-11-20 11:59:55"), Duration::seconds(5)));
        let BootTime { seconds, millis, .. } = earlier.boot.unwrap();
        assert_eq!((seconds, millis), (-3, 750));
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
