//! Sessions: the meaning of a row of the session-token table, and the time that is left of one.

mod end;
mod label;

use std::borrow::Cow;

use crate::domain::day::Day;
use crate::domain::text::excerpt_bare;
use crate::domain::time::{Duration, Timestamp, date_time};
use crate::domain::user::{AccountState, Shut, UserId};

pub use end::{EndReason, Ended, IdleLimit, SessionEnd};
pub use label::SessionLabel;

use end::not_used_since;

/// Default life of a session.
pub const DEFAULT_LIFE: Duration = Duration::hours(8);
/// Maximum life that `session issue` and `session renew` accept.
pub const MAX_LIFE: Duration = Duration::days(365);
/// Maximum life of a console session, renewals included (NIST SP 800-63B-4, AAL3: 12 h overall).
pub const CONSOLE_OVERALL: Duration = Duration::hours(12);
/// A session with no more than this left is shown as ending soon.
pub const ENDS_SOON: Duration = Duration::minutes(30);

/// The status stored in the row. A session is active only if its time and its account allow it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowStatus {
    /// Active, if its time is not over and its account is confirmed.
    Active,
    /// Ended.
    Expired,
}

impl RowStatus {
    pub const ALL: [Self; 2] = [Self::Active, Self::Expired];

    /// Returns the word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
        }
    }

    /// Returns the status that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// The details of the origin of what was done from no terminal and from no known address.
pub const NO_TERMINAL: &str = "no terminal";

/// The origin of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionOrigin {
    /// A log-in to this program.
    Console,
    /// Issued by an operator for a service.
    Service,
    /// Imported, or written by another program.
    Elsewhere,
}

impl SessionOrigin {
    /// Returns the word that the store and the lists hold.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Service => "service",
            Self::Elsewhere => "imported",
        }
    }

    /// Returns the origin that `word` names; anything unknown came from elsewhere.
    pub fn parse(word: &str) -> Self {
        [Self::Console, Self::Service]
            .into_iter()
            .find(|origin| origin.word() == word)
            .unwrap_or(Self::Elsewhere)
    }
}

/// A session as lists and details show it. Never holds its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: i64,
    /// The id of its account.
    pub user_id: UserId,
    /// The account's username, else its email.
    pub user: String,
    /// The state of its account: a session is active only while the account is usable.
    pub account: AccountState,
    /// The first 8 hex digits of the token's digest, to tell sessions apart; empty if the row holds no digest.
    pub short_id: String,
    /// The status stored in the row.
    pub row_status: RowStatus,
    /// Time of expiry; a session without one is not active.
    pub expiration: Option<Timestamp>,
    /// The text that another program stored as the expiration, if it is not a time.
    pub unreadable_expiration: Option<String>,
    pub origin: SessionOrigin,
    /// Details of the origin: terminal or address.
    pub origin_detail: String,
    /// The label that whoever issued its token gave it.
    pub label: Option<String>,
    /// Start time; unknown for imported sessions.
    pub started_at: Option<Timestamp>,
    /// Time of the last use.
    pub last_seen: Option<Timestamp>,
    /// The recorded end, if NEXUS ended the session and its row says that it is over.
    pub end: Option<SessionEnd>,
    /// Its idle limit, if it is a token whose row says that it is active, while there is a limit.
    pub idle_limit: Option<IdleLimit>,
}

impl Session {
    /// Returns the origin with its details: `console pts/3`, or `service` where there is nothing to add.
    pub fn origin_words(&self) -> String {
        let detail = Some(self.origin_detail.as_str()).filter(|detail| *detail != NO_TERMINAL);
        format!("{} {}", self.origin.word(), detail.unwrap_or_default()).trim_end().to_owned()
    }

    /// Returns the reason that the session is not active at `now`, or `None` if it is active.
    pub fn ended(&self, now: Timestamp) -> Option<Ended> {
        if self.row_status == RowStatus::Expired {
            let is_overdue = self.end.as_ref().is_some_and(|end| end.reason == EndReason::TimeOver);
            Some(if is_overdue { Ended::TimeOver } else { Ended::Marked })
        } else if self.expiration.is_none_or(|end| end <= now) {
            Some(Ended::TimeOver)
        } else if let Some(limit) = self.idle_limit.filter(|limit| limit.ends_at <= now) {
            Some(Ended::NotUsed(limit))
        } else {
            self.account.shut(now).map(Ended::Account)
        }
    }

    /// Returns the end to write down of a session that the time has ended, by its own end, by the idle limit, or by the last
    /// day of its account; `None` if its row says so already.
    pub fn ended_by_time(&self, now: Timestamp) -> Option<SessionEnd> {
        match self.ended(now).filter(|_| self.row_status == RowStatus::Active)? {
            Ended::TimeOver => Some(SessionEnd::new(now, None, EndReason::TimeOver)),
            Ended::NotUsed(limit) => Some(SessionEnd::new(limit.ends_at, None, EndReason::NotUsed)),
            Ended::Account(Shut::Expired(day)) => {
                Some(SessionEnd::new(day.ends(), None, EndReason::AccountNotValid))
            }
            Ended::Account(Shut::Pending | Shut::Suspended | Shut::NotYet(_) | Shut::Idle(_))
            | Ended::Marked => None,
        }
    }

    /// Returns who ended the session, when and why, as far as that is known; `None` while it is active. An
    /// expired session ended when it expired, even if no sweep has recorded that yet.
    pub fn end_at(&self, now: Timestamp) -> Option<(Option<&str>, Option<Timestamp>, Option<EndReason>)> {
        Some(match (self.ended(now)?, &self.end) {
            (Ended::Marked | Ended::TimeOver, Some(end)) if self.row_status == RowStatus::Expired => {
                (end.by.as_deref(), Some(end.at), Some(end.reason))
            }
            (Ended::Marked | Ended::Account(Shut::NotYet(_) | Shut::Idle(_)), _) => (None, None, None),
            (Ended::TimeOver, _) => (None, self.expiration, Some(EndReason::TimeOver)),
            (Ended::NotUsed(limit), _) => (None, Some(limit.ends_at), Some(EndReason::NotUsed)),
            (Ended::Account(Shut::Suspended), _) => (None, None, Some(EndReason::Suspended)),
            (Ended::Account(Shut::Pending), _) => (None, None, Some(EndReason::Unconfirmed)),
            (Ended::Account(Shut::Expired(day)), _) => {
                (None, Some(day.ends()), Some(EndReason::AccountNotValid))
            }
        })
    }

    /// Returns the word for the state of a session that is not active.
    pub fn ended_word(&self, now: Timestamp) -> &'static str {
        match self.end_at(now) {
            Some((_, _, Some(EndReason::Revoked))) => "revoked",
            Some((_, _, Some(_) | None)) | None => "expired",
        }
    }

    /// Returns the reason that the operator gave who ended the session; `None` while it is active.
    pub fn end_remark(&self, now: Timestamp) -> Option<&str> {
        self.ended(now)?;
        self.end.as_ref().filter(|_| self.row_status == RowStatus::Expired)?.remark.as_deref()
    }

    /// Returns a description of the end: `revoked by ada, 2 Mar 2026 13:18 UTC: lost laptop`; `None` while it is active.
    pub fn why_ended(&self, now: Timestamp) -> Option<String> {
        let (_, at, _) = self.end_at(now)?;
        let is_told = matches!(self.ended(now), Some(Ended::Account(_)))
            || self.time_gate(now).is_some() && self.end.as_ref().is_none_or(|end| end.by.is_none());
        let at = at.filter(|_| !is_told);
        let at = at.map(|at| format!(", {} UTC", date_time(at))).unwrap_or_default();
        let remark =
            self.end_remark(now).map(|remark| format!(": {}", excerpt_bare(remark))).unwrap_or_default();
        Some(format!("{}{at}{remark}", self.ended_by(now)?))
    }

    /// Returns the gate of time that ended the session, with its date, if that is known: the idle limit, or a day of its
    /// account.
    fn time_gate(&self, now: Timestamp) -> Option<String> {
        if let Ended::NotUsed(limit) = self.ended(now)? {
            return Some(limit.words());
        }
        let end = self.end.as_ref().filter(|_| self.row_status == RowStatus::Expired)?;
        match (end.reason, &end.by) {
            (EndReason::NotUsed, _) => self.last_seen.max(self.started_at).map(not_used_since),
            // Nobody ended it: the day was over.
            (EndReason::AccountNotValid, None) => {
                Some(Shut::Expired(Day::of(end.at - Duration::seconds(1))).words())
            }
            (EndReason::AccountNotValid, Some(by)) => match self.account.shut_by_time(now)? {
                shut @ (Shut::NotYet(_) | Shut::Expired(_)) => {
                    Some(format!("{}; ended by {by}", shut.words()))
                }
                Shut::Pending | Shut::Suspended | Shut::Idle(_) => None,
            },
            (
                EndReason::Revoked
                | EndReason::LoggedOut
                | EndReason::TimeOver
                | EndReason::Suspended
                | EndReason::Unconfirmed
                | EndReason::LevelChanged
                | EndReason::PasswordChanged
                | EndReason::TooMany
                | EndReason::ProcessGone
                | EndReason::IssueUndone
                | EndReason::StoreRestored
                | EndReason::AccountDeleted,
                _,
            ) => None,
        }
    }

    /// Returns why the session ended and by whom: `revoked by ada`; `None` while it is active.
    pub fn ended_by(&self, now: Timestamp) -> Option<String> {
        let (by, _, reason) = self.end_at(now)?;
        if let Some(words) = self.time_gate(now) {
            return Some(words);
        }
        let words: Cow<'_, str> = match (self.ended(now)?, reason, self.unreadable_end()) {
            (Ended::TimeOver, _, Some(words)) => words.into(),
            (Ended::TimeOver, ..) if self.expiration.is_none() && self.end.is_none() => {
                "it has no end time".into()
            }
            (Ended::Account(shut), ..) => shut.words().into(),
            (Ended::Marked | Ended::TimeOver, Some(reason), _) => reason.words().into(),
            (ended @ (Ended::Marked | Ended::TimeOver), None, _) | (ended @ Ended::NotUsed(_), ..) => {
                ended.words()
            }
        };
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        Some(format!("{words}{by}"))
    }

    /// Returns a description of an expiration that is not a time: `unreadable date “never”`.
    pub fn unreadable_end(&self) -> Option<String> {
        let text = self.unreadable_expiration.as_deref().filter(|_| self.expiration.is_none())?;
        Some(format!("unreadable date “{}”", excerpt_bare(text)))
    }

    /// Returns the time to which it can be renewed at the latest; `None` if nothing limits that but the life that is asked for.
    pub fn latest_end(&self) -> Option<Timestamp> {
        match (self.origin, self.started_at) {
            (SessionOrigin::Console, Some(start)) => Some(start + CONSOLE_OVERALL),
            (SessionOrigin::Console, None) | (SessionOrigin::Service | SessionOrigin::Elsewhere, _) => None,
        }
    }

    /// Returns the time left at `now`; zero if the session is over.
    pub fn left(&self, now: Timestamp) -> Duration {
        match (self.ended(now), self.expiration) {
            (None, Some(end)) => end - now,
            _ => Duration::zero(),
        }
    }
}

/// Sort columns of the sessions list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionColumn {
    /// Order of creation.
    #[default]
    Id,
    /// The account's username or email, letter case ignored.
    User,
    /// The status stored in the row: active, expired.
    Status,
    /// Sessions whose rows say ended, then those that say active, both by id: backwards the newest active one is first.
    State,
    /// Time of expiry; sessions without one come first.
    Expiration,
    /// Time of the last use; sessions never used come first.
    LastSeen,
    /// Time of the start; sessions that other programs made come first.
    Started,
    /// Origin with its details; sessions that other programs made come first.
    Origin,
    /// The label that a token was issued with; sessions without one come first.
    Label,
}

#[cfg(test)]
mod tests;
