//! The store in one SQLite file: all SQL of NEXUS.
//!
//! How a list of a million rows is read: `window` is asked for a stretch; `orders` says along which indexes each
//! order goes, `order` walks there from any place; `fences` tell which place is at a position. What a filter shows is
//! found once, in `texts` or by SQL, and `memory` keeps it until the rows change. What triggers keep beside the three
//! tables for that, and what is finished of it here, stands in `derived`.

mod bin;
mod derived;
mod directories;
mod error;
mod fences;
mod file;
mod filter;
pub mod foreign;
mod hashes;
mod holders;
mod journal;
mod load;
mod memory;
mod migrations;
mod names;
mod order;
mod orders;
mod rows;
mod sessions;
mod settings;
mod texts;
mod tree;
mod users;
mod values;
mod version;
mod window;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::{Access, Interrupter, Read, Result, Store, StoreError, Tending, Verdict, Write};
use file::Identity;
use memory::{Memory, Reader};
use rows::Rows;
use version::Version;

/// Names of other programs' rows that are finished in one transaction: a few milliseconds.
const NAMES_AT_ONCE: i64 = 500;

/// A store in one SQLite file, over one connection.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    /// Which file was opened: the one at the path may become another.
    identity: Identity,
    access: Access,
    memory: RefCell<Memory>,
}

impl SqliteStore {
    /// Opens the store at `path`; with [`Access::ReadWrite`] makes it where there is none.
    ///
    /// # Errors
    /// What is at the path is no store of this program, or cannot be used; it was then not touched.
    pub fn open(path: &Path, access: Access) -> Result<Self> {
        let found = file::inspect(path)?;
        if found == file::Found::Nothing && access == Access::ReadWrite {
            file::create(path)?;
        }
        let identity = Identity::of(path)?;
        let mut connection = settings::connect(path, access)?;
        match access {
            Access::ReadWrite => migrations::apply(&mut connection)?,
            Access::ReadOnly if found == file::Found::Store => migrations::check(&connection)?,
            Access::ReadOnly => return Err(StoreError::Unreachable("there is no store yet".into())),
        }
        settings::prepare(&connection, access)?;
        let store = Self { connection, path: path.to_owned(), identity, access, memory: RefCell::default() };
        // What was looked at is what SQLite opened.
        store.still_there()?;
        Ok(store)
    }

    /// SQLite goes on writing into a file that was deleted or replaced, and says it is saved: so the path is looked at
    /// before a transaction begins and before it is called done.
    fn still_there(&self) -> Result<()> {
        if Identity::of(&self.path).ok() == Some(self.identity) { Ok(()) } else { Err(StoreError::Replaced) }
    }
}

impl Store for SqliteStore {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()> {
        if self.access == Access::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        self.still_there()?;
        // Rolled back when it is dropped, also by a panic in `work`.
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error::of)?;
        // What another program left is finished by whoever writes next.
        derived::finish_some(&transaction, NAMES_AT_ONCE)?;
        let verdict = work(&mut Rows::new(Reader::new(&transaction, &self.memory)?));
        match verdict {
            Verdict::Commit => transaction.commit(),
            // After some errors SQLite has rolled back by itself (sqlite.org/lang_transaction.html, 3.1).
            Verdict::RollBack if transaction.is_autocommit() => return Ok(()),
            Verdict::RollBack => transaction.rollback(),
        }
        .map_err(error::of)?;
        self.still_there()
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        work(&Rows::new(Reader::new(&transaction, &self.memory)?));
        transaction.finish().map_err(error::of)
    }

    fn give_way(&self) {
        settings::let_others_in();
    }

    fn version(&self) -> Result<i64> {
        Version::of(&self.connection).map(Version::others)
    }

    fn interrupter(&self) -> Interrupter {
        let handle = self.connection.get_interrupt_handle();
        Interrupter::new(move || handle.interrupt())
    }

    fn tend(&mut self) -> Result<Tending> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        let tending = Reader::new(&transaction, &self.memory)?.tend()?;
        transaction.finish().map_err(error::of)?;
        Ok(tending)
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn owns(&self, path: &Path) -> bool {
        let Ok(asked) = Identity::of(path) else { return false };
        let beside = ["-wal", "-shm"].map(|suffix| Identity::of(&file::beside(&self.path, suffix)));
        asked == self.identity || beside.contains(&Ok(asked))
    }
}
