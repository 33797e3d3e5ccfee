//! The facts about the rows of a backup.

use rusqlite::Connection;

use crate::domain::backup::BackupContent;
use crate::domain::journal::Head;
use crate::store::Result;

use super::super::schema::HeaderMarks;
use super::super::values::number;
use super::super::{error, journal, journal_head, pages};

/// The three tables.
const TABLES: [&str; 3] =
    ["de_torres_vincent_users", "de_torres_vincent_session_tokens", "de_torres_vincent_user_directories"];

/// Returns the facts about the state that the connection sees.
pub(super) fn of(connection: &Connection) -> Result<BackupContent> {
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| number(row, 0)).map_err(error::of)
    };
    let [users, sessions, directories] = TABLES;
    // An earlier schema has less.
    let factors = error::unless_missing(count("nexus_accounts WHERE factor_secret IS NOT NULL"))?;
    let head = error::unless_missing(journal_head::read(connection))?;
    let changed_at = error::unless_missing(journal::newest_time(connection))?;
    Ok(BackupContent {
        schema: HeaderMarks::of(connection).map_err(error::of)?.version,
        bytes: pages::size(connection)?,
        accounts: count(users)?,
        sessions: count(sessions)?,
        directories: count(directories)?,
        factors: factors.unwrap_or_default(),
        head: head.unwrap_or_else(Head::empty),
        changed_at: changed_at.flatten(),
    })
}
