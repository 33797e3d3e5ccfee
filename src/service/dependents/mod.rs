//! Rows of other programs that refer to what an act deletes.

use crate::domain::dependents::{Dependents, Target, total, words};
use crate::domain::journal::FieldValues;
use crate::domain::text::excerpt;

use super::bulk::Snapshot;
use super::contract::{ActionSummary, Failure, FailureKind};
use super::failure::REFERENCED;

impl Snapshot<'_> {
    /// Returns the rows that go, or lose their reference, with what has this name.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] where rows keep it from being deleted.
    pub(super) fn dependents(self, target: Target, label: &str) -> Result<Dependents, Failure> {
        let found = self.rows.dependents(target)?;
        if found.blocking.is_empty() {
            return Ok(found);
        }
        let refer = if total(&found.blocking) == 1 { "refers" } else { "refer" };
        let message =
            format!("{} cannot be deleted: {} {refer} to it.", excerpt(label), words(&found.blocking));
        Err(Failure::new(FailureKind::Conflict, message).hint(REFERENCED))
    }
}

impl ActionSummary {
    /// The same with rows of other programs.
    pub(super) fn with_dependents(self, found: Dependents) -> Self {
        let others = (!found.is_empty()).then(|| Box::new(found));
        Self { others, ..self }
    }
}

/// Returns an image with the rows of other programs that an act deletes or changes.
pub(super) fn with_rows_of_others(image: FieldValues, summary: &ActionSummary) -> FieldValues {
    let mut image = image;
    for (field, rows) in [("rows_carried", summary.carried()), ("rows_cleared", summary.cleared())] {
        if !rows.is_empty() {
            image = image.with(field, words(rows));
        }
    }
    image
}

#[cfg(test)]
mod tests;
