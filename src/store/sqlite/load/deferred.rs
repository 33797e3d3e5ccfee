//! Work that is deferred to the end of a load: indexes and triggers, and the data that is derived from the rows.

use rusqlite::{Connection, Row};

use crate::domain::sqlite::quoted;
use crate::store::Result;

use super::super::statement::all;
use super::super::values::text;
use super::super::{
    account_counts, active_hours, denormalized, directory_counts, error, idle, search_index, sessions, unused,
};

/// An index or a trigger, with the statement that creates it.
#[derive(Debug, PartialEq)]
pub(super) struct SchemaObject {
    kind: String,
    pub(super) name: String,
    table: String,
    sql: String,
}

impl SchemaObject {
    /// Returns NEXUS's own definitions on the three tables and on its own tables.
    pub(super) fn all(connection: &Connection) -> Result<Vec<Self>> {
        let sql = r"SELECT type, name, tbl_name, sql FROM sqlite_schema
                    WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND name LIKE 'nexus\_%' ESCAPE '\'
                      AND (tbl_name LIKE 'de\_torres\_vincent\_%' ESCAPE '\' OR tbl_name LIKE 'nexus\_%' ESCAPE '\')
                    ORDER BY type, rowid";
        let read = |row: &Row<'_>| {
            Ok(Self { kind: text(row, 0)?, name: text(row, 1)?, table: text(row, 2)?, sql: text(row, 3)? })
        };
        all(connection, sql, [], read)
    }

    pub(super) fn put_away(&self, connection: &Connection) -> Result<()> {
        connection.execute_batch(&format!("DROP {} {}", self.kind, quoted(&self.name))).map_err(error::of)
    }
}

/// A piece of work that is deferred to the end of a load.
#[derive(Debug, PartialEq)]
pub(super) enum Later {
    /// Creates an index or a trigger again.
    Definition(SchemaObject),
    /// Computes the names of accounts, and writes the blocks of the search.
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
    pub(super) fn turn(&self) -> u8 {
        match self {
            Self::Definition(SchemaObject { kind, table, .. }) if kind == "index" => {
                if table.starts_with("nexus_") { 2 } else { 0 }
            }
            Self::Names | Self::Directories | Self::AccountCounts => 1,
            Self::ActiveHours | Self::NewestSessions => 3,
            Self::Definition(_) => 4,
        }
    }

    pub(super) fn is_index(&self) -> bool {
        matches!(self, Self::Definition(definition) if definition.kind == "index")
    }

    pub(super) fn catch_up(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Definition(definition) => connection.execute_batch(&definition.sql).map_err(error::of),
            Self::Names => {
                search_index::fill(connection)?;
                denormalized::leave_gap(connection)
            }
            Self::Directories => {
                denormalized::all_directories(connection)?;
                directory_counts::recount(connection)
            }
            Self::AccountCounts => account_counts::recount(connection),
            Self::ActiveHours => {
                active_hours::recount_both(connection)?;
                idle::refill(connection)?;
                unused::refill(connection)
            }
            Self::NewestSessions => sessions::note_all_newest(connection),
        }
    }

    /// Returns the approximate number of rows to read for it.
    pub(super) fn rows(&self, connection: &Connection) -> u64 {
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
