//! Acts on very many rows, which are begun in one transaction and continued in others.

use super::directory::is_within;
use super::text::{count, excerpt};
use super::user::UserId;

/// The kind of work an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// Gives all that lies below a directory another path.
    Move,
    /// Moves a directory with all that lies below it into the bin.
    Trash,
    /// Moves an account with its sessions and directories into the bin.
    Delete,
    /// Brings a bundle back from the bin.
    Restore,
    /// Removes a bundle for good.
    Purge,
    /// Marks the sessions of an account as over.
    EndSessions,
    /// Erases what the journal says of an account that is gone.
    Erase,
}

impl OperationKind {
    /// Every kind, in the order of the enum.
    pub const ALL: [Self; 7] =
        [Self::Move, Self::Trash, Self::Delete, Self::Restore, Self::Purge, Self::EndSessions, Self::Erase];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Trash => "trash",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
            Self::EndSessions => "end-sessions",
            Self::Erase => "erase",
        }
    }

    /// Returns how many times longer a row takes than with a move, which touches no index in another order than its rows.
    pub const fn weight(self) -> u64 {
        match self {
            Self::Move => 1,
            Self::Purge | Self::EndSessions => 2,
            Self::Trash | Self::Delete => 4,
            Self::Restore => 6,
            Self::Erase => 10,
        }
    }

    /// Returns true if an undo brings back what was there before.
    pub const fn is_undoable(self) -> bool {
        match self {
            Self::Move | Self::Trash | Self::Delete | Self::Restore | Self::EndSessions => true,
            Self::Purge | Self::Erase => false,
        }
    }

    /// Returns the kind that `word` names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// An act that was begun and is not through yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its number; later ones have higher numbers.
    pub id: i64,
    /// The entry of the journal that says what was begun; `None` until it is written.
    pub entry: Option<i64>,
    pub kind: OperationKind,
    /// The process that goes on with it.
    pub process: String,
    /// The path or the account's name that it concerns.
    pub label: String,
    /// The account that this is or belongs to.
    pub account: UserId,
    /// The topmost directory; `None` where it is about an account.
    pub directory: Option<i64>,
    /// The bundle in the bin that is filled or emptied.
    pub item: Option<i64>,
    /// The path that the rows have.
    pub from: Option<String>,
    /// The path that they get.
    pub to: Option<String>,
    /// Rows at the beginning.
    pub total: u64,
    /// Rows that are through.
    pub done: u64,
}

/// The rows that an action is about to touch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Touched<'a> {
    /// The account that it is or that it belongs to.
    pub account: Option<UserId>,
    /// A directory with all that lies below it.
    pub path: Option<&'a str>,
    /// A bundle in the bin.
    pub item: Option<i64>,
    /// All directories of the account go with it.
    pub takes_directories: bool,
}

impl Operation {
    /// Returns whether an act would touch rows that this is under way with.
    pub fn covers(&self, touched: &Touched<'_>) -> bool {
        if self.item.is_some() && self.item == touched.item {
            return true;
        }
        if touched.account != Some(self.account) || self.kind == OperationKind::Purge {
            return false;
        }
        match (self.directory, touched.path) {
            (None, None) => true,
            // Directories are not touched by the end of sessions.
            (None, Some(_)) => self.kind != OperationKind::EndSessions,
            (Some(_), None) => touched.takes_directories,
            (Some(_), Some(path)) => {
                let own = [self.from.as_deref(), self.to.as_deref()];
                own.into_iter().flatten().any(|own| is_within(path, own) || is_within(own, path))
            }
        }
    }

    /// Returns a clause that says what is under way: `the move of a/b is under way (5 of 9 rows done)`.
    pub fn state(&self) -> String {
        let label = excerpt(&self.label);
        let what = match self.kind {
            OperationKind::EndSessions => format!("the end of the sessions of {label}"),
            OperationKind::Erase => format!("the erasure of {label}"),
            kind => format!("the {} of {label}", kind.word()),
        };
        format!("{what} is under way ({} of {} done)", self.done, count(self.total, "row", "rows"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(kind: OperationKind) -> Operation {
        Operation {
            id: 1,
            entry: Some(7),
            kind,
            process: "p".into(),
            label: "a/b".into(),
            account: UserId(3),
            directory: Some(5),
            item: None,
            from: Some("a/b".into()),
            to: Some("c/b".into()),
            total: 9,
            done: 5,
        }
    }

    fn at(path: &str) -> Touched<'_> {
        Touched { account: Some(UserId(3)), path: Some(path), ..Touched::default() }
    }

    #[test]
    fn words_name_what_they_stand_for() {
        for kind in OperationKind::ALL {
            assert_eq!(OperationKind::parse(kind.word()), Some(kind));
        }
    }

    #[test]
    fn a_subtree_is_covered_where_it_was_and_where_it_goes() {
        let operation = operation(OperationKind::Move);
        for path in ["a/b", "a/b/x", "c/b", "c/b/x/y", "a", "c"] {
            assert!(operation.covers(&at(path)), "{path}");
        }
        for path in ["a/bc", "a/x", "c/x", "d", "b"] {
            assert!(!operation.covers(&at(path)), "{path}");
        }
        let other = Touched { account: Some(UserId(4)), ..at("a/b") };
        assert!(!operation.covers(&other), "another account's directory of the same path");
        let account = Touched { account: Some(UserId(3)), ..Touched::default() };
        assert!(!operation.covers(&account), "the account itself");
        assert!(operation.covers(&Touched { takes_directories: true, ..account }));
    }

    #[test]
    fn an_account_is_covered_with_all_that_it_has() {
        let deletion =
            Operation { directory: None, from: None, to: None, ..operation(OperationKind::Delete) };
        let account = Touched { account: Some(UserId(3)), ..Touched::default() };
        assert!(deletion.covers(&account) && deletion.covers(&at("x")));
        let sessions = Operation { kind: OperationKind::EndSessions, ..deletion };
        assert!(sessions.covers(&account) && !sessions.covers(&at("x")));
    }

    #[test]
    fn a_purge_covers_its_bundle_alone() {
        let purge = Operation { item: Some(2), ..operation(OperationKind::Purge) };
        assert!(!purge.covers(&at("a/b")));
        assert!(purge.covers(&Touched { item: Some(2), ..Touched::default() }));
        assert!(!purge.covers(&Touched { item: Some(3), ..Touched::default() }));
        assert!(!operation(OperationKind::Move).covers(&Touched::default()));
    }

    #[test]
    fn it_says_how_far_it_is() {
        let state = operation(OperationKind::Move).state();
        assert_eq!(state, "the move of a/b is under way (5 of 9 rows done)");
    }
}
