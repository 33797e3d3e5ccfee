//! The revision of a store: a random value that is new after every change of its rows.
//!
//! It tells which state of the file a write-ahead log continues: SQLite's log does not say. A transaction of NEXUS notes
//! the revision before it as well; triggers give a new one for each row of the three tables that other programs change.

use std::cmp::Ordering;

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::store::Result;

use super::statement::{execute, first};

/// Bytes of a revision.
const BYTES: usize = 16;

/// The one row of `nexus_revision` that a page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Revision {
    /// The state that the newest transaction of NEXUS left.
    state: [u8; BYTES],
    /// The state before the newest transaction of NEXUS.
    previous: [u8; BYTES],
    /// Rows that other programs have changed since.
    changes: i64,
}

impl Revision {
    /// Reads the row from its table's root page (sqlite.org/fileformat.html, 1.6 and 2); `None` where the page is
    /// anything else.
    pub(super) fn of_page(page: &[u8]) -> Option<Self> {
        const LEAF: u8 = 13;
        // The size of the header, NULL for the row's id, two blobs of 16 bytes.
        const HEADER: [u8; 4] = [5, 0, 44, 44];
        let number = |at: usize| Some(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?));
        if *page.first()? != LEAF || number(3)? != 1 {
            return None;
        }
        // The cell: its size, the row's id, and the record.
        let record = page.get(usize::from(number(8)?) + 2..)?;
        let kind = *record.strip_prefix(&HEADER)?.first()?;
        let (state, rest) = record.get(HEADER.len() + 1..)?.split_first_chunk::<BYTES>()?;
        let (previous, rest) = rest.split_first_chunk::<BYTES>()?;
        Some(Self { state: *state, previous: *previous, changes: whole_number(kind, rest)? })
    }

    /// Judges if one transaction led from `base` to this revision. One of another program counts a row at a time, so that
    /// it tells the state before it only where it changed one row.
    pub(super) fn follows(&self, base: &Self) -> Follows {
        if self.is_of_nexus() {
            return if self.previous == base.state { Follows::Surely } else { Follows::No };
        }
        if self.previous != base.previous {
            return Follows::No;
        }
        match self.changes.cmp(&base.changes.saturating_add(1)) {
            Ordering::Less => Follows::No,
            Ordering::Equal => Follows::Surely,
            Ordering::Greater => Follows::Perhaps,
        }
    }

    /// Returns true if a transaction of NEXUS was the newest that changed rows.
    pub(super) fn is_of_nexus(&self) -> bool {
        self.changes == 0
    }

    /// Returns true if both describe the same state.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

/// The relation of a revision to an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// One transaction led from one to the other.
    Surely,
    /// One or several did.
    Perhaps,
    /// No single transaction can have done so.
    No,
}

/// Reads a whole number of a record, by its serial type.
fn whole_number(kind: u8, bytes: &[u8]) -> Option<i64> {
    let len = match kind {
        8 => return Some(0),
        9 => return Some(1),
        1..=4 => usize::from(kind),
        5 => 6,
        6 => 8,
        _ => return None,
    };
    let negative = bytes.first()? & 0x80 != 0;
    let start = if negative { -1 } else { 0 };
    Some(bytes.get(..len)?.iter().fold(start, |number, byte| number << 8 | i64::from(*byte)))
}

/// Returns the root page of the row's table, or `None` in a store that has none yet.
pub(super) fn page(connection: &Connection) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = 'nexus_revision'";
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

/// Returns the revision that the last change of rows left, whoever made it.
pub(super) fn of_rows(connection: &Connection) -> Result<Option<Vec<u8>>> {
    // Another program may have stored anything.
    let blob = |row: &Row<'_>| Ok(row.get_ref(0)?.as_blob().ok().map(<[u8]>::to_vec));
    Ok(first(connection, "SELECT revision FROM nexus_revision WHERE id = 1", [], blob)?.flatten())
}

/// The state of the store at the beginning of a transaction.
#[derive(Debug)]
pub(super) struct Before {
    revision: Option<Vec<u8>>,
    changes: u64,
}

impl Before {
    /// Notes the state that the transaction of this connection begins with.
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        Ok(Self { revision: of_rows(connection)?, changes: connection.total_changes() })
    }

    /// Gives the store a new revision if anything has changed since.
    pub(super) fn renew(&self, connection: &Connection) -> Result<()> {
        if connection.total_changes() == self.changes { Ok(()) } else { self.succeed(connection) }
    }

    /// Gives the rows of this connection a new revision, which follows the state that was noted.
    pub(super) fn succeed(&self, connection: &Connection) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO nexus_revision (id, revision, previous, changes)
                   VALUES (1, randomblob(16), ifnull(?, zeroblob(16)), 0)";
        execute(connection, sql, [&self.revision]).map(drop)
    }
}

#[cfg(test)]
mod tests;
