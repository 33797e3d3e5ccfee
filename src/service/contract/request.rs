//! What can be asked for, and who asks. Each says which [`Reply`] it brings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Check;
#[cfg(doc)]
use super::Reply;
use super::{CountedRows, Doctor};
use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::Filter;
use crate::domain::journal::{Head, JournalColumn};
use crate::domain::page::{Selection, Sort, Span};
use crate::domain::secret::Secret;
use crate::domain::session::SessionColumn;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Fields, UserColumn, UserId, Who};
use crate::domain::zone::Zone;

/// What can be asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Getting in and out.
    SignIn(SignIn),
    /// About accounts.
    Accounts(Accounts),
    /// About sessions.
    Sessions(Sessions),
    /// About directories.
    Directories(Directories),
    /// Taking in a foreign database.
    Import(Import),
    /// About the journal.
    Journal(Journal),
    /// Taking acts back.
    Undo(Undo),
    /// About what was deleted.
    Bin(Bin),
    /// An act on exactly the rows that [`Reply::Counted`] told of → as that act.
    Counted(CountedAct),
    /// About the state of the store.
    Doctor(Doctor),
    /// About the pages of the store's file.
    Check(Check),
}

/// An action and the rows that it is bound to.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedAct {
    /// The action that was counted.
    pub act: Box<Request>,
    /// The rows that the count found.
    pub rows: CountedRows,
}

/// Getting in and out.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// What a console must know before anybody has logged in → [`Reply::StoreStatus`].
    Look,
    /// The first admin, while there is no usable one → [`Reply::SignedIn`], or [`Reply::Done`] for the owner.
    SetUp {
        /// Names and email.
        fields: Fields,
        /// The password.
        password: Secret,
    },
    /// → [`Reply::SignedIn`] or [`Reply::ChoosePassword`].
    LogIn {
        /// Username or email.
        name: String,
        /// A password, or an access code.
        secret: Secret,
    },
    /// After [`Reply::ChoosePassword`]: the same proof again, and the new password → [`Reply::SignedIn`].
    Choose {
        /// Username or email.
        name: String,
        /// The password or access code that led here.
        proof: Secret,
        /// The new password.
        password: Secret,
    },
    /// The operator's password again, on the lock screen → [`Reply::SignedIn`].
    Unlock(Secret),
    /// Whether the operator's session is still good → [`Reply::SignedIn`].
    StillIn,
    /// Ends the operator's session → [`Reply::SignedOut`].
    LogOut,
}

impl SignIn {
    /// Returns true if the request proves an identity. The time until a failure is reported must not tell what it had to
    /// compute.
    pub const fn is_proof(&self) -> bool {
        match self {
            Self::LogIn { .. } | Self::Choose { .. } | Self::Unlock(_) => true,
            Self::Look | Self::SetUp { .. } | Self::StillIn | Self::LogOut => false,
        }
    }

    /// Returns true if the request can begin a session of an operator.
    pub const fn begins_session(&self) -> bool {
        match self {
            Self::SetUp { .. } | Self::LogIn { .. } | Self::Choose { .. } => true,
            Self::Look | Self::Unlock(_) | Self::StillIn | Self::LogOut => false,
        }
    }
}

/// Accounts by name, or all that a filter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountSelection {
    /// These; one that is not there fails the whole request.
    Named(Vec<Who>),
    /// Every account that the filter shows at the moment of the act.
    Shown {
        /// The filter; an empty one shows everybody.
        filter: Filter,
        /// Accounts left out all the same, by id.
        except: Vec<i64>,
    },
}

impl AccountSelection {
    /// One account.
    pub fn one(id: UserId) -> Self {
        Self::Named(vec![Who::Id(id)])
    }
}

/// About accounts.
#[derive(Debug, Clone, PartialEq)]
pub enum Accounts {
    /// → [`Reply::Users`].
    List {
        /// Which.
        filter: Filter,
        /// In which order.
        sort: Sort<UserColumn>,
        /// Which stretch.
        span: Span,
    },
    /// A filter is about to be typed: what it looks into is read ahead → [`Reply::Ready`].
    Prepare,
    /// → [`Reply::User`].
    Show(Who),
    /// → [`Reply::Done`]; without a password an access code is made → [`Reply::Secret`].
    Add {
        /// At least first name, last name and email.
        fields: Fields,
        /// The password.
        password: Option<Secret>,
        /// Whether a new password must be chosen at the first log-in.
        must_change: bool,
    },
    /// → [`Reply::Done`].
    Edit {
        /// Which account.
        who: Who,
        /// What to set.
        fields: Fields,
        /// What the fields were when they were read: if the account differs from it now, nothing is changed.
        was: Option<Box<Fields>>,
    },
    /// Confirms pending accounts and lifts suspensions; makes the home where there is none → [`Reply::Done`].
    Confirm(AccountSelection),
    /// Cuts accounts off and ends their sessions → [`Reply::Done`].
    Suspend(AccountSelection),
    /// Sets the access level → [`Reply::Done`].
    SetLevel(AccountSelection, AccessLevel),
    /// Sets a password and ends the account's other sessions → [`Reply::Done`].
    SetPassword {
        /// Whose.
        who: Who,
        /// The new one.
        password: Secret,
        /// Whether another must be chosen at the next log-in.
        must_change: bool,
    },
    /// The operator's own, with the current one as proof → [`Reply::Done`].
    ChangeOwnPassword {
        /// The current one.
        current: Secret,
        /// The new one.
        password: Secret,
    },
    /// Makes a one-time access code; an older one dies → [`Reply::Secret`].
    MakeCode {
        /// Whose.
        who: Who,
        /// How long it is good for, at most 24 h.
        life: Duration,
    },
    /// → [`Reply::Done`].
    RevokeCode(Who),
    /// → [`Reply::Codes`].
    ListCodes,
    /// Moves accounts with their sessions and directories into the bin → [`Reply::Done`].
    Delete(AccountSelection),
}

/// About sessions.
#[derive(Debug, Clone, PartialEq)]
pub enum Sessions {
    /// → [`Reply::Sessions`].
    List {
        /// Which.
        filter: Filter,
        /// In which order.
        sort: Sort<SessionColumn>,
        /// Which stretch.
        span: Span,
    },
    /// → [`Reply::Session`].
    Show(i64),
    /// A new token for a confirmed account → [`Reply::Secret`].
    Issue {
        /// Whose.
        who: Who,
        /// How long it is good for.
        life: Duration,
    },
    /// Whose token this is → [`Reply::Verified`].
    Verify(Secret),
    /// Sets the end to `life` from now → [`Reply::Done`].
    Renew {
        /// Which; one that is over fails the whole request.
        which: Selection,
        /// How long from now.
        life: Duration,
    },
    /// Ends sessions → [`Reply::Done`].
    Revoke(Selection),
    /// Marks all sessions whose time is over → [`Reply::Done`].
    Sweep,
}

/// A directory by row or by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectorySelector {
    /// The row's id.
    Id(i64),
    /// Its `directory_path`.
    Path(String),
}

/// About directories.
#[derive(Debug, Clone, PartialEq)]
pub enum Directories {
    /// A flat list → [`Reply::Directories`].
    List {
        /// Only this account's.
        of: Option<Who>,
        /// Which.
        filter: Filter,
        /// In which order.
        sort: Sort<DirectoryColumn>,
        /// Which stretch.
        span: Span,
    },
    /// A tree → [`Reply::Tree`].
    Tree {
        /// Only this account's.
        of: Option<Who>,
        /// The directories that show what lies below them, by row id.
        open: BTreeSet<i64>,
        /// In which order, within a parent.
        sort: Sort<DirectoryColumn>,
        /// Which stretch.
        span: Span,
    },
    /// → [`Reply::Directory`].
    Show(DirectorySelector),
    /// An operator looked into it: `last_accessed` is set → [`Reply::Done`].
    Opened(i64),
    /// → [`Reply::Done`].
    Add {
        /// The whole path; its parent must be there, or it is a new root.
        path: String,
        /// Whose, for a new root; otherwise the parent's owner.
        owner: Option<Who>,
    },
    /// → [`Reply::Done`].
    Rename {
        /// Which.
        place: DirectorySelector,
        /// The new last part of its path.
        name: String,
    },
    /// → [`Reply::Done`].
    Move {
        /// Which.
        place: DirectorySelector,
        /// What it shall lie below.
        to: DirectorySelector,
    },
    /// Moves directories with all that lies below them into the bin (rows only) → [`Reply::Done`].
    Trash(Vec<DirectorySelector>),
    /// Makes the home and its libraries where they are missing → [`Reply::Done`].
    Provision(AccountSelection),
}

/// Taking in a foreign database → [`Reply::Imported`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The file, as the operator named it.
    pub file: PathBuf,
    /// Take the good rows and report the bad ones, instead of taking nothing.
    pub skip_bad_rows: bool,
    /// Where an account of the store has the same username or email, take the source's.
    pub replace: bool,
    /// Sessions that are still in time stay active.
    pub keep_sessions: bool,
    /// Taken off the front of every path: the longest one that fits.
    pub strip_prefixes: Vec<String>,
    /// The database whose tables are taken, of a dump that holds several.
    pub database: Option<String>,
    /// The zone of the file's times, whatever it says itself.
    pub time_zone: Option<Zone>,
    /// What becomes of statements that change rows which stand before them.
    pub later_statements: LaterStatements,
    /// The accounts that somebody agreed to make admins, as the report calls them; `None` where nobody is asked.
    pub agreed_admins: Option<Vec<String>>,
}

/// What an import does about statements that change rows which stand before them: it cannot carry them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LaterStatements {
    /// They refuse the import.
    #[default]
    Refuse,
    /// They are only named in the report.
    Ignore,
}

/// About the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Journal {
    /// → [`Reply::Entries`]. A plain user sees those about their own account.
    List {
        /// Which.
        filter: Filter,
        /// In which order.
        sort: Sort<JournalColumn>,
        /// Which stretch.
        span: Span,
    },
    /// → [`Reply::AsItWas`].
    AsItWas {
        /// Which account; also one that is gone, by id or by what it was called.
        who: Who,
        /// When.
        at: Timestamp,
    },
    /// → [`Reply::Head`].
    Head,
    /// Goes through all entries → [`Reply::Checked`].
    Verify {
        /// A head that was noted before: its entry must still be there and be the same.
        expect: Option<Head>,
    },
}

/// Taking acts back → [`Reply::Done`]. What an act did to many things is taken back as one.
///
/// [`FailureKind::Conflict`](super::FailureKind::Conflict), with the difference, where a thing is no longer as the act
/// left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// The newest act of this console session that is not taken back; for a command, of this OS user's commands.
    Last,
    /// The whole act that this entry of the journal is of, whoever did it.
    Entry(i64),
    /// The act that was taken back last, as long as nothing else was done since.
    Redo,
}

/// What lies in the bin, as requests name it.
#[derive(Debug, Clone, PartialEq)]
pub enum InBin {
    /// Bundles by their numbers, or all that a filter shows.
    Items(Selection),
    /// The account that was called this, the one that was deleted last.
    Account(Who),
    /// The directory that had this path, the one that was deleted last.
    Directory(String),
}

/// About what was deleted.
#[derive(Debug, Clone, PartialEq)]
pub enum Bin {
    /// → [`Reply::Items`].
    List {
        /// Which.
        filter: Filter,
        /// In which order.
        sort: Sort<BinColumn>,
        /// Which stretch.
        span: Span,
    },
    /// Brings things back as they were → [`Reply::Done`].
    Restore {
        /// Which.
        which: InBin,
        /// The path that a directory gets instead of the one it had; only for one.
        to: Option<String>,
    },
    /// Throws them away for good → [`Reply::Done`].
    Purge(InBin),
}
