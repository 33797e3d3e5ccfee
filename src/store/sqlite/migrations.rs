//! Migration of a store to the latest schema.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::stored_table::StoredTable;
use crate::domain::text::excerpt_path;
use crate::store::{Opening, Result, StoreError};

use super::schema::{self, APPLICATION_ID, HeaderMarks, LATEST, STEPS};
use super::statement::has_table;
use super::values::number;
use super::watch::{Watch, watched};
use super::{copy, error, journal_rechain, search_index};

/// The step after which the journal is chained anew.
const ERASURE: i64 = 13;
/// The step after which the blocks of the search are written.
const SEARCH_LETTERS: i64 = 16;

/// The most rows that count in the progress.
const MOST: u64 = 1 << 30;

/// Migrates the store to the latest schema in one transaction. In an empty file that happens before the file is
/// switched to write-ahead logging, so that a half-created store consists of one file and its journal.
///
/// A store of an earlier version must have the schema of that version, and if it contains rows a copy is written
/// beside it first. That is reported, and can be stopped: the store is then as it was.
pub(super) fn apply(connection: &mut Connection, path: &Path, opening: Opening) -> Result<()> {
    let found = HeaderMarks::of(connection).map_err(error::of)?;
    if found == HeaderMarks::STORE {
        return Ok(());
    }
    if found.version == 0 {
        return make(connection, path);
    }
    let name = Path::new(path.file_name().unwrap_or(path.as_os_str()));
    let words = format!("Bringing {} from schema {} to {LATEST}…", excerpt_path(name), found.version);
    let mut migrated = Err(StoreError::Stopped);
    (opening.reported)(&words, &mut |on_step| {
        migrated = watched(on_step, |watch| {
            watch.stopping(connection, |connection| migrate(connection, path, watch))
        });
    });
    migrated
}

/// Makes a store of the latest schema in an empty file.
pub(super) fn make(connection: &mut Connection, path: &Path) -> Result<()> {
    migrate(connection, path, &Watch::default())
}

fn migrate(connection: &mut Connection, path: &Path, watch: &Watch) -> Result<()> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error::of)?;
    // Another program may have been here between the look and the lock; it need not have been this one.
    let found = HeaderMarks::of(&transaction).map_err(error::of)?;
    if found.application != APPLICATION_ID && !is_empty(&transaction, found)? {
        return Err(StoreError::NotAStore("another program has just made its own file there".into()));
    }
    if found.version > LATEST {
        return Err(StoreError::Newer { found: found.version, known: LATEST });
    }
    if found == HeaderMarks::STORE {
        return Ok(());
    }
    let rows = all_rows(&transaction)?;
    let copy = if found.version > 0 {
        schema::verify(&transaction, found.version)?;
        // The copy, and each step, count alike: as if each went through all rows.
        watch.plan(rows * (1 + LATEST.abs_diff(found.version)));
        let mut before = 0;
        copy::before_migration(&transaction, path, &mut |copied| {
            let done = rows * copied.done / copied.total.max(1);
            watch.done(done - std::mem::replace(&mut before, done).min(done)).is_ok()
        })?
    } else {
        None
    };
    let done = follow(&transaction, found.version, rows, watch)
        .and_then(|()| transaction.commit().map_err(error::of));
    if let (Err(_), Some(copy)) = (&done, copy) {
        // The store is as it was. A copy too many does no harm.
        let _ = std::fs::remove_file(copy);
    }
    done
}

/// Returns about the number of rows that a step goes through, of all tables; at least 1.
fn all_rows(connection: &Connection) -> Result<u64> {
    let mut rows = 1;
    for table in StoredTable::ALL.map(StoredTable::name).into_iter().chain(["nexus_journal"]) {
        if has_table(connection, table)? {
            let sql = format!("SELECT ifnull(max(rowid), 0) FROM {table}");
            rows += connection.query_row(&sql, [], |row| number(row, 0)).map_err(error::of)?.min(MOST);
        }
    }
    Ok(rows.min(MOST))
}

/// Executes the steps after this version, of which each counts as so much work, and checks the result.
fn follow(connection: &Connection, version: i64, work: u64, watch: &Watch) -> Result<()> {
    for (step, number) in STEPS.iter().zip(1..).skip(version as usize) {
        watch.begin(work);
        connection.execute_batch(step).map_err(error::of)?;
        if number == ERASURE {
            journal_rechain::apply(connection, watch)?;
        }
        if number == SEARCH_LETTERS {
            search_index::rewrite(connection)?;
        }
        watch.done(work)?;
    }
    schema::verify(connection, LATEST)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(error::of)?;
    connection.pragma_update(None, "user_version", LATEST).map_err(error::of)
}

/// Returns true if the file is empty. (Its number of pages does not tell: a lock on an empty file creates one.)
fn is_empty(connection: &Connection, marks: HeaderMarks) -> Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    let bare = connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)?;
    Ok(bare && marks == HeaderMarks { application: 0, version: 0 })
}

/// Migrates a copy of a store to the latest schema. The store must have had the schema of its version.
pub(super) fn apply_to_copy(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction().map_err(error::of)?;
    let found = HeaderMarks::of(&transaction).map_err(error::of)?;
    schema::verify(&transaction, found.version)?;
    follow(&transaction, found.version, 1, &Watch::default())?;
    transaction.commit().map_err(error::of)
}

/// Returns true if the store has the schema of an earlier version.
///
/// # Errors
/// It has the schema of a newer program, or cannot be read.
pub(super) fn is_earlier(connection: &Connection) -> Result<bool> {
    let found = HeaderMarks::of(connection).map_err(error::of)?;
    if found.version > LATEST {
        return Err(StoreError::Newer { found: found.version, known: LATEST });
    }
    Ok(found != HeaderMarks::STORE)
}
