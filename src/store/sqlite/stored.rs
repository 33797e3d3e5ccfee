//! Whole tables as they are stored, for exports.

use std::borrow::Cow;
use std::ops::ControlFlow;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::store::Result;

use super::error;
use super::values::number;

/// Passes every row to `take` in id order, until `take` breaks.
pub(super) fn each(
    connection: &Connection,
    table: StoredTable,
    take: &mut dyn FnMut(&StoredRow<'_>) -> ControlFlow<()>,
) -> Result<()> {
    let columns: Vec<_> = table.columns().iter().map(|column| column.name).collect();
    let sql = format!("SELECT {} FROM {} ORDER BY id", columns.join(", "), table.name());
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let mut rows = statement.query([]).map_err(error::of)?;
    while let Some(row) = rows.next().map_err(error::of)? {
        let values = (0..columns.len()).map(|column| Ok(as_text(row.get_ref(column)?)));
        let values = values.collect::<rusqlite::Result<Vec<_>>>().map_err(error::of)?;
        if take(&values).is_break() {
            break;
        }
    }
    Ok(())
}

/// Returns a value as text, as [`values::optional`](super::values::optional) does, without a copy of most.
fn as_text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(number.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}

/// Returns the number of rows.
pub(super) fn count(connection: &Connection, table: StoredTable) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM {}", table.name());
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row([], |row| number(row, 0)).map_err(error::of)
}
