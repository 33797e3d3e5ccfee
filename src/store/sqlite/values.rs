//! Values from files that other programs write to as well. They may contain anything, and nothing may fail because of
//! it.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use crate::domain::day::Day;
use crate::domain::time::{Timestamp, from_stored};

/// Returns a text. Numbers become their digits, and bytes that are not UTF-8 are replaced.
pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(optional(row, column)?.unwrap_or_default())
}

/// Returns a text as [`text`] does, without a copy where it is one as it stands.
pub(super) fn as_text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<Cow<'r, str>> {
    Ok(shown(row.get_ref(column)?).unwrap_or_default())
}

/// Returns a text, or `None` for NULL.
pub(super) fn optional(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(shown(row.get_ref(column)?).map(Cow::into_owned))
}

fn shown(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(number.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}

/// Returns what `parse` makes of a text, or `None` for NULL and for what is no text.
pub(super) fn word<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(column)? else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().and_then(parse))
}

/// Returns a time, or `None` for NULL and for what is not a time.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let ValueRef::Text(bytes) = row.get_ref(column)? else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().and_then(from_stored))
}

/// Returns a day, or `None` for NULL and for what is not a day.
pub(super) fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Day>> {
    let ValueRef::Text(bytes) = row.get_ref(column)? else { return Ok(None) };
    Ok(std::str::from_utf8(bytes).ok().and_then(Day::parse))
}

/// Returns a count, or 0 for what is not a count.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(row.get_ref(column)?.as_i64().ok().and_then(|n| u64::try_from(n).ok()).unwrap_or_default())
}

/// A value of any type just as it is stored, to be compared and used as a parameter again. A text may not be UTF-8: if its
/// bytes were replaced, a scan that goes on from it could begin at an earlier row, and never end.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stored {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl ToSql for Stored {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(bytes) => ValueRef::Text(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Returns a value of any type.
pub(super) fn value(row: &Row<'_>, column: usize) -> rusqlite::Result<Stored> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Stored::Null,
        ValueRef::Integer(number) => Stored::Integer(number),
        ValueRef::Real(number) => Stored::Real(number),
        ValueRef::Text(bytes) => Stored::Text(bytes.to_vec()),
        ValueRef::Blob(bytes) => Stored::Blob(bytes.to_vec()),
    })
}

/// Returns a value as a parameter beside those of other types.
pub(super) fn parameter<T: ToSql>(value: &T) -> &dyn ToSql {
    value
}
