//! The bin: rows moved there as they are, back again, or away for good.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};

use super::cache::CachedReader;
use super::directories::{self, BELOW, with_root};
use super::filter::{Condition, list_name};
use super::names::{self, Column, Sql, UNUSUAL};
use super::users::{self, execute, one_row};
use super::values::{number, optional, text, time};
use super::window::{List, all};
use super::{added, carried, denormalized, error, values};
use crate::domain::bin::{BinColumn, BinItem, DeletionInfo, ReservedNames, Restorable};
use crate::domain::dependents::Target;
use crate::domain::directory::split;
use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::journal::EntityKind;
use crate::domain::name;
use crate::domain::page::{RowRange, Window};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::{ListOf, Result, StoreError};

pub(super) const TABLE: &str = "nexus_bin b";

const COLUMNS: &str = "b.id, b.kind, b.object_id, b.user_id, b.label, b.parent, b.username, b.email,
  b.sessions, b.directories, b.deleted_at, b.deleted_by, b.held_until";

/// What a user's row and a bundle's have in common.
const USER: &str =
    "id, firstname, lastname, username, email, password, contact_number, address, access_level, status,
  access_code, created_at, updated_at, session_token";

/// What a directory's row and a bundle's have in common, but for the path and the name.
const DIRECTORY: &str = "user_id, directory_id, date_added, last_modified, last_accessed, username";

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
        },
        descending: wanted.sort.descending,
        walk: None,
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
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row([id], item).optional().map_err(error::of)
}

/// The accounts in the bin that are called this, newest first.
pub(super) fn accounts(connection: &Connection, who: &Who) -> Result<Vec<BinItem>> {
    let found = |(asked, values): Sql| {
        let sql =
            format!("SELECT {COLUMNS} FROM {TABLE} WHERE b.kind = 'account' AND {asked} ORDER BY b.id DESC");
        all(connection, &sql, &values, item)
    };
    match who {
        Who::Id(id) => found(("b.object_id = ?".into(), vec![Value::Integer(id.0)])),
        Who::Username(name) => found(with_name(Column::Username, name)),
        Who::Email(name) => match found(with_name(Column::Email, name))? {
            none if none.is_empty() => found(with_name(Column::Username, name)),
            some => Ok(some),
        },
    }
}

/// A bundle of an account with this name in this column, in whatever form.
fn with_name(column: Column, text: &str) -> Sql {
    let column = column.name();
    let sql = format!(
        "b.id IN (SELECT id FROM nexus_bin WHERE {column} = ? COLLATE NOCASE
           UNION ALL SELECT id FROM nexus_bin INDEXED BY nexus_bin_unusual
             WHERE (username GLOB {UNUSUAL} OR email GLOB {UNUSUAL}) AND nexus_key({column}) = ?)"
    );
    (sql, vec![Value::Text(name::key(text)); 2])
}

/// The newest bundle that holds the session with this token digest.
pub(super) fn of_session(connection: &Connection, digest: &str) -> Result<Option<BinItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE} WHERE b.id =
           (SELECT max(x.bundle) FROM nexus_bin_sessions x WHERE x.session_token = ?)"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row([digest], item).optional().map_err(error::of)
}

/// The directories in the bin that had this path, newest first.
pub(super) fn directories_at(connection: &Connection, path: &str) -> Result<Vec<BinItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {TABLE}
         WHERE b.kind = 'directory' AND b.label = ?1 COLLATE NOCASE AND b.label = ?1 ORDER BY b.id DESC"
    );
    all(connection, &sql, [&Value::Text(path.to_owned())], item)
}

/// The first of these names that is held for an account in the bin, and which.
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

/// What all accounts in the bin keep from others.
pub(super) fn kept(connection: &Connection, now: Timestamp) -> Result<ReservedNames> {
    let mut kept = ReservedNames::default();
    let sql = "SELECT object_id, username, email, held_until > ? FROM nexus_bin WHERE kind = 'account'";
    let read = |row: &Row<'_>| Ok((UserId(row.get(0)?), optional(row, 1)?, optional(row, 2)?, row.get(3)?));
    for (id, username, email, is_held) in all(connection, sql, &[Value::Text(to_stored(now))], read)? {
        kept.add(id, [username, email].into_iter().flatten().filter(|_| is_held));
    }
    Ok(kept)
}

/// Moves an account with its sessions and directories into the bin. The bundle's number.
pub(super) fn put_account(connection: &Connection, id: UserId, slip: &DeletionInfo) -> Result<i64> {
    let sql = "INSERT INTO nexus_bin (id, kind, object_id, user_id, label, parent, username, email, held_until, deleted_at,
                 deleted_by, sessions, directories)
               SELECT ?5, 'account', id, id, ifnull(username, email), NULL, username, email, ?2, ?3, ?4,
                 (SELECT count(*) FROM de_torres_vincent_session_tokens WHERE user_id = ?1),
                 (SELECT count(*) FROM de_torres_vincent_user_directories WHERE user_id = ?1)
               FROM de_torres_vincent_users WHERE id = ?1";
    let (held_until, at) = (to_stored(slip.held_until), to_stored(slip.at));
    one_row(execute(connection, sql, params![id.0, held_until, at, slip.by, slip.number])?)?;
    let number = connection.last_insert_rowid();
    let sql = format!(
        "INSERT INTO nexus_bin_users (bundle, {USER}, last_seen, must_change, code_expires_at, code_tries_left)
         SELECT ?2, {USER}, a.last_seen, a.must_change, c.expires_at, c.tries_left
         FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
           LEFT JOIN nexus_access_codes c ON c.user_id = u.id
         WHERE u.id = ?1"
    );
    execute(connection, &sql, [id.0, number])?;
    let sql = "INSERT INTO nexus_bin_sessions (bundle, id, user_id, session_token, expiration, status, origin, detail,
                 started_at, last_seen, process, boot, epoch, ended_at, ended_by, end_reason)
               SELECT ?2, s.id, s.user_id, s.session_token, s.expiration, s.status, n.origin, n.detail, n.started_at,
                 n.last_seen, n.process, n.boot, n.epoch, e.ended_at, e.ended_by, e.reason
               FROM de_torres_vincent_session_tokens s LEFT JOIN nexus_sessions n ON n.session_id = s.id
                 LEFT JOIN nexus_session_ends e ON e.session_id = s.id
               WHERE s.user_id = ?1";
    execute(connection, sql, [id.0, number])?;
    keep_directories(connection, "user_id = ?1", params![id.0, None::<String>, number])?;
    added::keep(connection, &added::USERS, "id = ?1", params![id.0, None::<String>, number])?;
    added::keep(connection, &added::SESSIONS, "user_id = ?1", params![id.0, None::<String>, number])?;
    carried::keep(connection, Target::Account(id), number)?;
    users::delete(connection, id)?;
    Ok(number)
}

/// Moves a directory and all that lies below it into the bin. The bundle's number.
pub(super) fn put_directory(connection: &Connection, id: i64, slip: &DeletionInfo) -> Result<i64> {
    let (top, root) = with_root(connection, id)?;
    let rows = directories::below(connection, id)? + 1;
    let parent = match split(&top.path).0 {
        Some(path) => directories::oldest_at(connection, top.user_id, path)?.map(|_| path),
        None => None,
    };
    let sql = "INSERT INTO nexus_bin (id, kind, object_id, user_id, label, parent, username, email, held_until, deleted_at,
                 deleted_by, sessions, directories)
               VALUES (?, 'directory', ?, ?, ?, ?, NULL, NULL, ?, ?, ?, 0, ?)";
    let (held_until, at) = (to_stored(slip.held_until), to_stored(slip.at));
    let values =
        params![slip.number, id, top.user_id.0, top.path, parent, held_until, at, slip.by, rows as i64];
    execute(connection, sql, values)?;
    let number = connection.last_insert_rowid();
    keep_directories(connection, "id = ?1", params![id, None::<String>, number])?;
    keep_directories(connection, BELOW, params![top.user_id.0, root, number])?;
    carried::keep(connection, Target::Directory(id), number)?;
    directories::delete(connection, id)?;
    Ok(number)
}

/// Copies directories into the bundle whose number is `?3`.
fn keep_directories(connection: &Connection, which: &str, values: &[&dyn ToSql]) -> Result<()> {
    let sql = format!(
        "INSERT INTO nexus_bin_directories (bundle, id, directory_name, directory_path, {DIRECTORY})
         SELECT ?3, id, directory_name, directory_path, {DIRECTORY}
         FROM de_torres_vincent_user_directories WHERE {which}"
    );
    execute(connection, &sql, values)?;
    added::keep(connection, &added::DIRECTORIES, which, values)
}

/// Sessions of a bundle whose tokens are not there already.
const SESSIONS: &str = "nexus_bin_sessions b WHERE b.bundle = ?1 AND NOT EXISTS
  (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.session_token = b.session_token)";

/// Directories of a bundle whose `directory_id`s are not there already.
const DIRECTORIES: &str = "nexus_bin_directories b WHERE b.bundle = ?1 AND NOT EXISTS
  (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.directory_id = b.directory_id)";

/// How many rows of a bundle can come back.
pub(super) fn restorable(connection: &Connection, number: i64) -> Result<Restorable> {
    let count = |of: &str| {
        let mut statement =
            connection.prepare_cached(&format!("SELECT count(*) FROM {of}")).map_err(error::of)?;
        statement.query_row([number], |row| values::number(row, 0)).map_err(error::of)
    };
    Ok(Restorable { sessions: count(SESSIONS)?, directories: count(DIRECTORIES)? })
}

/// Brings all of a bundle back as it was, a directory to another path if one is given. A row whose id another has got
/// meanwhile gets the next free one. Returns the number of rows of other programs that stay out.
pub(super) fn restore(connection: &Connection, number: i64, to: Option<&str>) -> Result<u64> {
    let item = find(connection, number)?.ok_or(StoreError::Gone)?;
    if item.kind == EntityKind::Account {
        give_back_account(connection, &item)?;
    }
    give_back_sessions(connection, number)?;
    let sql = "UPDATE de_torres_vincent_users AS u SET session_token = NULL
               WHERE u.id = ? AND EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s
                 WHERE s.session_token = u.session_token AND s.user_id <> u.id)";
    execute(connection, sql, [item.user_id.0])?;
    give_back_directories(connection, &item, to.unwrap_or(&item.label))?;
    let left_out = carried::give_back(connection, number)?;
    added::give_back(connection, number)?;
    purge(connection, number)?;
    Ok(left_out)
}

fn give_back_account(connection: &Connection, item: &BinItem) -> Result<()> {
    let (username, email) = (item.username.clone(), item.email.clone());
    users::check_taken(connection, None, &Fields { username, email, ..Fields::default() })?;
    let sql = format!(
        "INSERT INTO de_torres_vincent_users ({USER}) SELECT {USER} FROM nexus_bin_users WHERE bundle = ?"
    );
    one_row(execute(connection, &sql, [item.id])?)?;
    denormalized::finish(connection, item.object_id)?;
    let sql = "INSERT INTO nexus_accounts (user_id, last_seen, must_change)
               SELECT id, last_seen, must_change FROM nexus_bin_users WHERE bundle = ? AND must_change IS NOT NULL";
    execute(connection, sql, [item.id])?;
    let sql = "INSERT INTO nexus_access_codes (user_id, expires_at, tries_left)
               SELECT id, code_expires_at, code_tries_left FROM nexus_bin_users
               WHERE bundle = ? AND code_tries_left IS NOT NULL";
    execute(connection, sql, [item.id]).map(drop)
}

fn give_back_sessions(connection: &Connection, number: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration, status)
         SELECT CASE WHEN EXISTS (SELECT 1 FROM de_torres_vincent_session_tokens s WHERE s.id = b.id) THEN NULL
           ELSE b.id END, b.user_id, b.session_token, b.expiration, b.status
         FROM {SESSIONS} ORDER BY b.id"
    );
    execute(connection, &sql, [number])?;
    let sql = "INSERT OR REPLACE INTO nexus_session_ends (session_id, ended_at, ended_by, reason)
               SELECT s.id, b.ended_at, b.ended_by, b.end_reason
               FROM nexus_bin_sessions b JOIN de_torres_vincent_session_tokens s
                 ON s.session_token = b.session_token AND s.user_id = b.user_id
               WHERE b.bundle = ? AND b.ended_at IS NOT NULL AND b.end_reason IS NOT NULL";
    execute(connection, sql, [number])?;
    let sql =
        "INSERT OR IGNORE INTO nexus_sessions (session_id, origin, detail, started_at, last_seen, process, boot, epoch)
               SELECT s.id, b.origin, b.detail, b.started_at, b.last_seen, b.process, b.boot, b.epoch
               FROM nexus_bin_sessions b JOIN de_torres_vincent_session_tokens s
                 ON s.session_token = b.session_token AND s.user_id = b.user_id
               WHERE b.bundle = ? AND b.origin IS NOT NULL";
    execute(connection, sql, [number]).map(drop)
}

/// Paths come in order, so that each finds what lies above it.
fn give_back_directories(connection: &Connection, item: &BinItem, to: &str) -> Result<()> {
    let sql = format!(
        "INSERT INTO de_torres_vincent_user_directories (id, {DIRECTORY}, directory_path, directory_name)
         SELECT CASE WHEN EXISTS (SELECT 1 FROM de_torres_vincent_user_directories d WHERE d.id = b.id) THEN NULL
             ELSE b.id END, {DIRECTORY},
           CASE WHEN ?4 THEN ?2 || substr(directory_path, length(?3) + 1) ELSE directory_path END,
           CASE WHEN ?4 AND b.id = ?5 THEN ?6 ELSE directory_name END
         FROM {DIRECTORIES} ORDER BY directory_path, b.id"
    );
    let elsewhere = item.kind == EntityKind::Directory && to != item.label;
    let values = params![item.id, to, item.label, elsewhere, item.object_id, split(to).1];
    execute(connection, &sql, values)?;
    denormalized::finish_directories_of(connection, item.user_id)
}

/// Throws a bundle away for good.
pub(super) fn purge(connection: &Connection, number: i64) -> Result<()> {
    one_row(users::delete_rows(connection, "DELETE FROM nexus_bin WHERE id = ?", [number])?)
}

/// What a term asks of a bundle; one that is for another list holds for none.
pub(super) fn asked(test: &Test) -> (String, Vec<Value>) {
    let of = |asked: &str, value: Value| (format!("({asked})"), vec![value]);
    match test {
        Test::Word(word) => {
            of("nexus_holds(b.label || char(10) || ifnull(b.email, ''), ?)", Value::Text(word.clone()))
        }
        Test::User(who) => called(who),
        _ => ("0".into(), Vec::new()),
    }
}

/// What belongs to whoever is called this, in the bin or not.
fn called(who: &Who) -> Sql {
    let (id, mut values) = names::id_of(who);
    let binned = |column, name: &str| {
        let (same, values) = with_name(column, name);
        (format!("SELECT b.user_id FROM {TABLE} WHERE {same}"), values)
    };
    let (theirs, more) = match who {
        Who::Id(_) => return (format!("(b.user_id = {id})"), values),
        Who::Username(name) => binned(Column::Username, name),
        Who::Email(name) => {
            let (email, mut more) = binned(Column::Email, name);
            let (username, others) = binned(Column::Username, name);
            let again = more.clone();
            more.extend(others);
            more.extend(again);
            (format!("{email} UNION ALL {username} AND NOT EXISTS ({email})"), more)
        }
    };
    values.extend(more);
    (format!("(b.user_id IN (SELECT {id} UNION ALL {theirs}))"), values)
}
