//! An account: the meaning of a row of the users table.

use std::fmt;

use crate::domain::day::Day;
use crate::domain::time::Timestamp;

/// The id of an account; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The permissions of an account in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Sees and changes only its own data.
    User,
    /// Sees and changes everything.
    Admin,
}

impl AccessLevel {
    /// Both levels, the lower one first.
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    /// Returns the level that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(word))
    }
}

/// The status of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Awaits confirmation by an operator; cannot log in.
    Pending,
    /// In use.
    Confirmed,
    /// Suspended by an operator; cannot log in.
    Suspended,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Suspended];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Suspended => "suspended",
        }
    }

    /// Returns the status that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// An account as lists and details show it. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub first_name: String,
    pub last_name: String,
    /// Unique, letter case ignored.
    pub username: Option<String>,
    /// Unique, letter case ignored.
    pub email: String,
    pub contact_number: Option<String>,
    /// Postal address; may hold line breaks.
    pub address: Option<String>,
    pub level: AccessLevel,
    pub status: Status,
    /// The first day on which it is valid.
    pub valid_from: Option<Day>,
    /// The last day on which it is valid.
    pub expires_on: Option<Day>,
    /// An operator's note; `None` also for those who must not see it.
    pub note: Option<String>,
    /// Time of creation; `None` if another program wrote something that is not a time.
    pub created_at: Option<Timestamp>,
    /// Time of the last change of a field.
    pub updated_at: Option<Timestamp>,
    /// The last time that one of its sessions was used.
    pub last_seen: Option<Timestamp>,
    /// The moment at which the rule for idle accounts cuts it off, unless it is seen before.
    pub idle_at: Option<Timestamp>,
    /// Number of active sessions.
    pub active_sessions: u64,
}

/// The names by which an account is known, where nothing else of it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNames {
    pub username: Option<String>,
    pub email: String,
}

impl AccountNames {
    /// Returns the account's name for people, as [`User::label`] does.
    pub fn label(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.email)
    }
}

impl User {
    /// Returns the account's name for people: its username, else its email.
    pub fn label(&self) -> &str {
        self.username.as_deref().unwrap_or(&self.email)
    }

    /// Returns first and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

#[cfg(test)]
impl User {
    /// Returns an account for tests: confirmed, level user, with nothing that is optional.
    pub(crate) fn named(id: i64, username: &str) -> Self {
        Self {
            id: UserId(id),
            first_name: username.to_uppercase(),
            last_name: "Tester".into(),
            username: Some(username.into()),
            email: format!("{username}@nexus.example"),
            contact_number: None,
            address: None,
            level: AccessLevel::User,
            status: Status::Confirmed,
            valid_from: None,
            expires_on: None,
            note: None,
            created_at: None,
            updated_at: None,
            last_seen: None,
            idle_at: None,
            active_sessions: 0,
        }
    }
}

/// Sort columns of the users list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserColumn {
    /// Order of creation.
    #[default]
    Id,
    /// Username, letter case ignored; accounts without one come first.
    Username,
    /// Last name, then first name; letter case and accents ignored.
    Name,
    /// Email, letter case ignored.
    Email,
    Status,
    Level,
    /// First name, letter case and accents ignored.
    FirstName,
    /// Date of creation.
    Created,
    /// Date of the last change.
    Updated,
    /// Time last seen; accounts never seen come first.
    LastSeen,
    /// Telephone number as a text; accounts without one come first.
    Phone,
    /// Number of active sessions.
    Sessions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_both_ways() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.word()), Some(status));
        }
        assert_eq!(AccessLevel::parse("Admin"), Some(AccessLevel::Admin));
        assert_eq!(Status::parse("gone"), None);
    }
}
