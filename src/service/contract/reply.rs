//! The replies to requests that succeeded.

use crate::domain::bin::BinItem;
use crate::domain::calendar::Calendar;
use crate::domain::config::Registration;
use crate::domain::directory::{Directory, TreeRow};
use crate::domain::failed_tries::FailedLogIns;
use crate::domain::journal::{Break, Entry, FieldValues, Head, Line};
use crate::domain::overview::TabCounts;
use crate::domain::page::Window;
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, AccountNames, User, UserId};

use super::{
    ActionSummary, BackupReply, Caller, CheckStep, CountedRows, Diagnosis, ExportReport, Gates, ImportReport,
    Metrics, Overview,
};

/// The reply to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    StoreStatus(StoreStatus),
    SignedIn(Operator),
    /// The proof is right, but a new password must be chosen first.
    ChoosePassword(WhyChoose),
    /// The password is right, and a code of the second factor is asked for; true if it has been verified. Without that, an
    /// empty code is enough.
    EnterCode {
        is_verified: bool,
    },
    /// A second factor to set up: of the operator, or of somebody who must have one to log in.
    FactorOffer(Box<FactorOffer>),
    /// A second factor was set up; its recovery codes are shown this once.
    FactorSet(Box<FactorSlip>),
    SignedOut,
    /// The account waits for confirmation, unless its email was taken, which is not told.
    Registered,
    /// The search is prepared.
    Ready,
    /// The numbers beside the tabs of the console.
    TabCounts(TabCounts),
    Users(Window<User>),
    User(Box<UserDetail>),
    /// The changes that the coming days bring by themselves.
    Calendar(Calendar),
    /// The gates between an account and the console.
    Gates(Box<Gates>),
    /// The access codes in force.
    Codes(Vec<CodeInForce>),
    /// The invitations in force.
    Invitations(Vec<InvitationInForce>),
    Sessions(Window<Session>),
    Session(Box<Session>),
    /// The session of a valid token, and the names of its account.
    Verified(Box<Session>, Box<AccountNames>),
    Directories(Window<Directory>),
    Tree(Window<TreeRow>),
    Directory(Box<Directory>),
    Done(ActionSummary),
    /// The result of a dry run. [`Request::for_rows`](super::Request::for_rows) binds the action to the counted rows.
    Counted {
        summary: ActionSummary,
        rows: CountedRows,
    },
    /// A summary with a token or code that is shown this once.
    Secret {
        summary: ActionSummary,
        secret: Secret,
        expires_at: Timestamp,
    },
    Imported(Box<ImportReport>),
    Exported(ExportReport),
    /// A page of the journal.
    Entries(Window<Entry>),
    /// Lines of the journal.
    Lines(Window<Line>),
    AsItWas(Box<AsItWas>),
    /// Number and hash of the newest entry.
    Head(Head),
    /// A number that changes with the store.
    Version(i64),
    /// The result of verifying the journal.
    Checked(Checked),
    Items(Window<BinItem>),
    Diagnosis(Box<Diagnosis>),
    /// A step of the check of the store's pages.
    Check(CheckStep),
    Overview(Box<Overview>),
    Metrics(Box<Metrics>),
    Backup(Box<BackupReply>),
}

impl Reply {
    /// Returns what an action did. Returns `None` for the reply to anything else, and for an action that has a report instead.
    pub fn summary(&self) -> Option<&ActionSummary> {
        match self {
            Self::Done(summary) | Self::Secret { summary, .. } => Some(summary),
            Self::FactorSet(slip) => Some(&slip.summary),
            Self::StoreStatus(_)
            | Self::SignedIn(_)
            | Self::ChoosePassword(_)
            | Self::EnterCode { .. }
            | Self::FactorOffer(_)
            | Self::SignedOut
            | Self::Registered
            | Self::Ready
            | Self::TabCounts(_)
            | Self::Users(_)
            | Self::User(_)
            | Self::Calendar(_)
            | Self::Gates(_)
            | Self::Codes(_)
            | Self::Invitations(_)
            | Self::Sessions(_)
            | Self::Session(_)
            | Self::Verified(..)
            | Self::Directories(_)
            | Self::Tree(_)
            | Self::Directory(_)
            | Self::Counted { .. }
            | Self::Imported(_)
            | Self::Exported(_)
            | Self::Entries(_)
            | Self::Lines(_)
            | Self::AsItWas(_)
            | Self::Head(_)
            | Self::Version(_)
            | Self::Checked(_)
            | Self::Items(_)
            | Self::Diagnosis(_)
            | Self::Check(_)
            | Self::Overview(_)
            | Self::Metrics(_)
            | Self::Backup(_) => None,
        }
    }

    /// Returns the result of an action, with the token or code that it shows this once and its end. Returns `None` for an
    /// action that shows more than that, and for the reply to anything else.
    pub fn into_result(self) -> Option<(ActionSummary, Option<(Secret, Timestamp)>)> {
        match self {
            Self::Secret { summary, secret, expires_at } => Some((summary, Some((secret, expires_at)))),
            Self::FactorSet(_) => None,
            reply => reply.summary().map(|summary| (summary.clone(), None)),
        }
    }
}

/// An account as it was at a time, as far as the journal knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsItWas {
    pub id: UserId,
    pub at: Timestamp,
    /// The fields, by the names of their columns.
    pub fields: FieldValues,
    /// The number of entries that were reverted to get there.
    pub entries: u64,
}

/// The result of verifying the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The newest entry that is intact.
    pub head: Head,
    /// The first fault.
    pub broken: Option<Break>,
}

/// The facts that a console needs before anybody has logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// The place of the store.
    pub store: String,
    pub admins: Admins,
    /// The time of the last check that found all pages of the file sound.
    pub sound_at: Option<Timestamp>,
    /// The way in which people without an account can register here now.
    pub registration: Registration,
}

/// The existence of an admin who can log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admins {
    /// There never was one: the console starts with the set-up.
    Never,
    /// There is none now: only whoever may write the store's file can let one in again.
    NoneNow,
    /// There is none now, and no account that could become one.
    NoneLeft,
    /// There is a usable admin.
    Usable,
}

impl Admins {
    /// Returns the command that brings an admin back where there was one, for whoever may write the store's file.
    pub const fn way_back(self) -> Option<&'static str> {
        match self {
            Self::NoneNow => Some("nexus recover WHO"),
            Self::NoneLeft => Some("nexus setup"),
            Self::Never | Self::Usable => None,
        }
    }
}

/// An operator who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub id: UserId,
    /// The username, or else the email.
    pub label: String,
    pub level: AccessLevel,
    /// The row of the console session. `None` if the store cannot be written.
    pub session: Option<i64>,
    pub expires_at: Timestamp,
    /// The time of the store's last restore, if the store cannot be written.
    pub restored_at: Option<Timestamp>,
    /// The failed log-ins since the last good one.
    pub failed: Option<FailedLogIns>,
    /// The console session of the admin who sees the console as this account gets it.
    pub seen_by: Option<i64>,
    /// The number of other console sessions of the account that the log-in ended, because there were too many.
    pub ended_consoles: u64,
}

impl Operator {
    /// Returns this operator as the caller of a request.
    pub const fn caller(&self) -> Caller {
        match (self.session, self.seen_by) {
            (_, Some(session)) => Caller::Viewer { session, account: self.id },
            (Some(session), None) => Caller::Operator(session),
            (None, None) => {
                Caller::Reader { account: self.id, until: self.expires_at, restored_at: self.restored_at }
            }
        }
    }
}

/// The reason that a password must be chosen before the log-in goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyChoose {
    /// An access code was used.
    Code,
    /// Somebody else set the current password.
    MustChange,
    /// The current password breaks the policy (a legacy one: too short, or longer than bcrypt reads).
    BreaksPolicy,
}

/// A secret for an app that shows one-time codes. Nothing is stored of it until a code has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorOffer {
    /// The secret in base 32.
    pub secret: Secret,
    /// The URI for a QR code, with the secret in it.
    pub uri: Secret,
    /// The account's username or email, as stored.
    pub label: String,
}

/// A second factor that was just set up, with what is shown only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSlip {
    pub summary: ActionSummary,
    /// The recovery codes.
    pub codes: Vec<Secret>,
    pub offer: FactorOffer,
    /// True if a code has verified it.
    pub is_verified: bool,
}

/// The state of an account's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorState {
    None,
    /// It waits for its first code.
    Waiting,
    /// It is asked for since this time.
    Since(Timestamp),
}

/// An account with its home, directories and access code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetail {
    pub user: User,
    /// The path of its home.
    pub home: Option<String>,
    /// The number of its directories.
    pub directories: u64,
    /// The way in which it got its status; `None` if NEXUS did not change that.
    pub status_set: Option<Provenance>,
    /// Its access code, if it has one.
    pub code: Option<CodeInForce>,
    /// True if a new password must be chosen at the next log-in.
    pub must_change: bool,
    pub second_factor: FactorState,
    /// The origins that must wait before their next try to log in.
    pub waits: Vec<LogInWait>,
}

/// The wait of one origin after failed log-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogInWait {
    pub origin: String,
    pub failures: u32,
    /// The time from which a try is taken again.
    pub until: Timestamp,
}

impl LogInWait {
    /// Returns the words about it: `eve at 10.0.4.7 until 12:00:05 after 9 failures`
    pub fn words(&self, until: &str) -> String {
        let failures = count(self.failures.into(), "failure", "failures");
        format!("{} until {until} after {failures}", self.origin)
    }
}

/// An access code in force; never the code itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeInForce {
    pub user_id: UserId,
    /// The username, or else the email.
    pub user: String,
    pub terms: CodeTerms,
}

/// The condition on which an invitation is of any use, for whoever made one.
pub const INVITATION_NEEDS: &str = "It works while the config file says registration = \"code\".";

/// An invitation in force; never its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationInForce {
    pub id: i64,
    pub terms: CodeTerms,
}

/// The terms of a code in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTerms {
    pub expires_at: Timestamp,
    /// The number of wrong attempts left.
    pub tries_left: u32,
    /// The way in which it came to be, as far as the journal knows.
    pub made: Option<Provenance>,
}

/// The way in which something came to be: the actor, the time and the reason that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// `None` if the stored text was overwritten by something else.
    pub at: Option<Timestamp>,
    /// The name of the actor, as stored.
    pub by: String,
    /// The reason, as stored.
    pub reason: Option<String>,
}

impl From<Entry> for Provenance {
    fn from(entry: Entry) -> Self {
        Self { at: entry.at, by: entry.actor.name, reason: entry.reason }
    }
}

/// The progress of long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The part that is done, in the work's own unit (bytes or rows).
    pub done: u64,
    pub total: u64,
}
