//! Another program's SQLite file, read row by row. It is never written to, and nothing is left beside it.
//!
//! A file with a rollback journal is read under a shared lock, so that nobody changes it meanwhile. One in write-ahead
//! logging mode is read without locks, for they would need files beside it: so its log must be empty, and at the end it
//! must be found as it was at the beginning. What the file holds is hostile: its schema runs nothing.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rusqlite::config::DbConfig;
use rusqlite::ffi::{SQLITE_READONLY_RECOVERY, SQLITE_READONLY_ROLLBACK};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::file::{beside, unlocked};
use super::stamp::Stamp;
use super::values::quoted;
use crate::domain::foreign::{MAX_ROW_BYTES, MAX_VALUE_BYTES, Row, RowPlace, Value};

/// How every SQLite file begins (sqlite.org/fileformat.html, 1.3.1).
pub const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The header up to the byte that tells how the file is read: 2 is write-ahead logging (the same, 1.3.3).
const HEADER_BYTES: usize = 20;
const WRITE_AHEAD: u8 = 2;

type Result<T, E = ForeignError> = std::result::Result<T, E>;

/// Why a foreign file could not be read to its end. Says nothing of what stands in it: that may be hostile or secret.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// A journal that must be rolled back, or a log that must be copied into it, lies beside it.
    #[error("another program has not finished writing to it")]
    Unfinished,
    /// Another program holds it locked.
    #[error("another program is writing to it")]
    Busy,
    /// It is no longer what it was when its reading began.
    #[error("another program changed it while it was read")]
    Changed,
    /// The file is damaged.
    #[error("the file is damaged")]
    Damaged,
    /// Larger than [`MAX_VALUE_BYTES`] or [`MAX_ROW_BYTES`] allow.
    #[error("row {row} of {table} is too long")]
    TooLong {
        /// The table.
        table: Rc<str>,
        /// Which row, counted from 1.
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
    /// Without symbolic links: what belongs to the file lies beside it, not beside a link.
    path: PathBuf,
    stamp: Stamp,
}

impl ForeignFile {
    /// Opens the file at `path`, if it is one of SQLite's; `None` for any other. It must not be a file on which this
    /// process holds SQLite's locks: see [`Store::owns`](crate::store::Store::owns).
    ///
    /// # Errors
    /// [`ForeignError::Unfinished`], [`ForeignError::Unreadable`] and the like.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let path = path.canonicalize()?;
        let Some(header) = header(&path)? else { return Ok(None) };
        let stamp = Stamp::of(&path.metadata()?);
        let without_locks = header.last() == Some(&WRITE_AHEAD);
        // A journal is SQLite's to judge, but without locks it looks at none.
        if has_beside(&path, "-wal") || without_locks && has_beside(&path, "-journal") {
            return Err(ForeignError::Unfinished);
        }
        let connection = if without_locks {
            unlocked(&path)?
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
        Ok(Some(Self { connection, path, stamp }))
    }

    /// The file's tables, each with its rows.
    ///
    /// # Errors
    /// [`ForeignError`]: where the file cannot be read.
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

    /// Hands every row of a table to `take`, in the order in which they are kept.
    ///
    /// # Errors
    /// [`ForeignError`], also where the file was changed meanwhile; what `take` returns.
    pub fn each<E: From<ForeignError>>(
        &self,
        table: &str,
        mut take: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .connection
            .prepare(&format!("SELECT * FROM {} NOT INDEXED", quoted(table)))
            .map_err(ForeignError::from)?;
        let columns: Rc<[String]> = statement.column_names().map(str::to_owned).collect();
        let table: Rc<str> = table.into();
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
        let same = Stamp::of(&self.path.metadata()?) == self.stamp && !has_beside(&self.path, "-wal");
        if same { Ok(()) } else { Err(ForeignError::Changed) }
    }
}

/// The beginning of a SQLite file; `None` of any other.
fn header(path: &Path) -> Result<Option<[u8; HEADER_BYTES]>> {
    let mut header = [0; HEADER_BYTES];
    match File::open(path)?.read_exact(&mut header) {
        Ok(()) => Ok(header.starts_with(SQLITE_MAGIC).then_some(header)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the size of a SQLite file that begins like this, as its header has it; 0 where it does not say (the same, 1.3.2
/// and 1.3.8).
pub fn declared_bytes(header: &[u8]) -> u64 {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    let page = header.get(16..18).map_or(0, number);
    let pages = header.get(28..32).map_or(0, number);
    // 1 stands for 65,536, which two bytes cannot hold.
    pages * if page == 1 { 65_536 } else { page }
}

/// Whether something of SQLite's that is not empty lies beside the file.
fn has_beside(path: &Path, suffix: &str) -> bool {
    beside(path, suffix).metadata().is_ok_and(|found| found.len() > 0)
}

/// A value as a dump would give it: bytes that are UTF-8 are text whatever their type.
fn read(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number.to_string()),
        // With its point, so that it does not pass for a whole number.
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
            // Whatever else is wrong is wrong in the file. SQLite's own words for it may quote its schema.
            _ => Self::Damaged,
        }
    }
}
