//! A store that other programs change in the middle of a test.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::{self, Access, Maintenance, Read, Store, StoreError, TransactionEnd, Write, change};

/// A change by another program, just before the next transaction.
pub(super) type Meddling = Box<dyn FnOnce(&mut dyn Write) + Send>;

/// A change of the store's file by another program, while it is read.
pub(super) type DuringReading = Box<dyn FnOnce() + Send>;

/// The hooks of a [`SharedStore`], which a test keeps.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    pub(super) meddling: Arc<Mutex<Option<Meddling>>>,
    /// The number of snapshots that were taken.
    pub(super) reads: Arc<AtomicU32>,
}

/// A store on which others work too, at the worst moment.
pub(super) struct SharedStore {
    pub(super) store: Box<dyn Store>,
    pub(super) hooks: Hooks,
    pub(super) during_reading: Mutex<Option<DuringReading>>,
}

impl SharedStore {
    /// Opens the store in this folder.
    pub(super) fn open(folder: &Path, hooks: &Hooks) -> Box<dyn Store> {
        let store = store::open(&folder.join("nexus.db").into(), Access::ReadWrite).unwrap();
        Box::new(Self { store, hooks: hooks.clone(), during_reading: Mutex::default() })
    }
}

impl Store for SharedStore {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> store::Result<()> {
        if let Some(meddle) = self.hooks.meddling.lock().unwrap().take() {
            change(&mut *self.store, TransactionEnd::Commit, |rows| {
                meddle(rows);
                Ok::<_, StoreError>(())
            })?;
        }
        self.store.transact(work)
    }

    fn transact_wholesale(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd,
    ) -> store::Result<()> {
        self.store.transact_wholesale(work)
    }

    fn transact_lazily(
        &mut self,
        work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd,
    ) -> store::Result<()> {
        self.store.transact_lazily(work)
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> store::Result<()> {
        self.hooks.reads.fetch_add(1, Ordering::Relaxed);
        self.store.snapshot(work)?;
        if let Some(meddle) = self.during_reading.lock().unwrap().take() {
            meddle();
        }
        Ok(())
    }

    fn interrupter(&self) -> store::Interrupter {
        self.store.interrupter()
    }

    fn writable(&self) -> store::Result<()> {
        self.store.writable()
    }

    fn location(&self) -> String {
        self.store.location()
    }
}

impl Maintenance for SharedStore {
    /// Does nothing: other writers of a test do not wait.
    fn yield_to_writers(&self) {}

    fn empty_log(&self) -> store::Result<bool> {
        self.store.empty_log()
    }

    fn change_counter(&self) -> store::Result<i64> {
        self.store.change_counter()
    }

    fn run_idle_work(&mut self) -> store::Result<store::IdleWork> {
        self.store.run_idle_work()
    }

    fn warm_up(&self) -> store::Result<()> {
        self.store.warm_up()
    }

    fn catch_up(&mut self) -> store::Result<bool> {
        self.store.catch_up()
    }

    fn key_path(&self) -> PathBuf {
        self.store.key_path()
    }

    fn key(&self) -> store::Result<Option<Secret>> {
        self.store.key()
    }

    fn make_key(&mut self, new: &Secret) -> store::Result<Secret> {
        self.store.make_key(new)
    }

    fn warnings(&self) -> &[Finding] {
        self.store.warnings()
    }

    fn check_table(
        &mut self,
        before: u32,
        go_on: &mut dyn FnMut() -> bool,
    ) -> store::Result<Option<TableCheck>> {
        self.store.check_table(before, go_on)
    }

    fn damage(&self) -> Option<Damage> {
        self.store.damage()
    }

    fn note_damage(&mut self, damage: &Damage) {
        self.store.note_damage(damage);
    }

    fn forget_damage(&mut self) -> store::Result<bool> {
        self.store.forget_damage()
    }

    fn reopen_if_changed(&mut self) -> store::Result<bool> {
        self.store.reopen_if_changed()
    }

    fn verify_schema(&self) -> store::Result<()> {
        self.store.verify_schema()
    }

    fn findings(
        &mut self,
        examination: store::Examination,
        now: Timestamp,
        on_step: &mut store::OnStep<'_>,
    ) -> store::Result<Vec<Finding>> {
        self.store.findings(examination, now, on_step)
    }

    fn repair(
        &mut self,
        drop_foreign: bool,
        repair: &mut dyn store::Repair,
    ) -> store::Result<store::Repaired> {
        self.store.repair(drop_foreign, repair)
    }

    fn owns(&self, path: &Path) -> bool {
        self.store.owns(path)
    }

    fn back_up(&self, file: &Path, on_step: &mut store::OnStep<'_>) -> store::Result<BackupContent> {
        self.store.back_up(file, on_step)
    }

    fn restore(
        &mut self,
        backup: &mut dyn io::Read,
        restoration: &mut dyn store::Restoration,
    ) -> store::Result<Option<store::Replaced>> {
        self.store.restore(backup, restoration)
    }
}
