//! Operations: the rest of actions on very many rows.
//!
//! The transaction of such an action only begins it. `transaction.rs` then continues it in short steps,
//! each a transaction of its own, so that others wait for the store no longer than one step takes. If the process is
//! killed, the commands of other processes and their idle consoles finish the operation. Until then other actions on the
//! same rows are refused.

use crate::domain::operation::{Operation, OperationKind};

use super::contract::{Caller, Failure, FailureKind, Progress, Request};
use super::instance::Service;
use super::request_context::RequestContext;
use super::transaction::{adopt_operation, next_operation, run_operation};

pub use super::step_limits::StepLimits;

/// Continues operations of processes that have ended, before a command acts. A console does this while it is idle.
///
/// # Errors
/// [`FailureKind::Stopped`]. An operation that cannot be continued now is left for later.
pub(super) fn finish_abandoned(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: &Request,
) -> Result<(), Failure> {
    let is_action =
        !request.is_read() && !matches!(request.uncounted(), Request::SignIn(_) | Request::Check(_));
    if context.dry_run || context.caller != Caller::Owner || !is_action || service.store.writable().is_err() {
        return Ok(());
    }
    match go_on(service, &mut |progress| (context.progress)(progress).is_continue()) {
        Err(failure) if failure.kind == FailureKind::Stopped => Err(failure),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Continues operations of processes that have ended, as long as `go_on_while` returns true. Returns true if work is left.
///
/// # Errors
/// The store cannot be written now.
pub fn carry_on(service: &mut Service, go_on_while: &mut dyn FnMut() -> bool) -> Result<bool, Failure> {
    if service.store.writable().is_err() {
        return Ok(false);
    }
    match go_on(service, &mut |_| go_on_while()) {
        Ok(()) => Ok(false),
        Err(failure) if failure.kind == FailureKind::Stopped => Ok(true),
        Err(failure) => Err(failure),
    }
}

fn go_on(service: &mut Service, go_on: &mut dyn FnMut(Progress) -> bool) -> Result<(), Failure> {
    let is_left = |service: &Service, operation: &Operation| {
        operation.process == service.host.process || !(service.host.is_alive)(&operation.process)
    };
    while let Some(operation) = next_operation(service, is_left)? {
        // Otherwise another process was quicker.
        if adopt_operation(service, &operation)? {
            let kind = operation.kind;
            run_operation(service, operation, go_on)?;
            if kind == OperationKind::Erase {
                // It is committed: that old pages are left in the log is no failure.
                let _ = service.store.empty_log();
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
