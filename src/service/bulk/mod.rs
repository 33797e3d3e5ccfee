//! Acts on many rows: looked through first, by reading alone; then done in steps, each a transaction that holds the
//! store for a short time, so that others get their turn and the work can be stopped.
//!
//! What fits in one step happens whole or not at all. Of more, every step that was done stays done, and whatever ends
//! the act early says how far it came. A rehearsal is the look that every act begins with: it takes no lock, and what
//! it counts is counted by the same code that then acts.
//!
//! The rows are chosen once, by the rehearsal or else by the look: what begins to match later is not touched, and a row
//! that is gone or no longer matches, which each step asks anew, is left out.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::store::{Read, read};

use super::contract::{Action, ActionSummary, CountedRows, Failure, FailureKind, Own, Progress, Reply};
use super::operator::{Principal, ensure_admin_remains, keep_an_admin};
use super::{RequestContext, Service, Transaction, with_transaction};

#[cfg(test)]
mod races;
#[cfg(test)]
mod tests;

/// How much one step may do. Others wait for the store as long as a step takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchLimits {
    /// Rows that are gone through.
    pub(super) rows: usize,
    /// Rows that are written on their account, theirs and those that go with them.
    pub(super) touched: u64,
}

/// Measured on a store of 1,000,000 accounts, 2,000,000 directories and 5,000,000 entries of the journal on two cores: with
/// 200 rows touched, another writer waited for up to 58 ms while 50,000 were confirmed. It must not be 50.
pub(super) const BATCH_LIMITS: BatchLimits = BatchLimits { rows: 200, touched: 150 };

/// Rows as somebody may see them at one moment.
#[derive(Clone, Copy)]
pub(super) struct Snapshot<'a> {
    /// The rows.
    pub(super) rows: &'a dyn Read,
    /// Who looks.
    pub(super) principal: &'a Principal,
    /// The time.
    pub(super) now: Timestamp,
}

/// What is done to each of many rows.
pub(super) trait BulkAction {
    /// What it takes to do it to one row.
    type Plan;

    /// What it is called.
    fn action(&self) -> Action;

    /// Refuses an actor who may not do this at all.
    ///
    /// # Errors
    /// [`FailureKind::Refused`].
    fn permit(&self, _: &Principal) -> Result<(), Failure> {
        Ok(())
    }

    /// The ids of the rows that it is for, in any order.
    ///
    /// # Errors
    /// One that was named is not there.
    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure>;

    /// Returns the filter that shows the rows, where they are not named.
    fn filter(&self) -> Option<(ListKind, &Filter)> {
        None
    }

    /// Returns the row that is the operator's own, and what the act takes away with it.
    fn own(&self, _: &Principal) -> Option<(i64, Own)> {
        None
    }

    /// Finds out what it would come to for one row (with its name), and what it takes.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] or [`FailureKind::Conflict`] where it cannot be done to a row like that.
    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure>;

    /// Does it.
    fn execute(&self, tx: &mut Transaction<'_>, plan: Self::Plan) -> Result<(), Failure>;

    /// Those accounts, of the rows chosen, that cannot act as admins afterwards; in the order of their ids.
    ///
    /// # Errors
    /// What the store says.
    fn removed_admins(&self, _: Snapshot<'_>, _chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        Ok(Vec::new())
    }

    /// Puts the rows, which come by their ids, in the order in which they are done.
    fn order(&self, _ids: &mut [i64]) {}

    /// Returns whether rows that cannot be done are left out from the first look on, though nobody counted them.
    fn skips_conflicts(&self) -> bool {
        false
    }

    /// Whether a row for which this is why it cannot be done is left out, while the others are done; else the act ends
    /// there. `in_one` says that it is done whole or not at all.
    fn leaves_out(&self, failure: &Failure, _in_one: bool) -> bool {
        is_meanwhile(failure)
    }
}

/// Does a deed to every row that it is for, or in a rehearsal counts what that would come to.
///
/// # Errors
/// Those of the deed. [`FailureKind::Stopped`] where that was wished between two steps.
pub(super) fn run_bulk<D: BulkAction>(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<Reply, Failure> {
    run_bulk_within(BATCH_LIMITS, service, context, action)
}

fn run_bulk_within<D: BulkAction>(
    limits: BatchLimits,
    service: &mut Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<Reply, Failure> {
    let Found { mut ids, left_out, mut foreseen } = look_through(limits, service, context, action)?;
    if context.dry_run {
        let rows = CountedRows { ids: ids.into(), left_out, all_or_nothing: false };
        return Ok(Reply::Counted { summary: foreseen.in_order(), rows });
    }
    // They are told of those rows that are really changed.
    foreseen.ids = Vec::new();
    action.order(&mut ids);
    let in_one = ids.len() <= limits.rows && foreseen.touched() <= limits.touched;
    let is_named = context.counted.is_none() && action.filter().is_none() && ids.len() == 1;
    let mut work = BulkRun { action, limits, in_one, is_named, rest: &ids };
    let mut done = in_batches(service, context, &foreseen, |tx| keep_an_admin(tx, |tx| work.step(tx)))?;
    done.vanished += foreseen.vanished;
    done.own = foreseen.own;
    if done.vanished > 0 && done.touched() + done.unchanged == 0 {
        return Err(all_vanished(done.vanished));
    }
    Ok(Reply::Done(done))
}

/// What an act is done to, and what it would come to.
struct Found {
    /// The rows, each once, in the order of their ids.
    ids: Vec<i64>,
    /// The operator's own, which is not among them.
    left_out: Option<i64>,
    foreseen: ActionSummary,
}

impl Found {
    /// Chooses the rows: those that were counted, as far as they still match, else those that are there now.
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

    /// Refuses where rows that were counted are gone: all of them, or any where it is all or nothing.
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
    /// There are not as many rows as the act should be done to.
    fn not_as_many(expected: u64, found: u64) -> Self {
        let message =
            format!("This is for {}, not {expected}; nothing was changed.", count(found, "row", "rows"));
        Self::new(FailureKind::Conflict, message)
    }
}

/// Nothing is left of what was counted.
pub(super) fn all_vanished(rows: u64) -> Failure {
    let message = match rows {
        1 => "The row that was counted is no longer there or no longer matches; nothing was changed."
            .to_owned(),
        _ => format!(
            "None of the {} that were counted is there any more and still matches; nothing was changed.",
            count(rows, "row", "rows")
        ),
    };
    Failure::new(FailureKind::Conflict, message).hint("Look at the list again.")
}

/// Whether the filter, where there is one, still shows the row.
fn matches<D: BulkAction>(snapshot: Snapshot<'_>, action: &D, id: i64) -> Result<bool, Failure> {
    match action.filter() {
        Some((subject, filter)) if !filter.is_empty() => {
            Ok(snapshot.rows.matches(snapshot.now, subject, filter, id)?)
        }
        Some(_) | None => Ok(true),
    }
}

/// What a deed would come to, and the rows for it.
fn look_through<D: BulkAction>(
    limits: BatchLimits,
    service: &Service,
    context: &mut RequestContext<'_>,
    action: &D,
) -> Result<Found, Failure> {
    read(&*service.store, |rows| {
        let principal = Principal::find(rows, context)?;
        let snapshot = Snapshot { rows, principal: &principal, now: context.now };
        let skips = context.counted.is_some() || action.skips_conflicts();
        action.permit(&principal)?;
        let mut found = Found::choose(snapshot, action, context.counted.as_ref())?;
        found.check(context.counted.as_ref())?;
        let removed_admins = action.removed_admins(snapshot, &found.ids)?;
        if !removed_admins.is_empty() {
            ensure_admin_remains(rows, &removed_admins)?;
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

impl Found {
    /// Adds what one row comes to.
    fn foresee(&mut self, id: i64, one: &ActionSummary, is_one: bool) {
        let so_far = &mut self.foreseen;
        let is_first = self.ids.is_empty();
        so_far.whose = one.whose.clone().filter(|whose| is_first || so_far.whose.as_ref() == Some(whose));
        if is_one {
            (so_far.label, so_far.id) = (one.label.clone(), one.id);
        }
        so_far.add_row(id, one);
        self.ids.push(id);
    }
}

/// A deed under way.
struct BulkRun<'d, D> {
    action: &'d D,
    limits: BatchLimits,
    /// It is done whole or not at all.
    in_one: bool,
    /// It is for one row, which was named: that this is gone is said in so many words.
    is_named: bool,
    /// The rows that are left.
    rest: &'d [i64],
}

impl<D: BulkAction> BulkRun<'_, D> {
    fn step(&mut self, tx: &mut Transaction<'_>) -> Result<Batch, Failure> {
        let mut done = ActionSummary::new(self.action.action());
        for _ in 0..self.limits.rows {
            let Some((id, rest)) = self.rest.split_first() else { break };
            let Some((one, plan)) = self.plan(tx.snapshot(), *id)? else {
                done.vanished += 1;
                self.rest = rest;
                continue;
            };
            let room = self.limits.touched.saturating_sub(done.touched());
            // One row is never divided: a step that begins with a large one does that alone.
            if one.touched() > room && !self.in_one && done.touched() > 0 {
                break;
            }
            self.action.execute(tx, plan)?;
            done.add_row(*id, &one);
            self.rest = rest;
        }
        Ok(Batch { done, is_last: self.rest.is_empty() })
    }

    /// Returns what it takes to do it to one row; nothing for one that is gone or no longer matches.
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

/// Whether somebody else's doing, since all rows were looked through, is why a row cannot be changed.
pub(super) fn is_meanwhile(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::NotFound | FailureKind::Conflict)
}

/// What a step came to.
pub(super) struct Batch {
    pub(super) done: ActionSummary,
    /// Nothing is left to do.
    pub(super) is_last: bool,
}

/// Runs `step` in a transaction of its own each time until nothing is left, and lets others have their turn between.
///
/// # Errors
/// What a step returns, and [`FailureKind::Stopped`] where that was wished; both say how far it came.
pub(super) fn in_batches(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    foreseen: &ActionSummary,
    mut step: impl FnMut(&mut Transaction<'_>) -> Result<Batch, Failure>,
) -> Result<ActionSummary, Failure> {
    let total = foreseen.gone_through() - foreseen.vanished;
    let (label, whose) = (foreseen.label.clone(), foreseen.whose.clone());
    let mut sum = ActionSummary { label, whose, id: foreseen.id, ..ActionSummary::new(foreseen.action) };
    let mut first = None;
    loop {
        let one = |tx: &mut Transaction<'_>| {
            tx.journal.first = first;
            let done = step(tx)?;
            first = tx.journal.first;
            Ok(done)
        };
        let Batch { done, is_last } =
            with_transaction(service, context, one).map_err(|failure| cut_short(failure, &sum, foreseen))?;
        sum.add(&done);
        if is_last {
            return Ok(ActionSummary { written: first, ..sum }.in_order());
        }
        if (context.progress)(Progress { done: sum.gone_through(), total }).is_break() {
            let message = format!("Stopped; {}.", sum.so_far(foreseen));
            return Err(Failure::new(FailureKind::Stopped, message));
        }
        service.store.yield_to_writers();
    }
}

/// Why an act ended early, and what of it stays.
fn cut_short(mut failure: Failure, done: &ActionSummary, foreseen: &ActionSummary) -> Failure {
    if done.gone_through() > 0 {
        failure.message = format!("{} Until then {}.", failure.message, done.so_far(foreseen));
    }
    failure
}
