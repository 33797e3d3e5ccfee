//! The keys of filter expressions: each with an example, the values that it takes, and the test that it makes.

use crate::domain::journal::{Action, EntityKind, Outcome};
use crate::domain::session::RowStatus;
use crate::domain::time::parse_span;
use crate::domain::user::{AccessLevel, Status, Who};

use super::terms::{Bound, ListKind, Since, Test};

/// A key of filter expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterKey {
    pub name: &'static str,
    /// A value to show in messages.
    pub example: &'static str,
    pub value: FilterValue,
}

/// The value that a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterValue {
    Status,
    /// The state of a session.
    State,
    Level,
    Id,
    Account,
    Created,
    Expires,
    Seen,
    Has,
    /// The name of an actor.
    Actor,
    Action,
    Outcome,
    /// An address or a terminal.
    Place,
    Since,
    /// The id of a thing.
    Entity(EntityKind),
}

/// The values to suggest for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestions {
    /// These, or some of many.
    Words(Vec<&'static str>),
    /// The accounts of the store.
    Accounts,
    /// None: an id must be typed.
    Nothing,
}

const fn key(name: &'static str, example: &'static str, value: FilterValue) -> FilterKey {
    FilterKey { name, example, value }
}

const STATUS: FilterKey = key("status", "pending", FilterValue::Status);
const USER: FilterKey = key("user", "ada", FilterValue::Account);
const CREATED: FilterKey = key("created", "<30d", FilterValue::Created);
const SEEN: FilterKey = key("seen", ">30d", FilterValue::Seen);

const OF_USERS: &[FilterKey] = &[
    STATUS,
    key("level", "admin", FilterValue::Level),
    USER,
    key("id", "3", FilterValue::Id),
    CREATED,
    SEEN,
    key("has", "sessions", FilterValue::Has),
];

const OF_SESSIONS: &[FilterKey] = &[
    key("status", "active", FilterValue::State),
    USER,
    key("id", "34", FilterValue::Id),
    CREATED,
    key("expires", "<2h", FilterValue::Expires),
    SEEN,
];

const OF_DIRECTORIES: &[FilterKey] = &[USER, key("id", "56", FilterValue::Id), CREATED, SEEN];

const OF_BIN: &[FilterKey] = &[USER, key("id", "7", FilterValue::Id)];

const OF_JOURNAL: &[FilterKey] = &[
    key("by", "ada", FilterValue::Actor),
    key("verb", "delete", FilterValue::Action),
    key("user", "alan", FilterValue::Account),
    key("since", "2d", FilterValue::Since),
    key("result", "refused", FilterValue::Outcome),
    key("from", "10.0.4.7", FilterValue::Place),
    key("account", "3", FilterValue::Entity(EntityKind::Account)),
    key("session", "34", FilterValue::Entity(EntityKind::Session)),
    key("directory", "56", FilterValue::Entity(EntityKind::Directory)),
];

/// Returns the keys of a list.
pub const fn keys(subject: ListKind) -> &'static [FilterKey] {
    match subject {
        ListKind::Users => OF_USERS,
        ListKind::Sessions => OF_SESSIONS,
        ListKind::Directories => OF_DIRECTORIES,
        ListKind::Bin => OF_BIN,
        ListKind::Journal => OF_JOURNAL,
    }
}

impl FilterValue {
    /// Returns the test for a value, or `None` if the key does not take it.
    pub(super) fn test(self, text: &str) -> Option<Test> {
        match self {
            Self::Status => Status::parse(text).map(Test::Status),
            Self::State => RowStatus::parse(text).map(Test::State),
            Self::Level => AccessLevel::parse(text).map(Test::Level),
            Self::Id => id(text).map(Test::Id),
            Self::Account => Who::parse(text).ok().map(Test::User),
            Self::Created => bound(text).map(Test::Created),
            Self::Expires => bound(text).map(Test::Expires),
            Self::Seen => bound(text).map(Test::Seen),
            Self::Has => text.eq_ignore_ascii_case(HAS_SESSIONS).then_some(Test::HasSessions),
            Self::Actor => Some(Test::By(text.to_owned())),
            Self::Action => Action::parse(text).map(Test::Action),
            Self::Outcome => Outcome::parse(text).map(Test::Outcome),
            Self::Place => Some(Test::From(text.to_owned())),
            Self::Since => since(text).map(Test::Since),
            Self::Entity(kind) => id(text).map(|id| Test::EntityRef(kind, id)),
        }
    }

    /// Returns the values to suggest.
    pub fn suggestions(self) -> Suggestions {
        Suggestions::Words(match self {
            Self::Status => Status::ALL.map(Status::word).to_vec(),
            Self::State => RowStatus::ALL.map(RowStatus::word).to_vec(),
            Self::Level => AccessLevel::ALL.map(AccessLevel::word).to_vec(),
            Self::Created => vec!["<1d", "<7d", "<30d", ">30d", ">90d"],
            Self::Expires => vec!["<10m", "<2h", "<1d", ">7d"],
            Self::Seen => vec!["<1h", "<1d", "<30d", ">30d", ">90d"],
            Self::Has => vec![HAS_SESSIONS],
            Self::Action => Action::ALL.map(Action::word).to_vec(),
            Self::Outcome => Outcome::ALL.map(Outcome::word).to_vec(),
            Self::Since => vec!["1h", "1d", "2d", "7d", "30d"],
            Self::Account | Self::Actor => return Suggestions::Accounts,
            Self::Id | Self::Place | Self::Entity(_) => return Suggestions::Nothing,
        })
    }
}

/// The value of `has:`.
const HAS_SESSIONS: &str = "sessions";

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
