//! Columns that other programs added to the three tables: they go into the bin with their rows, and come back.

use rusqlite::{Connection, ToSql, params};

use super::users::execute;
use super::values::quoted;
use super::{error, schema};
use crate::store::Result;

/// One of the three tables, and what tells its rows apart when they come back, maybe under other ids.
pub(super) struct Source {
    table: &'static str,
    /// Where the bin keeps its rows.
    bin: &'static str,
    /// The condition for a row `t` of the table and a row `b` of the bin to be the same.
    same: &'static str,
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
            execute(connection, &sql, params![number, column])?;
        }
    }
    Ok(())
}

fn text_in_sql(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
