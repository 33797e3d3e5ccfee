//! Sessions: what a row of the session-token table means, and when one is over.

use std::borrow::Cow;

use super::text::excerpt_bare;
use super::time::{Duration, Timestamp, date_time};
use super::user::{Status, UserId};

/// How long a session lives when nobody says otherwise.
pub const DEFAULT_LIFE: Duration = Duration::hours(8);
/// The longest life that can be asked for with `session issue` and `session renew`.
pub const MAX_LIFE: Duration = Duration::days(365);
/// A console session never lives longer than this, renewals included (NIST SP 800-63B-4, AAL3: 12 h overall).
pub const CONSOLE_OVERALL: Duration = Duration::hours(12);
/// Console sessions of one account at the same time; a further one ends the oldest.
pub const CONSOLE_AT_ONCE: usize = 5;
/// A session with no more than this left is shown as ending soon.
pub const ENDS_SOON: Duration = Duration::minutes(30);

/// What the row itself says; whether a session is good also depends on the time and on its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowStatus {
    /// Good, if its time is not over and its account is confirmed.
    Active,
    /// Over.
    Expired,
}

impl RowStatus {
    /// The word that the store holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
        }
    }

    /// The status that `word` names, letter case ignored.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Expired].into_iter().find(|status| status.word().eq_ignore_ascii_case(word))
    }
}

/// Where a session came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionOrigin {
    /// An operator's log-in to this program.
    Console,
    /// Issued by an operator for a service.
    Service,
    /// Brought in by an import, or written by another program.
    Elsewhere,
}

impl SessionOrigin {
    /// The word that the store and the lists hold.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Service => "service",
            Self::Elsewhere => "imported",
        }
    }

    /// The origin that `word` names; everything unknown came from elsewhere.
    pub fn parse(word: &str) -> Self {
        [Self::Console, Self::Service]
            .into_iter()
            .find(|origin| origin.word() == word)
            .unwrap_or(Self::Elsewhere)
    }
}

/// Why a session was ended, as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Somebody revoked it.
    Revoked,
    /// Its operator logged out.
    LoggedOut,
    /// Its time was over.
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
}

impl EndReason {
    const ALL: [Self; 10] = [
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
        }
    }

    /// Returns the reason that `word` names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Returns the reason in plain words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::LoggedOut => "logged out",
            Self::TimeOver => "time was over",
            Self::Suspended => "account suspended",
            Self::Unconfirmed => "account pending again",
            Self::LevelChanged => "access level changed",
            Self::PasswordChanged => "password changed",
            Self::TooMany => "too many consoles",
            Self::ProcessGone => "console process gone",
            Self::IssueUndone => "issue undone",
        }
    }
}

/// The end of a session: who ended it, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEnd {
    /// When it ended.
    pub at: Timestamp,
    /// The operator or OS user who ended it, as stored; nobody where its time was over.
    pub by: Option<String>,
    /// Why.
    pub reason: EndReason,
}

/// Why a session is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its row says so: revoked, logged out or swept.
    Marked,
    /// Its time is over, whatever its row says.
    TimeOver,
    /// Its account is not confirmed.
    AccountNotConfirmed,
}

impl Ended {
    /// In plain words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Marked => "ended",
            Self::TimeOver => "time was over",
            Self::AccountNotConfirmed => "account not confirmed",
        }
    }
}

/// A session, as lists and details show it. Never its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The row's id.
    pub id: i64,
    /// Whose it is.
    pub user_id: UserId,
    /// The account's username, else its email.
    pub user: String,
    /// The account's status: a session is only good while it is confirmed.
    pub user_status: Status,
    /// The first 8 hex digits of the token's digest, to tell sessions apart; empty where the row holds no digest.
    pub short_id: String,
    /// What the row says.
    pub row_status: RowStatus,
    /// When its time is over; a session without one is not good.
    pub expiration: Option<Timestamp>,
    /// What another program wrote in the place of that time, where it is none (as stored).
    pub unreadable_expiration: Option<String>,
    /// Where it came from.
    pub origin: SessionOrigin,
    /// More about the origin: terminal or address.
    pub origin_detail: String,
    /// When it began; unknown for imported ones.
    pub started_at: Option<Timestamp>,
    /// When it was last used.
    pub last_seen: Option<Timestamp>,
    /// Who ended it, when and why, if its row says that it is over and NEXUS ended it.
    pub end: Option<SessionEnd>,
}

impl Session {
    /// Why the session is not good at `now`; `None` while it is.
    pub fn ended(&self, now: Timestamp) -> Option<Ended> {
        if self.row_status == RowStatus::Expired {
            let is_overdue = self.end.as_ref().is_some_and(|end| end.reason == EndReason::TimeOver);
            Some(if is_overdue { Ended::TimeOver } else { Ended::Marked })
        } else if self.expiration.is_none_or(|end| end <= now) {
            Some(Ended::TimeOver)
        } else if self.user_status != Status::Confirmed {
            Some(Ended::AccountNotConfirmed)
        } else {
            None
        }
    }

    /// Returns who ended the session, when and why, as far as that is known; `None` while it is good. A session whose time
    /// is over ended then, whether a sweep has written that down or not.
    pub fn end_at(&self, now: Timestamp) -> Option<(Option<&str>, Option<Timestamp>, Option<EndReason>)> {
        Some(match (self.ended(now)?, &self.end, self.user_status) {
            (Ended::Marked | Ended::TimeOver, Some(end), _) if self.row_status == RowStatus::Expired => {
                (end.by.as_deref(), Some(end.at), Some(end.reason))
            }
            (Ended::Marked, ..) => (None, None, None),
            (Ended::TimeOver, ..) => (None, self.expiration, Some(EndReason::TimeOver)),
            (Ended::AccountNotConfirmed, _, Status::Suspended) => (None, None, Some(EndReason::Suspended)),
            (Ended::AccountNotConfirmed, ..) => (None, None, Some(EndReason::Unconfirmed)),
        })
    }

    /// Returns why the session is over, with who and when: `revoked by ada, 2 Mar 2026 13:18 UTC`; `None` while it is good.
    pub fn why_ended(&self, now: Timestamp) -> Option<String> {
        let (by, at, reason) = self.end_at(now)?;
        let words: Cow<'_, str> = match (self.ended(now)?, reason, self.unreadable_end()) {
            (Ended::TimeOver, _, Some(words)) => words.into(),
            (Ended::TimeOver, ..) if self.expiration.is_none() && self.end.is_none() => {
                "it has no end time".into()
            }
            (Ended::AccountNotConfirmed, Some(EndReason::Unconfirmed), _) => "account pending".into(),
            (_, Some(reason), _) => reason.words().into(),
            (ended, None, _) => ended.words().into(),
        };
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        let at = at.map(|at| format!(", {} UTC", date_time(at))).unwrap_or_default();
        Some(format!("{words}{by}{at}"))
    }

    /// Returns what stands in the place of its end and is no time: `unreadable date “never”`.
    pub fn unreadable_end(&self) -> Option<String> {
        let text = self.unreadable_expiration.as_deref().filter(|_| self.expiration.is_none())?;
        Some(format!("unreadable date “{}”", excerpt_bare(text)))
    }

    /// How much time it has left at `now`; zero when it is over.
    pub fn left(&self, now: Timestamp) -> Duration {
        match (self.ended(now), self.expiration) {
            (None, Some(end)) => end - now,
            _ => Duration::zero(),
        }
    }
}

/// Columns the sessions list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionColumn {
    /// Order of making.
    #[default]
    Id,
    /// The account's username or email, letter case ignored.
    User,
    /// What its row says: active, expired.
    Status,
    /// When its time is over; those without come first.
    Expiration,
    /// When last used; never comes first.
    LastSeen,
}

#[cfg(test)]
mod tests {
    use super::super::time::from_stored;
    use super::*;

    fn session(expiration: &str, row_status: RowStatus, user_status: Status) -> Session {
        Session {
            id: 1,
            user_id: UserId(1),
            user: "ada".into(),
            user_status,
            short_id: "3fa9c1e0".into(),
            row_status,
            expiration: from_stored(expiration),
            unreadable_expiration: from_stored(expiration).is_none().then(|| expiration.to_owned()),
            origin: SessionOrigin::Service,
            origin_detail: String::new(),
            started_at: None,
            last_seen: None,
            end: None,
        }
    }

    #[test]
    fn an_ended_session_says_who_ended_it_when_and_why() {
        let now = from_stored("2026-11-23 12:00:00").unwrap();
        let (later, earlier) = ("2026-11-23 13:00:00", "2026-11-23 11:00:00");
        let why = |expiration, row, user, end| {
            Session { end, ..session(expiration, row, user) }.why_ended(now).unwrap_or_default()
        };
        let at = from_stored("2026-11-23 10:30:00").unwrap();
        let end = |reason| Some(SessionEnd { at, by: Some("ann".into()), reason });
        let (active, expired) = (RowStatus::Active, RowStatus::Expired);
        assert_eq!(why(later, active, Status::Confirmed, None), "");
        for reason in EndReason::ALL {
            assert_eq!(EndReason::parse(reason.word()), Some(reason));
            let expected = format!("{} by ann, 23 Nov 2026 10:30 UTC", reason.words());
            assert_eq!(why(later, expired, Status::Confirmed, end(reason)), expected);
        }
        // What is left of an end that was taken back by another program does not count.
        assert_eq!(why(later, active, Status::Confirmed, end(EndReason::Revoked)), "");
        assert_eq!(why(later, expired, Status::Confirmed, None), "ended");
        assert_eq!(why(earlier, active, Status::Confirmed, None), "time was over, 23 Nov 2026 11:00 UTC");
        assert_eq!(why("never", active, Status::Confirmed, None), "unreadable date “never”");
        let swept = why("never", expired, Status::Confirmed, end(EndReason::TimeOver));
        assert_eq!(swept, "unreadable date “never” by ann, 23 Nov 2026 10:30 UTC");
        let revoked = why("never", expired, Status::Confirmed, end(EndReason::Revoked));
        assert_eq!(revoked, "revoked by ann, 23 Nov 2026 10:30 UTC");
        let none = Session { unreadable_expiration: None, ..session("", active, Status::Confirmed) };
        assert_eq!(none.why_ended(now).as_deref(), Some("it has no end time"));
        assert_eq!(why(later, active, Status::Suspended, None), "account suspended");
        assert_eq!(why(later, active, Status::Pending, None), "account pending");
    }

    #[test]
    fn it_is_good_only_when_row_time_and_account_agree() {
        let now = from_stored("2026-11-23 12:00:00").unwrap();
        let later = "2026-11-23 13:00:00";
        let good = session(later, RowStatus::Active, Status::Confirmed);
        assert_eq!((good.ended(now), good.left(now)), (None, Duration::hours(1)));
        for (expiration, row, user, why) in [
            (later, RowStatus::Expired, Status::Confirmed, Ended::Marked),
            ("2026-11-23 12:00:00", RowStatus::Active, Status::Confirmed, Ended::TimeOver),
            ("never", RowStatus::Active, Status::Confirmed, Ended::TimeOver),
            (later, RowStatus::Active, Status::Suspended, Ended::AccountNotConfirmed),
        ] {
            let over = session(expiration, row, user);
            assert_eq!((over.ended(now), over.left(now)), (Some(why), Duration::zero()));
        }
    }
}
