//! The figures of an overview.
//!
//! The journal's entries of a day are counted beside it (`nexus_journal_days`), and so are the accounts of each status and the
//! active sessions. All else is read along indexes that begin at the moment that is asked about, so that old rows cost nothing.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::domain::journal::{Action, Outcome};
use crate::domain::overview::{
    AccountCounts, AccountFailures, ENDING, FIRST_FEW, Failures, Figures, LogInDay, NewAccountWeek,
    PlaceFailures, RECENT, SessionCounts, SessionPoint, StoreFacts, TabCounts, Totals, log_in_days,
    new_account_weeks, session_points,
};
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{Status, UserId};
use crate::store::Result;

use super::journal_parts::{BY_ACCOUNT, IN_ANY_PART};
use super::moments::{CREATED, ENDS, ending, ends, out_of_time};
use super::schema::HeaderMarks;
use super::statement::all;
use super::values::{number, text};
use super::{account_counts, active_hours, calendar, error, journal, journal_head, pages, sessions, users};

/// The most failed log-ins that are looked at one by one, the newest first.
const MOST_FAILURES: i64 = 20_000;

/// The characters of a stored time that name its slot: all but the last digit of the minutes, and the seconds.
const SLOT: usize = 15;

/// The sessions `s` whose rows say `active` and whose accounts were usable at their end, along the index of their ends. Only
/// that index and those of the accounts that are not confirmed, or have dates, are read.
const CONFIRMED: &str = concat!(
    "de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
     WHERE s.status = 'active' AND NOT ",
    ending!(),
    " AND NOT EXISTS (SELECT 1 FROM de_torres_vincent_users u INDEXED BY nexus_users_unconfirmed
       WHERE u.id = s.user_id AND u.status <> 'confirmed')
     AND NOT ",
    out_of_time!("s.user_id", ends!())
);

/// The sessions `s` whose rows say `active`, of an account that has dates in `a` and is confirmed.
const OF_DATED: &str = "CROSS JOIN de_torres_vincent_users u ON u.id = a.user_id AND u.status = 'confirmed'
  CROSS JOIN de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
    ON s.user_id = a.user_id AND s.status = 'active'";

pub(super) fn figures(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<Figures> {
    let waiting = if of.is_none() { users::waiting(connection, now, FIRST_FEW)? } else { Vec::new() };
    Ok(Figures {
        accounts: accounts(connection, of)?,
        sessions: session_counts(connection, now, of)?,
        log_ins: log_ins(connection, now, of)?,
        new_accounts: new_accounts(connection, now, of)?,
        waiting,
        ending: sessions::ending_until(connection, (now, now + ENDING), of, FIRST_FEW)?,
        ahead: calendar::ahead(connection, now, of, FIRST_FEW)?,
        failures: failures(connection, now, of)?,
    })
}

pub(super) fn tab_counts(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<TabCounts> {
    Ok(TabCounts {
        pending: if of.is_none() { account_counts::all(connection)?.pending } else { 0 },
        active_sessions: active_sessions(connection, now, of)?,
        next_end: sessions::next_end(connection, now, of)?,
    })
}

pub(super) fn store_facts(connection: &Connection) -> Result<StoreFacts> {
    Ok(StoreFacts {
        bytes: pages::size(connection)?,
        schema: HeaderMarks::of(connection).map_err(error::of)?.version,
        entries: u64::try_from(journal_head::read(connection)?.seq).unwrap_or_default(),
        // A store that was restored is what its backup holds.
        last_backup: journal::last_done(connection, Action::BackedUp)?
            .max(journal::last_done(connection, Action::StoreRestored)?),
        bin_items: count(connection, "SELECT count(*) FROM nexus_bin", &[])?,
    })
}

pub(super) fn totals(connection: &Connection, now: Timestamp) -> Result<Totals> {
    let sql = "SELECT ifnull(sum(entries), 0) FROM nexus_journal_days WHERE verb = ? AND outcome = ?";
    let log_ins = |outcome: Outcome| {
        let values = [Action::LoggedIn.word(), outcome.word()].map(|word| Value::Text(word.into()));
        count(connection, sql, &values)
    };
    Ok(Totals {
        accounts: account_counts::all(connection)?,
        active_sessions: active_hours::active(connection, now)?,
        log_ins: log_ins(Outcome::Done)?,
        failed_log_ins: log_ins(Outcome::Refused)?,
    })
}

fn count(connection: &Connection, sql: &str, values: &[Value]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row(params_from_iter(values), |row| number(row, 0)).map_err(error::of)
}

fn active_sessions(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<u64> {
    match of {
        Some(user) => sessions::active(connection, now, user),
        None => active_hours::active(connection, now),
    }
}

fn accounts(connection: &Connection, of: Option<UserId>) -> Result<AccountCounts> {
    let Some(id) = of else { return account_counts::all(connection) };
    let with = |status: Status| {
        let sql = "SELECT count(*) FROM de_torres_vincent_users WHERE status = ? AND id = ?";
        count(connection, sql, &[Value::Text(status.word().into()), Value::Integer(id.0)])
    };
    Ok(AccountCounts {
        confirmed: with(Status::Confirmed)?,
        pending: with(Status::Pending)?,
        suspended: with(Status::Suspended)?,
    })
}

/// Returns the sessions that are active now, and from that back in time those that were: each that ended since was active
/// before, and each that began since was not. The begin of sessions that other programs made is not known.
fn session_counts(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<SessionCounts> {
    let active = active_sessions(connection, now, of)?;
    let changes = changes(connection, now, of)?;
    let times: Vec<_> = session_points(now).collect();
    let mut points = Vec::with_capacity(times.len());
    let mut count = active as i64;
    for (at, is_now) in times.into_iter().rev().zip([true].into_iter().chain(std::iter::repeat(false))) {
        if !is_now {
            count -= changes.get(slot_of(&to_stored(at))).copied().unwrap_or_default();
        }
        points.push(SessionPoint { at, active: u64::try_from(count).unwrap_or_default() });
    }
    points.reverse();
    Ok(SessionCounts { points })
}

fn slot_of(stored: &str) -> &str {
    stored.get(..SLOT).unwrap_or_default()
}

/// Returns by how much the number of active sessions has risen within each slot.
fn changes(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<BTreeMap<String, i64>> {
    let since = session_points(now).next().unwrap_or(now);
    let mut values = vec![Value::Text(to_stored(since)), Value::Text(to_stored(now))];
    values.extend(of.map(|user| Value::Integer(user.0)));
    let mut changes = BTreeMap::new();
    for (sql, by) in change_queries(of) {
        let found = all(connection, &sql, &values, |row| Ok((text(row, 0)?, number(row, 1)? as i64)))?;
        for (slot, number) in found {
            *changes.entry(slot).or_default() += by * number;
        }
    }
    Ok(changes)
}

/// Returns the queries for sessions that began, that were ended, whose time was over, and whose account ended or became valid
/// with a day; each with the change that one of them is.
pub(super) fn change_queries(of: Option<UserId>) -> [(String, i64); 5] {
    let counted = |at: &str, from: &str| {
        format!(
            "SELECT substr({at}, 1, {SLOT}), count(*) FROM {from} AND {at} >= ?1 AND {at} <= ?2 GROUP BY 1"
        )
    };
    let owned = "de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user CROSS JOIN";
    let own = if of.is_some() { "a.user_id = ?3" } else { "1" };
    let dated = |at: &str, from: &str| {
        counted(at, &format!("nexus_accounts a INDEXED BY {from} AND {own} AND {ENDS} > {at}"))
    };
    let ended = dated(
        "date(a.expires_on, '+1 day') || ' 00:00:00'",
        &format!("nexus_accounts_expires_on {OF_DATED} WHERE a.expires_on >= date(?1, '-1 day')"),
    );
    let began = dated(
        "a.valid_from || ' 00:00:00'",
        &format!("nexus_accounts_valid_from {OF_DATED} WHERE a.valid_from >= date(?1)"),
    );
    match of {
        None => [
            (counted("n.started_at", "nexus_sessions n INDEXED BY nexus_sessions_started WHERE 1"), 1),
            (counted("e.ended_at", "nexus_session_ends e INDEXED BY nexus_session_ends_at WHERE 1"), -1),
            (counted(ENDS, CONFIRMED), -1),
            (ended, -1),
            (began, 1),
        ],
        Some(_) => [
            (
                counted(
                    "n.started_at",
                    &format!("{owned} nexus_sessions n ON n.session_id = s.id WHERE s.user_id = ?3"),
                ),
                1,
            ),
            (
                counted(
                    "e.ended_at",
                    &format!("{owned} nexus_session_ends e ON e.session_id = s.id WHERE s.user_id = ?3"),
                ),
                -1,
            ),
            (
                counted(
                    ENDS,
                    concat!(
                        "de_torres_vincent_session_tokens s WHERE s.status = 'active' AND s.user_id = ?3 AND NOT ",
                        out_of_time!("s.user_id", ends!())
                    ),
                ),
                -1,
            ),
            (ended, -1),
            (began, 1),
        ],
    }
}

fn log_ins(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<Vec<LogInDay>> {
    let first = log_in_days(now).next().map(|day| day.to_string()).unwrap_or_default();
    let mut values = vec![Value::Text(first), Value::Text(Action::LoggedIn.word().into())];
    values.extend(of.map(|user| Value::Integer(user.0)));
    let sql = match of {
        None => {
            "SELECT day, outcome, entries FROM nexus_journal_days WHERE day >= ?1 AND verb = ?2".to_owned()
        }
        Some(_) => format!(
            "SELECT substr(j.at, 1, 10), j.outcome, count(*) FROM {BY_ACCOUNT}
             WHERE {IN_ANY_PART} AND j.account_id = ?3 AND j.kind IN ('account', 'session')
               AND j.verb = ?2 AND j.at >= ?1 GROUP BY 1, 2"
        ),
    };
    let found = all(connection, &sql, &values, |row| Ok(((text(row, 0)?, text(row, 1)?), number(row, 2)?)))?;
    let found: BTreeMap<_, _> = found.into_iter().collect();
    let with = |day: &str, outcome: Outcome| {
        found.get(&(day.to_owned(), outcome.word().to_owned())).copied().unwrap_or_default()
    };
    let counts = log_in_days(now).map(|day| {
        let text = day.to_string();
        LogInDay { day, done: with(&text, Outcome::Done), failed: with(&text, Outcome::Refused) }
    });
    Ok(counts.collect())
}

fn new_accounts(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<Vec<NewAccountWeek>> {
    let (index, scope) = match of {
        None => ("INDEXED BY nexus_users_created", "NULL"),
        Some(_) => ("", "u.id"),
    };
    let sql = format!(
        "SELECT count(*) FROM de_torres_vincent_users u {index}
         WHERE {CREATED} >= unixepoch(?) AND {CREATED} < unixepoch(?) AND {scope} IS ?"
    );
    let of = of.map_or(Value::Null, |user| Value::Integer(user.0));
    let weeks = new_account_weeks(now).map(|from| {
        let [begin, end] =
            [from, from + Duration::weeks(1)].map(|day| Value::Text(format!("{day} 00:00:00")));
        Ok(NewAccountWeek { from, accounts: count(connection, &sql, &[begin, end, of.clone()])? })
    });
    weeks.collect()
}

/// A failed log-in: the account with its name then, if it was one, and the place.
type FailedLogIn = (Option<i64>, String, String);

fn failures(connection: &Connection, now: Timestamp, of: Option<UserId>) -> Result<Failures> {
    let (from, scope) = match of {
        None => ("nexus_journal j INDEXED BY nexus_journal_at", "NULL IS ?".to_owned()),
        Some(_) => (BY_ACCOUNT, format!("{IN_ANY_PART} AND j.account_id = ?")),
    };
    let sql = format!(
        "SELECT j.account_id, j.label, j.place FROM {from}
         WHERE j.at > ? AND j.outcome = ? AND j.verb = ? AND {scope} ORDER BY j.at DESC LIMIT ?"
    );
    let values = params![
        to_stored(now - RECENT),
        Outcome::Refused.word(),
        Action::LoggedIn.word(),
        of.map(|user| user.0),
        MOST_FAILURES
    ];
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let read = |row: &Row<'_>| Ok((row.get_ref(0)?.as_i64().ok(), text(row, 1)?, text(row, 2)?));
    let found = statement.query_map(values, read).map_err(error::of)?;
    let found: Vec<FailedLogIn> = found.collect::<rusqlite::Result<_>>().map_err(error::of)?;
    Ok(summed(found))
}

/// Counts failed log-ins, which are given newest first.
fn summed(found: Vec<FailedLogIn>) -> Failures {
    let mut accounts: BTreeMap<i64, AccountFailures> = BTreeMap::new();
    let mut places: BTreeMap<String, u64> = BTreeMap::new();
    let mut sum = Failures { total: found.len() as u64, ..Failures::default() };
    for (account, label, place) in found {
        *places.entry(place).or_default() += 1;
        let Some(id) = account else {
            sum.unknown_names += 1;
            continue;
        };
        let new = || AccountFailures { id: UserId(id), label, failures: 0 };
        accounts.entry(id).or_insert_with(new).failures += 1;
    }
    sum.accounts = accounts.into_values().collect();
    sum.accounts.sort_by(|a, b| b.failures.cmp(&a.failures).then_with(|| a.label.cmp(&b.label)));
    sum.places = places.into_iter().map(|(place, failures)| PlaceFailures { place, failures }).collect();
    sum.places.sort_by(|a, b| b.failures.cmp(&a.failures).then_with(|| a.place.cmp(&b.place)));
    sum.accounts.truncate(FIRST_FEW);
    sum.places.truncate(FIRST_FEW);
    sum
}
