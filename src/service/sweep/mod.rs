//! The sweep: it writes down which sessions are over, and which accounts are idle for too long. Both hold without it.

use crate::domain::journal::{Action, FieldValues, REASON, SESSIONS_ENDED};
use crate::domain::user::{Fields, Status, UserId};

use super::bulk::{Batch, BatchLimits, in_batches};
use super::contract::{ActionSummary, Failure};
use super::instance::Service;
use super::request_context::RequestContext;
use super::transaction::{Transaction, with_snapshot, with_transaction};
use super::{journal_writer, lookup, status};

/// The sessions that one transaction of a sweep marks. Others wait for the store only as long as that takes.
const SWEEP_LIMITS: BatchLimits = BatchLimits { rows: 100, touched: 100, most_touched: 2_000 };

/// The number of accounts that one transaction of a sweep suspends.
const BATCH: u32 = 50;

/// Marks the sessions whose time is over, and suspends the accounts that are idle for too long.
pub(super) fn sweep(
    service: &mut Service,
    context: &mut RequestContext<'_>,
) -> Result<ActionSummary, Failure> {
    let mut done = sweep_sessions(service, context)?;
    if context.dry_run {
        let idle = with_snapshot(service, context, |snapshot| {
            Ok(snapshot.rows.idle_accounts(snapshot.now, u32::MAX)?)
        })?;
        done.accounts += idle.len() as u64;
        return Ok(done);
    }
    loop {
        let (suspended, entry) = with_transaction(service, context, |tx| {
            let number = tx.keep_an_admin(suspend_idle)?;
            Ok((number, tx.journal.first))
        })?;
        done.accounts += suspended;
        done.written = done.written.or(entry);
        if suspended < u64::from(BATCH) {
            return Ok(done);
        }
        service.store.yield_to_writers();
    }
}

/// Marks sessions whose time is over.
pub(super) fn sweep_sessions(
    service: &mut Service,
    context: &mut RequestContext<'_>,
) -> Result<ActionSummary, Failure> {
    let overdue = with_snapshot(service, context, |snapshot| {
        snapshot.principal.admin_only("sweep sessions")?;
        Ok(snapshot.rows.overdue(snapshot.now)?)
    })?;
    let foreseen = ActionSummary { sessions: overdue.len() as u64, ..ActionSummary::new(Action::Swept) };
    if context.dry_run || overdue.is_empty() {
        return Ok(ActionSummary { ids: overdue, ..foreseen }.in_order());
    }
    in_batches(service, context, &foreseen, SWEEP_LIMITS, |tx, limits| {
        tx.principal.admin_only("sweep sessions")?;
        let ids = tx.rows.sweep(tx.now, u32::try_from(limits.touched).unwrap_or(u32::MAX))?;
        let sessions = ids.len() as u64;
        if sessions > 0 {
            let after = FieldValues::new().with(SESSIONS_ENDED, sessions);
            tx.note(Action::Swept, journal_writer::store("sessions"), FieldValues::new(), after)?;
        }
        let is_last = sessions < limits.touched;
        Ok(Batch { done: ActionSummary { sessions, ids, ..ActionSummary::new(Action::Swept) }, is_last })
    })
}

/// Suspends some accounts that are idle for too long, and returns the number of them.
fn suspend_idle(tx: &mut Transaction<'_>) -> Result<u64, Failure> {
    tx.principal.admin_only("suspend accounts")?;
    let ids = tx.rows.idle_accounts(tx.now, BATCH)?;
    let days = tx.rows.idle_rule()?.map(|rule| rule.days).unwrap_or_default();
    for id in &ids {
        suspend(tx, *id, &format!("not seen for {days} days"))?;
    }
    Ok(ids.len() as u64)
}

fn suspend(tx: &mut Transaction<'_>, id: UserId, reason: &str) -> Result<(), Failure> {
    let user = lookup::known(tx.rows, tx.now, id)?;
    let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
    let mut summary = ActionSummary::new(Action::Suspended);
    if let Some(change) = status::change_to(tx, &user, suspended, &mut summary)? {
        let after = change.after().with(REASON, reason);
        tx.note(Action::Suspended, journal_writer::account(&user), change.before(), after)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
