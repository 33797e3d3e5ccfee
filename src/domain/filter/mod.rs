//! The filter language of lists: `müller status:pending !has:sessions created:<30d`.
//!
//! Terms are separated by blanks and must all match; `!` negates one. Double quotes keep blanks and colons in a
//! word; a doubled quote inside them stands for one. An expression that cannot be parsed is an error, never
//! "everything".

use std::fmt;

use chrono::NaiveDate;

use super::journal::{Action, EntityKind, Outcome};
use super::session::RowStatus;
use super::text::{excerpt, excerpt_bare, fold, grouped};
use super::time::{Duration, parse_span, short_span};
use super::user::{AccessLevel, Status, Who};

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
    /// The account has active sessions.
    HasSessions,
    /// The entry's actor had this name (letter case ignored).
    By(String),
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

/// A limit on a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Less than this.
    Under(Duration),
    /// More than this.
    Over(Duration),
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
            Self::HasSessions => f.write_str("has:sessions"),
            Self::By(name) => write!(f, "by:{}", quoted(name)),
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

/// Returns the keys of a list, each with an example value, for messages and completion.
pub const fn keys(subject: ListKind) -> &'static [(&'static str, &'static str)] {
    match subject {
        ListKind::Users => &[
            ("status", "pending"),
            ("level", "admin"),
            ("user", "ada"),
            ("id", "3"),
            ("created", "<30d"),
            ("seen", ">30d"),
            ("has", "sessions"),
        ],
        ListKind::Sessions => &[
            ("status", "active"),
            ("user", "ada"),
            ("id", "34"),
            ("created", "<30d"),
            ("expires", "<2h"),
            ("seen", ">30d"),
        ],
        ListKind::Directories => &[("user", "ada"), ("id", "56"), ("created", "<30d"), ("seen", ">30d")],
        ListKind::Bin => &[("user", "ada"), ("id", "7")],
        ListKind::Journal => &[
            ("by", "ada"),
            ("verb", "delete"),
            ("user", "alan"),
            ("since", "2d"),
            ("result", "refused"),
            ("account", "3"),
            ("session", "34"),
            ("directory", "56"),
        ],
    }
}

/// A term that is not parsed yet.
struct Piece {
    at: usize,
    negated: bool,
    key: Option<String>,
    value: String,
}

impl Piece {
    fn test(&self, subject: ListKind) -> Result<Test, String> {
        let Some(key) = &self.key else {
            let word = fold(&self.value);
            return if word.is_empty() { Err("a word is missing".into()) } else { Ok(Test::Word(word)) };
        };
        let key = key.to_ascii_lowercase();
        let known = keys(subject);
        let Some((_, example)) = known.iter().find(|(name, _)| *name == key) else {
            let names: Vec<_> = known.iter().map(|(name, example)| format!("{name}:{example}")).collect();
            return Err(format!("unknown key {}: use one of {}", excerpt(&key), names.join(" ")));
        };
        if self.value.is_empty() {
            return Err(format!("{key}: needs a value, as in {key}:{example}"));
        }
        let refused = || format!("{key}: cannot be “{}”; try {key}:{example}", excerpt_bare(&self.value));
        let test = match (key.as_str(), subject) {
            ("status", ListKind::Sessions) => RowStatus::parse(&self.value).map(Test::State),
            ("status", _) => Status::parse(&self.value).map(Test::Status),
            ("level", _) => AccessLevel::parse(&self.value).map(Test::Level),
            ("user", _) => Who::parse(&self.value).ok().map(Test::User),
            ("id", _) => id(&self.value).map(Test::Id),
            ("created", _) => bound(&self.value).map(Test::Created),
            ("expires", _) => bound(&self.value).map(Test::Expires),
            ("seen", _) => bound(&self.value).map(Test::Seen),
            ("has", _) => self.value.eq_ignore_ascii_case("sessions").then_some(Test::HasSessions),
            ("by", _) => Some(Test::By(self.value.clone())),
            ("verb", _) => Action::parse(&self.value).map(Test::Action),
            ("result", _) => Outcome::parse(&self.value).map(Test::Outcome),
            ("since", _) => since(&self.value).map(Test::Since),
            (kind, ListKind::Journal) => {
                EntityKind::parse(kind).and_then(|kind| Some(Test::EntityRef(kind, id(&self.value)?)))
            }
            _ => None,
        };
        test.ok_or_else(refused)
    }
}

/// Parses `<30d` or `>2h`.
fn bound(text: &str) -> Option<Bound> {
    let span = |rest| parse_span(rest);
    match text.strip_prefix('<') {
        Some(rest) => span(rest).map(Bound::Under),
        None => text.strip_prefix('>').and_then(span).map(Bound::Over),
    }
}

/// Parses an id, which consists of digits only.
fn id(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Parses `2d`, or a date: `2026-11-01`.
fn since(text: &str) -> Option<Since> {
    parse_span(text).map(Since::Ago).or_else(|| text.parse().ok().map(Since::Day))
}

/// Splits an expression at blanks outside quotes.
fn pieces(expression: &str) -> Result<Vec<Piece>, FilterError> {
    let mut found = Vec::new();
    let mut rest = expression.chars().enumerate().peekable();
    while let Some(&(at, c)) = rest.peek() {
        if c.is_whitespace() {
            rest.next();
            continue;
        }
        let negated = rest.next_if(|(_, c)| *c == '!').is_some();
        let mut piece = Piece { at, negated, key: None, value: String::new() };
        let mut quoted = false;
        while let Some((_, c)) = rest.next_if(|(_, c)| quoted || !c.is_whitespace()) {
            match c {
                '"' if quoted && rest.next_if(|(_, c)| *c == '"').is_some() => piece.value.push(c),
                '"' => quoted = !quoted,
                ':' if !quoted && piece.key.is_none() => piece.key = Some(std::mem::take(&mut piece.value)),
                _ => piece.value.push(c),
            }
        }
        if quoted {
            return Err(FilterError { at, what: "a quote is not closed".into() });
        }
        found.push(piece);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
