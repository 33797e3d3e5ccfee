//! What goes into the verbs of a store and comes out of them, where the domain has no word for it.

use crate::domain::clock::BootTime;
use crate::domain::filter::Filter;
use crate::domain::journal::{Break, Head};
use crate::domain::page::Sort;
use crate::domain::session::SessionOrigin;
use crate::domain::time::Timestamp;
use crate::domain::user::{Fields, User, UserId};

/// What a log-in needs to know about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The stored password hash, whatever it is.
    pub password_hash: String,
    /// A new password must be chosen at the next log-in.
    pub must_change: bool,
    /// The access code in force, if there is one.
    pub code: Option<AccessCode>,
}

/// An access code as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessCode {
    /// Argon2id PHC string of the code.
    pub hash: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong tries left; dead at 0.
    pub tries_left: u32,
}

/// The costs of the password hashes that accounts have, as they stand there: not NEXUS's usual one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HashCosts {
    /// The dearest of bcrypt that a log-in accepts: two digits.
    pub bcrypt: Option<String>,
    /// Those of argon2id: `m=…,t=…,p=…`.
    pub argon2: Vec<String>,
}

/// An account about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The id to give it; `None` takes the next free one.
    pub id: Option<UserId>,
    /// Its fields; those that are `None` get the table's default (first name, last name and email must be there).
    pub fields: Fields,
    /// The password hash.
    pub password_hash: String,
    /// When it was made; also when it last changed, unless that is given.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// A session about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The id to give it; `None` takes the next free one.
    pub id: Option<i64>,
    /// Whose.
    pub user_id: UserId,
    /// `sha256:` and 64 hex digits.
    pub digest: String,
    /// When it ends.
    pub expiration: Option<Timestamp>,
    /// Whether its row says `active`.
    pub active: bool,
    /// Where from, and what else NEXUS knows of it; `None` for an imported one.
    pub start: Option<SessionStart>,
}

/// What NEXUS keeps about a session of its own making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStart {
    /// Console or service.
    pub origin: SessionOrigin,
    /// Terminal or address.
    pub detail: String,
    /// When it began.
    pub at: Timestamp,
    /// The process it lives with (console sessions only): boot id, pid and start time in one text.
    pub process: Option<String>,
    /// The time since boot when it began, where that is known.
    pub boot: Option<BootTime>,
}

/// A directory row about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDirectory {
    /// The id to give it; `None` takes the next free one.
    pub id: Option<i64>,
    /// Whose.
    pub user_id: UserId,
    /// Unique; 32 hex digits where NEXUS makes it.
    pub directory_id: String,
    /// The whole path; its last part is the name.
    pub path: String,
    /// The name as an import gives it; `None` takes the path's last part.
    pub name: Option<String>,
    /// When added; also when last modified, unless that is given.
    pub date_added: Timestamp,
    /// When last modified.
    pub last_modified: Option<Timestamp>,
    /// When last accessed.
    pub last_accessed: Option<Timestamp>,
    /// The username that the row holds.
    pub username: Option<String>,
}

/// A console session that claims to be alive, and the process it lives with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSession {
    /// The session row's id.
    pub id: i64,
    /// Boot id, pid and start time in one text.
    pub process: String,
}

/// How far the journal was gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// The last entry that is right.
    pub head: Head,
    /// The first that is wrong.
    pub broken: Option<Break>,
    /// There are no more entries.
    pub is_last: bool,
}

/// Whose acts are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorFilter {
    /// Those of a console session, by its row.
    Session(i64),
    /// Those of this OS user's commands.
    Commands(String),
}

/// A list of accounts, sessions, directories, entries or bundles: what to show and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListOf<C> {
    /// Only rows for which this holds.
    pub filter: Filter,
    /// Only what belongs to this account.
    pub scope: Option<UserId>,
    /// The order.
    pub sort: Sort<C>,
}
