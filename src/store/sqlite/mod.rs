//! A store in one SQLite file, and all SQL of NEXUS.
//!
//! A list of a million rows is read like this: `window` gets a range; `sort_orders` has the indexes of each order,
//! and `keyset` scans them from any position; `position_index` finds the row at a position. The ids that match a
//! filter are found once, by `search_index` or by SQL, and `cache` keeps them until the rows change. Triggers keep
//! derived data beside the three tables; `denormalized` completes it.

mod account_counts;
mod account_search;
mod active_hours;
mod added_columns;
mod backup;
mod bin;
mod bin_filter;
mod boot;
mod cache;
mod calendar;
mod carried;
mod chain;
mod completion;
mod copy;
mod creation;
mod credentials;
mod damage;
mod denormalized;
mod dependents;
mod directories;
mod directory_counts;
mod doctor;
mod earlier;
mod entries;
mod erased_entries;
mod erasure;
mod error;
mod examined;
mod failed_log_ins;
mod file;
mod filter;
mod foreign_keys;
mod found_rows;
mod hashed_ids;
mod hashes;
mod idle;
mod integrity;
mod invitations;
mod journal;
mod journal_filter;
mod journal_folds;
mod journal_head;
mod journal_ids;
mod journal_lines;
mod journal_orders;
mod journal_parts;
mod journal_places;
mod journal_rechain;
mod journal_tail;
mod journal_verify;
mod journal_windows;
mod kept_tables;
mod key_file;
mod keyset;
mod leftovers;
mod load;
mod location;
mod maintenance;
mod matching;
mod mentions;
mod migrations;
mod moments;
mod name_owners;
mod named;
mod names;
mod new_trees;
mod notes;
mod open;
mod operations;
mod overview;
mod pages;
mod permissions;
mod place_set;
mod position_index;
mod private_copy;
mod ranks;
mod read_only;
mod references;
mod revision;
mod rows;
mod schema;
mod search_index;
mod second_factors;
mod sessions;
mod settings;
mod shared_keys;
mod sort_orders;
mod stamp;
mod statement;
mod stored;
mod tree;
mod unchecked_keys;
mod unique_set;
mod unused;
mod users;
mod values;
mod version;
mod watch;
mod window;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Transaction};

use crate::domain::finding::Finding;
use crate::domain::integrity::Damage;
use crate::store::{
    Interrupter, Maintenance as _, Opening, Read, Result, Store, StoreError, TransactionEnd, Write,
};

use cache::{Cache, CachedReader};
use creation::Unnamed;
use file::Identity;
use rows::Rows;
use settings::{ReadTransaction, StatementUndo, Sync};
use stamp::FileStamp;

pub(crate) use backup::{has_its_turn, verify as verify_backup};
pub(crate) use examined::Examined;
pub(crate) use file::{STORE_HEAD, is_store_head};

/// The number of other programs' names that one transaction completes: a few milliseconds.
const NAMES_AT_ONCE: i64 = 500;

/// The number of changes of accounts after which the blocks of the search are looked at again.
const CHANGES_BETWEEN_LOOKS: i64 = 256;

/// A store in one SQLite file, over one connection.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    /// The path of the file, without symbolic links.
    path: PathBuf,
    /// The file that was opened; the path may lead to another one later. `None` for a store without a file.
    identity: Option<Identity>,
    /// The file of a new store that has no name until its first change.
    unnamed: Option<Unnamed>,
    opening: Opening,
    /// The reason why the store can only be read.
    read_only: Option<StoreError>,
    warnings: Vec<Finding>,
    /// The state of the file when it was opened, if it is read without locks or from a copy.
    unlocked: Option<FileStamp>,
    /// Set to interrupt a read.
    stop: Arc<AtomicBool>,
    cache: RefCell<Cache>,
    /// The generation of the schema that was last found to be as expected.
    verified: Cell<Option<i64>>,
    /// The change at which the blocks of the search were last found to be up to date enough.
    caught_up: Cell<Option<i64>>,
}

impl SqliteStore {
    /// Checks that the schema is as expected. It is compared again only after it has changed.
    fn compare_schema(&self) -> Result<()> {
        let generation = schema::generation(&self.connection)?;
        if self.verified.get() != Some(generation) {
            schema::verify(&self.connection, schema::LATEST)?;
            self.verified.set(Some(generation));
        }
        Ok(())
    }

    /// Writes a block of the search again if many accounts have changed since they were written. That is looked at after so
    /// many changes only.
    fn renew_search_blocks(&self, connection: &Connection) -> Result<()> {
        let newest = search_index::newest_change(connection)?;
        let is_near = |seen: i64| (0..CHANGES_BETWEEN_LOOKS).contains(&newest.saturating_sub(seen));
        if !self.caught_up.get().is_some_and(is_near)
            && !search_index::catch_up(connection, search_index::MANY)?
        {
            self.caught_up.set(Some(newest));
        }
        Ok(())
    }

    /// Checks that the path still leads to the open file. SQLite continues to write to a file that was deleted or replaced
    /// and reports success, so this is called before and after each transaction.
    fn check_identity(&self) -> Result<()> {
        match self.identity {
            None => Ok(()),
            Some(identity) if Identity::of(&self.path).ok() == Some(identity) => Ok(()),
            Some(_) => Err(StoreError::Replaced),
        }
    }
}

impl SqliteStore {
    /// Runs `work` in one transaction whose statements keep what they would have to take back in this place.
    fn run(
        &mut self,
        undo: StatementUndo,
        work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd,
    ) -> Result<()> {
        self.writable()?;
        self.check_identity()?;
        if self.identity.is_some() {
            permissions::check_names(&self.path)?;
        }
        // Rolled back when it is dropped, also by a panic in `work`.
        let transaction = settings::begin(&self.connection, undo)?;
        // Under the lock, so that nobody can alter it before `work` ends.
        self.compare_schema()?;
        let before = revision::Before::of(&transaction)?;
        // Whoever writes next completes the rows that another program wrote.
        denormalized::finish_some(&transaction, NAMES_AT_ONCE)?;
        self.renew_search_blocks(&transaction)?;
        let mut rows = Rows::new(CachedReader::new(&transaction, &self.cache)?);
        let end = work(&mut rows);
        let ended = match end {
            // After some errors SQLite has rolled back by itself, and the commit reports that.
            TransactionEnd::Commit if transaction.is_autocommit() => commit(transaction),
            TransactionEnd::Commit => {
                rows.finish().and_then(|()| before.renew(&transaction)).and_then(|()| commit(transaction))
            }
            // After some errors SQLite has rolled back by itself (sqlite.org/lang_transaction.html, 3.1).
            TransactionEnd::RollBack if transaction.is_autocommit() => {
                drop(transaction);
                Ok(())
            }
            TransactionEnd::RollBack => transaction.rollback().map_err(error::of),
        };
        if ended.is_err() || end == TransactionEnd::RollBack {
            self.cache.borrow_mut().roll_back();
        }
        ended?;
        if end == TransactionEnd::Commit {
            self.take_name()?;
        }
        self.check_identity()
    }

    fn known_damage(&self, damage: &Damage) -> StoreError {
        StoreError::KnownDamage(Box::new(damage.finding(&self.path)))
    }
}

/// Commits. Deferred foreign keys of other programs are checked only now.
fn commit(transaction: Transaction<'_>) -> Result<()> {
    transaction.commit().map_err(error::of_deletion)
}

impl Store for SqliteStore {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.run(StatementUndo::InMemory, work)
    }

    fn transact_wholesale(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.run(StatementUndo::InFile, work)
    }

    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        settings::sync(&self.connection, Sync::Lazily)?;
        let done = self.transact(work);
        settings::sync(&self.connection, Sync::Always)?;
        done
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()> {
        let reading = ReadTransaction::begin(&self.connection)?;
        work(&Rows::new(CachedReader::new(&self.connection, &self.cache)?));
        reading.end()
    }

    fn interrupter(&self) -> Interrupter {
        let (handle, stop) = (self.connection.get_interrupt_handle(), Arc::clone(&self.stop));
        Interrupter::new(move || {
            stop.store(true, Ordering::SeqCst);
            handle.interrupt();
        })
    }

    fn writable(&self) -> Result<()> {
        match &self.read_only {
            Some(error) => Err(error.clone()),
            None => self.damage().map_or(Ok(()), |damage| Err(self.known_damage(&damage))),
        }
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(test)]
mod tests;
