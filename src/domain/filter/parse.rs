//! The parser of filters: terms, keys and their values.

use chrono::NaiveDate;

use crate::domain::journal::{Action, EntityKind, Outcome};
use crate::domain::session::{RowStatus, SessionOrigin};
use crate::domain::text::{excerpt, excerpt_bare, fold};
use crate::domain::time::parse_span;
use crate::domain::user::{AccessLevel, Status, Who};

use super::{Bound, FilterError, ListKind, Since, Test};

/// Returns the keys of a list, each with an example value, for messages and completion.
pub const fn keys(subject: ListKind) -> &'static [(&'static str, &'static str)] {
    match subject {
        ListKind::Users => &[
            ("status", "pending"),
            ("level", "admin"),
            ("user", "ada"),
            ("email", "example.org"),
            ("id", "3"),
            ("created", "<30d"),
            ("seen", ">30d"),
            ("has", "sessions"),
        ],
        ListKind::Sessions => &[
            ("status", "active"),
            ("level", "admin"),
            ("user", "ada"),
            ("email", "example.org"),
            ("id", "34"),
            ("origin", "console"),
            ("created", "<30d"),
            ("expires", "<2h"),
            ("seen", ">30d"),
        ],
        ListKind::Directories => {
            &[("user", "ada"), ("email", "example.org"), ("id", "56"), ("created", "<30d"), ("seen", ">30d")]
        }
        ListKind::Bin => &[("user", "ada"), ("id", "7")],
        ListKind::Journal => &[
            ("by", "ada"),
            ("verb", "delete"),
            ("user", "alan"),
            ("since", "2d"),
            ("from", "192.0.2.7"),
            ("result", "refused"),
            ("account", "3"),
            ("session", "34"),
            ("directory", "56"),
        ],
    }
}

/// A term that is not parsed yet.
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) negated: bool,
    key: Option<String>,
    value: String,
}

impl Piece {
    pub(super) fn test(&self, subject: ListKind) -> Result<Test, String> {
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
            ("seen", _) if self.value.eq_ignore_ascii_case("never") => Some(Test::NeverSeen),
            ("seen", _) => bound(&self.value).map(Test::Seen),
            ("has", _) => {
                HAS.into_iter().find(|(word, _)| self.value.eq_ignore_ascii_case(word)).map(|(_, test)| test)
            }
            ("email", _) => Some(fold(&self.value)).filter(|text| !text.is_empty()).map(Test::Email),
            ("origin", _) => origin(&self.value).map(Test::Origin),
            ("from", _) => Some(Test::From(self.value.clone())),
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

/// What `has:` asks about.
const HAS: [(&str, Test); 3] =
    [("sessions", Test::HasSessions), ("code", Test::HasCode), ("home", Test::HasHome)];

/// Parses `<30d`, `>2h`, or two days: `2026-01-01..2026-02-01`.
fn bound(text: &str) -> Option<Bound> {
    let span = |rest| parse_span(rest);
    if let Some((first, last)) = text.split_once("..") {
        let (first, last) = (day(first)?, day(last)?);
        return (first <= last).then_some(Bound::Days(first, last));
    }
    match text.strip_prefix('<') {
        Some(rest) => span(rest).map(Bound::Under),
        None => text.strip_prefix('>').and_then(span).map(Bound::Over),
    }
}

/// Parses a day of four, two and two digits.
fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text)
}

/// Parses the origin of a session.
fn origin(text: &str) -> Option<SessionOrigin> {
    let word = text.to_ascii_lowercase();
    Some(SessionOrigin::parse(&word)).filter(|origin| origin.word() == word)
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
pub(super) fn pieces(expression: &str) -> Result<Vec<Piece>, FilterError> {
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
