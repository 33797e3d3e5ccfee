//! The report of an import.

use crate::domain::foreign::RowPlace;

/// The report of an import, or of its dry run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// The imported rows.
    pub taken: TableCounts,
    /// The ids of the imported accounts in the store, ascending.
    pub ids: Vec<i64>,
    /// The journal entry of the import. `None` in a dry run.
    pub entry: Option<i64>,
    /// The rows of the file.
    pub read: TableCounts,
    /// Tables that are not NEXUS's and were left out, with their numbers of rows.
    pub unknown_tables: Vec<(String, u64)>,
    /// Columns that are not NEXUS's and were left out, as `table.column`.
    pub unknown_columns: Vec<String>,
    /// The number of further values in such columns, once those are too many to name.
    pub more_unknown_columns: u64,
    /// The number of accounts that replaced one of the store.
    pub replaced: u64,
    /// The number of accounts that got a new id because theirs was taken.
    pub renumbered: u64,
    /// The number of access codes that were not imported.
    pub codes_dropped: u64,
    /// The number of session tokens that were stored in the clear and became digests.
    pub tokens_digested: u64,
    /// The number of sessions that are active in the source and expired in the store.
    pub sessions_expired: u64,
    /// The number of accounts without a usable password hash.
    pub unusable_passwords: u64,
    /// The names of the accounts that became admins.
    pub admins: Vec<String>,
    /// True if files of this style have no end mark, so that a cut-off file cannot be recognised.
    pub end_unmarked: bool,
    /// Time zones other than UTC from which the file's times were converted.
    pub zones: Vec<String>,
    /// True if the file names no time zone and UTC was assumed.
    pub zone_assumed: bool,
    /// Statements that change a table after its rows. They are not executed.
    pub later_statements: Vec<ChangedLater>,
    /// The number of further statements of this kind.
    pub more_later_statements: u64,
    /// Optional dates that cannot be read and were imported as missing.
    pub unread_dates: Vec<UnreadDate>,
    /// The number of further dates of this kind.
    pub more_unread_dates: u64,
    /// The rows that were refused.
    pub refused: Vec<RefusedRow>,
}

impl ImportReport {
    /// Returns the number of rows that were refused.
    pub fn refused_rows(&self) -> u64 {
        self.refused.iter().map(|row| row.rows).sum()
    }

    /// Takes what is noted of columns and dates out, into a report that goes on with it.
    pub fn notes_out(&mut self) -> Self {
        Self {
            unknown_columns: std::mem::take(&mut self.unknown_columns),
            more_unknown_columns: self.more_unknown_columns,
            unread_dates: std::mem::take(&mut self.unread_dates),
            more_unread_dates: self.more_unread_dates,
            ..Self::default()
        }
    }

    /// Takes over what another report notes of columns and dates.
    pub fn take_notes(&mut self, other: Self) {
        self.unknown_columns = other.unknown_columns;
        self.more_unknown_columns = other.more_unknown_columns;
        self.unread_dates = other.unread_dates;
        self.more_unread_dates = other.more_unread_dates;
    }

    /// Keeps the findings about the file and drops the rest, because nothing was imported.
    pub fn nothing_taken(self) -> Self {
        Self {
            read: self.read,
            unknown_tables: self.unknown_tables,
            unknown_columns: self.unknown_columns,
            more_unknown_columns: self.more_unknown_columns,
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

/// A statement that changes a table after its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLater {
    /// Number of the line in the file.
    pub line: u64,
    /// The first word of the statement.
    pub action: String,
    /// The table, as read: make it visible before showing it. `None` if the statement may change any.
    pub table: Option<String>,
}

/// An optional date that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadDate {
    pub table: &'static str,
    /// The place of the row in the file.
    pub place: RowPlace,
    pub column: &'static str,
    /// The text, shortened, as read: make it visible before showing it.
    pub text: String,
}

/// Numbers of rows by table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableCounts {
    pub users: u64,
    pub sessions: u64,
    pub directories: u64,
}

/// A row, or several, that an import refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    pub table: &'static str,
    /// The place in the file, of the first row if there are several.
    pub place: RowPlace,
    /// The number of rows. More than one if all rows of a table are refused for the same reason.
    pub rows: u64,
    /// The reason, as a sentence with text as read: make it visible before showing it.
    pub reason: String,
}
