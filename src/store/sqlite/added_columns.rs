//! Columns that other programs added to the three tables: they go into the bin with their rows, and come back.

use rusqlite::{Connection, ToSql, params};

use crate::domain::sqlite::quoted;
use crate::store::{Result, StoreError};

use super::named::{self, Values};
use super::{error, schema};

/// One of the three tables, and the column that identifies its rows when they come back, maybe under other ids.
pub(super) struct BinTable {
    pub(super) table: &'static str,
    /// The bin's table for its rows.
    pub(super) bin: &'static str,
    /// The condition for a row `t` of the table and a row `b` of the bin to be the same.
    pub(super) same: &'static str,
}

pub(super) const USERS: BinTable =
    BinTable { table: "de_torres_vincent_users", bin: "nexus_bin_users", same: "t.id = b.id" };

pub(super) const SESSIONS: BinTable = BinTable {
    table: "de_torres_vincent_session_tokens",
    bin: "nexus_bin_sessions",
    same: "t.session_token = b.session_token AND t.user_id = b.user_id",
};

pub(super) const DIRECTORIES: BinTable = BinTable {
    table: "de_torres_vincent_user_directories",
    bin: "nexus_bin_directories",
    same: "t.directory_id = b.directory_id AND t.user_id = b.user_id",
};

/// Returns the statements that copy the values of the rows that `which` selects to the bin item `:bundle`.
pub(super) fn to_bin(connection: &Connection, source: &BinTable, which: &str) -> Result<Vec<String>> {
    let columns = schema::foreign_columns(connection, source.table)?;
    let keep = |column: &String| {
        format!(
            "INSERT INTO nexus_bin_columns (bundle, source, row, name, value)
             SELECT :bundle, '{0}', id, {1}, {2} FROM {0} WHERE {which}",
            source.table,
            text_in_sql(column),
            quoted(column)
        )
    };
    Ok(columns.iter().map(keep).collect())
}

/// Returns true if a bin item contains any such value.
pub(super) fn has_any(connection: &Connection, item: Option<i64>) -> Result<bool> {
    let sql = "SELECT 1 FROM nexus_bin_columns WHERE bundle = ? LIMIT 1";
    connection.prepare_cached(sql).and_then(|mut found| found.exists([item])).map_err(error::of)
}

/// Gives rows that came back the values of other programs' columns. A column that is gone meanwhile stays so, and a value that
/// another program's own rule refuses now is left out. `which` selects rows `b` of the item, with `values`.
pub(super) fn restore(
    connection: &Connection,
    item: i64,
    source: &BinTable,
    which: &str,
    values: &Values<'_>,
) -> Result<()> {
    if !has_any(connection, Some(item))? {
        return Ok(());
    }
    let BinTable { table, bin, same } = source;
    for column in schema::foreign_columns(connection, table)? {
        let sql = format!(
            "UPDATE OR IGNORE {table} AS t SET {} = k.value
             FROM {bin} b JOIN nexus_bin_columns k ON k.bundle = b.bundle AND k.row = b.id
             WHERE b.bundle = :bundle AND {which} AND k.source = '{table}' AND k.name = :column AND {same}",
            quoted(&column)
        );
        let own: [(&'static str, &dyn ToSql); 2] = [(":bundle", &item), (":column", &column)];
        let values: Vec<_> = own.into_iter().chain(values.iter().copied()).collect();
        match named::run(connection, &sql, &values) {
            // One value refers to nothing that there is: the others come back.
            Err(StoreError::Gone) => one_by_one(connection, &sql, item, table, &values)?,
            done => drop(done?),
        }
    }
    Ok(())
}

/// Gives the rows of an item their values of one column, except those that refer to nothing that there is.
fn one_by_one(
    connection: &Connection,
    sql: &str,
    item: i64,
    source: &str,
    values: &Values<'_>,
) -> Result<()> {
    let rows = "SELECT DISTINCT row FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2";
    let mut statement = connection.prepare_cached(rows).map_err(error::of)?;
    let rows = statement.query_map(params![item, source], |row| row.get::<_, i64>(0));
    let rows = rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(error::of)?;
    let sql = format!("{sql} AND b.id = :row");
    for row in rows {
        let one: [(&'static str, &dyn ToSql); 1] = [(":row", &row)];
        let values: Vec<_> = values.iter().copied().chain(one).collect();
        match named::run(connection, &sql, &values) {
            Err(StoreError::Gone) => {}
            done => drop(done?),
        }
    }
    Ok(())
}

/// Returns a text as SQL wants it.
pub(super) fn text_in_sql(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
