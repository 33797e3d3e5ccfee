//! The contract of backups: one state of a store in a file of its own.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::domain::backup::BackupCheck;
use crate::domain::journal::Head;

use super::{Finished, Read as Rows, Result, Write};

/// A callback for the progress of long work, in a unit of its own. The work stops when it returns false.
pub type OnStep<'s> = dyn FnMut(Finished) -> bool + 's;

/// A backup to verify.
pub enum BackupSource<'s> {
    /// A file that is not packed.
    File(&'s Path),
    /// A copy of a store, made just now: its pages are verified, but not each row in each index.
    Own(&'s Path),
    /// Its bytes, unpacked on the way.
    Stream(&'s mut dyn Read),
}

/// The parts of a restore that are not the store's business.
pub trait Restoration {
    /// Reports progress. The work stops, and nothing has changed, when it returns false.
    fn step(&mut self, done: Finished) -> bool;
    /// Returns true if the backup is to be restored after this verification.
    fn accepts(&mut self, check: &BackupCheck) -> bool;
    /// Changes rows of the backup before they become those of the store.
    fn prepare(&mut self, rows: &mut dyn Write) -> Result<()>;
    /// Judges the rows of the store that are to be replaced. Nobody changes the store any more until it is replaced.
    fn judge(&mut self, replaced: Result<&dyn Rows>) -> Result<()>;
    /// Records the restore in the journal of the backup. Nobody changes the store any more until it is replaced.
    fn record(&mut self, rows: &mut dyn Write, replaced: &Replaced) -> Result<()>;
}

/// The state of the store that a restore replaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replaced {
    /// The newest entry of its journal; `None` if there was no store, or if it cannot be read.
    pub head: Option<Head>,
    /// The file that keeps it.
    pub kept: Option<PathBuf>,
}
