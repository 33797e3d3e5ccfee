//! A filter for repeated keys. A key that submitted an action, held down or pressed again, does not submit another; nor
//! do keys that came in one burst with it. The filter does not know what keys mean.

use crate::domain::time::{Duration, Timestamp};

/// The gap below which keys belong to one burst, from one paste or one queue. Nobody types at 50 keys a second, and a
/// keyboard repeats at 25 to 40.
pub const SAME_BURST: Duration = Duration::milliseconds(20);
/// The pause after which a key that submitted an action counts again. A keyboard begins to repeat after 250 to 660 ms
/// (X.Org's is the longest delay in use).
const PAUSE: Duration = Duration::seconds(1);

/// The history of keys, as far as the next one depends on it.
#[derive(Debug)]
pub struct KeyDebounce {
    /// The time of the last key or paste, or of the mouse.
    last: Timestamp,
    key: String,
    /// That key has submitted an action.
    spent: bool,
    /// The current burst has submitted an action; the rest of it was typed without seeing that.
    hasty: bool,
}

impl KeyDebounce {
    /// Creates a filter before the first key.
    pub fn new(now: Timestamp) -> Self {
        Self { last: now, key: String::new(), spent: false, hasty: false }
    }

    /// Returns the time of the last key or paste, or of the mouse.
    pub fn last(&self) -> Timestamp {
        self.last
    }

    pub fn press(&mut self, key: &str, now: Timestamp) {
        let again = self.key == key;
        key.clone_into(&mut self.key);
        self.spent &= again && now - self.last < PAUSE;
        self.hasty &= now - self.last < SAME_BURST;
        self.last = now;
    }

    /// Notes a paste or the mouse.
    pub fn touch(&mut self, now: Timestamp) {
        self.last = now;
    }

    /// Notes that the last key has submitted an action.
    pub fn submitted(&mut self) {
        self.spent = true;
        self.hasty = true;
    }

    /// Returns true if the last key only repeats the one that submitted an action.
    pub fn is_held(&self) -> bool {
        self.spent
    }

    /// Returns true if the last key may submit an action.
    pub fn may_submit(&self) -> bool {
        !self.spent && !self.hasty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::now;

    /// Returns true if the second of two keys, this long apart, may submit an action after the first one has.
    fn second(first: &str, second: &str, millis: i64) -> bool {
        let mut typing = KeyDebounce::new(now());
        typing.press(first, now());
        assert!(typing.may_submit());
        typing.submitted();
        typing.press(second, now() + Duration::milliseconds(millis));
        typing.may_submit()
    }

    #[test]
    fn the_same_key_begins_nothing_more_before_a_pause() {
        assert!(!second("d", "d", 33) && !second("d", "d", 999));
        assert!(second("d", "d", 1_000));
    }

    #[test]
    fn another_key_does_unless_it_came_in_one_burst() {
        assert!(!second("d", "x", 0) && !second("d", "x", 19));
        assert!(second("d", "x", 20));
    }

    #[test]
    fn a_key_held_down_for_long_stays_one() {
        let mut typing = KeyDebounce::new(now());
        typing.press("d", now());
        typing.submitted();
        for n in 1..=100 {
            typing.press("d", now() + Duration::milliseconds(33) * n);
            assert!(typing.is_held());
        }
    }
}
