//! The accounts whose names begin with what is being typed. Only the indexes of the names are read, and no more of them than
//! is asked for.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::domain::name;
use crate::domain::page::Window;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId, Who};
use crate::store::Result;

use super::names::NameColumn;
use super::statement::all;
use super::users;

/// A character that no name has: what begins with a text lies before the text with this behind it.
const LAST: char = '\u{10ffff}';

/// Returns the query for the ids of accounts whose name in this column lies between two keys, along its indexes. Names in
/// ASCII are their own keys but for letter case; of the others, those are found whose keys have been worked out.
pub(super) fn query(column: NameColumn) -> String {
    let column = column.name();
    format!(
        "SELECT id FROM (SELECT id FROM de_torres_vincent_users INDEXED BY nexus_users_{column}
           WHERE {column} >= ?1 COLLATE NOCASE AND {column} < ?2 COLLATE NOCASE
           ORDER BY {column} COLLATE NOCASE LIMIT ?3)
         UNION ALL SELECT id FROM (SELECT user_id AS id FROM nexus_name_keys INDEXED BY nexus_name_keys_{column}
           WHERE {column} >= ?1 AND {column} < ?2 ORDER BY {column} LIMIT ?3)"
    )
}

/// Returns up to `most` accounts whose username begins with a text, in the order of their usernames, and behind them those
/// whose email does. If there are more, the window's total is larger. Names are compared by [`name::key`].
pub(super) fn begun(
    connection: &Connection,
    now: Timestamp,
    typed: &str,
    of: Option<UserId>,
    most: usize,
) -> Result<Window<User>> {
    let key = name::key(typed);
    let mut rows: Vec<User> = Vec::new();
    for column in [NameColumn::Username, NameColumn::Email] {
        let mut begun = Vec::new();
        for id in ids(connection, column, &key, of, most)? {
            let is_found = rows.iter().any(|user| user.id.0 == id);
            let Some(user) = users::find(connection, now, &Who::Id(UserId(id)))?.filter(|_| !is_found) else {
                continue;
            };
            // A row that another program replaced may have left its key behind: the name itself decides.
            let own = key_of(&user, column).filter(|own| own.starts_with(&key));
            begun.extend(own.map(|own| (own, user)));
        }
        begun.sort_by(|(one, _), (other, _)| one.cmp(other));
        rows.extend(begun.into_iter().map(|(_, user)| user));
    }
    let total = rows.len() as u64;
    rows.truncate(most);
    Ok(Window { rows, total, ..Window::default() })
}

/// Returns the ids of the accounts that may begin so: one more than is asked for, to know whether there are more.
fn ids(
    connection: &Connection,
    column: NameColumn,
    key: &str,
    of: Option<UserId>,
    most: usize,
) -> Result<Vec<i64>> {
    if let Some(own) = of {
        return Ok(vec![own.0]);
    }
    let values =
        [Value::Text(key.to_owned()), Value::Text(format!("{key}{LAST}")), Value::Integer(most as i64 + 1)];
    let mut ids = all(connection, &query(column), &values, |row| row.get(0))?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn key_of(user: &User, column: NameColumn) -> Option<String> {
    match column {
        NameColumn::Username => user.username.as_deref().map(name::key),
        NameColumn::Email => Some(name::key(&user.email)),
    }
}
