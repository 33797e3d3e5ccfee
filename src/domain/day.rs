//! Calendar days in UTC, as accounts begin and end with them.

use std::fmt;

use chrono::{Datelike as _, NaiveDate};

use super::time::{Duration, Timestamp, from_stored};

/// Length of a day's text.
const BYTES: usize = 10;
/// The last year that has four digits.
const LAST_YEAR: i32 = 9_999;

/// A calendar day. Its text is `YYYY-MM-DD`, so that the order of texts is the order of days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    text: [u8; BYTES],
}

impl Day {
    /// Parses a day of four, two and two digits; `None` for anything else, including impossible days.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = text.as_bytes().try_into().ok()?;
        from_stored(text).map(|_| Self { text: bytes })
    }

    /// Returns the day of a moment.
    pub fn of(time: Timestamp) -> Self {
        let date = time.date_naive();
        let date = date.with_year(date.year().clamp(1, LAST_YEAR)).unwrap_or_default();
        let text = date.format("%Y-%m-%d").to_string().into_bytes();
        Self { text: text.try_into().unwrap_or(*b"1970-01-01") }
    }

    /// Returns the day as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Returns the first moment of the day.
    pub fn begins(&self) -> Timestamp {
        from_stored(self.as_str()).unwrap_or_default()
    }

    /// Returns the first moment after the day.
    pub fn ends(&self) -> Timestamp {
        self.begins() + Duration::days(1)
    }

    /// Returns the day as a date of the calendar.
    pub fn date(&self) -> NaiveDate {
        self.begins().date_naive()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::to_stored;

    #[test]
    fn a_day_is_four_two_and_two_digits() {
        for text in ["2026-03-01", "2024-02-29", "0001-01-01", "9999-12-31"] {
            let day = Day::parse(text).unwrap();
            assert_eq!((day.as_str(), Day::of(day.begins())), (text, day));
        }
        for text in ["", "2026-2-30", "2026-02-29", "0000-01-01", "2026-03-01 ", "tomorrow", "２026-03-0"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_ends_where_the_next_one_begins() {
        let day = Day::parse("2026-02-28").unwrap();
        assert_eq!(to_stored(day.begins()), "2026-02-28 00:00:00");
        assert_eq!(to_stored(day.ends()), "2026-03-01 00:00:00");
        assert!(day < Day::of(day.ends()));
    }
}
