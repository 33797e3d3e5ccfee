//! The filter language of lists: `müller status:pending !has:sessions created:<30d`.
//!
//! Terms are separated by blanks and must all match; `!` negates one. Double quotes keep blanks and colons in a
//! word; a doubled quote inside them stands for one. An expression that cannot be parsed is an error, never
//! "everything".

use std::fmt;

use chrono::NaiveDate;

use super::journal::{Action, EntityKind, Outcome};
use super::session::{RowStatus, SessionOrigin};
use super::text::grouped;
use super::time::{Duration, short_span};
use super::user::{AccessLevel, Status, Who};
use parse::pieces;

mod parse;

pub use parse::keys;

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

/// A condition on rows. The default has no terms and matches every row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The terms; all of them must match.
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// True if the test must not match.
    pub negated: bool,
    pub test: Test,
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
    /// The account's email contains the folded text.
    Email(String),
    /// The session's origin.
    Origin(SessionOrigin),
    /// The entry's actor had this name (letter case ignored).
    By(String),
    /// The address or terminal that the entry's action came from contains this text (letter case ignored).
    From(String),
    /// The entry records this action.
    Action(Action),
    /// The entry has this outcome.
    Outcome(Outcome),
    /// The entry is about exactly this thing.
    EntityRef(EntityKind, i64),
    /// The entry is not older than this.
    Since(Since),
}

/// The earliest moment of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This long ago.
    Ago(Duration),
    /// The beginning of this day (UTC).
    Day(NaiveDate),
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

/// Maximum length of an expression, in bytes. People type far less; the plan of a query grows with it.
pub const MAX_BYTES: usize = 4_096;

/// Maximum number of terms: SQLite refuses conditions that nest deeper than 1,000 (sqlite.org/limits.html, 5).
pub const MAX_TERMS: usize = 200;

/// A syntax error in an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (at character {})", at + 1)]
pub struct FilterError {
    /// The position of the error, in characters from the start, counted from 0.
    pub at: usize,
    /// A description of the error and its correction.
    pub what: String,
}

impl Filter {
    /// Parses an expression.
    ///
    /// # Errors
    /// [`FilterError`] for an unknown key, a value that the key does not take, an unclosed quote, or no term at
    /// all.
    pub fn parse(subject: ListKind, expression: &str) -> Result<Self, FilterError> {
        if expression.len() > MAX_BYTES {
            let what = format!(
                "a filter has at most {} bytes, not {}",
                grouped(MAX_BYTES as u64),
                grouped(expression.len() as u64)
            );
            return Err(FilterError { at: 0, what });
        }
        let mut terms = Vec::new();
        for piece in pieces(expression)? {
            if terms.len() == MAX_TERMS {
                return Err(FilterError {
                    at: piece.at,
                    what: format!("a filter has at most {MAX_TERMS} terms"),
                });
            }
            let test = piece.test(subject).map_err(|what| FilterError { at: piece.at, what })?;
            terms.push(Term { negated: piece.negated, test });
        }
        if terms.is_empty() {
            return Err(FilterError { at: 0, what: "the filter is empty".into() });
        }
        Ok(Self { terms })
    }

    /// Returns true if the filter matches every row.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Adds a condition.
    pub fn and(mut self, test: Test) -> Self {
        self.terms.push(Term { negated: false, test });
        self
    }
}

/// Writes the expression from which [`Filter::parse`] makes this filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Term { negated, test }) in self.terms.iter().enumerate() {
            let (blank, bang) = (if at == 0 { "" } else { " " }, if *negated { "!" } else { "" });
            write!(f, "{blank}{bang}{test}")?;
        }
        Ok(())
    }
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
            Self::Email(text) => write!(f, "email:{}", quoted(text)),
            Self::Origin(origin) => write!(f, "origin:{}", origin.word()),
            Self::By(name) => write!(f, "by:{}", quoted(name)),
            Self::From(place) => write!(f, "from:{}", quoted(place)),
            Self::Action(action) => write!(f, "verb:{}", action.word()),
            Self::Outcome(outcome) => write!(f, "result:{}", outcome.word()),
            Self::EntityRef(kind, id) => write!(f, "{}:{id}", kind.word()),
            Self::Since(Since::Ago(span)) => write!(f, "since:{}", short_span(*span)),
            Self::Since(Since::Day(day)) => write!(f, "since:{day}"),
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
fn quoted(text: &str) -> String {
    if text.starts_with('!') || text.contains(|c: char| c == ':' || c == '"' || c.is_whitespace()) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
