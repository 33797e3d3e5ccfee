//! Parameters and results of a store's methods that the domain does not define.

use crate::domain::clock::BootTime;
use crate::domain::directory::split;
use crate::domain::filter::Filter;
use crate::domain::journal::{Break, Head};
use crate::domain::page::Sort;
use crate::domain::session::SessionOrigin;
use crate::domain::time::Timestamp;
use crate::domain::user::{Fields, User, UserId};

/// An account with what a log-in compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub user: User,
    /// The stored password hash, valid or not.
    pub password_hash: String,
    /// True if the next log-in must choose a new password.
    pub must_change: bool,
    /// The access code, if it can be used.
    pub code: Option<AccessCode>,
}

/// An access code as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCode {
    /// Argon2id PHC string of the code.
    pub hash: String,
    pub expires_at: Timestamp,
    /// Wrong attempts left; at 0 the code is dead.
    pub tries_left: u32,
    /// The journal entry of its making; `None` before that is written.
    pub entry: Option<i64>,
}

/// An invitation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its number; that of one to insert is not used.
    pub id: i64,
    /// Argon2id PHC string of the code.
    pub hash: String,
    pub expires_at: Timestamp,
    /// Wrong attempts left; at 0 the code is dead.
    pub tries_left: u32,
    /// The journal entry of its making; `None` before that is written.
    pub entry: Option<i64>,
}

/// The time for which an admin is usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminTerm {
    /// At this moment, whatever follows.
    Now,
    /// From this moment on, without a last day.
    Lasting,
}

/// The costs of the accounts' password hashes as they are stored, except NEXUS's usual one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HashCosts {
    /// The highest cost of bcrypt that a log-in accepts: two digits.
    pub bcrypt: Option<String>,
    /// The costs of argon2id: `m=…,t=…,p=…`.
    pub argon2: Vec<String>,
}

/// An account to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The id, or `None` for the next free one.
    pub id: Option<UserId>,
    /// The fields. Those that are `None` get the table's default; first name, last name and email are required.
    pub fields: Fields,
    pub password_hash: String,
    /// Also the time of the last change, unless that is given.
    pub created_at: Timestamp,
    pub updated_at: Option<Timestamp>,
}

/// The facts about an imported account that its row in the users table does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountNotes {
    /// True if the next log-in must choose a new password.
    pub must_change: bool,
    pub last_seen: Option<Timestamp>,
    /// The moment from which it may be idle, while there is a rule for that.
    pub idle_from: Option<Timestamp>,
}

/// A session to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The id, or `None` for the next free one.
    pub id: Option<i64>,
    pub user_id: UserId,
    /// `sha256:` and 64 hex digits.
    pub digest: String,
    pub expiration: Option<Timestamp>,
    /// True if its row says `active`.
    pub active: bool,
    /// `None` for an imported session.
    pub start: Option<SessionStart>,
}

/// The start of a session that NEXUS created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStart {
    pub origin: SessionOrigin,
    /// The terminal or address.
    pub detail: String,
    /// The label of its token.
    pub label: Option<String>,
    pub at: Timestamp,
    /// The process that a console session ends with: boot id, pid and start time in one text.
    pub process: Option<String>,
    /// The time since boot, if it is known.
    pub boot: Option<BootTime>,
}

/// A directory to insert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDirectory {
    /// The id, or `None` for the next free one.
    pub id: Option<i64>,
    pub user_id: UserId,
    /// Unique; 32 hex digits if NEXUS created it.
    pub directory_id: String,
    /// The whole path. Its last part is the name.
    pub path: String,
    /// The name that an import gives, or `None` for the last part of the path.
    pub name: Option<String>,
    /// Also the time of the last modification, unless that is given.
    pub date_added: Timestamp,
    pub last_modified: Option<Timestamp>,
    pub last_accessed: Option<Timestamp>,
    /// The username in the row.
    pub username: Option<String>,
}

impl NewDirectory {
    /// Returns the name in the row.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| split(&self.path).1)
    }
}

/// A console session whose row says `active`, and the process that it ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    pub id: i64,
    /// Boot id, pid and start time in one text.
    pub process: String,
}

/// The result of verifying a part of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalCheck {
    /// The last correct entry.
    pub head: Head,
    /// The hash that it had before the chain was written anew, if it had one.
    pub earlier: Option<String>,
    /// The first wrong entry, if there is one.
    pub broken: Option<Break>,
    /// True if there are no more entries.
    pub is_last: bool,
}

/// The actor whose actions are searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorFilter {
    /// A console session, by the id of its row.
    Session(i64),
    /// The commands of this OS user.
    Commands(String),
}

/// A list of accounts, sessions, directories, journal entries or bin items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListOf<C> {
    /// Only rows that match.
    pub filter: Filter,
    /// Only rows of this account.
    pub scope: Option<UserId>,
    pub sort: Sort<C>,
}
