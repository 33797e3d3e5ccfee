//! The end of a session: the recorded reasons, and the rules by which one is over.

use std::borrow::Cow;

use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::Shut;

/// The recorded reason that a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    Revoked,
    /// Its operator logged out.
    LoggedOut,
    TimeOver,
    /// Its account was suspended.
    Suspended,
    /// Its account is pending again.
    Unconfirmed,
    /// Its account was promoted or demoted.
    LevelChanged,
    /// Its account got another password.
    PasswordChanged,
    /// Its account logged in more often than the console allows.
    TooMany,
    /// The console's process is gone.
    ProcessGone,
    /// Its issue was undone.
    IssueUndone,
    /// A backup was restored.
    StoreRestored,
    /// Its account was deleted, and restored without its sessions.
    AccountDeleted,
    /// Its account is out of the days on which it is valid.
    AccountNotValid,
    /// Nobody used it for too long.
    NotUsed,
}

impl EndReason {
    pub(super) const ALL: [Self; 14] = [
        Self::Revoked,
        Self::LoggedOut,
        Self::TimeOver,
        Self::Suspended,
        Self::Unconfirmed,
        Self::LevelChanged,
        Self::PasswordChanged,
        Self::TooMany,
        Self::ProcessGone,
        Self::IssueUndone,
        Self::StoreRestored,
        Self::AccountDeleted,
        Self::AccountNotValid,
        Self::NotUsed,
    ];

    /// Returns the word that the store and the lists hold.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::LoggedOut => "logged-out",
            Self::TimeOver => "time-over",
            Self::Suspended => "account-suspended",
            Self::Unconfirmed => "account-pending",
            Self::LevelChanged => "level-changed",
            Self::PasswordChanged => "password-changed",
            Self::TooMany => "too-many-consoles",
            Self::ProcessGone => "process-gone",
            Self::IssueUndone => "issue-undone",
            Self::StoreRestored => "store-restored",
            Self::AccountDeleted => "account-deleted",
            Self::AccountNotValid => "account-not-valid",
            Self::NotUsed => "not-used",
        }
    }

    /// Returns the reason that `word` names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Returns the reason as a phrase for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::LoggedOut => "logged out",
            Self::TimeOver => "expired",
            Self::Suspended => "account suspended",
            Self::Unconfirmed => "account pending again",
            Self::LevelChanged => "access level changed",
            Self::PasswordChanged => "password changed",
            Self::TooMany => "ended for a newer console",
            Self::ProcessGone => "console process ended",
            Self::IssueUndone => "issue undone",
            Self::StoreRestored => "backup restored",
            Self::AccountDeleted => "account deleted",
            Self::AccountNotValid => "account not valid",
            Self::NotUsed => "not used for too long",
        }
    }
}

/// The end of a session: who ended it, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEnd {
    /// Time of the end.
    pub at: Timestamp,
    /// The operator or OS user who ended it, as stored; `None` if it expired.
    pub by: Option<String>,
    pub reason: EndReason,
    /// The reason that the operator gave, as stored.
    pub remark: Option<String>,
}

impl SessionEnd {
    /// Returns an end without a remark.
    pub const fn new(at: Timestamp, by: Option<String>, reason: EndReason) -> Self {
        Self { at, by, reason, remark: None }
    }

    /// Returns the reason and the remark as the store holds them: `revoked`, or `revoked: lost laptop`.
    pub fn stored_reason(&self) -> String {
        let word = self.reason.word();
        self.remark
            .as_ref()
            .map_or_else(|| word.to_owned(), |remark| format!("{word}{BEFORE_REMARK}{remark}"))
    }

    /// Returns the reason and the remark that the store holds; the inverse of [`stored_reason`](Self::stored_reason).
    pub fn parse_reason(stored: &str) -> Option<(EndReason, Option<String>)> {
        let (word, remark) = match stored.split_once(BEFORE_REMARK) {
            Some((word, remark)) => (word, Some(remark.to_owned())),
            None => (stored, None),
        };
        Some((EndReason::parse(word)?, remark))
    }
}

/// The text between the word of a reason and the remark.
const BEFORE_REMARK: &str = ": ";

/// The reason that a session is not active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its row says so: revoked, logged out or swept.
    Marked,
    /// It has expired, whatever its row says.
    TimeOver,
    /// Nobody used it for too long.
    NotUsed(IdleLimit),
    /// Its account is not usable.
    Account(Shut),
}

impl Ended {
    /// Returns the reason as a phrase for people.
    pub fn words(self) -> Cow<'static, str> {
        match self {
            Self::Marked => "ended".into(),
            Self::TimeOver => "expired".into(),
            Self::NotUsed(limit) => limit.words().into(),
            Self::Account(shut) => shut.words().into(),
        }
    }
}

/// The idle limit of a token: it ends unless it is used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleLimit {
    /// Time of the last use that is known, else of the start.
    pub used_at: Timestamp,
    /// Time of the end without another use.
    pub ends_at: Timestamp,
}

impl IdleLimit {
    /// Returns the reason for which a token is over by it as a phrase for people.
    pub(super) fn words(self) -> String {
        not_used_since(self.used_at)
    }
}

/// Returns a phrase for people about a token that was not used for too long.
pub(super) fn not_used_since(used_at: Timestamp) -> String {
    format!("not used since {} UTC", date_time(used_at))
}
