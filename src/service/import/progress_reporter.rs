//! Progress reports of an import.

use std::ops::ControlFlow;

use crate::service::contract::{Failure, FailureKind, Progress};
use crate::store::Finished;

/// The progress of an import: the reading of both parts, and the work that was put off until after it.
pub(super) struct ProgressReporter<'p> {
    /// The work of the finished parts.
    before: u64,
    total: u64,
    progress: &'p mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl<'p> ProgressReporter<'p> {
    /// Creates a reporter for this much work, in any unit.
    pub(super) fn new(total: u64, progress: &'p mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self { before: 0, total, progress }
    }

    /// Reports the finished share of the work that was put off.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub(super) fn report_finished(&mut self, settled: Finished) -> Result<(), Failure> {
        let size = u128::from(self.total.saturating_sub(self.before));
        let done = size * u128::from(settled.done) / u128::from(settled.total.max(1));
        self.tell(done as u64)
    }

    /// Reports the finished work of the current part.
    ///
    /// # Errors
    /// [`FailureKind::Stopped`].
    pub(super) fn tell(&mut self, done: u64) -> Result<(), Failure> {
        match (self.progress)(Progress { done: self.before + done, total: self.total }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => {
                Err(Failure::new(FailureKind::Stopped, "Stopped; nothing was imported."))
            }
        }
    }

    /// Ends a part of this size.
    pub(super) fn end_part(&mut self, size: u64) -> Result<(), Failure> {
        self.before += size;
        self.tell(0)
    }
}
