//! The three tables that other programs read and write, as exports and imports see them.

use std::borrow::Cow;

/// One of the three tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredTable {
    Users,
    Sessions,
    Directories,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredColumn {
    pub name: &'static str,
    pub kind: ColumnKind,
    /// True if every row has a value.
    pub required: bool,
}

/// The kind of values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// The id of this row, or of the account that it belongs to.
    Id,
    Text,
    Time,
    PasswordHash,
    TokenDigest,
    SessionStatus,
    /// An access code: no export contains it, and no import takes it.
    AccessCode,
    /// A value that follows from other rows.
    Derived,
    /// Yes or no.
    Flag,
}

/// A value as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredValue<'a> {
    pub text: Cow<'a, str>,
    /// True if it is not UTF-8 as it is stored, so that bytes were replaced by U+FFFD.
    pub is_replaced: bool,
}

/// The values of one row, in the order of the columns and the notes.
pub type StoredRow<'a> = [Option<StoredValue<'a>>];

impl StoredTable {
    /// All of them, in an order in which every row comes after the account that it belongs to.
    pub const ALL: [Self; 3] = [Self::Users, Self::Sessions, Self::Directories];

    /// Returns the name of the table in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "de_torres_vincent_users",
            Self::Sessions => "de_torres_vincent_session_tokens",
            Self::Directories => "de_torres_vincent_user_directories",
        }
    }

    /// Returns the name of the table in commands, exports and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Sessions => "sessions",
            Self::Directories => "directories",
        }
    }

    /// Returns the columns, in their order in the store.
    pub const fn columns(self) -> &'static [StoredColumn] {
        match self {
            Self::Users => USERS,
            Self::Sessions => SESSIONS,
            Self::Directories => DIRECTORIES,
        }
    }

    /// Returns what NEXUS itself notes about each row, in a table of its own. JSON and CSV have these columns behind the others.
    pub const fn notes(self) -> &'static [StoredColumn] {
        match self {
            Self::Users => ACCOUNT_NOTES,
            Self::Sessions | Self::Directories => &[],
        }
    }

    /// Returns the columns, and the notes behind them.
    pub fn columns_and_notes(self) -> impl Iterator<Item = StoredColumn> {
        self.columns().iter().chain(self.notes()).copied()
    }

    /// Returns the table with this name in the store.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// Returns the table that `word` stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.word() == word)
    }
}

const fn required(name: &'static str, kind: ColumnKind) -> StoredColumn {
    StoredColumn { name, kind, required: true }
}

const fn optional(name: &'static str, kind: ColumnKind) -> StoredColumn {
    StoredColumn { name, kind, required: false }
}

const USERS: &[StoredColumn] = &[
    required("id", ColumnKind::Id),
    required("firstname", ColumnKind::Text),
    required("lastname", ColumnKind::Text),
    optional("username", ColumnKind::Text),
    required("email", ColumnKind::Text),
    required("password", ColumnKind::PasswordHash),
    optional("contact_number", ColumnKind::Text),
    optional("address", ColumnKind::Text),
    required("access_level", ColumnKind::Text),
    required("status", ColumnKind::Text),
    optional("access_code", ColumnKind::AccessCode),
    required("created_at", ColumnKind::Time),
    required("updated_at", ColumnKind::Time),
    optional("session_token", ColumnKind::Derived),
];

const ACCOUNT_NOTES: &[StoredColumn] = &[
    optional("must_change", ColumnKind::Flag),
    optional("last_seen", ColumnKind::Time),
    optional("valid_from", ColumnKind::Text),
    optional("expires_on", ColumnKind::Text),
];

const SESSIONS: &[StoredColumn] = &[
    required("id", ColumnKind::Id),
    required("user_id", ColumnKind::Id),
    required("session_token", ColumnKind::TokenDigest),
    optional("expiration", ColumnKind::Time),
    required("status", ColumnKind::SessionStatus),
];

const DIRECTORIES: &[StoredColumn] = &[
    required("id", ColumnKind::Id),
    required("user_id", ColumnKind::Id),
    required("directory_id", ColumnKind::Text),
    required("directory_name", ColumnKind::Text),
    required("date_added", ColumnKind::Time),
    required("last_modified", ColumnKind::Time),
    optional("last_accessed", ColumnKind::Time),
    required("directory_path", ColumnKind::Text),
    optional("username", ColumnKind::Text),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::FIELDS;

    #[test]
    fn every_field_of_an_account_is_a_column() {
        for spec in &FIELDS {
            let column = StoredTable::Users.columns_and_notes().find(|column| column.name == spec.column);
            let column = column.unwrap_or_else(|| panic!("exports would leave out {}", spec.column));
            assert_eq!(column.kind, ColumnKind::Text, "{}", spec.column);
        }
    }

    #[test]
    fn words_and_names_go_both_ways() {
        for table in StoredTable::ALL {
            assert_eq!(StoredTable::named(table.name()), Some(table));
            assert_eq!(StoredTable::of_word(table.word()), Some(table));
        }
    }
}
