//! Rows of other programs that refer to what an action deletes.

use crate::domain::dependents::{DeletionTarget, Dependents, total, words};
use crate::domain::journal::FieldValues;
use crate::domain::text::excerpt;

use super::contract::{ActionSummary, Failure, FailureKind};
use super::failure::REFERENCED;
use super::transaction::Snapshot;

/// Returns the rows of other programs that are deleted, or lose their reference, with the target; `label` is its name.
///
/// # Errors
/// [`FailureKind::Conflict`] if rows keep it from being deleted.
pub(super) fn find(
    snapshot: Snapshot<'_>,
    target: DeletionTarget,
    label: &str,
) -> Result<Dependents, Failure> {
    let found = snapshot.rows.dependents(target)?;
    if found.blocking.is_empty() {
        return Ok(found);
    }
    let refer = if total(&found.blocking) == 1 { "refers" } else { "refer" };
    let message = format!("{} cannot be deleted: {} {refer} to it.", excerpt(label), words(&found.blocking));
    Err(Failure::new(FailureKind::Conflict, message).hint(REFERENCED))
}

impl ActionSummary {
    /// Adds the rows of other programs to the summary.
    pub(super) fn with_dependents(self, found: Dependents) -> Self {
        let others = (!found.is_empty()).then(|| Box::new(found));
        Self { others, ..self }
    }
}

/// Adds the rows of other programs that an action deletes or changes to the fields of a journal entry.
pub(super) fn with_rows_of_others(image: FieldValues, summary: &ActionSummary) -> FieldValues {
    let mut image = image;
    for (field, rows) in [("rows_carried", summary.carried()), ("rows_cleared", summary.cleared())] {
        if !rows.is_empty() {
            image = image.with(field, words(rows));
        }
    }
    image
}

/// Adds the numbers of the sessions and directories that go with a thing.
pub(super) fn with_belongings(image: FieldValues, summary: &ActionSummary) -> FieldValues {
    image.with_count("sessions", summary.sessions).with_count("directories", summary.directories)
}

#[cfg(test)]
mod tests;
