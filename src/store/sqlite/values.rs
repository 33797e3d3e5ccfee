//! Values and names from files that other programs write to, too: they may hold anything, and nothing may break over it.

use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use crate::domain::time::{Timestamp, from_stored};

/// A text; numbers as they print, bytes that are no UTF-8 replaced.
pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(optional(row, column)?.unwrap_or_default())
}

/// A text or NULL.
pub(super) fn optional(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    })
}

/// A time; `None` for NULL and for what is no time.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let ValueRef::Text(bytes) = row.get_ref(column)? else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().and_then(from_stored))
}

/// A count; 0 for what is none.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get_ref(column)?.as_i64().ok().and_then(|n| u64::try_from(n).ok()).unwrap_or_default())
}

/// Whatever is there, to be compared and bound again; bytes that are no UTF-8 replaced.
pub(super) fn value(row: &Row<'_>, column: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}
