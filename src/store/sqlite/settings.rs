//! The settings of a connection.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::domain::directory::split;
use crate::domain::name;
use crate::domain::text::{fold, folds_to_hold};
use crate::store::{Access, Result, StoreError};

use super::error;
use super::statement::execute;

/// SQLite before 3.51.3 can lose its write-ahead log's reset between two writers (sqlite.org/wal.html).
pub(super) const LEAST_SQLITE: i32 = 3_051_003;
/// The earlier ones in which that was mended as well.
const MENDED_SQLITE: [u32; 2] = [3_044_006, 3_050_007];
/// The first SQLite with a write-ahead log that had the fault.
const FIRST_SQLITE: u32 = 3_007_000;
/// The bytes to which the log is cut when it begins anew.
pub(super) const LOG_LIMIT: i64 = 64 << 20;
/// The length of one wait for another writer's lock. SQLite's own handler backs off to 100 ms, and a writer that
/// waits so long starves beside others that come in between.
const BUSY_STEP: Duration = Duration::from_millis(1);
/// The number of waits before the store counts as busy: about 5 s.
const BUSY_STEPS: i32 = 4_500;
/// The KiB of pages that a connection keeps in memory, and those of one that loads very many rows and builds indexes.
pub(super) const CACHE: i64 = 16_384;
const LOAD_CACHE: i64 = 32_768;
/// Those of one that builds an index. SQLite sorts as many at once: smaller parts stay in the processor's caches, and a thread
/// sorts one while the next is read.
const SORT_CACHE: i64 = 4_096;
/// Those of one that looks every row up in every index, in the order of the table.
pub(super) const CHECK_CACHE: i64 = 65_536;
/// The number of statements that are kept prepared.
const STATEMENTS: usize = 256;

/// Returns true for the number of a SQLite that has the fault of [`LEAST_SQLITE`].
pub(super) fn can_lose_log(version: u32) -> bool {
    (FIRST_SQLITE..LEAST_SQLITE.unsigned_abs()).contains(&version) && !MENDED_SQLITE.contains(&version)
}

/// Opens the file; it must be there.
pub(super) fn connect(path: &Path, access: Access) -> Result<Connection> {
    if rusqlite::version_number() < LEAST_SQLITE {
        return Err(StoreError::Unreachable("this SQLite is too old to write safely".into()));
    }
    let mode =
        if access.writes() { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    set_up(Connection::open_with_flags(path, flags).map_err(error::of)?)
}

/// Applies the settings of every connection.
pub(super) fn set_up(mut connection: Connection) -> Result<Connection> {
    connection.busy_handler(Some(wait_for_lock)).map_err(error::of)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(error::of)?;
    // A plan never depends on bound values (sqlite.org/queryplanner-ng.html, the stability guarantee). Without this
    // every use of a kept statement is planned anew, as its values were cleared: most of the time of a look-up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error::of)?;
    // A hostile file's schema must not call functions, and its cells are checked as they are read.
    for (pragma, value) in
        [("trusted_schema", 0), ("cell_size_check", 1), ("foreign_keys", 1), ("mmap_size", 0)]
    {
        set(&connection, pragma, value)?;
    }
    add_functions(&connection).map_err(error::of)?;
    Ok(connection)
}

/// Applies the settings of a file that is known to be a store: durability, and room for the cache.
pub(super) fn prepare(connection: &mut Connection, access: Access) -> Result<()> {
    if !access.writes() {
        return set(connection, "query_only", 1);
    }
    // Write-ahead logging: readers and a writer do not hold each other up. It is kept in the file.
    switch_to_log(connection, wait_for_lock)?;
    sync(connection, Sync::Always)?;
    for (pragma, value) in [("secure_delete", 1), ("journal_size_limit", LOG_LIMIT), ("cache_size", -CACHE)] {
        set(connection, pragma, value)?;
    }
    Ok(())
}

/// Switches the file to write-ahead logging, and asks `wait` as a busy handler is asked. SQLite itself does not: it has a lock for
/// reading by then, with which it does not wait for another program's lock for writing. A file that is in that mode already needs
/// no lock.
fn switch_to_log(connection: &mut Connection, mut wait: impl FnMut(i32) -> bool) -> Result<()> {
    // Where SQLite does wait, all waits together are as long as one.
    connection.busy_handler(None::<fn(i32) -> bool>).map_err(error::of)?;
    let mut times = 0;
    let switched = loop {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode.map_err(error::of) {
            Err(StoreError::Busy) if wait(times) => times += 1,
            switched => break switched,
        }
    };
    connection.busy_handler(Some(wait_for_lock)).map_err(error::of)?;
    if switched? != "wal" {
        return Err(StoreError::Unreachable("the store cannot be switched to write-ahead logging".into()));
    }
    Ok(())
}

/// Applies the settings of a file that nobody else can open. It becomes a store by a copy that is synced, or by its name once
/// it is synced itself, and what cuts its making short loses it: so it needs no log, which would be written twice, no syncs, and no journal in a file.
pub(super) fn prepare_unnamed(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "MEMORY").map_err(error::of)?;
    for (pragma, value) in [("synchronous", 0), ("secure_delete", 1), ("cache_size", -CACHE)] {
        set(connection, pragma, value)?;
    }
    Ok(())
}

/// Gives a connection more memory, and a thread that sorts beside it, for as long as it loads very many rows; `false` takes
/// both back.
pub(super) fn load(connection: &Connection, loads: bool) -> Result<()> {
    let (cache, threads) = if loads { (LOAD_CACHE, 1) } else { (CACHE, 0) };
    set(connection, "cache_size", -cache)?;
    // It answers with the number, unlike other settings.
    connection.pragma_update_and_check(None, "threads", threads, |_| Ok(())).map_err(error::of)
}

/// Switches the CHECKs of tables off for a connection, or on again.
pub(super) fn ignore_checks(connection: &Connection, ignore: bool) -> Result<()> {
    set(connection, "ignore_check_constraints", i64::from(ignore))
}

/// Gives a loading connection the memory that suits the building of an index, until [`load`].
pub(super) fn sort(connection: &Connection) -> Result<()> {
    set(connection, "cache_size", -SORT_CACHE)
}

/// When a transaction is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sync {
    /// Before it is called done.
    Always,
    /// When the log is next copied into the file, or with the next transaction that is not like that.
    Lazily,
}

/// Sets when transactions are synced: with FULL, committed changes survive a loss of power; with NORMAL the last of
/// them may be lost (sqlite.org/pragma.html). The log is copied into the file after 16 or 32 MiB, not after each of
/// an action's many steps, which would cost two syncs each time.
pub(super) fn sync(connection: &Connection, sync: Sync) -> Result<()> {
    let (synchronous, pages) = match sync {
        Sync::Always => (2, 4_000),
        Sync::Lazily => (1, 8_000),
    };
    set(connection, "synchronous", synchronous)?;
    set(connection, "wal_autocheckpoint", pages)
}

/// The place in which a statement keeps the pages that it would have to put back if it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementUndo {
    /// Memory: for statements that change few rows each.
    InMemory,
    /// A temporary file, beyond 64 KiB: for those that may change any number. Where a statement changes a row with many indexes
    /// and triggers, that takes longer than the change.
    InFile,
}

/// Begins a transaction that writes.
pub(super) fn begin(connection: &Connection, undo: StatementUndo) -> Result<Transaction<'_>> {
    // SQLite asks for it when a transaction begins to write. Later it would keep large sorts in memory as well.
    let in_memory = undo == StatementUndo::InMemory;
    set(connection, "temp_store", if in_memory { 2 } else { 0 })?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
    set(connection, "temp_store", 0)?;
    transaction.map_err(error::of)
}

/// A transaction that only reads. Its statements are kept prepared: they would take as long as a look-up.
pub(super) struct ReadTransaction<'c>(Option<&'c Connection>);

impl<'c> ReadTransaction<'c> {
    /// Begins the transaction; what it reads is what is there when it reads first.
    pub(super) fn begin(connection: &'c Connection) -> Result<Self> {
        execute(connection, "BEGIN DEFERRED", [])?;
        Ok(Self(Some(connection)))
    }

    /// Ends it.
    pub(super) fn end(mut self) -> Result<()> {
        self.roll_back()
    }

    fn roll_back(&mut self) -> Result<()> {
        // After some errors SQLite has done so by itself.
        if let Some(connection) = self.0.filter(|connection| !connection.is_autocommit()) {
            execute(connection, "ROLLBACK", [])?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        // After a panic, or where an interruption met the end.
        let _ = self.roll_back();
    }
}

/// Sets the KiB of pages that a connection keeps in memory.
pub(super) fn set_cache(connection: &Connection, kib: i64) -> Result<()> {
    set(connection, "cache_size", -kib)
}

fn set(connection: &Connection, pragma: &str, value: i64) -> Result<()> {
    connection.pragma_update(None, pragma, value).map_err(error::of)
}

#[expect(
    clippy::disallowed_methods,
    reason = "SQLite asks here whether to wait; there is no other way to wait"
)]
fn wait_for_lock(times: i32) -> bool {
    std::thread::sleep(BUSY_STEP);
    times < BUSY_STEPS
}

/// Waits so that others can get the lock. SQLite has no queue for it: whoever waits tries again every [`BUSY_STEP`],
/// and would never get it from a writer that takes it again at once.
#[expect(clippy::disallowed_methods, reason = "there is no other way to leave the lock alone for a while")]
pub(super) fn let_others_in() {
    std::thread::sleep(2 * BUSY_STEP);
}

/// No ids, as a JSON array.
pub(super) const NO_IDS: &str = "[]";

/// Adds functions to a connection, because SQLite folds ASCII only. They are used in queries, never in the schema:
/// other programs must be able to write.
fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("nexus_fold", 1, flags, |context| {
        // An import folds the names of all rows.
        Ok(context.get_raw(0).as_str().map_or_else(|_| fold(&text(context)), fold))
    })?;
    connection.create_scalar_function("nexus_holds", 2, flags, |context| {
        let word = context.get_raw(1).as_str();
        // A search asks of very many rows.
        let holds = |word| {
            context
                .get_raw(0)
                .as_str()
                .map_or_else(|_| folds_to_hold(&text(context), word), |text| folds_to_hold(text, word))
        };
        Ok(word.is_ok_and(holds))
    })?;
    connection.create_scalar_function("nexus_above", 1, flags, |context| {
        Ok(split(&text(context)).0.map(str::to_owned))
    })?;
    connection.create_scalar_function("nexus_key", 1, flags, |context| Ok(name::key(&text(context))))?;
    set_overdue(connection, NO_IDS.to_owned())
}

/// Sets the ids that `nexus_overdue` returns, as a JSON array.
pub(super) fn set_overdue(connection: &Connection, ids: String) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("nexus_overdue", 0, flags, move |_| Ok(ids.clone()))
}

/// Returns the argument as text, whatever another program stored.
fn text(context: &Context<'_>) -> String {
    match context.get_raw(0) {
        rusqlite::types::ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_to_a_log_waits_for_other_programs_and_not_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        let mut connection = connect(&path, Access::Existing).unwrap();
        for (lock, free) in [
            ("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)", "COMMIT"),
            ("BEGIN EXCLUSIVE", "ROLLBACK"),
            ("BEGIN; SELECT * FROM t", "COMMIT"),
        ] {
            other.execute_batch(lock).unwrap();
            assert_eq!(switch_to_log(&mut connection, |times| times < 2), Err(StoreError::Busy), "{lock}");
            let mut waits = 0;
            let freed = switch_to_log(&mut connection, |times| {
                assert_eq!(times, waits);
                waits += 1;
                if waits == 3 {
                    other.execute_batch(free).unwrap();
                }
                waits < 9
            });
            assert_eq!((freed, waits), (Ok(()), 3), "{lock}");
            connection.pragma_update(None, "journal_mode", "DELETE").unwrap();
        }
    }

    #[test]
    fn only_the_undo_of_statements_is_kept_in_memory() {
        let connection = Connection::open_in_memory().unwrap();
        let in_memory = || connection.query_row("PRAGMA temp_store", [], |row| row.get::<_, i64>(0)).unwrap();
        for undo in [StatementUndo::InMemory, StatementUndo::InFile] {
            let transaction = begin(&connection, undo).unwrap();
            assert_eq!(in_memory(), 0, "a large sort goes into a file");
            assert!(begin(&connection, undo).is_err(), "it is begun already");
            assert_eq!(in_memory(), 0);
            transaction.rollback().unwrap();
        }
    }
}
