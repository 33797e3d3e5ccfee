//! Usernames and emails: who is called so, which names are taken, and which pairs are too much alike.
//!
//! The unique indexes ignore letter case in ASCII only. Names with other characters have their keys
//! ([`name::key`]) in `nexus_name_keys`; a name in ASCII is its own key but for letter case.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use crate::domain::finding::{Finding, Severity};
use crate::domain::name;
use crate::domain::text::excerpt;
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::Result;

use super::error;
use super::statement::{all, execute, first};
use super::values::{optional, text};

/// A condition or an expression, and the values bound in it, in order.
pub(super) type Sql = (String, Vec<Value>);

/// A name that is not printable ASCII alone, as GLOB tells it; so do the triggers and partial indexes.
pub(super) const UNUSUAL: &str = "'*[^ -~]*'";

/// One of the two columns with names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameColumn {
    Username,
    Email,
}

impl NameColumn {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
        }
    }

    const fn field(self) -> Field {
        match self {
            Self::Username => Field::Username,
            Self::Email => Field::Email,
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Username => Self::Email,
            Self::Email => Self::Username,
        }
    }
}

/// Returns the names among the fields that are set.
pub(super) fn set(fields: &Fields) -> impl Iterator<Item = (NameColumn, &str)> {
    let names = [(NameColumn::Username, &fields.username), (NameColumn::Email, &fields.email)];
    let set = names.into_iter().filter_map(|(column, text)| Some((column, text.as_deref()?)));
    set.filter(|(_, text)| !text.is_empty())
}

/// Returns the names among the fields that are set, and the columns in which no other account may have them: its own,
/// and the other one where it could be taken for that, which needs an `@`.
pub(super) fn claimed(fields: &Fields) -> impl Iterator<Item = (Field, NameColumn, &str)> {
    set(fields).flat_map(|(column, text)| {
        let has_at = if text.is_ascii() { text.contains('@') } else { name::key(text).contains('@') };
        let other = has_at.then(|| column.other());
        std::iter::once(column).chain(other).map(move |among| (column.field(), among, text))
    })
}

/// Returns the query for all accounts whose name in this column has a key.
fn with_key(column: NameColumn, key: &str) -> Sql {
    let column = column.name();
    let keys = "nexus_name_keys k CROSS JOIN de_torres_vincent_users n ON n.id = k.user_id";
    let unfolded = "nexus_name_keys k INDEXED BY nexus_name_keys_unfolded
      CROSS JOIN de_torres_vincent_users n ON n.id = k.user_id";
    // A row that another program replaced may have left its key behind: the name itself decides.
    let sql = format!(
        "SELECT id FROM de_torres_vincent_users WHERE {column} = ? COLLATE NOCASE
         UNION SELECT n.id FROM {keys} WHERE k.{column} = ? AND nexus_key(n.{column}) = ?
         UNION SELECT n.id FROM {unfolded} WHERE k.folded = 0 AND nexus_key(n.{column}) = ?"
    );
    (sql, vec![Value::Text(key.to_owned()); 4])
}

/// Returns the query for the account with this name in this column: an equal name except for ASCII's letter case,
/// otherwise the only one with its key.
fn with_name(column: NameColumn, text: &str) -> Sql {
    let (same, keys) = with_key(column, &name::key(text));
    let sql = format!(
        "ifnull((SELECT id FROM de_torres_vincent_users WHERE {} = ? COLLATE NOCASE),
           (SELECT CASE count(*) WHEN 1 THEN min(id) END FROM ({same})))",
        column.name()
    );
    (sql, [vec![Value::Text(text.to_owned())], keys].concat())
}

/// Returns the expression for the id of an account; NULL if there is none.
pub(super) fn id_of(who: &Who) -> Sql {
    match who {
        Who::Id(id) => ("?".into(), vec![Value::Integer(id.0)]),
        Who::Username(text) => with_name(NameColumn::Username, text),
        Who::Email(text) => {
            let (email, mut values) = with_name(NameColumn::Email, text);
            let (username, more) = with_name(NameColumn::Username, text);
            values.extend(more);
            (format!("ifnull({email}, {username})"), values)
        }
    }
}

/// Returns another account that has this name in this column.
pub(super) fn holder(
    connection: &Connection,
    own: Option<UserId>,
    column: NameColumn,
    text: &str,
) -> Result<Option<UserId>> {
    let (same, mut values) = with_key(column, &name::key(text));
    values.push(own.map_or(Value::Null, |id| Value::Integer(id.0)));
    let sql = format!("SELECT id FROM ({same}) WHERE id IS NOT ? ORDER BY id LIMIT 1");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let found = statement.query_row(params_from_iter(values), |row| row.get(0).map(UserId));
    found.optional().map_err(error::of)
}

/// Returns the first of these names that another account has as its username or email, and that account.
pub(super) fn taken(
    connection: &Connection,
    own: Option<UserId>,
    fields: &Fields,
) -> Result<Option<(Field, UserId)>> {
    for (field, among, text) in claimed(fields) {
        if let Some(id) = holder(connection, own, among, text)? {
            return Ok(Some((field, id)));
        }
    }
    Ok(None)
}

/// The statement that completes a row of the keys.
const FINISHED: &str = "UPDATE nexus_name_keys AS k SET folded = 1,
  username = (SELECT nexus_key(n.username) FROM de_torres_vincent_users n
    WHERE n.id = k.user_id AND n.username GLOB '*[^ -~]*'),
  email = (SELECT nexus_key(n.email) FROM de_torres_vincent_users n
    WHERE n.id = k.user_id AND n.email GLOB '*[^ -~]*')";

/// Finishes the keys of an account.
pub(super) fn finish(connection: &Connection, user: i64) -> Result<()> {
    execute(connection, &format!("{FINISHED} WHERE user_id = ? AND folded = 0"), [user]).map(drop)
}

/// Finishes the keys of up to so many accounts that another program left.
pub(super) fn finish_some(connection: &Connection, most: i64) -> Result<()> {
    let sql =
        format!("{FINISHED} WHERE user_id IN (SELECT user_id FROM nexus_name_keys WHERE folded = 0 LIMIT ?)");
    execute(connection, &sql, [most]).map(drop)
}

/// Works out the keys of accounts that came in while the triggers were away.
pub(super) fn work_out(connection: &Connection, users: &[i64]) -> Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO nexus_name_keys (user_id, folded) SELECT id, 0 FROM de_torres_vincent_users
         WHERE id = ? AND (username GLOB {UNUSUAL} OR email GLOB {UNUSUAL})"
    );
    for user in users {
        execute(connection, &sql, [user])?;
        finish(connection, *user)?;
    }
    Ok(())
}

/// True if the keys of an account are missing or wrong. Those of accounts that are gone do no harm.
pub(super) const WRONG_KEYS: &str = "
  EXISTS (SELECT 1 FROM de_torres_vincent_users u LEFT JOIN nexus_name_keys k ON k.user_id = u.id
    WHERE (u.username GLOB '*[^ -~]*' OR u.email GLOB '*[^ -~]*')
      AND (k.user_id IS NULL OR k.folded <> 0
        AND (k.username IS NOT iif(u.username GLOB '*[^ -~]*', nexus_key(u.username), NULL)
          OR k.email IS NOT iif(u.email GLOB '*[^ -~]*', nexus_key(u.email), NULL))))";

/// Works out all keys again.
pub(super) fn all_keys(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_name_keys;
         INSERT INTO nexus_name_keys (user_id, folded) SELECT id, 0 FROM de_torres_vincent_users
         WHERE username GLOB {UNUSUAL} OR email GLOB {UNUSUAL};
         {FINISHED};"
    );
    connection.execute_batch(&sql).map_err(error::of)
}

/// Drops the keys of an account that is gone.
pub(super) fn forget(connection: &Connection, id: UserId) -> Result<()> {
    execute(connection, "DELETE FROM nexus_name_keys WHERE user_id = ?", [id.0]).map(drop)
}

/// The most findings about names that cannot be told apart, of one kind.
const MOST_FINDINGS: usize = 50;

/// Returns a finding for each name of several accounts that cannot be told apart, and for each username that is the email of
/// another account; of very many the first ones.
pub(super) fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for column in [NameColumn::Username, NameColumn::Email] {
        duplicates(connection, column, &mut found)?;
    }
    emails_of_others(connection, &mut found)?;
    Ok(found)
}

fn duplicates(connection: &Connection, column: NameColumn, found: &mut Vec<Finding>) -> Result<()> {
    let name = column.name();
    let sql = format!(
        "SELECT n.id, n.{name} FROM nexus_name_keys k CROSS JOIN de_torres_vincent_users n ON n.id = k.user_id
         WHERE n.{name} GLOB {UNUSUAL} ORDER BY k.user_id"
    );
    let mut seen = BTreeSet::new();
    each_named(connection, &sql, |id, text| {
        let key = name::key(text);
        let same = ids(connection, column, &key)?;
        if same.len() > 1 && seen.insert(key) {
            let others: Vec<_> = same.iter().filter(|other| **other != id).map(ToString::to_string).collect();
            let message = format!(
                "The {name} {} differs from that of account {} only in letter case or form.",
                excerpt(text),
                others.join(", ")
            );
            found.push(finding(id, column, message));
        }
        Ok(seen.len() < MOST_FINDINGS)
    })
}

fn emails_of_others(connection: &Connection, found: &mut Vec<Finding>) -> Result<()> {
    let sql = "SELECT id, username FROM de_torres_vincent_users WHERE username LIKE '%@%'
               UNION SELECT n.id, n.username FROM nexus_name_keys k CROSS JOIN de_torres_vincent_users n
                 ON n.id = k.user_id WHERE k.username LIKE '%@%' ORDER BY 1";
    let mut rest = MOST_FINDINGS;
    each_named(connection, sql, |id, text| {
        if let Some(owner) = holder(connection, Some(UserId(id)), NameColumn::Email, text)? {
            let message = format!(
                "The username {} is the email of account {owner}, which alone it names.",
                excerpt(text)
            );
            found.push(finding(id, NameColumn::Username, message));
            rest -= 1;
        }
        Ok(rest > 0)
    })
}

/// Passes each row of a query to `take`, until that returns false.
fn each_named(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(i64, &str) -> Result<bool>,
) -> Result<()> {
    let mut statement = connection.prepare(sql).map_err(error::of)?;
    let mut rows = statement.query([]).map_err(error::of)?;
    while let Some(row) = rows.next().map_err(error::of)? {
        let (id, text) = named(row).map_err(error::of)?;
        if !take(id, &text)? {
            break;
        }
    }
    Ok(())
}

fn named(row: &Row<'_>) -> rusqlite::Result<(i64, String)> {
    Ok((row.get(0)?, text(row, 1)?))
}

fn ids(connection: &Connection, column: NameColumn, key: &str) -> Result<Vec<i64>> {
    let (sql, values) = with_key(column, key);
    all(connection, &sql, &values, |row| row.get(0))
}

fn finding(id: i64, column: NameColumn, message: String) -> Finding {
    Finding {
        check: "names",
        severity: Severity::Warning,
        object: format!("account {id}"),
        message,
        fix: format!("nexus user edit {id} --{} NAME", column.name()),
        fixable: false,
    }
}

/// Returns the account's name as it is stored.
pub(super) fn of(connection: &Connection, column: NameColumn, id: UserId) -> Result<Option<String>> {
    let sql = format!("SELECT {} FROM de_torres_vincent_users WHERE id = ?", column.name());
    let found = first(connection, &sql, [id.0], |row| optional(row, 0))?;
    Ok(found.flatten())
}
