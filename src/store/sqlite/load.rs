//! Very many rows at once: indexes and triggers are put away before and built again after, for keeping them up row by
//! row costs ten times as much.
//!
//! Meanwhile a set of hashes stands in for each unique index: a value whose hash is new is new. One whose hash is known
//! is looked up, and for that the index is brought back there and then: so nothing rests on hashes that differ, and a
//! source without repetitions, as sources are, never needs it. Usernames and emails are looked up by the hashes of their
//! keys, for no index of a table holds those. All of it happens inside the caller's transaction.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Row};

use crate::domain::bin::DeletionInfo;
use crate::domain::sqlite::quoted;
use crate::domain::user::UserId;
use crate::store::{Finished, Load, NewDirectory, NewSession, NewUser, Result, StoreError};

use super::holders::Holders;
use super::names::{self, Column};
use super::statement::all;
use super::values::{number, text};
use super::{bin, denormalized, directories, error, sessions, users};

/// With more rows than this in one of the three tables, building the indexes anew would not pay.
pub(super) const FEW_ROWS: u64 = 10_000;
/// A unique index, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unique {
    Token,
    DirectoryId,
}

impl Unique {
    const ALL: [Self; 2] = [Self::Token, Self::DirectoryId];

    const fn index(self) -> &'static str {
        match self {
            Self::Token => "nexus_sessions_token",
            Self::DirectoryId => "nexus_directories_id",
        }
    }

    /// All values of the column.
    const fn values(self) -> &'static str {
        match self {
            Self::Token => "SELECT session_token FROM de_torres_vincent_session_tokens",
            Self::DirectoryId => "SELECT directory_id FROM de_torres_vincent_user_directories",
        }
    }
}

/// The hashes of all values that a unique index would hold.
struct UniqueSet {
    unique: Unique,
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl UniqueSet {
    fn of(connection: &Connection, unique: Unique) -> Result<Self> {
        let mut unique_set = Self { unique, hasher: RandomState::new(), hashes: HashSet::new() };
        let mut statement = connection.prepare(unique.values()).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            unique_set.add(&text(row, 0).map_err(error::of)?);
        }
        Ok(unique_set)
    }

    /// Whether it is new.
    fn add(&mut self, value: &str) -> bool {
        self.hashes.insert(self.hasher.hash_one(value))
    }
}

/// An index or a trigger, and the statement that makes it.
#[derive(Debug, PartialEq)]
struct Definition {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

impl Definition {
    /// Those of NEXUS's own that hang on the three tables and on its own ones.
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

/// What is put off to the end of a load.
#[derive(Debug, PartialEq)]
enum Later {
    /// An index or a trigger comes back.
    Definition(Definition),
    /// The names of accounts are worked out.
    Names,
    /// The tree of directories is worked out.
    Directories,
    /// The accounts' columns for their newest sessions are filled in.
    NewestSessions,
}

impl Later {
    /// In which order: indexes of the three tables, what is worked out with them, its indexes, and triggers last, which
    /// would follow every row that is filled in.
    fn turn(&self) -> u8 {
        match self {
            Self::Definition(Definition { kind, table, .. }) if kind == "index" => {
                if table.starts_with("nexus_") { 2 } else { 0 }
            }
            Self::Names | Self::Directories => 1,
            Self::NewestSessions => 3,
            Self::Definition(_) => 4,
        }
    }

    fn catch_up(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Definition(definition) => connection.execute_batch(&definition.sql).map_err(error::of),
            Self::Names => denormalized::all_names(connection),
            Self::Directories => denormalized::all_directories(connection),
            Self::NewestSessions => sessions::note_all_newest(connection),
        }
    }

    /// About how many rows must be read for it.
    fn rows(&self, connection: &Connection) -> u64 {
        let table = match self {
            Self::Definition(Definition { kind, .. }) if kind != "index" => return 1,
            Self::Definition(definition) => &definition.table,
            Self::Names | Self::NewestSessions => "nexus_names",
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
        1 + connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap_or_default() as u64
    }
}

/// A load under way.
pub(super) struct Loading<'a> {
    connection: &'a Connection,
    /// Whether SQLite looks up the account of every session and directory.
    checks_owners: bool,
    /// Whether indexes and triggers are put away; not in a store that has many rows already.
    defers_indexes: bool,
    /// What is left for the end, in order.
    deferred: Vec<Later>,
    /// A unique index that has none must be asked itself.
    stand_ins: Vec<UniqueSet>,
    /// The accounts by their names, while their indexes are away and accounts still come.
    holders: Option<Holders>,
    /// Accounts that came with names whose keys are to be worked out.
    unusual: Vec<i64>,
    /// Whether no more rows come.
    settling: bool,
    /// Rows for which something was built since then.
    settled: u64,
}

impl<'a> Loading<'a> {
    /// A store with at most `few` rows in each table gets its indexes built anew at the end.
    pub(super) fn begin(connection: &'a Connection, few: u64) -> Result<Self> {
        let mut loading = Self {
            connection,
            checks_owners: true,
            defers_indexes: none_has_more(connection, few)?,
            deferred: vec![Later::NewestSessions],
            stand_ins: Vec::new(),
            holders: None,
            unusual: Vec::new(),
            settling: false,
            settled: 0,
        };
        if loading.defers_indexes {
            for unique in Unique::ALL {
                loading.stand_ins.push(UniqueSet::of(connection, unique)?);
            }
            for definition in Definition::all(connection)? {
                definition.put_away(connection)?;
                loading.deferred.push(Later::Definition(definition));
            }
            loading.deferred.extend([Later::Names, Later::Directories]);
            loading.deferred.sort_by_key(Later::turn);
        }
        Ok(loading)
    }

    /// Unlike SQLite's pragma, this holds within a transaction, too.
    fn check_owners(&mut self, check: bool) -> Result<()> {
        if self.checks_owners != check {
            let switch = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
            self.connection.set_db_config(switch, check).map_err(error::of)?;
            self.checks_owners = check;
        }
        Ok(())
    }

    fn unique_set(&mut self, unique: Unique) -> Option<&mut UniqueSet> {
        self.stand_ins.iter_mut().find(|unique_set| unique_set.unique == unique)
    }

    /// Gives the memory of stand-ins back that have served. If one is needed again after all, its index comes back.
    fn forget(&mut self, served: &[Unique]) {
        self.stand_ins.retain(|unique_set| !served.contains(&unique_set.unique));
    }

    /// Rows of accounts that are all there: to look each up again would take longer than all else.
    fn take_belongings(&mut self, served: &[Unique]) -> Result<()> {
        self.forget(served);
        self.holders = None;
        self.check_owners(false)
    }

    /// Notes a value that is about to be stored. Whether no row has it for sure; if not, the index is there to tell.
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

    /// Returns the accounts by their names, where no index tells.
    fn holders(&mut self) -> Result<Option<&mut Holders>> {
        if !self.defers_indexes {
            return Ok(None);
        }
        if self.holders.is_none() {
            self.holders = Some(Holders::of(self.connection)?);
        }
        Ok(self.holders.as_mut())
    }

    fn holder(&mut self, column: Column, text: &str) -> Result<Option<UserId>> {
        let connection = self.connection;
        match self.holders()? {
            Some(holders) => holders.holder(connection, column, text),
            None => names::holder(connection, None, column, text),
        }
    }
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        // It cannot fail on a connection that is open.
        let _ = self.check_owners(true);
    }
}

impl Load for Loading<'_> {
    fn total_work(&self, input: u64) -> u64 {
        // The deferred half takes about as long as reading the input.
        if self.defers_indexes { 2 * input } else { input }
    }

    fn holder_of_username(&mut self, username: &str) -> Result<Option<UserId>> {
        self.holder(Column::Username, username)
    }

    fn holder_of_email(&mut self, email: &str) -> Result<Option<UserId>> {
        self.holder(Column::Email, email)
    }

    fn bin_user(&mut self, id: UserId, slip: &DeletionInfo) -> Result<()> {
        self.check_owners(true)?;
        let counts = (sessions::count_of(self.connection, id)?, directories::count(self.connection, id)?);
        bin::put_account(self.connection, None, id, counts, slip)?;
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
        let Some(holders) = self.holders()? else {
            users::finish_row(self.connection, id, &user.fields)?;
            return Ok(id);
        };
        let mut is_usual = true;
        for (column, text) in names::set(&user.fields) {
            holders.add(column, text, id.0);
            is_usual &= text.is_ascii();
        }
        if !is_usual {
            self.unusual.push(id.0);
        }
        Ok(id)
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
        if !self.settling {
            self.settling = true;
            self.stand_ins.clear();
            self.holders = None;
            names::work_out(self.connection, &std::mem::take(&mut self.unusual))?;
        }
        let next = self.deferred.remove(0);
        self.settled += next.rows(self.connection);
        next.catch_up(self.connection)?;
        let left: u64 = self.deferred.iter().map(|later| later.rows(self.connection)).sum();
        Ok(Some(Finished { done: self.settled, total: self.settled + left }))
    }
}

/// Whether none of the three tables has more rows.
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
