//! The words for what an act did, or would do: one place for console and commands.
//!
//! Sentences come without their full stop, as a notice shows them. Names stand in them as the store holds them:
//! whoever shows a sentence makes it visible first.

use super::contract::{Action, ActionSummary, Own};
use crate::domain::dependents::{total, words};
use crate::domain::text::{count, excerpt, grouped};

/// How many reasons a sentence tells for what an undo left as it is.
const REASONS: usize = 3;

/// The verbs for what an act did beside its main work, in the form that the sentence needs.
struct Beside {
    end: &'static str,
    make: &'static str,
}

const DONE: Beside = Beside { end: "ended", make: "made" };
const TO_DO: Beside = Beside { end: "end", make: "make" };

/// What an act is about; the rest is done beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counted {
    Accounts,
    Sessions,
    Directories,
}

impl Action {
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
            Self::Deleted => "Deleted",
            Self::Trashed => "Removed",
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
            Self::Repaired => "Repaired",
            Self::ClockSet => "Wrote a clock entry",
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
            Self::Deleted => "delete",
            Self::Trashed => "remove",
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
            Self::Repaired => "repair",
            Self::ClockSet => "write a clock entry",
        }
    }
}

impl ActionSummary {
    /// What was done: `Suspended 3 accounts, ended 7 sessions`
    pub fn done(&self) -> String {
        self.nothing()
            .unwrap_or_else(|| format!("{} {}{}", self.action.past(), self.what(&DONE), self.as_was()))
    }

    /// What a rehearsal found: `Would suspend 3 accounts, end 7 sessions`
    pub fn would(&self) -> String {
        self.nothing().unwrap_or_else(|| {
            format!("Would {} {}{}", self.action.plain(), self.what(&TO_DO), self.as_was())
        })
    }

    /// A rehearsal as a question: `Suspend 3 accounts, end 7 sessions?`
    pub fn question(&self) -> String {
        format!("{} {}?", capitalized(self.action.plain()), self.what(&TO_DO))
    }

    /// The same for the head of a box, without what goes along with it: `Suspend 3 accounts?`
    pub fn headline(&self) -> String {
        format!("{} {}?", capitalized(self.action.plain()), self.object())
    }

    /// The word to say yes with: `suspend`
    pub fn word(&self) -> &'static str {
        let plain = self.action.plain();
        plain.split_once(' ').map_or(plain, |(first, _)| first)
    }

    /// What a rehearsal found beside the rows that it is about, one line for each: `7 sessions end and stay ended`
    pub fn along(&self) -> Vec<String> {
        let sessions = count(self.sessions, "session", "sessions");
        let directories = count(self.directories, "directory", "directories");
        let mut lines = Vec::new();
        match self.subject() {
            Counted::Accounts if takes_along(self.action) => {
                let with = self.beside(&TO_DO, &sessions, &directories);
                lines.extend(with.strip_prefix(' ').map(str::to_owned));
            }
            Counted::Accounts if self.directories > 0 => lines.push(format!("makes {directories}")),
            _ => {}
        }
        match self.ended {
            0 => {}
            1 => lines.push("1 session ends and stays ended".into()),
            n => lines.push(format!("{} sessions end and stay ended", grouped(n))),
        }
        lines.extend((self.lost > 0).then(|| self.stays_ended()));
        if !self.carried().is_empty() {
            lines.push(format!("{} {}", words(self.carried()), self.fate()));
        }
        if !self.cleared().is_empty() {
            let lose =
                if total(self.cleared()) == 1 { "loses its reference" } else { "lose their reference" };
            lines.push(format!("{} {lose} for good", words(self.cleared())));
        }
        if self.unchanged > 0 {
            lines.push(format!("{} so already", are(self.unchanged)));
        }
        match self.left_out {
            0 => {}
            1 => lines.push("1 is there already and stays out".into()),
            n => lines.push(format!("{} are there already and stay out", grouped(n))),
        }
        lines.extend(self.vanished());
        lines.extend(self.own_left_out());
        lines
    }

    /// How many rows it is about; what goes along with them is not counted.
    pub fn rows(&self) -> u64 {
        match self.subject() {
            Counted::Accounts => self.accounts,
            Counted::Sessions => self.sessions,
            Counted::Directories => self.directories,
        }
    }

    /// What of a long act is done: `1,200 of 50,000 accounts are confirmed`
    pub(super) fn so_far(&self, foreseen: &Self) -> String {
        let (one, many) = match self.subject() {
            Counted::Accounts => ("account is", "accounts are"),
            Counted::Sessions => ("session is", "sessions are"),
            Counted::Directories => ("directory is", "directories are"),
        };
        let done = format!("{} of {}", grouped(self.rows()), count(foreseen.rows(), one, many));
        match self.action {
            Action::Provisioned => format!("{done} given a home"),
            action => format!("{done} {}", action.past().to_lowercase()),
        }
    }

    /// How far an act is, in the rows by which it is measured.
    pub(super) fn gone_through(&self) -> u64 {
        self.rows() + self.unchanged + self.vanished
    }

    /// The sentence for an act that touched no row.
    fn nothing(&self) -> Option<String> {
        let nothing = match (&self.label, self.unchanged) {
            _ if self.touched() > 0 => return None,
            (Some(label), 1..) => format!("Nothing to change: {} is so already", excerpt(label)),
            (None, 1..) => format!("Nothing to change: {} so already", are(self.unchanged)),
            (None, 0) => format!("Nothing to {}", self.action.plain()),
            (Some(_), 0) => return None,
        };
        let parts = [Some(nothing), self.vanished(), self.own_left_out()];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
    }

    fn what(&self, beside: &Beside) -> String {
        let directories = count(self.directories, "directory", "directories");
        match (self.subject(), &self.label) {
            (Counted::Accounts, _) => {
                let sessions = count(self.sessions, "session", "sessions");
                self.object() + &self.beside(beside, &sessions, &directories) + &self.others()
            }
            (Counted::Directories, Some(_)) if self.directories > 1 => {
                format!("{} ({directories})", self.object()) + &self.others()
            }
            _ => self.object() + &self.others(),
        }
    }

    /// Returns the rows of other programs that go along or lose their reference, as a part of a sentence.
    fn others(&self) -> String {
        let mut others = String::new();
        if !self.carried().is_empty() {
            let for_good = if self.action == Action::Purged { "for good " } else { "" };
            others.extend([", and ", for_good, &words(self.carried())]);
        }
        if !self.cleared().is_empty() {
            others.extend([", and for good the references in ", &words(self.cleared())]);
        }
        others
    }

    /// Returns what becomes of the rows of other programs that go along.
    fn fate(&self) -> &'static str {
        match (self.action, total(self.carried())) {
            (Action::Purged, 1) => "is deleted for good",
            (Action::Purged, _) => "are deleted for good",
            (_, 1) => "goes along, and comes back with it",
            _ => "go along, and come back with it",
        }
    }

    /// The one row that it is about, by name, or all of them, by number; before it what was done to that at first, where
    /// it is taken back.
    fn object(&self) -> String {
        let counted = || match self.subject() {
            Counted::Accounts => count(self.accounts, "account", "accounts"),
            Counted::Sessions => count(self.sessions, "session", "sessions"),
            Counted::Directories => count(self.directories, "directory", "directories"),
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

    /// The sessions that nothing brings back, of what is taken back.
    fn stays_ended(&self) -> String {
        match self.lost {
            1 => "1 session that it ended stays ended".into(),
            n => format!("{} sessions that it ended stay ended", grouped(n)),
        }
    }

    /// What does not come back, what there was nothing to do to, and what could not be done.
    fn as_was(&self) -> String {
        let lost = if self.lost > 0 { format!("; {}", self.stays_ended()) } else { String::new() };
        let unchanged = match self.unchanged {
            0 => lost,
            n => format!("{lost}; {} so already", are(n)),
        };
        let mut parts = vec![unchanged];
        if self.left_out > 0 {
            parts.push(format!("{} there already and stayed out", are(self.left_out)));
        }
        parts.extend(self.vanished());
        parts.extend(self.own_left_out());
        parts.join("; ")
    }

    /// The rows that were counted and to which nothing was done.
    fn vanished(&self) -> Option<String> {
        let words = || format!("{} left out: no longer there or no longer matching", grouped(self.vanished));
        (self.vanished > 0).then(|| self.not_undone().unwrap_or_else(words))
    }

    /// The entries that an undo left as they are, with the reasons of the first of them.
    fn not_undone(&self) -> Option<String> {
        let left = match self.vanished {
            1 => "1 is left as it is".to_owned(),
            n => format!("{} are left as they are", grouped(n)),
        };
        (!self.not_undone.is_empty()).then(|| format!("{left}: {}", self.reasons()))
    }

    /// Why entries are not taken back: the reasons of the first of them.
    pub(super) fn reasons(&self) -> String {
        let reasons: Vec<_> =
            self.not_undone.iter().take(REASONS).map(|left| left.why.trim_end_matches('.')).collect();
        let more = match self.vanished.saturating_sub(reasons.len() as u64) {
            0 => String::new(),
            n => format!("; and {} more", grouped(n)),
        };
        reasons.join("; ") + &more
    }

    /// That the operator's own row was not touched.
    fn own_left_out(&self) -> Option<String> {
        let row = if self.subject() == Counted::Sessions { "session" } else { "account" };
        (self.own == Own::LeftOut).then(|| format!("your own {row} is left out"))
    }

    /// What happened to the accounts' sessions and directories.
    fn beside(&self, beside: &Beside, sessions: &str, directories: &str) -> String {
        let (end, make) = (beside.end, beside.make);
        match (self.action, self.sessions, self.directories) {
            (_, 0, 0) => String::new(),
            (action, _, 0) if takes_along(action) => format!(" with {sessions}"),
            (action, 0, _) if takes_along(action) => format!(" with {directories}"),
            (action, _, _) if takes_along(action) => format!(" with {sessions} and {directories}"),
            (_, _, 0) => format!(", {end} {sessions}"),
            (_, 0, _) => format!(", {make} {directories}"),
            (_, _, _) => format!(", {end} {sessions}, {make} {directories}"),
        }
    }

    fn subject(&self) -> Counted {
        match self.action {
            Action::Undone | Action::Redone if self.accounts + self.directories == 0 => Counted::Sessions,
            Action::Added | Action::Restored | Action::Purged | Action::Undone | Action::Redone
                if self.accounts == 0 =>
            {
                Counted::Directories
            }
            Action::Issued | Action::Renewed | Action::Revoked | Action::Swept => Counted::Sessions,
            Action::Opened | Action::Renamed | Action::Moved | Action::Trashed => Counted::Directories,
            _ => Counted::Accounts,
        }
    }
}

/// Whether sessions and directories go the way of their account.
fn takes_along(action: Action) -> bool {
    matches!(action, Action::Deleted | Action::Restored | Action::Purged | Action::Undone | Action::Redone)
}

fn capitalized(words: &str) -> String {
    let (first, rest) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}", first.to_uppercase())
}

fn are(n: u64) -> String {
    if n == 1 { "1 is".into() } else { format!("{} are", grouped(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dependents::{Dependents, TableRows};
    use crate::service::contract::NotUndone;

    fn named(action: Action, label: &str) -> ActionSummary {
        ActionSummary { label: Some(label.into()), ..ActionSummary::new(action) }
    }

    #[test]
    fn rows_of_other_programs_that_go_along_are_told() {
        let rows = |table: &str, rows| vec![TableRows { table: table.into(), rows }];
        let others =
            |deleted, cleared| Some(Box::new(Dependents { deleted, cleared, ..Dependents::default() }));
        let both = others(rows("ratings", 3), rows("plans", 1));
        let summary =
            ActionSummary { accounts: 1, sessions: 1, others: both, ..named(Action::Deleted, "alan") };
        let rest = "alan with 1 session, and 3 rows of table ratings, and for good the references in 1 row of table plans";
        assert_eq!(summary.question(), format!("Delete {rest}?"));
        assert_eq!(summary.done(), format!("Deleted {rest}"));
        let lines = [
            "with 1 session",
            "3 rows of table ratings go along, and come back with it",
            "1 row of table plans loses its reference for good",
        ];
        assert_eq!(summary.along(), lines);
        let purged = ActionSummary {
            accounts: 1,
            others: others(rows("log", 1), Vec::new()),
            ..named(Action::Purged, "alan")
        };
        assert_eq!(purged.question(), "Purge alan, and for good 1 row of table log?");
        assert_eq!(purged.along(), ["1 row of table log is deleted for good"]);
    }

    #[test]
    fn one_thing_goes_by_its_name() {
        let summary = ActionSummary { accounts: 1, directories: 8, ..named(Action::Confirmed, "edsger") };
        assert_eq!(summary.done(), "Confirmed edsger, made 8 directories");
        assert_eq!(summary.would(), "Would confirm edsger, make 8 directories");
        assert_eq!(summary.question(), "Confirm edsger, make 8 directories?");
    }

    #[test]
    fn what_is_taken_back_is_named() {
        let of = Some(Action::Deleted);
        let one =
            ActionSummary { accounts: 1, sessions: 2, directories: 8, of, ..named(Action::Undone, "alan") };
        assert_eq!(one.done(), "Undid delete of alan with 2 sessions and 8 directories");
        let several = ActionSummary { label: None, accounts: 13, ..one };
        assert_eq!(several.headline(), "Undo delete of 13 accounts?");
        assert_eq!(several.along(), ["with 2 sessions and 8 directories"]);
        let subtree =
            ActionSummary { directories: 12, of: Some(Action::Trashed), ..named(Action::Redone, "a/b") };
        assert_eq!(subtree.would(), "Would do again trash of a/b (12 directories)");
    }

    #[test]
    fn what_an_undo_left_is_told_with_its_reasons() {
        let left = |n: i64| -> Vec<_> {
            (0..n).map(|entry| NotUndone { entry, why: format!("p{entry} was changed since.") }).collect()
        };
        let (of, action) = (Some(Action::Confirmed), Action::Undone);
        let one = ActionSummary {
            accounts: 29,
            of,
            vanished: 1,
            not_undone: left(1),
            ..ActionSummary::new(action)
        };
        assert_eq!(one.done(), "Undid confirm of 29 accounts; 1 is left as it is: p0 was changed since",);
        let many = ActionSummary { vanished: 1_200, not_undone: left(100), ..one };
        let told = "1,200 are left as they are: p0 was changed since; p1 was changed since; p2 was changed since; \
                    and 1,197 more";
        assert_eq!(many.done(), format!("Undid confirm of 29 accounts; {told}"));
        assert_eq!(many.along(), [told]);
    }

    #[test]
    fn several_are_counted() {
        let summary =
            ActionSummary { accounts: 3, sessions: 7, unchanged: 2, ..ActionSummary::new(Action::Suspended) };
        assert_eq!(summary.done(), "Suspended 3 accounts, ended 7 sessions; 2 are so already");
    }

    #[test]
    fn sessions_are_told_by_whose_they_are() {
        let whose = Some("alan".to_owned());
        let one = ActionSummary { sessions: 1, whose: whose.clone(), ..named(Action::Revoked, "3fa9c1e0") };
        assert_eq!(one.headline(), "End session 3fa9c1e0 of alan?");
        let all = ActionSummary { sessions: 7, whose, ..ActionSummary::new(Action::Revoked) };
        assert_eq!((all.headline().as_str(), all.word()), ("End 7 sessions of alan?", "end"));
    }

    #[test]
    fn a_box_tells_line_by_line_what_goes_along() {
        let summary = ActionSummary {
            accounts: 3,
            sessions: 7,
            ended: 7,
            unchanged: 2,
            ..ActionSummary::new(Action::Suspended)
        };
        assert_eq!(summary.headline(), "Suspend 3 accounts?");
        assert_eq!(summary.along(), ["7 sessions end and stay ended", "2 are so already"]);
        let summary =
            ActionSummary { accounts: 1, sessions: 1, directories: 9, ..named(Action::Deleted, "alan") };
        assert_eq!(summary.along(), ["with 1 session and 9 directories"]);
        let summary = ActionSummary { directories: 12, ..ActionSummary::new(Action::Trashed) };
        assert_eq!((summary.along().len(), summary.rows()), (0, 12));
    }

    #[test]
    fn what_a_deleted_account_takes_with_it_is_told() {
        let summary =
            ActionSummary { accounts: 1, sessions: 1, directories: 9, ..named(Action::Deleted, "alan") };
        assert_eq!(summary.question(), "Delete alan with 1 session and 9 directories?");
    }

    #[test]
    fn sessions_and_directories_are_counted_once() {
        for (summary, done) in [
            (ActionSummary { sessions: 1, ..named(Action::Issued, "alan") }, "Issued a token for alan"),
            (ActionSummary { sessions: 1_200, ..ActionSummary::new(Action::Swept) }, "Swept 1,200 sessions"),
            (
                ActionSummary { directories: 1, ..named(Action::Added, "00003_ALAN/2024") },
                "Added 00003_ALAN/2024",
            ),
            (
                ActionSummary { directories: 12, ..named(Action::Trashed, "a/b") },
                "Removed a/b (12 directories)",
            ),
        ] {
            assert_eq!(summary.done(), done);
        }
    }

    #[test]
    fn an_act_that_touched_nothing_says_so() {
        assert_eq!(ActionSummary::new(Action::Swept).done(), "Nothing to sweep");
        let same = ActionSummary { unchanged: 1, ..named(Action::Confirmed, "ada") };
        assert_eq!(same.would(), "Nothing to change: ada is so already");
        assert_eq!(named(Action::PasswordSet, "ada").done(), "Set the password of ada");
    }
}
