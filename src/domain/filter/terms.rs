//! The terms of a filter: the lists, the tests of a row, and their text.

use std::fmt;

use chrono::NaiveDate;

use crate::domain::journal::{Action, EntityKind, Outcome};
use crate::domain::session::{RowStatus, SessionOrigin};
use crate::domain::time::{Duration, Timestamp, short_span};
use crate::domain::user::{AccessLevel, Status, Who};

/// The value of `account:` for entries about no account.
pub(super) const UNKNOWN: &str = "unknown";

/// The form of a moment in a filter.
pub(super) const MOMENT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// The list that a filter applies to; it determines the available keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    Users,
    Sessions,
    Directories,
    Journal,
    Bin,
}

impl ListKind {
    /// Returns the noun for a row of the list.
    pub const fn row_noun(self) -> &'static str {
        match self {
            Self::Users => "account",
            Self::Sessions => "session",
            Self::Directories => "directory",
            Self::Journal => "entry",
            Self::Bin => "item",
        }
    }
}

/// A test of one property of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of the row's names contains the folded text.
    Word(String),
    Status(Status),
    /// The session is active (row, time and account agree) or not.
    State(RowStatus),
    Level(AccessLevel),
    /// The row has this id; in the bin, the item has this number.
    Id(i64),
    /// The row belongs to this account, or is this account.
    User(Who),
    /// Time since its creation.
    Created(Bound),
    /// Time left; only active sessions have any.
    Expires(Bound),
    /// Time since it was last seen; never seen counts as longest.
    Seen(Bound),
    /// It was never seen.
    NeverSeen,
    /// The account has active sessions.
    HasSessions,
    /// The account has an access code that is still valid.
    HasCode,
    /// The account has a home.
    HasHome,
    /// Log-ins to the account failed since the last good one from the same place: whoever tried may have to wait.
    HasFailures,
    /// The account's email contains the folded text.
    Email(String),
    /// The account's note contains the folded text.
    Note(String),
    /// The session's origin.
    Origin(SessionOrigin),
    /// The session's label contains the folded text.
    Label(String),
    /// The entry's actor had this name (letter case ignored).
    By(String),
    /// The entry records this action.
    Action(Action),
    /// The entry has this outcome.
    Outcome(Outcome),
    /// The entry's action came from this address or terminal (letter case ignored).
    From(String),
    /// The entry is about exactly this thing.
    EntityRef(EntityKind, i64),
    /// The entry is about an account that nobody has: a log-in with an unknown name.
    UnknownAccount,
    /// The entry is not older than this, or of these days.
    Since(Since),
}

/// The earliest moment of interest, or the days of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This long ago.
    Ago(Duration),
    /// The beginning of this day (UTC).
    Day(NaiveDate),
    /// From the first to the last of these days (UTC), both included.
    Days(NaiveDate, NaiveDate),
    /// This moment.
    At(Timestamp),
}

/// A limit on the time since or until a moment, or on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Less than this.
    Under(Duration),
    /// More than this.
    Over(Duration),
    /// From the first to the last of these days (UTC), both included.
    Days(NaiveDate, NaiveDate),
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&quoted(word)),
            Self::Status(status) => write!(f, "status:{}", status.word()),
            Self::State(state) => write!(f, "status:{}", state.word()),
            Self::Level(level) => write!(f, "level:{}", level.word()),
            Self::Id(id) => write!(f, "id:{id}"),
            Self::User(who) => write!(f, "user:{}", quoted(&who.to_string())),
            Self::Created(bound) => write!(f, "created:{bound}"),
            Self::Expires(bound) => write!(f, "expires:{bound}"),
            Self::Seen(bound) => write!(f, "seen:{bound}"),
            Self::NeverSeen => f.write_str("seen:never"),
            Self::HasSessions => f.write_str("has:sessions"),
            Self::HasCode => f.write_str("has:code"),
            Self::HasHome => f.write_str("has:home"),
            Self::HasFailures => f.write_str("has:failures"),
            Self::Email(text) => write!(f, "email:{}", quoted(text)),
            Self::Note(text) => write!(f, "note:{}", quoted(text)),
            Self::Origin(origin) => write!(f, "origin:{}", origin.word()),
            Self::Label(text) => write!(f, "label:{}", quoted(text)),
            Self::By(name) => write!(f, "by:{}", quoted(name)),
            Self::Action(action) => write!(f, "verb:{}", action.word()),
            Self::Outcome(outcome) => write!(f, "result:{}", outcome.word()),
            Self::From(place) => write!(f, "from:{}", quoted(place)),
            Self::EntityRef(kind, id) => write!(f, "{}:{id}", kind.word()),
            Self::Since(Since::Ago(span)) => write!(f, "since:{}", short_span(*span)),
            Self::UnknownAccount => write!(f, "{}:{UNKNOWN}", EntityKind::Account.word()),
            Self::Since(Since::Day(day)) => write!(f, "since:{day}"),
            Self::Since(Since::Days(first, last)) => write!(f, "since:{first}..{last}"),
            Self::Since(Since::At(moment)) => write!(f, "since:{}", moment.format(MOMENT)),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Under(span) => write!(f, "<{}", short_span(*span)),
            Self::Over(span) => write!(f, ">{}", short_span(*span)),
            Self::Days(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

/// Quotes a word or value that would otherwise be parsed as something else; quotes in it are doubled.
pub fn quoted(text: &str) -> String {
    if text.starts_with('!') || text.contains(|c: char| c == ':' || c == '"' || c.is_whitespace()) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
