//! The batches of an action on many rows, each a transaction of its own.

use std::time::Duration;

use super::super::contract::{ActionSummary, Failure, FailureKind, Progress};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::step_limits::StepLimits;
use super::super::transaction::{Transaction, with_steps};

/// The limits of one batch. Others wait for the store as long as a batch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchLimits {
    /// The most rows that are gone through.
    pub(crate) rows: usize,
    /// The most rows that are written: the chosen ones and those that change with them.
    pub(crate) touched: u64,
    /// The most rows that are written by later batches, which are as large as their time allows.
    pub(crate) most_touched: u64,
}

impl BatchLimits {
    /// The limits of an action's first batch. Measured on a store of 1,000,000 accounts, 2,000,000 directories and 5,000,000
    /// entries of the journal on two cores: with 200 rows touched, another writer waited for up to 58 ms while 50,000 were
    /// confirmed. It must not be 50.
    pub(crate) const USUAL: Self = Self { rows: 200, touched: 150, most_touched: 2_400 };

    /// Returns the limits of the next batch, after the work on one that wrote `touched` rows took the time `taken`.
    fn next(self, steps: StepLimits, touched: u64, taken: Duration) -> Self {
        // What an action begins with is short enough.
        let least = self.touched.min(Self::USUAL.touched);
        let touched = steps.next(touched, taken).min(self.most_touched).max(least);
        let rows = self.rows as u64 * touched / self.touched.max(1);
        Self { rows: rows as usize, touched, ..self }
    }
}

/// The result of one batch.
pub(crate) struct Batch {
    pub(crate) done: ActionSummary,
    /// No rows are left.
    pub(crate) is_last: bool,
}

/// Runs `step` in one transaction after the other until no rows are left, and lets others have their turn between
/// them. The first batch has these limits; later ones are as large as their time allows.
///
/// # Errors
/// Those of a step, and [`FailureKind::Stopped`]; both say how far the action came.
pub(crate) fn in_batches(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    foreseen: &ActionSummary,
    mut limits: BatchLimits,
    mut step: impl FnMut(&mut Transaction<'_>, BatchLimits) -> Result<Batch, Failure>,
) -> Result<ActionSummary, Failure> {
    let total = foreseen.gone_through() - foreseen.vanished;
    let (label, whose) = (foreseen.label.clone(), foreseen.whose.clone());
    let mut sum = ActionSummary { label, whose, id: foreseen.id, ..ActionSummary::new(foreseen.action) };
    let mut first = None;
    let steps = service.steps;
    loop {
        let (mut begun, mut worked) = (Duration::ZERO, Duration::ZERO);
        let one = |tx: &mut Transaction<'_>| {
            begun = (steps.clock)();
            tx.journal.first = first;
            let mut batch = step(tx, limits)?;
            batch.done.left_out += tx.left_out;
            first = tx.journal.first;
            worked = (steps.clock)().saturating_sub(begun);
            Ok(batch)
        };
        let (Batch { done, is_last }, left_out) =
            with_steps(service, context, one).map_err(|failure| cut_short(failure, &sum, foreseen))?;
        sum.add(&done);
        sum.left_out += left_out;
        // Others wait for the commit too, which may take as long as the work, but not longer.
        let committed = (steps.clock)().saturating_sub(begun);
        limits = limits.next(steps, done.touched(), worked.max(committed / 2));
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

/// Adds what stays done to the failure of an action that ended early.
fn cut_short(mut failure: Failure, done: &ActionSummary, foreseen: &ActionSummary) -> Failure {
    if done.gone_through() > 0 {
        failure.message = format!("{} So far, {}.", failure.message, done.so_far(foreseen));
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_become_as_large_as_their_time_allows() {
        let steps = StepLimits::measured_by(|| Duration::ZERO);
        let ms = Duration::from_millis;
        let usual = BatchLimits::USUAL;
        assert_eq!(usual.next(steps, 150, ms(1)), BatchLimits { rows: 400, touched: 300, ..usual });
        let large = BatchLimits { rows: 3_200, touched: 2_400, ..usual };
        assert_eq!(large.next(steps, 2_400, Duration::ZERO), large, "no larger than that");
        assert_eq!(large.next(steps, 2_400, ms(900)), BatchLimits { rows: 1_600, touched: 1_200, ..usual });
        assert_eq!(usual.next(steps, 150, ms(900)), usual, "nor smaller than the first");
        assert_eq!(usual.next(steps, 0, ms(900)), usual);
        let few = BatchLimits { rows: 3, touched: 27, most_touched: 27 };
        assert_eq!(few.next(steps, 27, Duration::ZERO), few);
    }
}
