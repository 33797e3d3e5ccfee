//! The table of actions: everything that is known about an action whatever the request says in detail.
//!
//! Messages, progress labels, questions, undo, denied actions and the JSON of the commands are derived from it. A new action
//! is a line in [`Action`], a row here and a handler. One on accounts is a row in `account_action.rs`, which makes its
//! request; any other is a request with its arm in `facts.rs`, and a command.

use super::action_row::{ActionRow, Conflicts, ReasonNeed, Sentence, SideEffects, Subject, UndoneBy};
use super::asking::Asking;
use super::proof::ProofNeed;
use super::{Action, Export, ExportTarget, Request};

const NOT_UNDOABLE: UndoneBy = UndoneBy::Never("this action has no undo");
const NO_SECRETS: UndoneBy = UndoneBy::Never("the journal keeps no secrets");
const KEPT_BESIDE: UndoneBy = UndoneBy::Never("restore the file that it kept");
const STAYS_ENDED: UndoneBy = UndoneBy::Never(SESSION_STAYS_ENDED);

/// The reason that no undo brings a session back.
pub const SESSION_STAYS_ENDED: &str = "a session that has ended stays ended";

impl Action {
    /// Returns the row of this action in the table.
    #[expect(clippy::too_many_lines, reason = "one row for each action")]
    pub const fn row(self) -> ActionRow {
        use SideEffects::{
            DirectoriesMade, Nothing, SessionsEnd, SessionsEndDirectoriesMade, Subdirectories,
            SubdirectoriesTakenAlong, TakenAlong, TakenAlongOrLost,
        };
        use Subject::{
            Accounts, AccountsOrDirectories, BinItems, Directories, Sessions, Store, UndoneAction,
        };
        use UndoneBy::{Never, Redo, Skipped, Undo};
        match self {
            Self::SetUp => self
                .with(
                    ["set up the first admin", "Set up the first admin", "setting up"],
                    (Accounts, DirectoriesMade, NOT_UNDOABLE, Asking::Never),
                )
                .makes_row(),
            Self::LoggedIn => self
                .with(["log in", "Logged in", "checking"], (Accounts, Nothing, Skipped, Asking::Never))
                .conflicting(Conflicts::Never)
                .even_read_only()
                .told_as(Sentence::Alone),
            Self::LoggedOut => self
                .with(["log out", "Logged out", "logging out"], (Accounts, Nothing, Skipped, Asking::Never))
                .conflicting(Conflicts::Never)
                .even_read_only()
                .told_as(Sentence::Alone),
            Self::Added => self
                .with(
                    ["add", "Added", "adding"],
                    (AccountsOrDirectories, DirectoriesMade, Undo, Asking::OneRow),
                )
                .makes_row()
                .with_proof(ProofNeed::ForLevels),
            Self::Edited => self
                .with(
                    ["change", "Changed", "saving"],
                    (Accounts, SessionsEndDirectoriesMade, Undo, Asking::OneRow),
                )
                .told_as(Sentence::Fields)
                .with_proof(ProofNeed::ForLevels),
            Self::Confirmed => self.with(
                ["confirm", "Confirmed", "confirming"],
                (Accounts, SessionsEndDirectoriesMade, Undo, Asking::OneRow),
            ),
            Self::Suspended => self
                .with(
                    ["suspend", "Suspended", "suspending"],
                    (Accounts, SessionsEndDirectoriesMade, Undo, Asking::CutsOff),
                )
                .because(ReasonNeed::Optional),
            Self::Rejected => self
                .with(["reject", "Rejected", "rejecting"], (Accounts, TakenAlong, Undo, Asking::Always))
                .because(ReasonNeed::Required),
            Self::Promoted => self
                .with(
                    ["promote", "Promoted", "promoting"],
                    (Accounts, SessionsEndDirectoriesMade, Undo, Asking::Always),
                )
                .told_as(Sentence::ObjectAnd(" to admin"))
                .with_proof(ProofNeed::Always),
            Self::Demoted => self
                .with(
                    ["demote", "Demoted", "demoting"],
                    (Accounts, SessionsEndDirectoriesMade, Undo, Asking::Always),
                )
                .told_as(Sentence::ObjectAnd(" to user"))
                .with_proof(ProofNeed::Always),
            Self::Unlocked => self
                .with(
                    ["lift the waits of", "Lifted the waits of", "lifting waits"],
                    (Accounts, Nothing, Never("the failures are forgotten"), Asking::OneRow),
                )
                .conflicting(Conflicts::Never),
            Self::Recovered => self.with(
                ["recover", "Recovered", "recovering"],
                (Accounts, SessionsEndDirectoriesMade, NO_SECRETS, Asking::Always),
            ),
            Self::Registered => self
                .with(["register", "Registered", "registering"], (Accounts, Nothing, Skipped, Asking::Never))
                .conflicting(Conflicts::Never),
            Self::Invited => self
                .with(["make", "Made", "making an invitation"], (Store, Nothing, NO_SECRETS, Asking::Never))
                .conflicting(Conflicts::Never)
                .makes_row(),
            Self::InvitationRevoked => self
                .with(
                    ["revoke", "Revoked", "revoking the invitation"],
                    (Store, Nothing, NO_SECRETS, Asking::Always),
                )
                .conflicting(Conflicts::Never),
            Self::PasswordSet => self
                .with(
                    ["set the password of", "Set the password of", "setting the password"],
                    (Accounts, SessionsEnd, NO_SECRETS, Asking::Always),
                )
                .told_as(Sentence::Password)
                .with_proof(ProofNeed::Always),
            Self::CodeMade => self
                .with(
                    ["make an access code for", "Made an access code for", "making a code"],
                    (Accounts, Nothing, NO_SECRETS, Asking::ReplacesCode),
                )
                .with_proof(ProofNeed::Always),
            Self::CodeRevoked => self.with(
                ["revoke the access code of", "Revoked the access code of", "revoking the code"],
                (Accounts, Nothing, NO_SECRETS, Asking::Always),
            ),
            Self::Deleted => self
                .with(["delete", "Deleted", "deleting"], (Accounts, TakenAlong, Undo, Asking::Undoable))
                .because(ReasonNeed::Optional),
            Self::Issued => self
                .with(
                    ["issue a token for", "Issued a token for", "issuing"],
                    (Sessions, Nothing, Undo, Asking::OneRow),
                )
                .makes_row()
                .told_as(Sentence::Account),
            Self::Renewed => self
                .with(["renew", "Renewed", "renewing"], (Sessions, Nothing, Undo, Asking::OneRow))
                .told_as(Sentence::Until),
            Self::Revoked => self
                .with(["revoke", "Revoked", "revoking"], (Sessions, SessionsEnd, STAYS_ENDED, Asking::Always))
                .because(ReasonNeed::Optional),
            // Nothing comes of it but the entry that a token was refused.
            Self::TokenUsed => self
                .with(
                    ["use the token of", "Used the token of", "verifying"],
                    (Sessions, Nothing, Skipped, Asking::Never),
                )
                .conflicting(Conflicts::Never)
                .even_read_only(),
            Self::Swept => self
                .with(["sweep", "Swept", "sweeping"], (Sessions, Nothing, NOT_UNDOABLE, Asking::Never))
                .conflicting(Conflicts::Never)
                .told_as(Sentence::Count),
            Self::Opened => self
                .with(["open", "Opened", "reading"], (Directories, Nothing, NOT_UNDOABLE, Asking::Never))
                .even_read_only(),
            Self::Renamed => self
                .with(["rename", "Renamed", "renaming"], (Directories, Subdirectories, Undo, Asking::OneRow))
                .told_as(Sentence::NewName),
            Self::Moved => self
                .with(["move", "Moved", "moving"], (Directories, Subdirectories, Undo, Asking::OneRow))
                .told_as(Sentence::NewPath),
            Self::Trashed => self.with(
                ["trash", "Trashed", "trashing"],
                (Directories, SubdirectoriesTakenAlong, Undo, Asking::Undoable),
            ),
            Self::Provisioned => self.with(
                ["make the home of", "Made the home of", "making homes"],
                (Accounts, DirectoriesMade, Undo, Asking::OneRow),
            ),
            Self::Imported => self
                .with(["import", "Imported", "importing"], (Store, Nothing, NOT_UNDOABLE, Asking::Never))
                .conflicting(Conflicts::Never)
                .told_as(Sentence::File(" "))
                .with_proof(ProofNeed::ForLevels),
            Self::Restored => self.with(
                ["restore", "Restored", "restoring"],
                (BinItems, TakenAlongOrLost, Undo, Asking::OneRow),
            ),
            Self::Purged => self
                .with(
                    ["purge", "Purged", "purging"],
                    (BinItems, TakenAlong, Never("a purge is for good"), Asking::Purge),
                )
                .with_proof(ProofNeed::Always),
            Self::Erased => self
                .with(
                    ["erase", "Erased", "erasing"],
                    (BinItems, TakenAlong, Never("an erasure is for good"), Asking::Purge),
                )
                .with_proof(ProofNeed::Always),
            Self::Undone => self
                .with(["undo", "Undid", "undoing"], (UndoneAction, TakenAlongOrLost, Redo, Asking::UnlessOwn))
                .told_as(Sentence::Entry)
                .with_proof(ProofNeed::ForLevels),
            Self::Redone => self
                .with(["redo", "Redid", "redoing"], (UndoneAction, TakenAlongOrLost, Undo, Asking::UnlessOwn))
                .told_as(Sentence::Entry)
                .with_proof(ProofNeed::ForLevels),
            // A repair restores what keeps a store from being written.
            Self::Repaired => self
                .with(
                    ["repair", "Repaired", "repairing the store"],
                    (Store, Nothing, NOT_UNDOABLE, Asking::Always),
                )
                .even_read_only(),
            Self::Rechained => self
                .with(
                    ["rechain the journal", "Rechained the journal", "rechaining the journal"],
                    (Store, Nothing, NOT_UNDOABLE, Asking::Never),
                )
                .conflicting(Conflicts::Never)
                .told_as(Sentence::Alone),
            Self::ClockSet => self
                .with(
                    ["write a clock entry", "Wrote a clock entry", "writing a clock entry"],
                    (Store, Nothing, NOT_UNDOABLE, Asking::Never),
                )
                .told_as(Sentence::Alone),
            Self::FactorEnrolled => self
                .with(
                    [
                        "set up the second factor of",
                        "Set up the second factor of",
                        "setting up the second factor",
                    ],
                    (Accounts, Nothing, NO_SECRETS, Asking::OneRow),
                )
                .with_proof(ProofNeed::Always)
                .told_as(Sentence::Factor),
            Self::FactorReset => self
                .with(
                    [
                        "reset the second factor of",
                        "Reset the second factor of",
                        "resetting the second factor",
                    ],
                    (Accounts, Nothing, NO_SECRETS, Asking::Always),
                )
                .with_proof(ProofNeed::Always),
            // It changes no row, so that the action before it is the last one to undo.
            Self::BackedUp => self
                .with(
                    ["back up the store", "Backed up the store", "backing up the store"],
                    (Store, Nothing, Skipped, Asking::ReplacesFile),
                )
                .conflicting(Conflicts::Never)
                .even_read_only()
                .told_as(Sentence::File(" to ")),
            // It changes no row either.
            Self::Exported => self
                .with(
                    ["export password hashes", "Exported password hashes", "exporting password hashes"],
                    (Store, Nothing, Skipped, Asking::Never),
                )
                .conflicting(Conflicts::Never)
                .even_read_only()
                .told_as(Sentence::File(" to "))
                .with_proof(ProofNeed::Always),
            // A backup takes the place of a store that damage keeps from being written.
            Self::StoreRestored => self
                .with(
                    ["restore the store", "Restored the store", "restoring the store"],
                    (Store, SessionsEnd, KEPT_BESIDE, Asking::Always),
                )
                .conflicting(Conflicts::Never)
                .even_read_only()
                .told_as(Sentence::File(" from "))
                .with_proof(ProofNeed::Always),
        }
    }

    /// Returns true if the action moves accounts to the bin.
    pub const fn deletes_accounts(self) -> bool {
        matches!(self, Self::Deleted | Self::Rejected)
    }

    const fn with(
        self,
        [infinitive, past, progress]: [&'static str; 3],
        (subject, side_effects, undone_by, asking): (Subject, SideEffects, UndoneBy, Asking),
    ) -> ActionRow {
        ActionRow {
            action: self,
            infinitive,
            past,
            progress,
            sentence: Sentence::Object,
            subject,
            side_effects,
            undone_by,
            asking,
            proof: ProofNeed::Never,
            reason: ReasonNeed::NotAsked,
            conflicts: Conflicts::OnItsRows,
            makes_row: false,
            runs_read_only: false,
        }
    }
}

/// The effect of a request on the store.
pub(super) enum StoreEffect {
    /// It only reads.
    Reads,
    /// It reads and takes a note if the store can be written: the last use of a token or directory, the state of a check.
    /// That is no action and leaves no journal entry.
    Notes,
    Acts(Action),
}

impl Request {
    /// Returns the action that the request performs, or `None` if it only reads.
    pub fn action(&self) -> Option<ActionRow> {
        match self.facts().effect {
            StoreEffect::Acts(action) => Some(action.row()),
            StoreEffect::Reads | StoreEffect::Notes => None,
        }
    }

    /// Returns true if the request only reads. A separate worker performs such requests, so that slow actions do not delay
    /// lists.
    pub fn is_read(&self) -> bool {
        match self.facts().effect {
            StoreEffect::Reads => true,
            StoreEffect::Notes | StoreEffect::Acts(_) => false,
        }
    }

    /// Returns true if the request can be performed on a store that cannot be written.
    pub fn can_do_without_writing(&self) -> bool {
        self.action().is_none_or(|action| action.runs_read_only)
    }

    /// Returns true if the request acts on nothing but a file that the operator names. On a read-only store it
    /// runs, but is not recorded.
    pub fn acts_on_files_alone(&self) -> bool {
        self.facts().is_about_file
    }

    /// Returns true if the reply is a secret that is shown once: [`Reply::Secret`](super::Reply::Secret).
    pub fn makes_secret(&self) -> bool {
        self.facts().makes_secret
    }

    /// Returns true if the request writes into a stream, so that it cannot be repeated.
    pub fn writes_to_stream(&self) -> bool {
        matches!(self, Self::Export(Export { to: ExportTarget::Stream(_), .. }))
    }

    /// Returns the label of the request while it runs.
    pub fn progress(&self) -> &'static str {
        self.action().map_or("reading", |action| action.progress)
    }
}
