//! The version of the rows that a connection sees.

use rusqlite::Connection;

use crate::store::Result;

use super::error;

/// Differs from another one of the same connection when rows may have changed in between, by anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Version {
    /// Changes with every commit of another connection (`data_version`, sqlite.org/pragma.html).
    others: i64,
    /// Rows that this connection has changed.
    own: u64,
}

impl Version {
    /// Returns the version that is seen now. Inside a transaction it stays the same.
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let mut statement = connection.prepare_cached("PRAGMA data_version").map_err(error::of)?;
        let others = statement.query_row([], |row| row.get(0)).map_err(error::of)?;
        Ok(Self { others, own: connection.total_changes() })
    }

    /// Returns true if the connection has changed no rows since: inside one transaction, that nothing has changed.
    pub(super) fn is_of(self, connection: &Connection) -> bool {
        self.own == connection.total_changes()
    }

    /// Returns a number that changes with the commits of others.
    pub(super) fn others(self) -> i64 {
        self.others
    }
}
