//! A load of very many rows. Indexes and triggers are dropped before and created again after, because updating them
//! row by row takes ten times as long.
//!
//! While indexes are dropped, a hash set per unique index detects duplicates. A hit restores the index and asks it,
//! so that nothing depends on hashes being different; a source without duplicates, the usual one, never needs it.
//! Usernames and emails are looked up by the hashes of their keys, because no index of a table contains those. Most of the
//! hashes of very many rows stand in a file, so that a load takes the same memory whatever their number.
//! Everything happens inside the caller's transaction.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Statement};

use crate::domain::bin::DeletionInfo;
use crate::domain::stored_table::StoredTable;
use crate::domain::user::UserId;
use crate::store::{AccountNotes, Finished, Load, NewDirectory, NewSession, NewUser, Result, StoreError};

use super::name_owners::NameOwners;
use super::names::{self, NameColumn};
use super::unique_set::{Unique, UniqueSet};
use super::values::number;
use super::{bin, directories, error, schema, sessions, settings, users};
use deferred::{Later, SchemaObject};

mod deferred;

/// The maximum number of rows in each of the three tables for which rebuilding the indexes is worthwhile.
pub(super) const FEW_ROWS: u64 = 10_000;
/// The most accounts that are noted because their names have keys; with more of them those of all are computed again.
const MOST_UNUSUAL: usize = 1 << 16;

/// A load under way.
pub(super) struct Loading<'a> {
    connection: &'a Connection,
    /// True if SQLite checks the account of every session and directory.
    checks_owners: bool,
    /// True if indexes and triggers are dropped, as they are unless the store has many rows already.
    defers_indexes: bool,
    /// The statements that insert rows, once they are needed.
    inserts: Inserts<'a>,
    /// The work that is left for the end, in order.
    deferred: Vec<Later>,
    /// The hash sets. A unique index without one must be asked itself.
    unique_sets: Vec<UniqueSet>,
    /// The accounts by name, while indexes are dropped and more accounts follow.
    name_owners: Option<NameOwners>,
    /// The accounts with names whose keys must still be computed, or one more than [`MOST_UNUSUAL`] of them.
    unusual: Vec<i64>,
    /// True if no more rows follow.
    is_finishing: bool,
    /// The number of rows for which deferred work was done since then.
    finished_rows: u64,
}

impl<'a> Loading<'a> {
    /// Begins a load. If no table has more than `few` rows, the indexes are rebuilt at the end.
    pub(super) fn begin(connection: &'a Connection, few: u64) -> Result<Self> {
        let mut loading = Self {
            connection,
            checks_owners: true,
            defers_indexes: none_has_more(connection, few)?,
            inserts: Inserts::default(),
            deferred: vec![Later::NewestSessions],
            unique_sets: Vec::new(),
            name_owners: None,
            unusual: Vec::new(),
            is_finishing: false,
            finished_rows: 0,
        };
        if loading.defers_indexes {
            settings::load(connection, true)?;
            for unique in Unique::ALL {
                loading.unique_sets.push(UniqueSet::of(connection, unique)?);
            }
            for definition in SchemaObject::all(connection)? {
                definition.put_away(connection)?;
                loading.deferred.push(Later::Definition(definition));
            }
            settings::ignore_checks(connection, are_checks_our_own(connection)?)?;
            loading.deferred.extend([
                Later::Names,
                Later::Directories,
                Later::AccountCounts,
                Later::ActiveHours,
            ]);
            loading.deferred.sort_by_key(Later::turn);
        }
        Ok(loading)
    }

    /// Switches the check of foreign keys. Unlike SQLite's pragma, this works within a transaction, too.
    fn check_owners(&mut self, check: bool) -> Result<()> {
        if self.checks_owners != check {
            let switch = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
            self.connection.set_db_config(switch, check).map_err(error::of)?;
            self.checks_owners = check;
        }
        Ok(())
    }

    fn unique_set(&mut self, unique: Unique) -> Option<&mut UniqueSet> {
        self.unique_sets.iter_mut().find(|unique_set| unique_set.unique == unique)
    }

    /// Frees the hash sets that are no longer needed. If one is needed again after all, its index is restored.
    fn forget(&mut self, served: &[Unique]) {
        self.unique_sets.retain(|unique_set| !served.contains(&unique_set.unique));
    }

    /// Prepares for rows of accounts that all exist: checking each account again would take longer than everything
    /// else.
    fn take_belongings(&mut self, served: &[Unique]) -> Result<()> {
        self.forget(served);
        self.name_owners = None;
        self.check_owners(false)
    }

    /// Adds a value that will be inserted. Returns true if no row has it for certain; otherwise the index has been
    /// restored.
    fn is_new(&mut self, unique: Unique, value: &str) -> Result<bool> {
        let new = match self.unique_set(unique) {
            Some(unique_set) => unique_set.add(value)?,
            None => false,
        };
        if !new {
            self.bring_back(unique)?;
        }
        Ok(new)
    }

    fn bring_back(&mut self, unique: Unique) -> Result<()> {
        let is_it = |later: &Later| matches!(later, Later::Definition(it) if it.name == unique.index());
        match self.deferred.iter().position(is_it) {
            Some(at) => self.deferred.remove(at).catch_up(self.connection),
            None => Ok(()),
        }
    }

    /// Returns the accounts by name, if no index has them.
    fn name_owners(&mut self) -> Result<Option<&mut NameOwners>> {
        if !self.defers_indexes {
            return Ok(None);
        }
        if self.name_owners.is_none() {
            self.name_owners = Some(NameOwners::of(self.connection)?);
        }
        Ok(self.name_owners.as_mut())
    }

    fn holder(&mut self, column: NameColumn, text: &str) -> Result<Option<UserId>> {
        let connection = self.connection;
        match self.name_owners()? {
            Some(name_owners) => name_owners.owner(connection, column, text),
            None => names::holder(connection, None, column, text),
        }
    }
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        // They cannot fail on a connection that is open.
        let _ = self.check_owners(true);
        if self.defers_indexes {
            let _ = settings::ignore_checks(self.connection, false);
            let _ = settings::load(self.connection, false);
        }
    }
}

impl Load for Loading<'_> {
    fn total_work(&self, input: u64) -> u64 {
        // The deferred half takes about as long as reading the input.
        if self.defers_indexes { 2 * input } else { input }
    }

    fn holder_of_username(&mut self, username: &str) -> Result<Option<UserId>> {
        self.holder(NameColumn::Username, username)
    }

    fn holder_of_email(&mut self, email: &str) -> Result<Option<UserId>> {
        self.holder(NameColumn::Email, email)
    }

    fn bin_user(&mut self, id: UserId, info: &DeletionInfo) -> Result<()> {
        self.check_owners(true)?;
        let counts = (sessions::count_of(self.connection, id)?, directories::count(self.connection, id)?);
        bin::put_account(self.connection, None, id, counts, info)?;
        // The trigger that does it may be away.
        names::forget(self.connection, id)
    }

    fn insert_user(&mut self, user: &NewUser) -> Result<UserId> {
        for (field, among, text) in names::claimed(&user.fields) {
            if self.holder(among, text)?.is_some() {
                return Err(StoreError::Taken(field));
            }
        }
        let statement = prepared(&mut self.inserts.user, self.connection, &users::INSERT)?;
        let id = users::insert_row_by(self.connection, statement, user)?;
        let Some(name_owners) = self.name_owners()? else {
            users::finish_row(self.connection, id, &user.fields)?;
            return Ok(id);
        };
        let mut is_usual = true;
        for (column, text) in names::set(&user.fields) {
            name_owners.add(column, text, id.0)?;
            is_usual &= text.is_ascii();
        }
        if !is_usual && self.unusual.len() <= MOST_UNUSUAL {
            self.unusual.push(id.0);
        }
        Ok(id)
    }

    fn note_user(&mut self, id: UserId, notes: AccountNotes) -> Result<()> {
        users::note(self.connection, id, notes)
    }

    fn insert_session(&mut self, mut session: NewSession) -> Result<i64> {
        self.take_belongings(&[])?;
        self.is_new(Unique::Token, &session.digest)?;
        let statement = prepared(&mut self.inserts.session, self.connection, sessions::INSERT)?;
        match sessions::insert_by(self.connection, statement, &session) {
            Err(StoreError::Duplicate(error::ID)) => {
                session.id = None;
                sessions::insert_by(self.connection, statement, &session)
            }
            inserted => inserted,
        }
    }

    fn insert_directory(&mut self, mut directory: NewDirectory) -> Result<i64> {
        self.take_belongings(&[Unique::Token])?;
        self.is_new(Unique::DirectoryId, &directory.directory_id)?;
        let statement = prepared(&mut self.inserts.directory, self.connection, directories::INSERT)?;
        let id = match directories::insert_row_by(self.connection, statement, &directory) {
            Err(StoreError::Duplicate(error::ID)) => {
                directory.id = None;
                directories::insert_row_by(self.connection, statement, &directory)
            }
            inserted => inserted,
        }?;
        if !self.defers_indexes {
            directories::finish_row(self.connection, id, directory.name())?;
        }
        Ok(id)
    }

    fn finish_some(&mut self) -> Result<Option<Finished>> {
        if self.deferred.is_empty() {
            return Ok(None);
        }
        if !self.is_finishing {
            self.is_finishing = true;
            self.unique_sets.clear();
            self.name_owners = None;
            self.inserts = Inserts::default();
            settings::ignore_checks(self.connection, false)?;
            match std::mem::take(&mut self.unusual) {
                many if many.len() > MOST_UNUSUAL => names::all_keys(self.connection)?,
                few => names::work_out(self.connection, &few)?,
            }
        }
        let next = self.deferred.remove(0);
        self.finished_rows = self.finished_rows.saturating_add(next.rows(self.connection));
        if next.is_index() {
            settings::sort(self.connection)?;
        }
        next.catch_up(self.connection)?;
        if self.defers_indexes {
            settings::load(self.connection, true)?;
        }
        let rows = self.deferred.iter().map(|later| later.rows(self.connection));
        let total = rows.fold(self.finished_rows, u64::saturating_add);
        Ok(Some(Finished { done: self.finished_rows, total }))
    }
}

/// The statements that insert rows, each once it is needed.
#[derive(Default)]
struct Inserts<'a> {
    user: Option<Statement<'a>>,
    session: Option<Statement<'a>>,
    directory: Option<Statement<'a>>,
}

/// Returns the statement of these, and prepares it if it is the first time.
fn prepared<'s, 'a>(
    statement: &'s mut Option<Statement<'a>>,
    connection: &'a Connection,
    sql: &str,
) -> Result<&'s mut Statement<'a>> {
    let ready = match statement.take() {
        Some(ready) => ready,
        None => connection.prepare(sql).map_err(error::of)?,
    };
    Ok(statement.insert(ready))
}

/// Returns true if no row of the three tables can break a CHECK but for those of NEXUS's own, whose values are of types that
/// fit them. To check them would make a table for each row.
fn are_checks_our_own(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger')";
    let mut are_foreign: bool = connection.query_row(sql, [], |row| row.get(0)).map_err(error::of)?;
    for table in StoredTable::ALL {
        are_foreign |= !schema::foreign_columns(connection, table.name())?.is_empty();
    }
    Ok(!are_foreign)
}

/// Returns true if none of the three tables has more rows.
fn none_has_more(connection: &Connection, rows: u64) -> Result<bool> {
    for table in StoredTable::ALL {
        let table = table.name();
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {rows} + 1)");
        let found = connection.query_row(&sql, [], |row| number(row, 0)).map_err(error::of)?;
        if found > rows {
            return Ok(false);
        }
    }
    Ok(true)
}
