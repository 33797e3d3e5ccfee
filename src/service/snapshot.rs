//! Reads of one unchanging state of the rows, as far as the caller may see them.

use std::collections::BTreeSet;

use crate::domain::filter::{Filter, Test};
use crate::domain::operation::Touched;
use crate::domain::page::Selection;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, Who};
use crate::store::{self, Read, read};

use super::contract::{AccountSelection, Failure};
use super::instance::Service;
use super::lookup;
use super::operation_conflicts::require_free;
use super::operator::Principal;
use super::request_context::RequestContext;

/// The rows at one moment, as far as the principal may see them.
#[derive(Clone, Copy)]
pub(super) struct Snapshot<'a> {
    pub(super) rows: &'a dyn Read,
    pub(super) principal: &'a Principal,
    pub(super) now: Timestamp,
}

impl Snapshot<'_> {
    /// Returns the account, as [`lookup::find`] does.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](super::contract::FailureKind::NotFound).
    pub(super) fn account(self, who: &Who) -> Result<User, Failure> {
        lookup::find(self.rows, self.now, self.principal, who)
    }

    /// Returns the ids of the selected accounts.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](super::contract::FailureKind::NotFound) if a named one does not exist.
    pub(super) fn accounts(self, accounts: &AccountSelection) -> Result<Vec<i64>, Failure> {
        match accounts {
            AccountSelection::Named(named) => named.iter().map(|who| Ok(self.account(who)?.id.0)).collect(),
            AccountSelection::Shown { filter, except } => {
                self.shown(filter, except, |filter| self.rows.user_ids(self.now, filter))
            }
        }
    }

    /// Returns the ids of the selected rows: each named one as `one` returns it, or those that `list` finds for a filter.
    ///
    /// # Errors
    /// Those of `one` and `list`.
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
        self.principal.may_filter(filter)?;
        let mut shown = list(&self.scoped(filter))?;
        let except = BTreeSet::from_iter(except);
        shown.retain(|id| !except.contains(id));
        Ok(shown)
    }

    /// Returns the filter, restricted to the rows that the principal may see.
    fn scoped(self, filter: &Filter) -> Filter {
        match self.principal.scope() {
            None => filter.clone(),
            Some(own) => filter.clone().and(Test::User(Who::Id(own))),
        }
    }

    /// Refuses an action on rows that an unfinished operation covers.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`](super::contract::FailureKind::Conflict).
    pub(super) fn require_free(self, touched: &Touched<'_>) -> Result<(), Failure> {
        Ok(require_free(self.rows, touched, None)?)
    }
}

/// Reads one unchanging state of the rows on behalf of the caller.
///
/// # Errors
/// Those of `work`; [`FailureKind::SignedOut`](super::contract::FailureKind::SignedOut).
pub(super) fn with_snapshot<T>(
    service: &Service,
    context: &RequestContext<'_>,
    work: impl FnOnce(Snapshot<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    read(&*service.store, |rows| {
        let principal = Principal::find(rows, context)?;
        work(Snapshot { rows, principal: &principal, now: context.now })
    })
}
