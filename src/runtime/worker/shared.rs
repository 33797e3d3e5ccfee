//! State shared by the loop and both workers: requests that somebody waits for, and work that can be stopped.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::Interrupter;
use crate::tui::effect::RequestId;

/// State shared by the loop and both workers.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) wanted: Mutex<BTreeSet<RequestId>>,
    pub(super) leaving: AtomicBool,
    /// The current read, and its interrupter.
    pub(super) reading: Stoppable,
    /// The current check of the store, and its interrupter.
    pub(super) checking: Stoppable,
}

/// Work that can be stopped at any moment because it changes nothing.
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

    /// Stops the request if it is running, or any request if none is given. The lock is held meanwhile, so that
    /// the next one is not stopped instead.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        let under_way = self.under_way();
        if under_way.is_some() && (request_id.is_none() || *under_way == request_id) {
            self.interrupter.stop();
        }
    }
}

impl Shared {
    /// Returns the requests that somebody waits for.
    pub(super) fn wanted(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops everything that can be stopped.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        self.reading.stop(request_id);
        self.checking.stop(request_id);
    }

    pub(super) fn goes_on(&self, request_id: RequestId) -> bool {
        !self.leaving.load(Ordering::SeqCst) && self.wanted().contains(&request_id)
    }
}
