//! The upkeep of a store in a SQLite file.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::secret::Secret;
use crate::domain::sqlite::{COMPANIONS, KEY_FILE, beside};
use crate::domain::time::Timestamp;
use crate::store::{
    Examination, IdleWork, Maintenance, OnStep, Repair, Repaired, Replaced, Restoration, Result, Store as _,
    StoreError, TransactionEnd,
};

use super::cache::CachedReader;
use super::file::Identity;
use super::stamp::FileStamp;
use super::version::Version;
use super::{
    SqliteStore, account_search, damage, error, integrity, key_file, read_only, search_index, settings,
};

/// The number of steps of SQLite's virtual machine between two polls of the stop flag: less than a millisecond.
const STEPS_BETWEEN_POLLS: i32 = 1_000;

impl Maintenance for SqliteStore {
    fn yield_to_writers(&self) {
        settings::let_others_in();
    }

    fn empty_log(&self) -> Result<bool> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_kept: bool = self.connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)?;
        Ok(!is_kept)
    }

    fn change_counter(&self) -> Result<i64> {
        // SQLite does not notice changes to a file that it reads without locks.
        match self.unlocked {
            Some(_) => Ok(FileStamp::of(&self.path).number()),
            None => Version::of(&self.connection).map(Version::others),
        }
    }

    fn check_place(&self) -> Result<()> {
        self.check_identity()
    }

    fn run_idle_work(&mut self) -> Result<IdleWork> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        let idle_work = CachedReader::new(&transaction, &self.cache)?.run_idle_work()?;
        transaction.finish().map_err(error::of)?;
        Ok(idle_work)
    }

    fn warm_up(&self) -> Result<()> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        account_search::warm_up(CachedReader::new(&transaction, &self.cache)?)?;
        transaction.finish().map_err(error::of)
    }

    fn catch_up(&mut self) -> Result<bool> {
        if self.read_only.is_some() || !search_index::is_behind(&self.connection, search_index::MANY)? {
            return Ok(false);
        }
        // Every transaction does so.
        self.caught_up.set(None);
        self.transact_lazily(&mut |_| TransactionEnd::Commit).map(|()| true)
    }

    fn key_path(&self) -> PathBuf {
        key_file::path_of(&self.path)
    }

    fn key(&self) -> Result<Option<Secret>> {
        key_file::read(&self.path)
    }

    fn make_key(&mut self, new: &Secret) -> Result<Secret> {
        key_file::make(&self.path, new)
    }

    fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    fn check_table(&mut self, before: u32, go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>> {
        // In this order, so that a request to stop is seen either here or by SQLite.
        self.stop.store(false, Ordering::SeqCst);
        if !go_on() {
            return Err(StoreError::Stopped);
        }
        let stop = Arc::clone(&self.stop);
        let is_stopped = move || stop.load(Ordering::SeqCst);
        self.connection.progress_handler(STEPS_BETWEEN_POLLS, Some(is_stopped)).map_err(error::of)?;
        let checked = integrity::check_table(&self.connection, before);
        self.connection.progress_handler(0, None::<fn() -> bool>).map_err(error::of)?;
        checked
    }

    fn damage(&self) -> Option<Damage> {
        self.identity.and_then(|_| damage::remembered(&self.path))
    }

    fn note_damage(&mut self, damage: &Damage) {
        if self.read_only.is_none() && self.identity.is_some() {
            // Damage that cannot be recorded is found again.
            let _ = damage::remember(&self.path, damage);
        }
        if self.opening.access.writes() {
            self.read_only = Some(self.known_damage(damage));
        }
    }

    fn forget_damage(&mut self) -> Result<bool> {
        if self.damage().is_none() || !self.opening.access.writes() || !read_only::can_write(&self.path) {
            return Ok(false);
        }
        damage::forget(&self.path).map(|()| true)
    }

    fn reopen_if_changed(&mut self) -> Result<bool> {
        if self.unlocked.is_none_or(|state| FileStamp::of(&self.path).holds_the_same_as(&state)) {
            return Ok(false);
        }
        let stop = Arc::clone(&self.stop);
        *self = Self { stop, ..Self::open(&self.path, self.opening)? };
        Ok(true)
    }

    fn verify_schema(&self) -> Result<()> {
        self.compare_schema()
    }

    fn findings(
        &mut self,
        examination: Examination,
        now: Timestamp,
        on_step: &mut OnStep<'_>,
    ) -> Result<Vec<Finding>> {
        self.examine(examination, None, now, on_step)
    }

    fn repair(&mut self, drop_foreign: bool, repair: &mut dyn Repair) -> Result<Repaired> {
        self.mend(Vec::new(), None, drop_foreign, repair)
    }

    fn owns(&self, path: &Path) -> bool {
        let Ok(asked) = Identity::of(path) else { return false };
        let mut companions = COMPANIONS.iter().chain([&KEY_FILE]);
        self.identity == Some(asked)
            || companions.any(|suffix| Identity::of(&beside(&self.path, suffix)) == Ok(asked))
    }

    fn back_up(&self, file: &Path, on_step: &mut OnStep<'_>) -> Result<BackupContent> {
        self.copy_into(file, on_step)
    }

    fn restore(
        &mut self,
        backup: &mut dyn Read,
        restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        self.restore_backup(backup, restoration)
    }
}
