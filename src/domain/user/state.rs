//! The effective state of an account: the one place that decides whether it is usable at a moment.
//!
//! In SQL it is the expression `usable!` of the store, which must agree with [`AccountState::shut`].

use crate::domain::day::Day;
use crate::domain::time::Timestamp;

use super::account::{Status, User};
use super::fields::Fields;

/// The properties of an account that decide whether it is usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountState {
    pub status: Status,
    /// The first day on which it is valid.
    pub valid_from: Option<Day>,
    /// The last day on which it is valid.
    pub expires_on: Option<Day>,
}

/// The reason for which an account is not usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    Pending,
    Suspended,
    /// Its first day has not come.
    NotYet(Day),
    /// Its last day is over.
    Expired(Day),
}

#[cfg(test)]
impl AccountState {
    /// Returns the state of an account without dates, for tests.
    pub(crate) const fn of(status: Status) -> Self {
        Self { status, valid_from: None, expires_on: None }
    }
}

impl AccountState {
    /// Returns the reason for which the account is not usable at `now`, or `None` if it is. The status comes first: an
    /// operator has to change it, whatever the day.
    pub fn shut(&self, now: Timestamp) -> Option<Shut> {
        match self.status {
            Status::Pending => Some(Shut::Pending),
            Status::Suspended => Some(Shut::Suspended),
            Status::Confirmed => self.shut_by_time(now),
        }
    }

    /// Returns the reason for which the account would not be usable at `now` even if it were confirmed.
    pub fn shut_by_time(&self, now: Timestamp) -> Option<Shut> {
        let not_yet = self.valid_from.filter(|day| now < day.begins()).map(Shut::NotYet);
        let expired = || self.expires_on.filter(|day| day.ends() <= now).map(Shut::Expired);
        not_yet.or_else(expired)
    }
}

impl User {
    /// Returns the properties that decide whether it is usable.
    pub const fn state(&self) -> AccountState {
        AccountState { status: self.status, valid_from: self.valid_from, expires_on: self.expires_on }
    }

    /// Returns the reason for which it is not usable at `now`, or `None` if it is.
    pub fn shut(&self, now: Timestamp) -> Option<Shut> {
        self.state().shut(now)
    }
}

impl Fields {
    /// Returns true if an account with these days is not valid at `now`.
    pub fn are_out_of_dates(&self, now: Timestamp) -> bool {
        let [valid_from, expires_on] =
            [&self.valid_from, &self.expires_on].map(|day| Day::parse(day.as_deref()?));
        AccountState { status: Status::Confirmed, valid_from, expires_on }.shut(now).is_some()
    }
}

impl Shut {
    /// Returns the reason as a phrase for people.
    pub fn words(self) -> String {
        match self {
            Self::Pending => "account pending".into(),
            Self::Suspended => "account suspended".into(),
            Self::NotYet(day) => format!("account not valid before {day}"),
            Self::Expired(day) => format!("account expired on {day}"),
        }
    }

    /// Returns the sentence that tells the account's owner, who has proved to be that.
    pub fn sentence(self) -> String {
        match self {
            Self::Pending => "This account is waiting for confirmation.".into(),
            Self::Suspended => "This account is suspended.".into(),
            Self::NotYet(day) => format!("This account is valid from {day}."),
            Self::Expired(day) => format!("This account expired on {day}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_stored;

    fn at(text: &str) -> Timestamp {
        from_stored(text).unwrap()
    }

    #[test]
    fn the_days_of_an_account_are_whole_days() {
        let state = AccountState {
            status: Status::Confirmed,
            valid_from: Day::parse("2026-02-01"),
            expires_on: Day::parse("2026-03-01"),
        };
        for (now, shut) in [
            ("2026-01-31 23:59:59", state.valid_from.map(Shut::NotYet)),
            ("2026-02-01 00:00:00", None),
            ("2026-03-01 23:59:59", None),
            ("2026-03-02 00:00:00", state.expires_on.map(Shut::Expired)),
        ] {
            assert_eq!(state.shut(at(now)), shut, "{now}");
        }
    }

    #[test]
    fn the_status_is_told_before_the_days() {
        let ended = AccountState {
            status: Status::Suspended,
            valid_from: None,
            expires_on: Day::parse("2026-03-01"),
        };
        let now = at("2027-01-01");
        assert_eq!(ended.shut(now), Some(Shut::Suspended));
        assert_eq!(ended.shut_by_time(now), ended.expires_on.map(Shut::Expired));
    }
}
