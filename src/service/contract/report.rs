//! What an import found and did.

use crate::domain::foreign::RowPlace;

/// What an import did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Rows taken.
    pub taken: TableCounts,
    /// Rows read.
    pub read: TableCounts,
    /// Tables that are not NEXUS's, with their rows: left out.
    pub unknown_tables: Vec<(String, u64)>,
    /// Columns that are not NEXUS's, as `table.column`: left out.
    pub unknown_columns: Vec<String>,
    /// Accounts that took the place of one in the store.
    pub replaced: u64,
    /// Accounts whose id was held by another and that got a new one.
    pub renumbered: u64,
    /// Access codes that were not taken over.
    pub codes_dropped: u64,
    /// Session tokens that lay in the clear and became digests.
    pub tokens_digested: u64,
    /// Sessions marked active in the source that arrive expired.
    pub sessions_expired: u64,
    /// Accounts without a password hash that a log-in could match.
    pub unusable_passwords: u64,
    /// Rows refused.
    pub refused: Vec<RefusedRow>,
}

/// Rows by table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableCounts {
    /// Accounts.
    pub users: u64,
    /// Sessions.
    pub sessions: u64,
    /// Directories.
    pub directories: u64,
}

/// A row that an import did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The table.
    pub table: &'static str,
    /// Where it stands in the file.
    pub place: RowPlace,
    /// Why, in plain words (as read: make it visible before showing it).
    pub reason: String,
}
