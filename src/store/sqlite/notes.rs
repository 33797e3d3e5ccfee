//! Facts that NEXUS records about the store as a whole.

use rusqlite::Connection;

use crate::store::Result;

use super::statement::{execute, first};
use super::values::text;

/// The schema's sixth step notes it, too, for stores from before.
const HAD_ADMIN: &str = "had_admin";

pub(super) fn had_usable_admin(connection: &Connection) -> Result<bool> {
    Ok(setting(connection, HAD_ADMIN)?.is_some())
}

pub(super) fn note_usable_admin(connection: &Connection) -> Result<()> {
    set(connection, HAD_ADMIN, "")
}

pub(super) fn setting(connection: &Connection, name: &str) -> Result<Option<String>> {
    let sql = "SELECT value FROM nexus_settings WHERE name = ?";
    first(connection, sql, [name], |row| text(row, 0))
}

pub(super) fn set(connection: &Connection, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO nexus_settings (name, value) VALUES (?, ?)";
    execute(connection, sql, [name, value]).map(drop)
}
