//! Settings that take the whole numbers of a range.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};

/// Deserializes a setting from a whole number.
///
/// # Errors
/// An error that says what is `expected`, if the value is no whole number or the setting does not take it.
pub(super) fn from_whole_number<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &str,
    setting: fn(i64) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_i64(WholeNumber { expected, setting })
}

/// Reads a whole number and states the rule if the setting does not take it.
struct WholeNumber<'a, T> {
    expected: &'a str,
    setting: fn(i64) -> Option<T>,
}

impl<T> Visitor<'_> for WholeNumber<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        (self.setting)(number).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }
}
