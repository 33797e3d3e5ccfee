//! The requests that a front end can make. Each names the [`Reply`] that it brings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::Filter;
use crate::domain::journal::{Head, JournalColumn, Reason};
use crate::domain::page::{RowRange, Selection, Sort};
use crate::domain::secret::Secret;
use crate::domain::session::{SessionColumn, SessionLabel};
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{Fields, UserColumn, UserId, Who};

#[cfg(doc)]
use super::Reply;
use super::{AccountAction, AccountChange, Backup, Check, CountedRows, Doctor, Export, Import, SignIn};

/// A request of a front end.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Setting up, logging in and out.
    SignIn(SignIn),
    Accounts(Accounts),
    Sessions(Sessions),
    Directories(Directories),
    Import(Import),
    Export(Export),
    Journal(Journal),
    /// Undo and redo.
    Undo(Undo),
    Bin(Bin),
    /// An action on exactly the rows of [`Reply::Counted`], with the reason for it → the reply of that action.
    Counted(CountedAction),
    /// Examining and repairing the store.
    Doctor(Doctor),
    /// The daily check of the pages of the store's file.
    Check(Check),
    /// Making, verifying and restoring backups.
    Backup(Backup),
    /// Tells the state of the service at a glance → [`Reply::Overview`].
    Overview,
    /// Tells the figures that a monitoring system collects → [`Reply::Metrics`].
    Metrics,
}

/// An action, the rows that it is bound to, and the reason for it.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedAction {
    /// The action itself.
    pub action: Box<Request>,
    /// The rows that the count found; `None` if it was not counted.
    pub rows: Option<CountedRows>,
    /// The reason that the operator gave. `None` leaves that of the [context](crate::service::RequestContext).
    pub reason: Option<Reason>,
}

/// Accounts by name, or every account that a filter matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSelection {
    /// These accounts. A missing one fails the whole request.
    Named(Vec<Who>),
    /// Every account that the filter matches when the action begins.
    Shown {
        /// An empty filter matches every account.
        filter: Filter,
        /// Ids of accounts that are left out.
        except: Vec<i64>,
    },
}

impl AccountSelection {
    /// Selects a single account by its id.
    pub fn one(id: UserId) -> Self {
        Self::Named(vec![Who::Id(id)])
    }
}

/// Reads of accounts and actions on them.
#[derive(Debug, Clone, PartialEq)]
pub enum Accounts {
    /// Lists accounts → [`Reply::Users`].
    List {
        filter: Filter,
        sort: Sort<UserColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Lists the first accounts whose username or email begins with a text, to complete it → [`Reply::Users`]. If there
    /// are more, the total is larger than the number of rows.
    Begun(String),
    /// Prepares the search, because a filter is about to be typed → [`Reply::Ready`].
    Prepare,
    /// Counts what the tabs of the console show → [`Reply::TabCounts`].
    TabCounts,
    /// Shows one account → [`Reply::User`].
    Show(Who),
    /// Lists what the coming days change by themselves → [`Reply::Calendar`].
    Calendar,
    /// Tells why an account can log in or cannot → [`Reply::Gates`].
    Why(Who),
    /// Adds an account → [`Reply::Done`]. Without a password it makes an access code → [`Reply::Secret`].
    Add {
        /// At least first name, last name and email.
        fields: Fields,
        password: Option<Secret>,
        /// True if a new password must be chosen at the first log-in.
        must_change: bool,
    },
    /// Adds the accounts of a file of CSV, with access codes that are written into a new file → [`Reply::Done`].
    AddAll {
        file: PathBuf,
        codes: PathBuf,
        /// The [checksum](super::ActionSummary::list) of the list that was agreed to. Another one is refused.
        agreed: Option<String>,
    },
    /// Performs an action on one account → as [`AccountChange`] says.
    Change { who: Who, change: AccountChange },
    /// Performs an action that needs nothing but the accounts → [`Reply::Done`].
    Act { action: AccountAction, accounts: AccountSelection },
    /// Changes the operator's own password, with the current one as proof → [`Reply::Done`].
    ChangeOwnPassword { current: Secret, password: Secret },
    /// Offers the operator a second factor → [`Reply::FactorOffer`].
    OfferFactor,
    /// Sets up the second factor that was offered → [`Reply::FactorSet`].
    EnrolFactor {
        /// The secret that was offered.
        factor: Secret,
        /// The first code.
        code: Secret,
    },
    /// Lists the access codes in force → [`Reply::Codes`].
    ListCodes,
    /// Makes a one-time code with which somebody can register → [`Reply::Secret`].
    Invite {
        /// At most 7 days.
        life: Duration,
    },
    /// Revokes the invitation with this number → [`Reply::Done`].
    RevokeInvitation(i64),
    /// Lists the invitations in force → [`Reply::Invitations`].
    ListInvitations,
}

impl AccountAction {
    /// Returns the request that performs the action on these accounts.
    pub const fn on(self, accounts: AccountSelection) -> Accounts {
        Accounts::Act { action: self, accounts }
    }
}

impl AccountChange {
    /// Returns the request that performs the action on this account.
    pub const fn of(self, who: Who) -> Accounts {
        Accounts::Change { who, change: self }
    }
}

/// Reads of sessions and actions on them.
#[derive(Debug, Clone, PartialEq)]
pub enum Sessions {
    /// Lists sessions → [`Reply::Sessions`].
    List {
        filter: Filter,
        sort: Sort<SessionColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Shows one session → [`Reply::Session`].
    Show(i64),
    /// Issues a token for a confirmed account → [`Reply::Secret`].
    Issue {
        who: Who,
        life: Duration,
        /// Words that tell what the token is for.
        label: Option<SessionLabel>,
    },
    /// Verifies a token → [`Reply::Verified`].
    Verify(Secret),
    /// Sets the end of sessions to `life` from now → [`Reply::Done`].
    Renew {
        /// A session that is over fails the whole request.
        which: Selection,
        life: Duration,
    },
    /// Revokes sessions → [`Reply::Done`].
    Revoke(Selection),
    /// Marks the sessions whose time is over → [`Reply::Done`].
    Sweep,
}

impl Sessions {
    /// Returns the request that revokes all sessions of an account.
    pub fn revoke_all_of(account: UserId) -> Self {
        Self::Revoke(Selection::Shown { filter: Filter::of_account(Who::Id(account)), except: Vec::new() })
    }
}

/// A directory, selected by row id or by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectorySelector {
    Id(i64),
    /// The `directory_path`.
    Path(String),
}

/// Reads of directories and actions on them.
#[derive(Debug, Clone, PartialEq)]
pub enum Directories {
    /// Lists directories → [`Reply::Directories`].
    List {
        /// Restricts the rows to this account.
        of: Option<Who>,
        filter: Filter,
        sort: Sort<DirectoryColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Shows directories as a tree → [`Reply::Tree`].
    Tree {
        /// Restricts the rows to this account.
        of: Option<Who>,
        /// Row ids of the directories that are expanded.
        open: BTreeSet<i64>,
        /// The order within a parent.
        sort: Sort<DirectoryColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Shows one directory → [`Reply::Directory`].
    Show(DirectorySelector),
    /// Sets `last_accessed`, because an operator opened the directory → [`Reply::Done`].
    Opened(i64),
    /// Adds a directory → [`Reply::Done`].
    Add {
        /// The whole path. Its parent must exist, or it is a new root.
        path: String,
        /// The owner of a new root. Otherwise the parent's owner is taken.
        owner: Option<Who>,
    },
    /// Renames a directory → [`Reply::Done`].
    Rename {
        place: DirectorySelector,
        /// The new last component of its path.
        name: String,
    },
    /// Moves a directory → [`Reply::Done`].
    Move {
        place: DirectorySelector,
        /// The new parent.
        to: DirectorySelector,
    },
    /// Moves directories and everything below them to the bin (rows only) → [`Reply::Done`].
    Trash(Vec<DirectorySelector>),
    /// Makes missing homes and their libraries → [`Reply::Done`].
    Provision(AccountSelection),
}

/// Requests about the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Journal {
    /// Lists entries → [`Reply::Entries`]. A plain user sees those about their own account.
    List {
        filter: Filter,
        sort: Sort<JournalColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Lists the same in lines: adjacent entries of one action are one line → [`Reply::Lines`].
    Lines {
        filter: Filter,
        sort: Sort<JournalColumn>,
        /// The actions that are not folded, by their first entries.
        unfolded: Vec<i64>,
        /// The positions of the lines to return.
        span: RowRange,
    },
    /// Shows an account as it was at a time → [`Reply::AsItWas`].
    AsItWas {
        /// The account, by id or by a former name if it is gone.
        who: Who,
        at: Timestamp,
    },
    /// Returns the newest entry's number and hash → [`Reply::Head`].
    Head,
    /// Returns a number that changes whenever others change the store → [`Reply::Version`], in microseconds.
    /// [`FailureKind::Unavailable`](super::FailureKind::Unavailable) once its path leads to another file.
    Version,
    /// Verifies the chain of entries → [`Reply::Checked`].
    Verify {
        /// A head that was recorded earlier. Its entry must still exist and be unchanged.
        expect: Option<Head>,
    },
}

/// Undo and redo → [`Reply::Done`]. A bulk action is undone as a unit.
///
/// A row that is no longer as the action left it stays as it is and is reported with the difference. If that holds for all
/// rows, the failure is a [`FailureKind::Conflict`](super::FailureKind::Conflict).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// Undoes the newest action of this console session that is not undone yet, or of this OS user's commands.
    Last,
    /// Undoes the whole action of this journal entry, whoever performed it.
    Entry(i64),
    /// Redoes the action that was undone last, unless something else was done since.
    Redo,
}

/// Items of the bin, as a request selects them.
#[derive(Debug, Clone, PartialEq)]
pub enum InBin {
    /// Items by id, or all that a filter matches.
    Items(Selection),
    /// The account that had this name and was deleted last.
    Account(Who),
    /// The directory that had this path and was trashed last.
    Directory(String),
}

/// Requests about the bin.
#[derive(Debug, Clone, PartialEq)]
pub enum Bin {
    /// Lists the bin → [`Reply::Items`].
    List {
        filter: Filter,
        sort: Sort<BinColumn>,
        /// The positions of the rows to return.
        span: RowRange,
    },
    /// Restores items as they were → [`Reply::Done`].
    Restore {
        which: InBin,
        /// The path of a single directory, instead of the one that it had.
        to: Option<String>,
        /// True if the sessions of accounts are restored as they were. Otherwise those that were active come back ended.
        with_sessions: bool,
    },
    /// Deletes items for good → [`Reply::Done`].
    Purge(InBin),
    /// Deletes an account in the bin for good, with what the journal says of it, or erases that of one that was purged →
    /// [`Reply::Done`].
    Erase(Who),
}
