//! The delays after failed log-ins. Pure functions.
//!
//! The steps are those of Kanidm's soft lock, with a last one of a minute instead of the rest of the day: nobody is ever
//! locked out. NIST SP 800-63B-4, section 3.2.2, asks for a lock after 100 failures; a minute allows 1,440 tries a day against
//! passwords of 15 characters.

use crate::domain::clock::Moment;
use crate::domain::failed_tries::{FailedTries, NAME_HASH_BYTES, NAME_KEY_BYTES};
use crate::domain::name;
use crate::domain::time::Duration;

use super::{AuthError, hmac, random};

/// The secret with which typed names are hashed.
pub type NameKey = [u8; NAME_KEY_BYTES];

/// Returns the time after so many failures before the next try is taken.
pub const fn wait_after(failures: u32) -> Duration {
    Duration::seconds(match failures {
        0 => 0,
        1..=2 => 1,
        3..=8 => 3,
        9..=24 => 5,
        25..=99 => 10,
        100.. => 60,
    })
}

/// Returns the rest of the wait. It is never longer than the step, whatever the clock was set to.
pub fn remaining(tries: &FailedTries, now: &Moment) -> Duration {
    let wait = wait_after(tries.count);
    (wait - now.since(&tries.last)).clamp(Duration::zero(), wait)
}

/// Returns the time of the last failure in terms of this boot. A wait that began in another boot, or before the clock was set
/// back, runs from now on by a clock that cannot be set.
pub fn carried_over(tries: &FailedTries, now: &Moment) -> Moment {
    if now.shares_boot(&tries.last) || now.boot.is_none() && now.wall >= tries.last.wall {
        return tries.last.clone();
    }
    now.before(wait_after(tries.count) - remaining(tries, now))
}

/// Returns a new key.
///
/// # Errors
/// The system has no random numbers.
pub fn new_name_key() -> Result<NameKey, AuthError> {
    Ok(*random::<NAME_KEY_BYTES>()?)
}

/// Returns the keyed hash of a name as it was typed; equal for all spellings of one name.
pub fn name_hash(key: &NameKey, typed: &str) -> [u8; NAME_HASH_BYTES] {
    let mac = hmac::sha256(key, name::key(typed.trim()).as_bytes());
    mac.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::clock::BootTime;
    use crate::domain::failed_tries::FailureRun;
    use crate::domain::time::{Timestamp, from_stored};

    use super::*;

    fn noon() -> Timestamp {
        from_stored("2026-11-23 12:00:00").unwrap()
    }

    /// Returns a moment so many milliseconds after noon by both clocks.
    fn after(boot: Option<&str>, millis: i64) -> Moment {
        let boot = boot.map(|id| BootTime::of_millis(id.into(), 600_000 + millis));
        Moment { wall: noon() + Duration::milliseconds(millis), boot }
    }

    fn failed(count: u32, last: Moment) -> FailedTries {
        FailedTries { count, untold: count, last, run: FailureRun::default() }
    }

    #[test]
    fn waits_grow_by_the_schedule() {
        for (failures, seconds) in [
            (0, 0),
            (1, 1),
            (2, 1),
            (3, 3),
            (8, 3),
            (9, 5),
            (24, 5),
            (25, 10),
            (99, 10),
            (100, 60),
            (u32::MAX, 60),
        ] {
            assert_eq!(wait_after(failures), Duration::seconds(seconds), "{failures}");
        }
    }

    #[test]
    fn a_wait_is_over_to_the_millisecond() {
        let tries = failed(3, after(Some("b1"), 0));
        let left = |millis| remaining(&tries, &after(Some("b1"), millis)).num_milliseconds();
        assert_eq!([0, 1, 2_999, 3_000, 9_000].map(left), [3_000, 2_999, 1, 0, 0]);
    }

    #[test]
    fn setting_the_clock_neither_opens_nor_lengthens_a_wait() {
        let tries = failed(3, after(Some("b1"), 0));
        for days in [-3_650, -1, 1, 3_650] {
            let set = |millis| {
                let now = after(Some("b1"), millis);
                Moment { wall: now.wall + Duration::days(days), ..now }
            };
            assert_eq!(remaining(&tries, &set(1_000)), Duration::seconds(2), "{days}");
            assert_eq!(remaining(&tries, &set(3_000)), Duration::zero(), "{days}");
            assert_eq!(carried_over(&tries, &set(1_000)), tries.last);
        }
    }

    #[test]
    fn after_a_boot_the_wall_clock_counts_and_then_no_longer_than_the_step() {
        let tries = failed(100, after(Some("b1"), 0));
        let rebooted = after(Some("b2"), 20_000);
        assert_eq!(remaining(&tries, &rebooted), Duration::seconds(40));
        // The clock was set back a year while the machine was down: the wait runs from now on.
        let mut tries = tries;
        let set_back = Moment { wall: rebooted.wall - Duration::days(365), ..rebooted };
        assert_eq!(remaining(&tries, &set_back), Duration::seconds(60));
        tries.last = carried_over(&tries, &set_back);
        let later = Moment { boot: after(Some("b2"), 79_000).boot, ..set_back };
        assert_eq!(remaining(&tries, &later), Duration::seconds(1));
        // Without any boot's id as well.
        let mut tries = failed(1, after(None, 0));
        let set_back = Moment { wall: noon() - Duration::hours(1), boot: None };
        tries.last = carried_over(&tries, &set_back);
        let later = Moment { wall: set_back.wall + Duration::seconds(1), boot: None };
        assert_eq!(remaining(&tries, &later), Duration::zero());
    }

    #[test]
    fn a_name_has_one_hash_in_every_spelling_and_another_with_another_key() {
        let (one, other) = (new_name_key().unwrap(), new_name_key().unwrap());
        assert_eq!(name_hash(&one, " ADA "), name_hash(&one, "ada"));
        assert_ne!(name_hash(&one, "ada"), name_hash(&one, "eve"));
        assert_ne!(name_hash(&one, "ada"), name_hash(&other, "ada"));
    }

    proptest! {
        #[test]
        fn no_clock_makes_a_wait_longer_than_its_step(
            count in 0..200_u32, wall in -1_000_000_000_i64..1_000_000_000, boot in any::<Option<bool>>(), since in 0..100_000_i64,
        ) {
            let tries = failed(count, after(Some("b1"), 0));
            let boot = boot.map(|same| BootTime::of_millis(if same { "b1" } else { "b2" }.into(), 600_000 + since));
            let now = Moment { wall: noon() + Duration::seconds(wall), boot };
            let left = remaining(&tries, &now);
            prop_assert!(left >= Duration::zero() && left <= wait_after(count));
            let carried = FailedTries { last: carried_over(&tries, &now), ..tries };
            prop_assert_eq!(remaining(&carried, &now), left);
        }
    }
}
