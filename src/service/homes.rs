//! Homes: each account's own tree of directories, made with its libraries. Only rows change; the disk is not touched
//! here.

use crate::domain::directory::{LIBRARIES, home_name, join};
use crate::domain::user::UserId;
use crate::store::Read;

use super::contract::Failure;
use super::directory_rows::{new_directory, require_path_free};
use super::transaction::Transaction;

/// Returns the paths of the home and its libraries that a new account gets, except those that have rows already.
///
/// # Errors
/// [`FailureKind::Conflict`](super::contract::FailureKind) where another account's directory has the home's name.
pub(super) fn new_home(rows: &dyn Read, id: UserId, username: Option<&str>) -> Result<Vec<String>, Failure> {
    let home = home_name(id, username);
    // Usually the account has no directories yet, and then only the name at the top can belong to another.
    if rows.directory_count(id)? == 0 {
        require_path_free(&rows.directories_at(&home)?, &home, id)?;
        return Ok(whole(home).collect());
    }
    missing_in(rows, id, home)
}

/// Returns the paths of the account's home and its libraries that have no row.
///
/// # Errors
/// As [`new_home`].
pub(super) fn missing(rows: &dyn Read, id: UserId, username: Option<&str>) -> Result<Vec<String>, Failure> {
    match rows.home(id)? {
        Some(home) => missing_in(rows, id, home.path),
        None => new_home(rows, id, username),
    }
}

fn missing_in(rows: &dyn Read, id: UserId, home: String) -> Result<Vec<String>, Failure> {
    let mut missing = Vec::new();
    for path in whole(home) {
        let there = rows.directories_at(&path)?;
        if there.iter().all(|directory| directory.user_id != id) {
            require_path_free(&there, &path, id)?;
            missing.push(path);
        }
    }
    Ok(missing)
}

/// Returns the paths of a home and its libraries.
fn whole(home: String) -> impl Iterator<Item = String> {
    let libraries = LIBRARIES.map(|name| join(Some(&home), name));
    std::iter::once(home).chain(libraries)
}

/// Inserts these directories of the account, which [`missing`] found in the same transaction.
///
/// # Errors
/// Those of the store.
pub(super) fn make(
    tx: &mut Transaction<'_>,
    id: UserId,
    username: Option<&str>,
    paths: &[String],
) -> Result<(), Failure> {
    let now = tx.now;
    let directories: Vec<_> =
        paths.iter().map(|path| new_directory(now, id, username, path)).collect::<Result<_, _>>()?;
    Ok(tx.rows.insert_directories(&directories)?)
}

/// Inserts the account's home and its libraries where they are missing. Returns the number of new rows.
///
/// # Errors
/// As [`missing`] and [`make`].
pub(super) fn provision(
    tx: &mut Transaction<'_>,
    id: UserId,
    username: Option<&str>,
) -> Result<u64, Failure> {
    let paths = missing(tx.rows, id, username)?;
    make(tx, id, username, &paths)?;
    Ok(paths.len() as u64)
}
