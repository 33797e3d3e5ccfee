//! Layer 2: what an operator can ask for, one file per group of use cases.
//!
//! The service decides who may do what, and what else must change in the same transaction. Both front ends, the console
//! and the commands, enter through [`perform`] with the same [`contract::Request`]s. Nothing here draws, reads a clock or
//! knows how rows are stored.

mod accounts;
mod authentication;
mod authentication_log;
mod authentication_report;
mod backup;
mod bin;
mod bulk;
pub mod clock;
pub mod contract;
mod denied;
mod dependents;
mod directories;
mod directory_rows;
mod doctor;
mod erasure;
mod export;
mod failure;
mod gates;
mod homes;
mod host;
mod idle_rule;
mod import;
mod instance;
mod integrity;
mod invitations;
mod journal;
mod journal_writer;
mod lookup;
mod messages;
mod new_file;
mod new_password;
mod operation_conflicts;
pub mod operations;
mod operator;
mod overview;
mod proofs;
mod registration;
mod request_context;
mod required_fields;
mod second_factor;
mod sessions;
mod side_effects;
mod sign_in;
mod snapshot;
mod status;
mod step_limits;
mod sweep;
#[cfg(test)]
mod testing;
mod throttle;
mod transaction;
mod undo;
mod usable;

use crate::auth::stack::wiping_stack;
use crate::store::{StoreError, read};
use contract::{Backup, Caller, CountedRows, Failure, FailureKind, Reply, Request, Right};
use operator::Principal;
use proofs::RequestEnd;

pub use accounts::read_ahead;
pub use authentication::answer_after;
pub use authentication_report::{
    AuthenticationKind, AuthenticationLog, AuthenticationReport, ReportedAccount,
};
pub use backup::verify_alone as verify_backup;
pub use host::{Host, HostInfo, machine_hash};
pub use instance::Service;
pub use integrity::damage;
pub use new_file::{NewFile, unwritten};
pub use proofs::Proofs;
pub use request_context::RequestContext;
pub use throttle::UnstoredTries;

/// Performs a request whole or not at all. An action on very many rows may end between two of its steps.
///
/// # Errors
/// A [`Failure`]. Nothing has changed then, unless its message says how far the action came.
pub fn perform(
    service: &mut Service,
    mut context: RequestContext<'_>,
    request: Request,
) -> Result<Reply, Failure> {
    // A store that is examined, or replaced, may be too damaged to be read.
    if !matches!(request, Request::Doctor(_) | Request::Backup(Backup::Restore { .. })) {
        clock::end_by_boot(service, &mut context)?;
    }
    operations::finish_abandoned(service, &mut context, &request)?;
    let action = denied::action(&context, &request);
    let attempt = authentication_log::attempt(service, &request);
    let end = RequestEnd::of(&request);
    let allowed = ensure_allowed(service, &context, &request);
    if allowed.is_ok()
        && let Err(failure) = service.proofs.begin(&context, &request)
    {
        // Whoever is signed out has more to do than to enter the password.
        read(&*service.store, |rows| Principal::find(rows, &context).map(drop))?;
        return Err(failure);
    }
    let result = allowed
        .and_then(|()| perform_while_stable(service, &mut context, request))
        .map(|reply| counted(&context, reply));
    service.proofs.end(&context, end, &result);
    integrity::heed(service, &context, &result);
    if let Some(attempt) = attempt {
        attempt.report(service, &context, &result);
    }
    match (action, result) {
        (Some(action), Err(failure)) => Err(denied::record(service, &mut context, action, failure)),
        (_, result) => result,
    }
}

/// The number of times that a read is tried because the store changes meanwhile.
const MAX_READS: usize = 10;

/// Adds the rows to the reply of a dry run.
fn counted(context: &RequestContext<'_>, reply: Reply) -> Reply {
    match reply {
        Reply::Done(summary) if context.dry_run => Reply::Counted {
            rows: CountedRows::one(summary.id),
            summary: contract::ActionSummary { written: None, ..summary },
        },
        reply => reply,
    }
}

/// Returns the failure of an action on a counted row that has vanished since.
fn meanwhile(failure: Failure) -> Failure {
    if failure.kind == FailureKind::NotFound { bulk::all_vanished(1) } else { failure }
}

/// Refuses a caller whose level does not allow the request, whatever rows it names. A new level ends the sessions of its
/// account, so that a caller who loses theirs after this is refused in the transaction. Which rows are the caller's own is
/// decided there too.
fn permit(service: &Service, context: &RequestContext<'_>, request: &Request) -> Result<(), Failure> {
    if matches!(context.caller, Caller::Viewer { .. }) && !request.can_be_viewed() {
        let words = "Nothing can be changed while you see the console as somebody else.";
        return Err(Failure::new(FailureKind::Unavailable, words));
    }
    match (request.right(), context.caller) {
        (Right::Anybody | Right::OwnRows, _) | (Right::Admin(_), Caller::Owner) => Ok(()),
        (
            Right::Admin(what),
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. },
        ) => transaction::with_snapshot(service, context, |snapshot| snapshot.principal.admin_only(what)),
    }
}

/// Refuses a request that its caller may not make, or that has to write where nothing can be written.
fn ensure_allowed(service: &Service, context: &RequestContext<'_>, request: &Request) -> Result<(), Failure> {
    permit(service, context, request)?;
    if request.can_do_without_writing() {
        return Ok(());
    }
    let is_reader = matches!(context.caller, Caller::Reader { .. });
    // A dry run of an action often only reads.
    if is_reader || !context.dry_run {
        service.store.writable()?;
    }
    if is_reader {
        let words = "This console was opened for reading only.";
        return Err(Failure::new(FailureKind::Unavailable, words).hint("Leave, and start it again."));
    }
    Ok(())
}

/// Performs a request that is allowed. A read of a store that is read without locks is repeated if the file changed
/// meanwhile, because neither its answer nor its failure can be trusted then.
fn perform_while_stable(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Request,
) -> Result<Reply, Failure> {
    if !request.is_read() && service.store.writable().is_ok() {
        return dispatch(service, context, request);
    }
    for _ in 0..MAX_READS {
        let result = dispatch(service, context, request.clone());
        if !service.store.reopen_if_changed()? {
            return result;
        }
        if request.writes_to_stream() {
            break;
        }
    }
    Err(StoreError::Busy.into())
}

fn dispatch(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Request,
) -> Result<Reply, Failure> {
    match request {
        // These work with keys and with the secrets of second factors.
        Request::SignIn(request) => wiping_stack(|| sign_in::perform(service, context, request)),
        Request::Accounts(request) => wiping_stack(|| accounts::perform(service, context, request)),
        Request::Sessions(request) => sessions::perform(service, context, request),
        Request::Directories(request) => directories::perform(service, context, request),
        Request::Import(request) => import::perform(service, context, &request),
        Request::Export(request) => export::perform(service, context, &request),
        Request::Journal(request) => journal::perform(service, context, request),
        Request::Undo(request) => undo::perform(service, context, request),
        Request::Bin(request) => bin::perform(service, context, request),
        Request::Counted(counted) => {
            context.counted.clone_from(&counted.rows);
            if let Some(reason) = &counted.reason {
                context.reason = Some(reason.clone());
            }
            let is_counted = counted.rows.is_some();
            perform_while_stable(service, context, counted.by_id())
                .map_err(|failure| if is_counted { meanwhile(failure) } else { failure })
        }
        Request::Doctor(request) => doctor::perform(service, context, request),
        Request::Check(request) => integrity::perform(service, context, request),
        Request::Backup(request) => backup::perform(service, context, request),
        Request::Overview => overview::perform(service, context),
        Request::Metrics => overview::metrics(service, context),
    }
}

#[cfg(test)]
mod tests;
