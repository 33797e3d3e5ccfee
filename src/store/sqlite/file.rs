//! The store's file: its kind, and its identity.
//!
//! SQLite opens nothing for writing that is not a store, so files of others are never changed. Nothing here opens a
//! file on which SQLite may hold locks, but [`written_by`].

use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::domain::sqlite::{SQLITE_MAGIC, uri};
use crate::domain::text::excerpt_path;
use crate::store::{Result, StoreError};

use super::error;
use super::location::unreachable;
use super::schema::{APPLICATION_ID, HeaderMarks, LATEST};

/// The kind of file at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundFile {
    /// No file, or an empty one.
    Nothing,
    /// A store that this program knows.
    Store,
    /// A store whose creation was interrupted; SQLite rolls it back to an empty file.
    HalfMade,
}

/// The identity of a file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Returns the identity of the file at `path`.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| unreachable(path, &error))?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

/// The number of bytes at the beginning of a file that tell a store (sqlite.org/fileformat.html, 1.3).
pub(crate) const STORE_HEAD: usize = 72;

/// Returns true for the first bytes of a store: those of a SQLite file, and NEXUS's mark at their end.
pub(crate) fn is_store_head(head: &[u8; STORE_HEAD]) -> bool {
    let mark = u32::try_from(APPLICATION_ID).unwrap_or_default().to_be_bytes();
    head.starts_with(SQLITE_MAGIC) && head.ends_with(&mark)
}

/// The offset of the version number of the SQLite that wrote the header last (sqlite.org/fileformat.html, 1.3.22).
const WRITER: u64 = 96;

/// Returns the version number of the SQLite that wrote a file last, before its log: `3_051_003` is 3.51.3. It must be called
/// before the file is opened: closing it lets go of all locks of this process.
pub(super) fn written_by(path: &Path) -> Option<u32> {
    // A pipe would be waited for.
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let mut number = [0; 4];
    std::fs::File::open(path).ok()?.read_exact_at(&mut number, WRITER).ok()?;
    Some(u32::from_be_bytes(number))
}

/// Inspects the file at `path` without changing anything; `half_made` says that the leftovers beside it come from a
/// first creation that was interrupted.
///
/// # Errors
/// The file is not a store, or one of a newer program.
pub(super) fn inspect(path: &Path, half_made: bool) -> Result<FoundFile> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(FoundFile::Nothing),
        Err(error) => return Err(unreachable(path, &error)),
    };
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder, not a store" } else { "not a regular file" };
        return Err(StoreError::NotAStore(format!("the path {} is {what}", excerpt_path(path))));
    }
    if metadata.len() == 0 {
        return Ok(FoundFile::Nothing);
    }
    if half_made {
        return Ok(FoundFile::HalfMade);
    }
    look_into(path)
}

fn look_into(path: &Path) -> Result<FoundFile> {
    let marks = immutable(path).and_then(|connection| HeaderMarks::of(&connection));
    let marks = marks.map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            StoreError::NotAStore(format!("the file {} is not a SQLite file", excerpt_path(path)))
        }
        _ => error::of(error),
    })?;
    if marks.application != APPLICATION_ID {
        return Err(somebody_elses(path));
    }
    if marks.version > LATEST {
        return Err(StoreError::Newer { found: marks.version, known: LATEST });
    }
    Ok(FoundFile::Store)
}

/// Reads a file without a lock and without making a journal or shared memory beside it.
///
/// Even its header is read through SQLite: closing a file of our own would let go of every lock that this process holds
/// on it (sqlite.org/howtocorrupt.html, 2.2). A program with an older SQLite (Debian's 3.40) then takes itself for the
/// last one and removes the log of a store that is in use here.
pub(super) fn unlocked(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(uri(path, "immutable=1"), flags)
}

/// Opens a file as [`unlocked`] does, for reading a little of a file that may be changing.
pub(super) fn immutable(path: &Path) -> rusqlite::Result<Connection> {
    let connection = unlocked(path)?;
    // While another program copies its log into the file, the header may already tell a size that the file will have
    // only at the end. Without this, SQLite calls that damaged.
    connection.pragma_update(None, "writable_schema", 1)?;
    Ok(connection)
}

/// Returns the error for another program's SQLite file.
fn somebody_elses(path: &Path) -> StoreError {
    if holds_the_tables(path) {
        StoreError::Importable(path.to_owned())
    } else {
        StoreError::NotAStore(format!("the file {} is another program's SQLite file", excerpt_path(path)))
    }
}

fn holds_the_tables(path: &Path) -> bool {
    let count = immutable(path).and_then(|connection| {
        connection.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('de_torres_vincent_users',
               'de_torres_vincent_session_tokens', 'de_torres_vincent_user_directories')",
            [],
            |row| row.get::<_, i64>(0),
        )
    });
    count == Ok(3)
}
