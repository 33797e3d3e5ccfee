//! What parts two images of a thing, field by field, in words. What it says is not yet safe for a terminal: names and
//! values may be anybody's text.

use std::borrow::Cow;

use serde_json::Value;

use super::journal::Image;

/// A field that an act changed. At least one of its sides is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference<'a> {
    /// Its name.
    pub field: &'a str,
    /// What it held, where that was written down.
    pub before: Option<&'a Value>,
    /// What it holds since, where that was written down.
    pub after: Option<&'a Value>,
}

/// The fields of both images: those that were first, each beside what it became.
pub fn differences<'a>(before: &'a Image, after: &'a Image) -> impl Iterator<Item = Difference<'a>> {
    let were = before.fields().map(|(field, value)| Difference {
        field,
        before: Some(value),
        after: after.get(field),
    });
    let came = after.fields().filter(|(field, _)| before.get(field).is_none());
    were.chain(came.map(|(field, value)| Difference { field, before: None, after: Some(value) }))
}

/// A field's value in words: a text as it is, a list as its parts, nothing as `none`.
pub fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.into(),
        Value::Array(parts) => parts.iter().map(words).collect::<Vec<_>>().join(", ").into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stands_beside_what_it_became() {
        let before = Image::new().with("status", "pending").with("id", 3);
        let after = Image::new().with("sessions_ended", 2).with("status", "confirmed");
        let found: Vec<_> = differences(&before, &after)
            .map(|found| (found.field, found.before.map(words), found.after.map(words)))
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
    fn values_are_told_in_words() {
        let image = Image::parse(r#"{"a":null,"b":"x y","c":["p","q",1],"d":true,"e":{"f":[]}}"#);
        let told: Vec<_> = image.fields().map(|(_, value)| words(value)).collect();
        assert_eq!(told, ["none", "x y", "p, q, 1", "true", r#"{"f":[]}"#]);
    }
}
