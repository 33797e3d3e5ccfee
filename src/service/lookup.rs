//! Accounts as requests name them: found, or said not to be there.

use std::collections::BTreeSet;

use crate::domain::filter::{Filter, Test};
use crate::domain::page::Selection;
use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId, Who};
use crate::store::{self, Read, StoreError};

use super::Transaction;
use super::bulk::Snapshot;
use super::contract::{AccountSelection, ActionSummary, Failure, FailureKind};
use super::operator::Principal;

/// The account, if it is there and the actor may see it.
///
/// # Errors
/// [`FailureKind::NotFound`], in the same words for one that is not there and one that must not be seen.
pub(super) fn find(
    rows: &dyn Read,
    now: Timestamp,
    principal: &Principal,
    who: &Who,
) -> Result<User, Failure> {
    rows.user(now, who)?.filter(|user| principal.sees(user.id)).ok_or_else(|| missing(who))
}

/// The account with this id, which the caller knows to be there.
///
/// # Errors
/// [`StoreError::Gone`] all the same, as a failure.
pub(super) fn known(rows: &dyn Read, now: Timestamp, id: UserId) -> Result<User, Failure> {
    Ok(rows.user(now, &Who::Id(id))?.ok_or(StoreError::Gone)?)
}

/// Nobody is called that.
pub(super) fn missing(who: &Who) -> Failure {
    Failure::new(FailureKind::NotFound, format!("There is no account {}.", excerpt(&who.to_string())))
}

impl Transaction<'_> {
    /// [`find`] inside this act.
    pub(super) fn find(&self, who: &Who) -> Result<User, Failure> {
        self.snapshot().account(who)
    }
}

impl Snapshot<'_> {
    /// [`find`] in this view.
    pub(super) fn account(&self, who: &Who) -> Result<User, Failure> {
        find(self.rows, self.now, self.principal, who)
    }

    /// The accounts' ids.
    pub(super) fn people(&self, people: &AccountSelection) -> Result<Vec<i64>, Failure> {
        match people {
            AccountSelection::Named(named) => named.iter().map(|who| Ok(self.account(who)?.id.0)).collect(),
            AccountSelection::Shown { filter, except } => {
                self.shown(filter, except, |filter| self.rows.user_ids(self.now, filter))
            }
        }
    }

    /// The rows of a selection: each that is named by `one`, or those that `list` shows for a filter.
    pub(super) fn selected(
        self,
        which: &Selection,
        one: impl Fn(i64) -> Result<i64, Failure>,
        list: impl FnOnce(&Filter) -> store::Result<Vec<i64>>,
    ) -> Result<Vec<i64>, Failure> {
        match which {
            Selection::Ids(ids) => ids.iter().map(|id| one(*id)).collect(),
            Selection::Shown { filter, except } => self.shown(filter, except, list),
        }
    }

    fn shown(
        self,
        filter: &Filter,
        except: &[i64],
        list: impl FnOnce(&Filter) -> store::Result<Vec<i64>>,
    ) -> Result<Vec<i64>, Failure> {
        let mut shown = list(&self.scoped(filter))?;
        let except = BTreeSet::from_iter(except);
        shown.retain(|id| !except.contains(id));
        Ok(shown)
    }

    /// The filter, held to what the actor may see.
    fn scoped(&self, filter: &Filter) -> Filter {
        match self.principal.scope() {
            None => filter.clone(),
            Some(own) => filter.clone().and(Test::User(Who::Id(own))),
        }
    }
}

/// The tally with the account's name and id.
pub(super) fn about(mut summary: ActionSummary, user: &User) -> ActionSummary {
    summary.label = Some(user.label().to_owned());
    summary.id = Some(user.id.0);
    summary
}
