//! Queries and changes of accounts.

use std::borrow::Cow;
use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, Statement, params, params_from_iter};

use crate::domain::filter::{Filter, ListKind};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{
    AccessLevel, AccountNames, FIELDS, Field, FieldSpec, FieldTable, Fields, Status, User, UserColumn,
    UserId, Who,
};
use crate::store::{AccountNotes, ListOf, NewUser, Result, StoreError};

use super::filter::{Condition, list_name};
use super::keyset::{About, Order};
use super::moments::{CREATED, UPDATED, active, active_values, idle_at};
use super::statement::{all, execute, first, one_row};
use super::values::{day, number, optional, text, time, word};
use super::window::{KeysetScan, List};
use super::{account_counts, denormalized, error, names, sort_orders};

/// An account with what NEXUS knows about it.
pub(super) const FROM: &str = "de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
  LEFT JOIN nexus_names k ON k.user_id = u.id";

/// The columns of an account: first the fields, in the order of [`FIELDS`]. The number of active sessions takes
/// [`active_values`].
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let column = |spec: &FieldSpec| match spec.table {
        FieldTable::Users => format!("u.{}, ", spec.column),
        FieldTable::Notes => format!("a.{}, ", spec.column),
    };
    FIELDS.iter().map(column).collect::<String>()
        + concat!(
            "u.id, u.created_at, u.updated_at, a.last_seen, ",
            idle_at!("u.id"),
            ",
  (SELECT count(*) FROM de_torres_vincent_session_tokens s WHERE s.user_id = u.id AND ",
            active!(),
            ")"
        )
});

/// Returns the fields that stand in a table.
pub(super) fn fields_in(table: FieldTable) -> impl Iterator<Item = &'static FieldSpec> {
    FIELDS.iter().filter(move |spec| spec.table == table)
}

/// Returns the columns of the fields in the users table, each before a comma.
pub(super) fn field_columns() -> String {
    fields_in(FieldTable::Users).flat_map(|spec| [spec.column, ", "]).collect()
}

/// The position of the first column behind the fields.
const AFTER_FIELDS: usize = FIELDS.len();
/// The position of the first column behind those of the account.
pub(super) const AFTER_COLUMNS: usize = AFTER_FIELDS + 6;

/// Reads an account from [`COLUMNS`].
pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    // Positions rather than names: a list reads a million rows, and names are compared one by one.
    let at = |field: Field| field as usize;
    Ok(User {
        id: UserId(row.get(AFTER_FIELDS)?),
        first_name: text(row, at(Field::FirstName))?,
        last_name: text(row, at(Field::LastName))?,
        username: optional(row, at(Field::Username))?,
        email: text(row, at(Field::Email))?,
        contact_number: optional(row, at(Field::ContactNumber))?,
        address: optional(row, at(Field::Address))?,
        level: word(row, at(Field::AccessLevel), AccessLevel::parse)?.unwrap_or(AccessLevel::User),
        status: word(row, at(Field::Status), Status::parse)?.unwrap_or(Status::Suspended),
        valid_from: day(row, at(Field::ValidFrom))?,
        expires_on: day(row, at(Field::ExpiresOn))?,
        note: optional(row, at(Field::Note))?,
        created_at: time(row, AFTER_FIELDS + 1)?,
        updated_at: time(row, AFTER_FIELDS + 2)?,
        last_seen: time(row, AFTER_FIELDS + 3)?,
        idle_at: time(row, AFTER_FIELDS + 4)?,
        active_sessions: number(row, AFTER_FIELDS + 5)?,
    })
}

/// First and last name, as their index holds them.
const FIRST_NAMES: &str = "substr(k.words, 1, instr(k.words, char(10)) - 1)";

/// Returns the query for the accounts in an order and filter.
pub(super) fn list(now: Timestamp, list: &ListOf<UserColumn>) -> List<'static> {
    let key = match list.sort.column {
        // Which accounts have sessions changes with the time: `by_sessions` sorts them.
        UserColumn::Id | UserColumn::Sessions => None,
        UserColumn::Username => Some("u.username COLLATE NOCASE"),
        UserColumn::Name => Some("k.name"),
        UserColumn::Email => Some("u.email COLLATE NOCASE"),
        UserColumn::Status => Some("u.status"),
        UserColumn::Level => Some("u.access_level"),
        UserColumn::FirstName => Some(FIRST_NAMES),
        UserColumn::Created => Some(CREATED),
        UserColumn::Updated => Some(UPDATED),
        UserColumn::LastSeen => Some("a.last_seen"),
        UserColumn::Phone => Some("u.contact_number"),
    };
    let is_timed = list.sort.column == UserColumn::Sessions;
    // Sessions end although nothing is written.
    let minute = if is_timed { now.timestamp().div_euclid(60).to_string() } else { String::new() };
    let condition = Condition::of(ListKind::Users, now, &list.filter, list.scope);
    let order = Order { ranges: sort_orders::of_users(list.sort.column), descending: list.sort.descending };
    List {
        table: account_counts::TABLE,
        from: FROM,
        find_from: FROM,
        id: "u.id",
        key,
        descending: list.sort.descending,
        scan: (condition.is_everything() && !is_timed).then(|| KeysetScan {
            order,
            only: condition.clone(),
            about: About::Scanned,
            active_at: None,
        }),
        columns: &COLUMNS,
        column_values: active_values(now).to_vec(),
        condition,
        unfiltered: Condition::of(ListKind::Users, now, &Filter::default(), list.scope),
        name: list_name(ListKind::Users, now, list) + &minute,
    }
}

pub(super) fn ids(connection: &Connection, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
    list(now, &ListOf { filter: filter.clone(), ..ListOf::default() }).ids(connection)
}

pub(super) fn find(connection: &Connection, now: Timestamp, who: &Who) -> Result<Option<User>> {
    let (id, values) = names::id_of(who);
    let values = active_values(now).into_iter().chain(values);
    let sql = match who {
        Who::Id(_) => Cow::Borrowed(FIND_BY_ID.as_str()),
        Who::Username(_) | Who::Email(_) => Cow::Owned(find_sql(&id)),
    };
    first(connection, &sql, params_from_iter(values), user)
}

/// Returns the names of an account. A statement about all of it takes SQLite as long to prepare as all else of a token check.
pub(super) fn names_of(connection: &Connection, id: UserId) -> Result<Option<AccountNames>> {
    let sql = "SELECT username, email FROM de_torres_vincent_users WHERE id = ?";
    let names = |row: &Row<'_>| Ok(AccountNames { username: optional(row, 0)?, email: text(row, 1)? });
    first(connection, sql, [id.0], names)
}

/// The query for an account by its id, which actions on many accounts ask for each.
static FIND_BY_ID: LazyLock<String> = LazyLock::new(|| find_sql("?"));

/// Returns the query for the account whose id is this expression.
fn find_sql(id: &str) -> String {
    format!("SELECT {} FROM {FROM} WHERE u.id = {id}", *COLUMNS)
}

/// Returns the first pending accounts in id order, in which they were added.
pub(super) fn waiting(connection: &Connection, now: Timestamp, most: usize) -> Result<Vec<User>> {
    let sql = format!(
        "SELECT {} FROM de_torres_vincent_users u INDEXED BY nexus_users_status
           LEFT JOIN nexus_accounts a ON a.user_id = u.id
         WHERE u.status = 'pending' ORDER BY u.id LIMIT ?",
        *COLUMNS
    );
    let values = [active_values(now).to_vec(), vec![Value::Integer(most as i64)]].concat();
    all(connection, &sql, &values, user)
}

pub(super) fn insert(connection: &Connection, new: &NewUser) -> Result<UserId> {
    check_taken(connection, None, &new.fields)?;
    let id = insert_row(connection, new)?;
    finish_row(connection, id, &new.fields)?;
    Ok(id)
}

/// Completes the data that triggers derive from a new account's row.
pub(super) fn finish_row(connection: &Connection, id: UserId, fields: &Fields) -> Result<()> {
    // Of ASCII they have left nothing to do.
    if fields.values().all(|(_, text)| text.is_ascii()) {
        Ok(())
    } else {
        denormalized::finish(connection, id.0)
    }
}

/// Inserts the row of an account whose username and email are free; the data derived from it is not completed.
pub(super) fn insert_row(connection: &Connection, new: &NewUser) -> Result<UserId> {
    let mut statement = connection.prepare_cached(&INSERT).map_err(error::of)?;
    insert_row_by(connection, &mut statement, new)
}

/// Inserts such a row by a statement that is [`INSERT`].
pub(super) fn insert_row_by(
    connection: &Connection,
    statement: &mut Statement<'_>,
    new: &NewUser,
) -> Result<UserId> {
    let created = to_stored(new.created_at);
    let updated = new.updated_at.map(to_stored);
    let own = fields_in(FieldTable::Users).map(|spec| spec.new_value(&new.fields));
    let others = [new.password_hash.as_str(), &created, updated.as_ref().unwrap_or(&created)];
    statement.raw_bind_parameter(1, new.id.map(|id| id.0)).map_err(error::of)?;
    for (at, value) in own.chain(others.map(Some)).enumerate() {
        statement.raw_bind_parameter(at + 2, value).map_err(error::of)?;
    }
    statement.raw_execute().map_err(error::of)?;
    let id = UserId(connection.last_insert_rowid());
    note_fields(connection, id, &new.fields)?;
    Ok(id)
}

/// Stores the set fields that stand beside the users table; an empty text is no value.
fn note_fields(connection: &Connection, id: UserId, fields: &Fields) -> Result<()> {
    for spec in fields_in(FieldTable::Notes) {
        let Some(text) = spec.value(fields) else { continue };
        let sql = format!(
            "INSERT INTO nexus_accounts (user_id, {0}) VALUES (?1, nullif(?2, ''))
             ON CONFLICT (user_id) DO UPDATE SET {0} = nullif(?2, '')",
            spec.column
        );
        execute(connection, &sql, params![id.0, text])?;
    }
    Ok(())
}

/// Inserts the id, the fields of the users table in the order of [`FIELDS`], the password, and the times of creation and
/// change.
pub(super) static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns = field_columns();
    let places = "?, ".repeat(fields_in(FieldTable::Users).count());
    format!(
        "INSERT INTO de_torres_vincent_users (id, {columns}password, created_at, updated_at)
         VALUES (?, {places}?, ?, ?)"
    )
});

pub(super) fn update(connection: &Connection, now: Timestamp, id: UserId, fields: &Fields) -> Result<()> {
    check_taken(connection, Some(id), fields)?;
    let own = fields.values().filter(|(spec, _)| spec.table == FieldTable::Users);
    let set = own.map(|(spec, text)| {
        // An optional field that is set to nothing becomes NULL.
        let is_cleared = text.is_empty() && !spec.required;
        let value = if is_cleared { Value::Null } else { Value::Text(text.to_owned()) };
        (format!("{} = ?, ", spec.column), value)
    });
    let (columns, mut values): (Vec<_>, Vec<_>) = set.unzip();
    values.extend([Value::Text(to_stored(now)), Value::Integer(id.0)]);
    let sql = format!("UPDATE de_torres_vincent_users SET {}updated_at = ? WHERE id = ?", columns.concat());
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    one_row(statement.execute(params_from_iter(values)).map_err(error::of)?)?;
    note_fields(connection, id, fields)?;
    let is_renamed = fields.values().any(|(spec, _)| is_name(spec.field));
    if is_renamed { denormalized::finish(connection, id.0) } else { Ok(()) }
}

/// Returns true for a field that the names in searches and lists are derived from.
const fn is_name(field: Field) -> bool {
    match field {
        Field::FirstName | Field::LastName | Field::Username | Field::Email => true,
        Field::ContactNumber
        | Field::Address
        | Field::AccessLevel
        | Field::Status
        | Field::ValidFrom
        | Field::ExpiresOn
        | Field::Note
        | Field::Password
        | Field::DirectoryName
        | Field::Span
        | Field::Label => false,
    }
}

/// Refuses a username or an email that another account has, as either of them.
pub(super) fn check_taken(connection: &Connection, own: Option<UserId>, fields: &Fields) -> Result<()> {
    match names::taken(connection, own, fields)? {
        Some((field, _)) => Err(StoreError::Taken(field)),
        None => Ok(()),
    }
}

/// Notes what is not in the row of a new account.
pub(super) fn note(connection: &Connection, id: UserId, notes: AccountNotes) -> Result<()> {
    if notes == AccountNotes::default() {
        return Ok(());
    }
    let AccountNotes { must_change, last_seen, idle_from } = notes;
    let sql =
        "INSERT INTO nexus_accounts (user_id, must_change, last_seen, idle_from) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (user_id) DO UPDATE SET must_change = ?2, last_seen = ?3, idle_from = ?4";
    execute(connection, sql, params![id.0, must_change, last_seen.map(to_stored), idle_from.map(to_stored)])
        .map(drop)
}

pub(super) fn saw(connection: &Connection, now: Timestamp, id: UserId) -> Result<()> {
    let sql = "INSERT INTO nexus_accounts (user_id, last_seen) VALUES (?1, ?2)
               ON CONFLICT (user_id) DO UPDATE SET last_seen = ?2";
    execute(connection, sql, params![id.0, to_stored(now)]).map(drop)
}
