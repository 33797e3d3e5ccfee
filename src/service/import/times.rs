//! Times as other programs write them, in the zone of their table.

use crate::domain::time::{Timestamp, from_stored, parse_moment};
use crate::domain::zone::Zone;

/// Reads a time: the store's form or ISO 8601, with an offset of its own or in `zone`. A bare date is its first second.
pub(super) fn read(text: &str, zone: Option<Zone>) -> Option<Timestamp> {
    if has_offset(text) {
        return parse_moment(text);
    }
    let local = from_stored(text).or_else(|| from_stored(&completed(text)?))?;
    zone.map_or(Some(local), |zone| zone.to_utc(local.naive_utc()))
}

/// Returns true if an offset from UTC follows the date.
fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']))
}

/// Returns the store's form of a time with a `T` between date and time, without seconds, or without a time of day.
fn completed(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(10)?;
    if time.is_empty() {
        return Some(format!("{date} 00:00:00"));
    }
    let time = time.strip_prefix(['T', 't', ' '])?;
    let seconds = if time.len() == 5 { ":00" } else { "" };
    Some(format!("{date} {time}{seconds}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::to_stored;

    #[test]
    fn times_of_other_programs_are_read_alike() {
        for (text, zone, stored) in [
            ("2024-07-08 16:08:22", None, "2024-07-08 16:08:22"),
            ("2024-07-08 16:08:22.000", None, "2024-07-08 16:08:22"),
            ("2024-07-08T16:08:22.5", None, "2024-07-08 16:08:22"),
            ("2024-07-08T16:08:22Z", Some("+02:00"), "2024-07-08 16:08:22"),
            ("2024-07-08T16:08:22+02:00", None, "2024-07-08 14:08:22"),
            ("2024-07-08", None, "2024-07-08 00:00:00"),
            ("2024-07-08 16:08", Some("Europe/Berlin"), "2024-07-08 14:08:00"),
            ("2024-07-08 16:08:22", Some("+02:00"), "2024-07-08 14:08:22"),
        ] {
            let read = read(text, zone.and_then(Zone::parse)).map(to_stored);
            assert_eq!(read.as_deref(), Some(stored), "{text} {zone:?}");
        }
        for text in
            ["", "0000-00-00 00:00:00", "2024-02-30", "2024-07-08 24:00:00", "soon", "2024-07-08é16:08:22"]
        {
            assert_eq!(read(text, None), None, "{text}");
        }
    }
}
