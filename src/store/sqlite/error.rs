//! SQLite's errors in the store's words.

use rusqlite::ErrorCode;
use rusqlite::ffi::{
    SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_NOTNULL, SQLITE_CONSTRAINT_PRIMARYKEY,
    SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_UNIQUE, SQLITE_IOERR_SHMSIZE, SQLITE_READONLY_DBMOVED,
};

use crate::domain::user::Field;
use crate::store::{Result, StoreError};

/// The name of a row's id in [`StoreError::Duplicate`].
pub(super) const ID: &str = "this id";

/// The beginning of SQLite's message about a foreign key that it cannot check (sqlite.org/foreignkeys.html, section 3).
const KEY_MISMATCH: &str = "foreign key mismatch";

/// Returns true if SQLite refused a statement because it cannot check a foreign key.
pub(super) fn is_key_mismatch(error: &rusqlite::Error) -> bool {
    let message = match error {
        rusqlite::Error::SqliteFailure(_, message) => message.as_deref().unwrap_or_default(),
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        _ => "",
    };
    message.starts_with(KEY_MISMATCH)
}

/// The beginning of SQLite's messages about a table, column or index that a statement names and that is not there, and a part of
/// the one about a column into which a statement inserts.
const MISSING: [&str; 2] = ["no such ", " has no column named "];

/// Returns a result, or `None` where the schema lacks what a statement names.
pub(super) fn unless_missing<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Err(StoreError::Unreachable(why)) if why.starts_with(MISSING[0]) || why.contains(MISSING[1]) => {
            Ok(None)
        }
        result => result.map(Some),
    }
}

/// Converts an error of SQLite.
pub(super) fn of(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, message) = &error else {
        return match error {
            rusqlite::Error::QueryReturnedNoRows => StoreError::Gone,
            other => StoreError::Unreachable(other.to_string()),
        };
    };
    let message = message.as_deref().unwrap_or_default();
    match code.code {
        _ if code.extended_code == SQLITE_READONLY_DBMOVED => StoreError::Replaced,
        // The shared memory beside the file could not grow.
        _ if code.extended_code == SQLITE_IOERR_SHMSIZE => StoreError::Full,
        _ if code.extended_code == SQLITE_CONSTRAINT_UNIQUE => unique(message),
        _ if code.extended_code == SQLITE_CONSTRAINT_PRIMARYKEY => StoreError::Duplicate(ID),
        // The account that a row is to belong to.
        _ if code.extended_code == SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::Gone,
        ErrorCode::ConstraintViolation => StoreError::Unreachable("a row breaks the schema's rules".into()),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::NotWritable,
        ErrorCode::OperationInterrupted => StoreError::Stopped,
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged,
        ErrorCode::CannotOpen => StoreError::Unreachable("the file cannot be opened".into()),
        ErrorCode::SystemIoFailure => {
            StoreError::Unreachable("the file could not be read or written (is the disk full?)".into())
        }
        // No NEXUS table has such a key.
        _ if message.starts_with(KEY_MISMATCH) => StoreError::Unreachable(format!(
            "another program's table has a foreign key that SQLite cannot check; correct or drop that table ({message})"
        )),
        _ => StoreError::Unreachable(message.to_owned()),
    }
}

/// Returns what an error means where rows are deleted, or a transaction is committed that deleted some.
pub(super) fn of_deletion(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error().map(|code| code.extended_code) {
        // NO ACTION and RESTRICT (sqlite.org/foreignkeys.html, 4.3): the second is a trigger to SQLite.
        Some(SQLITE_CONSTRAINT_FOREIGNKEY | SQLITE_CONSTRAINT_TRIGGER | SQLITE_CONSTRAINT_NOTNULL) => {
            StoreError::Referenced
        }
        _ => of(error),
    }
}

/// Returns the error for the unique index that was violated, by the column that SQLite's message names.
fn unique(message: &str) -> StoreError {
    match message.rsplit('.').next() {
        Some("username") => StoreError::Taken(Field::Username),
        Some("email") => StoreError::Taken(Field::Email),
        Some("session_token") => StoreError::Duplicate("this token"),
        Some("directory_id") => StoreError::Duplicate("this directory id"),
        _ => StoreError::Duplicate("this row"),
    }
}
