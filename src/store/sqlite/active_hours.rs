//! The number of sessions, and of those that are active, told by the hours in which they end.
//!
//! Triggers keep how many sessions of confirmed accounts end in each hour, whoever writes; a load counts at its end. So only
//! those that end within the present hour are looked at one by one, those of the accounts that are out of their dates, and
//! the tokens that nobody used for too long.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::domain::time::{Timestamp, to_stored};
use crate::store::Result;

use super::error;
use super::moments::{ending, ends, idle_accounts, out_of_time};
use super::unused::{is_unused, unused_sessions};
use super::values::number;

/// The characters of a stored time that name its hour.
const HOUR: usize = 13;

/// The sessions without anything that is joined.
pub(super) const TABLE: &str = "de_torres_vincent_session_tokens s";

/// The number of all sessions, active or not. Where it is gone they are counted, until `nexus doctor --fix` puts it back.
pub(super) const TOTAL: &str = "SELECT ifnull((SELECT sessions FROM nexus_session_counts),
  (SELECT count(*) FROM de_torres_vincent_session_tokens))";

/// The number of all sessions as a scan finds it, and as it is kept.
pub(super) const TOTAL_SCANNED: &str = "SELECT count(*) FROM de_torres_vincent_session_tokens";
pub(super) const TOTAL_KEPT: &str = "SELECT sessions FROM nexus_session_counts";

/// The hours with the number of sessions that end in each, as a scan finds them.
pub(super) const SCANNED: &str = concat!(
    "SELECT substr(",
    ends!(),
    ", 1, 13), count(*) FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
     WHERE s.status = 'active' AND ",
    ends!(),
    " IS NOT NULL AND EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = s.user_id AND u.status = 'confirmed')
     GROUP BY 1"
);

/// The same, as it is kept.
pub(super) const KEPT: &str = "SELECT hour, sessions FROM nexus_active_hours WHERE sessions <> 0";

/// The number of sessions that are active at a time, which takes the hour of the time, and the time.
pub(super) const ACTIVE: &str = concat!(
    "SELECT (SELECT ifnull(sum(sessions), 0) FROM nexus_active_hours WHERE hour > ?1)
       + (SELECT count(*) FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
          WHERE s.status = 'active' AND ",
    ends!(),
    " > ?2 AND ",
    ends!(),
    " < ?1 || ':99' AND EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = s.user_id AND u.status = 'confirmed')
       AND NOT ",
    out_of_time!("s.user_id", "?2"),
    " AND NOT ",
    is_unused!("?2"),
    // The hours to come hold those of accounts out of their dates, or idle, and unused tokens as well: a sweep leaves few.
    ") - (SELECT count(*) FROM (
         SELECT user_id FROM nexus_accounts INDEXED BY nexus_accounts_expires_on WHERE expires_on < substr(?2, 1, 10)
         UNION SELECT user_id FROM nexus_accounts INDEXED BY nexus_accounts_valid_from WHERE valid_from > ?2
         UNION ",
    idle_accounts!("?2"),
    ") o
       CROSS JOIN de_torres_vincent_users u ON u.id = o.user_id
       CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active ON s.user_id = o.user_id
       WHERE u.status = 'confirmed' AND s.status = 'active' AND ",
    ends!(),
    " > ?1 || ':99') - (SELECT count(*) FROM ",
    unused_sessions!("?2"),
    " AND ",
    ends!(),
    " > ?1 || ':99' AND EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = s.user_id AND u.status = 'confirmed')
       AND NOT ",
    out_of_time!("s.user_id", "?2"),
    ")"
);

/// The same, one by one: while sessions end step by step.
const WHILE_ENDING: &str = concat!(
    "SELECT count(*) FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
     WHERE s.status = 'active' AND NOT ",
    ending!(),
    " AND EXISTS (SELECT 1 FROM de_torres_vincent_users u WHERE u.id = s.user_id AND u.status = 'confirmed') AND NOT ",
    out_of_time!("s.user_id", "?2"),
    " AND NOT ",
    is_unused!("?2"),
    " AND ",
    ends!(),
    " > ?2 AND ?1 IS NOT NULL"
);

/// Returns the number of sessions that are active at a time.
pub(super) fn active(connection: &Connection, now: Timestamp) -> Result<u64> {
    let ending = "SELECT EXISTS (SELECT 1 FROM nexus_operations WHERE kind = 'end-sessions')
       OR NOT EXISTS (SELECT 1 FROM nexus_active_hours)";
    let one_by_one = connection.prepare_cached(ending).map_err(error::of)?.query_row([], |row| row.get(0));
    let sql = if one_by_one.map_err(error::of)? { WHILE_ENDING } else { ACTIVE };
    let now = to_stored(now);
    let hour = now.get(..HOUR).unwrap_or_default().to_owned();
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let values = params_from_iter([Value::Text(hour), Value::Text(now)]);
    statement.query_row(values, |row| number(row, 0)).map_err(error::of)
}

/// Counts all active sessions again.
pub(super) fn recount(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_replaced_hours; DELETE FROM nexus_replaced_sessions; DELETE FROM nexus_active_hours;
         INSERT INTO nexus_active_hours (hour, sessions) {SCANNED};"
    );
    connection.execute_batch(&sql).map_err(error::of)
}

/// Counts all sessions again.
pub(super) fn recount_total(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_session_counts;
         INSERT INTO nexus_session_counts (id, sessions) SELECT 1, * FROM ({TOTAL_SCANNED});"
    );
    connection.execute_batch(&sql).map_err(error::of)
}

/// Counts all sessions again, and those that are active.
pub(super) fn recount_both(connection: &Connection) -> Result<()> {
    recount(connection)?;
    recount_total(connection)
}
