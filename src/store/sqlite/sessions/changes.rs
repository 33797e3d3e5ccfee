//! Changes of sessions: how they begin, go on, and end.

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params};

use crate::domain::clock::BootTime;
use crate::domain::session::{EndReason, RowStatus, SessionEnd};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::UserId;
use crate::store::{NewSession, Result};

use super::super::moments::ENDS;
use super::super::statement::{all, execute, first, one_row};
use super::super::unused::OVERDUE as UNUSED;
use super::super::users::saw;
use super::super::{error, unused};
use super::newest::{note_newest, note_newest_after};
use super::{OUTLIVING, OVERDUE, find};

/// Inserts the row of a session.
pub(crate) const INSERT: &str =
    "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration, status)
       VALUES (?, ?, ?, ?, ?)";

pub(crate) fn insert(connection: &Connection, new: &NewSession) -> Result<i64> {
    let mut statement = connection.prepare_cached(INSERT).map_err(error::of)?;
    insert_by(connection, &mut statement, new)
}

/// Inserts a session by a statement that is [`INSERT`].
pub(crate) fn insert_by(
    connection: &Connection,
    statement: &mut Statement<'_>,
    new: &NewSession,
) -> Result<i64> {
    let status = if new.active { RowStatus::Active } else { RowStatus::Expired };
    let id = statement
        .insert(params![new.id, new.user_id.0, new.digest, new.expiration.map(to_stored), status.word()])
        .map_err(error::of)?;
    // An imported session is one of many: the newest ones are worked out once, at the end.
    let Some(start) = &new.start else { return Ok(id) };
    let sql =
        "INSERT INTO nexus_sessions (session_id, origin, detail, started_at, last_seen, process, boot, epoch, label)
               VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)";
    let (at, boot) = (to_stored(start.at), start.boot.as_ref());
    let (boot, epoch) = (boot.map(|boot| &boot.id), boot.map(|boot| boot.epoch(start.at)));
    let values = params![id, start.origin.word(), start.detail, at, start.process, boot, epoch, start.label];
    execute(connection, sql, values)?;
    note_newest(connection, new.user_id)?;
    Ok(id)
}

pub(crate) fn extend(
    connection: &Connection,
    now: Timestamp,
    boot: Option<&BootTime>,
    id: i64,
    expiration: Timestamp,
) -> Result<()> {
    let sql = "UPDATE de_torres_vincent_session_tokens SET expiration = ? WHERE id = ?";
    one_row(execute(connection, sql, params![to_stored(expiration), id])?)?;
    note_boot(connection, id, now, boot)
}

/// Writes down why the sessions `s` that are asked for end, of those whose rows say `active`. A session whose time was over
/// already ended then, and nobody ended it.
fn note_ends(connection: &Connection, end: &SessionEnd, asked: &str, values: &[Value]) -> Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO nexus_session_ends (session_id, ended_at, ended_by, reason)
         SELECT id, CASE WHEN over THEN ends ELSE ?1 END, CASE WHEN over THEN NULL ELSE ?2 END,
           CASE WHEN over THEN ?4 ELSE ?3 END
         FROM (SELECT id, ends, ifnull(ends <= ?1, 0) AS over FROM
           (SELECT s.id AS id, {ENDS} AS ends FROM de_torres_vincent_session_tokens s
            WHERE s.status = 'active' AND {asked}))"
    );
    let by = end.by.clone().map_or(Value::Null, Value::Text);
    let mut all = vec![Value::Text(to_stored(end.at)), by];
    all.extend([end.stored_reason(), EndReason::TimeOver.word().to_owned()].map(Value::Text));
    all.extend_from_slice(values);
    execute(connection, &sql, rusqlite::params_from_iter(all)).map(drop)
}

pub(crate) fn end(connection: &Connection, id: i64, end: &SessionEnd) -> Result<bool> {
    note_ends(connection, end, "s.id = ?5", &[Value::Integer(id)])?;
    let sql =
        "UPDATE de_torres_vincent_session_tokens SET status = 'expired' WHERE id = ? AND status = 'active'
               RETURNING user_id";
    let owner = first(connection, sql, [id], |row| row.get(0))?;
    if let Some(owner) = owner {
        note_newest_after(connection, UserId(owner), id)?;
    }
    Ok(owner.is_some())
}

/// Marks up to so many of an account's active sessions as over, but for one and for those that are newer than another; without
/// a number all. Returns the number of them.
pub(crate) fn end_some(
    connection: &Connection,
    user: UserId,
    (spared, last): (Option<i64>, i64),
    end: &SessionEnd,
    most: Option<u64>,
) -> Result<u64> {
    let some = |first: usize| {
        format!(
            "SELECT a.id FROM de_torres_vincent_session_tokens a INDEXED BY nexus_sessions_user_active
             WHERE a.status = 'active' AND a.user_id = ?{} AND a.id IS NOT ?{} AND a.id <= ?{} LIMIT ?{}",
            first,
            first + 1,
            first + 2,
            first + 3
        )
    };
    let most = most.and_then(|most| i64::try_from(most).ok()).unwrap_or(-1);
    let values = [user.0.into(), spared.map_or(Value::Null, Value::Integer), last.into(), most.into()];
    note_ends(connection, end, &format!("s.id IN ({})", some(5)), &values)?;
    let sql =
        format!("UPDATE de_torres_vincent_session_tokens SET status = 'expired' WHERE id IN ({})", some(1));
    execute(connection, &sql, rusqlite::params_from_iter(values)).map(|ended| ended as u64)
}

/// Marks all sessions as over.
pub(crate) fn end_all(connection: &Connection, end: &SessionEnd) -> Result<()> {
    note_ends(connection, end, "1", &[])?;
    let sql = "UPDATE de_torres_vincent_session_tokens SET status = 'expired' WHERE status = 'active'";
    execute(connection, sql, [])?;
    let sql = "UPDATE de_torres_vincent_users SET session_token = NULL WHERE session_token IS NOT NULL";
    execute(connection, sql, []).map(drop)
}

pub(crate) fn seen(connection: &Connection, now: Timestamp, id: i64) -> Result<()> {
    let sql = "UPDATE nexus_sessions SET last_seen = ? WHERE session_id = ?";
    execute(connection, sql, params![to_stored(now), id])?;
    unused::used(connection, now, id)?;
    let sql = "SELECT user_id FROM de_torres_vincent_session_tokens WHERE id = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let owner = statement.query_row([id], |row| row.get(0)).map_err(error::of)?;
    saw(connection, now, UserId(owner))
}

/// Marks up to `most` sessions whose time is over, by their own end, which may be unreadable, by the last day of their
/// account, or by the idle limit of tokens. Returns their ids.
pub(crate) fn sweep(connection: &Connection, now: Timestamp, most: u32) -> Result<Vec<i64>> {
    let sql = &format!("{OVERDUE} UNION ALL {OUTLIVING} UNION ALL {UNUSED} LIMIT ?2");
    let values = [Value::Text(to_stored(now)), Value::Integer(i64::from(most))];
    let overdue: Vec<(i64, i64)> = all(connection, sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let time_over = SessionEnd::new(now, None, EndReason::TimeOver);
    for (id, _) in &overdue {
        let end = find(connection, *id)?.and_then(|session| session.ended_by_time(now));
        note_ends(connection, end.as_ref().unwrap_or(&time_over), "s.id = ?5", &[Value::Integer(*id)])?;
        let sql = "UPDATE de_torres_vincent_session_tokens SET status = 'expired' WHERE id = ?";
        execute(connection, sql, [id])?;
    }
    let (swept, mut owners): (Vec<_>, Vec<_>) = overdue.into_iter().unzip();
    owners.sort_unstable();
    owners.dedup();
    owners.into_iter().try_for_each(|owner| note_newest(connection, UserId(owner)))?;
    Ok(swept)
}

/// Records the boot and the clock by which the end of a session was set.
fn note_boot(connection: &Connection, id: i64, at: Timestamp, boot: Option<&BootTime>) -> Result<()> {
    let sql = "UPDATE nexus_sessions SET boot = ?, epoch = ? WHERE session_id = ?";
    let values = params![boot.map(|boot| &boot.id), boot.map(|boot| boot.epoch(at)), id];
    execute(connection, sql, values).map(drop)
}
