//! The journal: what is kept of every act, who did it, and what it changed.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::time::Timestamp;
use super::user::UserId;

/// What an act did, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the word it prints")]
pub enum Verb {
    SetUp,
    LoggedIn,
    LoggedOut,
    Added,
    Edited,
    Confirmed,
    Suspended,
    Promoted,
    Demoted,
    PasswordSet,
    CodeMade,
    CodeRevoked,
    Deleted,
    Issued,
    Renewed,
    Revoked,
    Swept,
    Opened,
    Renamed,
    Moved,
    Trashed,
    Provisioned,
    Imported,
    Restored,
    Purged,
    Undone,
    Redone,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::SetUp,
        Self::LoggedIn,
        Self::LoggedOut,
        Self::Added,
        Self::Edited,
        Self::Confirmed,
        Self::Suspended,
        Self::Promoted,
        Self::Demoted,
        Self::PasswordSet,
        Self::CodeMade,
        Self::CodeRevoked,
        Self::Deleted,
        Self::Issued,
        Self::Renewed,
        Self::Revoked,
        Self::Swept,
        Self::Opened,
        Self::Renamed,
        Self::Moved,
        Self::Trashed,
        Self::Provisioned,
        Self::Imported,
        Self::Restored,
        Self::Purged,
        Self::Undone,
        Self::Redone,
    ];

    /// The word that the journal holds, and that `verb:` takes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SetUp => "set-up",
            Self::LoggedIn => "log-in",
            Self::LoggedOut => "log-out",
            Self::Added => "add",
            Self::Edited => "edit",
            Self::Confirmed => "confirm",
            Self::Suspended => "suspend",
            Self::Promoted => "promote",
            Self::Demoted => "demote",
            Self::PasswordSet => "password",
            Self::CodeMade => "access-code",
            Self::CodeRevoked => "revoke-code",
            Self::Deleted => "delete",
            Self::Issued => "issue",
            Self::Renewed => "renew",
            Self::Revoked => "revoke",
            Self::Swept => "sweep",
            Self::Opened => "open",
            Self::Renamed => "rename",
            Self::Moved => "move",
            Self::Trashed => "trash",
            Self::Provisioned => "provision",
            Self::Imported => "import",
            Self::Restored => "restore",
            Self::Purged => "purge",
            Self::Undone => "undo",
            Self::Redone => "redo",
        }
    }

    /// The verb that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word().eq_ignore_ascii_case(word))
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// Their account; `None` for a command, and for somebody who could not log in.
    pub account: Option<UserId>,
    /// The account's username (else email), or for a command the OS user's name.
    pub name: String,
    /// What `SUDO_USER` said where a command ran.
    pub sudo_user: Option<String>,
}

/// Where an act came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whence {
    /// The console session's row; `None` for a command.
    pub session: Option<i64>,
    /// The client's address over SSH, else the terminal.
    pub place: String,
}

/// What kind of thing an act was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An account.
    Account,
    /// A session.
    Session,
    /// A directory.
    Directory,
    /// The whole store: an import, a sweep.
    Store,
}

impl Kind {
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
pub struct Object {
    /// What kind of thing.
    pub kind: Kind,
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

/// Fields of a thing, by the names of their columns, as they were at one moment. Never a secret: of one that changed only
/// that it did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image(Map<String, Value>);

impl Image {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    /// The same with one more field, unless the number is 0.
    pub fn with_count(self, field: &str, count: u64) -> Self {
        if count == 0 { self } else { self.with(field, count) }
    }

    /// Reads what [`Display`](fmt::Display) writes. What is no such text (another program wrote it) becomes one field.
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::new().with("unreadable", text),
        }
    }

    /// The fields, in the order in which they were put in.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value))
    }

    /// One field.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// A field as text; `None` where it is none.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str()
    }

    /// A field as a whole number; `None` where it is none.
    pub fn number(&self, field: &str) -> Option<i64> {
        self.get(field)?.as_i64()
    }

    /// The texts of a field that is a list.
    pub fn texts(&self, field: &str) -> Vec<String> {
        self.list(field).filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// The whole numbers of a field that is a list.
    pub fn numbers(&self, field: &str) -> Vec<i64> {
        self.list(field).filter_map(Value::as_i64).collect()
    }

    fn list(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.get(field).and_then(Value::as_array).into_iter().flatten()
    }

    /// A field as people read it; one that is missing as `nothing`.
    pub fn words(&self, field: &str) -> Cow<'_, str> {
        words(self.get(field).unwrap_or(&Value::Null))
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As JSON.
    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}

/// One JSON object in one line.
impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_string(&self.0).map_err(|_| fmt::Error)?.fmt(f)
    }
}

/// A field's value as people read it: text without quotes, a list as its parts, NULL as `nothing`.
pub(super) fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "nothing".into(),
        Value::String(text) => text.into(),
        Value::Array(parts) => parts.iter().map(words).collect::<Vec<_>>().join(", ").into(),
        other => other.to_string().into(),
    }
}

/// Only that a secret changed.
pub const CHANGED: &str = "changed";

/// The field that names the bundle in the bin in which a thing lies: in the image of what is not there but in the bin.
pub const BIN: &str = "bin";

/// The field that holds the paths of directories that were made for an account.
pub const MADE: &str = "directories_made";

/// The field that holds the bundles in which directories lie that were made for an account.
pub const BINNED: &str = "directories_binned";

/// What an act did to one thing, before it is in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// Where from.
    pub whence: Whence,
    /// What was done.
    pub verb: Verb,
    /// Whether it was.
    pub outcome: Outcome,
    /// To what.
    pub object: Object,
    /// The fields that changed, as they were.
    pub before: Image,
    /// The same as they are, and what else came of it.
    pub after: Image,
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
    pub author: Author,
    /// Where from.
    pub whence: Whence,
    /// What was done, in the word of [`Verb::word`].
    pub verb: String,
    /// Whether it was.
    pub outcome: Outcome,
    /// To what.
    pub object: Object,
    /// The fields that changed, as they were.
    pub before: Image,
    /// The same as they were afterwards, and what else came of it.
    pub after: Image,
    /// The first entry of the same act: its own for an act on one thing.
    pub act: i64,
    /// The entry that this one undoes.
    pub undoes: Option<i64>,
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_name_what_they_stand_for() {
        for verb in Verb::ALL {
            assert_eq!(Verb::parse(verb.word()), Some(verb));
        }
        assert_eq!(Verb::parse("DELETE"), Some(Verb::Deleted));
        assert_eq!(Verb::parse(""), None);
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.word()), Some(kind));
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

    #[test]
    fn values_are_told_in_words() {
        let image = Image::parse(r#"{"a":null,"b":"x y","c":["p","q",1],"d":true,"e":{"f":[]}}"#);
        let told: Vec<_> = image.fields().map(|(field, _)| image.words(field)).collect();
        assert_eq!(told, ["nothing", "x y", "p, q, 1", "true", r#"{"f":[]}"#]);
        assert_eq!(image.words("z"), "nothing");
    }

    #[test]
    fn what_is_no_image_is_kept_as_it_is() {
        assert_eq!(Image::parse("{\"a\":1}"), Image::new().with("a", 1));
        assert_eq!(Image::parse("[1]"), Image::new().with("unreadable", "[1]"));
        assert!(Image::parse("{}").is_empty());
    }

    proptest! {
        #[test]
        fn an_image_is_read_as_it_is_written(field in any::<String>(), value in any::<String>(), n in any::<i64>()) {
            let image = Image::new().with(&field, value).with("n", n);
            prop_assert!(!image.to_string().contains('\n'));
            prop_assert_eq!(Image::parse(&image.to_string()), image);
        }
    }
}
