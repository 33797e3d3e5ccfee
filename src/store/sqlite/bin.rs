//! The bin: rows are moved there unchanged, restored, or purged.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::bin::{BinColumn, BinItem, DeletionInfo, ReservedNames};
use crate::domain::dependents::DeletionTarget;
use crate::domain::directory::split;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Action, EntityKind, FieldValues, REASON};
use crate::domain::operation::OperationKind;
use crate::domain::page::{RowRange, Window};
use crate::domain::session::SessionEnd;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::{Division, ListOf, Result, StoreError};

use super::bin_filter::with_name;
use super::cache::CachedReader;
use super::directories::{self, with_root};
use super::filter::{Condition, list_name};
use super::names::{self, NameColumn, Sql};
use super::operations::Job;
use super::statement::{all, execute, first, one_row};
use super::users;
use super::values::{number, optional, text, time};
use super::window::List;
use super::{added_columns, carried, denormalized, named, operations};

pub(super) const TABLE: &str = "nexus_bin b";

const COLUMNS: &str = "b.id, b.kind, b.object_id, b.user_id, b.label, b.parent, b.username, b.email,
  b.sessions, b.directories, b.deleted_at, b.deleted_by, b.held_until,
  (SELECT j.verb FROM nexus_journal j WHERE j.seq = b.entry), (SELECT j.after FROM nexus_journal j WHERE j.seq = b.entry)";

/// The columns that a row of an account has in the users table and in the bin.
static USER: LazyLock<String> = LazyLock::new(|| {
    users::field_columns() + "id, password, access_code, created_at, updated_at, session_token"
});

/// The columns of `nexus_accounts` that an account keeps in the bin.
const NOTES: [&str; 11] = [
    "last_seen",
    "must_change",
    "valid_from",
    "expires_on",
    "idle_from",
    "note",
    "status_entry",
    "factor_secret",
    "factor_since",
    "factor_step",
    "recovery_codes",
];

fn item(row: &Row<'_>) -> rusqlite::Result<BinItem> {
    Ok(BinItem {
        id: row.get(0)?,
        kind: EntityKind::parse(&text(row, 1)?).unwrap_or(EntityKind::Store),
        object_id: row.get(2)?,
        user_id: UserId(row.get(3)?),
        label: text(row, 4)?,
        parent: optional(row, 5)?,
        username: optional(row, 6)?,
        email: optional(row, 7)?,
        sessions: number(row, 8)?,
        directories: number(row, 9)?,
        deleted_at: time(row, 10)?,
        deleted_by: text(row, 11)?,
        held_until: time(row, 12)?,
        is_rejected: optional(row, 13)?.is_some_and(|verb| verb == Action::Rejected.word()),
        reason: optional(row, 14)?.and_then(|after| FieldValues::parse(&after).take_text(REASON)),
    })
}

fn list(now: Timestamp, wanted: &ListOf<BinColumn>) -> List<'static> {
    List {
        table: TABLE,
        from: TABLE,
        find_from: TABLE,
        id: "b.id",
        key: match wanted.sort.column {
            BinColumn::Deleted => None,
            BinColumn::Label => Some("b.label COLLATE NOCASE"),
            BinColumn::By => Some("b.deleted_by COLLATE NOCASE"),
            BinColumn::Kind => Some("b.kind"),
            BinColumn::Sessions => Some("b.sessions"),
            BinColumn::Directories => Some("b.directories - (b.kind = 'directory')"),
        },
        descending: wanted.sort.descending,
        scan: None,
        columns: COLUMNS,
        column_values: Vec::new(),
        condition: Condition::of(ListKind::Bin, now, &wanted.filter, wanted.scope),
        unfiltered: Condition::of(ListKind::Bin, now, &Filter::default(), wanted.scope),
        name: list_name(ListKind::Bin, now, wanted),
    }
}

pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<BinColumn>,
    span: RowRange,
) -> Result<Window<BinItem>> {
    list(now, wanted).window(reader, span, item)
}

pub(super) fn ids(connection: &Connection, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
    list(now, &ListOf { filter: filter.clone(), ..ListOf::default() }).ids(connection)
}

pub(super) fn find(connection: &Connection, id: i64) -> Result<Option<BinItem>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLE} WHERE b.id = ?");
    first(connection, &sql, [id], item)
}

/// Returns the accounts in the bin that have this name, newest first.
pub(super) fn accounts(connection: &Connection, who: &Who) -> Result<Vec<BinItem>> {
    let found = |(asked, values): Sql| {
        let sql =
            format!("SELECT {COLUMNS} FROM {TABLE} WHERE b.kind = 'account' AND {asked} ORDER BY b.id DESC");
        all(connection, &sql, &values, item)
    };
    match who {
        Who::Id(id) => found(("b.object_id = ?".into(), vec![Value::Integer(id.0)])),
        Who::Username(name) => found(with_name(NameColumn::Username, name)),
        Who::Email(name) => match found(with_name(NameColumn::Email, name))? {
            none if none.is_empty() => found(with_name(NameColumn::Username, name)),
            some => Ok(some),
        },
    }
}

/// Returns the newest bin item that contains the session with this token digest.
pub(super) fn of_session(connection: &Connection, digest: &str) -> Result<Option<BinItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE b.id =
           (SELECT max(x.bundle) FROM nexus_bin_sessions x WHERE x.session_token = ?)"
    );
    first(connection, &sql, [digest], item)
}

/// Returns the directories in the bin that had this path, newest first.
pub(super) fn directories_at(connection: &Connection, path: &str) -> Result<Vec<BinItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE}
         WHERE b.kind = 'directory' AND b.label = ?1 COLLATE NOCASE AND b.label = ?1 ORDER BY b.id DESC"
    );
    all(connection, &sql, [&Value::Text(path.to_owned())], item)
}

/// Returns the first of these names that is reserved for an account in the bin, and that account's bin item.
pub(super) fn reserved_by(
    connection: &Connection,
    now: Timestamp,
    fields: &Fields,
) -> Result<Option<(Field, BinItem)>> {
    for (field, among, text) in names::claimed(fields) {
        let (same, mut values) = with_name(among, text);
        values.push(Value::Text(to_stored(now)));
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLE} WHERE {same} AND b.held_until > ? ORDER BY b.id DESC LIMIT 1"
        );
        if let Some(item) = all(connection, &sql, &values, item)?.pop() {
            return Ok(Some((field, item)));
        }
    }
    Ok(None)
}

/// Returns the names and ids that are reserved for the accounts in the bin.
pub(super) fn reserved_names(connection: &Connection, now: Timestamp) -> Result<ReservedNames> {
    let mut kept = ReservedNames::default();
    let sql = "SELECT object_id, username, email, held_until > ? FROM nexus_bin WHERE kind = 'account'";
    let read = |row: &Row<'_>| Ok((UserId(row.get(0)?), optional(row, 1)?, optional(row, 2)?, row.get(3)?));
    for (id, username, email, is_held) in all(connection, sql, &[Value::Text(to_stored(now))], read)? {
        kept.add(id, [username, email].into_iter().flatten().filter(|_| is_held));
    }
    Ok(kept)
}

/// Moves an account with its sessions and directories to the bin. Returns the number of the bin item.
pub(super) fn put_account(
    connection: &Connection,
    division: Option<&Division>,
    id: UserId,
    counts: (u64, u64),
    info: &DeletionInfo,
) -> Result<i64> {
    let sql = "INSERT INTO nexus_bin (id, kind, object_id, user_id, label, parent, username, email, held_until, deleted_at,
                 deleted_by, sessions, directories)
               SELECT ?5, 'account', id, id, ifnull(username, email), NULL, username, email, ?2, ?3, ?4, ?6, ?7
               FROM de_torres_vincent_users WHERE id = ?1";
    let (held_until, at) = (to_stored(info.held_until), to_stored(info.at));
    let (sessions, directories) = counts;
    let values = params![id.0, held_until, at, info.by, info.number, sessions as i64, directories as i64];
    one_row(execute(connection, sql, values)?)?;
    let number = connection.last_insert_rowid();
    let sql = format!(
        "INSERT INTO nexus_bin_users (bundle, {0}, {1}, code_expires_at, code_tries_left, code_entry)
         SELECT ?2, {0}, {2}, c.expires_at, c.tries_left, c.entry
         FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
           LEFT JOIN nexus_access_codes c ON c.user_id = u.id
         WHERE u.id = ?1",
        *USER,
        NOTES.join(", "),
        NOTES.map(|column| format!("a.{column}")).join(", ")
    );
    execute(connection, &sql, [id.0, number])?;
    for sql in added_columns::to_bin(connection, &added_columns::USERS, "id = :user")? {
        named::run(connection, &sql, &[(":user", &id.0), (":bundle", &number)])?;
    }
    let mut job =
        Job::new(OperationKind::Delete, id, &operations::label_of(connection, id)?, sessions + directories);
    job.operation.item = Some(number);
    let is_tied = carried::keep(connection, DeletionTarget::Account(id), number, job.is_divided(division))?;
    let division = division.filter(|_| !is_tied);
    if job.is_divided(division) {
        // Nobody gets in meanwhile, by password or by token.
        let sql = "UPDATE de_torres_vincent_users SET status = 'suspended' WHERE id = ?";
        execute(connection, sql, [id.0])?;
    }
    job.run(connection, division)?;
    Ok(number)
}

/// Moves a directory and everything below it, `rows` rows in all, to the bin, under another path if one is given.
/// Returns the number of the bin item.
pub(super) fn put_directory(
    connection: &Connection,
    division: Option<&Division>,
    id: i64,
    to: Option<&str>,
    rows: u64,
    info: &DeletionInfo,
) -> Result<i64> {
    let (top, root) = with_root(connection, id)?;
    let label = to.unwrap_or(&top.path);
    let parent = match split(label).0 {
        Some(path) => directories::oldest_at(connection, top.user_id, path)?.map(|_| path),
        None => None,
    };
    let sql = "INSERT INTO nexus_bin (id, kind, object_id, user_id, label, parent, username, email, held_until, deleted_at,
                 deleted_by, sessions, directories)
               VALUES (?, 'directory', ?, ?, ?, ?, NULL, NULL, ?, ?, ?, 0, ?)";
    let (held_until, at) = (to_stored(info.held_until), to_stored(info.at));
    let values = params![info.number, id, top.user_id.0, label, parent, held_until, at, info.by, rows as i64];
    execute(connection, sql, values)?;
    let number = connection.last_insert_rowid();
    let mut job = Job::new(OperationKind::Trash, top.user_id, &top.path, rows);
    job.last_id = operations::newest(connection, "de_torres_vincent_user_directories")?;
    job.operation.directory = Some(id);
    job.operation.item = Some(number);
    job.operation.from = root;
    job.operation.to = to.filter(|to| *to != top.path).map(str::to_owned);
    let is_tied = carried::keep(connection, DeletionTarget::Directory(id), number, job.is_divided(division))?;
    let division = division.filter(|_| !is_tied);
    job.run(connection, division)?;
    Ok(number)
}

/// Returns the number of sessions of a bin item that can be restored.
pub(super) fn restorable_sessions(connection: &Connection, number: i64) -> Result<u64> {
    count_of(connection, operations::RESTORABLE_SESSIONS, number)
}

/// Returns the number of these sessions that would be active again.
pub(super) fn active_sessions(connection: &Connection, now: Timestamp, number: i64) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM {} AND b.status = 'active' AND {} > :now",
        operations::RESTORABLE_SESSIONS,
        operations::BINNED_ENDS
    );
    named::count(connection, &sql, &[(":bundle", &number), (":now", &to_stored(now))])
}

/// Returns the number of directories of a bin item that can be restored.
pub(super) fn restorable_directories(connection: &Connection, number: i64) -> Result<u64> {
    count_of(connection, operations::RESTORABLE_DIRECTORIES, number)
}

fn count_of(connection: &Connection, of: &str, number: i64) -> Result<u64> {
    named::count(connection, &format!("SELECT count(*) FROM {of}"), &[(":bundle", &number)])
}

/// Restores a bin item as it was, with `carried` rows of other programs; a directory to another path if one is given. A
/// row whose id was used again meanwhile gets the next free one. With an end of sessions, those that were active get it.
/// Returns the number of rows of other programs that cannot be restored, where it is not left to steps.
pub(super) fn restore(
    connection: &Connection,
    division: Option<&Division>,
    (number, carried): (i64, u64),
    to: Option<&str>,
    sessions_end: Option<&SessionEnd>,
) -> Result<u64> {
    let item = find(connection, number)?.ok_or(StoreError::Gone)?;
    let is_account = item.kind == EntityKind::Account;
    let source = if is_account { &added_columns::USERS } else { &added_columns::DIRECTORIES };
    let is_tied = carried::is_tied(connection, source)?;
    let division = division.filter(|_| !is_tied);
    if is_account {
        restore_account(connection, &item)?;
        if sessions_end.is_some() {
            let sql = "UPDATE de_torres_vincent_users SET session_token = NULL WHERE id = ?";
            execute(connection, sql, [item.user_id.0])?;
        }
    } else {
        operations::label_of(connection, item.user_id)?;
    }
    let rows = item.sessions + item.directories + carried;
    let mut job = Job::new(OperationKind::Restore, item.user_id, &item.label, rows);
    job.operation.item = Some(number);
    job.end = sessions_end.cloned();
    if !is_account {
        job.operation.directory = Some(item.object_id);
        job.operation.to = to.filter(|to| *to != item.label).map(str::to_owned);
        job.operation.from = Some(item.label);
    }
    job.run(connection, division)
}

fn restore_account(connection: &Connection, item: &BinItem) -> Result<()> {
    let (username, email) = (item.username.clone(), item.email.clone());
    users::check_taken(connection, None, &Fields { username, email, ..Fields::default() })?;
    let sql = format!(
        "INSERT INTO de_torres_vincent_users ({0}) SELECT {0} FROM nexus_bin_users WHERE bundle = ?",
        *USER
    );
    one_row(execute(connection, &sql, [item.id])?)?;
    denormalized::finish(connection, item.object_id)?;
    let sql = format!(
        "INSERT INTO nexus_accounts (user_id, {0})
         SELECT id, {0} FROM nexus_bin_users WHERE bundle = ? AND must_change IS NOT NULL",
        NOTES.join(", ")
    );
    execute(connection, &sql, [item.id])?;
    let sql = "INSERT INTO nexus_access_codes (user_id, expires_at, tries_left, entry)
               SELECT id, code_expires_at, code_tries_left, code_entry FROM nexus_bin_users
               WHERE bundle = ? AND code_tries_left IS NOT NULL";
    execute(connection, sql, [item.id])?;
    added_columns::restore(connection, item.id, &added_columns::USERS, "1", &[])
}

/// Purges a bin item.
pub(super) fn purge(connection: &Connection, division: Option<&Division>, number: i64) -> Result<()> {
    let item = find(connection, number)?.ok_or(StoreError::Gone)?;
    let rows = item.sessions + item.directories;
    let mut job = Job::new(OperationKind::Purge, item.user_id, &item.label, rows);
    job.operation.item = Some(number);
    job.run(connection, division).map(drop)
}
