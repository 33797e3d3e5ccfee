//! The folded names of accounts and directories: triggers fold ASCII only, for they must work in every program. The
//! rest is finished here.

use rusqlite::Connection;

use super::users::execute;
use crate::store::Result;

/// Finishes an account's.
pub(super) fn finish(connection: &Connection, user: i64) -> Result<()> {
    let sql = "UPDATE nexus_names SET name = nexus_fold(name), words = nexus_fold(words), folded = 1
               WHERE user_id = ? AND folded = 0";
    execute(connection, sql, [user]).map(drop)
}

/// Finishes a directory's.
pub(super) fn finish_directory(connection: &Connection, id: i64) -> Result<()> {
    let sql = "UPDATE nexus_directories SET name = nexus_fold(name), folded = 1 WHERE id = ? AND folded = 0";
    execute(connection, sql, [id]).map(drop)
}

/// Whether another program has left some to be finished.
pub(super) fn is_unfinished(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM nexus_names WHERE folded = 0)
                 OR EXISTS (SELECT 1 FROM nexus_directories WHERE folded = 0)";
    let mut statement = connection.prepare_cached(sql).map_err(super::error::of)?;
    statement.query_row([], |row| row.get(0)).map_err(super::error::of)
}

/// Finishes up to so many of each that another program left.
pub(super) fn finish_some(connection: &Connection, most: i64) -> Result<()> {
    let sql = "UPDATE nexus_names SET name = nexus_fold(name), words = nexus_fold(words), folded = 1
               WHERE user_id IN (SELECT user_id FROM nexus_names WHERE folded = 0 LIMIT ?)";
    execute(connection, sql, [most])?;
    let sql = "UPDATE nexus_directories SET name = nexus_fold(name), folded = 1
               WHERE id IN (SELECT id FROM nexus_directories WHERE folded = 0 LIMIT ?)";
    execute(connection, sql, [most]).map(drop)
}
