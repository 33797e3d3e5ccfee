//! Columns that other programs added to the three tables: they go into the bin with their rows, and come back.

use rusqlite::Connection;

use super::values::quoted;
use super::{error, schema};
use crate::store::Result;

/// One of the three tables, and what tells its rows apart when they come back, maybe under other ids.
pub(super) struct Source {
    pub(super) table: &'static str,
    /// Where the bin keeps its rows.
    pub(super) bin: &'static str,
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

/// Returns the statements that keep the values of the rows that `which` is about in the bundle `:bundle`.
pub(super) fn keeping(connection: &Connection, source: &Source, which: &str) -> Result<Vec<String>> {
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

/// Returns whether a bundle holds any such value.
pub(super) fn has_any(connection: &Connection, item: Option<i64>) -> Result<bool> {
    let sql = "SELECT 1 FROM nexus_bin_columns WHERE bundle = ? LIMIT 1";
    connection.prepare_cached(sql).and_then(|mut found| found.exists([item])).map_err(error::of)
}

/// Returns the statements that give rows that came back their values, each with the column that it takes as `:column`. A
/// column that is gone meanwhile stays so, and a value that another program's own rule refuses now is left out. `which` says
/// for which rows `b` of the bundle `:bundle`.
pub(super) fn giving_back(
    connection: &Connection,
    item: i64,
    source: &Source,
    which: &str,
) -> Result<Vec<(String, String)>> {
    if !has_any(connection, Some(item))? {
        return Ok(Vec::new());
    }
    let Source { table, bin, same } = source;
    let give_back = |column: String| {
        let sql = format!(
            "UPDATE OR IGNORE {table} AS t SET {} = k.value
             FROM {bin} b JOIN nexus_bin_columns k ON k.bundle = b.bundle AND k.row = b.id
             WHERE b.bundle = :bundle AND {which} AND k.source = '{table}' AND k.name = :column AND {same}",
            quoted(&column)
        );
        (column, sql)
    };
    Ok(schema::foreign_columns(connection, table)?.into_iter().map(give_back).collect())
}

fn text_in_sql(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
