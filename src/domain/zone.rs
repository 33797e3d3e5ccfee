//! Time zones: the offsets and names that a database writes its local times in.

use std::fmt;

use chrono::{FixedOffset, MappedLocalTime, NaiveDateTime, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::time::Timestamp;

/// Maximum offset that MySQL accepts, in minutes. Source: MySQL 8.4 manual, "Time Zone Variables".
const MAX_OFFSET_MINUTES: i32 = 14 * 60;

/// A time zone: a fixed offset, or a place with its rules for summer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A fixed offset from UTC.
    Offset(FixedOffset),
    /// A name of the IANA database, such as `Europe/Berlin`.
    Named(Tz),
}

impl Zone {
    /// Parses `+02:00`, `-5:30`, `Z`, or a name of the IANA database in any letter case; `None` for anything
    /// else.
    pub fn parse(text: &str) -> Option<Self> {
        let named = || TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(text)).copied();
        if text.eq_ignore_ascii_case("Z") {
            return Some(Self::Named(Tz::UTC));
        }
        offset(text).map(Self::Offset).or_else(|| named().map(Self::Named))
    }

    /// Returns true if local times in this zone are UTC.
    pub fn is_utc(self) -> bool {
        match self {
            Self::Offset(offset) => offset.local_minus_utc() == 0,
            Self::Named(zone) => matches!(zone, Tz::UTC | Tz::Etc__UTC | Tz::Zulu | Tz::Etc__Zulu),
        }
    }

    /// Converts a local time to UTC, taking the earlier moment when clocks were set back; returns `None` for a
    /// time that was skipped when clocks were set forward.
    pub fn to_utc(self, local: NaiveDateTime) -> Option<Timestamp> {
        match self {
            Self::Offset(offset) => earliest(offset.from_local_datetime(&local)),
            Self::Named(zone) => earliest(zone.from_local_datetime(&local)),
        }
    }
}

fn earliest<Z: chrono::TimeZone>(found: MappedLocalTime<chrono::DateTime<Z>>) -> Option<Timestamp> {
    found.earliest().map(|time| time.to_utc())
}

/// Parses a sign, one or two digits for hours, a colon and two digits for minutes.
fn offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let digits =
        |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours, 2) || !digits(minutes, 2) || minutes.len() < 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    if minutes > 59 || total > MAX_OFFSET_MINUTES {
        return None;
    }
    FixedOffset::east_opt(sign * total * 60)
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset(offset) => offset.fmt(f),
            Self::Named(zone) => f.write_str(zone.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{from_stored, to_stored};

    fn in_utc(zone: &str, local: &str) -> Option<String> {
        let local = from_stored(local).unwrap().naive_utc();
        Zone::parse(zone).unwrap().to_utc(local).map(to_stored)
    }

    #[test]
    fn local_times_become_utc() {
        for (zone, local, utc) in [
            ("+02:00", "2024-07-08 16:08:22", "2024-07-08 14:08:22"),
            ("-5:30", "2024-07-08 22:00:00", "2024-07-09 03:30:00"),
            ("europe/berlin", "2024-07-08 16:00:00", "2024-07-08 14:00:00"),
            ("Europe/Berlin", "2024-01-08 16:00:00", "2024-01-08 15:00:00"),
            ("UTC", "2024-01-08 16:00:00", "2024-01-08 16:00:00"),
            // Clocks were set back: both are 02:30.
            ("Europe/Berlin", "2024-10-27 02:30:00", "2024-10-27 00:30:00"),
        ] {
            assert_eq!(in_utc(zone, local).as_deref(), Some(utc), "{zone}");
        }
        assert_eq!(in_utc("Europe/Berlin", "2024-03-31 02:30:00"), None, "no clock showed that");
    }

    #[test]
    fn what_is_no_zone_is_none() {
        for text in
            ["", "+", "+2", "+15:00", "+02:60", "+2:0", "02:00", "Berlin/Europe", "SYSTEM", "+0é:00", "é"]
        {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
    }
}
