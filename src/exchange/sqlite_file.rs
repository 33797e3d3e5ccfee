//! Another program's SQLite file, read row by row. Nothing is written to it or beside it.
//!
//! A file with a rollback journal is read under a shared lock, so that nobody changes it meanwhile. One in write-ahead
//! logging mode is read without locks, which would need files beside it. Its log must therefore be empty, and at the end
//! the file must be unchanged. The content of the file is hostile: its schema runs nothing.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::ffi::{SQLITE_READONLY_RECOVERY, SQLITE_READONLY_ROLLBACK};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::domain::foreign::{MAX_ROW_BYTES, MAX_VALUE_BYTES, Row, RowPlace, Value};
use crate::domain::sqlite::{SQLITE_MAGIC, beside, quoted, uri};

/// The length of the header up to the byte that tells how to read the file: 2 is write-ahead logging (the same, 1.3.3).
const HEADER_BYTES: usize = 20;
const WRITE_AHEAD: u8 = 2;

type Result<T, E = ForeignError> = std::result::Result<T, E>;

/// The reason why a foreign file could not be read to its end. It repeats nothing from the file, which may be hostile or
/// secret.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// A journal that must be rolled back, or a log that must be copied into the file, is beside it.
    #[error("another program has not finished writing to it")]
    Unfinished,
    /// Another program has locked it.
    #[error("another program is writing to it")]
    Busy,
    /// It has changed since reading began.
    #[error("another program changed it while it was read")]
    Changed,
    #[error("the file is damaged")]
    Damaged,
    /// Larger than [`MAX_VALUE_BYTES`] or [`MAX_ROW_BYTES`] allow.
    #[error("row {row} of {table} is too long")]
    TooLong {
        table: Arc<str>,
        /// The row, counted from 1.
        row: u64,
    },
    /// It cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

/// Another program's SQLite file, open for reading.
#[derive(Debug)]
pub struct ForeignFile {
    connection: Connection,
    /// Without symbolic links: SQLite keeps the log beside the file, not beside a link.
    path: PathBuf,
    state: FileState,
}

impl ForeignFile {
    /// Opens the file at `path` if it is a SQLite file; returns `None` for any other. It must not be a file on which this
    /// process holds SQLite's locks: see [`Maintenance::owns`](crate::store::Maintenance::owns).
    ///
    /// # Errors
    /// [`ForeignError::Unfinished`], [`ForeignError::Unreadable`] and the like.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let path = path.canonicalize()?;
        let Some(header) = header(&path)? else { return Ok(None) };
        let state = FileState::of(&path.metadata()?);
        let without_locks = header.last() == Some(&WRITE_AHEAD);
        // SQLite judges a journal itself, but ignores it when it reads without locks.
        if has_beside(&path, "-wal") || without_locks && has_beside(&path, "-journal") {
            return Err(ForeignError::Unfinished);
        }
        let connection = if without_locks {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(uri(&path, "immutable=1"), flags)?
        } else {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(&path, flags)?
        };
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES as i32)?;
        for (pragma, value) in
            [("trusted_schema", 0), ("cell_size_check", 1), ("mmap_size", 0), ("query_only", 1)]
        {
            connection.pragma_update(None, pragma, value)?;
        }
        // One state of the file from here to the end.
        connection.execute_batch("BEGIN")?;
        Ok(Some(Self { connection, path, state }))
    }

    /// Returns the names of the tables and the number of rows in each.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn tables(&self) -> Result<Vec<(String, u64)>> {
        // Virtual tables, which run code, have no page of their own.
        let sql = r"SELECT name FROM sqlite_schema
                    WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\_%' ESCAPE '\'";
        let mut statement = self.connection.prepare(sql)?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        let counted = |name: rusqlite::Result<String>| {
            let name = name?;
            let sql = format!("SELECT count(*) FROM {}", quoted(&name));
            let rows = self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?;
            Ok((name, rows as u64))
        };
        names.map(counted).collect()
    }

    /// Passes every row of a table to `take`, in the order in which they are stored.
    ///
    /// # Errors
    /// The file cannot be read or has changed meanwhile, or `take` returned an error.
    pub fn each<E: From<ForeignError>>(
        &self,
        table: &str,
        mut take: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .connection
            .prepare(&format!("SELECT * FROM {} NOT INDEXED", quoted(table)))
            .map_err(ForeignError::from)?;
        let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        let table: Arc<str> = table.into();
        let mut rows = statement.query([]).map_err(ForeignError::from)?;
        for at in 1.. {
            let too_long = || ForeignError::TooLong { table: table.clone(), row: at };
            let row = rows.next().map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::TooBig) => too_long(),
                _ => error.into(),
            })?;
            let Some(row) = row else { break };
            let values = (0..columns.len()).map(|column| match row.get_ref(column)? {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) if bytes.len() > MAX_VALUE_BYTES => {
                    Err(too_long())
                }
                value => Ok(read(value)),
            });
            let values = values.collect::<Result<_>>()?;
            let place = RowPlace::Row(at);
            take(Row { table: table.clone(), place, columns: Some(columns.clone()), values, zone: None })?;
        }
        Ok(self.check_unchanged()?)
    }

    fn check_unchanged(&self) -> Result<()> {
        let same = FileState::of(&self.path.metadata()?) == self.state && !has_beside(&self.path, "-wal");
        if same { Ok(()) } else { Err(ForeignError::Changed) }
    }
}

/// The metadata of a file that differ after every change. The time of the last modification can be set back, the time of the
/// last change of any kind (`ctime`) cannot.
#[derive(Debug, PartialEq, Eq)]
struct FileState {
    file: (u64, u64),
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileState {
    fn of(metadata: &Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Returns the beginning of a SQLite file, or `None` for any other file.
fn header(path: &Path) -> Result<Option<[u8; HEADER_BYTES]>> {
    let mut header = [0; HEADER_BYTES];
    match File::open(path)?.read_exact(&mut header) {
        Ok(()) => Ok(header.starts_with(SQLITE_MAGIC).then_some(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the size of a SQLite file according to its header, or 0 if the header does not tell (the same, 1.3.2 and 1.3.8).
pub fn declared_bytes(header: &[u8]) -> u64 {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    let page = header.get(16..18).map_or(0, number);
    let pages = header.get(28..32).map_or(0, number);
    // 1 stands for 65,536, which two bytes cannot hold.
    pages * if page == 1 { 65_536 } else { page }
}

/// Returns true if a file with this suffix is beside the file and is not empty.
fn has_beside(path: &Path, suffix: &str) -> bool {
    beside(path, suffix).metadata().is_ok_and(|found| found.len() > 0)
}

/// Converts a value to what a dump would contain: bytes that are UTF-8 become text, whatever their type.
fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number.to_string()),
        // With its decimal point, so that it is not taken for a whole number.
        ValueRef::Real(number) => Value::Number(format!("{number:?}")),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Value::of_bytes(bytes),
    }
}

impl From<std::io::Error> for ForeignError {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<rusqlite::Error> for ForeignError {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|code| code.extended_code);
        match error.sqlite_error_code() {
            _ if matches!(extended, Some(SQLITE_READONLY_ROLLBACK | SQLITE_READONLY_RECOVERY)) => {
                Self::Unfinished
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::CannotOpen) => Self::Unreadable("it cannot be opened".into()),
            Some(ErrorCode::SystemIoFailure) => Self::Unreadable("reading failed".into()),
            // Every other error is damage to the file. SQLite's own messages may quote its schema.
            _ => Self::Damaged,
        }
    }
}
