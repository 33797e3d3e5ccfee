//! Times and durations in the forms of the store and in readable form.

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, Timelike as _, Utc};

pub use chrono::Duration;

/// Length of the store's form.
const STORED_BYTES: usize = 19;
/// Length of a date.
const DATE_BYTES: usize = 10;
/// Length of hours and minutes with the separator before them.
const MINUTES_BYTES: usize = 6;
/// The last year that has four digits.
const LAST_YEAR: i32 = 9_999;
/// Maximum offset from UTC that SQLite accepts, in hours.
const FURTHEST_ZONE: u32 = 14;

/// The names of the months as lists show them.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment in UTC; the store keeps whole seconds.
pub type Timestamp = DateTime<Utc>;

/// Formats `time` as the store writes it: `YYYY-MM-DD HH:MM:SS`, UTC, like SQLite's `CURRENT_TIMESTAMP`.
pub fn to_stored(time: Timestamp) -> String {
    let mut text = String::with_capacity(STORED_BYTES);
    // Written by hand because an import writes millions of them; years have four digits.
    let year = time.year().clamp(0, LAST_YEAR).unsigned_abs();
    push_two_digits(&mut text, year / 100);
    push_two_digits(&mut text, year);
    for (mark, part) in [
        ('-', time.month()),
        ('-', time.day()),
        (' ', time.hour()),
        (':', time.minute()),
        (':', time.second()),
    ] {
        text.push(mark);
        push_two_digits(&mut text, part);
    }
    text
}

fn digit(n: u32) -> char {
    char::from_digit(n, 10).unwrap_or('0')
}

/// Parses a moment as the store and other programs write it: the store's own form, or ISO 8601 with `T`, a time
/// zone (`Z` or an offset such as `+02:00`), without seconds, or as a bare date, which means that day's first
/// second. Drops fractions of a second. Returns `None` for anything else, including zero and impossible dates.
///
/// Queries judge the same texts by an expression of SQL (`moments.rs` in the store), which must agree with
/// this.
pub fn from_stored(text: &str) -> Option<Timestamp> {
    // Nearly all are in the store's own form, and a list reads hundreds.
    if let Some(time) = in_own_form(text.as_bytes()) {
        return Some(time);
    }
    // SQLite's functions read up to the first NUL.
    let text = text.split('\0').next().unwrap_or_default();
    if !text.is_ascii() {
        return None;
    }
    let (date, time) = text.split_at_checked(DATE_BYTES)?;
    let date = date_of(date.as_bytes().try_into().ok()?)?;
    if time.is_empty() {
        return Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    }
    let [b' ' | b'T', h1, h2, b':', i1, i2, ..] = *time.as_bytes() else { return None };
    let (seconds, rest) = match time.get(MINUTES_BYTES..)?.as_bytes() {
        [b':', s1, s2, ..] => (two_digits(*s1, *s2)?, without_fraction(time.get(MINUTES_BYTES + 3..)?)),
        _ => (0, time.get(MINUTES_BYTES..)?),
    };
    let local = date.and_hms_opt(two_digits(h1, h2)?, two_digits(i1, i2)?, seconds)?;
    let time = local.and_utc().checked_sub_signed(Duration::minutes(offset(rest)?))?;
    (time.year() <= LAST_YEAR).then_some(time)
}

/// Parses the form of [`to_stored`].
fn in_own_form(text: &[u8]) -> Option<Timestamp> {
    let (date, time) = text.split_first_chunk()?;
    let [b' ', h1, h2, b':', i1, i2, b':', s1, s2] = *time else { return None };
    let [hour, minute, second] = [two_digits(h1, h2)?, two_digits(i1, i2)?, two_digits(s1, s2)?];
    Some(date_of(*date)?.and_hms_opt(hour, minute, second)?.and_utc())
}

/// Parses a date of the years 1 to 9999.
fn date_of(date: [u8; DATE_BYTES]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let year = i32::try_from(two_digits(y1, y2)? * 100 + two_digits(y3, y4)?).ok()?;
    NaiveDate::from_ymd_opt(year, two_digits(m1, m2)?, two_digits(d1, d2)?).filter(|_| year != 0)
}

/// Drops the fraction at the start of the text after the seconds.
fn without_fraction(rest: &str) -> &str {
    let mut bytes = rest.bytes();
    let has_fraction = bytes.next() == Some(b'.') && bytes.next().is_some_and(|byte| byte.is_ascii_digit());
    if !has_fraction {
        return rest;
    }
    rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit())
}

/// Returns the minutes by which a time zone is ahead of UTC; no zone means UTC.
fn offset(zone: &str) -> Option<i64> {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r');
    match *zone.trim_matches(is_blank).as_bytes() {
        [] | [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
            let ahead = i64::from(hours * 60 + minutes);
            (hours <= FURTHEST_ZONE && minutes < 60).then_some(if sign == b'-' { -ahead } else { ahead })
        }
        _ => None,
    }
}

fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    Some(digit_of(tens)? * 10 + digit_of(ones)?)
}

fn digit_of(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Parses a moment as people write it, in UTC: everything that [`from_stored`] parses, except that a bare date
/// means the last second of that day. Returns `None` for anything else.
pub fn parse_moment(text: &str) -> Option<Timestamp> {
    if text.len() == DATE_BYTES { from_stored(&format!("{text} 23:59:59")) } else { from_stored(text) }
}

/// Formats in RFC 3339, UTC: `2026-11-23T07:40:57Z`.
pub fn to_rfc3339(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Parses a duration such as `90s`, `15m`, `8h`, `30d`, `2w`; `None` for anything else, including zero.
pub fn parse_span(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || number.len() > 6 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let n: i64 = number.parse().ok()?;
    (n > 0).then(|| Duration::seconds(n * seconds))
}

/// Formats a duration as [`parse_span`] reads it, in the largest unit without a remainder: `8h`, `2w`. Drops
/// fractions of a second.
pub fn short_span(span: Duration) -> String {
    let seconds = span.num_seconds();
    let units = [(604_800, 'w'), (86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let whole = units.iter().find(|(length, _)| seconds % length == 0);
    let (length, unit) = whole.copied().unwrap_or((1, 's'));
    format!("{}{unit}", seconds / length)
}

/// Formats a duration in its largest two units: `7 h 58 min`, `9 min`, `365 d`, `40 s`. Negative durations give
/// `0 s`.
pub fn span(span: Duration) -> String {
    let seconds = span.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if minutes == 0 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes} min"),
        () if days == 0 && minutes % 60 == 0 => format!("{hours} h"),
        () if days == 0 => format!("{hours} h {} min", minutes % 60),
        () if days >= 10 || hours % 24 == 0 => format!("{days} d"),
        () => format!("{days} d {} h", hours % 24),
    }
}

/// Formats the time since `then` in one unit: `now`, `2 min ago`, `yesterday`, `12 days ago`, `2 Mar 2024`
/// beyond 30 days. A moment in the future is given as its date.
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = (now - then).num_seconds();
    match seconds {
        s if s < 0 => date(then),
        0..60 => "now".into(),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "yesterday".into(),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => date(then),
    }
}

/// Formats `then` as briefly as possible: `2 Mar 13:18` in the year of `now`, else the date.
pub fn when(now: Timestamp, then: Timestamp) -> String {
    if then.year() == now.year() {
        let mut text = day_and_month(then);
        push_minute(&mut text, then);
        text
    } else {
        date(then)
    }
}

/// Formats the day of `then` as a heading: `Today, 26 November`, `Monday, 2 March`, in another year than that of `now` with
/// the year.
pub fn day(now: Timestamp, then: Timestamp) -> String {
    let days = (now.date_naive() - then.date_naive()).num_days();
    match days {
        0 => then.format("Today, %-d %B").to_string(),
        1 => then.format("Yesterday, %-d %B").to_string(),
        _ if then.year() == now.year() => then.format("%A, %-d %B").to_string(),
        _ => then.format("%A, %-d %B %Y").to_string(),
    }
}

/// Formats the time of day: `13:18:07`.
pub fn clock(time: Timestamp) -> String {
    time.format("%H:%M:%S").to_string()
}

/// Formats a date: `2 Mar 2024`.
pub fn date(time: Timestamp) -> String {
    let mut text = day_and_month(time);
    push_year(&mut text, time);
    text
}

/// Formats a date with its time: `2 Mar 2024 13:18`.
pub fn date_time(time: Timestamp) -> String {
    let mut text = date(time);
    push_minute(&mut text, time);
    text
}

/// Formats day and month: `2 Mar`. Written by hand, like the rest of the time: a page of a list has a hundred of them.
fn day_and_month(time: Timestamp) -> String {
    let mut text = String::with_capacity("30 Sep 2024 13:18".len());
    if time.day() >= 10 {
        text.push(digit(time.day() / 10));
    }
    text.push(digit(time.day() % 10));
    text.push(' ');
    text.push_str(MONTHS.get(time.month0() as usize).copied().unwrap_or_default());
    text
}

/// Adds a blank and the year, which has four digits.
fn push_year(text: &mut String, time: Timestamp) {
    let year = time.year().clamp(0, LAST_YEAR).unsigned_abs();
    text.push(' ');
    push_two_digits(text, year / 100);
    push_two_digits(text, year);
}

/// Adds a blank, and hours and minutes.
fn push_minute(text: &mut String, time: Timestamp) {
    text.push(' ');
    push_two_digits(text, time.hour());
    text.push(':');
    push_two_digits(text, time.minute());
}

/// Adds the last two digits of a number.
fn push_two_digits(text: &mut String, number: u32) {
    text.extend([number / 10 % 10, number % 10].map(digit));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        from_stored(text).unwrap()
    }

    #[test]
    fn the_stored_form_goes_both_ways() {
        let time = at("2026-11-23 07:40:57");
        assert_eq!(to_stored(time), "2026-11-23 07:40:57");
        assert_eq!(to_rfc3339(time), "2026-11-23T07:40:57Z");
        assert_eq!(from_stored("2026-11-23 07:40:57.250"), Some(time));
    }

    #[test]
    fn iso_texts_of_other_programs_are_the_same_moments() {
        for (text, moment) in [
            ("2026-11-23", "2026-11-23 00:00:00"),
            ("2026-11-23 07:40", "2026-11-23 07:40:00"),
            ("2026-11-23T07:40:57", "2026-11-23 07:40:57"),
            ("2026-11-23T07:40:57Z", "2026-11-23 07:40:57"),
            ("2026-11-23T07:40:57.999999Z", "2026-11-23 07:40:57"),
            ("2026-11-23T07:40:57.9999999+02:00", "2026-11-23 05:40:57"),
            ("2026-11-23T00:10Z", "2026-11-23 00:10:00"),
            ("2026-11-23T00:10-14:00", "2026-11-23 14:10:00"),
            ("2026-11-23 00:10:00 +00:30 ", "2026-11-22 23:40:00"),
        ] {
            assert_eq!(from_stored(text).map(to_stored).as_deref(), Some(moment), "{text}");
        }
    }

    #[test]
    fn a_day_is_named_by_how_far_it_is() {
        let now = at("2026-01-02 07:40:57");
        for (then, words) in [
            ("2026-01-02 23:18:00", "Today, 2 January"),
            ("2026-01-01 00:00:00", "Yesterday, 1 January"),
            ("2026-03-02 13:18:00", "Monday, 2 March"),
            ("2025-12-31 23:59:59", "Wednesday, 31 December 2025"),
        ] {
            assert_eq!(day(now, at(then)), words);
        }
        assert_eq!(clock(now), "07:40:57");
    }

    #[test]
    fn a_moment_of_this_year_is_told_by_its_hour() {
        let now = at("2026-11-23 07:40:57");
        assert_eq!(when(now, at("2026-03-02 13:18:00")), "2 Mar 13:18");
        assert_eq!(when(now, at("2024-03-02 13:18:00")), "2 Mar 2024");
    }

    #[test]
    fn other_forms_are_no_times() {
        for text in [
            "",
            "never",
            "now",
            "0000-00-00 00:00:00",
            "0000-01-01",
            "2026-02-30 00:00:00",
            "2026-02-30",
            "2026-1-2 03:04:05",
            "x",
            "1764547200",
            "2026-11-23 23:59:60",
            "2026-11-23 24:00:00",
            "2026-11-23 07:40:+7",
            "2026-11-23 07:40:57.",
            "2026-11-23 07:40.5",
            "2026-11-23t07:40:57",
            "2026-11-23  07:40:57",
            "2026-11-23T07:40:57+0200",
            "2026-11-23T07:40:57+15:00",
            "2026-11-23T07:40:57+02:60",
            "2026-11-23T07:40:57Z[UTC]",
            "2026-11-23Z",
            "9999-12-31T23:00:00-02:00",
            "２026-11-23 07:40",
        ] {
            assert_eq!(from_stored(text), None, "{text}");
        }
    }

    #[test]
    fn short_spans_have_the_largest_unit_without_a_rest() {
        for (span, short) in [
            (Duration::hours(8), "8h"),
            (Duration::days(14), "2w"),
            (Duration::minutes(90), "90m"),
            (Duration::seconds(61), "61s"),
        ] {
            assert_eq!(short_span(span), short);
        }
    }

    #[test]
    fn moments_are_read() {
        for (text, moment) in [
            ("2026-11-23", "2026-11-23 23:59:59"),
            ("2026-11-23 07:40:57", "2026-11-23 07:40:57"),
            ("2026-11-23T07:40:57Z", "2026-11-23 07:40:57"),
            ("2026-11-23T07:40:57+02:00", "2026-11-23 05:40:57"),
            ("2026-11-23 07:40", "2026-11-23 07:40:00"),
        ] {
            assert_eq!(parse_moment(text), Some(at(moment)), "{text}");
        }
        for text in ["", "2026-02-30", "23 Nov 2026", "2026-11-23 7:40", "yesterday"] {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_as_a_span_is_written_as_one(text in "[0-9]{1,6}[smhdw]") {
            let read = parse_span(&text);
            prop_assert_eq!(read.map(short_span).as_deref().and_then(parse_span), read);
        }

        #[test]
        fn every_second_goes_both_ways(seconds in 0_i64..253_402_300_800) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            prop_assert_eq!(to_stored(time), time.format("%Y-%m-%d %H:%M:%S").to_string());
            prop_assert_eq!(from_stored(&to_stored(time)), Some(time));
        }

        #[test]
        fn times_read_as_the_library_formats_them(seconds in -62_167_219_200_i64..253_402_300_800) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            let other_year = at(if time.year() == 2024 { "2025-01-01" } else { "2024-01-01" });
            prop_assert_eq!(date(time), time.format("%-d %b %Y").to_string());
            prop_assert_eq!(date_time(time), time.format("%-d %b %Y %H:%M").to_string());
            prop_assert_eq!(when(time, time), time.format("%-d %b %H:%M").to_string());
            prop_assert_eq!(when(other_year, time), date(time));
        }
    }

    #[test]
    fn spans_are_read() {
        assert_eq!(parse_span("8h"), Some(Duration::hours(8)));
        assert_eq!(parse_span("30d"), Some(Duration::days(30)));
        for text in ["", "h", "0h", "-1h", "8", "8y", "1.5h", "9999999h", "８h", "é"] {
            assert_eq!(parse_span(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_written_in_two_units() {
        for (seconds, words) in [
            (-5, "0 s"),
            (40, "40 s"),
            (540, "9 min"),
            (28_680, "7 h 58 min"),
            (28_800, "8 h"),
            (90_000, "1 d 1 h"),
            (864_000, "10 d"),
        ] {
            assert_eq!(span(Duration::seconds(seconds)), words);
        }
    }

    #[test]
    fn the_past_is_named() {
        let now = at("2026-11-23 12:00:00");
        for (then, words) in [
            ("2026-11-23 12:00:00", "now"),
            ("2026-11-23 11:58:00", "2 min ago"),
            ("2026-11-23 11:00:00", "1 h ago"),
            ("2026-11-22 11:00:00", "yesterday"),
            ("2026-11-11 12:00:00", "12 days ago"),
            ("2024-03-02 13:18:11", "2 Mar 2024"),
            ("2027-03-02 13:18:11", "2 Mar 2027"),
        ] {
            assert_eq!(ago(now, at(then)), words);
        }
    }
}
