//! What comes back from a request that was done.

use super::{ActionSummary, Caller, CheckStep, CountedRows, Diagnosis, ImportReport};
use crate::domain::bin::BinItem;
use crate::domain::directory::{Directory, TreeRow};
use crate::domain::journal::{Break, Entry, FieldValues, Head};
use crate::domain::page::Window;
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, User, UserId};

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// What a console must know before anybody has logged in.
    StoreStatus(StoreStatus),
    /// The operator is in.
    SignedIn(Operator),
    /// The proof was right, but a new password must be chosen first.
    ChoosePassword(WhyChoose),
    /// The operator is out.
    SignedOut,
    /// What was asked for ahead is at hand.
    Ready,
    /// A stretch of the accounts list.
    Users(Window<User>),
    /// One account.
    User(Box<UserDetail>),
    /// Access codes in force.
    Codes(Vec<CodeInForce>),
    /// A stretch of the sessions list.
    Sessions(Window<Session>),
    /// One session.
    Session(Box<Session>),
    /// A good token: its session, and the account it belongs to.
    Verified(Box<Session>, Box<User>),
    /// A stretch of the directories list.
    Directories(Window<Directory>),
    /// A stretch of the tree.
    Tree(Window<TreeRow>),
    /// One directory.
    Directory(Box<Directory>),
    /// Done.
    Done(ActionSummary),
    /// A rehearsal: what would be done, and to which rows. [`Request::for_rows`](super::Request::for_rows) does it to
    /// these.
    Counted {
        /// What would be done.
        summary: ActionSummary,
        /// The rows.
        rows: CountedRows,
    },
    /// Done, and a token or code that is shown this once.
    Secret {
        /// What was done.
        summary: ActionSummary,
        /// The token or code.
        secret: Secret,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// An import is through.
    Imported(Box<ImportReport>),
    /// A stretch of the journal.
    Entries(Window<Entry>),
    /// An account as it was.
    AsItWas(Box<AsItWas>),
    /// The newest entry.
    Head(Head),
    /// The journal was gone through.
    Checked(Checked),
    /// A stretch of the bin.
    Items(Window<BinItem>),
    /// The state of the store.
    Diagnosis(Box<Diagnosis>),
    /// How far the check of the store's pages is.
    Check(CheckStep),
}

/// An account as it was at a moment, as far as the journal knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsItWas {
    /// The account.
    pub id: UserId,
    /// When.
    pub at: Timestamp,
    /// The fields, by the names of their columns.
    pub fields: FieldValues,
    /// How many entries were taken back to get there.
    pub entries: u64,
}

/// What going through the journal found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The newest entry that is right.
    pub head: Head,
    /// The first thing that is wrong, if there is any.
    pub broken: Option<Break>,
}

/// What a console must know before anybody has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Where the store is.
    pub store: String,
    /// Whether anybody can log in as admin, or ever could.
    pub admins: Admins,
    /// When all pages of its file were checked and found sound.
    pub sound_at: Option<Timestamp>,
}

/// Whether a store has an admin who can log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admins {
    /// It never had one: the console starts with the set-up.
    Never,
    /// It has none now: only whoever may write the store's file can make one again.
    NoneNow,
    /// It has one.
    Usable,
}

/// Whoever has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The account.
    pub id: UserId,
    /// Username, else email.
    pub label: String,
    /// What they may do.
    pub level: AccessLevel,
    /// Their console session's row; none where nothing can be written.
    pub session: Option<i64>,
    /// When the session ends.
    pub expires_at: Timestamp,
}

impl Operator {
    /// Returns who asks when this operator does.
    pub const fn caller(&self) -> Caller {
        match self.session {
            Some(session) => Caller::Operator(session),
            None => Caller::Reader { account: self.id, until: self.expires_at },
        }
    }
}

/// Why a password must be chosen before the log-in goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyChoose {
    /// An access code was used.
    Code,
    /// Somebody else chose the password in force.
    MustChange,
    /// The password in force breaks the policy (a legacy one: too short, or longer than bcrypt reads).
    BreaksPolicy,
}

/// An account with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetail {
    /// The account.
    pub user: User,
    /// Its home's path.
    pub home: Option<String>,
    /// How many directories it has.
    pub directories: u64,
    /// When its access code ends, if it has one.
    pub code_expires_at: Option<Timestamp>,
    /// A new password must be chosen at the next log-in.
    pub must_change: bool,
}

/// An access code in force; never the code itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeInForce {
    /// Whose.
    pub user_id: UserId,
    /// Username, else email.
    pub user: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Wrong tries left.
    pub tries_left: u32,
}

/// How far a long piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Done so far, in the work's own unit (bytes or rows).
    pub done: u64,
    /// All of it.
    pub total: u64,
}
