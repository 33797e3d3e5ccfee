//! Columns that other programs added to the three tables: they go into the bin with their rows, and come back.

use rusqlite::{Connection, ToSql, params};

use super::users::execute;
use super::values::quoted;
use super::{error, schema};
use crate::store::{Result, StoreError};

/// One of the three tables, and what tells its rows apart when they come back, maybe under other ids.
pub(super) struct Source {
    pub(super) table: &'static str,
    /// Where the bin keeps its rows.
    pub(super) bin: &'static str,
    /// The condition for a row `t` of the table and a row `b` of the bin to be the same.
    pub(super) same: &'static str,
}

pub(super) const USERS: Source =
    Source { table: "de_torres_vincent_users", bin: "nexus_bin_users", same: "t.id = b.id" };

pub(super) const SESSIONS: Source = Source {
    table: "de_torres_vincent_session_tokens",
    bin: "nexus_bin_sessions",
    same: "t.session_token = b.session_token AND t.user_id = b.user_id",
};

pub(super) const DIRECTORIES: Source = Source {
    table: "de_torres_vincent_user_directories",
    bin: "nexus_bin_directories",
    same: "t.directory_id = b.directory_id AND t.user_id = b.user_id",
};

/// Keeps the values of the rows that `which` is about in the bundle whose number is `?3`.
pub(super) fn keep(
    connection: &Connection,
    source: &Source,
    which: &str,
    values: &[&dyn ToSql],
) -> Result<()> {
    for column in schema::foreign_columns(connection, source.table)? {
        let sql = format!(
            "INSERT INTO nexus_bin_columns (bundle, source, row, name, value)
             SELECT ?3, '{0}', id, {1}, {2} FROM {0} WHERE {which}",
            source.table,
            text_in_sql(&column),
            quoted(&column)
        );
        execute(connection, &sql, values)?;
    }
    Ok(())
}

/// Gives all rows of a bundle that came back their values. A column that is gone meanwhile stays so, and a value that
/// another program's own rule refuses now is left out.
pub(super) fn give_back(connection: &Connection, number: i64) -> Result<()> {
    let has_any = "SELECT EXISTS (SELECT 1 FROM nexus_bin_columns WHERE bundle = ?)";
    if !connection.query_row(has_any, [number], |row| row.get(0)).map_err(error::of)? {
        return Ok(());
    }
    for Source { table, bin, same } in [USERS, SESSIONS, DIRECTORIES] {
        for column in schema::foreign_columns(connection, table)? {
            let sql = format!(
                "UPDATE OR IGNORE {table} AS t SET {} = k.value
                 FROM {bin} b JOIN nexus_bin_columns k ON k.bundle = b.bundle AND k.row = b.id
                 WHERE b.bundle = ?1 AND k.source = '{table}' AND k.name = ?2 AND {same}",
                quoted(&column)
            );
            match execute(connection, &sql, params![number, column]) {
                // One value refers to nothing that there is: the others come back.
                Err(StoreError::Gone) => one_by_one(connection, &sql, number, table, &column)?,
                done => drop(done?),
            }
        }
    }
    Ok(())
}

/// Gives the rows of a bundle their values of one column, but for those that refer to nothing that there is.
fn one_by_one(connection: &Connection, sql: &str, number: i64, source: &str, column: &str) -> Result<()> {
    let rows = "SELECT row FROM nexus_bin_columns WHERE bundle = ?1 AND source = ?2 AND name = ?3";
    let mut statement = connection.prepare_cached(rows).map_err(error::of)?;
    let rows = statement.query_map(params![number, source, column], |row| row.get::<_, i64>(0));
    let rows = rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(error::of)?;
    let sql = format!("{sql} AND b.id = ?3");
    for row in rows {
        match execute(connection, &sql, params![number, column, row]) {
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
