//! The copy of a store that is written beside it before a migration or a restore.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::access::Access;
use crate::domain::sqlite::{beside, quoted};
use crate::store::hidden_folder::HiddenFolder;
use crate::store::new_file::{self, folder_of, sync_folder};
use crate::store::{OnStep, Result, StoreError};

use super::location::unreachable;
use super::statement::all;
use super::{error, pages, settings};

/// Copies a store that contains rows to `NAME.before-TIME`, completely or not at all, and returns the path of the
/// copy. The caller has the lock for writing.
pub(super) fn before_migration(
    connection: &Connection,
    path: &Path,
    on_step: &mut OnStep<'_>,
) -> Result<Option<PathBuf>> {
    if !holds_rows(connection)? {
        return Ok(None);
    }
    // SQLite copies no pages over a connection that is about to write.
    let source = settings::connect(path, Access::Existing)?;
    match before(&source, path, on_step) {
        Err(StoreError::Stopped) => Err(StoreError::Stopped),
        Err(error) => Err(StoreError::Unreachable(format!(
            "its schema must be brought up to date, and the copy that is made first failed: {error}"
        ))),
        kept => kept.map(Some),
    }
}

/// Copies what is committed to `NAME.before-TIME`, completely or not at all, and returns the path of the copy. Pages are
/// copied as they are, damaged or not.
pub(super) fn before(source: &Connection, path: &Path, on_step: &mut OnStep<'_>) -> Result<PathBuf> {
    let name = beside(path, &format!(".before-{}", time_of_day()?));
    let folder = folder_of(path);
    HiddenFolder::remove_abandoned(folder);
    let hidden = HiddenFolder::create(folder).map_err(|error| unreachable(folder, &error))?;
    let part = hidden.store();
    let file = new_file::create(&part).map_err(|error| unreachable(&part, &error))?;
    let transaction = source.unchecked_transaction().map_err(error::of)?;
    pages::copy(&transaction, &part, on_step)?;
    transaction.finish().map_err(error::of)?;
    let named = file.sync_all().and_then(|()| take_name(&part, &name));
    named.map_err(|error| unreachable(&name, &error))
}

/// Returns the time for the names of copies. It is SQLite's clock: nothing depends on a copy's name.
pub(super) fn time_of_day() -> Result<String> {
    // Over a connection of its own: a damaged store answers nothing.
    let connection = Connection::open_in_memory().map_err(error::of)?;
    let sql = "SELECT strftime('%Y%m%dT%H%M%SZ', 'now')";
    connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)
}

fn holds_rows(connection: &Connection) -> Result<bool> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'nexus@_%' ESCAPE '@'
                 OR name LIKE 'de@_torres@_vincent@_%' ESCAPE '@')";
    for table in all(connection, sql, [], |row| super::values::text(row, 0))? {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", quoted(&table));
        if connection.query_row(&sql, [], |row| row.get(0)).map_err(error::of)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives the copy its name, or the next free one of that form, and syncs the folder.
fn take_name(unfinished: &Path, to: &Path) -> io::Result<PathBuf> {
    let (name, placeholder) = numbered(to)?;
    drop(placeholder);
    if let Err(error) = std::fs::rename(unfinished, &name) {
        std::fs::remove_file(&name)?;
        return Err(error);
    }
    sync_folder(&name)?;
    Ok(name)
}

/// Creates a new file that only its owner can read: with this name, or the next free one of the form `NAME-2`,
/// `NAME-3`, ….
pub(super) fn numbered(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = path.to_owned();
    let mut number = 1;
    loop {
        match new_file::create(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                number += 1;
                name = beside(path, &format!("-{number}"));
            }
            made => return made.map(|file| (name, file)),
        }
    }
}
