//! End marks that distinguish a complete dump from one that was cut off. Every tool has its own, and some have
//! none.

use std::collections::BTreeSet;

use super::variables::{MAX_OLD, SetSummary};

/// The comments with which tools open a file, each with its closing comment.
const FRAMES: [(&[u8], &Closing); 5] = [
    (b"-- MariaDB dump", &MYSQLDUMP),
    (b"-- MySQL dump", &MYSQLDUMP),
    (b"-- mysqldump-php", &MYSQLDUMP),
    (b"-- Dump created by MySQL pump utility", &PUMP),
    (b"-- Adminer ", &ADMINER),
];
/// mysqldump and mysqldump-php write the time in forms of their own, and none with `--skip-dump-date`.
const MYSQLDUMP: Closing = Closing {
    words: b"-- Dump completed",
    times: &[b" on 0000-00-00 _0:00:00", b" on: Aaa, 00 Aaa 0000 00:00:00 +0000"],
};
const PUMP: Closing = Closing { words: b"-- Dump end time", times: &[b": Aaa Aaa _0 00:00:00 0000"] };
/// Adminer closes with nothing but the time.
const ADMINER: Closing = Closing { words: b"", times: &[b"-- 0000-00-00 00:00:00"] };

/// The comment with which a tool closes a file.
#[derive(Debug)]
struct Closing {
    words: &'static [u8],
    /// Forms of the time behind them: `0` stands for a digit, `_` for a digit or a blank, `A` and `a` for a letter, `+`
    /// for a sign.
    times: &'static [&'static [u8]],
}

impl Closing {
    /// Reports whether this is all of the comment: a line, or one that lacks no more than its end.
    fn is(&self, comment: &[u8], is_line: bool) -> bool {
        let Some(rest) = comment.strip_prefix(self.words) else { return false };
        (is_line && !self.words.is_empty()) || self.times.iter().any(|form| is_of_form(rest, form))
    }
}

/// Reports whether a text begins in this form.
fn is_of_form(text: &[u8], form: &[u8]) -> bool {
    let is = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b'_' => byte.is_ascii_digit() || *byte == b' ',
        b'A' | b'a' => byte.is_ascii_alphabetic(),
        b'+' => matches!(byte, b'+' | b'-'),
        form => byte == form,
    };
    text.len() >= form.len() && text.iter().zip(form).all(is)
}

/// Words with which a tool without a frame may say that its file ends here, each group in this order.
const LAST_WORDS: [&[&[u8]]; 8] = [
    &[b"end", b"of", b"dump"],
    &[b"end", b"of", b"backup"],
    &[b"end", b"of", b"export"],
    &[b"end", b"of", b"file"],
    &[b"dump", b"completed"],
    &[b"backup", b"completed"],
    &[b"export", b"completed"],
    &[b"eof"],
];

/// Reports whether a comment is nothing but such words, a date and perhaps the name of a tool.
fn says_end(comment: &[u8]) -> bool {
    let comment = comment.strip_prefix(b"/*").map_or(comment, |block| {
        block.get(..memchr::memmem::find(block, b"*/").unwrap_or(block.len())).unwrap_or(block)
    });
    let comment = comment.to_ascii_lowercase();
    let words = || comment.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // Comments about one table close that table alone.
    !words().any(|word| [b"table".as_slice(), b"data", b"view"].contains(&word))
        && LAST_WORDS.iter().any(|last| {
            let mut rest = words();
            last.iter().all(|word| rest.by_ref().any(|found| found == *word))
        })
}

/// The comment in which phpMyAdmin names itself, with either mark of a comment.
const PHPMYADMIN: [&[u8]; 3] =
    [b"-- phpMyAdmin SQL Dump", b"# phpMyAdmin SQL Dump", b"# phpMyAdmin MySQL-Dump"];
/// The comment in which HeidiSQL names itself.
const HEIDISQL: &[u8] = b"-- HeidiSQL Version:";
/// The name in the comment with which Navicat opens a file.
const NAVICAT: &[u8] = b"Navicat";
/// The lines that sqlite3's `.dump` writes if it could not read the file.
const SQLITE_ERRORS: [&[u8]; 2] = [b"/**** ERROR:", b"/****** CORRUPTION ERROR"];

/// Number of bytes that are examined of a comment.
pub(super) const COMMENT_BYTES: usize = 64;

/// A transaction of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DumpTransaction {
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    /// LOCK TABLES without UNLOCK TABLES.
    Lock,
    /// A variable was saved (`@OLD_…`) and not restored.
    Saved(Vec<u8>),
    /// The character set was chosen, and the old one comes back at the end (phpMyAdmin).
    CharacterSet,
    /// The checks for foreign keys are off, or will be, and are switched on again at the end (Navicat, HeidiSQL).
    Checks,
}

impl Open {
    /// Reports whether it is the character set that was put aside.
    fn is_character_set(&self) -> bool {
        let Self::Saved(name) = self else { return false };
        [b"@OLD_CHARACTER_SET_CLIENT".as_slice(), b"@OLD_CHARACTER_SET_RESULTS", b"@OLD_COLLATION_CONNECTION"]
            .contains(&name.as_slice())
    }
}

/// The tool that named itself, where its name is not all of what it opens the file with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tool {
    #[default]
    Unknown,
    Navicat,
    /// It set names, as only newer versions of Navicat do.
    NewerNavicat,
    /// The lines at its end differ from version to version, but the checks are always among them.
    HeidiSql,
    /// It brings the character set back in every file in which it chose one.
    PhpMyAdmin,
}

/// The balance between the lines that save variables and those that restore them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Pairs {
    #[default]
    Whole,
    /// A variable was brought back that had never been put aside: lines were taken out. Then the first line of all, which
    /// puts the character set aside, may also lack its counterpart.
    Abridged,
}

/// The session's autocommit mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Autocommit {
    #[default]
    On,
    Off,
}

/// The end mark after the last table and row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum EndMark {
    #[default]
    Missing,
    /// A statement that ends the file in this style.
    Seen,
    /// A comment that says so. A tool that writes one need not restore what it saved.
    Said,
}

/// Everything that the file has opened and must close before its end.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The closing comment of the tool whose opening comment was seen.
    frame: Option<&'static Closing>,
    open: BTreeSet<Open>,
    transaction: Option<DumpTransaction>,
    autocommit: Autocommit,
    tool: Tool,
    /// Every variable that was put aside or given another value.
    saved: BTreeSet<Vec<u8>>,
    pairs: Pairs,
    /// Rows were inserted since the last COMMIT.
    uncommitted: bool,
    /// A table was created or a row inserted.
    brought: bool,
    mark: EndMark,
}

impl Ending {
    /// Handles the beginning of a comment; `is_line` tells that a line end follows.
    pub(super) fn comment(&mut self, comment: &[u8], is_line: bool) -> ToolStatus {
        let frame = FRAMES.iter().find(|(first, _)| comment.starts_with(first));
        // Adminer asks the database for the time, and SQLite has no such function.
        let frame = frame.filter(|_| memchr::memmem::find(comment, b"SQLite").is_none());
        if let Some((_, last)) = frame {
            self.frame = Some(last);
            self.mark = EndMark::Missing;
        } else if self.frame.is_some_and(|last| last.is(comment, is_line)) {
            self.frame = None;
            self.mark = EndMark::Said;
        } else if comment.starts_with(b"/*") && memchr::memmem::find(comment, NAVICAT).is_some() {
            self.tool = Tool::Navicat;
        } else if comment.starts_with(HEIDISQL) {
            self.tool = Tool::HeidiSql;
        } else if PHPMYADMIN.iter().any(|first| comment.starts_with(first)) {
            self.tool = Tool::PhpMyAdmin;
        } else if self.frame.is_none() && self.brought && says_end(comment) {
            self.mark = EndMark::Said;
        } else if SQLITE_ERRORS.iter().any(|error| comment.starts_with(error)) {
            return ToolStatus::GaveUp;
        }
        ToolStatus::Fine
    }

    /// Handles a created table.
    pub(super) fn table(&mut self) {
        self.brought = true;
        self.mark = EndMark::Missing;
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
        self.transaction = Some(if whole { DumpTransaction::Whole } else { DumpTransaction::Part });
    }

    pub(super) fn commit(&mut self) {
        self.note_end(self.transaction == Some(DumpTransaction::Whole));
        self.transaction = None;
        self.uncommitted = false;
    }

    /// Returns true if rows were inserted into any table since the last COMMIT, within a transaction.
    pub(super) fn is_uncommitted(&self) -> bool {
        self.uncommitted && (self.transaction.is_some() || self.autocommit == Autocommit::Off)
    }

    /// Handles a ROLLBACK: the rows that it discards were never in the database.
    pub(super) fn rollback(&mut self) -> ToolStatus {
        let lost = self.is_uncommitted();
        self.transaction = None;
        self.uncommitted = false;
        if lost { ToolStatus::GaveUp } else { ToolStatus::Fine }
    }

    pub(super) fn set(&mut self, set: SetSummary) {
        if set.names && self.tool == Tool::Navicat {
            self.tool = Tool::NewerNavicat;
        }
        if set.names && self.tool == Tool::PhpMyAdmin {
            self.open.insert(Open::CharacterSet);
        }
        self.set_aside(set.saves_old);
        for name in set.gives_old {
            self.note_saved(&name);
        }
        self.note_end(!set.restores_old.is_empty());
        for old in set.restores_old {
            if Open::Saved(old.clone()).is_character_set() {
                self.open.remove(&Open::CharacterSet);
            }
            if !self.saved.contains(&old) {
                self.pairs = Pairs::Abridged;
            }
            self.open.remove(&Open::Saved(old));
        }
        if let Some(on) = set.autocommit {
            self.autocommit = if on { Autocommit::On } else { Autocommit::Off };
            self.uncommitted &= !on;
        }
        match set.foreign_keys {
            // Older versions leave the checks disabled.
            Some(false) if self.tool == Tool::NewerNavicat => self.note(Open::Checks, true),
            Some(true) => {
                let ends = self.open.remove(&Open::Checks);
                self.note_end(ends);
            }
            Some(false) | None => {}
        }
    }

    /// Takes the variables in which settings are put aside.
    fn set_aside(&mut self, variables: Vec<Vec<u8>>) {
        if variables.is_empty() {
            return;
        }
        self.mark = EndMark::Missing;
        if self.tool == Tool::HeidiSql {
            self.tool = Tool::Unknown;
            self.open.insert(Open::Checks);
        }
        for name in variables {
            if self.note_saved(&name) {
                self.open.insert(Open::Saved(name));
            }
        }
    }

    /// Notes a variable that may be brought back, and returns true unless there are too many.
    fn note_saved(&mut self, name: &[u8]) -> bool {
        let fits = self.saved.len() < MAX_OLD;
        if fits {
            self.saved.insert(name.to_vec());
        }
        fits
    }

    fn note_end(&mut self, ends: bool) {
        if ends && self.mark == EndMark::Missing {
            self.mark = EndMark::Seen;
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
            || self.open.iter().any(|open| !self.is_settled(open))
            || self.transaction.is_some()
            || (self.autocommit == Autocommit::Off && self.uncommitted)
    }

    /// Reports whether the file need not close this.
    fn is_settled(&self, open: &Open) -> bool {
        match open {
            Open::Saved(_) => {
                self.mark == EndMark::Said || (self.pairs == Pairs::Abridged && open.is_character_set())
            }
            Open::Lock | Open::CharacterSet | Open::Checks => false,
        }
    }

    /// Returns true if the file has an end mark.
    pub(super) fn is_marked(&self) -> bool {
        self.mark != EndMark::Missing
    }

    /// Returns true if a tool's opening comment was seen, but not yet its closing one.
    pub(super) fn in_frame(&self) -> bool {
        self.frame.is_some()
    }
}
