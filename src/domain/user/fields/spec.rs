//! The types of the table of fields.

use crate::domain::user::account::{AccessLevel, Status, User};

/// Changes to the fields that an operator may set: `None` leaves a field as it is, an empty text clears an
/// optional one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    pub contact_number: Option<String>,
    pub address: Option<String>,
    pub level: Option<AccessLevel>,
    pub status: Option<Status>,
    /// The first day on which the account is valid.
    pub valid_from: Option<String>,
    /// The last day on which the account is valid.
    pub expires_on: Option<String>,
    /// An operator's note.
    pub note: Option<String>,
}

/// The kind of values that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A name that people log in with. No two accounts share one.
    LoginName,
    Text,
    /// One of a few words; a new account gets the default.
    Choice {
        words: &'static [&'static str],
        default: &'static str,
    },
    /// A day as `YYYY-MM-DD`.
    Day,
}

/// The table that a field is stored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldTable {
    /// The users table, which other programs read and write.
    Users,
    /// NEXUS's own table beside it.
    Notes,
}

/// The definition of a field of an account. Forms, commands, output, SQL, the journal and imports loop over
/// [`FIELDS`](super::FIELDS).
#[derive(Debug)]
pub struct FieldSpec {
    pub field: Field,
    pub table: FieldTable,
    /// The column of its table; also the key in JSON, CSV and the journal.
    pub column: &'static str,
    /// The label in forms and messages.
    pub label: &'static str,
    /// The name in a sentence: `changed the last day of alan`.
    pub noun: &'static str,
    /// The heading in tables.
    pub heading: &'static str,
    /// The option on the command line, without its dashes.
    pub flag: &'static str,
    /// The name of the option's value.
    pub value_name: &'static str,
    /// The help of the option.
    pub help: &'static str,
    pub kind: FieldKind,
    /// True if every account has a value that is not empty, given when the account is added.
    pub required: bool,
    /// True if plain users may change it on their own account.
    pub own: bool,
    /// True if plain users do not see it, not even of their own account.
    pub is_for_admins: bool,
    pub(super) check: fn(&str) -> Result<(), &'static str>,
    pub(super) value: fn(&Fields) -> Option<&str>,
    pub(super) set: fn(&mut Fields, Option<String>),
    pub(super) of_user: fn(&User) -> Option<&str>,
}

impl FieldSpec {
    /// Checks that `text` is valid for this field.
    ///
    /// # Errors
    /// The rule that `text` breaks.
    pub fn check(&self, text: &str) -> Result<(), &'static str> {
        (self.check)(text)
    }

    /// Sets this field, or with `None` unsets it; a word that a choice does not offer unsets the choice.
    pub(super) fn put(&self, fields: &mut Fields, value: Option<String>) {
        (self.set)(fields, value);
    }

    /// Returns this field's value if it is set.
    pub fn value<'a>(&self, fields: &'a Fields) -> Option<&'a str> {
        (self.value)(fields)
    }

    /// Returns this field's value in an account.
    pub fn of_user<'a>(&self, user: &'a User) -> Option<&'a str> {
        (self.of_user)(user)
    }

    /// Returns the value to store for a new account: the default of a choice that is not set, and `None` for an empty
    /// text that is optional.
    pub fn new_value<'a>(&self, fields: &'a Fields) -> Option<&'a str> {
        match self.kind {
            FieldKind::Choice { default, .. } => Some(self.value(fields).unwrap_or(default)),
            FieldKind::LoginName | FieldKind::Text | FieldKind::Day => {
                self.value(fields).filter(|text| self.required || !text.is_empty())
            }
        }
    }

    /// Returns the words to choose from; none for a text.
    pub const fn words(&self) -> &'static [&'static str] {
        match self.kind {
            FieldKind::Choice { words, .. } => words,
            FieldKind::LoginName | FieldKind::Text | FieldKind::Day => &[],
        }
    }

    /// Returns the word of a choice that `text` is, letter case ignored.
    pub fn word(&self, text: &str) -> Option<&'static str> {
        self.words().iter().copied().find(|word| word.eq_ignore_ascii_case(text))
    }
}

/// A field of a form, an error or a report. The fields of an account come first, in the order of [`FIELDS`](super::FIELDS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    FirstName,
    LastName,
    Username,
    Email,
    ContactNumber,
    Address,
    AccessLevel,
    Status,
    ValidFrom,
    ExpiresOn,
    Note,
    /// A password (never its value).
    Password,
    /// The name of a directory.
    DirectoryName,
    Span,
    /// The label of a token.
    Label,
}
