//! How the keys come one after another: a key that began an act, held down or pressed again, does not begin another,
//! and neither do keys that came in one burst with it. It knows neither what keys mean nor what acts are.

use crate::domain::time::{Duration, Timestamp};

/// Keys that follow each other faster than this come from one paste or one queue. Nobody types at 50 keys a second, and
/// a keyboard repeats at 25 to 40.
pub const SAME_BURST: Duration = Duration::milliseconds(20);
/// A key that began an act counts again after a pause of this. A keyboard begins to repeat after 250 to 660 ms (X.Org's
/// is the longest delay in use).
const PAUSE: Duration = Duration::seconds(1);

/// What the keys until now say about the next one.
#[derive(Debug)]
pub struct KeyDebounce {
    /// The time of the last key or paste.
    last: Timestamp,
    /// The last key's name.
    key: String,
    /// That key has begun an act.
    spent: bool,
    /// The burst that goes on has begun an act; what else is in it was typed without seeing that.
    hasty: bool,
}

impl KeyDebounce {
    /// Nothing was typed yet.
    pub fn new(now: Timestamp) -> Self {
        Self { last: now, key: String::new(), spent: false, hasty: false }
    }

    /// When something was typed or pasted last.
    pub fn last(&self) -> Timestamp {
        self.last
    }

    /// A key.
    pub fn press(&mut self, key: &str, now: Timestamp) {
        let again = self.key == key;
        key.clone_into(&mut self.key);
        self.spent &= again && now - self.last < PAUSE;
        self.hasty &= now - self.last < SAME_BURST;
        self.last = now;
    }

    /// A paste.
    pub fn paste(&mut self, now: Timestamp) {
        self.last = now;
    }

    /// The last key has begun an act.
    pub fn acted(&mut self) {
        self.spent = true;
        self.hasty = true;
    }

    /// Whether the last key is only one more of that which began an act.
    pub fn is_held(&self) -> bool {
        self.spent
    }

    /// Whether the last key may begin an act.
    pub fn may_act(&self) -> bool {
        !self.spent && !self.hasty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::now;

    /// Whether the second of two keys, this long apart, may begin an act after the first one has.
    fn second(first: &str, second: &str, millis: i64) -> bool {
        let mut typing = KeyDebounce::new(now());
        typing.press(first, now());
        assert!(typing.may_act());
        typing.acted();
        typing.press(second, now() + Duration::milliseconds(millis));
        typing.may_act()
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
        typing.acted();
        for n in 1..=100 {
            typing.press("d", now() + Duration::milliseconds(33) * n);
            assert!(typing.is_held());
        }
    }
}
