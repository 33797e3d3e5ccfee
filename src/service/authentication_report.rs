//! A report of one check of a password, an access code or a token.
//!
//! It contains nothing that was typed: an account is named only if it exists, because people type passwords as names.

use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId};

/// A log of authentications.
pub trait AuthenticationLog: Send {
    /// Writes one report. A report that cannot be written is lost: it must not keep anybody out.
    fn write(&mut self, now: Timestamp, report: &AuthenticationReport);
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationReport {
    pub kind: AuthenticationKind,
    /// The account that was named; `None` if there is no such account.
    pub account: Option<ReportedAccount>,
    /// `Err` has the words of the refusal.
    pub result: Result<(), String>,
}

/// The kind of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationKind {
    /// A password or an access code, to log in.
    LogIn,
    /// The operator's password once more: on the lock screen, or before a grave action.
    Unlock,
    /// The token of a session.
    Token,
}

/// An account, as a report names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedAccount {
    pub id: UserId,
    /// The username, or else the email.
    pub label: String,
}

impl ReportedAccount {
    pub(super) fn of(user: &User) -> Self {
        Self { id: user.id, label: user.label().to_owned() }
    }
}
