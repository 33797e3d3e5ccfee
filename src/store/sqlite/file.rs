//! The store's file: what is at a path, making a new one, and telling whether it is still the same.
//!
//! Nothing that is no store is ever opened by SQLite for writing, so nothing of somebody else's is touched; and nothing
//! here opens a file that SQLite may hold locks on.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error;
use super::migrations::{APPLICATION_ID, LATEST, Marks};
use crate::store::{Result, StoreError};

/// The first bytes of a rollback journal (sqlite.org/fileformat.html, 3).
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file, or an empty one.
    Nothing,
    /// A store that this program knows.
    Store,
    /// A store whose making was cut short; SQLite rolls it back to an empty file.
    HalfMade,
}

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The file at `path` now.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| unreachable(&error))?;
        Ok(Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

/// Looks at what is at `path` without changing anything.
///
/// # Errors
/// What is there is no store, or one of a newer program.
pub(super) fn inspect(path: &Path) -> Result<Found> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(unreachable(&error)),
    };
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder" } else { "no ordinary file" };
        return Err(StoreError::NotAStore(format!("the path {} is {what}, not a store", path.display())));
    }
    if metadata.len() == 0 {
        return Ok(Found::Nothing);
    }
    if is_half_made(path) {
        return Ok(Found::HalfMade);
    }
    look_into(path, &metadata)
}

fn look_into(path: &Path, metadata: &Metadata) -> Result<Found> {
    let marks = immutable(path).and_then(|connection| Marks::of(&connection));
    let marks = marks.map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            StoreError::NotAStore(format!("the file {} is no SQLite file", path.display()))
        }
        _ => error::of(error),
    })?;
    if marks.application != APPLICATION_ID {
        return Err(somebody_elses(path));
    }
    if marks.version > LATEST {
        return Err(StoreError::Newer { found: marks.version, known: LATEST });
    }
    if has_older_log(path, metadata) {
        let words =
            format!("a log of another file lies beside it; move {0}-wal and {0}-shm away", path.display());
        return Err(StoreError::Unreachable(words));
    }
    Ok(Found::Store)
}

/// Reads a file without a lock and without making a journal or shared memory beside it.
///
/// Even its header is read through SQLite: closing a file of our own would let go of every lock that this process holds
/// on it (sqlite.org/howtocorrupt.html, 2.2). A program with an older SQLite (Debian's 3.40) then takes itself for the
/// last one and removes the log of a store that is in use here.
pub(super) fn unlocked(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(uri(path) + "?immutable=1", flags)
}

/// Returns a path as SQLite's URI file names want it (sqlite.org/uri.html): it need not be UTF-8.
pub(super) fn uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        // Writing to a String cannot fail.
        let _ = write!(uri, "%{byte:02X}");
    }
    uri
}

/// The same for a file of which little is wanted and which may be changing.
fn immutable(path: &Path) -> rusqlite::Result<Connection> {
    let connection = unlocked(path)?;
    // While another program copies its log into the file, the header may already tell a size that the file will have
    // only at the end. Without this, SQLite calls that damaged.
    connection.pragma_update(None, "writable_schema", 1)?;
    Ok(connection)
}

/// Whether a write-ahead log lies beside the file that was there before the file was made: another file's, left behind
/// when this one took its place. SQLite would play it into this one.
///
/// A file that was made earlier and moved here later is not told from the one that was here.
fn has_older_log(path: &Path, metadata: &Metadata) -> bool {
    let log = std::fs::metadata(beside(path, "-wal"));
    let (Ok(log), Ok(made)) = (log, metadata.created()) else { return false };
    log.len() > 0 && log.created().is_ok_and(|log_made| log_made < made)
}

/// The path of a file that SQLite keeps beside the store.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What to say about another program's SQLite file.
fn somebody_elses(path: &Path) -> StoreError {
    if holds_the_tables(path) {
        StoreError::Importable(path.to_owned())
    } else {
        StoreError::NotAStore(format!("the file {} is another program's SQLite file", path.display()))
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

/// Whether a journal lies beside the file that began when the file was empty: then it was being made when the program
/// or the power went, and rolling it back leaves an empty file.
fn is_half_made(path: &Path) -> bool {
    let mut header = [0; 28];
    let read = File::open(beside(path, "-journal")).and_then(|mut file| file.read_exact(&mut header));
    // The page count of the file before the transaction stands at 16.
    read.is_ok() && header.starts_with(&JOURNAL_MAGIC) && number_at(&header, 16) == 0
}

fn number_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// Makes an empty file of mode 0600, and the folders above it with mode 0700, whatever the umask. An empty file that is
/// there already becomes 0600, too: another program may be making the store at the same moment.
pub(super) fn create(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| unreachable(&error))?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(unreachable(&error)),
        _ => {}
    }
    // Of a new file the umask may have taken the owner's bits.
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(|error| unreachable(&error))
}

pub(super) fn unreachable(error: &std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        ErrorKind::StorageFull => StoreError::Full,
        ErrorKind::PermissionDenied => StoreError::Unreachable("permission denied".into()),
        ErrorKind::NotFound => StoreError::Unreachable("there is no such file".into()),
        _ => StoreError::Unreachable(error.to_string()),
    }
}
