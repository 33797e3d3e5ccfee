//! Refuses actions on rows that an unfinished operation is still changing.

use crate::domain::journal::{Action, BIN, EntityKind, EntityRef, FieldValues};
use crate::domain::operation::{Operation, Touched};
use crate::store::{Read, StoreError};

use super::contract::Conflicts;

/// Refuses an action on rows that an unfinished operation covers, unless the same action began it: `own` is the first
/// entry of the action.
///
/// # Errors
/// [`StoreError::UnderWay`].
pub(super) fn require_free(
    rows: &dyn Read,
    touched: &Touched<'_>,
    own: Option<i64>,
) -> Result<(), StoreError> {
    let is_own =
        |operation: &Operation| operation.entry.is_none_or(|entry| own.is_some_and(|first| entry >= first));
    let mut found = rows.operations()?.into_iter().filter(|operation| !is_own(operation));
    match found.find(|operation| operation.covers(touched)) {
        Some(operation) => Err(StoreError::UnderWay(operation.state())),
        None => Ok(()),
    }
}

/// Refuses to look for what came before an action that is not finished. `action` is its first entry.
///
/// # Errors
/// [`StoreError::UnderWay`].
pub(super) fn require_finished(rows: &dyn Read, action: i64) -> Result<(), StoreError> {
    for operation in rows.operations()? {
        let entry = operation.entry.map(|seq| rows.entry(seq)).transpose()?.flatten();
        if entry.is_some_and(|entry| entry.act == action) {
            return Err(StoreError::UnderWay(operation.state()));
        }
    }
    Ok(())
}

/// Refuses the action that a journal entry describes, as [`require_free`] does.
///
/// # Errors
/// [`StoreError::UnderWay`].
pub(super) fn require_free_for_entry(
    rows: &dyn Read,
    action: Action,
    object: &EntityRef,
    (before, after): (&FieldValues, &FieldValues),
    own: Option<i64>,
) -> Result<(), StoreError> {
    match action.row().conflicts {
        Conflicts::Never => return Ok(()),
        Conflicts::OnItsRows => {}
    }
    let is_directory = object.kind == EntityKind::Directory;
    let touched = Touched {
        account: object.account,
        path: is_directory.then_some(object.label.as_str()),
        item: before.number(BIN),
        takes_directories: object.kind == EntityKind::Account && after.get(BIN).is_some(),
    };
    require_free(rows, &touched, own)?;
    for path in [before, after].into_iter().filter_map(|image| image.text("directory_path")) {
        require_free(rows, &Touched { path: Some(path), ..touched }, own)?;
    }
    Ok(())
}
