//! The row of an action in the table of actions: its columns and their values.

use super::Action;
use super::asking::Asking;
use super::proof::ProofNeed;

/// A row of the table of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionRow {
    pub action: Action,
    /// The words after "to" or "would": `set the password of`
    pub infinitive: &'static str,
    /// The words at the start of a sentence about what was done: `Set the password of`
    pub past: &'static str,
    /// The label while it runs: `setting the password`
    pub progress: &'static str,
    pub sentence: Sentence,
    pub subject: Subject,
    pub side_effects: SideEffects,
    pub undone_by: UndoneBy,
    /// The row of the table "Asking". Details of a request can ask for more, see
    /// [`confirmation`](super::confirmation).
    pub asking: Asking,
    /// The need for the operator's password. Details of a request can ask for more; `contract/proof.rs` tells which.
    pub proof: ProofNeed,
    /// The reason that a dialog lets the operator give. On the command line `--reason` goes with every action.
    pub reason: ReasonNeed,
    pub conflicts: Conflicts,
    /// True if it makes one row, whose id is reported.
    pub makes_row: bool,
    /// True if it also runs on a store that cannot be written. It then leaves out what it would write.
    pub runs_read_only: bool,
}

/// The rows that an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Accounts,
    Sessions,
    Directories,
    /// Accounts, or directories if there are no accounts.
    AccountsOrDirectories,
    /// Deleted accounts and trashed directories.
    BinItems,
    /// The subject of the action that is undone or redone.
    UndoneAction,
    /// No rows of their own: the store, a file or the clock.
    Store,
}

/// The form of the journal's sentence about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentence {
    /// `deleted alan`
    Object,
    /// `promoted alan to admin`, with these words at the end.
    ObjectAnd(&'static str),
    /// `logged in`: it has no object.
    Alone,
    /// `set the password of alan`, unless it was only hashed anew.
    Password,
    /// `set up the second factor of alan`, unless it was only proven.
    Factor,
    /// `changed the email of alan from a@b to c@d`
    Fields,
    /// `issued a token for alan`: the account of the session.
    Account,
    /// `renewed session 3fa9c1e0 of alan until …`
    Until,
    /// `renamed a/b to c`
    NewName,
    /// `moved a/b to c/b`
    NewPath,
    /// `backed up the store to old.db`: these words before the file.
    File(&'static str),
    /// `swept 3 sessions`
    Count,
    /// `undid entry 5: alan`
    Entry,
}

/// The effects of an action on rows other than its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideEffects {
    Nothing,
    SessionsEnd,
    /// A home and its libraries.
    DirectoriesMade,
    SessionsEndDirectoriesMade,
    /// Sessions and directories go with their account.
    TakenAlong,
    /// As [`Self::TakenAlong`], but sessions that the undone action ended stay ended.
    TakenAlongOrLost,
    /// Directories below the one that it is about change with it.
    Subdirectories,
    /// Directories below the one that it is about go with it.
    SubdirectoriesTakenAlong,
}

/// The part that a reason plays in an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonNeed {
    /// The dialog has no field for one.
    NotAsked,
    /// The dialog has a field for one.
    Optional,
    /// The action is refused without one.
    Required,
}

/// The operations under way with which an action conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflicts {
    /// Those that move a row that it is about.
    OnItsRows,
    /// None: it changes no row that an operation moves, or checks itself those that it does.
    Never,
}

/// The way in which an action can be undone. Ended sessions never come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoneBy {
    Undo,
    /// It is an undo: a redo performs the undone action again.
    Redo,
    /// It cannot be undone, for this reason.
    Never(&'static str),
    /// It only records that somebody came or went: undo skips it.
    Skipped,
}

impl ActionRow {
    pub(super) const fn told_as(self, sentence: Sentence) -> Self {
        Self { sentence, ..self }
    }

    pub(super) const fn makes_row(self) -> Self {
        Self { makes_row: true, ..self }
    }

    pub(super) const fn conflicting(self, conflicts: Conflicts) -> Self {
        Self { conflicts, ..self }
    }

    pub(super) const fn with_proof(self, proof: ProofNeed) -> Self {
        Self { proof, ..self }
    }

    pub(super) const fn because(self, reason: ReasonNeed) -> Self {
        Self { reason, ..self }
    }

    pub(super) const fn even_read_only(self) -> Self {
        Self { runs_read_only: true, ..self }
    }

    /// Returns true if sessions and directories go with their account.
    pub const fn takes_along(self) -> bool {
        match self.side_effects {
            SideEffects::TakenAlong | SideEffects::TakenAlongOrLost => true,
            SideEffects::Nothing
            | SideEffects::SessionsEnd
            | SideEffects::DirectoriesMade
            | SideEffects::SessionsEndDirectoriesMade
            | SideEffects::Subdirectories
            | SideEffects::SubdirectoriesTakenAlong => false,
        }
    }
}
