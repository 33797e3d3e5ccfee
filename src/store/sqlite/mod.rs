//! The store in one SQLite file: all SQL of NEXUS.
//!
//! How a list of a million rows is read: `window` is asked for a stretch; `orders` says along which indexes each
//! order goes, `order` walks there from any place; `fences` tell which place is at a position. What a filter shows is
//! found once, in `texts` or by SQL, and `memory` keeps it until the rows change. What triggers keep beside the three
//! tables for that, and what is finished of it here, stands in `derived`.

mod added;
mod bin;
mod boot;
mod cache;
mod carried;
mod copy;
mod creation;
mod damage;
mod denormalized;
mod dependents;
mod directories;
mod doctor;
mod earlier;
mod error;
mod file;
mod filter;
mod foreign_keys;
mod hashes;
mod holders;
mod integrity;
mod journal;
mod keyset;
mod leftovers;
mod load;
mod location;
mod matching;
mod migrations;
mod moments;
mod named;
mod nameless;
mod names;
mod notes;
mod operations;
mod permissions;
mod portions;
mod position_index;
mod private_copy;
mod read_only;
mod revision;
mod rows;
mod schema;
mod search_index;
mod sessions;
mod settings;
mod sort_orders;
mod stamp;
mod tree;
mod users;
mod values;
mod version;
mod window;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{
    Access, IdleWork, Interrupter, Making, NoteRepair, Opening, Read, Repaired, Result, Store, StoreError,
    Verdict, Write,
};
use crate::domain::finding::Finding;
use crate::domain::integrity::{Damage, TableCheck};
use crate::domain::sqlite::beside;
use cache::{Cache, CachedReader};
use creation::Unnamed;
use file::{Found, Identity};
use leftovers::{Leftovers, Trial};
use permissions::Heeded;
use private_copy::PrivateCopy;
use rows::Rows;
use settings::Sync;
use stamp::State;
use version::Version;

/// Opens the store at `path` to examine it, whatever its schema.
///
/// # Errors
/// There is no store that this program knows.
pub(super) fn examine(path: &Path, opening: Opening) -> Result<Box<dyn Store>> {
    Ok(Box::new(doctor::Examined::open(path, opening)?))
}

/// Names of other programs' rows that are finished in one transaction: a few milliseconds.
const NAMES_AT_ONCE: i64 = 500;

/// How many steps of SQLite's machine a check goes between two looks at whether to stop: less than a millisecond.
const STEPS_UNHEARD: i32 = 1_000;

/// Which schema a store is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The latest: an older one is brought up to it.
    Migrated,
    /// Whatever it has.
    AsItIs,
}

/// A store in one SQLite file, over one connection.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    /// Where the file lies: links on the way to it are resolved.
    path: PathBuf,
    /// Which file was opened: the one at the path may become another. `None` for a store that lies in no file.
    identity: Option<Identity>,
    /// The file, until something is stored in it.
    unnamed: Option<Unnamed>,
    opening: Opening,
    /// Why it can only be read.
    read_only: Option<StoreError>,
    warnings: Vec<Finding>,
    /// How the file looked when it was opened, where it is read without locks or from a copy.
    unlocked: Option<State>,
    /// Set when what is being read is to stop.
    stop: Arc<AtomicBool>,
    cache: RefCell<Cache>,
    /// The generation of the schema that was found to be the expected one.
    verified: Cell<Option<i64>>,
}

impl SqliteStore {
    /// Opens the store at `path`; with [`Access::ReadWrite`] makes it where there is none.
    ///
    /// # Errors
    /// What is at the path is no store of this program, or cannot be used; it was then not touched.
    pub fn open(path: &Path, opening: impl Into<Opening>) -> Result<Self> {
        let store = Self::connect(path, opening.into(), Scope::Migrated)?;
        if store.read_only.is_none() {
            store.compare_schema()?;
        }
        Ok(store)
    }

    /// Opens the store at `path` without comparing or migrating its schema, to examine it. It is written only after its
    /// schema was found to be as it must be, or by [`Store::repair`].
    fn open_as_it_is(path: &Path, opening: Opening) -> Result<Self> {
        Self::connect(path, opening, Scope::AsItIs)
    }

    fn connect(path: &Path, opening: Opening, scope: Scope) -> Result<Self> {
        let Opening { access, group, .. } = opening;
        let place = location::find(path)?;
        let heeded = match &place {
            Some(place) => {
                let heeded = permissions::check(place, group)?;
                read_only::check_readable(place)?;
                Some(heeded)
            }
            None => None,
        };
        // Kept to the end: until then other programs wait to judge the same leftovers.
        let can_write = heeded.as_ref().is_some_and(|heeded| heeded.read_only.is_none())
            && place.as_deref().is_some_and(read_only::can_write);
        let trial = if can_write { Trial::InPlace } else { Trial::InCopy };
        let leftovers = Leftovers::find(place.as_deref().unwrap_or(path), trial, opening)?;
        let found = file::inspect(leftovers.path(), leftovers.is_first_making()?)?;
        leftovers.refuse_misfits(found)?;
        if let (Some(place), Some(heeded)) = (place, heeded) {
            let copy = leftovers.take_copy();
            match found {
                Found::Store => return Self::open_found(place, opening, heeded, scope, copy),
                Found::HalfMade if access == Access::ReadWrite => {
                    return Self::open_found(place, opening, heeded, scope, copy);
                }
                Found::Nothing | Found::HalfMade => {}
            }
        }
        match (access, scope) {
            (Access::ReadWrite, Scope::Migrated) => {
                if opening.making == Making::WithFirstChange
                    && let Some((unnamed, connection)) = Unnamed::open(path, opening)?
                {
                    let store = Self::without_file(path, opening, connection);
                    return Ok(Self { unnamed: Some(unnamed), ..store });
                }
                let place = creation::create(path, group)?;
                // What lies there may have been put there by somebody else meanwhile.
                let heeded = permissions::check(&place, group)?;
                Self::open_found(place, opening, heeded, scope, None)
            }
            (Access::DryRun, Scope::Migrated) => {
                // A file of SQLite's own that has no name and goes with the connection (sqlite.org/inmemorydb.html, 3).
                let mut connection = settings::connect(Path::new(""), opening.access)?;
                migrations::apply(&mut connection, path)?;
                Ok(Self::without_file(path, opening, connection))
            }
            (Access::Existing | Access::ReadOnly, Scope::Migrated) | (_, Scope::AsItIs) => {
                Err(StoreError::Missing(path.to_owned()))
            }
        }
    }

    /// Opens the file at a resolved path; `copy` is one of it that is at hand.
    fn open_found(
        path: PathBuf,
        opening: Opening,
        heeded: Heeded,
        scope: Scope,
        copy: Option<PrivateCopy>,
    ) -> Result<Self> {
        let copy = Cell::new(copy);
        let identity = Some(Identity::of(&path)?);
        let Heeded { read_only: limited, mut warnings } = heeded;
        let leaves_no_trace = limited.is_some() || !read_only::can_write(&path);
        let read = || {
            if leaves_no_trace {
                read_only::connect(&path, opening.uninterrupted, copy.take())
            } else {
                Ok((settings::connect(&path, Access::ReadOnly)?, None))
            }
        };
        let may_write = opening.access.writes() && !leaves_no_trace;
        let damage = damage::standing(&path, may_write, || Ok(read()?.0))?;
        let damage = damage.map(|damage| damage.finding(&path));
        warnings.extend(damage.clone());
        let read_only = match opening.access {
            _ if damage.is_some() => damage.map(|damage| StoreError::KnownDamage(Box::new(damage))),
            Access::ReadOnly => Some(StoreError::ReadOnly),
            Access::ReadWrite | Access::Existing | Access::DryRun => {
                limited.or_else(|| leaves_no_trace.then_some(StoreError::NotWritable))
            }
        };
        let access = if read_only.is_some() { Access::ReadOnly } else { opening.access };
        let (mut connection, mut unlocked) =
            if access.writes() { (settings::connect(&path, access)?, None) } else { read()? };
        match scope {
            Scope::Migrated if access.writes() => migrations::apply(&mut connection, &path)?,
            Scope::Migrated if migrations::is_earlier(&connection)? => {
                // Before the copy is begun, and after SQLite opened the log: as root it sets that file's owner then.
                unlocked = Some(State::of(&path));
                connection = earlier::migrated_copy(&connection, earlier::MOST_BYTES)?;
            }
            Scope::AsItIs | Scope::Migrated => {}
        }
        settings::prepare(&connection, access)?;
        let store = Self {
            connection,
            path,
            identity,
            unnamed: None,
            opening,
            read_only,
            warnings,
            unlocked,
            stop: Arc::default(),
            cache: RefCell::default(),
            verified: Cell::default(),
        };
        // What was looked at is what SQLite opened.
        store.still_there()?;
        Ok(store)
    }

    /// Returns an empty store that lies at no path.
    fn without_file(path: &Path, opening: Opening, connection: Connection) -> Self {
        Self {
            connection,
            path: path.to_owned(),
            identity: None,
            unnamed: None,
            opening,
            read_only: None,
            warnings: Vec::new(),
            unlocked: None,
            stop: Arc::default(),
            cache: RefCell::default(),
            verified: Cell::default(),
        }
    }

    /// Puts a new store at its path with what was just stored in it, and opens it there.
    fn take_name(&mut self) -> Result<()> {
        let Some(unnamed) = self.unnamed.take() else { return Ok(()) };
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy: bool = self.connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)?;
        if busy {
            return Err(StoreError::Busy);
        }
        // Its log and its shared memory have no names, so that nobody else may open the file meanwhile.
        let nothing = Connection::open_in_memory().map_err(error::of)?;
        drop(std::mem::replace(&mut self.connection, nothing));
        unnamed.give_name()?;
        let stop = Arc::clone(&self.stop);
        *self = Self { stop, ..Self::open(&self.path, self.opening)? };
        Ok(())
    }

    /// Refuses to write where the schema is not the expected one. It is compared again only after it has changed.
    fn compare_schema(&self) -> Result<()> {
        let generation = schema::generation(&self.connection)?;
        if self.verified.get() != Some(generation) {
            schema::verify(&self.connection, migrations::LATEST)?;
            self.verified.set(Some(generation));
        }
        Ok(())
    }

    /// SQLite goes on writing into a file that was deleted or replaced, and says it is saved: so the path is looked at
    /// before a transaction begins and before it is called done.
    fn still_there(&self) -> Result<()> {
        match self.identity {
            None => Ok(()),
            Some(identity) if Identity::of(&self.path).ok() == Some(identity) => Ok(()),
            Some(_) => Err(StoreError::Replaced),
        }
    }
}

impl SqliteStore {
    fn known(&self, damage: &Damage) -> StoreError {
        StoreError::KnownDamage(Box::new(damage.finding(&self.path)))
    }
}

impl Store for SqliteStore {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()> {
        self.writable()?;
        self.still_there()?;
        if self.identity.is_some() {
            permissions::check_names(&self.path)?;
        }
        // Rolled back when it is dropped, also by a panic in `work`.
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let transaction = transaction.map_err(error::of)?;
        // Under the lock, so that nobody can alter it between this look and the work.
        self.compare_schema()?;
        let before = revision::Before::of(&transaction)?;
        // What another program left is finished by whoever writes next.
        denormalized::finish_some(&transaction, NAMES_AT_ONCE)?;
        let verdict = work(&mut Rows::new(CachedReader::new(&transaction, &self.cache)?));
        match verdict {
            Verdict::Commit => {
                // After some errors SQLite has rolled back by itself, and committing says so.
                if !transaction.is_autocommit() {
                    before.renew(&transaction)?;
                }
                transaction.commit()
            }
            // After some errors SQLite has rolled back by itself (sqlite.org/lang_transaction.html, 3.1).
            Verdict::RollBack if transaction.is_autocommit() => return Ok(()),
            Verdict::RollBack => transaction.rollback(),
        }
        // A foreign key of another program may be judged only now.
        .map_err(error::of_deletion)?;
        if verdict == Verdict::Commit {
            self.take_name()?;
        }
        self.still_there()
    }

    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()> {
        settings::sync(&self.connection, Sync::Lazily)?;
        let done = self.transact(work);
        settings::sync(&self.connection, Sync::Always)?;
        done
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        work(&Rows::new(CachedReader::new(&transaction, &self.cache)?));
        transaction.finish().map_err(error::of)
    }

    fn yield_to_writers(&self) {
        settings::let_others_in();
    }

    fn version(&self) -> Result<i64> {
        // SQLite does not notice what happens to a file that is read without locks.
        match self.unlocked {
            Some(_) => Ok(State::of(&self.path).number()),
            None => Version::of(&self.connection).map(Version::others),
        }
    }

    fn interrupter(&self) -> Interrupter {
        let (handle, stop) = (self.connection.get_interrupt_handle(), Arc::clone(&self.stop));
        Interrupter::new(move || {
            stop.store(true, Ordering::SeqCst);
            handle.interrupt();
        })
    }

    fn run_idle_work(&mut self) -> Result<IdleWork> {
        let transaction = self.connection.unchecked_transaction().map_err(error::of)?;
        let idle_work = CachedReader::new(&transaction, &self.cache)?.run_idle_work()?;
        transaction.finish().map_err(error::of)?;
        Ok(idle_work)
    }

    fn writable(&self) -> Result<()> {
        match &self.read_only {
            Some(error) => Err(error.clone()),
            None => self.damage().map_or(Ok(()), |damage| Err(self.known(&damage))),
        }
    }

    fn check_table(&mut self, before: u32, go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>> {
        // In this order: what is stopped from now on is either seen here or by SQLite.
        self.stop.store(false, Ordering::SeqCst);
        if !go_on() {
            return Err(StoreError::Stopped);
        }
        let stop = Arc::clone(&self.stop);
        let is_stopped = move || stop.load(Ordering::SeqCst);
        self.connection.progress_handler(STEPS_UNHEARD, Some(is_stopped)).map_err(error::of)?;
        let checked = integrity::check_table(&self.connection, before);
        self.connection.progress_handler(0, None::<fn() -> bool>).map_err(error::of)?;
        checked
    }

    fn damage(&self) -> Option<Damage> {
        self.identity.and_then(|_| damage::remembered(&self.path))
    }

    fn note_damage(&mut self, damage: &Damage) {
        if self.read_only.is_none() && self.identity.is_some() {
            // Where it cannot be remembered, it is found again.
            let _ = damage::remember(&self.path, damage);
        }
        if self.opening.access.writes() {
            self.read_only = Some(self.known(damage));
        }
    }

    fn forget_damage(&mut self) -> Result<bool> {
        if self.damage().is_none() || !self.opening.access.writes() || !read_only::can_write(&self.path) {
            return Ok(false);
        }
        damage::forget(&self.path).map(|()| true)
    }

    fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    fn reopen_if_changed(&mut self) -> Result<bool> {
        if self.unlocked.is_none_or(|state| State::of(&self.path).holds_the_same_as(&state)) {
            return Ok(false);
        }
        let stop = Arc::clone(&self.stop);
        *self = Self { stop, ..Self::open(&self.path, self.opening)? };
        Ok(true)
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn verify_schema(&self) -> Result<()> {
        self.compare_schema()
    }

    fn findings(&self) -> Vec<Finding> {
        self.examine()
    }

    fn repair(&mut self, drop_foreign: bool, note: &mut NoteRepair<'_>) -> Result<Repaired> {
        self.mend(Vec::new(), drop_foreign, note)
    }

    fn owns(&self, path: &Path) -> bool {
        let Ok(asked) = Identity::of(path) else { return false };
        let beside = ["-wal", "-shm"].map(|suffix| Identity::of(&beside(&self.path, suffix)));
        self.identity == Some(asked) || beside.contains(&Ok(asked))
    }
}
