//! What an act touched, in numbers. The sentences about it stand in `service::sentence`.

use crate::domain::dependents::{Dependents, TableRows};
pub use crate::domain::journal::Action;
use crate::domain::text::count;

/// What an act does to the session, level or account of the operator who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    /// Nothing.
    Untouched,
    /// It would have ended their session, and so leaves their row out.
    LeftOut,
    /// Ends their session.
    Session,
    /// Takes away their level.
    Level,
    /// Takes away their account.
    Account,
}

impl Own {
    /// Whether the operator is logged out by it.
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
    /// Its number.
    pub entry: i64,
    /// Why it was not taken back: a sentence.
    pub why: String,
}

/// What an act touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSummary {
    /// What was done.
    pub action: Action,
    /// The one thing it was done to, by name (as stored: make it visible before showing it); `None` for several.
    pub label: Option<String>,
    /// Whose the sessions are that it was done to, where all are one account's (as stored).
    pub whose: Option<String>,
    /// The id of the one row it was done to or that it made.
    pub id: Option<i64>,
    /// Accounts changed, added or removed.
    pub accounts: u64,
    /// Sessions ended, renewed, issued or removed.
    pub sessions: u64,
    /// Directories added, changed or removed.
    pub directories: u64,
    /// Of the sessions, those that were active, end, and that nothing brings back.
    pub ended: u64,
    /// An account gets another access level, or is new with that of an admin.
    pub changes_level: bool,
    /// An account can log in no more.
    pub cuts_off: bool,
    /// An access code in force stops working.
    pub replaces_code: bool,
    /// Sessions that ended with what is taken back, and that stay so.
    pub lost: u64,
    /// Rows that were as asked already.
    pub unchanged: u64,
    /// Rows that foreign keys of other programs delete or change along, where there are any.
    pub others: Option<Box<Dependents>>,
    /// Rows of the bin that could not come back: what makes them unique is there already.
    pub left_out: u64,
    /// Rows that were counted, and are no longer there or no longer match.
    pub vanished: u64,
    /// Of these, entries that an undo or a redo left as they are: the first of them, in their order.
    pub not_undone: Vec<NotUndone>,
    /// What it does to the operator's own session, level or account.
    pub own: Own,
    /// What is taken back, or done again.
    pub of: Option<Action>,
    /// The first entry of the act that is taken back, or of the undoing that is.
    pub entry: Option<i64>,
    /// The first entry that the act itself wrote in the journal; `None` where it changed nothing.
    pub written: Option<i64>,
    /// The ids of the rows that it changed: of a whole act ascending, each once.
    pub ids: Vec<i64>,
}

impl ActionSummary {
    /// Nothing touched yet.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            label: None,
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
            unchanged: 0,
            others: None,
            left_out: 0,
            vanished: 0,
            not_undone: Vec::new(),
            own: Own::Untouched,
            of: None,
            entry: None,
            written: None,
            ids: Vec::new(),
        }
    }

    /// Adds what another part of the same act touched.
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
        self.unchanged += more.unchanged;
        if let Some(more) = &more.others {
            self.others.get_or_insert_default().add(more);
        }
        self.left_out += more.left_out;
        self.vanished += more.vanished;
        self.not_undone.extend_from_slice(&more.not_undone);
        self.own = self.own.max(more.own);
    }

    /// Returns the rows that foreign keys of other programs delete along: they lie in the bin with it, and come back.
    pub fn carried(&self) -> &[TableRows] {
        self.others.as_ref().map_or(&[], |others| &others.deleted)
    }

    /// Returns the rows of other programs that lose their reference to it, for good.
    pub fn cleared(&self) -> &[TableRows] {
        self.others.as_ref().map_or(&[], |others| &others.cleared)
    }

    /// Adds what was done to one row, which goes by this id where the tally of it names no other.
    pub fn add_row(&mut self, id: i64, row: &Self) {
        let before = self.ids.len();
        self.add(row);
        if row.touched() == 0 {
            self.ids.truncate(before);
        } else if row.ids.is_empty() {
            self.ids.push(row.id.unwrap_or(id));
        }
    }

    /// The same for an act on one row that wrote this entry first.
    pub fn written(self, entry: Option<i64>) -> Self {
        let ids = self.id.filter(|_| self.touched() > 0).into_iter().collect();
        Self { written: entry, ids, ..self }
    }

    /// The same for a whole act.
    pub fn in_order(mut self) -> Self {
        self.ids.sort_unstable();
        self.ids.dedup();
        self
    }

    /// How many rows were touched.
    pub const fn touched(&self) -> u64 {
        self.accounts + self.sessions + self.directories
    }

    /// The numbers that are not zero: `3 accounts, 7 sessions`.
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
