//! A backup takes the place of the store's rows, in one transaction of the store's own file.
//!
//! Consoles have that file open, so it is never exchanged: SQLite's backup writes the pages of the staged backup over those
//! of the store, and readers see the old rows until it is committed. A
//! restore that is killed before the commit leaves the old store as it was.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::domain::access::Access;
use crate::store::{Opening, Replaced, Restoration, Result, StoreError, Write};

use super::super::cache::{Cache, CachedReader};
use super::super::file::Identity;
use super::super::{
    Rows, SqliteStore, copy, creation, damage, error, journal_head, pages, permissions, revision, settings,
};
use super::check;
use super::stage::{self, Staged};

/// The numbers that a table with AUTOINCREMENT gives are taken over from the replaced store below this one. A program that
/// stored a larger one has used them up, and the restore mends that.
const MOST_IDS: i64 = i64::MAX / 2;

impl SqliteStore {
    /// Restores a backup, and returns what it replaced; `None` if the verification was not accepted.
    pub(crate) fn restore_backup(
        &mut self,
        source: &mut dyn Read,
        restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        match &self.read_only {
            None | Some(StoreError::KnownDamage(_)) if self.opening.access.writes() => {}
            None => return Err(StoreError::ReadOnly),
            Some(reason) => return Err(reason.clone()),
        }
        let place = ReplacedStore { path: &self.path, identity: self.identity, opening: self.opening };
        let replaced = place.restore(source, restoration)?;
        if replaced.is_some() {
            let stop = Arc::clone(&self.stop);
            // An altered schema was agreed to. It is committed: where it cannot be opened anew, the connection stays, to the
            // same file.
            if let Ok(opened) = Self::open_as_it_is(&self.path, self.opening) {
                *self = Self { stop, ..opened };
            }
        }
        Ok(replaced)
    }
}

/// The place of a store that is replaced, whatever is there.
pub(crate) struct ReplacedStore<'a> {
    pub(crate) path: &'a Path,
    /// The file that is there; `None` where there is none.
    pub(crate) identity: Option<Identity>,
    pub(crate) opening: Opening,
}

impl ReplacedStore<'_> {
    /// Restores a backup here, and returns what it replaced; `None` if the verification was not accepted.
    pub(crate) fn restore(
        &self,
        source: &mut dyn Read,
        restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        self.check_identity()?;
        if self.identity.is_some() {
            permissions::check_names(self.path)?;
        }
        let base = creation::existing_folder(self.path)?;
        let mut staged =
            stage::from(source, &base, self.opening.uninterrupted, &mut |done| restoration.step(done))?;
        let check = match staged.check(&mut |done| restoration.step(done)) {
            Err(StoreError::Damaged) => check::unreadable(),
            checked => checked?,
        };
        if !restoration.accepts(&check) {
            return Ok(None);
        }
        change(&staged, |rows| restoration.prepare(rows))?;
        let replaced = match self.identity {
            None => self.make(&staged, restoration)?,
            Some(_) => self.overwrite(&staged, restoration)?,
        };
        Ok(Some(replaced))
    }

    fn check_identity(&self) -> Result<()> {
        match self.identity {
            Some(identity) if Identity::of(self.path).ok() != Some(identity) => Err(StoreError::Replaced),
            _ => Ok(()),
        }
    }

    /// Makes a store of the backup where there is none.
    fn make(&self, staged: &Staged, restoration: &mut dyn Restoration) -> Result<Replaced> {
        let replaced = Replaced::default();
        change(staged, |rows| restoration.record(rows, &replaced))?;
        // The connection stays open meanwhile: where files must have names, its end takes the file away.
        staged.connection.cache_flush().map_err(error::of)?;
        creation::put_new(&staged.file, self.path, self.opening.group)?;
        Ok(replaced)
    }

    fn overwrite(&self, staged: &Staged, restoration: &mut dyn Restoration) -> Result<Replaced> {
        let mut live = settings::connect(self.path, Access::Existing)?;
        match settings::prepare(&mut live, Access::Existing) {
            // The schema of a store may be damaged too: SQLite copies pages all the same.
            Ok(()) | Err(StoreError::Damaged) => {}
            Err(error) => return Err(error),
        }
        fit_pages(&staged.connection, &live)?;
        let replaced = {
            let backup = Backup::new(&staged.connection, &mut live).map_err(error::of)?;
            // Takes the lock for writing, so that what is kept is what is replaced.
            match backup.step(0).map_err(error::of)? {
                StepResult::Done | StepResult::More => {}
                _ => return Err(StoreError::Busy),
            }
            self.check_identity()?;
            let old = settings::connect(self.path, Access::ReadOnly)?;
            judge(&old, restoration)?;
            let kept = copy::before(&old, self.path, &mut |done| restoration.step(done))?;
            let replaced = Replaced { head: journal_head::read(&old).ok(), kept: Some(kept.clone()) };
            let written = change(staged, |rows| restoration.record(rows, &replaced))
                .and_then(|()| continue_from(&old, &staged.connection))
                .and_then(|()| pages::all_pages(&backup, &mut |done| restoration.step(done)));
            if written.is_err() {
                // The store is as it was. A copy too many does no harm, but where there is no room.
                let _ = std::fs::remove_file(kept);
            }
            written?;
            replaced
        };
        // It is committed; all else is tidying. Readers of the old rows may still need the log.
        let _ = live.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        drop(live);
        let _ = damage::forget(self.path);
        Ok(replaced)
    }
}

/// Lets the rows of the store be judged. A store that is too damaged to be read is judged as well.
fn judge(old: &Connection, restoration: &mut dyn Restoration) -> Result<()> {
    let transaction = old.unchecked_transaction().map_err(error::of)?;
    let cache = RefCell::<Cache>::default();
    match CachedReader::new(&transaction, &cache) {
        Ok(reader) => restoration.judge(Ok(&Rows::new(reader))),
        Err(error) => restoration.judge(Err(error)),
    }
}

/// Runs a change of the staged backup in a transaction.
fn change(staged: &Staged, work: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let transaction = Transaction::new_unchecked(&staged.connection, TransactionBehavior::Immediate);
    let transaction = transaction.map_err(error::of)?;
    let cache = RefCell::<Cache>::default();
    let before = revision::Before::of(&transaction)?;
    let mut rows = Rows::new(CachedReader::new(&transaction, &cache)?);
    work(&mut rows)?;
    rows.finish()?;
    before.renew(&transaction)?;
    transaction.commit().map_err(error::of)
}

/// Gives the backup the page size of the store, which a store with a log cannot change.
fn fit_pages(staged: &Connection, live: &Connection) -> Result<()> {
    let size = |of: &Connection| of.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0));
    let Ok(wanted) = size(live) else { return Ok(()) };
    if size(staged).map_err(error::of)? == wanted {
        return Ok(());
    }
    staged.pragma_update(None, "page_size", wanted).map_err(error::of)?;
    staged.execute_batch("VACUUM").map_err(error::of)
}

/// Makes the backup a successor of the store: no id that the store has given is given again, since consoles may still use
/// it; and the revision tells that a log with the backup continues the store's file.
fn continue_from(old: &Connection, staged: &Connection) -> Result<()> {
    // A damaged store tells nothing.
    if let Ok(revision) = revision::Before::of(old) {
        revision.succeed(staged)?;
    }
    let given =
        "SELECT name, seq FROM sqlite_sequence WHERE typeof(seq) = 'integer' AND typeof(name) = 'text'";
    let given = old.prepare(given).and_then(|mut statement| {
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    for (table, last) in given.unwrap_or_default().into_iter().filter(|(_, last)| *last < MOST_IDS) {
        let sql = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
        let known = staged.execute(sql, (&table, last)).map_err(error::of)?;
        if known == 0 {
            let sql = "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2
                       WHERE EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)";
            staged.execute(sql, (&table, last)).map_err(error::of)?;
        }
    }
    Ok(())
}
