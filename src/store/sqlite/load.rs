//! A load of very many rows. Indexes and triggers are dropped before and created again after, because updating them
//! row by row takes ten times as long.
//!
//! While indexes are dropped, a hash set per unique index detects duplicates. A hit restores the index and asks it,
//! so that nothing depends on hashes being different; a source without duplicates, the usual one, never needs it.
//! Usernames and emails are looked up by the hashes of their keys, because no index of a table contains those.
//! Everything happens inside the caller's transaction.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Row};

use crate::domain::bin::DeletionInfo;
use crate::domain::sqlite::quoted;
use crate::domain::time::Timestamp;
use crate::domain::user::UserId;
use crate::store::{Finished, Load, NewDirectory, NewSession, NewUser, Result, StoreError};

use super::name_owners::NameOwners;
use super::names::{self, NameColumn};
use super::statement::all;
use super::unique_set::{Unique, UniqueSet};
use super::values::{number, text};
use super::{account_counts, active_hours, bin, denormalized, directories, error, sessions, settings, users};

/// The maximum number of rows in each of the three tables for which rebuilding the indexes is worthwhile.
pub(super) const FEW_ROWS: u64 = 10_000;

/// An index or a trigger, with the statement that creates it.
#[derive(Debug, PartialEq)]
struct SchemaObject {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

impl SchemaObject {
    /// Returns NEXUS's own definitions on the three tables and on its own tables.
    fn all(connection: &Connection) -> Result<Vec<Self>> {
        let sql = r"SELECT type, name, tbl_name, sql FROM sqlite_schema
                    WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND name LIKE 'nexus\_%' ESCAPE '\'
                      AND (tbl_name LIKE 'de\_torres\_vincent\_%' ESCAPE '\' OR tbl_name LIKE 'nexus\_%' ESCAPE '\')
                    ORDER BY type, rowid";
        let read = |row: &Row<'_>| {
            Ok(Self { kind: text(row, 0)?, name: text(row, 1)?, table: text(row, 2)?, sql: text(row, 3)? })
        };
        all(connection, sql, [], read)
    }

    fn put_away(&self, connection: &Connection) -> Result<()> {
        connection.execute_batch(&format!("DROP {} {}", self.kind, quoted(&self.name))).map_err(error::of)
    }
}

/// A piece of work that is deferred to the end of a load.
#[derive(Debug, PartialEq)]
enum Later {
    /// Creates an index or a trigger again.
    Definition(SchemaObject),
    /// Computes the names of accounts.
    Names,
    /// Computes the tree of directories.
    Directories,
    /// Works out the numbers of accounts by status.
    AccountCounts,
    /// Counts sessions, and the hours in which active ones end.
    ActiveHours,
    /// Fills in the accounts' columns for their newest sessions.
    NewestSessions,
}

impl Later {
    /// Returns the rank of the work: indexes of the three tables, data derived from them, its indexes, and triggers
    /// last, because they would run for every row that is filled in.
    fn turn(&self) -> u8 {
        match self {
            Self::Definition(SchemaObject { kind, table, .. }) if kind == "index" => {
                if table.starts_with("nexus_") { 2 } else { 0 }
            }
            Self::Names | Self::Directories | Self::AccountCounts => 1,
            Self::ActiveHours | Self::NewestSessions => 3,
            Self::Definition(_) => 4,
        }
    }

    fn catch_up(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Definition(definition) => connection.execute_batch(&definition.sql).map_err(error::of),
            Self::Names => denormalized::all_names(connection),
            Self::Directories => denormalized::all_directories(connection),
            Self::AccountCounts => account_counts::recount(connection),
            Self::ActiveHours => active_hours::recount_both(connection),
            Self::NewestSessions => sessions::note_all_newest(connection),
        }
    }

    /// Returns the approximate number of rows to read for it.
    fn rows(&self, connection: &Connection) -> u64 {
        let table = match self {
            Self::Definition(SchemaObject { kind, .. }) if kind != "index" => return 1,
            Self::Definition(definition) => &definition.table,
            Self::Names | Self::AccountCounts | Self::ActiveHours | Self::NewestSessions => "nexus_names",
            Self::Directories => "nexus_directories",
        };
        // What is worked out has a row for each of those that it is worked out of, sooner or later.
        let table = match table {
            "nexus_names" => "de_torres_vincent_users",
            "nexus_directories" => "de_torres_vincent_user_directories",
            table => table,
        };
        let sql = format!("SELECT ifnull(max(rowid), 0) FROM {}", quoted(table));
        // Only the progress bar hangs on it: a table that has no rowid counts as small.
        // Another program may have given any id.
        let last = connection.query_row(&sql, [], |row| row.get(0)).unwrap_or_default();
        u64::try_from(i64::saturating_add(last, 1)).unwrap_or_default()
    }
}

/// A load under way.
pub(super) struct Loading<'a> {
    connection: &'a Connection,
    /// True if SQLite checks the account of every session and directory.
    checks_owners: bool,
    /// True if indexes and triggers are dropped, as they are unless the store has many rows already.
    defers_indexes: bool,
    /// The work that is left for the end, in order.
    deferred: Vec<Later>,
    /// The hash sets. A unique index without one must be asked itself.
    unique_sets: Vec<UniqueSet>,
    /// The accounts by name, while indexes are dropped and more accounts follow.
    name_owners: Option<NameOwners>,
    /// The accounts with names whose keys must still be computed.
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
        let new = self.unique_set(unique).is_some_and(|unique_set| unique_set.add(value));
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
        let id = users::insert_row(self.connection, user)?;
        let Some(name_owners) = self.name_owners()? else {
            users::finish_row(self.connection, id, &user.fields)?;
            return Ok(id);
        };
        let mut is_usual = true;
        for (column, text) in names::set(&user.fields) {
            name_owners.add(column, text, id.0);
            is_usual &= text.is_ascii();
        }
        if !is_usual {
            self.unusual.push(id.0);
        }
        Ok(id)
    }

    fn note_user(&mut self, id: UserId, must_change: bool, last_seen: Option<Timestamp>) -> Result<()> {
        users::note(self.connection, id, must_change, last_seen)
    }

    fn insert_session(&mut self, mut session: NewSession) -> Result<i64> {
        self.take_belongings(&[])?;
        self.is_new(Unique::Token, &session.digest)?;
        match sessions::insert(self.connection, &session) {
            Err(StoreError::Duplicate(error::ID)) => {
                session.id = None;
                sessions::insert(self.connection, &session)
            }
            inserted => inserted,
        }
    }

    fn insert_directory(&mut self, mut directory: NewDirectory) -> Result<i64> {
        self.take_belongings(&[Unique::Token])?;
        self.is_new(Unique::DirectoryId, &directory.directory_id)?;
        match directories::insert(self.connection, &directory) {
            Err(StoreError::Duplicate(error::ID)) => {
                directory.id = None;
                directories::insert(self.connection, &directory)
            }
            inserted => inserted,
        }
    }

    fn finish_some(&mut self) -> Result<Option<Finished>> {
        if self.deferred.is_empty() {
            return Ok(None);
        }
        if !self.is_finishing {
            self.is_finishing = true;
            self.unique_sets.clear();
            self.name_owners = None;
            names::work_out(self.connection, &std::mem::take(&mut self.unusual))?;
        }
        let next = self.deferred.remove(0);
        self.finished_rows = self.finished_rows.saturating_add(next.rows(self.connection));
        next.catch_up(self.connection)?;
        let rows = self.deferred.iter().map(|later| later.rows(self.connection));
        let total = rows.fold(self.finished_rows, u64::saturating_add);
        Ok(Some(Finished { done: self.finished_rows, total }))
    }
}

/// Returns true if none of the three tables has more rows.
fn none_has_more(connection: &Connection, rows: u64) -> Result<bool> {
    for table in
        ["de_torres_vincent_users", "de_torres_vincent_session_tokens", "de_torres_vincent_user_directories"]
    {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {rows} + 1)");
        let found = connection.query_row(&sql, [], |row| number(row, 0)).map_err(error::of)?;
        if found > rows {
            return Ok(false);
        }
    }
    Ok(true)
}
