//! Sentences about what an action did or would do, for console and commands.
//!
//! They come without a full stop, as a notice shows them. Names in them are as stored: the caller makes a sentence visible
//! before showing it.

mod backups;

use crate::domain::dependents::words;
use crate::domain::session::CONSOLE_OVERALL;
use crate::domain::text::{capitalized, count, excerpt, grouped};
use crate::domain::time::date_time;

use super::contract::{Action, ActionSummary, Own, Subject};

/// The number of reasons that a sentence gives for entries that an undo left as they are.
const REASONS: usize = 3;

/// The verbs for side effects, in the tense of the sentence.
struct SideEffectVerbs {
    end: &'static str,
    make: &'static str,
}

const DONE: SideEffectVerbs = SideEffectVerbs { end: "ended", make: "made" };
const TO_DO: SideEffectVerbs = SideEffectVerbs { end: "end", make: "make" };

/// The rows by which an action is counted. Its effects on other rows are told beside them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Accounts,
    Sessions,
    Directories,
}

impl ActionSummary {
    /// Returns the sentence about what was done: `Suspended 3 accounts, ended 7 sessions`
    pub fn done(&self) -> String {
        self.nothing()
            .unwrap_or_else(|| format!("{} {}{}", self.action.row().past, self.what(&DONE), self.as_was()))
    }

    /// Returns the sentence about a dry run: `Would suspend 3 accounts, end 7 sessions`
    pub fn would(&self) -> String {
        self.nothing().unwrap_or_else(|| {
            format!("Would {} {}{}", self.action.row().infinitive, self.what(&TO_DO), self.as_was())
        })
    }

    /// Returns the question before the action: `Suspend 3 accounts, end 7 sessions?`
    pub fn question(&self) -> String {
        format!("{} {}?", capitalized(self.action.row().infinitive), self.what(&TO_DO))
    }

    /// Returns the question for the title of a dialog, without side effects: `Suspend 3 accounts?`
    pub fn headline(&self) -> String {
        format!("{} {}?", capitalized(self.action.row().infinitive), self.object())
    }

    /// Returns the verb for the button that accepts: `suspend`
    pub fn word(&self) -> &'static str {
        let infinitive = self.action.row().infinitive;
        infinitive.split_once(' ').map_or(infinitive, |(first, _)| first)
    }

    /// Returns the number of rows of the subject. Rows that go along with them do not count.
    pub fn rows(&self) -> u64 {
        match self.row_kind() {
            RowKind::Accounts => self.accounts,
            RowKind::Sessions => self.sessions,
            RowKind::Directories => self.directories,
        }
    }

    /// Returns the sentence about the part of a long action that is done: `1,200 of 50,000 accounts are confirmed`
    pub(super) fn so_far(&self, foreseen: &Self) -> String {
        let (one, many) = match self.row_kind() {
            RowKind::Accounts => ("account is", "accounts are"),
            RowKind::Sessions => ("session is", "sessions are"),
            RowKind::Directories => ("directory is", "directories are"),
        };
        let done = format!("{} of {}", grouped(self.rows()), count(foreseen.rows(), one, many));
        match self.action {
            Action::Provisioned => format!("{done} given a home"),
            action => format!("{done} {}", action.row().past.to_lowercase()),
        }
    }

    /// Returns the number of rows that were processed, in the rows by which progress is measured.
    pub(super) fn gone_through(&self) -> u64 {
        self.rows() + self.unchanged + self.vanished
    }

    /// Returns the state of the rows that were left as they are, behind "is already".
    fn unchanged_state(&self) -> &'static str {
        match self.action {
            Action::Confirmed => "confirmed",
            Action::Suspended => "suspended",
            Action::Promoted => "at level admin",
            Action::Demoted => "at level user",
            Action::Unlocked => "free of waits",
            Action::Revoked => "ended",
            Action::SetUp
            | Action::LoggedIn
            | Action::LoggedOut
            | Action::Added
            | Action::Edited
            | Action::PasswordSet
            | Action::CodeMade
            | Action::CodeRevoked
            | Action::Deleted
            | Action::Issued
            | Action::Renewed
            | Action::Swept
            | Action::Opened
            | Action::Renamed
            | Action::Moved
            | Action::Trashed
            | Action::Provisioned
            | Action::Imported
            | Action::Restored
            | Action::Purged
            | Action::Undone
            | Action::Redone
            | Action::Repaired
            | Action::ClockSet
            | Action::BackedUp
            | Action::StoreRestored
            | Action::Exported
            | Action::Erased
            | Action::Rechained
            | Action::TokenUsed
            | Action::Recovered
            | Action::Rejected
            | Action::Registered
            | Action::Invited
            | Action::InvitationRevoked
            | Action::FactorEnrolled
            | Action::FactorReset => "in that state",
        }
    }

    /// Returns the sentence for an action that changed no row.
    fn nothing(&self) -> Option<String> {
        let nothing = match (&self.label, self.unchanged) {
            _ if self.touched() > 0 => return None,
            (Some(label), 1..) => {
                format!("Nothing to change: {} is already {}", excerpt(label), self.unchanged_state())
            }
            (None, 1..) => {
                format!("Nothing to change: {} already {}", are(self.unchanged), self.unchanged_state())
            }
            (None, 0) => format!("Nothing to {}", self.action.row().infinitive),
            (Some(_), 0) => return None,
        };
        let parts = [Some(nothing), self.vanished(), self.own_left_out()];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }

    fn what(&self, beside: &SideEffectVerbs) -> String {
        let directories = count(self.directories, "directory", "directories");
        match (self.row_kind(), &self.label) {
            (RowKind::Accounts, _) => {
                let sessions = count(self.sessions, "session", "sessions");
                self.object()
                    + &self.beside(beside, &sessions, &directories)
                    + &self.erased_words()
                    + &self.others()
            }
            (RowKind::Directories, Some(_)) if self.directories > 1 => {
                format!("{} ({directories})", self.object()) + &self.others()
            }
            (RowKind::Sessions | RowKind::Directories, _) => self.object() + &self.others(),
        }
    }

    /// Returns the part about what is erased from the journal.
    fn erased_words(&self) -> String {
        match self.erased.entries {
            0 => String::new(),
            n => {
                let others = self.erased.about_others();
                format!(", from {} of the journal too{others}", count(n, "entry", "entries"))
            }
        }
    }

    /// Returns the part about rows of other programs that go along or lose their reference.
    fn others(&self) -> String {
        let mut others = String::new();
        if !self.carried().is_empty() {
            let for_good = if self.is_for_good() { "for good " } else { "" };
            others.extend([", and ", for_good, &words(self.carried())]);
        }
        if !self.cleared().is_empty() {
            others.extend([", and for good the references in ", &words(self.cleared())]);
        }
        others
    }

    /// Returns the name of the one row, or the number of rows. For an undo, the undone action stands before it.
    fn object(&self) -> String {
        let counted = || match self.row_kind() {
            RowKind::Accounts => count(self.accounts, "account", "accounts"),
            RowKind::Sessions => count(self.sessions, "session", "sessions"),
            RowKind::Directories => count(self.directories, "directory", "directories"),
        };
        let object = match (&self.label, &self.whose) {
            (Some(label), Some(of)) => format!("session {} of {}", excerpt(label), excerpt(of)),
            (Some(label), None) => excerpt(label).into_owned(),
            (None, Some(of)) => format!("{} of {}", counted(), excerpt(of)),
            (None, None) => counted(),
        };
        match self.of {
            Some(of) => format!("{} of {object}", of.word()),
            None => object,
        }
    }

    /// Returns the part of the sentence about sessions that an undo does not bring back.
    pub(super) fn stays_ended(&self) -> String {
        match (self.action, self.lost) {
            (Action::Restored, 1) => {
                "1 session that the deletion ended stays ended: only --with-sessions brings it back".into()
            }
            (Action::Restored, n) => format!(
                "{} sessions that the deletion ended stay ended: only --with-sessions brings them back",
                grouped(n)
            ),
            (_, 1) => "1 session that it ended stays ended".into(),
            (_, n) => format!("{} sessions that it ended stay ended", grouped(n)),
        }
    }

    /// Returns the part of the sentence about rows that were left as they are.
    fn as_was(&self) -> String {
        let lost = if self.lost > 0 { format!("; {}", self.stays_ended()) } else { String::new() };
        let unchanged = match self.unchanged {
            0 => lost,
            n => format!("{lost}; {} already {}", are(n), self.unchanged_state()),
        };
        let mut parts = vec![unchanged];
        if self.left_out > 0 {
            let words = if self.left_out == 1 { "exists already and was" } else { "exist already and were" };
            parts.push(format!("{} {words} not restored", grouped(self.left_out)));
        }
        parts.extend(self.capped_words());
        parts.extend(self.erased.log_kept.then(|| LOG_KEPT.to_owned()));
        parts.extend(self.vanished());
        parts.extend(self.own_left_out());
        parts.join("; ")
    }

    /// Returns the part about renewals that the longest life of a console session cut short.
    fn capped_words(&self) -> Option<String> {
        let hours = CONSOLE_OVERALL.num_hours();
        let until = self.capped_until?;
        Some(match self.capped {
            1 => {
                format!("console sessions end after {hours} h at the latest: until {} UTC", date_time(until))
            }
            n => format!("{} of them, of consoles, end {hours} h after their start", grouped(n)),
        })
    }

    /// Returns the part about rows that were counted but are gone or no longer match.
    pub(super) fn vanished(&self) -> Option<String> {
        let words = || format!("{} left out: no longer there or no longer matching", grouped(self.vanished));
        (self.vanished > 0).then(|| self.not_undone().unwrap_or_else(words))
    }

    /// Returns the part about entries that an undo left as they are, with the first reasons.
    fn not_undone(&self) -> Option<String> {
        let left = match self.vanished {
            1 => "1 is left as it is".to_owned(),
            n => format!("{} are left as they are", grouped(n)),
        };
        (!self.not_undone.is_empty()).then(|| format!("{left}: {}", self.reasons()))
    }

    /// Returns the first reasons why entries are not undone.
    pub(super) fn reasons(&self) -> String {
        let reasons: Vec<_> =
            self.not_undone.iter().take(REASONS).map(|left| left.why.trim_end_matches('.')).collect();
        let more = match self.vanished.saturating_sub(reasons.len() as u64) {
            0 => String::new(),
            n => format!("; and {} more", grouped(n)),
        };
        reasons.join("; ") + &more
    }

    /// Returns the part about the operator's own row, if it was left out.
    pub(super) fn own_left_out(&self) -> Option<String> {
        let row = if self.row_kind() == RowKind::Sessions { "session" } else { "account" };
        (self.own == Own::LeftOut).then(|| format!("your own {row} is left out"))
    }

    /// Returns the part about the sessions and directories of the accounts.
    fn beside(&self, beside: &SideEffectVerbs, sessions: &str, directories: &str) -> String {
        let (end, make) = (beside.end, beside.make);
        match (self.action.row().takes_along(), self.sessions, self.directories) {
            (_, 0, 0) => String::new(),
            (true, _, 0) => format!(" with {sessions}"),
            (true, 0, _) => format!(" with {directories}"),
            (true, _, _) => format!(" with {sessions} and {directories}"),
            (false, _, 0) => format!(", {end} {sessions}"),
            (false, 0, _) => format!(", {make} {directories}"),
            (false, _, _) => format!(", {end} {sessions}, {make} {directories}"),
        }
    }

    pub(super) fn row_kind(&self) -> RowKind {
        match self.action.row().subject {
            Subject::UndoneAction if self.accounts + self.directories == 0 => RowKind::Sessions,
            Subject::AccountsOrDirectories | Subject::BinItems | Subject::UndoneAction
                if self.accounts == 0 =>
            {
                RowKind::Directories
            }
            Subject::Sessions => RowKind::Sessions,
            Subject::Directories => RowKind::Directories,
            Subject::Accounts
            | Subject::AccountsOrDirectories
            | Subject::BinItems
            | Subject::UndoneAction
            | Subject::Store => RowKind::Accounts,
        }
    }
}

/// The part of the sentence about an erasure that is still in the log.
const LOG_KEPT: &str =
    "somebody reads the store, whose log holds the old pages until it is next copied into the file";

fn are(n: u64) -> String {
    if n == 1 { "1 is".into() } else { format!("{} are", grouped(n)) }
}

#[cfg(test)]
mod tests;
