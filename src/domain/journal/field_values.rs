//! What the journal keeps of a thing.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// Fields of a thing, by the names of their columns, as they were at one moment. Never a secret: of one that changed only
/// that it did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldValues(Map<String, Value>);

impl FieldValues {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    /// The same with one more field, unless the number is 0.
    pub fn with_count(self, field: &str, count: u64) -> Self {
        if count == 0 { self } else { self.with(field, count) }
    }

    /// Reads what [`Display`](fmt::Display) writes. What is no such text (another program wrote it) becomes one field.
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::new().with("unreadable", text),
        }
    }

    /// The fields, in the order in which they were put in.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value))
    }

    /// One field.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A field as text; `None` where it is none.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }

    /// A field as a whole number; `None` where it is none.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.get(field)?.as_i64()
    }

    /// The texts of a field that is a list.
    pub fn texts(&self, field: &str) -> Vec<String> {
        self.list(field).filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The whole numbers of a field that is a list.
    pub fn numbers(&self, field: &str) -> Vec<i64> {
        self.list(field).filter_map(Value::as_i64).collect()
    }

    fn list(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.get(field).and_then(Value::as_array).into_iter().flatten()
    }

    /// A field as people read it; one that is missing as `nothing`.
    pub fn words(&self, field: &str) -> Cow<'_, str> {
        words(self.get(field).unwrap_or(&Value::Null))
    }

    /// Takes a field that is a text out of it.
    pub fn take_text(&mut self, field: &str) -> Option<String> {
        self.text(field)?;
        match self.0.shift_remove(field) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As JSON.
    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}

/// One JSON object in one line.
impl fmt::Display for FieldValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_string(&self.0).map_err(|_| fmt::Error)?.fmt(f)
    }
}

/// A field's value as people read it: text without quotes, a list as its parts, NULL as `nothing`.
pub(in crate::domain) fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "nothing".into(),
        Value::String(text) => text.into(),
        Value::Array(parts) => parts.iter().map(words).collect::<Vec<_>>().join(", ").into(),
        other => other.to_string().into(),
    }
}

/// Only that a secret changed.
pub const CHANGED: &str = "changed";

/// The field for the reason that was given for an act.
pub const REASON: &str = "reason";

/// The field that names the bundle in the bin in which a thing lies: in the image of what is not there but in the bin.
pub const BIN: &str = "bin";

/// The field that counts the sessions that ended along with what was done to their account.
pub const SESSIONS_ENDED: &str = "sessions_ended";

/// The field that holds the paths of directories that were made for an account.
pub const MADE: &str = "directories_made";

/// The field that holds the bundles in which directories lie that were made for an account.
pub const BINNED: &str = "directories_binned";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_told_in_words() {
        let image = FieldValues::parse(r#"{"a":null,"b":"x y","c":["p","q",1],"d":true,"e":{"f":[]}}"#);
        let told: Vec<_> = image.fields().map(|(field, _)| image.words(field)).collect();
        assert_eq!(told, ["nothing", "x y", "p, q, 1", "true", r#"{"f":[]}"#]);
        assert_eq!(image.words("z"), "nothing");
    }

    #[test]
    fn what_is_no_image_is_kept_as_it_is() {
        assert_eq!(FieldValues::parse("{\"a\":1}"), FieldValues::new().with("a", 1));
        assert_eq!(FieldValues::parse("[1]"), FieldValues::new().with("unreadable", "[1]"));
        assert!(FieldValues::parse("{}").is_empty());
    }

    proptest! {
        #[test]
        fn an_image_is_read_as_it_is_written(field in any::<String>(), value in any::<String>(), n in any::<i64>()) {
            let image = FieldValues::new().with(&field, value).with("n", n);
            prop_assert!(!image.to_string().contains('\n'));
            prop_assert_eq!(FieldValues::parse(&image.to_string()), image);
        }
    }
}
