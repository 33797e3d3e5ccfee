//! All that the two faces may see of the service: [`Request`], [`Reply`], [`Failure`].

use std::collections::BTreeSet;
use std::path::PathBuf;

pub use crate::auth::policy::{About, RULE as PASSWORD_RULE, Strength, strength};

use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::filter::Filter;
use crate::domain::page::{Selection, Sort, Span, Window};
use crate::domain::secret::Secret;
use crate::domain::session::{Session, SessionColumn};
use crate::domain::text::count;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Field, Fields, User, UserColumn, UserId, Who};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Nobody has logged in: only what [`SignIn`] offers.
    Nobody,
    /// The operator of this console session (the row's id).
    Operator(i64),
    /// A command: whoever may write the store's file is its owner.
    Owner,
}

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
}

impl Request {
    /// Whether it only reads: such requests go to a worker of their own, so that nothing slow holds up a list.
    pub fn is_read(&self) -> bool {
        match self {
            Self::SignIn(request) => matches!(request, SignIn::Look | SignIn::StillIn),
            Self::Accounts(request) => {
                matches!(request, Accounts::List { .. } | Accounts::Show(_) | Accounts::ListCodes)
            }
            Self::Sessions(request) => matches!(request, Sessions::List { .. } | Sessions::Show(_)),
            Self::Directories(request) => {
                matches!(request, Directories::List { .. } | Directories::Tree { .. } | Directories::Show(_))
            }
            Self::Import(_) => false,
        }
    }
}

/// Getting in and out.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// What a console must know before anybody has logged in → [`Reply::House`].
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

/// Accounts by name, or all that a filter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
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

impl People {
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
    Confirm(People),
    /// Cuts accounts off and ends their sessions → [`Reply::Done`].
    Suspend(People),
    /// Sets the access level → [`Reply::Done`].
    SetLevel(People, AccessLevel),
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
    /// Removes accounts with their sessions and directories → [`Reply::Done`].
    Delete(People),
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
pub enum Place {
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
    Show(Place),
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
        place: Place,
        /// The new last part of its path.
        name: String,
    },
    /// → [`Reply::Done`].
    Move {
        /// Which.
        place: Place,
        /// What it shall lie below.
        to: Place,
    },
    /// Removes directories with all that lies below them (rows only) → [`Reply::Done`].
    Trash(Vec<Place>),
    /// Makes the home and its libraries where they are missing → [`Reply::Done`].
    Provision(People),
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
    /// Taken off the front of every path.
    pub strip_prefix: Option<String>,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// What a console must know before anybody has logged in.
    House(House),
    /// The operator is in.
    SignedIn(Operator),
    /// The proof was right, but a new password must be chosen first.
    ChoosePassword(WhyChoose),
    /// The operator is out.
    SignedOut,
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
    /// Done (or, in a rehearsal, what would be done).
    Done(Tally),
    /// Done, and a token or code that is shown this once.
    Secret {
        /// What was done.
        tally: Tally,
        /// The token or code.
        secret: Secret,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// An import is through.
    Imported(Box<ImportReport>),
}

/// What a console must know before anybody has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct House {
    /// Where the store is.
    pub store: String,
    /// Whether anybody can log in as admin; if not, the console starts with the set-up.
    pub has_usable_admin: bool,
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
    /// Their console session's row.
    pub session: i64,
    /// When the session ends.
    pub expires_at: Timestamp,
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

/// What an act did, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word it prints")]
pub enum Verb {
    SetUp,
    Added,
    Edited,
    Confirmed,
    Suspended,
    Promoted,
    Demoted,
    PasswordSet,
    CodeMade,
    CodeRevoked,
    Deleted,
    Issued,
    Renewed,
    Revoked,
    Swept,
    Opened,
    Renamed,
    Moved,
    Trashed,
    Provisioned,
}

impl Verb {
    /// At the start of a sentence about what was done.
    pub const fn past(self) -> &'static str {
        match self {
            Self::SetUp => "Set up the first admin",
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
        }
    }
}

/// What an act touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What was done.
    pub verb: Verb,
    /// The one thing it was done to, by name (as stored: make it visible before showing it); `None` for several.
    pub label: Option<String>,
    /// The id of the one row it was done to or that it made.
    pub id: Option<i64>,
    /// Accounts changed, added or removed.
    pub accounts: u64,
    /// Sessions ended, renewed, issued or removed.
    pub sessions: u64,
    /// Directories added, changed or removed.
    pub directories: u64,
    /// Rows that were as asked already.
    pub unchanged: u64,
}

impl Tally {
    /// Nothing touched yet.
    pub const fn new(verb: Verb) -> Self {
        Self { verb, label: None, id: None, accounts: 0, sessions: 0, directories: 0, unchanged: 0 }
    }

    /// How many rows were touched.
    pub const fn touched(&self) -> u64 {
        self.accounts + self.sessions + self.directories
    }

    /// The numbers that are not zero: `3 accounts, 7 sessions`.
    pub fn counts(&self) -> String {
        let counts = [
            (self.accounts, "account", "accounts"),
            (self.sessions, "session", "sessions"),
            (self.directories, "directory", "directories"),
        ];
        let named: Vec<_> =
            counts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(*n, one, many)).collect();
        if named.is_empty() { "nothing".into() } else { named.join(", ") }
    }
}

/// What an import did, or in a rehearsal would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Rows taken.
    pub taken: TableCounts,
    /// Rows read.
    pub read: TableCounts,
    /// Tables that are not NEXUS's, with their rows: left out.
    pub unknown_tables: Vec<(String, u64)>,
    /// Columns that are not NEXUS's, as `table.column`: left out.
    pub unknown_columns: Vec<String>,
    /// Accounts that took the place of one in the store.
    pub replaced: u64,
    /// Accounts whose id was held by another and that got a new one.
    pub renumbered: u64,
    /// Access codes that were not taken over.
    pub codes_dropped: u64,
    /// Session tokens that lay in the clear and became digests.
    pub tokens_digested: u64,
    /// Sessions marked active in the source that arrive expired.
    pub sessions_expired: u64,
    /// Accounts without a password hash that a log-in could match.
    pub unusable_passwords: u64,
    /// Rows refused.
    pub refused: Vec<RefusedRow>,
}

/// Rows by table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableCounts {
    /// Accounts.
    pub users: u64,
    /// Sessions.
    pub sessions: u64,
    /// Directories.
    pub directories: u64,
}

/// A row that an import did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The table.
    pub table: &'static str,
    /// The line in the file, counted from 1.
    pub line: u64,
    /// Why, in plain words (as read: make it visible before showing it).
    pub reason: String,
}

/// How far a long piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Done so far, in the work's own unit (bytes or rows).
    pub done: u64,
    /// All of it.
    pub total: u64,
}

/// Why a request was not done. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Decides the exit code and the place on screen.
    pub kind: FailureKind,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The field of a form that it is about.
    pub field: Option<Field>,
    /// What an import found that kept it from taking anything.
    pub report: Option<Box<ImportReport>>,
}

impl Failure {
    /// A failure in one sentence.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, field: None, report: None }
    }

    /// The same with what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with what an import found.
    pub fn with_report(mut self, report: ImportReport) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// The same about one field.
    pub fn about(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }
}

/// The kinds of failure; each has one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Anything not listed below.
    Other,
    /// The operator stopped it; nothing has changed.
    Stopped,
    /// No such account, session or directory.
    NotFound,
    /// Already taken, already there, or changed by someone else meanwhile.
    Conflict,
    /// Wrong password, code or token; not permitted; would leave no usable admin.
    Refused,
    /// The operator's session is over: back to the log-in.
    SignedOut,
    /// A field, a filter or a file breaks its rules.
    Invalid,
    /// The store cannot serve.
    Unavailable,
}

impl FailureKind {
    /// The exit code of a command.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Other | Self::Stopped => 1,
            Self::NotFound => 3,
            Self::Conflict => 4,
            Self::Refused | Self::SignedOut => 5,
            Self::Invalid => 6,
            Self::Unavailable => 7,
        }
    }
}
