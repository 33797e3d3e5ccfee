//! The result of an action in numbers. `service::messages` makes sentences of it.

use crate::domain::dependents::{Dependents, TableRows};
pub use crate::domain::journal::Action;
use crate::domain::text::{count, grouped};
use crate::domain::time::{Duration, Timestamp};

/// The effect of an action on the operator who performs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    /// It changes nothing of the operator's.
    Untouched,
    /// It would have ended the operator's session, so their row is left out.
    LeftOut,
    /// It ends the operator's session.
    Session,
    /// It takes away the operator's level.
    Level,
    /// It takes away the operator's account.
    Account,
}

impl Own {
    /// Returns true if the operator is logged out.
    pub const fn logs_out(self) -> bool {
        match self {
            Self::Untouched | Self::LeftOut => false,
            Self::Session | Self::Level | Self::Account => true,
        }
    }
}

/// An entry that an undo or a redo left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUndone {
    /// The number of the entry.
    pub entry: i64,
    /// The reason that it was not undone, as a sentence.
    pub why: String,
}

/// The counts of the entries that an erasure blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErasedEntries {
    /// The number of entries of which it erases parts.
    pub entries: u64,
    /// The number of those that are about others and mention the account.
    pub mentions: u64,
    /// True if the store's log still holds what was erased, because somebody reads it.
    pub log_kept: bool,
}

impl ErasedEntries {
    /// Returns the part of a sentence that counts the entries about others, or nothing if there are none.
    pub fn about_others(&self) -> String {
        match self.mentions {
            0 => String::new(),
            1 => ", 1 of them about somebody else".to_owned(),
            n => format!(", {} of them about others", grouped(n)),
        }
    }
}

/// The result of an action, or of its dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSummary {
    pub action: Action,
    /// The name of the one row that it is about, as stored: make it visible before showing it. `None` for several rows.
    pub label: Option<String>,
    /// The names of the first of several rows, as stored, where a count has read them.
    pub names: Vec<String>,
    /// The time for which the names of deleted accounts stay reserved, in a count of their deletion.
    pub names_kept: Option<Duration>,
    /// The name of the account, as stored, if all sessions that it is about belong to one.
    pub whose: Option<String>,
    /// The id of the one row that it is about or that it made.
    pub id: Option<i64>,
    /// The number of accounts changed, added or removed.
    pub accounts: u64,
    /// The number of sessions ended, renewed, issued or removed.
    pub sessions: u64,
    /// The number of directories added, changed or removed.
    pub directories: u64,
    /// The number of active sessions that end and that undo does not bring back.
    pub ended: u64,
    /// True if an account gets another access level, or is new and an admin.
    pub changes_level: bool,
    /// True if an account can no longer log in.
    pub cuts_off: bool,
    /// True if an access code in force stops working.
    pub replaces_code: bool,
    /// The number of sessions that the undone action ended and that stay ended.
    pub lost: u64,
    /// The number of console sessions whose renewal the longest life of a console session cut short.
    pub capped: u64,
    /// The end that the last of them got instead.
    pub capped_until: Option<Timestamp>,
    /// The number of rows that were already as wanted.
    pub unchanged: u64,
    /// Rows that foreign keys of other programs delete or change along, if there are any.
    pub others: Option<Box<Dependents>>,
    /// The number of rows of the bin that could not come back because a unique value is taken.
    pub left_out: u64,
    pub erased: ErasedEntries,
    /// The number of counted rows that are gone or no longer match.
    pub vanished: u64,
    /// The first of the entries among these that an undo or a redo left as they are, in their order.
    pub not_undone: Vec<NotUndone>,
    pub own: Own,
    /// The action that is undone or redone.
    pub of: Option<Action>,
    /// The first entry of the action that is undone, or of the undo that is redone.
    pub entry: Option<i64>,
    /// The first journal entry of the action itself. `None` if it changed nothing.
    pub written: Option<i64>,
    /// The ids of the changed rows; of a whole action ascending, each once.
    pub ids: Vec<i64>,
    /// The checksum of the list of new accounts, in a count of their making.
    pub list: Option<String>,
}

impl ActionSummary {
    /// Makes the summary of an action that has changed nothing yet.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            label: None,
            names: Vec::new(),
            names_kept: None,
            whose: None,
            id: None,
            accounts: 0,
            sessions: 0,
            directories: 0,
            ended: 0,
            changes_level: false,
            cuts_off: false,
            replaces_code: false,
            lost: 0,
            capped: 0,
            capped_until: None,
            unchanged: 0,
            others: None,
            left_out: 0,
            erased: ErasedEntries { entries: 0, mentions: 0, log_kept: false },
            vanished: 0,
            not_undone: Vec::new(),
            own: Own::Untouched,
            of: None,
            entry: None,
            written: None,
            ids: Vec::new(),
            list: None,
        }
    }

    /// Adds the summary of another part of the same action.
    pub fn add(&mut self, more: &Self) {
        self.of = self.of.or(more.of);
        self.entry = self.entry.or(more.entry);
        self.written = self.written.or(more.written);
        self.ids.extend_from_slice(&more.ids);
        self.accounts += more.accounts;
        self.sessions += more.sessions;
        self.directories += more.directories;
        self.ended += more.ended;
        self.changes_level |= more.changes_level;
        self.cuts_off |= more.cuts_off;
        self.replaces_code |= more.replaces_code;
        self.lost += more.lost;
        self.capped += more.capped;
        self.capped_until = self.capped_until.max(more.capped_until);
        self.unchanged += more.unchanged;
        if let Some(more) = &more.others {
            self.others.get_or_insert_default().add(more);
        }
        self.left_out += more.left_out;
        self.vanished += more.vanished;
        self.not_undone.extend_from_slice(&more.not_undone);
        self.own = self.own.max(more.own);
    }

    /// Returns the rows that foreign keys of other programs delete along. They go to the bin with it, and come back.
    pub fn carried(&self) -> &[TableRows] {
        self.others.as_ref().map_or(&[], |others| &others.deleted)
    }

    /// Returns the rows of other programs that lose their reference to it, for good.
    pub fn cleared(&self) -> &[TableRows] {
        self.others.as_ref().map_or(&[], |others| &others.cleared)
    }

    /// Adds the summary of one row. The row has this id, unless the summary names another.
    pub fn add_row(&mut self, id: i64, row: &Self) {
        let before = self.ids.len();
        self.add(row);
        if row.touched() == 0 {
            self.ids.truncate(before);
        } else if row.ids.is_empty() {
            self.ids.push(row.id.unwrap_or(id));
        }
    }

    /// Sets the first journal entry of an action on one row, and the row's id.
    pub fn written(self, entry: Option<i64>) -> Self {
        let ids = self.id.filter(|_| self.touched() > 0).into_iter().collect();
        Self { written: entry, ids, ..self }
    }

    /// Sorts the ids of a whole action and drops duplicates.
    pub fn in_order(mut self) -> Self {
        self.ids.sort_unstable();
        self.ids.dedup();
        self
    }

    /// Returns true if what goes along with it is deleted for good.
    pub const fn is_for_good(&self) -> bool {
        matches!(self.action, Action::Purged | Action::Erased)
    }

    /// Returns the number of changed rows.
    pub const fn touched(&self) -> u64 {
        self.accounts + self.sessions + self.directories
    }

    /// Returns the numbers that are not zero: `3 accounts, 7 sessions`.
    pub fn counts(&self) -> String {
        let counts = [
            (self.accounts, "account", "accounts"),
            (self.sessions, "session", "sessions"),
            (self.directories, "directory", "directories"),
        ];
        let named: Vec<_> =
            counts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(*n, one, many)).collect();
        if named.is_empty() { "nothing".into() } else { named.join(", ") }
    }
}
