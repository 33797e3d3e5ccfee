//! The column of an account that names its newest active session.

use rusqlite::{Connection, params};

use crate::domain::user::UserId;
use crate::store::Result;

use super::super::error;
use super::super::statement::{execute, first};

/// The newest active session of the account as `u`, by its row. A token that another program left in the clear is not
/// copied.
pub(crate) const NEWEST: &str = "(SELECT s.session_token FROM de_torres_vincent_session_tokens s
  INDEXED BY nexus_sessions_user_active
  WHERE s.user_id = u.id AND s.status = 'active' AND s.session_token GLOB 'sha256:*' ORDER BY s.id DESC LIMIT 1)";

/// Updates the account's column for its newest active session.
pub(crate) fn note_newest(connection: &Connection, user: UserId) -> Result<()> {
    let sql = format!(
        "UPDATE de_torres_vincent_users AS u SET session_token = {NEWEST} WHERE u.id = ? AND session_token IS NOT {NEWEST}"
    );
    execute(connection, &sql, params![user.0]).map(drop)
}

/// Updates the account's column for its newest active session if this is the session that it names. An account may have very
/// many: to look for the newest after each of them would take a time that grows with the square of their number.
pub(super) fn note_newest_after(connection: &Connection, user: UserId, ended: i64) -> Result<()> {
    let sql = "SELECT 1 FROM de_torres_vincent_users u JOIN de_torres_vincent_session_tokens s
               ON s.session_token = u.session_token WHERE u.id = ? AND s.id = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    if statement.exists(params![user.0, ended]).map_err(error::of)? {
        note_newest(connection, user)?;
    }
    Ok(())
}

/// Notes the newest session of every account that has active ones, after sessions were added.
pub(crate) fn note_all_newest(connection: &Connection) -> Result<()> {
    let next = "SELECT max(user_id) FROM (SELECT DISTINCT user_id FROM de_torres_vincent_session_tokens
                  INDEXED BY nexus_sessions_user_active
                WHERE status = 'active' AND user_id > ? ORDER BY user_id LIMIT ?)";
    let sql = format!(
        "UPDATE de_torres_vincent_users AS u SET session_token = {NEWEST}
         WHERE id IN (SELECT user_id FROM de_torres_vincent_session_tokens INDEXED BY nexus_sessions_user_active
                      WHERE status = 'active' AND user_id > ?1 AND user_id <= ?2)
           AND session_token IS NOT {NEWEST}"
    );
    let mut after = i64::MIN;
    // SQLite keeps the old pages that a statement changes, perhaps in memory.
    while let Some(up_to) = first(connection, next, [after, ACCOUNTS_AT_ONCE], |row| row.get(0))?.flatten() {
        execute(connection, &sql, [after, up_to])?;
        after = up_to;
    }
    Ok(())
}

/// The accounts whose newest sessions are noted by one statement.
const ACCOUNTS_AT_ONCE: i64 = 50_000;
