//! Rows that foreign keys of other programs delete with an account or a directory: they go to the bin with it, and
//! come back.
//!
//! The bin stores them as it does added columns, a value each, under a source that begins with [`SOURCE`]. Rows are
//! numbered in the order in which they went.

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, Row, params};

use crate::domain::dependents::{TableRows, Target};
use crate::domain::sqlite::quoted;
use crate::store::Result;

use super::added::{DIRECTORIES, SESSIONS, Source, text_in_sql};
use super::dependents::Deletion;
use super::error;
use super::foreign_keys::{ForeignKeys, Table, read_table};
use super::statement::execute;
use super::values::{self, text};

/// The prefix of a source whose values are whole rows.
const SOURCE: &str = "row of ";

/// A row in the bin.
struct Carried {
    source: String,
    row: i64,
}

/// Moves all rows that other programs' keys delete with this target to the bin item with this number, except for a
/// divided action, whose steps do that with their portions. Returns true if the action must not be divided, because a
/// column of another program ties rows of NEXUS's tables to each other: all of them must be kept before one goes.
pub(super) fn keep(connection: &Connection, target: Target, number: i64, is_divided: bool) -> Result<bool> {
    let Some(deletion) = Deletion::of(connection, target)? else { return Ok(false) };
    let is_tied = deletion.is_tied();
    if is_tied || !is_divided {
        carry(connection, &deletion, number, 0)?;
    }
    Ok(is_tied)
}

/// Moves the rows that other programs' keys delete with a portion of the rows of a table to a bin item; `ids` is a JSON
/// array.
pub(super) fn keep_portion(connection: &Connection, source: &Source, ids: Value, number: i64) -> Result<()> {
    let Some(deletion) = Deletion::of_portion(connection, source.table, ids)? else { return Ok(()) };
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
fn carry(connection: &Connection, deletion: &Deletion, number: i64, first: i64) -> Result<()> {
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

/// Returns the condition for a value to be one of a whole row.
fn is_row() -> String {
    format!("substr(source, 1, {}) = '{SOURCE}'", SOURCE.len())
}

/// Returns the number of rows of other programs that a bin item holds, by table.
pub(super) fn counts(connection: &Connection, number: i64) -> Result<Vec<TableRows>> {
    let first = SOURCE.len() + 1;
    let sql = format!(
        "SELECT substr(source, {first}), count(DISTINCT row) FROM nexus_bin_columns
         WHERE bundle = ? AND {}
           AND substr(source, {first}) NOT GLOB 'de_torres_vincent_*' AND substr(source, {first}) NOT GLOB 'nexus_*'
         GROUP BY source ORDER BY source",
        is_row()
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let read = |row: &Row<'_>| Ok(TableRows { table: text(row, 0)?, rows: values::number(row, 1)? });
    let found = statement.query_map([number], read).map_err(error::of)?;
    found.collect::<rusqlite::Result<_>>().map_err(error::of)
}

/// Returns true if a bin item must be restored in one transaction, other programs' rows and columns last: rows of other
/// programs refer to sessions or directories, which may get other ids, or columns of other programs tie rows of NEXUS's
/// tables to each other.
pub(super) fn is_bound(connection: &Connection, source: &Source, number: i64) -> Result<bool> {
    let Some(keys) = ForeignKeys::read(connection)? else { return has_any(connection, number) };
    if keys.place(source.table).is_some_and(|root| keys.is_tied(root)) {
        return Ok(true);
    }
    Ok(keys.refer_to_belongings() && has_any(connection, number)?)
}

/// Restores the rows of a bin item that other programs' rules permit, as [`restore`] does, and removes them all from it.
pub(super) fn restore_now(connection: &Connection, number: i64) -> Result<u64> {
    if !has_any(connection, number)? {
        return Ok(0);
    }
    let left_out = restore(connection, number)?;
    let sql = format!("DELETE FROM nexus_bin_columns WHERE bundle = ? AND {}", is_row());
    execute(connection, &sql, [number])?;
    Ok(left_out)
}

/// Returns true if a bin item contains rows of other programs.
fn has_any(connection: &Connection, number: i64) -> Result<bool> {
    let sql = format!("SELECT 1 FROM nexus_bin_columns WHERE bundle = ? AND {} LIMIT 1", is_row());
    connection.prepare_cached(&sql).and_then(|mut found| found.exists([number])).map_err(error::of)
}

/// Restores the rows of a bin item that other programs' rules permit, and returns the number of those that they do
/// not. The rows that they refer to must have been restored before.
pub(super) fn restore(connection: &Connection, number: i64) -> Result<u64> {
    let sql = format!(
        "SELECT DISTINCT source, row FROM nexus_bin_columns WHERE bundle = ? AND {} ORDER BY row",
        is_row()
    );
    let read = |row: &Row<'_>| Ok(Carried { source: text(row, 0)?, row: row.get(1)? });
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let found = statement.query_map([number], read).map_err(error::of)?;
    let mut rest = found.collect::<rusqlite::Result<Vec<_>>>().map_err(error::of)?;
    if rest.is_empty() {
        return Ok(0);
    }
    let keys = ForeignKeys::read(connection)?;
    // One that refers to another of them comes back after it.
    loop {
        let before = rest.len();
        let mut left = Vec::new();
        for carried in rest {
            if !insert(connection, keys.as_ref(), number, &carried)? {
                left.push(carried);
            }
        }
        if left.is_empty() || left.len() == before {
            return Ok(left.len() as u64);
        }
        rest = left;
    }
}

/// Restores a row, unless a rule forbids it.
fn insert(
    connection: &Connection,
    keys: Option<&ForeignKeys>,
    number: i64,
    carried: &Carried,
) -> Result<bool> {
    let name = carried.source.strip_prefix(SOURCE).unwrap_or_default();
    let Some(table) = read_table(connection, name)? else { return Ok(false) };
    let sql = "SELECT name FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2 AND row = ?3";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let at = params![number, carried.source, carried.row];
    let held = statement.query_map(at, |row| text(row, 0)).map_err(error::of)?;
    let held = held.collect::<rusqlite::Result<Vec<_>>>().map_err(error::of)?;
    let columns: Vec<_> = table.columns.iter().filter(|column| held.contains(column)).collect();
    if columns.is_empty() {
        return Ok(false);
    }
    let values: Vec<_> = columns.iter().map(|column| value(keys, &table, column)).collect();
    let names: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
    let sql = format!(
        "INSERT INTO main.{} ({}) VALUES ({})",
        quoted(&table.name),
        names.join(", "),
        values.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    match statement.execute(params![number, carried.source, carried.row]) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
        done => done.map(|_| true).map_err(error::of),
    }
}

/// Returns the value of a column. One that refers to a session or a directory of the bundle refers to the row that came
/// back, maybe under another id; to one that did not come back it refers to nothing that there is.
fn value(keys: Option<&ForeignKeys>, table: &Table, column: &str) -> String {
    let value = format!(
        "(SELECT k.value FROM nexus_bin_columns k
          WHERE k.bundle = ?1 AND k.source = ?2 AND k.row = ?3 AND k.name = {})",
        text_in_sql(column)
    );
    match [SESSIONS, DIRECTORIES].iter().find(|source| refers(keys, table, column, source)) {
        None => value,
        Some(Source { table, bin, same }) => format!(
            "CASE WHEN EXISTS (SELECT 1 FROM {bin} b WHERE b.bundle = ?1 AND b.id = {value}) THEN
               ifnull((SELECT t.id FROM {bin} b JOIN {table} t ON {same} WHERE b.bundle = ?1 AND b.id = {value}),
                 -9223372036854775808)
             ELSE {value} END"
        ),
    }
}

/// Returns true if a column refers to the ids of a table.
fn refers(keys: Option<&ForeignKeys>, table: &Table, column: &str, source: &Source) -> bool {
    let Some(keys) = keys else { return false };
    let (child, parent) = (keys.place(&table.name), keys.place(source.table));
    let is_it =
        |(from, to): &(String, String)| from.eq_ignore_ascii_case(column) && to.eq_ignore_ascii_case("id");
    keys.keys
        .iter()
        .any(|key| Some(key.child) == child && Some(key.parent) == parent && key.columns.iter().any(is_it))
}
