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

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::domain::backup::BackupContent;
use crate::store::{Maintenance as _, OnStep, Result, StoreError};

use super::{SqliteStore, error, pages, settings};

pub(super) use restore::ReplacedStore;
pub(crate) use verify::verify;

/// The attempts to lock a folder until another program has held the lock for too long, after 5 s.
const ATTEMPTS: u32 = 2_500;

/// Locks a folder in which backups get their names, and returns false if another program holds the lock all the time. Where
/// there are no such locks, nobody takes turns.
pub(crate) fn has_its_turn(folder: &File) -> bool {
    is_locked(folder, ATTEMPTS)
}

fn is_locked(folder: &File, attempts: u32) -> bool {
    for _ in 0..attempts {
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => settings::let_others_in(),
            Ok(()) | Err(TryLockError::Error(_)) => return true,
        }
    }
    false
}

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
