//! Values from files that other programs write to as well. They may contain anything, and nothing may fail because of
//! it.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

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

/// Returns a value of any type, to be compared and used as a parameter again; bytes that are not UTF-8 are replaced.
pub(super) fn value(row: &Row<'_>, column: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}
