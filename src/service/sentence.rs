//! The words for what an act did, or would do: one place for console and commands.
//!
//! Sentences come without their full stop, as a notice shows them. Names stand in them as the store holds them:
//! whoever shows a sentence makes it visible first.

use super::contract::{Tally, Verb};
use crate::domain::text::{count, grouped};

/// The verbs for what an act did beside its main work, in the form that the sentence needs.
struct Beside {
    end: &'static str,
    make: &'static str,
}

const DONE: Beside = Beside { end: "ended", make: "made" };
const TO_DO: Beside = Beside { end: "end", make: "make" };

/// What an act is about; the rest is done beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Accounts,
    Sessions,
    Directories,
}

impl Verb {
    /// At the start of a sentence about what was done.
    const fn past(self) -> &'static str {
        match self {
            Self::SetUp => "Set up the first admin",
            Self::LoggedIn => "Logged in",
            Self::LoggedOut => "Logged out",
            Self::Added => "Added",
            Self::Edited => "Changed",
            Self::Confirmed => "Confirmed",
            Self::Suspended => "Suspended",
            Self::Promoted => "Promoted",
            Self::Demoted => "Demoted",
            Self::PasswordSet => "Set the password of",
            Self::CodeMade => "Made an access code for",
            Self::CodeRevoked => "Revoked the access code of",
            Self::Deleted | Self::Trashed => "Removed",
            Self::Issued => "Issued a token for",
            Self::Renewed => "Renewed",
            Self::Revoked => "Ended",
            Self::Swept => "Swept",
            Self::Opened => "Opened",
            Self::Renamed => "Renamed",
            Self::Moved => "Moved",
            Self::Provisioned => "Made the home of",
            Self::Imported => "Imported",
            Self::Restored => "Restored",
            Self::Purged => "Purged",
            Self::Undone => "Undid",
            Self::Redone => "Did again",
        }
    }

    /// After "to" or "would".
    const fn plain(self) -> &'static str {
        match self {
            Self::SetUp => "set up the first admin",
            Self::LoggedIn => "log in",
            Self::LoggedOut => "log out",
            Self::Added => "add",
            Self::Edited => "change",
            Self::Confirmed => "confirm",
            Self::Suspended => "suspend",
            Self::Promoted => "promote",
            Self::Demoted => "demote",
            Self::PasswordSet => "set the password of",
            Self::CodeMade => "make an access code for",
            Self::CodeRevoked => "revoke the access code of",
            Self::Deleted | Self::Trashed => "remove",
            Self::Issued => "issue a token for",
            Self::Renewed => "renew",
            Self::Revoked => "end",
            Self::Swept => "sweep",
            Self::Opened => "open",
            Self::Renamed => "rename",
            Self::Moved => "move",
            Self::Provisioned => "make the home of",
            Self::Imported => "import",
            Self::Restored => "restore",
            Self::Purged => "purge",
            Self::Undone => "undo",
            Self::Redone => "do again",
        }
    }
}

impl Tally {
    /// What was done: `Suspended 3 accounts, ended 7 sessions`
    pub fn done(&self) -> String {
        self.nothing()
            .unwrap_or_else(|| format!("{} {}{}", self.verb.past(), self.what(&DONE), self.as_was()))
    }

    /// What a rehearsal found: `Would suspend 3 accounts, end 7 sessions`
    pub fn would(&self) -> String {
        self.nothing()
            .unwrap_or_else(|| format!("Would {} {}{}", self.verb.plain(), self.what(&TO_DO), self.as_was()))
    }

    /// A rehearsal as a question: `Suspend 3 accounts, end 7 sessions?`
    pub fn question(&self) -> String {
        let verb = self.verb.plain();
        let (first, rest) = verb.split_at(verb.chars().next().map_or(0, char::len_utf8));
        format!("{}{rest} {}?", first.to_uppercase(), self.what(&TO_DO))
    }

    /// What of a long act is done: `1,200 of 50,000 accounts are confirmed`
    pub(super) fn so_far(&self, foreseen: &Self) -> String {
        let (done, all, one, many) = match self.subject() {
            Subject::Accounts => (self.accounts, foreseen.accounts, "account is", "accounts are"),
            Subject::Sessions => (self.sessions, foreseen.sessions, "session is", "sessions are"),
            Subject::Directories => {
                (self.directories, foreseen.directories, "directory is", "directories are")
            }
        };
        let done = format!("{} of {}", grouped(done), count(all, one, many));
        match self.verb {
            Verb::Provisioned => format!("{done} given a home"),
            verb => format!("{done} {}", verb.past().to_lowercase()),
        }
    }

    /// How far an act is, in the rows by which it is measured.
    pub(super) fn gone_through(&self) -> u64 {
        let rows = match self.subject() {
            Subject::Accounts => self.accounts,
            Subject::Sessions => self.sessions,
            Subject::Directories => self.directories,
        };
        rows + self.unchanged
    }

    /// The sentence for an act that touched no row.
    fn nothing(&self) -> Option<String> {
        match (&self.label, self.unchanged) {
            _ if self.touched() > 0 => None,
            (Some(label), 1..) => Some(format!("Nothing to change: {label} is so already")),
            (None, 1..) => Some(format!("Nothing to change: {} so already", are(self.unchanged))),
            (None, 0) => Some(format!("Nothing to {}", self.verb.plain())),
            (Some(_), 0) => None,
        }
    }

    fn what(&self, beside: &Beside) -> String {
        if let Some(of) = self.of {
            return self.taken_back(of);
        }
        let accounts = count(self.accounts, "account", "accounts");
        let sessions = count(self.sessions, "session", "sessions");
        let directories = count(self.directories, "directory", "directories");
        let named = |counted: String| self.label.clone().unwrap_or(counted);
        match (self.subject(), &self.label) {
            (Subject::Accounts, _) => named(accounts) + &self.beside(beside, &sessions, &directories),
            (Subject::Sessions, _) => named(sessions),
            (Subject::Directories, Some(label)) if self.directories > 1 => format!("{label} ({directories})"),
            (Subject::Directories, _) => named(directories),
        }
    }

    /// What was done at first, and what taking it back touches: `suspend alan`, `delete 3 accounts (…)`
    fn taken_back(&self, of: Verb) -> String {
        match &self.label {
            Some(label) if self.touched() <= 1 => format!("{} {label}", of.word()),
            Some(label) => format!("{} {label} ({})", of.word(), self.counts()),
            None => format!("{} ({})", of.word(), self.counts()),
        }
    }

    /// What there was nothing to do to, and what could not be done.
    fn as_was(&self) -> String {
        let unchanged = match self.unchanged {
            0 => String::new(),
            n => format!("; {} so already", are(n)),
        };
        match self.left_out {
            0 => unchanged,
            n => format!("{unchanged}; {} there already and stayed out", are(n)),
        }
    }

    /// What happened to the accounts' sessions and directories.
    fn beside(&self, beside: &Beside, sessions: &str, directories: &str) -> String {
        let (end, make) = (beside.end, beside.make);
        match (self.verb, self.sessions, self.directories) {
            (_, 0, 0) => String::new(),
            (Verb::Deleted | Verb::Restored | Verb::Purged, _, 0) => format!(" with {sessions}"),
            (Verb::Deleted | Verb::Restored | Verb::Purged, 0, _) => format!(" with {directories}"),
            (Verb::Deleted | Verb::Restored | Verb::Purged, _, _) => {
                format!(" with {sessions} and {directories}")
            }
            (_, _, 0) => format!(", {end} {sessions}"),
            (_, 0, _) => format!(", {make} {directories}"),
            (_, _, _) => format!(", {end} {sessions}, {make} {directories}"),
        }
    }

    fn subject(&self) -> Subject {
        match self.verb {
            Verb::Undone | Verb::Redone if self.accounts + self.directories == 0 => Subject::Sessions,
            Verb::Added | Verb::Restored | Verb::Purged | Verb::Undone | Verb::Redone
                if self.accounts == 0 =>
            {
                Subject::Directories
            }
            Verb::Issued | Verb::Renewed | Verb::Revoked | Verb::Swept => Subject::Sessions,
            Verb::Opened | Verb::Renamed | Verb::Moved | Verb::Trashed => Subject::Directories,
            _ => Subject::Accounts,
        }
    }
}

fn are(n: u64) -> String {
    if n == 1 { "1 is".into() } else { format!("{} are", grouped(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(verb: Verb, label: &str) -> Tally {
        Tally { label: Some(label.into()), ..Tally::new(verb) }
    }

    #[test]
    fn one_thing_goes_by_its_name() {
        let tally = Tally { accounts: 1, directories: 8, ..named(Verb::Confirmed, "edsger") };
        assert_eq!(tally.done(), "Confirmed edsger, made 8 directories");
        assert_eq!(tally.would(), "Would confirm edsger, make 8 directories");
        assert_eq!(tally.question(), "Confirm edsger, make 8 directories?");
    }

    #[test]
    fn several_are_counted() {
        let tally = Tally { accounts: 3, sessions: 7, unchanged: 2, ..Tally::new(Verb::Suspended) };
        assert_eq!(tally.done(), "Suspended 3 accounts, ended 7 sessions; 2 are so already");
    }

    #[test]
    fn what_a_deleted_account_takes_with_it_is_told() {
        let tally = Tally { accounts: 1, sessions: 1, directories: 9, ..named(Verb::Deleted, "alan") };
        assert_eq!(tally.question(), "Remove alan with 1 session and 9 directories?");
    }

    #[test]
    fn sessions_and_directories_are_counted_once() {
        for (tally, done) in [
            (Tally { sessions: 1, ..named(Verb::Issued, "alan") }, "Issued a token for alan"),
            (Tally { sessions: 1_200, ..Tally::new(Verb::Swept) }, "Swept 1,200 sessions"),
            (Tally { directories: 1, ..named(Verb::Added, "00003_ALAN/2024") }, "Added 00003_ALAN/2024"),
            (Tally { directories: 12, ..named(Verb::Trashed, "a/b") }, "Removed a/b (12 directories)"),
        ] {
            assert_eq!(tally.done(), done);
        }
    }

    #[test]
    fn an_act_that_touched_nothing_says_so() {
        assert_eq!(Tally::new(Verb::Swept).done(), "Nothing to sweep");
        let same = Tally { unchanged: 1, ..named(Verb::Confirmed, "ada") };
        assert_eq!(same.would(), "Nothing to change: ada is so already");
        assert_eq!(named(Verb::PasswordSet, "ada").done(), "Set the password of ada");
    }
}
