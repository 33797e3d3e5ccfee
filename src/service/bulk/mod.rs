//! Bulk actions: all rows are planned first, by reading alone. Then they are changed in batches, each a transaction
//! that locks the store for a short time, so that others get their turn and the work can be stopped.
//!
//! What fits in one batch happens whole or not at all. Of larger actions every finished batch stays done, and whatever
//! ends the action early says how far it came. A dry run is the planning with which every action begins: it takes no
//! lock, and what it counts is counted by the same code that then acts.
//!
//! The rows are chosen once, by the dry run or else by the planning. Rows that begin to match later are not touched,
//! and a row that is gone or no longer matches, which each batch checks again, is left out.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::text::count;
use crate::store::read;

use super::contract::{Action, ActionSummary, CountedRows, Failure, FailureKind, Own, Progress, Reply};
use super::instance::Service;
use super::operator::{Principal, ensure_admin_remains};
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction};

pub(super) use batches::{Batch, BatchLimits, in_batches};

mod batches;

/// An action on each of many rows.
pub(super) trait BulkAction {
    /// The result of planning one row, which [`execute`](Self::execute) takes.
    type Plan;

    fn action(&self) -> Action;

    /// Refuses an actor who may not do this at all.
    ///
    /// # Errors
    /// [`FailureKind::Refused`].
    fn permit(&self, _: &Principal) -> Result<(), Failure> {
        Ok(())
    }

    /// Returns the ids of the chosen rows, in any order.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] for a named row that does not exist.
    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure>;

    /// Returns the filter that chooses the rows, if they are not named.
    fn filter(&self) -> Option<(ListKind, &Filter)> {
        None
    }

    /// Returns the row that is the operator's own, and what the action takes away with it.
    fn own(&self, _: &Principal) -> Option<(i64, Own)> {
        None
    }

    /// Plans the action for one row and summarizes it, with the row's name.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] or [`FailureKind::Conflict`] where it cannot be done to a row like that.
    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure>;

    /// Changes one row as planned and records the change.
    fn execute(&self, tx: &mut Transaction<'_>, plan: Self::Plan) -> Result<(), Failure>;

    /// Returns the chosen accounts that cannot act as admins afterwards, in the order of their ids.
    ///
    /// # Errors
    /// Those of the store.
    fn removed_admins(&self, _: Snapshot<'_>, _chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        Ok(Vec::new())
    }

    /// Orders the rows, which are sorted by id, for the work.
    fn order(&self, _ids: &mut [i64]) {}

    /// Returns true if rows that cannot be changed are left out from the planning on, though nobody counted them.
    fn skips_conflicts(&self) -> bool {
        false
    }

    /// Returns true if a row that fails like this is left out while the others are changed. Otherwise the action ends
    /// there. `in_one` says that the action happens whole or not at all.
    fn leaves_out(&self, failure: &Failure, _in_one: bool) -> bool {
        is_meanwhile(failure)
    }
}

/// Runs an action on every chosen row, or counts them in a dry run.
///
/// # Errors
/// Those of the action. [`FailureKind::Stopped`] if it was stopped between two batches.
pub(super) fn run_bulk<D: BulkAction>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<Reply, Failure> {
    run_bulk_within(BatchLimits::USUAL, service, context, action)
}

fn run_bulk_within<D: BulkAction>(
    limits: BatchLimits,
    service: &mut Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<Reply, Failure> {
    let PlannedRows { mut ids, left_out, mut foreseen } = look_through(limits, service, context, action)?;
    if context.dry_run {
        let rows = CountedRows { ids: ids.into(), left_out, all_or_nothing: false };
        let names_kept = foreseen.action.deletes_accounts().then_some(service.keep);
        let summary = ActionSummary { names_kept, ..foreseen.in_order() };
        return Ok(Reply::Counted { summary, rows });
    }
    // The reply names only the rows that are really changed.
    foreseen.ids = Vec::new();
    action.order(&mut ids);
    let in_one = ids.len() <= limits.rows && foreseen.touched() <= limits.touched;
    let is_named = context.counted.is_none() && action.filter().is_none() && ids.len() == 1;
    let mut work = BulkRun { action, in_one, is_named, rest: &ids };
    let mut done = in_batches(service, context, &foreseen, limits, |tx, limits| {
        tx.keep_an_admin(|tx| work.step(tx, limits))
    })?;
    done.vanished += foreseen.vanished;
    done.own = foreseen.own;
    if done.vanished > 0 && done.touched() + done.unchanged == 0 {
        return Err(all_vanished(done.vanished));
    }
    Ok(Reply::Done(done))
}

/// The chosen rows of an action, and its expected result.
struct PlannedRows {
    /// The ids of the rows, each once and in order.
    ids: Vec<i64>,
    /// The operator's own row, which is not among them.
    left_out: Option<i64>,
    foreseen: ActionSummary,
}

impl PlannedRows {
    /// Chooses the rows: those that were counted, if they still match, or else those that match now.
    fn choose<D: BulkAction>(
        snapshot: Snapshot<'_>,
        action: &D,
        counted: Option<&CountedRows>,
    ) -> Result<Self, Failure> {
        let mut foreseen = ActionSummary::new(action.action());
        let mut ids = match counted {
            Some(counted) => {
                let mut ids = Vec::with_capacity(counted.ids.len());
                for id in counted.ids.iter() {
                    if matches(snapshot, action, *id)? { ids.push(*id) } else { foreseen.vanished += 1 }
                }
                ids
            }
            None => action.chosen(snapshot)?,
        };
        ids.sort_unstable();
        ids.dedup();
        let mut left_out = counted.and_then(|counted| counted.left_out);
        if let Some((own, takes)) = action.own(snapshot.principal) {
            let is_among = ids.binary_search(&own);
            match is_among {
                Ok(at) if ids.len() > 1 || action.filter().is_some() => left_out = Some(ids.remove(at)),
                Ok(_) => foreseen.own = takes,
                Err(_) => {}
            }
        }
        if left_out.is_some() {
            foreseen.own = Own::LeftOut;
        }
        Ok(Self { ids, left_out, foreseen })
    }

    /// Refuses if counted rows are gone: all of them, or any if the action is all or nothing.
    fn check(&self, counted: Option<&CountedRows>) -> Result<(), Failure> {
        let vanished = self.foreseen.vanished;
        if vanished > 0 && self.ids.is_empty() {
            return Err(all_vanished(vanished));
        }
        match counted {
            Some(counted) if counted.all_or_nothing && vanished > 0 => {
                Err(Failure::not_as_many(counted.ids.len() as u64, self.ids.len() as u64))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Failure {
    /// Returns the failure of an action for which there are fewer rows than were counted.
    fn not_as_many(expected: u64, found: u64) -> Self {
        let message =
            format!("This is for {}, not {expected}; nothing was changed.", count(found, "row", "rows"));
        Self::new(FailureKind::Conflict, message)
    }
}

/// The number of rows that a count of several names.
const NAMES: usize = 5;

/// Returns the failure of an action whose counted rows have all vanished.
pub(super) fn all_vanished(rows: u64) -> Failure {
    let message = match rows {
        1 => {
            "The row that was counted no longer exists or no longer matches; nothing was changed.".to_owned()
        }
        _ => format!(
            "None of the {} that were counted still exist and match; nothing was changed.",
            count(rows, "row", "rows")
        ),
    };
    Failure::new(FailureKind::Conflict, message).hint("Look at the list again.")
}

/// Returns true if the filter, if there is one, still matches the row.
fn matches<D: BulkAction>(snapshot: Snapshot<'_>, action: &D, id: i64) -> Result<bool, Failure> {
    match action.filter() {
        Some((subject, filter)) if !filter.is_empty() => {
            Ok(snapshot.rows.matches(snapshot.now, subject, filter, id)?)
        }
        Some(_) | None => Ok(true),
    }
}

/// Plans the action for all rows.
fn look_through<D: BulkAction>(
    limits: BatchLimits,
    service: &Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<PlannedRows, Failure> {
    read(&*service.store, |rows| {
        let principal = Principal::find(rows, context)?;
        let snapshot = Snapshot { rows, principal: &principal, now: context.now };
        let skips = context.counted.is_some() || action.skips_conflicts();
        action.permit(&principal)?;
        let mut found = PlannedRows::choose(snapshot, action, context.counted.as_ref())?;
        found.check(context.counted.as_ref())?;
        let removed_admins = action.removed_admins(snapshot, &found.ids)?;
        if !removed_admins.is_empty() {
            ensure_admin_remains(rows, context.now, &removed_admins)?;
        }
        let ids = std::mem::take(&mut found.ids);
        let (is_one, total) = (ids.len() == 1, ids.len() as u64);
        for (at, id) in ids.into_iter().enumerate() {
            if at > 0 && at.is_multiple_of(limits.rows) {
                let done = if context.dry_run { at as u64 } else { 0 };
                if (context.progress)(Progress { done, total }).is_break() {
                    return Err(Failure::new(FailureKind::Stopped, "Stopped; nothing has changed."));
                }
            }
            match action.plan(snapshot, id) {
                Ok((one, _)) => found.foresee(id, &one, is_one),
                Err(failure) if skips && action.leaves_out(&failure, true) => {
                    found.foreseen.vanished += 1;
                }
                Err(failure) => return Err(failure),
            }
        }
        found.check(context.counted.as_ref())?;
        if found.foreseen.touched() == 0 && found.foreseen.own.logs_out() {
            found.foreseen.own = Own::Untouched;
        }
        Ok(found)
    })
}

impl PlannedRows {
    /// Adds the plan of one row to the expected result.
    fn foresee(&mut self, id: i64, one: &ActionSummary, is_one: bool) {
        let so_far = &mut self.foreseen;
        let is_first = self.ids.is_empty();
        so_far.whose = one.whose.clone().filter(|whose| is_first || so_far.whose.as_ref() == Some(whose));
        if is_one {
            (so_far.label, so_far.id) = (one.label.clone(), one.id);
        } else if so_far.names.len() < NAMES && one.touched() > 0 {
            so_far.names.extend(one.label.clone());
        }
        so_far.add_row(id, one);
        self.ids.push(id);
    }
}

/// A bulk action in progress.
struct BulkRun<'d, D> {
    action: &'d D,
    /// The action happens whole or not at all.
    in_one: bool,
    /// The action is for one named row, whose failure is reported as it is.
    is_named: bool,
    /// The rows that are left.
    rest: &'d [i64],
}

impl<D: BulkAction> BulkRun<'_, D> {
    fn step(&mut self, tx: &mut Transaction<'_>, limits: BatchLimits) -> Result<Batch, Failure> {
        let mut done = ActionSummary::new(self.action.action());
        for _ in 0..limits.rows {
            let Some((id, rest)) = self.rest.split_first() else { break };
            let Some((one, plan)) = self.plan(tx.snapshot(), *id)? else {
                done.vanished += 1;
                self.rest = rest;
                continue;
            };
            let room = limits.touched.saturating_sub(done.touched());
            // One row is never divided: a batch that begins with a large one does that alone.
            if one.touched() > room && !self.in_one && done.touched() > 0 {
                break;
            }
            self.action.execute(tx, plan)?;
            done.add_row(*id, &one);
            self.rest = rest;
        }
        Ok(Batch { done, is_last: self.rest.is_empty() })
    }

    /// Plans the action for one row, or returns `None` if it is gone or no longer matches.
    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<Option<(ActionSummary, D::Plan)>, Failure> {
        if !matches(snapshot, self.action, id)? {
            return Ok(None);
        }
        match self.action.plan(snapshot, id) {
            Ok(planned) => Ok(Some(planned)),
            Err(failure) if !self.is_named && self.action.leaves_out(&failure, self.in_one) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns true if a row cannot be changed because of what others did since the planning.
pub(super) fn is_meanwhile(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::NotFound | FailureKind::Conflict)
}

#[cfg(test)]
mod races;
#[cfg(test)]
mod tests;
