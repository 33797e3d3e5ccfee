//! Statements with named values, of which each takes those that it mentions.

use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, ToSql};

use crate::store::Result;

use super::error;

/// Values by the names that statements use for them.
pub(super) type Values<'a> = [(&'static str, &'a dyn ToSql)];

/// Runs a statement and returns the number of rows that it touched.
pub(super) fn run(connection: &Connection, sql: &str, values: &Values<'_>) -> Result<u64> {
    touched(connection, sql, values).map_err(error::of)
}

/// Runs a statement that deletes rows to which other programs' may refer, and returns the number of rows.
///
/// # Errors
/// [`StoreError::Referenced`](crate::store::StoreError::Referenced) if a foreign key forbids it.
pub(super) fn delete(connection: &Connection, sql: &str, values: &Values<'_>) -> Result<u64> {
    touched(connection, sql, values).map_err(error::of_deletion)
}

/// Returns the first column of the first row.
pub(super) fn first(connection: &Connection, sql: &str, values: &Values<'_>) -> Result<Option<Value>> {
    let mut statement = bound(connection, sql, values).map_err(error::of)?;
    let mut rows = statement.raw_query();
    rows.next().map_err(error::of)?.map(|row| row.get(0)).transpose().map_err(error::of)
}

/// Returns the number that a query for one number gives.
pub(super) fn count(connection: &Connection, sql: &str, values: &Values<'_>) -> Result<u64> {
    match first(connection, sql, values)? {
        Some(Value::Integer(rows)) => Ok(u64::try_from(rows).unwrap_or_default()),
        Some(_) | None => Ok(0),
    }
}

fn touched(connection: &Connection, sql: &str, values: &Values<'_>) -> rusqlite::Result<u64> {
    let rows = bound(connection, sql, values)?.raw_execute()?;
    Ok(rows as u64)
}

fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    values: &Values<'_>,
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    for (name, value) in values {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    Ok(statement)
}
