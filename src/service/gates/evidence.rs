//! The evidence by which gates are judged: the account, its credentials and its journal.

use crate::domain::idle_settings::IdleRule;
use crate::domain::journal::Entry;
use crate::domain::time::Timestamp;
use crate::domain::user::{Fields, User, Who};
use crate::service::contract::{AccountChange, AccountSelection, Gate, Lift, LogInWait, Request};
use crate::store::{Credentials, SecondFactor};

/// The facts about one account.
pub(super) struct Evidence<'a> {
    pub(super) now: Timestamp,
    pub(super) user: &'a User,
    pub(super) credentials: Option<Credentials>,
    pub(super) idle_rule: Option<IdleRule>,
    pub(super) factor: Option<SecondFactor>,
    /// Set if the key file that belongs to the second factor is there.
    pub(super) can_check_codes: bool,
    /// The journal entries about the account itself, newest first.
    pub(super) entries: Vec<Entry>,
    /// The origins that must wait before their next try to log in.
    pub(super) waits: Vec<LogInWait>,
}

impl Evidence<'_> {
    /// Returns the newest entry that set a field.
    pub(super) fn setting(&self, field: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.after.get(field).is_some())
    }

    /// Adds to a gate who brought it into its state, when and why: the newest entry that set this field to the value that it
    /// has. Another program may have set it since.
    pub(super) fn told_by(&self, gate: Gate, field: &str, value: Option<&str>) -> Gate {
        let Some(entry) = self.setting(field).filter(|entry| entry.after.text(field) == value) else {
            return gate;
        };
        let by = Some(entry.actor.name.clone()).filter(|name| !name.is_empty());
        Gate { since: entry.at, by, reason: entry.reason.clone(), ..gate }
    }

    /// Returns the accounts of an action on this one alone.
    pub(super) fn selection(&self) -> AccountSelection {
        AccountSelection::Named(vec![Who::of(self.user)])
    }

    /// Returns the edit that sets these fields of the account.
    pub(super) fn edit(&self, fields: Fields) -> Request {
        Request::Accounts(AccountChange::Edit { fields, was: None }.of(Who::of(self.user)))
    }
}

/// Returns the way to open a gate by a request, for which the console has a key.
pub(super) fn lift(request: &Request, key: Option<&'static str>) -> Lift {
    let command = request.command(None).ok().map(|line| line.to_string());
    Lift { command, key }
}
