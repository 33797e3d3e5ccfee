//! Rows of other programs that come back from the bin, after what they refer to: all at once, or step by step.
//!
//! A row that refers to another of them comes back after it. One that cannot come back yet is set aside, with a negative
//! number, and tried again in the next pass, which goes the other way; what does not come back in a pass that restores
//! nothing stays out. The notes of a restore in steps lie beside the rows: the state of the pass, and the ids of sessions
//! and directories that came back under others.

use rusqlite::{Connection, ErrorCode, Row, params};

use crate::domain::sqlite::quoted;
use crate::store::Result;
use crate::store::sqlite::added_columns::{BinTable, DIRECTORIES, SESSIONS, text_in_sql};
use crate::store::sqlite::error;
use crate::store::sqlite::foreign_keys::{ForeignKeys, KeyTable, read_table};
use crate::store::sqlite::named::{self, Values};
use crate::store::sqlite::statement::{all, execute};
use crate::store::sqlite::values::text;

use super::{SOURCE, next_source};

/// The source of the state of a pass.
const PASS: &str = "pass of the restore";

/// An id that no row has.
const NO_ID: i64 = i64::MIN;

/// The result of restoring some rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Restored {
    /// Number of rows that were tried.
    pub(crate) rows: u64,
    /// Number of rows that stay out, once all others are back.
    pub(crate) left_out: Option<u64>,
}

/// Notes under which ids rows of a bin item came back, where those are not their old ones. `which` selects rows `b` of the
/// item, with `values`.
pub(crate) fn note_new_ids(
    connection: &Connection,
    item: i64,
    BinTable { table, bin, same }: &BinTable,
    which: &str,
    values: &Values<'_>,
) -> Result<()> {
    if !super::has_any(connection, item)? {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO nexus_bin_columns (bundle, source, row, name, value)
         SELECT b.bundle, {}, b.id, 'id', ifnull(t.id, {NO_ID})
         FROM {bin} b LEFT JOIN {table} t ON {same}
         WHERE b.bundle = :bundle AND {which} AND t.id IS NOT b.id",
        new_ids(table)
    );
    let values: Vec<_> = values.iter().copied().chain([(":bundle", &item as _)]).collect();
    named::run(connection, &sql, &values).map(drop)
}

/// Returns the source of the notes about the rows of a table, as SQL.
fn new_ids(table: &str) -> String {
    text_in_sql(&format!("new id in {table}"))
}

/// Restores up to about `most` of the rows that a bin item holds of other programs, or all of them. The sessions and
/// directories that they refer to must have been restored before.
pub(crate) fn restore(connection: &Connection, item: i64, most: Option<u64>) -> Result<Restored> {
    if !super::has_any(connection, item)? {
        let left_out = Pass::read(connection, item)?.left_out;
        return Ok(Restored { rows: 0, left_out: Some(left_out) });
    }
    let keys = ForeignKeys::read(connection)?;
    let mut pass = Pass::read(connection, item)?;
    let mut rows = 0;
    loop {
        let left = most.map(|most| most.saturating_sub(rows));
        if left == Some(0) {
            pass.write(connection, item)?;
            return Ok(Restored { rows, left_out: None });
        }
        match pass.waiting(connection, keys.as_ref(), item, left)? {
            Some(waiting) => {
                rows += waiting.rows.len() as u64;
                pass.go_on(connection, keys.as_ref(), item, &waiting)?;
            }
            None if pass.restored == 0 => {
                let left_out = pass.left_out + super::count(connection, item)?;
                return Ok(Restored { rows, left_out: Some(left_out) });
            }
            None => pass = Pass { is_back: !pass.is_back, restored: 0, ..pass },
        }
    }
}

/// One pass over the rows that are not back yet.
#[derive(Debug, Clone, Copy, Default)]
struct Pass {
    /// It goes over the rows that the pass before it set aside, and sets aside by numbers that are not negative.
    is_back: bool,
    /// Number of rows that it restored.
    restored: u64,
    /// Number of rows that can never come back, in all passes.
    left_out: u64,
}

/// Rows of one table that a pass has not tried yet.
struct UntriedRows {
    source: String,
    rows: Vec<i64>,
}

impl Pass {
    fn read(connection: &Connection, item: i64) -> Result<Self> {
        let value = |name: &str| {
            let sql = "SELECT value FROM nexus_bin_columns
                       WHERE bundle = :bundle AND source = :pass AND row = 0 AND name = :name";
            named::count(connection, sql, &[(":bundle", &item), (":pass", &PASS), (":name", &name)])
        };
        Ok(Self { is_back: value("back")? > 0, restored: value("restored")?, left_out: value("left out")? })
    }

    fn write(self, connection: &Connection, item: i64) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO nexus_bin_columns (bundle, source, row, name, value)
                   VALUES (?1, ?2, 0, 'back', ?3), (?1, ?2, 0, 'restored', ?4), (?1, ?2, 0, 'left out', ?5)";
        let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let values = params![item, PASS, self.is_back, number(self.restored), number(self.left_out)];
        execute(connection, sql, values).map(drop)
    }

    /// Returns the next rows to try, `most` at most.
    fn waiting(
        self,
        connection: &Connection,
        keys: Option<&ForeignKeys>,
        item: i64,
        most: Option<u64>,
    ) -> Result<Option<UntriedRows>> {
        let (is_waiting, way) = if self.is_back { ("row < 0", "DESC") } else { ("row >= 0", "ASC") };
        let sql = format!(
            "SELECT DISTINCT row FROM nexus_bin_columns
             WHERE bundle = ?1 AND source = ?2 AND {is_waiting} ORDER BY row {way} LIMIT ?3"
        );
        let most = most.map_or(-1, |most| i64::try_from(most).unwrap_or(i64::MAX));
        for source in sources(connection, keys, item)? {
            let values = [item.into(), source.clone().into(), most.into()];
            let rows = all(connection, &sql, &values, |row: &Row<'_>| row.get(0))?;
            if !rows.is_empty() {
                return Ok(Some(UntriedRows { source, rows }));
            }
        }
        Ok(None)
    }

    /// Restores rows, or sets them aside.
    fn go_on(
        &mut self,
        connection: &Connection,
        keys: Option<&ForeignKeys>,
        item: i64,
        UntriedRows { source, rows }: &UntriedRows,
    ) -> Result<()> {
        let table = read_table(connection, source.strip_prefix(SOURCE).unwrap_or_default())?;
        let remove = "DELETE FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2 AND row = ?3";
        let set_aside =
            "UPDATE nexus_bin_columns SET row = -1 - row WHERE bundle = ?1 AND source = ?2 AND row = ?3";
        for row in rows {
            let place = BinnedRow { item, source, row: *row };
            let sql = match &table {
                None => {
                    self.left_out += 1;
                    remove
                }
                Some(table) if place.insert(connection, keys, table)? => {
                    self.restored += 1;
                    remove
                }
                Some(_) => set_aside,
            };
            execute(connection, sql, params![item, source, row])?;
        }
        Ok(())
    }
}

/// Returns the tables of which a bin item holds rows, as sources, a table before those that refer to it.
fn sources(connection: &Connection, keys: Option<&ForeignKeys>, item: i64) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut last = SOURCE.to_owned();
    while let Some(source) = next_source(connection, item, &last)? {
        last.clone_from(&source);
        found.push(source);
    }
    if let Some(keys) = keys {
        let depths = keys.depths();
        let depth = |source: &String| {
            let place = keys.place(source.strip_prefix(SOURCE).unwrap_or_default());
            place.and_then(|place| depths.get(place).copied()).unwrap_or_default()
        };
        found.sort_by_key(depth);
    }
    Ok(found)
}

/// The place of a row in the bin.
struct BinnedRow<'a> {
    item: i64,
    source: &'a str,
    row: i64,
}

impl BinnedRow<'_> {
    /// Restores the row, unless a rule forbids it.
    fn insert(&self, connection: &Connection, keys: Option<&ForeignKeys>, table: &KeyTable) -> Result<bool> {
        let at = params![self.item, self.source, self.row];
        let sql = "SELECT name FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2 AND row = ?3";
        let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
        let held = statement.query_map(at, |row| text(row, 0)).map_err(error::of)?;
        let held = held.collect::<rusqlite::Result<Vec<_>>>().map_err(error::of)?;
        let columns: Vec<_> = table.columns.iter().filter(|column| held.contains(column)).collect();
        if columns.is_empty() {
            return Ok(false);
        }
        let values: Vec<_> = columns.iter().map(|column| value(keys, table, column)).collect();
        let names: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
        let sql = format!(
            "INSERT INTO main.{} ({}) VALUES ({})",
            quoted(&table.name),
            names.join(", "),
            values.join(", ")
        );
        let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
        match statement.execute(at) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
            done => done.map(|_| true).map_err(error::of),
        }
    }
}

/// Returns the value of a column. One that refers to a session or a directory of the item refers to the row that came
/// back, maybe under another id; to one that did not come back it refers to nothing that there is.
fn value(keys: Option<&ForeignKeys>, table: &KeyTable, column: &str) -> String {
    let value = format!(
        "(SELECT k.value FROM nexus_bin_columns k
          WHERE k.bundle = ?1 AND k.source = ?2 AND k.row = ?3 AND k.name = {})",
        text_in_sql(column)
    );
    match [SESSIONS, DIRECTORIES].iter().find(|source| refers(keys, table, column, source)) {
        None => value,
        Some(BinTable { table, .. }) => format!(
            "ifnull((SELECT n.value FROM nexus_bin_columns n WHERE n.bundle = ?1 AND n.source = {}
               AND n.row = {value} AND n.name = 'id'), {value})",
            new_ids(table)
        ),
    }
}

/// Returns true if a column refers to the ids of a table.
fn refers(keys: Option<&ForeignKeys>, table: &KeyTable, column: &str, source: &BinTable) -> bool {
    let Some(keys) = keys else { return false };
    let (child, parent) = (keys.place(&table.name), keys.place(source.table));
    let is_it =
        |(from, to): &(String, String)| from.eq_ignore_ascii_case(column) && to.eq_ignore_ascii_case("id");
    keys.keys
        .iter()
        .any(|key| Some(key.child) == child && Some(key.parent) == parent && key.columns.iter().any(is_it))
}
