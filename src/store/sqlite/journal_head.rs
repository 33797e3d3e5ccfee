//! The newest entry of the journal.

use rusqlite::Connection;

use crate::domain::journal::Head;
use crate::store::Result;

use super::statement::first;
use super::values::text;

/// Returns the number and hash of the newest entry.
pub(super) fn read(connection: &Connection) -> Result<Head> {
    let sql = "SELECT seq, hash FROM nexus_journal ORDER BY seq DESC LIMIT 1";
    let found = first(connection, sql, [], |row| Ok(Head { seq: row.get(0)?, hash: text(row, 1)? }))?;
    Ok(found.unwrap_or_else(Head::empty))
}
