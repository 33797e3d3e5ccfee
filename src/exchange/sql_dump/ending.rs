//! End marks that distinguish a complete dump from one that was cut off. Every tool has its own, and some have
//! none.

use std::collections::BTreeSet;

use super::variables::{Old, SetSummary};

/// The comments with which tools open a file, each with its closing comment.
const FRAMES: [(&[u8], &[u8]); 5] = [
    (b"-- MariaDB dump", b"-- Dump completed"),
    (b"-- MySQL dump", b"-- Dump completed"),
    (b"-- mysqldump-php", b"-- Dump completed"),
    (b"-- Dump created by MySQL pump utility", b"-- Dump end time"),
    (b"-- Adminer ", ADMINER_END),
];
/// Adminer's closing comment holds the time: a digit stands for any digit.
const ADMINER_END: &[u8] = b"-- 0000-00-00 00:00:00";
/// The name in Navicat's opening comment.
const NAVICAT: &[u8] = b"Navicat";
/// The comments that sqlite3's `.dump` writes if it could not read the file.
const SQLITE_ERRORS: [&[u8]; 2] = [b"/**** ERROR:", b"/****** CORRUPTION ERROR"];

/// Number of bytes that are examined of a comment.
pub(super) const COMMENT_BYTES: usize = 64;

/// A transaction of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    /// Begun before any row: its end is the end of the dump.
    Whole,
    /// One of several.
    Part,
}

/// The result of reading a comment or statement: a tool may report that it gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolStatus {
    Fine,
    GaveUp,
}

/// Something that a complete file closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    /// LOCK TABLES without UNLOCK TABLES.
    Lock,
    /// Variables were saved (`@OLD_…`) and not restored.
    Saved,
    /// The same for the variable that is restored last.
    SavedNotes,
    /// Navicat disabled the foreign key checks; it enables them again at the end.
    Checks,
}

/// The version of Navicat that wrote the file, if any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Navicat {
    #[default]
    No,
    Yes,
    /// It ran SET NAMES, as only its newer versions do.
    Newer,
}

/// The session's autocommit mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Autocommit {
    #[default]
    On,
    Off,
}

/// Everything that the file has opened and must close before its end.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The closing comment of the tool whose opening comment was seen.
    frame: Option<&'static [u8]>,
    open: BTreeSet<Open>,
    transaction: Option<Transaction>,
    autocommit: Autocommit,
    navicat: Navicat,
    /// Rows were inserted since the last COMMIT.
    uncommitted: bool,
    /// A table was created or a row inserted.
    brought: bool,
    /// An end mark was seen after the last table and row.
    marked: bool,
}

impl Ending {
    /// Handles the beginning of a comment.
    pub(super) fn comment(&mut self, comment: &[u8]) -> ToolStatus {
        let frame = FRAMES.iter().find(|(first, _)| comment.starts_with(first));
        // Adminer asks the database for the time, and SQLite has no such function.
        let frame = frame.filter(|_| memchr::memmem::find(comment, b"SQLite").is_none());
        if let Some((_, last)) = frame {
            self.frame = Some(last);
            self.marked = false;
        } else if self.frame.is_some_and(|last| closes(comment, last)) {
            self.frame = None;
            self.marked = true;
        } else if comment.starts_with(b"/*") && memchr::memmem::find(comment, NAVICAT).is_some() {
            self.navicat = Navicat::Yes;
        } else if SQLITE_ERRORS.iter().any(|error| comment.starts_with(error)) {
            return ToolStatus::GaveUp;
        }
        ToolStatus::Fine
    }

    /// Handles a created table.
    pub(super) fn table(&mut self) {
        self.brought = true;
        self.marked = false;
    }

    /// Handles an INSERT into any table.
    pub(super) fn rows(&mut self) {
        self.table();
        self.uncommitted = true;
    }

    pub(super) fn lock(&mut self, locked: bool) {
        self.note(Open::Lock, locked);
    }

    pub(super) fn begin(&mut self) {
        let whole = !self.brought;
        self.transaction = Some(if whole { Transaction::Whole } else { Transaction::Part });
    }

    pub(super) fn commit(&mut self) {
        self.marked |= self.transaction == Some(Transaction::Whole);
        self.transaction = None;
        self.uncommitted = false;
    }

    /// Handles a ROLLBACK: the rows that it discards were never in the database.
    pub(super) fn rollback(&mut self) -> ToolStatus {
        let open = self.transaction.is_some() || self.autocommit == Autocommit::Off;
        let lost = open && self.uncommitted;
        self.transaction = None;
        self.uncommitted = false;
        if lost { ToolStatus::GaveUp } else { ToolStatus::Fine }
    }

    pub(super) fn set(&mut self, set: SetSummary) {
        if set.names && self.navicat == Navicat::Yes {
            self.navicat = Navicat::Newer;
        }
        if let Some(old) = set.saves_old {
            self.open.insert(Open::Saved);
            self.note(Open::SavedNotes, old == Old::Notes || self.open.contains(&Open::SavedNotes));
            self.marked = false;
        }
        if let Some(old) = set.restores_old {
            self.open.remove(&Open::Saved);
            self.note(Open::SavedNotes, old != Old::Notes && self.open.contains(&Open::SavedNotes));
            self.marked = true;
        }
        if let Some(on) = set.autocommit {
            self.autocommit = if on { Autocommit::On } else { Autocommit::Off };
            self.uncommitted &= !on;
        }
        match set.foreign_keys {
            // Older versions leave the checks disabled.
            Some(false) => self.note(Open::Checks, self.navicat == Navicat::Newer),
            Some(true) => self.marked |= self.open.remove(&Open::Checks),
            None => {}
        }
    }

    fn note(&mut self, what: Open, open: bool) {
        if open {
            self.open.insert(what);
        } else {
            self.open.remove(&what);
        }
    }

    /// Returns true if something is open that a complete file closes.
    pub(super) fn is_open(&self) -> bool {
        self.frame.is_some()
            || !self.open.is_empty()
            || self.transaction.is_some()
            || (self.autocommit == Autocommit::Off && self.uncommitted)
    }

    /// Returns true if the file has an end mark.
    pub(super) fn is_marked(&self) -> bool {
        self.marked
    }

    /// Returns true if a tool's opening comment was seen, but not yet its closing one.
    pub(super) fn in_frame(&self) -> bool {
        self.frame.is_some()
    }
}

/// Returns true if a comment is a tool's closing one.
fn closes(comment: &[u8], last: &[u8]) -> bool {
    if last != ADMINER_END {
        return comment.starts_with(last);
    }
    let alike = |(found, expected): (&u8, &u8)| {
        if *expected == b'0' { found.is_ascii_digit() } else { found == expected }
    };
    comment.len() >= last.len() && comment.iter().zip(last).all(alike)
}
