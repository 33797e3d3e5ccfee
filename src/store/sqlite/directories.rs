//! The flat list of directories, and changes to directories.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Statement, ToSql, params};

use crate::domain::directory::{Directory, DirectoryColumn, is_home_name};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{RowRange, Window};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::UserId;
use crate::store::{ListOf, NewDirectory, Result, StoreError};

use super::cache::CachedReader;
use super::filter::{Condition, list_name, one_account};
use super::keyset::{About, Order};
use super::moments::{ADDED, MODIFIED};
use super::sort_orders;
use super::statement::{all, execute, first, one_row};
use super::values::{number, optional, text, time};
use super::window::{KeysetScan, List};
use super::{denormalized, directory_counts, error};

/// The SQL expression for the directory directly above a row, NULL for a root: the oldest row of the account whose path is the indexed expression
/// without its last byte, a slash. (Bytes: SQLite counts the characters of a text up to its first NUL only, and another
/// program may have stored one.)
pub(super) const ABOVE: &str = "(SELECT min(p.id) FROM de_torres_vincent_user_directories p
  WHERE p.user_id = d.user_id
    AND p.directory_path || '/' = rtrim(d.directory_path, replace(d.directory_path, '/', ''))
    AND p.directory_path =
      CAST(substr(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB), 1,
        length(CAST(rtrim(d.directory_path, replace(d.directory_path, '/', '')) AS BLOB)) - 1) AS TEXT))";

/// The expression for the number of rows directly below a row; 0 if it is not the oldest of its path.
pub(super) const CHILDREN: &str = "(SELECT count(*) FROM nexus_directories c WHERE c.parent = d.id)";

/// A directory with its owner.
pub(super) const FROM: &str =
    "de_torres_vincent_user_directories d JOIN de_torres_vincent_users u ON u.id = d.user_id";

/// The directories of one account, which is looked up once, along the index that holds the paths.
const FROM_ONE: &str = "de_torres_vincent_users u
  CROSS JOIN de_torres_vincent_user_directories d INDEXED BY nexus_directories_path ON d.user_id = u.id";

pub(super) const COLUMNS: &str =
    "d.id, d.user_id, ifnull(u.username, u.email), d.directory_id, d.directory_name,
  d.directory_path, d.date_added, d.last_modified, d.last_accessed, d.username";

pub(super) fn directory(row: &Row<'_>) -> rusqlite::Result<Directory> {
    Ok(Directory {
        id: row.get(0)?,
        user_id: UserId(row.get(1)?),
        owner: text(row, 2)?,
        directory_id: text(row, 3)?,
        name: text(row, 4)?,
        path: text(row, 5)?,
        date_added: time(row, 6)?,
        last_modified: time(row, 7)?,
        last_accessed: time(row, 8)?,
        username: optional(row, 9)?,
    })
}

/// Returns the sort key of directories that were found.
pub(super) const fn key(column: DirectoryColumn) -> Option<&'static str> {
    match column {
        DirectoryColumn::Name => Some(sort_orders::PATH),
        DirectoryColumn::LastPart => Some("nexus_fold(d.directory_name)"),
        DirectoryColumn::Added => Some(ADDED),
        DirectoryColumn::Modified => Some(MODIFIED),
        DirectoryColumn::Owner => Some(sort_orders::LABEL),
        DirectoryColumn::Below => Some(CHILDREN),
        DirectoryColumn::Id => None,
    }
}

pub(super) fn window(
    reader: CachedReader<'_>,
    now: Timestamp,
    wanted: &ListOf<DirectoryColumn>,
    span: RowRange,
) -> Result<Window<Directory>> {
    list(now, wanted).window(reader, span, directory)
}

/// Returns the flat list of directories in an order and filter.
pub(super) fn list(now: Timestamp, wanted: &ListOf<DirectoryColumn>) -> List<'static> {
    let condition = Condition::of(ListKind::Directories, now, &wanted.filter, wanted.scope);
    let of_one = one_account(&wanted.filter, wanted.scope).is_some();
    let order =
        Order { ranges: sort_orders::of_directories(wanted.sort.column), descending: wanted.sort.descending };
    let is_scanned = condition.is_everything() && !order.ranges.is_empty();
    List {
        table: directory_counts::TABLE,
        from: FROM,
        find_from: if of_one { FROM_ONE } else { FROM },
        id: "d.id",
        key: key(wanted.sort.column),
        descending: wanted.sort.descending,
        scan: is_scanned.then(|| KeysetScan {
            order,
            only: condition.clone(),
            about: About::Scanned,
            active_at: None,
        }),
        columns: COLUMNS,
        column_values: Vec::new(),
        condition,
        unfiltered: Condition::of(ListKind::Directories, now, &Filter::default(), wanted.scope),
        name: list_name(ListKind::Directories, now, wanted),
    }
}

pub(super) fn find(connection: &Connection, id: i64) -> Result<Option<Directory>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE d.id = ?");
    first(connection, &sql, [id], directory)
}

pub(super) fn at_path(connection: &Connection, path: &str) -> Result<Vec<Directory>> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE d.directory_path = ? ORDER BY d.id");
    all(connection, &sql, [&Value::Text(path.to_owned())], directory)
}

/// Returns the topmost directory with the name of a home; of several at the same height the oldest.
pub(super) fn home(connection: &Connection, user: UserId) -> Result<Option<Directory>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM}
         WHERE d.user_id = ? AND d.directory_name GLOB '[0-9][0-9][0-9][0-9][0-9]*_*'
         ORDER BY length(d.directory_path) - length(replace(d.directory_path, '/', '')), d.id"
    );
    let found = all(connection, &sql, [&Value::Integer(user.0)], directory)?;
    Ok(found.into_iter().find(|directory| is_home_name(&directory.name)))
}

pub(super) fn count(connection: &Connection, user: UserId) -> Result<u64> {
    let sql = "SELECT count(*) FROM de_torres_vincent_user_directories WHERE user_id = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row([user.0], |row| number(row, 0)).map_err(error::of)
}

/// Returns the parent of everything below a path: of several directories of an account with one path the oldest.
pub(super) fn oldest_at(connection: &Connection, user: UserId, path: &str) -> Result<Option<i64>> {
    let sql =
        "SELECT min(id) FROM de_torres_vincent_user_directories WHERE user_id = ? AND directory_path = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    statement.query_row(params![user.0, path], |row| row.get(0)).map_err(error::of)
}

/// Returns a directory, and the path below which everything belongs to it; `None` if that belongs to an older one.
pub(super) fn with_root(connection: &Connection, id: i64) -> Result<(Directory, Option<String>)> {
    let top = find(connection, id)?.ok_or(StoreError::Gone)?;
    let owns = oldest_at(connection, top.user_id, &top.path)? == Some(id);
    let root = owns.then(|| top.path.clone());
    Ok((top, root))
}

/// All paths below one: from `path/` up to, not including, `path0`, as `0` is the character after `/`. None for NULL.
pub(super) const BELOW: &str = "user_id = ?1 AND directory_path > ?2 || '/' AND directory_path < ?2 || '0'";

pub(super) fn below(connection: &Connection, id: i64) -> Result<u64> {
    let (top, root) = with_root(connection, id)?;
    let sql = format!("SELECT count(*) FROM de_torres_vincent_user_directories WHERE {BELOW}");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row(params![top.user_id.0, root], |row| number(row, 0)).map_err(error::of)
}

/// Inserts the row of a directory.
pub(super) const INSERT: &str =
    "INSERT INTO de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, date_added,
       last_modified, last_accessed, directory_path, username) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// The number of values that [`INSERT`] takes.
pub(super) const COLUMNS_IN_ROW: usize = 9;

pub(super) fn insert(connection: &Connection, new: &NewDirectory) -> Result<i64> {
    let mut statement = connection.prepare_cached(INSERT).map_err(error::of)?;
    let id = insert_row_by(connection, &mut statement, new)?;
    finish_row(connection, id, new.name())?;
    Ok(id)
}

/// Completes the data that triggers derive from a new directory's row.
pub(super) fn finish_row(connection: &Connection, id: i64, name: &str) -> Result<()> {
    // Of ASCII they have left nothing to do.
    if name.is_ascii() { Ok(()) } else { denormalized::finish_directory(connection, id) }
}

/// Inserts the row of a directory by a statement that is [`INSERT`]; the data derived from it is not completed.
pub(super) fn insert_row_by(
    connection: &Connection,
    statement: &mut Statement<'_>,
    new: &NewDirectory,
) -> Result<i64> {
    bind_row(statement, 0, new).map_err(error::of)?;
    statement.raw_execute().map_err(error::of)?;
    Ok(connection.last_insert_rowid())
}

/// Binds the values that [`INSERT`] takes, after `before` others.
pub(super) fn bind_row(
    statement: &mut Statement<'_>,
    before: usize,
    new: &NewDirectory,
) -> rusqlite::Result<()> {
    let added = to_stored(new.date_added);
    let modified = new.last_modified.map(to_stored);
    let accessed = new.last_accessed.map(to_stored);
    let values: [&dyn ToSql; COLUMNS_IN_ROW] = [
        &new.id,
        &new.user_id.0,
        &new.directory_id,
        &new.name(),
        &added,
        modified.as_ref().unwrap_or(&added),
        &accessed,
        &new.path,
        &new.username,
    ];
    (before + 1..).zip(values).try_for_each(|(at, value)| statement.raw_bind_parameter(at, value))
}

/// Gives a directory that is about to have a path the roots whose paths say that they lie directly below it.
pub(super) fn adopt(connection: &Connection, user: UserId, id: i64, path: &str) -> Result<()> {
    let sql = format!(
        "UPDATE nexus_directories SET parent = ?3
         WHERE id IN (SELECT id FROM de_torres_vincent_user_directories WHERE {BELOW}
             AND rtrim(directory_path, replace(directory_path, '/', '')) = ?2 || '/')
           AND (parent = 0 OR parent > ?3)"
    );
    execute(connection, &sql, params![user.0, path, id]).map(drop)
}

pub(super) fn opened(connection: &Connection, now: Timestamp, id: i64) -> Result<()> {
    let sql = "UPDATE de_torres_vincent_user_directories SET last_accessed = ? WHERE id = ?";
    one_row(execute(connection, sql, params![to_stored(now), id])?)
}
