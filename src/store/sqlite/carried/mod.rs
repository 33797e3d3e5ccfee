//! Rows that foreign keys of other programs delete with an account or a directory: they go to the bin with it, and
//! come back.
//!
//! The bin stores them as it does added columns, a value each, under a source that begins with [`SOURCE`]. Rows are
//! numbered in the order in which they went.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::dependents::{DeletionTarget, TableRows};
use crate::domain::sqlite::quoted;
use crate::store::Result;

use super::added_columns::{BinTable, text_in_sql};
use super::dependents::DeletedRows;
use super::error;
use super::foreign_keys::ForeignKeys;
use super::named;
use super::statement::execute;
use super::values::{self, text};

mod restoring;

pub(super) use restoring::{Restored, note_new_ids, restore};

/// The prefix of a source whose values are whole rows.
const SOURCE: &str = "row of ";

/// The condition for a value to be one of a whole row, in the order of the bin's key.
const IS_ROW: &str = "source > 'row of ' AND source < 'row of!'";

/// Moves all rows that other programs' keys delete with this target to the bin item with this number, except for a
/// divided action, whose steps do that with their portions. Returns true if the action must not be divided, because a
/// column of another program ties rows of NEXUS's tables to each other: all of them must be kept before one goes.
pub(super) fn keep(
    connection: &Connection,
    target: DeletionTarget,
    number: i64,
    is_divided: bool,
) -> Result<bool> {
    let Some(deletion) = DeletedRows::of(connection, target)? else { return Ok(false) };
    let is_tied = deletion.is_tied();
    if is_tied || !is_divided {
        carry(connection, &deletion, number, 0)?;
    }
    Ok(is_tied)
}

/// Moves the rows that other programs' keys delete with a portion of the rows of a table to a bin item; `ids` is a JSON
/// array.
pub(super) fn keep_portion(
    connection: &Connection,
    source: &BinTable,
    ids: Value,
    number: i64,
) -> Result<()> {
    let Some(deletion) = DeletedRows::of_portion(connection, source.table, ids)? else { return Ok(()) };
    let mut first = 0;
    for table in &deletion.keys.tables {
        // By table: the rows of a table are found by the key of the bin's.
        let sql = "SELECT ifnull(max(row) + 1, 0) FROM nexus_bin_columns WHERE bundle = ? AND source = ?";
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let at = params![number, format!("{SOURCE}{}", table.name)];
        first = first.max(statement.query_row(at, |row| row.get(0)).map_err(error::of)?);
    }
    carry(connection, &deletion, number, first)
}

/// Copies the rows that go along to a bin item, numbered from `first` on.
fn carry(connection: &Connection, deletion: &DeletedRows, number: i64, first: i64) -> Result<()> {
    for (row, (place, key)) in (first..).zip(deletion.along(connection)?) {
        let Some(table) = deletion.keys.tables.get(place) else { continue };
        let names: Vec<_> = table.columns.iter().map(|name| format!("({})", text_in_sql(name))).collect();
        let values =
            table.columns.iter().map(|name| format!("WHEN {} THEN c.{}", text_in_sql(name), quoted(name)));
        let sql = format!(
            "INSERT INTO nexus_bin_columns (bundle, source, row, name, value)
             SELECT ?1, ?2, ?3, k.column1, CASE k.column1 {} END FROM main.{} c, (VALUES {}) k WHERE {} = ?4",
            values.collect::<Vec<_>>().join(" "),
            quoted(&table.name),
            names.join(", "),
            table.key_of("c")
        );
        execute(connection, &sql, params![number, format!("{SOURCE}{}", table.name), row, key])?;
    }
    Ok(())
}

/// Returns the number of rows of other programs that a bin item holds, by table.
pub(super) fn counts(connection: &Connection, number: i64) -> Result<Vec<TableRows>> {
    let first = SOURCE.len() + 1;
    let sql = format!(
        "SELECT substr(source, {first}), count(DISTINCT row) FROM nexus_bin_columns
         WHERE bundle = ? AND {IS_ROW}
           AND substr(source, {first}) NOT GLOB 'de_torres_vincent_*' AND substr(source, {first}) NOT GLOB 'nexus_*'
         GROUP BY source ORDER BY source"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let read = |row: &Row<'_>| Ok(TableRows { table: text(row, 0)?, rows: values::number(row, 1)? });
    let found = statement.query_map([number], read).map_err(error::of)?;
    found.collect::<rusqlite::Result<_>>().map_err(error::of)
}

/// Returns the number of rows that a bin item holds beside those of the three tables.
pub(super) fn count(connection: &Connection, number: i64) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT DISTINCT source, row FROM nexus_bin_columns WHERE bundle = :bundle AND {IS_ROW})"
    );
    named::count(connection, &sql, &[(":bundle", &number)])
}

/// Returns true if a bin item must be restored in one transaction, other programs' rows and columns last, because columns
/// of other programs tie rows of NEXUS's tables to each other.
pub(super) fn is_tied(connection: &Connection, source: &BinTable) -> Result<bool> {
    let Some(keys) = ForeignKeys::read(connection)? else { return Ok(false) };
    Ok(keys.place(source.table).is_some_and(|root| keys.is_tied(root)))
}

/// Returns true if a bin item contains rows of other programs.
pub(super) fn has_any(connection: &Connection, number: i64) -> Result<bool> {
    let sql = format!("SELECT 1 FROM nexus_bin_columns WHERE bundle = ? AND {IS_ROW} LIMIT 1");
    connection.prepare_cached(&sql).and_then(|mut found| found.exists([number])).map_err(error::of)
}

/// Removes up to about `most` values of such rows from a bin item for good, or all of them. Returns the number of values,
/// and true if none is left.
pub(super) fn remove(connection: &Connection, number: i64, most: Option<u64>) -> Result<(u64, bool)> {
    let mut removed = 0;
    while let Some(source) = next_source(connection, number, SOURCE)? {
        let left = most.map(|most| i64::try_from(most.saturating_sub(removed)).unwrap_or(i64::MAX));
        if left == Some(0) {
            return Ok((removed, false));
        }
        let sql = "DELETE FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2 AND row <=
                     ifnull((SELECT row FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2
                             ORDER BY row LIMIT 1 OFFSET ?3 - 1), 9223372036854775807)";
        removed += execute(connection, sql, params![number, source, left.unwrap_or(i64::MAX)])? as u64;
    }
    Ok((removed, true))
}

/// Returns the first table after `last` of which a bin item holds rows, as a source.
fn next_source(connection: &Connection, number: i64, last: &str) -> Result<Option<String>> {
    let sql =
        format!("SELECT min(source) FROM nexus_bin_columns WHERE bundle = ?1 AND source > ?2 AND {IS_ROW}");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row(params![number, last], |row| values::optional(row, 0)).map_err(error::of)
}
