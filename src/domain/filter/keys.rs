//! The keys of filter expressions: each with an example, the values that it takes, and the test that it makes.

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::journal::{Action, EntityKind, Outcome};
use crate::domain::session::{RowStatus, SessionOrigin};
use crate::domain::text::fold;
use crate::domain::time::parse_span;
use crate::domain::user::{AccessLevel, Status, Who};

use super::terms::{Bound, ListKind, MOMENT, Since, Test, UNKNOWN};

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
    /// A part of an email.
    Email,
    /// A part of an operator's note.
    Note,
    /// The origin of a session.
    Origin,
    /// A part of the label of a session.
    Label,
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
    /// None: it must be typed.
    Nothing,
}

const fn key(name: &'static str, example: &'static str, value: FilterValue) -> FilterKey {
    FilterKey { name, example, value }
}

const STATUS: FilterKey = key("status", "pending", FilterValue::Status);
const USER: FilterKey = key("user", "ada", FilterValue::Account);
const EMAIL: FilterKey = key("email", "example.org", FilterValue::Email);
const LEVEL: FilterKey = key("level", "admin", FilterValue::Level);
const CREATED: FilterKey = key("created", "<30d", FilterValue::Created);
const SEEN: FilterKey = key("seen", ">30d", FilterValue::Seen);

const OF_USERS: &[FilterKey] = &[
    STATUS,
    LEVEL,
    USER,
    EMAIL,
    key("id", "3", FilterValue::Id),
    CREATED,
    key("expires", "<30d", FilterValue::Expires),
    SEEN,
    key("has", "sessions", FilterValue::Has),
    key("note", "invoice", FilterValue::Note),
];

const OF_SESSIONS: &[FilterKey] = &[
    key("status", "active", FilterValue::State),
    LEVEL,
    USER,
    EMAIL,
    key("id", "34", FilterValue::Id),
    key("origin", "console", FilterValue::Origin),
    key("label", "backup", FilterValue::Label),
    CREATED,
    key("expires", "<2h", FilterValue::Expires),
    SEEN,
];

const OF_DIRECTORIES: &[FilterKey] = &[USER, EMAIL, key("id", "56", FilterValue::Id), CREATED, SEEN];

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
            Self::Seen if text.eq_ignore_ascii_case(NEVER) => Some(Test::NeverSeen),
            Self::Seen => bound(text).map(Test::Seen),
            Self::Has => {
                HAS.into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, test)| test)
            }
            Self::Email => Some(fold(text)).filter(|text| !text.is_empty()).map(Test::Email),
            Self::Note => Some(fold(text)).filter(|text| !text.is_empty()).map(Test::Note),
            Self::Label => Some(fold(text)).filter(|text| !text.is_empty()).map(Test::Label),
            Self::Origin => {
                ORIGINS.into_iter().find(|origin| text.eq_ignore_ascii_case(origin.word())).map(Test::Origin)
            }
            Self::Actor => Some(Test::By(text.to_owned())),
            Self::Action => Action::parse(text).map(Test::Action),
            Self::Outcome => Outcome::parse(text).map(Test::Outcome),
            Self::Place => Some(Test::From(text.to_owned())),
            Self::Since => since(text).map(Test::Since),
            Self::Entity(EntityKind::Account) if text.eq_ignore_ascii_case(UNKNOWN) => {
                Some(Test::UnknownAccount)
            }
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
            Self::Seen => vec!["<1h", "<1d", "<30d", ">30d", ">90d", NEVER],
            Self::Has => HAS.map(|(word, _)| word).to_vec(),
            Self::Origin => ORIGINS.map(SessionOrigin::word).to_vec(),
            Self::Action => Action::ALL.map(Action::word).to_vec(),
            Self::Outcome => Outcome::ALL.map(Outcome::word).to_vec(),
            Self::Since => vec!["1h", "1d", "2d", "7d", "30d"],
            Self::Account | Self::Actor => return Suggestions::Accounts,
            Self::Id | Self::Email | Self::Note | Self::Label | Self::Place | Self::Entity(_) => {
                return Suggestions::Nothing;
            }
        })
    }
}

/// The values of `has:`.
const HAS: [(&str, Test); 4] = [
    ("sessions", Test::HasSessions),
    ("code", Test::HasCode),
    ("home", Test::HasHome),
    ("failures", Test::HasFailures),
];

const ORIGINS: [SessionOrigin; 3] =
    [SessionOrigin::Console, SessionOrigin::Service, SessionOrigin::Elsewhere];

/// The value of `seen:` for what was never seen.
const NEVER: &str = "never";

/// Parses `<30d`, `>2h`, or two days: `2026-01-01..2026-02-01`.
fn bound(text: &str) -> Option<Bound> {
    let span = |rest| parse_span(rest);
    if text.contains("..") {
        return days(text).map(|(first, last)| Bound::Days(first, last));
    }
    match text.strip_prefix('<') {
        Some(rest) => span(rest).map(Bound::Under),
        None => text.strip_prefix('>').and_then(span).map(Bound::Over),
    }
}

/// Parses two days, the first not behind the last: `2026-01-01..2026-02-01`.
fn days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = text.split_once("..")?;
    let (first, last) = (day(first)?, day(last)?);
    (first <= last).then_some((first, last))
}

/// Parses a day of four, two and two digits.
fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text)
}

/// Parses an id, which consists of digits only.
fn id(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Parses `2d`, a date, `2026-11-01`, two of them, `2026-11-01..2026-11-07`, or a moment: `2026-11-01T08:30:00Z`.
fn since(text: &str) -> Option<Since> {
    if let Some((first, last)) = days(text) {
        return Some(Since::Days(first, last));
    }
    let moment =
        || NaiveDateTime::parse_from_str(text, MOMENT).ok().map(|moment| Since::At(moment.and_utc()));
    parse_span(text).map(Since::Ago).or_else(|| text.parse().ok().map(Since::Day)).or_else(moment)
}
