//! Acts on very many rows: begun in the transaction of the act, then continued here in short steps, each a transaction of
//! its own, so that others wait for the store no longer than one of them takes.
//!
//! What was begun always comes to its end: a process that is killed leaves it to the next one, whose acts and whose idle
//! console go on with it. Until then other acts on the same rows are refused.

use std::time::Duration;

use crate::domain::journal::{Action, BIN, EntityKind, EntityRef, FieldValues};
use crate::domain::operation::{Operation, OperationKind, Touched};
use crate::domain::text::sentence;
use crate::store::{self, Read, StoreError, TransactionEnd, read};

use super::bulk::Snapshot;
use super::contract::{Caller, Failure, FailureKind, Progress, Request};
use super::{RequestContext, Service};

#[cfg(test)]
mod tests;

/// How acts on very many rows are divided into steps.
#[derive(Debug, Clone, Copy)]
pub struct StepLimits {
    /// The most rows that one transaction moves at once; of other kinds as many fewer as they weigh more.
    pub at_once: u64,
    /// Rows of the first step, likewise; the others are as large as their time allows.
    pub first: u64,
    /// The time that the work of a step should take before it is committed; without any all are as large as the first.
    pub aim: Duration,
    /// Reads a clock that nobody sets.
    pub clock: fn() -> Duration,
}

/// Measured on a store of 410,000 directories on two cores that others used too: a row that moves takes 10 to 20 µs.
const AT_ONCE: u64 = 2_500;
const FIRST: u64 = 1_000;

/// Others must not wait for more than 50 ms. To commit the work takes up to as long again, and steps are not all alike.
const AIM: Duration = Duration::from_millis(15);

/// The fewest rows of a step: with fewer, most of its time goes into the transaction itself.
const FEWEST: u64 = 100;

impl StepLimits {
    /// Returns the usual limits, measured by this clock.
    pub const fn measured_by(clock: fn() -> Duration) -> Self {
        Self { at_once: AT_ONCE, first: FIRST, aim: AIM, clock }
    }

    /// Returns the rows of the first step.
    fn first(&self, kind: OperationKind) -> u64 {
        if self.aim.is_zero() { self.first } else { (self.first / kind.weight()).max(FEWEST) }
    }

    /// Returns the rows for the next step after one of so many took so long.
    fn next(&self, rows: u64, taken: Duration) -> u64 {
        if self.aim.is_zero() {
            return rows;
        }
        let (aim, taken) = (self.aim.as_micros(), taken.as_micros().max(1));
        let fitting = u64::try_from(u128::from(rows) * aim / taken).unwrap_or(u64::MAX);
        // One slow write to the disk says little about the next.
        fitting.clamp(rows / 2, rows.saturating_mul(2)).max(FEWEST)
    }
}

/// Does all that this process has begun.
///
/// # Errors
/// What keeps it from being done now; the message says what is still under way.
pub(super) fn finish(service: &mut Service, context: &mut RequestContext<'_>) -> Result<(), Failure> {
    if context.dry_run {
        return Ok(());
    }
    while let Some(operation) =
        first(service, |service, operation| operation.process == service.host.process)?
    {
        let can_stop = context.caller == Caller::Owner;
        run(service, operation, &mut |progress| (context.progress)(progress).is_continue() || !can_stop)?;
    }
    Ok(())
}

/// Goes on with what processes that have ended left, before a command acts. In a console that is done while nothing is
/// asked for.
///
/// # Errors
/// [`FailureKind::Stopped`]. What cannot be done now is left to the next one.
pub(super) fn finish_abandoned(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: &Request,
) -> Result<(), Failure> {
    let is_act = !request.is_read() && !matches!(request.act(), Request::SignIn(_) | Request::Check(_));
    if context.dry_run || context.caller != Caller::Owner || !is_act || service.store.writable().is_err() {
        return Ok(());
    }
    match go_on(service, &mut |progress| (context.progress)(progress).is_continue()) {
        Err(failure) if failure.kind == FailureKind::Stopped => Err(failure),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Goes on with what processes that have ended left, as long as `go_on` says so. Returns whether there is more.
///
/// # Errors
/// What keeps it from being done now.
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
    while let Some(operation) = first(service, is_left)? {
        let Service { store, host, .. } = &mut *service;
        let is_ours = store::change(&mut **store, TransactionEnd::Commit, |rows| {
            rows.adopt_operation(operation.id, &operation.process, &host.process)
        })?;
        // Otherwise another process was quicker.
        if is_ours {
            run(service, operation, go_on)?;
        }
    }
    Ok(())
}

fn first(
    service: &Service,
    is_wanted: impl Fn(&Service, &Operation) -> bool,
) -> Result<Option<Operation>, StoreError> {
    read(&*service.store, |rows| {
        Ok(rows.operations()?.into_iter().find(|operation| is_wanted(service, operation)))
    })
}

/// Does step after step until none is left or `go_on` says no.
fn run(
    service: &mut Service,
    mut operation: Operation,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> Result<(), Failure> {
    let mut rows = service.steps.first(operation.kind);
    loop {
        if !go_on(Progress { done: operation.done, total: operation.total }) {
            let message = format!("Stopped; {}.", operation.state());
            return Err(Failure::new(FailureKind::Stopped, message).hint(
                "The next act, or an open console, goes on with it; `nexus undo` takes it back after that.",
            ));
        }
        service.store.yield_to_writers();
        let (next, taken) = step(service, operation.id, rows).map_err(|error| {
            let failure = Failure::from(error);
            let message = format!("{} {}", failure.message, sentence(&operation.state()));
            Failure { message, ..failure }
        })?;
        let Some(next) = next else { return Ok(()) };
        rows = service.steps.next(rows, taken);
        operation = next;
    }
}

/// Does one step, and measures how long its work took. After a loss of power it is done again.
fn step(service: &mut Service, id: i64, most: u64) -> Result<(Option<Operation>, Duration), StoreError> {
    let Service { store, host, steps, .. } = service;
    store::change_lazily(&mut **store, |rows| {
        let begun = (steps.clock)();
        let next = rows.continue_operation(id, &host.process, most)?;
        Ok((next, (steps.clock)().saturating_sub(begun)))
    })
}

/// Refuses an act on rows with which an operation is under way, unless the act that begins with the entry `own` began it.
///
/// # Errors
/// [`StoreError::UnderWay`].
pub(super) fn require_free(
    rows: &dyn Read,
    touched: &Touched<'_>,
    own: Option<i64>,
) -> Result<(), StoreError> {
    let is_own =
        |operation: &Operation| operation.entry.is_none_or(|entry| own.is_some_and(|first| entry >= first));
    let mut found = rows.operations()?.into_iter().filter(|operation| !is_own(operation));
    match found.find(|operation| operation.covers(touched)) {
        Some(operation) => Err(StoreError::UnderWay(operation.state())),
        None => Ok(()),
    }
}

/// Refuses an act that an entry tells, as [`require_free`] does.
pub(super) fn require_free_for_entry(
    rows: &dyn Read,
    action: Action,
    object: &EntityRef,
    (before, after): (&FieldValues, &FieldValues),
    own: Option<i64>,
) -> Result<(), StoreError> {
    match action {
        // Whoever comes and goes does nothing to what lies there.
        Action::LoggedIn | Action::LoggedOut | Action::Swept => return Ok(()),
        // What is taken in may belong to anybody.
        Action::Imported => {
            return match rows.operations()?.first() {
                Some(operation) => Err(StoreError::UnderWay(operation.state())),
                None => Ok(()),
            };
        }
        _ => {}
    }
    let is_directory = object.kind == EntityKind::Directory;
    let touched = Touched {
        account: object.account,
        path: is_directory.then_some(object.label.as_str()),
        item: before.number(BIN),
        takes_directories: object.kind == EntityKind::Account && after.get(BIN).is_some(),
    };
    require_free(rows, &touched, own)?;
    for path in [before, after].into_iter().filter_map(|image| image.text("directory_path")) {
        require_free(rows, &Touched { path: Some(path), ..touched }, own)?;
    }
    Ok(())
}

impl Snapshot<'_> {
    /// Refuses an act on what an operation is under way with.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`].
    pub(super) fn require_free(self, touched: &Touched<'_>) -> Result<(), Failure> {
        Ok(require_free(self.rows, touched, None)?)
    }
}
