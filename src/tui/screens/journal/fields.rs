//! Labels of the fields that entries of the journal record.

use crate::domain::journal::{BIN, BINNED, FAILED_LOG_INS, FieldValues, MADE, MENTIONS, SESSIONS_ENDED};
use crate::domain::text::byte_count;
use crate::domain::user::{FIELDS, Field, FieldSpec};

/// The field whose value is a size in bytes.
const BYTES: &str = "bytes";

/// The labels of what entries record beside the fields of an account.
const LABELS: [(&str, &str); 41] = [
    (SESSIONS_ENDED, "Sessions ended"),
    ("other_sessions_ended", "Other sessions ended"),
    (MADE, "Directories made"),
    (BINNED, "Directories removed"),
    (BIN, "Bin item"),
    ("id", "Id"),
    ("created_at", "Created"),
    ("expiration", "End"),
    ("expires_at", "End"),
    ("directory_path", "Path"),
    ("directories", "Directories"),
    ("users", "Accounts"),
    ("sessions", "Sessions"),
    ("sha256", "SHA-256"),
    ("password", "Password"),
    ("access_code", "Access code"),
    ("must_change", "Must be changed"),
    ("verified", "Verified"),
    ("second_factor", "Second factor"),
    ("recovery_codes_left", "Recovery codes left"),
    ("refused", "Why"),
    ("finding", "Finding"),
    ("saved", "Saved in"),
    ("clock", "Clock"),
    ("newest", "Newest entry"),
    ("head", "Head"),
    ("entries", "Entries"),
    (MENTIONS, "About others"),
    (FAILED_LOG_INS, "Failed log-ins"),
    (BYTES, "Size"),
    ("label", "Label"),
    ("because", "Because"),
    ("kept", "Old store kept in"),
    ("hashes", "With password hashes"),
    ("rows_left_out", "Rows left out"),
    ("replaced", "Accounts replaced"),
    ("renumbered", "Accounts with new ids"),
    ("unreadable", "Dates not read"),
    ("entry", "Entry"),
    ("session_token", "Token"),
    ("directory_name", "Name"),
];

/// Returns the definition of a field of an account.
fn of_account(field: &str) -> Option<&'static FieldSpec> {
    FIELDS.iter().find(|spec| spec.column == field)
}

/// Returns the name of an account's field in a sentence.
pub(super) fn noun(field: &str) -> &str {
    of_account(field).map_or(field, |spec| spec.noun)
}

/// Returns the rank of a field among those that a sentence names: what decides who gets in comes first.
pub(super) fn rank(field: &str) -> u8 {
    match of_account(field).map(|spec| spec.field) {
        Some(Field::AccessLevel) => 0,
        Some(Field::Status) => 1,
        Some(Field::ValidFrom | Field::ExpiresOn) => 2,
        Some(_) | None => 3,
    }
}

/// Returns the value of a field in words.
pub(super) fn value(values: &FieldValues, field: &str) -> Option<String> {
    let size = values.number(field).filter(|_| field == BYTES);
    size.map(|bytes| byte_count(bytes.unsigned_abs())).or_else(|| values.told(field))
}

/// Returns the label of a field. One that another version wrote goes by its own name.
pub(super) fn label(field: &str) -> &str {
    let of_account = of_account(field).map(|spec| spec.label);
    let other = || LABELS.iter().find(|(name, _)| *name == field).map(|(_, label)| *label);
    of_account.or_else(other).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_go_by_the_labels_of_forms() {
        assert_eq!(label("contact_number"), "Phone");
        assert_eq!(label(MADE), "Directories made");
        assert_eq!(label("of_a_later_version"), "of_a_later_version");
        assert_eq!(label(FAILED_LOG_INS), "Failed log-ins");
    }

    #[test]
    fn a_size_is_told_as_people_read_it() {
        let values = FieldValues::new().with(BYTES, 1_699_840).with("users", 1_699_840);
        assert_eq!(value(&values, BYTES).as_deref(), Some("1.7 MB"));
        assert_eq!(value(&values, "users").as_deref(), Some("1699840"));
    }

    #[test]
    fn no_label_looks_like_a_column() {
        let labels = FIELDS.iter().map(|spec| spec.label).chain(LABELS.iter().map(|(_, label)| *label));
        for label in labels.chain(FIELDS.iter().map(|spec| spec.noun)) {
            assert!(!label.contains('_'), "{label}");
        }
    }
}
