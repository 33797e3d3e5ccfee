//! The one way to read or change rows.
//!
//! [`with_snapshot`] reads one unchanging state of the rows. [`with_transaction`] and its variants change rows in one
//! transaction, in which the caller is looked up, the work is done and the journal is written. An action that is too large
//! for one transaction is only begun there; the rest follows in short steps, each a transaction of its own.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::domain::bin::DeletionInfo;
use crate::domain::clock::BootTime;
use crate::domain::filter::{Filter, Test};
use crate::domain::journal::{Action, EntityRef, FieldValues};
use crate::domain::operation::Touched;
use crate::domain::page::Selection;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{User, Who};
use crate::store::{self, Division, Read, TransactionEnd, Write, read};

use super::contract::{AccountSelection, ActionSummary, Caller, Failure, Progress};
use super::host::HostInfo;
use super::instance::Service;
use super::journal_writer::JournalWriter;
use super::lookup;
use super::operation_conflicts::require_free;
use super::operation_steps::finish_operations;
use super::operator::{Principal, has_usable_admin, no_admin_left, note_admin};
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

/// An action in progress, inside its transaction.
pub(super) struct Transaction<'a> {
    pub(super) rows: &'a mut dyn Write,
    pub(super) principal: Principal,
    pub(super) now: Timestamp,
    /// The time since boot.
    pub(super) boot: Option<BootTime>,
    pub(super) host: &'a HostInfo,
    /// The time for which the names of deleted accounts stay reserved.
    keep: Duration,
    pub(super) journal: JournalWriter,
    /// Rows that a restore could not bring back, so far in this transaction.
    pub(super) left_out: u64,
    pub(super) progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Transaction<'_> {
    /// Returns a view of the rows as the transaction has changed them so far.
    pub(super) fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { rows: self.rows, principal: &self.principal, now: self.now }
    }

    /// Returns the account, as [`Snapshot::account`] does.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](super::contract::FailureKind::NotFound).
    pub(super) fn find(&self, who: &Who) -> Result<User, Failure> {
        self.snapshot().account(who)
    }

    /// Records a change of one thing in the journal.
    ///
    /// # Errors
    /// As [`JournalWriter::note`].
    pub(super) fn note(
        &mut self,
        action: Action,
        object: EntityRef,
        before: FieldValues,
        after: FieldValues,
    ) -> store::Result<()> {
        self.journal.note(self.rows, action, object, before, after)
    }

    /// Begins a new series of journal entries, written by this account at the console.
    pub(super) fn sign_in_as(&mut self, user: &User, session: Option<i64>) {
        self.journal = JournalWriter::of_console(user, session, self.host, self.now);
    }

    /// Returns the details stored with things that this action moves to the bin; `number` is the bin item to reuse.
    pub(super) fn deletion_info(&self, number: Option<i64>) -> DeletionInfo {
        let by = self.journal.author_name().to_owned();
        DeletionInfo { at: self.now, by, held_until: self.now + self.keep, number }
    }

    /// Runs `work`, unless it removes the last account that can log in as admin. A store that has none may be filled.
    /// Every action that changes accounts goes through here.
    ///
    /// # Errors
    /// Those of `work`; [`FailureKind::Refused`](super::contract::FailureKind::Refused) if no usable admin would remain.
    pub(super) fn keep_an_admin<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let had_one = has_usable_admin(self.rows)?;
        let done = work(self)?;
        if had_one && !has_usable_admin(self.rows)? {
            return Err(no_admin_left());
        }
        Ok(done)
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

/// Runs an action of the caller in one transaction. What is too much for one transaction is only begun in it, and finished
/// in others before this returns.
///
/// # Errors
/// Those of `work`; [`FailureKind::SignedOut`](super::contract::FailureKind::SignedOut).
pub(super) fn with_transaction<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    with_steps(service, context, work).map(|(done, _)| done)
}

/// Runs an action as [`with_transaction`] does. Returns in addition the number of rows that a restore in steps could not
/// bring back.
///
/// # Errors
/// As [`with_transaction`].
pub(super) fn with_steps<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<(T, u64), Failure> {
    let verdict = context.verdict();
    let done = run(service, context, verdict, Principal::find, work)?;
    Ok((done, finish_operations(service, context)?))
}

/// Runs an action on one row, and adds its first journal entry to the summary.
///
/// # Errors
/// As [`with_transaction`].
pub(super) fn run_single(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<ActionSummary, Failure>,
) -> Result<ActionSummary, Failure> {
    with_transaction(service, context, |tx| {
        let summary = work(tx)?;
        Ok(summary.written(tx.journal.first))
    })
}

/// Runs set-up, log-in or log-out in one transaction, for a caller who need not be logged in: `work` calls
/// [`Transaction::sign_in_as`] once the account is known. Operations that it begins are left to the caller.
///
/// # Errors
/// Those of `work`.
pub(super) fn with_sign_in<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let principal = match context.caller {
        Caller::Owner => Principal::Owner,
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => Principal::Nobody,
    };
    let verdict = context.verdict();
    run(service, context, verdict, |_, _| Ok(principal), work)
}

/// Records a denied action in a transaction that is committed even in a dry run.
///
/// # Errors
/// Those of `work`; [`FailureKind::SignedOut`](super::contract::FailureKind::SignedOut).
pub(super) fn with_denial<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    run(service, context, TransactionEnd::Commit, Principal::find_or_nobody, work)
}

/// Runs work of the program itself, which no caller asked for, in a transaction that is committed even in a dry run.
///
/// # Errors
/// Those of `work`.
pub(super) fn with_system_transaction<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let owner = |_: &dyn Read, _: &RequestContext<'_>| Ok(Principal::Owner);
    run(service, context, TransactionEnd::Commit, owner, |tx| {
        // The caller's reason is not the program's.
        tx.journal = JournalWriter::of_command(tx.host, tx.now);
        work(tx)
    })
}

/// Runs `work` in one transaction: finds the principal, does the work, and commits or rolls back as `verdict` says.
///
/// The last statement before the commit is the place for steps on the disk: a plan that `work` has staged in the
/// transaction runs there, so that nothing is committed if a step fails.
fn run<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    verdict: TransactionEnd,
    find: impl FnOnce(&dyn Read, &RequestContext<'_>) -> Result<Principal, Failure>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Service { store, host, keep, steps, .. } = service;
    store::change(&mut **store, verdict, |rows| {
        rows.divide(Division { process: host.process.clone(), at_once: steps.at_once });
        let principal = find(rows, context)?;
        let journal = JournalWriter::of(&principal, host, context.now).because(context.reason.as_ref());
        let mut tx = Transaction {
            rows,
            principal,
            now: context.now,
            boot: context.boot.clone(),
            host,
            keep: *keep,
            journal,
            left_out: 0,
            progress: &mut *context.progress,
        };
        let done = work(&mut tx)?;
        note_admin(tx.rows)?;
        // Steps on the disk run here.
        Ok(done)
    })
}
