//! The check of the fields of a new account.

use crate::domain::user::{Field, Fields};

use super::contract::Failure;

/// Checks that none of these fields is missing or empty, and that every set field keeps its rule.
///
/// # Errors
/// [`FailureKind::Invalid`](super::contract::FailureKind::Invalid) about the first such field.
pub(super) fn required(fields: &Fields, needed: &[Field]) -> Result<(), Failure> {
    for needed in needed {
        if fields.get(*needed).is_none_or(|text| text.trim().is_empty()) {
            return Err(Failure::rule(*needed, "must not be empty"));
        }
    }
    fields.check().map_err(|(field, rule)| Failure::rule(field, rule))
}
