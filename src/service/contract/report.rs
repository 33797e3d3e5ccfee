//! What an import found and did.

use crate::domain::foreign::RowPlace;

/// What an import did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Rows taken.
    pub taken: TableCounts,
    /// The ids in the store of the accounts taken, ascending.
    pub ids: Vec<i64>,
    /// Its entry in the journal; `None` in a rehearsal.
    pub entry: Option<i64>,
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
    /// What to call the accounts that became admins.
    pub admins: Vec<String>,
    /// The file's style has no mark of its end, so a part cannot be told from the whole.
    pub end_unmarked: bool,
    /// Zones other than UTC in which the file's times are written; they were converted.
    pub zones: Vec<String>,
    /// The file names no zone for its times, and UTC was assumed.
    pub zone_assumed: bool,
    /// Statements that change tables of which rows stand before them. They are not carried out.
    pub later_statements: Vec<ChangedLater>,
    /// The number of such statements beyond those that are named.
    pub more_later_statements: u64,
    /// Dates that may be missing and are none: taken as missing.
    pub unread_dates: Vec<UnreadDate>,
    /// The number of such dates beyond those that are named.
    pub more_unread_dates: u64,
    /// Rows refused.
    pub refused: Vec<RefusedRow>,
}

impl ImportReport {
    /// Returns the number of rows that were refused.
    pub fn refused_rows(&self) -> u64 {
        self.refused.iter().map(|row| row.rows).sum()
    }

    /// The same where nothing was taken: only what was found in the file is left.
    pub fn nothing_taken(self) -> Self {
        Self {
            read: self.read,
            unknown_tables: self.unknown_tables,
            unknown_columns: self.unknown_columns,
            end_unmarked: self.end_unmarked,
            later_statements: self.later_statements,
            more_later_statements: self.more_later_statements,
            unread_dates: self.unread_dates,
            more_unread_dates: self.more_unread_dates,
            refused: self.refused,
            ..Self::default()
        }
    }
}

/// A statement that changes a table of which rows stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLater {
    /// The line it stands in.
    pub line: u64,
    /// Its first word.
    pub action: String,
    /// The table (as read: make it visible before showing it).
    pub table: String,
}

/// A date that may be missing and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadDate {
    /// The table.
    pub table: &'static str,
    /// Where the row stands in the file.
    pub place: RowPlace,
    /// The column.
    pub column: &'static str,
    /// What stands there (as read, shortened: make it visible before showing it).
    pub text: String,
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
    /// Where it stands in the file; the first one where it stands for several.
    pub place: RowPlace,
    /// The number of rows it stands for: more than one where all rows of a table are refused for the same reason.
    pub rows: u64,
    /// Why, in plain words (as read: make it visible before showing it).
    pub reason: String,
}
