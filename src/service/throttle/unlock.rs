//! Lifting the waits of accounts.

use crate::domain::failed_tries::TryTarget;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::FieldValues;
use crate::domain::user::{User, UserId, Who};

use super::super::bulk::BulkAction;
use super::super::contract::{AccountSelection, Action, ActionSummary, Failure};
use super::super::operator::Principal;
use super::super::transaction::{Snapshot, Transaction};
use super::super::{journal_writer, lookup};
use super::lift;

/// The end of the waits of accounts.
pub(in super::super) struct Unlock(pub(in super::super) AccountSelection);

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
        let all = snapshot.rows.failed_tries_at(TryTarget::Account(user.id))?;
        let failed = all.iter().any(|(_, tries)| tries.count > 0);
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
        let before = FieldValues::new().with("failed_log_ins", failures);
        let after = FieldValues::new().with("failed_log_ins", 0);
        Ok(tx.note(Action::Unlocked, journal_writer::account(&user), before, after)?)
    }
}
