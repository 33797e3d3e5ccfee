//! Passwords and access codes of accounts.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{User, UserId, Who};
use crate::store::{AccessCode, AdminTerm, Credentials, Result};

use super::moments::{active_values, usable, usable_values};
use super::statement::{all, execute, one_row};
use super::users::{AFTER_COLUMNS, COLUMNS, FROM, user};
use super::values::{number, optional, text, time};
use super::{error, names};

pub(super) fn credentials(connection: &Connection, now: Timestamp, who: &Who) -> Result<Option<Credentials>> {
    let (id, values) = names::id_of(who);
    let sql = format!(
        "SELECT {}, u.password, ifnull(a.must_change, 0), u.access_code, c.expires_at, c.tries_left
         FROM {FROM} LEFT JOIN nexus_access_codes c ON c.user_id = u.id WHERE u.id = {id}",
        *COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let read = |row: &Row<'_>| {
        Ok(Credentials {
            user: user(row)?,
            password_hash: text(row, AFTER_COLUMNS)?,
            must_change: number(row, AFTER_COLUMNS + 1)? != 0,
            code: code(row, AFTER_COLUMNS + 2)?.filter(|code| code.expires_at > now),
        })
    };
    let values = active_values(now).into_iter().chain(values);
    statement.query_row(params_from_iter(values), read).optional().map_err(error::of)
}

/// Converts columns to an access code; `None` if the hash, the end or the attempts are missing, or no attempt is
/// left.
fn code(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<AccessCode>> {
    let (Some(hash), Some(expires_at)) = (optional(row, at)?, time(row, at + 1)?) else { return Ok(None) };
    let tries_left = u32::try_from(number(row, at + 2)?).unwrap_or_default();
    Ok((tries_left > 0).then_some(AccessCode { hash, expires_at, tries_left }))
}

pub(super) fn access_codes(connection: &Connection, now: Timestamp) -> Result<Vec<(User, AccessCode)>> {
    let sql = format!(
        "SELECT {}, u.access_code, c.expires_at, c.tries_left
         FROM nexus_access_codes c CROSS JOIN de_torres_vincent_users u ON u.id = c.user_id
           LEFT JOIN nexus_accounts a ON a.user_id = u.id
         WHERE c.expires_at > ? AND c.tries_left > 0 AND u.access_code IS NOT NULL ORDER BY u.id",
        *COLUMNS
    );
    let values = active_values(now).into_iter().chain([Value::Text(to_stored(now))]);
    let read = |row: &Row<'_>| Ok((user(row)?, code(row, AFTER_COLUMNS)?));
    let rows = all(connection, &sql, &values.collect::<Vec<_>>(), read)?;
    Ok(rows.into_iter().filter_map(|(user, code)| Some((user, code?))).collect())
}

/// The admins that are usable but for their passwords, along their index. It takes [`usable_values`].
const USABLE_ADMINS: &str = concat!(
    "SELECT u.password, u.id FROM de_torres_vincent_users u INDEXED BY nexus_users_admin
     WHERE u.access_level = 'admin' AND ",
    usable!()
);

pub(super) fn has_usable_admin(
    connection: &Connection,
    now: Timestamp,
    term: AdminTerm,
    usable: &dyn Fn(UserId, &str) -> bool,
) -> Result<bool> {
    let sql = match term {
        AdminTerm::Now => USABLE_ADMINS.to_owned(),
        AdminTerm::Lasting => format!(
            "{USABLE_ADMINS} AND NOT EXISTS (SELECT 1 FROM nexus_accounts x WHERE x.user_id = u.id AND x.expires_on IS NOT NULL)"
        ),
    };
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let mut rows = statement.query(params_from_iter(usable_values(now))).map_err(error::of)?;
    while let Some(row) = rows.next().map_err(error::of)? {
        let id = UserId(row.get(1).map_err(error::of)?);
        if usable(id, &text(row, 0).map_err(error::of)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn set_password(
    connection: &Connection,
    now: Timestamp,
    id: UserId,
    hash: &str,
    must_change: bool,
) -> Result<()> {
    let sql = "UPDATE de_torres_vincent_users SET password = ?, updated_at = ? WHERE id = ?";
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    one_row(statement.execute(params![hash, to_stored(now), id.0]).map_err(error::of)?)?;
    let sql = "INSERT INTO nexus_accounts (user_id, must_change) VALUES (?1, ?2)
               ON CONFLICT (user_id) DO UPDATE SET must_change = ?2";
    execute(connection, sql, params![id.0, must_change]).map(drop)
}

pub(super) fn set_access_code(
    connection: &Connection,
    now: Timestamp,
    id: UserId,
    code: Option<&AccessCode>,
) -> Result<()> {
    let sql = "UPDATE de_torres_vincent_users SET access_code = ?, updated_at = ? WHERE id = ?";
    let hash = code.map(|code| code.hash.as_str());
    one_row(execute(connection, sql, params![hash, to_stored(now), id.0])?)?;
    match code {
        Some(code) => execute(
            connection,
            "INSERT OR REPLACE INTO nexus_access_codes (user_id, expires_at, tries_left) VALUES (?, ?, ?)",
            params![id.0, to_stored(code.expires_at), code.tries_left],
        ),
        None => execute(connection, "DELETE FROM nexus_access_codes WHERE user_id = ?", params![id.0]),
    }
    .map(drop)
}
