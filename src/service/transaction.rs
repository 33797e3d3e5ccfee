//! The one way to read or change rows.
//!
//! [`with_snapshot`] reads one unchanging state of the rows. [`with_transaction`] and its variants change rows in one
//! transaction, in which the caller is looked up, the work is done and the journal is written. An action that is too large
//! for one transaction is only begun there; the rest follows in short steps, each a transaction of its own, see
//! [`run_operation`]. `tests/floors.rs` checks that no other file opens a transaction.

use std::ops::ControlFlow;
use std::time::Duration as Elapsed;

use crate::domain::bin::DeletionInfo;
use crate::domain::clock::BootTime;
use crate::domain::journal::{Action, EntityRef, FieldValues};
use crate::domain::operation::Operation;
use crate::domain::text::sentence;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{User, Who};
use crate::store::{self, Continued, Division, Read, StoreError, TransactionEnd, Write, read};

use super::contract::{ActionSummary, Caller, Failure, FailureKind, Progress};
use super::host::HostInfo;
use super::idle_rule::apply_rules;
use super::instance::Service;
use super::journal_writer::JournalWriter;
use super::operator::{Principal, admin_outlook, ensure_outlook, note_admin};
use super::proofs::Proofs;
use super::request_context::RequestContext;

pub(super) use super::snapshot::{Snapshot, with_snapshot};

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
    proofs: Proofs,
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
    /// [`FailureKind::NotFound`].
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

    /// Refuses a change of an access level without a recent proof of the operator's identity.
    ///
    /// # Errors
    /// [`FailureKind::ProofNeeded`].
    pub(super) fn require_proof(&self) -> Result<(), Failure> {
        self.proofs.require()
    }

    /// Returns the details stored with things that this action moves to the bin; `number` is the bin item to reuse.
    pub(super) fn deletion_info(&self, number: Option<i64>) -> DeletionInfo {
        let by = self.journal.author_name().to_owned();
        DeletionInfo { at: self.now, by, held_until: self.now + self.keep, number }
    }

    /// Runs `work`, unless it removes the last account that can log in as admin, now or for ever. A store that has none may be
    /// filled.
    /// Every action that changes accounts goes through here.
    ///
    /// # Errors
    /// Those of `work`; [`FailureKind::Refused`] if no usable admin would remain.
    pub(super) fn keep_an_admin<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let before = admin_outlook(self.rows, self.now, &[])?;
        let done = work(self)?;
        ensure_outlook(before, admin_outlook(self.rows, self.now, &[])?)?;
        Ok(done)
    }
}

/// Runs an action of the caller in one transaction. What is too much for one transaction is only begun in it, and finished
/// in others before this returns.
///
/// # Errors
/// Those of `work`; [`FailureKind::SignedOut`].
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
    let done = run(service, context, (verdict, Extent::Rows), Principal::find, work)?;
    Ok((done, finish_operations(service, context)?))
}

/// Runs an action that [loads](Write::load) rows as [`with_transaction`] does.
///
/// # Errors
/// As [`with_transaction`].
pub(super) fn with_load<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let verdict = context.verdict();
    let done = run(service, context, (verdict, Extent::Tables), Principal::find, work)?;
    finish_operations(service, context)?;
    Ok(done)
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
        Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. } => {
            Principal::Nobody
        }
    };
    let verdict = context.verdict();
    run(service, context, (verdict, Extent::Rows), |_, _| Ok(principal), work)
}

/// Records a denied action in a transaction that is committed even in a dry run.
///
/// # Errors
/// Those of `work`; [`FailureKind::SignedOut`].
pub(super) fn with_denial<T>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    run(service, context, (TransactionEnd::Commit, Extent::Rows), Principal::find_or_nobody, work)
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
    run(service, context, (TransactionEnd::Commit, Extent::Rows), owner, |tx| {
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
    (verdict, extent): (TransactionEnd, Extent),
    find: impl FnOnce(&dyn Read, &RequestContext<'_>) -> Result<Principal, Failure>,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Service { store, host, keep, idle, sessions, steps, proofs, .. } = service;
    // Looked up before anybody has to wait for this transaction.
    let host: &HostInfo = host;
    let work = |rows: &mut dyn Write| {
        rows.divide(Division { process: host.process.clone(), at_once: steps.at_once });
        apply_rules(rows, (*idle, *sessions), context.now)?;
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
            proofs: proofs.clone(),
            left_out: 0,
            progress: &mut *context.progress,
        };
        let done = work(&mut tx)?;
        note_admin(tx.rows, tx.now)?;
        // Steps on the disk run here.
        Ok(done)
    };
    match extent {
        Extent::Rows => store::change(&mut **store, verdict, work),
        Extent::Tables => store::change_wholesale(&mut **store, verdict, work),
    }
}

/// The most that one statement of a transaction changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// No more rows than one step of a divided action.
    Rows,
    /// Whole tables.
    Tables,
}

/// Finishes all operations that this process has begun. Returns the number of rows that could not be restored.
///
/// # Errors
/// The store cannot be written now; the message says which operation is unfinished.
pub(super) fn finish_operations(
    service: &mut Service,
    context: &mut RequestContext<'_>,
) -> Result<u64, Failure> {
    if context.dry_run {
        return Ok(0);
    }
    let mut left_out = 0;
    let is_own = |service: &Service, operation: &Operation| operation.process == service.host.process;
    while let Some(operation) = next_operation(service, is_own)? {
        let can_stop = context.caller == Caller::Owner;
        left_out += run_operation(service, operation, &mut |progress| {
            (context.progress)(progress).is_continue() || !can_stop
        })?;
    }
    Ok(left_out)
}

/// Returns the first unfinished operation that `is_wanted` accepts.
///
/// # Errors
/// The store cannot be read.
pub(super) fn next_operation(
    service: &Service,
    is_wanted: impl Fn(&Service, &Operation) -> bool,
) -> Result<Option<Operation>, StoreError> {
    read(&*service.store, |rows| {
        Ok(rows.operations()?.into_iter().find(|operation| is_wanted(service, operation)))
    })
}

/// Takes over an operation of a process that has ended. Returns false if another process was quicker.
///
/// # Errors
/// The store cannot be written now.
pub(super) fn adopt_operation(service: &mut Service, operation: &Operation) -> Result<bool, StoreError> {
    let Service { store, host, .. } = service;
    store::change(&mut **store, TransactionEnd::Commit, |rows| {
        rows.adopt_operation(operation.id, &operation.process, &host.process)
    })
}

/// Runs the steps of an operation until none is left or `go_on` returns false. Returns the number of rows that could not be
/// restored.
///
/// # Errors
/// [`FailureKind::Stopped`]; the store cannot be written now. The message says how far the operation came.
pub(super) fn run_operation(
    service: &mut Service,
    mut operation: Operation,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> Result<u64, Failure> {
    let mut rows = service.steps.first(operation.kind);
    loop {
        if !go_on(Progress { done: operation.done, total: operation.total }) {
            let message = format!("Stopped; {}.", operation.state());
            let hint = if operation.kind.is_undoable() {
                "The next action, or an open console, finishes it; after that, `nexus undo` undoes it."
            } else {
                "The next action, or an open console, finishes it."
            };
            return Err(Failure::new(FailureKind::Stopped, message).hint(hint));
        }
        service.store.yield_to_writers();
        let (Continued { rest, left_out }, taken) =
            run_step(service, operation.id, rows).map_err(|error| {
                let failure = Failure::from(error);
                let message = format!("{} {}", failure.message, sentence(&operation.state()));
                Failure { message, ..failure }
            })?;
        let Some(next) = rest else { return Ok(left_out) };
        rows = service.steps.next(rows, taken);
        operation = next;
    }
}

/// Runs one step and measures the time of its work. A step that a loss of power takes back is run again.
fn run_step(service: &mut Service, id: i64, most: u64) -> Result<(Continued, Elapsed), StoreError> {
    let Service { store, host, steps, .. } = service;
    store::change_lazily(&mut **store, |rows| {
        let begun = (steps.clock)();
        let continued = rows.continue_operation(id, &host.process, most)?;
        Ok((continued, (steps.clock)().saturating_sub(begun)))
    })
}
