//! Field values that the journal records.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use crate::domain::time::{date_time, from_stored};

/// Values of some fields at one moment, by column name. Never holds a secret: of a changed secret only the fact
/// that it changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldValues(Map<String, Value>);

impl FieldValues {
    /// Returns an empty set of values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the values with one more field, or with another value of it.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    /// Adds a field unless the number is 0.
    pub fn with_count(self, field: &str, count: u64) -> Self {
        if count == 0 { self } else { self.with(field, count) }
    }

    /// Reads the text that [`Display`](fmt::Display) writes. Any other text (another program wrote it) becomes
    /// one field.
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::new().with("unreadable", text),
        }
    }

    /// Returns the fields in the order in which they were added.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value))
    }

    /// Returns the value of one field.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// Returns a field as text, or `None` if it is not a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }

    /// Returns a field as a whole number, or `None` if it is not a number.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.get(field)?.as_i64()
    }

    /// Returns the texts of a field that is a list.
    pub fn texts(&self, field: &str) -> Vec<String> {
        self.list(field).filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Returns the whole numbers of a field that is a list.
    pub fn numbers(&self, field: &str) -> Vec<i64> {
        self.list(field).filter_map(Value::as_i64).collect()
    }

    fn list(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.get(field).and_then(Value::as_array).into_iter().flatten()
    }

    /// Returns a field in readable form; `nothing` if it is missing.
    pub fn words(&self, field: &str) -> Cow<'_, str> {
        words(self.get(field).unwrap_or(&Value::Null))
    }

    /// Returns a field for people: `none`, `yes`, a time with its zone. Texts are as stored.
    pub fn told(&self, field: &str) -> Option<String> {
        self.get(field).map(told)
    }

    /// Removes a field, if there is one.
    pub fn remove(&mut self, field: &str) {
        self.0.shift_remove(field);
    }

    /// Removes a text field and returns its value.
    pub fn take_text(&mut self, field: &str) -> Option<String> {
        self.text(field)?;
        match self.0.shift_remove(field) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns true if there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Converts to JSON for output, where the columns of secrets do not occur even as keys: `password` becomes
    /// `password_changed`, or `password_rehashed` if the password stayed the same.
    pub fn into_json(self) -> Value {
        let shown = |(field, value): (String, Value)| {
            let is_secret = SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(&field));
            match value.as_str() {
                _ if !is_secret => (field, value),
                Some(REHASHED) => (format!("{field}_rehashed"), true.into()),
                Some(_) | None => (format!("{field}_changed"), true.into()),
            }
        };
        Value::Object(self.0.into_iter().map(shown).collect())
    }
}

/// Writes one JSON object in one line.
impl fmt::Display for FieldValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_string(&self.0).map_err(|_| fmt::Error)?.fmt(f)
    }
}

/// Returns a value in readable form: text without quotes, the elements of a list, `nothing` for NULL.
pub(crate) fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "nothing".into(),
        Value::String(text) => text.into(),
        Value::Array(parts) => parts.iter().map(words).collect::<Vec<_>>().join(", ").into(),
        other => other.to_string().into(),
    }
}

fn told(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => match from_stored(text).filter(|_| text.contains(':')) {
            Some(time) => format!("{} UTC", date_time(time)),
            None => text.clone(),
        },
        Value::Array(parts) => parts.iter().map(told).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Stands for the new value of a secret: records only that it changed.
pub const CHANGED: &str = "changed";

/// Stands for the value of a password that stayed the same and got a new hash.
pub const REHASHED: &str = "the same, hashed anew";

/// The columns that contain secrets.
const SECRETS: [&str; 3] = ["password", "session_token", "access_code"];

/// The field that lists the entries about others that an erasure took for mentions of the account.
pub const MENTIONS: &str = "mentions";

/// The field for the reason that was given for an act.
pub const REASON: &str = "reason";

/// The field for the filter that chose what an export holds.
pub const FILTER: &str = "filter";

/// The field for the reason why an action was denied.
pub const REFUSED: &str = "refused";

/// The field that names the bin item of something that now exists only in the bin.
pub const BIN: &str = "bin";

/// The field that counts the sessions that ended because of an action on their account.
pub const SESSIONS_ENDED: &str = "sessions_ended";
/// The number of failed log-ins that were forgotten, and their waits with them.
pub const FAILED_LOG_INS: &str = "failed_log_ins";

/// The field that lists the paths of directories made for an account.
pub const MADE: &str = "directories_made";

/// The field that lists the bin items of directories that were made for an account.
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
    fn people_read_words_and_times_with_their_zone() {
        let image = FieldValues::parse(r#"{"a":null,"b":true,"c":"2026-11-26 23:19:57","d":["x",1]}"#);
        let told: Vec<_> = image.fields().filter_map(|(field, _)| image.told(field)).collect();
        assert_eq!(told, ["none", "yes", "26 Nov 2026 23:19 UTC", "x, 1"]);
        assert_eq!(image.told("z"), None);
    }

    #[test]
    fn no_column_of_a_secret_is_a_key_of_the_output() {
        let values = FieldValues::new()
            .with("password", CHANGED)
            .with("Session_Token", "sha256:0")
            .with("access_code", Value::Null)
            .with("password_x", "kept");
        let shown = r#"{"password_changed":true,"Session_Token_changed":true,"access_code_changed":true,"password_x":"kept"}"#;
        assert_eq!(values.into_json().to_string(), shown);
        let rehashed = FieldValues::new().with("password", REHASHED).into_json();
        assert_eq!(rehashed.to_string(), r#"{"password_rehashed":true}"#);
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
