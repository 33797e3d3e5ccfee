//! The journal: a record of every action, its actor and the changed fields.

use std::fmt;

use super::time::Timestamp;
use super::user::UserId;

mod action;
mod field_values;
mod line;
mod reason;

pub use action::Action;
pub(super) use field_values::words;
pub use field_values::{
    BIN, BINNED, CHANGED, FAILED_LOG_INS, FILTER, FieldValues, MADE, MENTIONS, REASON, REFUSED, REHASHED,
    SESSIONS_ENDED,
};
pub use line::{Fold, Line};
pub use reason::Reason;

/// The person or program that performed an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actor {
    /// The actor's account; `None` for a command and for a failed log-in.
    pub account: Option<UserId>,
    /// The account's username (else email), or for a command the name of the OS user.
    pub name: String,
    /// The value of `SUDO_USER` for a command.
    pub sudo_user: Option<String>,
}

/// The mark behind an address or a name that nothing but the environment vouches for.
pub const CLAIMED: &str = " (claimed)";

/// The origin of an action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The console session's row; `None` for a command.
    pub session: Option<i64>,
    /// The client's address over SSH, else the terminal.
    pub place: String,
}

/// The kind of thing that an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    Account,
    Session,
    Directory,
    /// The whole store: an import, a sweep.
    Store,
}

impl EntityKind {
    pub const ALL: [Self; 4] = [Self::Account, Self::Session, Self::Directory, Self::Store];

    /// Returns the name that the journal stores. All but the last are also keys of the journal's filter.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Session => "session",
            Self::Directory => "directory",
            Self::Store => "store",
        }
    }

    /// Returns the kind with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The thing that an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRef {
    pub kind: EntityKind,
    /// The row's id, if there is one.
    pub id: Option<i64>,
    /// The name at that time: username or email, a session's short id, a path, a file name.
    pub label: String,
    /// The account itself, or the account that it belongs to.
    pub account: Option<UserId>,
}

/// The result of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The action was done.
    Done,
    /// The action was begun and continues in steps.
    Begun,
    /// The action was denied, or a log-in failed; nothing changed.
    Refused,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Done, Self::Begun, Self::Refused];

    /// Returns the name that `result:` takes. The journal stores it, but for what was begun: that is entered as done, and counts as
    /// begun until it is through.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Begun => "begun",
            Self::Refused => "refused",
        }
    }

    /// Returns the outcome with this name, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word().eq_ignore_ascii_case(word))
    }
}

/// A journal entry that is not written yet: one action on one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub at: Timestamp,
    pub actor: Actor,
    pub origin: Origin,
    pub action: Action,
    pub outcome: Outcome,
    pub object: EntityRef,
    /// The changed fields before the action.
    pub before: FieldValues,
    /// The changed fields after the action, and its other effects.
    pub after: FieldValues,
    /// The first entry of the same action; `None` if this is the first.
    pub act: Option<i64>,
    /// The entry that this one undoes.
    pub undoes: Option<i64>,
}

/// The parts of an entry that were erased. What is left of a part are the ids in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Names and origin of the actor.
    pub actor: bool,
    /// The name and the fields of the thing that the entry is about.
    pub object: bool,
}

impl Erased {
    /// Returns the name of the parts; `None` if nothing was erased.
    pub const fn word(self) -> Option<&'static str> {
        match (self.actor, self.object) {
            (false, false) => None,
            (true, false) => Some("actor"),
            (false, true) => Some("object"),
            (true, true) => Some("both"),
        }
    }
}

/// Returns the name in place of an erased one.
pub fn erased_name(account: Option<UserId>) -> String {
    account.map_or_else(|| "erased".to_owned(), |id| format!("account {id} (erased)"))
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry's number, counted from 1 without gaps.
    pub seq: i64,
    /// Time of the action; `None` if the stored text was overwritten by something else.
    pub at: Option<Timestamp>,
    pub actor: Actor,
    pub origin: Origin,
    /// The action's name, as [`Action::word`] gives it.
    pub action: String,
    pub outcome: Outcome,
    pub object: EntityRef,
    /// The changed fields before the action.
    pub before: FieldValues,
    /// The changed fields after the action, and its other effects.
    pub after: FieldValues,
    /// The first entry of the same action; its own number if there is only one.
    pub act: i64,
    /// The entry that this one undoes.
    pub undoes: Option<i64>,
    /// The reason that was given; stored among the new values.
    pub reason: Option<String>,
    /// 64 hex digits that chain it to the entry before.
    pub hash: String,
    pub erased: Erased,
}

/// The newest entry. Its number and hash commit to the whole journal up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The entry's number; 0 for an empty journal.
    pub seq: i64,
    /// 64 hex digits; all 0 for an empty journal.
    pub hash: String,
}

impl Head {
    /// Returns the head of an empty journal.
    pub fn empty() -> Self {
        Self { seq: 0, hash: "0".repeat(HASH_DIGITS) }
    }

    /// Reads the text that [`Display`](fmt::Display) writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(':')?;
        let seq = seq.bytes().all(|digit| digit.is_ascii_digit()).then(|| seq.parse().ok())??;
        let is_hash =
            hash.len() == HASH_DIGITS && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| Self { seq, hash: hash.to_owned() })
    }
}

/// Writes `SEQ:HASH`.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// Hex digits of a SHA-256 hash.
const HASH_DIGITS: usize = 64;

/// The first entry at which the journal differs from what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The number of the entry.
    pub seq: i64,
    /// A description of the fault.
    pub what: &'static str,
}

impl Break {
    /// Returns the sentence that reports it.
    pub fn sentence(&self) -> String {
        format!("The journal is not intact: entry {}: {}.", self.seq, self.what)
    }
}

/// Sort columns of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JournalColumn {
    /// Order of writing.
    #[default]
    Seq,
    /// The actor, letter case ignored; the entries of each by time.
    Actor,
    /// The action, then the actor; the entries of each by time.
    Action,
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
