//! Field-by-field differences between two versions. The text is not yet safe for a terminal: names and values
//! come from users.

use std::borrow::Cow;

use super::journal::{BIN, Entry, FieldValues, words};
use super::text::clip;

/// Maximum width of one value in a one-line summary, in cells.
const SUMMARY_VALUE: usize = 60;

/// A field that an action changed. At least one of its sides is present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<'a> {
    pub field: &'a str,
    /// The old value, if it was recorded.
    pub before: Option<Cow<'a, str>>,
    /// The new value, if it was recorded.
    pub after: Option<Cow<'a, str>>,
}

/// Returns the fields of both versions, each old value beside its new one; the old version's fields come first.
pub fn differences<'a>(
    before: &'a FieldValues,
    after: &'a FieldValues,
) -> impl Iterator<Item = Difference<'a>> {
    let side = |image: &'a FieldValues, field: &str| image.get(field).map(words);
    let came = after.fields().map(|(field, _)| field).filter(|field| before.get(field).is_none());
    let all = before.fields().map(|(field, _)| field).chain(came);
    all.map(move |field| Difference { field, before: side(before, field), after: side(after, field) })
}

/// Returns all changes in one line: `status: pending → confirmed · sessions_ended: 2`, with `arrow` between the
/// sides.
///
/// The name of a single changed field is left out because the action implies it. The ids of things and bin
/// items are left out too. Long values are cut: the line is read at a glance.
pub fn summary(before: &FieldValues, after: &FieldValues, arrow: &str) -> String {
    let value = |value: &str| clip(value, SUMMARY_VALUE).into_owned();
    let found: Vec<_> =
        differences(before, after).filter(|found| !["id", BIN].contains(&found.field)).collect();
    let is_gone = found.iter().all(|found| found.after.is_none());
    let is_single = found.iter().filter(|found| found.before.is_some() && found.after.is_some()).count() == 1;
    let parts = found.iter().map(|Difference { field, before: was, after: is }| {
        match (was.as_deref().map(value), is.as_deref().map(value)) {
            (Some(was), Some(is)) if is_single => format!("{was} {arrow} {is}"),
            (Some(was), Some(is)) => format!("{field}: {was} {arrow} {is}"),
            (Some(was), None) if !is_gone => format!("{field}: was {was}"),
            (was, is) => format!("{field}: {}", is.or(was).unwrap_or_default()),
        }
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// Returns in one line why an act was done, where that was said, and what it changed: `"payment failed" confirmed →
/// suspended`.
pub fn told(entry: &Entry, arrow: &str) -> String {
    let reason = entry.reason.as_ref().map(|reason| format!("\"{reason}\" ")).unwrap_or_default();
    format!("{reason}{}", summary(&entry.before, &entry.after, arrow)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stands_beside_what_it_became() {
        let before = FieldValues::new().with("status", "pending").with("id", 3);
        let after = FieldValues::new().with("sessions_ended", 2).with("status", "confirmed");
        let found: Vec<_> = differences(&before, &after)
            .map(|Difference { field, before, after }| (field, before, after))
            .collect();
        assert_eq!(
            found,
            [
                ("status", Some("pending".into()), Some("confirmed".into())),
                ("id", Some("3".into()), None),
                ("sessions_ended", None, Some("2".into())),
            ]
        );
    }

    #[test]
    fn one_line_tells_what_matters() {
        let told =
            |before: &str, after: &str| summary(&FieldValues::parse(before), &FieldValues::parse(after), "→");
        assert_eq!(told(r#"{"status":"pending"}"#, r#"{"status":"confirmed"}"#), "pending → confirmed");
        assert_eq!(
            told(r#"{"a":"x","b":null}"#, r#"{"a":"y","b":"z","n":2}"#),
            "a: x → y · b: nothing → z · n: 2"
        );
        assert_eq!(told(r#"{"id":3,"a":"x"}"#, "{}"), "a: x");
        assert_eq!(told(r#"{"a":"x"}"#, r#"{"b":"y"}"#), "a: was x · b: y");
        assert_eq!(told(r#"{"a":"x"}"#, r#"{"bin":7}"#), "a: x", "what is in the bin");
        assert!(told(&format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000)), "{}").len() < 80);
    }
}
