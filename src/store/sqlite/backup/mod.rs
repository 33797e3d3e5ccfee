//! Backups of a store, and their restore.
//!
//! A backup is the store's file, page by page, as one read transaction sees it, copied while others write. `verify` examines
//! one. To restore one, `stage` puts it into a file without a name, in which it is brought up to date, and
//! `restore` copies that over the store in one transaction.

mod check;
mod content;
mod restore;
mod stage;
mod verify;

use std::path::Path;

use crate::domain::backup::BackupContent;
use crate::store::{Maintenance as _, OnStep, Result, StoreError};

use super::{SqliteStore, error, pages};

pub(super) use restore::Place;
pub(crate) use verify::verify;

impl SqliteStore {
    /// Copies one state of the store into an empty file. Nobody else may use that file meanwhile.
    pub(super) fn copy_into(&self, file: &Path, on_step: &mut OnStep<'_>) -> Result<BackupContent> {
        self.check_identity()?;
        if let Some(damage) = self.damage_error() {
            return Err(damage);
        }
        // It is the transaction's state that is copied, whatever is committed meanwhile.
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        let content = content::of(&transaction)?;
        pages::copy(&transaction, file, on_step)?;
        transaction.finish().map_err(error::of)?;
        self.check_identity()?;
        Ok(content)
    }

    /// Returns the reason why a damaged store is not copied: the copy would be damaged too.
    fn damage_error(&self) -> Option<StoreError> {
        self.damage().map(|damage| self.known_damage(&damage))
    }
}

#[cfg(test)]
mod tests;
