//! Statements that are kept prepared.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use crate::store::{Result, StoreError};

use super::error;

/// A function that converts a row of a result.
pub(super) type ReadRow<R> = fn(&Row<'_>) -> rusqlite::Result<R>;

/// Executes a statement and returns the number of rows that it changed.
pub(super) fn execute(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(error::of)
}

/// Returns true if there is a table with this name.
pub(super) fn has_table(connection: &Connection, name: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    connection.prepare(sql).and_then(|mut found| found.exists([name])).map_err(error::of)
}

/// Checks that a statement changed a row.
///
/// # Errors
/// [`StoreError::Gone`] if it changed none.
pub(super) fn one_row(touched: usize) -> Result<()> {
    if touched == 0 { Err(StoreError::Gone) } else { Ok(()) }
}

/// Returns all rows of a query.
pub(super) fn all<'v, R>(
    connection: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
    row: ReadRow<R>,
) -> Result<Vec<R>> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let rows = statement.query_map(params_from_iter(values), row).map_err(error::of)?;
    rows.collect::<rusqlite::Result<_>>().map_err(error::of)
}

/// Returns the first row of a query, or `None` if it finds none.
pub(super) fn first<R>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    row: impl FnOnce(&Row<'_>) -> rusqlite::Result<R>,
) -> Result<Option<R>> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row(values, row).optional().map_err(error::of)
}
