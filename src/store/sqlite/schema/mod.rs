//! The schema of a store compared with the one that the migrations make: before it is written, and by `nexus doctor`.
//!
//! `expected` derives the schema of every version from the migrations, `compare` finds the differences; for that `table`
//! describes a table, and `sql` reads the text of statements. `fault` has the words. `repair` restores what is NEXUS's own,
//! unless rows are in the way: those are found in `obstacle`. `lost` has the tables of which other rows tell enough.

use rusqlite::Connection;

use crate::store::{Result, StoreError};

use super::error;

mod compare;
mod expected;
mod fault;
mod lost;
mod obstacle;
mod repair;
mod sql;
mod steps;
mod table;

pub(super) use expected::version_of_objects;
pub(super) use fault::CHECK;
pub(super) use repair::{findings, mend};
pub(super) use steps::{APPLICATION_ID, HeaderMarks, LATEST, STEPS};

/// Objects that a refusal names; the others are counted.
const NAMED: usize = 5;

/// Refuses a store whose schema is not the one of this version.
///
/// # Errors
/// [`StoreError::Altered`], with the objects.
pub(super) fn verify(connection: &Connection, version: i64) -> Result<()> {
    let faults = compare::faults(connection, version)?;
    let refused: Vec<_> =
        faults.iter().filter(|fault| fault.refuses()).map(fault::SchemaFault::words).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let more = match refused.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let named = refused.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    Err(StoreError::Altered(format!("{named}{more}")))
}

/// Returns the columns that other programs added to a table and that hold values of their own.
pub(super) fn foreign_columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    compare::foreign_columns(connection, LATEST, table)
}

/// Returns the number that SQLite counts up with every change of the schema.
pub(super) fn generation(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("PRAGMA main.schema_version").map_err(error::of)?;
    statement.query_row([], |row| row.get(0)).map_err(error::of)
}

#[cfg(test)]
mod tests;
