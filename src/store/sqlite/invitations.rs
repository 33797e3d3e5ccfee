//! Invitations: one-time codes with which people register.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::time::{Timestamp, to_stored};
use crate::store::{Invitation, Result};

use super::statement::{all, execute, first, one_row};
use super::values::{number, text, time};

/// The invitations that can be used; the time is bound.
const IN_FORCE: &str = "SELECT id, code, expires_at, tries_left, entry FROM nexus_invitations
  WHERE expires_at > ? AND tries_left > 0";

fn invitation(row: &Row<'_>) -> rusqlite::Result<Option<Invitation>> {
    let Some(expires_at) = time(row, 2)? else { return Ok(None) };
    Ok(Some(Invitation {
        id: row.get(0)?,
        hash: text(row, 1)?,
        expires_at,
        tries_left: u32::try_from(number(row, 3)?).unwrap_or_default(),
        entry: row.get_ref(4)?.as_i64().ok(),
    }))
}

/// Returns the invitations in force, oldest first.
pub(super) fn list(connection: &Connection, now: Timestamp) -> Result<Vec<Invitation>> {
    let found =
        all(connection, &format!("{IN_FORCE} ORDER BY id"), &[Value::Text(to_stored(now))], invitation)?;
    Ok(found.into_iter().flatten().collect())
}

/// Returns the invitation with this number, if it is in force.
pub(super) fn find(connection: &Connection, now: Timestamp, id: i64) -> Result<Option<Invitation>> {
    let values = params![to_stored(now), id];
    Ok(first(connection, &format!("{IN_FORCE} AND id = ?"), values, invitation)?.flatten())
}

/// Inserts an invitation under the next number, which it returns.
pub(super) fn insert(connection: &Connection, new: &Invitation) -> Result<i64> {
    let sql = "INSERT INTO nexus_invitations (code, expires_at, tries_left) VALUES (?, ?, ?)";
    execute(connection, sql, params![new.hash, to_stored(new.expires_at), new.tries_left])?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn set_tries(connection: &Connection, id: i64, left: u32) -> Result<()> {
    let sql = "UPDATE nexus_invitations SET tries_left = ? WHERE id = ?";
    one_row(execute(connection, sql, params![left, id])?)
}

/// Removes an invitation. Returns false if there is none with this number.
pub(super) fn remove(connection: &Connection, id: i64) -> Result<bool> {
    Ok(execute(connection, "DELETE FROM nexus_invitations WHERE id = ?", [id])? > 0)
}

/// Removes the invitations that cannot be used any more.
pub(super) fn remove_ended(connection: &Connection, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM nexus_invitations WHERE expires_at <= ? OR tries_left <= 0";
    execute(connection, sql, [to_stored(now)]).map(drop)
}
