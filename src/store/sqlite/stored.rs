//! Whole tables as they are stored, for exports.

use std::borrow::Cow;
use std::ops::ControlFlow;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::domain::stored_table::{StoredRow, StoredTable, StoredValue};
use crate::store::Result;

use super::error;
use super::values::number;

/// Passes every row to `take` in id order, until `take` breaks.
pub(super) fn each(
    connection: &Connection,
    table: StoredTable,
    take: &mut dyn FnMut(&StoredRow<'_>) -> ControlFlow<()>,
) -> Result<()> {
    let own = table.columns().iter().map(|column| format!("t.{}", column.name));
    let noted = table.notes().iter().map(|note| format!("n.{}", note.name));
    let columns: Vec<_> = own.chain(noted).collect();
    let join = match table {
        StoredTable::Users => "LEFT JOIN nexus_accounts n ON n.user_id = t.id",
        StoredTable::Sessions | StoredTable::Directories => "",
    };
    let sql = format!("SELECT {} FROM {} t {join} ORDER BY t.id", columns.join(", "), table.name());
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
fn as_text(value: ValueRef<'_>) -> Option<StoredValue<'_>> {
    let text = match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => number.to_string().into(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            // It is borrowed where it is UTF-8 as it stands.
            return Some(StoredValue { is_replaced: matches!(text, Cow::Owned(_)), text });
        }
    };
    Some(StoredValue { text, is_replaced: false })
}

/// Returns the number of rows.
pub(super) fn count(connection: &Connection, table: StoredTable) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM {}", table.name());
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row([], |row| number(row, 0)).map_err(error::of)
}
