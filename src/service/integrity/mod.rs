//! The daily check of the pages of the store's file, and the memory of damage.

use crate::domain::integrity::{CheckTimes, Damage};
use crate::domain::time::Timestamp;
use crate::store::{StoreError, read};

use super::contract::{Check, CheckStep, Failure, FailureKind, Progress, Reply};
use super::instance::Service;
use super::request_context::RequestContext;
use super::transaction::with_system_transaction;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Check,
) -> Result<Reply, Failure> {
    let step = match request {
        Check::Begin => begin(service, context),
        Check::Table(before) => check_table(service, context, before),
        Check::End { begun_at } => end(service, context, begun_at),
        Check::Damaged => {
            remember(service, &Damage::while_reading(context.now));
            Ok(CheckStep::Noted { mended: false })
        }
    };
    step.map(Reply::Check)
}

/// Returns the failure that reports the remembered damage of the store.
pub fn damage(service: &Service) -> Option<Failure> {
    let finding = service.store.damage()?.finding(service.store.location().as_ref());
    Some(StoreError::KnownDamage(Box::new(finding)).into())
}

/// Remembers damage that a request has met. A dry run leaves nothing behind.
pub(super) fn heed(service: &mut Service, context: &RequestContext<'_>, result: &Result<Reply, Failure>) {
    let Err(Failure { kind: FailureKind::Damaged, .. }) = result else { return };
    if !context.dry_run {
        remember(service, &Damage::while_reading(context.now));
    }
}

/// Remembers damage, unless older damage is remembered.
fn remember(service: &mut Service, damage: &Damage) {
    if service.store.damage().is_none() {
        service.store.note_damage(damage);
    }
}

/// Begins a check if one is due. Several consoles over one store do not all check it, because the beginning is
/// recorded where the store can be written.
fn begin(service: &mut Service, context: &mut RequestContext<'_>) -> Result<CheckStep, Failure> {
    let now = context.now;
    if service.store.writable().is_err() {
        let times = read(&*service.store, |rows| rows.check_times())?;
        // A store that is known to be damaged is checked again, because it may have been repaired.
        let due_at = times.due_at(now).filter(|_| service.store.damage().is_none());
        return Ok(due_at.map_or(CheckStep::Begun, CheckStep::NotDue));
    }
    with_system_transaction(service, context, |tx| {
        let times = tx.rows.check_times()?;
        if let Some(due_at) = times.due_at(now) {
            return Ok(CheckStep::NotDue(due_at));
        }
        tx.rows.note_check_times(CheckTimes { begun_at: Some(now), ..times })?;
        Ok(CheckStep::Begun)
    })
}

fn check_table(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    before: u32,
) -> Result<CheckStep, Failure> {
    let RequestContext { now, progress, .. } = context;
    let done = Progress { done: before.into(), total: before.into() };
    let checked = service.store.check_table(before, &mut || progress(done).is_continue())?;
    let Some(check) = checked else { return Ok(CheckStep::NoMore) };
    if check.is_sound {
        return Ok(CheckStep::Sound);
    }
    remember(service, &Damage::in_table(&check, *now));
    match service.store.writable() {
        Err(known @ StoreError::KnownDamage(_)) => Err(known.into()),
        Ok(()) | Err(_) => Err(StoreError::Damaged.into()),
    }
}

fn end(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    begun_at: Timestamp,
) -> Result<CheckStep, Failure> {
    let from_before = service.store.damage().is_some_and(|damage| damage.found_at < begun_at);
    let mended = from_before && service.store.forget_damage()?;
    if service.store.writable().is_ok() {
        let times = CheckTimes { begun_at: None, sound_at: Some(context.now) };
        with_system_transaction(service, context, |tx| Ok(tx.rows.note_check_times(times)?))?;
    }
    Ok(CheckStep::Noted { mended })
}

#[cfg(test)]
mod tests;
