//! Sentences about what goes along with an action, for the question before it. Names in them are as stored: the caller makes
//! them visible.

use crate::domain::dependents::{total, words};
use crate::domain::text::{count, excerpt, grouped, sentence};

use super::contract::{Action, ActionSummary};
use super::messages::RowKind;

/// The fate of the sessions and directories of an account, which they share with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// They go to the bin.
    Binned,
    /// They come back from the bin.
    Back,
    /// They are deleted for good.
    Purged,
}

impl ActionSummary {
    /// Returns the rows and the side effects of the action, one or more sentences a line: `Ends 7 sessions for good.`
    pub fn along(&self) -> Vec<String> {
        let mut lines = Vec::from_iter(self.named());
        lines.extend(self.belongings());
        match self.ended {
            0 => {}
            n => lines.push(format!("Ends {} for good.", count(n, "session", "sessions"))),
        }
        lines.extend((self.lost > 0).then(|| sentence(&self.stays_ended())));
        lines.extend(self.rows_of_others());
        lines.extend(self.erased_entries());
        lines.extend(self.names_kept.map(|kept| {
            let names = if self.accounts == 1 { "Its names" } else { "Their names" };
            format!("{names} stay reserved for {}.", count(kept.num_days().unsigned_abs(), "day", "days"))
        }));
        match self.unchanged {
            0 => {}
            1 => lines.push("1 needs no change.".into()),
            n => lines.push(format!("{} need no change.", grouped(n))),
        }
        match self.left_out {
            0 => {}
            1 => lines.push("1 exists already and is not restored.".into()),
            n => lines.push(format!("{} exist already and are not restored.", grouped(n))),
        }
        lines.extend(self.vanished().map(|words| sentence(&words)));
        lines.extend(self.own_left_out().map(|words| sentence(&words)));
        lines
    }

    /// Returns the names of the first rows and the number of the others: `ann, bob and 8 more`
    fn named(&self) -> Option<String> {
        let names: Vec<_> = self.names.iter().map(|name| excerpt(name)).collect();
        let (last, first) = names.split_last()?;
        let more = self.rows().saturating_sub(names.len() as u64);
        Some(match (first, more) {
            ([], 0) => last.to_string(),
            (first, 0) => format!("{} and {last}", first.join(", ")),
            (_, more) => format!("{} and {} more", names.join(", "), grouped(more)),
        })
    }

    /// Returns what happens to the sessions and directories of the accounts.
    fn belongings(&self) -> Option<String> {
        if self.row_kind() != RowKind::Accounts {
            return None;
        }
        let sessions = count(self.sessions, "session", "sessions");
        let directories = count(self.directories, "directory", "directories");
        if !self.action.row().takes_along() {
            return (self.directories > 0).then(|| format!("Makes {directories}."));
        }
        let what = match (self.sessions, self.directories) {
            (0, 0) => return None,
            (_, 0) => sessions,
            (0, _) => directories,
            (_, _) => format!("{sessions} and {directories}"),
        };
        let one = self.sessions + self.directories == 1;
        let them = if self.accounts == 1 { "it" } else { "them" };
        Some(match (self.fate(), one) {
            (Fate::Binned, true) => format!("{what} goes to the bin with {them}."),
            (Fate::Binned, false) => format!("{what} go to the bin with {them}."),
            (Fate::Back, true) => format!("{what} comes back with {them}."),
            (Fate::Back, false) => format!("{what} come back with {them}."),
            (Fate::Purged, _) => format!("Purges {what} with {them}."),
        })
    }

    fn fate(&self) -> Fate {
        let deletes = match self.of {
            // Undo takes an action back, redo does it again: what was made goes to the bin or comes back.
            Some(of) => of.deletes_accounts() == (self.action == Action::Redone),
            None => self.action.deletes_accounts(),
        };
        match (self.is_for_good(), deletes) {
            (true, _) => Fate::Purged,
            (false, true) => Fate::Binned,
            (false, false) => Fate::Back,
        }
    }

    /// Returns what is erased from the journal.
    fn erased_entries(&self) -> Option<String> {
        let mentions = self.erased.about_others();
        let entries = count(self.erased.entries, "entry", "entries");
        (self.erased.entries > 0)
            .then(|| format!("Erases what {entries} of the journal say of it{mentions}."))
    }

    /// Returns what happens to rows of other programs.
    fn rows_of_others(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.carried().is_empty() {
            let fate = match (self.is_for_good(), total(self.carried()) == 1) {
                (true, true) => "is deleted for good",
                (true, false) => "are deleted for good",
                (false, true) => "is deleted too, and restored with it",
                (false, false) => "are deleted too, and restored with it",
            };
            lines.push(format!("{} {fate}.", words(self.carried())));
        }
        if !self.cleared().is_empty() {
            let lose =
                if total(self.cleared()) == 1 { "loses its reference" } else { "lose their reference" };
            lines.push(format!("{} {lose} for good.", words(self.cleared())));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dependents::{Dependents, TableRows};
    use crate::domain::time::Duration;
    use crate::service::contract::NotUndone;

    fn several(action: Action, names: &[&str], accounts: u64) -> ActionSummary {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        ActionSummary { names, accounts, ..ActionSummary::new(action) }
    }

    #[test]
    fn a_box_tells_line_by_line_what_goes_along() {
        let summary = ActionSummary {
            sessions: 7,
            directories: 24,
            names_kept: Some(Duration::days(30)),
            ..several(Action::Deleted, &["ann", "bob", "cyd"], 3)
        };
        let lines = [
            "ann, bob and cyd",
            "7 sessions and 24 directories go to the bin with them.",
            "Their names stay reserved for 30 days.",
        ];
        assert_eq!(summary.along(), lines);
        let suspend = ActionSummary {
            sessions: 7,
            ended: 7,
            unchanged: 2,
            ..several(Action::Suspended, &["ann", "bob"], 12)
        };
        assert_eq!(
            suspend.along(),
            ["ann, bob and 10 more", "Ends 7 sessions for good.", "2 need no change."]
        );
        let summary = ActionSummary { directories: 12, ..ActionSummary::new(Action::Trashed) };
        assert_eq!((summary.along().len(), summary.rows()), (0, 12));
    }

    #[test]
    fn what_comes_back_is_told_by_what_is_taken_back() {
        let along = |action, of, sessions| {
            ActionSummary { sessions, of, ..several(action, &[], 1) }.along().join(" ")
        };
        assert_eq!(along(Action::Undone, Some(Action::Deleted), 2), "2 sessions come back with it.");
        assert_eq!(along(Action::Redone, Some(Action::Deleted), 1), "1 session goes to the bin with it.");
        assert_eq!(along(Action::Undone, Some(Action::Restored), 2), "2 sessions go to the bin with it.");
        assert_eq!(along(Action::Undone, Some(Action::Confirmed), 2), "2 sessions go to the bin with it.");
        assert_eq!(along(Action::Redone, Some(Action::Confirmed), 2), "2 sessions come back with it.");
        assert_eq!(along(Action::Restored, None, 1), "1 session comes back with it.");
        assert_eq!(along(Action::Purged, None, 2), "Purges 2 sessions with it.");
    }

    #[test]
    fn rows_of_other_programs_are_told() {
        let rows = |table: &str, rows| vec![TableRows { table: table.into(), rows }];
        let others =
            |deleted, cleared| Some(Box::new(Dependents { deleted, cleared, ..Dependents::default() }));
        let both = ActionSummary {
            others: others(rows("ratings", 3), rows("plans", 1)),
            ..several(Action::Deleted, &[], 1)
        };
        let lines = [
            "3 rows of table ratings are deleted too, and restored with it.",
            "1 row of table plans loses its reference for good.",
        ];
        assert_eq!(both.along(), lines);
        let purged =
            ActionSummary { others: others(rows("log", 1), Vec::new()), ..several(Action::Purged, &[], 1) };
        assert_eq!(purged.along(), ["1 row of table log is deleted for good."]);
    }

    #[test]
    fn what_an_undo_leaves_is_told_with_its_reasons() {
        let not_undone = vec![NotUndone { entry: 1, why: "p1 was changed since.".into() }];
        let undo = ActionSummary { vanished: 1, not_undone, lost: 1, ..several(Action::Undone, &[], 29) };
        let lines = ["1 session that it ended stays ended.", "1 is left as it is: p1 was changed since."];
        assert_eq!(undo.along(), lines);
    }
}
