//! The changes that the coming days bring to accounts, along the indexes of their days.

use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use crate::domain::calendar::{AHEAD, AheadChange, AheadKind, Calendar};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::UserId;
use crate::store::Result;

use super::moments::{cutoff, idle_end, idle_since, is_spared};
use super::statement::all;
use super::values::{text, time};

/// The accounts that become valid until a time. Takes the present, the time, an account or NULL, and the most rows.
pub(super) const BEGINNING: &str = "SELECT a.valid_from || ' 00:00:00', u.id, ifnull(u.username, u.email)
  FROM nexus_accounts a INDEXED BY nexus_accounts_valid_from CROSS JOIN de_torres_vincent_users u ON u.id = a.user_id
  WHERE a.valid_from > ?1 AND a.valid_from <= ?2 AND u.status = 'confirmed' AND (?3 IS NULL OR u.id = ?3)
  ORDER BY a.valid_from, a.user_id LIMIT ?4";

/// The accounts that expire until a time, likewise. A day ends after its 24 hours.
pub(super) const ENDING: &str = "SELECT datetime(a.expires_on, '+1 day'), u.id, ifnull(u.username, u.email)
  FROM nexus_accounts a INDEXED BY nexus_accounts_expires_on CROSS JOIN de_torres_vincent_users u ON u.id = a.user_id
  WHERE a.expires_on >= substr(?1, 1, 10) AND a.expires_on <= substr(?2, 1, 10) AND a.expires_on || ' 24' <= ?2
    AND u.status = 'confirmed' AND (?3 IS NULL OR u.id = ?3)
  ORDER BY a.expires_on, a.user_id LIMIT ?4";

/// The accounts that become idle for too long until a time, likewise.
pub(super) const IDLE: &str = concat!(
    "SELECT ",
    idle_end!(),
    ", y.id, ifnull(y.username, y.email)
     FROM nexus_idle i INDEXED BY nexus_idle_base CROSS JOIN de_torres_vincent_users y ON y.id = i.user_id
     WHERE i.base <= ",
    cutoff!("?2"),
    " AND i.base > iif(",
    idle_since!(),
    " > ",
    cutoff!("?1"),
    ", '', ",
    cutoff!("?1"),
    ") AND ",
    idle_since!(),
    " <= ",
    cutoff!("?2"),
    " AND (?3 IS NULL OR y.id = ?3) AND NOT ",
    is_spared!(),
    " ORDER BY i.base, i.user_id LIMIT ?4"
);

/// Returns the first changes from now on, of one account or of all.
pub(super) fn ahead(
    connection: &Connection,
    now: Timestamp,
    of: Option<UserId>,
    most: usize,
) -> Result<Calendar> {
    let until = to_stored(now + AHEAD);
    let values = [
        Value::Text(to_stored(now)),
        Value::Text(until),
        of.map_or(Value::Null, |user| Value::Integer(user.0)),
        Value::Integer(most as i64 + 1),
    ];
    let mut changes = Vec::new();
    for (sql, kind) in
        [(BEGINNING, AheadKind::BecomesValid), (ENDING, AheadKind::Expires), (IDLE, AheadKind::BecomesIdle)]
    {
        let read = |row: &Row<'_>| Ok((time(row, 0)?, UserId(row.get(1)?), text(row, 2)?));
        let found = all(connection, sql, &values, read)?;
        changes.extend(
            found
                .into_iter()
                .filter_map(|(at, user_id, user)| Some(AheadChange { at: at?, kind, user_id, user })),
        );
    }
    changes.sort_by_key(|change: &AheadChange| (change.at, change.user_id));
    let is_cut = changes.len() > most;
    changes.truncate(most);
    Ok(Calendar { changes, is_cut })
}
