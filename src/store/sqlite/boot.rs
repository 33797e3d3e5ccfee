//! Sessions by the time since boot, which nobody can set back.
//!
//! Beside a session's end stands the boot in which it was set, and when that boot would have begun by the wall clock then.
//! While nobody sets the clock back, all sessions of a boot have an epoch that is no later than the present one, and a look
//! into one index finds none that could be over by the time since boot alone.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::clock::BootTime;
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::time::Timestamp;
use crate::store::Result;

use super::error;
use super::moments::ends;
use super::sessions;
use super::statement::all;

/// Two readings of two clocks in whole seconds may differ by so much though neither was set.
const ROUNDING: i64 = 1;

/// Sessions of this boot whose rows say `active`, and whose life is over though the wall clock, set back, may say otherwise.
/// Takes the boot, its present epoch, and the seconds since.
pub(super) const OVER: &str = concat!(
    "SELECT s.id FROM nexus_sessions n INDEXED BY nexus_sessions_boot
       CROSS JOIN de_torres_vincent_session_tokens s ON s.id = n.session_id
     WHERE n.boot = ? AND n.epoch > ? AND s.status = 'active' AND strftime('%s', ",
    ends!(),
    ") - n.epoch <= ?"
);

fn values(now: Timestamp, boot: &BootTime) -> [Value; 3] {
    [
        Value::Text(boot.id.clone()),
        Value::Integer(boot.epoch(now).saturating_add(ROUNDING)),
        Value::Integer(boot.seconds),
    ]
}

/// Returns true if there are sessions that [`end`] would mark.
pub(super) fn any_over(connection: &Connection, now: Timestamp, boot: &BootTime) -> Result<bool> {
    let mut statement = connection.prepare_cached(&format!("{OVER} LIMIT 1")).map_err(error::of)?;
    let found = statement.query_row(rusqlite::params_from_iter(values(now, boot)), |_| Ok(())).optional();
    Ok(found.map_err(error::of)?.is_some())
}

/// Marks the sessions whose time is over by the time since boot. Returns the number of them.
pub(super) fn end(connection: &Connection, now: Timestamp, boot: &BootTime) -> Result<u64> {
    let ids: Vec<i64> = all(connection, OVER, &values(now, boot), |row| row.get(0))?;
    let end = SessionEnd::new(now, None, EndReason::TimeOver);
    for id in &ids {
        sessions::end(connection, *id, &end)?;
    }
    Ok(ids.len() as u64)
}
