//! What the loop and both workers know of: who waits for what, and what is to stop.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::Interrupter;
use crate::tui::effect::RequestId;

/// What the loop and both workers know of.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) wanted: Mutex<BTreeSet<RequestId>>,
    pub(super) leaving: AtomicBool,
    /// What is being read, and what stops that.
    pub(super) reading: Stoppable,
    /// The same for a check of the store.
    pub(super) checking: Stoppable,
}

/// What can be stopped at any moment, as it changes nothing.
#[derive(Debug)]
pub(super) struct Stoppable {
    under_way: Mutex<Option<RequestId>>,
    interrupter: Interrupter,
}

impl Stoppable {
    pub(super) fn new(interrupter: Interrupter) -> Self {
        Self { under_way: Mutex::default(), interrupter }
    }

    pub(super) fn under_way(&self) -> MutexGuard<'_, Option<RequestId>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops `ticket`, if it is under way; any where none is named. The lock is held meanwhile, so that it is not the next
    /// one that is stopped.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        let under_way = self.under_way();
        if under_way.is_some() && (request_id.is_none() || *under_way == request_id) {
            self.interrupter.stop();
        }
    }
}

impl Shared {
    /// The tickets that somebody waits for.
    pub(super) fn wanted(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops what can be stopped.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        self.reading.stop(request_id);
        self.checking.stop(request_id);
    }

    pub(super) fn goes_on(&self, request_id: RequestId) -> bool {
        !self.leaving.load(Ordering::SeqCst) && self.wanted().contains(&request_id)
    }
}
