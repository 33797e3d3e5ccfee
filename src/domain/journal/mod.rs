//! The journal: what is kept of every act, who did it, and what it changed.

use std::fmt;

use super::time::Timestamp;
use super::user::UserId;

mod action;
mod field_values;
mod reason;

pub use action::Action;
pub(super) use field_values::words;
pub use field_values::{BIN, BINNED, CHANGED, FieldValues, MADE, REASON, SESSIONS_ENDED};
pub use reason::Reason;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// Their account; `None` for a command, and for somebody who could not log in.
    pub account: Option<UserId>,
    /// The account's username (else email), or for a command the OS user's name.
    pub name: String,
    /// What `SUDO_USER` said where a command ran.
    pub sudo_user: Option<String>,
}

/// Where an act came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The console session's row; `None` for a command.
    pub session: Option<i64>,
    /// The client's address over SSH, else the terminal.
    pub place: String,
}

/// What kind of thing an act was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    /// An account.
    Account,
    /// A session.
    Session,
    /// A directory.
    Directory,
    /// The whole store: an import, a sweep.
    Store,
}

impl EntityKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Account, Self::Session, Self::Directory, Self::Store];

    /// The word that the journal holds; but for the last also a key of its filter.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Session => "session",
            Self::Directory => "directory",
            Self::Store => "store",
        }
    }

    /// The kind that `word` names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What an act was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRef {
    /// What kind of thing.
    pub kind: EntityKind,
    /// Its row's id, where it has one.
    pub id: Option<i64>,
    /// What it was called then: username or email, a session's short id, a path, a file name.
    pub label: String,
    /// The account that it is or that it belongs to.
    pub account: Option<UserId>,
}

/// Whether an act was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It was.
    Done,
    /// It was not permitted, or a log-in failed; nothing has changed.
    Refused,
}

impl Outcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Done, Self::Refused];

    /// The word that the journal holds, and that `result:` takes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    /// The outcome that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word().eq_ignore_ascii_case(word))
    }
}

/// What an act did to one thing, before it is in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Where from.
    pub origin: Origin,
    /// What was done.
    pub action: Action,
    /// Whether it was.
    pub outcome: Outcome,
    /// To what.
    pub object: EntityRef,
    /// The fields that changed, as they were.
    pub before: FieldValues,
    /// The same as they are, and what else came of it.
    pub after: FieldValues,
    /// The first entry of the same act; `None` where this is the first.
    pub act: Option<i64>,
    /// The entry that this one undoes.
    pub undoes: Option<i64>,
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place, counted from 1 without gaps.
    pub seq: i64,
    /// When; `None` where somebody wrote over it.
    pub at: Option<Timestamp>,
    /// Who.
    pub actor: Actor,
    /// Where from.
    pub origin: Origin,
    /// What was done, in the word of [`Action::word`].
    pub action: String,
    /// Whether it was.
    pub outcome: Outcome,
    /// To what.
    pub object: EntityRef,
    /// The fields that changed, as they were.
    pub before: FieldValues,
    /// The same as they were afterwards, and what else came of it.
    pub after: FieldValues,
    /// The first entry of the same act: its own for an act on one thing.
    pub act: i64,
    /// The entry that this one undoes.
    pub undoes: Option<i64>,
    /// Why, in the words of whoever acted; stored in the image of what came of it.
    pub reason: Option<String>,
    /// 64 hex digits that chain it to the one before.
    pub hash: String,
}

/// The newest entry: its place and its hash stand for the whole journal up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its place; 0 for a journal without entries.
    pub seq: i64,
    /// 64 hex digits; all 0 for a journal without entries.
    pub hash: String,
}

impl Head {
    /// That of a journal without entries.
    pub fn empty() -> Self {
        Self { seq: 0, hash: "0".repeat(HASH_DIGITS) }
    }

    /// Reads what [`Display`](fmt::Display) writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(':')?;
        let seq = seq.bytes().all(|digit| digit.is_ascii_digit()).then(|| seq.parse().ok())??;
        let is_hash =
            hash.len() == HASH_DIGITS && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| Self { seq, hash: hash.to_owned() })
    }
}

/// `SEQ:HASH`
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// Hex digits of a SHA-256 hash.
const HASH_DIGITS: usize = 64;

/// Where the journal is not what it was written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The first entry that is wrong.
    pub seq: i64,
    /// What is wrong, in plain words.
    pub what: &'static str,
}

/// Columns the journal can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JournalColumn {
    /// Order of writing.
    #[default]
    Seq,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_what_they_stand_for() {
        for kind in EntityKind::ALL {
            assert_eq!(EntityKind::parse(kind.word()), Some(kind));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.word()), Some(outcome));
        }
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head { seq: 12, hash: "ab".repeat(32) };
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        assert_eq!(Head::parse(&Head::empty().to_string()), Some(Head::empty()));
        for text in [
            "",
            "12",
            "12:",
            "-1:ab",
            "x:y",
            &format!("1:{}", "AB".repeat(32)),
            &format!("+1:{}", "ab".repeat(32)),
        ] {
            assert_eq!(Head::parse(text), None, "{text}");
        }
    }
}
