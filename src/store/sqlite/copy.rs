//! The copy of a store that is written beside it before a migration.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::domain::sqlite::{beside, quoted, uri};
use crate::store::{Result, StoreError};

use super::error;
use super::location::unreachable;
use super::statement::all;

/// Copies a store that contains rows to `NAME.before-TIME`, completely or not at all, and returns the path of the
/// copy. The caller has the lock for writing.
pub(super) fn before_migration(connection: &Connection, path: &Path) -> Result<Option<PathBuf>> {
    if !holds_rows(connection)? {
        return Ok(None);
    }
    let copied = whole_copy(path, &beside(path, &format!(".before-{}", time_of_day(connection)?)));
    copied.map(Some).map_err(|error| {
        StoreError::Unreachable(format!(
            "its schema must be brought up to date, and the copy that is made first failed: {error}"
        ))
    })
}

/// Returns the time for the names of copies. It is SQLite's clock: nothing depends on a copy's name.
pub(super) fn time_of_day(connection: &Connection) -> Result<String> {
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

/// Copies what is committed, over a connection of its own. The copy gets its name once it is on the disk.
fn whole_copy(path: &Path, to: &Path) -> Result<PathBuf> {
    let unfinished = beside(to, ".part");
    let made = fill(path, &unfinished)
        .and_then(|()| take_name(&unfinished, to).map_err(|error| unreachable(to, &error)));
    if made.is_err() {
        // Nothing else can be done about a part of a copy.
        let _ = std::fs::remove_file(&unfinished);
    }
    made
}

fn fill(path: &Path, to: &Path) -> Result<()> {
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(unreachable(to, &error)),
        _ => {}
    }
    // SQLite takes an empty file as it is, and with it its mode.
    let empty = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    drop(empty.map_err(|error| unreachable(to, &error))?);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags).map_err(error::of)?;
    source.execute("VACUUM INTO ?", [uri(to, "mode=rwc")]).map_err(error::of)?;
    File::open(to).and_then(|copy| copy.sync_all()).map_err(|error| unreachable(to, &error))
}

/// Gives the copy its name, or the next free one of that form, and syncs the folder.
fn take_name(unfinished: &Path, to: &Path) -> io::Result<PathBuf> {
    let (name, placeholder) = new_file(to)?;
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
pub(super) fn new_file(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut name = path.to_owned();
    let mut number = 1;
    loop {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                number += 1;
                name = beside(path, &format!("-{number}"));
            }
            made => return made.map(|file| (name, file)),
        }
    }
}

/// Writes the folder of a file to the disk, so that the file's name is there after a power cut.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}
