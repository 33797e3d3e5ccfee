//! A store that is opened for an examination or a repair, in whatever state it is.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::{
    Examination, IdleWork, Interrupter, Maintenance, OnStep, Opening, Read, Repair, Repaired, Replaced,
    Restoration, Result, Store, StoreError, TransactionEnd, Write,
};

use super::backup::ReplacedStore;
use super::doctor::{CheckContext, WRITER, findings, mend_files};
use super::file::{self, Identity};
use super::watch::Watch;
use super::{SqliteStore, key_file, location, permissions};

/// A store that is opened whatever its schema, or not at all.
pub(crate) struct Examined {
    path: PathBuf,
    opening: Opening,
    /// The version number of the SQLite that wrote the file last.
    written_by: Option<u32>,
    store: Result<SqliteStore>,
}

impl Examined {
    /// Opens the store at `path` as far as that is possible.
    ///
    /// # Errors
    /// There is no store that this program knows.
    pub(crate) fn open(path: &Path, opening: Opening) -> Result<Self> {
        let written_by = file::written_by(path);
        match SqliteStore::open_as_it_is(path, opening) {
            Err(
                error @ (StoreError::Missing(_)
                | StoreError::NotAStore(_)
                | StoreError::Importable(_)
                | StoreError::Newer { .. }),
            ) => Err(error),
            store => Ok(Self { path: path.to_owned(), opening, written_by, store }),
        }
    }

    /// Returns the target of the checks without a connection.
    fn check_context<'a>(&'a self, now: Timestamp, watch: &'a Watch) -> CheckContext<'a> {
        let Self { path, opening, written_by, .. } = self;
        CheckContext { path, group: opening.group, connection: None, written_by: *written_by, now, watch }
    }

    fn store(&self) -> Result<&SqliteStore> {
        self.store.as_ref().map_err(Clone::clone)
    }

    fn store_mut(&mut self) -> Result<&mut SqliteStore> {
        self.store.as_mut().map_err(|error| error.clone())
    }
}

impl Store for Examined {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.store_mut()?.transact(work)
    }

    fn transact_wholesale(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.store_mut()?.transact_wholesale(work)
    }

    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.store_mut()?.transact_lazily(work)
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()> {
        self.store()?.snapshot(work)
    }

    fn interrupter(&self) -> Interrupter {
        self.store.as_ref().map_or_else(|_| Interrupter::new(|| ()), Store::interrupter)
    }

    fn writable(&self) -> Result<()> {
        self.store()?.writable()
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }
}

impl Maintenance for Examined {
    fn yield_to_writers(&self) {
        if let Ok(store) = &self.store {
            store.yield_to_writers();
        }
    }

    fn change_counter(&self) -> Result<i64> {
        self.store()?.change_counter()
    }

    fn run_idle_work(&mut self) -> Result<IdleWork> {
        self.store_mut()?.run_idle_work()
    }

    fn warm_up(&self) -> Result<()> {
        self.store()?.warm_up()
    }

    fn catch_up(&mut self) -> Result<bool> {
        self.store_mut()?.catch_up()
    }

    fn key_path(&self) -> PathBuf {
        key_file::path_of(&self.path)
    }

    fn key(&self) -> Result<Option<Secret>> {
        self.store()?.key()
    }

    fn make_key(&mut self, new: &Secret) -> Result<Secret> {
        self.store_mut()?.make_key(new)
    }

    fn warnings(&self) -> &[Finding] {
        // They are findings.
        &[]
    }

    fn check_table(&mut self, before: u32, go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>> {
        self.store_mut()?.check_table(before, go_on)
    }

    fn damage(&self) -> Option<Damage> {
        self.store.as_ref().ok().and_then(Maintenance::damage)
    }

    fn note_damage(&mut self, damage: &Damage) {
        if let Ok(store) = &mut self.store {
            store.note_damage(damage);
        }
    }

    fn forget_damage(&mut self) -> Result<bool> {
        self.store_mut()?.forget_damage()
    }

    fn reopen_if_changed(&mut self) -> Result<bool> {
        // An examination says what is found, also where nothing can be read.
        self.store.as_mut().map_or(Ok(false), Maintenance::reopen_if_changed)
    }

    fn verify_schema(&self) -> Result<()> {
        self.store()?.verify_schema()
    }

    fn findings(
        &mut self,
        examination: Examination,
        now: Timestamp,
        on_step: &mut OnStep<'_>,
    ) -> Result<Vec<Finding>> {
        match &mut self.store {
            Ok(store) => store.examine(examination, self.written_by, now, on_step),
            Err(why) => {
                let why = why.clone();
                findings(&self.check_context(now, &Watch::default()), examination, Some(&why))
            }
        }
    }

    fn repair(&mut self, drop_foreign: bool, repair: &mut dyn Repair) -> Result<Repaired> {
        let mut before = Vec::new();
        if self.store.is_err() && self.opening.access.writes() {
            before = mend_files(&self.check_context(repair.now(), &Watch::default()))?;
            self.store = SqliteStore::open_as_it_is(&self.path, self.opening);
        }
        match &mut self.store {
            Ok(store) => {
                let repaired = store.mend(before, self.written_by, drop_foreign, repair)?;
                if repaired.mended.iter().any(|finding| finding.check == WRITER) {
                    self.written_by = None;
                }
                Ok(repaired)
            }
            Err(why) if before.is_empty() => Err(why.clone()),
            Err(_) => Ok(Repaired::only(before)),
        }
    }

    fn owns(&self, path: &Path) -> bool {
        self.store.as_ref().is_ok_and(|store| store.owns(path))
    }

    fn back_up(&self, file: &Path, on_step: &mut OnStep<'_>) -> Result<BackupContent> {
        self.store()?.back_up(file, on_step)
    }

    fn restore(
        &mut self,
        backup: &mut dyn io::Read,
        restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        match &mut self.store {
            Ok(store) => store.restore(backup, restoration),
            // Nothing of it can be read, but a restore replaces it.
            Err(StoreError::Damaged) if self.opening.access.writes() => {
                let path = location::find(&self.path)?.ok_or(StoreError::Damaged)?;
                if let Some(reason) = permissions::check(&path, self.opening.group)?.read_only {
                    return Err(reason);
                }
                let place = ReplacedStore {
                    path: &path,
                    identity: Some(Identity::of(&path)?),
                    opening: self.opening,
                };
                let replaced = place.restore(backup, restoration)?;
                if replaced.is_some() {
                    self.store = SqliteStore::open_as_it_is(&path, self.opening);
                }
                Ok(replaced)
            }
            Err(error) => Err(error.clone()),
        }
    }
}
