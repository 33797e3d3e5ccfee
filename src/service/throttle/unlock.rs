//! Lifting the waits of accounts.

use crate::domain::failed_tries::TryTarget;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{FAILED_LOG_INS, FieldValues};
use crate::domain::user::{User, UserId, Who};

use super::super::bulk::BulkAction;
use super::super::contract::{AccountSelection, Action, ActionSummary, Failure};
use super::super::operator::Principal;
use super::super::transaction::{Snapshot, Transaction};
use super::super::{journal_writer, lookup};
use super::lift;

/// Returns true if log-ins to the account failed, so that whoever tried may have to wait.
pub(crate) fn has_failures(snapshot: Snapshot<'_>, id: UserId) -> Result<bool, Failure> {
    let all = snapshot.rows.failed_tries_at(TryTarget::Account(id))?;
    Ok(all.iter().any(|(_, tries)| tries.count > 0))
}

/// Returns the values of an entry about failures that are forgotten, beside others before and after.
pub(crate) fn forgotten_failures(
    failures: u64,
    (before, after): (FieldValues, FieldValues),
) -> (FieldValues, FieldValues) {
    (before.with(FAILED_LOG_INS, failures), after.with(FAILED_LOG_INS, 0))
}

/// The end of the waits of accounts.
pub(crate) struct Unlock(pub(crate) AccountSelection);

impl BulkAction for Unlock {
    type Plan = Option<User>;

    fn action(&self) -> Action {
        Action::Unlocked
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only("lift waits")
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.accounts(&self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.0.filter()?))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Option<User>), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        let failed = has_failures(snapshot, user.id)?;
        let summary = ActionSummary {
            accounts: u64::from(failed),
            unchanged: u64::from(!failed),
            ..ActionSummary::new(Action::Unlocked)
        };
        Ok((lookup::about(summary, &user), failed.then_some(user)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, user: Option<User>) -> Result<(), Failure> {
        let Some(user) = user else { return Ok(()) };
        let failures = lift(tx, &user)?;
        let (before, after) = forgotten_failures(failures, (FieldValues::new(), FieldValues::new()));
        Ok(tx.note(Action::Unlocked, journal_writer::account(&user), before, after)?)
    }
}
