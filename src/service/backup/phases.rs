//! The progress of work in several phases.

use crate::service::contract::{OnProgress, Progress};
use crate::store::Finished;

/// The parts in which the work of a phase is reported.
const PARTS: u64 = 1_000;

/// The progress of work in several phases, which count alike.
pub(super) struct Phases<'a, 'p> {
    /// The number of the present phase, from 0.
    number: u64,
    total: u64,
    /// The part of this phase that is done.
    done: u64,
    progress: &'a mut OnProgress<'p>,
}

impl<'a, 'p> Phases<'a, 'p> {
    pub(super) fn new(total: u64, progress: &'a mut OnProgress<'p>) -> Self {
        Self { number: 0, total, done: 0, progress }
    }

    /// Reports progress of a phase. Where it falls back, the next phase has begun. Returns false to stop the work.
    pub(super) fn step(&mut self, finished: Finished) -> bool {
        let share = u128::from(PARTS) * u128::from(finished.done) / u128::from(finished.total.max(1));
        let done = PARTS.min(share as u64);
        if done < self.done && self.number + 1 < self.total {
            self.number += 1;
        }
        self.done = done;
        let progress = Progress { done: self.number * PARTS + done, total: self.total * PARTS };
        (self.progress)(progress).is_continue()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    #[test]
    fn progress_that_falls_back_begins_the_next_phase_and_the_whole_never_falls_back() {
        let mut told = Vec::new();
        let mut progress = |progress: Progress| {
            told.push((progress.done, progress.total));
            if told.len() < 6 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let mut phases = Phases::new(2, &mut progress);
        let steps = [(0, 0), (1, 2), (2, 2), (1, 4), (4, 4), (0, 1)];
        let goes_on = steps.map(|(done, total)| phases.step(Finished { done, total }));
        assert_eq!(goes_on, [true, true, true, true, true, false]);
        assert_eq!(told, [0, 500, 1_000, 1_250, 2_000, 1_000].map(|done| (done, 2_000)));
    }
}
