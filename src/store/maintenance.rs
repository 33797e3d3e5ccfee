//! The upkeep of a store.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

use super::{Finished, OnStep, Replaced, Restoration, Result, StoreError, Write};

/// The result of a piece of idle work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleWork {
    /// There is nothing left to do.
    Done,
    /// There is more to do.
    More,
    /// Positions that were reported since the last change were approximate. From now on they are exact.
    Refreshed,
}

/// The extent of an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examination {
    /// All checks are made.
    Whole,
    /// The pages are left out: a repair has just checked them.
    AfterRepair,
}

/// The parts of a repair that are not the store's business.
pub trait Repair {
    /// Returns the time of the repair.
    fn now(&self) -> Timestamp;
    /// Reports progress. The repair stops, and nothing has changed in the store, when it returns false.
    fn step(&mut self, done: Finished) -> bool;
    /// Records a finding in the transaction that fixes it, with the file that keeps removed or replaced definitions.
    fn note(&mut self, rows: &mut dyn Write, finding: &Finding, saved: Option<&Path>) -> Result<()>;
}

/// The result of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The findings that were fixed.
    pub mended: Vec<Finding>,
    /// The file that keeps removed or replaced definitions.
    pub saved: Option<PathBuf>,
    /// True if pages are damaged, so that nothing in the file was changed.
    pub is_damaged: bool,
}

impl Repaired {
    /// Returns the result of a repair of files and folders alone.
    pub fn only(mended: Vec<Finding>) -> Self {
        Self { mended, saved: None, is_damaged: false }
    }
}

/// Upkeep that depends on the backend: caches, locks, and the integrity of files.
///
/// The defaults suit a backend that has nothing to do here, such as a database server that looks after its own files and
/// queues its own locks. Such a backend implements [`change_counter`](Self::change_counter) alone.
pub trait Maintenance {
    /// Returns a number that changes whenever another connection has committed a change. Nothing else is promised of it:
    /// it need not grow. The console asks several times a second.
    fn change_counter(&self) -> Result<i64>;
    /// Checks that the store is still in its place: the file at its path is the one that is open.
    ///
    /// # Errors
    /// [`StoreError::Replaced`].
    fn check_place(&self) -> Result<()> {
        Ok(())
    }
    /// Works for a few milliseconds on what makes the next read quick. Call it when no request is waiting.
    fn run_idle_work(&mut self) -> Result<IdleWork> {
        Ok(IdleWork::Done)
    }
    /// Fills the caches that filters on accounts need, so that the first filter is as quick as the next.
    fn warm_up(&self) -> Result<()> {
        Ok(())
    }
    /// Works for a few milliseconds on what changes of very many rows have left to do, and returns true if there is more. Call
    /// it when no change is waiting.
    fn catch_up(&mut self) -> Result<bool> {
        Ok(false)
    }
    /// Pauses between two transactions, so that other programs that wait for the lock can get it. A backend that queues
    /// writers need not.
    fn yield_to_writers(&self) {}
    /// Removes what was overwritten or deleted from the log of the store. Returns false if readers keep it there.
    ///
    /// # Errors
    /// The log cannot be copied into the file.
    fn empty_log(&self) -> Result<bool> {
        Ok(true)
    }
    /// Returns true if the file at `path` belongs to this store, under whatever name. Such a file must not be opened:
    /// closing it would release the locks that this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
    fn owns(&self, _path: &Path) -> bool {
        false
    }
    /// Opens the store again if another program may have changed it during the last read, and returns true if so. What was
    /// read is then unreliable.
    fn reopen_if_changed(&mut self) -> Result<bool> {
        Ok(false)
    }
    /// Returns the path of the key file beside the store, whether or not it is there.
    fn key_path(&self) -> PathBuf;
    /// Returns the text in the key file beside the store, or `None` if there is none.
    ///
    /// # Errors
    /// The file cannot be read.
    fn key(&self) -> Result<Option<Secret>>;
    /// Writes a key file with this text, unless there is one. Returns the text of the file.
    ///
    /// # Errors
    /// The file cannot be written.
    fn make_key(&mut self, new: &Secret) -> Result<Secret>;
    /// Returns the warnings for whoever opened the store.
    fn warnings(&self) -> &[Finding] {
        &[]
    }
    /// Checks the pages of one table and its indexes, and returns `None` if there are not more than `before` tables. The
    /// store's [`Interrupter`](super::Interrupter) stops it at any time while `go_on` returns true.
    ///
    /// # Errors
    /// [`StoreError::Stopped`], or the table cannot be read. Damage is not an error.
    fn check_table(&mut self, _before: u32, _go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>> {
        Ok(None)
    }
    /// Returns the recorded damage.
    fn damage(&self) -> Option<Damage> {
        None
    }
    /// Records damage, if the store was opened for writing, and refuses changes from now on.
    fn note_damage(&mut self, _damage: &Damage) {}
    /// Removes the record of damage and returns true if there was one. An open store stays as it is.
    ///
    /// # Errors
    /// The record cannot be removed.
    fn forget_damage(&mut self) -> Result<bool> {
        Ok(false)
    }
    /// Checks that the schema is the one that NEXUS created.
    ///
    /// # Errors
    /// [`StoreError::Altered`].
    fn verify_schema(&self) -> Result<()> {
        Ok(())
    }
    /// Returns the findings of `nexus doctor` about this store. What cannot be examined is a finding too.
    ///
    /// # Errors
    /// [`StoreError::Stopped`].
    fn findings(
        &mut self,
        _examination: Examination,
        _now: Timestamp,
        _on_step: &mut OnStep<'_>,
    ) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }
    /// Fixes everything that can be fixed without a loss. With `drop_foreign` it also removes triggers and unique indexes
    /// that other programs added to NEXUS's tables.
    ///
    /// # Errors
    /// [`StoreError::Stopped`]; the store cannot be written.
    fn repair(&mut self, _drop_foreign: bool, _repair: &mut dyn Repair) -> Result<Repaired> {
        Ok(Repaired::only(Vec::new()))
    }
    /// Copies one state of the store into an empty file that nobody else uses, while others write, and returns the facts
    /// about it. An unfinished file is worth nothing.
    ///
    /// # Errors
    /// [`StoreError::Stopped`]; [`StoreError::KnownDamage`]; the store cannot be read, or the file cannot be written.
    fn back_up(&self, _file: &Path, _on_step: &mut OnStep<'_>) -> Result<BackupContent> {
        Err(no_files())
    }
    /// Puts the rows of a backup in place of the store's, and keeps those. Others may use the store meanwhile: they see the
    /// old rows until all new ones are there. Returns `None` if the verification was not accepted.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] for what is no backup, [`StoreError::Newer`], [`StoreError::Stopped`],
    /// [`StoreError::Busy`]; the store cannot be written. It is unchanged then.
    fn restore(
        &mut self,
        _backup: &mut dyn Read,
        _restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        Err(no_files())
    }
}

/// Returns the error for a backend that is backed up with the tools of its server.
fn no_files() -> StoreError {
    StoreError::Unreachable("the tools of its server make and restore its backups".into())
}
