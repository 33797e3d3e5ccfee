//! The steps of operations, each in a transaction of its own.

use std::time::Duration as Elapsed;

use crate::domain::operation::Operation;
use crate::domain::text::sentence;
use crate::store::{self, Continued, StoreError, TransactionEnd, read};

use super::contract::{Caller, Failure, FailureKind, Progress};
use super::instance::Service;
use super::request_context::RequestContext;

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
            return Err(Failure::new(FailureKind::Stopped, message).hint(
                "The next action, or an open console, finishes it; after that, `nexus undo` undoes it.",
            ));
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
