//! Labels of the fields that entries of the journal record.

use crate::domain::journal::{BIN, BINNED, MADE, MENTIONS, SESSIONS_ENDED};
use crate::domain::user::FIELDS;

/// The labels of what entries record beside the fields of an account.
const LABELS: [(&str, &str); 28] = [
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
];

/// Returns the label of a field. One that another version wrote goes by its own name.
pub(super) fn label(field: &str) -> &str {
    let of_account = FIELDS.iter().find(|spec| spec.column == field).map(|spec| spec.label);
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
    }
}
