//! A backup in a file without a name, in which it can be changed before it is restored.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::domain::access::Access;
use crate::domain::backup::{BackupCheck, BackupContent};
use crate::domain::sqlite::SQLITE_MAGIC;
use crate::domain::text::excerpt_path;
use crate::store::hidden_folder::HiddenFolder;
use crate::store::nameless;
use crate::store::new_file;
use crate::store::{Finished, OnStep, Result, StoreError};

use super::super::integrity::Depth;
use super::super::location::unreachable;
use super::super::schema::{APPLICATION_ID, HeaderMarks, LATEST};
use super::super::watch::watched;
use super::super::{error, migrations, pages, settings};
use super::{check, content};

/// The bytes that are copied between two reports.
const BYTES_AT_ONCE: usize = 1 << 20;

/// A backup in a file of its own.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) connection: Connection,
    /// The size of the backup.
    bytes: u64,
    /// The schema that the backup has, before a migration.
    schema: i64,
    /// The content before a migration, which writes journal entries; `None` if it cannot be read or there is no migration.
    earlier: Option<BackupContent>,
    pub(super) file: File,
    /// Holds the file where the file system knows no files without names.
    _folder: Option<HiddenFolder>,
}

/// Stages a backup below the folder `base`. `uninterrupted` runs work that no signal may interrupt.
///
/// # Errors
/// [`StoreError::NotAStore`] if it is no backup, [`StoreError::Newer`], [`StoreError::Damaged`],
/// [`StoreError::Stopped`]; it cannot be read, or there is no room for it.
pub(super) fn from(
    source: &mut dyn Read,
    base: &Path,
    uninterrupted: fn(&mut dyn FnMut()),
    on_step: &mut OnStep<'_>,
) -> Result<Staged> {
    let (mut file, folder) = if let Ok(file) = nameless::file_in(base) {
        (file, None)
    } else {
        HiddenFolder::remove_abandoned(base);
        let folder = HiddenFolder::create(base).map_err(|error| unreachable(base, &error))?;
        let path = folder.store();
        let file = new_file::create(&path);
        (file.map_err(|error| unreachable(&path, &error))?, Some(folder))
    };
    let bytes = fill(&mut file, source, base, on_step)?;
    pages::without_log(&file).map_err(|error| unreachable(base, &error))?;
    let mut opened = Err(StoreError::Unreachable("the backup was not opened".into()));
    match &folder {
        Some(folder) => opened = open(&folder.store()),
        None => uninterrupted(&mut || opened = open_nameless(&file, base)),
    }
    let connection = opened?;
    let marks = HeaderMarks::of(&connection).map_err(error::of)?;
    if marks.application != APPLICATION_ID {
        return Err(StoreError::NotAStore("it is another program's SQLite file".into()));
    }
    if marks.version > LATEST {
        return Err(StoreError::Newer { found: marks.version, known: LATEST });
    }
    let mut staged =
        Staged { connection, bytes, schema: marks.version, earlier: None, file, _folder: folder };
    staged.migrate(on_step)?;
    Ok(staged)
}

/// Copies the backup into the file, and returns its size.
fn fill(file: &mut File, source: &mut dyn Read, base: &Path, on_step: &mut OnStep<'_>) -> Result<u64> {
    let mut bytes = 0;
    let mut block = vec![0; BYTES_AT_ONCE];
    loop {
        let read = read_block(source, &mut block)
            .map_err(|error| StoreError::Unreachable(format!("the backup cannot be read: {error}")))?;
        let read = block.get(..read).unwrap_or_default();
        if bytes == 0 && !read.starts_with(SQLITE_MAGIC) {
            return Err(StoreError::NotAStore("it is not a SQLite file".into()));
        }
        if read.is_empty() {
            return Ok(bytes);
        }
        file.write_all(read).map_err(|error| unreachable(base, &error))?;
        bytes += read.len() as u64;
        if !on_step(Finished { done: bytes, total: bytes }) {
            return Err(StoreError::Stopped);
        }
    }
}

/// Reads until the block is full or nothing is left.
fn read_block(source: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Opens a file that has a name only for this moment.
fn open_nameless(file: &File, base: &Path) -> Result<Connection> {
    let folder = HiddenFolder::create(base).map_err(|error| unreachable(base, &error))?;
    let path = folder.store();
    nameless::link(file, &path).map_err(|error| unreachable(&path, &error))?;
    let connection = open(&path)?;
    folder.close().map_err(|error| unreachable(base, &error))?;
    Ok(connection)
}

fn open(path: &Path) -> Result<Connection> {
    let connection = settings::connect(path, Access::Existing)?;
    // Where a change of it fails, it is thrown away. The defensive mode does not let a journal be switched off, and a file
    // without a name can have none.
    let defensive = DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
    connection.set_db_config(defensive, false).map_err(error::of)?;
    connection.pragma_update(None, "journal_mode", "OFF").map_err(error::of)?;
    connection.set_db_config(defensive, true).map_err(error::of)?;
    connection.pragma_update(None, "synchronous", "OFF").map_err(error::of)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(error::of)?;
    // The first reading opens the file.
    let read = "SELECT count(*) FROM sqlite_schema";
    match connection.query_row(read, [], |row| row.get::<_, i64>(0)).map_err(error::of) {
        Ok(_) => Ok(connection),
        Err(StoreError::Damaged) => Err(StoreError::Damaged),
        Err(error) => Err(StoreError::Unreachable(format!("{}: {error}", excerpt_path(path)))),
    }
}

impl Staged {
    /// Brings it up to the latest schema.
    fn migrate(&mut self, on_step: &mut OnStep<'_>) -> Result<()> {
        if self.schema == LATEST {
            return Ok(());
        }
        self.earlier = content::of(&self.connection).ok();
        let connection = &mut self.connection;
        watched(on_step, |watch| watch.stopping(connection, migrations::apply_to_copy))
    }

    /// Verifies it.
    ///
    /// # Errors
    /// As [`check::of_connections`].
    pub(super) fn check(&mut self, on_step: &mut OnStep<'_>) -> Result<BackupCheck> {
        // A migration has changed its size.
        let bytes = if self.schema == LATEST { self.bytes } else { pages::size(&self.connection)? };
        let mut check = check::of_connections(&mut self.connection, &mut [], Depth::Full, bytes, on_step)?;
        if let Some(content) = &mut check.content {
            if let Some(earlier) = &self.earlier {
                content.clone_from(earlier);
            }
            (content.schema, content.bytes) = (self.schema, self.bytes);
        }
        Ok(check)
    }
}
