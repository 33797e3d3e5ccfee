//! Operations that have begun in the transaction of an action and are continued in others.
//!
//! Each row of the three tables is in exactly one place at any moment, in its table or in the bin, so that no list
//! shows it twice or not at all. A directory that moves has its new path at once, and its new place in the tree with
//! everything below it; in flat lists the rows below it keep their old paths until it is their turn. Trashing begins
//! with the leaves of the tree and restoring with the top, so that no row is ever below one that does not exist. An
//! account that is being deleted is suspended until it is gone, and sessions that are being ended count as over from
//! the beginning.

use rusqlite::{Connection, Row, params};

use crate::domain::directory::{Directory, split};
use crate::domain::operation::{Operation, OperationKind};
use crate::domain::session::SessionEnd;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::UserId;
use crate::store::{Continued, Division, Result, StoreError};

use super::denormalized::without_triggers;
use super::directories::{self, ABOVE, oldest_at, with_root};
use super::error;
use super::moments::ENDS;
use super::statement::{all, execute, first, one_row};
use super::values::{number, optional, text, time};
use portions::Step;

mod portions;
mod restoring;

pub(super) use restoring::{BINNED_ENDS, RESTORABLE_DIRECTORIES, RESTORABLE_SESSIONS};

/// An operation with all that its steps need.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) operation: Operation,
    /// The newest row that belongs to it.
    pub(super) last_id: i64,
    /// The session that does not end with the others.
    pub(super) spared: Option<i64>,
    /// The end that sessions get: those that it ends, or that were active as it restores them.
    pub(super) end: Option<SessionEnd>,
}

impl Job {
    /// Creates an operation on `total` rows of an account that has not begun.
    pub(super) fn new(kind: OperationKind, account: UserId, label: &str, total: u64) -> Self {
        let operation = Operation {
            id: 0,
            entry: None,
            kind,
            process: String::new(),
            label: label.to_owned(),
            account,
            directory: None,
            item: None,
            from: None,
            to: None,
            total,
            done: 0,
        };
        Self { operation, last_id: i64::MAX, spared: None, end: None }
    }

    /// Returns true if it only begins in the transaction of the action.
    pub(super) fn is_divided(&self, division: Option<&Division>) -> bool {
        let Operation { kind, total, .. } = &self.operation;
        division.is_some_and(|division| total.saturating_mul(kind.weight()) > division.at_once)
    }

    /// Executes it, or records it to be continued in other transactions. Returns the number of rows of other programs
    /// that could not be restored.
    pub(super) fn run(&self, connection: &Connection, division: Option<&Division>) -> Result<u64> {
        match division.filter(|_| self.is_divided(division)) {
            Some(division) => insert(connection, self, &division.process).map(|()| 0),
            None => portions::step(connection, self, None).map(|step| step.left_out),
        }
    }
}

const COLUMNS: &str =
    "id, entry, kind, process, label, account_id, directory_id, bundle, from_path, to_path, total, done,
  last_id, spared, ended_at, ended_by, reason";

fn job(row: &Row<'_>) -> rusqlite::Result<Option<Job>> {
    // One of a kind that this program does not know is left alone.
    let Some(kind) = OperationKind::parse(&text(row, 2)?) else { return Ok(None) };
    let end = match (time(row, 14)?, SessionEnd::parse_reason(&text(row, 16)?)) {
        (Some(at), Some((reason, remark))) => Some(SessionEnd { at, by: optional(row, 15)?, reason, remark }),
        _ => None,
    };
    let operation = Operation {
        id: row.get(0)?,
        entry: row.get(1)?,
        kind,
        process: text(row, 3)?,
        label: text(row, 4)?,
        account: UserId(row.get(5)?),
        directory: row.get(6)?,
        item: row.get(7)?,
        from: optional(row, 8)?,
        to: optional(row, 9)?,
        total: number(row, 10)?,
        done: number(row, 11)?,
    };
    let last_id = row.get::<_, Option<i64>>(12)?.unwrap_or(i64::MAX);
    Ok(Some(Job { operation, last_id, spared: row.get(13)?, end }))
}

/// Returns all operations, the oldest first.
pub(super) fn list(connection: &Connection) -> Result<Vec<Operation>> {
    let found = all(connection, &format!("SELECT {COLUMNS} FROM nexus_operations ORDER BY id"), [], job)?;
    Ok(found.into_iter().flatten().map(|job| job.operation).collect())
}

fn insert(connection: &Connection, job: &Job, process: &str) -> Result<()> {
    let Job { operation, last_id, spared, end } = job;
    let sql = "INSERT INTO nexus_operations (kind, process, label, account_id, directory_id, bundle, from_path, to_path,
                 total, done, last_id, spared, ended_at, ended_by, reason)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)";
    let total = i64::try_from(operation.total).unwrap_or(i64::MAX);
    let end = end.as_ref();
    let values = params![
        operation.kind.word(),
        process,
        operation.label,
        operation.account.0,
        operation.directory,
        operation.item,
        operation.from,
        operation.to,
        total,
        last_id,
        spared,
        end.map(|end| to_stored(end.at)),
        end.and_then(|end| end.by.as_deref()),
        end.map(SessionEnd::stored_reason),
    ];
    execute(connection, sql, values).map(drop)
}

/// Ties what was begun in this transaction to the entry that has just been written about it.
pub(super) fn note_entry(connection: &Connection, entry: i64) -> Result<()> {
    execute(connection, "UPDATE nexus_operations SET entry = ? WHERE entry IS NULL", [entry]).map(drop)
}

/// Gives an operation of one process to another, which continues it. Returns true if it still belonged to the first.
pub(super) fn adopt(connection: &Connection, id: i64, from: &str, to: &str) -> Result<bool> {
    let sql = "UPDATE nexus_operations SET process = ? WHERE id = ? AND process = ?";
    Ok(execute(connection, sql, params![to, id, from])? > 0)
}

/// Continues an operation with up to about `most` rows, unless it belongs to another process.
pub(super) fn go_on(connection: &Connection, id: i64, process: &str, most: u64) -> Result<Continued> {
    let sql = format!("SELECT {COLUMNS} FROM nexus_operations WHERE id = ? AND process = ?");
    let found = first(connection, &sql, params![id, process], job)?.flatten();
    let Some(mut job) = found else { return Ok(Continued::default()) };
    let Step { rows, is_last, left_out } = portions::step(connection, &job, Some(most))?;
    job.operation.done += rows;
    if is_last {
        execute(connection, "DELETE FROM nexus_operations WHERE id = ?", [id])?;
        return Ok(Continued { rest: None, left_out });
    }
    let done = i64::try_from(job.operation.done).unwrap_or(i64::MAX);
    execute(connection, "UPDATE nexus_operations SET done = ? WHERE id = ?", params![done, id])?;
    Ok(Continued { rest: Some(job.operation), left_out })
}

/// Returns the highest id of a table: rows that come later do not belong to what begins now.
pub(super) fn newest(connection: &Connection, table: &str) -> Result<i64> {
    let newest =
        connection.query_row(&format!("SELECT ifnull(max(id), 0) FROM {table}"), [], |row| row.get(0));
    newest.map_err(error::of)
}

/// Returns what people call an account.
pub(super) fn label_of(connection: &Connection, user: UserId) -> Result<String> {
    let sql = "SELECT ifnull(username, email) FROM de_torres_vincent_users WHERE id = ?";
    let label = first(connection, sql, [user.0], |row| text(row, 0))?;
    label.ok_or(StoreError::Gone)
}

/// Gives a directory and everything below it a new path. Returns the number of rows. The places of the rows below it
/// in the tree stay the same.
pub(super) fn relocate(
    connection: &Connection,
    division: Option<&Division>,
    now: Timestamp,
    id: i64,
    new_path: &str,
    rows: u64,
) -> Result<u64> {
    let (old, root) = with_root(connection, id)?;
    let mut job = Job::new(OperationKind::Move, old.user_id, &old.path, rows);
    job.last_id = newest(connection, "de_torres_vincent_user_directories")?;
    job.operation.directory = Some(id);
    job.operation.from = root;
    job.operation.to = Some(new_path.to_owned());
    without_triggers(connection, || relocate_one(connection, now, &old, new_path))?;
    job.run(connection, division)?;
    Ok(rows)
}

/// Gives a directory its new path and its place in the tree, without what lies below it.
fn relocate_one(connection: &Connection, now: Timestamp, old: &Directory, new_path: &str) -> Result<()> {
    let Directory { id, user_id, .. } = *old;
    directories::adopt(connection, user_id, id, new_path)?;
    let sql = "UPDATE de_torres_vincent_user_directories
               SET directory_path = ?, directory_name = ?, last_modified = ? WHERE id = ?";
    one_row(execute(connection, sql, params![new_path, split(new_path).1, to_stored(now), id])?)?;
    let sql = format!(
        "UPDATE nexus_directories SET name = nexus_fold(?), folded = 1, parent =
           ifnull((SELECT {ABOVE} FROM de_torres_vincent_user_directories d WHERE d.id = ?2), 0) WHERE id = ?2"
    );
    execute(connection, &sql, params![split(new_path).1, id])?;
    // Of several rows with one path the oldest has what lies below.
    if let Some(oldest) = oldest_at(connection, user_id, new_path)?.filter(|oldest| *oldest != id) {
        execute(connection, "UPDATE nexus_directories SET parent = ? WHERE parent = ?", [oldest, id])?;
    }
    Ok(())
}

/// Ends the active sessions of an account except one. Returns the number of those that had not expired.
pub(super) fn end_sessions(
    connection: &Connection,
    division: Option<&Division>,
    user: UserId,
    except: Option<i64>,
    end: &SessionEnd,
) -> Result<u64> {
    let sql = format!(
        "SELECT count(*), ifnull(sum({ENDS} > ?3), 0) FROM de_torres_vincent_session_tokens s
           INDEXED BY nexus_sessions_user_active
         WHERE s.status = 'active' AND s.user_id = ?1 AND s.id IS NOT ?2"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let values = params![user.0, except, to_stored(end.at)];
    let counts = statement.query_row(values, |row| Ok((number(row, 0)?, number(row, 1)?)));
    let (active, in_time) = counts.map_err(error::of)?;
    let mut job = Job::new(OperationKind::EndSessions, user, "", active);
    job.end = Some(end.clone());
    job.spared = except;
    if job.is_divided(division) {
        job.operation.label = label_of(connection, user)?;
        job.last_id = newest(connection, "de_torres_vincent_session_tokens")?;
        // They count as over from now on.
        let sql = "UPDATE de_torres_vincent_users SET session_token =
                     (SELECT session_token FROM de_torres_vincent_session_tokens
                      WHERE id = ?2 AND status = 'active' AND session_token GLOB 'sha256:*') WHERE id = ?1";
        execute(connection, sql, params![user.0, except])?;
    }
    job.run(connection, division)?;
    Ok(in_time)
}
