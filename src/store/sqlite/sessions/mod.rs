//! Queries of sessions.
//!
//! `changes` begins, extends and ends them; `newest` keeps the column of an account that names its newest active session.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::domain::day::Day;
use crate::domain::filter::{Filter, ListKind, Term, Test};
use crate::domain::page::{RowRange, Window};
use crate::domain::session::{IdleLimit, RowStatus, Session, SessionColumn, SessionEnd, SessionOrigin};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccountState, Status, UserId};
use crate::store::{ConsoleSession, ListOf, Result};

use super::cache::CachedReader;
use super::filter::{Condition, list_name, one_account};
use super::keyset::{About, Order};
use super::moments::{ACTIVE, ENDS, active_values, any_dates, end_joined, ending, ends, idle_at, overdue};
use super::statement::{all, first};
use super::unused::{OVERDUE as UNUSED, idle_limit};
use super::values::{day, number, optional, text, time, word};
use super::window::{KeysetScan, List};
use super::{account_search, active_hours, error, sort_orders, unused};

mod changes;
mod newest;

pub(super) use changes::{INSERT, end, end_all, end_some, extend, insert, insert_by, seen, sweep};
pub(super) use newest::{note_all_newest, note_newest};

#[cfg(test)]
pub(super) use newest::NEWEST;

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

/// Sorts what is active behind what is over but noted as active, and that behind the rest.
const STATE: &str = concat!("iif(s.status = 'active', 1 + (s.id NOT IN (", overdue!(), ")), 0)");

/// The most sessions that the order by state sorts otherwise than their rows say. A sweep leaves few.
const MOST_OVERDUE: usize = 2_000;

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
            status: word(row, 3, Status::parse)?.unwrap_or(Status::Suspended),
            valid_from: day(row, 14)?,
            expires_on: day(row, 15)?,
            idle_at: time(row, 17)?,
        },
        short_id: short_id.to_owned(),
        row_status: word(row, 5, RowStatus::parse)?.unwrap_or(RowStatus::Expired),
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
        SessionColumn::User => Some(sort_orders::LABEL),
        SessionColumn::Status => Some("s.status"),
        SessionColumn::State => Some(STATE),
        SessionColumn::Expiration => Some(ENDS),
        SessionColumn::LastSeen => Some("n.last_seen"),
        SessionColumn::Started => Some("n.started_at"),
        SessionColumn::Origin => Some("n.origin || ' ' || n.detail"),
        SessionColumn::Label => Some("n.label COLLATE NOCASE"),
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
    let list = if wanted.sort.column == SessionColumn::State {
        by_state(reader, now, wanted)?
    } else {
        list(now, wanted)
    };
    if !asks_for_words(wanted) {
        return list.window(reader, span, session);
    }
    list.window_of(reader, span, session, || found_by_owners(reader, now, wanted, &list))
}

/// Returns a list by state as it is now, whatever the rows say.
fn by_state(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<SessionColumn>,
) -> Result<List<'static>> {
    // Without a sort few are read, however many there are.
    let sql =
        format!("{OVERDUE} UNION ALL {OUTLIVING} UNION ALL {UNUSED} UNION ALL {NOT_VALID_YET} LIMIT ?2");
    let values = [Value::Text(to_stored(now)), Value::Integer(MOST_OVERDUE as i64 + 1)];
    let mut ids: Vec<i64> = all(reader.connection, &sql, &values, |row| row.get(0))?;
    ids.sort_unstable();
    ids.dedup();
    let is_noted = (1..=MOST_OVERDUE).contains(&ids.len());
    let noted = is_noted.then(|| format!("{ids:?}"));
    reader.note_overdue(noted.clone())?;
    let mut list = list(now, wanted);
    if let Some(noted) = noted {
        list.name.push_str(&noted);
        if let Some(scan) = &mut list.scan {
            scan.order.ranges = sort_orders::BY_STATE_WITH_OVERDUE;
        }
    }
    Ok(list)
}

/// Returns true if a term is about words of accounts, and none names one account.
fn asks_for_words(wanted: &ListOf<SessionColumn>) -> bool {
    let asks = |term: &Term| !term.negated && matches!(term.test, Test::Word(_) | Test::Email(_));
    let (filter, scope) = (&wanted.filter, wanted.scope);
    one_account(filter, scope).is_none() && filter.terms.iter().any(asks)
}

/// The most accounts whose sessions are looked up one by one.
const MOST_OWNERS: usize = 20_000;

/// Returns the ids of a list in its order: the sessions of the accounts that the search index finds, if they are few.
fn found_by_owners(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<SessionColumn>,
    list: &List<'_>,
) -> Result<Vec<i64>> {
    match account_search::found_owners(reader, &wanted.filter, MOST_OWNERS)? {
        Some((owners, others)) => of_owners(now, &owners, &others, list).ids_in_order(reader.connection),
        None => list.ids_in_order(reader.connection),
    }
}

/// Returns a list of the sessions of these accounts that match a filter.
pub(super) fn of_owners<'l>(now: Timestamp, owners: &[i64], filter: &Filter, list: &List<'l>) -> List<'l> {
    let mut condition = Condition::of(ListKind::Sessions, now, filter, None);
    let owners = owners.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    condition.and("s.user_id IN (SELECT value FROM json_each(?))", [Value::Text(format!("[{owners}]"))]);
    List { condition, ..list.clone() }
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

/// Sessions in time whose rows say `active` though their account is not valid yet (the time is `?1`).
pub(super) const NOT_VALID_YET: &str = concat!(
    "SELECT s.id, s.user_id FROM nexus_accounts o INDEXED BY nexus_accounts_valid_from
     CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active ON s.user_id = o.user_id
     WHERE o.valid_from > ?1 AND s.status = 'active' AND ",
    ends!(),
    " > ?1"
);

pub(super) fn overdue(connection: &Connection, now: Timestamp) -> Result<Vec<i64>> {
    let sql = format!("{OVERDUE} UNION ALL {OUTLIVING} UNION ALL {UNUSED}");
    all(connection, &sql, &[Value::Text(to_stored(now))], |row| row.get(0))
}

/// Returns the number of an account's sessions, whatever their rows say.
pub(super) fn count_of(connection: &Connection, user: UserId) -> Result<u64> {
    count(connection, "SELECT count(*) FROM de_torres_vincent_session_tokens WHERE user_id = ?", [user.0])
}
