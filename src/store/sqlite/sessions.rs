//! Queries and changes of sessions.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::domain::clock::BootTime;
use crate::domain::day::Day;
use crate::domain::filter::{Filter, ListKind, Term, Test};
use crate::domain::page::{RowRange, Window};
use crate::domain::session::{
    EndReason, IdleLimit, RowStatus, Session, SessionColumn, SessionEnd, SessionOrigin,
};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccountState, Status, UserId};
use crate::store::{ConsoleSession, ListOf, NewSession, Result};

use super::cache::CachedReader;
use super::filter::{Condition, list_name};
use super::keyset::{About, Order};
use super::moments::{ACTIVE, ENDS, active_values, any_dates, end_joined, ending, ends, idle_at};
use super::statement::{all, execute, first, one_row};
use super::unused::{OVERDUE as UNUSED, idle_limit};
use super::users::saw;
use super::values::{day, number, optional, text, time};
use super::window::{KeysetScan, List};
use super::{active_hours, error, sort_orders, unused};

/// A session with its account and what NEXUS knows about it.
pub(super) const FROM: &str = concat!(
    "de_torres_vincent_session_tokens s JOIN de_torres_vincent_users u ON u.id = s.user_id
  LEFT JOIN nexus_sessions n ON n.session_id = s.id ",
    end_joined!()
);

/// The columns of a session besides those that its order joins.
const COLUMNS: &str = concat!(
    "s.id, s.user_id, ifnull(u.username, u.email), u.status, s.session_token, CASE WHEN ",
    ending!(),
    " THEN 'expired' ELSE s.status END,
  s.expiration, n.origin, n.detail, n.started_at, n.last_seen, e.ended_at, e.ended_by, e.reason,
  iif(",
    any_dates!(),
    ", (SELECT v.valid_from FROM nexus_accounts v WHERE v.user_id = s.user_id), NULL),
  iif(",
    any_dates!(),
    ", (SELECT v.expires_on FROM nexus_accounts v WHERE v.user_id = s.user_id), NULL),
  n.label, ",
    idle_at!("s.user_id"),
    ", ",
    idle_limit!()
);

/// Sessions whose rows say `active` though their time is over (which is `?1`), or cannot be read.
pub(super) const OVERDUE: &str = concat!(
    "SELECT s.id, s.user_id FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
     WHERE s.status = 'active' AND ",
    ends!(),
    " <= ?1 UNION ALL
     SELECT s.id, s.user_id FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
     WHERE s.status = 'active' AND ",
    ends!(),
    " IS NULL"
);

/// The hex digits of a digest that identify a session to people.
const SHORT_ID: std::ops::Range<usize> = 7..15;

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let token = text(row, 4)?;
    // Another program may have left a token in the clear: not even a part of it is shown.
    let short_id = if token.starts_with("sha256:") { token.get(SHORT_ID).unwrap_or_default() } else { "" };
    Ok(Session {
        id: row.get(0)?,
        user_id: UserId(row.get(1)?),
        user: text(row, 2)?,
        account: AccountState {
            status: Status::parse(&text(row, 3)?).unwrap_or(Status::Suspended),
            valid_from: day(row, 14)?,
            expires_on: day(row, 15)?,
            idle_at: time(row, 17)?,
        },
        short_id: short_id.to_owned(),
        row_status: RowStatus::parse(&text(row, 5)?).unwrap_or(RowStatus::Expired),
        expiration: time(row, 6)?,
        unreadable_expiration: if time(row, 6)?.is_none() { optional(row, 6)? } else { None },
        origin: optional(row, 7)?.map_or(SessionOrigin::Elsewhere, |word| SessionOrigin::parse(&word)),
        origin_detail: optional(row, 8)?.unwrap_or_default(),
        label: optional(row, 16)?,
        started_at: time(row, 9)?,
        last_seen: time(row, 10)?,
        end: end_of(row)?,
        idle_limit: time(row, 18)?
            .zip(time(row, 19)?)
            .map(|(used_at, ends_at)| IdleLimit { used_at, ends_at }),
    })
}

fn end_of(row: &Row<'_>) -> rusqlite::Result<Option<SessionEnd>> {
    let (Some(at), Some((reason, remark))) = (time(row, 11)?, SessionEnd::parse_reason(&text(row, 13)?))
    else {
        return Ok(None);
    };
    Ok(Some(SessionEnd { at, by: optional(row, 12)?, reason, remark }))
}

pub(super) fn list(now: Timestamp, list: &ListOf<SessionColumn>) -> List<'static> {
    let key = match list.sort.column {
        SessionColumn::Id => None,
        SessionColumn::User => Some("ifnull(u.username, u.email) COLLATE NOCASE"),
        SessionColumn::Status => Some("s.status"),
        SessionColumn::State => Some("s.status = 'active'"),
        SessionColumn::Expiration => Some(ENDS),
        SessionColumn::LastSeen => Some("n.last_seen"),
        SessionColumn::Started => Some("n.started_at"),
        SessionColumn::Origin => Some("n.origin || ' ' || n.detail"),
    };
    let condition = Condition::of(ListKind::Sessions, now, &list.filter, list.scope);
    let active = [Term { negated: false, test: Test::State(RowStatus::Active) }];
    let all_active =
        list.scope.is_none() && list.filter.terms == active && list.sort.column == SessionColumn::Expiration;
    let ranges =
        if all_active { sort_orders::ACTIVE_SESSIONS } else { sort_orders::of_sessions(list.sort.column) };
    let order = Order { ranges, descending: list.sort.descending };
    let about = if all_active { About::Joined } else { About::Scanned };
    let is_scanned = all_active || condition.is_everything();
    List {
        table: active_hours::TABLE,
        from: FROM,
        find_from: FROM,
        id: "s.id",
        key,
        descending: list.sort.descending,
        scan: is_scanned.then(|| KeysetScan {
            order,
            only: condition.clone(),
            about,
            active_at: all_active.then_some(now),
        }),
        columns: COLUMNS,
        column_values: Vec::new(),
        condition,
        unfiltered: Condition::of(ListKind::Sessions, now, &Filter::default(), list.scope),
        name: list_name(ListKind::Sessions, now, list),
    }
}

pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<SessionColumn>,
    span: RowRange,
) -> Result<Window<Session>> {
    list(now, wanted).window(reader, span, session)
}

pub(super) fn ids(connection: &Connection, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
    list(now, &ListOf { filter: filter.clone(), ..ListOf::default() }).ids(connection)
}

pub(super) fn find(connection: &Connection, id: i64) -> Result<Option<Session>> {
    one(connection, "s.id = ?", Value::Integer(id))
}

pub(super) fn by_digest(connection: &Connection, digest: &str) -> Result<Option<Session>> {
    one(connection, "s.session_token = ?", Value::Text(digest.to_owned()))
}

fn one(connection: &Connection, condition: &str, value: Value) -> Result<Option<Session>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {condition}");
    first(connection, &sql, [value], session)
}

/// Returns the index of the active sessions of one account or of all, with the expression that `IS` the value.
fn by_owner(of: Option<UserId>) -> (&'static str, &'static str, Value) {
    match of {
        Some(user) => ("nexus_sessions_user_active", "s.user_id", Value::Integer(user.0)),
        None => ("nexus_sessions_active", "NULL", Value::Null),
    }
}

/// Returns the first active sessions, other than those of consoles, that end until a time; of one account or of all.
pub(super) fn ending_until(
    connection: &Connection,
    (now, until): (Timestamp, Timestamp),
    of: Option<UserId>,
    most: usize,
) -> Result<Vec<Session>> {
    let (index, scope, owner) = by_owner(of);
    let sql = format!(
        "SELECT {COLUMNS} FROM de_torres_vincent_session_tokens s INDEXED BY {index}
           CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id
           LEFT JOIN nexus_sessions n ON n.session_id = s.id {}
         WHERE {ACTIVE} AND {ENDS} <= ? AND {scope} IS ? AND n.origin IS NOT 'console' ORDER BY {ENDS}, s.id LIMIT ?",
        end_joined!()
    );
    let rest = vec![Value::Text(to_stored(until)), owner, Value::Integer(most as i64)];
    all(connection, &sql, &[active_values(now).to_vec(), rest].concat(), session)
}

pub(super) fn of_consoles(connection: &Connection, user: Option<UserId>) -> Result<Vec<ConsoleSession>> {
    let sql = "SELECT s.id, n.process FROM nexus_sessions n INDEXED BY nexus_sessions_process
                 CROSS JOIN de_torres_vincent_session_tokens s ON s.id = n.session_id
               WHERE n.process IS NOT NULL AND s.status = 'active' AND (?1 IS NULL OR s.user_id = ?1) ORDER BY s.id";
    let user = user.map_or(Value::Null, |user| Value::Integer(user.0));
    all(connection, sql, [&user], |row| Ok(ConsoleSession { id: row.get(0)?, process: text(row, 1)? }))
}

pub(super) fn active(connection: &Connection, now: Timestamp, user: UserId) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
           CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id
         WHERE {ACTIVE} AND s.user_id = ?"
    );
    let values = active_values(now).into_iter().chain([Value::Integer(user.0)]);
    count(connection, &sql, params_from_iter(values))
}

/// Returns the time at which the first active session runs out, of one account or of all, or at which accounts end or become
/// valid, or a token ends without another use, if that is earlier.
pub(super) fn next_end(
    connection: &Connection,
    now: Timestamp,
    of: Option<UserId>,
) -> Result<Option<Timestamp>> {
    let (index, scope, owner) = by_owner(of);
    let sql = format!(
        "SELECT {ENDS} FROM de_torres_vincent_session_tokens s INDEXED BY {index}
           CROSS JOIN de_torres_vincent_users u ON u.id = s.user_id
         WHERE {ACTIVE} AND {scope} IS ? ORDER BY {ENDS} LIMIT 1"
    );
    let values = active_values(now).into_iter().chain([owner]);
    let next = first(connection, &sql, params_from_iter(values), |row| time(row, 0))?.flatten();
    // An account may end, or become valid, with the day.
    let today = Day::of(now);
    let midnight = today.ends();
    let tomorrow = Day::of(midnight);
    let sql = "SELECT EXISTS (SELECT 1 FROM nexus_accounts INDEXED BY nexus_accounts_expires_on WHERE expires_on = ?1)
                 OR EXISTS (SELECT 1 FROM nexus_accounts INDEXED BY nexus_accounts_valid_from WHERE valid_from = ?2)";
    let days = params![today.as_str(), tomorrow.as_str()];
    let is_changing = first(connection, sql, days, |row| row.get(0))?.unwrap_or(false);
    let unused = unused::next_end(connection, now, of)?;
    Ok([next, is_changing.then_some(midnight), unused].into_iter().flatten().min())
}

fn count(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row(values, |row| number(row, 0)).map_err(error::of)
}

/// Sessions in time whose rows say `active` though the last day of their account is over (the time is `?1`).
pub(super) const OUTLIVING: &str = concat!(
    "SELECT s.id, s.user_id FROM nexus_accounts a INDEXED BY nexus_accounts_expires_on
       CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active ON s.user_id = a.user_id
     WHERE a.expires_on < substr(?1, 1, 10) AND s.status = 'active' AND ",
    ends!(),
    " > ?1"
);

pub(super) fn overdue(connection: &Connection, now: Timestamp) -> Result<Vec<i64>> {
    let sql = format!("{OVERDUE} UNION ALL {OUTLIVING} UNION ALL {UNUSED}");
    all(connection, &sql, &[Value::Text(to_stored(now))], |row| row.get(0))
}

pub(super) fn insert(connection: &Connection, new: &NewSession) -> Result<i64> {
    let sql = "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration, status)
               VALUES (?, ?, ?, ?, ?)";
    let status = if new.active { RowStatus::Active } else { RowStatus::Expired };
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
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

pub(super) fn extend(
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

pub(super) fn end(connection: &Connection, id: i64, end: &SessionEnd) -> Result<bool> {
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
pub(super) fn end_some(
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
pub(super) fn end_all(connection: &Connection, end: &SessionEnd) -> Result<()> {
    note_ends(connection, end, "1", &[])?;
    let sql = "UPDATE de_torres_vincent_session_tokens SET status = 'expired' WHERE status = 'active'";
    execute(connection, sql, [])?;
    let sql = "UPDATE de_torres_vincent_users SET session_token = NULL WHERE session_token IS NOT NULL";
    execute(connection, sql, []).map(drop)
}

/// Returns the number of an account's sessions, whatever their rows say.
pub(super) fn count_of(connection: &Connection, user: UserId) -> Result<u64> {
    count(connection, "SELECT count(*) FROM de_torres_vincent_session_tokens WHERE user_id = ?", [user.0])
}

pub(super) fn seen(connection: &Connection, now: Timestamp, id: i64) -> Result<()> {
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
pub(super) fn sweep(connection: &Connection, now: Timestamp, most: u32) -> Result<Vec<i64>> {
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

/// The newest active session of the account as `u`, by its row. A token that another program left in the clear is not
/// copied.
pub(super) const NEWEST: &str = "(SELECT s.session_token FROM de_torres_vincent_session_tokens s
  INDEXED BY nexus_sessions_user_active
  WHERE s.user_id = u.id AND s.status = 'active' AND s.session_token GLOB 'sha256:*' ORDER BY s.id DESC LIMIT 1)";

/// Updates the account's column for its newest active session.
pub(super) fn note_newest(connection: &Connection, user: UserId) -> Result<()> {
    let sql = format!(
        "UPDATE de_torres_vincent_users AS u SET session_token = {NEWEST} WHERE u.id = ? AND session_token IS NOT {NEWEST}"
    );
    execute(connection, &sql, params![user.0]).map(drop)
}

/// Updates the account's column for its newest active session if this is the session that it names. An account may have very
/// many: to look for the newest after each of them would take a time that grows with the square of their number.
fn note_newest_after(connection: &Connection, user: UserId, ended: i64) -> Result<()> {
    let sql = "SELECT 1 FROM de_torres_vincent_users u JOIN de_torres_vincent_session_tokens s
               ON s.session_token = u.session_token WHERE u.id = ? AND s.id = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    if statement.exists(params![user.0, ended]).map_err(error::of)? {
        note_newest(connection, user)?;
    }
    Ok(())
}

/// Notes the newest session of every account that has active ones, after sessions were added.
pub(super) fn note_all_newest(connection: &Connection) -> Result<()> {
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

/// Records the boot and the clock by which the end of a session was set.
fn note_boot(connection: &Connection, id: i64, at: Timestamp, boot: Option<&BootTime>) -> Result<()> {
    let sql = "UPDATE nexus_sessions SET boot = ?, epoch = ? WHERE session_id = ?";
    let values = params![boot.map(|boot| &boot.id), boot.map(|boot| boot.epoch(at)), id];
    execute(connection, sql, values).map(drop)
}
