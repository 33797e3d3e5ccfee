//! The journal entries that tell how rows came to be as they are: who gave an account its status, deleted something or made an
//! access code, when, and why.

use rusqlite::{Connection, params};

use crate::domain::journal::{Action, BIN, EntityKind, NewEntry, Outcome};
use crate::domain::user::UserId;
use crate::store::Result;

use super::statement::{execute, first};

/// The field of an entry that gives an account its status.
const STATUS: &str = "status";
/// The field of an entry about an access code.
const CODE: &str = "access_code";

/// Notes a new entry beside the rows that it tells of.
pub(super) fn note(connection: &Connection, seq: i64, entry: &NewEntry) -> Result<()> {
    if entry.outcome != Outcome::Done {
        return Ok(());
    }
    if let Some(item) = entry.after.number(BIN) {
        let sql = "UPDATE nexus_bin SET entry = ? WHERE id = ?";
        return execute(connection, sql, [seq, item]).map(drop);
    }
    if entry.action == Action::Invited {
        let sql = "UPDATE nexus_invitations SET entry = ? WHERE id = ?";
        return execute(connection, sql, params![seq, entry.object.id]).map(drop);
    }
    let Some(account) = entry.object.id.filter(|_| entry.object.kind == EntityKind::Account) else {
        return Ok(());
    };
    if entry.before.get(STATUS).is_some() && entry.after.get(STATUS).is_some() {
        let sql = "INSERT INTO nexus_accounts (user_id, status_entry) VALUES (?1, ?2)
                   ON CONFLICT (user_id) DO UPDATE SET status_entry = ?2";
        execute(connection, sql, [account, seq])?;
    }
    // The entry of a new account comes with its first code.
    if entry.after.get(CODE).is_some() || entry.action == Action::Added {
        execute(connection, "UPDATE nexus_access_codes SET entry = ? WHERE user_id = ?", [seq, account])?;
    }
    Ok(())
}

/// Returns the number of the entry that gave an account its status, as far as NEXUS gave it.
pub(super) fn of_status(connection: &Connection, account: UserId) -> Result<Option<i64>> {
    let sql = "SELECT status_entry FROM nexus_accounts WHERE user_id = ?";
    Ok(first(connection, sql, params![account.0], |row| row.get(0))?.flatten())
}
