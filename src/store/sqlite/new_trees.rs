//! The trees of accounts without directories: a home with what lies directly below it, which an action on many accounts makes
//! for each of them.

use rusqlite::{Connection, params};

use crate::domain::directory::split;
use crate::store::{NewDirectory, Result};

use super::denormalized::without_triggers;
use super::directories::{self, COLUMNS_IN_ROW, INSERT};
use super::statement::execute;
use super::{directory_counts, error};

/// The most directories that are inserted by one statement.
const MOST: usize = 64;

/// Inserts directories: a whole tree at once, anything else one after the other.
pub(super) fn insert(connection: &Connection, new: &[NewDirectory]) -> Result<()> {
    match new {
        [top, below @ ..] if is_whole(connection, top, below)? => insert_whole(connection, new, top),
        _ => new.iter().try_for_each(|new| directories::insert(connection, new).map(drop)),
    }
}

/// Returns true if these are all directories that the account will have, one at the top and the others directly below it.
fn is_whole(connection: &Connection, top: &NewDirectory, below: &[NewDirectory]) -> Result<bool> {
    let is_below = |new: &NewDirectory| {
        new.id.is_none() && new.user_id == top.user_id && split(&new.path).0 == Some(&*top.path)
    };
    Ok((1..MOST).contains(&below.len())
        && top.id.is_none()
        && split(&top.path).0.is_none()
        && below.iter().all(is_below)
        && directories::count(connection, top.user_id)? == 0)
}

fn insert_whole(connection: &Connection, new: &[NewDirectory], top: &NewDirectory) -> Result<()> {
    without_triggers(connection, || {
        insert_rows(connection, new)?;
        directory_counts::add(connection, new.len())?;
        place(connection, top)
    })
}

/// Inserts all rows by one statement: SQLite keeps a statement journal for each.
fn insert_rows(connection: &Connection, new: &[NewDirectory]) -> Result<()> {
    let one = format!(", ({}?)", "?, ".repeat(COLUMNS_IN_ROW - 1));
    let sql = INSERT.to_owned() + &one.repeat(new.len() - 1);
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    for (at, new) in new.iter().enumerate() {
        directories::bind_row(&mut statement, at * COLUMNS_IN_ROW, new).map_err(error::of)?;
    }
    statement.raw_execute().map(drop).map_err(error::of)
}

/// Writes the places of an account's directories, which all lie directly below one of them.
fn place(connection: &Connection, top: &NewDirectory) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO nexus_directories (id, user_id, parent, name, folded)
               SELECT d.id, d.user_id, iif(d.id = t.id, 0, t.id), nexus_fold(d.directory_name), 1
               FROM (SELECT min(id) AS id FROM de_torres_vincent_user_directories WHERE user_id = ?1 AND directory_path = ?2) t
                 CROSS JOIN de_torres_vincent_user_directories d ON d.user_id = ?1";
    execute(connection, sql, params![top.user_id.0, top.path]).map(drop)
}
