//! The limits by which actions on very many rows are divided into short steps.

use std::time::Duration;

use crate::domain::operation::OperationKind;

/// The sizes of the steps into which actions on very many rows are divided.
#[derive(Debug, Clone, Copy)]
pub struct StepLimits {
    /// The most rows that one transaction moves at once; fewer of kinds that weigh more.
    pub at_once: u64,
    /// The rows of the first step, likewise. Later steps are as large as their time allows.
    pub first: u64,
    /// The time that the work of a step should take before its commit. If it is zero, all steps are as large as the first.
    pub aim: Duration,
    /// The monotonic clock by which steps are timed.
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

    /// Returns the number of rows of the first step.
    pub(super) fn first(&self, kind: OperationKind) -> u64 {
        if self.aim.is_zero() { self.first } else { (self.first / kind.weight()).max(FEWEST) }
    }

    /// Returns the number of rows of the next step, after a step of `rows` rows took the time `taken`.
    pub(super) fn next(&self, rows: u64, taken: Duration) -> u64 {
        if self.aim.is_zero() {
            return rows;
        }
        let (aim, taken) = (self.aim.as_micros(), taken.as_micros().max(1));
        let fitting = u64::try_from(u128::from(rows) * aim / taken).unwrap_or(u64::MAX);
        // One slow write to the disk says little about the next.
        fitting.clamp(rows / 2, rows.saturating_mul(2)).max(FEWEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_become_as_large_as_their_time_allows() {
        let limits = StepLimits::measured_by(|| Duration::ZERO);
        let ms = Duration::from_millis;
        assert_eq!(limits.next(1_000, limits.aim), 1_000);
        assert_eq!(limits.next(1_000, ms(1)), 2_000, "no more than twice as large at once");
        assert_eq!(limits.next(1_000, Duration::ZERO), 2_000);
        assert_eq!(limits.next(1_000, ms(900)), 500, "nor less than half");
        assert_eq!(limits.next(120, ms(900)), FEWEST);
        assert_eq!((limits.first(OperationKind::Move), limits.first(OperationKind::Trash)), (1_000, 250));
        let fixed = StepLimits { aim: Duration::ZERO, ..limits };
        assert_eq!(fixed.next(2, ms(900)), 2);
    }
}
